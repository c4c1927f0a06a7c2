"""Diagnostics as text for people and as data for tools.

A spec is text of unknown origin: whatever of it is shown is made printable first, so that none of it reaches a terminal
as a command.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.source import Source, Span

_TAB = 4
_WIDEST = 120
"""Of a longer source line only this many characters are shown."""
_BEFORE = 40
"""How many of them stand before what is underlined."""
_LONGEST = 2000
"""Of a longer message only the beginning and the end are shown: a name may be a million characters long."""

_STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36", "help": "1;32", "gutter": "1;34", "strong": "1"}


class _Mark(NamedTuple):
    """A span to underline."""

    span: Span
    text: str
    primary: bool


def render(diagnostic: Diagnostic, sources: Mapping[str, Source], color: bool = False) -> str:
    """Return a diagnostic with the source lines that it is about."""
    paint = _Paint(color)
    severity = diagnostic.severity
    title = paint(f"{severity}[{diagnostic.code}]", severity)
    lines = [f"{title}{paint(f': {_printable(diagnostic.message)}', 'strong')}"]
    marks = [_Mark(label.span, label.text, False) for label in diagnostic.labels]
    if diagnostic.span:
        marks.insert(0, _Mark(diagnostic.span, diagnostic.label, True))
    width = max((len(str(mark.span.line)) for mark in marks), default=0)
    for file in dict.fromkeys(mark.span.file for mark in marks):
        inside = [mark for mark in marks if mark.span.file == file]
        arrow = "-->" if inside[0].primary else ":::"
        lines.append(f"{' ' * width}{paint(arrow, 'gutter')} {_printable(str(inside[0].span))}")
        if file in sources:
            lines += _excerpt(sources[file], inside, width, severity, paint)
    remarks = [("note", note) for note in diagnostic.notes]
    if diagnostic.help:
        remarks.append(("help", diagnostic.help))
    for kind, text in remarks:
        first, *more = text.split("\n")
        lines.append(f"{' ' * width} {paint('=', 'gutter')} {paint(f'{kind}:', kind)} {_printable(first)}")
        lines += [f"{' ' * (width + len(kind) + 5)}{_printable(line)}" for line in more]
    return "\n".join(lines)


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as what JSON can hold."""
    data = asdict(diagnostic)
    return data | {"labels": list(data["labels"]), "notes": list(data["notes"])}


class _Paint:
    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._color and text else text


def _excerpt(source: Source, marks: list[_Mark], width: int, severity: str, paint: _Paint) -> list[str]:
    """Return the lines with marks in line order, each with its underlines below it."""
    bar = paint("|", "gutter")
    lines = [f"{' ' * width} {bar}"]
    last = None
    for number in sorted({mark.span.line for mark in marks}):
        if last is not None and number > last + 1:
            lines.append(paint("...", "gutter"))
        last = number
        here = [mark for mark in marks if mark.span.line == number]
        shown = _Line(source.line(number), here[0].span.column - 1)
        lines.append(f"{paint(str(number).rjust(width), 'gutter')} {bar} {shown.text}".rstrip())
        for mark in sorted(here, key=lambda mark: (mark.span.column, not mark.primary)):
            end = mark.span.end_column if mark.span.end_line == number else len(source.line(number)) + 1
            indent, length = shown.place(mark.span.column - 1, end - 1)
            underline = ("^" if mark.primary else "-") * length
            marked = paint(f"{underline} {_printable(mark.text)}".rstrip(), severity if mark.primary else "gutter")
            lines.append(f"{' ' * width} {bar} {' ' * indent}{marked}")
    return lines


class _Line:
    """One source line as it is shown: printable, tabs expanded, and cut around column `focus` (from 0) if long."""

    def __init__(self, line: str, focus: int) -> None:
        self._first = max(0, min(focus - _BEFORE, len(line) - _WIDEST)) if len(line) > _WIDEST else 0
        kept = line[self._first : self._first + _WIDEST]
        pieces = ["…"] if self._first else []
        self._columns = [len(pieces)]
        for character in kept:
            piece = " " * (_TAB - self._columns[-1] % _TAB) if character == "\t" else _printable(character)
            pieces.append(piece)
            self._columns.append(self._columns[-1] + sum(map(_cells, piece)))
        if self._first + len(kept) < len(line):
            pieces.append("…")
        self.text = "".join(pieces)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return how far to indent an underline below columns `start` to `end` (from 0), and its length."""
        first, last = self._column(start), self._column(end)
        return first, max(1, last - first)

    def _column(self, index: int) -> int:
        return self._columns[max(0, min(index - self._first, len(self._columns) - 1))]


def _cells(character: str) -> int:
    """Return how many columns of a terminal a printable character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _printable(text: str) -> str:
    """Write out control characters, invisible ones and those that turn the direction of writing; cut what is long."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
