from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    row("rescaling", 1 / 127.5, -1.0, on=(8, 8, 3), out=(8, 8, 3), params=0, macs=0),
    row("rescaling", 2.0, on=(T, None, 5)),
    row("rescaling", (1.0, 2.0, 3.0), (0.5, 1.0, 2.0), on=(4, 4, 3), out=(4, 4, 3)),
    row("rescaling", 1 / 255, on=(8, 8, 3), input_dtype="uint8"),
    row("normalization", on=(8, 8, 3), out=(8, 8, 3), params=7, macs=0),
    row("normalization", axis=(1, 3), on=(8, 4, 3), params=49),
    row("normalization", axis=None, on=(T, 5), params=3),
    row("normalization", mean=(0.5, 0.4, 0.3), variance=(0.1, 0.2, 0.3), on=(None, 8, 3), params=0),
    row("normalization", mean=0.5, variance=0.25, invert=True, on=(4, 3), params=0, input_dtype="uint8"),
]
