# mypy: ignore-errors
"""Batch normalisation that a model cannot switch to training mode."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archspec")
class InferenceBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation that always uses its moving statistics."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        return super().call(inputs, training=False, mask=mask)
