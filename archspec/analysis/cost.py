"""Multiply-accumulates for one sample.

The convention: products with weights (convolutions of every kind, dense, recurrent kernels at every step) and of
attention count; biases, activations, pooling, normalisation and merges do not. One multiply-accumulate is two flops.
"""

from __future__ import annotations

from collections.abc import Mapping

from archspec.analysis.fold import Types, totals
from archspec.ir.graph import Graph, LayerNode


def count_macs(graph: Graph) -> Mapping[str, int | None]:
    """Return the multiply-accumulates of each body for one sample; None where they depend on an open dimension."""
    return totals(graph, layer_macs)


def layer_macs(node: LayerNode, inputs: Types, outputs: Types) -> int | None:
    return node.layer.macs(inputs, outputs)
