"""Diagrams by Graphviz: blocks as clusters, repeats folded, the same text for the same model."""

from __future__ import annotations

from archspec.backend import Checked
from archspec.backends.graphviz.dot import Direction, print_dot
from archspec.backends.graphviz.render import Format, RenderError, render
from archspec.picture.build import EVERYTHING, build_picture
from archspec.picture.plan import View

__all__ = ["Direction", "Format", "RenderError", "render", "to_dot"]


def to_dot(checked: Checked, view: View = EVERYTHING, *, direction: Direction = "TB") -> str:
    """Return a drawing of a model as DOT text."""
    if direction not in ("TB", "LR"):
        raise ValueError(f"direction must be 'TB' or 'LR', not {direction!r}")
    return print_dot(build_picture(checked, view), direction)
