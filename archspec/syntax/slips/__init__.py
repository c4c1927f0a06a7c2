"""The usual slips behind a token that does not fit, and what to write instead. Needed only once there is an error."""

from __future__ import annotations

from archspec.syntax.slips import bodies, statements, steps, values, words
from archspec.syntax.slips.place import Advice, Place, Slip

#: The more telling first.
_SLIPS = (
    *statements.SLIPS,
    *values.SLIPS,
    *bodies.SLIPS,
    *words.SLIPS,
    *steps.SLIPS,
    *values.LATE,
    Slip({"MODEL", "USE", "EXTERN"}, {"LET"}, "this stands at the top level of a file, outside braces"),
)


def advice(place: Place) -> Advice:
    """Return what to do about a token that does not fit: the repair, a text, or None."""
    for slip in _SLIPS:
        if found := slip.advice(place):
            return found
    return None
