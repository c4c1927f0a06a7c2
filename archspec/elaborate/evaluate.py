"""Evaluates compile-time expressions. Total: no recursion, no unbounded loop, and a limit on the size of every value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from archspec.diagnostics.source import Span
from archspec.ir.expr import Const, Expr, Length, Operation, TensorRef, Var, Word, WordCall, show_value
from archspec.tensor import Sym, TensorType, show_shape

#: The longest list, and the most bits of a whole number, that an expression may make.
MAX_ITEMS = 100_000
MAX_BITS = 1024


class EvalError(Exception):
    """An expression has no value. `span` is the smallest telling part of it."""

    def __init__(self, code: str, message: str, span: Span | None, *, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.span, self.help = code, message, span, help


class Tensors(Protocol):
    """Looks up the types of tensors for expressions that read shapes."""

    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        """Return the type of a named tensor, or of the current one. Raises EvalError."""
        ...


def evaluate(expr: Expr, variables: Mapping[str, Any], tensors: Tensors) -> Any:
    """Return the value of an expression. Raises EvalError."""
    match expr:
        case Const():
            return expr.value
        case Var():
            try:
                return variables[expr.name]
            except KeyError:
                raise EvalError("unbound-name", f"`{expr.name}` has no value here", expr.span) from None
        case Length():
            return _length(expr, tensors)
        case WordCall():
            return Word(word=expr.word, arguments=tuple((k, evaluate(v, variables, tensors)) for k, v in expr.arguments))
        case Operation():
            return _operation(expr, variables, tensors)


def _operation(expr: Operation, variables: Mapping[str, Any], tensors: Tensors) -> Any:
    name, operands = expr.function, expr.operands
    # These three choose which operands to evaluate; all others take values.
    if name == "if":
        return evaluate(operands[1 if truth(evaluate(operands[0], variables, tensors), operands[0].span) else 2], variables, tensors)
    if name in ("and", "or"):
        left = truth(evaluate(operands[0], variables, tensors), operands[0].span)
        return truth(evaluate(operands[1], variables, tensors), operands[1].span) if left == (name == "and") else left
    values = [evaluate(operand, variables, tensors) for operand in operands]
    try:
        return _bounded(FUNCTIONS[name](*values), expr.span)
    except EvalError:
        raise
    except ZeroDivisionError:
        raise EvalError("division-by-zero", "division by zero", expr.span) from None
    except (TypeError, AttributeError, ValueError, OverflowError, IndexError):
        shown = ", ".join(f"`{_cut(show_value(value))}`" for value in values)
        raise EvalError("invalid-operands", f"`{SHOWN.get(name, name)}` does not apply to {shown}", expr.span) from None


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def truth(value: Any, span: Span | None) -> bool:
    """Return a truth value. Raises EvalError for anything else: a spec says what it means."""
    if isinstance(value, bool):
        return value
    raise EvalError("invalid-operands", f"a condition must be true or false, but this is `{_cut(show_value(value))}`", span)


def _bounded(value: Any, span: Span | None) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise EvalError("number-too-large", f"this number has more than {MAX_BITS} bits", span)
    if isinstance(value, (list, tuple, str)) and len(value) > MAX_ITEMS:
        raise EvalError("value-too-large", f"this has more than {MAX_ITEMS:,} items", span)
    return value


def _length(expr: Length, tensors: Tensors) -> Any:
    shape = tensors.type_of(expr.tensor, expr.span).shape
    match expr.what:
        case "rank":
            return len(shape)
        case "shape":
            return shape
        case "channels":
            axis = -1
        case "height":
            axis = -3
        case "width":
            axis = -2
    if len(shape) < -axis:
        raise EvalError("no-such-axis", f"a tensor of shape {show_shape(shape)} has no {expr.what}", expr.span)
    return shape[axis]


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, Sym)):
        raise TypeError
    return value


def _add(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        if len(a) + len(b) > MAX_ITEMS:
            raise EvalError("value-too-large", f"this has more than {MAX_ITEMS:,} items", None)
        return type(a)((*a, *b))
    return _number(a) + _number(b)


def _multiply(a: Any, b: Any) -> Any:
    if isinstance(b, list):
        a, b = b, a
    if isinstance(a, list):
        if isinstance(b, bool) or not isinstance(b, int):
            raise TypeError
        if len(a) * max(b, 0) > MAX_ITEMS:
            raise EvalError("value-too-large", f"this has more than {MAX_ITEMS:,} items", None)
        return a * b
    return _number(a) * _number(b)


def _divide(a: Any, b: Any) -> Any:
    """Divide; of whole numbers the result is whole where it comes out so."""
    a, b = _number(a), _number(b)
    if isinstance(a, Sym) or isinstance(b, Sym):
        return a // b
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return a / b


def _power(a: Any, b: Any) -> Any:
    a, b = _number(a), _number(b)
    if isinstance(a, int) and isinstance(b, int) and b > 0 and a.bit_length() * b > 2 * MAX_BITS:
        raise EvalError("number-too-large", f"this number has more than {MAX_BITS} bits", None)
    result = a**b
    if isinstance(result, complex):
        raise ValueError
    return result


def _range(start: Any, stop: Any) -> list[int]:
    if any(isinstance(v, bool) or not isinstance(v, int) for v in (start, stop)):
        raise TypeError
    if stop - start > MAX_ITEMS:
        raise EvalError("value-too-large", f"this has more than {MAX_ITEMS:,} items", None)
    return list(range(start, stop))


def _index(base: Any, index: Any) -> Any:
    if isinstance(index, bool) or not isinstance(base, (list, tuple)):
        raise TypeError
    return base[index]


def _items(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    return list(value)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def run(a: Any, b: Any) -> bool:
        return compare(_number(a), _number(b))

    return run


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        return pick(map(_number, _items(values[0]) if len(values) == 1 else values))

    return run


def make_divisible(value: float, divisor: int = 8, minimum: int | None = None) -> int:
    """Round to a multiple of `divisor`, never more than 10 % down: the channel rule of the MobileNet papers."""
    floor = divisor if minimum is None else minimum
    rounded = max(floor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _round(value: Any) -> int:
    return int(round(_number(value)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": lambda a, b: _number(a) - _number(b),
    "*": _multiply,
    "/": _divide,
    "//": lambda a, b: _number(a) // _number(b),
    "%": lambda a, b: _number(a) % _number(b),
    "**": _power,
    "neg": lambda a: -_number(a),
    "pos": lambda a: _number(a),
    "not": lambda a: not truth(a, None),
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
    "in": lambda a, b: a in _items(b),
    "[]": _index,
    "..": _range,
    "list": lambda *items: list(items),
    "tuple": lambda *items: items,
    "len": lambda a: len(_items(a)),
    "range": lambda *a: _range(0, a[0]) if len(a) == 1 else _range(*a),
    "enumerate": lambda a: list(enumerate(_items(a))),
    "reversed": lambda a: _items(a)[::-1],
    "zip": lambda *a: list(zip(*map(_items, a), strict=False)),
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": lambda a: sum(map(_number, _items(a))),
    "round": _round,
    "floor": lambda a: math.floor(_number(a)),
    "ceil": lambda a: math.ceil(_number(a)),
    "make_divisible": make_divisible,
}
#: The functions a spec may call by name, as opposed to the operators above them.
NAMED_FUNCTIONS = tuple(name for name in FUNCTIONS if name.isidentifier() and name not in ("neg", "pos", "not", "in", "list", "tuple"))
#: How operators are shown in messages.
SHOWN = {"neg": "-", "pos": "+", "[]": "[ ]"}
