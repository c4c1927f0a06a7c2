"""Tensor functions that models need beside layers, by their `keras.ops` names. They own no weights and no state.

Axes count the batch as axis 0, as Keras's do, and no function works along it. Where Keras's default would, ours is the
last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, Elementwise, RuleError, Takes, Weightless, Window, pointwise
from archspec.layers.recipe import Function
from archspec.layers.spatial import times
from archspec.tensor import FLOAT, Dim, Shape, TensorType, agree, show_dim

#: Types that hold whole numbers or truth values: functions of real numbers turn them into floats.
_WHOLE_NUMBERS = ("int", "uint", "bool")
PAIR = Takes(least=2, most=2, how="each", names=("x1", "x2"))


def _real(x: TensorType) -> TensorType:
    return x.with_dtype(FLOAT) if x.dtype.startswith(_WHOLE_NUMBERS) else x


def _position(axis: int, x: TensorType, argument: str = "axis") -> int:
    """Return the position in `x.shape` of an axis that counts the batch. Raises RuleError."""
    position = axis + x.rank if axis < 0 else axis - 1
    if axis == 0 or not 0 <= position < x.rank:
        raise RuleError(
            f"axis {axis} is none of the {x.rank} axes of {x}",
            code="no-such-axis",
            argument=argument,
            help=f"the axes are 1 to {x.rank}, or -{x.rank} to -1" if x.rank else "",
        )
    return position


# --- each element by itself -------------------------------------------------------------------------------------------


class Pointwise(Elementwise):
    """A function of each element by itself."""

    category = "reshape"


class Real(Pointwise):
    """A function of real numbers: whole ones become floats."""

    def output(self, x: TensorType) -> TensorType:
        return _real(x)


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


class Reciprocal(Real):
    """1 over each element: `reciprocal`. Keras: `keras.ops.reciprocal`."""

    kind = "reciprocal"
    names = ("reciprocal",)
    keras = Function("keras.ops.reciprocal")


class Sqrt(Real):
    """The square root of each element: `sqrt`. Keras: `keras.ops.sqrt`."""

    kind = "sqrt"
    names = ("sqrt",)
    keras = Function("keras.ops.sqrt")


class Rsqrt(Real):
    """1 over the square root of each element: `rsqrt`. Keras: `keras.ops.rsqrt`."""

    kind = "rsqrt"
    names = ("rsqrt",)
    keras = Function("keras.ops.rsqrt")


class Square(Pointwise):
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


class Erf(Real):
    """The error function of each element: `erf`. Keras: `keras.ops.erf`."""

    kind = "erf"
    names = ("erf",)
    keras = Function("keras.ops.erf")


class Clip(Pointwise):
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


# --- along an axis ----------------------------------------------------------------------------------------------------


class Reduction(Weightless):
    """A function of all elements along one axis. `axis` counts the batch axis, as Keras's does, and may not be it."""

    category = "reshape"
    #: Whether whole numbers become floats.
    real: ClassVar[bool] = False

    axis: int
    keepdims: bool = False

    def output(self, x: TensorType) -> TensorType:
        position = _position(self.axis, x)
        shape = list(x.shape)
        shape[position : position + 1] = [1] if self.keepdims else []
        return (_real(x) if self.real else x).with_shape(shape)

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Mean(Reduction):
    """The mean along an axis: `mean(axis=1)`. Keras: `keras.ops.mean`."""

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
    real = True


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


class Prod(Reduction):
    """The product along an axis: `prod(axis=1)`. Keras: `keras.ops.prod`."""

    kind = "prod"
    names = ("prod",)
    keras = Function("keras.ops.prod")


class Argmax(Reduction):
    """The position of the largest element along an axis: `argmax(axis=-1)`. Keras: `keras.ops.argmax`."""

    kind = "argmax"
    names = ("argmax",)
    keras = Function("keras.ops.argmax")

    def output(self, x: TensorType) -> TensorType:
        return super().output(x).with_dtype("int32")


class Argmin(Reduction):
    """The position of the smallest element along an axis: `argmin(axis=-1)`. Keras: `keras.ops.argmin`."""

    kind = "argmin"
    names = ("argmin",)
    keras = Function("keras.ops.argmin")

    def output(self, x: TensorType) -> TensorType:
        return super().output(x).with_dtype("int32")


class Along(Weightless):
    """A function along one axis that keeps the shape."""

    category = "reshape"

    axis: int = -1

    def output(self, x: TensorType) -> TensorType:
        _position(self.axis, x)
        return x

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if _position(self.axis, x) == x.rank - 1 else WHOLE


class Cumsum(Along):
    """The sum of each element and those before it along an axis: `cumsum(axis=1)`. Keras: `keras.ops.cumsum`."""

    kind = "cumsum"
    names = ("cumsum",)
    keras = Function("keras.ops.cumsum", always=("axis",))


