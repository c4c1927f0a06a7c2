"""The checksum in generated files: tells one that archspec wrote from one that a person has edited since.

The stamp is a comment on a line of its own. In Python it is the last of the comment block that the file begins with; in
DOT it is the first line, in SVG the last.
"""

from __future__ import annotations

import hashlib
import re

_COMMENTS = {".py": "# checksum: {}", ".dot": "// checksum: {}", ".svg": "<!-- checksum: {} -->"}
#: The kinds of files that can bear a stamp.
KINDS = tuple(_COMMENTS)


def stamp(text: str, kind: str = ".py") -> str:
    """Return a text of a kind with its checksum. A stamp that it has is renewed."""
    lines, _ = _unstamped(text, kind)
    place = _place(lines, kind)
    return "\n".join([*lines[:place], _COMMENTS[kind].format(_checksum(lines)), *lines[place:]])


def is_stamped(text: str, kind: str = ".py") -> bool:
    """Tell whether a text bears the checksum of its own content: it is as archspec wrote it."""
    lines, found = _unstamped(text, kind)
    return found == _checksum(lines)


def _unstamped(text: str, kind: str) -> tuple[list[str], str | None]:
    """Return the lines without the stamp, and the checksum that stood in it."""
    lines = text.replace("\r\n", "\n").split("\n")
    pattern = re.compile(re.escape(_COMMENTS[kind]).replace(r"\{\}", "([0-9a-f]{16})"))
    for number in range(_header_length(lines) if kind == ".py" else len(lines)):
        if match := pattern.fullmatch(lines[number]):
            return lines[:number] + lines[number + 1 :], match[1]
    return lines, None


def _place(lines: list[str], kind: str) -> int:
    """Return the number of the line that the stamp goes before."""
    if kind == ".py":
        return _header_length(lines)
    return 0 if kind == ".dot" else len(lines) - (not lines[-1])


def _header_length(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))


def _checksum(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
