"""What a picture of two networks shows: which blocks are open, and which layers are not drawn as one with others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from archspec.compare.changes import Namer, Scope
from archspec.compare.pairing import Pair, Pairing, Pairs, step_path
from archspec.compare.side import values_read
from archspec.ir.graph import Body
from archspec.picture.plan import MANY_CARDS

#: Nodes by the key of their body and their number in it.
Nodes = frozenset[tuple[str, int]]
_Bodies = tuple[str, str]


def _reachable(pairing: Pairing) -> Iterator[Pairs]:
    """Yield every pair of bodies in which something changed, each once."""
    waiting = [pairing.pairs(pairing.old.graph.main, pairing.new.graph.main)]
    seen: set[_Bodies] = set()
    while waiting:
        pairs = waiting.pop()
        if (pairs.old, pairs.new) in seen or not pairs.changes:
            continue
        seen.add((pairs.old, pairs.new))
        yield pairs
        waiting += [inside for place in pairs.places if (inside := pairing.within(place, pairs))]


def nodes_apart(pairing: Pairing) -> tuple[Nodes, Nodes]:
    """Return the nodes of both networks that are no longer what they were to the node before them."""
    one: set[tuple[str, int]] = set()
    other: set[tuple[str, int]] = set()
    for pairs in _reachable(pairing):
        old, new = pairing.old.graph.bodies[pairs.old], pairing.new.graph.bodies[pairs.new]
        kept = {place.old for place in pairs.places if place.new is not None}
        stays = {place.new for place in pairs.places if place.old is not None}
        before = {node: sources <= kept for node, sources in enumerate(_sources(old))}
        after = {node: sources <= stays for node, sources in enumerate(_sources(new))}
        for last, place in zip((None, *pairs.places), pairs.places, strict=False):
            both = place.old is not None and place.new is not None
            undisturbed = (place.old is None or before[place.old]) and (place.new is None or after[place.new])
            as_before = not place.changes or _alike(pairing, pairs, last, place)
            # What is in both goes on as it did, and what is in one alone follows something of the same kind.
            if undisturbed and as_before if both else not undisturbed:
                continue
            if place.old is not None:
                one.add((pairs.old, place.old))
            if place.new is not None:
                other.add((pairs.new, place.new))
    return frozenset(one), frozenset(other)


def _alike(pairing: Pairing, pairs: Pairs, last: Pair | None, place: Pair) -> bool:
    """Tell whether two blocks in a row changed alike."""
    if last is None or last.what != place.what:
        return False
    one, other = pairing.within(last, pairs), pairing.within(place, pairs)
    return one is not None and other is not None and (one.old, one.new) == (other.old, other.new)


def _sources(body: Body) -> list[set[int | None]]:
    """Return for each node of a body the nodes that it reads from."""
    made = {port.value: position for position, node in enumerate(body.nodes) for port in node.outputs}
    return [{made[value] for value in values_read(node) if value in made} for node in body.nodes]


def blocks_open(pairing: Pairing) -> tuple[frozenset[str], frozenset[str]]:
    """Return the paths of the blocks to open: outer ones first, of those that changed alike the first."""
    opened: list[tuple[str, str]] = []
    main = pairing.pairs(pairing.old.graph.main, pairing.new.graph.main)
    room = MANY_CARDS - len(main.places)
    waiting = deque([(main, Scope(), Scope())])
    seen: set[_Bodies] = set()
    old_names, new_names = Namer(pairing.old), Namer(pairing.new)
    while waiting:
        pairs, old, new = waiting.popleft()
        for place in pairs.places:
            inside = pairing.within(place, pairs)
            if inside is None or not inside.changes or (inside.old, inside.new) in seen:
                continue
            assert place.old is not None and place.new is not None
            one, other = pairing.old.uses(pairs.old)[place.old], pairing.new.uses(pairs.new)[place.new]
            if len(inside.places) > room and one.form == "block":
                continue
            room -= len(inside.places)
            seen.add((inside.old, inside.new))
            if one.form == "block":
                opened.append(
                    (step_path(one, old.loops, old.prefix), step_path(other, new.loops, new.prefix)),
                )
            waiting.append((inside, old_names.inside(one, old), new_names.inside(other, new)))
    return frozenset(path for path, _ in opened), frozenset(path for _, path in opened)
