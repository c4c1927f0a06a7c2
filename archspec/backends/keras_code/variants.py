"""Which classes to write: one for each definition, unless its uses differ in more than their arguments.

A rank-free name such as `conv` is a 1-D layer in one use of a block and a 2-D one in another; such uses get a class
each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archspec.backends.keras_code.naming import class_name
from archspec.ir.definition import BranchesOp, CallOp, Definition, IfOp, Op, RepeatOp, SharedOp
from archspec.ir.graph import BlockNode, Body, Graph, LayerNode, RepeatNode
from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.layers.extern import Extern
from archspec.layers.recipe import Recipe
from archspec.layers.registry import Family


@dataclass
class Variant:
    """One class to be: a definition, the bodies that are its instances, and what each of its sites is there."""

    definition: Definition
    class_name: str
    #: A layer of each site that holds one, and the variant of each site that holds a block.
    layers: dict[str, Layer] = field(default_factory=dict)
    blocks: dict[str, Variant] = field(default_factory=dict)
    #: How many results each site has.
    results: dict[str, int] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)

    @property
    def uses_training(self) -> bool:
        """Tell whether anything inside behaves differently in training."""
        # A layer in a branch that no use takes counts: the arguments of another use may take it.
        return any(block.uses_training for block in self.blocks.values()) or any(
            self.layer_class(call).uses_training
            for call in calls(self.definition.body)
            if call.target in ("layer", "extern")
        )

    def arguments(self, name: str) -> list[Any]:
        """Return the values that a variable of the definition's parameters takes in its uses."""
        return [value for body in self.bodies for key, value in body.arguments if key == name]

    def recipe(self, call: CallOp) -> Recipe:
        """Return how the layer of a site is made."""
        return self.layers[call.site].recipe if call.site in self.layers else self.layer_class(call).keras

    def layer_class(self, call: CallOp) -> type[Layer]:
        """Return the layer of a site; one in a branch that no use takes is judged by its neighbours' rank."""
        if call.site in self.layers:
            return type(self.layers[call.site])
        if call.target == "extern":
            return Extern
        found = registry.find_layer(call.callee)
        assert found is not None, call.callee
        if not isinstance(found, Family):
            return found
        ranks = [layer.rank for layer in self.layers.values() if layer.rank is not None]
        return (found.for_rank(ranks[0]) if ranks else None) or found.typical


def variants(graph: Graph) -> list[Variant]:
    """Return the classes of a graph, each after those it uses; the model itself is the last."""
    found: list[Variant] = []
    of_body: dict[str, Variant] = {}
    # Bodies come before the bodies that use them, so the model's own class is made last.
    for body in graph.bodies.values():
        if body.kind == "iteration":
            continue
        sites = dict(_sites(graph, body))
        kinds = {name: _kind(node, of_body) for name, node in sites.items()}
        for candidate in found:
            if candidate.definition.key == body.definition and _agrees(candidate, kinds):
                break
        else:
            definition = graph.definitions[body.definition]
            name = graph.name if body.key == graph.main else definition.name
            candidate = Variant(definition, class_name(name, [v.class_name for v in found]))
            found.append(candidate)
        candidate.bodies.append(body)
        of_body[body.key] = candidate
        for name, node in sites.items():
            candidate.results[name] = len(node.outputs)
            if isinstance(node, LayerNode):
                candidate.layers.setdefault(name, node.layer)
            else:
                candidate.blocks.setdefault(name, of_body[node.body])
    _add_unreached(graph, found)
    return found


def _sites(graph: Graph, body: Body) -> Iterator[tuple[str, LayerNode | BlockNode]]:
    for node in body.nodes:
        if isinstance(node, RepeatNode):
            yield from _sites(graph, graph.bodies[node.body])
        else:
            yield node.name, node


def _kind(node: LayerNode | BlockNode, of_body: Mapping[str, Variant]) -> tuple[object, int]:
    what = type(node.layer) if isinstance(node, LayerNode) else of_body[node.body].class_name
    return what, len(node.outputs)


def _agrees(variant: Variant, kinds: Mapping[str, tuple[object, int]]) -> bool:
    mine: dict[str, object] = {name: type(layer) for name, layer in variant.layers.items()}
    mine |= {name: block.class_name for name, block in variant.blocks.items()}
    return all(name not in mine or (mine[name], variant.results[name]) == kind for name, kind in kinds.items())


def _add_unreached(graph: Graph, found: list[Variant]) -> None:
    """Make classes for blocks that only a branch not taken uses, so that other parameters can take it."""
    position = 0
    while position < len(found):
        variant = found[position]
        for call in calls(variant.definition.body):
            if call.target == "block" and call.site not in variant.blocks:
                variant.blocks[call.site] = _unreached(graph, found, call, position)
                variant.results.setdefault(call.site, 1)
        position = found.index(variant) + 1


def _unreached(graph: Graph, found: list[Variant], call: CallOp, position: int) -> Variant:
    for variant in found[:position]:
        if variant.definition.key == call.callee:
            return variant
    definition = graph.definitions[call.callee]
    made = Variant(definition, class_name(definition.name, [v.class_name for v in found]))
    found.insert(position, made)
    for inner in calls(definition.body):
        if inner.target == "block":
            made.blocks[inner.site] = _unreached(graph, found, inner, found.index(made))
    return made


def calls(ops: tuple[Op, ...]) -> Iterator[CallOp]:
    """Yield every call of a definition that makes a layer or block, in the order written."""
    for op in ops:
        match op:
            case CallOp() if op.target != "shared":
                yield op
            case SharedOp():
                yield op.call
            case BranchesOp():
                for branch in op.branches:
                    yield from calls(branch)
                yield op.merge
            case RepeatOp():
                yield from calls(op.body)
            case IfOp():
                yield from calls(op.then)
                yield from calls(op.orelse)
            case _:
                pass
