"""A row of the layer tests: a layer, the shapes of its inputs, and, where written, the figures it must give."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from dataclasses import dataclass
from math import prod
from typing import Any

from archspec.elaborate.signature import show_argument
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.recipe import Function
from archspec.layers.registry import Family
from archspec.layers.support import support_source
from archspec.tensor import Dim, Shape, Sym, TensorType

T = Sym.of("T")


def make(name: str, *positional: Any, **keywords: Any) -> Layer:
    """Make a layer by its name in specs; positional arguments go to its fields in order."""
    kind = registry.find_layer(name)
    assert kind is not None and not isinstance(kind, Family), name
    return kind(**dict(zip(kind.model_fields, positional, strict=False)), **keywords)


def word(category: str, name: str, **arguments: Any) -> Part:
    return registry.words(category)[name](**arguments)


@dataclass(frozen=True)
class LayerCase:
    layer: Layer
    inputs: tuple[Shape, ...]
    out: Shape | tuple[Shape, ...] | None = None
    params: int | None = None
    macs: int | None = None
    dtype: str = "float32"
    #: Whether the backend of the tests can carry it out.
    runs: bool = True
    states: int = 0
    #: Whether Keras leaves lengths open that we know.
    vague: bool = False

    @property
    def types(self) -> tuple[TensorType, ...]:
        return tuple(TensorType(shape, self.dtype) for shape in self.inputs)

    def outputs(self, types: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        keywords = {"initial_state": types[-self.states :]} if self.states else {}
        output = self.layer.output(*types[: len(types) - self.states], **keywords)
        return output if isinstance(output, tuple) else (output,)

    def __str__(self) -> str:
        arguments = ",".join(f"{k}={shown(v)}" for k, v in self.layer.arguments().items())
        shapes = ";".join(str(t) for t in self.types)
        return f"{self.layer.names[0]}({arguments})<-{shapes}".replace(" ", "")


def shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({','.join(map(shown, value))})"
    return show_argument(value) if isinstance(value, Part) else str(value)


def row(name: str, *arguments: Any, on: Any, **keywords: Any) -> LayerCase:
    """Write a row: `on` is the shape of the input, or a list of shapes."""
    figures = {k: keywords.pop(k) for k in ("out", "params", "macs", "runs", "states", "vague") if k in keywords}
    if "input_dtype" in keywords:
        figures["dtype"] = keywords.pop("input_dtype")
    return LayerCase(make(name, *arguments, **keywords), tuple(on) if isinstance(on, list) else (on,), **figures)


def check_rules(case: LayerCase) -> None:
    """Check what is written in the row, and what holds for every layer."""
    outputs = case.outputs(case.types)
    shapes = tuple(t.shape for t in outputs)
    if case.out is not None:
        assert shapes == (case.out if case.out and isinstance(case.out[0], tuple) else (case.out,))
    weighed = case.types[: len(case.types) - case.states]
    if case.params is not None:
        assert sum(prod(w.shape) for w in case.layer.weights(*weighed)) == case.params
    macs = case.layer.macs(weighed, outputs)
    if case.macs is not None:
        assert macs == case.macs
    case.layer.window(*weighed)
    hash(case.layer)
    loaded = type(case.layer).model_validate(json.loads(case.layer.model_dump_json()), strict=False)
    assert loaded == case.layer
    assert loaded.arguments() == case.layer.arguments()


def reference(part: Part) -> Any:
    """Carry out a recipe: return the Keras object it describes."""
    assert not isinstance(part.keras, Function)
    given = {k: v for k, v in part.arguments().items() if k not in part.keras.at_call}
    return symbol(part)(**{part.keras.keyword(k): referred(v) for k, v in given.items()})


def referred(value: Any) -> Any:
    if isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
        return [referred(item) for item in value]
    return reference(value) if isinstance(value, Part) else value


def symbol(part: Part | type[Part]) -> Any:
    """Return what a recipe's symbol names."""
    support = getattr(part.keras, "support", None)
    if support:
        imports, text = support_source(support)
        namespace: dict[str, Any] = {"__name__": "support"}
        exec("\n".join([*sorted(imports), text]), namespace)
        return namespace[part.keras.symbol]
    module, _, name = part.keras.symbol.rpartition(".")
    return getattr(importlib.import_module(module), name)


