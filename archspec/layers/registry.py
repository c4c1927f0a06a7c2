"""Finds layers and words by name. The families are the modules of this package; defining a class registers it.

A family is imported when something of it is asked for: `index` knows which holds what.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from archspec.layers.index import Index, family_modules, read_index
from archspec.record import Record

if TYPE_CHECKING:
    from archspec.layers.base import Layer, Part
    from archspec.layers.configs import Config

_layers: dict[str, type[Layer]] = {}
_kinds: dict[str, type[Layer]] = {}
_families: dict[str, dict[int, type[Layer]]] = {}
_words: dict[str, dict[str, type[Config]]] = {}
#: What names were found to mean: a spec says the same few over and over.
_found: dict[str, type[Layer] | Family] = {}


class Family(Record):
    """A rank-free name, and the layer it stands for by the number of spatial axes of the tensor."""

    name: str
    members: tuple[tuple[int, type[Layer]], ...]

    @property
    def typical(self) -> type[Layer]:
        """Return the member whose arguments a call is read by before its rank is known: the 2-D one, which has most."""
        return self.for_rank(2) or self.members[0][1]

    def for_rank(self, rank: int) -> type[Layer] | None:
        return next((member for own, member in self.members if own == rank), None)


def register_layer(layer: type[Layer]) -> None:
    """Enter a layer under each of its names. Raises TypeError for a name that is taken."""
    _found.clear()
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
def _index() -> Index:
    return read_index()


@cache
def _load(module: str) -> None:
    importlib.import_module(f"archspec.layers.{module}")


def _load_all() -> None:
    for module in family_modules():
        _load(module)


def find_layer(name: str) -> type[Layer] | Family | None:
    """Return the layer or family that a spec means by `name`, or None."""
    if name in _found:
        return _found[name]
    for module in _index().layers.get(name, ()):
        _load(module)
    if name in _layers:
        _found[name] = _layers[name]
    elif name in _families:
        _found[name] = _family(name, len(_families[name]))
    return _found.get(name)


@cache
def _family(name: str, size: int) -> Family:
    """Return a family that has so many members by now."""
    return Family(name, tuple(sorted(_families[name].items())))


def find_kind(kind: str) -> type[Layer] | None:
    """Return the layer whose Keras class is called `kind`, or None."""
    if kind in _index().kinds:
        _load(_index().kinds[kind])
    return _kinds.get(kind)


def all_layers() -> Iterator[type[Layer]]:
    """Yield every layer once, sorted by its canonical name."""
    _load_all()
    yield from sorted(set(_layers.values()), key=lambda layer: layer.names[0])


def layer_names() -> list[str]:
    """Return every name that a step may use for a layer."""
    return sorted(_index().layers)


#: Categories whose members own weights: one is written where it is used, never kept in a variable, so that no two
#: layers come to share it.
OWNING = ("cell", "layer")


def is_inner(layer: type[Layer]) -> bool:
    """Tell whether a layer may be given to another: it is made by itself, and called on one tensor alone."""
    from archspec.layers.recipe import Construct

    return isinstance(layer.keras, Construct) and layer.takes.most == 1 and not layer.keras.at_call


class _Words(Mapping[str, "type[Part]"]):
    """The words of a category; the module of each is imported when the class is asked for."""

    def __init__(self, category: str) -> None:
        self._category = category
        self._modules = {word: module for word, (module, _) in _index().words.get(category, {}).items()}

    def __getitem__(self, word: str) -> type[Part]:
        _load(self._modules[word])
        return _words[self._category][word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def __contains__(self, word: object) -> bool:
        return word in self._modules


class _InnerLayers(_Words):
    """The layers that may be given to another layer, as words."""

    def __init__(self) -> None:
        self._modules = dict(_index().inner)

    def __getitem__(self, word: str) -> type[Part]:
        found = find_layer(word)
        assert found is not None and word in self._modules, word
        # A rank-free name is read as its 2-D layer until the rank is known.
        return found.typical if isinstance(found, Family) else found


@cache
def words(category: str) -> Mapping[str, type[Part]]:
    """Return the words of a category and the class that each stands for. Those of `layer` are the layers."""
    return _InnerLayers() if category == "layer" else _Words(category)


def bare_word(category: str, word: str) -> str | None:
    """Return the canonical name of a word that is complete without arguments; None for one that is not."""
    return _index().words[category][word][1]


def fills(initializer: str) -> tuple[int, int | None]:
    """Return the fewest and the most axes of a weight that an initializer can fill."""
    least, most = _index().fills[initializer]
    return least, most


def support_symbols() -> frozenset[str]:
    """Return the names of the classes that generated code may bring along, because Keras has none."""
    return frozenset(_index().support)


def categories() -> list[str]:
    """Return the categories that have words of their own."""
    return sorted(_index().words)


def find_word(word: str, *, owning: bool = False) -> dict[str, type[Part]]:
    """Return the categories that have `word`, each with the class it stands for there: with `owning`, all of them."""
    wanted = [*categories(), "layer"] if owning else [c for c in categories() if c not in OWNING]
    return {category: words(category)[word] for category in wanted if word in words(category)}


def make_index() -> Index:
    """Return where everything is that the families define, after importing them all."""
    _load_all()
    layers: dict[str, tuple[str, ...]] = {name: (_family_of(layer),) for name, layer in _layers.items()}
    layers |= {name: tuple(sorted({*map(_family_of, ranks.values())})) for name, ranks in _families.items()}
    typical = {name: Family(name, tuple(sorted(ranks.items()))).typical for name, ranks in _families.items()}
    supported = {layer.keras.symbol for layer in _kinds.values() if getattr(layer.keras, "support", None)}
    return Index(
        layers=dict(sorted(layers.items())),
        kinds={kind: _family_of(layer) for kind, layer in sorted(_kinds.items())},
        words={
            category: {
                word: (_family_of(part), part.names[0] if part.bare else None) for word, part in sorted(found.items())
            }
            for category, found in sorted(_words.items())
        },
        inner={name: _family_of(layer) for name, layer in sorted((typical | _layers).items()) if is_inner(layer)},
        support=sorted(supported),
        fills={word: part.axes for word, part in sorted(_words["initializer"].items())},  # type: ignore[attr-defined]
    )


def _family_of(part: type[Part]) -> str:
    return part.__module__.rpartition(".")[2]
