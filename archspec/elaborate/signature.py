"""What can be called, seen as a list of parameters: layers, words, blocks and models alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, Literal, get_args, get_origin

from archspec.elaborate.evaluate import UNKNOWN
from archspec.ir.definition import NamePattern
from archspec.ir.definition import Parameter as DefinedParameter
from archspec.ir.definition import Pattern as DefinedPattern
from archspec.ir.expr import Const, Operation, Word, show_value
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.spelling import Category, Flag, Pattern, Short
from archspec.record import Record, replace

_NO = object()
#: So many spellings are kept in mind.
_FEW = 1000
#: So many characters of a signature are shown.
_MUCH = 60


class Parameter(Record):
    """One parameter: its names, how a value may be spelt for it, and how it is shown."""

    name: str
    shorts: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    flags: tuple[Flag, ...] = ()
    #: Categories whose bare words reach it, and all of its categories.
    bare: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    required: bool = True
    default: str = ""
    positional: bool = True
    #: How it is shown, where that is not its name: `(r3, c3)`.
    shown: str = ""
    #: Whether several arguments by position are the items of one: `reshape(7, 7, 512)`.
    gathers: bool = False
    #: The texts that it takes, in quotes.
    texts: tuple[str, ...] = ()

    def spelt(self, token: str) -> Any:
        """Return the value that `token` spells for this parameter, or `_NO` (see `spells`)."""
        for flag in self.flags:
            if flag.word == token:
                return flag.value
        for pattern in self.patterns:
            if (value := pattern.match(token)) is not None:
                return value
        if any(token in registry.words(category) for category in self.bare):
            return Word(word=token)
        return _NO

    def spells(self, token: str) -> bool:
        return self.spelt(token) is not _NO

    def __str__(self) -> str:
        shown = self.shown or self.name
        return f"{shown}={self.default}" if self.default else shown


class Signature(Record):
    """The parameters of one callee, under the name the spec used."""

    name: str
    parameters: tuple[Parameter, ...]

    def find(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name or name in p.shorts), None)

    def takers(self, token: str) -> list[Parameter]:
        """Return the parameters that `token` is a spelling for."""
        # Specs write the same few spellings over and over; a signature outlives them all, so it keeps only so many.
        if len(self._takers) > _FEW:
            self._takers.clear()
        if token not in self._takers:
            takers = [p for p in self.parameters if p.spells(token)]
            # A spelling that is written out says more than one with numbers in it: `1x1` beside `#x#`.
            self._takers[token] = [p for p in takers if any(flag.word == token for flag in p.flags)] or takers
        return self._takers[token]

    @cached_property
    def _takers(self) -> dict[str, list[Parameter]]:
        return {}

    def __str__(self) -> str:
        """Return it as it would be written; of a long one, what must be given and what else a line has room for."""
        shown: list[str] = []
        for parameter in self.parameters:
            if parameter.required or sum(map(len, shown)) < _MUCH:
                shown.append(str(parameter))
        more = ", …" if len(shown) < len(self.parameters) else ""
        return f"{self.name}({', '.join(shown)}{more})"


@cache
def of_part(part: type[Part], name: str) -> Signature:
    """Return the signature of a layer or word."""
    fields = part.model_fields
    return Signature(name, tuple(_field_parameter(field, info, len(fields) == 1) for field, info in fields.items()))


def of_use(layer: type[Layer], name: str) -> Signature:
    """Return the signature of one use of a layer that is made already: what Keras takes when it is called."""
    made = of_part(layer, name)
    return Signature(
        name, tuple(replace(p, positional=False) for p in made.parameters if p.name in layer.keras.at_call)
    )


def _field_parameter(name: str, info: Any, alone: bool) -> Parameter:
    metadata = info.metadata
    patterns = tuple(m for m in metadata if isinstance(m, Pattern))
    categories = [m for m in _all_metadata(info) if isinstance(m, Category)]
    flags = tuple(m for m in metadata if isinstance(m, Flag))
    if info.annotation is bool:
        flags += (Flag(name, True),)
    shorts = {m.name for m in metadata if isinstance(m, Short)} | {p.short for p in patterns if p.short}
    return Parameter(
        name,
        shorts=tuple(sorted(shorts)),
        patterns=patterns,
        flags=flags,
        bare=tuple(c.name for c in categories if c.bare),
        categories=tuple(c.name for c in categories),
        required=info.is_required(),
        default="" if info.is_required() else _show_field_default(info.get_default()),
        gathers=alone and get_origin(info.annotation) is tuple,
        texts=tuple(_texts(info.annotation)),
    )


def _texts(annotation: Any) -> Iterator[str]:
    """Yield the texts of a `Literal`, or of one in a union."""
    if get_origin(annotation) is Literal:
        yield from (text for text in get_args(annotation) if isinstance(text, str))
        return
    for part in get_args(annotation):
        yield from _texts(part)


def _show_field_default(value: Any) -> str:
    # One number says the same for all axes.
    equal = isinstance(value, tuple) and value and all(isinstance(v, int) and v == value[0] for v in value)
    return show_argument(value[0] if equal else value)


def _all_metadata(info: Any) -> list[Any]:
    """Return a field's metadata and that of the members of its union: `Activation | None` keeps it inside."""
    found = list(info.metadata)
    stack = [info.annotation]
    while stack:
        annotation = stack.pop()
        found += getattr(annotation, "__metadata__", ())
        stack += getattr(annotation, "__args__", ())
    # What the field itself says of a category stands before what its type says.
    seen: dict[str, Any] = {}
    for item in found:
        seen.setdefault(item.name if isinstance(item, Category) else repr(item), item)
    return list(seen.values())


