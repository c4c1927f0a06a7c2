"""What is an activation as a layer of its own in most networks: ReLU, and any word."""

from typing import Annotated

from pydantic import NonNegativeFloat

from archspec.layers.base import Elementwise
from archspec.layers.configs import OneOf
from archspec.layers.recipe import Construct
from archspec.layers.spelling import Category


class Activation(Elementwise):
    """Any activation, by its word.

    ```arch
    input 32x32x16
    activation(relu)
    ```
    ```python
    keras.layers.Activation("relu")
    ```
    """

    kind = "Activation"
    names = ("activation",)
    category = "activation"
    keras = Construct("keras.layers.Activation", positional=("activation",))

    activation: Annotated[object, OneOf("activation"), Category("activation")]


class ReLU(Elementwise):
    """max(x, 0), with an optional upper bound, slope below 0, and threshold.

    ```arch
    input 32x32x16
    relu(max_value=6)
    ```
    ```python
    keras.layers.ReLU(max_value=6.0)
    ```
    """

    kind = "ReLU"
    names = ("relu",)
    category = "activation"
    keras = Construct("keras.layers.ReLU")

    max_value: NonNegativeFloat | None = None
    negative_slope: NonNegativeFloat = 0.0
    threshold: NonNegativeFloat = 0.0
