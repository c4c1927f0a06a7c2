"""Syntax errors in words: what was expected, and what was found. The usual slips behind them are in `slips`."""

from __future__ import annotations

from collections.abc import Set

from archspec.diagnostics import Diagnostics
from archspec.syntax.token import CLOSERS, END, Token, shown

# What may come, told by the first token here that the parser accepts.
_KINDS = {
    "USE": "a statement",
    "LET": "a statement",
    "REPEAT": "a step",
    "NUMBER": "a value",
    "NAME": "a name",
    "STRING": "a file name in quotes",
    "SPELLING": "a spelling such as `s#`",
}
_VALUES = {"INPUT": "a shape", "FROM": "a tensor", "OUTPUT": "a tensor", "REPEAT": "a count"}
_STRINGS = {"FROM": "a module and a class in quotes"}
_BESIDES = {
    "ARROW": "`->`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "COLON": "`:`",
    "IN": "`in`",
    "FROM": "`from`",
    "ELSE": "`else`",
    "LBRACE": "`{`",
    "VBAR": "`|`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "SEP": "the end of the line",
}
# With the one expected, the other is not worth a word: `in` is then an operator, a bracket begins what may be left out.
_RATHER = {
    "EQUALS": {"IN", "LPAR"},
    "ARROW": {"LPAR", "LBRACE"},
    "SEP": {"LPAR"},
    "LBRACE": {"LPAR"},
    "COMMA": {"EQUAL"},
}


def report_unexpected(
    token: Token, previous: Token | None, accepted: Set[str], line: str, diagnostics: Diagnostics
) -> None:
    """Report a token that the parser does not accept, given the one before, what it would accept, and the line."""
    # Only a wrong spec needs them, so only a wrong spec pays for the import.
    from archspec.syntax.slips import advice
    from archspec.syntax.slips.place import Place, Repair

    expected = _expected(accepted, previous.type if previous else "")
    after = f" after {_name(previous)}" if previous and previous.type != "SEP" else ""
    message = f"expected {expected}{after}, found {_name(token)}"
    found = advice(Place.of(token, previous, line, accepted))
    if isinstance(found, Repair):
        diagnostics.error("syntax", message, found.span, help=found.help)
        return
    help = found or _reserved(token, accepted)
    diagnostics.error("syntax", message, token.span, label=f"expected {expected}", help=help)


def _expected(accepted: Set[str], previous: str) -> str:
    kinds = [words for terminal, words in _KINDS.items() if terminal in accepted]
    if kinds[:1] == ["a value"]:
        kinds = [_VALUES.get(previous, "a value")]
    elif "STRING" in accepted and len(kinds) == 1:
        kinds = [_STRINGS.get(previous, kinds[0])]
    if kinds:
        # Beside a value only the end of a list of values is of interest.
        left_out = _BESIDES.keys() - CLOSERS.keys()
    else:
        left_out = set().union(*(late for early, late in _RATHER.items() if early in accepted))
    words = kinds[:1] + [words for terminal, words in _BESIDES.items() if terminal in accepted - left_out]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _name(token: Token) -> str:
    if token.type == END:
        return "the end of the file"
    if token.text == "\n":
        return "the end of the line"
    return f"`{shown(token.text)}`"


def _reserved(token: Token, accepted: Set[str]) -> str:
    """Return a help for a reserved word in the place of a name, else ""."""
    if token.type == "NAME" or not token.text.isidentifier() or "NAME" not in accepted or "LET" in accepted:
        return ""
    own = "; `input x: 32x32x3` names an input" if token.type == "INPUT" else ""
    return f"`{token.text}` is a word of the language: choose another name{own}"
