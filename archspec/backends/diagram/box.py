"""Boxes: laid-out pieces of a drawing, and how they stack, stand in a row, and are joined by lines.

Everything here is in *along* and *across*: along is the way the tensors go (down, or to the right), across the other.
A box lies along 0 to `size` and across `low` to `high`; its own axis is across 0. Pins are where lines cross its ends.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archspec.backends.diagram.flow import Net
from archspec.backends.diagram.text import width

#: From card to card, without a label and with one; from a card to a line across; from a line across to an arrow's
#: point, without a label and with one, or to a line that goes on.
GAP, GAP_LABEL, ABOVE, BELOW, BELOW_LABEL, BELOW_PLAIN = 16.0, 20.0, 9.0, 16.0, 18.0, 9.0
#: From a column to the line beside it that goes up to the next, and how far that is from the top of the page.
COLUMN, FIRST = 18.0, 2.0
#: Between lines side by side, along and across.
TRACK, LANE = 9.0, 12.0
#: What a label beside a line keeps from it, and how high it is.
LABEL_GAP, LABEL_HIGH = 7.0, 12.0
LABEL_SIZE = 10.5
#: How far the middle of a label is above the point of its arrow.
LABEL_UP = 10.0
#: Closer than this, two lines along would be taken for one.
NEAR = 4.0

Point = tuple[float, float]


@dataclass(slots=True)
class Pin:
    """Where a tensor crosses the end of a box. `arrow`: its line ends here, with a label beside it."""

    across: float
    net: Net
    skip: bool = False
    arrow: bool = False
    label: str = ""

    def at(self, across: float) -> Pin:
        """Return this pin elsewhere, where its line goes on."""
        return Pin(across, self.net, self.skip)


@dataclass(slots=True)
class Route:
    points: list[Point]
    skip: bool
    arrow: bool
    net: Net


@dataclass(slots=True)
class Box:
    size: float
    low: float
    high: float
    entries: list[Pin] = field(default_factory=list)
    exits: list[Pin] = field(default_factory=list)
    #: What is in it, and where.
    inner: list[tuple[float, float, Box]] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    #: A label and where its line's point is; a fork and whether it is a skip's.
    labels: list[tuple[float, float, str]] = field(default_factory=list)
    forks: list[Point] = field(default_factory=list)
    #: The card or frame that it is, and its outline: along from 0 to `depth`, across from `left` to `right`.
    vertex: int | None = None
    depth: float = 0
    left: float = 0
    right: float = 0
    #: Whether what is in it follows one another along its axis.
    stacked: bool = False
    #: Where the inputs of a frame stand at its title, if it has several.
    ports: list[float] = field(default_factory=list)


def lane(net: Net, skip: bool) -> Box:
    """Return a box that a tensor goes straight through."""
    return Box(0, -LANE / 2, LANE / 2, [Pin(0, net, skip)], [Pin(0, net, skip)])


def row(boxes: Sequence[Box], places: Sequence[float], leans: Sequence[float]) -> Box:
    """Put boxes side by side, their lines led to the ends of the row. A lean of 0 keeps a box at its beginning."""
    whole = Box(max(box.size for box in boxes), 0, 0)
    whole.low = min(place + box.low for box, place in zip(boxes, places, strict=True))
    whole.high = max(place + box.high for box, place in zip(boxes, places, strict=True))
    for box, place, lean in zip(boxes, places, leans, strict=True):
        start = round((whole.size - box.size) * lean)
        end = start + box.size
        whole.inner.append((start, place, box))
        for pin in box.entries:
            across = place + pin.across
            if start == 0:
                whole.entries.append(Pin(across, pin.net, pin.skip, pin.arrow, pin.label))
                continue
            # The label goes to where there is room for it: the lead may be short.
            whole.entries.append(Pin(across, pin.net, pin.skip, label=pin.label))
            whole.routes.append(Route([(0, across), (start, across)], pin.skip, pin.arrow, pin.net))
        for pin in box.exits:
            across = place + pin.across
            whole.exits.append(pin.at(across))
            if end < whole.size:
                whole.routes.append(Route([(end, across), (whole.size, across)], pin.skip, False, pin.net))
    return whole


def reach(box: Box, start: float, end: float) -> float:
    """Return how far across anything in a box reaches, of what lies between two places along."""
    furthest = box.low
    waiting = [(0.0, 0.0, box)]
    while waiting:
        along, across, inner = waiting.pop()
        if along > end or along + inner.size < start or across + inner.high <= furthest:
            continue
        if inner.vertex is not None or not inner.inner:
            furthest = across + inner.high
            continue
        waiting += [(along + a, across + c, box) for a, c, box in inner.inner]
        for route in inner.routes:
            places = [along + a for a, _ in route.points]
            if min(places) <= end and max(places) >= start:
                furthest = max(furthest, *(across + c for _, c in route.points))
    return furthest


def _lead(box: Box, pin: Pin, points: list[Point]) -> None:
    box.routes.append(Route(points, pin.skip, pin.arrow, pin.net))
    if pin.label:
        box.labels.append((*points[-1], pin.label))


def in_columns(stack: Box, count: int, label_room: float) -> Box | None:
    """Break a stack into so many columns side by side, as even as can be, or return None.

    It is broken where as many lines lead from one box into the next as leave the one, in the same order, and no skip is
    among them. They go up between the columns, one around the other.
    """
    starts = _breaks(stack, count)
    if len(starts) < count:
        return None
    columns = [_column(stack, start, end) for start, end in zip(starts, [*starts[1:], len(stack.inner)], strict=True)]
    pins = [pin for column in columns[1:] for pin in column.entries]
    most = (max(len(column.entries) for column in columns[1:]) - 1) * TRACK
    labels = max((label_length(pin.label) for pin in pins if pin.label), default=0.0) if label_room else 0.0
    head = most + max(GAP_LABEL, labels + 24 if labels else 0)
    whole = Box(head + max(column.size for column in columns) + ABOVE + most, columns[0].low, columns[0].high)
    before, place = columns[0], 0.0
    whole.inner.append((head, 0, before))
    for column in columns[1:]:
        passing = list(zip(_across(before.exits), _across(column.entries), strict=True))[::-1]
        lane, down, start = round(whole.high + COLUMN), head + before.size, place
        place = round(lane + (len(passing) - 1) * TRACK + COLUMN - column.low)
        whole.inner.append((head, place, column))
        for number, (left, pin) in enumerate(passing):
            low, side, up = down + ABOVE + number * TRACK, lane + number * TRACK, FIRST + number * TRACK
            across, end = start + left.across, place + pin.across
            _lead(whole, pin, [(down, across), (low, across), (low, side), (up, side), (up, end), (head, end)])
        whole.high = place + column.high
        before = column
    return whole


def _can_go_up(pins: Sequence[Pin]) -> bool:
    """Tell whether lines may go from column to column: not into a sum, nor skips."""
    return len(pins) == 1 or all(pin.arrow and not pin.skip for pin in pins)


def _across(pins: Iterable[Pin]) -> list[Pin]:
    return sorted(pins, key=lambda pin: pin.across)


def _nets(pins: Iterable[Pin]) -> list[Net]:
    return [pin.net for pin in _across(pins)]


def _breaks(stack: Box, count: int) -> list[int]:
    """Return the numbers of the boxes that columns begin with: of all ways, one whose longest column is short."""
    ends = [along + box.size for along, _, box in stack.inner]
    free = [0] + [
        number
        for number, ((_, _, box), (_, _, after)) in enumerate(pairwise(stack.inner), 1)
        if after.entries and _nets(box.exits) == _nets(after.entries) and _can_go_up(after.entries)
    ]

    def within(most: float) -> list[int]:
        begun = [0]
        for number, following in zip(free, [*free[1:], len(ends)], strict=True):
            if ends[following - 1] - stack.inner[begun[-1]][0] > most and number:
                begun.append(number)
        return begun

    low, high = 0.0, stack.size
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if len(within(middle)) <= count else (middle, high)
    return within(high)


def _column(stack: Box, start: int, end: int) -> Box:
    """Return some of the boxes of a stack as a stack of their own."""
    inner = stack.inner[start:end]
    first, last = inner[0][0], inner[-1][0] + inner[-1][2].size
    column = Box(last - first, 0, 0, [*inner[0][2].entries], [*inner[-1][2].exits])
    column.inner = [(along - first, across, box) for along, across, box in inner]
    for route in stack.routes:
        if all(first <= along <= last for along, _ in route.points):
            points = [(along - first, across) for along, across in route.points]
            column.routes.append(Route(points, route.skip, route.arrow, route.net))
    column.labels = [(a - first, across, text) for a, across, text in stack.labels if first < a <= last]
    column.forks = [(a - first, across) for a, across in stack.forks if first < a < last]
    reach = [across for route in column.routes for _, across in route.points]
    column.low = min([across + box.low for _, across, box in inner] + [place - 2 for place in reach])
    column.high = max([across + box.high for _, across, box in inner] + [place + 2 for place in reach])
    return column


class Stack:
    """Puts boxes one after another, and leads the tensors that leave one into the next."""

    def __init__(self, label_room: float = 0) -> None:
        #: What a label takes along the way, at most: where lines go to the right, labels lie along them.
        self._label_room = label_room
        self.box = Box(0, 0, 0, stacked=True)
        self._empty = True

    def places(self) -> dict[Net, float]:
        """Return where tensors leave what is there."""
        return {pin.net: pin.across for pin in self.box.exits}

    def add(self, box: Box, room: float | None = None) -> None:
        """Add a box; `room` is what there must be before it if no line needs more."""
        whole = self.box
        if self._empty:
            whole.entries, self._empty = [*box.entries], False
        else:
            height = _channel(whole, box.entries, room, self._label_room)
            whole.size += height
        whole.inner.append((whole.size, 0, box))
        whole.low, whole.high = min(whole.low, box.low), max(whole.high, box.high)
        whole.size += box.size
        whole.exits = box.exits


@dataclass(slots=True)
class _Run:
    """One tensor's way across a channel: from `top` to each pin; `track` counts the lines across from above."""

    top: float
    pins: list[Pin]
    track: int = 0

    @property
    def low(self) -> float:
        return min(self.top, *(pin.across for pin in self.pins))

    @property
    def high(self) -> float:
        return max(self.top, *(pin.across for pin in self.pins))

    @property
    def straight(self) -> bool:
        return self.low == self.high


