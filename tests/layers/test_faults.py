"""What is no layer, or does not fit its input: our message, and that Keras refuses it too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from archspec.layers import registry
from archspec.layers.base import Layer, RuleError
from archspec.layers.registry import Family
from archspec.tensor import Shape, Sym, TensorType
from tests.layers.layer_case import call, make, reference, referred, symbol, word

T = Sym.of("T")


@dataclass(frozen=True)
class BadArgument:
    """Arguments that make no layer: where the fault is, and what its message says."""

    name: str
    arguments: dict[str, Any]
    at: str
    says: str
    #: Whether Keras refuses it when it makes the layer. Some it refuses on the call only, or not at all.
    keras: bool = True

    def __str__(self) -> str:
        return f"{self.name}-{self.at}"


def bad(name: str, at: str, says: str, keras: bool = True, **arguments: Any) -> BadArgument:
    return BadArgument(name, arguments, at, says, keras)


BAD_ARGUMENTS = [
    bad("conv2d", "kernel_size", "must be 2 numbers, or one for all axes", filters=8, kernel_size=(3, 3, 3)),
    bad("conv1d", "kernel_size", "must be one number", filters=8, kernel_size=(3, 3)),
    bad("conv2d", "filters", "greater than 0", filters=0, kernel_size=3),
    bad("conv2d", "filters", "valid integer", keras=False, filters=2.5, kernel_size=3),
    bad("conv2d", "kernel_size", "greater than 0", filters=8, kernel_size=(3, 0)),
    bad("conv2d", "strides", "greater than 0", filters=8, kernel_size=3, strides=0),
    bad("conv2d", "padding", "must be `valid` or `same`", filters=8, kernel_size=3, padding="causal"),
    bad("separable_conv1d", "padding", "must be `valid` or `same`", filters=8, kernel_size=3, padding="causal"),
    bad("conv2d", "groups", "must divide `filters`: 1, 2, 4 and 8 do", filters=8, kernel_size=3, groups=3),
    bad("conv2d", "dilation_rate", "must be 1 where", filters=8, kernel_size=3, strides=2, dilation_rate=2),
    bad("conv2d_transpose", "dilation_rate", "must be 1 where", filters=8, kernel_size=3, strides=2, dilation_rate=2),
    bad(
        "conv2d_transpose",
        "output_padding",
        "less than `strides`, 2x2",
        filters=8,
        kernel_size=3,
        strides=2,
        output_padding=2,
    ),
    bad("conv2d", "activation", "unknown activation `rleu`", filters=8, kernel_size=3, activation="rleu"),
    bad("conv2d", "kernel_regularizer", "unknown regularizer", filters=8, kernel_size=3, kernel_regularizer="relu"),
    bad("conv2d", "data_format", "not permitted", keras=False, filters=8, kernel_size=3, data_format="channels_first"),
    bad("max_pooling2d", "pool_size", "greater than 0", pool_size=0),
    bad("max_pooling2d", "strides", "must be 2 numbers", strides=(2, 2, 2)),
    bad("dropout", "rate", "less than 1", keras=False, rate=1.0),
    bad("dropout", "rate", "greater than or equal to 0", rate=-0.1),
    bad("gaussian_noise", "stddev", "less than or equal to 1", stddev=2.0),
    bad("dense", "units", "greater than 0", units=0),
    bad("dense", "units", "valid integer", units=2.0),
    bad("dense", "units", "required"),
    bad("embedding", "input_dim", "greater than 0", input_dim=0, output_dim=3),
    bad("relu", "max_value", "greater than or equal to 0", max_value=-1.0),
    bad("leaky_relu", "negative_slope", "greater than or equal to 0", negative_slope=-0.1),
    bad("group_normalization", "groups", "must be at least 1", groups=0),
    bad("normalization", "mean", "must fit in 32 bits", keras=False, mean=1e39, variance=1.0),
    bad("normalization", "variance", "must fit in 32 bits", keras=False, mean=1.0, variance=(1e39,)),
    bad("reshape", "target_shape", "more than one -1", target_shape=(-1, -1)),
    bad("permute", "dims", "every axis from 1 on once", dims=(1, 3)),
    bad("reshape", "target_shape", "lengths from 1 on", keras=False, target_shape=(0, 4)),
    bad("dropout", "noise_shape", "greater than 0", rate=0.1, noise_shape=(0, 4)),
    bad("random_contrast", "factor", "between 0 and 1", factor=1.5),
    bad("random_contrast", "factor", "between 0 and 1", factor=(-0.5, -0.1)),
    bad("random_rotation", "factor", "between -1 and 1", factor=1.5),
    bad("random_zoom", "height_factor", "between -1 and 1", height_factor=1.5),
    bad("random_zoom", "height_factor", "more than -1", height_factor=-1.0),
    bad("random_erasing", "scale", "between 0 and 1", scale=1.5),
    bad("random_perspective", "scale", "less than or equal to 1", scale=1.5),
    bad("random_grayscale", "factor", "less than or equal to 1", factor=1.5),
    bad("random_gaussian_blur", "kernel_size", "must be odd", kernel_size=4),
    bad("random_gaussian_blur", "kernel_size", "must be odd", kernel_size=(3, 4)),
    bad(
        "spectral_normalization",
        "layer",
        "must be a layer with a kernel",
        keras=False,
        layer=make("separable_conv2d", 4, 3),
    ),
    bad("normalization", "mean", "valid number", keras=False, mean=(), variance=()),
    bad("repeat_vector", "n", "greater than 0", n=0),
    bad("normalization", "variance", "give both, or neither", mean=0.5),
    bad("normalization", "variance", "has 2 numbers, and `mean` 3", mean=(1.0, 2.0, 3.0), variance=(1.0, 2.0)),
    bad("zero_padding2d", "padding", "a pair for each", padding=(1, 2, 3)),
    bad("zero_padding1d", "padding", "before and behind", padding=(1, 2, 3)),
    bad("cropping3d", "cropping", "a pair for each", cropping=((1, 2), (1, 2))),
    bad("cropping2d", "cropping", "greater than or equal to 0", cropping=-1),
    bad("up_sampling1d", "size", "valid integer", size=(2, 2)),
    bad("up_sampling2d", "interpolation", "unknown interpolation", keras=False, interpolation="cubic"),
    bad("dot", "axes", "valid", axes=(1, 2, 3)),
    bad("lstm", "units", "greater than 0", units=-1),
    bad("transpose", "axes", "the batch, 0, first", keras=False, axes=(1, 0)),
    bad("tile", "repeats", "must begin with 1", keras=False, repeats=(2, 1)),
    bad("pad_axes", "pad_width", "must begin with (0, 0)", keras=False, pad_width=((1, 1), (0, 0))),
    bad(
        "pad_axes",
        "constant_values",
        'the mode "constant"',
        False,
        pad_width=((0, 0),),
        mode="reflect",
        constant_values=1.0,
    ),
    bad("split", "indices_or_sections", "from the first to the last", keras=False, indices_or_sections=(3, 2)),
    bad("cast", "dtype", "Input should be", keras=False, dtype="integer"),
    bad("weight", "shape", "greater than 0", keras=False, shape=(0, 3)),
    bad("einsum_dense", "equation", "must be like", keras=False, equation="ab->a", output_shape=3),
    bad("einsum_dense", "equation", "`z` in the output only", keras=False, equation="ab,bc->az", output_shape=3),
    bad(
        "einsum_dense", "bias_axes", "letters of the output", False, equation="ab,bc->ac", output_shape=3, bias_axes="b"
    ),
    bad(
        "group_query_attention",
        "num_key_value_heads",
        "must divide",
        head_dim=4,
        num_query_heads=8,
        num_key_value_heads=3,
    ),
    bad("conv_lstm2d", "padding", "must be `valid` or `same`", filters=8, kernel_size=3, padding="causal"),
    bad("adaptive_max_pooling2d", "output_size", "must be 2 numbers", output_size=(1, 2, 3)),
    bad(
        "resizing",
        "pad_to_aspect_ratio",
        "choose one",
        keras=False,
        height=4,
        width=4,
        crop_to_aspect_ratio=True,
        pad_to_aspect_ratio=True,
    ),
    bad(
        "random_rotation", "interpolation", "`nearest` or `bilinear`", keras=False, factor=0.1, interpolation="bicubic"
    ),
    bad("category_encoding", "num_tokens", "greater than 0", num_tokens=0),
    bad("random_flip", "mode", "Input should be", keras=False, mode="sideways"),
    bad("rnn", "cell", "unknown cell `32`", cell=32),
    bad("bidirectional", "layer", "must be a recurrent layer", layer=make("dense", 3)),
    bad("bidirectional", "layer", "unknown layer `3`", layer=3),
    bad("bidirectional", "merge_mode", "Input should be", layer=make("lstm", 3), merge_mode="add"),
    bad("bidirectional", "backward_layer", "the other way", layer=make("lstm", 3), backward_layer=make("lstm", 3)),
    bad("bidirectional", "backward_layer", "is needed where `layer` goes", layer=make("lstm", 3, go_backwards=True)),
    bad("time_distributed", "layer", "takes a layer of one tensor", keras=False, layer=make("add")),
    bad("spectral_normalization", "layer", "must be a layer with a kernel", keras=False, layer=make("relu")),
    bad("multi_head_attention", "num_heads", "greater than 0", num_heads=0, key_dim=4),
]


def arguments_of(kind: type[Layer], row: BadArgument) -> dict[str, Any]:
    return {kind.keras.keyword(name): referred(value) for name, value in row.arguments.items()}


def kind_of(name: str) -> type[Layer]:
    found = registry.find_layer(name)
    assert found is not None and not isinstance(found, Family)
    return found


@pytest.mark.parametrize("case", BAD_ARGUMENTS, ids=str)
def test_bad_argument(case: BadArgument) -> None:
    with pytest.raises(ValidationError) as caught:
        kind_of(case.name)(**case.arguments)
    first = caught.value.errors()[0]
    assert first["loc"][0] == case.at
    assert case.says in first["msg"]


@pytest.mark.keras
@pytest.mark.parametrize("case", [case for case in BAD_ARGUMENTS if case.keras], ids=str)
def test_keras_refuses_the_argument_too(case: BadArgument) -> None:
    kind = kind_of(case.name)
    with pytest.raises((ValueError, TypeError)):
        symbol(kind)(**arguments_of(kind, case))


@dataclass(frozen=True)
class Misfit:
    """A layer that does not go with its inputs: the code of the fault, what its message says, and its help."""

    layer: Layer
    inputs: tuple[Shape, ...]
    code: str
    says: str
    help: str = ""
    keras: bool = True
    states: int = 0
    argument: str | None = field(default=None)
    dtype: str = "float32"

    def __str__(self) -> str:
        return f"{self.layer.names[0]}-{self.says}".replace(" ", "_")


def misfit(layer: Layer, on: Any, code: str, says: str, help: str = "", **more: Any) -> Misfit:
    return Misfit(layer, tuple(on) if isinstance(on, list) else (on,), code, says, help, **more)


MISFITS = [
    misfit(make("conv2d", 8, 3), (32, 3), "wrong-rank", "`conv2d` takes 2-D data", "`conv1d` takes this shape"),
    misfit(make("conv2d", 8, 3), (32,), "wrong-rank", "has the shape 32", "bring the tensor to 3 axes with `reshape`"),
    misfit(make("conv2d", 8, 5), (3, 3, 1), "invalid-shape", "5x5 does not fit into 3x3", "pad the input with `same`"),
    misfit(make("conv2d", 8, 3, dilation_rate=2), (4, 4, 1), "invalid-shape", "5x5 with its dilation does not fit"),
    misfit(make("conv2d", 8, 5), (None, 3, 1), "invalid-shape", "does not fit into ?x3"),
    misfit(make("conv2d", 6, 3, groups=3), (8, 8, 4), "invalid-shape", "3 groups do not divide the 4", "1 and 2"),
    misfit(make("conv2d", 6, 3), (8, 8, None), "open-dimension", "input channels must be a known number"),
    misfit(make("conv2d", 6, 3), (8, 8, T), "open-dimension", "but it is `T`"),
    misfit(make("max_pooling2d", 3), (2, 2, 4), "invalid-shape", "3x3 does not fit", "make `pool_size` smaller"),
    misfit(make("max_pooling1d"), (8, 8, 4), "wrong-rank", "`max_pooling1d` takes 1-D data", "`max_pooling2d`"),
    misfit(make("global_average_pooling2d"), (512,), "wrong-rank", "takes 2-D data with channels"),
    misfit(make("conv2d_transpose", 4, 2, 3, "same", 0), (5, 5, 1), "invalid-shape", "must be at least 1"),
    misfit(make("dense", 8), (), "wrong-rank", "at least one axis"),
    misfit(make("dense", 8), (4, None), "open-dimension", "the last axis of the input of `dense`"),
    misfit(make("batch_normalization", axis=3), (4, 5), "no-such-axis", "4x5 has no axis 3"),
    misfit(make("batch_normalization", axis=0), (4, 5), "no-such-axis", "axis 0 is the batch", keras=False),
    misfit(make("batch_normalization"), (4, None), "open-dimension", "the length of the normalised axis"),
    misfit(make("group_normalization", 32), (8, 8, 48), "invalid-shape", "32 groups do not divide the 48", "24 do"),
    misfit(make("reshape", (5, 5)), (4, 6), "invalid-shape", "4x6 has 24 values, and 5x5 has 25"),
    misfit(make("reshape", (5, -1)), (4, 6), "invalid-shape", "24 values, which 5 does not divide"),
    misfit(make("permute", (2, 1)), (4, 5, 6), "wrong-rank", "`dims` orders 2 axes"),
    misfit(make("repeat_vector", 3), (4, 5), "wrong-rank", "takes one axis", "add `flatten`"),
    misfit(make("cropping2d", 2), (4, 8, 1), "invalid-shape", "nothing is left of 4x8"),
    misfit(make("normalization", mean=(1.0, 2.0), variance=(1.0, 2.0)), (4, 3), "invalid-shape", "2 numbers for 3"),
    misfit(make("normalization"), (4, None), "open-dimension", "the length of a normalised axis"),
    misfit(make("layer_scale"), (4, None), "open-dimension", "the number of channels"),
    misfit(make("prelu", shared_axes=(3,)), (4, 5), "invalid-shape", "no axis 3"),
    misfit(make("glu"), (5,), "invalid-shape", "5 is odd"),
    misfit(make("add"), [(8, 8, 4), (8, 8, 6)], "shape-mismatch", "they are 8x8x4 and 8x8x6", "`conv(4, 1x1)`"),
    misfit(make("add"), [(8, 4), (8, 6)], "shape-mismatch", "they are 8x4 and 8x6", "`conv(4, 1)`"),
    misfit(make("add"), [(4,), (6,)], "shape-mismatch", "they are 4 and 6", "`dense(4)`"),
    misfit(make("add"), [(4, 4, 8), (8, 8, 4)], "shape-mismatch", "", "bring 8x8x4 to 4x4x8 with `conv(8, 1x1, s2)`"),
    misfit(make("add"), [(7, 7, 8), (5, 5, 8)], "shape-mismatch", "", "`same` padding keeps 7x7: give it to what makes 5x5"),
    misfit(make("add"), [(T, 8), (9, 8)], "shape-mismatch", "they are (T, 8) and 9x8", keras=False),
    misfit(make("concatenate"), [(8, 8, 4), (4, 4, 6)], "shape-mismatch", "agree on all other axes", "a stride of 2"),
    misfit(make("concatenate"), [(8, 4), (8,)], "shape-mismatch", "8x4 and 8"),
    misfit(make("dot", axes=1), [(8, 4), (6, 4)], "shape-mismatch", "needs axes of one length"),
    misfit(make("dot", axes=0), [(8,), (8,)], "no-such-axis", "axis 0 is the batch", argument="axes"),
    misfit(make("lstm", 8), (8, 8, 3), "wrong-rank", "takes a sequence"),
    misfit(make("lstm", 8), (4, None), "open-dimension", "the number of input features"),
    misfit(make("gru", 8, unroll=True), (None, 3), "open-dimension", "`unroll` needs a known number", keras=False),
    misfit(make("lstm", 8), [(4, 3), (8,)], "invalid-shape", "takes 2 initial states, not 1", states=1),
    misfit(make("gru", 8), [(4, 3), (6,)], "shape-mismatch", "of 8 units is needed", "`dense(8)`", states=1),
    misfit(make("multi_head_attention", 2, 4), (8,), "wrong-rank", "needs positions x features"),
    misfit(make("multi_head_attention", 2, 4), [(4, 8), (5, 8), (6, 8)], "shape-mismatch", "a key for each value"),
    misfit(make("attention"), [(4, 8), (5, 6)], "shape-mismatch", "a key of one width", "`dense(6)`"),
    misfit(make("einsum_dense", "abc,cd->abd", (None, 6)), (4,), "wrong-rank", "takes 3 axes with the batch"),
    misfit(make("einsum_dense", "abc,cd->abd", (5, 6)), (4, 3), "invalid-shape", "`b` is 4 in the input and 5"),
    misfit(make("einsum_dense", "abc,bc->ab", 2), (None, 4), "invalid-shape", "`b` is ? in the input and 2"),
    misfit(make("einsum_dense", "abc,cd->abd", 6), (4, 3), "invalid-shape", "`output_shape` has 1 lengths", keras=False),
    misfit(make("einsum_dense", "ab,bc->ac", 6), (None,), "open-dimension", "the axis `b` of the kernel"),
    misfit(make("group_query_attention", 4, 8, 2), (5, 6, 16), "wrong-rank", "needs positions x features"),
    misfit(make("group_query_attention", 4, 8, 2), [(5, 16), (6, 12)], "shape-mismatch", "of one width", "`dense(16)`"),
    misfit(make("conv_lstm2d", 8, 3), (8, 8, 3), "wrong-rank", "takes steps of 2-D data"),
    misfit(make("conv_lstm1d", 8, 5), (4, 3, 1), "invalid-shape", "a window of 5 does not fit"),
    misfit(make("conv_lstm2d", 8, 3), (4, None, 8, 3), "open-dimension", "known lengths, but its input is 4x?x8x3"),
    misfit(make("conv_lstm1d", 8, 3), (4, T, 3), "open-dimension", "known lengths, but its input is (4, T, 3)"),
    misfit(make("dot", axes=1), [(None, 4), (6, 4)], "open-dimension", "axis 1 of ?x4 must be a known number"),
    misfit(make("dot", axes=1), [(6, 4), (T, 4)], "shape-mismatch", "axis 1 of (T, 4) has T"),
    misfit(make("layer_scale"), (), "wrong-rank", "at least one axis"),
    misfit(make("local_response_normalization"), (), "wrong-rank", "at least one axis", keras=False),
    misfit(make("attention"), [(2, 4, 3), (4, 4, 3)], "shape-mismatch", "attends over the last axis but one"),
    misfit(make("additive_attention"), [(4, 3), (3, 4, 3)], "wrong-rank", "as many axes as its query, 4x3"),
    misfit(make("conv2d", 8, 3), (8, 8, 3), "wrong-dtype", "takes fractions, but its input is uint8", "rescaling(1 / 255)", dtype="uint8"),
    misfit(make("erf"), (8,), "wrong-dtype", "takes fractions, but its input is int32", 'cast("float32")', dtype="int32"),
    misfit(make("dense", 3, bias_initializer="orthogonal"), (4,), "invalid-shape", "`orthogonal` fills weights of at least 2 axes, but `bias` has the shape 3"),
    misfit(make("conv2d", 3, 2, kernel_initializer="identity"), (4, 4, 3), "invalid-shape", "`identity` fills weights of 2 axes, but `kernel` has the shape 2x2x3x3"),
    misfit(make("bidirectional", make("lstm", 3, bias_initializer="identity")), (4, 3), "invalid-shape", "`identity` fills"),
    misfit(make("random_hue", 0.1), (8, 8, 4), "invalid-shape", "takes images of 3 channels", keras=False),
    misfit(make("random_color_degeneration", 0.1), (8, 8, 1), "invalid-shape", "takes images of 3 channels"),
    misfit(make("masking"), (), "wrong-rank", "at least one axis", keras=False),
    misfit(make("adaptive_max_pooling2d", 3), (8, 3), "wrong-rank", "takes 2-D data with channels", keras=False),
    misfit(make("resizing", 4, 4), (8, 8), "wrong-rank", "takes images", keras=False),
    misfit(make("random_flip"), (8, 8), "wrong-rank", "takes images", keras=False),
    misfit(make("category_encoding", 4), (8, 8), "wrong-rank", "takes one axis of categories", keras=False),
    misfit(make("mean", 3), (8, 4), "no-such-axis", "8x4 has no axis 3", "its axes are 1 to 2"),
    misfit(make("flip", 0), (8, 4), "no-such-axis", "axis 0 is the batch", "its axes are 1 to 2", keras=False),
    misfit(make("split", 3), (8, 4), "invalid-shape", "3 equal parts of an axis of length 4"),
    misfit(make("split", (2, 6)), (8, 4), "invalid-shape", "a cut at 6 of an axis of length 4", keras=False),
    misfit(make("squeeze", 1), (8, 4), "invalid-shape", "axis 1 of 8x4 has 8"),
    misfit(make("transpose", (0, 2, 1)), (8, 4, 2), "wrong-rank", "`axes` orders 3 axes"),
    misfit(make("tile", (1, 2)), (8, 4), "wrong-rank", "`repeats` has 2 numbers", keras=False),
    misfit(make("pad_axes", ((0, 0), (1, 1))), (8, 4), "wrong-rank", "`pad_width` has 2 pairs"),
    misfit(make("pad_axes", ((0, 0), (5, 0)), "reflect"), (5,), "invalid-shape", "5 more of an axis of length 5"),
    misfit(make("top_k", 5), (4,), "invalid-shape", "the 5 largest of 4"),
    misfit(make("roll", (1, 2), 1), (8, 4), "invalid-shape", "2 shifts for 1 axes", keras=False),
    misfit(make("one_hot", 5), (8,), "wrong-dtype", "takes whole numbers", 'cast("int32")', keras=False),
    misfit(make("stack"), [(8, 4), (8, 5)], "shape-mismatch", "tensors of one shape"),
    misfit(make("matmul"), [(8, 4), (8, 4)], "shape-mismatch", "last but one", "`transpose(0, 2, 1)`"),
    misfit(make("matmul"), [(8, 4), (3, 4, 8)], "wrong-rank", "equally many axes", "expand_dims", keras=False),
    misfit(make("divide"), [(8, 4), (8, 3)], "shape-mismatch", "tensors of one shape"),
    misfit(make("bidirectional", make("lstm", 8)), (8,), "wrong-rank", "takes a sequence"),
    misfit(make("bidirectional", make("gru", 8)), [(4, 3), (8,)], "invalid-shape", "of both directions", states=1),
    misfit(
        make("bidirectional", make("gru", 8), backward_layer=make("gru", 6, go_backwards=True)),
        (4, 3),
        "shape-mismatch",
        "both directions must give one shape",
        keras=False,
    ),
    misfit(make("time_distributed", make("dense", 8)), (8,), "wrong-rank", "steps of at least one axis"),
    misfit(make("time_distributed", make("conv2d", 8, 3)), (8, 8, 3), "wrong-rank", "`conv2d` takes 2-D data"),
    misfit(make("spectral_normalization", make("conv2d", 8, 3)), (8, 3), "wrong-rank", "`conv2d` takes 2-D data"),
    misfit(make("rnn", word("cell", "lstm_cell", units=3)), (8,), "wrong-rank", "takes a sequence"),
    misfit(
        make("rnn", (word("cell", "lstm_cell", units=3),), return_state=True),
        (8, 2),
        "invalid-shape",
        "are lists",
        keras=False,
    ),
    misfit(make("dropout", 0.2, (1, 4)), (8, 4), "invalid-shape", "`noise_shape` has 2 axes", keras=False),
]  # fmt: skip


def apply_rules(case: Misfit) -> None:
    types = tuple(TensorType(shape, case.dtype) for shape in case.inputs)
    tensors, states = types[: len(types) - case.states], types[len(types) - case.states :]
    case.layer.output(*tensors, **({"initial_state": states} if states else {}))
    list(case.layer.weights(*tensors))


@pytest.mark.parametrize("case", MISFITS, ids=str)
def test_misfit(case: Misfit) -> None:
    with pytest.raises(RuleError) as caught:
        apply_rules(case)
    fault = caught.value
    assert (fault.code, case.says in fault.message, case.help in fault.help) == (case.code, True, True), (
        fault.message,
        fault.help,
    )
    assert fault.message[:1] != fault.message[:1].upper() or not fault.message[0].isalpha()
    assert not fault.message.endswith(".")
    if case.argument:
        assert fault.argument == case.argument


@pytest.mark.keras
@pytest.mark.parametrize("case", [case for case in MISFITS if case.keras], ids=str)
def test_keras_refuses_the_input_too(case: Misfit) -> None:
    import keras
    import numpy as np

    shapes = [[d if isinstance(d, int) else None for d in shape] for shape in case.inputs]
    function = not hasattr(case.layer.keras, "support")
    real = symbol(case.layer) if function else reference(case.layer)
    with pytest.raises(Exception):  # noqa: B017 - Keras raises many kinds, the backend others
        call(case.layer, real, [keras.Input(shape, dtype=case.dtype) for shape in shapes], case.states)
        arrays = [np.ones([2, *(7 if d is None else d for d in shape)], case.dtype) for shape in shapes]
        call(case.layer, real, arrays, case.states)
