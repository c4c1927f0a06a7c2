"""The style `blocks`: a layout painted as cards, frames and lines, under a title and above a legend."""

from __future__ import annotations

from archspec.backends.diagram.box import LABEL_SIZE
from archspec.backends.diagram.face import (
    AMOUNT,
    BADGE,
    BETWEEN,
    DETAIL,
    OFFSET,
    ONE_ROW,
    PAD,
    PORT,
    ROW,
    STRIP,
    STRIPE,
    TITLE,
    TWO_ROWS,
)
from archspec.backends.diagram.place import Drawn, Layout, Placed
from archspec.backends.diagram.scene import (
    PAGE,
    Circle,
    Direction,
    Group,
    Path,
    Rect,
    Scene,
    Shape,
    Step,
    Text,
    polygon,
    rounded,
)
from archspec.backends.diagram.text import fit, width
from archspec.picture.cards import Card, Picture
from archspec.picture.style import LOOKS

MARGIN, HEADLINE, SUBLINE = 24.0, 17.0, 12.0
RADIUS, FRAME_RADIUS = 6.0, 10.0
#: The page is never narrower: a title wants room.
NARROWEST = 260.0


def paint(picture: Picture, layout: Layout) -> Scene:
    """Return the page of a layout."""
    heading = Heading(picture.name, picture.subtitle, layout.width)
    legend = legend_of(picture.looks, heading.width)
    left = MARGIN + (heading.width - layout.width) / 2
    top = MARGIN + heading.height
    height = top + layout.height + legend.height + MARGIN
    scene = Scene(round(heading.width + 2 * MARGIN), round(height), picture.name, picture.subtitle)
    scene.groups.append(Group(heading.shapes(MARGIN, MARGIN)))
    draw(scene, layout, round(left), round(top))
    scene.groups += legend.groups(MARGIN, top + layout.height)
    return scene


def draw(scene: Scene, layout: Layout, left: float, top: float) -> None:
    """Draw a layout on a page."""
    paint_frames(scene, layout, left, top)
    paint_lines(scene, layout, left, top)
    for placed in layout.cards:
        if not placed.frame:
            scene.groups.append(paint_card(placed, left, top))


def paint_frames(scene: Scene, layout: Layout, left: float, top: float) -> None:
    """Draw the frames, outer ones first."""
    for placed in layout.cards:
        if placed.frame:
            scene.groups.append(_frame(placed, left, top))


def paint_lines(scene: Scene, layout: Layout, left: float, top: float) -> None:
    """Draw the lines, skips below the others, with their forks and labels."""
    for line in sorted(layout.lines, key=lambda line: not line.skip):
        scene.groups.append(Group(tuple(_line(line, left, top))))
    for x, y in layout.forks:
        scene.groups.append(Group((Circle(x + left, y + top, 2.6, fill="line"),)))
    for label in layout.labels:
        y = label.y + top + LABEL_SIZE * 0.35
        scene.groups.append(Group((Text(label.x + left, y, label.text, LABEL_SIZE, "muted"),)))


def room_on_page(picture: Picture, direction: Direction) -> tuple[float, float]:
    """Return what a page leaves for the layout of a picture."""
    width, height = PAGE if direction == "TB" else PAGE[::-1]
    # How many rows the legend takes is known only after the layout; a narrow page has the most.
    around = Heading.HEIGHT + legend_of(picture.looks, NARROWEST).height
    return width - 2 * MARGIN, height - 2 * MARGIN - around


class Heading:
    """The title line and the line of figures, cut to the page."""

    HEIGHT = 56.0

    def __init__(self, name: str, subtitle: str, least: float) -> None:
        most = max(least, 560.0)
        self.name, self.subtitle = fit(name, HEADLINE, most, bold=True), fit(subtitle, SUBLINE, most)
        self.width = max(least, NARROWEST, width(self.name, HEADLINE, bold=True), width(self.subtitle, SUBLINE))
        self.height = self.HEIGHT

    def shapes(self, x: float, y: float) -> tuple[Shape, ...]:
        title = Text(x, y + 14, self.name, HEADLINE, bold=True)
        return title, Text(x, y + 34, self.subtitle, SUBLINE, "muted")


