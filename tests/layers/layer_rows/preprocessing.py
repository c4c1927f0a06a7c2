from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    row("rescaling", 1 / 127.5, -1.0, on=(8, 8, 3), out=(8, 8, 3), params=0, macs=0),
    row("rescaling", 2.0, on=(T, None, 5)),
    row("rescaling", (1.0, 2.0, 3.0), (0.5, 1.0, 2.0), on=(4, 4, 3), out=(4, 4, 3)),
    row("rescaling", 1 / 255, on=(8, 8, 3), input_dtype="uint8"),
]
