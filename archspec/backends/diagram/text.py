"""How wide text is in the font that ships with archspec, and cutting it to a width. What draws it is elsewhere."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

FONTS = Path(__file__).parent / "fonts"
#: Faces as wide as ours, for viewers that do not have it.
FAMILY = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"

#: The width of what the font lacks, in ems: a wide character of East Asia, an emoji; or anything else.
_WIDE, _OTHER = 1.0, 0.75


class Glyph(NamedTuple):
    """Where a character is in the font files, and its width in ems in the regular and the bold one."""

    number: int
    regular: float
    bold: float


@cache
def glyphs() -> dict[str, Glyph]:
    """Return the font's characters."""
    table = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    unit = table["unitsPerEm"]
    rows = zip(table["characters"], table["glyphs"], table["regular"], table["bold"], strict=True)
    return {character: Glyph(number, plain / unit, bold / unit) for character, number, plain, bold in rows}


@cache
def _widths(bold: bool) -> dict[str, float]:
    return {character: glyph.bold if bold else glyph.regular for character, glyph in glyphs().items()}


def width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide text is, in pixels."""
    known = _widths(bold)
    return size * sum(known[c] if c in known else _unknown(c) for c in text)


def _unknown(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    return _WIDE if ord(character) > 0xFFFF else _OTHER


def in_font(text: str) -> bool:
    """Tell whether the font has every character of a text."""
    return not set(text) - glyphs().keys()


def plain(text: str) -> str:
    """Return text with spaces for white space and a replacement for what no drawing can hold or that reorders text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c.isspace() else "\ufffd" if unicodedata.category(c)[0] == "C" else c for c in text)


def fit(text: str, size: float, most: float, bold: bool = False) -> str:
    """Return text on one line no wider than `most`, cut with an ellipsis where it must be."""
    # No character is narrower than a sixth of its size, but for marks, which add nothing to look at.
    shown = plain(text[: int(most / size * 6) + 1])
    if len(shown) == len(text) and width(shown, size, bold) <= most:
        return shown
    room = most - width("…", size, bold)
    used = 0.0
    for position, character in enumerate(shown):
        used += width(character, size, bold)
        if used > room:
            return shown[:position].rstrip() + "…"
    return shown + "…"
