"""Where the files live that are not Python: the grammar and the example specs."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `grammars` or `specs`: in the installed package, or beside the package in a checkout."""
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (found := parent / name).is_dir():
            return found
    raise FileNotFoundError(f"archspec is not installed completely: no folder {name!r} in or beside {_PACKAGE}")
