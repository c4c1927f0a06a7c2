# mypy: ignore-errors
"""The positions of the first Transformer: Keras has no layer for them."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archspec")
class SinePositions(keras.layers.Layer):
    """For each step the sines and cosines of its position, at falling frequencies.

    Even channels are sines, odd ones cosines.
    """

    def __init__(self, max_wavelength: float = 10000.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_wavelength = max_wavelength
        self.supports_masking = True

    def call(self, x: Any) -> Any:
        steps, width = keras.ops.shape(x)[1], x.shape[-1]
        channels = keras.ops.arange(width)
        frequencies = keras.ops.power(
            self.max_wavelength, -keras.ops.cast(channels // 2 * 2, "float32") / width
        )
        angles = (
            keras.ops.cast(keras.ops.arange(steps), "float32")[:, None] * frequencies
        )
        positions = keras.ops.where(
            channels % 2 == 0, keras.ops.sin(angles), keras.ops.cos(angles)
        )
        return keras.ops.broadcast_to(
            keras.ops.cast(positions, self.compute_dtype), keras.ops.shape(x)
        )

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_wavelength": self.max_wavelength}
