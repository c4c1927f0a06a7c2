"""Loops: what an iteration hands to the next, and which iterations are equal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from archspec.elaborate.builder import Builder
from archspec.elaborate.instance import OPERATION_WORK, Instance, Values, freeze
from archspec.elaborate.reads import indexes_tensors, variable_uses
from archspec.ir.definition import (
    Op,
    RepeatOp,
    pattern_names,
)
from archspec.ir.expr import show_value
from archspec.ir.graph import RepeatNode
from archspec.limits import limits, more
from archspec.tensor import TensorType


class Loops(Values, ABC):
    """Elaborates repetition: equal iterations become one node with a count."""

    @abstractmethod
    def _run(self, ops: tuple[Op, ...], instance: Instance) -> None:
        """Elaborate operations."""

    def _repeat(self, op: RepeatOp, instance: Instance) -> None:
        values = self._loop_values(op, instance)
        folds, matters = self._folding(op)
        position, total = 0, len(values)
        ends = _run_ends(values) if folds and matters else ()
        outer = instance.builder
        while position < total:
            self._work(OPERATION_WORK, op.span, instance)
            faults, sound = self._faults, not instance.faulty
            child, before = self._iteration(op, values[position], instance)
            if self._faults > faults or (sound and instance.faulty):
                # The other iterations would say the same, or make no sense.
                outer.inline(child, (*outer.index, position))
                if position + 1 < total and child.types_of(child.current or ()) != before:
                    outer.current = None
                self._forget(op, instance)
                break
            end = position + 1
            if folds:
                end = ends[position] if matters else total
            if not (child.is_known and (child.nodes or child.names)):
                # What is unknown, or nothing, is made however often.
                outer.inline(child, (*outer.index, position))
                if end > position + 1:
                    outer.current = outer.current if child.is_known else None
                    self._bind_item(op, values[end - 1], instance)
                position = end
                continue
            if end > position + 1 and (made := self._fold(op, child, before, position, end - position, instance)):
                position += made
                self._bind_item(op, values[position - 1], instance)
                continue
            outer.inline(child, (*outer.index, position))
            position += 1

    def _folding(self, op: RepeatOp) -> tuple[bool, bool]:
        """Return whether equal iterations of a loop may become one node, and whether its values make them differ."""
        # An operation lives as long as its definition, and so keeps its identity.
        if id(op) not in self._foldings:
            uses = variable_uses(op.body)
            bound = set(pattern_names(op.pattern)) if op.pattern else set()
            # A loop whose iterations hand variables on, or each name a tensor of their own, is written out; and one
            # that sets its own variables, as these must come out of it as the last iteration leaves them.
            folds = not uses.hands_on and not bound & uses.may_set and not (bound and indexes_tensors(op.body))
            # Values matter only where the body reads them.
            self._foldings[id(op)] = folds, bool(uses.reads & bound)
        return self._foldings[id(op)]

    def _loop_values(self, op: RepeatOp, instance: Instance) -> range | list[Any]:
        value = self._value(op.iterable, instance)
        if op.counted:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                message = f"a count must be a whole number from 0, but this is `{show_value(value)}`"
                self._refuse(op.iterable, "invalid-count", message, instance)
            if value > limits().layers:
                message = f"{value:,} repetitions: a network may have at most {limits().layers:,} layers"
                self._refuse(op.iterable, "too-many-layers", message, instance, help=more("layers"))
            return range(value)
        if not isinstance(value, (list, tuple)):
            message = f"`for` goes through a list, but this is `{show_value(value)}`"
            help = f"a range counts: `0..{show_value(value)}`"
            self._refuse(op.iterable, "invalid-list", message, instance, help=help)
        self._work(len(value), op.iterable.span, instance)
        return list(value)

    def _iteration(self, op: RepeatOp, value: Any, instance: Instance) -> tuple[Builder, tuple[TensorType, ...]]:
        """Elaborate one iteration into a body of its own. Returns it, and the types it started from."""
        outer = instance.builder
        child = outer.iteration()
        before = child.types_of(child.current or ())
        self._bind_item(op, value, instance)
        instance.builder = child
        try:
            self._run(op.body, instance)
        finally:
            instance.builder = outer
        return child, before

    def _bind_item(self, op: RepeatOp, value: Any, instance: Instance) -> None:
        """Set the loop's variables, which keep what the last iteration had."""
        if op.pattern is not None:
            self._set(op.pattern, value, op.iterable, op.span, instance)

    def _fold(
        self, op: RepeatOp, child: Builder, before: tuple[TensorType, ...], position: int, run: int, instance: Instance
    ) -> int:
        """Add `run` equal iterations as one node. Returns how many: 0 where an iteration changes its type."""
        outer = instance.builder
        assert child.current is not None
        if outer.current is None or child.types_of(child.current) != before:
            return 0
        # Names the iteration read from before it and then set again go from one iteration to the next.
        handed = {name: child.imported[name] for name in child.names if name in child.imported}
        if any(child.types[child.names[name] or 0] != outer.types[found] for name, (found, _) in handed.items()):
            return 0
        fixed = {name: found for name, found in child.imported.items() if name not in handed}
        entering = [*child.starts, *handed.values(), *fixed.values()]
        by_value = {port.value: port for port in child.inputs}
        child.inputs = [by_value[inner] for _, inner in entering]
        inputs = [found for found, _ in entering]
        carried = len(child.starts) + len(handed)
        named = [*handed, *(name for name in child.names if name not in handed)]
        ends = [*child.current, *(v for name in named if (v := child.names[name]) is not None)]
        layers = child.layers * run
        self._spend(layers, op.span, instance)
        key = self._key(f"{instance.key}@loop")
        self.bodies[key] = child.body(key, instance.definition.key, "iteration", ends)
        self._counts[key] = child.layers
        outputs = outer.ports(child.types_of(ends))
        node = RepeatNode(
            name="",
            index=outer.index,
            inputs=tuple(inputs),
            outputs=outputs,
            span=op.span,
            body=key,
            start=position,
            count=run,
            carried=carried,
        )
        width = len(child.current)
        outer.add(node, layers)
        values = [port.value for port in outputs]
        outer.current = outer.results = values[:width]
        outer.names.update(zip(named, values[width:], strict=True))
        return run


def _run_ends(values: range | list[Any]) -> list[int] | range:
    """Return, for each value, the position behind the last of the equal values that follow it."""
    if isinstance(values, range):
        return range(1, len(values) + 1)
    frozen = [freeze(value) for value in values]
    ends = list(range(1, len(values) + 1))
    for position in range(len(values) - 2, -1, -1):
        if frozen[position] == frozen[position + 1]:
            ends[position] = ends[position + 1]
    return ends
