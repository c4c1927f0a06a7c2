"""Our specs of the networks of `keras.applications`, each equal to the real one.

Equal are: the parameters, in total and trainable; the shapes of the weights, in the order of `graph_walk`; the kinds of the
layers that own them, with the arguments that an output in inference does not show; and the outputs on random inputs, with
random weights copied over.

One or two of a family run on small images; all of them, on images of full size, do so by

    python -m pytest tests/zoo -m slow -s
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pytest
from tests.backends.keras_models import by_path, generated, without_dropout
from tests.zoo.graph_walk import weighted_layers

from archspec.backend import Checked
from archspec.driver import compile_spec

pytestmark = pytest.mark.keras


class Case(NamedTuple):
    #: The name in `keras.applications`; ours is the same in lower case.
    name: str
    #: Height and width of the images at full size.
    full: int
    #: Height and width in the quick test; None where there is none. Odd, so that rounding shows.
    quick: int | None = None
    #: Range of the inputs.
    top: float = 1.0


ZOO = [
    Case("ResNet50", 224, quick=75),
    Case("ResNet101", 224),
    Case("ResNet152", 224),
    Case("ResNet50V2", 224, quick=75),
    Case("ResNet101V2", 224),
    Case("ResNet152V2", 224),
    Case("DenseNet121", 224, quick=75),
    Case("DenseNet169", 224),
    Case("DenseNet201", 224),
    Case("MobileNet", 224, quick=75),
    Case("MobileNetV2", 224, quick=75),
    Case("MobileNetV3Small", 224, quick=75, top=255.0),
    Case("MobileNetV3Large", 224, quick=75, top=255.0),
]
QUICK = [case for case in ZOO if case.quick]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_small_images(case: Case) -> None:
    assert case.quick is not None
    compare(case, case.quick)


@pytest.mark.slow
@pytest.mark.parametrize("case", ZOO, ids=lambda case: case.name)
def test_full_images(case: Case) -> None:
    compare(case, case.full)


def test_generated_code_is_the_real_one_too() -> None:
    """The others are built without generated code; the two builds are compared for every spec elsewhere."""
    checked, theirs, ours = models(Case("MobileNetV3Small", 224), 64)
    other = generated(checked)
    inputs = images(64, 255.0)
    randomise(theirs, inputs)
    copy(theirs, ours)
    into = by_path(other)
    for path, weight in by_path(ours).items():
        into[path].assign(weight)
    assert difference(theirs, other, inputs) <= 1e-4


def models(case: Case, size: int) -> tuple[Checked, Any, Any]:
    """Return the checked spec, the real model, and ours as a direct build."""
    import keras

    from archspec.backends.keras_build import build

    # The spec as it ships, and its figures; then the size of the test.
    compile_spec(case.name.lower()).checked()
    checked = compile_spec(case.name.lower(), settings={"size": size}).checked()
    theirs = getattr(keras.applications, case.name)(weights=None, input_shape=(size, size, 3))
    return checked, theirs, build(checked)


def compare(case: Case, size: int) -> None:
    checked, theirs, ours = models(case, size)
    counts = checked.figures.weights[checked.graph.main]
    assert ours.count_params() == theirs.count_params() == counts.total
    assert _trainable(ours) == _trainable(theirs) == counts.trainable
    pairs = list(zip(weighted_layers(ours), weighted_layers(theirs), strict=True))
    assert [_shapes(mine) for mine, _ in pairs] == [_shapes(real) for _, real in pairs]
    for mine, real in pairs:
        assert _facts(mine) == _facts(real), (mine.name, real.name)
    assert [layer.rate for layer in _dropouts(ours)] == [layer.rate for layer in _dropouts(theirs)]
    inputs = images(size, case.top)
    randomise(theirs, inputs)
    copy(theirs, ours)
    largest = difference(theirs, ours, inputs)
    print(f"{case.name:17} {size}x{size}  largest difference {largest:.1e}")


def randomise(model: Any, inputs: Any) -> None:
    """Give a model random weights, and moving statistics near those of `inputs`, so that no signal fades or overflows."""
    import numpy as np

    random = np.random.default_rng(0)
    layers = weighted_layers(model)
    for layer in layers:
        for weight in layer.weights:
            fan_in = math.prod(weight.shape[:2] if "Depthwise" in type(layer).__name__ else weight.shape[:-1])
            scale = (6 / fan_in) ** 0.5 if "kernel" in weight.name else 0.3
            weight.assign((weight.name == "gamma") + random.uniform(-scale, scale, weight.shape))
    normed = [layer for layer in layers if hasattr(layer, "moving_variance")]
    momentum = [layer.momentum for layer in normed]
    for layer in normed:
        layer.momentum = 0.0
    without_dropout(model)(inputs, training=True)
    for layer, kept in zip(normed, momentum, strict=True):
        layer.momentum = kept
        spread = np.asarray(layer.moving_variance)
        layer.moving_variance.assign(spread * random.uniform(0.8, 1.25, spread.shape) + 0.01)
        layer.moving_mean.assign(layer.moving_mean + random.uniform(-0.1, 0.1, spread.shape) * spread**0.5)


def copy(theirs: Any, ours: Any) -> None:
    for real, mine in zip(weighted_layers(theirs), weighted_layers(ours), strict=True):
        for weight, target in zip(real.weights, mine.weights, strict=True):
            assert weight.name == target.name
            target.assign(weight)


def images(size: int, top: float) -> Any:
    import numpy as np

    return np.random.default_rng(1).uniform(0, top, (2, size, size, 3)).astype("float32")


def difference(theirs: Any, ours: Any, inputs: Any) -> float:
    """Return the largest difference of the outputs, and check that it is small beside them, and that they say something."""
    import numpy as np

    wanted, found = (np.asarray(without_dropout(model)(inputs, training=False)) for model in (theirs, ours))
    largest = float(np.abs(wanted - found).max())
    assert largest <= 1e-4
    # Probabilities of a thousand classes are small: 1e-4 alone would say little.
    assert largest <= 1e-4 * wanted.max()
    # Outputs that are all alike would be equal whatever the weights.
    assert np.abs(wanted[0] - wanted[1]).max() > 1e-2 * wanted.max()
    assert wanted.max() > 1.5 * wanted.mean()
    return largest


def _facts(layer: Any) -> tuple[Any, ...]:
    """Return what a layer is, and the arguments that matter in training only."""
    return type(layer).__name__, getattr(layer, "momentum", None), getattr(layer, "epsilon", None)


def _dropouts(model: Any) -> list[Any]:
    return [layer for layer in model._flatten_layers() if "Dropout" in type(layer).__name__]


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.weights]


def _trainable(model: Any) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
