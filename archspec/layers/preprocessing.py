"""Layers that bring raw data to what a network works on, where they live inside the model."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import Elementwise, RuleError, Weight, known
from archspec.layers.configs import MOST_SINGLE
from archspec.layers.recipe import Construct
from archspec.layers.spatial import resolve_axis
from archspec.tensor import FLOAT, TensorType

#: One number, or one for each channel.
Factor = float | Annotated[tuple[float, ...], Field(min_length=1)]


class Rescaling(Elementwise):
    """Every value times `scale`, plus `offset`: `rescaling(1 / 127.5, -1)` brings 0..255 to -1..1.

    ```arch
    input 224x224x3
    rescaling(1 / 255)
    ```
    ```python
    keras.layers.Rescaling(1 / 255)
    ```
    """

    kind = "Rescaling"
    names = ("rescaling",)
    category = "norm"
    keras = Construct("keras.layers.Rescaling", positional=("scale", "offset"))

    scale: Factor
    offset: Factor = 0.0

    def output(self, x: TensorType) -> TensorType:
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            count = len(value) if isinstance(value, tuple) else 1
            length = x.shape[-1] if x.shape else 1
            if count != 1 and isinstance(length, int) and count != length:
                raise RuleError(f"`{name}` has {count} numbers for {length} channels", argument=name)
        return x.with_dtype(FLOAT)


class Normalization(Elementwise):
    """Subtracts a mean and divides by a deviation: those given, or those that `adapt` finds in the data.

    ```arch
    input 224x224x3
    normalization(mean=(123.7, 116.3, 103.5), variance=(3410.0, 3262.7, 3291.9))
    ```
    ```python
    keras.layers.Normalization(mean=(123.7, 116.3, 103.5), variance=(3410.0, 3262.7, 3291.9))
    ```
    """

    kind = "Normalization"
    names = ("normalization",)
    category = "norm"
    keras = Construct("keras.layers.Normalization")

    axis: int | tuple[int, ...] | None = -1
    mean: Factor | None = None
    variance: Annotated[Factor | None, Field(validate_default=True)] = None
    invert: bool = False

    @field_validator("mean", "variance")
    @classmethod
    def _has_32_bits(cls, value: Factor | None) -> Factor | None:
        if any(abs(number) > MOST_SINGLE for number in (value if isinstance(value, tuple) else (value or 0,))):
            raise PydanticCustomError("32_bits", "must fit in 32 bits, as numbers up to 3.4e38 do")
        return value

    @field_validator("variance")
    @classmethod
    def _goes_with_mean(cls, value: Factor | None, info: Any) -> Factor | None:
        if "mean" not in info.data:
            return value
        mean = info.data["mean"]
        if (value is None) != (mean is None):
            raise PydanticCustomError("mean_and_variance", "comes with `mean`: give both, or neither")
        if value is not None and _count(value) != _count(mean):
            numbers = {"means": str(_count(mean)), "variances": str(_count(value))}
            raise PydanticCustomError("mean_and_variance", "has {variances} numbers, and `mean` {means}", numbers)
        return value

    def _kept(self, x: TensorType) -> tuple[int, ...]:
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis or ()
        return tuple(sorted(resolve_axis(axis, x) for axis in axes))

    def output(self, x: TensorType) -> TensorType:
        kept = self._kept(x)
        lengths = [known(x.shape[position], "the length of a normalised axis") for position in kept]
        if isinstance(self.mean, tuple) and self.mean and not (lengths and len(self.mean) in (1, lengths[-1])):
            along = f"{lengths[-1]} values along the axis" if lengths else "one mean of all axes"
            raise RuleError(f"`mean` has {len(self.mean)} numbers for {along}", argument="mean")
        return x.with_dtype(FLOAT)

    def weights(self, *inputs: Any, **keywords: Any) -> Iterator[Weight]:
        if self.mean is None:
            (x,) = inputs
            shape = tuple(known(x.shape[position], "the length of a normalised axis") for position in self._kept(x))
            yield Weight("mean", shape, trainable=False)
            yield Weight("variance", shape, trainable=False)
            yield Weight("count", (), trainable=False)


def _count(value: Any) -> int:
    return len(value) if isinstance(value, tuple) else 1
