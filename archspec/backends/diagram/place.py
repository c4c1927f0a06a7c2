"""Lays a picture out: every flow by what it is made of, frames from the inside out.

A chain stacks on one axis. A fan stands side by side; where it ends in a sum, its longest part stays on the axis and
the others go beside it. A wire in a fan goes down a lane of its own. A mesh is laid out in ranks, its longest way
straight. What is longer than the page stands in columns. The outcome is plain geometry in x and y, for any writer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import sqrt

from archspec.backends.diagram.box import (
    GAP,
    LABEL_GAP,
    LABEL_HIGH,
    LABEL_SIZE,
    LABEL_UP,
    LANE,
    Box,
    Pin,
    Route,
    Stack,
    in_columns,
    label_length,
    lane,
    reach,
    row,
    spaced,
)
from archspec.backends.diagram.face import BEHIND, LEAST, SIGN, STRIP, Face, face_of
from archspec.backends.diagram.flow import END, START, Edge, Flow, Flows, Net, cut
from archspec.backends.diagram.mesh import Mesher
from archspec.backends.diagram.scene import Direction
from archspec.backends.diagram.series import Chain, Fan, Mesh, Part, Wire, edges_in, edges_out, is_direct, take_apart
from archspec.backends.diagram.text import fit
from archspec.picture.cards import Card, Frame, Picture

#: Between parts side by side; from a part to the first lane beside it; what a frame keeps around its inside.
SIDE, GUTTER, INSET = 20.0, 14.0, 14.0
#: By how much a part must stand closer to the main line to leave the middle.
NARROWER = 40.0
#: From a frame's title to its first card, and from its last card to its end.
HEAD, FOOT = 16.0, 12.0
MOST_LABEL = 150.0
#: Columns that do not fit a page either must be so much better.
WORTH = 0.8
#: A concatenation is a bar, wide for what comes together in it: so wide at least, and so far from its middle at most.
BAR, MOST_BAR = 200.0, 700.0
#: What is off the axis by less is made even.
ALMOST_EVEN = 48.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in the drawing, or a frame (`frame`), whose title strip is `strip` high."""

    card: Card
    face: Face
    x: float
    y: float
    width: float
    height: float
    frame: bool = False
    strip: float = 0
    #: How many frames it stands in.
    nesting: int = 0
    #: Where the names of a frame's inputs stand.
    ports: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line or a piece of one."""

    points: tuple[tuple[float, float], ...]
    skip: bool
    arrow: bool
    #: The tensor: the card that made it, and which of its results.
    net: Net


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a line, by the middle of its left side."""

    text: str
    x: float
    y: float
    width: float


@dataclass(slots=True)
class Layout:
    """A picture laid out: everything lies from (0, 0) to (`width`, `height`)."""

    direction: Direction
    width: float = 0
    height: float = 0
    #: Frames come before what is in them.
    cards: list[Placed] = field(default_factory=list)
    lines: list[Drawn] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    forks: list[tuple[float, float]] = field(default_factory=list)


def lay_out(
    picture: Picture,
    direction: Direction = "TB",
    face: Callable[[Card], Face] = face_of,
    room: tuple[float, float] | None = None,
) -> Layout:
    """Return where everything in a picture stands, each card as large as its face.

    What is longer than the `room` there is stands in columns, or in rows where lines go to the right: in as few as fit
    there, or else in as many as leave it largest.
    """
    flows = cut(picture)
    faces = {number: face(card) for number, card in flows.cards.items()}
    placer = _Placer(flows, faces, direction)
    page = placer.page()
    if room is not None:
        page = placer.in_room(page, room if direction == "TB" else room[::-1])
    return _flatten(page, flows, faces, direction)


def _needed(page: Box, room: tuple[float, float]) -> float:
    """Return how many times the room a page needs, each way: 1 where it fits."""
    return max(1.0, (page.high - page.low) / room[0], page.size / room[1])


@dataclass(slots=True)
class Inside:
    """The inside of a frame, or the page, with the frames in it folded. `axis` is where its lines come in and leave."""

    layout: Layout
    axis: float
    #: The names of the frame's inputs and where they stand, from the axis.
    ports: list[float]


