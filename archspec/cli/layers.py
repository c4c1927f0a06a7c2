"""`archspec layers`: what a spec can call."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from archspec.cli.messages import Misuse

if TYPE_CHECKING:
    from archspec.elaborate.signature import Parameter
    from archspec.layers.base import Layer, Part
    from archspec.layers.registry import Family

#: How many words of a category an argument shows.
_FEW = 4


@click.command(short_help="List the layers, or show one.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List every layer by category, or show one: its arguments, how they may be spelt, and its Keras class.

    NAME is any name of a layer, or a word that layers take (relu, he_normal, l2).

    \b
    Examples:
      archspec layers
      archspec layers conv
      archspec layers leaky_relu
    """
    for line in _list() if name is None else _show(name):
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
    words = {part: category for category, part in registry.find_word(name).items()}
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
    from archspec.elaborate.signature import of_part

    yield title
    yield f"Keras: {part.keras.symbol}"
    if part.__doc__:
        yield ""
        yield from cleandoc(part.__doc__).split("\n")
    parameters = of_part(part, part.names[0]).parameters
    if not parameters:
        return
    yield ""
    yield "Arguments"
    rows = [(p.name, "required" if p.required else f"= {p.default}", _spellings(p)) for p in parameters]
    first, second = (max(len(row[i]) for row in rows) for i in (0, 1))
    for name, default, spellings in rows:
        yield f"  {name:<{first}}  {default:<{second}}  {spellings}".rstrip()


def _spellings(parameter: Parameter) -> str:
    """Return how a value may be written for a parameter without its name."""
    from archspec.layers import registry

    spelt = [pattern.text for pattern in parameter.patterns]
    spelt += [flag.word for flag in parameter.flags]
    spelt += [f"{short}=" for short in parameter.shorts]
    for category in parameter.bare:
        words = sorted({part.names[0] for part in registry.words(category).values()})
        if len(words) <= _FEW:
            spelt += words
        else:
            spelt.append(f"any {category}")
    return ", ".join(dict.fromkeys(spelt))
