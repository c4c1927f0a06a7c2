"""Prints a graph as flat `.arch`: every macro, block, loop and letter string as the plain layers it came to."""

from archspec.backends.arch.emit import expand

__all__ = ["expand"]
