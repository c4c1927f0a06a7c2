"""`archspec expand`: what the macros of a spec came to."""

from __future__ import annotations

from pathlib import Path

import click

from archspec.cli.specs import compile_checked, spec_argument


@click.command(short_help="Print a spec with its macros expanded.")
@spec_argument
def command(spec: str, settings: dict[str, str], include: tuple[Path, ...]) -> None:
    """Print SPEC as flat .arch: blocks, loops and letter strings as the plain layers they came to.

    The result is a spec too, and compiles to the same layers.

    \b
    Examples:
      archspec expand baseline
      archspec expand resnet18 > resnet18_flat.arch
    """
    from archspec.backends.arch import expand

    click.echo(expand(compile_checked(spec, settings, include)), nl=False)