class Cumprod(Along):
    """The product of each element and those before it along an axis: `cumprod(axis=1)`. Keras: `keras.ops.cumprod`."""

    kind = "cumprod"
    names = ("cumprod",)
    keras = Function("keras.ops.cumprod", always=("axis",))


class Flip(Along):
    """The elements along an axis in the opposite order: `flip(axis=1)`. Keras: `keras.ops.flip`."""

    kind = "flip"
    names = ("flip",)
    keras = Function("keras.ops.flip", always=("axis",))


class Sort(Along):
    """The elements along an axis, the smallest first: `sort`. Keras: `keras.ops.sort`."""

    kind = "sort"
    names = ("sort",)
    keras = Function("keras.ops.sort")


class Roll(Weightless):
    """Moves the elements along one axis or several; what leaves at one end enters at the other: `roll(-3, axis=1)`.

    Keras: `keras.ops.roll`.
    """

    kind = "roll"
    names = ("roll",)
    category = "reshape"
    keras = Function("keras.ops.roll", ("shift",), always=("axis",))

    shift: int | tuple[int, ...]
    axis: int | tuple[int, ...] = -1

    def output(self, x: TensorType) -> TensorType:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        shifts = self.shift if isinstance(self.shift, tuple) else (self.shift,)
        for axis in axes:
            _position(axis, x)
        if len(shifts) not in (1, len(axes)):
            raise RuleError(f"{len(shifts)} shifts for {len(axes)} axes", argument="shift")
        return x

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class Split(Weightless):
    """Cuts an axis into equal parts, or at the positions given: `split(2) as (a, b)`. Keras: `keras.ops.split`."""

    kind = "split"
    names = ("split",)
    category = "reshape"
    keras = Function("keras.ops.split", ("indices_or_sections",), always=("axis",))

    indices_or_sections: PositiveInt | Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    axis: int = -1

    @field_validator("indices_or_sections")
    @classmethod
    def _rising(cls, value: Any) -> Any:
        if isinstance(value, tuple) and list(value) != sorted(set(value)):
            raise PydanticCustomError("rising", "must name positions from the first to the last, each once")
        return value

    def output(self, x: TensorType) -> tuple[TensorType, ...]:
        position = _position(self.axis, x)
        return tuple(
            x.with_shape((*x.shape[:position], length, *x.shape[position + 1 :]))
            for length in self._lengths(x.shape[position])
        )

    def _lengths(self, length: Dim) -> Sequence[Dim]:
        if isinstance(self.indices_or_sections, int):
            parts = self.indices_or_sections
            if length is None:
                return (None,) * parts
            if isinstance(length, int) and length % parts:
                raise RuleError(
                    f"{parts} equal parts of an axis of length {length}: that does not divide it",
                    argument="indices_or_sections",
                    help=f"give the positions to cut at: `split(({length // parts + 1},))`" if parts == 2 else "",
                )
            return (length // parts,) * parts
        cuts = self.indices_or_sections
        if isinstance(length, int) and cuts[-1] >= length:
            raise RuleError(f"a cut at {cuts[-1]} of an axis of length {length}", argument="indices_or_sections")
        starts: tuple[int, ...] = (0, *cuts[:-1])
        ends = [cut - start for start, cut in zip(starts, cuts, strict=True)]
        return (*ends, None if length is None else length - cuts[-1])

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if _position(self.axis, x) == x.rank - 1 else WHOLE


class TopK(Weightless):
    """The k largest elements of the last axis and their positions: `top_k(5) as (values, places)`.

    Keras: `keras.ops.top_k`.
    """

    kind = "top_k"
    names = ("top_k",)
    category = "reshape"
    keras = Function("keras.ops.top_k", ("k",))

    k: PositiveInt
    sorted: bool = True

    def output(self, x: TensorType) -> tuple[TensorType, ...]:
        position = _position(-1, x, "k")
        length = x.shape[position]
        if isinstance(length, int) and self.k > length:
            raise RuleError(f"the {self.k} largest of {length} elements", argument="k")
        values = x.with_last(self.k)
        return values, values.with_dtype("int32")

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)


# --- other shapes of the same elements --------------------------------------------------------------------------------


class Reordering(Weightless):
    category = "reshape"

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE


class ExpandDims(Reordering):
    """A new axis of length 1, at the place it then has: `expand_dims(1)`. Keras: `keras.ops.expand_dims`."""

    kind = "expand_dims"
    names = ("expand_dims",)
    keras = Function("keras.ops.expand_dims", ("axis",))

    axis: int

    def output(self, x: TensorType) -> TensorType:
        grown = TensorType((*x.shape, 1), x.dtype)
        position = _position(self.axis, grown)
        return x.with_shape((*x.shape[:position], 1, *x.shape[position:]))