def show_argument(value: Any) -> str:
    """Write a layer's argument as a spec would."""
    match value:
        case None:
            return "none"
        case str():
            return value
        case Part():
            return f"{value.names[0]}({', '.join(f'{k}={show_argument(v)}' for k, v in value.arguments().items())})"
        case tuple() if len(value) > 1 and all(isinstance(v, int) and v >= 0 for v in value):
            return "x".join(map(str, value))
        case tuple():
            return f"({', '.join(map(show_argument, value))}{',' if len(value) == 1 else ''})"
        case _:
            return show_value(value)


def of_parameters(name: str, parameters: tuple[DefinedParameter, ...]) -> Signature:
    """Return the signature of a block or model from its parameters."""
    return Signature(name, tuple(_defined(p) for p in parameters if not p.captured))


def _defined(parameter: DefinedParameter) -> Parameter:
    spellings = parameter.spellings
    patterns = tuple(Pattern(s) for s in spellings if "#" in s)
    categories = tuple(s for s in spellings if "#" not in s and s not in registry.OWNING and registry.words(s))
    flags = tuple(Flag(s, True) for s in spellings if "#" not in s and s not in categories)
    default = parameter.default
    if isinstance(default, Const) and isinstance(default.value, bool):
        flags += (Flag(parameter.name, True), Flag(f"no_{parameter.name}", False))
    if isinstance(default, Const) and default.value is UNKNOWN:
        # It may well have been meant as one.
        flags += (Flag(parameter.name, UNKNOWN), Flag(f"no_{parameter.name}", UNKNOWN))
    return Parameter(
        parameter.name,
        shorts=tuple(p.short for p in patterns if p.short),
        patterns=patterns,
        flags=flags,
        bare=categories,
        categories=categories,
        required=default is None,
        default="" if default is None else _show_default(default),
        shown=_show_pattern(parameter.pattern),
    )


def _show_pattern(pattern: DefinedPattern) -> str:
    if isinstance(pattern, NamePattern):
        return pattern.name
    return f"({', '.join(map(_show_pattern, pattern.items))}{',' * (len(pattern.items) == 1)})"


def _show_default(default: Any) -> str:
    match default:
        case Const(value=None):
            return "none"
        case Const() if default.value is UNKNOWN:
            return "…"
        case Const():
            return show_value(default.value)
        case Operation(function="list" | "tuple", operands=operands):
            inner = ", ".join(map(_show_default, operands))
            return f"[{inner}]" if default.function == "list" else f"({inner})"
        case _:
            return "…"


def part_categories(part: type[Layer] | type[Part], field: str) -> tuple[str, ...]:
    """Return the categories of words that a field takes."""
    parameter = of_part(part, part.names[0]).find(field)
    return parameter.categories if parameter else ()
