"""Pooling: the largest value of each window, and what all pooling shares."""

from archspec.layers.base import Weightless
from archspec.layers.configs import Padding
from archspec.layers.recipe import Construct
from archspec.layers.spatial import PoolSize, PoolStrides, Slide, Sliding
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
