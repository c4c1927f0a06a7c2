"""Runs a spec both ways, as generated code and as a direct build, for tests that compare the two."""

from __future__ import annotations

import itertools
import math
import re
import sys
import types
from pathlib import Path
from typing import Any

from archspec.backend import Checked
from archspec.backends.keras_code import Style, emit
from archspec.diagnostics.source import Source
from archspec.driver import compile_source, compile_spec

_modules = itertools.count()


def check_text(text: str, **settings: Any) -> Checked:
    return compile_source(Source("snippet.arch", text), settings=settings).checked()


def check_spec(name: str) -> Checked:
    return compile_spec(name).checked()


def generated(checked: Checked, style: Style = "subclass", **parameters: Any) -> Any:
    """Return the model of the generated module."""
    module = load_module(checked, style)
    return maker(module)(**parameters)


def load_module(checked: Checked, style: Style = "subclass") -> types.ModuleType:
    """Return the generated module."""
    artifact = emit(checked, style)
    assert isinstance(artifact.content, str)
    module = types.ModuleType(f"generated_{next(_modules)}")
    sys.modules[module.__name__] = module
    exec(compile(artifact.content, artifact.name, "exec"), module.__dict__)
    return module


def maker(module: types.ModuleType) -> Any:
    """Return the class of the model, or the function that builds it: the last one that a module defines."""
    own = [v for v in vars(module).values() if getattr(v, "__module__", "") == module.__name__ and v.__name__ != "main"]
    return own[-1]


def direct(checked: Checked, *, allow_extern: bool = False) -> Any:
    """Return the model built without generated code."""
    from archspec.backends.keras_build import build

    return build(checked, allow_extern=allow_extern)


def load_saved(path: Path) -> Any:
    """Load a model, with two more tries.

    `Bidirectional` serializes the layer that it is given, also while it is loaded. Keras 3.15 knows what it has serialized
    by `id`, which Python reuses, so that now and then it takes one such layer for another, and fails.
    """
    import keras

    for _ in range(2):
        try:
            return keras.models.load_model(path)
        except (TypeError, ValueError):
            continue
    return keras.models.load_model(path)


def by_path(model: Any) -> dict[str, Any]:
    """Return a model's weights by their path in the graph: flat forms write `-` where blocks nest with `/`.

    A layer inside another has a name that Keras numbers as it goes; here its number counts within the model.
    """
    import keras

    found: dict[str, Any] = {}
    for weight in model.weights:
        path = weight.path.removeprefix(f"{model.name}/") if isinstance(model, keras.Sequential) else weight.path
        path = _INNER.sub(r"\1", path.replace("-", "/"))
        found[path + "'" * sum(other.rstrip("'") == path for other in found)] = weight
    return found


#: The layers and cells that tests give to other layers, as Keras names them.
_INNER = re.compile(
    r"((?<=/)(?:forward_|backward_)?(?:dense|conv[123]d|lstm|gru|simple_rnn|rnn|batch_normalization|time_distributed"
    r"|(?:lstm|gru|simple_rnn|stacked_rnn)_cells?))_\d+(?=/)"
)


def copy_random_weights(*models: Any, seed: int = 0) -> None:
    """Give the models the same weights, drawn at random so that no two layers compare equal by chance."""
    import numpy as np

    random = np.random.default_rng(seed)
    first, *others = map(by_path, models)
    for path, weight in first.items():
        # Variances must be positive, and the scale of kernels such that deep networks neither fade nor overflow.
        fan_in = max(math.prod(weight.shape[:-1]), 1)
        scale = (2 / fan_in) ** 0.5 if "kernel" in path else 0.1
        value = (1 if "variance" in path or "gamma" in path else 0) + random.uniform(-1, 1, weight.shape) * scale
        for weights in (first, *others):
            weights[path].assign(value)


def without_dropout(model: Any) -> Any:
    """Switch dropout off: its masks are random, and it is not what is compared."""
    for layer in model._flatten_layers():
        if hasattr(layer, "rate"):
            layer.rate = 0.0
    return model


def random_inputs(checked: Checked, batch: int = 2) -> Any:
    import numpy as np

    random = np.random.default_rng(1)
    inputs = []
    for port in checked.graph.body.inputs:
        shape = (batch, *(dim if isinstance(dim, int) else 5 for dim in port.type.shape))
        whole = port.type.dtype.startswith(("int", "uint"))
        inputs.append(random.integers(0, 5, shape) if whole else random.random(shape).astype("float32"))
    return inputs[0] if len(inputs) == 1 else inputs


def difference(first: Any, second: Any) -> float:
    """Return the largest absolute difference of two models' outputs."""
    import keras
    import numpy as np

    pairs = zip(first, second, strict=True) if isinstance(first, (list, tuple)) else [(first, second)]
    return max(float(np.abs(keras.ops.convert_to_numpy(a) - keras.ops.convert_to_numpy(b)).max()) for a, b in pairs)
