"""Which names a definition may use, and what kind of thing each stands for. Static: no values here."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from archspec.ir.definition import CallOp
from archspec.syntax import ast
from archspec.syntax.brackets import MAX_NESTING

Kind = Literal["value", "tensor", "symbol", "shared"]


class Scope:
    """The names of one definition. Like a Python function, a definition is one scope: loops and `if`s open none.

    A nested block sees the names around it: a value or tensor found outside is *captured*, which makes it a parameter
    of the nested block that every use passes along.
    """

    def __init__(self, key: str, outer: Scope | None = None) -> None:
        self.key, self.outer = key, outer
        self.names: dict[str, Kind] = {}
        self.captured: dict[str, Kind] = {}
        self.blocks: dict[str, ast.Block] = {}
        #: The shared steps; None for one that could not be resolved.
        self.shared: dict[str, CallOp | None] = {}
        #: How often each step name is written in the definition, or twice at least: a name used once needs no number.
        self.written: Counter[str] = Counter()
        self._sites: Counter[str] = Counter()
        self._taken: set[str] = set()
        self._stems: Counter[str] = Counter()

    def find(self, name: str) -> Kind | None:
        """Return what `name` stands for here, capturing it from an enclosing block where need be."""
        if name in self.names:
            return self.names[name]
        if name in self.captured:
            return self.captured[name]
        kind = self.outer.find(name) if self.outer else None
        if kind in ("value", "tensor"):
            self.captured[name] = kind
        return kind

    def owner(self, name: str) -> Scope | None:
        """Return the scope in which `name` is declared."""
        if name in self.names:
            return self
        return self.outer.owner(name) if self.outer else None

    def visible(self) -> dict[str, Kind]:
        """Return every name that could be meant here, and what it stands for. Captures nothing."""
        return (self.outer.visible() if self.outer else {}) | self.names

    def find_block(self, name: str) -> tuple[ast.Block, Scope] | None:
        """Return the nested block of that name in this or an enclosing definition, and the scope it is written in."""
        if name in self.blocks:
            return self.blocks[name], self
        return self.outer.find_block(name) if self.outer else None

    def site(self, base: str) -> str:
        """Return a new name for one use of `base`: `conv` when it is the only one, else `conv1`, `conv2`, …"""
        while True:
            self._sites[base] += 1
            number = self._sites[base]
            name = _numbered(base, number) if self.written[base] > 1 or number > 1 else base
            stems = _stems(name)
            if not self._clashes(name, stems):
                self._keep(name, stems)
                return name

    def keep(self, name: str) -> None:
        """Take a name that is given, such as an input's: no other step of the definition will be called so."""
        self._keep(name, _stems(name))

    def _keep(self, name: str, stems: list[str]) -> None:
        self._taken.add(name)
        if stems:
            self._stems.update(stems)

    def release(self, base: str, name: str) -> None:
        """Take back the name that was given to the last use of `base`."""
        self._sites[base] -= 1
        self._taken.discard(name)
        self._stems.subtract(_stems(name))

    def _clashes(self, name: str, stems: list[str]) -> bool:
        """Tell whether a step of that name could be taken for another one, or for an iteration of another one."""
        return name in self._taken or self._stems.get(name, 0) > 0 or not self._taken.isdisjoint(stems)


def _numbered(base: str, number: int) -> str:
    """Return the name of one of several uses. After a digit the number is a letter, so that it is not read into it."""
    if not base[-1].isdigit():
        return f"{base}{number}"
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("a") + digit) + letters
    return base + letters


def _stems(name: str) -> list[str]:
    """Return what `name` would be an iteration of: `unit_1_0` of `unit_1`, and of `unit` in two loops."""
    stems: list[str] = []
    while len(stems) < MAX_NESTING:
        name, _, position = name.rpartition("_")
        if not (name and position.isdecimal()):
            break
        stems.append(name)
    return stems
