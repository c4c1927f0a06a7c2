from __future__ import annotations

from tests.layers.layer_case import T, row

WORDS = {
    "value_dim": 6,
    "dropout": 0.1,
    "use_bias": False,
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "bias_regularizer": "l1",
    "activity_regularizer": "l1",
    "kernel_constraint": "max_norm",
    "bias_constraint": "non_neg",
    "seed": 3,
}
ROWS = [
    row("multi_head_attention", 8, 64, on=(128, 512), out=(128, 512), params=1_050_624, macs=150_994_944),
    row("multi_head_attention", 2, 4, on=[(10, 8), (20, 6)], out=(10, 8)),
    row("multi_head_attention", 2, 4, on=[(T, 8), (None, 6), (None, 5)], out=(T, 8)),
    row("multi_head_attention", 2, 4, **WORDS, on=[(10, 8), (20, 6), (20, 5)], out=(10, 8)),
    row("multi_head_attention", 2, 4, use_gate=True, on=[(10, 8), (20, 6)], out=(10, 8)),
    row("multi_head_attention", 2, 4, output_shape=5, sliding_window=3, on=(10, 8), out=(10, 5)),
    row("multi_head_attention", 2, 4, use_causal_mask=True, on=(10, 8), out=(10, 8)),
    row("multi_head_attention", 2, 4, on=(3, 5, 8), out=(3, 5, 8)),
    row("multi_head_attention", 2, 4, attention_axes=2, on=(3, 5, 8), out=(3, 5, 8), macs=3 * (4 * 5 * 64 + 400)),
    row("attention", on=[(10, 8), (20, 8)], out=(10, 8), params=0, macs=3_200),
    row("attention", use_scale=True, on=[(10, 8), (20, 6), (20, 8)], out=(10, 6), params=1),
    row("attention", score_mode="concat", dropout=0.1, seed=3, on=[(None, 8), (20, 8)], out=(None, 8), params=1),
    row("additive_attention", on=[(10, 8), (20, 8)], out=(10, 8), params=8),
    row("additive_attention", use_scale=False, dropout=0.1, on=[(T, 8), (20, 6), (20, 8)], out=(T, 6), params=0),
]
