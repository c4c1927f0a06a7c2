"""What a backend is given and what it returns. Backends are the folders of `archspec/backends`; none knows another."""

from __future__ import annotations

from dataclasses import dataclass

from archspec.analysis.figures import Figures
from archspec.ir.graph import Graph


@dataclass(frozen=True, slots=True)
class Checked:
    """A graph that holds, with its figures complete."""

    graph: Graph
    figures: Figures
    #: The text the model was written in, for the header of generated code.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file to be written: its name without a folder, and its content."""

    name: str
    content: str | bytes
