"""Source of the layers that Keras lacks: pasted by `keras_code`, executed by `keras_build`. One text for both."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "support"


def support_source(name: str) -> tuple[set[str], str]:
    """Return the import lines of a support source and the definitions that follow them."""
    return imports_apart(_FOLDER / name)


def imports_apart(file: Path) -> tuple[set[str], str]:
    """Return the import lines of a file and the definitions that follow them."""
    lines = file.read_text(encoding="utf-8").split("\n")
    imports = {line for line in lines if line.startswith(("import ", "from ")) and "__future__" not in line}
    first = next(i for i, line in enumerate(lines) if line.startswith(("@", "class ", "def ")))
    return imports, "\n".join(lines[first:]).rstrip()
