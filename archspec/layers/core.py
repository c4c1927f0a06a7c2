"""Dense layers and embeddings."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PositiveInt

from archspec.layers.base import Layer, Weight, Window, known, pointwise
from archspec.layers.configs import (
    Activation,
    Constraint,
    Initializer,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spatial import last_length, times
from archspec.layers.spelling import Flag, Short
from archspec.tensor import TensorType


class Dense(Layer):
    """Fully connected over the last axis: `activation(x @ kernel + bias)`.

    ```arch
    input 784
    dense(128, relu)
    ```
    ```python
    keras.layers.Dense(128, activation="relu")
    ```
    """

    kind = "Dense"
    names = ("dense",)
    category = "dense"
    keras = Construct("keras.layers.Dense", positional=("units",))

    units: PositiveInt
    activation: Activation = None
    use_bias: Annotated[bool, Flag("no_bias", False)] = True
    kernel_initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: Annotated[Regularizer, Short("reg")] = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None

    def output(self, x: TensorType) -> TensorType:
        last_length(self, x)
        return TensorType((*x.shape[:-1], self.units))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight(
            "kernel",
            (known(x.shape[-1], "the last axis of the input of `dense`"), self.units),
            initializer=self.kernel_initializer,
        )
        if self.use_bias:
            yield Weight("bias", (self.units,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return times(inputs[0].elements, self.units)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)


class Embedding(Layer):
    """Turns whole numbers below `input_dim` into vectors of length `output_dim`.

    ```arch
    input tokens: 128 : int32
    embedding(30_000, 256)
    ```
    ```python
    keras.layers.Embedding(30000, 256)
    ```
    """

    kind = "Embedding"
    names = ("embedding",)
    category = "embedding"
    keras = Construct("keras.layers.Embedding", positional=("input_dim", "output_dim"))

    input_dim: PositiveInt
    output_dim: PositiveInt
    embeddings_initializer: Annotated[Initializer, Short("init")] = "random_uniform"
    embeddings_regularizer: Annotated[Regularizer, Short("reg")] = None
    embeddings_constraint: Constraint = None
    mask_zero: bool = False

    def output(self, x: TensorType) -> TensorType:
        return TensorType((*x.shape, self.output_dim))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight("embeddings", (self.input_dim, self.output_dim), initializer=self.embeddings_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        # A lookup multiplies nothing.
        return 0

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return (Window(1, 1),) * x.rank
