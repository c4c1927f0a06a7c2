# mypy: ignore-errors
"""A model made of blocks whose weights files fit every model of the same layers."""

from typing import Any

import keras


class BlockLayer(keras.layers.Layer):
    """A layer made of layers."""


@keras.saving.register_keras_serializable(package="archspec")
class BlockModel(keras.Model):
    """A model made of blocks. Its weights files have its layers as if there were none,
    and so fit every model of the same layers.
    """

    def save_weights(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        self.without_blocks().save_weights(filepath, *args, **kwargs)

    def load_weights(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        if str(filepath).endswith(".keras"):
            # What `save` writes has the blocks.
            super().load_weights(filepath, *args, **kwargs)
        else:
            self.without_blocks().load_weights(filepath, *args, **kwargs)

    def without_blocks(self) -> keras.Model:
        """Return a model of the same layers, with the same weights, in one graph."""

        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            opened = isinstance(layer, BlockLayer)
            return (layer.call if opened else layer)(*args, **kwargs)

        def inside(block: BlockLayer) -> list[Any]:
            held = keras.tree.flatten(list(vars(block).values()))
            return [value for value in held if isinstance(value, keras.layers.Layer)]

        model = keras.Model(self.input, self.output, name=self.name)
        names: dict[Any, str] = {}
        try:
            while blocks := [x for x in model.layers if isinstance(x, BlockLayer)]:
                for block in blocks:
                    for layer in inside(block):
                        # In one graph no two layers may have the same name.
                        name = names.setdefault(layer, layer.name)
                        layer.name = f"{block.name}-{name}"
                model = keras.models.clone_model(
                    model, clone_function=lambda layer: layer, call_function=call
                )
        finally:
            for layer, name in names.items():
                layer.name = name
        if self.compiled:
            # Not as `optimizer`: its variables come in the order of the blocks.
            model.optimizer_of_blocks = self.optimizer
        return model
