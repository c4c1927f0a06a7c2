"""Multiply-accumulates beside TensorFlow's count of float operations: two for each, in the products alone.

What TensorFlow counts besides (biases, pooling, normalisation, activations) is no part of the convention, which
`archspec.analysis.cost` states.
"""

from __future__ import annotations

from typing import Any

import pytest

from archspec.backend import Checked
from archspec.driver import compile_spec
from tests.backends.keras_models import check_text, direct

pytestmark = pytest.mark.keras

#: The operations that are products.
PRODUCTS = ("Conv2D", "Conv3D", "DepthwiseConv2dNative", "Conv2DBackpropInput", "MatMul", "BatchMatMulV2")
LAYERS = [
    *(f"input 16x3; conv1d(4, 3{rest})" for rest in ("", ", same", ", causal", ", s2", ", same, s3")),
    *(f"input 9x8x4; conv2d(6, 3x2{rest})" for rest in ("", ", same", ", s2", ", same, s2", ", no_bias")),
    *(f"input 6x7x8x2; conv3d(4, 3x2x3{rest})" for rest in ("", ", same", ", same, s2")),
    *(f"input 9x8x4; depthwise_conv2d(3x3{rest})" for rest in ("", ", same, s2", ", depth_multiplier=2")),
    *(f"input 9x4; depthwise_conv1d(3{rest})" for rest in ("", ", same, s2", ", depth_multiplier=2")),
    *(f"input 9x8x4; separable_conv2d(6, 3x3{rest})" for rest in ("", ", same, s2", ", depth_multiplier=2")),
    *(f"input 9x4; separable_conv1d(6, 3{rest})" for rest in ("", ", same, s2", ", depth_multiplier=2")),
    *(f"input 5x6x4; conv2d_transpose(3, 3x3, same{rest})" for rest in ("", ", s2", ", s3")),
    *(f"input 5x6x4; conv2d_transpose(3, {k}x{k}, s{k})" for k in (1, 2, 3)),
    *(f"input 5x4; conv1d_transpose(3, 3, same{rest})" for rest in ("", ", s2")),
    *(f"input {shape}; dense(5)" for shape in ("7", "4x7", "3x4x7", "2x3x4x7")),
    *(f"input 5x4; {cell}(3, unroll)" for cell in ("lstm", "gru", "simple_rnn")),
    *(f"input 5x4; {cell}(3, unroll, return_sequences)" for cell in ("lstm", "gru", "simple_rnn")),
    "input 5x4; gru(3, unroll, reset_after=false)",
    "input 5x4; bidirectional(lstm(3, unroll))",
    "input a: 5x8; input b: 6x8; attention(a, b)",
    "input a: 5x8; input b: 6x8; input c: 6x8; attention(a, b, c)",
    "input a: 5x8; input b: 6x8; dot(a, b, axes=2)",
    "input a: 2x5x8; input b: 2x8x6; matmul(a, b)",
    'input 5x8; einsum_dense("abc,cde->abde", output_shape=(none, 2, 3))',
    "input 9x8x4; spectral_norm(conv(6, 3x3))",
    "input 5x8x8x2; time_distributed(conv(3, 3x3))",
    "input 4 : int32; embedding(10, 3) -> dense(2)",
    "input 8x8x4; max_pool -> avg_pool(2) -> bn -> gap -> softmax",
]
#: Whole networks of specs/.
NETWORKS = ("vgg11", "mobilenet", "mobilenet_v2", "resnet18", "googlenet", "densenet", "nin", "lenet", "alexnet")


def float_operations(checked: Checked) -> dict[str, int]:
    """Return TensorFlow's float operations for one sample, by the kind of operation."""
    import tensorflow as tf

    model = direct(checked)
    inputs = [tf.TensorSpec((1, *port.type.shape), port.type.dtype) for port in checked.graph.body.inputs]
    function = tf.function(lambda *given: model(list(given) if len(given) > 1 else given[0], training=False))
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output()
    node: Any = profiler.profile(function.get_concrete_function(*inputs).graph, cmd="op", options=options.build())
    found: dict[str, int] = {}
    # A chain of kinds: the total of each is its own and that of all behind it.
    while node.children:
        (node,) = node.children
        found[node.name] = node.total_float_ops - sum(behind.total_float_ops for behind in node.children)
    return found


