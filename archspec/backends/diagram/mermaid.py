"""Prints a picture as Mermaid, for READMEs: GitHub and others draw it."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.backends.diagram.text import plain
from archspec.picture.cards import Card, Item, Picture
from archspec.picture.style import LOOKS, MARKS, TIMES

MOST = 80
_KEPT = frozenset(" _-+/.,:·→…=%?!" + TIMES)


def print_mermaid(picture: Picture, direction: str = "TB") -> str:
    """Return the Mermaid text of a picture."""
    lines = [f"%% {_comment(picture.name)}", f"flowchart {direction}"]
    for item in picture.items:
        lines += _item(item, "  ")
    for line in picture.lines:
        label = f'|"{_text(line.label)}"|' if line.label else ""
        lines.append(f"  n{line.source} {'-.->' if line.skip else '-->'}{label} n{line.target}")
    for look in picture.looks:
        style = LOOKS[look]
        dashed = ",stroke-dasharray:4 3" if style.dashed else ""
        lines.append(f"  classDef {look} fill:{style.fill},stroke:{style.stroke},color:#16191D{dashed}")
    for card, _ in picture.cards():
        if card.mark:
            lines.append(
                f"  style {'f' if card.form == 'strip' else 'n'}{card.id} stroke:{MARKS[card.mark]},stroke-width:3px"
            )
    return "\n".join(lines) + "\n"


def _item(item: Item, indent: str) -> Iterator[str]:
    if isinstance(item, Card):
        yield indent + _card(item)
        return
    strip = item.strip
    yield f'{indent}subgraph f{strip.id}["{_label(strip)}"]'
    # Lines come in by a point of their own: Mermaid gives a subgraph none.
    yield f'{indent}  n{strip.id}(("·"))'
    for inner in item.items:
        yield from _item(inner, indent + "  ")
    yield f"{indent}end"


def _card(card: Card) -> str:
    if card.form == "sign":
        return f'n{card.id}(("{_text(card.title)}")):::{card.look}'
    opened, closed = {"port": ("([", "])"), "fold": ("[[", "]]")}.get(card.form, ("[", "]"))
    look = "" if card.look == "block" else f":::{card.look}"
    return f'n{card.id}{opened}"{_label(card)}"{closed}{look}'


def _label(card: Card) -> str:
    first = " ".join(filter(None, (f"<b>{_text(card.title)}</b>", _text(card.detail), _text(card.amount))))
    first += f" {TIMES}{card.times:,}" if card.times > 1 else ""
    return "<br>".join([first, *map(_text, card.rows)]) + (" · shared" if card.shared else "")


def _text(text: str) -> str:
    """Return text in which nothing means anything to Mermaid or to HTML: other signs are written as numbers."""
    shown = plain(text)
    shown = shown if len(shown) <= MOST else shown[: MOST - 1] + "…"
    return "".join(c if c.isalnum() or c in _KEPT else f"#{ord(c)};" for c in shown)


def _comment(text: str) -> str:
    return "".join(c if c.isalnum() or c in " _-." else "_" for c in plain(text))[:MOST]
