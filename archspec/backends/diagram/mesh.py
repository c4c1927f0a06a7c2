"""Lays out a mesh: vertices and parts in ranks, tensors that pass a rank in lanes, crossings few, lines straight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from archspec.backends.diagram.box import Box, Stack, lane, row, settle
from archspec.backends.diagram.flow import Edge, Net
from archspec.backends.diagram.series import Fan, Mesh, Part, Wire, edges_in, edges_out

#: Between boxes of one rank, and between a box and a lane or two lanes.
APART, BESIDE = 24.0, 6.0
SWEEPS = 6
#: How much a line wants to be straight: one that passes a rank most of all, then a box's first.
LANE_PULL, FIRST_PULL, PULL = 8.0, 4.0, 1.0


class Placer(Protocol):
    """What a mesh needs of the layout around it."""

    @property
    def label_room(self) -> float: ...

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
    place: float = 0.0


class Mesher:
    def __init__(self, placer: Placer, mesh: Mesh, *, merges: bool) -> None:
        self._placer, self._mesh = placer, mesh
        self._wires: list[tuple[int, int, Edge]] = []
        self._parts: list[tuple[int, int, Part]] = []
        for source, target, part in mesh.parts:
            # A wire beside a part passes it in a lane of its own.
            for inner in part.parts if isinstance(part, Fan) else [part]:
                if isinstance(inner, Wire):
                    self._wires.append((source, target, inner.edge))
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
            stack.add(row([cell.box for cell in cells], [cell.place for cell in cells]))
        return stack.box

    # --- ranks -----------------------------------------------------------------------------------------------------

    def _ranks(self) -> dict[int, int]:
        """Return the rank of every vertex: each after all that it takes from, parts between counted."""
        before: dict[int, list[tuple[int, int]]] = {}
        for source, target, _ in self._wires:
            before.setdefault(target, []).append((source, 1))
        for source, target, _ in self._parts:
            before.setdefault(target, []).append((source, 2))
        ranks = {self._mesh.source: -1}
        for vertex in self._mesh.vertices:
            ranks[vertex] = max(ranks[source] + step for source, step in before[vertex])
        ranks[self._mesh.target] = max(ranks[source] + step for source, step in before[self._mesh.target])
        last = max(ranks.values())
        ranks[self._mesh.target] = max(ranks[self._mesh.target], last + (last in self._inner(ranks)))
        return ranks

    def _inner(self, ranks: dict[int, int]) -> set[int]:
        return {ranks[vertex] for vertex in self._mesh.vertices}

    def _rows(self, ranks: dict[int, int]) -> list[list[_Cell]]:
        """Return the cells of every rank, with lanes for tensors that are taken further on than the next rank."""
        end = ranks[self._mesh.target]
        rows: list[list[_Cell]] = [[] for _ in range(end)]
        entering: dict[int, list[Edge]] = {}
        made: dict[Net, int] = {}
        taken: dict[Net, list[tuple[int, bool]]] = {}
        wires: dict[Net, list[Edge]] = {}
        for source, target, edge in self._wires:
            entering.setdefault(target, []).append(edge)
            if edge.net is not None:
                made[edge.net] = ranks[source]
                wires.setdefault(edge.net, []).append(edge)
                taken.setdefault(edge.net, []).append((ranks[target], edge.skip))
        for source, target, part in self._parts:
            entering.setdefault(target, []).extend(edges_in(part))
            rank = ranks[source] + 1
            box = self._placer.part(part, target, {})
            cell = _Cell(rank, box, _nets(edges_out(part)), _nets(edges_in(part)), part.first)
            rows[rank].append(cell)
            for net in cell.takes:
                made[net] = ranks[source]
                taken.setdefault(net, []).append((rank, False))
            for net in cell.gives:
                made[net] = rank
                taken.setdefault(net, []).append((ranks[target], False))
        for net, uses in taken.items():
            # What runs together looks alike.
            skip = all(skips for _, skips in uses)
            for edge in wires.get(net, []):
                edge.skip = skip
        for position, vertex in enumerate(self._mesh.vertices):
            edges = entering.get(vertex, [])
            box = self._placer.vertex(vertex, edges, {}, close=True)
            cell = _Cell(ranks[vertex], box, _nets(edges), [pin.net for pin in box.exits], position, vertex, edges)
            rows[ranks[vertex]].append(cell)
        for net, uses in taken.items():
            for rank in range(made[net] + 1, max(rank for rank, _ in uses)):
                rows[rank].append(
                    _Cell(rank, lane(net, all(skips for _, skips in uses)), [net], [net], 1 << 60, lane=True)
                )
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
        middle = rows[0][0].place if len(rows[0]) == 1 else (rows[0][0].place + rows[0][-1].place) / 2
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
                links.append((source, cell, pin.across - across, pull))
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

    def _put(self, cells: list[_Cell], wishes: list[float], weights: list[float]) -> None:
        gaps = [a.box.high - b.box.low + (BESIDE if a.lane or b.lane else APART) for a, b in pairwise(cells)]
        for cell, place in zip(cells, settle(wishes, weights, gaps), strict=True):
            cell.place = place


def _nets(edges: Iterable[Edge]) -> list[Net]:
    return list(dict.fromkeys(edge.net for edge in edges if edge.net is not None))


def _sort(cells: list[_Cell], where: Mapping[Net, float], nets: Callable[[_Cell], list[Net]]) -> None:
    """Sort cells by the middle of where their tensors are; those that have none stay where they are."""
    keys = {}
    for number, cell in enumerate(cells):
        found = [where[net] for net in nets(cell) if net in where]
        keys[id(cell)] = sum(found) / len(found) if found else float(number)
    cells.sort(key=lambda cell: keys[id(cell)])
