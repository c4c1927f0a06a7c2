"""Layers that bring raw data to what a network works on, where they live inside the model."""

from __future__ import annotations

from archspec.layers.base import Elementwise, RuleError
from archspec.layers.recipe import Construct
from archspec.tensor import FLOAT, TensorType

#: One number, or one for each channel.
Factor = float | tuple[float, ...]


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
