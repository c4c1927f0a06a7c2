"""Values of a spec into a layer: words become what the layer's field takes, and pydantic's faults our messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from archspec.diagnostics.suggest import did_you_mean
from archspec.elaborate.evaluate import UNKNOWN
from archspec.elaborate.signature import of_part, part_categories, show_argument
from archspec.ir.expr import Word, show_value
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.registry import Family
from archspec.layers.spatial import PerAxis
from archspec.tensor import Sym

#: The numbers of axes that tensors mostly have.
_RANKS = range(1, 6)


class Flaw(NamedTuple):
    """What is wrong with one argument, or with all of them together where `name` is None."""

    name: str | None
    message: str
    code: str = "invalid-argument"
    help: str = ""


class ArgumentFault(Exception):
    """Arguments do not make a layer."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(*flaws)
        self.flaws = flaws


def make_layer(kind: type[Layer], arguments: Mapping[str, Any], rank: int | None = None) -> Layer:
    """Return the layer with these arguments, for a tensor of `rank` axes. Raises ArgumentFault."""
    layer = _make(kind, arguments, rank)
    assert isinstance(layer, Layer)
    return layer


def certain_flaws(found: type[Layer] | Family, arguments: Mapping[str, Any], rank: int | None) -> Sequence[Flaw]:
    """Return what is wrong with arguments whatever those are that are UNKNOWN, and the rank where it is None."""
    certain: list[Flaw] | None = None
    for axes in _RANKS if rank is None else (rank,):
        kind = found.for_rank(axes - 1) if isinstance(found, Family) else found
        flaws = _flaws(kind, arguments, axes) if kind is not None else []
        if kind is not None and not any(flaw.code == "wrong-rank" for flaw in flaws):
            certain = [flaw for flaw in flaws if certain is None or flaw in certain]
        if certain == []:
            break
    return certain or []


def _flaws(kind: type[Layer], arguments: Mapping[str, Any], rank: int) -> list[Flaw]:
    try:
        # What is unknown is refused itself, and so nothing else is held against it.
        make_layer(kind, arguments, rank)
    except ArgumentFault as fault:
        return [flaw for flaw in fault.flaws if flaw.name is None or arguments.get(flaw.name) is not UNKNOWN]
    return []


def _make(part: type[Part], arguments: Mapping[str, Any], rank: int | None) -> Part:
    values = {}
    for name, value in arguments.items():
        if _has_symbol(value):
            message = f"`{name}` needs a number, but `{show_value(value)}` is left open by the input"
            raise ArgumentFault(Flaw(name, message, "open-dimension"))
        values[name] = _convert(part, name, value, rank)
    try:
        return part(**values)
    except ValidationError as error:
        raise _fault(part, error, arguments) from None


def _has_symbol(value: Any) -> bool:
    return isinstance(value, Sym) or (isinstance(value, (list, tuple)) and any(map(_has_symbol, value)))


def _convert(part: type[Part], name: str, value: Any, rank: int | None) -> Any:
    if isinstance(value, list) or (isinstance(value, tuple) and any(isinstance(item, Word) for item in value)):
        return tuple(_convert(part, name, item, rank) for item in value)
    if not isinstance(value, Word):
        return value
    categories = part_categories(part, name)
    owning = any(value.word in registry.words(c) for c in categories if c in registry.OWNING)
    if value.arguments is None and not owning:
        return value.word
    for category in categories:
        if (config := registry.words(category).get(value.word)) is not None:
            try:
                if category == "layer":
                    config, rank = _inner(part, value.word, rank)
                return _make(config, dict(value.arguments or ()), rank)
            except ArgumentFault as fault:
                # What is wrong inside a word is shown at the argument that the word stands in.
                flaw = fault.flaws[0]
                raise ArgumentFault(flaw._replace(name=name, message=f"{flaw.message} in `{value.word}`")) from None
    raise ArgumentFault(Flaw(name, f"`{value}` does not go with `{name}`"))


def _inner(part: type[Part], word: str, rank: int | None) -> tuple[type[Layer], int | None]:
    """Return the layer that a word stands for inside another, and the rank of the tensor that it is to take."""
    hidden = part.hides if issubclass(part, Layer) else 0
    inner = None if rank is None else rank - hidden
    found = registry.find_layer(word)
    assert found is not None, word
    if not isinstance(found, Family):
        return found, inner
    member = found.typical if inner is None else found.for_rank(inner - 1)
    if member is None:
        *others, last = (f"{n}-D" for n, _ in found.members)
        takes = f"{', '.join(others)} or {last}" if others else last
        message = f"`{word}` takes {takes} data with channels, but is given {inner} {'axis' if inner == 1 else 'axes'}"
        raise ArgumentFault(Flaw(None, message, "wrong-rank"))
    return member, inner


