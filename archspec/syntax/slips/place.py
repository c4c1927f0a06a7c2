"""Where a token does not fit, and the rules that know the slip behind it from what stands around."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from typing import NamedTuple

from archspec.diagnostics import Span
from archspec.diagnostics.suggest import write
from archspec.syntax.token import END, Token, shown

_NEAR = 100
"""What helps stands near, and a line may be millions long."""

ENDS = {"SEP", "RBRACE", "RPAR", "VBAR", END}
STEPS = {"NAME", "STRING", "IF", "FOR", "REPEAT"}
VALUES = {"NAME", "NUMBER", "DIMS", "STRING", "SPELLED", "LSQB", "TRUE", "FALSE", "UNKNOWN"}


class Repair(NamedTuple):
    """What to write in place of a part of the text."""

    span: Span
    text: str
    why: str = ""
    is_guess: bool = False

    @property
    def help(self) -> str:
        return f"did you mean `{self.text}`?" if self.is_guess else write(shown(self.text, _NEAR), self.why)


Advice = Repair | str | None


class Place(NamedTuple):
    """A token that does not fit: the one before it, the line around it, and what could stand there."""

    token: Token
    previous: Token | None
    line: str
    """Of a long line only what is near."""
    at: int
    """Where in it the token begins."""
    is_cut: bool
    """Whether the line goes on."""
    accepted: Set[str]

    @classmethod
    def of(cls, token: Token, previous: Token | None, line: str, accepted: Set[str]) -> Place:
        column = token.span.column - 1
        start = max(0, column - _NEAR)
        near = line[start : column + _NEAR]
        return cls(token, previous, near, column - start, start + len(near) < len(line), accepted)

    @property
    def before(self) -> str:
        return self.line[: self.at]

    @property
    def after(self) -> str:
        """What follows, the token itself included."""
        return self.line[self.at :]

    @property
    def name(self) -> str:
        """The token before it, where that stands in the same line."""
        text = self.previous.text if self.previous else ""
        return text if self.before.rstrip().endswith(text) else ""

    def repair(self, start: int, end: int, text: str, why: str = "") -> Advice:
        """Return the repair of what stands from `start` to `end`, unless it may go on where the line is cut."""
        if self.is_cut and end >= len(self.line):
            return None
        return Repair(self.token.span.part(start - self.at, end - self.at), text, why)


class Slip(NamedTuple):
    """A usual mistake: a token of the types `found` where one of `accepted` could stand; an empty set is any.

    The help is a text, or made of what stands there; None where it is not this mistake after all.
    """

    found: Set[str]
    accepted: Set[str]
    help: str | Callable[[Place], Advice]
    previous: Set[str] = frozenset()
    after: Set[str] = frozenset()
    """The words before it, where only they tell."""

    def advice(self, place: Place) -> Advice:
        previous = place.previous
        fits = (
            (not self.found or place.token.type in self.found)
            and (not self.accepted or not self.accepted.isdisjoint(place.accepted))
            and (not self.previous or (previous is not None and previous.type in self.previous))
            and (not self.after or place.name in self.after)
        )
        if not fits:
            return None
        return self.help if isinstance(self.help, str) else self.help(place)


def rewrite(pattern: str, text: str | Callable[[re.Match[str]], str], why: str = "") -> Callable[[Place], Advice]:
    """Return what rewrites that which `pattern` matches around the token: its group `this`, or all of it."""

    def repair(place: Place) -> Advice:
        around = [m for m in re.finditer(pattern, place.line) if m.start() <= place.at <= m.end()]
        if not around:
            return None
        # What ends just before the token counts only where nothing begins at it.
        found = around[-1]
        start, end = found.span("this" if "this" in found.re.groupindex else 0)
        return place.repair(start, end, found.expand(text) if isinstance(text, str) else text(found), why)

    return repair


def extent(text: str, stops: str = "#") -> int:
    """Return how far a text goes: to a bracket that it does not open, or a character of `stops` outside brackets."""
    depth = 0
    for index, character in enumerate(text):
        if depth == 0 and (character in ")]}" or character in stops):
            return len(text[:index].rstrip())
        depth += (character in "([{") - (character in ")]}")
    return len(text.rstrip())


def enclosed(text: str) -> tuple[str, int]:
    """Return what stands in the brackets with which a text begins, and how long it is with them; ("", 0) if none."""
    inner = extent(text[1:])
    end = re.compile(r"\s*[)\]}>]").match(text, 1 + inner)
    return (text[1 : 1 + inner].strip(), end.end()) if end and text[:1] in {"(", "[", "{"} else ("", 0)
