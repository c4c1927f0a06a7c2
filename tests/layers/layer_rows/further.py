from __future__ import annotations

from tests.layers.layer_case import T, row
from tests.layers.layer_rows.recurrent import WORDS

CONV_WORDS = {k: v for k, v in WORDS.items() if k != "unroll"} | {
    "recurrent_activation": "hard_sigmoid",
    "unit_forget_bias": False,
}
SHAPES = {1: (5, 9, 2), 2: (5, 9, 8, 2), 3: (3, 5, 6, 4, 2)}
PROJECTED = {
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "bias_regularizer": "l1",
    "kernel_constraint": "max_norm",
    "bias_constraint": "non_neg",
}
QUERY_WORDS = PROJECTED | {"dropout": 0.1, "use_bias": False, "activity_regularizer": "l1", "seed": 3}
ROWS = [
    row("conv_lstm2d", 64, (3, 3), 1, "same", on=(10, 32, 32, 1), out=(32, 32, 64), params=150_016),
    row("conv_lstm1d", 3, 2, on=(5, 9, 2), out=(8, 3), params=12 * (2 * 2 + 2 * 3) + 12, macs=5 * 8 * 2 * 5 * 12),
    row("conv_lstm2d", 3, 2, 2, "same", on=(None, 9, 8, 2), out=(5, 4, 3), runs=False),
    *[
        row(f"conv_lstm{rank}d", 3, 2, padding=padding, return_sequences=True, return_state=True, on=SHAPES[rank])
        for rank in (1, 2, 3)
        for padding in ("valid", "same")
    ],
    *[row(f"conv_lstm{rank}d", 3, 2, 2, **CONV_WORDS, on=SHAPES[rank]) for rank in (1, 2, 3)],
    *[row(f"conv_lstm{rank}d", 3, 2, dilation_rate=2, on=SHAPES[rank]) for rank in (1, 2, 3)],
    row("conv_lstm1d", 3, 2, on=[(5, 9, 2), (8, 3), (8, 3)], states=2, out=(8, 3)),
    row("einsum_dense", "ab,bc->ac", 64, on=(128,), out=(64,), params=128 * 64, macs=128 * 64),
    row(
        "einsum_dense",
        "abc,cd->abd",
        (None, 64),
        bias_axes="d",
        vague=True,
        on=(32, 128),
        out=(32, 64),
        params=8256,
        macs=262_144,
    ),
    row("einsum_dense", "...x,xy->...y", 64, bias_axes="y", on=(T, 128), out=(T, 64), params=8256),
    row("einsum_dense", "ab...,bc->ac...", 7, bias_axes="c", on=(5, 6), out=(7, 6), params=42, macs=5 * 6 * 7),
    row(
        "einsum_dense",
        "abc,cde->abde",
        (None, 3, 4),
        "relu",
        "de",
        **PROJECTED,
        vague=True,
        on=(5, 6),
        out=(5, 3, 4),
        params=84,
    ),
    row("einsum_dense", "abcd,cde->abe", (None, 6), bias_axes="e", vague=True, on=(5, 3, 4), out=(5, 6), params=78),
    row("group_query_attention", 4, 8, 2, on=(5, 16), out=(5, 16)),
    row("group_query_attention", 4, 8, 8, on=(5, 16), macs=5 * 16 * 4 * 8 * 4 + 2 * 25 * 8 * 4),
    row("group_query_attention", 4, 8, 4, use_gate=True, on=[(T, 16), (6, 16), (6, 12)], out=(T, 16)),
    row("group_query_attention", 4, 8, 1, **QUERY_WORDS, on=[(5, 16), (6, 16)], out=(5, 16)),
    row("group_query_attention", 4, 8, 2, sliding_window=3, on=(5, 16), out=(5, 16)),
    row("group_query_attention", 4, 8, 2, use_causal_mask=True, on=(5, 16), out=(5, 16)),
    row("identity", on=(T, 5), out=(T, 5), params=0, macs=0),
    row("masking", on=(T, 5), out=(T, 5), params=0, macs=0),
    row("masking", 1.5, on=(4, 5)),
    *[
        # Keras 3.15 with TensorFlow ends the process where a maximum is taken over a whole axis.
        row(f"adaptive_{kind}_pooling{rank}d", size, on=shape, params=0, macs=0, runs=(kind, size) != ("max", 1))
        for kind in ("average", "max")
        for rank, shape in {1: (9, 2), 2: (8, 9, 2), 3: (8, 9, 7, 2)}.items()
        for size in (1, 3)
    ],
    row("adaptive_average_pooling2d", (2, 5), on=(8, 9, 3), out=(2, 5, 3)),
]
