"""`archspec check`: does a spec compile, and do its figures hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archspec.cli.specs import Batch, compile_any, compile_checked, specs_argument

if TYPE_CHECKING:
    from archspec.driver import Compiled


@click.command(short_help="Compile specs and hold them to what they expect.")
@specs_argument
@click.option(
    "--format",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to say what is found. json and sarif go to stdout, for editors and code hosts.",
)
@click.option(
    "--generated",
    metavar="[DIR]",
    is_flag=False,
    flag_value="generated",
    type=click.Path(file_okay=False, path_type=Path),
    help="Fail where the code in DIR (default: generated) is missing, or is not what the specs compile to.",
)
def command(
    specs: tuple[str, ...], settings: dict[str, str], include: tuple[Path, ...], format: str, generated: Path | None
) -> None:
    """Compile each SPEC and hold it to what it expects: one line a spec, or its errors.

    \b
    Examples:
      archspec check vgg11 resnet18
      archspec check nets.arch:small --set classes=100
      archspec check specs/*.arch --deny warnings
      archspec check specs/*.arch --generated
      cat net.arch | archspec check -
    """
    if format != "text":
        _check_as_data(specs, settings, include, format)
    from archspec.cli.generated import Folder
    from archspec.report import headline

    folder = Folder(generated) if generated is not None else None

    def check(spec: str) -> None:
        checked = compile_checked(spec, settings, include)
        if folder is not None:
            folder.hold(checked)
        click.echo(f"ok {headline(checked)}")

    Batch(last=folder.hold_rest if folder is not None else None).run(check, specs)


def _check_as_data(specs: tuple[str, ...], settings: dict[str, str], include: tuple[Path, ...], format: str) -> None:
    """Print what is found in all specs as one document, and exit."""
    import json

    import archspec
    from archspec.diagnostics.sarif import to_sarif

    done: list[tuple[str, Compiled]] = []

    def check(spec: str) -> None:
        compiled = compile_any(spec, settings, include)
        done.append((spec, compiled))
        compiled.checked()

    def finish() -> None:
        if format == "sarif":
            document = to_sarif((d for _, compiled in done for d in compiled.diagnostics), archspec.__version__)
        else:
            document = {"specs": [_as_data(spec, compiled) for spec, compiled in done]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))

    Batch(finish).run(check, specs)


def _as_data(spec: str, compiled: Compiled) -> dict[str, Any]:
    from archspec.diagnostics.diagnostic import CompileError
    from archspec.diagnostics.render import to_json

    data: dict[str, Any] = {"spec": spec, "ok": True}
    try:
        checked = compiled.checked()
    except CompileError:
        data["ok"] = False
    else:
        key = checked.graph.main
        data |= {
            "model": checked.graph.name,
            "params": checked.figures.weights[key].total,
            "macs": checked.figures.macs[key],
        }
    return data | {"diagnostics": [to_json(diagnostic) for diagnostic in compiled.diagnostics]}
