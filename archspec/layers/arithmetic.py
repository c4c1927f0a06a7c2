"""Tensor functions of each element by itself, by their `keras.ops` names."""

from typing import Literal

from pydantic import PositiveInt

from archspec.layers.base import Elementwise, RuleError, Window
from archspec.layers.recipe import Function
from archspec.layers.spatial import check_fractions
from archspec.tensor import TensorType, as_float, as_number


class Pointwise(Elementwise):
    """A function of each element by itself."""

    category = "reshape"

    def output(self, x: TensorType) -> TensorType:
        return x


class Real(Pointwise):
    """A function of real numbers: whole ones become floats."""

    def output(self, x: TensorType) -> TensorType:
        return as_float(x)


class Fractional(Pointwise):
    """A function that the backends know of fractions only."""

    def output(self, x: TensorType) -> TensorType:
        check_fractions(self, x)
        return x


class Number(Pointwise):
    """A function that takes truth values for the numbers 0 and 1."""

    def output(self, x: TensorType) -> TensorType:
        return as_number(x)


class Abs(Pointwise):
    """The absolute value of each element: `subtract(a, b) -> abs`. Keras: `keras.ops.abs`."""

    kind = "abs"
    names = ("abs",)
    keras = Function("keras.ops.abs")


class Sign(Pointwise):
    """-1, 0 or 1 for each element: `sign`. Keras: `keras.ops.sign`."""

    kind = "sign"
    names = ("sign",)
    keras = Function("keras.ops.sign")


class Exp(Real):
    """`e` to the power of each element: `exp`. Keras: `keras.ops.exp`."""

    kind = "exp"
    names = ("exp",)
    keras = Function("keras.ops.exp")


class Expm1(Real):
    """`e` to the power of each element, less 1: `expm1`. Keras: `keras.ops.expm1`."""

    kind = "expm1"
    names = ("expm1",)
    keras = Function("keras.ops.expm1")


class Log(Real):
    """The natural logarithm of each element: `log`. Keras: `keras.ops.log`."""

    kind = "log"
    names = ("log",)
    keras = Function("keras.ops.log")


class Log1p(Real):
    """The natural logarithm of each element plus 1: `log1p`. Keras: `keras.ops.log1p`."""

    kind = "log1p"
    names = ("log1p",)
    keras = Function("keras.ops.log1p")


class Negative(Pointwise):
    """Each element with the other sign: `negative`. Keras: `keras.ops.negative`."""

    kind = "negative"
    names = ("negative",)
    keras = Function("keras.ops.negative")


class Reciprocal(Fractional):
    """1 over each element: `reciprocal`. Keras: `keras.ops.reciprocal`."""

    kind = "reciprocal"
    names = ("reciprocal",)
    keras = Function("keras.ops.reciprocal")


class Sqrt(Real):
    """The square root of each element: `sqrt`. Keras: `keras.ops.sqrt`."""

    kind = "sqrt"
    names = ("sqrt",)
    keras = Function("keras.ops.sqrt")


class Rsqrt(Fractional):
    """1 over the square root of each element: `rsqrt`. Keras: `keras.ops.rsqrt`."""

    kind = "rsqrt"
    names = ("rsqrt",)
    keras = Function("keras.ops.rsqrt")


class Square(Number):
    """The square of each element: `subtract(a, b) -> square`. Keras: `keras.ops.square`."""

    kind = "square"
    names = ("square",)
    keras = Function("keras.ops.square")


class Sin(Real):
    """The sine of each element: `sin`. Keras: `keras.ops.sin`."""

    kind = "sin"
    names = ("sin",)
    keras = Function("keras.ops.sin")


class Cos(Real):
    """The cosine of each element: `cos`. Keras: `keras.ops.cos`."""

    kind = "cos"
    names = ("cos",)
    keras = Function("keras.ops.cos")


class Erf(Fractional):
    """The error function of each element: `erf`. Keras: `keras.ops.erf`."""

    kind = "erf"
    names = ("erf",)
    keras = Function("keras.ops.erf")


class Clip(Number):
    """Each element held between two bounds: `clip(0.0, 6.0)`. Keras: `keras.ops.clip`."""

    kind = "clip"
    names = ("clip",)
    keras = Function("keras.ops.clip", ("x_min", "x_max"))
    x_min: float
    x_max: float


class Power(Real):
    """Each element to a power: `power(3.0)`. Keras: `keras.ops.power`."""

    kind = "power"
    names = ("power",)
    keras = Function("keras.ops.power", ("exponent",), rename={"exponent": "x2"})
    exponent: float


class Cast(Pointwise):
    """Each element as another type: `cast("float32")`. Keras: `keras.ops.cast`."""

    kind = "cast"
    names = ("cast",)
    keras = Function("keras.ops.cast", ("dtype",))
    dtype: Literal[
        "float16", "bfloat16", "float32", "float64", "bool",
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    ]  # fmt: skip

    def output(self, x: TensorType) -> TensorType:
        return x.with_dtype(self.dtype)


class OneHot(Pointwise):
    """Each whole number as a vector with a 1 at its place: `one_hot(10)`. Keras: `keras.ops.one_hot`."""

    kind = "one_hot"
    names = ("one_hot",)
    keras = Function("keras.ops.one_hot", ("num_classes",))
    num_classes: PositiveInt

    def output(self, x: TensorType) -> TensorType:
        if not x.dtype.startswith(("int", "uint")):
            raise RuleError(
                f"`one_hot` takes whole numbers, but its input is {x.dtype}",
                code="wrong-dtype",
                help='turn it into them with `cast("int32")`, or declare the input so: `input tokens: 128 : int32`',
                input=0,
            )
        return TensorType((*x.shape, self.num_classes))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return (Window(1, 1),) * x.rank
