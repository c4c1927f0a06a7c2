from __future__ import annotations

from tests.layers.layer_case import T, row, word

ROWS = [
    row("dense", 512, on=(784,), out=(512,), params=401_920, macs=401_408),
    row("dense", 1, on=(60, 80), out=(60, 1), params=81, macs=4_800),
    row("dense", 4, on=(T, 3), out=(T, 4), params=16),
    row("dense", 4, on=(None, 3)),
    row("dense", 4, on=(2, 3, 4, 5)),
    row("dense", 4, on=(7,), input_dtype="int32"),
    row(
        "dense",
        8,
        activation=word("activation", "relu", max_value=6.0),
        use_bias=False,
        kernel_initializer=word("initializer", "variance_scaling", scale=2.0, mode="fan_out"),
        bias_initializer="ones",
        kernel_regularizer=word("regularizer", "l2", l2=1e-4),
        bias_regularizer="l1",
        activity_regularizer="l1",
        kernel_constraint="max_norm",
        bias_constraint="non_neg",
        on=(5,),
        params=40,
    ),
    row("embedding", 100, 3, on=(4,), out=(4, 3), params=300, macs=0, input_dtype="int32"),
    row("embedding", 100, 3, on=(), out=(3,), input_dtype="int32"),
    row("embedding", 100, 3, on=(T, 2), out=(T, 2, 3), input_dtype="int32"),
    row(
        "embedding",
        100,
        3,
        embeddings_initializer=word("initializer", "normal", stddev=0.02),
        embeddings_regularizer="l2",
        embeddings_constraint="unit_norm",
        mask_zero=True,
        on=(None,),
        input_dtype="int32",
    ),
]
