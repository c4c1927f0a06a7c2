"""Tensor functions of several tensors, by their `keras.ops` names."""

from typing import Any

from archspec.layers.base import WHOLE, RuleError, Takes, Weightless, Window, pointwise
from archspec.layers.recipe import Function
from archspec.layers.spatial import resolve_axis, times
from archspec.tensor import Dim, Shape, TensorType, agree, as_float

PAIR = Takes(least=2, most=2, how="each", names=("x1", "x2"))


class Stack(Weightless):
    """Tensors of one shape side by side along a new axis: `stack(a, b, axis=1)`. Keras: `keras.ops.stack`."""

    kind = "stack"
    names = ("stack",)
    category = "merge"
    takes = Takes(least=2, most=None, how="list")
    keras = Function("keras.ops.stack", always=("axis",))

    axis: int = -1

    def output(self, *inputs: TensorType) -> TensorType:
        first = inputs[0]
        for number, x in enumerate(inputs[1:], 1):
            if x.rank != first.rank or not all(map(agree, x.shape, first.shape)):
                raise RuleError(
                    f"`stack` needs tensors of one shape, but they are {first} and {x}",
                    code="shape-mismatch",
                    input=number,
                )
        position = resolve_axis(self.axis, TensorType((*first.shape, 1)))
        return first.with_shape((*first.shape[:position], len(inputs), *first.shape[position:]))

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Matmul(Weightless):
    """The matrix product over the last two axes: `matmul(scores, values)`. Keras: `keras.ops.matmul`."""

    kind = "matmul"
    names = ("matmul",)
    category = "merge"
    takes = PAIR
    keras = Function("keras.ops.matmul")

    def output(self, x1: TensorType, x2: TensorType) -> TensorType:
        if x1.rank != x2.rank or x1.rank < 2:
            raise RuleError(
                f"`matmul` needs two tensors of equally many axes, at least 2, but they are {x1} and {x2}",
                code="wrong-rank",
                help="bring them there with `expand_dims`",
                input=1,
            )
        outer = _stretched(x1.shape[:-2], x2.shape[:-2])
        if outer is None or not agree(x1.shape[-1], x2.shape[-2]):
            turned = outer is not None and agree(x1.shape[-1], x2.shape[-1])
            order = (0, *range(1, x2.rank - 1), x2.rank, x2.rank - 1)
            raise RuleError(
                f"`matmul` needs the last axis of {x1} to be as long as the last but one of {x2}",
                code="shape-mismatch",
                help=f"turn the second with `transpose({', '.join(map(str, order))})`" if turned else "",
                input=1,
            )
        return x1.with_shape((*outer, x1.shape[-2], x2.shape[-1]))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        length = inputs[0].shape[-1]
        return times(outputs[0].elements, length if isinstance(length, int) else None)

    def window(self, x1: TensorType, x2: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class Divide(Weightless):
    """The first over the second, element by element: `divide(a, b)`. Keras: `keras.ops.divide`."""

    kind = "divide"
    names = ("divide",)
    category = "merge"
    takes = PAIR
    keras = Function("keras.ops.divide")

    def output(self, x1: TensorType, x2: TensorType) -> TensorType:
        shape = _stretched(x1.shape, x2.shape) if x1.rank == x2.rank else None
        if shape is None:
            raise RuleError(
                f"`divide` needs tensors of one shape, or of length 1 where they differ, but they are {x1} and {x2}",
                code="shape-mismatch",
                input=1,
            )
        return as_float(x1).with_shape(shape)

    def window(self, *inputs: TensorType) -> tuple[Window, ...] | None:
        return pointwise(*inputs)


def _stretched(a: Shape, b: Shape) -> Shape | None:
    """Return the shape of two of equal rank, axes of length 1 stretched, or None where they do not fit."""
    if len(a) != len(b):
        return None
    shape: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x == 1 or y == 1:
            shape.append(y if x == 1 else x)
        elif agree(x, y):
            shape.append(y if x is None else x)
        else:
            return None
    return tuple(shape)
