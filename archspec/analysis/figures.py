"""All figures of a graph together, each a table by body."""

from __future__ import annotations

from collections.abc import Mapping

from archspec.analysis.cost import layer_macs
from archspec.analysis.fold import layer_calls, totals
from archspec.analysis.memory import layer_bytes
from archspec.analysis.weights import Count, count_weights
from archspec.ir.graph import Graph
from archspec.record import Record


class Figures(Record):
    """Parameters, multiply-accumulates, activation bytes and layer calls of every body, for one sample."""

    weights: Mapping[str, Count]
    macs: Mapping[str, int | None]
    activations: Mapping[str, int | None]
    layers: Mapping[str, int | None]


def analyse(graph: Graph) -> Figures:
    """Return the figures of a graph."""
    calls = {key: layer_calls(body) for key, body in graph.bodies.items()}
    macs, activations, layers = totals(graph, calls, layer_macs, layer_bytes, lambda *_: 1)
    return Figures(count_weights(graph, calls), macs, activations, layers)
