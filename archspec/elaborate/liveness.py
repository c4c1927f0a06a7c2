"""What leads to an output: a Keras model holds no layer that does not, so neither does a graph.

Such layers of the model itself are left out, with a warning. A block is a layer with all that it holds, and an
iteration is as the others, so there a layer with weights that leads nowhere is an error: whether its weights count
would depend on how the model is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archspec.diagnostics.diagnostic import Diagnostic, Diagnostics, Label
from archspec.ir.graph import AnyNode, BlockNode, Body, LayerNode, RepeatNode
from archspec.record import Record, replace


def keep_live(bodies: Mapping[str, Body], main: str, diagnostics: Diagnostics) -> dict[str, Body]:
    """Return the bodies without the layers of the model that lead to no output, after saying which these are."""
    walk = _Walk(bodies)
    body = bodies[main]
    found = walk.live(main, frozenset(range(len(body.outputs))))
    if not (found.dead or found.lost):
        return dict(bodies)
    dead = walk.unreached(body)
    used = {value for node in body.nodes for value in _inputs(node)}
    for node in dead:
        if any(port.value in used for port in node.outputs):
            # What it leads to is told of.
            continue
        diagnostics.warning(
            "unused-layer",
            "nothing uses the result of this step: the model is built without it and all that leads only here",
            node.span,
            help="take it out, or name it in `output`",
        )
    lost = dict(found.lost)
    for node in walk.weighted(body, found.dead):
        if node not in dead:
            user = next(one for one in body.nodes if not {port.value for port in node.outputs}.isdisjoint(_inputs(one)))
            lost[id(node)] = node, user
    for node, user in lost.values():
        diagnostics.add(
            Diagnostic(
                "unused-weights",
                "this step has weights that lead to no output here, though they belong to what does",
                node.span,
                labels=(Label(user.span, "in this use"),),
                help="let the `if` of a parameter leave it out where it is not needed, or use what it makes",
            )
        )
    if not dead:
        return dict(bodies)
    gone = {id(node) for node in dead}
    nodes = tuple(node for node in body.nodes if id(node) not in gone)
    return _reached({**bodies, main: replace(body, nodes=nodes)}, main)


class _Live(Record):
    """What a body needs for some of its outputs: which inputs; and which nodes it does not need at all.

    `lost` are nodes with weights in bodies further in that are not needed though the step around them is, by identity,
    each with the step of this body that it is in.
    """

    inputs: frozenset[int]
    dead: tuple[AnyNode, ...]
    lost: Mapping[int, tuple[AnyNode, AnyNode]]


class _Walk:
    def __init__(self, bodies: Mapping[str, Body]) -> None:
        self._bodies = bodies
        self._known: dict[tuple[str, frozenset[int]], _Live] = {}
        self._weighted: dict[str, bool] = {}

    def live(self, key: str, outputs: frozenset[int]) -> _Live:
        """Return what a body needs for the outputs at these positions."""
        if (key, outputs) not in self._known:
            self._known[key, outputs] = self._live(self._bodies[key], outputs)
        return self._known[key, outputs]

    def _live(self, body: Body, outputs: frozenset[int]) -> _Live:
        needed = {body.outputs[position].value for position in outputs}
        dead: list[AnyNode] = []
        lost: dict[int, tuple[AnyNode, AnyNode]] = {}
        for node in reversed(body.nodes):
            used = frozenset([position for position, port in enumerate(node.outputs) if port.value in needed])
            if not used:
                dead.append(node)
                continue
            match node:
                case LayerNode():
                    needed.update(_inputs(node))
                case BlockNode():
                    inside = self.live(node.body, used)
                    needed.update(node.inputs[position] for position in inside.inputs)
                    lost |= {id(one): (one, node) for one in self._lost(node.body, inside)}
                case RepeatNode():
                    inputs, inner = self._repeated(node, used)
                    needed.update(node.inputs[position] for position in inputs)
                    lost |= {id(one): (one, node) for one in inner}
        entering = frozenset(position for position, port in enumerate(body.inputs) if port.value in needed)
        return _Live(entering, tuple(reversed(dead)), lost)

    def unreached(self, body: Body) -> list[AnyNode]:
        """Return the nodes of the model that lead to no output, nor to a step that is called with what they make."""
        needed = {port.value for port in body.outputs}
        dead: list[AnyNode] = []
        for node in reversed(body.nodes):
            if needed.isdisjoint(port.value for port in node.outputs):
                dead.append(node)
            else:
                needed.update(_inputs(node))
        return dead[::-1]

    def _repeated(self, node: RepeatNode, used: frozenset[int]) -> tuple[frozenset[int], list[AnyNode]]:
        """Return the inputs that a repetition needs, and what some of its iterations make for nothing."""
        carried = frozenset(range(node.carried))
        seen: list[frozenset[int]] = []
        lost: list[AnyNode] = []
        inputs: frozenset[int] = frozenset()
        while used not in seen and len(seen) < node.count:
            seen.append(used)
            live = self.live(node.body, used)
            lost += self._lost(node.body, live)
            inputs |= live.inputs
            used = live.inputs & carried
        return inputs, lost

    def _lost(self, key: str, live: _Live) -> Iterable[AnyNode]:
        """Yield the nodes with weights that a body which is used makes for nothing."""
        yield from self.weighted(self._bodies[key], live.dead)
        yield from (node for node, _ in live.lost.values())

    def weighted(self, body: Body, nodes: Iterable[AnyNode]) -> Iterable[AnyNode]:
        """Yield those of a body's nodes that have weights."""
        types = body.types
        for node in nodes:
            if isinstance(node, LayerNode):
                found = any(node.layer.weights(*(types[value] for value in node.inputs)))
            else:
                found = self._has_weights(node.body)
            if found:
                yield node

    def _has_weights(self, key: str) -> bool:
        if key not in self._weighted:
            body = self._bodies[key]
            self._weighted[key] = any(True for _ in self.weighted(body, body.nodes))
        return self._weighted[key]


def _inputs(node: AnyNode) -> tuple[int, ...]:
    """Return the values that a node takes, those given by keyword included."""
    if not (isinstance(node, LayerNode) and node.keywords):
        return node.inputs
    return (*node.inputs, *(value for _, values in node.keywords for value in values))


def _reached(bodies: Mapping[str, Body], main: str) -> dict[str, Body]:
    """Return the bodies that the model uses, in their order."""
    reached: set[str] = set()
    waiting = [main]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += (node.body for node in bodies[key].nodes if not isinstance(node, LayerNode))
    return {key: body for key, body in bodies.items() if key in reached}
