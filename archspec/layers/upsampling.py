"""Upsampling: each axis a number of times longer."""

from fractions import Fraction
from typing import Annotated, Any

from pydantic import PositiveInt, field_validator

from archspec.layers.base import Weightless, Window
from archspec.layers.configs import Interpolation
from archspec.layers.recipe import Construct
from archspec.layers.spatial import PerAxis, Spatial, per_axis
from archspec.layers.spelling import Pattern
from archspec.tensor import TensorType

#: How many times longer each axis becomes.
Factors = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("#x#"), Pattern("#x#x#")]


class UpSampling(Weightless, Spatial):
    category = "reshape"

    size: Any

    @field_validator("size", mode="before")
    @classmethod
    def _per_spatial_axis(cls, value: Any) -> Any:
        # Keras's 1-D layer takes one number and no tuple.
        return value if cls.rank == 1 else per_axis(value, cls.rank)

    def factors(self) -> tuple[int, ...]:
        """Return how many times longer each spatial axis becomes."""
        return (self.size,) if self.rank == 1 else self.size

    def output(self, x: TensorType) -> TensorType:
        lengths = (None if n is None else n * k for n, k in zip(self.spatial(x), self.factors(), strict=True))
        return TensorType((*lengths, x.shape[-1]))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return tuple(Window(1, Fraction(1, factor)) for factor in self.factors())


class UpSampling1D(UpSampling):
    """Each step of a sequence `size` times.

    ```arch
    input 64x16
    upsample(2)
    ```
    ```python
    keras.layers.UpSampling1D(2)
    ```
    """

    kind = "UpSampling1D"
    names = ("up_sampling1d",)
    family = ("upsample", "up_sampling")
    rank = 1
    keras = Construct("keras.layers.UpSampling1D", positional=("size",))

    size: PositiveInt = 2


class UpSampling2D(UpSampling):
    """An image made larger, by repetition or by interpolation.

    ```arch
    input 16x16x64
    up_sampling2d(2, bilinear)
    ```
    ```python
    keras.layers.UpSampling2D(2, interpolation="bilinear")
    ```
    """

    kind = "UpSampling2D"
    names = ("up_sampling2d",)
    family = ("upsample", "up_sampling")
    rank = 2
    keras = Construct("keras.layers.UpSampling2D", positional=("size",))

    size: Factors = (2, 2)
    interpolation: Interpolation = "nearest"

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        reach = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}[self.interpolation]
        return tuple(Window(1 if factor == 1 else reach, Fraction(1, factor)) for factor in self.factors())


class UpSampling3D(UpSampling):
    """A volume made larger by repetition.

    ```arch
    input 8x16x16x32
    upsample(1x2x2)
    ```
    ```python
    keras.layers.UpSampling3D((1, 2, 2))
    ```
    """

    kind = "UpSampling3D"
    names = ("up_sampling3d",)
    family = ("upsample", "up_sampling")
    rank = 3
    keras = Construct("keras.layers.UpSampling3D", positional=("size",))

    size: Factors = (2, 2, 2)
