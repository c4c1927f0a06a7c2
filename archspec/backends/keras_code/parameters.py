"""The parameters of a definition as arguments of a constructor: their values, defaults and annotations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archspec.backends.keras_code.facts import assemble
from archspec.backends.keras_code.python import literal
from archspec.backends.keras_code.signature import Signature
from archspec.backends.keras_code.variants import Variant
from archspec.elaborate.evaluate import EvalError, evaluate
from archspec.ir.definition import ExpectOp, NamePattern, Parameter, Pattern, find, pattern_names
from archspec.ir.expr import Expr, Length, TensorRef, Var, Word
from archspec.tensor import TensorType


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A constructor argument: its name, whether it has a default, and the text that declares it."""

    name: str
    #: The attribute that keeps it.
    attribute: str
    #: What it is called on a command line.
    option: str
    optional: bool
    text: str
    #: Whether it may hold a tuple.
    holds_tuples: bool = False
    annotation: str = ""
    default: str = ""


def parameter_views(variant: Variant, signature: Signature, layers: str = "layers") -> list[ParameterView]:
    """Return the constructor's arguments, those without a default first, as Python wants them."""
    values = [p for p in variant.definition.parameters if not p.tensor]
    views = [_view(variant, parameter, signature, layers) for parameter in values]
    return sorted(views, key=lambda view: view.optional)


def _view(variant: Variant, parameter: Parameter, signature: Signature, layers: str) -> ParameterView:
    values = _values(variant, parameter)
    name, attribute = signature.arguments[parameter.name], signature.attributes[parameter.name]
    # A program has an option `--help` anyway.
    option = parameter.name if name == f"{parameter.name}_" != "help_" else name
    if parameter.default is None and variant.definition.kind == "block":
        text = f"{name}: {_annotate(values)}"
        return ParameterView(name, attribute, option, False, text, _holds_tuples(values))
    # A generated model is this variant of it, whatever the family's defaults are.
    default = values[0] if variant.definition.kind == "model" else _constant(parameter.default)
    annotation = _annotate([*values, default] if default is None else values)
    shown = literal(default, layers)
    text = f"{name}: {annotation} = {shown}"
    return ParameterView(name, attribute, option, True, text, _holds_tuples([*values, default]), annotation, shown)


def _values(variant: Variant, parameter: Parameter) -> list[Any]:
    """Return the values of a parameter in the uses of its block."""
    columns = {name: variant.arguments(name) for name in pattern_names(parameter.pattern)}
    return [
        assemble(parameter.pattern, {name: column[i] for name, column in columns.items()})
        for i in range(len(variant.bodies))
    ]


def _holds_tuples(values: Iterable[Any]) -> bool:
    return any(isinstance(value, (list, tuple)) for value in values)


def is_computed(expr: Expr) -> bool:
    """Tell whether an expression depends on anything but what is written in it."""
    return any(True for kind in (Var, Length) for _ in find(expr, kind))


def reads_shape(item: Any) -> bool:
    """Tell whether an expression, or any in some operations, reads a length of a tensor."""
    return any(True for _ in find(item, Length, outside=(ExpectOp,)))


def late(parameters: Iterable[Parameter]) -> set[str]:
    """Return the parameters whose default is known only with the input: it reads a shape, or one that does."""
    found: set[str] = set()
    names: set[str] = set()
    for parameter in parameters:
        default = parameter.default
        if default is not None and (reads_shape(default) or any(v.name in names for v in find(default, Var))):
            found.add(parameter.name)
            names |= {parameter.name, *pattern_names(parameter.pattern)}
    return found


def _constant(expr: Expr | None) -> Any:
    """Return the value of a default; None where it is worked out from other parameters or a shape."""
    return None if expr is None or is_computed(expr) else evaluate(expr, {}, _NoTensors())


class _NoTensors:
    def type_of(self, tensor: TensorRef | None, span: Any) -> TensorType:
        raise EvalError("no-tensor", "there is no tensor here", span)


def _annotate(values: list[Any]) -> str:
    """Return the annotation that fits all of some values."""
    names = dict.fromkeys(map(_annotation, values))
    return " | ".join(sorted(names, key="None".__eq__)) or "int"


def _annotation(value: Any) -> str:
    match value:
        case None:
            return "None"
        case bool() | int() | float() | str():
            return type(value).__name__
        case Word(arguments=None):
            return "str"
        case tuple() | list():
            inner = list(dict.fromkeys(map(_annotation, value)))
            if isinstance(value, tuple) and value:
                return f"tuple[{', '.join(map(_annotation, value))}]"
            return f"tuple[{' | '.join(inner) or 'int'}, ...]"
        case _:
            return "object"


def left_side(pattern: Pattern, variables: dict[str, str], top: bool = False) -> str:
    """Return what an assignment to the names of a pattern stands for on its left."""
    if isinstance(pattern, NamePattern):
        return variables[pattern.name]
    inner = ", ".join(left_side(item, variables) for item in pattern.items) + ("," if len(pattern.items) == 1 else "")
    return inner if top else f"({inner})"


def paths(pattern: Pattern, path: str = "") -> Iterable[tuple[str, str]]:
    """Yield each name of a tuple pattern with the subscripts that lead to it."""
    if isinstance(pattern, NamePattern):
        if path:
            yield path, pattern.name
        return
    for position, item in enumerate(pattern.items):
        yield from paths(item, f"{path}[{position}]")
