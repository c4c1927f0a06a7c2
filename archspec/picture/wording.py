"""What a card says: amounts, shapes, hyper-parameters and tooltips as text. Of arguments it knows only the names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from archspec.analysis.cost import layer_macs
from archspec.analysis.weights import Count, layer_weights
from archspec.diagnostics.source import Span
from archspec.ir.definition import Definition, TuplePattern, pattern_names
from archspec.ir.expr import Const, show_value
from archspec.ir.graph import Body, LayerNode
from archspec.layers.base import Layer, Part
from archspec.picture.style import TIMES, short_argument, short_kind, short_word
from archspec.tensor import FLOAT, Sym, TensorType, show_dim, show_shape

#: Sizes come first and are shown even where they are the default; the rest of the order is the layer's own.
_SIZES = ("kernel_size", "pool_size", "size")
#: What a table has so many of, and how long each is.
_FROM_TO = ("input_dim", "output_dim")
#: Arguments that a figure leaves to the tooltip, by the end of their names.
_QUIET = (
    *("initializer", "regularizer", "constraint", "use_bias", "data_format"),
    *("axis", "epsilon", "momentum", "seed"),
)


def amount(number: int | None) -> str:
    """Write a number in three figures: `640`, `36.9 K`, `2.10 M`; nothing for 0 and what is not known."""
    if not number:
        return ""
    if number < 1000:
        return str(number)
    scaled, units = number / 1000, "KMGTPE"
    while scaled >= 999.5 and len(units) > 1:
        scaled, units = scaled / 1000, units[1:]
    unit = units[0]
    digits = 0 if scaled >= 99.95 else 1 if scaled >= 9.995 or unit == "K" else 2
    return f"{scaled:,.{digits}f} {unit}"


def shape_text(type: TensorType) -> str:
    """Write a shape as figures do: with multiplication signs, or `(T, 80)`."""
    if not type.shape or any(isinstance(dim, Sym) for dim in type.shape):
        return show_shape(type.shape)
    return TIMES.join(map(show_dim, type.shape))


def type_text(type: TensorType) -> str:
    """Write a shape, and the element type where it is not the usual one."""
    return shape_text(type) if type.dtype == FLOAT else f"{shape_text(type)} {type.dtype}"


def layer_title(layer: Layer) -> str:
    """Return the type that a card bears: that of the layer, or the function that it applies."""
    if layer.category == "activation" and (word := _activation(layer) or _given(layer).get("activation")):
        return str(word)
    return short_kind(layer.kind)


def layer_detail(layer: Layer, inputs: tuple[TensorType, ...]) -> str:
    """Write the hyper-parameters: sizes, then the one required argument bare, the others by name, then the stride."""
    given = _given(layer)
    fields = type(layer).model_fields
    sizes = [_size(getattr(layer, name), layer) for name in _SIZES if name in fields]
    named: list[str] = []
    required = [name for name, field in fields.items() if field.is_required() and name not in _SIZES]
    for name, value in given.items():
        # `same` goes without saying, numbers to pad by do not.
        told_elsewhere = name in (*_SIZES, "strides") or (name == "padding" and isinstance(value, str))
        if told_elsewhere or name.endswith(("activation", *_QUIET)) or value is None:
            continue
        if required == [name]:
            named.append(_value(value))
        elif name in _FROM_TO and required == list(_FROM_TO):
            named.append(f"{'→ ' * (name == _FROM_TO[1])}{_value(value)}")
        else:
            named.append(_named(short_argument(name), value))
    text = ", ".join([size for size in sizes if size] + named).replace(", →", " →")
    stride = _stride(layer, inputs)
    return f"{text} /{stride}".strip() if stride else text


def layer_activation(layer: Layer) -> str:
    """Return the activation that a layer was given for its result, or ""; that of an LSTM goes without saying."""
    return "" if layer.category == "activation" else _activation(layer)


def block_detail(definition: Definition, first: Body, last: Body) -> str:
    """Write the arguments of a block that are not its defaults; of blocks in a row, those of the first and of the last.

    Sizes and strides look as they do on the card of a layer.
    """
    one, other = _block_arguments(definition, first), _block_arguments(definition, last)
    # What only one of them is given is left to the tooltips.
    texts = [
        text if text == other[name] else f"{text} … {other[name].removeprefix(f'{name}=')}"
        for name, text in one.items()
        if name in other
    ]
    texts.sort(key=lambda text: text.startswith("/"))
    return ", ".join(texts).replace(", /", " /")


def _block_arguments(definition: Definition, body: Body) -> dict[str, str]:
    values = dict(body.arguments)
    shown: dict[str, str] = {}
    for parameter in definition.parameters:
        names = pattern_names(parameter.pattern)
        if parameter.tensor or parameter.captured or any(name not in values for name in names):
            continue
        if parameter.name.endswith(_QUIET):
            continue
        value = values[names[0]] if names == [parameter.name] else tuple(values[name] for name in names)
        if isinstance(parameter.default, Const) and parameter.default.value == value:
            continue
        if isinstance(parameter.pattern, TuplePattern):
            text = f"({', '.join(map(_value, value))})"
        elif "s#" in parameter.spellings and isinstance(value, int):
            text = f"/{value}"
        elif parameter.default is None or (parameter.spellings and isinstance(value, tuple)):
            text = _value(value)
        else:
            text = _named(parameter.name, value)
        shown[parameter.name] = text
    return shown


def joined_lengths(inputs: tuple[TensorType, ...], output: TensorType) -> str:
    """Return `64+128+32+32` where the inputs are laid side by side along one axis, or ""."""
    shapes = [type.shape for type in inputs]
    if len(shapes) < 2 or any(len(shape) != output.rank for shape in shapes):
        return ""
    for axis in reversed(range(output.rank)):
        dims = [shape[axis] for shape in shapes]
        known = [dim for dim in dims if dim is not None]
        rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
        if len(known) == len(dims) and len(rest) == 1 and output.shape[axis] == sum(known[1:], known[0]):
            return "+".join(map(show_dim, dims))
    return ""


def layer_tooltip(node: LayerNode, path: str, inputs: tuple[TensorType, ...]) -> list[str]:
    """Return what a card tells of one layer when pointed at."""
    layer, outputs = node.layer, tuple(port.type for port in node.outputs)
    arguments = ", ".join(f"{name}={_written(value)}" for name, value in _given(layer).items())
    lines = [path, f"{layer.kind}({arguments})", f"{types_text(inputs)} → {types_text(outputs)}"]
    weights = layer_weights(layer, inputs)
    if weights:
        lines.append("weights: " + ", ".join(f"{w.name} {TIMES.join(map(str, w.shape)) or '()'}" for w in weights))
    if macs := layer_macs(node, inputs, outputs):
        lines.append(f"{macs:,} MACs")
    return [*lines, place(node.span)]


def block_tooltip(
    definition: Definition, body: Body, path: str, count: Count, macs: int | None, layers: int | None
) -> list[str]:
    """Return what a block tells when pointed at."""
    arguments = ", ".join(f"{name}={show_value(value)}" for name, value in body.arguments)
    lines = [path, f"{definition.name}({arguments})"]
    if definition.doc:
        lines.append(definition.doc)
    lines.append(f"{types_text(port.type for port in body.inputs)} → {types_text(port.type for port in body.outputs)}")
    lines.append(f"{count.total:,} parameters" + (f", {layers:,} layers" if layers else ""))
    if macs:
        lines.append(f"{macs:,} MACs")
    return [*lines, place(definition.span)]


def types_text(types: Iterable[TensorType]) -> str:
    """Write several types in one line."""
    return ", ".join(map(type_text, types))


def place(span: Span) -> str:
    """Return where something was written, without the folder: a drawing must not tell of the machine it was made on."""
    return f"{_file_name(span.file)}:{span.line}"


@cache
def _file_name(file: str) -> str:
    return PurePosixPath(file.replace(chr(92), "/")).name


@cache
def _defaults(kind: type[Part]) -> dict[str, Any]:
    return {name: field.get_default() for name, field in kind.model_fields.items()}


def _given(part: Part) -> dict[str, Any]:
    """Return `part.arguments()`: a drawing asks for them so often that the defaults are kept."""
    defaults = _defaults(type(part))
    values = {name: getattr(part, name) for name in defaults}
    return {name: value for name, value in values.items() if value != defaults[name]}


def _activation(layer: Layer) -> str:
    value = _given(layer).get("activation")
    if value is None or value == "linear":
        return ""
    return short_word(value) if isinstance(value, str) else _value(value)


def _size(value: Any, layer: Layer) -> str:
    if value is None:
        return ""
    sizes = value if isinstance(value, tuple) else (value,) * (layer.rank or 1)
    return TIMES.join(map(str, sizes))


def _stride(layer: Layer, inputs: tuple[TensorType, ...]) -> str:
    """Return the stride where it is not 1: as given, else by which the window moves (a pool moves by its size)."""
    if "strides" not in type(layer).model_fields:
        return ""
    # Layers in general have no such field, so mypy knows of none.
    strides = getattr(layer, "strides") or [step.stride for step in layer.window(*inputs) or ()]  # noqa: B009
    steps = list(strides) if isinstance(strides, (tuple, list)) else [strides]
    if all(step == 1 for step in steps):
        return ""
    return str(steps[0]) if len(set(steps)) == 1 else TIMES.join(map(str, steps))


def _named(name: str, value: Any) -> str:
    """Write an argument by name; a switch that is on is only named."""
    return name if value is True else f"{name}={_value(value)}"


def _value(value: Any) -> str:
    """Write an argument briefly."""
    match value:
        case Part():
            return short_word(value.names[0]) + _call(value)
        case tuple() if value and all(isinstance(item, int) and not isinstance(item, bool) for item in value):
            return TIMES.join(map(str, value))
        case tuple() if any(isinstance(item, Part) for item in value):
            return f"[{', '.join(map(_value, value))}]"
        case tuple() if len({number for pair in value if isinstance(pair, tuple) for number in pair}) == 1:
            return str(value[0][0])
        case str():
            return value
        case float():
            return f"{value:.4g}"
        case _:
            return show_value(value)


def _written(value: Any) -> str:
    """Write an argument as a spec would."""
    if isinstance(value, Part):
        return value.names[0] + _call(value)
    if isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
        return f"[{', '.join(map(_written, value))}]"
    return value if isinstance(value, str) else show_value(value)


def _call(part: Part) -> str:
    arguments = part.arguments()
    return f"({', '.join(f'{name}={_inside(value)}' for name, value in arguments.items())})" if arguments else ""


def _inside(value: Any) -> str:
    return _written(value) if isinstance(value, (Part, tuple)) else show_value(value)
