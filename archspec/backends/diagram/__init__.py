"""Diagrams by our own layout: pure Python, the same bytes everywhere, as SVG, PNG, PDF, HTML and Mermaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from archspec.backend import Checked
from archspec.backends.diagram.png import RenderError
from archspec.backends.diagram.scene import Direction, Scene, Theme
from archspec.picture.build import EVERYTHING, build_picture, build_pictures
from archspec.picture.cards import Picture
from archspec.picture.plan import View

__all__ = ["Direction", "Format", "RenderError", "Style", "Theme", "draw", "render", "render_picture", "render_scene"]

Style = Literal["blocks", "volume", "summary"]
Format = Literal["svg", "png", "pdf", "html", "mermaid"]


def draw(checked: Checked, view: View = EVERYTHING, *, style: Style = "blocks", direction: Direction = "TB") -> Scene:
    """Return the drawing of a model as shapes: as open as it can be and still fit a page.

    Volumes go to the right, whatever the direction.
    """
    _one_of("style", style, get_args(Style))
    _one_of("direction", direction, get_args(Direction))
    if style == "summary" and view.depth is None:
        view = replace(view, depth=0, alike=True)
    direction = "LR" if style == "volume" else direction
    scenes = []
    for picture in build_pictures(checked, view):
        scenes.append(_page(picture, style, direction))
        if scenes[-1].crowding(direction) <= 1:
            return scenes[-1]
    return min(scenes, key=lambda scene: (scene.crowding(direction), scene.width * scene.height))


def _page(picture: Picture, style: Style, direction: Direction) -> Scene:
    if style == "volume":
        from archspec.backends.diagram.volume import draw_volumes

        return draw_volumes(picture)
    if style == "summary":
        from archspec.backends.diagram.stages import summarize

        picture = summarize(picture)
    from archspec.backends.diagram.blocks import paint, room_on_page
    from archspec.backends.diagram.place import lay_out

    return paint(picture, lay_out(picture, direction, room=room_on_page(picture, direction)))


def render_picture(
    picture: Picture, format: Format = "svg", *, direction: Direction = "TB", theme: Theme = "auto", text: str = ""
) -> bytes:
    """Return a picture as SVG, PNG, PDF or HTML. `text` is what it was written in, for HTML, which goes down only."""
    if format == "html":
        return _html(picture, text, direction, theme)
    return render_scene(_page(picture, "blocks", direction), format, theme)


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
        return _html(build_picture(checked, view, whole=True), checked.text, direction, theme)
    return render_scene(draw(checked, view, style=style, direction=direction), format, theme)


def _html(picture: Picture, text: str, direction: Direction, theme: Theme) -> bytes:
    from archspec.backends.diagram.html import print_html

    if direction != "TB":
        raise ValueError(f"an HTML drawing goes from top to bottom, not {direction!r}")
    return print_html(picture, text, theme).encode()


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
