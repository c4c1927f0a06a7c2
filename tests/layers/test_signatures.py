"""Our layers' arguments beside those of Keras's constructors: names, order, defaults, and nothing forgotten."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.layers.configs import OneOf
from archspec.layers.recipe import Construct
from tests.layers.layer_case import keras_parameters

#: Arguments of Keras's layers that ours lack, and why. A layer's own come as `Kind.argument`.
LEFT_OUT = {
    "data_format": "channels last is the language's convention",
    "name": "the generators name layers",
    "dtype": "a matter of training",
    "lora_rank": "a matter of fine-tuning",
    "lora_alpha": "a matter of fine-tuning",
    "gptq_unpacked_column_size": "a matter of deployment",
    "quantization_config": "a matter of deployment",
    "stateful": "needs a fixed batch size",
    "use_cudnn": "a matter of the machine",
    "flash_attention": "a matter of the machine",
    "Resizing.fill_mode": "has one value only",
    "sparse": "a matter of the backend",
    "Bidirectional.weights": "values, not architecture",
    "BatchNormalization.renorm_clipping": "a dictionary; Keras's default is no clipping",
    "Discretization.num_bins": "so many boundaries found in data: `adapt` is no architecture",
    "Discretization.epsilon": "how exactly they are found",
    "Embedding.weights": "values, not architecture",
    "Hashing.output_mode": "Keras says another shape than it gives; `category_encoding` makes vectors",
    "ReversibleEmbedding.reverse_dtype": "a matter of training",
}
#: Arguments that have a default in Keras, and that Keras refuses to go without.
NEEDED = {"CategoryEncoding.num_tokens", "Discretization.bin_boundaries"}
LAYERS = [layer for layer in registry.all_layers() if isinstance(layer.keras, Construct) and not layer.keras.support]


@pytest.mark.keras
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_arguments_are_those_of_keras(layer: type[Layer]) -> None:
    given = keras_parameters(layer)
    theirs = {k: v for k, v in given.items() if k not in LEFT_OUT and f"{layer.kind}.{k}" not in LEFT_OUT}
    ours = {layer.keras.keyword(n): field for n, field in layer.model_fields.items() if n not in layer.keras.at_call}
    assert list(ours) == list(theirs)
    for name, field in ours.items():
        if f"{layer.kind}.{name}" in NEEDED:
            assert field.is_required()
            continue
        words = next((m.category for m in field.metadata if isinstance(m, OneOf)), None)
        assert plain(field.get_default(), words, layer) == plain(theirs[name], words, layer), name
    assert list(layer.keras.positional) == list(given)[: len(layer.keras.positional)]


def plain(value: Any, words: str | None, layer: type[Layer]) -> Any:
    """Return a default in a form that both sides share: a number for a tuple of equal ones, the word for an alias."""
    if repr(value) in ("PydanticUndefined", "<class 'inspect._empty'>"):
        return "required"
    if words and isinstance(value, str):
        return registry.words(words)[value.lower()].names[0]
    while isinstance(value, tuple) and value and all(item == value[0] for item in value):
        value = value[0]
    return value


def test_every_layer_says_what_it_is() -> None:
    for layer in LAYERS:
        assert layer.__doc__ and "```arch\n" in layer.__doc__, layer.__name__
        assert (layer.rank is not None) >= bool(layer.family), layer.__name__
        assert layer.category, layer.__name__
        assert layer.names[0].islower(), layer.__name__


def test_importing_the_layers_imports_no_framework() -> None:
    code = (
        "import sys; from archspec.layers import registry; list(registry.all_layers()); "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'keras', 'tensorflow', 'numpy', 'torch', 'jax'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
