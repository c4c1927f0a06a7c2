"""The IR as JSON, and back, with its schema."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from archspec.ir.graph import Graph
from archspec.layers import registry


def to_json(graph: Graph, indent: int | None = 2) -> str:
    """Write a graph as JSON."""
    return graph.model_dump_json(indent=indent)


def from_json(text: str | bytes) -> Graph:
    """Read a graph back; it equals the one that was written. Raises pydantic.ValidationError."""
    return Graph.model_validate_json(text)


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
    graph = Graph.model_json_schema()
    # Pydantic looks every reference up, so the one to the layers is put in afterwards.
    graph["$defs"]["LayerNode"]["properties"]["layer"] = {"$ref": "#/$defs/Layer"}
    graph["$defs"] |= defs | {"Layer": {"oneOf": [{"$ref": f"#/$defs/{layer.__name__}"} for layer in layers]}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **graph}
