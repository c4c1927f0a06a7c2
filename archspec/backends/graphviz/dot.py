"""Prints a picture as DOT: HTML-like labels, clusters, and text from the spec made harmless. Decides nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal, assert_never

from archspec.picture.cards import Card, Item, Line, Picture
from archspec.picture.style import (
    BACKGROUND,
    FONT,
    FRAME,
    FRAME_FILLS,
    LINE,
    LOOKS,
    MARKS,
    MUTED,
    SKIP,
    STRIP,
    TEXT,
    TIMES,
)

Direction = Literal["TB", "LR"]

#: The most characters of one text that are drawn, and that a tooltip holds.
LONGEST, LONGEST_TOOLTIP = 80, 2000

_WEIGHTS = {"straight": 50, "near": 8}
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;"})


def print_dot(picture: Picture, direction: Direction = "TB") -> str:
    """Return the DOT text of a picture."""
    lines = [f"digraph {_name(picture.name)} {{", *_head(picture, direction)]
    for item in picture.items:
        lines += _item(item, "  ", 0, direction)
    lines += ["", *(f"  {_line(line, direction)}" for line in picture.lines), "}"]
    return "\n".join(lines) + "\n"


# --- text -----------------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Return text with spaces for white space and a replacement for what no drawing can hold or that reorders text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c.isspace() else "\ufffd" if unicodedata.category(c)[0] == "C" else c for c in text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _html(text: str) -> str:
    """Return one line of text for an HTML-like label."""
    return _entities(_cut(_plain(text), LONGEST), 2)


def _name(text: str) -> str:
    """Return a DOT string for the name of the graph."""
    return f'"{_entities(_cut(_plain(text), LONGEST), 1)}"'


def _tooltip(text: str) -> str:
    lines = "\n".join(_plain(line) for line in text.split("\n"))
    return f'tooltip="{_entities(_cut(lines, LONGEST_TOOLTIP), 4)}"'


def _entities(text: str, backslashes: int) -> str:
    """Write as entities whatever means something to DOT, to its labels, or to SVG.

    Graphviz expands entities first and then escapes: none in names, once in labels, twice in tooltips. `backslashes` is
    how many become one.
    """
    return text.translate(_ENTITIES | {ord("\\"): "&#92;" * backslashes})


def _font(text: str, size: float, color: str = TEXT, bold: bool = False) -> str:
    inner = f"<B>{text}</B>" if bold else text
    return f'<FONT POINT-SIZE="{size:g}" COLOR="{color}">{inner}</FONT>'


# --- the page -------------------------------------------------------------------------------------------------------


def _head(picture: Picture, direction: Direction) -> Iterator[str]:
    yield (
        f'  graph [rankdir={direction}, bgcolor="{BACKGROUND}", pad=0.3, nodesep=0.3, ranksep=0.27, fontname="{FONT}", '
        f"labelloc=t, labeljust=l, label=<{_title(picture)}>, {_tooltip(picture.tooltip or picture.name)}]"
    )
    yield f'  node [shape=plain, fontname="{FONT}", fontsize=12, fontcolor="{TEXT}"]'
    font = f'fontname="{FONT}", fontsize=10.5, fontcolor="{MUTED}"'
    yield f'  edge [color="{LINE}", penwidth=1.4, arrowsize=0.65, {font}]'
    yield ""


def _title(picture: Picture) -> str:
    meanings: dict[str, list[str]] = {}
    for look in picture.looks:
        meanings.setdefault(LOOKS[look].stroke, []).append(LOOKS[look].legend)
    legend = "".join(
        f'<TD WIDTH="11" HEIGHT="11" FIXEDSIZE="TRUE" BGCOLOR="{stroke}"></TD>'
        f'<TD ALIGN="LEFT">{_font(", ".join(words) + "&nbsp;&nbsp;", 10.5, MUTED)}</TD>'
        for stroke, words in meanings.items()
    )
    rows = [_font(_html(picture.name), 17, bold=True), _font(_html(picture.subtitle), 12, MUTED)]
    if legend:
        rows.append(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="0"><TR>{legend}</TR></TABLE>')
    table = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows) + '<TR><TD HEIGHT="10"></TD></TR>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{table}</TABLE>'


def _item(item: Item, indent: str, nesting: int, direction: Direction) -> Iterator[str]:
    if isinstance(item, Card):
        yield f"{indent}{_card(item)}"
        return
    strip = item.strip
    style = "rounded,filled,dashed" if strip.shared else "rounded,filled"
    line = f'"{MARKS[strip.mark]}", penwidth=3' if strip.mark else f'"{FRAME}"'
    frame = f'style="{style}", color={line}, fillcolor="{FRAME_FILLS[nesting % 2]}", {_tooltip(strip.tooltip)}'
    if item.times > 1:
        # Two frames, one in the other, stand for the stack: seen without colour, too.
        yield f'{indent}subgraph cluster_{strip.id}_all {{ label=""; margin=4; graph [{frame}]'
    yield f'{indent}subgraph cluster_{strip.id} {{ label=""; margin=10; graph [{frame}]'
    for inner in (strip, *item.items):
        yield from _item(inner, indent + "  ", nesting + 1, direction)
    yield indent + ("} }" if item.times > 1 else "}")


# --- cards ----------------------------------------------------------------------------------------------------------


def _card(card: Card) -> str:
    match card.form:
        case "sign":
            label = f"label=<{_font(_html(card.title), 15, bold=True)}>"
            size = "shape=circle, width=0.3, fixedsize=true, penwidth=1.4"
            colors = f'style=filled, color="{TEXT}", fillcolor="{BACKGROUND}"'
            return f"n{card.id} [{label}, {size}, {colors}, {_tooltip(card.tooltip)}]"
        case "strip":
            label = _strip(card)
        case "card" | "bar" | "port":
            label = _layer(card)
        case "fold":
            label = _fold(card)
        case _:
            assert_never(card.form)
    return f"n{card.id} [label=<{label}>, {_tooltip(card.tooltip)}]"


def _layer(card: Card) -> str:
    look = LOOKS[card.look]
    fill = BACKGROUND if card.form == "bar" else look.fill
    stripe = f'<TD WIDTH="5" CELLPADDING="0" BGCOLOR="{look.stroke}"></TD>'
    return _table(card, look.stroke, fill, f"<TR>{stripe}{_cells(card)}</TR>", look.dashed)


def _fold(card: Card) -> str:
    look = LOOKS[card.look]
    inner = _table(card, look.stroke, FRAME_FILLS[0], f"<TR>{_cells(card)}</TR>")
    if card.times == 1:
        return inner
    colors = f'STYLE="{_border(card)}" COLOR="{look.stroke}" BGCOLOR="{FRAME_FILLS[1]}"'
    return (
        f'<TABLE BORDER="1" {colors} CELLBORDER="0" CELLSPACING="3" CELLPADDING="0"><TR><TD>{inner}</TD></TR></TABLE>'
    )


def _strip(card: Card) -> str:
    ports = ""
    if card.ports:
        cells = "".join(
            f'<TD PORT="p{position}" CELLPADDING="2">{_font(_html(name) or "·", 10.5, MUTED)}</TD>'
            for position, name in enumerate(card.ports)
        )
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0"><TR>{cells}</TR></TABLE>'
        ports = f'<TR><TD COLSPAN="3">{table}</TD></TR>'
    return (
        f'<TABLE BORDER="0" STYLE="ROUNDED" BGCOLOR="{STRIP}" CELLBORDER="0" CELLSPACING="2" CELLPADDING="3">'
        f"<TR>{_cells(card)}</TR>{ports}</TABLE>"
    )


def _table(card: Card, stroke: str, fill: str, rows: str, dashed: bool = False) -> str:
    colors = f'STYLE="{_border(card, dashed)}" COLOR="{MARKS.get(card.mark, stroke)}" BGCOLOR="{fill}"'
    border = f'BORDER="{3 if card.mark else 1}" CELLBORDER="0"'
    return f'<TABLE {border} {colors} CELLSPACING="3" CELLPADDING="3">{rows}</TABLE>'


def _border(card: Card, dashed: bool = False) -> str:
    return "ROUNDED,DASHED" if dashed or card.shared else "ROUNDED"


def _cells(card: Card) -> str:
    """Return what a card says: at the left its type, hyper-parameters and small rows, at the right amount and badge."""
    lines = [_font(_html(card.title), 13, bold=True)]
    if card.detail:
        lines[0] += _font("&nbsp;&nbsp;" + _html(card.detail), 12)
    lines[0] += "&nbsp;&nbsp;"
    lines += [_font(_html(row), 11, MUTED) for row in card.rows]
    text = lines[0] if len(lines) == 1 else "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)
    # A concatenation is a bar: wide, for what comes together in it.
    width = ' WIDTH="220"' if card.form == "bar" else ""
    cells = f'<TD ALIGN="LEFT"{width}>{text}</TD>'
    right = ["shared"] if card.shared else []
    right += [card.amount] if card.amount else []
    if right:
        cells += f'<TD ALIGN="RIGHT" VALIGN="TOP">{_font(_html(" · ".join(right)), 11, MUTED)}</TD>'
    if card.times > 1:
        cells += f'<TD VALIGN="TOP">{_badge(card.times)}</TD>'
    return cells


def _badge(times: int) -> str:
    text = f"{TIMES}{times:,}"
    # Of a fixed size, for an inner table grows to what is beside it otherwise.
    size = f'FIXEDSIZE="TRUE" WIDTH="{14 + 7 * len(text)}" HEIGHT="18"'
    table = f'<TABLE BORDER="0" STYLE="ROUNDED" BGCOLOR="{TEXT}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}>'
    return f"{table}<TR><TD {size}>{_font(text, 11, BACKGROUND, bold=True)}</TD></TR></TABLE>"


# --- lines ----------------------------------------------------------------------------------------------------------


def _line(line: Line, direction: Direction) -> str:
    side = "s" if direction == "TB" else "e"
    source = f"n{line.source}" if line.port is None else f"n{line.source}:p{line.port}:{side}"
    attributes = [_tooltip(line.tooltip)]
    if line.label:
        attributes.append(f"label=<&nbsp;{_html(line.label)}&nbsp;>")
    if line.pull != "free":
        attributes.append(f"weight={_WEIGHTS[line.pull]}")
    if line.skip:
        attributes.append(f'color="{SKIP}", penwidth=1.6')
    return f"{source} -> n{line.target} [{', '.join(attributes)}]"
