"""Which variables a stretch of a definition reads from outside itself: what makes two loop iterations differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archspec.ir.base import Ir
from archspec.ir.definition import IfOp, LetOp, Op, RepeatOp, pattern_names
from archspec.ir.expr import TensorRef, Var


def read_before_set(ops: Iterable[Op]) -> tuple[set[str], set[str]]:
    """Return the variables that `ops` read before they set them, and those they set."""
    reads: set[str] = set()
    sets: set[str] = set()
    for op in ops:
        match op:
            case LetOp():
                reads |= set(_variables(op.value)) - sets
                sets |= set(pattern_names(op.pattern))
            case RepeatOp():
                own = set(pattern_names(op.pattern)) if op.pattern else set()
                inner_reads, inner_sets = read_before_set(op.body)
                reads |= (set(_variables(op.iterable)) | (inner_reads - own)) - sets
                sets |= inner_sets | own
            case IfOp():
                then_reads, then_sets = read_before_set(op.then)
                else_reads, else_sets = read_before_set(op.orelse)
                reads |= (set(_variables(op.test)) | then_reads | else_reads) - sets
                # A name that only one side sets may still be read from before.
                sets |= then_sets & else_sets
            case _:
                reads |= set(_variables(op)) - sets
    return reads, sets


def indexes_tensors(ops: Iterable[Op]) -> bool:
    """Tell whether `ops` name a tensor with a subscript: each iteration then leaves a tensor of its own."""
    return any(ref.index for op in ops for ref in _find(op, TensorRef))


def _variables(item: Any) -> Iterator[str]:
    for var in _find(item, Var):
        yield var.name


def _find(item: Any, kind: type[Any]) -> Iterator[Any]:
    stack = [item]
    while stack:
        match stack.pop():
            case tuple() as items:
                stack += items
            case Ir() as node:
                if isinstance(node, kind):
                    yield node
                stack += (getattr(node, name) for name in type(node).model_fields)
            case _:
                pass
