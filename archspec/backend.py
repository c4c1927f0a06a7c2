"""What a backend is given and what it returns. Backends are the folders of `archspec/backends`; none knows another."""

from __future__ import annotations

from typing import Any

from archspec.analysis.figures import Figures
from archspec.ir.graph import Graph
from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.layers.configs import Config
from archspec.record import Record


class Checked(Record):
    """A graph that holds, with its figures complete."""

    graph: Graph
    figures: Figures
    #: The text the model was written in, for the header of generated code.
    text: str = ""


class Artifact(Record):
    """A file to be written: its name without a folder, and its content."""

    name: str
    content: str | bytes


def owns_weights(value: Any) -> bool:
    """Tell whether an argument is what owns weights: a layer or a cell."""
    return isinstance(value, Layer) or (isinstance(value, Config) and value.category in registry.OWNING)
