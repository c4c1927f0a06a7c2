"""What generated blocks rely on: a layer of Keras is built by shapes alone, and tells its output's shape by them."""

from __future__ import annotations

from typing import Any

import pytest

from archspec.layers.recipe import Function
from tests.layers.layer_case import LayerCase, as_list, call, real_layer, symbolic, weight_name
from tests.layers.layer_rows import rows_by_family

pytestmark = pytest.mark.keras


def tells_shapes(case: LayerCase) -> bool:
    """Tell whether a row is of a layer, called on nothing but the tensors it goes on from."""
    at_call = case.layer.arguments().keys() & case.layer.keras.at_call
    return not isinstance(case.layer.keras, Function) and not case.states and not at_call


ROWS = {name: [case for case in cases if tells_shapes(case)] for name, cases in rows_by_family().items()}


@pytest.mark.parametrize("family", [name for name, cases in ROWS.items() if cases])
def test_a_layer_tells_by_shapes_what_calling_it_tells(family: str) -> None:
    for case in ROWS[family]:
        tensors = symbolic(case)
        called, built = real_layer(case.layer), real_layer(case.layer)
        results = call(case.layer, called, tensors)
        shapes = as_the_layer_takes_them(case, [tuple(tensor.shape) for tensor in tensors])
        if not built.built:
            built.build(*shapes)
        told = built.compute_output_shape(*shapes)
        if not isinstance(results, (list, tuple)):
            told = [told]
        assert [tuple(shape) for shape in told] == [tuple(one.shape) for one in as_list(results)], case
        assert weights(built) == weights(called), case


def as_the_layer_takes_them(case: LayerCase, shapes: list[Any]) -> list[Any]:
    if case.layer.takes.how == "list":
        return [shapes]
    return shapes * 2 if case.layer.takes.how == "each" and len(shapes) == 1 else shapes


def weights(layer: Any) -> list[Any]:
    return [(weight_name(weight), tuple(weight.shape), weight.trainable) for weight in layer.weights]
