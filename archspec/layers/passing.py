"""Layers that hand their input on."""

from archspec.layers.base import Elementwise, taken
from archspec.layers.recipe import Construct
from archspec.layers.spatial import last_length
from archspec.tensor import FLOAT, TensorType


class Identity(Elementwise):
    """Its input, unchanged. A branch that does nothing is `skip`; this is a layer, with a name and a place.

    ```arch
    input 32
    identity
    ```
    ```python
    keras.layers.Identity()
    ```
    """

    kind = "Identity"
    names = ("identity",)
    category = "reshape"
    keras = Construct("keras.layers.Identity")

    def output(self, x: TensorType) -> TensorType:
        return taken(x)


class Masking(Elementwise):
    """Tells the layers behind it to pass over the steps whose every value is `mask_value`.

    ```arch
    input 60x5
    masking -> lstm(32)
    ```
    ```python
    keras.layers.Masking()
    ```
    """

    kind = "Masking"
    names = ("masking",)
    category = "recurrent"
    keras = Construct("keras.layers.Masking", positional=("mask_value",))

    mask_value: float = 0.0

    def output(self, x: TensorType) -> TensorType:
        # Of single numbers Keras compares the batch, which is no step.
        last_length(self, x)
        return x.with_dtype(FLOAT)