class Squeeze(Reordering):
    """Drops an axis of length 1: `squeeze(1)`. Keras: `keras.ops.squeeze`."""

    kind = "squeeze"
    names = ("squeeze",)
    keras = Function("keras.ops.squeeze", ("axis",))

    axis: int

    def output(self, x: TensorType) -> TensorType:
        position = _position(self.axis, x)
        if x.shape[position] != 1:
            raise RuleError(
                f"only an axis of length 1 can be dropped, but axis {self.axis} of {x} has "
                f"{show_dim(x.shape[position])}",
                argument="axis",
            )
        return x.with_shape((*x.shape[:position], *x.shape[position + 1 :]))


class Transpose(Reordering):
    """The axes in another order, the batch as axis 0 first: `transpose(0, 2, 1)`. Keras: `keras.ops.transpose`."""

    kind = "transpose"
    names = ("transpose",)
    keras = Function("keras.ops.transpose", ("axes",))

    axes: tuple[int, ...]

    @field_validator("axes")
    @classmethod
    def _batch_first(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(value) != list(range(len(value))) or value[:1] != (0,):
            raise PydanticCustomError("axes", "must name every axis once, the batch, 0, first")
        return value

    def output(self, x: TensorType) -> TensorType:
        if len(self.axes) != x.rank + 1:
            raise RuleError(
                f"`axes` orders {len(self.axes)} axes, but {x} and its batch have {x.rank + 1}",
                code="wrong-rank",
                argument="axes",
            )
        return x.with_shape(x.shape[axis - 1] for axis in self.axes[1:])


class Tile(Reordering):
    """Repeats the whole tensor along each axis, the batch once: `tile(1, 2, 1)`. Keras: `keras.ops.tile`."""

    kind = "tile"
    names = ("tile",)
    keras = Function("keras.ops.tile", ("repeats",))

    repeats: tuple[PositiveInt, ...]

    @field_validator("repeats")
    @classmethod
    def _batch_once(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value[:1] != (1,):
            raise PydanticCustomError("repeats", "must begin with 1: the batch is not repeated")
        return value

    def output(self, x: TensorType) -> TensorType:
        if len(self.repeats) != x.rank + 1:
            raise RuleError(
                f"`repeats` has {len(self.repeats)} numbers, but {x} and its batch have {x.rank + 1} axes",
                code="wrong-rank",
                argument="repeats",
            )
        return x.with_shape(
            None if d is None else d * times for d, times in zip(x.shape, self.repeats[1:], strict=True)
        )


class Repeat(Reordering):
    """Repeats each element along an axis: `repeat_elements(2, axis=1)`. Keras: `keras.ops.repeat`."""

    kind = "repeat"
    names = ("repeat_elements",)
    keras = Function("keras.ops.repeat", ("repeats",), always=("axis",))

    repeats: PositiveInt
    axis: int = -1

    def output(self, x: TensorType) -> TensorType:
        position = _position(self.axis, x)
        length = x.shape[position]
        longer = None if length is None else length * self.repeats
        return x.with_shape((*x.shape[:position], longer, *x.shape[position + 1 :]))


class Pad(Reordering):
    """Adds elements before and behind each axis, none to the batch: `pad_axes(((0, 0), (1, 1), (0, 0)))`.

    `pad` by itself is zero padding. Keras: `keras.ops.pad`.
    """

    kind = "pad"
    names = ("pad_axes",)
    keras = Function("keras.ops.pad", ("pad_width",))

    pad_width: tuple[tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], ...]
    mode: Literal["constant", "reflect", "symmetric"] = "constant"
    constant_values: float | None = None

    @field_validator("pad_width")
    @classmethod
    def _not_the_batch(cls, value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if value[:1] != ((0, 0),):
            raise PydanticCustomError("pad_width", "must begin with (0, 0): the batch is not padded")
        return value

    @field_validator("constant_values")
    @classmethod
    def _goes_with_constant(cls, value: float | None, info: Any) -> float | None:
        if value is not None and info.data.get("mode") != "constant":
            raise PydanticCustomError("constant_values", 'goes with the mode "constant"')
        return value

    def output(self, x: TensorType) -> TensorType:
        if len(self.pad_width) != x.rank + 1:
            raise RuleError(
                f"`pad_width` has {len(self.pad_width)} pairs, but {x} and its batch have {x.rank + 1} axes",
                code="wrong-rank",
                argument="pad_width",
            )
        slack = {"constant": None, "reflect": -1, "symmetric": 0}[self.mode]
        shape: list[Dim] = []
        for length, pair in zip(x.shape, self.pad_width[1:], strict=True):
            if slack is not None and isinstance(length, int) and max(pair) > length + slack:
                raise RuleError(f"{max(pair)} more of an axis of length {length}", argument="pad_width")
            shape.append(None if length is None else length + sum(pair))
        return x.with_shape(shape)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if self.mode == "constant" and self.pad_width[-1] == (0, 0) else WHOLE


# --- several tensors --------------------------------------------------------------------------------------------------


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
        position = _position(self.axis, TensorType((*first.shape, 1)))
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
        return _real(x1).with_shape(shape)

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
