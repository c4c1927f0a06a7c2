"""Lays out a mesh: vertices and parts in ranks, tensors that pass a rank in lanes, crossings few, lines straight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from archspec.backends.diagram.box import Box, Stack, lane, row, settle
from archspec.backends.diagram.flow import END, Edge, Net
from archspec.backends.diagram.series import Chain, Fan, Mesh, Part, Wire, edges_in, edges_out

#: Between boxes of one rank, and between a box and a lane or two lanes.
APART, BESIDE = 24.0, 6.0
SWEEPS = 6
#: A line this far from straight is made straight, even if boxes come as close to one another as that.
ALMOST, CLOSEST = 12.0, 12.0
#: How much a line wants to be straight: the longest way most of all, then one that passes a rank, then a box's first.
SPINE_PULL, LANE_PULL, FIRST_PULL, PULL = 1e6, 8.0, 4.0, 1.0


class Placer(Protocol):
    """What a mesh needs of the layout around it."""

    @property
    def label_room(self) -> float: ...

    def waits(self, vertex: int) -> bool: ...

    def vertex(self, number: int, edges: Sequence[Edge], places: dict[Net, float], *, close: bool = False) -> Box: ...

    def part(self, part: Part, target: int, places: dict[Net, float]) -> Box: ...


@dataclass(slots=True, eq=False)
class _Cell:
    """What stands in a rank: a vertex with the edges that enter it, a part, or a lane of a tensor."""

    rank: int
    box: Box
    takes: list[Net]
    gives: list[Net]
    first: int
    vertex: int | None = None
    edges: list[Edge] = field(default_factory=list)
    lane: bool = False
    #: Whether it is on the way that is kept straight.
    spine: bool = False
    #: Whether it takes nothing and stands where it is needed.
    late: bool = False
    place: float = 0.0


class Mesher:
    def __init__(self, placer: Placer, mesh: Mesh, *, merges: bool) -> None:
        self._placer, self._mesh = placer, mesh
        self._vertices = [*mesh.vertices]
        self._wires: list[tuple[int, int, Edge]] = []
        self._parts: list[tuple[int, int, Part]] = []
        #: The vertices of the way that is kept straight.
        self._spine: set[int] = set()
        for source, target, part in mesh.parts:
            # A wire beside a part passes it in a lane of its own.
            for inner in part.parts if isinstance(part, Fan) else [part]:
                if isinstance(inner, Wire):
                    self._wires.append((source, target, inner.edge))
                elif target == END and isinstance(inner, Chain) and (edges := _edges(inner)):
                    # What leads out need not be as long as one rank.
                    self._vertices += inner.vertices
                    self._wires += list(zip([source, *inner.vertices], [*inner.vertices, target], edges, strict=True))
                else:
                    self._parts.append((source, target, inner))

    def box(self) -> Box:
        ranks = self._ranks()
        rows = self._rows(ranks)
        self._order(rows)
        self._settle(rows)
        stack = Stack(self._placer.label_room)
        for cells in rows:
            places = stack.places()
            for cell in cells:
                if cell.vertex is not None:
                    near = {net: place - cell.place for net, place in places.items()}
                    cell.box = self._placer.vertex(cell.vertex, cell.edges, near, close=True)
            stack.add(row([cell.box for cell in cells], [cell.place for cell in cells], list(map(self._lean, cells))))
        return stack.box

    def _lean(self, cell: _Cell) -> float:
        """Return where beside taller ones a cell stands: what begins or ends here does so as early as it can."""
        if cell.late:
            return 1.0
        return 0.5 if cell.takes and cell.gives else 0.0

    # --- ranks -----------------------------------------------------------------------------------------------------

    def _ranks(self) -> dict[int, int]:
        """Return the rank of every vertex: each after all that it takes from, parts between counted."""
        before: dict[int, list[tuple[int, int]]] = {}
        after: dict[int, list[tuple[int, int]]] = {}
        ways = [(*wire[:2], 1) for wire in self._wires] + [(*part[:2], 2) for part in self._parts]
        for source, target, step in ways:
            before.setdefault(target, []).append((source, step))
            after.setdefault(source, []).append((target, step))
        ranks = {self._mesh.source: -1}
        for vertex in self._vertices:
            ranks[vertex] = max(ranks[source] + step for source, step in before[vertex])
        ranks[self._mesh.target] = max(ranks[source] + step for source, step in before[self._mesh.target])
        last = max(ranks.values())
        ranks[self._mesh.target] = max(ranks[self._mesh.target], last + (last in self._inner(ranks)))
        self._spine = self._longest()
        drawn = {target for _, target, edge in self._wires if edge.net} | {target for _, target, _ in self._parts}
        for vertex in self._vertices:
            if vertex not in drawn and self._placer.waits(vertex):
                ranks[vertex] = min(ranks[target] - step for target, step in after[vertex])
        return ranks

    def _longest(self) -> set[int]:
        """Return the vertices of the way through that leads past most: the one that the drawing keeps straight."""
        before: dict[int, list[tuple[int, int]]] = {}
        for source, target, _ in self._wires:
            before.setdefault(target, []).append((1, source))
        for source, target, part in self._parts:
            before.setdefault(target, []).append((1 + part.size, source))
        lengths, chosen = {self._mesh.source: 0}, {}
        for vertex in (*self._vertices, self._mesh.target):
            ways = [(lengths[source] + size, number, source) for number, (size, source) in enumerate(before[vertex])]
            lengths[vertex], _, chosen[vertex] = max(ways)
        spine, vertex = {self._mesh.target}, self._mesh.target
        while vertex != self._mesh.source:
            vertex = chosen[vertex]
            spine.add(vertex)
        return spine

    def _inner(self, ranks: dict[int, int]) -> set[int]:
        return {ranks[vertex] for vertex in self._vertices}

    def _rows(self, ranks: dict[int, int]) -> list[list[_Cell]]:
        """Return the cells of every rank, with lanes for tensors that are taken further on than the next rank."""
        end = ranks[self._mesh.target]
        rows: list[list[_Cell]] = [[] for _ in range(end)]
        entering: dict[int, list[Edge]] = {}
        made: dict[Net, int] = {}
        taken: dict[Net, list[tuple[int, bool]]] = {}
        for source, target, edge in self._wires:
            entering.setdefault(target, []).append(edge)
            if edge.net is not None:
                made[edge.net] = ranks[source]
                taken.setdefault(edge.net, []).append((ranks[target], edge.skip))
        for source, target, part in self._parts:
            entering.setdefault(target, []).extend(edges_in(part))
            late = not any(edge.net for edge in edges_out(part)) and self._placer.waits(next(edges_out(part)).target)
            rank = ranks[target] - 1 if late else ranks[source] + 1
            box = self._placer.part(part, target, {})
            cell = _Cell(rank, box, _nets(edges_out(part)), _nets(edges_in(part)), part.first, late=late)
            cell.spine = source in self._spine and target in self._spine
            rows[rank].append(cell)
            for net in cell.takes:
                made[net] = ranks[source]
                taken.setdefault(net, []).append((rank, False))
            for net in cell.gives:
                made[net] = rank
                taken.setdefault(net, []).append((ranks[target], False))
        for position, vertex in enumerate(self._vertices):
            edges = entering.get(vertex, [])
            box = self._placer.vertex(vertex, edges, {}, close=True)
            cell = _Cell(ranks[vertex], box, _nets(edges), [pin.net for pin in box.exits], position, vertex, edges)
            cell.spine = vertex in self._spine
            cell.late = not cell.takes and self._placer.waits(vertex)
            rows[ranks[vertex]].append(cell)
        for net, uses in taken.items():
            for rank in range(made[net] + 1, max(rank for rank, _ in uses)):
                # What runs together looks alike.
                skip = all(skips for further, skips in uses if further > rank)
                rows[rank].append(_Cell(rank, lane(net, skip), [net], [net], 1 << 60, lane=True))
        return rows

    # --- places ----------------------------------------------------------------------------------------------------

    def _order(self, rows: list[list[_Cell]]) -> None:
        """Put the cells of each rank in an order with few crossings: each near the middle of what it is joined to."""
        for cells in rows:
            cells.sort(key=lambda cell: cell.first)
        for _ in range(SWEEPS):
            for above, cells in pairwise(rows):
                _sort(cells, {net: i for i, cell in enumerate(above) for net in cell.gives}, lambda cell: cell.takes)
            for below, cells in pairwise(rows[::-1]):
                where: dict[Net, list[int]] = {}
                for i, cell in enumerate(below):
                    for net in cell.takes:
                        where.setdefault(net, []).append(i)
                middles = {net: sum(found) / len(found) for net, found in where.items()}
                _sort(cells, middles, lambda cell: cell.gives)
        for _ in range(SWEEPS):
            swapped = [_swap(rows, number) for number in range(len(rows))]
            if not any(swapped):
                break

    def _settle(self, rows: list[list[_Cell]]) -> None:
        """Give every cell its place across."""
        for cells in rows:
            self._put(cells, [0.0] * len(cells), [1.0] * len(cells))
        links = [self._links(above, below) for above, below in pairwise(rows)]
        for sweep in range(2 * SWEEPS):
            for number in range(1, len(rows)):
                self._pull(rows[number], [(b, a, -d, w) for a, b, d, w in links[number - 1]])
            if sweep < 2 * SWEEPS - 1:
                for number in reversed(range(len(rows) - 1)):
                    self._pull(rows[number], links[number])
        for number in range(1, len(rows)):
            self._straighten(rows[number], [(b, a, -d, w) for a, b, d, w in links[number - 1]])
        # What comes before and after goes on where the straight way does.
        spine = [cell.place for cells in rows for cell in cells if cell.spine]
        middle = spine[-1] if spine else (rows[0][0].place + rows[0][-1].place) / 2
        for cells in rows:
            for cell in cells:
                cell.place = float(round(cell.place - middle))

    def _links(self, above: list[_Cell], below: list[_Cell]) -> list[tuple[_Cell, _Cell, float, float]]:
        """Return the lines between two ranks: from, to, how far apart their places are where it is straight, pull."""
        sources = {pin.net: (cell, pin.across) for cell in above for pin in cell.box.exits}
        links = []
        for cell in below:
            pins = [pin for pin in cell.box.entries if pin.net in sources]
            for number, pin in enumerate(pins):
                source, across = sources[pin.net]
                pull = LANE_PULL if cell.lane and source.lane else FIRST_PULL if number == 0 and not cell.lane else PULL
                entry = pin.across
                if cell.spine and source.spine:
                    # Where a line comes into a card is not settled yet.
                    pull, entry = SPINE_PULL, entry if cell.box.inner else 0.0
                links.append((source, cell, entry - across, pull))
        return links

    def _pull(self, cells: list[_Cell], links: Iterable[tuple[_Cell, _Cell, float, float]]) -> None:
        sums: dict[int, tuple[float, float]] = {}
        for cell, other, distance, pull in links:
            total, weight = sums.get(id(cell), (0.0, 0.0))
            sums[id(cell)] = total + pull * (other.place + distance), weight + pull
        wishes, weights = [], []
        for cell in cells:
            total, weight = sums.get(id(cell), (cell.place * 0.1, 0.1))
            wishes.append(total / weight)
            weights.append(weight)
        self._put(cells, wishes, weights)

    def _straighten(self, cells: list[_Cell], links: Iterable[tuple[_Cell, _Cell, float, float]]) -> None:
        """Move cells whose first line is all but straight, where their neighbours leave room."""
        wishes: dict[int, float] = {}
        for cell, other, distance, _ in links:
            wishes.setdefault(id(cell), other.place + distance)
        for number, cell in enumerate(cells):
            wish = wishes.get(id(cell), cell.place)
            around = [(cells[i], cells[i + 1]) for i in (number - 1, number) if 0 <= i < len(cells) - 1]
            before, cell.place = cell.place, wish if abs(wish - cell.place) <= ALMOST else cell.place
            gaps = [BESIDE if a.lane or b.lane else CLOSEST for a, b in around]
            if any(b.place + b.box.low - a.place - a.box.high < gap for (a, b), gap in zip(around, gaps, strict=True)):
                cell.place = before

    def _put(self, cells: list[_Cell], wishes: list[float], weights: list[float]) -> None:
        gaps = [a.box.high - b.box.low + (BESIDE if a.lane or b.lane else APART) for a, b in pairwise(cells)]
        for cell, place in zip(cells, settle(wishes, weights, gaps), strict=True):
            cell.place = place


def _edges(chain: Chain) -> list[Edge]:
    """Return the edges of a chain that has nothing but vertices, else none."""
    edges = [part.edge for part in chain.parts if isinstance(part, Wire)]
    return edges if len(edges) == len(chain.parts) else []


def _nets(edges: Iterable[Edge]) -> list[Net]:
    return list(dict.fromkeys(edge.net for edge in edges if edge.net is not None))


def _swap(rows: list[list[_Cell]], number: int) -> bool:
    """Change places of neighbours in a rank where fewer lines cross then. Returns whether any were."""
    cells = rows[number]
    before: dict[Net, list[int]] = {}
    after: dict[Net, list[int]] = {}
    for i, cell in enumerate(rows[number - 1] if number else []):
        for net in cell.gives:
            before.setdefault(net, []).append(i)
    for i, cell in enumerate(rows[number + 1] if number + 1 < len(rows) else []):
        for net in cell.takes:
            after.setdefault(net, []).append(i)
    ends = [
        [[i for net in nets for i in where.get(net, [])] for nets, where in ((cell.takes, before), (cell.gives, after))]
        for cell in cells
    ]
    changed = False
    for i in range(len(cells) - 1):
        sides = list(zip(ends[i], ends[i + 1], strict=True))
        crossed = sum(a > b for left, right in sides for a in left for b in right)
        if sum(a < b for left, right in sides for a in left for b in right) < crossed:
            cells[i : i + 2], ends[i : i + 2] = cells[i : i + 2][::-1], ends[i : i + 2][::-1]
            changed = True
    return changed


def _sort(cells: list[_Cell], where: Mapping[Net, float], nets: Callable[[_Cell], list[Net]]) -> None:
    """Sort cells by the middle of where their tensors are; those that have none stay where they are."""
    keys = {}
    for number, cell in enumerate(cells):
        found = [where[net] for net in nets(cell) if net in where]
        keys[id(cell)] = sum(found) / len(found) if found else float(number)
    cells.sort(key=lambda cell: keys[id(cell)])
