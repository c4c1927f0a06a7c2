"""Pooling: the mean value of each window."""

from archspec.layers.pooling import Pool
from archspec.layers.recipe import Construct


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