def lay_out_apart(picture: Picture) -> dict[int | None, Inside]:
    """Return the inside of every frame, by its title's number, and under None the page."""
    flows = cut(picture)
    titles = {number: face_of(flows.cards[number]) for number in flows.frames}
    for number in flows.frames:
        flows.cards[number] = replace(flows.cards[number], form="fold")
    faces = {number: face_of(card) for number, card in flows.cards.items()}
    placer = _Placer(flows, faces, "TB", titles)
    folded = Flows(flows.order, flows.cards, {})
    return {
        flow.owner.strip.id if flow.owner else None: Inside(
            _flatten(box, folded, faces, "TB"), -box.low, placer.ports(flow.owner) if flow.owner else []
        )
        for flow, box in placer.insides()
    }


class _Placer:
    """Makes the box of every vertex and every flow. With `titles` each frame is laid out apart, those in it folded."""

    def __init__(
        self, flows: Flows, faces: dict[int, Face], direction: Direction, titles: dict[int, Face] | None = None
    ) -> None:
        self._flows, self._faces, self._down = flows, faces, direction == "TB"
        self._titles, self._apart = (faces, False) if titles is None else (titles, True)
        self._frames: dict[int, Box] = {}
        self._nets: dict[int, list[Net]] = {}

    @property
    def label_room(self) -> float:
        return 0 if self._down else 1

    def page(self) -> Box:
        """Return the page with all that is on it."""
        return list(self.insides())[-1][1]

    def in_room(self, page: Box, room: tuple[float, float]) -> Box:
        """Return the page in as many columns as make it fit there, or else leave it largest, if that is much larger."""
        if len(page.inner) != 1 or not page.inner[0][2].stacked:
            return page
        best, needed = page, _needed(page, room)
        long, broad = page.size / room[1], (page.high - page.low) / room[0]
        count = max(2, int(min(long, sqrt(long / broad))))
        while needed > 1 and (columns := in_columns(page.inner[0][2], count, self.label_room)) is not None:
            if _needed(columns, room) >= needed:
                break
            best, needed = columns, _needed(columns, room)
            count += 1
        return best if needed == 1 or needed < WORTH * _needed(page, room) else page

    def insides(self) -> Iterator[tuple[Flow, Box]]:
        """Yield the inside of every flow, the page last."""
        for flow in self._flows.order:
            nets: dict[int, dict[Net, None]] = {}
            for edge in flow.edges:
                if edge.net is not None:
                    nets.setdefault(edge.source, {})[edge.net] = None
            for vertex, found in nets.items():
                if vertex >= 0:
                    self._nets[vertex] = sorted(found)
            box = self._inside(flow, sorted(nets.get(START, {})))
            yield flow, box
            if flow.owner is not None and not self._apart:
                self._frames[flow.owner.strip.id] = self._frame(flow.owner, box)

    # --- frames ----------------------------------------------------------------------------------------------------

    def _inside(self, flow: Flow, nets: list[Net]) -> Box:
        """Return what is in a frame, from under its title to its lower end."""
        part = take_apart(flow)
        stack = Stack(self.label_room)
        if flow.owner is not None:
            ports = self.ports(flow.owner)
            # Of a tensor that two networks lead to other places there are two lines.
            sides = [ports[net[1]] for net in nets] if ports else self._exits(len(nets), 72)
            stack.add(Box(0, 0, 0, exits=[Pin(side, net) for side, net in zip(sides, nets, strict=True)]))
        if not is_direct(part):
            stack.add(self.part(part, self._target(part), stack.places()), HEAD if flow.owner is not None else None)
        if flow.owner is not None:
            stack.add(self._end(list(edges_in(part)), stack, flow.owner), FOOT)
        return stack.box

    def _end(self, edges: Sequence[Edge], stack: Stack, frame: Frame) -> Box:
        """Return the lower end of a frame: one line leaves it on its axis, several where they come.

        Laid out apart, they leave it where they leave its card.
        """
        places = stack.places()
        if self._apart:
            nets = sorted({edge.net for edge in edges if edge.net is not None})
            places |= dict(zip(nets, self._exits(len(nets), self._faces[frame.strip.id].width), strict=True))
        drawn = sorted((places[edge.net], edge.net, edge.skip) for edge in edges if edge.net is not None)
        if len(drawn) == 1:
            drawn = [(0.0, drawn[0][1], drawn[0][2])]
        return Box(0, 0, 0, [Pin(across, net, skip) for across, net, skip in drawn])

    def ports(self, frame: Frame) -> list[float]:
        """Return where the inputs of a frame stand at its title, across."""
        names = self._titles[frame.strip.id].ports
        if not names:
            return []
        if not self._down:
            return [LANE * 2 * (number - (len(names) - 1) / 2) for number in range(len(names))]
        gaps = [(label_length(a) + label_length(b)) / 2 + 12 for a, b in pairwise(names)]
        whole = sum(max(gap, 24) for gap in gaps)
        places = [-whole / 2]
        for gap in gaps:
            places.append(places[-1] + max(gap, 24))
        return [float(round(place)) for place in places]

    def _frame(self, frame: Frame, inner: Box) -> Box:
        face = self._faces[frame.strip.id]
        behind = BEHIND if frame.times > 1 else 0
        ports = self.ports(frame)
        low, high = min(inner.low - INSET, -INSET), max(inner.high + INSET, INSET)
        if ports:
            low, high = min(low, ports[0] - 50), max(high, ports[-1] + 50)
        if self._down:
            missing = max(0, face.width + 12 - (high - low)) / 2
            low, high = low - missing, high + missing
            before, size = face.height, face.height + inner.size
        else:
            low -= STRIP
            before, size = 0, max(inner.size, face.width + 12)
        box = Box(size + behind, low, high + behind, vertex=frame.strip.id, depth=size, left=low, right=high)
        box.ports = ports
        box.inner.append((before, 0, inner))
        # In the direction to the right the inside may be shorter than the title.
        self._leave(box, before + inner.size, _ends(inner))
        return box

    def _leave(self, box: Box, start: float, pins: list[Pin]) -> None:
        for pin in pins:
            box.exits.append(pin.at(pin.across))
            if start < box.size:
                box.routes.append(Route([(start, pin.across), (box.size, pin.across)], pin.skip, False, pin.net))

    # --- vertices --------------------------------------------------------------------------------------------------

    def vertex(self, number: int, edges: Sequence[Edge], places: dict[Net, float], *, close: bool = False) -> Box:
        """Return the box of a vertex that these edges enter, coming from these places.

        `close` says that others may stand beside it: its size must not depend on where the lines come from.
        """
        drawn = sorted(
            (edge for edge in edges if edge.net is not None), key=lambda edge: places.get(edge.net or (0, 0, ""), 0.0)
        )
        wishes = [places.get(edge.net or (0, 0, ""), 0.0) for edge in drawn]
        card = self._flows.cards[number]
        if number in self._frames:
            box = self._entered_frame(number, drawn, wishes)
        elif card.form == "sign":
            return self._sign(number, drawn, wishes, close)
        else:
            box = self._entered_card(number, drawn, wishes, close)
        for pin in box.entries:
            # Beside others, there must be room for the label wherever the line comes in.
            self._make_room(box, pin, box.right - 14 if close else pin.across)
        return box

    def _make_room(self, box: Box, pin: Pin, across: float) -> None:
        """Widen a box for the label at one of its pins."""
        if pin.label and self._down:
            box.high = max(box.high, across + LABEL_GAP + label_length(pin.label) + 4)
        elif pin.label:
            box.low = min(box.low, pin.across - LABEL_HIGH - 4)

    def _pin(self, edge: Edge, across: float, *, arrow: bool = True) -> Pin:
        assert edge.net is not None
        label = fit(edge.line.label, LABEL_SIZE, MOST_LABEL) if edge.line is not None else ""
        return Pin(across, edge.net, edge.skip, arrow, label)

    def _entered_frame(self, number: int, edges: Sequence[Edge], wishes: Sequence[float]) -> Box:
        known = self._frames[number]
        box = Box(known.size, known.low, known.high, [], known.exits, known.inner, known.routes)
        box.vertex, box.depth, box.left, box.right = known.vertex, known.depth, known.left, known.right
        box.ports = known.ports
        ports = self.ports(self._flows.frames[number])
        taken: dict[float, Net] = {}
        for edge in edges:
            inputs = edge.line.inputs if edge.line is not None else ()
            across = ports[inputs[0]] if ports and inputs else 0.0
            while across in taken:
                across += LANE
            pin = self._pin(edge, across, arrow=self._down)
            if ports and self._down:
                # The names of the inputs stand in the title, and leave no room beside the lines.
                pin.label = ""
            taken[across] = pin.net
            box.entries.append(pin)
        return box

    def _entered_card(self, number: int, edges: Sequence[Edge], wishes: Sequence[float], close: bool) -> Box:
        card, face = self._flows.cards[number], self._faces[number]
        behind = BEHIND if card.times > 1 else 0
        pins = [self._pin(edge, 0.0) for edge in edges]
        gaps = [max(LANE + 2, self._label_side(pin) + LANE) for pin in pins[:-1]]
        broad, size = (face.width, face.height) if self._down else (face.height, face.width)
        if face.inlet and sum(gaps) > 2 * face.inlet:
            # Lines come close together there, and leave no room for names.
            gaps = [2 * face.inlet / len(gaps)] * len(gaps)
            for pin in pins:
                pin.label = ""
        broad = max(broad, sum(gaps) + 28 if len(pins) > 1 else 0, 16.0 * len(self._nets.get(number, ())))
        left, right = -round(broad / 2), round(broad / 2)
        if card.form == "bar" and not close:
            left, right = _bar(wishes, max(broad, BAR) if self._down else broad)
        if len(pins) == 1:
            places = [wishes[0] if abs(wishes[0]) < 6 else 0.0]
        else:
            low, high = (-face.inlet, face.inlet) if face.inlet else (left + 14, right - 14)
            places = spaced(wishes, gaps, low, high)
        for pin, across in zip(pins, places, strict=True):
            pin.across = across
        end = right + round(face.under)
        box = Box(size + behind, left, end + behind, pins, vertex=number, depth=size, left=left, right=end)
        nets = self._nets.get(number, [])
        places = self._exits(len(nets), 2 * min(-left, right))
        exits = [Pin(across, net) for across, net in zip(places, nets, strict=True)]
        self._leave(box, size, exits)
        return box

    def _exits(self, count: int, broad: float) -> list[float]:
        """Return where the tensors of a card leave it."""
        step = min(28.0, (broad - 24) / max(1, count - 1))
        return [float(round(step * (i - (count - 1) / 2))) for i in range(count)]

    def _label_side(self, pin: Pin) -> float:
        """Return how far a label reaches to the pin after its own, across."""
        if not pin.label:
            return 0.0
        return LABEL_GAP + label_length(pin.label) if self._down else LABEL_HIGH + 4

    def _sign(self, number: int, edges: Sequence[Edge], wishes: Sequence[float], close: bool) -> Box:
        """Return a sign: one line comes in straight, one from each side where there are more."""
        half = SIGN / 2
        box = Box(SIGN, -half, half, vertex=number, depth=SIGN, left=-half, right=half)
        box.exits = [Pin(0, net) for net in self._nets.get(number, ())]
        columns = _columns(list(wishes), close)
        for edge, across in zip(edges, columns, strict=True):
            pin = self._pin(edge, across)
            pin.label = ""
            if across:
                side = SIGN / 2 if across > 0 else -SIGN / 2
                points = [(0.0, across), (SIGN / 2, across), (SIGN / 2, side)]
                box.routes.append(Route(points, pin.skip, True, pin.net))
                pin.arrow = False
            box.entries.append(pin)
            box.low, box.high = min(box.low, across - 6), max(box.high, across + 6)
        return box

    # --- parts -----------------------------------------------------------------------------------------------------

    def _target(self, part: Part) -> int:
        return next(edges_in(part)).target

    def part(self, part: Part, target: int, places: dict[Net, float]) -> Box:
        """Return the box of a part that leads to this vertex. `places` is where its tensors come from, if known."""
        match part:
            case Wire():
                assert part.edge.net is not None
                return lane(part.edge.net, part.edge.skip)
            case Chain():
                return self._chain(part, places)
            case Fan():
                return self._fan(part, target, places)
            case Mesh():
                return Mesher(self, part, merges=self._merges(target)).box()

    def _chain(self, chain: Chain, places: dict[Net, float]) -> Box:
        stack = Stack(self.label_room)
        for number, part in enumerate(chain.parts):
            target = chain.vertices[number] if number < len(chain.vertices) else self._target(part)
            if not is_direct(part) or (number == len(chain.vertices) and not isinstance(part, Wire)):
                stack.add(self.part(part, target, places))
                places = stack.places()
            if number < len(chain.vertices):
                stack.add(self.vertex(target, list(edges_in(part)), places))
                places = stack.places()
        return stack.box

    def _towards(self, part: Part, target: int, places: dict[Net, float]) -> Box:
        """Return the box of a part; its lines out look as they do where they arrive."""
        box = self.part(part, target, places)
        skips = {edge.net for edge in edges_in(part) if edge.skip}
        box.exits = [Pin(pin.across, pin.net, pin.net in skips) for pin in box.exits]
        return box

    def _merges(self, vertex: int) -> bool:
        return vertex != END and self._flows.cards[vertex].look == "merge"

    def _fan(self, fan: Fan, target: int, places: dict[Net, float]) -> Box:
        solid: list[Part] = [part for part in fan.parts if not isinstance(part, Wire)]
        wires = [part for part in fan.parts if isinstance(part, Wire) and part.edge.net is not None]
        sums = target != END and self._flows.cards[target].form == "sign"
        main = self._main(solid, sums) if self._merges(target) else None
        if solid and self._merges(target):
            for wire in wires:
                wire.edge.skip = True
        if main is not None and len(solid) > 1:
            for part in solid:
                if part is not main:
                    for edge in (*edges_out(part), *edges_in(part)):
                        edge.skip = True
        if not solid and not wires:
            return Box(0, -LANE, LANE)
        if not solid:
            return row(*_lanes([self.part(wire, target, places) for wire in wires]))
        if main is not None:
            solid = [main, *(part for part in solid if part is not main)]
        boxes = [self._towards(part, target, places) for part in solid]
        leans = [self._lean(part, target) for part in solid]
        across = _beside(boxes, leans) if main is not None else _spread(boxes)
        low = min(place + box.low for box, place in zip(boxes, across, strict=True))
        high = max(place + box.high for box, place in zip(boxes, across, strict=True))
        for number, wire in enumerate(wires):
            boxes.append(self.part(wire, target, places))
            leans.append(0.5)
            # A sum has a side for each of two lines that go around.
            if sums and number + len(solid) == 2:
                low -= GUTTER + LANE / 2
                across.append(low)
            else:
                high += GUTTER if number == 0 else LANE
                across.append(high)
        return row(boxes, across, leans)

    def _main(self, parts: Sequence[Part], sums: bool) -> Part | None:
        """Return the one part that the others stand beside: the longest, and where there is no sum, of two by far.

        What waits is beside what does not.
        """
        ready = [part for part in parts if not self._late(part)]
        if not parts or len(ready) == 1 or not (sums or len(parts) == 2):
            return ready[0] if len(ready) == 1 else None
        longest, *others = sorted(parts, key=lambda part: -part.size)
        more = 1 if sums else 2
        return longest if others and longest.size > more * others[0].size else None

    def _lean(self, part: Part, target: int) -> float:
        """Return where beside longer ones a part stands: in the middle, unless it begins or ends with nothing drawn."""
        if self._late(part):
            return 1.0
        starts = not any(edge.net for edge in edges_out(part))
        return 0.0 if starts or target == END else 0.5

    def _late(self, part: Part) -> bool:
        return not any(edge.net for edge in edges_out(part)) and self.waits(next(edges_out(part)).target)

    def waits(self, vertex: int) -> bool:
        """Tell whether a vertex that takes nothing stands where it is needed, not at the beginning: weights do."""
        return vertex != END and self._flows.cards[vertex].form != "port"


