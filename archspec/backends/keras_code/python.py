"""Values and expressions of the language as Python text. The one place where a literal is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from archspec.elaborate.evaluate import EvalError, evaluate
from archspec.ir.expr import Const, Expr, Length, Operation, TensorRef, Var, Word, WordCall
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.layers.recipe import Recipe
from archspec.tensor import Sym, TensorType

_PRECEDENCE = {
    "if": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
    "neg": 7,
    "pos": 7,
    "**": 8,
}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
#: Functions that give a list in the language and an iterator in Python.
_LAZY = ("reversed", "zip", "enumerate")
_WHOLE = ("len", "round", "floor", "ceil", "make_divisible", "//", "%")
#: Python's spelling of our functions, where it differs, and the modules that this needs.
_FUNCTIONS = {"floor": "math.floor", "ceil": "math.ceil"}


class Unprintable(Exception):
    """An expression has no Python form here. Says why."""


def literal(value: Any) -> str:
    """Return the Python literal of a value. Lists come out as tuples: they are defaults, and never changed."""
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            return repr(value) if value == value and abs(value) != float("inf") else f'float("{value}")'
        case str():
            return string(value)
        case list() | tuple():
            inner = ", ".join(map(literal, value))
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case Word():
            return word(value)
        case Part():
            return construct(value.keras, {k: literal(v) for k, v in value.arguments().items()})
        case Sym():
            return "None"
    raise TypeError(f"no literal for {type(value).__name__}")


def string(text: str) -> str:
    """Return a string literal in double quotes that holds nothing but printable ASCII."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif " " <= char <= "~":
            out.append(char)
        else:
            out.append(
                {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char)
                or (
                    f"\\x{ord(char):02x}"
                    if ord(char) < 256
                    else f"\\u{ord(char):04x}"
                    if ord(char) < 65536
                    else f"\\U{ord(char):08x}"
                )
            )
    return '"' + "".join(out) + '"'


def word(value: Word) -> str:
    classes = list(registry.find_word(value.word, owning=True).values())
    if value.arguments is None:
        return string(classes[0].names[0] if classes else value.word)
    return construct(classes[0].keras, {k: literal(v) for k, v in value.arguments})


def symbol(recipe: Recipe) -> str:
    """Return how generated code refers to a symbol of Keras."""
    return recipe.symbol.removeprefix("keras.") if recipe.symbol.startswith("keras.layers.") else recipe.symbol


def construct(recipe: Recipe, arguments: Mapping[str, str], extra: str = "") -> str:
    """Return the text of a constructor call: positional arguments as far as they are all there, then keywords."""
    return f"{symbol(recipe)}({', '.join(call_arguments(recipe, arguments, extra))})"


def call_arguments(recipe: Recipe, arguments: Mapping[str, str], extra: str = "") -> list[str]:
    left = dict(arguments)
    texts = []
    for name in recipe.positional:
        if name not in left:
            break
        texts.append(left.pop(name))
    texts += [f"{recipe.keyword(name)}={text}" for name, text in left.items()]
    return [*texts, extra] if extra else texts


class SampleTensors:
    """Stands in for tensors where only the kind of a value matters."""

    def type_of(self, tensor: TensorRef | None, span: Any) -> TensorType:
        # A length that nearly everything divides: that a division of lengths comes out whole is taken for granted.
        return TensorType((LENGTH,) * 4)


#: 8!
LENGTH = 40_320


