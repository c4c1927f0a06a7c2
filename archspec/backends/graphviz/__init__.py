"""Diagrams by Graphviz: blocks as clusters, repeats folded, the same text for the same model."""

from __future__ import annotations

from archspec.backend import Checked
from archspec.backends.graphviz.build import build_picture
from archspec.backends.graphviz.dot import Direction, print_dot
from archspec.backends.graphviz.render import Format, RenderError, render

__all__ = ["Direction", "Format", "RenderError", "render", "to_dot"]


def to_dot(checked: Checked, *, depth: int | None = None, direction: Direction = "TB", fuse: bool = True) -> str:
    """Return a drawing of a model as DOT text.

    Blocks deeper than `depth` are one card each; None folds large models by itself. `fuse` draws a normalisation and an
    activation in the card of the layer that they follow.
    """
    if direction not in ("TB", "LR"):
        raise ValueError(f"direction must be 'TB' or 'LR', not {direction!r}")
    if depth is not None and depth < 0:
        raise ValueError(f"depth must be 0 or more, not {depth}")
    return print_dot(build_picture(checked, depth=depth, fuse=fuse), direction)