def _ends(inner: Box) -> list[Pin]:
    """Return the pins of the lower end of a frame's inside."""
    return inner.inner[-1][2].entries


def _bar(wishes: Sequence[float], broad: float) -> tuple[int, int]:
    """Return from where to where a bar reaches: as far as lines can come straight down, within reason."""
    near = [wish for wish in wishes if abs(wish) < MOST_BAR]
    room = 16 + (len(wishes) - len(near)) * (LANE + 2)
    left, right = min([-LEAST / 2, *(wish - room for wish in near)]), max([LEAST / 2, *(wish + room for wish in near)])
    if abs(left + right) < ALMOST_EVEN:
        left, right = min(left, -right), max(right, -left)
    missing = max(0.0, broad - (right - left)) / 2
    return round(left - missing), round(right + missing)


def _columns(wishes: list[float], close: bool) -> list[float]:
    """Return where the lines into a sign come down: on its axis, or beside it."""
    far = SIGN / 2 + 9
    if len(wishes) < 2:
        return [0.0] * len(wishes)
    if len(wishes) == 2:
        left, right = wishes
        if left < -far and right > far and (close or abs(left + right) < 0.2 * (right - left)):
            columns = [left, right]
        elif right >= -left:
            columns = [0.0, max(right, far)]
        else:
            columns = [min(left, -far), 0.0]
    else:
        columns = [min(wishes[0], -far), 0.0, max(wishes[-1], far)]
    return [max(-far, min(far, column)) for column in columns] if close else columns


