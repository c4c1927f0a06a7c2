"""New names for tensors and shared steps that hide nothing the spec could mean."""

from __future__ import annotations

import re

from archspec.ir.graph import Graph
from archspec.layers import registry
from archspec.tensor import Sym

_RESERVED = frozenset(
    (
        *("model", "block", "use", "as", "input", "output", "let", "shared", "expect", "from", "repeat", "for", "in"),
        *("if", "else", "and", "or", "not", "true", "false", "skip", "none", "_"),
    )
)


class Names:
    """The names that are taken in one flat model."""

    def __init__(self, graph: Graph) -> None:
        ports = graph.body.inputs
        self._taken = {port.name for port in ports} | _RESERVED
        self._taken |= {atom for p in ports for d in p.type.shape if isinstance(d, Sym) for atom, _ in d.terms}
        self._tensors = 0
        self._outputs = {port.name for port in graph.body.outputs}

    def input(self, name: str) -> str:
        """Return the name of an input, its own where that is no word of the language."""
        return name if name not in _RESERVED else self.output("x")

    def tensor(self) -> str:
        """Return a name for a tensor that had none, or one only inside a block."""
        while True:
            self._tensors += 1
            if (name := f"t{self._tensors}") not in self._outputs and self._free(name):
                return name

    def output(self, name: str) -> str:
        """Return the name of an output, its own where that can be."""
        return name if name and self._free(name) else self.tensor()

    def step(self, path: str) -> str:
        """Return a name for a shared layer."""
        base = identifier(path)
        number, name = 1, base
        while name in self._outputs or not self._free(name):
            number += 1
            name = f"{base}_{number}"
        return name

    def _free(self, name: str) -> bool:
        if name in self._taken or registry.find_layer(name) or registry.find_word(name):
            return False
        self._taken.add(name)
        return True


def identifier(text: str) -> str:
    """Return a text as a name of the language."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"_{name}" if not name or name[0].isdigit() or name in _RESERVED else name
