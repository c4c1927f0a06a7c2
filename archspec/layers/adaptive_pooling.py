"""Pooling to a fixed size, whatever the input's: the axis is cut into so many windows of nearly one length."""

from typing import Annotated, Any

from pydantic import PositiveInt, field_validator

from archspec.layers.base import WHOLE, Weightless, Window
from archspec.layers.recipe import Construct
from archspec.layers.spatial import PerAxis, Spatial, per_axis
from archspec.layers.spelling import Pattern
from archspec.tensor import TensorType

OutputSize = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("#x#"), Pattern("#x#x#")]


class AdaptivePooling(Spatial, Weightless):
    category = "pool"

    output_size: OutputSize

    @field_validator("output_size", mode="before")
    @classmethod
    def _sizes(cls, value: Any) -> Any:
        return per_axis(value, cls.rank)

    def output(self, x: TensorType) -> TensorType:
        self.spatial(x)
        return TensorType((*self.output_size, x.shape[-1]))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        # The windows differ in length where the sizes do not divide.
        return WHOLE


class AdaptiveAveragePooling1D(AdaptivePooling):
    """The mean of each of a fixed number of windows over 1-D data.

    ```arch
    input 50x8
    adaptive_average_pool(7)
    ```
    ```python
    keras.layers.AdaptiveAveragePooling1D(7)
    ```
    """

    kind = "AdaptiveAveragePooling1D"
    names = ("adaptive_average_pooling1d", "adaptive_average_pool1d")
    family = ("adaptive_average_pool", "adaptive_average_pooling")
    rank = 1
    keras = Construct("keras.layers.AdaptiveAveragePooling1D", positional=("output_size",))


class AdaptiveAveragePooling2D(AdaptivePooling):
    """The mean of each of a fixed number of windows over 2-D data.

    ```arch
    input 50x40x8
    adaptive_average_pool(7x7)
    ```
    ```python
    keras.layers.AdaptiveAveragePooling2D(7)
    ```
    """

    kind = "AdaptiveAveragePooling2D"
    names = ("adaptive_average_pooling2d", "adaptive_average_pool2d")
    family = ("adaptive_average_pool", "adaptive_average_pooling")
    rank = 2
    keras = Construct("keras.layers.AdaptiveAveragePooling2D", positional=("output_size",))


class AdaptiveAveragePooling3D(AdaptivePooling):
    """The mean of each of a fixed number of windows over 3-D data.

    ```arch
    input 50x40x30x8
    adaptive_average_pool(7x7x7)
    ```
    ```python
    keras.layers.AdaptiveAveragePooling3D(7)
    ```
    """

    kind = "AdaptiveAveragePooling3D"
    names = ("adaptive_average_pooling3d", "adaptive_average_pool3d")
    family = ("adaptive_average_pool", "adaptive_average_pooling")
    rank = 3
    keras = Construct("keras.layers.AdaptiveAveragePooling3D", positional=("output_size",))


class AdaptiveMaxPooling1D(AdaptivePooling):
    """The largest value of each of a fixed number of windows over 1-D data.

    ```arch
    input 50x8
    adaptive_max_pool(7)
    ```
    ```python
    keras.layers.AdaptiveMaxPooling1D(7)
    ```
    """

    kind = "AdaptiveMaxPooling1D"
    names = ("adaptive_max_pooling1d", "adaptive_max_pool1d")
    family = ("adaptive_max_pool", "adaptive_max_pooling")
    rank = 1
    keras = Construct("keras.layers.AdaptiveMaxPooling1D", positional=("output_size",))


class AdaptiveMaxPooling2D(AdaptivePooling):
    """The largest value of each of a fixed number of windows over 2-D data.

    ```arch
    input 50x40x8
    adaptive_max_pool(7x7)
    ```
    ```python
    keras.layers.AdaptiveMaxPooling2D(7)
    ```
    """

    kind = "AdaptiveMaxPooling2D"
    names = ("adaptive_max_pooling2d", "adaptive_max_pool2d")
    family = ("adaptive_max_pool", "adaptive_max_pooling")
    rank = 2
    keras = Construct("keras.layers.AdaptiveMaxPooling2D", positional=("output_size",))


class AdaptiveMaxPooling3D(AdaptivePooling):
    """The largest value of each of a fixed number of windows over 3-D data.

    ```arch
    input 50x40x30x8
    adaptive_max_pool(7x7x7)
    ```
    ```python
    keras.layers.AdaptiveMaxPooling3D(7)
    ```
    """

    kind = "AdaptiveMaxPooling3D"
    names = ("adaptive_max_pooling3d", "adaptive_max_pool3d")
    family = ("adaptive_max_pool", "adaptive_max_pooling")
    rank = 3
    keras = Construct("keras.layers.AdaptiveMaxPooling3D", positional=("output_size",))
