from __future__ import annotations

from tests.layers.layer_case import row

ROWS = [
    row("resizing", 4, 5, on=(8, 9, 3), out=(4, 5, 3), params=0, macs=0),
    row("resizing", 4, 5, "nearest", on=(None, None, 3), out=(4, 5, 3)),
    row("resizing", 4, 5, "bicubic", True, antialias=True, on=(8, 9, 3), out=(4, 5, 3)),
    row("resizing", 4, 5, pad_to_aspect_ratio=True, fill_value=1.0, on=(8, 9, 3), out=(4, 5, 3)),
    *[row("resizing", 4, 5, kind, on=(8, 9, 3)) for kind in ("lanczos3", "lanczos5")],
    row("center_crop", 4, 5, on=(8, 9, 3), out=(4, 5, 3), params=0, macs=0),
    row("center_crop", 4, 5, on=(3, 3, 3), out=(4, 5, 3)),
    row("random_crop", 4, 5, on=(8, 9, 3), out=(4, 5, 3), params=0, macs=0),
    row("random_crop", 4, 5, seed=3, on=(8, 9, 3), out=(4, 5, 3)),
]
