"""Functions that generated modules bring along where they call them. Their source is pasted as it stands here."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from archspec.elaborate.evaluate import make_divisible

if TYPE_CHECKING:
    import keras


def as_tuples(value: Any) -> Any:
    """Return a value with tuples for the lists that a saved model has instead."""
    if isinstance(value, dict):
        return {key: as_tuples(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(map(as_tuples, value))
    return value


def clone_initializer(initializer: Any) -> Any:
    """Return an initializer for one more weight: weights that share one start equal."""
    if isinstance(initializer, keras.initializers.Initializer):
        return initializer.clone()
    return initializer


def quotient(a: float, b: float) -> float:
    """Return `a / b`, a whole number where whole numbers divide without a rest."""
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return a / b


_HELPERS = {function.__name__: function for function in (as_tuples, clone_initializer, make_divisible, quotient)}


def helper_source(name: str) -> str:
    """Return the source of a helper function."""
    return inspect.getsource(_HELPERS[name]).rstrip()
