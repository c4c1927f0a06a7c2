"""Writing files: whole or not at all, and never over a person's work."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from archspec.cli.messages import Misuse
from archspec.stamp import is_stamped


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one step: whoever reads it meanwhile sees the old content or the new one."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        # A device or pipe is written to, not replaced.
        path.write_bytes(data)
        return
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(_mode(path))
        # Through a link, so that the link stays one.
        Path(temporary).replace(path.resolve())
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def refuse_edited(path: Path) -> None:
    """Raise Misuse where a generated file was edited since, or was never ours."""
    if not path.exists():
        return
    try:
        untouched = is_stamped(path.read_bytes().decode(), path.suffix)
    except UnicodeDecodeError:
        untouched = False
    if not untouched:
        raise Misuse(
            f"{path} was edited after archspec wrote it, or was not written by archspec; it is left as it is",
            "give another folder with `-o`, or replace it with `--force`",
        )
