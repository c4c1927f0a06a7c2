"""Finds layers and words by name. The families are the modules of this package; defining a class registers it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.layers.base import Layer, Part
    from archspec.layers.configs import Config

_layers: dict[str, type[Layer]] = {}
_kinds: dict[str, type[Layer]] = {}
_families: dict[str, dict[int, type[Layer]]] = {}
_words: dict[str, dict[str, type[Config]]] = {}


@dataclass(frozen=True, slots=True)
class Family:
    """A rank-free name, and the layer it stands for by the number of spatial axes of the tensor."""

    name: str
    members: tuple[tuple[int, type[Layer]], ...]

    @property
    def typical(self) -> type[Layer]:
        """Return the member whose arguments a call is read by before its rank is known: the 2-D one, which has most."""
        return self.for_rank(2) or self.members[0][1]

    def for_rank(self, rank: int) -> type[Layer] | None:
        return dict(self.members).get(rank)


def register_layer(layer: type[Layer]) -> None:
    """Enter a layer under each of its names. Raises TypeError for a name that is taken."""
    _kinds[layer.kind] = layer
    for name in layer.names:
        if _layers.setdefault(name, layer) is not layer:
            raise TypeError(f"layer name {name!r} of {layer.__name__} belongs to {_layers[name].__name__}")
        if name in _families:
            raise TypeError(f"layer name {name!r} of {layer.__name__} is that of a family")
    if clash := {*layer.names, *layer.family} & ({*layer.names} & _families.keys() | {*layer.family} & _layers.keys()):
        raise TypeError(f"{sorted(clash)} of {layer.__name__} names both a layer and a family")
    for name in layer.family:
        if name in _layers:
            raise TypeError(f"family name {name!r} of {layer.__name__} belongs to {_layers[name].__name__}")
        assert layer.rank is not None, f"{layer.__name__} is in a family and must say its rank"
        if _families.setdefault(name, {}).setdefault(layer.rank, layer) is not layer:
            raise TypeError(f"family {name!r} has two layers of rank {layer.rank}")


def register_word(category: str, word: str, config: type[Config]) -> None:
    """Enter a word of a category (`relu` of `activation`). Raises TypeError for a word that is taken."""
    if _words.setdefault(category, {}).setdefault(word, config) is not config:
        raise TypeError(f"{category} {word!r} is defined twice")


@cache
def _load() -> None:
    package = importlib.import_module("archspec.layers")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.ispkg):
        importlib.import_module(f"archspec.layers.{module}")


def find_layer(name: str) -> type[Layer] | Family | None:
    """Return the layer or family that a spec means by `name`, or None."""
    _load()
    if name in _layers:
        return _layers[name]
    return Family(name, tuple(sorted(_families[name].items()))) if name in _families else None


def find_kind(kind: str) -> type[Layer] | None:
    """Return the layer whose Keras class is called `kind`, or None."""
    _load()
    return _kinds.get(kind)


def all_layers() -> Iterator[type[Layer]]:
    """Yield every layer once, sorted by its canonical name."""
    _load()
    yield from sorted(set(_layers.values()), key=lambda layer: layer.names[0])


def layer_names() -> list[str]:
    """Return every name that a step may use for a layer."""
    _load()
    return sorted({*_layers, *_families})


#: Categories whose members own weights: one is written where it is used, never kept in a variable, so that no two
#: layers come to share it.
OWNING = ("cell", "layer")


def is_inner(layer: type[Layer]) -> bool:
    """Tell whether a layer may be given to another: it is made by itself, and called on one tensor alone."""
    from archspec.layers.recipe import Construct

    return isinstance(layer.keras, Construct) and layer.takes.most == 1 and not layer.keras.at_call


@cache
def _inner_layers() -> dict[str, type[Layer]]:
    # A rank-free name is read as its 2-D layer until the rank is known.
    families = {name: Family(name, tuple(sorted(members.items()))).typical for name, members in _families.items()}
    return {name: layer for name, layer in (families | _layers).items() if is_inner(layer)}


def words(category: str) -> Mapping[str, type[Part]]:
    """Return the words of a category and the class that each stands for. Those of `layer` are the layers."""
    _load()
    return _inner_layers() if category == "layer" else _words.get(category, {})


def categories() -> list[str]:
    """Return the categories that have words of their own."""
    _load()
    return sorted(_words)


def find_word(word: str, *, owning: bool = False) -> dict[str, type[Part]]:
    """Return the categories that have `word`, each with the class it stands for there: with `owning`, all of them."""
    _load()
    found: dict[str, type[Part]] = {c: members[word] for c, members in sorted(_words.items()) if word in members}
    if not owning:
        return {category: part for category, part in found.items() if category not in OWNING}
    return found | ({"layer": _inner_layers()[word]} if word in _inner_layers() else {})
