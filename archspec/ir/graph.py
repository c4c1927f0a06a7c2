"""The elaborated network: typed, hierarchical, immutable.

A graph is a set of *bodies*. A body is a straight list of nodes in execution order, over values numbered from 0: first
its inputs, then each node's outputs. A block instance is a node that refers to a body; equal instances refer to the
same one. A repetition is a node with a count and the body of one iteration. So a graph is as long as its spec, however
deep the network. `leaves` is the flat view.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field

from archspec.diagnostics.source import Span
from archspec.ir.base import Form, Ir
from archspec.ir.definition import Definition, ExternLayer
from archspec.ir.expr import Value
from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.tensor import TensorType


def _load_layer(data: Any) -> Layer:
    if isinstance(data, Layer):
        return data
    if isinstance(data, dict) and (layer := registry.find_kind(str(data.get("kind")))):
        # JSON has no tuples, so a loaded layer is coerced where a written one is held to its types.
        return layer.model_validate({k: v for k, v in data.items() if k != "kind"}, strict=False)
    raise ValueError("not a layer")


def _dump_layer(layer: Layer) -> dict[str, Any]:
    return {"kind": layer.kind, **layer.model_dump(mode="json")}


LayerField = Annotated[Layer, Form(_load_layer, _dump_layer, {"title": "Layer"})]


class Port(Ir):
    """One value: its number in the body, its type, and the name it enters or leaves by, if any."""

    value: int
    type: TensorType
    name: str = ""


class Node(Ir):
    """One use of something in a body. `name` and `index` make its path: see `step_name`.

    `index` holds the positions in the unrolled loops around it. All uses of a shared step bear the same name.
    """

    name: str
    index: tuple[int, ...] = ()
    shared: bool = False
    inputs: tuple[int, ...]
    outputs: tuple[Port, ...]
    span: Span


class LayerNode(Node):
    node: Literal["layer"] = "layer"
    layer: LayerField
    #: Values given by keyword (`initial_state`).
    keywords: tuple[tuple[str, tuple[int, ...]], ...] = ()


class BlockNode(Node):
    """An instance of a block; `body` is the key of its body in the graph."""

    node: Literal["block"] = "block"
    body: str


class RepeatNode(Node):
    """`count` equal iterations, the first of them at position `start` of its loop.

    The first `carried` outputs of an iteration are the first inputs of the next, with the same types; inputs beyond
    them are the same in every iteration. The node's outputs are those of the last iteration.
    """

    node: Literal["repeat"] = "repeat"
    body: str
    start: int
    count: int
    carried: int


AnyNode = Annotated[LayerNode | BlockNode | RepeatNode, Field(discriminator="node")]


class Body(Ir):
    """One elaborated block instance, loop iteration, or the model itself."""

    key: str
    #: The key of the definition it is an instance of.
    definition: str
    kind: Literal["model", "block", "iteration"]
    arguments: tuple[tuple[str, Value], ...] = ()
    inputs: tuple[Port, ...]
    nodes: tuple[AnyNode, ...]
    outputs: tuple[Port, ...]

    @cached_property
    def types(self) -> Mapping[int, TensorType]:
        """The type of every value."""
        made = chain.from_iterable([node.outputs for node in self.nodes])
        return {port.value: port.type for port in chain(self.inputs, made)}


class Expectation(Ir):
    """A figure that the author stated of a body; the analyses hold it against theirs."""

    body: str
    metric: str
    comparison: str
    value: Value
    span: Span


class Graph(Ir):
    """A compiled model. `main` is the key of its body; `file` the name of its source."""

    format: Literal[1] = 1
    name: str
    doc: str = ""
    file: str
    main: str
    bodies: dict[str, Body]
    definitions: dict[str, Definition]
    externs: dict[str, ExternLayer]
    expectations: tuple[Expectation, ...] = ()

    @property
    def body(self) -> Body:
        """Return the model's own body."""
        return self.bodies[self.main]


def step_name(name: str, index: tuple[int, ...]) -> str:
    """Return a node's name within its block: its site, then its position in each loop around it: `conv1_0_2`."""
    return "_".join((name, *map(str, index)))
