"""`archspec diff`: what changed from one network to another."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archspec.cli.messages import Misuse
from archspec.cli.specs import compile_checked, compile_options, parse_settings

if TYPE_CHECKING:
    from archspec.compare import Comparison

_FORMATS = {".svg": "svg", ".png": "png", ".pdf": "pdf", ".html": "html"}


@click.command(short_help="Show what changed between two networks.")
@click.argument("old", metavar="OLD[:MODEL]")
@click.argument("new", metavar="[NEW[:MODEL]]", required=False)
@compile_options
@click.option(
    *("--old-set", "old_settings"),
    metavar="NAME=VALUE",
    multiple=True,
    callback=parse_settings,
    help="Like --set, for OLD alone. Repeatable.",
)
@click.option(
    *("--new-set", "new_settings"),
    metavar="NAME=VALUE",
    multiple=True,
    callback=parse_settings,
    help="Like --set, for NEW alone. Repeatable.",
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Draw both as one, changes coloured: .svg, .png, .pdf or .html.")
@click.option("--direction", type=click.Choice(["TB", "LR"]), default="TB", show_default=True, help="Down or right.")
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where they differ.")
def command(
    old: str,
    new: str | None,
    settings: dict[str, str],
    include: tuple[Path, ...],
    old_settings: dict[str, str],
    new_settings: dict[str, str],
    format: str,
    output: str | None,
    direction: str,
    theme: str,
    exit_code: bool,
) -> None:
    """Show what changed from OLD to NEW: layers, shapes, parameters and MACs. Without NEW, OLD is both.

    Each line begins with what became of a layer: + it was added, - removed, ~ changed, @ renamed, > moved; of those
    with a dot only shapes and figures are others, because of what comes in. Numbers in names do not matter.

    Exits with 0 whether or not they differ; with --exit-code with 1 where they do. Where OLD or NEW is wrong it is 1,
    too, and 2 where the command is.

    \b
    Examples:
      archspec diff old.arch new.arch
      archspec diff resnet:resnet50 resnet:resnet101
      archspec diff net.arch --new-set classes=100 -o change.svg
      archspec diff old.arch new.arch -o change.html
      archspec diff reference.arch net.arch --exit-code --format json
    """
    if output is not None and Path(output).suffix.lower() not in _FORMATS:
        raise click.BadOptionUsage("output", f"'{output}' must end in {', '.join(_FORMATS)}")
    if output is not None and direction != "TB" and Path(output).suffix.lower() == ".html":
        raise Misuse("an HTML drawing goes from top to bottom", "leave out `--direction`")
    before = compile_checked(old, settings | old_settings, include)
    after = compile_checked(new or old, settings | new_settings, include)
    from archspec.compare import compare, show, to_json

    comparison = compare(before, after)
    if format == "json":
        click.echo(json.dumps(to_json(comparison), indent=2, ensure_ascii=False))
    else:
        for line in show(comparison):
            click.echo(line)
    if output is not None:
        _draw(comparison, Path(output), direction, theme)
    if exit_code and not comparison.equal:
        sys.exit(1)


def _draw(comparison: Comparison, output: Path, direction: Any, theme: Any) -> None:
    """Draw both networks as one."""
    from archspec.backends.diagram import render_picture
    from archspec.cli.files import write
    from archspec.compare.picture import draw_both

    kind: Any = _FORMATS[output.suffix.lower()]
    picture = draw_both(comparison, whole=kind == "html")
    write(output, render_picture(picture, kind, direction=direction, theme=theme, text=comparison.new.text))
    click.echo(str(output), err=True)
