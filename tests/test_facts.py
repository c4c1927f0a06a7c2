"""What the tutorials say of sizes, receptive fields, parameters and costs, asked of the analyses.

A row is the fact, a figure, a spec and what the tutorial says (or what Keras does, where the tutorial slips).
`golden/facts.json` holds the facts; each is asked here, or is on the list of those that no analysis answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any, TypeVar

import pytest

from archspec.analysis.receptive_field import receptive_field
from archspec.analysis.summary import Row, rows
from archspec.backend import Checked
from archspec.backends.arch.flatten import Flattened
from archspec.diagnostics.source import Source
from archspec.driver import compile_source, compile_spec
from archspec.layers.batch_norm import BatchNormalization
from tests.test_golden import GOLDEN, RIGHT
from tests.test_golden import compiled as golden_spec

Test = TypeVar("Test", bound=Callable[..., None])
FACTS = [
    ("size_same_5x5", "shape", "input 5x5x1; conv(1, 3x3, same)", (5, 5, 1)),
    ("size_explicit_padding", "shape", "input 6x6x1; conv(1, 3x3, s2)", (2, 2, 1)),
    ("pool_quarter", "shape", "input 10x6x1; max_pool(2x2, s2)", (5, 3, 1)),
    ("conv_3x3_by_2x2", "shape", "input 3x3x1; conv(1, 2x2)", (2, 2, 1)),
    ("conv_6x8_by_1x2", "shape", "input 6x8x1; conv(1, 1x2)", (6, 7, 1)),
    ("conv_same_s2_4x4", "shape", "input 8x8x1; conv(1, 3x3, s2, same)", (4, 4, 1)),
    ("maxpool_sizes", "shape", "input 4x4x1; max_pool(3x3)", (1, 1, 1)),
    ("maxpool_sizes", "shape", "input 4x4x2; max_pool(3x3, s2, same)", (2, 2, 2)),
    ("conv_2x5x5x3", "shape", "input 5x5x3; conv(4, 3x3, same)", (5, 5, 4)),
    ("conv1x1_equals_dense", "shape", "input 3x3x3; conv(2, 1x1)", (3, 3, 2)),
    ("conv1x1_equals_dense", "shape", "input 3x3x3; dense(2)", (3, 3, 2)),
    ("pool_keeps_channels", "shape", "input 8x8x7; avg_pool(2x2)", (4, 4, 7)),
    ("stem_shapes", "shape", "input 224x224x1; conv(64, 7x7, s2, same); max_pool(3x3, s2, same)", (56, 56, 64)),
    ("stem_shapes", "shape", "input 96x96x1; conv(64, 7x7, s2, same); max_pool(3x3, s2, same)", (24, 24, 64)),
    ("rf_3", "field", "input 9x9x1; conv(1, 3x3)", (3, 3)),
    ("rf_3_3", "field", "input 9x9x1; conv(1, 3x3) * 2", (5, 5)),
    ("rf_3_3", "shape", "input 5x5x1; conv(1, 3x3) * 2", (1, 1, 1)),
    ("rf_5", "field", "input 9x9x1; conv(1, 5x5)", (5, 5)),
    ("rf_1x1", "field", "input 9x9x1; conv(1, 1x1) * 3", (1, 1)),
    ("rf_dilated", "field", "input 9x9x1; conv(1, 3x3, d2)", (5, 5)),
    ("params_two_3x3_vs_5x5", "params", "input 9x9x1; conv(1, 3x3, no_bias) * 2", 18),
    ("params_two_3x3_vs_5x5", "params", "input 9x9x1; conv(1, 5x5, no_bias)", 25),
    ("cost_nn_3_4_2", "macs", "input 3; dense(4); dense(2)", 20),
    ("cost_vgg_layer", "macs", "input 56x56x128; conv(256, 3x3, same)", 924_844_032),
    ("cost_vgg_layer", "macs", "input 28x28x256; conv(512, 3x3, same)", 924_844_032),
    ("mnist_101770", "params", "input 28x28; flatten; dense(128); dense(10)", 101_770),
    ("nn_26", "params", "input 3; dense(4); dense(2)", 26),
    ("iris_15", "params", "input 4; dense(3)", 15),
    ("kernel_3x3x1", "params", "input 9x9x1; conv(1, 3x3)", 10),
    ("kernel_3x3x3", "params", "input 9x9x3; conv(1, 3x3)", 28),
    ("kernel_5x5x3", "params", "input 9x9x3; conv(1, 5x5)", 76),
    ("kernel_overlap", "params", "input 9x9x1; conv(1, 3x3, no_bias)", 9),
    ("kernel_overlap", "params", "input 9x9x3; conv(1, 3x3, no_bias)", 27),
    ("kernel_depth", "weights", "input 9x9x3; conv(8, 5x4, no_bias)", [(5, 4, 3, 8)]),
    ("dense_512_weights", "weights", "input 784; dense(512)", [(784, 512), (512,)]),
    ("fc_on_megapixel", "params", "input 1000x1000x3; flatten; dense(256, no_bias)", 768_000_000),
    ("separable_third", "params", "input 5x5x3; conv(4, 3x3, no_bias)", 108),
    ("separable_third", "params", "input 5x5x3; separable_conv(4, 3x3, no_bias)", 39),
    ("lstm_formula", "params", "input 60x1; lstm(80)", 26_240),
    ("lstm_formula", "params", "input 60x80; lstm(100)", 72_400),
    ("rnn_formula", "params", "input 4x5; simple_rnn(3)", 27),
    ("rnn_formula", "params", "input 4x2; simple_rnn(3)", 18),
    ("rnn_formula", "params", "input 4x2; simple_rnn(10)", 130),
    ("gru_formula", "params", "input 60x1; gru(80)", 19_920),
    ("gru_formula", "params", "input 60x80; gru(100)", 54_600),
    ("embedding_formula", "params", "input 4 : int32; embedding(100, 3)", 300),
    ("embedding_formula", "params", "input 4 : int32; embedding(5, 2)", 10),
    ("embedding_formula", "params", "input 4 : int32; embedding(26, 2)", 52),
    ("embedding_input_shape", "shape", "input 4 : int32; embedding(26, 2)", (4, 2)),
    ("return_sequences", "shape", "input 4x2; simple_rnn(3)", (3,)),
    ("return_sequences", "shape", "input 4x2; simple_rnn(3, return_sequences)", (4, 3)),
    ("bn_formula", "params", "input 8x8x6; bn", 24),
    ("bn_formula", "non_trainable", "input 8x8x6; bn", 12),
    ("bn_axes", "weights", "input 32x32x3; bn", [(3,)] * 4),
    ("dense_block_channels", "shape", "input 8x8x3; dense_block(2, 10)", (8, 8, 23)),
    ("dense_block_channels", "shape", "input 8x8x64; dense_block(4, 32)", (8, 8, 64 + 128)),
    ("transpose_worked", "shape", "input 2x2x1; conv_transpose(1, 3x3, s2)", (5, 5, 1)),
    ("transpose_formula_remainder", "shape", "input 2x2x1; conv_transpose(1, 3x3, s2, output_padding=1)", (6, 6, 1)),
    ("transpose_roundtrip", "shape", "input 5x5x1; conv(1, 3x3, s2)", (2, 2, 1)),
    ("transpose_roundtrip", "shape", "input 6x6x1; conv(1, 3x3, s2)", (2, 2, 1)),
    ("transpose_layer_shapes", "shape", "input 2x2x1; conv_transpose(1, 3x3)", (4, 4, 1)),
    ("transpose_layer_shapes", "shape", "input 2x2x1; conv_transpose(1, 3x3, same)", (2, 2, 1)),
    ("dilated_7x7", "shape", "input 7x7x1; conv(1, 3x3, d2)", (3, 3, 1)),
    ("dilated_7x7", "params", "input 7x7x1; conv(1, 3x3, d2)", 10),
    ("concat_channels", "shape", "input 4x4x1; concat(_, _)", (4, 4, 2)),
    ("tensor_op_shapes", "shape", "input 32x32x3; permute(3, 1, 2)", (3, 32, 32)),
    ("tensor_op_shapes", "shape", "input 48; reshape(4, 4, 3)", (4, 4, 3)),
    ("tensor_op_shapes", "shape", "input 28x28; reshape(28, 28, 1)", (28, 28, 1)),
    ("newaxis_shapes", "shape", "input 3; reshape(3, 1)", (3, 1)),
    ("newaxis_shapes", "shape", "input 3; reshape(1, 3)", (1, 3)),
    ("matmul_shapes", "shape", "input 1x4; dense(3)", (1, 3)),
    ("matmul_shapes", "shape", "input a: 3x2; input b: 2x3; matmul(a, b)", (3, 3)),
    ("rnn_input_shape", "input", "input 1x3; simple_rnn(2)", (1, 3)),
    ("rnn_input_shape", "input", "input 4x2; simple_rnn(2)", (4, 2)),
]
#: The facts that no analysis of a network answers, and why.
VALUES = "what a layer computes: Keras does that"
TRAINING = "training, not architecture"
DATA = "a data set, not a network"
NOT_OURS = {
    "alexnet_60m": "prose about a network that the tutorials do not show",
    "conv_matrix_numbers": VALUES,
    "corr2d_values": VALUES,
    "corr2d_multi_in": VALUES,
    "conv_with_bias_value": VALUES,
    "edge_values": VALUES,
    "pool_values": VALUES,
    "iris_forward": VALUES,
    "softmax_values": VALUES,
    "rnn_step_values": VALUES,
    "activation_ranges": VALUES,
    "cross_entropy_values": TRAINING,
    "softmax_ce_values": TRAINING,
    "gd_values": TRAINING,
    "l2_forms": TRAINING,
    "init_std": TRAINING,
    "alphabet_windows": DATA,
    "dataset_shapes": DATA,
}
#: The facts that the tests with `@asks` ask.
ASKED: set[str] = set()


def asks(*facts: str) -> Callable[[Test], Test]:
    """Mark a test as one of these facts."""
    ASKED.update(facts)
    return lambda test: test


def compiled(spec: str) -> Checked:
    return compile_source(Source("fact.arch", spec)).checked()


def figure(checked: Checked, name: str) -> Any:
    graph, figures = checked.graph, checked.figures
    weights = figures.weights[graph.main]
    match name:
        case "shape":
            return graph.body.outputs[0].type.shape
        case "input":
            return graph.body.inputs[0].type.shape
        case "params":
            return weights.total
        case "non_trainable":
            return weights.non_trainable
        case "macs":
            return figures.macs[graph.main]
        case "field":
            return receptive_field(graph, graph.body)
        case "weights":
            return [weight.shape for row in rows(graph, figures) for weight in row.weights]
    raise ValueError(name)


def of_kind(spec: str, *kinds: str) -> list[Row]:
    checked = compile_spec(spec).checked()
    return [row for row in rows(checked.graph, checked.figures) if row.kind in kinds]


def side(spec: str) -> Any:
    return figure(compiled(spec), "shape")[0]


@pytest.mark.parametrize(("fact", "name", "spec", "said"), FACTS)
def test_fact(fact: str, name: str, spec: str, said: Any) -> None:
    assert figure(compiled(spec), name) == said


@asks(
    *("size_same", "size_same_stride", "size_valid", "size_valid_code", "size_explicit_padding", "size_padding_rule"),
)
@pytest.mark.parametrize(("size", "kernel", "stride"), [*product((7, 12, 13), (1, 2, 3, 5), (1, 2, 3))])
def test_sizes_follow_the_formulas(size: int, kernel: int, stride: int) -> None:
    source, window = f"input {size}x{size}x1;", f"{kernel}x{kernel}, s{stride}"
    for step in (f"conv(1, {window}", f"max_pool({window}"):
        assert side(f"{source} {step}, same)") == -(-size // stride)
        assert side(f"{source} {step})") == -(-(size - kernel + 1) // stride)
    for pad in (1, 2):
        assert side(f"{source} pad({pad}); conv(1, {window})") == (size + 2 * pad - kernel) // stride + 1


@asks("transpose_formula", "transpose_tf_valid", "transpose_tf_same")
@pytest.mark.parametrize(("size", "kernel", "stride"), [*product((2, 5), (1, 2, 3, 5), (1, 2, 3))])
def test_transposed_sizes_follow_the_formulas(size: int, kernel: int, stride: int) -> None:
    """The last two as Keras has them."""
    spec = f"input {size}x{size}x1; conv_transpose(1, {kernel}x{kernel}, s{stride}"
    assert side(f"{spec})") == (size - 1) * stride + max(kernel, stride)
    assert side(f"{spec}, same)") == size * stride


@asks("dense_formula")
def test_dense_parameters_follow_the_formula() -> None:
    """The sum over layers of in * out + out."""
    widths = [784, 256, 128, 64, 10]
    steps = "; ".join(f"dense({width})" for width in widths[1:])
    said = sum(a * b + b for a, b in pairwise(widths))
    assert figure(compiled(f"input {widths[0]}; {steps}"), "params") == said == 242_762


@asks("cost_two_3x3_vs_5x5")
@pytest.mark.parametrize(("size", "two", "one"), [(9, 666, 625), (10, 900, 900), (11, 1170, 1225), (32, 15156, 19600)])
def test_two_small_kernels_cost_less_than_a_large_one_from_11_on(size: int, two: int, one: int) -> None:
    source = f"input {size}x{size}x1"
    assert figure(compiled(f"{source}; conv(1, 3x3, no_bias) * 2"), "macs") == two
    assert figure(compiled(f"{source}; conv(1, 5x5, no_bias)"), "macs") == one


@asks("lenet_sizes", "vgg_halving", "stem_shapes", "alexnet_sizes")
@pytest.mark.parametrize(
    ("spec", "kinds", "said"),
    [
        ("lenet", ("Conv2D", "MaxPooling2D"), [24, 12, 8, 4]),
        ("vgg11", ("MaxPooling2D",), [112, 56, 28, 14, 7]),
        ("blocks:resnet_stem", ("Conv2D", "MaxPooling2D"), [112, 56]),
        ("alexnet", ("MaxPooling2D", "Flatten"), [26, 12, 5, 6400]),
    ],
)
def test_sides_in_order(spec: str, kinds: tuple[str, ...], said: list[int]) -> None:
    assert [row.outputs[0].shape[0] for row in of_kind(spec, *kinds)] == said


@asks("googlenet_channels", "inception10_channels", "inception_join")
@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("googlenet", [256, 480, 512, 512, 512, 528, 832, 832, 1024]),
        ("inception10", [64, 64, 128, 128]),
    ],
)
def test_channels_of_the_joined_paths(spec: str, said: list[int]) -> None:
    assert [row.outputs[0].shape[-1] for row in of_kind(spec, "Concatenate")] == said


@asks("densenet_widths")
def test_densenet_widths() -> None:
    """What the blocks end with, and what the transitions make of it."""
    found = [row.outputs[0].shape[-1] for row in of_kind("densenet", "Concatenate")][3::4]
    pooled = [row.outputs[0].shape[-1] for row in of_kind("densenet", "MaxPooling2D")][1:]
    assert found == [192, 224, 240, 248]
    assert pooled == [96, 112, 120]


@asks("layers_lenet5", "layers_alexnet8", "layers_vgg11", "vgg_paper_units", "layers_vgg_table", "layer_count_rule")
@asks("layers_googlenet", "layers_inception10", "layers_resnet18_cifar")
@asks("layers_resnet18_dive", "layers_resnet18_cifar_004")
@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("lenet:lenet5_cifar", 5),
        ("alexnet:alexnet8_cifar", 8),
        ("vgg11", 11),
        ("vgg:vgg16", 16),
        *(
            (f"vgg:vgg_{c}", n)
            for c, n in zip(("a", "a_lrn", "b", "c", "d", "e"), (11, 11, 13, 16, 16, 19), strict=True)
        ),
        ("googlenet", 22),
        ("inception10", 10),
        ("resnet_cifar:resnet18_cifar", 18),
        ("resnet_cifar:resnet18_basic", 18),
        ("resnet18", 18),
    ],
)
def test_depth(spec: str, said: int) -> None:
    """Convolutions and dense layers on the longest path: a projection runs beside two."""
    assert depth_of(compile_spec(spec).checked()) == said


@pytest.mark.parametrize("golden", RIGHT)
def test_depth_of_every_network(golden: str) -> None:
    assert depth_of(golden_spec(golden).checked()) == GOLDEN[golden]["depth"]


def depth_of(checked: Checked) -> int:
    """Return the number of convolutions and dense layers on the longest path."""
    graph = checked.graph
    flat, depths = Flattened(graph), dict.fromkeys(range(len(graph.body.inputs)), 0)
    for call in flat.calls():
        counts = call.layer.category == "conv" or call.layer.kind == "Dense"
        depths |= dict.fromkeys(call.outputs, counts + max((depths[value] for value in call.inputs), default=0))
    return max(depths[value] for value in flat.outputs)


@asks("googlenet_ratios")
def test_ratios_of_the_paths() -> None:
    """Of the second and third stage and of the first two blocks; the tutorial counts the stem as the first."""
    widths = [row.outputs[0].shape[-1] for row in of_kind("googlenet", "Conv2D")]
    stem, first, second = widths[:3], widths[3:9], widths[9:15]
    assert (stem[1], stem[2]) == (64, 3 * 64)
    assert [first[i] for i in (0, 2, 4, 5)] == [32 * part for part in (2, 4, 1, 1)]
    assert [second[i] for i in (0, 2, 4, 5)] == [32 * part for part in (4, 6, 3, 2)]
    reduced = [Fraction(first[1], 192), Fraction(first[3], 192), Fraction(second[1], 256), Fraction(second[3], 256)]
    assert reduced == [Fraction(part) for part in ("1/2", "1/12", "1/2", "1/8")]


@asks("add_vs_concat")
def test_inception_joins_and_resnet_adds() -> None:
    assert (len(of_kind("googlenet", "Concatenate")), len(of_kind("googlenet", "Add"))) == (9, 0)
    assert (len(of_kind("resnet18", "Concatenate")), len(of_kind("resnet18", "Add"))) == (0, 8)


@asks("bn_defaults")
def test_defaults_of_batch_normalization() -> None:
    """Keras's: the tutorial suggests another epsilon."""
    fields = BatchNormalization.model_fields
    assert (fields["momentum"].default, fields["epsilon"].default) == (0.99, 1e-3)


