"""The per-layer report: one row a layer, blocks and repetitions folded below a depth."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.analysis.cost import layer_macs
from archspec.analysis.figures import Figures
from archspec.analysis.fold import Types
from archspec.analysis.memory import output_bytes
from archspec.analysis.weights import Count, count_of, layer_weights
from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode, step_name
from archspec.layers.base import Weight
from archspec.record import Record
from archspec.tensor import TensorType


class Row(Record):
    """One layer call, or a folded block. `reused` tells that its weights were counted with an earlier row."""

    path: str
    kind: str
    outputs: tuple[TensorType, ...]
    params: Count
    macs: int | None
    activation_bytes: int | None
    weights: tuple[Weight, ...] = ()
    reused: bool = False


def rows(graph: Graph, figures: Figures, depth: int | None = None) -> Iterator[Row]:
    """Return the rows of a graph in execution order; blocks deeper than `depth` are one row each.

    Raises ValueError for a negative depth.
    """
    if depth is not None and depth < 0:
        raise ValueError(f"a depth is a whole number from 0, but this is {depth}")
    return _Report(graph, figures, depth).body(graph.body, "", (), 0)


class _Report:
    def __init__(self, graph: Graph, figures: Figures, depth: int | None) -> None:
        self.graph, self.figures, self.depth = graph, figures, depth
        self.seen: set[str] = set()
        #: By layer node, which its body keeps: its weights, MACs and bytes. A repetition has the same nodes each time.
        self._measured: dict[int, tuple[tuple[Weight, ...], Count, int | None, int | None]] = {}

    def body(self, body: Body, prefix: str, loops: tuple[int, ...], level: int) -> Iterator[Row]:
        types = body.types
        for node in body.nodes:
            index = () if node.shared else loops + node.index
            outputs = tuple(port.type for port in node.outputs)
            path = prefix + step_name(node.name, index)
            if isinstance(node, RepeatNode):
                for position in range(node.start, node.start + node.count):
                    yield from self.body(self.graph.bodies[node.body], prefix, (*index, position), level)
                continue
            reused = node.shared and path in self.seen
            if node.shared:
                self.seen.add(path)
            if isinstance(node, LayerNode):
                if id(node) not in self._measured:
                    self._measured[id(node)] = _measure(node, tuple(types[v] for v in node.inputs), outputs)
                weights, count, macs, size = self._measured[id(node)]
                yield Row(path, node.layer.kind, outputs, Count() if reused else count, macs, size, weights, reused)
            elif self.depth is not None and level >= self.depth:
                inner = self.graph.bodies[node.body]
                count = Count() if reused else self.figures.weights[inner.key]
                kind = self.graph.definitions[inner.definition].name
                yield Row(
                    path,
                    kind,
                    outputs,
                    count,
                    self.figures.macs[inner.key],
                    self.figures.activations[inner.key],
                    (),
                    reused,
                )
            else:
                # A layer inside a shared block is reused when the block is: its path has come before.
                yield from self._block(node.body, path, level, reused)

    def _block(self, key: str, path: str, level: int, reused: bool) -> Iterator[Row]:
        for row in self.body(self.graph.bodies[key], f"{path}/", (), level + 1):
            if reused:
                yield Row(row.path, row.kind, row.outputs, Count(), row.macs, row.activation_bytes, row.weights, True)
            else:
                yield row


def _measure(
    node: LayerNode, inputs: Types, outputs: Types
) -> tuple[tuple[Weight, ...], Count, int | None, int | None]:
    weights = tuple(layer_weights(node.layer, inputs))
    return weights, count_of(weights), layer_macs(node, inputs, outputs), output_bytes(outputs)
