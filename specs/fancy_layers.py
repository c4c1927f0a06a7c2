"""The layers that `fancy_mlp.arch` declares: a constant matrix, and a loop and a choice that depend on the data."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="fancy_layers")
class ConstantMatmul(keras.layers.Layer):
    """The product with a matrix of random numbers from 0 to 1 that is no weight."""

    def __init__(self, units: int, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.seed = seed

    def build(self, input_shape: Any) -> None:
        # From the seed, so that a model that is saved and loaded has the same matrix.
        self.matrix = np.random.default_rng(self.seed).uniform(size=(input_shape[-1], self.units)).astype("float32")

    def call(self, x: Any) -> Any:
        return ops.matmul(x, self.matrix)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units, "seed": self.seed}


@keras.saving.register_keras_serializable(package="fancy_layers")
class HalveWhileLong(keras.layers.Layer):
    """Halves the batch until its norm is 1 at most."""

    def call(self, x: Any) -> Any:
        # The gradient does not go through the loop: JAX has none of a loop that may end at any time.
        fixed = ops.stop_gradient(x)
        # No finite number needs more steps, and an infinite one would never end.
        (scale,) = ops.while_loop(
            lambda scale: ops.norm(fixed * scale) > 1,
            lambda scale: (scale / 2,),
            (ops.ones((), x.dtype),),
            maximum_iterations=300,
        )
        return x * scale

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@keras.saving.register_keras_serializable(package="fancy_layers")
class GrowIfShort(keras.layers.Layer):
    """Multiplies the batch by ten where its norm is below 0.8."""

    def call(self, x: Any) -> Any:
        return ops.cond(ops.norm(x) < 0.8, lambda: x * 10, lambda: x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@keras.saving.register_keras_serializable(package="fancy_layers")
class BatchSum(keras.layers.Layer):
    """The sum of the whole batch, given to each sample."""

    def call(self, x: Any) -> Any:
        return ops.broadcast_to(ops.sum(x), ops.shape(x)[:1])

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[:1]
