"""Turns an SVG into a PNG with resvg, and with our font: the same picture on every machine."""

from __future__ import annotations

from archspec.backends.diagram.text import FONTS, in_font
from archspec.diagnostics.diagnostic import ArchspecError

#: Pixels of the picture for one of the drawing: sharp on screens of double density, and in print at half a page.
ZOOM = 2.0
#: A picture has no more pixels than this on a side; a larger drawing is made smaller.
MOST_PIXELS = 16_000


class RenderError(ArchspecError):
    """A drawing cannot be made here; the message says what to install."""


def png(svg: str, width: float, height: float) -> bytes:
    """Return an SVG of this size as PNG. Raises RenderError where resvg is missing."""
    try:
        import resvg_py
    except ImportError as error:
        raise RenderError("a PNG needs the Python package `resvg-py`: run `pip install resvg-py`") from error
    made = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=min(ZOOM, MOST_PIXELS / max(width, height)),
        font_files=[str(FONTS / name) for name in ("Arimo-Regular.ttf", "Arimo-Bold.ttf")],
        font_family="Arimo",
        sans_serif_family="Arimo",
        # Only a text in other letters needs the fonts of this machine.
        skip_system_fonts=in_font(svg.replace("\n", "")),
    )
    return bytes(made)
