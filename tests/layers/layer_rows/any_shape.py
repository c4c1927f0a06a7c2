"""What the rows of the families lack: each layer on every rank that it takes, on even, odd and open lengths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archspec.tensor import DTYPE_BYTES
from tests.layers.layer_case import make, row, word
from tests.layers.layer_rows import augmentation

SHAPES = ((), (5,), (4, 5), (None, 6), (3, 4, 5), (2, 3, 4, 6))
#: Layers that take a single number too.
FROM_0: dict[str, dict[str, Any]] = {
    **{
        name: {}
        for name in (
            *("abs", "cos", "erf", "exp", "expm1", "log", "log1p", "negative", "reciprocal", "rsqrt", "sign", "sin"),
            *("sqrt", "square", "elu", "gelu", "leaky_relu", "relu", "activity_regularization", "identity"),
        )
    },
    "activation": {"activation": "tanh"},
    "alpha_dropout": {"rate": 0.1},
    "cast": {"dtype": "int32"},
    "clip": {"x_min": 0.2, "x_max": 0.6},
    "dropout": {"rate": 0.1},
    "expand_dims": {"axis": 1},
    "gaussian_dropout": {"rate": 0.1},
    "gaussian_noise": {"stddev": 0.1},
    "normalization": {"axis": None},
    "power": {"exponent": 2.5},
    "rescaling": {"scale": 0.5},
    "reshape": {"target_shape": (1, -1)},
    "weight": {"shape": (3,)},
}
#: Layers that need an axis.
FROM_1: dict[str, dict[str, Any]] = {
    **{
        name: {"axis": -1}
        for name in ("mean", "max", "min", "sum", "prod", "std", "var", "logsumexp", "argmax", "argmin")
    },
    **{
        name: {}
        for name in (
            *("batch_normalization", "inference_batch_normalization", "layer_normalization", "rms_normalization"),
            *("unit_normalization", "layer_scale", "local_response_normalization", "masking", "softmax", "flatten"),
            *("cumsum", "cumprod", "flip", "sort"),
        )
    },
    "dense": {"units": 3},
    "group_normalization": {"groups": 1},
    "repeat_elements": {"repeats": 2},
    "roll": {"shift": 2},
    "split": {"indices_or_sections": (2,)},
    "top_k": {"k": 2},
}
#: Layers that have a version for each number of spatial axes.
SPATIAL: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("max_pooling", "global_max_pooling", "global_average_pooling")},
    **{name: {"output_size": 2} for name in ("adaptive_max_pooling", "adaptive_average_pooling")},
    "average_pooling": {"pool_size": 2},
    "cropping": {"cropping": 1},
    "spatial_dropout": {"rate": 0.1},
    "up_sampling": {},
    "zero_padding": {},
}
LENGTHS = {
    1: [(8, 4), (9, 3), (None, 4)],
    2: [(8, 9, 4), (9, 8, 3), (None, 7, 4)],
    3: [(6, 7, 4, 2), (7, 4, 5, 2), (None, 4, None, 2)],
}
IMAGES = ((16, 16, 3), (17, 15, 3), (None, 16, 3))
MERGES = ("add", "subtract", "multiply", "average", "maximum", "minimum", "divide", "stack")
ROWS = [
    *[row(name, **arguments, on=shape) for name, arguments in FROM_0.items() for shape in SHAPES],
    *[row(name, **arguments, on=shape) for name, arguments in FROM_1.items() for shape in SHAPES[1:]],
    *[row(name, on=[shape, shape]) for name in MERGES for shape in SHAPES],
    *[row("concatenate", on=[shape, shape]) for shape in SHAPES[1:]],
    *[row("glu", on=shape) for shape in ((4,), (5, 4), (None, 6), (3, 4, 6), (2, 3, 4, 6))],
    *[row("prelu", on=shape) for shape in SHAPES if None not in shape],
    *[row("cast", dtype, on=(4,)) for dtype in DTYPE_BYTES],
    *[row("embedding", 7, 3, on=shape, input_dtype="int32") for shape in SHAPES],
    *[row("one_hot", 7, on=shape, input_dtype="int32") for shape in SHAPES],
    *[row("squeeze", 1, on=(1, *shape)) for shape in SHAPES[:-1]],
    *[row("spectral_normalization", make("dense", 3), on=shape) for shape in SHAPES[1:]],
    *[
        row(f"{name}{rank}d", **arguments, on=shape)
        for name, arguments in SPATIAL.items()
        for rank, shapes in LENGTHS.items()
        for shape in shapes
    ],
    *[row("conv3d_transpose", 2, 2, 2, on=shape) for shape in LENGTHS[3]],
    *[row(f"conv_lstm{rank}d", 2, 2, on=(3, *shape)) for rank, shapes in LENGTHS.items() for shape in shapes[:-1]],
    *[row(f"conv_lstm{rank}d", 2, 2, on=(2, *shape)) for rank, shapes in LENGTHS.items() for shape in shapes[:-1]],
    *[row(f"conv_lstm{rank}d", 2, 2, on=(None, *LENGTHS[rank][0])) for rank in LENGTHS],
    *[replace(case, inputs=(shape,), out=shape) for case in augmentation.ROWS for shape in IMAGES[1:]],
    *[row(name, 3, on=shape) for name in ("lstm", "gru", "simple_rnn") for shape in LENGTHS[1]],
    *[row(name, on=[shape, shape]) for name in ("attention", "additive_attention") for shape in LENGTHS[1]],
    *[row("group_query_attention", 4, 2, 1, on=shape) for shape in LENGTHS[1]],
    row("multi_head_attention", 2, 4, on=(2, 3, 5, 6)),
    *[row("bidirectional", make("gru", 3), on=shape) for shape in LENGTHS[1]],
    *[row("rnn", word("cell", "gru_cell", units=3), on=shape) for shape in LENGTHS[1]],
    *[row("center_crop", 8, 7, on=shape) for shape in IMAGES],
    *[row("random_crop", 8, 7, on=shape) for shape in IMAGES],
    *[row("category_encoding", 10, on=(length,), input_dtype="int32") for length in (4, 5)],
    *[row("category_encoding", 7, "one_hot", on=(*shape, 1), input_dtype="int32") for shape in SHAPES],
    *[row("category_encoding", 7, "one_hot", on=shape, input_dtype="int32") for shape in SHAPES],
    row("attention", on=[(2, 4, 3), (2, 5, 3)], out=(2, 4, 3), macs=2 * 4 * 5 * 3 * 2),
    row("additive_attention", on=[(2, 2, 4, 3), (2, 2, 5, 3), (2, 2, 5, 3)], out=(2, 2, 4, 3)),
    row("attention", use_scale=True, on=[(2, 2, 4, 3), (2, 2, 5, 6), (2, 2, 5, 3)], out=(2, 2, 4, 6)),
    row("additive_attention", on=[(2, None, 3), (None, 5, 3)], out=(2, None, 3), runs=False),
    row("dot", 3, on=[(2, 3, 5), (2, 4, 5)], out=(2, 3, 2, 4)),
    row("dot", (4, 1), on=[(2, 3, 4, 5), (5, 2)], out=(2, 3, 4, 2)),
    row("dot", 2, on=[(None, 5), (4, 5)], out=(None, 4)),
    row("dot", 1, on=[(None, 5), (None, 5)], out=(5, 5)),
    row("einsum_dense", "abcde,ef->abcdf", (None, None, None, 7), on=(2, 3, 4, 5), out=(2, 3, 4, 7), vague=True),
    row("einsum_dense", "abc,cd->abd", (None, 7), on=(None, 5), out=(None, 7)),
    row("matmul", on=[(2, 3, 4, 5), (2, 3, 5, 6)], out=(2, 3, 4, 6)),
    row("pad_axes", ((0, 0), (1, 2), (0, 0)), on=(None, 6), out=(None, 6)),
    row("permute", (2, 1), on=(5, None), out=(None, 5)),
    *[row("repeat_vector", 3, on=(length,)) for length in (4, 5)],
    row("repeat_vector", 3, on=(None,), out=(3, None)),
    row("tile", (1, 2, 3), on=(None, 6), out=(None, 18)),
    row("transpose", (0, 2, 1), on=(None, 6), out=(6, None)),
]
