"""Writes a scene as SVG that stands alone: no script, no link, no font but names of faces, the same bytes always."""

from __future__ import annotations

from collections.abc import Iterable

from archspec.backends.diagram.scene import COLORS, Circle, Group, Path, Rect, Scene, Shape, Text, Theme
from archspec.backends.diagram.text import FAMILY, plain

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\n": "&#10;"})
_MOST_TOOLTIP = 2000


def print_svg(scene: Scene, theme: Theme = "auto") -> str:
    """Return a scene as SVG. With the theme `auto` it is light, and dark where the viewer prefers that."""
    writer = _Writer(theme)
    body = [writer.group(group) for group in scene.groups]
    width, height = number(scene.width), number(scene.height)
    ground = Rect(0, 0, scene.width, scene.height, fill="ground")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" font-family="{FAMILY}">',
            f"<title>{escape(scene.name)}</title>",
            *([f"<desc>{escape(scene.about)}</desc>"] if scene.about else []),
            *([writer.style()] if theme == "auto" else []),
            writer.shape(ground),
            *body,
            "</svg>\n",
        ]
    )


def escape(text: str, most: int = _MOST_TOOLTIP) -> str:
    """Return text for an element or an attribute, without what a drawing cannot hold."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "\n".join(map(plain, cut.split("\n"))).translate(_ENTITIES)


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    whole = int(value)
    return str(whole) if whole == value else f"{value:.1f}".removesuffix(".0")


def path_data(path: Path) -> str:
    """Return a path in SVG's letters."""
    return "".join(letter + " ".join(map(number, numbers)) for letter, numbers in path.steps)


class _Writer:
    def __init__(self, theme: Theme) -> None:
        self._colors = COLORS["dark" if theme == "dark" else "light"]
        #: With the theme `auto` each role that occurs has a class, by which the style sheet turns it dark.
        self._classes: dict[str, str] | None = {} if theme == "auto" else None

    def style(self) -> str:
        assert self._classes is not None
        # The ground is written last, after the roles of all shapes are known.
        self._class("fill", "ground")
        rules = "".join(
            f".{name}{{{attribute}:{COLORS['dark'][role]}}}"
            for key, name in self._classes.items()
            for attribute, role in [key.split(" ")]
        )
        return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"

    def _class(self, attribute: str, role: str) -> str:
        assert self._classes is not None
        return self._classes.setdefault(f"{attribute} {role}", f"{attribute[0]}{len(self._classes)}")

    def _paint(self, fill: str, stroke: str, line: float = 0, dashed: bool = False) -> str:
        parts = [f'fill="{self._colors[fill] if fill else "none"}"']
        if stroke:
            parts.append(f'stroke="{self._colors[stroke]}" stroke-width="{number(line)}"')
        if dashed:
            parts.append('stroke-dasharray="5 3"')
        if self._classes is not None:
            named = [self._class(a, role) for a, role in (("fill", fill), ("stroke", stroke)) if role]
            parts.append(f'class="{" ".join(named)}"')
        return " ".join(parts)

    def group(self, group: Group) -> str:
        shapes = "".join(map(self.shape, group.shapes))
        title = f"<title>{escape(group.tooltip)}</title>" if group.tooltip else ""
        return f"<g>{title}{shapes}</g>" if title or len(group.shapes) > 1 else shapes

    def shape(self, shape: Shape) -> str:
        match shape:
            case Rect():
                radius = f' rx="{number(shape.radius)}"' if shape.radius else ""
                box = f'x="{number(shape.x)}" y="{number(shape.y)}"'
                size = f'width="{number(shape.width)}" height="{number(shape.height)}"'
                paint = self._paint(shape.fill, shape.stroke, shape.line, shape.dashed)
                return f"<rect {box} {size}{radius} {paint}/>"
            case Circle():
                place = f'cx="{number(shape.x)}" cy="{number(shape.y)}" r="{number(shape.radius)}"'
                return f"<circle {place} {self._paint(shape.fill, shape.stroke, shape.line)}/>"
            case Path():
                return (
                    f'<path d="{path_data(shape)}" {self._paint(shape.fill, shape.stroke, shape.line, shape.dashed)}/>'
                )
            case Text():
                bold = ' font-weight="bold"' if shape.bold else ""
                anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
                place = f'x="{number(shape.x)}" y="{number(shape.y)}" font-size="{number(shape.size)}"{bold}{anchor}'
                return f"<text {place} {self._paint(shape.fill, '')}>{escape(shape.text)}</text>"


def roles(shapes: Iterable[Shape]) -> set[str]:
    """Return the roles that shapes are painted in."""
    found = {shape.fill for shape in shapes}
    return found - {""}