def _channel(whole: Box, entries: Iterable[Pin], room: float | None, label_room: float) -> float:
    """Lead the exits of a box to these pins below it. Returns how high that is."""
    tops: dict[Net, list[float]] = {}
    for pin in whole.exits:
        tops.setdefault(pin.net, []).append(pin.across)
    runs: dict[tuple[Net, float], _Run] = {}
    for pin in entries:
        top = min(tops[pin.net], key=lambda across, pin=pin: abs(across - pin.across))  # type: ignore[misc]
        runs.setdefault((pin.net, top), _Run(top, [])).pins.append(pin)
    bent = [run for run in runs.values() if not run.straight]
    columns = sorted([run.top for run in runs.values()] + [pin.across for run in runs.values() for pin in run.pins])
    jogs = _assign(bent, columns)
    pins = [pin for run in runs.values() for pin in run.pins]
    labels = max((label_length(pin.label) for pin in pins if pin.label), default=0.0) if label_room else 0.0
    arrows = any(pin.arrow for pin in pins)
    least = (GAP if arrows or not pins else BELOW_PLAIN) if room is None else room
    labelled = any(pin.label for pin in pins)
    height = max(least, GAP_LABEL if labelled else 0, labels + 24 if labels else 0)
    below = 0.0
    if bent:
        tracks = 1 + max(run.track for run in bent) + bool(jogs)
        below = BELOW if arrows else BELOW_PLAIN
        if labelled:
            below = max(BELOW_LABEL, labels + 24 if labels else 0)
        height = max(height, ABOVE + (tracks - 1) * TRACK + below)
    start = whole.size
    if bent:
        first = start + ABOVE + (height - ABOVE - (tracks - 1) * TRACK - below) / 2
        last = first + (tracks - 1) * TRACK
    else:
        first = last = start
    for run in runs.values():
        _draw(whole, run, start, first + run.track * TRACK, start + height, last, jogs)
    for run in runs.values():
        whole.low, whole.high = min(whole.low, run.low - 2), max(whole.high, run.high + 2)
    return height


