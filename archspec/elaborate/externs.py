"""Layers of the user's own: their declarations resolved, and their rules worked out for one use."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from typing import Any

from archspec.diagnostics.diagnostic import Diagnostics
from archspec.diagnostics.suggest import write
from archspec.elaborate.evaluate import EvalError
from archspec.ir.definition import ExternLayer, Parameter
from archspec.ir.expr import Const, Expr, Var, show_value
from archspec.layers.extern import Extern
from archspec.syntax import ast
from archspec.tensor import Sym, TensorType

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
RULES = ("shape", "params", "macs")


def axis_names(extern: ast.Extern) -> list[str]:
    """Return the names that the left side of the `shape` rule gives to the lengths of the input."""
    rule = next((r for r in extern.rules if r.name.text == "shape"), None)
    return [axis.text for axis in _axes(rule.value) if isinstance(axis, ast.Name)] if rule else []


def _axes(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    return expr.items if isinstance(expr, ast.TupleExpr) else (expr,)


def _is_path(path: str) -> bool:
    """Tell whether Python can import from a path."""
    return bool(_PATH.fullmatch(path)) and not any(map(keyword.iskeyword, re.split("[.:]", path)))


def _class_help(path: str) -> str:
    """Return the help for a path with a `.` before the class, or for another."""
    module, _, name = path.rpartition(".")
    meant = f"{module}:{name}"
    return write(f'"{meant}"') if _is_path(meant) else 'they are written `"package.module:Class"`'


def resolve_extern(
    extern: ast.Extern, parameters: tuple[Parameter, ...], resolve: Callable[[ast.Expr], Expr], diagnostics: Diagnostics
) -> ExternLayer | None:
    """Return the resolved declaration, or None after reporting what is wrong with it."""
    before = len(diagnostics.items)
    if extern.what.text != "layer":
        diagnostics.error("syntax", f"expected `extern layer`, found `extern {extern.what.text}`", extern.what.span)
    path = str(extern.path.value)
    if not _is_path(path):
        diagnostics.error(
            "invalid-extern",
            "an extern layer comes from a module and a class",
            extern.path.span,
            help=_class_help(path),
        )
    rules: dict[str, ast.Rule] = {}
    for rule in extern.rules:
        name = rule.name.text
        if name not in RULES or name in rules:
            message = f"`{name}` is given twice" if name in rules else f"an extern layer has no rule `{name}`"
            diagnostics.error("invalid-extern", message, rule.name.span, notes=[f"the rules are {', '.join(RULES)}"])
        elif (rule.result is None) == (name == "shape"):
            wanted = "`shape (n, d) -> (n, units)`" if name == "shape" else f"`{name} expression`"
            diagnostics.error("invalid-extern", f"the rule is written {wanted}", rule.span)
        rules.setdefault(name, rule)
    if "shape" not in rules:
        diagnostics.error(
            "invalid-extern",
            f"the extern layer `{extern.name.text}` says nothing of its output",
            extern.name.span,
            help="add a rule such as `shape (n, d) -> (n, d)`",
        )
    if len(diagnostics.items) > before:
        return None
    shape = rules["shape"]
    assert shape.result is not None
    module, _, symbol = path.partition(":")
    return ExternLayer(
        name=extern.name.text,
        doc=extern.doc,
        module=module,
        symbol=symbol,
        parameters=parameters,
        axes=tuple(resolve(axis) for axis in _axes(shape.value)),
        shape=tuple(resolve(axis) for axis in _axes(shape.result)),
        params=resolve(rules["params"].value) if "params" in rules else Const(value=0),
        macs=resolve(rules["macs"].value) if "macs" in rules else Const(value=0),
        span=extern.name.span,
    )


def make_extern(
    extern: ExternLayer, given: dict[str, Any], variables: dict[str, Any], x: TensorType, value: Callable[[Expr], Any]
) -> Extern:
    """Return one use of an extern layer. `variables` are its parameters; the lengths of the input join them.

    Raises EvalError where the input does not match the `shape` rule, or a rule gives no whole number.
    """
    if x.rank != len(extern.axes):
        message = f"`{extern.name}` takes a tensor of {len(extern.axes)} axes, but its input is {x}"
        raise EvalError("invalid-shape", message, None)
    for axis, dim in zip(extern.axes, x.shape, strict=True):
        if isinstance(axis, Var) and axis.name not in variables:
            variables[axis.name] = dim
        elif (wanted := value(axis)) is not None and wanted != dim:
            raise EvalError("invalid-shape", f"`{extern.name}` needs {show_value(wanted)} where its input is {x}", None)
    return Extern(
        module=extern.module,
        symbol=extern.symbol,
        given=tuple(given.items()),
        shape=tuple(_dim(extern, value(axis), axis) for axis in extern.shape),
        params=_count(extern, "params", value(extern.params), extern.params),
        cost=None if isinstance(cost := value(extern.macs), Sym) else _count(extern, "macs", cost, extern.macs),
    )


def _dim(extern: ExternLayer, value: Any, expr: Expr) -> Any:
    if value is None or isinstance(value, Sym) or (isinstance(value, int) and value > 0):
        return value
    raise EvalError("invalid-shape", f"the shape rule of `{extern.name}` gives {show_value(value)} here", expr.span)


def _count(extern: ExternLayer, rule: str, value: Any, expr: Expr) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise EvalError("invalid-extern", f"the {rule} rule of `{extern.name}` gives {show_value(value)} here", expr.span)
