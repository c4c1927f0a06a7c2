"""Global pooling: the mean value of all positions, and what all global pooling shares."""

from typing import Any

from archspec.layers.base import WHOLE, Weightless, Window
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Spatial
from archspec.tensor import TensorType


class GlobalPool(Weightless, Spatial):
    category = "pool"

    keepdims: bool = False

    def output(self, x: TensorType) -> TensorType:
        lengths = self.spatial(x)
        return TensorType((*((1,) * len(lengths) if self.keepdims else ()), x.shape[-1]))

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class GlobalAveragePooling1D(GlobalPool):
    """The mean over all steps, per channel.

    ```arch
    input 128x16
    gap
    ```
    ```python
    keras.layers.GlobalAveragePooling1D()
    ```
    """

    kind = "GlobalAveragePooling1D"
    names = ("global_average_pooling1d", "global_avg_pool1d")
    family = ("gap", "global_avg_pool", "global_average_pooling")
    rank = 1
    keras = Construct("keras.layers.GlobalAveragePooling1D")


class GlobalAveragePooling2D(GlobalPool):
    """The mean over height and width, per channel.

    ```arch
    input 7x7x512
    gap
    ```
    ```python
    keras.layers.GlobalAveragePooling2D()
    ```
    """

    kind = "GlobalAveragePooling2D"
    names = ("global_average_pooling2d", "global_avg_pool2d")
    family = ("gap", "global_avg_pool", "global_average_pooling")
    rank = 2
    keras = Construct("keras.layers.GlobalAveragePooling2D")


class GlobalAveragePooling3D(GlobalPool):
    """The mean over three axes, per channel.

    ```arch
    input 4x7x7x512
    gap(keepdims)
    ```
    ```python
    keras.layers.GlobalAveragePooling3D(keepdims=True)
    ```
    """

    kind = "GlobalAveragePooling3D"
    names = ("global_average_pooling3d", "global_avg_pool3d")
    family = ("gap", "global_avg_pool", "global_average_pooling")
    rank = 3
    keras = Construct("keras.layers.GlobalAveragePooling3D")
