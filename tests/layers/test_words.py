"""The words that layers are given, beside what Keras knows under those names."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from pydantic import ValidationError

from archspec.layers import registry
from archspec.layers.configs import Config
from tests.layers.layer_case import keras_parameters, make, reference, symbol, word

#: Words of Keras's that ours lack, and why.
NO_WORD = {
    "threshold": "has required arguments, and no layer takes them",
    "glu": "halves the channels, which Keras's layers do not see",
}
#: Arguments that a word needs and Keras does not.
REQUIRED = {
    "leaky_relu": ("negative_slope",),  # the layer's default is not that of the bare word
    "constant": ("value",),  # Keras refuses the bare word
}
CONFIGS = [
    (category, config)
    for category in ("activation", "constraint", "initializer", "regularizer")
    for config in dict.fromkeys(registry.words(category).values())
]
#: Arguments newer than the oldest Keras we support.
LEFT_OUT = {"input_axes", "output_axes"}


def ids(value: Any) -> str:
    return value if isinstance(value, str) else value.names[0]


def test_an_alias_is_stored_as_the_canonical_word() -> None:
    layer = make("dense", 3, activation="swish", kernel_initializer="normal")
    assert layer.arguments() == {"units": 3, "activation": "silu", "kernel_initializer": "random_normal"}


def test_normal_takes_its_deviation_first() -> None:
    normal = registry.words("initializer")["normal"]
    assert next(iter(normal.model_fields)) == "stddev"
    assert normal.keras.positional == ()


def test_a_leaky_relu_with_arguments_always_says_its_slope() -> None:
    assert word("activation", "leaky_relu", negative_slope=0.3).arguments() == {"negative_slope": 0.3}


@pytest.mark.parametrize(("field", "name"), [("kernel_initializer", "constant"), ("kernel_regularizer", "l1_l2")])
def test_a_word_that_needs_its_arguments_is_refused_without(field: str, name: str) -> None:
    with pytest.raises(ValidationError, match=f"needs the arguments of `{name}`"):
        make("dense", 3, **{field: name})


@pytest.mark.parametrize(("name", "argument"), [("l1", "l1"), ("orthogonal_regularizer", "factor")])
def test_a_factor_that_keras_makes_a_tensor_of_has_32_bits(name: str, argument: str) -> None:
    with pytest.raises(ValidationError, match="less than or equal to 3402823466"):
        word("regularizer", name, **{argument: 1e39})


def test_a_word_of_another_category_is_refused() -> None:
    with pytest.raises(ValidationError, match="takes regularizer words"):
        make("dense", 3, kernel_regularizer=word("initializer", "zeros"))


@pytest.mark.keras
@pytest.mark.parametrize(("category", "config"), CONFIGS, ids=ids)
def test_keras_knows_the_word(category: str, config: type[Config]) -> None:
    import keras

    module = getattr(keras, f"{category}s")
    if not config.bare:
        return
    found = module.get(config.names[0])
    assert found is not None
    if category == "activation":
        assert found is module.get(config.names[-1])
    else:
        assert type(found) is symbol(config)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("category", "config"), [pair for pair in CONFIGS if pair[1].model_fields or pair[0] != "activation"], ids=ids
)
def test_arguments_are_those_of_keras(category: str, config: type[Config]) -> None:
    theirs = {k: v for k, v in keras_parameters(config).items() if k not in LEFT_OUT}
    ours = {name: field.get_default() for name, field in config.model_fields.items()}
    for name in REQUIRED.get(config.names[0], ()):
        assert config.model_fields[name].is_required()
        theirs[name] = ours[name]
    assert ours == theirs
    if config.keras.positional:
        assert list(theirs)[: len(config.keras.positional)] == list(config.keras.positional)


@pytest.mark.keras
def test_all_activations_of_keras_are_words() -> None:
    import keras

    functions = {n for n, f in inspect.getmembers(keras.activations, inspect.isfunction)}
    functions -= {"get", "serialize", "deserialize"}
    assert functions - set(registry.words("activation")) == set(NO_WORD)
    assert set(registry.words("activation")) <= functions


@pytest.mark.keras
def test_all_other_words_of_keras_are_words() -> None:
    import keras

    for category, beside in (("initializer", {"stft"}), ("regularizer", set[str]()), ("constraint", set[str]())):
        module = getattr(keras, f"{category}s")
        classes = {n for n, c in inspect.getmembers(module, inspect.isclass) if n.islower()}
        assert classes - set(registry.words(category)) == beside


@pytest.mark.keras
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "softmax"])
def test_an_activation_with_arguments_builds_saves_and_loads(name: str, tmp_path: Any) -> None:
    import keras
    import numpy as np

    arguments: dict[str, Any] = {
        "relu": {"max_value": 6.0},
        "leaky_relu": {"negative_slope": 0.1},
        "elu": {"alpha": 0.5},
        "softmax": {"axis": 1},
    }
    activation = word("activation", name, **arguments[name])
    layers = [make("conv1d", 3, 1, activation=activation), make("dense", 2, activation=activation)]
    model = keras.Sequential([keras.Input((5, 4)), *map(reference, layers)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = np.linspace(-2, 2, 40, dtype="float32").reshape(2, 5, 4)
    assert np.allclose(model(x), loaded(x))
    assert loaded.layers[0].activation.get_config() == reference(activation).get_config() | {
        "name": loaded.layers[0].activation.name
    }
