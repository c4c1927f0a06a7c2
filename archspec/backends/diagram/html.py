"""Writes a picture as one HTML file that needs nothing else: it folds, unfolds, searches, pans and zooms by itself.

Every frame is laid out here with the frames in it folded. The script in `viewer.js` makes room where one is opened.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any, get_args

from archspec.backends.diagram.face import Face, face_of
from archspec.backends.diagram.place import Inside, Placed, lay_out_apart
from archspec.backends.diagram.scene import COLORS, Theme
from archspec.backends.diagram.svg import number
from archspec.backends.diagram.text import FAMILY, plain, width
from archspec.picture.cards import Became, Card, Frame, Item, Picture
from archspec.picture.style import LOOKS

_FOLDER = Path(__file__).parent
_MOST_NAME, _MOST_TOOLTIP, _MOST_LINE = 200, 2000, 200
#: Nothing is fetched from anywhere, whatever a text may say.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def print_html(picture: Picture, text: str, theme: Theme = "auto") -> str:
    """Return a picture that holds its folded frames as an HTML page. `text` is what the model was written in."""
    insides = lay_out_apart(picture)
    frames = {frame.strip.id: frame for frame in _frames(picture.items)}
    data = {
        "flows": {_key(owner): _flow(inside, frames) for owner, inside in insides.items()},
        "frames": {str(number): _title(frame) for number, frame in frames.items()},
        "open": [str(number) for number, frame in frames.items() if frame.shown],
        "lines": _source_lines(picture, text),
    }
    name = escape(_one_line(picture.name, _MOST_NAME))
    packed = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
{_style(picture, theme)}
</style>
</head>
<body>
<header>
<h1>{name}</h1>
<p>{escape(_one_line(picture.subtitle, _MOST_NAME))}</p>
<input id="search" type="search" placeholder="Search" aria-label="Search layers and blocks">
<span id="found" role="status"></span>
<button id="unfold">Unfold all</button>
<button id="fold">Fold all</button>
<button id="out" aria-label="Zoom out">&minus;</button>
<button id="in" aria-label="Zoom in">+</button>
<button id="fit">Fit</button>
</header>
<main>
<svg id="stage" role="group" aria-label="{name}"><g id="world"></g></svg>
<aside id="panel" aria-label="Details" aria-live="polite" hidden>
<button id="close" aria-label="Close">&times;</button><pre id="what"></pre><pre id="source"></pre>
</aside>
</main>
<footer>{_legend(picture)}</footer>
<script type="application/json" id="data">{packed}</script>
<script>
{_script()}
</script>
</body>
</html>
"""


def _one_line(text: str, most: int) -> str:
    return plain(text if len(text) <= most else text[: most - 1] + "…")