def label_length(text: str) -> float:
    """Return how long a label is."""
    return width(text, LABEL_SIZE)


def _draw(whole: Box, run: _Run, start: float, track: float, end: float, last: float, jogs: dict[float, float]) -> None:
    """Draw a run: straight on where a pin lies below its start, the others branching off at its track.

    A pin whose column is taken above has a column to come down in, `jogs`, and changes to its own at the `last` track.
    """
    on = [pin for pin in run.pins if pin.across == run.top]
    off = [pin for pin in run.pins if pin.across != run.top]
    for pin in on:
        _lead(whole, pin, [(start, run.top), (end, run.top)])
    alone = not on and len(off) == 1
    if not on and len(off) > 1:
        whole.routes.append(Route([(start, run.top), (track, run.top)], False, False, run.pins[0].net))
    for pin in off:
        points = [(track, run.top), (track, pin.across), (end, pin.across)]
        if (by := jogs.get(pin.across)) is not None:
            points[1:2] = [(track, by), (last, by), (last, pin.across)]
        _lead(whole, pin, [(start, run.top), *points] if alone else points)
    if off and (on or (len({pin.across > run.top for pin in off}) == 1 and len(off) > 1)):
        whole.forks.append((track, run.top))


def _assign(runs: list[_Run], columns: list[float]) -> dict[float, float]:
    """Give every bent run a track: above another that comes down where it goes down from, and no two in one place.

    Returns the pins for which that cannot be, with a free column for each: runs that change places with one another.
    """
    runs.sort(key=lambda run: (0, -run.top) if max(pin.across for pin in run.pins) > run.top else (1, run.top))
    ends = sorted((pin.across, number) for number, run in enumerate(runs) for pin in run.pins)
    after: list[list[int]] = [[] for _ in runs]
    waits = [0] * len(runs)
    for number, run in enumerate(runs):
        for across, other in ends[bisect_left(ends, (run.top - NEAR, -1)) :]:
            if across > run.top + NEAR:
                break
            if other != number:
                after[number].append(other)
                waits[other] += 1
    jogs: dict[float, float] = {}
    taken: list[list[_Run]] = []
    left = dict.fromkeys(range(len(runs)))
    ready = [number for number in left if not waits[number]]
    while left:
        if ready:
            number = ready.pop(0)
        else:
            number = min(left, key=lambda one: (waits[one], one))
            tops = [runs[other].top for other in left if other != number]
            for pin in runs[number].pins:
                if any(abs(pin.across - top) <= NEAR for top in tops):
                    jogs[pin.across] = _free(pin.across, columns)
        if number not in left:
            continue
        del left[number]
        run = runs[number]
        low, high = run.low - LANE, run.high + LANE
        while run.track < len(taken) and any(low < other.high and other.low < high for other in taken[run.track]):
            run.track += 1
        taken += [[] for _ in range(run.track + 1 - len(taken))]
        taken[run.track].append(run)
        for other in after[number]:
            runs[other].track = max(runs[other].track, run.track + 1)
            waits[other] -= 1
            if not waits[other] and other in left:
                ready.append(other)
    return jogs


