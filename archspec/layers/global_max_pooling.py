"""Global pooling: the largest value of all positions."""

from archspec.layers.global_pooling import GlobalPool
from archspec.layers.recipe import Construct


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
