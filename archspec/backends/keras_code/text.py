"""Lines of Python under construction: indentation, wrapping, and variables that turn out unused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

WIDTH = 88
INDENT = "    "


@dataclass(slots=True)
class Line:
    level: int
    text: str
    #: The variable that the line sets and does nothing else, so that it may go when nothing reads it.
    sets: str | None = None
    #: Why the line may not stay.
    fault: Exception | None = None


class Lines:
    """A suite of statements, written from top to bottom. `base` is the level at which it will stand in the module."""

    def __init__(self, base: int) -> None:
        self.base, self.level = base, 0
        self.lines: list[Line] = []

    def add(self, text: str, sets: str | None = None, fault: Exception | None = None) -> None:
        self.lines.append(Line(self.level, text, sets, fault))

    def call(self, before: str, function: str, arguments: list[str], after: str = "") -> None:
        """Add `before function(arguments) after`, one argument a line where it is too long for one line."""
        text = f"{before}{function}({', '.join(arguments)}){after}"
        if not arguments or self.fits(text):
            self.add(text)
            return
        self.add(f"{before}{function}(")
        with self.indented():
            for argument in arguments:
                self._argument(argument)
        self.add(f"){after}")

    def _argument(self, text: str) -> None:
        """Add an argument on a line of its own; one that is a call and too long is broken in turn."""
        before, bracket, inner = text.partition("(")
        if self.fits(f"{text},") or not (bracket and text.endswith(")") and re.fullmatch(r"[\w.=]+", before)):
            self.add(f"{text},")
            return
        self.add(f"{before}(")
        with self.indented():
            inner = inner.removesuffix(")")
            if self.fits(inner):
                self.add(inner)
            else:
                for argument in split(inner):
                    self._argument(argument)
        self.add("),")

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

    def finish(self, *also: str) -> list[str]:
        """Return the lines as text, without assignments that nothing reads and loops and `if`s that hold nothing.

        `also` are expressions that stand behind the lines.
        """
        lines = list(self.lines)
        while True:
            kept = [line for i, line in enumerate(lines) if line.sets is None or _is_read(line.sets, lines, i, also)]
            kept = _without_empty(kept)
            if len(kept) == len(lines):
                break
            lines = kept
        for line in lines:
            if line.fault is not None:
                raise line.fault
        return [INDENT * line.level + line.text for line in lines]


def wrapped(before: str, value: Any, literal: Callable[[Any], str], level: int, after: str = ",") -> list[str]:
    """Return the lines of `before` and the literal of a value, one item a line where it is too long for one line."""
    text = f"{before}{literal(value)}{after}"
    if not isinstance(value, (list, tuple)) or not value or len(INDENT) * level + len(text) <= WIDTH:
        return [text]
    inner = [INDENT + line for item in value for line in wrapped("", item, literal, level + 1)]
    return [f"{before}(", *inner, f"){after}"]


def split(text: str) -> list[str]:
    """Return the arguments in a text that holds them all, with commas between."""
    parts, start, depth = [], 0, 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[(\[{}\])]|, ', text):
        token = found.group()
        depth += (token in "([{") - (token in ")]}")
        if token == ", " and not depth:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def docstring(text: str) -> list[str]:
    """Return the lines of a docstring that holds `text`: nothing in it ends the string or escapes."""
    lines = []
    for line in text.replace("\r", "").split("\n"):
        safe = "".join(
            c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}"
            for c in line.replace("\\", "\\\\")
        )
        lines.append(safe.replace('"""', '\\"\\"\\"').rstrip())
    while lines and not lines[-1]:
        lines.pop()
    if lines and lines[-1].endswith('"'):
        lines[-1] = lines[-1][:-1] + '\\"'
    return lines or [""]


def _without_empty(lines: list[Line]) -> list[Line]:
    """Leave out what begins a suite that has no lines; an `if` that only its `else` is left of is turned round."""
    kept: list[Line] = []
    turned: Line | None = None
    for line, following in zip_longest(lines, lines[1:]):
        begins = line.text.startswith(("for ", "if ", "else:")) and line.text.endswith(":")
        if begins and (following is None or following.level <= line.level):
            if following is not None and following.level == line.level and following.text == "else:":
                turned = line
            continue
        if turned is not None and line.text == "else:" and line.level == turned.level:
            line = Line(line.level, f"if {negated(turned.text[3:-1])}:")
            turned = None
        kept.append(line)
    return kept


def negated(test: str) -> str:
    """Return the opposite of a condition."""
    return f"not ({test})" if " " in test else f"not {test}"


def _is_read(name: str, lines: list[Line], at: int, also: tuple[str, ...]) -> bool:
    names = [part.strip() for part in re.split(r"[(),]", name) if part.strip()]
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(n)}\b" for n in names))
    others = (line.text for i, line in enumerate(lines) if i != at)
    return any(pattern.search(text) for text in (*others, *also))
