"""`archspec diagram`: a picture of a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from archspec.cli.specs import compile_checked, spec_argument

_FORMATS: dict[str, Literal["svg", "png", "pdf"]] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}


@click.command(short_help="Draw a network as SVG, PNG, PDF or DOT.")
@spec_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="The file to write: .svg, .png, .pdf or .dot; - is SVG on stdout.",
)
@click.option("--depth", metavar="N", type=click.IntRange(0), help="Show blocks deeper than N as one box each.")
def command(spec: str, settings: dict[str, str], include: tuple[Path, ...], output: str, depth: int | None) -> None:
    """Draw SPEC with Graphviz.

    \b
    Examples:
      archspec diagram vgg11 -o vgg11.svg
      archspec diagram googlenet -o overview.png --depth 0
      archspec diagram net.arch -o net.dot
    """
    suffix = ".svg" if output == "-" else Path(output).suffix.lower()
    if suffix not in (*_FORMATS, ".dot"):
        raise click.BadOptionUsage("output", f"'{output}' must end in .svg, .png, .pdf or .dot")
    checked = compile_checked(spec, settings, include)

    from archspec.backends.graphviz import render, to_dot
    from archspec.cli.files import write

    dot = to_dot(checked, depth=depth)
    content = dot.encode() if suffix == ".dot" else render(dot, _FORMATS[suffix])
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    write(Path(output), content)
    click.echo(output)
