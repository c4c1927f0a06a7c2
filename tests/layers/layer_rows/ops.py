from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    *[
        row(name, on=(T, 4), out=(T, 4), params=0, macs=0)
        for name in ("abs", "exp", "log", "negative", "sqrt", "square")
    ],
    row("clip", 0.0, 6.0, on=(4,), out=(4,)),
    *[row(name, 1, on=(8, 4), out=(4,), params=0, macs=0) for name in ("mean", "max", "min", "sum")],
    *[row(name, -1, keepdims=True, on=(None, 4), out=(None, 1)) for name in ("mean", "max", "min", "sum")],
]
