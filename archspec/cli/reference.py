"""What there is to say of a layer or word: its arguments, its example, and what the example comes to.

`archspec layers NAME` prints it, and `docs/layers.md` is all of it as one page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

from archspec.layers.recipe import Construct

if TYPE_CHECKING:
    from archspec.elaborate.signature import Parameter
    from archspec.layers.base import Layer, Part, Weight

#: How many words of a category an argument shows.
_FEW = 4
#: What a word has for a recipe that Keras knows by its name alone (`same`, `gelu`).
_NO_CLASS = Construct("")
_EXAMPLE = re.compile(r"```(\w+)\n(.*?)```\n?", re.DOTALL)


@dataclass(frozen=True)
class Argument:
    """One argument: its default as text, None where it is required, and how it may be written without its name."""

    name: str
    default: str | None
    spellings: str


@dataclass(frozen=True)
class Shown:
    """What the example of a layer comes to: the types it takes and gives, and its weights, each as text."""

    inputs: str
    outputs: str
    weights: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """Everything that is told of one layer or word."""

    names: tuple[str, ...]
    keras: str
    #: The first line of the documentation, and the rest of it without its examples.
    summary: str
    text: str
    example: str
    source: str
    arguments: tuple[Argument, ...]


def entry_of(part: type[Part]) -> Entry:
    """Return what there is to say of a layer or word."""
    from archspec.elaborate.signature import of_part

    doc = cleandoc(part.__doc__ or "")
    examples = dict(_EXAMPLE.findall(doc))
    summary, _, text = _EXAMPLE.sub("", doc).strip().partition("\n\n")
    return Entry(
        names=(*part.names, *getattr(part, "family", ())),
        keras=getattr(part, "keras", _NO_CLASS).symbol,
        summary=" ".join(summary.split("\n")),
        text=text.strip(),
        example=examples.get("arch", "").rstrip(),
        source=examples.get("python", "").rstrip(),
        arguments=tuple(
            Argument(p.name, None if p.required else p.default, _spellings(p))
            for p in of_part(part, part.names[0]).parameters
        ),
    )


def shown_by(part: type[Part], example: str) -> Shown | None:
    """Compile an example; return what the last of its layers of this kind takes, gives and holds."""
    from archspec.diagnostics.source import Source
    from archspec.driver import compile_source
    from archspec.ir.graph import LayerNode

    graph = compile_source(Source("example", example)).graph
    for body in graph.bodies.values() if graph else ():
        types = body.types
        for node in reversed(body.nodes):
            if isinstance(node, LayerNode) and type(node.layer) is part:
                inputs = [types[value] for value in node.inputs]
                weights = node.layer.weights(*inputs)
                return Shown(
                    inputs=", ".join(map(str, inputs)),
                    outputs=", ".join(str(port.type) for port in node.outputs),
                    weights=tuple(map(_weight, weights)),
                )
    return None


def _weight(weight: Weight) -> str:
    shape = "x".join(map(str, weight.shape)) or "one number"
    return f"{weight.name} {shape}" if weight.trainable else f"{weight.name} {shape}, not trained"


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


# --- as one page -----------------------------------------------------------------------------------------------------


def markdown() -> Iterator[str]:
    """Yield the lines of the reference of all layers and words."""
    from archspec.layers import registry

    yield "# Layers"
    yield ""
    yield "<!-- Made by `archspec layers --format markdown`; a test keeps it fresh. -->"
    yield ""
    yield "Every layer and word that a spec can use. An argument is given by its name, or as its column *written* says;"
    yield "`#` stands for a number. What an argument does is what Keras's argument of that name does."
    categories: dict[str, list[type[Layer]]] = {}
    for layer in registry.all_layers():
        categories.setdefault(layer.category, []).append(layer)
    yield ""
    yield from (f"- [{category}](#{category})" for category in sorted(categories))
    yield "- [words that layers take](#words)"
    for category, layers in sorted(categories.items()):
        yield from ("", f"## {category}")
        for layer in sorted(layers, key=lambda layer: layer.names[0]):
            yield from _layer(layer)
    yield from ("", "## Words")
    for category in registry.categories():
        yield from ("", f"### {category}", "")
        for word in sorted(set(registry.words(category).values()), key=lambda word: word.names[0]):
            entry = entry_of(word)
            names = " · ".join(f"`{name}`" for name in entry.names)
            arguments = ", ".join(f"{a.name}={a.default}" if a.default is not None else a.name for a in entry.arguments)
            yield f"- {names}: {entry.summary}" + (f" Arguments: `{arguments}`." if arguments else "")


def _layer(layer: type[Part]) -> Iterator[str]:
    entry = entry_of(layer)
    yield from ("", f"### {entry.names[0]}", "")
    others = ", ".join(f"`{name}`" for name in entry.names[1:])
    yield f"{entry.summary}"
    if entry.text:
        yield from ("", entry.text)
    yield from ("", f"Keras: `{entry.keras}`" + (f". Also written {others}." if others else "."))
    if entry.example:
        yield from ("", "```arch", entry.example, "```")
        if entry.source:
            yield from ("", "```python", entry.source, "```")
        if shown := shown_by(layer, entry.example):
            weights = f" Weights: {'; '.join(f'`{w}`' for w in shown.weights)}." if shown.weights else " No weights."
            yield from ("", f"Here it takes {shown.inputs} and gives {shown.outputs}.{weights}")
    if entry.arguments:
        yield from ("", "| argument | default | written |", "|---|---|---|")
        for argument in entry.arguments:
            default = "required" if argument.default is None else f"`{argument.default}`"
            spellings = ", ".join(f"`{s}`" for s in argument.spellings.split(", ") if s)
            yield f"| `{argument.name}` | {default} | {spellings} |"
