"""Tensor functions along an axis that stays, or is cut, by their `keras.ops` names.

Axes count the batch as axis 0, as Keras's do, and no function works along it. Where Keras's default would, ours is the
last axis.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, pointwise
from archspec.layers.recipe import Function
from archspec.layers.spatial import Axes, resolve_axes, resolve_axis
from archspec.tensor import Dim, TensorType, as_number


class Along(Weightless):
    """A function along one axis that keeps the shape."""

    category = "reshape"

    axis: int = -1

    def output(self, x: TensorType) -> TensorType:
        resolve_axis(self.axis, x)
        return x

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if resolve_axis(self.axis, x) == x.rank - 1 else WHOLE


class Cumulative(Along):
    """A function of each element and those before it; truth values count as 0 and 1."""

    def output(self, x: TensorType) -> TensorType:
        return as_number(super().output(x))


class Cumsum(Cumulative):
    """The sum of each element and those before it along an axis: `cumsum(axis=1)`. Keras: `keras.ops.cumsum`."""

    kind = "cumsum"
    names = ("cumsum",)
    keras = Function("keras.ops.cumsum", always=("axis",))


class Cumprod(Cumulative):
    """The product of each element and those before it along an axis: `cumprod(axis=1)`. Keras: `keras.ops.cumprod`."""

    kind = "cumprod"
    names = ("cumprod",)
    keras = Function("keras.ops.cumprod", always=("axis",))


class Flip(Weightless):
    """The elements along one axis or several in the opposite order: `flip(axis=1)`. Keras: `keras.ops.flip`."""

    kind = "flip"
    names = ("flip",)
    category = "reshape"
    keras = Function("keras.ops.flip", always=("axis",))

    axis: Axes = -1

    def output(self, x: TensorType) -> TensorType:
        resolve_axes(self.axis, x)
        return x

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if resolve_axes(self.axis, x) == (x.rank - 1,) else WHOLE


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
            resolve_axis(axis, x)
        if len(shifts) not in (1, len(axes)):
            raise RuleError(f"{len(shifts)} shifts for {len(axes)} axes", argument="shift")
        return x

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class Take(Weightless):
    """What stands at one place along an axis, which goes: `take(0, axis=1)`, the first step.

    Keras: `keras.ops.take`.
    """

    kind = "take"
    names = ("take",)
    category = "reshape"
    keras = Function("keras.ops.take", ("indices",), always=("axis",))

    indices: int
    axis: int = -1

    def output(self, x: TensorType) -> TensorType:
        position = resolve_axis(self.axis, x)
        length = x.shape[position]
        if isinstance(length, int) and not -length <= self.indices < length:
            raise RuleError(f"{x} has no position {self.indices} along axis {self.axis}", argument="indices")
        return x.with_shape((*x.shape[:position], *x.shape[position + 1 :]))

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
        position = resolve_axis(self.axis, x)
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
        return pointwise(x) if resolve_axis(self.axis, x) == x.rank - 1 else WHOLE


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
        position = resolve_axis(-1, x, "k")
        length = x.shape[position]
        if isinstance(length, int) and self.k > length:
            raise RuleError(f"the {self.k} largest of {length} elements", argument="k")
        values = x.with_last(self.k)
        return values, values.with_dtype("int32")

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)
