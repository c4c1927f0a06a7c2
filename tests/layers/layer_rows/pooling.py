from __future__ import annotations

from itertools import product

from tests.layers.layer_case import T, row

LENGTHS = {1: [(8, 4), (9, 4), (None, 4)], 2: [(8, 9, 4), (None, 7, 4)], 3: [(7, 8, 9, 2), (None, 8, None, 2)]}
ROWS = [
    row("max_pooling2d", 3, 2, on=(54, 54, 96), out=(26, 26, 96), params=0, macs=0),
    row("max_pooling2d", 3, on=(4, 4, 1), out=(1, 1, 1), params=0),
    row("max_pooling2d", 3, 2, "same", on=(4, 4, 2), out=(2, 2, 2), params=0),
    row("average_pooling2d", (2, 3), on=(8, 9, 4), out=(4, 3, 4)),
    row("average_pooling1d", 2, on=(T, 4), out=(T // 2, 4)),
    row("max_pooling1d", on=(T, 4), out=(T // 2, 4)),
    row("max_pooling2d", on=(9, 8, 4), out=(4, 4, 4)),
    row("max_pooling3d", on=(9, 8, 7, 4), out=(4, 4, 3, 4)),
    row("max_pooling3d", (1, 2, 2), (1, 1, 2), "same", on=(4, 6, 7, 2), out=(4, 6, 4, 2)),
    row("global_average_pooling2d", on=(7, 7, 512), out=(512,), params=0, macs=0),
    row("global_average_pooling2d", keepdims=True, on=(7, 7, 512), out=(1, 1, 512)),
    *[
        row(f"{kind}_pooling{rank}d", size, strides, padding, on=shape)
        for kind, rank in product(("max", "average"), (1, 2, 3))
        for size, strides, padding in product((2, 3), (None, 1, 2), ("valid", "same"))
        for shape in LENGTHS[rank]
    ],
    *[
        row(f"global_{kind}_pooling{rank}d", keepdims=keepdims, on=shape)
        for kind, rank, keepdims in product(("max", "average"), (1, 2, 3), (False, True))
        for shape in LENGTHS[rank]
    ],
]
