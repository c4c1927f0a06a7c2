"""Which classes to write: one for each definition, unless its uses differ in more than their arguments.

A rank-free name such as `conv` is a 1-D layer in one use of a block and a 2-D one in another; such uses get a class
each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archspec.backend import owns_weights
from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.naming import class_name
from archspec.ir.definition import CallOp, Definition, Op, find
from archspec.ir.graph import BlockNode, Body, Graph, LayerNode, RepeatNode
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.extern import Extern
from archspec.layers.recipe import Construct
from archspec.layers.registry import Family


@dataclass(frozen=True, slots=True)
class Given:
    """The tensors that a block is given: how many to go on from, and the parameters that stand for several."""

    inputs: int = 1
    several: frozenset[str] = frozenset()

    @staticmethod
    def by(call: CallOp, inputs: int) -> Given:
        """Return what a call gives, with `inputs` tensors in all."""
        counts = {keyword.parameter: len(keyword.tensors) for keyword in call.keywords}
        return Given(inputs - sum(counts.values()), frozenset(name for name, count in counts.items() if count > 1))


@dataclass
class Variant:
    """One class to be: a definition, the bodies that are its instances, and what each of its sites is there."""

    definition: Definition
    class_name: str
    #: What all its uses have in common, by site or by what it is a number of: see `_kind`.
    kinds: dict[str, object] = field(default_factory=dict)
    #: A layer of each site that holds one, and the variant of each site that holds a block.
    layers: dict[str, Layer] = field(default_factory=dict)
    blocks: dict[str, Variant] = field(default_factory=dict)
    #: How many results each site has.
    results: dict[str, int] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)
    given: Given = Given()

    @property
    def outputs(self) -> int:
        """Return how many tensors come out."""
        return len(self.bodies[0].outputs) if self.bodies else 1

    @property
    def uses_training(self) -> bool:
        """Tell whether anything inside behaves differently in training."""
        # A layer in a branch that no use takes counts: the arguments of another use may take it.
        return any(block.uses_training for block in self.blocks.values()) or any(
            self.layer_class(call).uses_training
            for call in calls(self.definition.body)
            if call.target in ("layer", "extern")
        )

    @property
    def tells_shapes(self) -> bool:
        """Tell whether all inside says by shapes alone what comes out: functions do not, layers of a user's may not."""
        return all(call.target == "block" or self._tells_shape(call) for call in find(self.definition.body, CallOp))

    def _tells_shape(self, call: CallOp) -> bool:
        if call.target == "shared":
            return not call.arguments
        recipe = self.layer_class(call).keras
        at_call = [argument for argument in call.arguments if argument.parameter in recipe.at_call]
        return isinstance(recipe, Construct) and call.target != "extern" and not call.keywords and not at_call

    def arguments(self, name: str) -> list[Any]:
        """Return the values that a variable of the definition's parameters takes in its uses."""
        return [value for body in self.bodies for key, value in body.arguments if key == name]

    def layer_class(self, call: CallOp) -> type[Layer]:
        """Return the layer of a site; one that no use takes is judged by the rank of its neighbours or of the input."""
        if call.site in self.layers:
            return type(self.layers[call.site])
        if call.target == "extern":
            return Extern
        found = registry.find_layer(call.callee)
        assert found is not None, call.callee
        if not isinstance(found, Family):
            return found
        ranks = [layer.rank for layer in self.layers.values() if layer.rank is not None]
        ranks += [port.type.rank - 1 for body in self.bodies for port in body.inputs]
        return next(filter(None, map(found.for_rank, ranks)), found.typical)


def variants(graph: Graph, reserved: Iterable[str] = ()) -> list[Variant]:
    """Return the classes of a graph, each after those it uses; the model itself is the last."""
    found: list[Variant] = []
    of_body: dict[str, Variant] = {}
    given = _given(graph)
    # Bodies come before the bodies that use them, so the model's own class is made last.
    for body in graph.bodies.values():
        if body.kind == "iteration":
            continue
        definition = graph.definitions[body.definition]
        nodes = list(_nodes(graph, body))
        kinds: dict[str, object] = {"inputs of it": given.get(body.key), "outputs of it": len(body.outputs)}
        for node in nodes:
            kind = _kind(node, of_body)
            if kinds.setdefault(node.name, kind) != kind:
                raise _two_in_one(graph, definition, node, [kinds[node.name], kind])
        for candidate in found:
            if candidate.definition is definition and _agree(candidate.kinds, kinds):
                break
        else:
            name = graph.name if body.key == graph.main else definition.name
            candidate = Variant(definition, class_name(name, [v.class_name for v in found], reserved))
            candidate.given = given.get(body.key, candidate.given)
            found.append(candidate)
        candidate.kinds |= kinds
        candidate.bodies.append(body)
        of_body[body.key] = candidate
        for node in nodes:
            candidate.results[node.name] = len(node.outputs)
            if isinstance(node, LayerNode):
                candidate.layers.setdefault(node.name, node.layer)
            else:
                candidate.blocks.setdefault(node.name, of_body[node.body])
    _add_unreached(graph, found, reserved)
    return found


