"""Tensor functions that models need beside layers, by their `keras.ops` names. They own no weights and no state."""

from __future__ import annotations

from typing import Any

from archspec.layers.base import WHOLE, Elementwise, RuleError, Weightless, Window
from archspec.layers.recipe import Function
from archspec.tensor import TensorType


class Pointwise(Elementwise):
    """A function of each element by itself."""

    category = "reshape"


class Abs(Pointwise):
    """The absolute value of each element: `subtract(a, b) -> abs`. Keras: `keras.ops.abs`."""

    kind = "abs"
    names = ("abs",)
    keras = Function("keras.ops.abs")


class Exp(Pointwise):
    """`e` to the power of each element: `exp`. Keras: `keras.ops.exp`."""

    kind = "exp"
    names = ("exp",)
    keras = Function("keras.ops.exp")


class Log(Pointwise):
    """The natural logarithm of each element: `log`. Keras: `keras.ops.log`."""

    kind = "log"
    names = ("log",)
    keras = Function("keras.ops.log")


class Negative(Pointwise):
    """Each element with the other sign: `negative`. Keras: `keras.ops.negative`."""

    kind = "negative"
    names = ("negative",)
    keras = Function("keras.ops.negative")


class Sqrt(Pointwise):
    """The square root of each element: `sqrt`. Keras: `keras.ops.sqrt`."""

    kind = "sqrt"
    names = ("sqrt",)
    keras = Function("keras.ops.sqrt")


class Square(Pointwise):
    """The square of each element: `subtract(a, b) -> square`. Keras: `keras.ops.square`."""

    kind = "square"
    names = ("square",)
    keras = Function("keras.ops.square")


class Clip(Pointwise):
    """Each element held between two bounds: `clip(0.0, 6.0)`. Keras: `keras.ops.clip`."""

    kind = "clip"
    names = ("clip",)
    keras = Function("keras.ops.clip", ("x_min", "x_max"))
    x_min: float
    x_max: float


class Reduction(Weightless):
    """A function of all elements along one axis. `axis` counts the batch axis, as Keras's does, and may not be it."""

    category = "reshape"
    axis: int
    keepdims: bool = False

    def output(self, x: TensorType) -> TensorType:
        axis = self.axis if self.axis < 0 else self.axis - 1
        if self.axis == 0 or not -x.rank <= axis < x.rank:
            raise RuleError(
                f"axis {self.axis} is none of the {x.rank} axes of {x}",
                code="no-such-axis",
                argument="axis",
                help=f"the axes are 1 to {x.rank}, or -{x.rank} to -1" if x.rank else "",
            )
        shape = list(x.shape)
        shape[axis : axis + 1 or None] = [1] if self.keepdims else []
        return x.with_shape(shape)

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Mean(Reduction):
    """The mean along an axis: `mean(axis=1)`. Keras: `keras.ops.mean`."""

    kind = "mean"
    names = ("mean",)
    keras = Function("keras.ops.mean")


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


class Sum(Reduction):
    """The sum along an axis: `sum(axis=1)`. Keras: `keras.ops.sum`."""

    kind = "sum"
    names = ("sum",)
    keras = Function("keras.ops.sum")
