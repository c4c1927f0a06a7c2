"""What is drawn, as data: cards, frames around them, and the lines between. Knows nothing of DOT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: `card`: a layer. `sign`: a merge in a circle. `bar`: a concatenation. `fold`: a block that is not opened. `strip`:
#: the title of a frame, through which its inputs come. `port`: an input or output of the model.
Form = Literal["card", "sign", "bar", "fold", "strip", "port"]


@dataclass(frozen=True, slots=True)
class Card:
    """One drawn thing. `look` is a key of `style.LOOKS`.

    `paths` are the layers it shows; `leaves` counts the layer calls that one appearance of it stands for, and `times`
    how often it is repeated on the spot. `ports` names the inputs of a strip that has several.
    """

    id: int
    form: Form
    look: str
    title: str
    detail: str = ""
    amount: str = ""
    rows: tuple[str, ...] = ()
    tooltip: str = ""
    times: int = 1
    shared: bool = False
    ports: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    leaves: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """An open block or repetition: its title strip, and what is in it. `times` is how often all of it is repeated."""

    strip: Card
    items: tuple[Item, ...]
    times: int = 1


Item = Card | Frame


@dataclass(frozen=True, slots=True)
class Line:
    """A tensor on its way from one card to another. `port` is the input of the strip that it comes through.

    `pull` says how much it wants to be short and straight; a `skip` goes around something and ends in a merge.
    """

    source: int
    target: int
    port: int | None = None
    label: str = ""
    tooltip: str = ""
    pull: Literal["straight", "near", "free"] = "near"
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole drawing. `looks` are the categories that occur, in the order of the legend."""

    name: str
    subtitle: str
    tooltip: str
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    looks: tuple[str, ...]

    def cards(self) -> Iterator[tuple[Card, int]]:
        """Yield every card with how often it occurs: its own repetitions times those of the frames around it."""
        yield from _cards(self.items, 1)


def _cards(items: tuple[Item, ...], times: int) -> Iterator[tuple[Card, int]]:
    for item in items:
        if isinstance(item, Card):
            yield item, times * item.times
        else:
            yield item.strip, times * item.times
            yield from _cards(item.items, times * item.times)
