"""The LALR(1) machine: runs the grammar's tables over tokens, and builds nodes as rules end.

Our own loop because recovery from errors cuts the stack, and because tables that are plain data run without Lark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from archspec.syntax import ast
from archspec.syntax.build import Build, Children
from archspec.syntax.grammar import tables
from archspec.syntax.token import STATEMENT, Token

_RISEN: dict[tuple[int, int, str], int] = {}


@cache
def _reductions() -> list[tuple[str, int, Callable[[Children], Any] | None, bool]]:
    """Return the reductions of the tables, each with what makes its value; None where one value stays."""
    build = Build()

    def make(method: str | None) -> Callable[[Children], Any] | None:
        return None if method is None else getattr(build, method) if method else _as_they_are

    return [(rule, size, make(method), flatten) for rule, size, method, flatten in tables().reductions]


def _as_they_are(children: Children) -> Children:
    return children


class Machine:
    """A stack of states, and above the first of them a stack of what was read in coming to each."""

    def __init__(self) -> None:
        self._tables = tables()
        self._states = [0]
        self._values: list[Any] = []

    @property
    def statement_start(self) -> int:
        """The height of the stack if a statement may begin here, else 0."""
        return len(self._states) if STATEMENT in self._tables.actions[self._states[-1]] else 0

    @property
    def file(self) -> ast.File | None:
        """The whole file, once its end was fed."""
        file: ast.File | None = self._values[0] if self._states[-1] == self._tables.end else None
        return file

    def feed(self, token: Token) -> bool:
        """Go on over a token; return False where it does not fit."""
        return self.run((token,))

    def run(self, tokens: Iterable[Token]) -> bool:
        """Go on over tokens; return False at one that does not fit."""
        actions, gotos, end = self._tables.actions, self._tables.gotos, self._tables.end
        states, values, reductions = self._states, self._values, _reductions()
        for token in tokens:
            kind = token.type
            while (state := states[-1]) != end:
                action = actions[state].get(kind)
                if action is None:
                    return False
                if action >= 0:
                    states.append(action)
                    values.append(token)
                    break
                rule, size, make, flatten = reductions[~action]
                if make is None:
                    states[-1] = self._risen(states[-2], state, kind)
                    continue
                children = values[-size:] if size else []
                if size:
                    del values[-size:], states[-size:]
                values.append(make(_flat(children) if flatten else children))
                states.append(gotos[states[-1]][rule])
        return True

    def _risen(self, below: int, state: int, kind: str) -> int:
        """Return the state behind all the rules of one value, which stays as it is, that end before a token."""
        # An expression rises through a rule for each operator there is. What it comes to is worked out once.
        key = below, state, kind
        if key not in _RISEN:
            _, reductions, actions, gotos, _ = self._tables
            while (action := actions[state].get(kind, 0)) < 0 and reductions[~action].method is None:
                state = gotos[below][reductions[~action].rule]
            _RISEN[key] = state
        return _RISEN[key]

    def accepted(self) -> set[str]:
        """Return the types of token that fit here."""
        return {kind for kind in self._tables.actions[self._states[-1]] if self.fits(kind)}

    def fits(self, kind: str) -> bool:
        """Tell whether a token of a type fits here."""
        # The table alone may let rules end before a token that then turns out not to fit.
        _, reductions, actions, gotos, end = self._tables
        states = self._states.copy()
        while states[-1] != end:
            action = actions[states[-1]].get(kind)
            if action is None or action >= 0:
                return action is not None
            del states[len(states) - reductions[~action].size :]
            states.append(gotos[states[-1]][reductions[~action].rule])
        return True

    def cut(self, height: int) -> None:
        """Go back to where the stack was that high, unless it has been lower since."""
        del self._states[height:], self._values[height - 1 :]


def _flat(children: list[Any]) -> list[Any]:
    """Put what is in the lists among `children` in their places."""
    # A list that leads is used on: it grows by an element at a time, and copies would be quadratic.
    flat, rest = (children[0], children[1:]) if isinstance(children[0], list) else ([], children)
    for child in rest:
        if isinstance(child, list):
            flat += child
        else:
            flat.append(child)
    return flat
