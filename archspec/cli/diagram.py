"""`archspec diagram`: a picture of a network."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archspec.cli.messages import Misuse
from archspec.cli.specs import Batch, WholeNumber, compile_checked, specs_argument

if TYPE_CHECKING:
    from archspec.backend import Checked
    from archspec.picture.plan import View

#: The formats, by how the name of a file ends.
SUFFIXES = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".html": "html",
    ".mmd": "mermaid",
    ".dot": "dot",
}
#: What Graphviz renders.
_RENDERED = ("svg", "png", "pdf")
_NAME = "{name}"


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw, as the options say."""

    engine: str
    style: str
    direction: str
    theme: str


@click.command(short_help="Draw a network as SVG, PNG, PDF, HTML, Mermaid or DOT.")
@specs_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help=f"The file to write: {', '.join(SUFFIXES)}; - is stdout. {_NAME} in it is the name of the model.",
)
@click.option("--format", type=click.Choice(sorted(SUFFIXES.values())), help="What to write, whatever FILE ends in.")
@click.option("--style", type=click.Choice(["blocks", "volume", "summary"]), default="blocks", show_default=True)
@click.option("--direction", type=click.Choice(["TB", "LR"]), default="TB", show_default=True, help="Down or right.")
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@click.option("--depth", metavar="N", type=WholeNumber(), help="Show blocks deeper than N as one box each.")
@click.option("--expand", metavar="NAME", multiple=True, help="Open the block NAME all the same. Repeatable.")
@click.option("--highlight", metavar="NAME", multiple=True, help="Make the layer or block NAME stand out. Repeatable.")
@click.option("--no-fuse", is_flag=True, help="Give each normalisation and activation a box of its own.")
@click.option(
    "--engine",
    type=click.Choice(["structured", "graphviz"]),
    default="structured",
    show_default=True,
    help="What lays the drawing out.",
)
def command(
    specs: tuple[str, ...],
    settings: dict[str, str],
    include: tuple[Path, ...],
    output: str,
    format: str | None,
    depth: int | None,
    expand: tuple[str, ...],
    highlight: tuple[str, ...],
    no_fuse: bool,
    **look: str,
) -> None:
    """Draw SPEC. What to write follows from how FILE ends.

    \b
    Examples:
      archspec diagram vgg11 -o vgg11.svg
      archspec diagram googlenet -o overview.png --depth 0
      archspec diagram resnet18 -o explore.html
      archspec diagram specs/*.arch -o 'drawings/{name}.pdf' --style summary
    """
    kind = _format(output, format)
    _check(kind, **look)
    from archspec.picture.plan import View

    view = View(depth=depth, expand=frozenset(expand), highlight=frozenset(highlight), fuse=not no_fuse)

    def draw(spec: str) -> tuple[str, bytes]:
        checked = compile_checked(spec, settings, include)
        return checked.graph.name, content(checked, kind, view, Look(**look))

    if _NAME in output:
        _draw_all(specs, output, draw)
    elif len(specs) > 1:
        raise Misuse(f"several specs need a FILE with {_NAME} in it", f"write `-o '{_NAME}{Path(output).suffix}'`")
    else:
        _put(output, draw(specs[0])[1])


def content(checked: Checked, kind: str, view: View, look: Look) -> bytes:
    """Return the drawing of a model as a file of this kind."""
    # The options are of these types: click has seen to it.
    options: Any = look
    if kind == "dot" or look.engine == "graphviz":
        from archspec.backends.graphviz import render, to_dot

        dot = to_dot(checked, view, direction=options.direction)
        rendered: Any = kind
        return dot.encode() if kind == "dot" else render(dot, rendered)
    from archspec.backends import diagram

    chosen: Any = kind
    return diagram.render(checked, chosen, view, style=options.style, direction=options.direction, theme=options.theme)


def _format(output: str, format: str | None) -> str:
    if format is not None:
        return format
    if output == "-":
        return "svg"
    suffix = Path(output).suffix.lower()
    if suffix not in SUFFIXES:
        raise click.BadOptionUsage(
            "output", f"'{output}' must end in {', '.join(SUFFIXES)}, or --format say what it is"
        )
    return SUFFIXES[suffix]


def _check(kind: str, engine: str, style: str, direction: str, theme: str) -> None:
    """Refuse what cannot be had together."""
    if engine == "graphviz" and kind not in (*_RENDERED, "dot"):
        raise Misuse(f"Graphviz does not write {kind}", "leave out `--engine graphviz`")
    if engine == "graphviz" and (style != "blocks" or theme == "dark"):
        raise Misuse("Graphviz draws in the style `blocks`, and light", "leave out `--engine graphviz`")
    if style != "blocks" and kind in ("html", "mermaid", "dot"):
        raise Misuse(f"the style `{style}` cannot be had as {kind}", f"it can as {', '.join(_RENDERED)}")
    if kind == "html" and direction != "TB":
        raise Misuse("an HTML drawing goes from top to bottom", "leave out `--direction`")


def _draw_all(specs: tuple[str, ...], output: str, draw: Callable[[str], tuple[str, bytes]]) -> None:
    """Draw every model of every spec, each to its own file."""
    from archspec.driver import each_model

    written: dict[str, str] = {}
    models = sum(len(each_model(spec)) for spec in specs)
    bar = click.progressbar(length=models, label="Drawing", file=sys.stderr, hidden=not sys.stderr.isatty())

    def step(spec: str) -> None:
        try:
            name, data = draw(spec)
            file = output.replace(_NAME, name)
            if file in written:
                raise Misuse(f"`{written[file]}` and `{spec}` would both be written to {file}")
            written[file] = spec
            _put(file, data)
        finally:
            bar.update(1)

    with bar:
        Batch().run(step, specs)


def _put(output: str, data: bytes) -> None:
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    from archspec.cli.files import write

    write(Path(output), data)
    click.echo(output)
