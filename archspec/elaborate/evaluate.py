"""Evaluates compile-time expressions. Total: no recursion, no unbounded loop, a limit on the size of every value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from archspec.diagnostics.source import Span
from archspec.ir.expr import Const, Expr, Length, Operation, TensorRef, Var, Word, WordCall, show_value
from archspec.limits import limits, more
from archspec.tensor import Sym, TensorType, show_shape

#: The most bits of a whole number: Python prints none of more than some 14,000.
MAX_BITS = 1024
#: The longest a length may be, written out.
MAX_LENGTH = 1000


NO_VALUE = "what sets it stands in a part that was not taken: set it before"


class Unknown:
    """The type of `UNKNOWN`."""


#: The value of what a fault left without one: it was reported, so whatever reads it keeps quiet.
UNKNOWN = Unknown()


class Poisoned(Exception):
    """An expression needs a value that a fault left without."""


class EvalError(Exception):
    """An expression has no value. `span` is the smallest telling part of it."""

    def __init__(self, code: str, message: str, span: Span | None, *, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.span, self.help = code, message, span, help


class Budget:
    """The work that one compilation may do, so that no spec keeps it busy for long. One unit is one item of a list."""

    def __init__(self, work: int) -> None:
        self._left = work

    def spend(self, work: int, span: Span | None) -> None:
        """Take off some work. Raises EvalError when there is none left."""
        self._left -= work
        if self._left < 0:
            raise EvalError(
                "too-many-steps",
                "working this spec out takes too many steps",
                span,
                help=f"make its loops shorter; {more('work')}",
            )


class Tensors(Protocol):
    """Looks up the types of tensors for expressions that read shapes."""

    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        """Return the type of a named tensor, or of the current one. Raises EvalError."""
        ...


def evaluate(expr: Expr, variables: Mapping[str, Any], tensors: Tensors, budget: Budget | None = None) -> Any:
    """Return the value of an expression. Raises EvalError, or Poisoned where a fault left it without."""
    match expr:
        case Const():
            if expr.value is UNKNOWN:
                raise Poisoned
            return expr.value
        case Var():
            try:
                value = variables[expr.name]
            except KeyError:
                raise EvalError("unbound-name", f"`{expr.name}` has no value here", expr.span, help=NO_VALUE) from None
            if value is UNKNOWN:
                raise Poisoned
            return value
        case Length():
            return _length(expr, tensors)
        case WordCall():
            return Word(
                word=expr.word, arguments=tuple((k, evaluate(v, variables, tensors, budget)) for k, v in expr.arguments)
            )
        case Operation():
            return _operation(expr, variables, tensors, budget)


def _operation(expr: Operation, variables: Mapping[str, Any], tensors: Tensors, budget: Budget | None) -> Any:
    name, operands = expr.function, expr.operands

    def value(operand: Expr) -> Any:
        return evaluate(operand, variables, tensors, budget)

    # These three choose which operands to evaluate; all others take values.
    if name == "if":
        return value(operands[1 if truth(value(operands[0]), operands[0].span) else 2])
    if name in ("and", "or"):
        left = truth(value(operands[0]), operands[0].span)
        return truth(value(operands[1]), operands[1].span) if left == (name == "and") else left
    values = [value(operand) for operand in operands]
    try:
        result = FUNCTIONS[name](*values)
        # An item of a list is no larger than the list, which was looked at when it was made.
        return result if name == "[]" else _bounded(result, expr.span, budget)
    except EvalError as error:
        error.span = error.span or expr.span
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
    raise EvalError(
        "invalid-operands", f"a condition must be true or false, but this is `{_cut(show_value(value))}`", span
    )


def _too_many_bits(span: Span | None) -> EvalError:
    return EvalError("number-too-large", f"this number has more than {MAX_BITS} bits", span)


def _too_many_items(span: Span | None, what: str = "items") -> EvalError:
    return EvalError("value-too-large", f"this has more than {limits().items:,} {what}", span, help=more("items"))


def _bounded(value: Any, span: Span | None, budget: Budget | None) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise _too_many_bits(span)
    if isinstance(value, float) and not math.isfinite(value):
        raise EvalError("number-too-large", "this number is too large", span)
    if isinstance(value, (list, tuple)):
        items = _count(value)
        if budget is not None:
            budget.spend(items, span)
        if items > limits().items:
            raise _too_many_items(span)
    if isinstance(value, str) and len(value) > limits().items:
        raise _too_many_items(span, "characters")
    if isinstance(value, Sym):
        if any(abs(number).bit_length() > MAX_BITS for number in (value.const, *(factor for _, factor in value.terms))):
            raise _too_many_bits(span)
        if sum(len(atom) for atom, _ in value.terms) > MAX_LENGTH:
            raise EvalError("value-too-large", "this length is too long to be written out", span)
    return value


def _count(value: list[Any] | tuple[Any, ...]) -> int:
    """Return how many items a list has, those of the lists in it counted; of too many only that they are too many."""
    # A list may be small in memory only because the lists in it are one and the same.
    items = 0
    stack: list[Any] = [value]
    while stack and items <= limits().items:
        inner = stack.pop()
        items += len(inner)
        if items <= limits().items:
            stack += (item for item in inner if isinstance(item, (list, tuple)))
    return items


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
        if len(a) + len(b) > limits().items:
            raise _too_many_items(None)
        return type(a)((*a, *b))
    return _number(a) + _number(b)


def _multiply(a: Any, b: Any) -> Any:
    if isinstance(b, list):
        a, b = b, a
    if isinstance(a, list):
        if isinstance(b, bool) or not isinstance(b, int):
            raise TypeError
        if len(a) * max(b, 0) > limits().items:
            raise _too_many_items(None)
        return a * b
    a, b = _numbers(a, b)
    return a * b


def _numbers(a: Any, b: Any) -> tuple[Any, Any]:
    """Return two numbers. A symbolic length goes together with whole numbers only."""
    if (isinstance(_number(a), Sym) and isinstance(b, float)) or (isinstance(_number(b), Sym) and isinstance(a, float)):
        raise TypeError
    return a, b


def _floor(a: Any, b: Any) -> Any:
    a, b = _numbers(a, b)
    if isinstance(a, Sym) and b == 0:
        raise ZeroDivisionError
    return a // b


def _modulo(a: Any, b: Any) -> Any:
    a, b = _numbers(a, b)
    if isinstance(a, Sym) and b == 0:
        raise ZeroDivisionError
    return a % b


def _divide(a: Any, b: Any) -> Any:
    """Divide; of whole numbers the result is whole where it comes out so."""
    a, b = _numbers(a, b)
    if isinstance(a, Sym) or isinstance(b, Sym):
        return _floor(a, b)
    if isinstance(a, int) and isinstance(b, int) and a % b == 0:
        return a // b
    return a / b


def _power(a: Any, b: Any) -> Any:
    a, b = _number(a), _number(b)
    if isinstance(a, int) and isinstance(b, int) and b > 0 and a.bit_length() * b > 2 * MAX_BITS:
        raise _too_many_bits(None)
    result = a**b
    if isinstance(result, complex):
        raise ValueError
    return result


def _range(start: Any, stop: Any) -> list[int]:
    if any(isinstance(v, bool) or not isinstance(v, int) for v in (start, stop)):
        raise TypeError
    if stop - start > limits().items:
        raise _too_many_items(None)
    return list(range(start, stop))


def _index(base: Any, index: Any) -> Any:
    if isinstance(index, bool) or not isinstance(index, int) or not isinstance(base, (list, tuple)):
        raise TypeError
    if not -len(base) <= index < len(base):
        items = f"{len(base)} item{'s' * (len(base) != 1)}"
        raise EvalError(
            "invalid-index", f"there is no item {index} in a list of {items}", None, help="the first item is number 0"
        )
    return base[index]


def _equal(a: Any, b: Any) -> bool:
    """Tell whether two values are the same. Lists and tuples are where their items are: generated code has tuples."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return a is b or (len(a) == len(b) and all(map(_equal, a, b)))
    return bool(a == b)


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
    """Round to a multiple of `divisor`, at most 10 % down, as MobileNets do."""
    floor = divisor if minimum is None else minimum
    rounded = max(floor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _round(value: Any) -> int:
    rounded: int = round(_number(value))
    return rounded


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": lambda a, b: _number(a) - _number(b),
    "*": _multiply,
    "/": _divide,
    "//": _floor,
    "%": _modulo,
    "**": _power,
    "neg": lambda a: -_number(a),
    "pos": lambda a: _number(a),
    "not": lambda a: not truth(a, None),
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
    "in": lambda a, b: any(_equal(a, item) for item in _items(b)),
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
NAMED_FUNCTIONS = tuple(
    name for name in FUNCTIONS if name.isidentifier() and name not in ("neg", "pos", "not", "in", "list", "tuple")
)
#: How operators are shown in messages.
SHOWN = {"neg": "-", "pos": "+", "[]": "[ ]"}
