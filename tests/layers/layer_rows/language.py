from __future__ import annotations

from tests.layers.layer_case import T, row, word

ROWS = [
    row("reversible_embedding", 100, 3, on=(4,), out=(4, 3), params=300, macs=0, input_dtype="int32"),
    row("reversible_embedding", 100, 3, on=(None,), out=(None, 3), input_dtype="int32"),
    row("reversible_embedding", 100, 3, on=(), out=(3,), input_dtype="int32"),
    row("reversible_embedding", 100, 3, reverse=True, on=(4, 3), out=(4, 100), params=300, macs=1_200),
    row("reversible_embedding", 100, 4, reverse=True, on=(4,), out=(100,), params=400, macs=400),
    row("reversible_embedding", 7, 3, reverse=True, on=(T, 2, 3), out=(T, 2, 7)),
    row("reversible_embedding", 7, 3, reverse=True, on=(2, 5, 4, 3), out=(2, 5, 4, 7)),
    row("reversible_embedding", 7, 3, tie_weights=False, reverse=True, on=(5, 3), out=(5, 7), params=42, macs=105),
    row(
        "reversible_embedding",
        7,
        3,
        embeddings_initializer=word("initializer", "normal", stddev=0.02),
        embeddings_regularizer="l2",
        embeddings_constraint="unit_norm",
        mask_zero=True,
        logit_soft_cap=30.0,
        reverse=True,
        on=(5, 3),
    ),
    row("sine_positions", on=(6, 8), out=(6, 8), params=0, macs=0),
    row("sine_positions", on=(T, 7), out=(T, 7)),
    row("sine_positions", max_wavelength=100.0, on=(None, 4), out=(None, 4)),
]
