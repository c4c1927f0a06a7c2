"""`archspec layers`: what a spec can call."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from archspec.cli.messages import Misuse
from archspec.cli.reference import entry_of, markdown, shown_by

if TYPE_CHECKING:
    from archspec.layers.base import Layer, Part
    from archspec.layers.registry import Family


@click.command(short_help="List the layers, or show one.")
@click.argument("name", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown"]), default="text", help="Markdown: all of them."
)
def command(name: str | None, form: str) -> None:
    """List every layer by category, or show one: its arguments, how they may be spelt, its shapes and weights.

    NAME is any name of a layer, or a word that layers take (relu, he_normal, l2).

    \b
    Examples:
      archspec layers
      archspec layers conv
      archspec layers leaky_relu
    """
    if form == "markdown" and name is not None:
        raise Misuse("`--format markdown` writes of all layers", "leave out the name")
    for line in markdown() if form == "markdown" else _list() if name is None else _show(name):
        click.echo(line)


# --- the list --------------------------------------------------------------------------------------------------------


def _list() -> Iterator[str]:
    from archspec.layers import registry

    categories: dict[str, list[type[Layer]]] = {}
    for layer in registry.all_layers():
        categories.setdefault(layer.category, []).append(layer)
    names = {layer: _two_names(layer) for layers in categories.values() for layer in layers}
    width = max(map(len, names.values()), default=0)
    for category, layers in sorted(categories.items()):
        yield category
        for layer in layers:
            yield f"  {names[layer]:<{width}}  {_in_short(layer)}".rstrip()
        yield ""
    yield "Words that layers take; an activation is also a step of its own"
    for category in registry.categories():
        found = sorted({part.names[0] for part in registry.words(category).values()})
        yield f"  {category}: {', '.join(found)}"


def _names(layer: type[Layer]) -> str:
    return ", ".join([*layer.names, *layer.family])


def _two_names(layer: type[Layer]) -> str:
    """Return the canonical name, and the shortest of the others."""
    others = sorted([*layer.names[1:], *layer.family], key=len)
    return ", ".join([layer.names[0], *others[:1]])


def _in_short(part: type[Part]) -> str:
    return shorten(cleandoc(part.__doc__ or "").partition("\n")[0], 100, placeholder=" …")


# --- one of them -----------------------------------------------------------------------------------------------------


def _show(name: str) -> Iterator[str]:
    from archspec.layers import registry
    from archspec.layers.registry import Family

    found = registry.find_layer(name)
    found_words = registry.find_word(name, owning=True).items()
    words = {part: category for category, part in found_words if category != "layer"}
    if found is None and not words:
        from archspec.diagnostics.suggest import did_you_mean

        known = {*registry.layer_names(), *(w for c in registry.categories() for w in registry.words(c))}
        raise Misuse(f"no layer `{name}`", did_you_mean(name, known) or "`archspec layers` lists them all")
    if isinstance(found, Family):
        yield from _family(found)
    elif found is not None:
        yield from _part(found, _names(found))
    for part, category in words.items():
        if found is not None:
            yield ""
        yield from _part(part, f"{', '.join(part.names)}  ({category})")


def _family(family: Family) -> Iterator[str]:
    stands = ", ".join(f"{layer.names[0]} for {rank}-D data" for rank, layer in family.members)
    yield f"{family.name} stands for {stands}"
    yield ""
    layer = family.typical
    yield from _part(layer, _names(layer))


def _part(part: type[Part], title: str) -> Iterator[str]:
    entry = entry_of(part)
    yield title
    yield f"Keras: {entry.keras}" if entry.keras else "Keras knows it by this name"
    if part.__doc__:
        yield ""
        yield from cleandoc(part.__doc__).split("\n")
    if entry.example and (shown := shown_by(part, entry.example)):
        yield ""
        yield f"The example takes {shown.inputs} and gives {shown.outputs}"
        if shown.weights:
            yield f"Its weights: {'; '.join(shown.weights)}"
    if not entry.arguments:
        return
    yield ""
    yield "Arguments"
    rows = [(a.name, "required" if a.default is None else f"= {a.default}", a.spellings) for a in entry.arguments]
    first, second = (max(len(row[i]) for row in rows) for i in (0, 1))
    for name, default, spellings in rows:
        yield f"  {name:<{first}}  {default:<{second}}  {spellings}".rstrip()
