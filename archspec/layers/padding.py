"""Layers that add zeros at the borders, and what they share with those that take positions away there."""

from typing import Any

from pydantic import NonNegativeInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import Weightless, Window, pointwise
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Spatial
from archspec.tensor import TensorType

#: How much to add or take before and behind an axis.
Side = tuple[NonNegativeInt, NonNegativeInt]
Sides = tuple[Side, ...]


class Sided(Weightless, Spatial):
    """A layer with a number before and one behind each spatial axis, or one number for both, or one for all."""

    category = "reshape"

    @field_validator("padding", "cropping", mode="before", check_fields=False)
    @classmethod
    def _both_sides(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = (value,) * max(cls.rank, 2)
        if not isinstance(value, list | tuple):
            return value
        # Keras's 1-D layers take the two sides of their one axis as they are.
        sides = (value,) if cls.rank == 1 else tuple(map(_pair, value))
        if len(sides) != cls.rank or any(isinstance(side, list | tuple) and len(side) != 2 for side in sides):
            raise PydanticCustomError("wrong_count", "must be {wanted}", {"wanted": _WANTED[cls.rank]})
        return _pair(value) if cls.rank == 1 else sides

    def _sides(self, amounts: tuple[Any, ...]) -> Sides:
        return (amounts,) if self.rank == 1 else amounts

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)


class ZeroPadding(Sided):
    padding: tuple[Any, ...]

    def output(self, x: TensorType) -> TensorType:
        sides = self._sides(self.padding)
        padded = (None if n is None else n + sum(side) for n, side in zip(self.spatial(x), sides, strict=True))
        return TensorType((*padded, x.shape[-1]))


class ZeroPadding1D(ZeroPadding):
    """Zeros before and behind a sequence.

    ```arch
    input 128x16
    zero_padding1d((2, 0))
    ```
    ```python
    keras.layers.ZeroPadding1D((2, 0))
    ```
    """

    kind = "ZeroPadding1D"
    names = ("zero_padding1d",)
    family = ("zero_padding", "pad")
    rank = 1
    keras = Construct("keras.layers.ZeroPadding1D", positional=("padding",))

    padding: Side = (1, 1)


class ZeroPadding2D(ZeroPadding):
    """Zeros around an image: `pad(3)`, `pad((1, 2))` (height, width), or `pad(((0, 1), (0, 1)))` for each side.

    ```arch
    input 224x224x3
    pad(3)
    ```
    ```python
    keras.layers.ZeroPadding2D(3)
    ```
    """

    kind = "ZeroPadding2D"
    names = ("zero_padding2d",)
    family = ("zero_padding", "pad")
    rank = 2
    keras = Construct("keras.layers.ZeroPadding2D", positional=("padding",))

    padding: Sides = ((1, 1), (1, 1))


class ZeroPadding3D(ZeroPadding):
    """Zeros around a volume.

    ```arch
    input 16x32x32x3
    pad(1)
    ```
    ```python
    keras.layers.ZeroPadding3D(1)
    ```
    """

    kind = "ZeroPadding3D"
    names = ("zero_padding3d",)
    family = ("zero_padding", "pad")
    rank = 3
    keras = Construct("keras.layers.ZeroPadding3D", positional=("padding",))

    padding: Sides = ((1, 1), (1, 1), (1, 1))


_WANTED = {
    1: "one number, or two: before and behind",
    2: "one number, two (height, width), or a pair for each of them",
    3: "one number, three (one for each axis), or a pair for each axis",
}


def _pair(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value
