"""Decides what is drawn as one: which layers fuse, which equal blocks fold into one, and which blocks are opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import takewhile

from archspec.diagnostics.diagnostic import ArchspecError
from archspec.ir.graph import AnyNode, BlockNode, Body, Graph, LayerNode, RepeatNode, step_name
from archspec.layers.base import Layer
from archspec.record import Record

#: With more cards than this, the titles of frames among them, a drawing starts folded.
MANY_CARDS = 40


class View(Record):
    """What a person wants to see of a model.

    Blocks deeper than `depth` are one card each; None chooses. `expand` names blocks to open all the same, `highlight`
    layers and blocks that stand out: each by its path, its name, or what it is an instance of. `fuse` draws a
    normalisation and an activation in the card of the layer that they follow. `alike` folds blocks in a row into one
    even where they differ in their sizes. `only` are the paths of the blocks to open, whatever the rest says, and
    `apart` nodes, by their body and their number in it, that are not drawn as one with what they follow.
    """

    depth: int | None = None
    expand: frozenset[str] = frozenset()
    highlight: frozenset[str] = frozenset()
    fuse: bool = True
    alike: bool = False
    only: frozenset[str] | None = None
    apart: frozenset[tuple[str, int]] = frozenset()

    def __post_init__(self) -> None:
        if self.depth is not None and self.depth < 0:
            raise ValueError(f"depth must be 0 or more, not {self.depth}")


class NothingNamed(ArchspecError):
    """A name that no layer and no block of the model goes by."""


_HOSTS = frozenset({"conv", "dense", "recurrent", "attention", "embedding", "norm"})
_FOLLOWERS = frozenset({"norm", "activation"})


class Group(Record):
    """Nodes that are drawn as one: a layer and what is fused with it, or `times` blocks like one another in a row."""

    nodes: tuple[AnyNode, ...]
    times: int = 1


class Planner:
    """Plans the bodies of one graph, each once."""

    def __init__(
        self, graph: Graph, fuse: bool, alike: bool = False, apart: frozenset[tuple[str, int]] = frozenset()
    ) -> None:
        self._graph, self._fuse, self._alike, self._apart = graph, fuse, alike, apart
        self._groups: dict[str, tuple[Group, ...]] = {}
        self._counts: dict[str, int] = {}
        self._structures: dict[str, int] = {}
        self._structure_numbers: dict[tuple[object, ...], int] = {}
        self._names: dict[str, frozenset[str]] = {}

    def groups(self, body: Body) -> tuple[Group, ...]:
        """Return the nodes of a body in execution order, gathered into groups."""
        if body.key not in self._groups:
            self._groups[body.key] = tuple(_groups(body, self._fuse, self._same, self._apart))
        return self._groups[body.key]

    def _same(self, a: BlockNode, b: BlockNode) -> bool:
        """Tell whether two blocks can be drawn as one."""
        if a.body == b.body:
            return True
        one, other = self._graph.bodies[a.body], self._graph.bodies[b.body]
        return self._alike and not a.shared and self.structure(one) == self.structure(other)

    def count(self) -> int:
        """Return how many cards and titles the model has with all its blocks opened."""
        return self._count(self._graph.body)

    def _count(self, body: Body) -> int:
        """Return how many cards and titles a body shows with all its blocks opened."""
        if body.key not in self._counts:
            self._counts[body.key] = sum(self._cards(group.nodes[0]) for group in self.groups(body))
        return self._counts[body.key]

    def _cards(self, node: AnyNode) -> int:
        return 1 if isinstance(node, LayerNode) else self._count(self._graph.bodies[node.body]) + 1

    def structure(self, body: Body) -> int:
        """Return a number that bodies share which look the same but for sizes: one of them opened shows them all."""
        if body.key not in self._structures:
            parts: list[object] = [body.definition]
            for group in self.groups(body):
                parts.append((self._kind(group.nodes[0]), group.nodes[0].inputs, group.times))
                parts += [self._kind(node) for node in group.nodes[1:] if isinstance(node, LayerNode)]
            self._structures[body.key] = self._structure_numbers.setdefault(tuple(parts), len(self._structure_numbers))
        return self._structures[body.key]

    def _kind(self, node: AnyNode) -> object:
        if isinstance(node, LayerNode):
            return node.layer.kind
        structure = self.structure(self._graph.bodies[node.body])
        return (structure, node.count) if isinstance(node, RepeatNode) else structure

    def names_of(self, node: AnyNode) -> frozenset[str]:
        """Return the names that a node goes by, apart from its path."""
        own = {node.name, step_name(node.name, node.index)}
        if isinstance(node, LayerNode):
            return frozenset(own | _layer_names(node.layer))
        if isinstance(node, BlockNode):
            return frozenset(own | {self._graph.definitions[self._graph.bodies[node.body].definition].name})
        return frozenset()

    def names_in(self, body: Body) -> frozenset[str]:
        """Return the names that anything in a body goes by, apart from paths."""
        if body.key not in self._names:
            found: set[str] = set()
            for node in body.nodes:
                found |= self.names_of(node)
                if not isinstance(node, LayerNode):
                    found |= self.names_in(self._graph.bodies[node.body])
            self._names[body.key] = frozenset(found)
        return self._names[body.key]


def _layer_names(layer: Layer) -> set[str]:
    return {layer.kind, *layer.names, *layer.family}


#: Tells whether two blocks can be drawn as one.
_Same = Callable[[BlockNode, BlockNode], bool]


def _groups(body: Body, fuse: bool, same: _Same, apart: frozenset[tuple[str, int]]) -> list[Group]:
    readers = _readers(body)
    groups: list[Group] = []
    taken: set[int] = set()
    for position, node in enumerate(body.nodes):
        if position in taken:
            continue
        chain = [position]
        if isinstance(node, BlockNode):
            chain = _like_blocks(body, position, readers, same)
        elif fuse and isinstance(node, LayerNode):
            chain = _fused(body, position, readers)
        chain[1:] = takewhile(lambda place: (body.key, place) not in apart, chain[1:])
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


def _like_blocks(body: Body, position: int, readers: Mapping[int, list[int]], like: _Same) -> list[int]:
    """Return a block and those like it that follow it, each taking what the one before made."""
    chain = [position]
    while (following := _next(body, chain[-1], readers)) >= 0:
        block, other = body.nodes[chain[-1]], body.nodes[following]
        made = tuple(port.value for port in block.outputs)
        same = isinstance(block, BlockNode) and isinstance(other, BlockNode) and like(block, other)
        if not same or (block.shared, block.shared and block.name) != (other.shared, other.shared and other.name):
            break
        if other.inputs != made + block.inputs[len(made) :]:
            break
        chain.append(following)
    return chain