def _script() -> str:
    """Return the script without what only its readers need."""
    lines = (line.strip() for line in (_FOLDER / "viewer.js").read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _style(picture: Picture, theme: Theme) -> str:
    css = (_FOLDER / "viewer.css").read_text(encoding="utf-8").replace("FAMILY", FAMILY)
    looks = "\n".join(
        f"svg .{look}, footer .{look} {{ --c: var(--{look}); --f: var(--{look}-fill); }}" for look in picture.looks
    )
    dashed = "\n".join(
        f"svg .{look} .box, svg path.{look} {{ stroke-dasharray: 5 3; }} footer .{look} {{ border-style: dashed; }}"
        for look in picture.looks
        if LOOKS[look].dashed
    )
    light, dark = _variables("light"), _variables("dark")
    chosen = f":root {{ color-scheme: {'dark' if theme == 'dark' else 'light'}; {dark if theme == 'dark' else light} }}"
    if theme == "auto":
        chosen = f":root {{ color-scheme: light dark; {light} }}\n"
        chosen += f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    became = "\n".join(
        f"svg .{look} .box, svg .{look} .sign-box {{ fill: var(--f); stroke: var(--c); }}\n"
        f"svg path.{look} {{ fill: none; stroke: var(--c); stroke-width: 1.6; }}\n"
        f"svg path.{look}.tip {{ fill: var(--c); stroke: none; }}"
        for look in picture.looks
        if look in get_args(Became)
    )
    return "\n".join([chosen, css, looks, became, dashed])


def _variables(theme: str) -> str:
    return " ".join(f"--{role.replace('.', '-')}: {color};" for role, color in COLORS[theme].items())


def _legend(picture: Picture) -> str:
    return "".join(f'<span><i class="{look}"></i>{escape(LOOKS[look].legend)}</span>' for look in picture.looks)


# --- data ------------------------------------------------------------------------------------------------------------


def _key(owner: int | None) -> str:
    return "page" if owner is None else str(owner)


def _frames(items: tuple[Item, ...]) -> list[Frame]:
    found: list[Frame] = []
    waiting = [item for item in items if isinstance(item, Frame)]
    while waiting:
        frame = waiting.pop()
        found.append(frame)
        waiting += [item for item in frame.items if isinstance(item, Frame)]
    return sorted(found, key=lambda frame: frame.strip.id)


def _title(frame: Frame) -> dict[str, Any]:
    face = face_of(frame.strip)
    return {**_words(face), "w": face.width, "p": face.ports}


def _words(face: Face) -> dict[str, Any]:
    return {
        "t": face.title,
        "tw": _short(width(face.title, 13, bold=True)),
        "d": face.detail,
        "a": face.right,
        "b": face.badge,
        "bw": _short(face.badge_width),
    }


def _short(value: float) -> float:
    return float(number(value))


def _flow(inside: Inside, frames: dict[int, Frame]) -> dict[str, Any]:
    layout = inside.layout
    tops: dict[float, list[int]] = {}
    bottoms: dict[float, list[int]] = {}
    for position, placed in enumerate(layout.cards):
        tops.setdefault(placed.y, []).append(position)
        bottoms.setdefault(placed.y + placed.height, []).append(position)

    def over(point: tuple[float, float], rows: dict[float, list[int]]) -> int:
        for position in rows.get(point[1], []):
            card = layout.cards[position]
            if card.x <= point[0] <= card.x + card.width:
                return position
        return -1

    def aside(point: tuple[float, float]) -> int:
        for position, card in enumerate(layout.cards):
            beside = point[0] in (card.x, card.x + card.width) and card.y < point[1] < card.y + card.height
            if beside and card.card.form == "sign":
                return position
        return -1

    lines = []
    off_center: set[int] = set()
    for line in layout.lines:
        first, last = line.points[0], line.points[-1]
        across = last[1] == line.points[-2][1]
        start, end = over(first, bottoms), -1
        if line.arrow:
            end = aside(last) if across else over(last, tops)
        for position, (x, _) in ((start, first), (end, last)):
            card = layout.cards[position] if position >= 0 else None
            if card is not None and card.card.form != "sign" and abs(card.x + card.width / 2 - x) > 0.5:
                off_center.add(position)
        flat = [_short(value) for point in line.points for value in point]
        lines.append([int(line.skip), int(line.arrow), start, end, flat, line.net[2]])
    return {
        "w": _short(layout.width),
        "h": _short(layout.height),
        "axis": _short(inside.axis),
        "ports": inside.ports,
        "cards": [_card(placed, i in off_center, frames) for i, placed in enumerate(layout.cards)],
        "lines": lines,
        "labels": [[label.text, _short(label.x), _short(label.y)] for label in layout.labels],
        "forks": [[_short(x), _short(y)] for x, y in layout.forks],
    }


def _card(placed: Placed, stretch: bool, frames: dict[int, Frame]) -> dict[str, Any]:
    card, face = placed.card, placed.face
    return {
        **_words(face),
        "i": card.id,
        "x": _short(placed.x),
        "y": _short(placed.y),
        "w": _short(placed.width),
        "h": _short(placed.height),
        "k": card.form,
        "c": card.paint,
        "r": face.row,
        "s": int(card.shared),
        "o": _tooltip(card),
        "l": card.line,
        "n": card.times,
        "m": card.mark,
        "z": int(stretch),
        "f": str(card.id) if card.id in frames else None,
    }


def _tooltip(card: Card) -> str:
    cut = card.tooltip[:_MOST_TOOLTIP]
    return "\n".join(map(plain, cut.split("\n")))


def _source_lines(picture: Picture, text: str) -> dict[int, str]:
    written = text.splitlines()
    wanted = sorted({card.line for card, _ in picture.cards()} - {0})
    return {line: _one_line(written[line - 1].strip(), _MOST_LINE) for line in wanted if line <= len(written)}
