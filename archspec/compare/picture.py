"""Two networks as one picture: what both have, what was added and what was removed, each told by its colour.

Both are drawn as any network is, and the drawings laid over each other along the pairs of their bodies. The cards are
those of the new network, and those of the old one that have no counterpart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archspec.compare import words
from archspec.compare.changes import Change, Namer, Scope
from archspec.compare.comparison import Comparison
from archspec.compare.focus import blocks_open, nodes_apart
from archspec.compare.pairing import Pair, Pairs
from archspec.compare.side import Side
from archspec.ir.graph import AnyNode, Body, LayerNode, RepeatNode
from archspec.picture import wording
from archspec.picture.build import MOST_WHOLE, build_picture
from archspec.picture.cards import Became, Card, Frame, Item, Line, Picture
from archspec.picture.plan import Planner, View
from archspec.picture.style import LOOKS, SIGNS

_ARROW = "\N{RIGHTWARDS ARROW}"
#: Told by more than its colour.
_SIGNS: dict[Became, str] = {"added": "+ ", "removed": "\N{MINUS SIGN} ", "changed": "~ "}


def draw_both(comparison: Comparison, *, whole: bool = False) -> Picture:
    """Return the picture of a comparison: blocks in which something changed are open, as far as it stays readable.

    With `whole` a folded block is a frame that is not shown, as long as the networks are not too large for that.
    """
    pairing = comparison.pairing
    apart = nodes_apart(pairing)
    opened = blocks_open(pairing)
    views = [View(depth=0, only=paths, apart=nodes) for paths, nodes in zip(opened, apart, strict=True)]
    checked = comparison.old, comparison.new
    planners = [Planner(one.graph, True, apart=nodes) for one, nodes in zip(checked, apart, strict=True)]
    whole = whole and all(planner.count() <= MOST_WHOLE for planner in planners)
    pictures = [build_picture(one, view, whole=whole) for one, view in zip(checked, views, strict=True)]
    return _Union(comparison, planners, pictures).picture()


class _Union:
    def __init__(self, comparison: Comparison, planners: list[Planner], pictures: list[Picture]) -> None:
        self._comparison, self._pairing = comparison, comparison.pairing
        self._old_plan, self._new_plan = planners
        self._old, self._new = pictures
        self._old_names, self._new_names = Namer(self._pairing.old), Namer(self._pairing.new)
        moved = [(c.old.path, c.new.path) for c in comparison.changes if c.what == "moved" and c.old and c.new]
        #: What is said of where a layer came from, by its path now, and of where it went, by its path before.
        self._came = {new: f"was {old}" for old, new in moved}
        self._went = {old: f"now {new}" for old, new in moved}
        #: What became of each card in the union, and which cards read other tensors.
        self._became: dict[int, Became] = {}
        self._rewired: set[int] = set()
        #: Where lines of the old picture end and begin now.
        self._ends: dict[int, int] = {}
        self._starts: dict[int, int] = {}
        self._offset = 1 + max((card.id for card, _ in self._new.cards()), default=0)

    def picture(self) -> Picture:
        old, new = self._pairing.old.graph, self._pairing.new.graph
        ins, outs = (len(old.body.inputs), len(new.body.inputs)), (len(old.body.outputs), len(new.body.outputs))
        old_items, new_items = list(self._old.items), list(self._new.items)
        old_end, new_end = len(old_items) - outs[0], len(new_items) - outs[1]
        inputs = self._ports("input", self._pairing.inputs, old_items[: ins[0]], new_items[: ins[1]])
        main = self._pairing.pairs(old.main, new.main)
        body = tuple(self._body(main, old_items[ins[0] : old_end], new_items[ins[1] : new_end], Scope(), Scope()))
        outputs = self._ports("output", self._pairing.outputs, old_items[old_end:], new_items[new_end:])
        if main.gives:
            self._rewired |= {card.id for card in outputs if isinstance(card, Card)}
        name = f"{self._old.name} {_ARROW} {self._new.name}" if old.name != new.name else new.name
        lines = tuple(self._lines())
        entered = Counter(line.target for line in lines)
        items = tuple(_with_room(item, entered) for item in (*inputs, *body, *outputs))
        used = set(self._became.values())
        return Picture(name, self._subtitle(), new.doc, items, lines, tuple(look for look in LOOKS if look in used))

    def _subtitle(self) -> str:
        figures = {name: (old, new) for name, old, new in self._comparison.figures()}
        told = []
        for name, unit in (("params", "params"), ("macs", "MACs")):
            old, new = (wording.amount(figure) or "0" for figure in figures[name])
            told.append(f"{old} {_ARROW} {new} {unit}" if figures[name][0] != figures[name][1] else f"{new} {unit}")
        return " · ".join(told)

    # --- cards -----------------------------------------------------------------------------------------------------

    def _ports(
        self, form: str, pairs: list[tuple[int | None, int | None]], old: list[Item], new: list[Item]
    ) -> list[Item]:
        made: list[Item] = []
        for i, j in pairs:
            before, after = (None if i is None else old[i]), (None if j is None else new[j])
            if before is None or after is None:
                made.append(self._alone(before, after))
                continue
            assert isinstance(before, Card) and isinstance(after, Card)
            self._follow(before, after)
            notes = [f"was {before.title}"] if before.title != after.title else []
            became: Became = "changed" if notes else "same"
            if before.type != after.type:
                became = "changed" if notes or form == "input" else "follows"
                after = replace(after, detail=f"{before.detail} {_ARROW} {after.detail}")
            made.append(self._painted(after, became, notes))
        return made

    def _alone(self, old: Item | None, new: Item | None) -> Item:
        if new is not None:
            return self._all(new, "added")
        assert old is not None
        return self._all(old, "removed", self._offset)

    def _all(self, item: Item, became: Became, offset: int = 0) -> Item:
        """Return an item with all that is in it painted alike, as one of the union."""
        if isinstance(item, Card):
            # The lines that are shown are those of the new network.
            card = replace(item, id=item.id + offset, line=0 if offset else item.line)
            if offset:
                self._ends[item.id] = self._starts[item.id] = card.id
            ways = self._went if offset else self._came
            return self._painted(card, became, [ways[path] for path in card.paths[:1] if path in ways])
        strip = self._all(item.strip, became, offset)
        assert isinstance(strip, Card)
        return replace(item, strip=strip, items=tuple(self._all(one, became, offset) for one in item.items))

    def _painted(
        self, card: Card, became: Became, notes: Sequence[str] = (), sizes: Sequence[str] = (), count: int = 0
    ) -> Card:
        self._became[card.id] = became
        title = card.title if card.form == "sign" else _SIGNS.get(became, "") + card.title
        tooltip = "\n".join([LOOKS[became].legend, *notes, *sizes, card.tooltip]) if became != "same" else card.tooltip
        told = ", ".join(notes)
        if card.form in ("fold", "strip"):
            inside = f"{count:,} change{'s' * (count != 1)}" if count else ""
            detail = " · ".join(filter(None, (inside, told or card.detail)))
            return replace(card, became=became, title=title, tooltip=tooltip, detail=detail)
        return replace(card, became=became, title=title, tooltip=tooltip, rows=(*filter(None, [told]), *card.rows))

    def _follow(self, old: Card, new: Card) -> None:
        """Lead the lines of an old card to and from a new one."""
        self._ends[old.id] = self._starts[old.id] = new.id

    # --- bodies ----------------------------------------------------------------------------------------------------

    def _body(
        self, pairs: Pairs, old: Sequence[Item], new: Sequence[Item], old_scope: Scope, new_scope: Scope
    ) -> Iterator[Item]:
        """Yield the items of two bodies laid over each other, in an order that is that of both."""
        before = _members(self._old_plan, self._pairing.old.graph.bodies[pairs.old])
        after = _members(self._new_plan, self._pairing.new.graph.bodies[pairs.new])
        places = {place.new: place for place in pairs.places if place.new is not None}
        counterparts = {place.old: place.new for place in pairs.places if place.old is not None}
        homes = {position: number for number, members in enumerate(after) for position in members}
        heads_old = {members[0]: number for number, members in enumerate(before)}
        heads_new = {members[0]: number for number, members in enumerate(after)}
        for place in pairs.places:
            if place.old is not None and place.new is None and place.old in heads_old:
                number = heads_old[place.old]
                stayed = [counterparts[position] for position in before[number]]
                if stayed == [None] * len(stayed):
                    yield self._all(old[number], "removed", self._offset)
            if place.new is None or place.new not in heads_new:
                continue
            members = after[heads_new[place.new]]
            item = new[heads_new[place.new]]
            own = [places[position] for position in members]
            if place.old is None:
                yield self._all(item, "added")
                continue
            partner = heads_old.get(place.old)
            mate = old[partner] if partner is not None else None
            yield self._pair(own, pairs, mate, item, old_scope, new_scope)
        # A card of several layers may have come apart: what enters it enters the first, what leaves it the last.
        for number, members in enumerate(before):
            item = old[number]
            first, last = counterparts[members[0]], counterparts[members[-1]]
            if first is not None:
                self._ends[_head(item).id] = _head(new[homes[first]]).id
            if last is not None and isinstance(item, Card):
                self._starts[item.id] = _head(new[homes[last]]).id

    def _pair(
        self, own: list[Pair], pairs: Pairs, old: Item | None, new: Item, old_scope: Scope, new_scope: Scope
    ) -> Item:
        place = own[0]
        assert place.old is not None and place.new is not None
        changes = sum(one.changes for one in own)
        became: Became = "changed" if changes else "follows" if any(one.what for one in own) else "same"
        notes, sizes = self._notes(own, pairs, old_scope, new_scope)
        if any(one.reads for one in own):
            self._rewired.add(_head(new).id)
        if old is not None:
            new = _with_amounts(_head(old), new)
        if isinstance(new, Card):
            within = changes - (place.what not in ("", "follows")) if new.form == "fold" else 0
            return self._painted(new, became, notes, sizes, within)
        strip = self._painted(new.strip, became, notes, sizes, 0 if new.shown else changes)
        if not isinstance(old, Frame):
            return replace(new, strip=strip, items=tuple(self._all(item, became) for item in new.items))
        bodies = (
            _inside(self._pairing.old, self._old_plan, pairs.old, place.old),
            _inside(self._pairing.new, self._new_plan, pairs.new, place.new),
        )
        self._follow(old.strip, new.strip)
        inside = self._pairing.pairs(*bodies)
        uses = self._pairing.old.uses(pairs.old)[place.old], self._pairing.new.uses(pairs.new)[place.new]
        scopes = self._old_names.inside(uses[0], old_scope), self._new_names.inside(uses[1], new_scope)
        return replace(new, strip=strip, items=tuple(self._body(inside, old.items, new.items, *scopes)))

    def _notes(self, own: list[Pair], pairs: Pairs, old: Scope, new: Scope) -> tuple[list[str], list[str]]:
        """Return what is said otherwise of some places, as `old → new`, and their shapes and figures."""
        notes: list[str] = []
        sizes: list[str] = []
        for place in own:
            if not place.what:
                continue
            assert place.old is not None and place.new is not None
            before = self._old_names.step(pairs.old, place.old, old)
            after = self._new_names.step(pairs.new, place.new, new)
            # That it is called otherwise because of what was put in before it is no news.
            named = before if place.what == "renamed" else replace(before, path=after.path)
            change = Change(place.what, named, after, place.reads, place.gives)
            notes += words.others(change, _ARROW)
            sizes += words.sizes(before, after, _ARROW)
        return notes, sizes

    # --- lines -----------------------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[Line]:
        """Yield the lines of the new network, and those of the old one that end or begin at what is gone."""
        led = {
            (self._starts[line.source], self._ends[line.target])
            for line in self._old.lines
            if line.source in self._starts and line.target in self._ends
        }
        drawn = {(line.source, line.target) for line in self._new.lines}
        ports = {card.id: len(card.ports) for card, _ in self._new.cards() if card.form == "strip"}
        for line in self._new.lines:
            came = "added" in (self._became[line.source], self._became[line.target])
            other = line.target in self._rewired and (line.source, line.target) not in led
            yield replace(line, became="added" if came or other else "same")
        for line in self._old.lines:
            if line.source not in self._starts or line.target not in self._ends:
                continue
            source, target = self._starts[line.source], self._ends[line.target]
            gone = "removed" in (self._became[source], self._became[target])
            other = target in self._rewired and (source, target) not in drawn
            # What a block takes no more has no place at its title.
            fits = line.result < (ports.get(source) or line.result + 1)
            if (gone or other) and fits:
                inputs = tuple(one for one in line.inputs if one < ports.get(target, one + 1))
                # What it was is told by the card that is gone.
                yield replace(line, source=source, target=target, inputs=inputs, names="", shape="", became="removed")


def _head(item: Item) -> Card:
    return item.strip if isinstance(item, Frame) else item


def _with_amounts(old: Card, new: Item) -> Item:
    """Return an item that tells of its parameters both before and now."""
    card = _head(new)
    if old.amount == card.amount:
        return new
    told = replace(card, amount=f"{old.amount or 0} {_ARROW} {card.amount or 0}")
    return replace(new, strip=told) if isinstance(new, Frame) else told


def _with_room(item: Item, entered: Counter[int]) -> Item:
    """Return an item in which no sign is entered by more lines than it has sides."""
    if isinstance(item, Frame):
        return replace(item, items=tuple(_with_room(one, entered) for one in item.items))
    if item.form != "sign" or entered[item.id] <= 3:
        return item
    kind = next(kind for kind, sign in SIGNS.items() if sign == item.title)
    return replace(item, form="bar", title=_SIGNS.get(item.became, "") + kind)


def _members(planner: Planner, body: Body) -> list[list[int]]:
    """Return the numbers of the nodes that are drawn as one, item by item."""
    numbers = {id(node): number for number, node in enumerate(body.nodes)}
    return [[numbers[id(node)] for node in group.nodes] for group in planner.groups(body)]


def _inside(side: Side, planner: Planner, key: str, position: int) -> str:
    """Return the key of the body that the frame of a node shows: of one thing repeated, that of the thing."""
    node: AnyNode = side.graph.bodies[key].nodes[position]
    while isinstance(node, RepeatNode):
        groups = planner.groups(side.graph.bodies[node.body])
        if len(groups) != 1:
            break
        node = groups[0].nodes[0]
    assert not isinstance(node, LayerNode)
    return node.body
