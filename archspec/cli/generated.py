"""`archspec check --generated`: is the code in a folder what its specs compile to?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from archspec.cli.messages import Misuse

if TYPE_CHECKING:
    from archspec.backend import Checked
    from archspec.backends.keras_code import Style


class Stale(Misuse):
    """Generated code is not what its spec compiles to: exit code 1."""

    exit_code = 1


class Folder:
    """A folder of generated code, held to specs one after another. Diagrams are not compared."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: set[Path] = set()

    def hold(self, checked: Checked) -> None:
        """Raise Stale where the code of a model is missing, or is not what it compiles to in the style it is in."""
        from archspec.cli.build import contents

        (code,) = contents(checked, self.path, "subclass", diagram=False)
        self._found.add(code)
        if not code.is_file():
            raise Stale(f"{code} is missing", "`archspec build` writes it")
        there = code.read_bytes().decode(errors="replace").replace("\r\n", "\n")
        (fresh,) = contents(checked, self.path, _style(there), diagram=False).values()
        if there != fresh:
            help = "`archspec build` writes it anew, and `archspec build --diff` shows the difference"
            raise Stale(f"{code} is not what its spec compiles to", help)

    def hold_rest(self) -> None:
        """Raise Stale where code is there that none of the specs compile to. A person's own files may be there."""
        from archspec.stamp import is_stamped

        for path in sorted(set(self.path.glob("*.py")) - self._found):
            if is_stamped(path.read_bytes().decode(errors="replace")):
                raise Stale(f"{path} comes from none of these specs", "delete it, or name its spec too")


def _style(text: str) -> Style:
    """Return the style that the header of generated code names."""
    found = re.search(r"^# Regenerate it with: .* --style (functional|sequential)$", text, re.MULTILINE)
    return cast("Style", found[1]) if found else "subclass"
