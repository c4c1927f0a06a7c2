"""Tensor functions of all elements along one axis or several, which go, by their `keras.ops` names.

Axes count the batch as axis 0, as Keras's do, and no function works along it.
"""

from typing import Any, ClassVar

from archspec.layers.base import WHOLE, Weightless, Window
from archspec.layers.recipe import Function
from archspec.layers.spatial import Axes, check_fractions, resolve_axes
from archspec.tensor import TensorType, as_float

#: The type of a sum of small whole numbers.
_WIDENED = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}


class Reduction(Weightless):
    """A function of all elements along some axes. `axis` counts the batch axis, as Keras's does, and may not be it."""

    category = "reshape"
    #: Whether whole numbers become floats.
    real: ClassVar[bool] = False

    axis: Axes
    keepdims: bool = False

    def output(self, x: TensorType) -> TensorType:
        reduced = resolve_axes(self.axis, x)
        kept = [1 if at in reduced else dim for at, dim in enumerate(x.shape) if self.keepdims or at not in reduced]
        return (as_float(x) if self.real else x).with_shape(kept)

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Mean(Reduction):
    """The mean along one axis or several: `mean(axis=1)`, `mean(axis=(1, 2))`. Keras: `keras.ops.mean`."""

    kind = "mean"
    names = ("mean",)
    keras = Function("keras.ops.mean")
    real = True


class Std(Reduction):
    """The standard deviation along an axis: `std(axis=1)`. Keras: `keras.ops.std`."""

    kind = "std"
    names = ("std",)
    keras = Function("keras.ops.std")
    real = True


class Var(Reduction):
    """The variance along an axis: `var(axis=1)`. Keras: `keras.ops.var`."""

    kind = "var"
    names = ("var",)
    keras = Function("keras.ops.var")
    real = True


class LogSumExp(Reduction):
    """The logarithm of the sum of the exponentials along an axis: `logsumexp(axis=1)`. Keras: `keras.ops.logsumexp`."""

    kind = "logsumexp"
    names = ("logsumexp",)
    keras = Function("keras.ops.logsumexp")

    def output(self, x: TensorType) -> TensorType:
        check_fractions(self, x)
        return super().output(x)


class Max(Reduction):
    """The largest element along an axis: `max(axis=1)`. Keras: `keras.ops.max`."""

    kind = "max"
    names = ("max",)
    keras = Function("keras.ops.max")


class Min(Reduction):
    """The smallest element along an axis: `min(axis=1)`. Keras: `keras.ops.min`."""

    kind = "min"
    names = ("min",)
    keras = Function("keras.ops.min")


class Total(Reduction):
    """A reduction whose result may be too large for small whole numbers: Keras widens them."""

    def output(self, x: TensorType) -> TensorType:
        made = super().output(x)
        return made.with_dtype(_WIDENED.get(x.dtype, x.dtype))


class Sum(Total):
    """The sum along an axis: `sum(axis=1)`. Keras: `keras.ops.sum`."""

    kind = "sum"
    names = ("sum",)
    keras = Function("keras.ops.sum")


class Prod(Total):
    """The product along an axis: `prod(axis=1)`. Keras: `keras.ops.prod`."""

    kind = "prod"
    names = ("prod",)
    keras = Function("keras.ops.prod")


class Position(Reduction):
    """The position of an element along one axis."""

    axis: int

    def output(self, x: TensorType) -> TensorType:
        return super().output(x).with_dtype("int32")


class Argmax(Position):
    """The position of the largest element along an axis: `argmax(axis=-1)`. Keras: `keras.ops.argmax`."""

    kind = "argmax"
    names = ("argmax",)
    keras = Function("keras.ops.argmax")


class Argmin(Position):
    """The position of the smallest element along an axis: `argmin(axis=-1)`. Keras: `keras.ops.argmin`."""

    kind = "argmin"
    names = ("argmin",)
    keras = Function("keras.ops.argmin")