@asks("bn_placement")
def test_batch_normalization_stands_before_the_activation() -> None:
    kinds = [row.kind for row in of_kind("baseline", "Conv2D", "BatchNormalization", "Activation")]
    assert kinds == ["Conv2D", "BatchNormalization", "Activation"]


@asks("stock_windows")
def test_windows_of_the_stock_prices() -> None:
    """How many there are is a matter of data: sixty days of one price go in."""
    assert figure(compile_spec("stock_lstm").checked(), "input") == (60, 1)


@asks("baseline_weights")
def test_weights_of_the_baseline() -> None:
    """Those that are trained."""
    weights = [
        w for row in of_kind("baseline", "Conv2D", "BatchNormalization", "Dense") for w in row.weights if w.trainable
    ]
    said = [(5, 5, 3, 6), (6,), (6,), (6,), (1536, 128), (128,), (128, 10), (10,)]
    assert [w.shape for w in weights] == said


@asks("alexnet_kernels", "alexnet_fc_memory")
def test_alexnet_kernels_and_dense_layers() -> None:
    """172 MB in the network shown, not 1 GB."""
    assert [row.weights[0].shape[0] for row in of_kind("alexnet", "Conv2D")] == [11, 5, 3, 3, 3]
    assert sum(row.params.total for row in of_kind("alexnet", "Dense")[:2]) == 42_999_808


@asks("vgg_fc_share")
def test_most_of_vgg_is_dense() -> None:
    """89.4% of VGG-16."""
    assert sum(row.params.total for row in of_kind("vgg:vgg_d", "Dense")) == 123_642_856


def test_every_fact_is_asked_or_has_a_reason() -> None:
    facts = set(json.loads((Path(__file__).parent / "golden" / "facts.json").read_text()))
    asked = ASKED | {fact for fact, *_ in FACTS}
    assert asked | set(NOT_OURS) == facts
    assert not asked & set(NOT_OURS)
