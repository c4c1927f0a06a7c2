"""Lines of Python under construction: indentation, wrapping, and variables that turn out unused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

WIDTH = 88
INDENT = "    "


@dataclass(slots=True)
class Line:
    level: int
    text: str
    #: The variable that the line sets and does nothing else, so that it may go when nothing reads it.
    sets: str | None = None


class Lines:
    """A suite of statements, written from top to bottom. `base` is the level at which it will stand in the module."""

    def __init__(self, base: int) -> None:
        self.base, self.level = base, 0
        self.lines: list[Line] = []

    def add(self, text: str, sets: str | None = None) -> None:
        self.lines.append(Line(self.level, text, sets))

    def call(self, before: str, function: str, arguments: list[str], after: str = "") -> None:
        """Add `before function(arguments) after`, one argument a line where it is too long for one line."""
        text = f"{before}{function}({', '.join(arguments)}){after}"
        if not arguments or self.fits(text):
            self.add(text)
            return
        self.add(f"{before}{function}(")
        self.level += 1
        for argument in arguments:
            self.add(f"{argument},")
        self.level -= 1
        self.add(f"){after}")

    def nested_call(self, outer: str, function: str, arguments: list[str]) -> None:
        """Add `outer(function(arguments))`, on one line where it fits."""
        text = f"{outer}({function}({', '.join(arguments)}))"
        if self.fits(text):
            self.add(text)
            return
        self.add(f"{outer}(")
        with self.indented():
            self.call("", function, arguments)
        self.add(")")

    def comprehension(self, target: str, function: str, arguments: list[str], loops: list[str]) -> None:
        """Add `target = [function(arguments) loops]`."""
        inner = f"{function}({', '.join(arguments)}) {' '.join(loops)}"
        if self.fits(f"{target} = [{inner}]"):
            self.add(f"{target} = [{inner}]")
            return
        self.add(f"{target} = [")
        with self.indented():
            if self.fits(inner):
                self.add(inner)
            else:
                self.call("", function, arguments)
                for loop in loops:
                    self.add(loop)
        self.add("]")

    def fits(self, text: str) -> bool:
        """Tell whether a statement fits on one line here."""
        return len(INDENT) * (self.base + self.level) + len(text) <= WIDTH

    @contextmanager
    def indented(self) -> Iterator[None]:
        self.level += 1
        yield
        self.level -= 1

    def take(self, start: int) -> list[Line]:
        """Remove and return the lines from `start` on."""
        taken = self.lines[start:]
        del self.lines[start:]
        return taken

    def finish(self) -> list[str]:
        """Return the lines as text, without assignments that nothing reads."""
        lines = list(self.lines)
        while True:
            kept = [line for i, line in enumerate(lines) if line.sets is None or _read(line.sets, lines, i)]
            if len(kept) == len(lines):
                return [INDENT * line.level + line.text for line in lines]
            lines = kept


def wrapped(before: str, value: Any, literal: Callable[[Any], str], level: int, after: str = ",") -> list[str]:
    """Return the lines of `before` and the literal of a value, one item a line where it is too long for one line."""
    text = f"{before}{literal(value)}{after}"
    if not isinstance(value, (list, tuple)) or not value or len(INDENT) * level + len(text) <= WIDTH:
        return [text]
    inner = [INDENT + line for item in value for line in wrapped("", item, literal, level + 1)]
    return [f"{before}(", *inner, f"){after}"]


def _read(name: str, lines: list[Line], at: int) -> bool:
    names = [part.strip() for part in re.split(r"[(),]", name) if part.strip()]
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(n)}\b" for n in names))
    return any(i != at and pattern.search(line.text) for i, line in enumerate(lines))
