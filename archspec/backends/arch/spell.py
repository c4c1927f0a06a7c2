"""Writes a layer with its arguments as a person would: spelt where a spelling says it all, else by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archspec.backends.arch.declare import declared
from archspec.elaborate.signature import Parameter, Signature, of_part, of_use, show_argument
from archspec.ir.definition import ExternLayer
from archspec.ir.expr import Word, show_value
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.extern import Extern
from archspec.layers.spelling import Pattern


def spell_layer(layer: Part, *further: str) -> str:
    """Return a layer as a step, with `further` arguments after its own: `conv2d(64, 3x3, same, relu)`."""
    name = layer.names[0]
    texts = [*_arguments(layer, of_part(type(layer), name)), *further]
    return f"{name}({', '.join(texts)})" if texts else name


def spell_extern(layer: Extern, externs: Mapping[str, ExternLayer]) -> str:
    """Return a layer of the user's own as a step."""
    texts = [f"{name}={_value(value)}" for name, value in layer.given]
    name = declared(externs, layer).name
    return f"{name}({', '.join(texts)})" if texts else name


def spell_shared(layer: Layer, externs: Mapping[str, ExternLayer]) -> str:
    """Return a layer as the step that declares it: with what it is made with, not with how a use calls it."""
    if isinstance(layer, Extern):
        return spell_extern(layer, externs)
    made = {name: value for name, value in layer.arguments().items() if name not in layer.keras.at_call}
    return spell_layer(type(layer)(**made))


def spell_use(layer: Layer, name: str) -> str:
    """Return a use of a shared layer under the name that it was given."""
    texts = _arguments(layer, of_use(type(layer), name))
    return f"{name}({', '.join(texts)})" if texts else name


def _arguments(layer: Part, signature: Signature) -> list[str]:
    given = layer.arguments()
    texts: list[str] = []
    # A number may stand by its position while every parameter before it is given too.
    gapless = True
    for parameter in signature.parameters:
        if parameter.name not in given:
            gapless = False
            continue
        value = given[parameter.name]
        texts.append(_token(layer, parameter, value, signature) or _argument(parameter, value, gapless))
    return texts


def _argument(parameter: Parameter, value: Any, gapless: bool) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return _value(value) if gapless and parameter.positional and is_number else f"{parameter.name}={_value(value)}"


def _value(value: Any) -> str:
    match value:
        case Part():
            return spell_layer(value)
        case str():
            return value if registry.find_word(value) else show_value(value)
        case tuple() if any(isinstance(item, (Part, str, tuple)) for item in value):
            return f"({', '.join(map(_value, value))}{',' if len(value) == 1 else ''})"
        case _:
            return show_argument(value)


def _token(layer: Part, parameter: Parameter, value: Any, signature: Signature) -> str | None:
    """Return the shortest spelling of a value that reaches this parameter and no other, or None."""
    if isinstance(value, Part):
        categories = registry.find_word(value.names[0], owning=True)
        takers = [p for p in signature.parameters if any(c in categories for c in p.bare)]
        return _value(value) if takers == [parameter] else None
    for token in _spellings(parameter, value):
        takers = [p for p in signature.parameters if p.spells(token)]
        if takers == [parameter] and _means(layer, parameter, token, value):
            return token
    return None


def _means(layer: Part, parameter: Parameter, token: str, value: Any) -> bool:
    spelt = parameter.spelt(token)
    if isinstance(spelt, Word):
        return bool(spelt.word == value)
    # By their text: `64 == 64.0 == True` in Python, but not in a layer. A layer may take one number for several.
    return repr(spelt) == repr(value) or (isinstance(value, tuple) and _with(layer, parameter.name, spelt) == layer)


def _with(layer: Part, name: str, value: Any) -> Part | None:
    try:
        return type(layer)(**(layer.arguments() | {name: value}))
    except ValueError:
        return None


def _spellings(parameter: Parameter, value: Any) -> list[str]:
    """Return the tokens that may spell a value, the one that reads best first: `3x3`, `s2`, `s2x1`."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return [flag.word for flag in parameter.flags if flag.value is value]
    numbers = value if isinstance(value, tuple) else (value,)
    if not numbers or not all(isinstance(n, (int, float)) and not isinstance(n, bool) and n >= 0 for n in numbers):
        return []
    tokens = [(bool(p.short), _filled(p, numbers)) for p in parameter.patterns if p.text.count("#") == len(numbers)]
    if len(set(numbers)) == 1:
        tokens += [(bool(p.short), _filled(p, numbers[:1])) for p in parameter.patterns if p.text.count("#") == 1]
    return [token for _, token in sorted(tokens, key=lambda pair: (pair[0], len(pair[1])))]


def _filled(pattern: Pattern, numbers: tuple[int | float, ...]) -> str:
    text = pattern.text
    for number in numbers:
        text = text.replace("#", repr(number), 1)
    return text
