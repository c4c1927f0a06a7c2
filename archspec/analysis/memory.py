"""Activation memory: the bytes of every layer's outputs for one sample, as training keeps them."""

from __future__ import annotations

from archspec.analysis.fold import Types
from archspec.ir.graph import LayerNode
from archspec.tensor import TensorType


def layer_bytes(node: LayerNode, inputs: Types, outputs: Types) -> int | None:
    """Return the bytes of a layer call for one sample; None where they depend on an open dimension."""
    return output_bytes(outputs)


def output_bytes(outputs: tuple[TensorType, ...]) -> int | None:
    """Return the bytes that a layer's outputs take for one sample."""
    total = 0
    for output in outputs:
        if (size := output.bytes) is None:
            return None
        total += size
    return total