def _beside(boxes: Sequence[Box], leans: list[float]) -> list[float]:
    """Put the first box on the axis and the others at its right.

    The second goes to its end instead of its middle if that is narrower by far: where there are others beside it.
    """
    places = [0.0]
    edge = boxes[0].high
    for box in boxes[1:]:
        place = edge + SIDE - box.low
        if len(boxes) == 2 and boxes[0].size > 3 * box.size:
            least = reach(boxes[0], boxes[0].size - box.size - GAP, boxes[0].size) + SIDE - box.low
            closer = max(edge + GUTTER - min((pin.across for pin in box.entries), default=0.0), least)
            if place - closer > NARROWER:
                place, leans[1] = closer, 1.0
        places.append(float(round(place)))
        edge = places[-1] + box.high
    return places


def _spread(boxes: Sequence[Box]) -> list[float]:
    """Put boxes side by side around the axis: the middle one on it, or as many on each side."""
    places = [0.0]
    for box, after in pairwise(boxes):
        places.append(float(round(places[-1] + box.high + SIDE - after.low)))
    middle = len(boxes) // 2
    center = places[middle] if len(boxes) % 2 else (places[0] + places[-1]) / 2
    return [float(round(place - center)) for place in places]


def _lanes(boxes: list[Box]) -> tuple[list[Box], list[float], list[float]]:
    return boxes, [LANE * 1.5 * (number - (len(boxes) - 1) / 2) for number in range(len(boxes))], [0.5] * len(boxes)


