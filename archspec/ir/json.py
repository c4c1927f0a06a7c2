"""The IR as JSON, and back, with its schema."""

from __future__ import annotations

from functools import cache
from typing import Any

import pydantic_core
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from archspec.diagnostics.diagnostic import ArchspecError
from archspec.ir.graph import Graph
from archspec.layers import registry


@cache
def _graphs() -> TypeAdapter[Graph]:
    return TypeAdapter(Graph)


def to_json(graph: Graph, indent: int | None = 2) -> str:
    """Write a graph as JSON. Raises ArchspecError where it is nested more deeply than JSON can be read."""
    try:
        data = _graphs().dump_json(graph, indent=indent)
        pydantic_core.from_json(data)
    except ValueError as error:
        raise ArchspecError(f"this network cannot be written as JSON: {error}") from error
    return data.decode()


def from_json(text: str | bytes) -> Graph:
    """Read a graph back; it equals the one that was written. Raises pydantic.ValidationError."""
    return _graphs().validate_json(text)


def schema() -> dict[str, Any]:
    """Return the JSON schema of the IR."""
    layers = list(registry.all_layers())
    _, definitions = models_json_schema([(layer, "validation") for layer in layers])
    defs: dict[str, Any] = dict(definitions.get("$defs", {}))
    for layer in layers:
        defs[layer.__name__]["properties"] = {
            "kind": {"const": layer.kind},
            **defs[layer.__name__].get("properties", {}),
        }
    graph = _graphs().json_schema()
    # Pydantic looks every reference up, so the one to the layers is put in afterwards.
    graph["$defs"]["LayerNode"]["properties"]["layer"] = {"$ref": "#/$defs/Layer"}
    graph["$defs"] |= defs | {"Layer": {"oneOf": [{"$ref": f"#/$defs/{layer.__name__}"} for layer in layers]}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **graph}
