# mypy: ignore-errors
"""The layer that Keras has inside its ConvNeXt only."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archspec")
class LayerScale(keras.layers.Layer):
    """Multiply each channel by a weight that starts near zero."""

    def __init__(self, init_values: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init_values = init_values
        self.supports_masking = True

    def build(self, input_shape: tuple[Any, ...]) -> None:
        start = keras.initializers.Constant(self.init_values)
        self.gamma = self.add_weight(
            shape=(input_shape[-1],), initializer=start, name="gamma"
        )

    def call(self, x: Any) -> Any:
        return x * self.gamma

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "init_values": self.init_values}