# --- to x and y ------------------------------------------------------------------------------------------------------


def _flatten(page: Box, flows: Flows, faces: dict[int, Face], direction: Direction) -> Layout:
    """Return all that is in a box and the boxes in it, in x and y."""
    down = direction == "TB"
    layout = Layout(direction)
    for along, across, box, nesting in _walk(page):
        if box.vertex is not None:
            layout.cards.append(_placed(box, along, across - page.low, nesting, flows, faces, down))
        for route in box.routes:
            moved = [(a + along, c + across - page.low) for a, c in route.points]
            points = tuple((c, a) if down else (a, c) for a, c in moved)
            layout.lines.append(Drawn(points, route.skip, route.arrow, route.net))
        for a, c, text in box.labels:
            length = label_length(text)
            a, c = a + along, c + across - page.low
            x, y = (c + LABEL_GAP, a - LABEL_UP) if down else (a - 11 - length, c - 8)
            layout.labels.append(Label(text, x, y, length))
        for a, c in box.forks:
            a, c = a + along, c + across - page.low
            layout.forks.append((c, a) if down else (a, c))
    width, height = page.high - page.low, page.size
    layout.width, layout.height = (width, height) if down else (height, width)
    return layout


def _walk(page: Box) -> Iterator[tuple[float, float, Box, int]]:
    """Yield every box with where it is and how many frames are around it, outer ones first."""
    waiting = [(0.0, 0.0, page, 0)]
    while waiting:
        along, across, box, nesting = waiting.pop()
        yield along, across, box, nesting
        # Only a frame's box has both a vertex and something in it.
        within = nesting + (box.vertex is not None)
        waiting += [(along + a, across + c, inner, within) for a, c, inner in reversed(box.inner)]


def _placed(
    box: Box, along: float, across: float, nesting: int, flows: Flows, faces: dict[int, Face], down: bool
) -> Placed:
    assert box.vertex is not None
    card, frame = flows.cards[box.vertex], box.vertex in flows.frames
    low, broad = across + box.left, box.right - box.left
    x, y, width, height = (low, along, broad, box.depth) if down else (along, low, box.depth, broad)
    face = faces[box.vertex]
    strip = (face.height if down else STRIP) if frame else 0
    ports = tuple(across + port for port in box.ports) if down else ()
    return Placed(card, face, x, y, width, height, frame, strip, nesting, ports)
