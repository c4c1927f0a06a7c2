"""Names that generated code must keep clear of, held to the Keras that is installed."""

from __future__ import annotations

import inspect
import keyword
from typing import Any

import pytest

from archspec.backends.keras_code.naming import (
    KERAS_ARGUMENTS,
    KERAS_ATTRIBUTES,
    NEEDED,
    RESERVED,
    TORCH_ATTRIBUTES,
    argument,
    attribute,
    class_name,
    plural,
    variable,
)


@pytest.mark.keras
def test_reserved_names_cover_the_attributes_of_keras() -> None:
    import keras

    class Block(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

    inputs = keras.Input((2,))
    block = Block()
    model = keras.Model(inputs, keras.layers.Dense(2)(block(inputs)))
    model.compile("sgd", "mse")
    objects = (keras.Model, keras.layers.Layer, model, block)
    assert {name for o in objects for name in dir(o) if not name.startswith("_")} <= KERAS_ATTRIBUTES


@pytest.mark.keras
def test_the_arguments_of_keras_are_known() -> None:
    import keras

    own = inspect.signature(keras.layers.Layer.__init__).parameters.keys() - {"self", "kwargs"}
    # Keras takes these two out of the other keywords, for old code.
    assert own | {"input_shape", "input_dim"} == KERAS_ARGUMENTS


def test_reserved_names_cover_the_attributes_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    assert {name for name in dir(torch.nn.Module()) if not name.startswith("_")} <= TORCH_ATTRIBUTES


@pytest.mark.parametrize("name", ["layers", "metrics", "losses", "weights", "call", "build", "x", "inputs", "training"])
def test_an_argument_keeps_the_name_of_its_parameter(name: str) -> None:
    assert argument(name) == name


@pytest.mark.parametrize("name", [*sorted(KERAS_ARGUMENTS), *sorted(NEEDED), "lambda", "max"])
def test_an_argument_that_keras_or_python_has_is_called_otherwise(name: str) -> None:
    assert argument(name) == f"{name}_"
    assert argument(name, [f"{name}_"]) == f"{name}_2"


def test_an_attribute_is_called_as_its_argument_where_keras_has_none_so_called() -> None:
    assert [attribute(n) for n in ("width", "x", "layers", "weights", "train")] == [
        "width",
        "x",
        "layers_",
        "weights_",
        "train_",
    ]


@pytest.mark.parametrize("name", ["class", "self", "name", "weights", "print", "x", "layers", "_", "match"])
def test_a_variable_never_bears_a_reserved_name(name: str) -> None:
    made = variable(name)
    assert made.isidentifier()
    assert not keyword.iskeyword(made)
    assert made not in RESERVED


def test_names_that_differ_only_by_case_become_different_classes() -> None:
    first = class_name("unit", [])
    second = class_name("Unit", [first])
    third = class_name("UNIT", [first, second])
    assert len({first.lower(), second.lower(), third.lower()}) == 3


def test_class_names_are_camel_case() -> None:
    assert class_name("vgg_block", []) == "VggBlock"
    assert class_name("resnet50", []) == "Resnet50"
    assert class_name("_2d", []) == "Block2d"


def test_plurals() -> None:
    assert [plural(n) for n in ("conv1", "dense", "mix", "branch", "vgg_block")] == [
        "conv1s",
        "denses",
        "mixes",
        "branches",
        "vgg_blocks",
    ]
