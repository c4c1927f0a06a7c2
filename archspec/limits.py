"""How much a spec may ask for.

Specs are text of unknown origin, so what they can make a machine do is bounded; for one that is known the bounds can be
moved: `with allowing(Limits(layers=50_000_000))`, or `--limit layers=50M` on the command line. What the depth of
Python's own stack bounds (nesting, blocks inside one another) is fixed, and so is the size of a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from archspec.record import Record

#: The most axes a tensor may have: NumPy's limit.
MAX_AXES = 64


class Limits(Record):
    """The most there may be of each."""

    file_bytes: int = 10_000_000
    """The size of a file."""
    files: int = 256
    """The files that one spec brings in."""
    name: int = 250
    """The characters of a name."""
    layers: int = 10_000_000
    """The layers of a network, repetitions counted."""
    nodes: int = 20_000
    """The layers that loops and blocks write out one by one, because no two neighbours are equal."""
    items: int = 100_000
    """The items of a list, those of the lists in it counted; the characters of a text."""
    work: int = 10_000_000
    """The work of one compilation: a unit is about one item of a list."""


_DEFAULT = Limits()
_limits: ContextVar[Limits] = ContextVar("limits", default=_DEFAULT)


def limits() -> Limits:
    """Return the limits that hold now."""
    return _limits.get()


@contextmanager
def allowing(limits: Limits) -> Iterator[None]:
    """Let other limits hold for a while."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def more(name: str) -> str:
    """Return the help for an error about a limit."""
    return f"`--limit {name}=…` allows more"
