"""Tensor functions that give the same elements another shape, by their `keras.ops` names.

Axes count the batch as axis 0, as Keras's do, and no function works along it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, pointwise
from archspec.layers.recipe import Function
from archspec.layers.spatial import resolve_axis
from archspec.tensor import Dim, TensorType, show_dim


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
        position = resolve_axis(self.axis, grown)
        return x.with_shape((*x.shape[:position], 1, *x.shape[position:]))


class Squeeze(Reordering):
    """Drops an axis of length 1: `squeeze(1)`. Keras: `keras.ops.squeeze`."""

    kind = "squeeze"
    names = ("squeeze",)
    keras = Function("keras.ops.squeeze", ("axis",))

    axis: int

    def output(self, x: TensorType) -> TensorType:
        position = resolve_axis(self.axis, x)
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
        position = resolve_axis(self.axis, x)
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
        if value is not None and info.data.get("mode", "constant") != "constant":
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
