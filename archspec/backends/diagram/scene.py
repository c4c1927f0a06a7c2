"""A drawing as shapes: what writers of SVG and PDF are given. Colours are roles; a theme says what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from archspec.picture.style import BACKGROUND, FRAME, FRAME_FILLS, LINE, LOOKS, MARKS, MUTED, SKIP, TEXT

Theme = Literal["light", "dark", "auto"]
Direction = Literal["TB", "LR"]
Anchor = Literal["start", "middle", "end"]

#: An A4 page with margins of 10 mm, on which text of 10.5 pixels, the smallest there is, is printed 6 pt high.
PAGE = (942.0, 1374.0)

#: One step of a path: move, line, quadratic curve (its control point, then its end), close.
Step = tuple[Literal["M", "L", "Q", "Z"], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    fill: str = ""
    stroke: str = ""
    line: float = 1.2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    line: float = 1.4


@dataclass(frozen=True, slots=True)
class Path:
    steps: tuple[Step, ...]
    fill: str = ""
    stroke: str = ""
    line: float = 1.4
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float
    fill: str = "text"
    bold: bool = False
    anchor: Anchor = "start"


Shape = Rect | Circle | Path | Text


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that are one thing, and what it tells when pointed at."""

    shapes: tuple[Shape, ...]
    tooltip: str = ""


@dataclass(slots=True)
class Scene:
    """A page. `name` and `about` tell what it is to those who do not see it."""

    width: float
    height: float
    name: str
    about: str = ""
    groups: list[Group] = field(default_factory=list)

    def crowding(self, direction: Direction) -> float:
        """Return how many times the page this is, at most 1 where it fits. What goes to the right has it sideways."""
        across, along = (self.width, self.height) if direction == "TB" else (self.height, self.width)
        return max(across / PAGE[0], along / PAGE[1])

    def shapes(self) -> Iterator[Shape]:
        """Yield every shape, those behind first."""
        for group in self.groups:
            yield from group.shapes


def mix(color: str, part: float, ground: str) -> str:
    """Return a colour at `part` on a ground."""
    pairs = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(f"{round(b + (a - b) * part):02X}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


_DARK_GROUND = "#14181C"
_DARK = {
    "io": "#A7AFB9",
    "conv": "#5AA9FF",
    "pool": "#35C09B",
    "dense": "#EE86CC",
    "embedding": "#EE86CC",
    "recurrent": "#B98BF2",
    "attention": "#B98BF2",
    "norm": "#D3B95A",
    "activation": "#F58A45",
    "merge": "#A7AFB9",
    "reshape": "#9AA4B0",
    "regularizer": "#9AA4B0",
    "block": "#59626D",
    "added": "#4CC76B",
    "removed": "#FF7B72",
    "changed": "#F0A33B",
    "follows": "#B7A06A",
    "same": "#707A85",
}


def _theme(strokes: dict[str, str], ground: str, fill: float, others: dict[str, str]) -> dict[str, str]:
    colors = {"ground": ground, **others}
    for name, stroke in strokes.items():
        colors |= {name: stroke, f"{name}.fill": mix(stroke, fill, ground), f"{name}.rule": mix(stroke, 0.35, ground)}
        colors |= {f"{name}.side": mix(stroke, 0.62, ground), f"{name}.top": mix(stroke, 0.22, ground)}
        colors |= {f"{name}.face": mix(stroke, 0.38, ground)}
    return colors


#: What the roles are, by theme.
COLORS = {
    "light": _theme(
        {name: look.stroke for name, look in LOOKS.items()},
        BACKGROUND,
        0.13,
        {
            "text": TEXT,
            "muted": MUTED,
            "line": LINE,
            "skip": SKIP,
            "frame": FRAME,
            "frame.0": FRAME_FILLS[0],
            "frame.1": FRAME_FILLS[1],
            "badge": TEXT,
            "badge.text": BACKGROUND,
            **MARKS,
        },
    ),
    "dark": _theme(
        _DARK,
        _DARK_GROUND,
        0.22,
        {
            "text": "#F2F4F7",
            "muted": "#A3ACB7",
            "line": "#8B949E",
            "skip": "#F58A45",
            "frame": "#59626D",
            "frame.0": "#1B2025",
            "frame.1": "#22282E",
            "badge": "#F2F4F7",
            "badge.text": "#14181C",
            "highlight": "#FFC04D",
        },
    ),
}


def rounded(points: list[tuple[float, float]] | tuple[tuple[float, float], ...], radius: float = 7) -> tuple[Step, ...]:
    """Return a path through points whose corners are rounded."""
    steps: list[Step] = [("M", points[0])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _distance(before, corner), _distance(corner, after)
        reach = min(radius, first / 2, second / 2)
        if reach <= 0:
            continue
        steps.append(("L", _toward(corner, before, reach / first)))
        steps.append(("Q", (*corner, *_toward(corner, after, reach / second))))
    steps.append(("L", points[-1]))
    return tuple(steps)


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(a: tuple[float, float], b: tuple[float, float], part: float) -> tuple[float, float]:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def polygon(*points: tuple[float, float], fill: str = "", stroke: str = "", line: float = 1.2) -> Path:
    """Return a closed outline."""
    steps: list[Step] = [("M", points[0]), *(("L", point) for point in points[1:]), ("Z", ())]
    return Path(tuple(steps), fill, stroke, line)
