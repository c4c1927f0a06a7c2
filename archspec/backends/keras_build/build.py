"""Carries the recipes out: every leaf of the graph becomes a Keras layer of one functional model."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any

from archspec.backend import Checked, owns_weights
from archspec.diagnostics.diagnostic import ArchspecError
from archspec.ir.graph import BlockNode, Body, Graph, LayerNode, RepeatNode, step_name
from archspec.layers.base import Layer, Part
from archspec.layers.extern import Extern
from archspec.layers.recipe import Construct, Function, Recipe
from archspec.layers.support import support_source
from archspec.tensor import TensorType

if TYPE_CHECKING:
    import keras


class ExternNotAllowed(ArchspecError):
    """A model has a layer of the user's own, and nobody said that its module may be imported."""

    def __init__(self, module: str, symbol: str) -> None:
        super().__init__(f"building imports `{symbol}` from `{module}`; allow it with `allow_extern=True`")


def build(checked: Checked, *, allow_extern: bool = False) -> keras.Model:
    """Return the functional Keras model of a graph.

    A layer is named by its path in the graph with `-` for `/`: `residual_0-conv1`. The classes of extern layers are
    imported, which runs their modules, only with `allow_extern`; without it they raise ExternNotAllowed.
    """
    import keras

    graph = checked.graph
    inputs = [
        keras.Input(shape=_shape(port.type), dtype=port.type.dtype, name=port.name or None)
        for port in graph.body.inputs
    ]
    outputs = _Builder(graph, allow_extern).body(graph.body, inputs, "", ())
    return keras.Model(
        inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0], name=graph.name
    )


def _shape(type: TensorType) -> tuple[int | None, ...]:
    return tuple(dim if isinstance(dim, int) else None for dim in type.shape)


class _Builder:
    def __init__(self, graph: Graph, allow_extern: bool) -> None:
        self.graph, self.allow_extern = graph, allow_extern
        self.layers: dict[str, Any] = {}

    def body(self, body: Body, inputs: list[Any], prefix: str, loops: tuple[int, ...]) -> list[Any]:
        """Run a body on tensors; return its outputs."""
        tensors = {port.value: tensor for port, tensor in zip(body.inputs, inputs, strict=True)}
        for node in body.nodes:
            index = () if node.shared else loops + node.index
            given = [tensors[value] for value in node.inputs]
            match node:
                case LayerNode():
                    keywords = {name: [tensors[v] for v in values] for name, values in node.keywords}
                    results = self.layer(node, prefix + step_name(node.name, index), given, keywords)
                case BlockNode():
                    results = self.body(
                        self.graph.bodies[node.body], given, f"{prefix}{step_name(node.name, index)}-", ()
                    )
                case RepeatNode():
                    fixed = given[node.carried :]
                    results = given[: node.carried]
                    for position in range(node.start, node.start + node.count):
                        carried = results[: node.carried]
                        results = self.body(
                            self.graph.bodies[node.body], [*carried, *fixed], prefix, (*index, position)
                        )
            tensors.update(zip((port.value for port in node.outputs), results, strict=True))
        return [tensors[port.value] for port in body.outputs]

    def layer(self, node: LayerNode, name: str, inputs: list[Any], keywords: dict[str, list[Any]]) -> list[Any]:
        layer = node.layer
        given = {k: v[0] if len(v) == 1 else v for k, v in keywords.items()}
        if isinstance(layer.keras, Function):
            result = _call(resolve(layer.keras), layer, inputs, given | arguments(layer))
        else:
            if name not in self.layers:
                if isinstance(layer, Extern) and not self.allow_extern:
                    raise ExternNotAllowed(layer.module, layer.symbol)
                self.layers[name] = make(layer, name=name)
            if layer.keras.at_call:
                given |= {k: v for k, v in layer.arguments().items() if k in layer.keras.at_call}
            result = _call(self.layers[name], layer, inputs, given)
        return list(result) if isinstance(result, (list, tuple)) else [result]


def _call(callee: Any, layer: Layer, inputs: list[Any], keywords: dict[str, Any]) -> Any:
    match layer.takes.how:
        case "list":
            return callee(inputs, **keywords)
        case "each" if len(inputs) == 1:
            # One tensor attends to itself.
            return callee(inputs[0], inputs[0], **keywords)
        case _:
            return callee(*inputs, **keywords)


def make(part: Part, **extra: Any) -> Any:
    """Return the Keras object of a layer or word."""
    recipe = part.recipe if isinstance(part, Layer) else part.keras
    return resolve(recipe)(**arguments(part), **extra)


def arguments(part: Part) -> dict[str, Any]:
    """Return the keyword arguments that differ from Keras's defaults."""
    always = {name: getattr(part, name) for name in part.keras.always}
    return {
        part.keras.keyword(name): _made(value)
        for name, value in (part.arguments() | always).items()
        if name not in part.keras.at_call
    }


def _made(value: Any, number: str = "") -> Any:
    match value:
        case Part() if owns_weights(value):
            # A name of Keras's own choice would depend on what was made before.
            return make(value, name=value.names[0] + number)
        case Part():
            return make(value)
        case tuple() if any(isinstance(item, Part) for item in value):
            cells = [_made(item, f"_{position}") for position, item in enumerate(value, 1)]
            return _import("keras.layers.StackedRNNCells")(cells, name="stacked_rnn_cells")
        case _:
            return value


def resolve(recipe: Recipe) -> Any:
    """Return what a recipe's symbol names."""
    if isinstance(recipe, Construct) and recipe.support is not None:
        return _support(recipe.support)[recipe.symbol]
    return _import(recipe.symbol)


@cache
def _import(symbol: str) -> Any:
    module, _, name = symbol.rpartition(".")
    return getattr(importlib.import_module(module), name)


@cache
def _support(name: str) -> dict[str, Any]:
    imports, text = support_source(name)
    # A text of ours from this package; nothing of a spec is in it.
    namespace: dict[str, Any] = {"__name__": "archspec.support"}
    exec("\n".join([*sorted(imports), text]), namespace)
    return namespace