class Legend:
    """The categories that occur, in as many rows as they need."""

    def __init__(self, entries: list[tuple[str, str, bool]], most: float) -> None:
        self._rows: list[list[tuple[float, str, str, bool]]] = []
        x = 0.0
        for role, words, dashed in entries:
            length = 18 + width(words, LABEL_SIZE) + 16
            if not self._rows or (x + length > most and self._rows[-1]):
                self._rows.append([])
                x = 0.0
            self._rows[-1].append((x, role, words, dashed))
            x += length
        self.height = 22.0 + 18 * len(self._rows) if entries else 0.0
        self.width = max((x for row in self._rows for x in [row[-1][0] + 60]), default=0.0)

    def groups(self, x: float, y: float) -> list[Group]:
        made: list[Group] = []
        for number, row in enumerate(self._rows):
            middle = y + 22 + 18 * number + 9
            for start, role, words, dashed in row:
                swatch = Rect(x + start, middle - 5.5, 13, 11, 3, f"{role}.fill", role, 1.2, dashed)
                made.append(Group((swatch, Text(x + start + 18, middle + 3.7, words, LABEL_SIZE, "muted"))))
        return made


def legend_of(looks: tuple[str, ...], most: float) -> Legend:
    """Return the legend of some categories; those of one colour share an entry."""
    entries: dict[tuple[str, bool], tuple[str, list[str]]] = {}
    for name in looks:
        look = LOOKS[name]
        entries.setdefault((look.stroke, look.dashed), (name, []))[1].append(look.legend)
    return Legend([(name, ", ".join(words), dashed) for (_, dashed), (name, words) in entries.items()], most)


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(line: Drawn, left: float, top: float) -> list[Shape]:
    points = [(x + left, y + top) for x, y in line.points]
    became = line.net[2]
    color, broad = (became, 1.6) if became else ("skip", 1.6) if line.skip else ("line", 1.4)
    dashed = bool(became) and LOOKS[became].dashed
    if not line.arrow:
        return [Path(rounded(points), stroke=color, line=broad, dashed=dashed)]
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = abs(ax - bx) + abs(ay - by) or 1
    ux, uy = (bx - ax) / length, (by - ay) / length
    points[-1] = (bx - ux * 6, by - uy * 6)
    tip = polygon(
        (bx, by), (bx - ux * 8 - uy * 3.5, by - uy * 8 + ux * 3.5), (bx - ux * 8 + uy * 3.5, by - uy * 8 - ux * 3.5),
        fill=color,
    )  # fmt: skip
    return [Path(rounded(points), stroke=color, line=broad, dashed=dashed), tip]


# --- cards -----------------------------------------------------------------------------------------------------------


def paint_card(placed: Placed, left: float, top: float) -> Group:
    """Return the drawing of a card."""
    card, face = placed.card, placed.face
    x, y = placed.x + left, placed.y + top
    if card.form == "sign":
        return Group((*_marked(placed, x, y, placed.width / 2), *_sign(card, x, y, placed.width)), card.tooltip)
    look = LOOKS[card.paint]
    fold = card.form == "fold"
    role = _role(card)
    plain = card.form == "bar" and not card.became
    fill = "frame.0" if role == "frame" else "ground" if plain else f"{role}.fill"
    dashed = look.dashed or card.shared
    shapes: list[Shape] = [*_behind(placed, x, y, RADIUS, role, fill), *_marked(placed, x, y, RADIUS)]
    shapes.append(Rect(x, y, placed.width, placed.height, RADIUS, fill, role, 1.2, dashed))
    if not fold:
        shapes.append(_stripe(x, y, placed.height, role))
    middle = y + (placed.height - face.height) / 2
    shapes += _first_row(placed, x, middle, ONE_ROW)
    if face.row:
        start = x + (0 if fold else STRIPE)
        rule = "frame" if role == "frame" else f"{role}.rule"
        steps: tuple[Step, ...] = (("M", (start, middle + ONE_ROW)), ("L", (x + placed.width, middle + ONE_ROW)))
        shapes.append(Path(steps, stroke=rule, line=0.8))
        center = middle + (ONE_ROW + TWO_ROWS) / 2 + ROW * 0.35
        shapes.append(Text(x + PAD + (0 if fold else STRIPE), center, face.row, ROW, "muted" if fold else "text"))
    return Group(tuple(shapes), card.tooltip)


