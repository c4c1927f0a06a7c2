"""The checksum in generated Python: tells a file that archspec wrote from one that a person has edited since.

The stamp is a comment line, the last of the comment block that the file begins with.
"""

from __future__ import annotations

import hashlib
import re

_LINE = re.compile(r"# checksum: ([0-9a-f]{16})")


def stamp(text: str) -> str:
    """Return a Python text with its checksum at the end of its header comment. A stamp that it has is renewed."""
    lines, _ = _unstamped(text)
    place = _header_length(lines)
    return "\n".join([*lines[:place], f"# checksum: {_checksum(lines)}", *lines[place:]])


def is_stamped(text: str) -> bool:
    """Tell whether a text bears the checksum of its own content: it is as archspec wrote it."""
    lines, found = _unstamped(text)
    return found == _checksum(lines)


def _unstamped(text: str) -> tuple[list[str], str | None]:
    """Return the lines without the stamp, and the checksum that stood in it."""
    lines = text.replace("\r\n", "\n").split("\n")
    for number in range(_header_length(lines)):
        if match := _LINE.fullmatch(lines[number]):
            return lines[:number] + lines[number + 1 :], match[1]
    return lines, None


def _header_length(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))


def _checksum(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
