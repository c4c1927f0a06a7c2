"""Writes a scene as PDF of one page, with our font in it. No time and no random identifier: the same bytes always."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from archspec.backends.diagram.scene import COLORS, Circle, Path, Rect, Scene, Shape, Step, Text, Theme
from archspec.backends.diagram.text import FONTS, glyphs, plain, width

#: Points of print for a pixel.
_POINTS = 0.75
#: How far the control points of a quarter of a circle stand off, in radii.
_ARC = 0.5523
_FACES = {False: ("F1", "Arimo-Regular"), True: ("F2", "Arimo-Bold")}


def print_pdf(scene: Scene, theme: Theme = "light") -> bytes:
    """Return a scene as PDF."""
    page = _Page(COLORS["dark" if theme == "dark" else "light"], scene.height)
    page.draw(Rect(0, 0, scene.width, scene.height, fill="ground"))
    for shape in scene.shapes():
        page.draw(shape)
    box = f"0 0 {_n(scene.width * _POINTS)} {_n(scene.height * _POINTS)}"
    file = _File()
    content = file.add_stream(b"", page.content())
    fonts = {name: _font(file, name, face, page.used[bold]) for bold, (name, face) in _FACES.items()}
    resources = "<< /Font << " + " ".join(f"/{name} {number} 0 R" for name, number in fonts.items()) + " >> >>"
    pages = file.next + 1
    only = file.add(
        f"<< /Type /Page /Parent {pages} 0 R /MediaBox [{box}] /Resources {resources} /Contents {content} 0 R >>"
    )
    assert file.add(f"<< /Type /Pages /Kids [{only} 0 R] /Count 1 >>") == pages
    catalog = file.add(f"<< /Type /Catalog /Pages {pages} 0 R >>")
    info = file.add(f"<< /Title <FEFF{plain(scene.name)[:200].encode('utf-16-be').hex().upper()}> >>")
    return file.close(catalog, info)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


class _Page:
    """The content of the page, in pixels from the upper left corner."""

    def __init__(self, colors: dict[str, str], height: float) -> None:
        self._colors = colors
        self._lines = [f"{_POINTS} 0 0 -{_POINTS} 0 {_n(height * _POINTS)} cm", "1 j"]
        #: The characters that occur, in the regular face and in the bold one.
        self.used: dict[bool, set[str]] = {False: set(), True: set()}

    def content(self) -> bytes:
        return "\n".join(self._lines).encode("ascii")

    def draw(self, shape: Shape) -> None:
        match shape:
            case Rect():
                self._paint(shape.fill, shape.stroke, shape.line, shape.dashed, _rect_steps(shape))
            case Circle():
                r = shape.radius
                round_rect = Rect(shape.x - r, shape.y - r, 2 * r, 2 * r, r)
                self._paint(shape.fill, shape.stroke, shape.line, False, _rect_steps(round_rect))
            case Path():
                self._paint(shape.fill, shape.stroke, shape.line, shape.dashed, _path_steps(shape.steps))
            case Text():
                self._text(shape)

    def _color(self, role: str, operator: str) -> str:
        color = self._colors[role]
        return " ".join(_n(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5)) + f" {operator}"

    def _paint(self, fill: str, stroke: str, line: float, dashed: bool, steps: Iterable[str]) -> None:
        operator = {(True, True): "B", (True, False): "f", (False, True): "S"}.get((bool(fill), bool(stroke)), "n")
        if fill:
            self._lines.append(self._color(fill, "rg"))
        if stroke:
            self._lines += [self._color(stroke, "RG"), f"{_n(line)} w", "[5 3] 0 d" if dashed else "[] 0 d"]
        self._lines += [*steps, operator]

    def _text(self, shape: Text) -> None:
        known = glyphs()
        shown = "".join(c if c in known else "\ufffd" for c in plain(shape.text))
        self.used[shape.bold].update(c for c in shown if c in known)
        length = width(shape.text, shape.size, shape.bold)
        x = shape.x - length * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
        numbers = "".join(f"{known[c].number:04X}" if c in known else "0000" for c in shown)
        font, _ = _FACES[shape.bold]
        place = f"1 0 0 -1 {_n(x)} {_n(shape.y)} Tm"
        color = self._color(shape.fill, "rg")
        self._lines.append(f"BT {color} /{font} {_n(shape.size)} Tf {place} <{numbers}> Tj ET")


def _rect_steps(rect: Rect) -> Iterable[str]:
    x, y, w, h = rect.x, rect.y, rect.width, rect.height
    r = min(rect.radius, w / 2, h / 2)
    if not r:
        yield f"{_n(x)} {_n(y)} {_n(w)} {_n(h)} re"
        return
    k = r * (1 - _ARC)
    yield f"{_n(x + r)} {_n(y)} m"
    corners = (
        ((x + w - r, y), (x + w - k, y), (x + w, y + k), (x + w, y + r)),
        ((x + w, y + h - r), (x + w, y + h - k), (x + w - k, y + h), (x + w - r, y + h)),
        ((x + r, y + h), (x + k, y + h), (x, y + h - k), (x, y + h - r)),
        ((x, y + r), (x, y + k), (x + k, y), (x + r, y)),
    )
    for start, one, two, end in corners:
        yield f"{_pair(start)} l {_pair(one)} {_pair(two)} {_pair(end)} c"
    yield "h"


def _pair(point: tuple[float, ...]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _path_steps(steps: Iterable[Step]) -> Iterable[str]:
    at = (0.0, 0.0)
    for letter, numbers in steps:
        if letter == "Q":
            # A quadratic curve as the cubic one that it is.
            (cx, cy), end = numbers[:2], (numbers[2], numbers[3])
            one = at[0] + (cx - at[0]) * 2 / 3, at[1] + (cy - at[1]) * 2 / 3
            two = end[0] + (cx - end[0]) * 2 / 3, end[1] + (cy - end[1]) * 2 / 3
            yield f"{_pair(one)} {_pair(two)} {_pair(end)} c"
            at = end
        elif letter == "Z":
            yield "h"
        else:
            at = numbers[0], numbers[1]
            yield f"{_pair(at)} {letter.lower()}"


class _File:
    """The numbered objects of a PDF, and where each begins."""

    def __init__(self) -> None:
        self._data = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        self._places: list[int] = []

    @property
    def next(self) -> int:
        return len(self._places) + 1

    def add(self, text: str) -> int:
        return self._add(text.encode("ascii"))

    def add_stream(self, entries: bytes, data: bytes) -> int:
        packed = zlib.compress(data, 9)
        head = b"<< %s /Length %d /Filter /FlateDecode >>\nstream\n" % (entries, len(packed))
        return self._add(head + packed + b"\nendstream")

    def _add(self, data: bytes) -> int:
        self._places.append(len(self._data))
        self._data += b"%d 0 obj\n%s\nendobj\n" % (len(self._places), data)
        return len(self._places)

    def close(self, catalog: int, info: int) -> bytes:
        start, count = len(self._data), len(self._places) + 1
        self._data += b"xref\n0 %d\n0000000000 65535 f \n" % count
        for place in self._places:
            self._data += b"%010d 00000 n \n" % place
        self._data += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
            *(count, catalog, info),
            start,
        )
        return bytes(self._data)


def _font(file: _File, name: str, face: str, used: set[str]) -> int:
    """Add a font with its file, the widths of what occurs, and what each glyph means, so that text can be copied."""
    data = (FONTS / f"{face}.ttf").read_bytes()
    program = file.add_stream(b"/Length1 %d" % len(data), data)
    descriptor = file.add(
        f"<< /Type /FontDescriptor /FontName /{face} /Flags 32 /FontBBox [-482 -389 2797 1043] /ItalicAngle 0 "
        f"/Ascent 905 /Descent -212 /CapHeight 688 /StemV {140 if name == 'F2' else 80} /FontFile2 {program} 0 R >>"
    )
    known = sorted((glyphs()[c].number, c) for c in used)
    wide = [(number, glyphs()[c].bold if name == "F2" else glyphs()[c].regular) for number, c in known]
    widths = " ".join(f"{number} [{_n(1000 * wide_one)}]" for number, wide_one in wide)
    inner = file.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{face} /CIDToGIDMap /Identity /FontDescriptor {descriptor} "
        f"0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W [{widths}] >>"
    )
    meanings = file.add_stream(b"", _meanings(known))
    return file.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{face} /Encoding /Identity-H /DescendantFonts [{inner} 0 R] "
        f"/ToUnicode {meanings} 0 R >>"
    )


def _meanings(known: list[tuple[int, str]]) -> bytes:
    lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def", "/CMapName /F def"]
    lines.append("1 begincodespacerange <0000> <FFFF> endcodespacerange")
    for start in range(0, len(known), 100):
        part = known[start : start + 100]
        pairs = " ".join(f"<{number:04X}> <{c.encode('utf-16-be').hex().upper()}>" for number, c in part)
        lines.append(f"{len(part)} beginbfchar {pairs} endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")
