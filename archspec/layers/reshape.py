"""Layers that only rearrange: flatten, reshape, permute, pad, crop, repeat."""

from fractions import Fraction
from math import prod
from typing import Annotated, Any

from pydantic import NonNegativeInt, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, pointwise, taken
from archspec.layers.configs import Interpolation
from archspec.layers.recipe import Construct
from archspec.layers.spatial import PerAxis, Spatial, check_rank, per_axis
from archspec.layers.spelling import Pattern
from archspec.tensor import Dim, TensorType, show_shape

#: How much to add or take before and behind an axis.
Side = tuple[NonNegativeInt, NonNegativeInt]
Sides = tuple[Side, ...]
#: How many times longer each axis becomes.
Factors = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("#x#"), Pattern("#x#x#")]


class Rearranging(Weightless):
    category = "reshape"

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Flatten(Rearranging):
    """All axes into one.

    ```arch
    input 7x7x512
    flatten
    ```
    ```python
    keras.layers.Flatten()
    ```
    """

    kind = "Flatten"
    names = ("flatten",)
    keras = Construct("keras.layers.Flatten")

    def output(self, x: TensorType) -> TensorType:
        return taken(x).with_shape((_product(x.shape),))


class Reshape(Rearranging):
    """Another shape for the same values in the same order; -1 stands for what is left.

    ```arch
    input 784
    reshape((28, 28, 1))
    ```
    ```python
    keras.layers.Reshape((28, 28, 1))
    ```
    """

    kind = "Reshape"
    names = ("reshape",)
    keras = Construct("keras.layers.Reshape", positional=("target_shape",))

    target_shape: tuple[int, ...]

    @field_validator("target_shape", mode="before")
    @classmethod
    def _one_axis(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("target_shape")
    @classmethod
    def _one_open(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not all(length > 0 or length == -1 for length in value):
            raise PydanticCustomError("target_shape", "must hold lengths from 1 on, or -1 for what is left")
        if value.count(-1) > 1:
            raise PydanticCustomError("target_shape", "must not have more than one -1")
        return value

    def output(self, x: TensorType) -> TensorType:
        given = prod(length for length in self.target_shape if length != -1)
        elements = x.elements
        target = show_shape(self.target_shape)
        if -1 not in self.target_shape:
            if elements is not None and elements != given:
                raise RuleError(
                    f"{x} has {elements} values, and {target} has {given}",
                    argument="target_shape",
                    help=self._open_axis(elements),
                )
            return taken(x).with_shape(self.target_shape)
        rest: Dim = None
        if elements is not None:
            if elements % given:
                raise RuleError(f"{x} has {elements} values, which {given} does not divide", argument="target_shape")
            rest = elements // given
        else:
            rest = _quotient(_product(x.shape), given)
        return taken(x).with_shape(rest if length == -1 else length for length in self.target_shape)

    def _open_axis(self, elements: int) -> str:
        rest = prod(self.target_shape[:-1])
        if elements % rest:
            return ""
        fitting = show_shape((*self.target_shape[:-1], elements // rest))
        return f"a reshape keeps the values of each sample: {fitting} would fit"


class Permute(Rearranging):
    """The axes in another order; they count from 1, the batch stays where it is.

    ```arch
    input 10x64
    permute((2, 1))
    ```
    ```python
    keras.layers.Permute((2, 1))
    ```
    """

    kind = "Permute"
    names = ("permute",)
    keras = Construct("keras.layers.Permute", positional=("dims",))

    dims: tuple[PositiveInt, ...]

    @field_validator("dims")
    @classmethod
    def _is_permutation(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(value) != list(range(1, len(value) + 1)):
            raise PydanticCustomError("dims", "must hold every axis from 1 on once")
        return value

    def output(self, x: TensorType) -> TensorType:
        if x.rank != len(self.dims):
            raise RuleError(
                f"`dims` orders {len(self.dims)} axes, but {x} has {x.rank}", code="wrong-rank", argument="dims"
            )
        return taken(x).with_shape(x.shape[axis - 1] for axis in self.dims)


class RepeatVector(Rearranging):
    """A vector `n` times, as a sequence.

    ```arch
    input 64
    repeat_vector(10)
    ```
    ```python
    keras.layers.RepeatVector(10)
    ```
    """

    kind = "RepeatVector"
    names = ("repeat_vector",)
    keras = Construct("keras.layers.RepeatVector", positional=("n",))

    n: PositiveInt

    def output(self, x: TensorType) -> TensorType:
        check_rank(self, x, 1, "one axis")
        return TensorType((self.n, *x.shape))


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


_WANTED = {
    1: "one number, or two: before and behind",
    2: "one number, two (height, width), or a pair for each of them",
    3: "one number, three (one for each axis), or a pair for each axis",
}


def _pair(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def _product(shape: tuple[Dim, ...]) -> Dim:
    """Return the product of some lengths, or None where one is unknown."""
    product: Dim = 1
    for length in shape:
        if length is None or product is None:
            return None
        product = length if product == 1 else product * length
    return product


def _quotient(product: Dim, divisor: int) -> Dim:
    return None if product is None else product // divisor
