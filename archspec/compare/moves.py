"""Finds what was taken out in one place and put in unchanged in another: into a block, out of one, or to elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.compare.align import align
from archspec.compare.changes import Change, Namer, Scope, Step
from archspec.compare.side import Side, Use

#: More layers than this, in what was taken out or put in, are not looked through.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Part:
    """A layer in what was taken out or put in, and which change that is."""

    owner: int
    step: Step
    content: tuple[int, int]


def with_moves(changes: list[Change], old: Side, new: Side) -> list[Change]:
    """Return changes, those that belong together told as moves.

    It is a move where at least half of what was taken out, or of what was put in, is found again in the same order, and
    has weights: of a single activation that is gone here and there is a new one there, nothing follows.
    """
    gone = list(_parts(changes, "removed", old))
    come = list(_parts(changes, "added", new))
    if not gone or not come or max(len(gone), len(come)) > _MOST:
        return changes
    pairs = align(gone, come, lambda a, b: float(a.content == b.content), lambda part: part.content)
    moved = {j: i for i, j in pairs if i is not None and j is not None}
    if 2 * len(moved) < min(len(gone), len(come)) or not any(come[j].step.params for j in moved):
        return changes
    kept = set(moved.values())
    touched = {gone[i].owner for i in kept} | {come[j].owner for j in moved}
    inside: dict[int, list[Change]] = {owner: [] for owner in touched}
    for i, part in enumerate(gone):
        if part.owner in touched and i not in kept:
            inside[part.owner].append(Change("removed", part.step, None))
    for j, part in enumerate(come):
        if j in moved:
            inside[part.owner].append(Change("moved", gone[moved[j]].step, part.step))
        elif part.owner in touched:
            inside[part.owner].append(Change("added", None, part.step))
    return [told for number, change in enumerate(changes) for told in _told(change, inside.get(number))]


def _told(change: Change, inside: list[Change] | None) -> list[Change]:
    """Return what is told of a change: of a layer that moved only where it went, of a block also what is in it."""
    if inside is None:
        return [change]
    return inside if change.step.form == "layer" else [change, *inside]


def _parts(changes: list[Change], what: str, side: Side) -> Iterator[_Part]:
    """Yield the layers of what was taken out or put in, up to one more than are looked through."""
    namer = Namer(side)
    left = _MOST + 1
    for owner, change in enumerate(changes):
        if change.what != what or change.use is None:
            continue
        for step, use in _layers(change.step, change.use, change.scope, namer, side):
            if not left:
                return
            left -= 1
            yield _Part(owner, step, (use.content, use.times))


def _layers(step: Step, use: Use, scope: Scope, namer: Namer, side: Side) -> Iterator[tuple[Step, Use]]:
    if not use.body:
        yield step, use
        return
    within = namer.inside(use, scope)
    for position, inner in enumerate(side.uses(use.body)):
        yield from _layers(namer.step(use.body, position, within), inner, within, namer, side)
