# mypy: ignore-errors
"""A trainable tensor of its own: Keras's weights belong to layers."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archspec")
class FreeWeight(keras.layers.Layer):
    """One weight, the same for every sample. It takes its input's batch size only."""

    def __init__(
        self,
        shape: tuple[int, ...],
        initializer: Any = "glorot_uniform",
        regularizer: Any = None,
        constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.initializer = keras.initializers.get(initializer)
        self.regularizer = keras.regularizers.get(regularizer)
        self.constraint = keras.constraints.get(constraint)

    def build(self, input_shape: tuple[Any, ...]) -> None:
        self.weight = self.add_weight(
            name="weight",
            shape=self.shape,
            initializer=self.initializer,
            regularizer=self.regularizer,
            constraint=self.constraint,
        )

    def call(self, x: Any) -> Any:
        return keras.ops.broadcast_to(self.weight, (keras.ops.shape(x)[0], *self.shape))

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> Any:
        return (input_shape[0], *self.shape)

    def compute_output_spec(self, x: Any) -> keras.KerasTensor:
        return keras.KerasTensor(
            self.compute_output_shape(x.shape), dtype=self.compute_dtype
        )

    def get_config(self) -> dict[str, Any]:
        config = {
            "shape": self.shape,
            "initializer": keras.initializers.serialize(self.initializer),
            "regularizer": keras.regularizers.serialize(self.regularizer),
            "constraint": keras.constraints.serialize(self.constraint),
        }
        return {**super().get_config(), **config}
