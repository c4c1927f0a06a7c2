"""Which layers and blocks of two networks are the same ones. Equal pairs of bodies are compared once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from typing import Literal, TypeVar

from archspec.compare.align import align
from archspec.compare.side import Side, Use, values_read
from archspec.ir.graph import Body, LayerNode, Port
from archspec.record import Record

#: `changed`: it is made otherwise, or reads other tensors. `renamed`: only its name is another. `moved`: it is the same
#: in another place. `follows`: only shapes and figures are others, because of what comes in.
What = Literal["added", "removed", "changed", "renamed", "moved", "follows"]
#: The names of what a layer reads, before and after.
Reads = tuple[tuple[str, ...], tuple[str, ...]]

_Some = TypeVar("_Some", bound=Hashable)

_SAME, _NAMED, _OFTEN = 8.0, 1.0, 0.5
#: Of blocks that are called otherwise, at least so much must be alike.
_ALIKE = 0.5
_NUMBER = re.compile(r"\d+[a-z]*$")


class Pair(Record):
    """A place in both bodies, or in one; `what` is "" where nothing changed there. `old` and `new` are positions."""

    old: int | None
    new: int | None
    what: What | Literal[""]
    reads: Reads | None = None
    #: Of a block, where others of its tensors come out of it.
    gives: Reads | None = None
    #: How many changes there are at this place and within, but for what only follows.
    changes: int = 0


class Pairs(Record):
    """Two bodies, place by place, in an order that is that of both."""

    old: str
    new: str
    places: tuple[Pair, ...]
    gives: Reads | None
    #: How many changes there are in all, but for what only follows.
    changes: int


class Pairing:
    """Pairs the bodies of two networks."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old, self.new = old, new
        self._known: dict[tuple[str, str], Pairs] = {}
        self.inputs = _ports(old.graph.body.inputs, new.graph.body.inputs)
        self.outputs = _ports(old.graph.body.outputs, new.graph.body.outputs)

    def pairs(self, old: str, new: str) -> Pairs:
        """Return the places of two bodies."""
        if (old, new) not in self._known:
            self._known[old, new] = self._pairs(old, new)
        return self._known[old, new]

    def within(self, place: Pair, pairs: Pairs) -> Pairs | None:
        """Return the places in the blocks at a place, if there is a block in both."""
        if place.old is None or place.new is None:
            return None
        one, other = self.old.uses(pairs.old)[place.old].body, self.new.uses(pairs.new)[place.new].body
        return self.pairs(one, other) if one and other else None

    def _pairs(self, old: str, new: str) -> Pairs:
        before, after = self.old.uses(old), self.new.uses(new)
        found = align(before, after, self._alike, _made, _named)
        wires = _Wires(self, old, new, {i: j for i, j in found if i is not None and j is not None})
        places = tuple(self._place(i, j, before, after, wires) for i, j in found)
        gives = wires.gives()
        return Pairs(old, new, places, gives, sum(place.changes for place in places) + bool(gives))

    def _place(
        self, i: int | None, j: int | None, before: tuple[Use, ...], after: tuple[Use, ...], wires: _Wires
    ) -> Pair:
        if i is None or j is None:
            return Pair(i, j, "added" if i is None else "removed", changes=1)
        old, new, reads = before[i], after[j], wires.reads(i, j)
        inside, gives = 0, None
        if old.body and new.body and old.content != new.content:
            pairs = self.pairs(old.body, new.body)
            inside, gives = pairs.changes - bool(pairs.gives), pairs.gives
        what: What | Literal[""] = ""
        if (old.kind != new.kind and not old.body) or reads or gives or _given(old) != _given(new):
            what = "changed"
        elif old.kind != new.kind or (old.inner.shared and old.name != new.name):
            what = "renamed"
        elif not inside and _figures(old) != _figures(new):
            what = "follows"
        return Pair(i, j, what, reads, gives, inside + (what not in ("", "follows")))

    def _alike(self, old: Use, new: Use) -> float:
        """Return how much two uses are alike; 0 where they cannot be one."""
        if old.form != new.form:
            return 0
        likeness = _SAME if old.content == new.content else self._likeness(old, new)
        if not likeness:
            return 0
        return likeness + _NAMED * (_path(old) == _path(new)) + _OFTEN * (old.times == new.times)

    def _likeness(self, old: Use, new: Use) -> float:
        if isinstance(old.inner, LayerNode) and isinstance(new.inner, LayerNode):
            if old.kind == new.kind:
                return 3 + _share(Counter(old.arguments), Counter(new.arguments))
            one, other = old.inner, new.inner
            return float(one.layer.category == other.layer.category or bool(one.shared and one.name == other.name))
        share = _share(self.old.kinds(old.body), self.new.kinds(new.body))
        if old.kind != new.kind and share <= _ALIKE:
            return 0
        return (3 if old.kind == new.kind else 1) + (share + _share(Counter(old.arguments), Counter(new.arguments))) / 2


