"""What goes to stderr: diagnostics, and one-line errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archspec.diagnostics.diagnostic import Diagnostic
    from archspec.diagnostics.source import Source


class Misuse(click.ClickException):
    """The command line asks for what cannot be done: exit code 2."""

    exit_code = 2

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help

    def show(self, file: IO[Any] | None = None) -> None:
        say("error", self.message)
        if self.help:
            say("help", self.help)


def say(what: str, message: str) -> None:
    """Print a line to stderr."""
    print(f"{what}: {message}", file=sys.stderr)


def show_diagnostics(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
    """Print diagnostics to stderr."""
    shown = list(diagnostics)
    if not shown:
        return
    from archspec.diagnostics.render import render

    color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for diagnostic in shown:
        print(render(diagnostic, sources, color=color).rstrip("\n"), file=sys.stderr)
        print(file=sys.stderr)
