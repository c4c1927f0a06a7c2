"""Builds one body of the graph: numbers its values, keeps its names, and brings in tensors from the body around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archspec.diagnostics.source import Span
from archspec.ir.graph import AnyNode, Body, LayerNode, Port
from archspec.record import Record, replace
from archspec.tensor import TensorType

#: The name of a tensor: what it was called and its subscripts.
TensorName = tuple[str, tuple[Any, ...]]


class Builder:
    """A body under construction.

    `parent` is the body around a loop iteration. `current` holds the current tensors; None where a fault left them
    unknown, so that what depends on them keeps quiet. `results` are all outputs of the last step, for `as (a, b)`.
    """

    def __init__(self, parent: Builder | None = None) -> None:
        self.parent = parent
        self.inputs: list[Port] = []
        self.nodes: list[AnyNode] = []
        self.types: list[TensorType] = []
        #: The tensors by name; None for one that a fault left unknown.
        self.names: dict[TensorName, int | None] = {}
        #: The names that may have been given by what a fault kept from being looked at, whatever their subscripts.
        self.lost: set[str] = set()
        #: The tensors that were found wrong: what else does not go with them has been told.
        self.doubted: set[int] = set()
        self.current: list[int] | None = []
        self.results: list[int] = []
        self.outputs: list[Port] | None = None
        #: Positions in the unrolled loops around the next node.
        self.index: tuple[int, ...] = ()
        #: For an iteration: the parent's values it starts from, and the inputs they became.
        self.starts: list[tuple[int, int]] = []
        #: The parent's named tensors that were brought in. Each has an input of its own, even if two names, or a name
        #: and the current tensor, are one value now: in the next iteration they may not be.
        self.imported: dict[TensorName, tuple[int, int]] = {}
        #: Layer uses, repetitions counted.
        self.layers = 0

    def value(self, type: TensorType) -> int:
        self.types.append(type)
        return len(self.types) - 1

    def add_input(self, type: TensorType, name: str = "") -> int:
        port = Port(value=self.value(type), type=type, name=name)
        self.inputs.append(port)
        return port.value

    def ports(self, types: Iterable[TensorType]) -> tuple[Port, ...]:
        return tuple([Port(value=self.value(type), type=type) for type in types])

    def add(self, node: AnyNode, layers: int = 1) -> None:
        """Append a node; its first output goes on as the current tensor."""
        self.nodes.append(node)
        self.layers += layers
        self.results = [port.value for port in node.outputs]
        self.current = self.results[:1]

    def iteration(self) -> Builder:
        """Return the body of a loop iteration that starts from this body's current tensors."""
        child = Builder(parent=self)
        child.starts = [(value, child.add_input(self.types[value])) for value in self.current or ()]
        child.current = None if self.current is None else [inner for _, inner in child.starts]
        child.results = list(child.current or ())
        return child

    @property
    def is_known(self) -> bool:
        """Tell whether no fault left a tensor of this body unknown."""
        return self.current is not None and not self.lost and None not in self.names.values()

    def lose(self, names: Iterable[str]) -> None:
        """Leave unknown which tensors bear some names."""
        gone = set(names)
        self.lost |= gone
        self.names = {known: None if known[0] in gone else value for known, value in self.names.items()}

    def find(self, name: TensorName) -> int | None:
        """Return the value of a named tensor; None for one that a fault left unknown. Raises KeyError."""
        if name in self.names:
            return self.names[name]
        if name[0] in self.lost:
            return None
        if name in self.imported:
            return self.imported[name][1]
        if self.parent is None:
            raise KeyError(name)
        value = self.parent.find(name)
        if value is not None:
            self.imported[name] = value, self.add_input(self.parent.types[value])
            return self.imported[name][1]
        return None

    def all_names(self) -> set[TensorName]:
        return set(self.names) | (self.parent.all_names() if self.parent else set())

    def types_of(self, values: Iterable[int]) -> tuple[TensorType, ...]:
        return tuple([self.types[value] for value in values])

    def inline(self, child: Builder, index: tuple[int, ...]) -> None:
        """Append the nodes of one loop iteration as this body's own, at `index` within its loops."""
        here = {inner: outer for outer, inner in (*child.starts, *child.imported.values())}
        for node in child.nodes:
            outputs = []
            for port in node.outputs:
                here[port.value] = self.value(port.type)
                outputs.append(Port(value=here[port.value], type=port.type, name=port.name))
            update: dict[str, Any] = {
                "inputs": tuple([here[value] for value in node.inputs]),
                "outputs": tuple(outputs),
                "index": node.index if node.shared else index + node.index,
            }
            if isinstance(node, LayerNode) and node.keywords:
                update["keywords"] = tuple((name, tuple(here[v] for v in values)) for name, values in node.keywords)
            self.nodes.append(replace(node, **update))
        self.layers += child.layers
        if child.lost:
            self.lose(child.lost)
        self.doubted |= {here[value] for value in child.doubted}
        self.names |= {name: None if value is None else here[value] for name, value in child.names.items()}
        self.current = None if child.current is None else [here[value] for value in child.current]
        self.results = [here[value] for value in child.results]

    def body(
        self, key: str, definition: str, kind: Any, outputs: Iterable[int], arguments: tuple[tuple[str, Any], ...] = ()
    ) -> Body:
        """Return the finished body."""
        ends = self.outputs if self.outputs is not None else [Port(value=v, type=self.types[v]) for v in outputs]
        return Body(
            key=key,
            definition=definition,
            kind=kind,
            arguments=arguments,
            inputs=tuple(self.inputs),
            nodes=tuple(self.nodes),
            outputs=tuple(ends),
        )


class Use(Record):
    """One step of the chain that led to a block: which block, and where it was used."""

    block: str
    span: Span