def products(checked: Checked) -> int:
    return sum(count for kind, count in float_operations(checked).items() if kind in PRODUCTS)


def macs(checked: Checked) -> int:
    found = checked.figures.macs[checked.graph.main]
    assert found is not None
    return found


@pytest.mark.parametrize("text", LAYERS)
def test_layers_agree_with_tensorflow(text: str) -> None:
    checked = check_text(text)
    assert products(checked) == 2 * macs(checked)


@pytest.mark.parametrize("spec", NETWORKS)
def test_networks_agree_with_tensorflow(spec: str) -> None:
    checked = compile_spec(spec).checked()
    assert products(checked) == 2 * macs(checked)


# --- where TensorFlow counts otherwise --------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "kernel", "stride"), [(5, 3, 2), (5, 3, 1), (6, 5, 2), (4, 4, 3)])
def test_transposed_convolutions_are_counted_by_their_input(size: int, kernel: int, stride: int) -> None:
    """Each input position is multiplied with the kernel once; TensorFlow takes the output positions over the strides."""
    checked = check_text(f"input {size}x{size}x4; conv_transpose(3, {kernel}x{kernel}, s{stride})")
    each = kernel * kernel * 4 * 3
    assert macs(checked) == size * size * each
    longer = (size - 1) * stride + max(kernel, stride)
    assert products(checked) == 2 * each * longer * longer // stride**2


def test_dilated_convolutions_are_counted_as_they_are() -> None:
    """TensorFlow cuts the map into 2x2 pieces first: 8x8 into 4x4 each, and 9x9, padded, into 5x5 each."""
    checked = check_text("input 8x8x4; conv(6, 3x3, d2)")
    assert macs(checked) == 4 * 4 * 9 * 4 * 6
    assert products(checked) == 2 * macs(checked)
    checked = check_text("input 9x9x4; conv(6, 3x3, d2)")
    assert macs(checked) == 5 * 5 * 9 * 4 * 6
    assert products(checked) == 2 * 4 * (3 * 3) * 9 * 4 * 6


def test_groups_are_counted() -> None:
    """TensorFlow has them compiled on their own, where it counts nothing."""
    checked = check_text("input 9x8x4; conv(6, 3x3, g2)")
    assert macs(checked) == 7 * 6 * 9 * (4 // 2) * 6
    assert products(checked) == 0


def test_all_steps_of_a_loop_are_counted() -> None:
    """TensorFlow counts the body of a loop once."""
    assert macs(check_text("input 5x4; lstm(3)")) == macs(check_text("input 5x4; lstm(3, unroll)"))
    assert products(check_text("input 5x4; lstm(3)")) < 2 * 5 * (4 + 3) * 12
    one = macs(check_text("input 1x9x8x2; conv_lstm(3, 3x3)"))
    assert one == 7 * 6 * 9 * (2 + 3) * 12
    assert macs(check_text("input 4x9x8x2; conv_lstm(3, 3x3)")) == 4 * one


def test_scores_of_several_heads_are_counted() -> None:
    """Of these products TensorFlow knows no shapes, and counts the projections alone."""
    checked = check_text("input 5x8; mha(2, 4)")
    projections, scores = 4 * 5 * 8 * 8, 2 * 5 * 5 * 8
    assert macs(checked) == projections + scores
    assert products(checked) == 2 * projections


def test_scores_of_additive_attention_are_counted() -> None:
    """TensorFlow has them as an elementwise product and a sum."""
    checked = check_text("input a: 5x8; input b: 6x8; additive_attention(a, b)")
    scores = context = 5 * 6 * 8
    assert macs(checked) == scores + context
    assert products(checked) == 2 * context
    assert float_operations(checked)["Mul"] == scores


def test_what_is_not_counted() -> None:
    """TensorFlow counts biases, pooling and the like; the convention does not."""
    found = float_operations(check_text("input 8x8x4; conv(4, 3x3) -> max_pool -> bn -> flatten -> dense(3, softmax)"))
    assert {"BiasAdd", "MaxPool", "Softmax"} <= set(found)
    assert macs(check_text("input 8x8x4; max_pool -> bn -> relu -> dropout(0.2) -> flatten -> softmax")) == 0
