"""Values and expressions of the language as Python text. The one place where a literal is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.text import OPPOSITES
from archspec.elaborate.evaluate import FUNCTIONS
from archspec.ir.expr import Const, Expr, Length, Operation, TensorRef, Var, Word, WordCall
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.layers.recipe import Recipe
from archspec.tensor import Sym

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
#: Functions that give a list in the language and an iterator or a range in Python.
_LAZY = ("reversed", "zip", "enumerate")
_RANGES = ("..", "range")
#: What hands values on as they are: it may be given an open length, which Keras has as None.
_ARRANGING = ("if", "[]", "list", "tuple", "len", *_LAZY)
#: Python's spelling of our functions, where it differs, and the modules that this needs.
_FUNCTIONS = {"floor": "math.floor", "ceil": "math.ceil"}


def literal(value: Any, layers: str = "layers") -> str:
    """Return the Python literal of a value. Lists come out as tuples: they are defaults, and never changed.

    `layers` is what Keras's layers are called by.
    """
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            return repr(value) if value == value and abs(value) != float("inf") else f'float("{value}")'
        case str():
            return string(value)
        case list() | tuple():
            inner = ", ".join(literal(item, layers) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case Word():
            return word(value, layers)
        case Part():
            return construct(value.keras, {k: literal(v, layers) for k, v in value.arguments().items()}, layers=layers)
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


def word(value: Word, layers: str) -> str:
    classes = list(registry.find_word(value.word, owning=True).values())
    if value.arguments is None:
        return string(classes[0].names[0] if classes else value.word)
    return construct(classes[0].keras, {k: literal(v, layers) for k, v in value.arguments}, layers=layers)


def symbol(recipe: Recipe, layers: str) -> str:
    """Return how generated code refers to a symbol of Keras."""
    name = recipe.symbol.removeprefix("keras.layers.")
    return recipe.symbol if name == recipe.symbol else f"{layers}.{name}"


def construct(recipe: Recipe, arguments: Mapping[str, str], extra: str = "", *, layers: str) -> str:
    """Return the text of a constructor call: positional arguments as far as they are all there, then keywords."""
    return f"{symbol(recipe, layers)}({', '.join(call_arguments(recipe, arguments, extra))})"


def call_arguments(recipe: Recipe, arguments: Mapping[str, str], extra: str = "") -> list[str]:
    left = dict(arguments)
    texts = []
    for name in recipe.positional:
        if name not in left:
            break
        texts.append(left.pop(name))
    texts += [f"{recipe.keyword(name)}={text}" for name, text in left.items()]
    return [*texts, extra] if extra else texts


def _constant_kind(expr: Operation) -> set[type]:
    """Return the kind of a quotient of constants: no use may come to it, and yet it has a value."""
    over, under = (operand.value if isinstance(operand, Const) else None for operand in expr.operands)
    if isinstance(over, float) or isinstance(under, float):
        return {float}
    return {type(FUNCTIONS["/"](over, under))} if isinstance(over, int) and isinstance(under, int) and under else set()


def is_lazy(expr: Expr) -> bool:
    """Tell whether a `for` goes through an iterator in Python, which has no length."""
    return isinstance(expr, Operation) and expr.function in _LAZY


class Printer:
    """Prints expressions.

    `variable` says how a variable is written here, `length` how a length of a tensor is read.
    """

    def __init__(
        self, variable: Callable[[str], str], length: Callable[[str, TensorRef | None], str], module: Module
    ) -> None:
        self.variable, self.length, self.module = variable, length, module
        self.kinds = module.facts.kinds

    def print(self, expr: Expr) -> str:
        return self._print(expr, 0)

    def _print(self, expr: Expr, outer: int) -> str:
        match expr:
            case Const():
                text = literal(expr.value, self.module.layers)
                return f"({text})" if text.startswith("-") and outer > 7 else text
            case Var():
                return self.variable(expr.name)
            case Length():
                return self.length(expr.what, expr.tensor)
            case WordCall():
                recipe = next(iter(registry.find_word(expr.word, owning=True).values())).keras
                return construct(recipe, {k: self.print(v) for k, v in expr.arguments}, layers=self.module.layers)
            case Operation():
                text, level = self._operation(expr)
                return f"({text})" if level < outer else text

    def _operation(self, expr: Operation) -> tuple[str, int]:
        name, operands = expr.function, expr.operands
        if name not in _ARRANGING and any(Sym in self.kinds(item) for item in (expr, *operands)):
            raise Unprintable(
                "this counts with a length that the input leaves open, and the code knows no number for it",
                expr.span,
                help="give the input a number there",
            )
        if name == "if":
            test, then, orelse = (self._print(operand, 1) for operand in operands)
            return f"{then} if {test} else {orelse}", 0
        if name == "not" and isinstance(operands[0], Operation) and operands[0].function in OPPOSITES:
            return self._comparison(operands[0], opposite=True)
        if name in ("neg", "pos", "not"):
            level = _PRECEDENCE[name]
            sign = {"neg": "-", "pos": "+", "not": "not "}[name]
            # Formatters put a power in brackets here.
            is_power = isinstance(operands[0], Operation) and operands[0].function == "**"
            return sign + self._print(operands[0], 9 if is_power else level), level
        if name == "[]":
            return self._item(*operands), 9
        if name in _RANGES:
            return f"tuple({self._range(operands)})", 9
        if name in ("list", "tuple"):
            inner = ", ".join(self.print(operand) for operand in operands)
            return (f"({inner},)" if len(operands) == 1 else f"({inner})"), 9
        if name in OPPOSITES:
            return self._comparison(expr)
        if name == "/":
            return self._quotient(expr)
        if name in _PRECEDENCE:
            if name == "+" and any(map(self._may_be_list, operands)):
                self.module.compares_lists = True
            return self._binary(name, operands)
        return self._function(name, operands), 9

    def _item(self, of: Expr, index: Expr) -> str:
        position = self.print(index)
        if isinstance(of, Length) and of.what == "shape" and re.fullmatch(r"-?\d+", position):
            # In code a shape begins with the size of the batch.
            whole = self.length("shape", of.tensor).removesuffix("[1:]")
            return f"{whole}[{position if position.startswith('-') else int(position) + 1}]"
        return f"{self._items(of, 9)}[{position}]"

    def _comparison(self, expr: Operation, opposite: bool = False) -> tuple[str, int]:
        name, (left, right) = expr.function, expr.operands
        if self._may_be_list(left) and (name == "in" or self._may_be_list(right)):
            self.module.compares_lists = True
        if WordCall in self.kinds(left) & self.kinds(right):
            raise Unprintable(
                "this compares words with arguments, and in code each is an object of its own",
                expr.span,
                help="compare what they are made of: give the block a flag or a number",
            )
        if name in ("==", "!="):
            # What is fixed stands on the right.
            left, right = (right, left) if isinstance(left, Const) and not isinstance(right, Const) else (left, right)
            if isinstance(right, Const) and right.value is None:
                name = "is" if name == "==" else "is not"
            elif isinstance(right, Const) and isinstance(right.value, bool) and self.kinds(left) == {bool}:
                holds = (right.value == (name == "==")) != opposite
                return (self._print(left, 4), 4) if holds else (f"not {self._print(left, 3)}", 3)
        sign = OPPOSITES[name] if opposite else name
        second = self._items(right, 5) if name == "in" else self._print(right, 5)
        return f"{self._print(left, 5)} {sign} {second}", 4

    def _binary(self, sign: str, operands: tuple[Expr, ...]) -> tuple[str, int]:
        level = _PRECEDENCE[sign]
        # Left-associative, except for powers.
        left, right = (level + 1, level) if sign == "**" else (level, level + 1)
        first, second = self._print(operands[0], left), self._print(operands[1], right)
        # Formatters hug a power of simple operands.
        hug = sign == "**" and all(re.fullmatch(r"-?[\w.]+", text) for text in (first, second))
        return (f"{first}**{second}" if hug else f"{first} {sign} {second}"), level

    def _quotient(self, expr: Operation) -> tuple[str, int]:
        """Print a division: of whole numbers the language makes a whole number where it comes out so."""
        kinds = self.kinds(expr) or _constant_kind(expr)
        if kinds and kinds <= {int, Sym}:
            return self._binary("//", expr.operands)
        if kinds == {float}:
            return self._binary("/", expr.operands)
        self.module.helpers.add("quotient")
        return f"quotient({', '.join(map(self.print, expr.operands))})", 9

    def _function(self, name: str, operands: tuple[Expr, ...]) -> str:
        if name in _FUNCTIONS:
            self.module.imports.add("import math")
        if name == "make_divisible":
            self.module.helpers.add(name)
        # The language's `zip` ends with the shortest too.
        more = ["strict=False"] if name == "zip" else []
        text = f"{_FUNCTIONS.get(name, name)}({', '.join([*map(self._items, operands), *more])})"
        return f"tuple({text})" if name in _LAZY else text

    def _range(self, operands: tuple[Expr, ...]) -> str:
        texts = [self.print(operand) for operand in operands]
        return f"range({', '.join(texts[texts[0] == '0' and len(texts) == 2 :])})"

    def _items(self, expr: Expr, outer: int = 0) -> str:
        """Return the text of a list of which only the items matter, so that a range will do for it."""
        if isinstance(expr, Operation) and expr.function in _RANGES:
            return self._range(expr.operands)
        return self._print(expr, outer)

    def iterable(self, expr: Expr) -> str:
        """Return the text of what a `for` goes through, or of a count."""
        text = self._items(expr)
        return text.removeprefix("tuple(").removesuffix(")") if is_lazy(expr) else text

    def _may_be_list(self, expr: Expr) -> bool:
        kinds = self.kinds(expr)
        return bool(kinds & {list, tuple}) if kinds else not isinstance(expr, (Const, Length))
