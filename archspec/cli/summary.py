"""`archspec summary`: the figures of every layer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archspec.cli.specs import WholeNumber, compile_checked, spec_argument


@click.command(short_help="Print the figures of every layer.")
@spec_argument
@click.option(
    "--format",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option("--depth", metavar="N", type=WholeNumber(), help="Show blocks deeper than N as one row each.")
def command(spec: str, settings: dict[str, str], include: tuple[Path, ...], format: str, depth: int | None) -> None:
    """Print each layer of SPEC: its path, kind, output shape, parameters, MACs and activation memory.

    A layer whose weights were counted with an earlier row has no parameters of its own. MACs and memory are those of
    one sample.

    \b
    Examples:
      archspec summary vgg11
      archspec summary resnet18 --depth 0
      archspec summary vgg11 --format json | jq .params
    """
    from archspec.report import report

    checked = compile_checked(spec, settings, include)
    for line in report(checked, format, depth):
        sys.stdout.write(f"{line}\n")