def _frame(placed: Placed, left: float, top: float) -> Group:
    x, y = placed.x + left, placed.y + top
    fill, role = f"frame.{placed.nesting % 2}", _role(placed.card)
    dashed = placed.card.shared or LOOKS[placed.card.paint].dashed
    shapes: list[Shape] = [*_behind(placed, x, y, FRAME_RADIUS, role, fill), *_marked(placed, x, y, FRAME_RADIUS)]
    shapes.append(Rect(x, y, placed.width, placed.height, FRAME_RADIUS, fill, role, 1.2, dashed))
    shapes += _first_row(placed, x, y, STRIP)
    for across, name in zip(placed.ports, placed.face.ports, strict=False):
        shapes.append(Text(across + left, y + STRIP + 9, name, PORT, "muted", anchor="middle"))
    bottom = y + placed.strip
    shapes.append(Path((("M", (x, bottom)), ("L", (x + placed.width, bottom))), stroke=role, line=0.8))
    return Group(tuple(shapes), placed.card.tooltip)


def _role(card: Card) -> str:
    return "frame" if card.paint == "block" else card.paint


def _behind(placed: Placed, x: float, y: float, radius: float, role: str, fill: str) -> list[Shape]:
    """Return the two outlines behind what is repeated."""
    if placed.card.times == 1:
        return []
    return [Rect(x + by, y + by, placed.width, placed.height, radius, fill, role, 1.0) for by in (2 * OFFSET, OFFSET)]


def _marked(placed: Placed, x: float, y: float, radius: float) -> list[Shape]:
    """Return what makes a card stand out: a ring."""
    mark = placed.card.mark
    return [Rect(x - 3, y - 3, placed.width + 6, placed.height + 6, radius + 3, "ground", mark, 2.4)] if mark else []


def _stripe(x: float, y: float, height: float, role: str) -> Path:
    steps: tuple[Step, ...] = (
        ("M", (x + STRIPE, y)),
        ("Q", (x, y, x, y + RADIUS)),
        ("L", (x, y + height - RADIUS)),
        ("Q", (x, y + height, x + STRIPE, y + height)),
        ("Z", ()),
    )
    return Path(steps, fill=role)


def _first_row(placed: Placed, x: float, y: float, height: float) -> list[Shape]:
    """Return title, hyper-parameters, and at the right the parameters and the badge."""
    card, face = placed.card, placed.face
    middle = y + height / 2
    shapes: list[Shape] = []
    at = x + PAD
    if card.form in ("fold", "strip"):
        shapes.append(_triangle(at, middle, placed.frame))
        at += 12
    else:
        at += STRIPE
    shapes.append(Text(at, middle + TITLE * 0.35, face.title, TITLE, bold=True))
    at += width(face.title, TITLE, bold=True) + BETWEEN
    if face.detail:
        shapes.append(Text(at, middle + DETAIL * 0.35, face.detail, DETAIL))
    end = x + placed.width - PAD
    if face.badge:
        start = end - face.badge_width
        shapes.append(Rect(start, middle - 9, face.badge_width, 18, 9, "badge"))
        center = start + face.badge_width / 2
        shapes.append(Text(center, middle + BADGE * 0.35, face.badge, BADGE, "badge.text", bold=True, anchor="middle"))
        end = start - BETWEEN
    if face.right:
        shapes.append(Text(end, middle + AMOUNT * 0.35, face.right, AMOUNT, "muted", anchor="end"))
    return shapes


def _triangle(x: float, middle: float, opened: bool) -> Path:
    if opened:
        return polygon((x, middle - 2.5), (x + 7, middle - 2.5), (x + 3.5, middle + 3), fill="muted")
    return polygon((x + 1, middle - 3.5), (x + 6.5, middle), (x + 1, middle + 3.5), fill="muted")


def _sign(card: Card, x: float, y: float, size: float) -> list[Shape]:
    """Return a circle with a sign in it: drawn, so that it is in the middle in every font."""
    cx, cy, arm = x + size / 2, y + size / 2, size * 0.27
    fill, stroke = (f"{card.became}.fill", card.became) if card.became else ("ground", "text")
    shapes: list[Shape] = [Circle(cx, cy, size / 2, fill, stroke, 1.4)]
    bars = {
        "+": ((-arm, 0, arm, 0), (0, -arm, 0, arm)),
        "\N{MINUS SIGN}": ((-arm, 0, arm, 0),),
        "\N{MULTIPLICATION SIGN}": (
            (-arm * 0.75,) * 2 + (arm * 0.75,) * 2,
            (-arm * 0.75, arm * 0.75, arm * 0.75, -arm * 0.75),
        ),
    }[card.title]
    for ax, ay, bx, by in bars:
        shapes.append(Path((("M", (cx + ax, cy + ay)), ("L", (cx + bx, cy + by))), stroke=stroke, line=1.4))
    return shapes
