from __future__ import annotations

from tests.layers.layer_case import row

ROWS = [
    row("dropout", 0.5, on=(8, 4), out=(8, 4), params=0, macs=0),
    row("dropout", 0, on=(4,)),
    row("dropout", 0.2, (None, 1, 4), 7, on=(8, 4)),
    row("alpha_dropout", 0.1, on=(8,)),
    row("alpha_dropout", 0.1, (None, 1), 7, on=(8,)),
    row("gaussian_dropout", 0.3, 7, on=(None, 8)),
    row("gaussian_noise", 0.1, 7, on=(8, 8, 1)),
    row("spatial_dropout1d", 0.2, 7, on=(8, 4)),
    row("spatial_dropout2d", 0.2, 7, on=(None, 8, 4)),
    row("spatial_dropout3d", 0.2, 7, on=(8, 8, 8, 4)),
    row("activity_regularization", 0.1, 0.2, on=(8,)),
]
