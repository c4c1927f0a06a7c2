"""Letter strings: `CBAPD(6, 5x5)` is a convolution, batch normalisation, activation, pool and dropout in that order."""

from __future__ import annotations

from functools import cache
from typing import Any

from archspec.elaborate import signature
from archspec.elaborate.signature import Parameter, Signature
from archspec.ir.expr import Word
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.layers.registry import Family
from archspec.layers.spelling import Pattern
from archspec.record import Record


class Letter(Record):
    """One letter: the layer it stands for, the name of its use, the defaults of the convention, and its arguments.

    `arguments` maps the composite's parameter to the layer's where the layer's own name would be ambiguous among the
    letters. `spellings` replace the layer's own, since a letter before a number reaches that letter here.
    """

    layer: str
    site: str
    defaults: tuple[tuple[str, Any], ...]
    arguments: tuple[tuple[str, str], ...] = ()
    spellings: tuple[tuple[str, tuple[str, ...]], ...] = ()


#: The convention is that of the teaching networks that letter strings come from.
LETTERS = {
    "C": Letter(
        "conv",
        "conv",
        (("kernel_size", 3), ("padding", Word(word="same"))),
        spellings=(("dilation_rate", ()), ("activation", ())),
    ),
    "B": Letter("batch_normalization", "bn", ()),
    "A": Letter("activation", "act", (("activation", Word(word="relu")),)),
    "P": Letter(
        "max_pool",
        "pool",
        (("pool_size", 2), ("strides", 2), ("padding", Word(word="same"))),
        arguments=(("strides", "pool_strides"), ("padding", "pool_padding")),
        spellings=(("pool_size", ("p#", "p#x#", "p#x#x#")), ("strides", ())),
    ),
    "D": Letter("dropout", "dropout", (("rate", 0.2),), spellings=(("rate", ("d#",)),)),
    "N": Letter("local_response_normalization", "lrn", ()),
}  # fmt: skip
#: `p3/2`: pool size and stride in one token. It has no name: each has its own.
POOL = Parameter("p#/#", patterns=(Pattern("p#/#"),), required=False, positional=False)


def looks_like_letters(name: str) -> bool:
    """Tell whether an unknown name was meant as a letter string, perhaps with a wrong letter in it."""
    return len(name) > 1 and name.isupper() and name.isalpha() and 2 * sum(c in LETTERS for c in name) > len(name)


def is_letters(name: str) -> bool:
    """Tell whether a name is a letter string."""
    return bool(name) and set(name) <= set(LETTERS)


def composite_name(letter: Letter, field: str) -> str:
    """Return the composite's parameter for a layer's argument."""
    return dict(letter.arguments).get(field, field)


@cache
def letters_signature(text: str) -> Signature:
    """Return the parameters of a letter string: those of its letters, `filters` and the kernel first."""
    parameters: dict[str, Parameter] = {}
    present = [letter for letter in LETTERS if letter in text]
    for char in present:
        letter = LETTERS[char]
        spellings = dict(letter.spellings)
        for parameter in signature.of_part(layer_of(letter), letter.layer).parameters:
            name = composite_name(letter, parameter.name)
            if char == "C" and parameter.name == "activation":
                continue  # `A` is the activation of a letter string
            own = parameter.name in spellings
            defaults = dict(letter.defaults)
            default = (
                signature.show_argument(_plain(defaults[parameter.name]))
                if parameter.name in defaults
                else parameter.default
            )
            parameters.setdefault(
                name,
                Parameter(
                    name,
                    shorts=parameter.shorts if not own else (),
                    patterns=tuple(map(Pattern, spellings[parameter.name])) if own else parameter.patterns,
                    flags=parameter.flags,
                    bare=parameter.bare if char in "CA" and name == parameter.name else (),
                    categories=parameter.categories,
                    required=parameter.required and parameter.name not in defaults,
                    default=default,
                    # By position come only the filters and the kernel; all else has a letter or a name.
                    positional=name in ("filters", "kernel_size"),
                ),
            )
    if "P" in text:
        parameters[POOL.name] = POOL
    return Signature(text, tuple(parameters.values()))


def _plain(value: Any) -> Any:
    return value.word if isinstance(value, Word) else value


def layer_of(letter: Letter) -> type[Part]:
    """Return the layer of a letter, of any rank: they share their arguments."""
    found = registry.find_layer(letter.layer)
    if isinstance(found, Family):
        return found.typical
    assert found is not None, letter.layer
    return found
