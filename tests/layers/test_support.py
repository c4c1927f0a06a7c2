"""The layers that Keras lacks, beside TensorFlow's functions."""

from __future__ import annotations

from typing import Any

import pytest

from archspec.layers.base import Layer
from tests.layers.layer_case import make, reference

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "layer",
    [
        make("lrn"),
        make("lrn", 2, bias=2.0, alpha=1e-4, beta=0.75),
        make("lrn", 0),
        make("lrn", 9, alpha=0.3),
    ],
    ids=lambda layer: str(layer.arguments()),
)
def test_local_response_normalization_is_that_of_tensorflow(layer: Layer) -> None:
    import numpy as np
    import tensorflow as tf

    x = np.random.default_rng(0).normal(size=(2, 3, 4, 7)).astype("float32")
    values = {name: getattr(layer, name) for name in type(layer).model_fields}
    assert np.allclose(reference(layer)(x), tf.nn.local_response_normalization(x, **values), atol=1e-6)


def test_local_response_normalization_saves_and_loads(tmp_path: Any) -> None:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((4, 4, 8)), reference(make("lrn", 2, alpha=0.1))])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 8)).astype("float32")
    assert np.allclose(model(x), loaded(x))
    assert loaded.layers[0].get_config() == model.layers[0].get_config()
