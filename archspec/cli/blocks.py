"""`archspec blocks`: the standard library."""

from __future__ import annotations

import re
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from archspec.cli.messages import Misuse

if TYPE_CHECKING:
    from archspec.diagnostics.source import Source
    from archspec.syntax import ast


@click.command(short_help="List the standard library's blocks, or show one.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the blocks of the standard library, or show one: its signature, documentation and source.

    \b
    Examples:
      archspec blocks
      archspec blocks residual
    """
    library = {block.name.text: (block, source) for source, blocks in _library() for block in blocks}
    if name is None:
        width = max(map(len, library), default=0)
        for found, (block, _) in sorted(library.items()):
            click.echo(f"{found:<{width}}  {_in_short(block.doc)}".rstrip())
        return
    if name not in library:
        from archspec.diagnostics.suggest import did_you_mean

        raise Misuse(f"no block `{name}` in the standard library", did_you_mean(name, library))
    block, source = library[name]
    click.echo(_signature(block, source))
    if block.doc:
        click.echo(f"\n{block.doc}")
    click.echo(f"\n# {source.name}\n{source.text.strip()}")


def _library() -> list[tuple[Source, tuple[ast.Block, ...]]]:
    """Return every file of the standard library and its blocks."""
    from archspec.diagnostics.diagnostic import CompileError, Diagnostics
    from archspec.diagnostics.source import LIBRARY, Source
    from archspec.resources import folder
    from archspec.syntax.parse import parse

    found = []
    for path in sorted(folder("stdlib").glob("*.arch")):
        source, diagnostics = Source(f"{LIBRARY}{path.name}", path.read_text(encoding="utf-8")), Diagnostics()
        file = parse(source, diagnostics)
        if file is None or diagnostics.failed:
            raise CompileError(diagnostics.items, {source.name: source})
        # A file of one block may have its documentation at the top.
        found.append((source, file.blocks))
    return found


def _in_short(text: str) -> str:
    """Return the first sentence, or as much of it as a line has room for."""
    sentence = re.split(r"(?<!\bal)\.(?: |$)", " ".join(text.split()), maxsplit=1)[0]
    return shorten(sentence, 100, placeholder=" …")


def _signature(block: ast.Block, source: Source) -> str:
    """Return the head of a block as it was written, on one line."""
    span, body = block.span, block.body.span
    lines = source.lines[span.line - 1 : body.line]
    lines[-1] = lines[-1][: body.column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(" ".join(lines).removeprefix("block").split())
