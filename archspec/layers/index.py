"""Which module of this package holds which layer or word, kept ready-made in `index.json`.

Defining all the layers takes longer than compiling most specs, so only those that a spec uses are imported. After
adding, renaming or moving a layer or word run `python -m archspec.layers.index`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

READY_MADE = Path(__file__).with_name("index.json")


class Index(NamedTuple):
    """Modules by what they hold: layers and families by name, layers by Keras's class name, words by category."""

    layers: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    #: Of a word also its canonical name, or None where it needs arguments: that is all that a bare word is asked for.
    words: Mapping[str, Mapping[str, tuple[str, str | None]]]
    #: Layers that may be given to another.
    inner: Mapping[str, str]
    #: The classes that generated code brings along, because Keras has none.
    support: Collection[str]
    #: The fewest and the most axes of a weight that an initializer can fill.
    fills: Mapping[str, tuple[int, int | None]]


def read_index() -> Index:
    """Return the index that is kept."""
    return Index(**json.loads(READY_MADE.read_text("utf-8")))


def family_modules() -> list[str]:
    """Return the names of the modules that may define layers and words."""
    return sorted(path.stem for path in READY_MADE.parent.glob("*.py") if path.stem != "__init__")


def ready_made() -> str:
    """Return what `index.json` must hold."""
    # Importing the layers is what the index is there to avoid.
    from archspec.layers.registry import make_index

    return json.dumps(make_index()._asdict(), indent=1) + "\n"


if __name__ == "__main__":
    READY_MADE.write_text(ready_made(), "utf-8")
