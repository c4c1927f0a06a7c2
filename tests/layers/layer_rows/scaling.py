from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    row("layer_scale", on=(14, 14, 96), out=(14, 14, 96), params=96, macs=0),
    row("layer_scale", 0.1, on=(T, 5), params=5),
]
