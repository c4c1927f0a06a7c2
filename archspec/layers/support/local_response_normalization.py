# mypy: ignore-errors
"""The layer that Keras lacks for AlexNet and VGG's column A-LRN."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archspec")
class LocalResponseNormalization(keras.layers.Layer):
    """Divide each value by a power of the squares of its neighbours in the channels.

    `x / (bias + alpha * s) ** beta`, where s sums the squares over `depth_radius`
    channels on each side.
    """

    def __init__(
        self,
        depth_radius: int = 5,
        bias: float = 1.0,
        alpha: float = 1.0,
        beta: float = 0.5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.depth_radius = depth_radius
        self.bias = bias
        self.alpha = alpha
        self.beta = beta
        self.supports_masking = True

    def call(self, x: Any) -> Any:
        channels = x.shape[-1]
        around = [[0, 0]] * (len(x.shape) - 1) + [
            [self.depth_radius, self.depth_radius]
        ]
        squares = keras.ops.pad(keras.ops.square(x), around)
        total = sum(
            squares[..., i : i + channels] for i in range(2 * self.depth_radius + 1)
        )
        return x / keras.ops.power(self.bias + self.alpha * total, self.beta)

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = {
            "depth_radius": self.depth_radius,
            "bias": self.bias,
            "alpha": self.alpha,
            "beta": self.beta,
        }
        return {**super().get_config(), **config}
