"""What the expressions of a graph's definitions come to in its uses: what tells `//` from `/`, and a number from none.

An expression is written once and worked out in every use and iteration. The definitions are elaborated once more, and
the kinds of all values are kept on the way.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from archspec.diagnostics.diagnostic import Diagnostics
from archspec.elaborate.evaluate import FUNCTIONS, evaluate
from archspec.elaborate.instance import Instance, Types
from archspec.elaborate.instantiate import Instantiator
from archspec.ir.definition import NamePattern, Pattern
from archspec.ir.expr import Const, Expr, Operation, Word, WordCall
from archspec.ir.graph import Graph
from archspec.tensor import Sym


class Facts(Instantiator):
    """One more walk over a graph's definitions, which keeps the kinds of all values.

    A kind is the type of a value. A word with arguments, which becomes an object, is of the kind `WordCall`; a list or
    tuple with an open length in it is of the kind `Sym` too.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph.definitions, graph.externs, Diagnostics())
        self._kinds: defaultdict[int, set[type]] = defaultdict(set)
        definition = graph.definitions[graph.body.definition]
        values = dict(graph.body.arguments)
        self.model(definition, {p.name: assemble(p.pattern, values) for p in definition.parameters})

    def kinds(self, expr: Expr) -> frozenset[type]:
        """Return the kinds of the values that an expression takes: none where no use comes to it."""
        if isinstance(expr, Const):
            return frozenset(_kinds(expr.value))
        return frozenset(self._kinds.get(id(expr), ()))

    def _value(self, expr: Expr, instance: Instance) -> Any:
        value = super()._value(expr, instance)
        self._note(expr, instance)
        return value

    def _note(self, expr: Expr, instance: Instance) -> Any:
        """Keep the kinds of an expression and of all that is worked out for it. Returns its value."""
        match expr:
            case Operation(function="if", operands=(test, then, orelse)):
                value = self._note(then if self._note(test, instance) else orelse, instance)
            case Operation(function="and" | "or" as function, operands=(left, right)):
                value = self._note(left, instance)
                if value == (function == "and"):
                    value = self._note(right, instance)
            case Operation():
                value = FUNCTIONS[expr.function](*[self._note(operand, instance) for operand in expr.operands])
            case WordCall():
                value = Word(word=expr.word, arguments=tuple((k, self._note(v, instance)) for k, v in expr.arguments))
            case _:
                value = evaluate(expr, instance.variables, Types(self, instance))
        self._kinds[id(expr)] |= _kinds(value)
        return value


def _kinds(value: Any) -> set[type]:
    if isinstance(value, Word) and value.arguments is not None:
        return {WordCall}
    return {type(value), *([Sym] if _has_open_length(value) else [])}


def _has_open_length(value: Any) -> bool:
    return isinstance(value, Sym) or (isinstance(value, (list, tuple)) and any(map(_has_open_length, value)))


def assemble(pattern: Pattern, values: dict[str, Any]) -> Any:
    """Return the value of a parameter from those of the names it binds."""
    if isinstance(pattern, NamePattern):
        return values[pattern.name]
    return tuple(assemble(item, values) for item in pattern.items)
