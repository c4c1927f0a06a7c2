"""Multiply-accumulates for one sample.

The convention: what is multiplied and summed up counts, namely

- the products with kernels: of convolutions of every kind, of dense layers, and of recurrent layers (both kernels) at
  every step. A convolution takes one product for each position of its output, each number in its window and each
  filter of the group; a transposed one for each position of its input; a padded border counts as the rest does.
- the products of tensors: `dot`, `matmul`, and the scores and sums of attention.

Biases, activations, pooling, normalisation, merges and lookups do not count. One multiply-accumulate is two flops.

TensorFlow's statistics of float operations say the same of its products, two for each, but for what
`tests/layers/test_macs.py` lists.
"""

from __future__ import annotations

from archspec.analysis.fold import Types
from archspec.ir.graph import LayerNode


def layer_macs(node: LayerNode, inputs: Types, outputs: Types) -> int | None:
    """Return the multiply-accumulates of a layer call for one sample; None where they depend on an open dimension."""
    return node.layer.macs(inputs, outputs)
