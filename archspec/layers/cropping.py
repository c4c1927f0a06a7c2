"""Layers that take positions away at the borders."""

from typing import Any

from archspec.layers.base import RuleError
from archspec.layers.padding import Side, Sided, Sides
from archspec.layers.recipe import Construct
from archspec.tensor import TensorType, show_shape


class Cropping(Sided):
    cropping: tuple[Any, ...]

    def output(self, x: TensorType) -> TensorType:
        lengths = self.spatial(x)
        sides = self._sides(self.cropping)
        left = [None if n is None else n - sum(side) for n, side in zip(lengths, sides, strict=True)]
        if any(isinstance(n, int) and n < 1 for n in left):
            raise RuleError(
                f"nothing is left of {show_shape(lengths)}: the output would be {show_shape(left)}", argument="cropping"
            )
        return TensorType((*left, x.shape[-1]))


class Cropping1D(Cropping):
    """Cuts off the ends of a sequence.

    ```arch
    input 128x16
    cropping1d((0, 8))
    ```
    ```python
    keras.layers.Cropping1D((0, 8))
    ```
    """

    kind = "Cropping1D"
    names = ("cropping1d",)
    family = ("crop", "cropping")
    rank = 1
    keras = Construct("keras.layers.Cropping1D", positional=("cropping",))

    cropping: Side = (1, 1)


class Cropping2D(Cropping):
    """Cuts off the borders of an image.

    ```arch
    input 64x64x16
    crop(4)
    ```
    ```python
    keras.layers.Cropping2D(4)
    ```
    """

    kind = "Cropping2D"
    names = ("cropping2d",)
    family = ("crop", "cropping")
    rank = 2
    keras = Construct("keras.layers.Cropping2D", positional=("cropping",))

    cropping: Sides = ((0, 0), (0, 0))


class Cropping3D(Cropping):
    """Cuts off the borders of a volume.

    ```arch
    input 16x32x32x3
    crop((0, 4, 4))
    ```
    ```python
    keras.layers.Cropping3D((0, 4, 4))
    ```
    """

    kind = "Cropping3D"
    names = ("cropping3d",)
    family = ("crop", "cropping")
    rank = 3
    keras = Construct("keras.layers.Cropping3D", positional=("cropping",))

    cropping: Sides = ((1, 1), (1, 1), (1, 1))
