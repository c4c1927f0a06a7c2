"""What generated modules bring along where they need it. Its source is pasted as it stands here."""

from __future__ import annotations

import argparse
import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archspec.elaborate.evaluate import make_divisible
from archspec.layers.support import imports_apart

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


def output_shape(layer: Any, *shapes: Any) -> Any:
    """Return the shape of a layer's output; a layer that is not built yet is built."""
    if not layer.built:
        layer.build(*shapes)
    return layer.compute_output_shape(*shapes)


def quotient(a: float, b: float) -> float:
    """Return `a / b`, a whole number where whole numbers divide without a rest."""
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return a / b


def python_value(text: str) -> Any:
    """Return the value of an option that is written as in Python."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError) as error:
        message = f"expected a Python value such as 2, 'a' or (2, 'a'), not {text!r}"
        raise argparse.ArgumentTypeError(message) from error


def real_numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of an option such as `0.5,1`."""
    items = text.strip("()[] ").removesuffix(",")
    return tuple(map(float, items.split(","))) if items else ()


def whole_numbers(text: str) -> tuple[int, ...]:
    """Return the whole numbers of an option such as `3,4`."""
    items = text.strip("()[] ").removesuffix(",")
    return tuple(map(int, items.split(","))) if items else ()


_HELPERS = {
    function.__name__: function
    for function in (
        as_tuples,
        clone_initializer,
        make_divisible,
        output_shape,
        python_value,
        quotient,
        real_numbers,
        whole_numbers,
    )
}


#: The classes that blocks, and models made of blocks, derive from.
BLOCK_LAYER, BLOCK_MODEL = "BlockLayer", "BlockModel"


def helper_source(name: str) -> str:
    """Return the source of a helper function."""
    return inspect.getsource(_HELPERS[name]).rstrip()


def block_source() -> tuple[set[str], str]:
    """Return the import lines of the classes that blocks need, and these."""
    return imports_apart(Path(__file__).parent / "support/block_model.py")
