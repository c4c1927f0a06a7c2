"""The examples in the layers' docstrings: the spec compiles, and the Keras source beside it makes the same layer."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import pytest

from archspec.diagnostics.source import Source
from archspec.driver import compile_source
from archspec.ir.graph import LayerNode
from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.layers.recipe import Construct
from tests.layers.layer_case import reference, unnamed

LAYERS = [layer for layer in registry.all_layers() if isinstance(layer.keras, Construct)]


def example(layer: type[Layer], language: str) -> str:
    return cleandoc(layer.__doc__ or "").split(f"```{language}\n")[1].split("```")[0]


def compiled(layer: type[Layer]) -> Layer:
    """Compile the example and return the layer that it shows."""
    graph = compile_source(Source("example", example(layer, "arch"))).checked().graph
    found = [node.layer for body in graph.bodies.values() for node in body.nodes if isinstance(node, LayerNode)]
    return next(one for one in reversed(found) if isinstance(one, layer))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_the_spec_in_the_docstring_compiles(layer: type[Layer]) -> None:
    assert compiled(layer).kind == layer.kind


@pytest.mark.keras
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_the_keras_source_in_the_docstring_is_the_spec(layer: type[Layer]) -> None:
    import keras

    ours = reference(compiled(layer))
    theirs = eval(example(layer, "python").strip(), {"keras": keras, layer.kind: type(ours)})
    assert settings(theirs) == settings(ours)


def settings(layer: Any) -> dict[str, Any]:
    return unnamed(layer.get_config())