def _nodes(graph: Graph, body: Body) -> Iterator[LayerNode | BlockNode]:
    for node in body.nodes:
        if isinstance(node, RepeatNode):
            yield from _nodes(graph, graph.bodies[node.body])
        else:
            yield node


def _given(graph: Graph) -> dict[str, Given]:
    """Return what each block's body is given."""
    sites = {key: {call.site: call for call in calls(one.body)} for key, one in graph.definitions.items()}
    return {
        node.body: Given.by(sites[body.definition][node.name], len(node.inputs))
        for body in graph.bodies.values()
        for node in body.nodes
        if isinstance(node, BlockNode)
    }


def _kind(node: LayerNode | BlockNode, of_body: Mapping[str, Variant]) -> tuple[object, int]:
    """Return what uses of a site in one class must have in common: one line makes the layer of all of them."""
    what = part_kinds(node.layer) if isinstance(node, LayerNode) else f"the class `{of_body[node.body].class_name}`"
    return what, len(node.outputs)


def part_kinds(part: Part) -> tuple[type[Part], ...]:
    """Return the class of a layer and of the layers and cells that it is given."""
    return type(part), *(kind for inner in inner_parts(part) for kind in part_kinds(inner) if owns_weights(inner))


def inner_parts(part: Part) -> Iterator[Part]:
    """Yield the parts that a part is given."""
    for value in part.arguments().values():
        yield from (item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Part))


def _agree(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return all(one.get(name, kind) == kind for name, kind in other.items())


def _two_in_one(graph: Graph, definition: Definition, node: LayerNode | BlockNode, kinds: list[object]) -> Unprintable:
    """Return the fault of a step that is one thing in one iteration of a loop and another in the next."""
    call = next(call for call in calls(definition.body) if call.site == node.name)
    name = graph.definitions[call.callee].name if call.target == "block" else call.callee
    first, second = map(_show_kind, kinds)
    return Unprintable(
        f"`{name}` is {first} in one iteration of its loop and {second} in another, and one line of code makes both",
        call.span,
        help="write a step for each: `if … { … } else { … }`",
    )


def _show_kind(kind: Any) -> str:
    what, results = kind
    name = what if isinstance(what, str) else " of ".join(f"`{part.kind}`" for part in what)
    return name if results == 1 else f"{name} with {results} results"


def _add_unreached(graph: Graph, found: list[Variant], reserved: Iterable[str]) -> None:
    """Make classes for blocks that only a branch not taken uses, so that other parameters can take it."""
    position = 0
    while position < len(found):
        variant = found[position]
        for call in calls(variant.definition.body):
            if call.target == "block" and call.site not in variant.blocks:
                variant.blocks[call.site] = _unreached(graph, found, call, position, reserved)
                variant.results.setdefault(call.site, 1)
        position = found.index(variant) + 1


def _unreached(graph: Graph, found: list[Variant], call: CallOp, position: int, reserved: Iterable[str]) -> Variant:
    given = Given.by(
        call, sum(len(keyword.tensors) for keyword in call.keywords) + (1 if call.inputs is None else len(call.inputs))
    )
    for variant in found[:position]:
        if variant.definition.key == call.callee and variant.given == given:
            return variant
    definition = graph.definitions[call.callee]
    made = Variant(definition, class_name(definition.name, [v.class_name for v in found], reserved), given=given)
    found.insert(position, made)
    for inner in calls(definition.body):
        if inner.target == "block":
            made.blocks[inner.site] = _unreached(graph, found, inner, found.index(made), reserved)
    return made


def calls(ops: tuple[Op, ...]) -> Iterator[CallOp]:
    """Yield every call of a definition that makes a layer or block, in the order written."""
    return (call for call in find(ops, CallOp) if call.target != "shared")
