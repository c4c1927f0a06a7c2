"""Writes the declarations that a flat spec repeats: layers of the user's own, with their rules as expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archspec.diagnostics.diagnostic import InternalError
from archspec.ir.definition import ExternLayer, Parameter, Pattern, TuplePattern
from archspec.ir.expr import Const, Expr, Operation, Var, show_value
from archspec.layers.extern import Extern

_UNARY = {"neg": "-", "pos": "+", "not": "not "}
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")")}


def declaration(extern: ExternLayer) -> Iterator[str]:
    """Yield the lines of `extern layer …`."""
    yield from (f"# {line}".rstrip() for line in extern.doc.splitlines())
    parameters = ", ".join(map(_parameter, extern.parameters))
    yield f'extern layer {extern.name}({parameters}) from "{extern.module}:{extern.symbol}" {{'
    yield f"  shape {_shape(extern.axes)} -> {_shape(extern.shape)}"
    yield f"  params {_text(extern.params)}"
    yield f"  macs {_text(extern.macs)}"
    yield "}"


def declared(externs: Mapping[str, ExternLayer], layer: Extern) -> ExternLayer:
    """Return the declaration of which a layer is a use."""
    given = {name for name, _ in layer.given}
    for extern in externs.values():
        same = (extern.module, extern.symbol) == (layer.module, layer.symbol)
        if same and given <= {parameter.name for parameter in extern.parameters}:
            return extern
    raise InternalError(f"no declaration of {layer.module}:{layer.symbol}")


def _parameter(parameter: Parameter) -> str:
    pattern = _pattern(parameter.pattern)
    return pattern if parameter.default is None else f"{pattern} = {_text(parameter.default)}"


def _pattern(pattern: Pattern) -> str:
    if isinstance(pattern, TuplePattern):
        return f"({', '.join(map(_pattern, pattern.items))}{',' * (len(pattern.items) == 1)})"
    return pattern.name


def _shape(axes: tuple[Expr, ...]) -> str:
    return f"({', '.join(map(_text, axes))})"


def _text(expr: Expr) -> str:
    """Return an expression of a rule. Operators stand in brackets, so that none binds closer than it did."""
    match expr:
        case Const(value=value):
            return show_value(value)
        case Var(name=name):
            return name
        case Operation(function="if", operands=(test, then, orelse)):
            return f"({_text(then)} if {_text(test)} else {_text(orelse)})"
        case Operation(function="[]", operands=(base, index)):
            return f"{_text(base)}[{_text(index)}]"
        case Operation(function=function, operands=(operand,)) if function in _UNARY:
            return f"({_UNARY[function]}{_text(operand)})"
        case Operation(function=function, operands=operands) if function in _BRACKETS:
            opening, closing = _BRACKETS[function]
            comma = "," if function == "tuple" and len(operands) == 1 else ""
            return f"{opening}{', '.join(map(_text, operands))}{comma}{closing}"
        case Operation(function=function, operands=operands) if function.isidentifier() and function not in _WORDS:
            return f"{function}({', '.join(map(_text, operands))})"
        case Operation(function=function, operands=(left, right)):
            return f"({_text(left)} {function} {_text(right)})"
    raise InternalError(f"no text for {expr!r}")


#: Operators that are words.
_WORDS = ("and", "or", "in")
