from __future__ import annotations

from tests.layers.layer_case import T, row

ROWS = [
    *[
        row(name, on=[(4, 5), (4, 5)], out=(4, 5), params=0, macs=0)
        for name in ("add", "subtract", "multiply", "average", "maximum", "minimum")
    ],
    row("add", on=[(4, 5), (4, 5), (4, 5)], out=(4, 5)),
    row("add", on=[(4, 5), (5,)], out=(4, 5)),
    row("add", on=[(5,), (3, 4, 5)], out=(3, 4, 5)),
    row("add", on=[(1, 5), (4, 1)], out=(4, 5)),
    row("add", on=[(None, 5), (4, 5)], out=(None, 5), runs=False),
    row("add", on=[(T, 5), (T, 5)], out=(T, 5)),
    row("multiply", on=[(8, 8, 4), (1, 1, 4)], out=(8, 8, 4)),
    row("concatenate", on=[(8, 8, 4), (8, 8, 6)], out=(8, 8, 10), params=0, macs=0),
    row("concatenate", on=[(8,), (2,), (3,)], out=(13,)),
    row("concatenate", axis=1, on=[(8, 4), (3, 4)], out=(11, 4)),
    row("concatenate", axis=1, on=[(T, 4), (3, 4)], out=(T + 3, 4)),
    row("concatenate", on=[(None, 4), (None, 6)], out=(None, 10)),
    row("concatenate", on=[(None, 4), (7, 6)]),
    row("concatenate", on=[(7, None), (7, 6)], out=(7, None), runs=False),
    row("dot", axes=1, on=[(8,), (8,)], out=(1,), params=0, macs=8),
    row("dot", axes=2, on=[(10, 64), (20, 64)], out=(10, 20), macs=12_800),
    row("dot", axes=(1, 2), on=[(3, 5), (10, 3)], out=(5, 10), macs=150),
    row("dot", axes=-1, normalize=True, on=[(4, 6), (6,)], out=(4,)),
]
