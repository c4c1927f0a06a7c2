"""Brings the weighted layers of two functional Keras models into one order, so that weights can be copied across.

The order: depth first from the outputs, so that a layer comes after all that it depends on. The inputs of a merge are
visited as they stand. Where their order says nothing (`Add`, `Multiply`, …) it is that of a fingerprint: the shapes of the
weights that lead to each, and how they come together. Layers without weights are walked through, so it does not matter
whether padding is a layer of its own, or an activation an argument. Nor does it matter what no weight leads to, such as
a mask. Names and the order of creation play no part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

UNORDERED = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum", "CustomScaleLayer"})
#: Layers that take nothing of their input but its size.
SOURCES = frozenset({"FreeWeight", "SinePositions"})


def weighted_layers(model: Any) -> list[Any]:
    """Return the layers that own weights, each once, in the order above. Raises ValueError where one is not reached."""
    fingerprints: dict[int, int] = {}

    def fingerprint(layer: Any, before: list[int]) -> int:
        shapes = _shapes(layer)
        if not shapes and len(before) < 2:
            return sum(before)
        unordered = type(layer).__name__ in UNORDERED
        return hash((shapes, unordered, tuple(sorted(before) if unordered else before)))

    for node in _walk(model, _parents):
        # 0 is what no weight leads to.
        found = [seen for parent in _parents(node) if (seen := fingerprints[id(parent)])]
        for layer in _members(node.operation):
            found = [fingerprint(layer, found)]
        (fingerprints[id(node)],) = found

    def ordered(node: Any) -> list[Any]:
        parents = _parents(node)
        if type(node.operation).__name__ in UNORDERED:
            parents.sort(key=lambda p: fingerprints[id(p)])
        return parents

    met = [layer for node in _walk(model, ordered) for layer in _members(node.operation)]
    layers = list({id(layer): layer for layer in met if _shapes(layer)}.values())
    if sum(len(layer.weights) for layer in layers) != len(model.weights):
        raise ValueError("a layer with weights is not on the way from the inputs to the outputs")
    return layers


def _walk(model: Any, parents: Callable[[Any], list[Any]]) -> list[Any]:
    """Return the nodes, each after its parents. Deep networks need a stack of our own."""
    done: dict[int, Any] = {}
    stack = [(_node(tensor), False) for tensor in reversed(model.outputs)]
    while stack:
        node, ready = stack.pop()
        if ready:
            done.setdefault(id(node), node)
        elif id(node) not in done:
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(parents(node)))
    return list(done.values())


def _node(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _parents(node: Any) -> list[Any]:
    if type(node.operation).__name__ in SOURCES:
        return []
    return [_node(tensor) for tensor in node.input_tensors]


def _members(operation: Any) -> list[Any]:
    """Return the layers of a chain that is one layer of a model, and anything else as it is."""
    return operation.layers if type(operation).__name__ == "Sequential" else [operation]


def _shapes(operation: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(weight.shape) for weight in getattr(operation, "weights", ()))
