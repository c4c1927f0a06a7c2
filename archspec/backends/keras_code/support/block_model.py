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

    _opened: Any = None

    def save_weights(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        model = self._without_blocks()
        save = super().save_weights if model is None else model.save_weights
        save(filepath, *args, **kwargs)

    def load_weights(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        # What `save` writes has the blocks.
        whole = str(filepath).endswith(".keras")
        model = None if whole else self._without_blocks()
        if model is None:
            super().load_weights(filepath, *args, **kwargs)
            return
        if skipped := list(kwargs.get("objects_to_skip") or ()):
            for layer in skipped:
                skipped += _parts(layer)
            kwargs["objects_to_skip"] = skipped
        try:
            model.load_weights(filepath, *args, **kwargs)
        except ValueError as error:
            # That of a clone, a model of Keras's own, has them too.
            try:
                super().load_weights(filepath, *args, **kwargs)
            except ValueError:
                raise error from None

    def _without_blocks(self) -> keras.Model | None:
        """Return a model of the same layers in one graph. None where it lacks weights,
        as it does where a block was edited and does more than call its layers.
        """
        if self._opened is None:
            graph = _open_blocks(self)
            # Keras would take the model for a layer of this one, but no function.
            self._opened = lambda: graph
        graph = self._opened()
        own = {id(weight) for weight in self.weights}
        if graph is None or {id(weight) for weight in graph.weights} != own:
            return None
        if self.compiled:
            # Not as `optimizer`: its variables come in the order of the blocks.
            graph.optimizer_of_blocks = self.optimizer
        return graph


def _parts(layer: Any) -> list[Any]:
    """Return the layers that a block holds itself."""
    held = vars(layer).values() if isinstance(layer, BlockLayer) else ()
    values = keras.tree.flatten(list(held))
    return [value for value in values if isinstance(value, keras.layers.Layer)]


def _open_blocks(model: keras.Model) -> keras.Model | None:
    """Return the graph that calling the layers of all blocks gives, if any does."""

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return (layer.call if isinstance(layer, BlockLayer) else layer)(*args, **kwargs)

    graph = keras.Model(model.input, model.output, name=model.name)
    names: dict[Any, str] = {}
    try:
        while blocks := [x for x in graph.layers if isinstance(x, BlockLayer)]:
            for block in blocks:
                for layer in _parts(block):
                    # In one graph no two layers may have the same name.
                    name = names.setdefault(layer, layer.name)
                    layer.name = f"{block.name}-{name}"
            graph = keras.models.clone_model(
                graph, clone_function=lambda layer: layer, call_function=call
            )
    except Exception:  # an edited block may call what cannot be called without data
        return None
    finally:
        for layer, name in names.items():
            layer.name = name
    return graph
