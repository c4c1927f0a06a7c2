from __future__ import annotations

from tests.layers.layer_case import T, row, word

WORDS = {
    "activation": "relu",
    "use_bias": False,
    "kernel_initializer": word("initializer", "normal", stddev=0.02),
    "recurrent_initializer": word("initializer", "orthogonal", gain=2.0),
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "recurrent_regularizer": "l1",
    "bias_regularizer": "l1",
    "activity_regularizer": "l1",
    "kernel_constraint": "max_norm",
    "recurrent_constraint": "unit_norm",
    "bias_constraint": "non_neg",
    "dropout": 0.1,
    "recurrent_dropout": 0.2,
    "go_backwards": True,
    "unroll": True,
    "seed": 3,
}
ROWS = [
    row("simple_rnn", 3, return_sequences=True, on=(4, 2), out=(4, 3), params=18, macs=60),
    row("simple_rnn", 10, on=(4, 2), out=(10,), params=130, macs=480),
    row("lstm", 80, return_sequences=True, on=(60, 1), out=(60, 80), params=26_240, macs=1_555_200),
    row("lstm", 100, on=(60, 80), out=(100,), params=72_400, macs=4_320_000),
    row("gru", 80, return_sequences=True, on=(60, 1), out=(60, 80), params=19_920, macs=1_166_400),
    row("gru", 100, reset_after=False, on=(60, 80), out=(100,), params=54_300, macs=3_240_000),
    row("lstm", 4, return_state=True, on=(7, 3), out=((4,), (4,), (4,))),
    row("lstm", 4, return_state=True, return_sequences=True, on=(None, 3), out=((None, 4), (4,), (4,))),
    row("gru", 4, return_state=True, return_sequences=True, on=(T, 3), out=((T, 4), (4,))),
    row("simple_rnn", 4, return_state=True, on=(7, 3), out=((4,), (4,))),
    row("lstm", 4, unit_forget_bias=False, on=[(7, 3), (4,), (4,)], states=2, out=(4,)),
    row("gru", 4, on=[(7, 3), (4,)], states=1, out=(4,)),
    row("simple_rnn", 4, on=[(7, 3), (4,)], states=1, out=(4,)),
    row("simple_rnn", 4, **WORDS, on=(5, 3), params=28),
    row("lstm", 4, **WORDS, recurrent_activation="hard_sigmoid", on=(5, 3), params=112),
    row("gru", 4, **WORDS, recurrent_activation="hard_sigmoid", on=(5, 3), params=84),
]
