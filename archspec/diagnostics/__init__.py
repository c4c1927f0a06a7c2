"""What is wrong with a spec: as data, and as text."""

from archspec.diagnostics.diagnostic import ArchspecError, CompileError, Diagnostic, Diagnostics, InternalError, Label
from archspec.diagnostics.render import render, to_json
from archspec.diagnostics.source import Source, Span

__all__ = [
    "ArchspecError",
    "CompileError",
    "Diagnostic",
    "Diagnostics",
    "InternalError",
    "Label",
    "Source",
    "Span",
    "render",
    "to_json",
]
