"""The outcome of a comparison, as data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import get_args

from archspec.backend import Checked
from archspec.compare.changes import Change, settings
from archspec.compare.pairing import Pairing, Pairs, What


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two networks and what changed between them."""

    old: Checked
    new: Checked
    changes: tuple[Change, ...]
    pairing: Pairing

    @property
    def equal(self) -> bool:
        """Whether the networks are the same but for the names of layers and of what they were set to."""
        return not self.changes

    @property
    def same(self) -> int:
        """How many layer calls of the new network are as they were."""
        return self._same(self.pairing.pairs(self.old.graph.main, self.new.graph.main))

    def _same(self, pairs: Pairs) -> int:
        found = 0
        for place in pairs.places:
            if place.old is None or place.new is None:
                continue
            old, new = self.pairing.old.uses(pairs.old)[place.old], self.pairing.new.uses(pairs.new)[place.new]
            times = min(old.times, new.times)
            inside = self.pairing.within(place, pairs)
            if inside is not None and inside.changes:
                found += self._same(inside) * times
            elif place.what in ("", "renamed") or old.times != new.times:
                found += new.layers // new.times * times
        return found

    def count(self) -> dict[What, int]:
        """Return how often there is what; a change that another block has too counts there, too."""
        counts = Counter(change.what for change in self.changes)
        return {what: counts[what] for what in get_args(What)}

    def figures(self) -> list[tuple[str, int | None, int | None]]:
        """Return the figures of the whole networks by name, those of the old and those of the new."""

        def of(checked: Checked) -> tuple[int | None, ...]:
            key, figures = checked.graph.main, checked.figures
            return figures.weights[key].total, figures.weights[key].trainable, figures.macs[key], figures.layers[key]

        names = ("params", "trainable_params", "macs", "layers")
        return list(zip(names, of(self.old), of(self.new), strict=True))

    def settings(self) -> list[tuple[str, str, str]]:
        """Return the parameters of the models that are set to other values, and these; "" is no such parameter."""
        old, new = dict(settings(self.old)), dict(settings(self.new))
        names = dict.fromkeys((*old, *new))
        return [(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]
