"""Lines of Python under construction: indentation, and variables that turn out unused."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, takewhile, zip_longest

from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.layout import INDENT, WIDTH, broken, outside

#: The first line of a class's docstring stands after an indent and the quotes.
_DOC_WIDTH = WIDTH - len(INDENT) - 6
#: Python allows no more loops in one another.
MOST_NESTED = 20
#: What a suite holds that does nothing.
PASS = "pass"
#: What compares, and what says the opposite.
OPPOSITES = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}


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
        #: Where the suite or branch begins that is being written: what stands before is of another one.
        self._begins = 0

    def add(self, text: str, sets: str | None = None, fault: Exception | None = None) -> None:
        self.lines.append(Line(self.level, text, sets, fault))

    def call(self, before: str, function: str, arguments: list[str], after: str = "") -> None:
        """Add `before function(arguments) after`."""
        self.add(f"{before}{function}({', '.join(arguments)}){after}")

    def end(self, results: list[str], before: str) -> None:
        """End a suite with its results after `before`; what was set to be a result is written there itself."""
        last = self.lines[-1] if self.lines else None
        if last is not None and len(results) == 1 and not last.level and last.text.startswith(f"{results[0]} = "):
            last.text, last.sets = before + last.text.removeprefix(f"{results[0]} = "), None
        else:
            self.add(f"{before}{', '.join(results)}")

    def forget_last(self) -> None:
        """Make the last call without keeping its result."""
        if self.lines and not self.lines[-1].level:
            self.lines[-1].text = re.sub(r"^\w+ = (?=.*\()", "", self.lines[-1].text)

    def name_last(self, old: str, new: str) -> bool:
        """Give what the last line sets another name. Returns whether it sets it, here and for good."""
        last = self.lines[-1] if len(self.lines) > self._begins else None
        if last is None or last.level != self.level or not last.text.startswith(f"{old} = "):
            return False
        last.text, last.sets = new + last.text.removeprefix(old), None
        return True

    @contextmanager
    def indented(self) -> Iterator[None]:
        """Begin a suite within this one."""
        with self.apart():
            self.level += 1
            yield
            self.level -= 1

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Leave the lines before these as they are: others go on from them, too."""
        before, self._begins = self._begins, len(self.lines)
        yield
        self._begins = before

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
        lines = [line for i, line in enumerate(lines) if line.text != PASS or _is_alone(lines, i)]
        lines = [_without_unread_targets(line, lines, also) for line in _with_elif(lines)]
        for line in lines:
            if line.fault is not None:
                raise line.fault
            if line.level > MOST_NESTED:
                raise Unprintable(f"this nests more than {MOST_NESTED} deep", help="make a block of what is inside")
        return [INDENT * line.level + part for line in lines for part in broken(line.text, self.base + line.level)]


def docstring(text: str) -> list[str]:
    """Return the lines of a docstring that holds `text`: nothing in it ends the string or escapes."""
    lines = []
    for line in _filled(text.replace("\r", "").split("\n")):
        safe = "".join(
            c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}"
            for c in line.replace("\\", "\\\\")
        )
        lines.append(safe.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    if lines and lines[-1].endswith('"'):
        lines[-1] = lines[-1][:-1] + '\\"'
    return [line.replace('"""', '\\"\\"\\"') for line in lines] or [""]


def _filled(lines: list[str]) -> Iterator[str]:
    """Yield lines no longer than a docstring's; a paragraph of prose with longer ones is filled anew."""
    for prose, paragraph in groupby(lines, key=lambda line: bool(re.match(r"[\w`]", line))):
        kept = list(paragraph)
        is_long = prose and max(map(len, kept)) > _DOC_WIDTH
        yield from textwrap.wrap(" ".join(kept), _DOC_WIDTH, break_long_words=False) if is_long else kept


def _is_alone(lines: list[Line], at: int) -> bool:
    """Tell whether a line is all that its suite holds."""
    level, following = lines[at].level, lines[at + 1 : at + 2]
    return lines[at - 1].level < level and not (following and following[0].level >= level)


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


def _with_elif(lines: list[Line]) -> list[Line]:
    """Write an `else:` that holds nothing but an `if` as `elif`."""
    # From the last on, so that of a chain the inner ones are done.
    done: list[Line] = []
    for line in reversed(lines):
        suite = _suite(line, done) if line.text == "else:" else []
        direct = [inner for inner in suite if inner.level == line.level + 1]
        if direct and direct[0].text.startswith("if ") and all(map(_goes_on, direct[1:])):
            del done[-len(suite) :]
            suite = [replace(inner, level=inner.level - 1) for inner in suite]
            suite[0].text = f"el{suite[0].text}"
            done += reversed(suite)
        else:
            done.append(line)
    return done[::-1]


def _suite(line: Line, following: list[Line]) -> list[Line]:
    """Return the lines that stand further in than a line, of those that follow, the last one first."""
    return list(takewhile(lambda inner: inner.level > line.level, reversed(following)))


def _goes_on(line: Line) -> bool:
    """Tell whether a line belongs to the `if` before it."""
    return line.text == "else:" or line.text.startswith("elif ")


def negated(test: str) -> str:
    """Return the opposite of a condition."""
    tokens = [(place, token.strip()) for place, token in outside(test)]
    compares = [(place, token) for place, token in tokens if token in OPPOSITES]
    if len(compares) == 1 and not {"and", "or", "not", "if", "else"} & {token for _, token in tokens}:
        place, token = compares[0]
        return f"{test[:place]} {OPPOSITES[token]}{test[place + 1 + len(token) :]}"
    return f"not ({test})" if " " in test else f"not {test}"


_TARGETS = re.compile(r"(\w+(?:, \w+)*) = |for (.+?) in ")


def _without_unread_targets(line: Line, lines: list[Line], also: tuple[str, ...]) -> Line:
    """Leave out the names of results and items that nothing reads, where a line sets several."""
    found = _TARGETS.match(line.text)
    if not found or (found[1] and "," not in found[1]):
        return line
    start, end = found.span(found.lastindex or 0)
    kept = re.sub(r"\w+", lambda name: name[0] if _is_read(name[0], lines, None, also) else "_", line.text[start:end])
    return replace(line, text=line.text[:start] + kept + line.text[end:])


def _is_read(name: str, lines: list[Line], at: int | None, also: tuple[str, ...]) -> bool:
    """Tell whether any line but that at `at` reads what a line sets."""
    names = [part.strip() for part in re.split(r"[(),]", name) if part.strip()]
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(n)}\b" for n in names))
    others = (_TARGETS.sub("", line.text, count=1) for i, line in enumerate(lines) if i != at)
    return any(pattern.search(text) for text in (*others, *also))
