"""Source texts and places in them. Owns line arithmetic; knows nothing of what the text means."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

from archspec.record import Record, values

_Item = TypeVar("_Item")

LIBRARY = "std/"
"""What the names of the standard library's files begin with."""


class Span(Record):
    """A stretch of one file: lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of `other`."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)

    def part(self, start: int, end: int) -> Span:
        """Return columns `start` to `end` (counted from 0) of this one-line span."""
        return Span(self.file, self.line, self.column + start, self.line, self.column + end)

    def below(self, lines: int) -> Span:
        """Return the span so many lines further down."""
        return Span(self.file, self.line + lines, self.column, self.end_line + lines, self.end_column)

    @property
    def is_library(self) -> bool:
        """Whether it stands in the standard library, whose text is not the user's to change."""
        return self.file.startswith(LIBRARY)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def moved(item: _Item, lines: int) -> _Item:
    """Return what has spans in it so many lines further down."""
    kind: Any = type(item)
    found: Any = item
    if isinstance(item, Span):
        found = item.below(lines)
    elif isinstance(item, tuple):
        found = tuple([moved(part, lines) for part in item])
    elif isinstance(item, Record):
        parts = zip(kind._fields, values(item), strict=True)
        found = kind(**{name: part if type(part) in _STILL else moved(part, lines) for name, part in parts})
    there: _Item = found
    return there


_STILL = {str, int, float, bool, type(None)}


class Source(Record):
    """One `.arch` text and the name it is shown under."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        # Only "\n" ends a line: the lexer counts so, and carets must agree with it.
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line end, or "" past the end."""
        return self.lines[number - 1].rstrip("\r") if 0 < number <= len(self.lines) else ""
