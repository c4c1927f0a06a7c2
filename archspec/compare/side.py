"""One of the networks that are compared: what its bodies are made of, and what in them is equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from archspec.analysis.weights import count_of, layer_weights
from archspec.backend import Checked
from archspec.ir.expr import show_value
from archspec.ir.graph import AnyNode, BlockNode, Body, LayerNode, RepeatNode
from archspec.layers.base import Part
from archspec.record import Record
from archspec.tensor import TensorType

#: Gives what is equal the same number, in both networks.
Numbers = dict[object, int]
Arguments = tuple[tuple[str, str], ...]


class Use(Record):
    """What a body uses at one place: a layer, a block or a repetition of several. `times` is how often in a row.

    `node` stands in the body; where it repeats one thing, `inner` is that thing and `index` the way to it.
    """

    node: AnyNode
    inner: AnyNode
    index: tuple[int, ...]
    times: int
    #: Equal for what is made alike, whatever comes in.
    content: int
    kind: str
    arguments: Arguments
    inputs: tuple[TensorType, ...]
    outputs: tuple[TensorType, ...]
    params: int
    macs: int | None
    layers: int

    @property
    def name(self) -> str:
        """The name that it is called by, or is numbered after."""
        return self.inner.name

    @property
    def body(self) -> str:
        """The key of the body in it; none has a layer."""
        return "" if isinstance(self.inner, LayerNode) else self.inner.body

    @property
    def form(self) -> str:
        """`layer`, `block` or `repeat`."""
        return self.inner.node


class Side:
    """One network, each body looked at once."""

    def __init__(self, checked: Checked, numbers: Numbers) -> None:
        self.checked, self.graph, self._figures = checked, checked.graph, checked.figures
        self._numbers = numbers
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._contents: dict[str, int] = {}
        self._kinds: dict[str, Counter[str]] = {}

    def uses(self, key: str) -> tuple[Use, ...]:
        """Return what a body uses, in execution order."""
        if key not in self._uses:
            body = self.graph.bodies[key]
            types = body.types
            self._uses[key] = tuple(self._use(node, types) for node in body.nodes)
        return self._uses[key]

    def kinds(self, key: str) -> Counter[str]:
        """Return how often each kind of layer is written in a body and the blocks in it."""
        if key not in self._kinds:
            found = Counter[str]()
            for use in self.uses(key):
                found += Counter([use.kind]) if not use.body else self.kinds(use.body)
            self._kinds[key] = found
        return self._kinds[key]

    def _use(self, node: AnyNode, types: Mapping[int, TensorType]) -> Use:
        inner, times, index, within = node, 1, node.index, types
        while isinstance(inner, RepeatNode) and len(self.graph.bodies[inner.body].nodes) == 1:
            body = self.graph.bodies[inner.body]
            times *= inner.count
            index = (*index, inner.start)
            inner, within = body.nodes[0], body.types
            index = (*index, *inner.index)
        if isinstance(inner, RepeatNode):
            times *= inner.count
            index = (*index, inner.start)
        inputs = tuple(types[value] for value in node.inputs)
        outputs = tuple(port.type for port in node.outputs)
        if isinstance(inner, LayerNode):
            read = tuple(within[value] for value in inner.inputs)
            layer = inner.layer
            given: Arguments = tuple((name, written(value)) for name, value in layer.arguments().items())
            params = count_of(layer_weights(layer, read)).total
            macs, layers, kind = layer.macs(read, tuple(port.type for port in inner.outputs)), 1, layer.kind
            made: object = (kind, given)
        else:
            body = self.graph.bodies[inner.body]
            given = tuple((name, show_value(value)) for name, value in body.arguments)
            params, macs = self._figures.weights[body.key].total, self._figures.macs[body.key]
            layers = self._figures.layers[body.key] or 0
            kind = self.graph.definitions[body.definition].name if isinstance(inner, BlockNode) else "repeat"
            made = (kind, self._content(body))
        content = self._number((made, inner.shared and inner.name))
        total = params if inner.shared else params * times
        count = None if macs is None else macs * times
        return Use(node, inner, index, times, content, kind, given, inputs, outputs, total, count, layers * times)

    def _content(self, body: Body) -> int:
        if body.key not in self._contents:
            parts: list[object] = [len(body.inputs), *(port.value for port in body.outputs)]
            for use in self.uses(body.key):
                parts.append((use.content, use.times, use.node.inputs, _keywords(use.inner)))
            self._contents[body.key] = self._number(tuple(parts))
        return self._contents[body.key]

    def _number(self, content: object) -> int:
        return self._numbers.setdefault(content, len(self._numbers))


def _keywords(node: AnyNode) -> object:
    return node.keywords if isinstance(node, LayerNode) else ()


def values_read(node: AnyNode) -> tuple[int, ...]:
    """Return the values that a node reads."""
    more = [value for _, values in node.keywords for value in values] if isinstance(node, LayerNode) else []
    return (*node.inputs, *more)


def written(value: Any) -> str:
    """Write an argument as a spec would."""
    if isinstance(value, Part):
        inner = ", ".join(f"{name}={written(one)}" for name, one in value.arguments().items())
        return value.names[0] + (f"({inner})" if inner else "")
    if isinstance(value, tuple) and len(value) > 1 and all(type(item) is int for item in value):
        return "x".join(map(str, value))
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))})"
    return value if isinstance(value, str) else show_value(value)
