"""Syntax errors in words: what was expected, what was found, and the usual slip behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
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
_STEPS = {"NAME", "STRING", "IF", "FOR", "REPEAT"}
_VALUES_BEGIN = {"NAME", "NUMBER", "DIMS", "STRING", "SPELLED", "LSQB", "TRUE", "FALSE", "UNKNOWN"}
_COMPARISONS = {"EQUALS", "UNEQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN"}


_NEAR = 80


class _Place(NamedTuple):
    """Where a token is that does not fit: the token before it, and the text of its line on either side."""

    token: Token
    previous: Token | None
    before: str
    after: str
    """What follows, the token itself included."""


class _Slip(NamedTuple):
    """A usual mistake: a token of the types `found` where one of `accepted` could stand.

    The help is a text, or made of what stands there; "" where it is not this mistake after all.
    """

    found: Set[str]
    accepted: Set[str]
    help: str | Callable[[_Place], str]
    previous: Set[str] = frozenset()
    text: str = ""
    after: str = ""
    """The word before it, where only that tells."""

    def advice(self, place: _Place, accepted: Set[str]) -> str:
        token, previous = place.token, place.previous
        fits = (
            token.type in self.found
            and not self.accepted.isdisjoint(accepted)
            and (not self.previous or (previous is not None and previous.type in self.previous))
            and (not self.text or token.text == self.text)
            and (not self.after or (previous is not None and previous.text == self.after))
        )
        if not fits:
            return ""
        return self.help if isinstance(self.help, str) else self.help(place)


_LENGTHS = re.compile(r"(?:[\d_]+|\?|None)(?:\s*[xX,\N{MULTIPLICATION SIGN}*]\s*(?:[\d_]+|\?|None))+")


def _joined(place: _Place) -> str:
    """Put lengths that stand apart, `8 x 8 x 3` or `8, 8, 3`, into one."""
    start = len(place.before)
    for found in _LENGTHS.finditer(place.before + place.after):
        if found.start() < start < found.end():
            lengths = re.sub(r"[\s,*]+|[xX\N{MULTIPLICATION SIGN}]", " ", found[0].replace("None", "?")).split()
            return f"lengths are joined by `x`, without spaces: `{shown('x'.join(lengths))}`"
    return ""


def _in_brackets(place: _Place) -> str:
    """Put what follows the name of a step, `conv 64 3x3`, into brackets."""
    rest = re.split(r"->|[;#{}|]", place.after)[0]
    arguments = ", ".join(part.strip() for part in re.split(r",\s*|\s+(?![^(]*\))", rest.strip()) if part)
    name = place.previous.text if place.previous else ""
    return f"arguments stand in brackets: `{name}({shown(arguments)})`"


def _named_argument(place: _Place) -> str:
    name = place.previous.text if place.previous else ""
    value = re.match(r":\s*([\w.\"]+)", place.after)
    return f"an argument is named with `=`: `{name}={shown(value[1]) if value else '…'}`"


def _next_step(place: _Place) -> str:
    """Put an arrow before a step that follows another without one, or as a method."""
    name = re.match(r"\.?\s*([A-Za-z_]\w*)", place.after)
    return f"join steps with `->`: `-> {shown(name[1])}`" if name else "join steps with `->`"


def _comment(place: _Place) -> str:
    is_comment = place.after.startswith(("//", "/*", "--"))
    return "a comment begins with `#`" if is_comment else ""


def _in_quotes(place: _Place) -> str:
    path = re.match(r"[\w./-]+", place.after)
    return f'write `use "{shown(path[0])}"`' if path else ""


_ENDS = {"SEP", "RBRACE", "RPAR", "VBAR", END}
_SLIPS = (
    _Slip({"VBAR", "RBRACE"}, {"LET"}, "a branch that changes nothing is written `skip`", previous={"VBAR"}),
    _Slip({"FLOOR", "SLASH"}, {"LET", "ARROW", "SEP"}, _comment),
    _Slip({"EQUAL", "COLON"}, {"NUMBER"}, "the shape follows at once: `input 32x32x3`", previous={"INPUT"}),
    _Slip({"NAME", "NUMBER", "COMMA", "STAR"}, {"SEP", "COLON", "COMMA"}, _joined),
    _Slip({"EQUAL"}, {"EQUALS"}, "to compare, write `==`"),
    _Slip({"EQUAL"}, {"ARROW"}, "to name a value, write `let … = …`; to name a tensor, `… as …`"),
    _Slip({"COLON"}, {"LBRACE"}, "a body stands in braces, `{ … }`"),
    _Slip({"COLON"}, {"COMMA"}, _named_argument, previous={"NAME"}),
    _Slip({"NAME", "RANGE", "DOT", "SLASH"}, {"STRING"}, _in_quotes, previous={"USE"}),
    _Slip({"NAME"}, {"SEP"}, "write `else if`", text="elif"),
    _Slip({"DOT"}, {"NUMBER"}, "write a digit before the decimal point, as in `0.5`"),
    _Slip({"DOT"}, {"ARROW"}, _next_step),
    _Slip({"FROM"}, {"REPEAT"}, "`from` stands only at the beginning of a flow"),
    _Slip(_COMPARISONS, {"AND"}, "comparisons do not chain: write `a < b and b < c`"),
    _Slip(
        {"ARROW"},
        {"LET"},
        "a flow begins with a step, and goes on from the tensor before it by itself: leave out this `->`",
    ),
    _Slip(
        {"ARROW"},
        {"SEP", "RBRACE"},
        "this statement is none of the steps: begin the flow on a line of its own, without this `->`",
    ),
    _Slip(_ENDS, {"REPEAT"}, "a step is missing here, or the `->` is one too many", previous={"ARROW"}),
    _Slip({"SEP"}, {"NUMBER"}, "a line goes on inside brackets, or where it ends with `->`"),
    _Slip(_STEPS, {"VBAR"}, "each branch begins with `|`", previous={"LBRACE"}),
    _Slip({"NAME"}, {"ARROW"}, 'blocks of another file come in with `use "file.arch"`', text="import"),
    _Slip({"NAME"}, {"ARROW"}, 'blocks of another file come in with `use "file.arch"`', after="import"),
    _Slip({"NAME"}, {"ARROW"}, "a block is defined with `block name(parameters) { … }`", after="def"),
    _Slip({"NAME"}, {"ARROW"}, "a block is defined with `block name(parameters) { … }`", after="class"),
    _Slip({"NAME"}, {"ARROW"}, "the outputs are named with `output`; without it the last tensor is it", after="return"),
    _Slip({"NUMBER", "DIMS", "STRING", "LSQB", "SPELLED"}, {"ARROW"}, _in_brackets, previous={"NAME"}),
    _Slip(_STEPS, {"ARROW"}, _next_step),
    _Slip(_STEPS, {"LBRACE"}, "a body stands in braces, `{ … }`"),
    _Slip(_VALUES_BEGIN, {"COMMA"}, "put a `,` between them"),
    _Slip({"MODEL", "USE", "EXTERN"}, {"LET"}, "this stands at the top level of a file, outside braces"),
)


def report_unexpected(
    token: Token, previous: Token | None, accepted: Set[str], line: str, diagnostics: Diagnostics
) -> None:
    """Report a token that the parser does not accept, given the one before, what it would accept, and the line."""
    expected = _expected(accepted, previous.type if previous else "")
    after = f" after {_name(previous)}" if previous and previous.type != "SEP" else ""
    column = token.span.column - 1
    # What helps stands near, and a line may be millions long.
    place = _Place(token, previous, line[max(0, column - _NEAR) : column], line[column : column + _NEAR])
    advice = (slip.advice(place, accepted) for slip in _SLIPS)
    diagnostics.error(
        "syntax",
        f"expected {expected}{after}, found {_name(token)}",
        token.span,
        label=f"expected {expected}",
        help=next(filter(None, advice), _reserved(token, accepted)),
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
