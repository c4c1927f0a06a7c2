"""Shipped specs as generated code and as a direct build, in real Keras: counts, shapes, outputs, training, saving.

Outputs, training and saving are tried on one network of each kind; every shipped model is built and counted.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archspec.analysis.summary import rows
from archspec.backends.keras_code import emit
from archspec.driver import each_model, shipped_specs
from archspec.resources import folder
from tests.backends.keras_models import (
    by_path,
    check_spec,
    copy_random_weights,
    difference,
    direct,
    generated,
    random_inputs,
    without_dropout,
)

pytestmark = pytest.mark.keras
SPECS = ["baseline", "densenet", "googlenet", "resnet18", "resnet50", "stock_lstm", "vgg11"]
#: Parameters beyond which a model is not built only to be counted.
LARGEST = 15_000_000
MODELS = [model.removesuffix(".arch") for path in shipped_specs() for model in each_model(path.name)]


@pytest.fixture(scope="module", params=SPECS)
def models(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """A checked spec, its generated model and its direct build, with equal weights."""
    checked = check_spec(request.param)
    pair = generated(checked), direct(checked)
    copy_random_weights(*pair)
    return checked, *pair


def test_counts_and_shapes_before_any_data(models: tuple[Any, Any, Any]) -> None:
    checked, *pair = models
    weights = checked.figures.weights[checked.graph.main]
    expected = {
        f"{row.path}/{weight.name}": weight.shape
        for row in rows(checked.graph, checked.figures)
        if not row.reused
        for weight in row.weights
    }
    for model in pair:
        assert model.count_params() == weights.total
        trainable = sum(_size(w.shape) for w in model.trainable_weights)
        assert trainable == weights.trainable
        assert tuple(model.output_shape) == (None, *checked.graph.body.outputs[0].type.shape)
        # A recurrent layer keeps its weights in a cell of its own, which the path then names too.
        found = {
            re.sub(r"/(lstm|gru|simple_rnn)_cell(_\d+)?/", "/", path): tuple(w.shape)
            for path, w in by_path(model).items()
        }
        assert found == expected


def _size(shape: Any) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


@pytest.mark.parametrize("training", [False, True])
def test_generated_and_direct_give_the_same_outputs(models: tuple[Any, Any, Any], training: bool) -> None:
    checked, first, second = models
    inputs = random_inputs(checked)
    outputs = [without_dropout(model)(inputs, training=training) for model in (first, second)]
    assert difference(*outputs) <= 1e-5
    # Outputs that are all alike would be equal whatever the code did.
    assert difference(outputs[0][:1], outputs[0][1:]) > 0


def test_one_training_step_and_save(models: tuple[Any, Any, Any], tmp_path: Path) -> None:
    import keras

    checked, *pair = models
    inputs = random_inputs(checked)
    for number, model in enumerate(pair):
        model.compile("sgd", "mse")
        target = keras.ops.zeros((2, *checked.graph.body.outputs[0].type.shape))
        before = {path: keras.ops.convert_to_numpy(w) for path, w in by_path(model).items()}
        model.train_on_batch(inputs, target)
        changed = [path for path, w in by_path(model).items() if difference(w, before[path]) > 0]
        assert len(changed) > len(before) / 2
        path = tmp_path / f"{number}.keras"
        model.save(path)
        loaded = keras.models.load_model(path)
        assert difference(model(inputs), loaded(inputs)) <= 1e-6


@pytest.mark.parametrize("spec", SPECS)
def test_generated_file_runs_by_itself(spec: str, tmp_path: Path) -> None:
    checked = check_spec(spec)
    file = tmp_path / f"{spec}.py"
    file.write_text(str(emit(checked).content))
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Total params: {checked.figures.weights[checked.graph.main].total:,}" in done.stdout
    # Keras prints `?` for the shape of a layer that is not built.
    assert "?" not in done.stdout


def test_resnet50_is_the_one_of_keras_applications() -> None:
    import keras

    theirs = keras.applications.ResNet50(weights=None)
    ours = generated(check_spec("resnet50"))
    assert ours.count_params() == theirs.count_params() == 25_636_712
    assert sum(_size(w.shape) for w in ours.non_trainable_weights) == 53_120
    mine, reference = (sorted(tuple(w.shape) for w in model.weights) for model in (ours, theirs))
    assert mine == reference


def test_parameters_of_a_model_make_the_deeper_network() -> None:
    from archspec.driver import compile_spec

    deeper = compile_spec("resnet50", settings={"blocks": [3, 4, 23, 3]}).checked()
    model = generated(check_spec("resnet50"), blocks=(3, 4, 23, 3))
    assert model.count_params() == deeper.figures.weights[deeper.graph.main].total == 44_707_176


@pytest.mark.parametrize("spec", [model for model in MODELS if model not in SPECS])
def test_every_shipped_model_is_built_with_its_counts(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Layers of a spec's own lie beside it.
    monkeypatch.syspath_prepend(folder("specs"))
    checked = check_spec(spec)
    weights = checked.figures.weights[checked.graph.main]
    if weights.total > LARGEST:
        pytest.skip(f"more than {LARGEST:,} parameters: the size alone makes it slow")
    model = generated(checked)
    assert model.count_params() == weights.total
    assert sum(_size(w.shape) for w in model.trainable_weights) == weights.trainable
    shapes = model.output_shape if isinstance(model.output_shape, list) else [model.output_shape]
    assert [tuple(shape) for shape in shapes] == [(None, *_lengths(p.type.shape)) for p in checked.graph.body.outputs]


def _lengths(shape: Any) -> tuple[int | None, ...]:
    return tuple(dim if isinstance(dim, int) else None for dim in shape)
