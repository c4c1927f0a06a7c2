"""What stands between the text and the parser."""

from __future__ import annotations

from archspec.diagnostics import Span
from archspec.record import Record


class Token:
    """A terminal of the grammar, where it stands, and what it says.

    `value` is the number, the unescaped string or the lengths; of `block` and `model` it is the documentation above.
    """

    __slots__ = ("span", "text", "type", "value")

    def __init__(self, type: str, text: str, span: Span, value: object = None) -> None:
        self.type, self.text, self.span, self.value = type, text, span, value


END = "$END"
"""The type of the token after the last, by Lark's convention."""

STATEMENT = "STATEMENT"
"""The type of the token that stands for a whole statement: one with an error, or one that recurs."""


class Recurrence(Record):
    """The earlier line that a line repeats, and the token of the name behind its `as` where both have one."""

    line: int
    name: Token | None


OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}


def shown(text: str, limit: int = 40) -> str:
    """Return a text of the spec for use in a message, cut to a readable length."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
