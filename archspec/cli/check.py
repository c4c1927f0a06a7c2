"""`archspec check`: does a spec compile, and do its figures hold?"""

from __future__ import annotations

from pathlib import Path

import click

from archspec.cli.specs import Batch, compile_checked, specs_argument


@click.command(short_help="Compile specs and hold them to what they expect.")
@specs_argument
def command(specs: tuple[str, ...], settings: dict[str, str], include: tuple[Path, ...]) -> None:
    """Compile each SPEC and hold it to what it expects: one line a spec, or its errors.

    \b
    Examples:
      archspec check vgg11 resnet18
      archspec check nets.arch:small --set classes=100
      cat net.arch | archspec check -
    """
    from archspec.report import headline

    def check(spec: str) -> None:
        click.echo(f"ok {headline(compile_checked(spec, settings, include))}")

    Batch().run(check, specs)
