"""Pooling: the largest or the mean value of each window, or of all positions."""

from typing import Any

from archspec.layers.base import WHOLE, Weightless, Window
from archspec.layers.configs import Padding
from archspec.layers.recipe import Construct
from archspec.layers.spatial import PoolSize, PoolStrides, Slide, Sliding, Spatial
from archspec.tensor import TensorType


class Pool(Weightless, Sliding):
    category = "pool"
    sized_by = "pool_size"

    pool_size: PoolSize
    strides: PoolStrides = None
    padding: Padding = "valid"

    def slides(self) -> tuple[Slide, ...]:
        return tuple(map(Slide, self.pool_size, self.strides or self.pool_size))

    def output(self, x: TensorType) -> TensorType:
        return TensorType((*self.slid(x, self.padding), x.shape[-1]))


class MaxPooling1D(Pool):
    """The largest value of each window along one axis. The windows' stride is their size unless given.

    ```arch
    input 128x16
    max_pool1d(2)
    ```
    ```python
    keras.layers.MaxPooling1D(2)
    ```
    """

    kind = "MaxPooling1D"
    names = ("max_pooling1d", "max_pool1d")
    family = ("max_pool", "max_pooling")
    rank = 1
    keras = Construct("keras.layers.MaxPooling1D", positional=("pool_size",))

    pool_size: PoolSize = (2,)


class MaxPooling2D(Pool):
    """The largest value of each window over height and width. The windows' strides are their size unless given.

    ```arch
    input 32x32x16
    max_pool(3x3, s2, same)
    ```
    ```python
    keras.layers.MaxPooling2D(3, strides=2, padding="same")
    ```
    """

    kind = "MaxPooling2D"
    names = ("max_pooling2d", "max_pool2d")
    family = ("max_pool", "max_pooling")
    rank = 2
    keras = Construct("keras.layers.MaxPooling2D", positional=("pool_size",))

    pool_size: PoolSize = (2, 2)


class MaxPooling3D(Pool):
    """The largest value of each window over three axes. The windows' strides are their size unless given.

    ```arch
    input 16x56x56x64
    max_pool3d(1x2x2)
    ```
    ```python
    keras.layers.MaxPooling3D((1, 2, 2))
    ```
    """

    kind = "MaxPooling3D"
    names = ("max_pooling3d", "max_pool3d")
    family = ("max_pool", "max_pooling")
    rank = 3
    keras = Construct("keras.layers.MaxPooling3D", positional=("pool_size",))

    pool_size: PoolSize = (2, 2, 2)


class AveragePooling1D(Pool):
    """The mean of each window along one axis. The windows' stride is their size unless given.

    ```arch
    input 128x16
    average_pooling1d(4)
    ```
    ```python
    keras.layers.AveragePooling1D(4)
    ```
    """

    kind = "AveragePooling1D"
    names = ("average_pooling1d", "avg_pool1d")
    family = ("avg_pool", "average_pool", "average_pooling")
    rank = 1
    keras = Construct("keras.layers.AveragePooling1D", positional=("pool_size",))


class AveragePooling2D(Pool):
    """The mean of each window over height and width. The windows' strides are their size unless given.

    ```arch
    input 32x32x16
    avg_pool(2x2)
    ```
    ```python
    keras.layers.AveragePooling2D(2)
    ```
    """

    kind = "AveragePooling2D"
    names = ("average_pooling2d", "avg_pool2d")
    family = ("avg_pool", "average_pool", "average_pooling")
    rank = 2
    keras = Construct("keras.layers.AveragePooling2D", positional=("pool_size",))


class AveragePooling3D(Pool):
    """The mean of each window over three axes. The windows' strides are their size unless given.

    ```arch
    input 16x56x56x64
    avg_pool3d(2x2x2)
    ```
    ```python
    keras.layers.AveragePooling3D(2)
    ```
    """

    kind = "AveragePooling3D"
    names = ("average_pooling3d", "avg_pool3d")
    family = ("avg_pool", "average_pool", "average_pooling")
    rank = 3
    keras = Construct("keras.layers.AveragePooling3D", positional=("pool_size",))


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


class GlobalMaxPooling1D(GlobalPool):
    """The largest value over all steps, per channel.

    ```arch
    input 128x16
    gmp
    ```
    ```python
    keras.layers.GlobalMaxPooling1D()
    ```
    """

    kind = "GlobalMaxPooling1D"
    names = ("global_max_pooling1d", "global_max_pool1d")
    family = ("gmp", "global_max_pool", "global_max_pooling")
    rank = 1
    keras = Construct("keras.layers.GlobalMaxPooling1D")


class GlobalMaxPooling2D(GlobalPool):
    """The largest value over height and width, per channel.

    ```arch
    input 7x7x512
    gmp
    ```
    ```python
    keras.layers.GlobalMaxPooling2D()
    ```
    """

    kind = "GlobalMaxPooling2D"
    names = ("global_max_pooling2d", "global_max_pool2d")
    family = ("gmp", "global_max_pool", "global_max_pooling")
    rank = 2
    keras = Construct("keras.layers.GlobalMaxPooling2D")


class GlobalMaxPooling3D(GlobalPool):
    """The largest value over three axes, per channel.

    ```arch
    input 4x7x7x512
    global_max_pool3d
    ```
    ```python
    keras.layers.GlobalMaxPooling3D()
    ```
    """

    kind = "GlobalMaxPooling3D"
    names = ("global_max_pooling3d", "global_max_pool3d")
    family = ("gmp", "global_max_pool", "global_max_pooling")
    rank = 3
    keras = Construct("keras.layers.GlobalMaxPooling3D")
