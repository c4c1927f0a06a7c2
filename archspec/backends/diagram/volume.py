"""The style `volume`: every tensor a box, as large as it is: for papers on what happens to an image.

The face of a box goes by the square root of the spatial size, its thickness by the logarithm of the channels; a vector
is a bar. What a box is called stands below it, in room that is its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2, sqrt

from archspec.backends.diagram.blocks import (
    MARGIN,
    Heading,
    legend_of,
    paint_card,
    paint_frames,
    paint_lines,
    room_on_page,
)
from archspec.backends.diagram.face import Face, face_of
from archspec.backends.diagram.place import Layout, Placed, lay_out
from archspec.backends.diagram.scene import Group, Path, Rect, Scene, Shape, Step, Text, polygon
from archspec.backends.diagram.text import fit, width
from archspec.picture.cards import Card, Frame, Item, Picture
from archspec.picture.style import TIMES
from archspec.picture.wording import shape_text
from archspec.tensor import TensorType

LARGEST, SMALLEST = 120.0, 8.0
#: How far a box goes back, for each pixel of its breadth.
BACK = 0.34
NAME, SMALL = 11.0, 10.5
MOST_NAME, MOST_SMALL = 120.0, 120.0
ROWS, UNDER = 13.0, 8.0
#: The length that an open dimension is drawn with.
OPEN = 64


@dataclass(frozen=True, slots=True)
class Solid:
    """The outline of a box: the front is `thick` by `high`, and it goes `back` to the right and up."""

    thick: float
    high: float
    back: float


def lay_out_volumes(picture: Picture) -> tuple[Picture, dict[int, Solid], Layout]:
    """Return a picture as this style shows it, the box of every card, and where they stand."""
    picture = replace(
        picture,
        # Every box tells its own shape, and none is a bar.
        lines=tuple(replace(line, shape="") for line in picture.lines),
        items=tuple(map(_plain, picture.items)),
    )
    longest = max([1, *(max(_spatial(card.type), default=1) for card, _ in picture.cards() if card.type)])
    solids = {card.id: solid_of(card.type, longest) for card, _ in picture.cards()}
    room = room_on_page(picture, "LR")
    return picture, solids, lay_out(picture, "LR", lambda card: volume_face(card, solids[card.id]), room)


def draw_volumes(picture: Picture) -> Scene:
    """Return the page of a picture in this style."""
    picture, solids, layout = lay_out_volumes(picture)
    sources = {line.source for line in picture.lines}
    heading = Heading(
        picture.name, f"{picture.subtitle} · face √(height {TIMES} width), thickness log₂ channels", layout.width
    )
    legend = legend_of(picture.looks, heading.width)
    top = MARGIN + heading.height
    scene = Scene(
        round(heading.width + 2 * MARGIN),
        round(top + layout.height + legend.height + MARGIN),
        picture.name,
        picture.subtitle,
    )
    scene.groups.append(Group(heading.shapes(MARGIN, MARGIN)))
    left = round(MARGIN + (heading.width - layout.width) / 2)
    paint_frames(scene, layout, left, top)
    paint_lines(scene, layout, left, top)
    # A card is as long as its text, so its lines begin behind the box: what leads there looks as they do.
    ends = {line.points[0]: line.skip for line in layout.lines}
    for placed in layout.cards:
        if not placed.frame and placed.card.form != "sign":
            end = (placed.x + placed.width, placed.y + (placed.height - placed.face.under) / 2)
            goes_on = "" if placed.card.id not in sources else "skip" if ends.get(end) else "line"
            scene.groups.append(_volume(placed, solids[placed.card.id], left, top, goes_on))
        elif placed.card.form == "sign":
            scene.groups.append(paint_card(placed, left, top))
    scene.groups += legend.groups(MARGIN, top + layout.height)
    return scene


def _plain(item: Item) -> Item:
    if isinstance(item, Frame):
        return replace(item, items=tuple(map(_plain, item.items)))
    return replace(item, form="card") if item.form == "bar" else item


def _spatial(type: TensorType) -> list[int]:
    return [dim if isinstance(dim, int) else OPEN for dim in type.shape[:-1]]


def solid_of(type: TensorType | None, longest: int) -> Solid:
    """Return the box of a tensor, in a network whose longest spatial length is this."""
    if type is None or not type.shape:
        return Solid(SMALLEST, SMALLEST, SMALLEST * BACK)
    channels = type.shape[-1] if isinstance(type.shape[-1], int) else OPEN
    spatial = _spatial(type)
    if not spatial:
        return Solid(9, min(LARGEST, SMALLEST + 9 * log2(max(channels, 1))), 4)
    sides = [max(SMALLEST, LARGEST * sqrt(max(side, 1) / longest)) for side in spatial]
    high = sides[-2] if len(sides) > 1 else sides[0]
    broad = sides[-1] if len(sides) > 1 else SMALLEST
    return Solid(round(4 + 4 * log2(max(channels, 1))), round(high), round(broad * BACK))


def volume_face(card: Card, solid: Solid) -> Face:
    """Return what stands below a box, and how much room box and text take."""
    if card.form in ("strip", "sign"):
        return face_of(card)
    title = fit(card.title, NAME, MOST_NAME, bold=True)
    detail = fit(card.detail if card.form != "port" else "", SMALL, MOST_SMALL)
    row = fit(shape_text(card.type) if card.type else "", SMALL, MOST_SMALL)
    detail = detail if detail != row else ""
    badge = f"{TIMES}{card.times:,}" if card.times > 1 else ""
    name = width(title, NAME, bold=True) + (6 + width(badge, NAME, bold=True) if badge else 0)
    broad = max(name, width(detail, SMALL), width(row, SMALL), solid.thick + solid.back)
    rows = UNDER + ROWS * (1 + bool(detail) + bool(row))
    inlet = max(3.0, (solid.high - solid.back) / 2 - 3)
    return Face(round(broad + 1), solid.high + solid.back, title, detail, "", badge, row, (), inlet, rows)


def _volume(placed: Placed, solid: Solid, left: float, top: float, goes_on: str) -> Group:
    card, face = placed.card, placed.face
    # The axis goes through the middle of the box.
    x, middle = placed.x + left, placed.y + top + (placed.height - face.under) / 2
    front_top = middle + solid.back / 2 - solid.high / 2
    front_bottom = front_top + solid.high
    look = card.look
    role = "frame" if card.form == "fold" else look
    right, back = x + solid.thick, solid.back
    up, down = front_top - back, front_bottom - back
    corners = (right, front_top), (right + back, up), (right + back, down), (right, front_bottom)
    upper = (x, front_top), (x + back, up), (right + back, up), (right, front_top)
    shapes: list[Shape] = [
        polygon(*corners, fill=f"{look}.side", stroke=role),
        polygon(*upper, fill=f"{look}.top", stroke=role),
        Rect(x, front_top, solid.thick, solid.high, 0, f"{look}.face", role, 1.2),
    ]
    if card.mark:
        around = Rect(x - 4, front_top - back - 4, solid.thick + back + 8, solid.high + back + 8, 4, "", card.mark, 2.4)
        shapes.append(around)
    end = placed.x + left + placed.width
    if goes_on and end > right + back + 1:
        steps: tuple[Step, ...] = (("M", (right + back, middle)), ("L", (end, middle)))
        shapes.append(Path(steps, stroke=goes_on, line=1.6 if goes_on == "skip" else 1.4))
    under = middle + (solid.high + back) / 2 + UNDER
    shapes.append(Text(x, under + 9, face.title, NAME, bold=True))
    if face.badge:
        shapes.append(Text(x + width(face.title, NAME, bold=True) + 6, under + 9, face.badge, NAME, bold=True))
    for number, words in enumerate(filter(None, (face.detail, face.row)), 1):
        shapes.append(Text(x, under + 9 + ROWS * number, words, SMALL, "muted" if words == face.row else "text"))
    return Group(tuple(shapes), card.tooltip)
