"""Diagrams by our own layout: pure Python, the same bytes everywhere, as SVG, PNG, PDF, HTML and Mermaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from archspec.backend import Checked
from archspec.backends.diagram.png import RenderError
from archspec.backends.diagram.scene import Scene, Theme
from archspec.picture.build import EVERYTHING, build_picture
from archspec.picture.plan import View

__all__ = ["Direction", "Format", "RenderError", "Style", "Theme", "draw", "draw_pair", "render", "render_scene"]

Style = Literal["blocks", "volume", "summary"]
Direction = Literal["TB", "LR"]
Format = Literal["svg", "png", "pdf", "html", "mermaid"]


def draw(checked: Checked, view: View = EVERYTHING, *, style: Style = "blocks", direction: Direction = "TB") -> Scene:
    """Return the drawing of a model as shapes."""
    _one_of("style", style, get_args(Style))
    _one_of("direction", direction, get_args(Direction))
    from archspec.backends.diagram.blocks import paint
    from archspec.backends.diagram.place import lay_out

    if style == "summary" and view.depth is None:
        view = replace(view, depth=0, alike=True)
    picture = build_picture(checked, view)
    if style == "summary":
        from archspec.backends.diagram.stages import summarize

        picture = summarize(picture)
    if style == "volume":
        from archspec.backends.diagram.volume import draw_volumes

        return draw_volumes(picture)
    return paint(picture, lay_out(picture, direction))


def draw_pair(old: tuple[Checked, View], new: tuple[Checked, View]) -> Scene:
    """Return the drawings of two models side by side."""
    from archspec.backends.diagram.blocks import paint_pair
    from archspec.backends.diagram.place import lay_out

    pictures = [build_picture(checked, view) for checked, view in (old, new)]
    return paint_pair([(picture, lay_out(picture)) for picture in pictures])


def render(
    checked: Checked,
    format: Format = "svg",
    view: View = EVERYTHING,
    *,
    style: Style = "blocks",
    direction: Direction = "TB",
    theme: Theme = "auto",
) -> bytes:
    """Return the drawing of a model as a file. Raises RenderError where a package for the format is missing.

    The theme `auto` is light, and in SVG and HTML dark for those who prefer that.
    """
    _one_of("format", format, get_args(Format))
    _one_of("theme", theme, get_args(Theme))
    if format == "mermaid":
        from archspec.backends.diagram.mermaid import print_mermaid

        return print_mermaid(build_picture(checked, view), direction).encode()
    if format == "html":
        from archspec.backends.diagram.html import print_html

        return print_html(build_picture(checked, view, whole=True), checked.text, theme).encode()
    return render_scene(draw(checked, view, style=style, direction=direction), format, theme)


def render_scene(scene: Scene, format: Format, theme: Theme) -> bytes:
    """Return a drawing as SVG, PNG or PDF."""
    if format == "pdf":
        from archspec.backends.diagram.pdf import print_pdf

        return print_pdf(scene, theme)
    from archspec.backends.diagram.svg import print_svg

    if format == "svg":
        return print_svg(scene, theme).encode()
    from archspec.backends.diagram.png import png

    return png(print_svg(scene, "dark" if theme == "dark" else "light"), scene.width, scene.height)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}, not {value!r}")
