"""Adds a figure up over the hierarchy: every body once, however often it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode
from archspec.tensor import TensorType

Types = tuple[TensorType, ...]
#: A figure of one layer call, or None where it depends on an open dimension.
Measure = Callable[[LayerNode, Types, Types], int | None]


class Call(NamedTuple):
    """A layer call, and how often it is made: on the same types the same layer comes to the same figures."""

    node: LayerNode
    inputs: Types
    outputs: Types
    times: int


def layer_calls(body: Body) -> list[Call]:
    """Return the layer calls of a body: those of the same layer on the same types together, shared steps by name."""
    types = body.types
    found: dict[tuple[object, ...], list[LayerNode]] = {}
    for node in body.nodes:
        if not isinstance(node, LayerNode):
            continue
        # By identity: the elaborator makes equal layers and types but once, and to compare them takes longer.
        taken = [id(types[value]) for value in node.inputs]
        step = node.name if node.shared else ""
        key = step, id(node.layer), len(taken), *taken, *[id(port.type) for port in node.outputs]
        found.setdefault(key, []).append(node)
    return [_call(alike[0], types, len(alike)) for alike in found.values()]


def _call(node: LayerNode, types: Mapping[int, TensorType], times: int) -> Call:
    return Call(node, tuple([types[v] for v in node.inputs]), tuple([port.type for port in node.outputs]), times)


def totals(graph: Graph, calls: Mapping[str, list[Call]], *measures: Measure) -> list[dict[str, int | None]]:
    """Return, for each measure, its sum over all layer calls of each body; None where a part of it is None.

    `calls` are those that each body makes by itself.
    """
    sums: list[dict[str, int | None]] = [{} for _ in measures]
    # Bodies are made before the bodies that use them, so each finds its parts done.
    for key, body in graph.bodies.items():
        uses = [
            (node.body, node.count if isinstance(node, RepeatNode) else 1)
            for node in body.nodes
            if not isinstance(node, LayerNode)
        ]
        for measure, known in zip(measures, sums, strict=True):
            layers = ((measure(node, inputs, outputs), times) for node, inputs, outputs, times in calls[key])
            known[key] = _sum(chain(layers, ((known[used], times) for used, times in uses)))
    return sums


def _sum(parts: Iterable[tuple[int | None, int]]) -> int | None:
    total = 0
    for part, times in parts:
        if part is None:
            return None
        total += part * times
    return total
