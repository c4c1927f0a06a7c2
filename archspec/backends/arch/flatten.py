"""The flat view with its wiring: every layer call of a graph, and which values it takes and makes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode, step_name
from archspec.layers.base import Layer

#: A value of the flat network, numbered from 0: first the model's inputs, then the outputs of each call.
Value = int


@dataclass(frozen=True, slots=True)
class Call:
    """One layer call. `shared` tells that another call may bear the same path, and then is the same layer."""

    path: str
    layer: Layer
    inputs: tuple[Value, ...]
    keywords: tuple[tuple[str, tuple[Value, ...]], ...]
    outputs: tuple[Value, ...]
    shared: bool


#: Yields calls, and returns the values of the outputs.
_Walk = Generator[Call, None, tuple[Value, ...]]


class Flattened:
    """Walks a graph once. `outputs` are the values that the model returns, known after the walk."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._values = 0
        self.outputs: tuple[Value, ...] = ()

    def calls(self) -> Iterator[Call]:
        """Yield every layer call in execution order."""
        body = self._graph.body
        inputs = self._fresh(len(body.inputs))
        self.outputs = yield from self._body(body, inputs, "", (), False)

    def _fresh(self, number: int) -> tuple[Value, ...]:
        self._values += number
        return tuple(range(self._values - number, self._values))

    def _body(self, body: Body, inputs: tuple[Value, ...], prefix: str, loops: tuple[int, ...], shared: bool) -> _Walk:
        """Yield the calls of one body. Returns the values of its outputs."""
        here = {port.value: value for port, value in zip(body.inputs, inputs, strict=True)}
        for node in body.nodes:
            index = () if node.shared else loops + node.index
            given = tuple(here[value] for value in node.inputs)
            if isinstance(node, LayerNode):
                outputs = self._fresh(len(node.outputs))
                keywords = tuple((name, tuple(here[v] for v in values)) for name, values in node.keywords)
                path = prefix + step_name(node.name, index)
                yield Call(path, node.layer, given, keywords, outputs, shared or node.shared)
            elif isinstance(node, RepeatNode):
                outputs = yield from self._repeat(node, given, prefix, index, shared)
            else:
                inner = f"{prefix}{step_name(node.name, index)}/"
                outputs = yield from self._body(self._graph.bodies[node.body], given, inner, (), shared or node.shared)
            here.update((port.value, value) for port, value in zip(node.outputs, outputs, strict=True))
        return tuple(here[port.value] for port in body.outputs)

    def _repeat(
        self, node: RepeatNode, given: tuple[Value, ...], prefix: str, index: tuple[int, ...], shared: bool
    ) -> _Walk:
        body = self._graph.bodies[node.body]
        outputs: tuple[Value, ...] = ()
        for position in range(node.start, node.start + node.count):
            outputs = yield from self._body(body, given, prefix, (*index, position), shared)
            given = outputs[: node.carried] + given[node.carried :]
        return outputs
