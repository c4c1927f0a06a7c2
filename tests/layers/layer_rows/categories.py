from __future__ import annotations

from itertools import product

from tests.layers.layer_case import T, row

SHAPES = ((), (1,), (5,), (4,), (None,), (5, 4), (3, 5, 1), (2, 3, 4, 5))
AGES = (18.0, 30.0, 65.0)
ROWS = [
    row("category_encoding", 10, on=(5,), input_dtype="int32", out=(10,), params=0, macs=0),
    row("category_encoding", 10, "one_hot", on=(5,), input_dtype="int32", out=(5, 10)),
    row("category_encoding", 10, "one_hot", on=(1,), input_dtype="int32", out=(10,)),
    row("category_encoding", 10, "count", on=(None,), input_dtype="int32", out=(10,)),
    row("discretization", AGES, on=(T, 5), out=(T, 5), params=0, macs=0),
    *[row("discretization", AGES, mode, on=shape) for mode, shape in product(("int", "one_hot"), SHAPES)],
    *[row("discretization", AGES, mode, on=shape) for mode, shape in product(("multi_hot", "count"), SHAPES[1:5])],
    row("discretization", AGES, on=(5,), input_dtype="int32"),
    row("hashing", 7, on=(T, 5), input_dtype="int64", out=(T, 5), params=0, macs=0),
    *[row("hashing", 7, on=shape, input_dtype="int32") for shape in SHAPES],
    row("hashing", 7, mask_value=1, salt=3, on=(5,), input_dtype="int32"),
    row("hashing", 7, salt=(3, 4), on=(5,), input_dtype="uint8"),
]
