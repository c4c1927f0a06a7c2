"""Turns DOT into SVG, PNG or PDF with the Graphviz that is there: `dot`, or the one in the `graphviz-pure` wheel."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from archspec.diagnostics.diagnostic import ArchspecError
from archspec.picture.style import BACKGROUND, FONT, FONT_FALLBACKS

if TYPE_CHECKING:
    from xml.etree import ElementTree

Format = Literal["svg", "png", "pdf"]

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
#: Dots per inch of a PNG: sharp on screens of double density, and in print at half a page.
_DPI = 144
#: Every PDF reader has it, and it is as wide as what Graphviz measured.
_PDF_FONT = "Helvetica"
#: The `graphviz` package keeps the name of the program in a module variable.
_program_lock = Lock()


class RenderError(ArchspecError):
    """A drawing cannot be rendered here; the message says what to install or what Graphviz said."""


def render(dot: str, format: Format) -> bytes:
    """Return a rendering of DOT text. An SVG refers to nothing outside itself. Raises RenderError."""
    if format not in ("svg", "png", "pdf"):
        raise ValueError(f"format must be 'svg', 'png' or 'pdf', not {format!r}")
    # Whoever only prints DOT needs none of what rendering does.
    import shutil

    program = shutil.which("dot")
    if program is None:
        program = _wheel_program()
        if format == "pdf":
            return _pdf(_clean_svg(_run(program, dot, "svg"), _PDF_FONT))
    if format == "png":
        dot = re.sub(r"\}\s*\Z", f"  graph [dpi={_DPI}]\n}}\n", dot)
    made = _run(program, dot, format)
    return _clean_svg(made, FONT_FALLBACKS) if format == "svg" else made


def _wheel_program() -> str:
    import shutil
    import sysconfig

    scripts = Path(sysconfig.get_path("scripts"))
    found = shutil.which("graphviz-pure", path=str(scripts)) or shutil.which("graphviz-pure")
    if found is None:
        raise RenderError(
            "no Graphviz found: run `pip install graphviz-pure`, or install Graphviz so that `dot` is on the PATH"
        )
    return found


def _run(program: str, dot: str, format: Format) -> bytes:
    try:
        import graphviz
        from graphviz.backend import dot_command
    except ImportError as error:
        raise RenderError("rendering needs the Python package `graphviz`: run `pip install graphviz`") from error
    with _program_lock:
        before, dot_command.DOT_BINARY = dot_command.DOT_BINARY, Path(program)
        try:
            return bytes(graphviz.Source(dot).pipe(format=format, quiet=True))
        except graphviz.CalledProcessError as error:
            said = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
            raise RenderError(f"Graphviz could not render this drawing: {said[-1] if said else error}") from error
        except OSError as error:
            raise RenderError(f"Graphviz could not be started: {error}") from error
        finally:
            dot_command.DOT_BINARY = before


def _clean_svg(data: bytes, faces: str) -> bytes:
    """Return Graphviz's SVG without comments, doctype and links. Tooltips become titles, which screen readers know."""
    from xml.etree import ElementTree

    # What `dot` writes is read, so there are no entities of a stranger's here.
    root = ElementTree.fromstring(data)
    name = ""
    for group in list(root.iter(f"{{{_SVG}}}g")):
        group.attrib.pop("id", None)
        title = group.find(f"{{{_SVG}}}title")
        if title is None:
            continue
        if group.get("class") == "graph":
            name = title.text or ""
        text = _unwrap(group)
        if group.get("class") == "graph" or not text:
            group.remove(title)
        else:
            title.text = text
    heading = ElementTree.Element(f"{{{_SVG}}}title")
    heading.text = name
    root.insert(0, heading)
    root.set("role", "img")
    root.set("style", f"background:{BACKGROUND}")
    for words in root.iter(f"{{{_SVG}}}text"):
        if words.get("font-family") == FONT:
            words.set("font-family", faces)
    ElementTree.register_namespace("", _SVG)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode").encode() + b"\n"


def _unwrap(group: ElementTree.Element) -> str:
    """Take what Graphviz drew out of the link that holds its tooltip. Returns the tooltip."""
    for position, holder in enumerate(list(group)):
        link = holder.find(f"{{{_SVG}}}a")
        if link is not None and holder.tag == f"{{{_SVG}}}g":
            group[position : position + 1] = list(link)
            return link.get(f"{{{_XLINK}}}title", "")
    return ""


def _pdf(svg: bytes) -> bytes:
    try:
        from reportlab.graphics import renderPDF
        from reportlab.pdfgen.canvas import Canvas
        from svglib.svglib import svg2rlg
    except ImportError as error:
        raise RenderError(
            "a PDF needs Graphviz's `dot` on the PATH, or `pip install 'archspec-nn[pdf]'`; SVG and PNG need neither"
        ) from error
    drawing = svg2rlg(BytesIO(svg))
    if drawing is None:
        raise RenderError("svglib could not read this drawing; render it as SVG or PNG")
    made = BytesIO()
    # Invariant: no time of day and no random identifier in the file.
    canvas = Canvas(made, pagesize=(drawing.width, drawing.height), invariant=True)
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.save()
    return made.getvalue()
