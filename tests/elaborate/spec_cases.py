"""Reads the case files: many specs to a file, each under a line `# --- name`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archspec.diagnostics import Source
from archspec.driver import Compiled, compile_source
from archspec.ir.leaves import leaves

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


def compile_ok(text: str, **options: object) -> Compiled:
    """Compile a spec that must be right."""
    compiled = compile_source(Source("net.arch", text), **options)  # type: ignore[arg-type]
    assert not any(d.severity == "error" for d in compiled.diagnostics), compiled.checked()
    return compiled


def outline(text: str, **options: object) -> list[str]:
    """Return `path shape` of every layer call."""
    graph = compile_ok(text, **options).checked().graph
    return [f"{leaf.path} {' '.join(map(str, leaf.outputs))}" for leaf in leaves(graph)]


def total(text: str, **options: object) -> int:
    """Return the number of parameters."""
    checked = compile_ok(text, **options).checked()
    return checked.figures.weights[checked.graph.main].total
