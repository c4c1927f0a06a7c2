"""What building and training generated models costs, and blocks that are built, saved and loaded in models of one's own."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archspec.backends.keras_code import Style, emit
from tests.backends.keras_models import check_spec, check_text, difference, direct, generated, load_module, maker

pytestmark = pytest.mark.keras
BY_HAND = {"resnet50": "ResNet50", "efficientnetb0": "EfficientNetB0"}


def calls(make: Callable[[], Any]) -> int:
    """Return how many functions Python calls. Building costs these and the weights, and they are the same each time."""
    make()
    profile = cProfile.Profile()
    profile.runcall(make)
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", BY_HAND)
def test_building_calls_no_more_functions_than_building_by_hand(spec: str) -> None:
    import keras

    theirs = calls(lambda: getattr(keras.applications, BY_HAND[spec])(weights=None))
    styles: tuple[Style, ...] = ("subclass", "functional")
    for style in styles:
        assert calls(maker(load_module(check_spec(spec), style))) <= 1.02 * theirs, style
    checked = check_spec(spec)
    assert calls(lambda: direct(checked)) <= 1.05 * theirs


def operations(model: Any) -> Counter[str]:
    """Return how many operations of each kind TensorFlow carries out in a training step."""
    import tensorflow as tf

    model.compile("sgd", "categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    step = tf.function(lambda x, y: model.train_step((x, y)))
    taken = [tf.TensorSpec((2, *shape[1:])) for shape in (model.input_shape, model.output_shape)]
    return Counter(operation.type for operation in step.get_concrete_function(*taken).graph.get_operations())


@pytest.mark.parametrize("spec", BY_HAND)
def test_a_training_step_is_no_more_operations_than_by_hand(spec: str) -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("these are TensorFlow's operations")
    theirs = operations(getattr(keras.applications, BY_HAND[spec])(weights=None, input_shape=(64, 64, 3)))
    ours = operations(generated(check_spec(spec), size=64))
    assert ours.total() > 1000
    assert ours <= theirs


BLOCKS = {
    "branches": "block unit(w) { add { | dense(w) -> bn | skip } -> relu }\ninput 5x4\nunit(4)",
    "a layer that adds tuples": "block unit(w) { conv_lstm1d(w, 2) -> flatten }\ninput 3x8x4\nunit(4)",
    "layers made in `build`": "block unit(w) { dense(w * channels) -> dense(channels // 2) }\ninput 5x4\nunit(4)",
    "a length in the middle": "block unit(w) { conv(w, 3) -> dense(width * channels) }\ninput 9x4\nunit(4)",
    "a function": "block unit(w) { dense(w) -> mean(axis=1) -> dense(channels) }\ninput 5x4\nunit(4)",
    "a loop of blocks": (
        "block inner(w) { dense(w) -> relu }\nblock unit(w) { repeat 2 as i { inner(w + i) } }\ninput 5x4\nunit(4)"
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_in_a_model_of_ones_own(name: str, tmp_path: Path) -> None:
    import keras
    import numpy as np

    checked = check_text(BLOCKS[name])
    shape = checked.graph.body.inputs[0].type.shape
    module = load_module(checked)
    model = keras.Sequential([keras.Input(shape), module.Unit(4, name="mine")])
    assert all("/mine/" in weight.path for weight in model.weights)
    images = np.random.default_rng(0).random((2, *shape)).astype("float32")
    wanted = model(images)
    assert wanted.shape[1:] == model.output_shape[1:]
    model.save(tmp_path / "model.keras")
    assert difference(wanted, keras.models.load_model(tmp_path / "model.keras")(images)) <= 1e-6
    # Keras loads shapes as lists.
    block = module.Unit(4)
    block.build([None, *shape])
    assert [tuple(weight.shape) for weight in block.weights] == [tuple(weight.shape) for weight in model.weights]
    assert tuple(block.compute_output_shape((7, *shape))) == (7, *model.output_shape[1:])


def test_a_block_is_called_without_data_only_where_a_layer_cannot_tell_its_shape() -> None:
    for name, text in BLOCKS.items():
        assert ("KerasTensor" in str(emit(check_text(text)).content)) == (name == "a function")
