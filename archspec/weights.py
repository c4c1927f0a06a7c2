"""Weights from one Keras model of a spec to another, whichever form each has: they go by their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

#: The most faults that a message names.
_SHOWN = 10


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Give one model of a spec the weights of another: built directly, or by generated code of any style.

    Raises ValueError, and changes nothing, where a path is in one of them only, or has another shape there.
    """
    given, wanted = weights_by_path(source), weights_by_path(target)
    faults = [f"`{path}` is in the target only" for path in wanted if path not in given]
    faults += [f"`{path}` is in the source only" for path in given if path not in wanted]
    for path in given.keys() & wanted.keys():
        shapes = tuple(given[path].shape), tuple(wanted[path].shape)
        if shapes[0] != shapes[1]:
            faults.append(f"`{path}` is {shapes[0]} in the source and {shapes[1]} in the target")
    if faults:
        more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        raise ValueError("\n  ".join(["these models do not have the same weights:", *sorted(faults)[:_SHOWN], *more]))
    for path, weight in wanted.items():
        # NumPy makes a copy: on JAX two models that share an array cannot both be trained.
        weight.assign(given[path].numpy())


def weights_by_path(model: keras.Model) -> dict[str, Any]:
    """Return the weights of a model by their paths in the spec: `bottleneck1_0/conv2/kernel`.

    Raises ValueError where two have one path.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"this takes a Keras model, not {type(model).__name__}")
    # `Sequential` puts its own name before each path, and what is flat has `-` for `/`.
    prefix = f"{model.name}/" if isinstance(model, keras.Sequential) else ""
    found: dict[str, Any] = {}
    for weight in model.weights:
        path = weight.path.removeprefix(prefix).replace("-", "/")
        if path in found:
            raise ValueError(f"two weights of `{model.name}` are at `{path}`")
        found[path] = weight
    return found
