"""Which variables a stretch of a definition reads from outside itself: what makes two loop iterations differ."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from archspec.ir.base import Ir, find_all
from archspec.ir.definition import BranchesOp, IfOp, LetOp, Op, Pattern, RepeatOp, pattern_names
from archspec.ir.expr import TensorRef, Var
from archspec.record import Record


class Uses(Record):
    """The variables that operations read before they set them, those they set on every way, and those on some way."""

    reads: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    may_set: frozenset[str] = frozenset()

    def then(self, after: Uses) -> Uses:
        """Return the uses of these operations followed by others."""
        return Uses(self.reads | (after.reads - self.sets), self.sets | after.sets, self.may_set | after.may_set)

    def otherwise(self, other: Uses) -> Uses:
        """Return the uses where either these operations run or others."""
        return Uses(self.reads | other.reads, self.sets & other.sets, self.may_set | other.may_set)

    @property
    def hands_on(self) -> bool:
        """Tell whether one run of these operations may read what the run before it set."""
        return bool(self.reads & self.may_set)


def variable_uses(ops: Iterable[Op]) -> Uses:
    """Return which variables operations use, and how."""
    uses = Uses()
    for op in ops:
        uses = uses.then(_op_uses(op))
    return uses


def _op_uses(op: Op) -> Uses:
    match op:
        case LetOp():
            return _reading(op.value).then(_setting(op.pattern))
        case RepeatOp():
            # A loop may run not even once.
            once = _setting(op.pattern).then(variable_uses(op.body))
            return _reading(op.iterable).then(once.otherwise(Uses()))
        case IfOp():
            return _reading(op.test).then(variable_uses(op.then).otherwise(variable_uses(op.orelse)))
        case BranchesOp():
            # A definition is one scope: what a branch sets, the next one and what follows can read.
            return variable_uses((*chain.from_iterable(op.branches), op.merge))
        case _:
            return _reading(op)


def _reading(item: Ir) -> Uses:
    return Uses(reads=frozenset(var.name for var in find_all(item, Var)))


def _setting(pattern: Pattern | None) -> Uses:
    names = frozenset(pattern_names(pattern) if pattern else ())
    return Uses(sets=names, may_set=names)


def indexes_tensors(ops: Iterable[Op]) -> bool:
    """Tell whether `ops` name a tensor with a subscript: each iteration then leaves a tensor of its own."""
    return any(ref.index for op in ops for ref in find_all(op, TensorRef))
