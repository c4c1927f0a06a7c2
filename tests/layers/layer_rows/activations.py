from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    row("activation", "relu", on=(8, 8, 4), out=(8, 8, 4), params=0, macs=0),
    row("activation", "swish", on=(None, 4)),
    row("relu", on=(T, 4), out=(T, 4), params=0, macs=0),
    row("relu", max_value=6.0, negative_slope=0.1, threshold=0.5, on=(4,)),
    row("leaky_relu", on=(4,)),
    row("leaky_relu", 0.1, on=(4,)),
    row("elu", 0.5, on=(4,)),
    row("gelu", on=(T, 4), out=(T, 4), params=0, macs=0),
    row("gelu", approximate=True, on=(4,)),
    row("prelu", on=(4, 5, 6), params=120),
    row("prelu", shared_axes=(1, 2), on=(None, 5, 6), params=6),
    row("prelu", "ones", "l2", "non_neg", on=(6,), params=6),
    row("softmax", on=(10,), out=(10,)),
    row("softmax", axis=1, on=(4, 5)),
    row("softmax", axis=(1, 2), on=(4, 5, 6)),
    row("glu", on=(4, 6), out=(4, 3), params=0, macs=0),
    row("glu", axis=1, on=(4, 6), out=(2, 6)),
]
