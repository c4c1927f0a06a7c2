"""Reads the case files: many specs to a file, each under a line `# --- name`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
#: `BLESS=1 pytest` writes what is found into the case files; the difference in git is the review.
BLESS = os.environ.get("BLESS") == "1"


@dataclass(frozen=True)
class Case:
    """One spec; its first line is line `line` of the file."""

    file: str
    name: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}"


def read_cases(path: Path) -> Iterator[Case]:
    parts = re.split(r"^# --- (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        yield Case(path.name, name, text.rstrip("\n") + "\n")
