"""Text to syntax tree."""

from archspec.syntax.parse import parse

__all__ = ["parse"]