def _share(old: Counter[_Some], new: Counter[_Some]) -> float:
    """Return how much of two collections is in both."""
    whole = (old | new).total()
    return (old & new).total() / whole if whole else 1.0


def _made(use: Use) -> Hashable:
    return use.content, use.times


def _path(use: Use) -> Hashable:
    return use.name, use.index


def _named(use: Use) -> Hashable:
    return use.form, use.name, use.index


def stem(name: str) -> str:
    """Return a name without the number that tells it from others like it."""
    return _NUMBER.sub("", name)


def _given(use: Use) -> object:
    """Return what is said of a use."""
    return use.arguments, use.times, use.inner.shared


def _figures(use: Use) -> object:
    return use.inputs, use.outputs, use.params


def _ports(old: tuple[Port, ...], new: tuple[Port, ...]) -> list[tuple[int | None, int | None]]:
    """Pair inputs or outputs: by name, else in their order."""

    def alike(one: Port, other: Port) -> float:
        return 1 + 4 * (bool(one.name) and one.name == other.name) + 2 * (one.type == other.type)

    return align(old, new, alike, lambda port: (port.name, port.type))


#: The position of a node and which of its results, or -1 and which input.
_Source = tuple[int, int]


class _Wires:
    """Tells which layers read other tensors than before, but for those that were put in or taken out."""

    def __init__(self, pairing: Pairing, old: str, new: str, found: dict[int, int]) -> None:
        one, other = pairing.old.graph.bodies[old], pairing.new.graph.bodies[new]
        self._old, self._new = _Makers(one, pairing.old.uses(old)), _Makers(other, pairing.new.uses(new))
        inputs = {i: i for i in range(min(len(one.inputs), len(other.inputs)))}
        if (old, new) == (pairing.old.graph.main, pairing.new.graph.main):
            inputs = {i: j for i, j in pairing.inputs if i is not None and j is not None}
        self._counterparts = {(-1, i): (-1, j) for i, j in inputs.items()}
        self._found = found
        self._kept = set(found.values())
        self._kept_inputs = set(inputs.values())

    def reads(self, i: int, j: int) -> Reads | None:
        """Return what a layer reads, if that has changed."""
        return self._changed(self._old.sources(i), self._new.sources(j))

    def gives(self) -> Reads | None:
        """Return what comes out of the bodies, if that has changed."""
        return self._changed(self._old.results, self._new.results)

    def _changed(self, old: list[_Source], new: list[_Source]) -> Reads | None:
        before = [self._counterpart(source) for source in old]
        after = [source if self._stays(source) else None for source in new]
        gone, come = None in before, None in after
        if gone and come:
            return None
        if gone or come:
            # What was put in between, or taken out, explains why one is missing.
            fewer, more = (before, after) if gone else (after, before)
            same = {source for source in fewer if source} <= set(more)
        else:
            same = before == after
        return None if same else (self._old.names(old), self._new.names(new))

    def _counterpart(self, source: _Source) -> _Source | None:
        position, result = source
        if position < 0:
            return self._counterparts.get(source)
        return (self._found[position], result) if position in self._found else None

    def _stays(self, source: _Source) -> bool:
        position, result = source
        return position in self._kept if position >= 0 else result in self._kept_inputs


class _Makers:
    """Where the values of a body come from."""

    def __init__(self, body: Body, uses: tuple[Use, ...]) -> None:
        self._body, self._uses = body, uses
        self._made: dict[int, _Source] = {port.value: (-1, number) for number, port in enumerate(body.inputs)}
        for position, node in enumerate(body.nodes):
            self._made.update({port.value: (position, result) for result, port in enumerate(node.outputs)})

    @property
    def results(self) -> list[_Source]:
        return [self._made[port.value] for port in self._body.outputs]

    def sources(self, position: int) -> list[_Source]:
        return [self._made[value] for value in values_read(self._body.nodes[position])]

    def names(self, sources: list[_Source]) -> tuple[str, ...]:
        return tuple(map(self._name, sources))

    def _name(self, source: _Source) -> str:
        position, result = source
        if position < 0:
            return self._body.inputs[result].name or "input"
        return step_path(self._uses[position], (), "")


def step_path(use: Use, loops: tuple[int, ...], prefix: str) -> str:
    """Return the path of a use: of all its repetitions, that of the first."""
    index = () if use.inner.shared else (*loops, *use.index)
    return prefix + "_".join((use.name, *map(str, index)))
