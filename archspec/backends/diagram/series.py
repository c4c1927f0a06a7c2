"""Takes a flow apart: what follows one another, what stands side by side, and the rest, which is neither.

A *part* is what lies between two vertices: a wire, a chain of vertices and the parts between them, a fan of parts side
by side, or a mesh, whose inside is neither chain nor fan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.backends.diagram.flow import END, START, Edge, Flow

#: Parts nest no deeper than this; what would is part of a mesh. It keeps the walk over them off the recursion limit.
DEEPEST = 40


@dataclass(slots=True, eq=False)
class Wire:
    edge: Edge
    depth: int = 0
    size: int = 0

    @property
    def first(self) -> int:
        return 1 << 60


@dataclass(slots=True, eq=False)
class Chain:
    """`parts[0]`, `vertices[0]`, `parts[1]`, ... and at the end a part: there is one part more than vertices."""

    vertices: list[int]
    parts: list[Part]
    #: The position of its first vertex in execution order.
    first: int
    depth: int
    #: How many vertices it holds.
    size: int


@dataclass(slots=True, eq=False)
class Fan:
    """Parts between the same two vertices, in execution order, wires last."""

    parts: list[Part]
    depth: int
    size: int

    @property
    def first(self) -> int:
        return min(part.first for part in self.parts)


@dataclass(slots=True, eq=False)
class Mesh:
    """Vertices by rank of execution, and the parts between them and the two vertices around."""

    source: int
    target: int
    vertices: list[int]
    parts: list[tuple[int, int, Part]]
    first: int
    depth: int
    size: int


Part = Wire | Chain | Fan | Mesh


def chain(before: Part, vertex: int, after: Part, position: int) -> Chain:
    """Join two parts at a vertex. They are used up: a chain before it grows."""
    if not isinstance(before, Chain):
        before = Chain([], [before], min(before.first, position), max(before.depth, 1), before.size)
    before.vertices.append(vertex)
    if isinstance(after, Chain):
        before.vertices += after.vertices
        before.parts += after.parts
    else:
        before.parts.append(after)
    before.first = min(before.first, position, after.first)
    before.depth = max(before.depth, after.depth)
    before.size += after.size + 1
    return before


def fan(parts: list[Part]) -> Fan:
    """Put parts side by side."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Fan) else [part])]
    flat.sort(key=lambda part: part.first)
    return Fan(flat, 1 + max(part.depth for part in flat), sum(part.size for part in flat))


def is_direct(part: Part) -> bool:
    """Tell whether a part is nothing but wires."""
    return isinstance(part, Wire) or (isinstance(part, Fan) and all(isinstance(inner, Wire) for inner in part.parts))


def edges_out(part: Part) -> Iterator[Edge]:
    """Yield the edges that a part begins with."""
    match part:
        case Wire():
            yield part.edge
        case Chain():
            yield from edges_out(part.parts[0])
        case Fan():
            for inner in part.parts:
                yield from edges_out(inner)
        case Mesh():
            for source, _, inner in part.parts:
                if source == part.source:
                    yield from edges_out(inner)


def edges_in(part: Part) -> Iterator[Edge]:
    """Yield the edges that a part ends with."""
    match part:
        case Wire():
            yield part.edge
        case Chain():
            yield from edges_in(part.parts[-1])
        case Fan():
            for inner in part.parts:
                yield from edges_in(inner)
        case Mesh():
            for _, target, inner in part.parts:
                if target == part.target:
                    yield from edges_in(inner)


def take_apart(flow: Flow) -> Part:
    """Return what lies between the start and the end of a flow."""
    return _Parts(flow).whole()