def _free(across: float, columns: list[float]) -> float:
    """Return a column beside another where no line is, and put it among the columns."""
    for step in range(1, 1000):
        for side in (1, -1):
            place = across + side * (NEAR + 3) * step
            near = bisect_left(columns, place - NEAR)
            if near == len(columns) or columns[near] > place + NEAR:
                insort(columns, place)
                return place
    return across


def settle(wishes: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Return places in order, as near to the wishes as the gaps between neighbours allow (least squares)."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[tuple[float, float, int]] = []
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        block = (wish - offset, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            place, other, count = blocks.pop()
            total = other + block[1]
            block = ((place * other + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    places = [place for place, _, count in blocks for _ in range(count)]
    return [place + offset for place, offset in zip(places, offsets, strict=True)]


def spaced(wishes: Sequence[float], gaps: Sequence[float], low: float, high: float) -> list[float]:
    """Return places in order between two bounds, as near to the wishes as the gaps between neighbours allow."""
    places: list[float] = []
    for number, wish in enumerate(wishes):
        at = max(low, min(high, wish))
        places.append(at if not places else max(at, places[-1] + gaps[number - 1]))
    for number in reversed(range(len(places))):
        bound = high if number == len(places) - 1 else places[number + 1] - gaps[number]
        places[number] = min(places[number], bound)
    return places
