"""Pairs the members of two sequences in their order, so that as much as possible of what is alike stays together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")
#: A member of each sequence by its place, or of one of them alone.
Pair = tuple[int | None, int | None]
#: More combinations than this are not weighed one by one, and more differences than this not looked for in a row.
_MOST_WEIGHED, _MOST_DIFFERENCES = 10_000, 300


def align(
    old: Sequence[_Item],
    new: Sequence[_Item],
    alike: Callable[[_Item, _Item], float],
    *keys: Callable[[_Item], Hashable],
) -> list[Pair]:
    """Return the pairs of two sequences, in an order that is that of both. What is in one alone comes old first.

    `alike` is 0 for what cannot be a pair. What agrees in the first key is the same; the others are names, which help
    to find a way where there is too much to weigh.
    """
    same = keys[0]
    least = min(len(old), len(new))
    start = next((i for i in range(least) if same(old[i]) != same(new[i])), least)
    end = next((i for i in range(least - start) if same(old[-1 - i]) != same(new[-1 - i])), least - start)
    middle = old[start : len(old) - end], new[start : len(new) - end]
    pairs: list[Pair] = [(i, i) for i in range(start)]
    pairs += _shifted(_between(*middle, alike, *keys), start, start)
    pairs += [(len(old) - end + i, len(new) - end + i) for i in range(end)]
    return pairs


def _shifted(pairs: list[Pair], old: int, new: int) -> list[Pair]:
    return [(None if i is None else i + old, None if j is None else j + new) for i, j in pairs]


def _between(
    old: Sequence[_Item],
    new: Sequence[_Item],
    alike: Callable[[_Item, _Item], float],
    *keys: Callable[[_Item], Hashable],
) -> list[Pair]:
    if not old or not new:
        return [*((i, None) for i in range(len(old))), *((None, j) for j in range(len(new)))]
    if len(old) * len(new) <= _MOST_WEIGHED:
        return _weighed(old, new, alike)
    anchors = _common(old, new, keys[0]) or next(filter(None, (_anchors(old, new, key) for key in keys)), None)
    if anchors is None:
        return _side_by_side(old, new, alike)
    pairs: list[Pair] = []
    i = j = 0
    for a, b in [*anchors, (len(old), len(new))]:
        pairs += _shifted(_between(old[i:a], new[j:b], alike, *keys), i, j)
        if a < len(old):
            pairs += [(a, b)] if alike(old[a], new[b]) else [(a, None), (None, b)]
        i, j = a + 1, b + 1
    return pairs


def _weighed(old: Sequence[_Item], new: Sequence[_Item], alike: Callable[[_Item, _Item], float]) -> list[Pair]:
    """Return the pairs that are alike most in all."""
    weights = [[alike(a, b) for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        row, below, weight = best[i], best[i + 1], weights[i]
        for j in reversed(range(len(new))):
            row[j] = max(below[j], row[j + 1], below[j + 1] + weight[j])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if weights[i][j] and best[i][j] == best[i + 1][j + 1] + weights[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(a, None) for a in range(i, len(old))]
    pairs += [(None, b) for b in range(j, len(new))]
    return pairs


def _common(
    old: Sequence[_Item], new: Sequence[_Item], key: Callable[[_Item], Hashable]
) -> list[tuple[int, int]] | None:
    """Return the longest run that both have in common, if little else is in them: Myers's way, cut short."""
    before, after = [key(a) for a in old], [key(b) for b in new]
    # How far one gets in the old on each diagonal, by what was left out so far.
    reach, steps = {1: 0}, []
    for differences in range(min(_MOST_DIFFERENCES, len(old) + len(new)) + 1):
        steps.append(reach.copy())
        for diagonal in range(-differences, differences + 1, 2):
            i = _start(reach, diagonal, differences)
            while i < len(old) and i - diagonal < len(new) and before[i] == after[i - diagonal]:
                i += 1
            reach[diagonal] = i
            if i >= len(old) and i - diagonal >= len(new):
                return _way_back(steps, len(old), len(new))
    return None


def _down(reach: dict[int, int], diagonal: int, differences: int) -> bool:
    """Tell whether a diagonal is best come to by leaving out one of the new, not one of the old."""
    if diagonal in (-differences, differences):
        return diagonal == -differences
    return reach[diagonal - 1] < reach[diagonal + 1]


def _start(reach: dict[int, int], diagonal: int, differences: int) -> int:
    return reach[diagonal + 1] if _down(reach, diagonal, differences) else reach[diagonal - 1] + 1


def _way_back(steps: list[dict[int, int]], i: int, j: int) -> list[tuple[int, int]]:
    run: list[tuple[int, int]] = []
    for differences, reach in reversed(list(enumerate(steps))):
        diagonal = i - j
        start = _start(reach, diagonal, differences)
        run += [(step, step - diagonal) for step in reversed(range(start, i))]
        i, j = start, start - diagonal
        if _down(reach, diagonal, differences):
            j -= 1
        else:
            i -= 1
    return run[::-1]


def _anchors(old: Sequence[_Item], new: Sequence[_Item], key: Callable[[_Item], Hashable]) -> list[tuple[int, int]]:
    """Return what occurs once in each, as far as it is in the same order in both."""
    before, after = [key(a) for a in old], [key(b) for b in new]
    times, places = Counter(before), {value: j for j, value in enumerate(after)}
    once = Counter(after)
    found = [(i, places[value]) for i, value in enumerate(before) if times[value] == 1 and once[value] == 1]
    # The longest run that goes up: for each length, where the run that ends lowest does so.
    lowest: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for number, (_, j) in enumerate(found):
        length = bisect_left(lowest, j)
        previous.append(ends[length - 1] if length else -1)
        if length == len(ends):
            lowest.append(j)
            ends.append(number)
        else:
            lowest[length], ends[length] = j, number
    run: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(found[number])
        number = previous[number]
    return run[::-1]


def _side_by_side(old: Sequence[_Item], new: Sequence[_Item], alike: Callable[[_Item, _Item], float]) -> list[Pair]:
    pairs: list[Pair] = []
    for i in range(max(len(old), len(new))):
        if i < len(old) and i < len(new) and alike(old[i], new[i]):
            pairs.append((i, i))
        else:
            pairs += [(i, None)] if i < len(old) else []
            pairs += [(None, i)] if i < len(new) else []
    return pairs
