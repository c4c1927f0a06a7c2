"""Syntax errors in words: what was expected, what was found, and the usual slip behind it."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

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
_BESIDES = {
    "ARROW": "`->`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "COLON": "`:`",
    "IN": "`in`",
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
_STEPS = {"NAME", "STRING", "IF", "FOR", "REPEAT"}
_COMPARISONS = {"EQUALS", "UNEQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN"}


class _Slip(NamedTuple):
    """A usual mistake: a token of the types `found` where one of `accepted` could stand."""

    found: Set[str]
    accepted: Set[str]
    help: str
    previous: Set[str] = frozenset()
    text: str = ""

    def fits(self, token: Token, previous: Token | None, accepted: Set[str]) -> bool:
        return (
            token.type in self.found
            and not self.accepted.isdisjoint(accepted)
            and (not self.previous or (previous is not None and previous.type in self.previous))
            and (not self.text or token.text == self.text)
        )


_SLIPS = (
    _Slip({"VBAR", "RBRACE"}, {"LET"}, "a branch that changes nothing is written `skip`", previous={"VBAR"}),
    _Slip({"EQUAL"}, {"EQUALS"}, "to compare, write `==`"),
    _Slip({"EQUAL"}, {"ARROW"}, "to name a value, write `let … = …`; to name a tensor, `… as …`"),
    _Slip({"COLON"}, {"LBRACE"}, "a body stands in braces, `{ … }`"),
    _Slip({"NAME"}, {"SEP"}, "write `else if`", text="elif"),
    _Slip({"DOT"}, {"NUMBER"}, "write a digit before the decimal point, as in `0.5`"),
    _Slip({"FROM"}, {"REPEAT"}, "`from` stands only at the beginning of a flow"),
    _Slip(_COMPARISONS, {"AND"}, "comparisons do not chain: write `a < b and b < c`"),
    _Slip({"SEP"}, {"NUMBER"}, "a line goes on inside brackets, or where it ends with `->`"),
    _Slip(_STEPS, {"VBAR"}, "each branch begins with `|`", previous={"LBRACE"}),
    _Slip(_STEPS, {"ARROW"}, "join steps with `->`"),
    _Slip({"MODEL", "USE"}, {"LET"}, "this stands at the top level of a file, outside braces"),
)


def report_unexpected(token: Token, previous: Token | None, accepted: Set[str], diagnostics: Diagnostics) -> None:
    """Report a token that the parser does not accept, given the one before and the types that it would accept."""
    expected = _expected(accepted, previous.type if previous else "")
    after = f" after {_name(previous)}" if previous and previous.type != "SEP" else ""
    diagnostics.error(
        "syntax",
        f"expected {expected}{after}, found {_name(token)}",
        token.span,
        label=f"expected {expected}",
        help=next((slip.help for slip in _SLIPS if slip.fits(token, previous, accepted)), _reserved(token, accepted)),
    )


def _expected(accepted: Set[str], previous: str) -> str:
    kinds = [words for terminal, words in _KINDS.items() if terminal in accepted]
    if kinds[:1] == ["a value"]:
        kinds = [_VALUES.get(previous, "a value")]
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
    return f"`{token.text}` is a word of the language and cannot be a name"
