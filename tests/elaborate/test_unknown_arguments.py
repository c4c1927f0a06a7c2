"""What a fault left without a value makes nothing else wrong: each argument of a right layer, unknown by turns."""

from __future__ import annotations

from typing import Any

import pytest

from archspec.elaborate.arguments import certain_flaws
from archspec.elaborate.evaluate import UNKNOWN
from archspec.layers import registry
from archspec.layers.registry import Family
from tests.layers.layer_case import LayerCase
from tests.layers.layer_rows import all_rows

ROWS = all_rows()


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_nothing_is_held_against_what_is_unknown(case: LayerCase) -> None:
    kind, given = type(case.layer), {name: getattr(case.layer, name) for name in case.layer.model_fields_set}
    assert not certain_flaws(kind, given, None)
    for name in given:
        assert not certain_flaws(kind, given | {name: UNKNOWN}, None), name


@pytest.mark.parametrize(
    ("layer", "given", "wrong"),
    [
        ("dense", {"units": -1, "activation": UNKNOWN}, ["units"]),
        ("dense", {"units": UNKNOWN, "activation": 3}, ["activation"]),
        ("conv", {"filters": 0, "kernel_size": (3, 3, 3), "padding": 3}, ["filters", "padding"]),
        ("conv2d", {"filters": 4, "kernel_size": (3, 3, 3)}, ["kernel_size"]),
        ("normalization", {"mean": UNKNOWN, "variance": (1.0, 2.0)}, []),
        ("normalization", {"variance": (1.0, 2.0)}, ["variance"]),
        ("conv_transpose", {"filters": 4, "kernel_size": 3, "strides": UNKNOWN, "output_padding": 1}, []),
        ("pad_axes", {"pad_width": ((0, 0), (1, 1)), "mode": UNKNOWN, "constant_values": 1.0}, []),
    ],
)
def test_what_is_wrong_all_the_same(layer: str, given: dict[str, Any], wrong: list[str]) -> None:
    found = registry.find_layer(layer)
    assert found is not None
    assert sorted(str(flaw.name) for flaw in certain_flaws(found, given, None)) == sorted(wrong)
    if isinstance(found, Family):
        assert not certain_flaws(found, dict.fromkeys(given, UNKNOWN), None)
