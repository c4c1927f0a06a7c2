"""Adds a figure up over the hierarchy: every body once, however often it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archspec.ir.graph import Graph, LayerNode, RepeatNode
from archspec.ir.leaves import body_types
from archspec.tensor import TensorType

Types = tuple[TensorType, ...]
#: A figure of one layer call, or None where it depends on an open dimension.
Measure = Callable[[LayerNode, Types, Types], int | None]


def totals(graph: Graph, measure: Measure) -> Mapping[str, int | None]:
    """Return, for each body, the sum of `measure` over all its layer calls; None where a part of it is None."""
    sums: dict[str, int | None] = {}
    # Bodies are made before the bodies that use them, so each finds its parts done.
    for key, body in graph.bodies.items():
        types = body_types(body)
        total: int | None = 0
        for node in body.nodes:
            if isinstance(node, LayerNode):
                part = measure(node, tuple(types[v] for v in node.inputs), tuple(p.type for p in node.outputs))
            else:
                part = sums[node.body]
            times = node.count if isinstance(node, RepeatNode) else 1
            total = None if total is None or part is None else total + times * part
        sums[key] = total
    return sums
