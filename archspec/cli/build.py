"""`archspec build`: Keras code and a diagram."""

from __future__ import annotations

from pathlib import Path

import click

from archspec.cli.messages import Misuse
from archspec.cli.specs import Batch, compile_checked, specs_argument


@click.command(short_help="Write Keras code and a diagram.")
@specs_argument
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default="generated",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to.",
)
@click.option("--no-diagram", is_flag=True, help="Write the code only.")
@click.option("--force", is_flag=True, help="Replace files that were edited since archspec wrote them.")
def command(
    specs: tuple[str, ...],
    settings: dict[str, str],
    include: tuple[Path, ...],
    output: Path,
    no_diagram: bool,
    force: bool,
) -> None:
    """Write NAME.py, NAME.svg and NAME.dot for each SPEC, and print its figures.

    The Python file stands alone: it needs Keras, not archspec. A file that you have edited is not written over.

    \b
    Examples:
      archspec build vgg11
      archspec build nets.arch:small -o out --set classes=100
      archspec build specs/*.arch --no-diagram
    """
    written: dict[Path, str] = {}

    def build(spec: str) -> None:
        _build(spec, settings, include, output, not no_diagram, force, written)

    Batch().run(build, specs)


def _build(
    spec: str,
    settings: dict[str, str],
    include: tuple[Path, ...],
    folder: Path,
    diagram: bool,
    force: bool,
    written: dict[Path, str],
) -> None:
    from archspec.backends.keras_code import emit
    from archspec.cli.files import refuse_edited, write
    from archspec.report import headline
    from archspec.stamp import stamp

    checked = compile_checked(spec, settings, include)
    artifact = emit(checked)
    code = folder / artifact.name
    if code in written:
        raise Misuse(f"`{written[code]}` and `{spec}` would both be written to {code}")
    if not force:
        refuse_edited(code)
    contents: dict[Path, str | bytes] = {code: stamp(str(artifact.content))}
    if diagram:
        from archspec.backends.diagram import render
        from archspec.backends.graphviz import to_dot

        contents[code.with_suffix(".svg")] = render(checked, "svg")
        contents[code.with_suffix(".dot")] = to_dot(checked)
    for path, content in contents.items():
        write(path, content)
    written[code] = spec
    click.echo(headline(checked))
    for path in contents:
        click.echo(f"  {path}")
