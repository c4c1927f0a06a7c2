"""What is drawn, as data: cards, frames around them, and the lines between. Knows no format and no geometry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archspec.record import Record
from archspec.tensor import TensorType

#: `card`: a layer. `sign`: a merge in a circle. `bar`: a concatenation. `fold`: a block that is not opened. `strip`:
#: the title of a frame, through which its inputs come. `port`: an input or output of the model.
Form = Literal["card", "sign", "bar", "fold", "strip", "port"]
#: Why a card stands out: it was asked for by name.
Mark = Literal["", "highlight"]
#: What became of something from one network to another, where a picture shows two: a key of `style.LOOKS`.
Became = Literal["", "added", "removed", "changed", "follows", "same"]


class Card(Record):
    """One drawn thing. `look` is a key of `style.LOOKS`.

    `paths` are the layers it shows; `leaves` counts the layer calls that one appearance of it stands for, and `times`
    how often it is repeated on the spot. `amount` is `params` in words. `ports` names the inputs of a strip that has
    several. `line` is where it was written in the text of the model, 0 where that is another file.
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
    line: int = 0
    mark: Mark = ""
    params: int = 0
    #: What comes out of it first.
    type: TensorType | None = None
    became: Became = ""

    @property
    def paint(self) -> str:
        """The look that it is painted in: its own, or that of what became of it."""
        return self.became or self.look


class Frame(Record):
    """An open block or repetition: its title strip, and what is in it. `times` is how often all of it is repeated.

    `shown` is False where it would be folded, in a picture that holds what is folded too.
    """

    strip: Card
    items: tuple[Item, ...]
    times: int = 1
    shown: bool = True


Item = Card | Frame


class Line(Record):
    """A tensor on its way from one card to another: the `result`th of its source.

    `port` is the input of the strip that it comes through. `inputs` are the numbers of those of the target that it
    reaches, `names` their names where there are several; `shape` is told where it is news. `pull` says how much it
    wants to be short and straight; a `skip` goes around something and ends in a merge.
    """

    source: int
    target: int
    result: int = 0
    port: int | None = None
    inputs: tuple[int, ...] = ()
    names: str = ""
    shape: str = ""
    tooltip: str = ""
    pull: Literal["straight", "near", "free"] = "near"
    skip: bool = False
    became: Became = ""

    @property
    def label(self) -> str:
        """Return all that is written beside the line."""
        return " ".join(text for text in (self.names, self.shape) if text)


class Picture(Record):
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
