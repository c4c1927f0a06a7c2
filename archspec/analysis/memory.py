"""Activation memory: the bytes of every layer's outputs for one sample, as training keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from archspec.analysis.fold import Types, totals
from archspec.ir.graph import Graph, LayerNode
from archspec.tensor import TensorType


def count_activations(graph: Graph) -> Mapping[str, int | None]:
    """Return the activation bytes of each body for one sample; None where they depend on an open dimension."""
    return totals(graph, _layer_bytes)


def _layer_bytes(node: LayerNode, inputs: Types, outputs: Types) -> int | None:
    return output_bytes(outputs)


def output_bytes(outputs: tuple[TensorType, ...]) -> int | None:
    """Return the bytes that a layer's outputs take for one sample."""
    total = 0
    for output in outputs:
        if output.bytes is None:
            return None
        total += output.bytes
    return total
