"""Weights from one form of a model to another by their paths: what is refused, and that nothing is changed then."""

from __future__ import annotations

from typing import Any

import pytest

import archspec
from tests.backends.keras_models import difference, generated

pytestmark = pytest.mark.keras

BLOCKS = """
block unit(width) { dense(width) -> bn }
model net(width = 4, depth = 2) { input 3; repeat depth { unit(width) }; dense(2) }
"""


def models(**parameters: Any) -> tuple[Any, Any]:
    """Return the direct build of a network, and the generated model of one with other parameters."""
    net = archspec.loads(BLOCKS)
    return net.to_keras(), generated(archspec.loads(BLOCKS)._checked, **parameters)


def test_what_differs_is_named_and_nothing_is_changed() -> None:
    import keras

    source, target = models(width=5, depth=3)
    before = [keras.ops.convert_to_numpy(weight) for weight in target.weights]
    with pytest.raises(ValueError, match="do not have the same weights") as raised:
        archspec.copy_weights(source, target)
    message = str(raised.value)
    assert "`unit_0/dense/kernel` is (3, 4) in the source and (3, 5) in the target" in message
    # A kernel, a bias and four weights of normalisation in each of two units, of which the first ten are shown.
    assert message.count("\n") == 11
    # Six weights more in the third unit, and all of the others but the bias at the end are wider.
    assert "… and 9 more" in message
    assert all(difference(weight, old) == 0 for weight, old in zip(target.weights, before, strict=True))


def test_a_path_in_one_model_only_is_named() -> None:
    source, target = models(depth=3)
    with pytest.raises(ValueError, match="`unit_2/bn/gamma` is in the target only"):
        archspec.copy_weights(source, target)
    with pytest.raises(ValueError, match="`unit_2/bn/gamma` is in the source only"):
        archspec.copy_weights(target, source)


def test_two_weights_of_one_path_are_refused() -> None:
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(2, name="a/b".replace("/", "-"))(inputs), name="twice")
    extra = keras.layers.Dense(2, name="b")
    with keras.name_scope("a"):
        extra.build((None, 2))
    model.extra = extra
    with pytest.raises(ValueError, match="two weights of `twice` are at `a/b/kernel`"):
        archspec.copy_weights(model, model)


def test_a_network_is_no_model() -> None:
    net = archspec.loads(BLOCKS)
    with pytest.raises(TypeError, match="a Keras model, not Architecture"):
        archspec.copy_weights(net, net.to_keras())  # type: ignore[arg-type]


@pytest.mark.parametrize("style", ["functional", "sequential"])
def test_a_layer_called_as_the_model(style: Any) -> None:
    checked = archspec.loads("model dense { input 3; dense(2) }")._checked
    source, target = generated(checked), generated(checked, style)
    archspec.copy_weights(source, target)
    archspec.copy_weights(target, source)
    assert difference(source.weights[0], target.weights[0]) == 0


def test_keras_refuses_the_file_of_a_form_that_nests_otherwise(tmp_path: Any) -> None:
    flat, nested = models()
    for source, target in ((flat, nested), (nested, flat)):
        source.save_weights(tmp_path / "net.weights.h5")
        with pytest.raises(ValueError, match="could not be loaded"):
            target.load_weights(tmp_path / "net.weights.h5")
