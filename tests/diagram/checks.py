"""What must hold of every layout, found by arithmetic of its own."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from archspec.backends.diagram.flow import Net
from archspec.backends.diagram.place import Layout, Placed
from archspec.backends.diagram.text import width
from archspec.picture.cards import Card, Item, Picture

Rect = tuple[float, float, float, float]
Points = tuple[tuple[float, float], ...]
#: Half a pixel is nothing that anyone sees.
SLACK = 0.5
LABEL_HIGH = 10.0


def faults(picture: Picture, layout: Layout, *, volumes: bool = False) -> list[str]:
    """Return what is wrong with a layout, in words; nothing where all is right. `volumes` tells that it is of boxes."""
    return [
        *_drawn_once(picture, layout),
        *_nesting(picture, layout),
        *_inside(layout),
        *_overlaps(layout),
        *_crossings(layout),
        *(_texts_below(layout) if volumes else _texts(layout)),
        *_connections(picture, layout),
    ]


def rect(placed: Placed) -> Rect:
    return placed.x, placed.y, placed.x + placed.width, placed.y + placed.height


def solid(placed: Placed) -> Rect:
    """Return what no line may cross: a card, or the title of a frame."""
    x, y, right, bottom = rect(placed)
    return (x, y, right, y + placed.strip) if placed.frame else (x, y, right, bottom)


def meet(a: Rect, b: Rect, slack: float = SLACK) -> bool:
    return a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack


def _drawn_once(picture: Picture, layout: Layout) -> list[str]:
    wanted = Counter(card.id for card, _ in picture.cards())
    drawn = Counter(placed.card.id for placed in layout.cards)
    return [f"card {number} is drawn {drawn[number]} times" for number in wanted | drawn if drawn[number] != 1]


def _nesting(picture: Picture, layout: Layout) -> list[str]:
    """Everything in a frame lies in it, below its title; everything else lies outside of it."""
    places = {placed.card.id: placed for placed in layout.cards}
    found = []

    def visit(items: tuple[Item, ...]) -> list[int]:
        numbers: list[int] = []
        for item in items:
            if isinstance(item, Card):
                numbers.append(item.id)
                continue
            inner = visit(item.items)
            frame = rect(places[item.strip.id])
            top = frame[1] + places[item.strip.id].strip
            for number in inner:
                x, y, right, bottom = rect(places[number])
                if x < frame[0] or right > frame[2] or y < top or bottom > frame[3]:
                    found.append(f"card {number} sticks out of frame {item.strip.id}")
            numbers += [item.strip.id, *inner]
            within = {item.strip.id, *inner}
            for number, placed in places.items():
                if number not in within and not placed.frame and meet(rect(placed), frame):
                    found.append(f"card {number} lies in frame {item.strip.id}, where it does not belong")
        return numbers

    visit(picture.items)
    return found


def _inside(layout: Layout) -> list[str]:
    found = []
    for placed in layout.cards:
        x, y, right, bottom = rect(placed)
        behind = 8 if placed.card.times > 1 else 0
        if x < -SLACK or y < -SLACK or right + behind > layout.width + SLACK or bottom + behind > layout.height + SLACK:
            found.append(f"`{placed.card.title}` lies outside the drawing")
    for line in layout.lines:
        for x, y in line.points:
            if not (-SLACK <= x <= layout.width + SLACK and -SLACK <= y <= layout.height + SLACK):
                found.append(f"a line lies outside the drawing: {x}, {y}")
    for label in layout.labels:
        if label.x < 0 or label.x + label.width > layout.width + SLACK or label.y < 0 or label.y > layout.height:
            found.append(f"the label `{label.text}` lies outside the drawing")
    return found


def _overlaps(layout: Layout) -> list[str]:
    boxes = [(f"`{placed.card.title}` {placed.card.id}", solid(placed)) for placed in layout.cards]
    boxes += [
        (f"label `{label.text}`", (label.x, label.y - LABEL_HIGH / 2, label.x + label.width, label.y + LABEL_HIGH / 2))
        for label in layout.labels
    ]
    boxes.sort(key=lambda box: box[1][1])
    found, near = [], []
    for name, box in boxes:
        near = [(other, place) for other, place in near if place[3] > box[1]]
        found += [f"{name} and {other} overlap" for other, place in near if meet(box, place)]
        near.append((name, box))
    return found


def _crossings(layout: Layout) -> list[str]:
    segments: list[Rect] = []
    found = []
    for line in layout.lines:
        for (ax, ay), (bx, by) in pairwise(line.points):
            if ax != bx and ay != by:
                found.append(f"a line is slanted: {ax}, {ay} to {bx}, {by}")
            segments.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
    segments.sort(key=lambda segment: segment[1])
    areas = [(f"`{placed.card.title}` {placed.card.id}", solid(placed)) for placed in layout.cards]
    areas += [
        (f"label `{label.text}`", (label.x, label.y - LABEL_HIGH / 2, label.x + label.width, label.y + LABEL_HIGH / 2))
        for label in layout.labels
    ]
    for name, area in areas:
        for segment in segments:
            if segment[1] > area[3]:
                break
            # A segment has no breadth, so it is in the area where it is inside both ways.
            inside = segment[0] < area[2] - SLACK and segment[2] > area[0] + SLACK
            if inside and segment[1] < area[3] - SLACK and segment[3] > area[1] + SLACK:
                found.append(f"a line crosses {name}: {segment}")
                break
    return found


def _texts(layout: Layout) -> list[str]:
    found = []
    for placed in layout.cards:
        face = placed.face
        if placed.card.form == "sign":
            continue
        first = 10 + (12 if placed.card.form in ("strip", "fold") else 6) + width(face.title, 13, bold=True)
        first += 7 + width(face.detail, 12) if face.detail else 0
        first += 7 + width(face.right, 11) if face.right else 0
        first += 7 + width(face.badge, 11, bold=True) + 14 if face.badge else 0
        second = 16 + width(face.row, 11)
        if max(first, second) + 6 > placed.width:
            found.append(f"the texts of `{placed.card.title}` need {max(first, second)}, it is {placed.width} wide")
    return found


def _texts_below(layout: Layout) -> list[str]:
    """The texts of a box stand below it, one below the other, and where its card is."""
    found = []
    for placed in layout.cards:
        face = placed.face
        if placed.frame or placed.card.form == "sign":
            continue
        badge = 6 + width(face.badge, 11, bold=True) if face.badge else 0
        longest = max(width(face.title, 11, bold=True) + badge, width(face.detail, 10.5), width(face.row, 10.5))
        if longest > placed.width:
            found.append(f"the texts of `{placed.card.title}` need {longest}, it is {placed.width} wide")
        if 13 * (1 + bool(face.detail) + bool(face.row)) > face.under:
            found.append(f"the texts of `{placed.card.title}` need more than {face.under} below it")
    return found


def _connections(picture: Picture, layout: Layout) -> list[str]:
    """Every line of the picture is there: pieces of its tensor lead from its source to an arrow at its target."""
    places = {placed.card.id: placed for placed in layout.cards}
    frames = {placed.card.id for placed in layout.cards if placed.frame}
    pieces: dict[Net, list[Points]] = {}
    for line in layout.lines:
        pieces.setdefault(line.net, []).append(line.points)
    found = []
    wanted = {(line.source, line.result, line.became) for line in picture.lines}
    found += [f"nothing is drawn of {net}" for net in wanted - pieces.keys()]
    links = {net: _before(group) for net, group in pieces.items()}
    for line in picture.lines:
        net = (line.source, line.result, line.became)
        group = pieces.get(net, [])
        target = rect(places[line.target])
        ends = [number for number, points in enumerate(group) if _touches(points[-1], target)]
        if not ends:
            found.append(f"no line of {line.source} ends at {line.target} `{places[line.target].card.title}`")
            continue
        source = rect(places[line.source])
        within = line.source in frames
        reached = [group[number] for number in _reached(links[net], ends)]
        if not any(_leaves(points[0], source, places[line.source], within, layout) for points in reached):
            found.append(f"the line from {line.source} to {line.target} does not begin at its source")
    return found


def _touches(point: tuple[float, float], area: Rect) -> bool:
    x, y = point
    on_x = area[0] - SLACK <= x <= area[2] + SLACK
    on_y = area[1] - SLACK <= y <= area[3] + SLACK
    edge = min(abs(x - area[0]), abs(x - area[2]), abs(y - area[1]), abs(y - area[3]))
    return on_x and on_y and edge <= SLACK


def _leaves(point: tuple[float, float], area: Rect, placed: Placed, within: bool, layout: Layout) -> bool:
    x, y = point
    behind = 8 if placed.card.times > 1 and not within else 0
    if not within:
        return _touches(point, (area[0], area[1], area[2] + behind, area[3] + behind)) or _touches(point, area)
    # A frame's own tensors begin at its title, or at its left end where lines go to the right.
    start = area[1] + placed.strip if layout.direction == "TB" else area[0]
    return abs((y if layout.direction == "TB" else x) - start) <= SLACK


def _before(group: list[Points]) -> list[list[int]]:
    """Return, for each piece, those on which it begins."""
    return [[j for j, other in enumerate(group) if i != j and _on(points[0], other)] for i, points in enumerate(group)]


def _reached(before: list[list[int]], ends: list[int]) -> list[int]:
    """Return the pieces from which these ends are reached."""
    reached = list(ends)
    seen = set(ends)
    for number in reached:
        new = [other for other in before[number] if other not in seen]
        seen.update(new)
        reached += new
    return reached


def _on(point: tuple[float, float], points: Points) -> bool:
    for (ax, ay), (bx, by) in pairwise(points):
        if (
            min(ax, bx) - SLACK <= point[0] <= max(ax, bx) + SLACK
            and min(ay, by) - SLACK <= point[1] <= max(ay, by) + SLACK
        ):
            return True
    return False