class _Parts:
    def __init__(self, flow: Flow) -> None:
        self._position = {vertex: number for number, vertex in enumerate(flow.vertices)}
        self._after: dict[int, dict[int, Part]] = {vertex: {} for vertex in (START, *flow.vertices, END)}
        self._before: dict[int, dict[int, Part]] = {vertex: {} for vertex in (START, *flow.vertices, END)}
        gathered: dict[tuple[int, int], list[Part]] = {}
        for edge in flow.edges:
            gathered.setdefault((edge.source, edge.target), []).append(Wire(edge))
        for (source, target), wires in gathered.items():
            self._put(source, target, wires[0] if len(wires) == 1 else fan(wires))

    def _put(self, source: int, target: int, part: Part) -> None:
        self._after[source][target] = self._before[target][source] = part

    def whole(self) -> Part:
        self._reduce()
        return self._between(START, END, [vertex for vertex in self._position if self._after[vertex]], True, 0)

    def _reduce(self) -> None:
        """Put in one part whatever is a chain or a fan, until nothing is."""
        waiting = list(self._position)[::-1]
        while waiting:
            vertex = waiting.pop()
            before, after = self._before[vertex], self._after[vertex]
            if len(before) != 1 or len(after) != 1:
                continue
            ((source, left),) = before.items()
            ((target, right),) = after.items()
            other = self._after[source].get(target)
            if other is not None and 1 + max(left.depth, right.depth, other.depth) > DEEPEST:
                continue
            joined: Part = chain(left, vertex, right, self._position[vertex])
            del self._after[source][vertex], self._before[target][vertex]
            self._after[vertex], self._before[vertex] = {}, {}
            self._put(source, target, joined if other is None else fan([other, joined]))
            if other is not None:
                waiting += [target, source]

    def _between(self, source: int, target: int, vertices: list[int], direct: bool, level: int) -> Part:
        """Return the part between two vertices that these lie in, with the way straight across if `direct`.

        It is cut at the vertices that every way leads through. In execution order, these are the ones that no edge
        leads past.
        """
        places = {vertex: number for number, vertex in enumerate(vertices)}
        cuts: list[int] = []
        furthest = 0
        for vertex in (source, *vertices):
            if vertex != source and furthest <= places[vertex]:
                cuts.append(places[vertex])
            for after in self._after[vertex]:
                if after in places:
                    furthest = max(furthest, places[after])
                elif after == target and (direct or vertex != source):
                    furthest = len(vertices)
        ends = [source, *(vertices[cut] for cut in cuts), target]
        stops = [-1, *cuts, len(vertices)]
        parts = [
            self._segment(ends[i], ends[i + 1], vertices[stops[i] + 1 : stops[i + 1]], direct or bool(cuts), level)
            for i in range(len(stops) - 1)
        ]
        whole = parts[0]
        for cut, part in zip(cuts, parts[1:], strict=True):
            whole = chain(whole, vertices[cut], part, self._position[vertices[cut]])
        return whole

    def _segment(self, source: int, target: int, vertices: list[int], direct: bool, level: int) -> Part:
        """Return the part between two vertices where none between is on every way."""
        across = self._after[source].get(target) if direct else None
        groups = self._together(vertices)
        if level > DEEPEST // 2 or (len(groups) == 1 and across is None):
            return self._mesh(source, target, vertices, direct)
        parts = [self._between(source, target, group, False, level + 1) for group in groups]
        if across is not None:
            parts.append(across)
        return parts[0] if len(parts) == 1 else fan(parts)

    def _together(self, vertices: list[int]) -> list[list[int]]:
        """Return the vertices in groups that no part joins."""
        inside = set(vertices)
        group: dict[int, int] = {}
        for vertex in vertices:
            if vertex in group:
                continue
            waiting = [vertex]
            while waiting:
                one = waiting.pop()
                if one in group:
                    continue
                group[one] = vertex
                waiting += [other for other in (*self._after[one], *self._before[one]) if other in inside]
        found: dict[int, list[int]] = {}
        for vertex in vertices:
            found.setdefault(group[vertex], []).append(vertex)
        return list(found.values())

    def _mesh(self, source: int, target: int, vertices: list[int], direct: bool) -> Part:
        inside = {*vertices, target}
        parts = [
            (one, other, part)
            for one in (source, *vertices)
            for other, part in self._after[one].items()
            if other in inside and (direct or (one, other) != (source, target))
        ]
        if not vertices:
            return parts[0][2]
        depth = 1 + max(part.depth for _, _, part in parts)
        size = len(vertices) + sum(part.size for _, _, part in parts)
        return Mesh(source, target, vertices, parts, min(self._position[vertex] for vertex in vertices), depth, size)
