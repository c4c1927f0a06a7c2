"""The flat view: every layer of a graph in execution order, repetitions unrolled, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.diagnostics.source import Span
from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode, step_name
from archspec.layers.base import Layer
from archspec.record import Record
from archspec.tensor import TensorType


class Leaf(Record):
    """One layer call. `path` names the layer: blocks from the outside in, then its name, joined by `/`.

    A path that has come before is a further use of a shared layer.
    """

    path: str
    layer: Layer
    inputs: tuple[TensorType, ...]
    outputs: tuple[TensorType, ...]
    span: Span


def leaves(graph: Graph) -> Iterator[Leaf]:
    """Yield every layer call of the graph in execution order."""
    yield from _leaves(graph, graph.body, "", ())


def _leaves(graph: Graph, body: Body, prefix: str, loops: tuple[int, ...]) -> Iterator[Leaf]:
    types = body.types
    for node in body.nodes:
        # A shared step is one step wherever it is used, so its name says nothing of the loops around the use.
        index = () if node.shared else loops + node.index
        if isinstance(node, LayerNode):
            inputs = tuple(types[value] for value in node.inputs)
            outputs = tuple(port.type for port in node.outputs)
            yield Leaf(prefix + step_name(node.name, index), node.layer, inputs, outputs, node.span)
        elif isinstance(node, RepeatNode):
            for position in range(node.start, node.start + node.count):
                yield from _leaves(graph, graph.bodies[node.body], prefix, (*index, position))
        else:
            yield from _leaves(graph, graph.bodies[node.body], f"{prefix}{step_name(node.name, index)}/", ())
