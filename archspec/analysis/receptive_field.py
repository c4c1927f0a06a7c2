"""Receptive field: how many input positions one output position depends on, along each spatial axis.

Layer by layer, r grows by (k - 1) * j and the jump j by the stride (Araujo, Norris and Sim, "Computing Receptive Fields
of Convolutional Neural Networks", Distill 2019); where branches meet the widest counts.

A body is worked out once for the jumps it starts from: each output then sees the widest of its inputs, each grown by a
fixed extent. Such maps compose, so that a loop is the power of its iteration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode

#: The longest jump, and the inverse of the shortest, that is told from longer or shorter ones.
_FARTHEST = Fraction(2) ** 1000
#: A receptive field of at least as many positions is that of the whole input.
_ENDLESS = 10**18
#: How many iterations of a loop may start from jumps that no iteration before them started from.
_MAX_ITERATIONS = 10_000


class Axis(NamedTuple):
    """What one position sees along one axis: for each input of the body how much wider than it, and the jump."""

    grown: dict[int, Fraction]
    jump: Fraction


#: Per spatial axis what is seen; None where an output depends on the whole input.
Field = tuple[Axis, ...] | None
#: The jumps of a field, which decide what a body makes of it.
Jumps = tuple[Fraction, ...] | None


def receptive_field(graph: Graph, body: Body) -> tuple[int, ...] | None:
    """Return the receptive field of a body's first output; None where it is the whole input."""
    rank = max(body.inputs[0].type.rank - 1, 0)
    start: Jumps = (Fraction(1),) * rank
    field = _Fields(graph).outputs(body, (start,) * len(body.inputs))[0]
    if field is None:
        return None
    extents = [int(1 + max(axis.grown.values())) for axis in field]
    return None if any(extent >= _ENDLESS for extent in extents) else tuple(extents)


class _Fields:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[tuple[str, tuple[Jumps, ...]], list[Field]] = {}

    def outputs(self, body: Body, start: tuple[Jumps, ...]) -> list[Field]:
        """Return the fields of a body's outputs, over its inputs."""
        key = body.key, start
        if key not in self._known:
            self._known[key] = self._outputs(body, start)
        return self._known[key]

    def _outputs(self, body: Body, start: tuple[Jumps, ...]) -> list[Field]:
        fields = dict(zip((port.value for port in body.inputs), _unchanged(start), strict=True))
        types = body.types
        for node in body.nodes:
            given = [fields[value] for value in node.inputs]
            match node:
                case LayerNode():
                    given += [fields[value] for _, values in node.keywords for value in values]
                    window = node.layer.window(*(types[value] for value in node.inputs))
                    reached = _widest(given)
                    if not node.layer.reads_inputs:
                        field: Field = ()
                    elif window is None or reached is None or len(window) != len(reached):
                        field = None
                    else:
                        field = tuple(_through(axis, *seen) for axis, seen in zip(reached, window, strict=True))
                    made = [field] * len(node.outputs)
                case RepeatNode():
                    made = _then(given, self._repeated(node, tuple(map(_jumps, given))))
                case _:
                    inner = self.graph.bodies[node.body]
                    made = _then(given, self.outputs(inner, tuple(map(_jumps, given))))
            fields.update(zip((port.value for port in node.outputs), made, strict=True))
        return [fields[port.value] for port in body.outputs]

    def _repeated(self, node: RepeatNode, start: tuple[Jumps, ...]) -> list[Field]:
        """Return the fields after all iterations, over what the first one starts from."""
        body, fixed = self.graph.bodies[node.body], start[node.carried :]
        # What each iteration makes of what it starts from, until one starts from jumps that were there before.
        starts: dict[tuple[Jumps, ...], int] = {}
        steps: list[list[Field]] = []
        jumps = start
        while jumps not in starts and len(steps) < node.count:
            if len(steps) > _MAX_ITERATIONS:
                return [None] * len(body.outputs)
            starts[jumps] = len(steps)
            made = self.outputs(body, jumps)
            steps.append([*made[: node.carried], *_unchanged(jumps)[node.carried :]])
            jumps = (*map(_jumps, made[: node.carried]), *fixed)
        before = _unchanged(start)
        first, length = len(steps), len(steps)
        if jumps in starts:
            first = starts[jumps]
            length -= first
        last = node.count - 1
        for step in steps[: min(first, last)]:
            before = _then(before, step)
        if last > first:
            cycle = steps[first:]
            turns, rest = divmod(last - first, length)
            before = _then(before, _power(cycle, turns)) if turns else before
            for step in cycle[:rest]:
                before = _then(before, step)
        return _then(before, self.outputs(body, tuple(map(_jumps, before))))


def _power(steps: Sequence[list[Field]], turns: int) -> list[Field]:
    """Return what `turns` rounds of these steps come to."""
    once = steps[0]
    for step in steps[1:]:
        once = _then(once, step)
    made = once
    for bit in bin(turns)[3:]:
        made = _then(made, made)
        if bit == "1":
            made = _then(made, once)
    return made


def _unchanged(start: tuple[Jumps, ...]) -> list[Field]:
    """Return the fields of a body's own inputs."""
    return [
        None if jumps is None else tuple(Axis({number: Fraction(0)}, jump) for jump in jumps)
        for number, jumps in enumerate(start)
    ]


def _jumps(field: Field) -> Jumps:
    return None if field is None else tuple(axis.jump for axis in field)


def _then(inner: list[Field], outer: list[Field]) -> list[Field]:
    """Return fields over the inputs of `inner`, given `outer` over its outputs."""
    return [None if field is None else _composed(inner, field) for field in outer]


def _composed(inner: list[Field], field: tuple[Axis, ...]) -> tuple[Axis, ...]:
    axes = []
    for position, axis in enumerate(field):
        grown: dict[int, Fraction] = {}
        for number, more in axis.grown.items():
            source = inner[number]
            assert source is not None
            _widen(grown, source[position].grown, more)
        axes.append(Axis(grown, axis.jump))
    return tuple(axes)


def _widen(grown: dict[int, Fraction], other: dict[int, Fraction], more: Fraction) -> None:
    for number, extent in other.items():
        grown[number] = max(grown.get(number, extent + more), extent + more)


def _through(axis: Axis, extent: int, stride: int | Fraction) -> Axis:
    """Return what is seen through a window of that extent and stride."""
    more = (extent - 1) * axis.jump
    jump = min(max(axis.jump * Fraction(stride), 1 / _FARTHEST), _FARTHEST)
    return Axis({number: grown + more for number, grown in axis.grown.items()}, jump)


def _widest(fields: Iterable[Field]) -> Field:
    # What has no spatial axes, such as a vector that scales the channels, widens nothing.
    known = list(fields)
    known = [field for field in known if field != ()] or known
    if not known or any(field is None for field in known):
        return None
    axes = []
    for side_by_side in zip(*(field for field in known if field is not None), strict=False):
        grown: dict[int, Fraction] = {}
        for axis in side_by_side:
            _widen(grown, axis.grown, Fraction(0))
        axes.append(Axis(grown, max(axis.jump for axis in side_by_side)))
    return tuple(axes)
