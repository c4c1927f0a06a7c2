"""Cuts a picture into flows: one for the page and one for each frame, each a graph between a start and an end.

Lines enter a frame only at its title and leave it only at its end, so the inside of a frame can be laid out by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archspec.picture.cards import Became, Card, Frame, Item, Line, Picture

#: The vertices that every flow has: where its tensors come in, and where they leave.
START, END = -1, -2

#: One tensor: the card that made it, which of its results, and what became of the way that it takes.
Net = tuple[int, int, Became]


@dataclass(slots=True, eq=False)
class Edge:
    """A piece of a line, within one flow. `net` is None where nothing is drawn and only the order matters."""

    source: int
    target: int
    net: Net | None
    line: Line | None = None
    #: Whether the line ends here, and not at the end of the flow.
    last: bool = False
    skip: bool = False


@dataclass(slots=True)
class Flow:
    """What is in one frame, or on the page (`owner` None): vertices in execution order, and the edges between."""

    owner: Frame | None
    vertices: list[int] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


@dataclass(slots=True)
class Flows:
    """All flows of a picture: those of frames after those of the frames in them, the page last."""

    order: list[Flow]
    cards: dict[int, Card]
    frames: dict[int, Frame]


def cut(picture: Picture) -> Flows:
    """Return the flows of a picture."""
    page = Flow(None)
    flows: dict[int | None, Flow] = {None: page}
    homes: dict[int, int | None] = {}
    cards: dict[int, Card] = {}
    frames: dict[int, Frame] = {}
    waiting: list[tuple[int | None, tuple[Item, ...]]] = [(None, picture.items)]
    order = [page]
    for home, items in waiting:
        for item in items:
            card = item if isinstance(item, Card) else item.strip
            flows[home].vertices.append(card.id)
            homes[card.id], cards[card.id] = home, card
            if isinstance(item, Frame):
                frames[card.id] = item
                flows[card.id] = Flow(item)
                order.append(flows[card.id])
                waiting.append((card.id, item.items))
    _lead(picture.lines, flows, homes, frames)
    for flow in order:
        _tie(flow)
    return Flows(order[::-1], cards, frames)


def _lead(
    lines: tuple[Line, ...], flows: dict[int | None, Flow], homes: dict[int, int | None], frames: dict[int, Frame]
) -> None:
    """Cut every line where it leaves a frame."""
    left: set[tuple[int, Net]] = set()
    for line in lines:
        net = (line.source, line.result, line.became)
        goal = homes[line.target]
        # A title's tensors are those inside its frame; any other card stands in its frame.
        inside = line.source in frames
        home = line.source if inside else homes[line.source]
        source = START if inside else line.source
        while home != goal:
            assert home is not None, "a line leads into a frame at its title only"
            if (home, net) not in left:
                left.add((home, net))
                flows[home].edges.append(Edge(source, END, net))
            source, home = home, homes[home]
        flows[home].edges.append(Edge(source, line.target, net, line, last=True, skip=line.skip))


def _tie(flow: Flow) -> None:
    """Give every vertex a way from the start and one to the end, drawn or not."""
    entered = {edge.target for edge in flow.edges}
    followed = {edge.source for edge in flow.edges}
    flow.edges += [Edge(START, vertex, None) for vertex in flow.vertices if vertex not in entered]
    flow.edges += [Edge(vertex, END, None) for vertex in flow.vertices if vertex not in followed]
    if not flow.vertices and not flow.edges:
        flow.edges.append(Edge(START, END, None))
