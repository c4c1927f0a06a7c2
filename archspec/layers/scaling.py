"""Scales that a network learns."""

from collections.abc import Iterator
from typing import Any

from archspec.layers.base import Elementwise, Weight, known
from archspec.layers.recipe import Construct
from archspec.layers.spatial import last_length
from archspec.tensor import FLOAT, TensorType


class LayerScale(Elementwise):
    """Multiplies each channel by a weight that starts near zero, as at the end of a ConvNeXt block (arXiv:2103.17239).

    Keras has it in its ConvNeXt only and not among its layers, so generated code brings its own.

    ```arch
    input 56x56x96
    layer_scale
    ```
    ```python
    LayerScale()
    ```
    """

    kind = "LayerScale"
    names = ("layer_scale",)
    category = "norm"
    keras = Construct("LayerScale", positional=("init_values",), support="layer_scale.py")

    init_values: float = 1e-6

    def output(self, x: TensorType) -> TensorType:
        last_length(self, x)
        return x.with_dtype(FLOAT)

    def weights(self, *inputs: Any, **keywords: Any) -> Iterator[Weight]:
        (x,) = inputs
        yield Weight("gamma", (known(last_length(self, x), "the number of channels"),))
