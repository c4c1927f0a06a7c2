"""`archspec diff`: what changed from one network to another."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archspec.cli.specs import compile_checked, compile_options, parse_settings

if TYPE_CHECKING:
    from archspec.compare import Comparison

_FORMATS = {".svg": "svg", ".png": "png", ".pdf": "pdf"}


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
@click.option("-o", "--output", metavar="FILE", help="Draw both, changes marked: .svg, .png or .pdf.")
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
    theme: str,
    exit_code: bool,
) -> None:
    """Show what changed from OLD to NEW: layers, shapes, parameters and MACs. Without NEW, OLD is both.

    \b
    Examples:
      archspec diff old.arch new.arch
      archspec diff resnet:resnet50 resnet:resnet101
      archspec diff net.arch --new-set classes=100 -o change.svg
    """
    if output is not None and Path(output).suffix.lower() not in _FORMATS:
        raise click.BadOptionUsage("output", f"'{output}' must end in {', '.join(_FORMATS)}")
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
        _draw(comparison, Path(output), theme)
    if exit_code and comparison.changes:
        sys.exit(1)


def _draw(comparison: Comparison, output: Path, theme: Any) -> None:
    """Draw both networks side by side, with marks at what changed."""
    from archspec.backends.diagram import draw_pair, render_scene
    from archspec.cli.files import write
    from archspec.picture.plan import View

    marks: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for change in comparison.changes:
        for call, side in zip((change.old, change.new), marks, strict=True):
            if call is not None:
                side[call.path] = change.what
    kind: Any = _FORMATS[output.suffix.lower()]
    views = [View(marks=side) for side in marks]
    scene = draw_pair((comparison.old, views[0]), (comparison.new, views[1]))
    write(output, render_scene(scene, kind, theme))
    click.echo(str(output), err=True)
