"""Adds a figure up over the hierarchy: every body once, however often it is used."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat

from archspec.ir.graph import Graph, LayerNode, RepeatNode
from archspec.ir.leaves import body_types
from archspec.tensor import TensorType

Types = tuple[TensorType, ...]
#: A figure of one layer call, or None where it depends on an open dimension.
Measure = Callable[[LayerNode, Types, Types], int | None]


def totals(graph: Graph, *measures: Measure) -> list[dict[str, int | None]]:
    """Return, for each measure, its sum over all layer calls of each body; None where a part of it is None."""
    sums: list[dict[str, int | None]] = [{} for _ in measures]
    # Bodies are made before the bodies that use them, so each finds its parts done.
    for key, body in graph.bodies.items():
        types = body_types(body)
        calls: list[tuple[LayerNode, Types, Types]] = []
        uses: list[tuple[str, int]] = []
        for node in body.nodes:
            if isinstance(node, LayerNode):
                calls.append((node, tuple([types[v] for v in node.inputs]), tuple([p.type for p in node.outputs])))
            else:
                uses.append((node.body, node.count if isinstance(node, RepeatNode) else 1))
        for measure, known in zip(measures, sums, strict=True):
            known[key] = _sum([measure(*call) for call in calls], [(known[used], times) for used, times in uses])
    return sums


def _sum(layers: list[int | None], uses: list[tuple[int | None, int]]) -> int | None:
    total = 0
    for part, times in chain(zip(layers, repeat(1)), uses):
        if part is None:
            return None
        total += part * times
    return total
