"""Records of the IR: closed and frozen when made, validated when read."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from archspec.diagnostics.source import Source, Span
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.ir.base import Ir, find_all
from archspec.ir.definition import CallOp, find
from archspec.ir.expr import Const, Var, Word
from archspec.ir.graph import Graph, LayerNode, Port
from archspec.ir.json import from_json, to_json
from archspec.record import replace
from archspec.tensor import TensorType

TYPE = TensorType((8,))


def graph() -> Graph:
    return compile_source(Source("net.arch", "block b(n) { dense(n) * 2 }\ninput 8\nb(4) -> b(n=4)\n")).checked().graph


@pytest.mark.parametrize("given", [{}, {"value": 1}, {"value": 1, "type": TYPE, "width": 3}])
def test_wrong_fields(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="argument"):
        Port(**given)


def test_defaults_and_equality() -> None:
    assert Port(value=1, type=TYPE).name == ""
    assert Port(value=1, type=TYPE) == Port(name="", type=TYPE, value=1)
    assert Port(value=1, type=TYPE) != Port(value=2, type=TYPE)
    assert hash(Port(value=1, type=TYPE)) == hash(Port(value=1, type=TYPE))


def test_frozen() -> None:
    with pytest.raises(AttributeError):
        Port(value=1, type=TYPE).value = 2  # type: ignore[misc]


def test_copies_are_of_their_own() -> None:
    port = Port(value=1, type=TYPE)
    assert replace(port, name="x").name == "x"
    assert (port.name, Port(value=1, type=TYPE).name) == ("", "")


def test_written_fields_stand_in_the_order_of_the_class() -> None:
    assert list(json.loads(to_json(graph()))) == [field.name for field in fields(Graph)]
    (port, *_) = json.loads(to_json(graph()))["bodies"]["net"]["inputs"]
    assert list(port) == ["value", "type", "name"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["name"], 3),
        (["unknown"], 3),
        (["bodies", "net", "key"], None),
        (["bodies", "net", "inputs", 0, "value"], "many"),
        (["bodies", "net", "nodes", 0, "node"], "cat"),
        (["definitions", "b", "body", 0, "op"], "cat"),
    ],
)
def test_what_is_read_is_validated(path: list[str | int], value: Any) -> None:
    data = json.loads(to_json(graph()))
    assert from_json(json.dumps(data)) == graph()
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ValidationError):
        from_json(json.dumps(data))


def test_find_all() -> None:
    definitions = tuple(graph().definitions.values())
    calls = sorted(call.callee for call in find_all(definitions, CallOp))
    assert calls == ["b", "b", "dense"]
    assert {type(found) for found in find_all(definitions, (Const, Var))} == {Const, Var}
    assert list(find_all(Span("a", 1, 1, 1, 1), LayerNode)) == []


def test_what_is_found_in_a_record_is_all_that_it_holds() -> None:
    """Where records may be is told by the types of the fields as they are written; here every field is looked into."""
    kinds: set[type] = set()
    for path in shipped_specs():
        for model in each_model(path.name):
            for definition in compile_spec(model).checked().graph.definitions.values():
                everything = [record for record in find(definition, Ir) if not isinstance(record, Word)]
                assert {id(record) for record in find_all(definition, Ir)} == {id(record) for record in everything}
                kinds |= {type(record) for record in everything}
    assert len(kinds) > 20
