"""What changed from one network to another: layers added, removed and changed, and what that does to the figures.

Layers are paired within each body (`align`, `pairing`), so that as much as possible of what is made alike stays
together; `changes` lists what is left, `words` writes it down, and `picture` draws both networks as one.
"""

from __future__ import annotations

from archspec.backend import Checked
from archspec.compare.changes import Change, Step, Walk
from archspec.compare.comparison import Comparison
from archspec.compare.moves import with_moves
from archspec.compare.pairing import Pairing
from archspec.compare.side import Numbers, Side
from archspec.compare.words import show, to_json

__all__ = ["Change", "Comparison", "Step", "compare", "show", "to_json"]


def compare(old: Checked, new: Checked) -> Comparison:
    """Return what changed from one network to another."""
    numbers: Numbers = {}
    pairing = Pairing(Side(old, numbers), Side(new, numbers))
    changes = with_moves(list(Walk(pairing).changes()), pairing.old, pairing.new)
    return Comparison(old, new, tuple(changes), pairing)
