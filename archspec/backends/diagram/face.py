"""What stands on a card and how large the card is therefore. Where it stands in the drawing is `place`'s."""

from __future__ import annotations

from dataclasses import dataclass

from archspec.backends.diagram.text import fit, width
from archspec.picture.cards import Card
from archspec.picture.style import TIMES

#: Sizes of type.
TITLE, DETAIL, AMOUNT, ROW, BADGE, PORT = 13.0, 12.0, 11.0, 11.0, 11.0, 10.5
#: The most that one text on a card takes.
MOST_TITLE, MOST_DETAIL, MOST_ROW, MOST_PORT = 220.0, 235.0, 300.0, 90.0
#: The coloured stripe, and the room at the sides of a text and between texts.
STRIPE, PAD, BETWEEN, APART = 6.0, 10.0, 7.0, 16.0
ONE_ROW, TWO_ROWS, SIGN, STRIP, PORTS = 28.0, 45.0, 22.0, 26.0, 16.0
LEAST = 96.0
#: How far the two cards or frames behind one that is repeated stand out.
OFFSET = 4.0
BEHIND = 2 * OFFSET


@dataclass(frozen=True, slots=True)
class Face:
    """The texts of a card, cut to what it has room for, and its size. The badge is `times` in words, or nothing."""

    width: float
    height: float
    title: str
    detail: str = ""
    right: str = ""
    badge: str = ""
    row: str = ""
    ports: tuple[str, ...] = ()
    #: How far from its middle lines may come in; 0 is anywhere.
    inlet: float = 0
    #: What it takes beside its axis at one side only.
    under: float = 0

    @property
    def badge_width(self) -> float:
        return width(self.badge, BADGE, bold=True) + 14 if self.badge else 0.0


def face_of(card: Card) -> Face:
    """Return what stands on a card."""
    if card.form == "sign":
        return Face(SIGN, SIGN, card.title)
    title = fit(card.title, TITLE, MOST_TITLE, bold=True)
    detail = fit(card.detail, DETAIL, MOST_DETAIL)
    right = ("shared · " if card.amount else "shared") * card.shared + card.amount
    badge = f"{TIMES}{card.times:,}" if card.times > 1 else ""
    row = fit(", ".join(card.rows), ROW, MOST_ROW) if card.form != "fold" else ""
    ports = tuple(fit(port, PORT, MOST_PORT) for port in card.ports) if card.form == "strip" else ()
    stripe = 0.0 if card.form in ("strip", "fold") else STRIPE
    # The triangle of what can be opened or is open stands before the title.
    first = stripe + PAD + (12.0 if not stripe else 0.0) + width(title, TITLE, bold=True)
    first += BETWEEN + width(detail, DETAIL) if detail else 0.0
    first += APART + width(right, AMOUNT) if right else 0.0
    first += BETWEEN + width(badge, BADGE, bold=True) + 14 if badge else 0.0
    second = stripe + PAD + width(row, ROW)
    least = 0.0 if card.form == "strip" else LEAST
    height = STRIP + PORTS * bool(ports) if card.form == "strip" else TWO_ROWS if row else ONE_ROW
    return Face(float(round(max(first + PAD, second + PAD, least))), height, title, detail, right, badge, row, ports)
