from __future__ import annotations

from tests.layers.layer_case import T, make, row, word
from tests.layers.layer_rows.recurrent import WORDS


def cell(name: str, units: int, **arguments: object) -> object:
    return word("cell", f"{name}_cell", units=units, **arguments)


def several(*cells: object) -> tuple[object, ...]:
    return cells


CELL_WORDS = {k: v for k, v in WORDS.items() if k not in ("activity_regularizer", "go_backwards", "unroll")}
LSTM = make("lstm", 3)
BOTH = make("lstm", 3, return_sequences=True, return_state=True)
ROWS = [
    row("rnn", cell("lstm", 80), return_sequences=True, on=(60, 1), out=(60, 80), params=26_240, macs=1_555_200),
    row("rnn", cell("gru", 4), return_state=True, on=(T, 3), out=((4,), (4,))),
    row("rnn", cell("lstm", 4), return_state=True, on=(7, 3), out=((4,), (4,), (4,))),
    row("rnn", several(cell("lstm", 4), cell("gru", 3)), on=(7, 2), out=(3,), params=112 + 81, macs=7 * (96 + 63)),
    row("rnn", cell("simple_rnn", 3), go_backwards=True, unroll=True, zero_output_for_mask=True, on=(5, 2), out=(3,)),
    row("rnn", cell("lstm", 4), on=[(7, 3), (4,), (4,)], states=2, out=(4,)),
    *[row("rnn", cell(name, 4, **CELL_WORDS), on=(5, 3), out=(4,)) for name in ("simple_rnn", "lstm", "gru")],
    row("rnn", cell("lstm", 4, recurrent_activation="relu", unit_forget_bias=False), on=(5, 3), params=128),
    row("rnn", cell("gru", 4, recurrent_activation="relu", reset_after=False), on=(5, 3), params=96),
    row("bidirectional", LSTM, on=(5, 2), out=(6,), params=144, macs=5 * 60 * 2),
    row("bidirectional", BOTH, on=(T, 2), out=((T, 6), (3,), (3,), (3,), (3,))),
    row("bidirectional", BOTH, merge_mode=None, on=(5, 2), out=((5, 3), (5, 3), (3,), (3,), (3,), (3,))),
    *[row("bidirectional", make("gru", 3), merge_mode=m, on=(5, 2), out=(3,)) for m in ("sum", "mul", "ave")],
    row("bidirectional", LSTM, backward_layer=make("gru", 3, go_backwards=True), on=(5, 2), out=(6,)),
    row("bidirectional", make("rnn", cell("gru", 3)), on=(5, 2), out=(6,)),
    row("bidirectional", LSTM, on=[(5, 2), (3,), (3,), (3,), (3,)], states=4, out=(6,)),
    row("time_distributed", make("dense", 3), on=(5, 2), out=(5, 3), params=9, macs=30),
    row("time_distributed", make("conv2d", 4, 3), on=(5, 8, 8, 2), out=(5, 6, 6, 4), params=76, macs=5 * 36 * 72),
    row("time_distributed", make("batch_normalization"), on=(5, 2), out=(5, 2), params=8, macs=0),
    row("time_distributed", make("lstm", 3), on=(5, 4, 2), out=(5, 3)),
    row("time_distributed", make("flatten"), on=(None, 4, 2), out=(None, 8)),
    row("time_distributed", make("time_distributed", make("dense", 3)), on=(5, 4, 2), out=(5, 4, 3)),
    row("spectral_normalization", make("conv2d", 4, 3), on=(5, 4, 2), out=(3, 2, 4), params=80, macs=432),
    row("spectral_normalization", make("dense", 4, use_bias=False), power_iterations=2, on=(5,), out=(4,), params=24),
    row("spectral_normalization", make("depthwise_conv2d", 3), on=(5, 4, 2), out=(3, 2, 2), params=18 + 1 + 2),
]
