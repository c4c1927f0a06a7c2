"""The tutorial's FancyMLP, whose layers a module beside the spec has: its outputs are those of the tutorial's lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archspec.resources import folder
from tests.backends.keras_models import by_path, check_spec, copy_random_weights, difference, generated

pytestmark = pytest.mark.keras


@pytest.fixture(autouse=True)
def _on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder("specs"))


def both(spec: str) -> tuple[Any, Any]:
    """Return the generated model and the direct build, with the same weights."""
    from archspec.backends.keras_build import build

    checked = check_spec(spec)
    models = generated(checked), build(checked, allow_extern=True)
    copy_random_weights(*models)
    return models


def fancy(x: Any, matrix: Any, kernel: Any, bias: Any) -> tuple[float, int, bool]:
    """The tutorial's lines, in NumPy. Returns the sum, how often the loop ran, and whether the choice was taken."""
    import numpy as np

    x = np.maximum(x @ matrix + 1, 0)
    x = np.maximum(x @ kernel + bias, 0)
    halved = 0
    while np.linalg.norm(x) > 1:
        x /= 2
        halved += 1
    grew = bool(np.linalg.norm(x) < 0.8)
    if grew:
        x *= 10
    return float(x.sum()), halved, grew


@pytest.mark.parametrize(("scale", "halved", "grew"), [(1.0, 5, False), (1.4, 6, True), (1e-3, 0, True)])
def test_it_does_what_the_tutorial_does(scale: float, halved: int, grew: bool) -> None:
    import numpy as np
    from fancy_layers import ConstantMatmul  # type: ignore[import-not-found, unused-ignore]

    models = both("fancy_mlp")
    random = np.random.default_rng(3)
    kernel = (random.uniform(0, 1, (20, 20)) * scale).astype("float32")
    bias = np.zeros(20, "float32")
    x = random.uniform(-1, 1, (2, 20)).astype("float32")
    layer = ConstantMatmul(20)
    layer.build((None, 20))
    wanted, *way = fancy(x, layer.matrix, kernel, bias)
    assert way == [halved, grew]
    for model in models:
        weights = by_path(model)
        weights["fancy/dense/kernel"].assign(kernel)
        weights["fancy/dense/bias"].assign(bias)
        found = np.asarray(model(x))
        assert found.shape == (2,)
        assert np.allclose(found, wanted, rtol=1e-5)


def test_the_matrix_is_no_weight_and_outlives_saving(tmp_path: Path) -> None:
    import keras
    import numpy as np

    model, direct = both("nested_sequential")
    assert model.count_params() == direct.count_params() == 4_712
    x = np.random.default_rng(0).uniform(-1, 1, (3, 20)).astype("float32")
    assert difference(model(x), direct(x)) <= 1e-5
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert difference(model(x), loaded(x)) <= 1e-6