def _fault(part: type[Part], error: ValidationError, arguments: Mapping[str, Any]) -> ArgumentFault:
    """Put pydantic's findings into the words of the language, one for each argument."""
    flaws: dict[str | None, Flaw] = {}
    for item in error.errors(include_url=False):
        name = str(item["loc"][0]) if item["loc"] else None
        value = arguments.get(name or "", item["input"])
        per_axis = name is not None and _is_per_axis(part, name)
        # A tuple with a number for each axis is a size, and others are none.
        as_value = isinstance(value, str if name in arguments else ()) or (isinstance(value, tuple) and not per_axis)
        given = show_value(value) if as_value else show_argument(_plain(value))
        kind, context, help = item["type"], item.get("ctx", {}), ""
        if kind == "unknown_word":
            message, help = _unknown_word(part, str(context["category"]), value, given)
        elif name is None:
            message = _lower(item["msg"])
        elif kind == "missing":
            message = f"`{name}` is missing"
            help = f"give it its arguments: `{part.names[0]}({name}=…)`"
        else:
            message = f"`{name}` {_requirement(kind, context, item['msg'], per_axis)}, but it is `{given}`"
            if kind in ("int_type", "int_from_float") and isinstance(item["input"], float):
                number = item["input"]
                whole = f"a whole number has no point and no exponent: `{number:.0f}`"
                help = whole if number.is_integer() else "`//` divides and drops the rest"
            elif per_axis and kind == "wrong_count":
                help = _help_with_axes(value, context)
            elif _is_percentage(value) and kind in ("less_than", "less_than_equal") and 1 in context.values():
                help = f"a share is a part of 1: `{value / 100:g}`"
            else:
                help = _word_help(part, name, value)
        flaws.setdefault(name, Flaw(name, message, help=help))
    return ArgumentFault(*flaws.values())


def _is_per_axis(part: type[Part], field: str) -> bool:
    return any(isinstance(m, PerAxis) for m in part.model_fields[field].metadata)


def _is_percentage(value: Any) -> bool:
    return isinstance(value, int | float) and 2 <= value <= 100


def _unknown_word(part: type[Part], category: str, value: Any, given: str) -> tuple[str, str]:
    """Return the message and help for what is no word of a category."""
    if not isinstance(value, str | Word):
        pads = value if isinstance(value, int) and value > 0 else 1
        examples = {
            "activation": "a variable is a step where it holds an activation, such as `relu`"
            if part.names[0] == "activation"
            else f"an activation is a word such as `relu`; the signature is `{of_part(part, part.names[0])}`",
            "initializer": "an initializer is a word such as `he_normal`",
            "regularizer": "a regularizer is `l1(0.01)`, `l2(0.01)` or both, `l1_l2(0.01, 0.01)`",
            "cell": "a cell is `lstm_cell(8)`, `gru_cell(8)` or `simple_rnn_cell(8)`",
            "padding": "`same` keeps the size, `valid` adds nothing, "
            f"`zero_padding({pads})` before it adds {pads} on each side",
        }
        return f"`{given}` is no {category}", examples.get(category, "")
    word = value.word if isinstance(value, Word) else value
    return f"unknown {category} `{given}`", _word_help(part, "", value) or did_you_mean(word, registry.words(category))


def _word_help(part: type[Part], name: str, value: Any) -> str:
    """Return the help for a word, or the text of one, that stands at the wrong argument."""
    if not isinstance(value, str | Word):
        return ""
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value):
        return f"a number stands without quotes: `{value}`"
    taker = _taker(part, value if isinstance(value, Word) else Word(word=value))
    if taker is None or (taker == name and isinstance(value, Word)):
        return ""
    return f"`{value}` goes with `{taker}`: `{taker}={value}`"


def _help_with_axes(value: Any, context: Mapping[str, Any]) -> str:
    """Return the help for numbers of another rank than the tensor's: an image that lacks its channels, perhaps."""
    if context.get("wanted") == "one number" and isinstance(value, tuple) and len(value) == 2:
        return (
            "of the tensor's two axes the last is the channels; an image has three, height, width and channels: "
            "`input 28x28x1`"
        )
    return ""


def _taker(part: type[Part], word: Word) -> str | None:
    """Return the argument that takes a word, as opposed to the one it was given to."""
    categories = registry.find_word(word.word)
    takers = [p.name for p in of_part(part, part.names[0]).parameters if any(c in categories for c in p.bare)]
    return takers[0] if len(takers) == 1 else None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Word) else value


def _lower(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _requirement(kind: str, context: Mapping[str, Any], message: str, per_axis: bool) -> str:
    match kind:
        case "greater_than":
            return f"must be greater than {context['gt']}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than":
            return f"must be less than {context['lt']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "int_type" | "int_from_float" | "int_parsing":
            return "must be a whole number"
        case "float_type" | "float_parsing":
            return "must be a number"
        case "bool_type" | "bool_parsing":
            return "must be true or false"
        case "tuple_type":
            return "must be a whole number, or one for each axis" if per_axis else "must be a tuple"
        case "string_type" | "literal_error":
            return f"must be {context['expected'].replace(chr(39), '`')}" if "expected" in context else "must be a word"
        case _:
            return _lower(message)
