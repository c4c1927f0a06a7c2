"""`archspec build`: Keras code and a diagram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archspec.cli.messages import Misuse
from archspec.cli.specs import Batch, compile_checked, specs_argument

if TYPE_CHECKING:
    from archspec.backend import Checked
    from archspec.backends.keras_code import Style


@click.command(short_help="Write Keras code and a diagram.")
@specs_argument
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default="generated",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; - prints the code.",
)
@click.option(
    "--style",
    type=click.Choice(["subclass", "functional", "sequential"]),
    default="subclass",
    show_default=True,
    help="How the code is written: a class for each block, a function for each, or a chain of layers.",
)
@click.option("--no-diagram", is_flag=True, help="Write the code only.")
@click.option("--force", is_flag=True, help="Replace files that were edited since archspec wrote them.")
@click.option("--diff", is_flag=True, help="Write nothing: show how what is there differs from what would be written.")
def command(
    specs: tuple[str, ...],
    settings: dict[str, str],
    include: tuple[Path, ...],
    output: Path,
    style: Style,
    no_diagram: bool,
    force: bool,
    diff: bool,
) -> None:
    """Write NAME.py, NAME.svg and NAME.dot for each SPEC, and print its figures.

    The Python file stands alone: it needs Keras, not archspec. A file that you have edited is not written over.

    \b
    Examples:
      archspec build vgg11
      archspec build resnet50 --style functional
      archspec build nets.arch:small -o out --set classes=100
      archspec build specs/*.arch --no-diagram
      archspec build vgg11 -o - | less
      archspec build vgg11 --diff
    """
    if output == Path("-"):
        if diff:
            raise Misuse("`--diff` compares with a folder, and `-` is stdout")
        _print_code(specs, settings, include, style)
        return
    written: dict[Path, str] = {}
    batch = Batch()

    def build(spec: str) -> None:
        from archspec.cli.files import refuse_edited, write
        from archspec.report import headline

        checked = compile_checked(spec, settings, include)
        files = contents(checked, output, style, not no_diagram)
        code = next(iter(files))
        if code in written:
            raise Misuse(f"`{written[code]}` and `{spec}` would both be written to {code}")
        written[code] = spec
        if diff:
            differs = [_show_diff(*item) for item in files.items()]
            batch.exit_code = max(batch.exit_code, int(any(differs)))
            return
        if not force:
            for path in files:
                refuse_edited(path)
        for path, text in files.items():
            write(path, text)
        click.echo(headline(checked))
        for path in files:
            click.echo(f"  {path}")

    batch.run(build, specs)


def _print_code(specs: tuple[str, ...], settings: dict[str, str], include: tuple[Path, ...], style: Style) -> None:
    """Print the code of one model."""
    from archspec.driver import each_model

    models = [model for spec in specs for model in each_model(spec)]
    if len(models) > 1:
        raise Misuse("stdout takes one model", f"name it: `{models[0]}`")
    checked = compile_checked(models[0], settings, include)
    click.echo(next(iter(contents(checked, Path(), style, diagram=False).values())), nl=False)


def contents(checked: Checked, folder: Path, style: Style, diagram: bool) -> dict[Path, str]:
    """Return the files of a model, the code first."""
    from archspec.backends.keras_code import emit
    from archspec.stamp import stamp

    artifact = emit(checked, style)
    code = folder / artifact.name
    files = {code: str(artifact.content)}
    if diagram:
        from archspec.backends.diagram import render
        from archspec.backends.graphviz import to_dot

        files[code.with_suffix(".svg")] = render(checked, "svg").decode()
        files[code.with_suffix(".dot")] = to_dot(checked)
    return {path: stamp(text, path.suffix) for path, text in files.items()}


def _show_diff(path: Path, text: str) -> bool:
    """Print how a file differs from what would be written. Returns whether it does."""
    from difflib import unified_diff

    there = path.read_bytes().decode(errors="replace").replace("\r\n", "\n") if path.exists() else ""
    names = (str(path) if path.exists() else "/dev/null", str(path))
    lines = list(unified_diff(there.split("\n"), text.split("\n"), *names, lineterm=""))
    for line in lines:
        click.echo(line)
    return bool(lines)
