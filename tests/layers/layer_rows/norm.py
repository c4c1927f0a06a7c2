from __future__ import annotations

from tests.layers.layer_case import row, word

BETA = {"beta_initializer": "ones", "beta_regularizer": "l1", "beta_constraint": "non_neg"}
GAMMA = {
    "gamma_initializer": word("initializer", "constant", value=0.5),
    "gamma_regularizer": "l2",
    "gamma_constraint": "unit_norm",
}
MOVING = {"moving_mean_initializer": "ones", "moving_variance_initializer": "zeros"}
ROWS = [
    *(
        made
        for name in ("batch_normalization", "inference_batch_normalization")
        for made in (
            row(name, on=(24, 24, 6), out=(24, 24, 6), params=24, macs=0),
            row(name, on=(10,), params=40),
            row(name, on=(None, 4)),
            row(name, center=False, on=(8, 4), params=12),
            row(name, scale=False, momentum=0.9, epsilon=1e-5, on=(8, 4), params=12),
            row(name, axis=1, **BETA, **GAMMA, **MOVING, on=(8, 4), params=32),
            row(name, renorm=True, renorm_momentum=0.9, on=(8, 4), params=28),
            row(name, synchronized=True, on=(8, 4), params=16),
        )
    ),
    row("layer_normalization", on=(128, 768), out=(128, 768), params=1_536, macs=0),
    row("layer_normalization", axis=(1, 2), on=(4, 5, 6), params=40),
    row("layer_normalization", axis=1, epsilon=1e-6, **BETA, **GAMMA, on=(4, None), params=8),
    row("layer_normalization", center=False, on=(4, 5), params=5),
    row("layer_normalization", scale=False, on=(4, 5), params=5),
    row("group_normalization", 8, on=(32, 32, 64), out=(32, 32, 64), params=128, macs=0),
    row("group_normalization", -1, on=(6, 6, 5), params=10),
    row("group_normalization", 2, axis=1, epsilon=1e-5, **BETA, **GAMMA, on=(4, 6), params=8, runs=False),
    row("group_normalization", 2, center=False, on=(None, 6), params=6),
    row("group_normalization", 3, scale=False, on=(5, 6), params=6),
    row("rms_normalization", on=(128, 768), params=768, macs=0),
    row("rms_normalization", axis=(1, 2), epsilon=1e-5, on=(4, 5), params=20),
    row("unit_normalization", on=(128,), params=0, macs=0),
    row("unit_normalization", axis=(1, 2), on=(None, 5, 6)),
    row("local_response_normalization", on=(8, 8, 16), out=(8, 8, 16), params=0, macs=0),
    row("local_response_normalization", 2, 2.0, 1e-4, 0.75, on=(None, 8, 16)),
]
