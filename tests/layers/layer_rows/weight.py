from __future__ import annotations

from tests.layers.layer_case import T, row, word

ROWS = [
    row("weight", (1, 768), on=(196, 768), out=(1, 768), params=768, macs=0),
    row("weight", 5, "ones", "l2", "non_neg", on=(None, 3), out=(5,), params=5),
    row("weight", (2, 3, 4), word("initializer", "normal", stddev=0.02), on=(T, 3), out=(2, 3, 4), params=24),
    row("weight", (4,), trainable=False, on=(3,), out=(4,), params=4),
]
