"""Layers of a user's own, for the tests of `extern layer`."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="own")
class Doubling(keras.layers.Layer):
    """A dense layer of twice the units."""

    def __init__(self, dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dim = dim

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 2 * self.dim))

    def call(self, x: Any) -> Any:
        return keras.ops.matmul(x, self.kernel)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], 2 * self.dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dim": self.dim}