class Printer:
    """Prints expressions.

    `variable` says how a variable is written here, `length` how a length of a tensor is read. `samples` holds one value
    of each variable: enough to tell whole numbers from others, since `/` of whole numbers must come out whole.
    """

    def __init__(
        self,
        variable: Callable[[str], str],
        length: Callable[[str, TensorRef | None], str],
        samples: Mapping[str, Any],
        imports: set[str],
    ) -> None:
        self.variable, self.length, self.samples, self.imports = variable, length, samples, imports

    def print(self, expr: Expr) -> str:
        return self._print(expr, 0)

    def _print(self, expr: Expr, outer: int) -> str:
        match expr:
            case Const():
                text = literal(expr.value)
                return f"({text})" if text.startswith("-") and outer > 7 else text
            case Var():
                return self.variable(expr.name)
            case Length():
                return self.length(expr.what, expr.tensor)
            case WordCall():
                recipe = next(iter(registry.find_word(expr.word, owning=True).values())).keras
                return construct(recipe, {k: self.print(v) for k, v in expr.arguments})
            case Operation():
                text, level = self._operation(expr)
                return f"({text})" if level < outer else text

    def _operation(self, expr: Operation) -> tuple[str, int]:
        name, operands = expr.function, expr.operands
        if name == "if":
            test, then, orelse = (self._print(operand, 1) for operand in operands)
            return f"{then} if {test} else {orelse}", 0
        if name in ("neg", "pos", "not"):
            level = _PRECEDENCE[name]
            sign = {"neg": "-", "pos": "+", "not": "not "}[name]
            return sign + self._print(operands[0], level), level
        if name == "[]":
            return f"{self._print(operands[0], 9)}[{self.print(operands[1])}]", 9
        if name == "..":
            start, stop = (self.print(operand) for operand in operands)
            return (f"range({stop})" if start == "0" else f"range({start}, {stop})"), 9
        if name in ("list", "tuple"):
            inner = ", ".join(self.print(operand) for operand in operands)
            return (f"({inner},)" if len(operands) == 1 else f"({inner})"), 9
        if name in _COMPARISONS:
            return f"{self._print(operands[0], 5)} {name} {self._print(operands[1], 5)}", 4
        if name in _PRECEDENCE:
            level = _PRECEDENCE[name]
            sign = "//" if name == "/" and self._divides(*operands) else name
            # Left-associative, except for powers.
            left, right = (level + 1, level) if name == "**" else (level, level + 1)
            first, second = self._print(operands[0], left), self._print(operands[1], right)
            # Formatters hug a power of simple operands.
            hug = name == "**" and all(re.fullmatch(r"-?[\w.]+", text) for text in (first, second))
            return (f"{first}**{second}" if hug else f"{first} {sign} {second}"), level
        return self._function(name, [self.print(operand) for operand in operands]), 9

    def _function(self, name: str, operands: list[str]) -> str:
        if name in _FUNCTIONS:
            self.imports.add("import math")
        if name == "make_divisible":
            self.imports.add(name)
        text = f"{_FUNCTIONS.get(name, name)}({', '.join(operands)})"
        return f"tuple({text})" if name in _LAZY else text

    def iterable(self, expr: Expr) -> str:
        """Return the text of what a `for` goes through, or of a count."""
        text = self.print(expr)
        lazy = isinstance(expr, Operation) and expr.function in _LAZY
        return text.removeprefix("tuple(").removesuffix(")") if lazy else text

    def _divides(self, over: Expr, under: Expr) -> bool:
        """Tell whether a division is one of whole numbers that comes out whole, as far as the samples tell."""
        if not (self.whole(over) and self.whole(under)):
            return False
        try:
            above, below = (evaluate(side, self.samples, SampleTensors()) for side in (over, under))
        except EvalError:
            return True
        numbers = isinstance(above, int) and isinstance(below, int) and below != 0
        return not numbers or above % below == 0

    def whole(self, expr: Expr) -> bool:
        """Tell whether an expression of numbers is a whole number."""
        match expr:
            case Const():
                return isinstance(expr.value, int)
            case Var():
                return isinstance(self.samples.get(expr.name, 0), int)
            case Length():
                return True
            case Operation(function="[]", operands=(base, _)):
                found = self.samples.get(base.name, [0]) if isinstance(base, Var) else [0]
                return bool(found) and isinstance(found[0], int)
            case Operation(function="if", operands=(_, then, _)):
                return self.whole(then)
            case Operation(function=function, operands=operands):
                return function in _WHOLE or all(map(self.whole, operands))
            case _:
                return False
