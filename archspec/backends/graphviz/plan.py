"""Decides what is drawn as one: which layers fuse, which equal blocks fold into one, and how deep the drawing goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archspec.ir.graph import AnyNode, BlockNode, Body, Graph, LayerNode, RepeatNode

#: With more cards than this a drawing starts folded to depth 1, and with more than the second still to depth 0.
MANY_CARDS, TOO_MANY_CARDS = 40, 300

_HOSTS = frozenset({"conv", "dense", "recurrent", "attention", "embedding", "norm"})
_FOLLOWERS = frozenset({"norm", "activation"})


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that are drawn as one: a layer and what is fused with it, or `times` equal blocks one after another."""

    nodes: tuple[AnyNode, ...]
    times: int = 1


class Planner:
    """Plans the bodies of one graph, each once."""

    def __init__(self, graph: Graph, fuse: bool) -> None:
        self._graph, self._fuse = graph, fuse
        self._groups: dict[str, tuple[Group, ...]] = {}
        self._counts: dict[tuple[str, int | None], int] = {}

    def groups(self, body: Body) -> tuple[Group, ...]:
        """Return the nodes of a body in execution order, gathered into groups."""
        if body.key not in self._groups:
            self._groups[body.key] = tuple(_groups(body, self._fuse))
        return self._groups[body.key]

    def depth(self) -> int | None:
        """Return the depth that keeps the drawing readable; None where all of it is."""
        if self._count(self._graph.body, None) <= MANY_CARDS:
            return None
        return 1 if self._count(self._graph.body, 1) <= TOO_MANY_CARDS else 0

    def _count(self, body: Body, depth: int | None) -> int:
        """Return how many cards a body shows with blocks opened `depth` levels deep."""
        key = body.key, depth
        if key not in self._counts:
            self._counts[key] = sum(self._cards(group.nodes[0], depth) for group in self.groups(body))
        return self._counts[key]

    def _cards(self, node: AnyNode, depth: int | None) -> int:
        match node:
            case LayerNode():
                return 1
            case RepeatNode():
                return self._count(self._graph.bodies[node.body], depth)
            case BlockNode():
                inner = None if depth is None else depth - 1
                return 1 if depth == 0 else self._count(self._graph.bodies[node.body], inner)


def _groups(body: Body, fuse: bool) -> list[Group]:
    readers = _readers(body)
    groups: list[Group] = []
    taken: set[int] = set()
    for position, node in enumerate(body.nodes):
        if position in taken:
            continue
        chain = [position]
        if isinstance(node, BlockNode):
            chain = _equal_blocks(body, position, readers)
        elif fuse and isinstance(node, LayerNode):
            chain = _fused(body, position, readers)
        taken.update(chain)
        groups.append(Group(tuple(body.nodes[i] for i in chain), len(chain) if isinstance(node, BlockNode) else 1))
    return groups


def _readers(body: Body) -> Mapping[int, list[int]]:
    """Return, for each value, the positions of the nodes that read it; -1 stands for the outputs of the body."""
    readers: dict[int, list[int]] = {}
    for position, node in enumerate(body.nodes):
        for value in node.inputs:
            readers.setdefault(value, []).append(position)
        if isinstance(node, LayerNode):
            for _, values in node.keywords:
                for value in values:
                    readers.setdefault(value, []).append(position)
    for port in body.outputs:
        readers.setdefault(port.value, []).append(-1)
    return readers


def _next(body: Body, position: int, readers: Mapping[int, list[int]]) -> int:
    """Return the position of the one node that reads the results of a node, and reads each once; else -1."""
    places = [place for port in body.nodes[position].outputs for place in readers.get(port.value, [])]
    return places[0] if len(set(places)) == 1 and len(places) == len(body.nodes[position].outputs) else -1


def _fused(body: Body, position: int, readers: Mapping[int, list[int]]) -> list[int]:
    """Return a layer and the normalisation and activation that follow it and read nothing else, one of each at most."""
    host = body.nodes[position]
    assert isinstance(host, LayerNode)
    chain = [position]
    if host.layer.category not in _HOSTS or len(host.outputs) != 1:
        return chain
    missing = set(_FOLLOWERS - {host.layer.category})
    while (follower := _next(body, chain[-1], readers)) >= 0:
        node = body.nodes[follower]
        if not isinstance(node, LayerNode) or node.layer.category not in missing or node.shared != host.shared:
            break
        if len(node.inputs) != 1 or len(node.outputs) != 1 or node.keywords:
            break
        missing.remove(node.layer.category)
        chain.append(follower)
    return chain


def _equal_blocks(body: Body, position: int, readers: Mapping[int, list[int]]) -> list[int]:
    """Return a block and its equals that follow it, each taking what the one before made."""
    chain = [position]
    while (following := _next(body, chain[-1], readers)) >= 0:
        block, other = body.nodes[chain[-1]], body.nodes[following]
        made = tuple(port.value for port in block.outputs)
        same = isinstance(block, BlockNode) and isinstance(other, BlockNode) and other.body == block.body
        if not same or (block.shared, block.shared and block.name) != (other.shared, other.shared and other.name):
            break
        if other.inputs != made + block.inputs[len(made) :]:
            break
        chain.append(following)
    return chain
