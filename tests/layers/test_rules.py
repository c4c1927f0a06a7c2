"""Every row of the layer tests: by itself, and beside the real Keras layer."""

from __future__ import annotations

import pytest

from archspec.layers import registry
from tests.layers.layer_case import LayerCase, check_rules, compare_with_keras
from tests.layers.layer_rows import all_rows

ROWS = all_rows()


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_rules(case: LayerCase) -> None:
    check_rules(case)


@pytest.mark.keras
@pytest.mark.parametrize("case", ROWS, ids=str)
def test_agrees_with_keras(case: LayerCase) -> None:
    compare_with_keras(case)


def test_every_argument_is_tried() -> None:
    tried = {(type(case.layer), name) for case in ROWS for name in case.layer.arguments()}
    every = {(layer, name) for layer in registry.all_layers() for name in layer.model_fields}
    assert sorted(f"{layer.names[0]}.{name}" for layer, name in every - tried) == []
