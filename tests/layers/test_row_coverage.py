"""The rows leave nothing out: each argument, each of its choices, each rank, open, even and odd lengths."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import ValidationError

from archspec.layers import registry
from archspec.layers.base import Layer, Part, RuleError
from archspec.layers.configs import OneOf
from archspec.tensor import Shape, TensorType
from tests.layers.layer_case import LayerCase
from tests.layers.layer_rows import all_rows

ROWS = all_rows()
LAYERS = list(registry.all_layers())
CELLS = [part for part in registry.words("cell").values() if issubclass(part, Part)]
#: The most axes of a row, the batch left out.
MOST_AXES = 4


def parts(value: Any) -> Iterator[Part]:
    """Yield a layer and the parts that it is given, at any depth."""
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    if isinstance(value, Part):
        yield value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name))


USED = [part for case in ROWS for part in parts(case.layer)]


def rows_of(layer: type[Layer]) -> list[LayerCase]:
    return [case for case in ROWS if type(case.layer) is layer]


@pytest.mark.parametrize("part", [*LAYERS, *CELLS], ids=lambda part: part.kind)
def test_every_argument_is_off_its_default_in_some_row(part: type[Part]) -> None:
    tried = {name for used in USED if type(used) is part for name in used.arguments()}
    assert sorted(set(part.model_fields) - tried) == []


def choices(part: type[Part], name: str) -> list[Any]:
    """Return the values of an argument that has few: both of a switch, the words of a closed list."""
    field = part.model_fields[name]
    for category in (m.category for m in field.metadata if isinstance(m, OneOf)):
        if category in ("padding", "interpolation"):
            return [
                word
                for word in dict.fromkeys(w.names[0] for w in registry.words(category).values())
                if takes(part, name, word)
            ]
        return []
    return list(literals(field.annotation))


def literals(annotation: Any) -> Iterator[Any]:
    if annotation is bool:
        yield from (False, True)
    elif get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, UnionType):
        for option in get_args(annotation):
            yield from literals(option)


def takes(part: type[Part], name: str, value: Any) -> bool:
    try:
        part(**{name: value})
    except ValidationError as error:
        return not any(fault["loc"][:1] == (name,) for fault in error.errors())
    return True


@pytest.mark.parametrize("part", [*LAYERS, *CELLS], ids=lambda part: part.kind)
def test_every_choice_of_an_argument_is_in_some_row(part: type[Part]) -> None:
    for name in part.model_fields:
        tried = {getattr(used, name) for used in USED if type(used) is part}
        assert [choice for choice in choices(part, name) if choice not in tried] == [], name


def stretched(shape: Shape, rank: int) -> Shape:
    """Return the shape with so many axes: the last ones, or more in front."""
    return shape[len(shape) - rank :] if rank <= len(shape) else (*(2,) * (rank - len(shape)), *shape)


def accepted_ranks(layer: type[Layer]) -> set[int]:
    """Return the ranks of the first input that the layer takes, with the arguments of some row."""
    found = set()
    for case in rows_of(layer):
        tensors = case.inputs[: len(case.inputs) - case.states]
        for rank in range(MOST_AXES + 1):
            types = [TensorType(stretched(shape, rank), case.dtype) for shape in tensors]
            try:
                case.layer.output(*types)
                list(case.layer.weights(*types))
                found.add(rank)
            except RuleError:
                continue
    return found


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_every_rank_is_in_some_row(layer: type[Layer]) -> None:
    tried = {len(case.inputs[0]) for case in rows_of(layer)}
    assert sorted(accepted_ranks(layer) - tried) == []


def opened(layer: type[Layer]) -> bool:
    """Tell whether the layer takes an input with an open length, with the arguments of some row."""
    for case in rows_of(layer):
        first, *rest = case.types[: len(case.types) - case.states]
        for axis in range(first.rank):
            shape = (*first.shape[:axis], None, *first.shape[axis + 1 :])
            try:
                case.layer.output(first.with_shape(shape), *rest)
                list(case.layer.weights(first.with_shape(shape), *rest))
                return True
            except RuleError:
                continue
    return False


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_open_lengths_are_in_some_row(layer: type[Layer]) -> None:
    assert not opened(layer) or any(None in shape for case in rows_of(layer) for shape in case.inputs)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_even_and_odd_lengths_are_in_some_row(layer: type[Layer]) -> None:
    # Of a layer over spatial axes, on each of them.
    axes = range(layer.rank) if layer.rank else [slice(None)]
    shapes = [case.inputs[0] for case in rows_of(layer)]
    for axis in axes:
        lengths = [n for shape in shapes for n in (shape[axis] if isinstance(axis, slice) else shape[axis : axis + 1])]
        assert {n % 2 for n in lengths if isinstance(n, int)} == {0, 1}, axis