def call(layer: Layer, callee: Any, tensors: list[Any], states: int = 0) -> Any:
    """Call a Keras layer or function on tensors as the layer's `takes` says."""
    keywords: dict[str, Any] = {"initial_state": tensors[-states:]} if states else {}
    tensors = tensors[: len(tensors) - states]
    if isinstance(layer.keras, Function):
        given = layer.arguments() | {name: getattr(layer, name) for name in layer.keras.always}
        keywords |= {layer.keras.keyword(k): v for k, v in given.items()}
    keywords |= {k: v for k, v in layer.arguments().items() if k in layer.keras.at_call}
    if layer.takes.how == "list":
        return callee(tensors, **keywords)
    if layer.takes.how == "each" and len(tensors) == 1:
        tensors = tensors * 2
    return callee(*tensors, **keywords)


def compare_with_keras(case: LayerCase) -> None:
    """Compare output types, weights and counts with the real layer, and with what it gives on arrays."""
    import keras

    function = isinstance(case.layer.keras, Function)
    real = real_layer(case.layer)
    results = as_list(call(case.layer, real, symbolic(case), case.states))
    outputs = case.outputs(case.types)
    for made, expected in zip(results, outputs, strict=True):
        # Of some lengths Keras says nothing until it runs, where we know them.
        theirs, ours = tuple(made.shape[1:]), tuple(map(_open, expected.shape))
        assert len(theirs) == len(ours)
        assert all(a == b or (a is None and case.vague) for a, b in zip(theirs, ours, strict=True))
        assert made.dtype == expected.dtype
    if not function:
        weights = list(case.layer.weights(*case.types[: len(case.types) - case.states]))
        assert [(weight_name(w), tuple(w.shape), w.trainable) for w in real.weights] == [
            (without_cell(w.name), w.shape, w.trainable) for w in weights
        ]
        assert real.count_params() == sum(prod(w.shape) for w in weights)
    if case.runs:
        given = as_list(call(case.layer, real, example(case), case.states))
        closed = tuple(TensorType(closed_shape(shape), case.dtype) for shape in case.inputs)
        assert [tuple(g.shape[1:]) for g in given] == [t.shape for t in case.outputs(closed)]
        assert [keras.backend.standardize_dtype(g.dtype) for g in given] == [t.dtype for t in outputs]


def real_layer(layer: Layer) -> Any:
    """Return the Keras layer, or the function."""
    return symbol(layer) if isinstance(layer.keras, Function) else reference(layer)


def symbolic(case: LayerCase) -> list[Any]:
    """Return a symbolic tensor for each input."""
    import keras

    return [keras.Input([_open(d) for d in shape], dtype=case.dtype) for shape in case.inputs]


def as_list(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list | tuple) else [result]


def closed_shape(shape: Shape) -> tuple[int, ...]:
    return tuple(dim if isinstance(dim, int) else 7 for dim in shape)


def example(case: LayerCase, batch: int = 2) -> list[Any]:
    """Return an array for each input, drawn at random: open lengths are 7, and whole numbers below 5."""
    import numpy as np

    random = np.random.default_rng(len(str(case)))
    shapes = [(batch, *closed_shape(shape)) for shape in case.inputs]
    if case.dtype.startswith(("int", "uint")):
        return [random.integers(0, 5, shape).astype(case.dtype) for shape in shapes]
    return [random.uniform(0.1, 0.9, shape).astype(case.dtype) for shape in shapes]


def _open(dim: Dim) -> int | None:
    return dim if isinstance(dim, int) else None


#: The name of a cell, or of all cells: generated code numbers them within their layer.
_CELL = re.compile(r"(\w+_)?cells?\d*")
#: The number of a layer inside another: Keras counts through the whole program.
_UNNUMBERED = re.compile(r"_\d+(?=/)")


def weight_name(weight: Any) -> str:
    # A recurrent layer holds its weights in a cell.
    return without_cell(weight.path.partition("/")[2])


def without_cell(path: str) -> str:
    parts = _UNNUMBERED.sub("", path).split("/")
    return "/".join(part for part in parts if not _CELL.fullmatch(part))


def keras_parameters(part: type[Part]) -> dict[str, Any]:
    """Return the parameters of the Keras constructor, in order, with their defaults."""
    parameters = inspect.signature(symbol(part).__init__).parameters.values()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {p.name: p.default for p in parameters if p.name != "self" and p.kind not in kinds}


def unnamed(config: Any) -> Any:
    """Leave the names out of a layer's configuration: Keras numbers them."""
    if isinstance(config, list | tuple):
        return [unnamed(item) for item in config]
    return {k: unnamed(v) for k, v in config.items() if k != "name"} if isinstance(config, dict) else config
