"""Weights: how many a body has, shared ones counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from archspec.analysis.fold import Call
from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode
from archspec.layers.base import Layer, Weight
from archspec.record import Record
from archspec.tensor import TensorType


class Count(Record):
    """A number of parameters: all of them, and those that training changes."""

    total: int = 0
    trainable: int = 0

    @property
    def non_trainable(self) -> int:
        return self.total - self.trainable

    def __add__(self, other: Count) -> Count:
        return Count(self.total + other.total, self.trainable + other.trainable)

    def __mul__(self, times: int) -> Count:
        return Count(self.total * times, self.trainable * times)


def layer_weights(layer: Layer, inputs: tuple[TensorType, ...]) -> list[Weight]:
    """Return the weights of a layer, in the order in which Keras creates them."""
    return list(layer.weights(*inputs))


def count_of(weights: Iterable[Weight]) -> Count:
    """Return the number of parameters in some weights."""
    total = trainable = 0
    for weight in weights:
        size = prod(weight.shape)
        total += size
        trainable += size * weight.trainable
    return Count(total, trainable)


class _Owned(Record):
    """What a body owns by itself, and its shared steps by name: they are one wherever they are used."""

    own: Count
    shared: Mapping[str, Count]

    @property
    def all(self) -> Count:
        return sum(self.shared.values(), self.own)


def count_weights(graph: Graph, calls: Mapping[str, list[Call]]) -> Mapping[str, Count]:
    """Return the parameters of each body, its blocks and repetitions included; `calls` are its own layers."""
    owned: dict[str, _Owned] = {}
    for key, body in graph.bodies.items():
        owned[key] = _owned(body, calls[key], owned)
    return {key: value.all for key, value in owned.items()}


def _owned(body: Body, calls: list[Call], known: Mapping[str, _Owned]) -> _Owned:
    own: list[Count] = []
    shared: dict[str, Count] = {}
    for call in calls:
        count = count_of(layer_weights(call.node.layer, call.inputs))
        if call.node.shared:
            shared[call.node.name] = count
        else:
            own.append(count * call.times)
    for node in body.nodes:
        if isinstance(node, LayerNode):
            continue
        if isinstance(node, RepeatNode):
            # An iteration's shared steps belong to the body around the loop.
            iteration = known[node.body]
            shared.update(iteration.shared)
            count = iteration.own * node.count
        else:
            count = known[node.body].all
        if node.shared:
            shared[node.name] = count
        else:
            own.append(count)
    return _Owned(Count(sum(c.total for c in own), sum(c.trainable for c in own)), shared)
