from __future__ import annotations

from itertools import product

from tests.layers.layer_case import LayerCase, T, row, word

WORDS = {
    "activation": "relu",
    "use_bias": False,
    "bias_initializer": "ones",
    "bias_regularizer": "l1",
    "activity_regularizer": word("regularizer", "l2", l2=0.001),
    "bias_constraint": "non_neg",
}
KERNEL = {
    "kernel_initializer": word("initializer", "normal", stddev=0.02),
    "kernel_regularizer": word("regularizer", "l1_l2", l1=0.1, l2=0.2),
    "kernel_constraint": word("constraint", "max_norm", max_value=3.0),
}
DEPTHWISE = {
    "depthwise_initializer": "he_normal",
    "depthwise_regularizer": "l2",
    "depthwise_constraint": "unit_norm",
}
POINTWISE = {
    "pointwise_initializer": "he_uniform",
    "pointwise_regularizer": "l1",
    "pointwise_constraint": "non_neg",
}
LENGTHS = {1: [(8, 4), (9, 4), (None, 4)], 2: [(8, 9, 4), (None, 7, 4)], 3: [(7, 8, 9, 2), (None, 8, None, 2)]}


def grid(name: str, rank: int, paddings: tuple[str, ...], *arguments: int) -> list[LayerCase]:
    """Cross paddings, kernels, strides and dilations, on even, odd and unknown lengths."""
    return [
        row(name, *arguments, kernel_size=kernel, padding=padding, on=shape, **step)
        for padding, kernel, step, shape in product(
            paddings,
            (1, 2, 3),
            ({}, {"strides": 2}, {"strides": 3}, {"dilation_rate": 2}),
            LENGTHS[rank],
        )
    ]


ROWS = [
    # By hand.
    row("conv2d", 6, 5, on=(28, 28, 1), out=(24, 24, 6), params=156, macs=86_400),
    row("conv2d", 96, 11, strides=4, on=(224, 224, 3), out=(54, 54, 96), params=34_944, macs=101_616_768),
    row("conv2d", 64, 7, strides=2, padding="same", on=(224, 224, 3), out=(112, 112, 64), params=9_472),
    row("conv2d", 8, 3, groups=4, on=(5, 5, 16), out=(3, 3, 8), params=296, macs=2_592),
    row("conv2d", 1, 3, dilation_rate=2, on=(7, 7, 1), out=(3, 3, 1), params=10),
    row("conv1d", 4, 3, padding="causal", dilation_rate=4, on=(10, 2), out=(10, 4), params=28, macs=240),
    row("conv3d", 2, 3, on=(5, 5, 5, 1), out=(3, 3, 3, 2), params=56, macs=1_458),
    row("conv2d_transpose", 1, 3, on=(2, 2, 1), out=(4, 4, 1), params=10, macs=36),
    row("conv2d_transpose", 1, 3, padding="same", on=(2, 2, 1), out=(2, 2, 1), params=10, macs=36),
    row("conv2d_transpose", 64, 2, strides=2, on=(28, 28, 128), out=(56, 56, 64), params=32_832),
    row("separable_conv2d", 4, 3, padding="same", use_bias=False, on=(5, 5, 3), out=(5, 5, 4), params=39, macs=975),
    row("depthwise_conv2d", 3, strides=2, padding="same", on=(56, 56, 8), out=(28, 28, 8), params=80, macs=56_448),
    # Symbolic lengths.
    row("conv1d", 4, 3, on=(T, 2), out=(T - 2, 4), params=28),
    row("conv1d", 4, 3, padding="same", strides=2, on=(T, 2), out=((T + 1) // 2, 4)),
    row("conv1d_transpose", 4, 4, strides=2, padding="same", on=(T, 2), out=(2 * T, 4)),
    # Every argument off its default.
    row("conv1d", 4, 3, strides=2, padding="same", groups=2, on=(8, 4), **WORDS, **KERNEL),
    row("conv1d", 4, 3, dilation_rate=2, on=(8, 4)),
    row("conv2d", 4, (3, 2), strides=(1, 2), padding="same", groups=2, on=(8, 9, 4), **WORDS, **KERNEL),
    row("conv2d", 4, (3, 2), dilation_rate=(2, 1), on=(8, 9, 4)),
    row("conv2d", 4, (3, 2), activation=word("activation", "leaky_relu", negative_slope=0.1), on=(8, 9, 4)),
    row("conv3d", 4, (3, 2, 1), strides=(1, 2, 2), padding="same", groups=2, on=(6, 7, 8, 4), **WORDS, **KERNEL),
    row("conv3d", 4, 2, dilation_rate=2, on=(6, 7, 8, 4)),
    row("conv1d_transpose", 4, 3, strides=2, padding="same", output_padding=1, on=(8, 4), **WORDS, **KERNEL),
    row("conv2d_transpose", 4, (3, 2), strides=2, padding="same", output_padding=1, on=(8, 9, 4), **WORDS, **KERNEL),
    row("conv2d_transpose", 4, 3, strides=(2, 3), output_padding=(0, 2), on=(8, 9, 4)),
    row("conv3d_transpose", 4, 3, strides=2, padding="same", output_padding=1, on=(4, 5, 6, 4), **WORDS, **KERNEL),
    row("conv3d_transpose", 4, 2, dilation_rate=2, runs=False, on=(4, 5, 6, 4)),
    row("separable_conv1d", 6, 3, 2, "same", depth_multiplier=2, on=(9, 4), **WORDS, **DEPTHWISE, **POINTWISE),
    row("separable_conv2d", 6, 3, 2, "same", depth_multiplier=2, on=(9, 8, 4), **WORDS, **DEPTHWISE, **POINTWISE),
    row("depthwise_conv1d", 3, 2, "same", depth_multiplier=2, on=(9, 4), **WORDS, **DEPTHWISE),
    row("depthwise_conv2d", 3, 2, "same", depth_multiplier=2, on=(9, 8, 4), **WORDS, **DEPTHWISE),
    *grid("conv1d", 1, ("valid", "same", "causal"), 5),
    *grid("conv2d", 2, ("valid", "same"), 5),
    *grid("conv3d", 3, ("valid", "same"), 5),
    *grid("conv1d_transpose", 1, ("valid", "same"), 5),
    *grid("conv2d_transpose", 2, ("valid", "same"), 5),
    *[
        row("conv2d_transpose", 2, kernel, 3, padding, extra, on=(5, 6, 2))
        for kernel in (2, 3, 4)
        for padding in ("valid", "same")
        for extra in (0, 1, 2)
        if kernel % 2 or extra or padding == "valid"
    ],
    *grid("separable_conv1d", 1, ("valid", "same"), 5),
    *grid("separable_conv2d", 2, ("valid", "same"), 5),
    *[
        row(f"{name}{rank}d", *arguments, kernel_size=3, padding=padding, strides=2, dilation_rate=2, on=shape)
        for name, arguments in (("depthwise_conv", ()), ("separable_conv", (5,)))
        for rank, padding in product((1, 2), ("valid", "same"))
        for shape in LENGTHS[rank]
    ],
    *grid("depthwise_conv1d", 1, ("valid", "same")),
    *grid("depthwise_conv2d", 2, ("valid", "same")),
]
