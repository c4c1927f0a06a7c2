"""Writes the operations of a definition as Python statements.

A model is written in Keras's functional style: layers are made where they are called. A block is a layer class, so its
operations are written three times: to make its layers, to call them, and to ask each for the shape of its output. All
follow the same control flow, so that loops stay loops and `if`s stay `if`s; the mode of a walk says what of it is
written.
"""

from __future__ import annotations

from itertools import zip_longest

from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.loops import Loops, flows
from archspec.backends.keras_code.names import bare, named, tensor_key
from archspec.backends.keras_code.python import string
from archspec.backends.keras_code.text import Line, negated
from archspec.elaborate.reads import variable_uses
from archspec.ir.definition import (
    BranchesOp,
    CallOp,
    ExpectOp,
    IfOp,
    InputOp,
    LetOp,
    NameOp,
    Op,
    OutputOp,
    RepeatOp,
    SharedOp,
    StartOp,
    pattern_names,
)
from archspec.tensor import FLOAT, Sym


class Flow(Loops):
    """One walk over the operations of a variant."""

    def walk(self, ops: tuple[Op, ...]) -> None:
        """Write operations, one after another."""
        after = self.following
        skip = False
        for position, (op, following) in enumerate(zip_longest(ops, ops[1:])):
            if skip:
                skip = False
                continue
            if isinstance(op, (RepeatOp, IfOp, BranchesOp)):
                self.following = variable_uses(ops[position + 1 :]).then(after)
            if isinstance(op, CallOp) and isinstance(following, NameOp) and len(following.targets) > 1:
                self.call(op, following)
                skip = True
            elif isinstance(op, OutputOp):
                self._output(op, ops[position + 1 :])
            else:
                self._op(op)
        self.following = after

    def _op(self, op: Op) -> None:
        match op:
            case CallOp():
                self.call(op)
            case BranchesOp():
                self._branches(op)
            case RepeatOp():
                self.repeat(op)
            case IfOp():
                self._choose(op)
            case LetOp():
                self._let(op)
            case SharedOp():
                self.share(op)
            case NameOp():
                self._name(op)
            case StartOp():
                self._start(op)
            case InputOp():
                self._input(op)
            case _:
                pass

    # --- tensors ---------------------------------------------------------------------------------------------------

    def _input(self, op: InputOp) -> None:
        # A length that is open may be written as a sum or quotient of others.
        shape = ["None" if Sym in self.facts.kinds(dim) else self.printer.print(dim) for dim in op.shape]
        text = f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(shape)})"
        name = self.local(op.name if op.name != "input" else "image" if len(op.shape) == 3 else "features")
        arguments = [text, f"name={string(op.name)}"] + ([f"dtype={string(op.dtype)}"] if op.dtype != FLOAT else [])
        self.lines.call(f"{name} = ", "keras.Input", arguments)
        self.inputs.append(name)
        self.tensors[op.name] = name
        self.current = [name]
        # The variable of an input stays what the model is made from.
        self.tensors[op.name] = self._held(name, named(self.variant.definition.body))

    def _start(self, op: StartOp) -> None:
        self.at_input = False
        if self.mode.calls:
            self.current = [self.tensor(ref) for ref in op.tensors]

    def _name(self, op: NameOp) -> None:
        if not self.mode.calls:
            for target in op.targets:
                self.tensors.pop(tensor_key(target), None)
            return
        left = [self._set(target) for target in op.targets]
        if self.current == [self.target] and len(left) == 1 and self.lines.name_last(self.target, left[0]):
            self.current = left
            return
        unread = None if any(target.index for target in op.targets) else ", ".join(left)
        self.lines.add(f"{', '.join(left)} = {', '.join(self.current)}", sets=unread)
        if len(left) > 1:
            self.current = left

    def _output(self, op: OutputOp, rest: tuple[Op, ...]) -> None:
        if not self.mode.calls:
            return
        if self.lines.level:
            raise Unprintable(
                "which tensors are the outputs depends on an `if`",
                op.span,
                help="name them on both sides, `as result`, and write `output result` after it",
            )
        again, changed = named(rest), variable_uses(rest).may_set
        self.results = [self._held(self.tensor(ref), again, changed) for ref in op.tensors]

    def _let(self, op: LetOp) -> None:
        fault = None
        try:
            value = self.printer.print(op.value)
        except Unprintable as error:
            # It matters only where something reads the variable.
            value, fault = "None", error
        changed = pattern_names(op.pattern)
        if len(self.current) == 1 and self._reads(self.current[0], changed):
            self.settle()
        self.current = [self._held(tensor, set(), changed) for tensor in self.current]
        left = self._bind(op.pattern)
        self.lines.add(f"{bare(left)} = {value}", sets=left, fault=fault)

    def _branches(self, op: BranchesOp) -> None:
        target, at_input = self.target, self.at_input
        again = named(op.branches) if self.mode.calls else set()
        changed = variable_uses((op,)).may_set if self.mode.calls else frozenset()
        start = [self._held(tensor, again, changed) for tensor in self.current]
        ends: list[str] = []
        targets: list[str] = []
        for name, branch in zip(_branch_names(op), op.branches, strict=True):
            self.current, self.at_input = list(start), at_input
            if self.mode.calls and flows(branch):
                self.target = self.local(name)
                targets.append(self.target)
            with self.lines.apart():
                self.walk(branch)
            ends += [self._held(tensor, again, changed) for tensor in self.current[:1]]
        self.target = target
        self.call(op.merge, inputs=ends if self.mode.calls else [])
        if self.mode.calls:
            # The branches are done with; others may have their names.
            self.taken -= set(targets)

    # --- control flow ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Bring the current tensor into the target variable, so that a suite may change it or leave it."""
        if not self.mode.calls:
            return
        if len(self.current) != 1:
            raise Unprintable("several current tensors meet an `if` or a loop; merge them first")
        if self.current != [self.target]:
            self.lines.add(f"{self.target} = {self.current[0]}")
            self.current = [self.target]

    def suite(self, ops: tuple[Op, ...]) -> list[Line]:
        """Write operations one level further in; return the lines."""
        start = len(self.lines.lines)
        with self.lines.indented():
            self.walk(ops)
            if flows(ops):
                self.settle()
        return self.lines.take(start)

    def _choose(self, op: IfOp) -> None:
        if _only_expects((op,)):
            return
        self._carry(op)
        test = self.printer.print(op.test)
        at_input = self.at_input
        if any(flows(side) for side in (op.then, op.orelse)):
            self.settle()
        before = dict(self.variables)
        # What only one side names is gone after it, as far as the generated code can tell.
        then = self.suite(op.then)
        after_then, set_then = self.at_input, self.variables
        self.at_input, self.variables = at_input, dict(before)
        orelse = self.suite(op.orelse)
        self.at_input = self.at_input and after_then
        # A variable that either side sets bears one name then, and what follows reads it only where that is known.
        self.variables |= {name: text for name, text in set_then.items() if text != before.get(name)}
        if then:
            self.lines.add(f"if {test}:")
            self.lines.lines += then
            if orelse:
                self.lines.add("else:")
                self.lines.lines += orelse
        elif orelse:
            self.lines.add(f"if {negated(test)}:")
            self.lines.lines += orelse


def _branch_names(op: BranchesOp) -> list[str]:
    """Return what people call the tensors of branches."""
    passing = [all(not flows((o,)) or _may_pass(o) for o in branch) for branch in op.branches]
    if op.merge.callee == "add" and len(passing) == 2 and sum(passing) == 1:
        return ["shortcut" if passes else "residual" for passes in passing]
    if op.merge.callee == "multiply" and len(passing) == 2 and sum(passing) == 1:
        return ["x" if passes else "scale" for passes in passing]
    if len(passing) - sum(passing) == 1:
        return ["branch" for _ in passing]
    return [f"branch{number}" for number in range(1, len(op.branches) + 1)]


def _may_pass(op: Op) -> bool:
    """Tell whether an operation is an `if` that may leave the current tensor as it is."""
    return isinstance(op, IfOp) and not (flows(op.then) and flows(op.orelse))


def _only_expects(ops: tuple[Op, ...]) -> bool:
    """Tell whether nothing is to be written for operations."""
    return all(isinstance(op, ExpectOp) or (isinstance(op, IfOp) and _only_expects(op.then + op.orelse)) for op in ops)
