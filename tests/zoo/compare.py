"""Compares our specs of the networks of `keras.applications` with the real ones."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from archspec.backend import Checked
from archspec.driver import compile_spec
from tests.backends.keras_models import by_path, generated, without_dropout
from tests.zoo.graph_walk import weighted_layers


class Case(NamedTuple):
    #: The name in `keras.applications`; ours is the same in lower case.
    name: str
    #: Height and width of the images at full size.
    full: int
    #: Height and width in the quick test; None where there is none. Odd, so that rounding shows.
    quick: int | None = None
    #: Range of the inputs.
    top: float = 1.0


def models(case: Case, size: int) -> tuple[Checked, Any, Any]:
    """Return the checked spec, the real model, and ours as a direct build."""
    import keras

    from archspec.backends.keras_build import build

    # The spec as it ships, and its figures; then the size of the test.
    compile_spec(case.name.lower()).checked()
    checked = compile_spec(case.name.lower(), settings={"size": size}).checked()
    theirs = getattr(keras.applications, case.name)(weights=None, input_shape=(size, size, 3))
    return checked, theirs, build(checked)


def compare(case: Case, size: int, code: bool = False) -> None:
    """Compare the direct build of our spec with the real model; with `code`, what the generated code gives as well."""
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
    if code:
        largest = max(largest, difference(theirs, generated_like(ours, checked), inputs))
    print(f"{case.name:17} {size}x{size}  largest difference {largest:.1e}")


def generated_like(ours: Any, checked: Checked) -> Any:
    """Return the model of the generated code, with the weights of a direct build."""
    model = generated(checked)
    into = by_path(model)
    for path, weight in by_path(ours).items():
        into[path].assign(weight)
    settle(model._flatten_layers())
    return model


def settle(layers: Any) -> None:
    """Let layers take up statistics that were assigned."""
    for layer in layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def randomise(model: Any, inputs: Any) -> None:
    """Give a model random weights, and moving statistics near those of `inputs`, so that no signal fades or overflows."""
    import numpy as np

    random = np.random.default_rng(0)
    layers = weighted_layers(model)
    for layer in layers:
        if hasattr(layer, "adapt"):
            # Statistics of the data: half of its range, as far as the layers before leave it.
            layer.adapt_mean.assign(random.uniform(0.3, 0.6, layer.adapt_mean.shape))
            layer.adapt_variance.assign(random.uniform(0.04, 0.1, layer.adapt_variance.shape))
            continue
        for weight in layer.weights:
            fan_in = math.prod(weight.shape[:2] if "Depthwise" in type(layer).__name__ else weight.shape[:-1])
            scale = (6 / fan_in) ** 0.5 if "kernel" in weight.name else 0.3
            weight.assign(weight.name.startswith(("gamma", "variable")) + random.uniform(-scale, scale, weight.shape))
    settle(layers)
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
            # Keras's own `LayerScale` leaves its weight without a name.
            assert target.name == ("gamma" if weight.name.startswith("variable") else weight.name)
            target.assign(weight)
    settle(weighted_layers(ours))


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
