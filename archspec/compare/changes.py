"""What changed from one network to another, as a list: walks the pairs of bodies and names every place by its path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from archspec.backend import Checked
from archspec.compare.pairing import Pair, Pairing, Pairs, Reads, What, step_path
from archspec.compare.side import Arguments, Side, Use
from archspec.ir.expr import show_value
from archspec.ir.graph import Port
from archspec.tensor import TensorType


@dataclass(frozen=True, slots=True)
class Step:
    """A layer, block, repetition, input or output, with its figures.

    `within` is the block that it is written in and its name there. `times` is how often it is repeated in a row; the
    figures are those of all repetitions.
    """

    path: str
    form: Literal["layer", "block", "repeat", "input", "output"]
    kind: str
    within: tuple[str, str] = ("", "")
    arguments: Arguments = ()
    times: int = 1
    shared: bool = False
    inputs: tuple[TensorType, ...] = ()
    outputs: tuple[TensorType, ...] = ()
    params: int = 0
    macs: int | None = None
    layers: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a walk is: the blocks and the loops around it."""

    prefix: str = ""
    loops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A place where something became of a step. `like` is the path of an equal block whose changes are the same."""

    what: What
    old: Step | None
    new: Step | None
    reads: Reads | None = None
    gives: Reads | None = None
    like: str = ""
    #: Where a step is in one network alone: its use there, and where that is.
    use: Use | None = field(default=None, compare=False, repr=False)
    scope: Scope = field(default=Scope(), compare=False, repr=False)

    @property
    def step(self) -> Step:
        """The step as it is, or as it was."""
        step = self.new or self.old
        assert step is not None
        return step


class Walk:
    """Walks two networks side by side."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._old, self._new = Namer(pairing.old), Namer(pairing.new)
        self._told: dict[tuple[str, str], str] = {}

    def changes(self) -> Iterator[Change]:
        """Yield every change, in an order that is that of both networks."""
        old, new = self._pairing.old.graph, self._pairing.new.graph
        yield from _port_changes("input", self._pairing.inputs, old.body.inputs, new.body.inputs)
        yield from self._body(self._pairing.pairs(old.main, new.main), Scope(), Scope())
        gives = self._pairing.pairs(old.main, new.main).gives
        yield from _port_changes("output", self._pairing.outputs, old.body.outputs, new.body.outputs, gives)

    def _body(self, pairs: Pairs, old: Scope, new: Scope) -> Iterator[Change]:
        for place in pairs.places:
            before = None if place.old is None else self._old.step(pairs.old, place.old, old)
            after = None if place.new is None else self._new.step(pairs.new, place.new, new)
            inside = self._pairing.within(place, pairs)
            if inside is not None and not inside.changes:
                inside = None
            like = self._told.get((inside.old, inside.new), "") if inside is not None else ""
            if place.what or like:
                use = None if before and after else self._alone(place, pairs)
                scope = new if after else old
                yield Change(place.what or "changed", before, after, place.reads, place.gives, like, use, scope)
            if inside is not None and not like and before and after and place.old is not None and place.new is not None:
                self._told[inside.old, inside.new] = after.path
                one, other = self._pairing.old.uses(pairs.old)[place.old], self._pairing.new.uses(pairs.new)[place.new]
                yield from self._body(inside, self._old.inside(one, old), self._new.inside(other, new))

    def _alone(self, place: Pair, pairs: Pairs) -> Use:
        if place.new is not None:
            return self._pairing.new.uses(pairs.new)[place.new]
        assert place.old is not None
        return self._pairing.old.uses(pairs.old)[place.old]


class Namer:
    """Makes the steps of one network, with their paths. The weights of a shared step count where it comes first."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._first: dict[str, tuple[str, int]] = {}

    def step(self, key: str, position: int, scope: Scope) -> Step:
        """Return the step at a place of a body."""
        use = self._side.uses(key)[position]
        path = self._path(use, scope)
        graph = self._side.graph
        again = use.inner.shared and self._first.setdefault(path, (key, position)) != (key, position)
        within = graph.definitions[graph.bodies[key].definition].name, use.name
        return Step(
            path, use.inner.node, use.kind, within, use.arguments, use.times, use.inner.shared,
            use.inputs, use.outputs, 0 if again else use.params, use.macs, use.layers,
        )  # fmt: skip

    def _path(self, use: Use, scope: Scope) -> str:
        """Return the path of a use; a repetition of several things goes by the first of them."""
        while use.form == "repeat":
            scope, use = self.inside(use, scope), self._side.uses(use.body)[0]
        return step_path(use, scope.loops, scope.prefix)

    def inside(self, use: Use, scope: Scope) -> Scope:
        """Return the scope of what is in a block or repetition."""
        if use.form == "repeat":
            return Scope(scope.prefix, (*scope.loops, *use.index))
        return Scope(step_path(use, scope.loops, scope.prefix) + "/")


def _port_changes(
    form: Literal["input", "output"],
    pairs: list[tuple[int | None, int | None]],
    old: tuple[Port, ...],
    new: tuple[Port, ...],
    gives: Reads | None = None,
) -> Iterator[Change]:
    for i, j in pairs:
        before = None if i is None else _port(form, old[i])
        after = None if j is None else _port(form, new[j])
        if before is None or after is None:
            yield Change("added" if before is None else "removed", before, after)
        elif gives:
            # What comes out is told once, of the first.
            yield Change("changed", before, after, None, gives)
            gives = None
        elif before.outputs != after.outputs:
            yield Change("changed" if form == "input" else "follows", before, after)
        elif before.path != after.path:
            yield Change("renamed", before, after)


def _port(form: Literal["input", "output"], port: Port) -> Step:
    return Step(port.name or form, form, form, outputs=(port.type,))


def settings(checked: Checked) -> Arguments:
    """Return the parameters of a model and their values."""
    return tuple((name, show_value(value)) for name, value in checked.graph.body.arguments)
