"""Loops: what they go through in the code, and the lists of layers that they make or call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from archspec.backends.keras_code.calls import Calls
from archspec.backends.keras_code.names import CREATE, bare, named
from archspec.backends.keras_code.python import is_lazy
from archspec.backends.keras_code.text import PASS, Line
from archspec.backends.keras_code.variants import calls
from archspec.elaborate.reads import Uses, variable_uses
from archspec.ir.definition import (
    CallOp,
    IfOp,
    LetOp,
    NameOp,
    NamePattern,
    Op,
    Pattern,
    RepeatOp,
    TuplePattern,
    find,
    pattern_names,
)
from archspec.ir.expr import Const, Expr, Operation


@dataclass
class Loop:
    """A loop being written: what it goes through, and which of its variables the suite turned out to read.

    `index` is the variable for the position. `left` binds the items of `iterable`; it is empty where `iterable` is a
    count and there are none.
    """

    index: str
    iterable: str
    left: str = ""
    #: The names of the spec that `left` binds, and the one that `index` is.
    names: tuple[str, ...] = ()
    index_name: str | None = None
    #: Whether `iterable` has no length: it is an iterator.
    lazy: bool = False
    reads: bool = False
    reads_index: bool = False

    def header(self) -> str:
        """Return what stands between `for` and the colon: it binds only what is read."""
        position = self.index if self.reads_index else "_"
        if not self.left:
            return f"{position} in range({self.iterable})"
        if not self.reads:
            items = f"{position}, _ in enumerate({self.iterable})" if self.lazy and self.reads_index else ""
            return items or f"{position} in {self.iterable if self.lazy else f'range(len({self.iterable}))'}"
        if self.reads_index:
            return f"{self.index}, {self.left} in enumerate({self.iterable})"
        return f"{bare(self.left)} in {self.iterable}"

    def items(self) -> tuple[str, str] | None:
        """Return what the suite reads of an iteration and what that comes from; None where it reads nothing."""
        if not self.left:
            return (self.index, f"range({self.iterable})") if self.reads_index else None
        if self.reads_index and self.index_name:
            return f"({self.index}, {self.left})", f"enumerate({self.iterable})"
        return (self.left, self.iterable) if self.reads else None


class Loops(Calls, ABC):
    """Writes repetition: loops stay loops."""

    @abstractmethod
    def suite(self, ops: tuple[Op, ...]) -> list[Line]:
        """Write operations one level further in; return the lines."""

    @abstractmethod
    def settle(self) -> None:
        """Bring the current tensor into the target variable."""

    def repeat(self, op: RepeatOp) -> None:
        """Write a loop."""
        if isinstance(op.iterable, Operation) and op.iterable.function == "list" and not op.iterable.operands:
            return
        sites = [call for call in calls(op.body) if not self.is_function(call)]
        self._carry(op)
        after = self.following.reads
        self._enter_body(op)
        listed = self.mode.creates and not self.mode.inline and not self.indices
        if listed and self.mode is CREATE and self._comprehension(op, sites):
            return
        if listed:
            for call in sites:
                self.lines.add(f"self.{self.attributes[call.site]}: list[{self.maker(call)}] = []")
        if not self.mode.creates and not self.indices and sites:
            if _straight(op.body):
                self._zip(op, sites)
                return
            for call in sites:
                iterator = self.local(self.attributes[call.site])
                self.lines.add(f"{iterator} = iter(self.{self.attributes[call.site]})")
                self.iterators[call.site] = f"next({iterator})"
        if flows(op.body):
            self.settle()
        with self._loop(op) as loop:
            suite = self.suite(op.body)
        left = [self.locals[name] for name in pattern_names(op.pattern) if name in after] if op.pattern else []
        if left and all(line.sets for line in suite):
            # A loop in which nothing is done leaves its variables set all the same.
            suite.append(Line(self.lines.level + 1, PASS, sets=", ".join(left)))
        if suite:
            self.lines.add(f"for {loop.header()}:")
            self.lines.lines += suite

    def _enter_body(self, op: RepeatOp) -> None:
        """Forget what holds in the first iteration alone, and read ahead to the next."""
        self.at_input = self.at_input and not flows(op.body)
        if not self.mode.calls:
            for name in named(op.body):
                self.tensors.pop(name, None)
        self.following = variable_uses(op.body).otherwise(Uses()).then(self.following)

    @contextmanager
    def _loop(self, op: RepeatOp) -> Iterator[Loop]:
        """Know the variables of a loop, and find out which of them what is written inside reads."""
        loop = self._begin(op)
        before = set(self.used)
        self.used.clear()
        self.indices.append(loop.index)
        yield loop
        self.indices.pop()
        # After the loop its variables have their last values.
        read = self.used | self.following.reads
        loop.reads = not read.isdisjoint(loop.names)
        loop.reads_index = loop.index in self.used_indices or loop.index_name in read
        self.used_indices.discard(loop.index)
        self.taken -= {loop.index} - set(self.locals.values())
        self.used |= before

    def _begin(self, op: RepeatOp) -> Loop:
        again = _set_again(op.body)
        count, items = _parts(op)
        if count is not None:
            pattern = op.pattern
            if pattern is None:
                return Loop(self._index(), self.printer.print(count))
            if isinstance(pattern, NamePattern) and pattern.name not in again:
                text = self.printer.print(count)
                return Loop(self._bind(pattern), text, index_name=pattern.name)
            text = f"range({self.printer.print(count)})"
            return Loop(self._index(), text, self._bind(pattern), tuple(pattern_names(pattern)))
        assert op.pattern is not None
        if items is not None and (split := _position(op.pattern)) and split[0].name not in again:
            text = self.printer.print(items)
            index, left = self._bind(split[0]), self._bind(split[1])
            return Loop(index, text, left, tuple(pattern_names(split[1])), split[0].name)
        text = self.printer.iterable(op.iterable)
        left = self._bind(op.pattern)
        return Loop(self._index(), text, left, tuple(pattern_names(op.pattern)), lazy=is_lazy(op.iterable))

    def _index(self) -> str:
        return self.local(next((c for c in "ijklmn" if c not in self.taken), "i"))

    def _comprehension(self, op: RepeatOp, sites: list[CallOp]) -> bool:
        """Write a loop that makes one layer an iteration as a comprehension. Returns whether it is such a loop."""
        if len(sites) != 1:
            return False
        chain: list[RepeatOp] = []
        inner: Op = op
        while isinstance(inner, RepeatOp):
            body = [o for o in inner.body if not isinstance(o, NameOp)]
            if len(body) != 1 or not isinstance(body[0], (RepeatOp, CallOp)):
                return False
            # The variables of a comprehension end with it.
            if inner.pattern and not self.following.reads.isdisjoint(pattern_names(inner.pattern)):
                return False
            chain.append(inner)
            inner = body[0]
        with ExitStack() as stack:
            loops = [stack.enter_context(self._loop(link)) for link in chain]
            function, arguments = self.construction(sites[0])
        attribute = f"self.{self.attributes[sites[0].site]}"
        clauses = " ".join(f"for {loop.header()}" for loop in loops)
        self.lines.call(f"{attribute} = [", function, arguments, f" {clauses}]")
        return True

    def _zip(self, op: RepeatOp, sites: list[CallOp]) -> None:
        """Write a loop over the layers themselves."""
        self.settle()
        names = []
        for call in sites:
            name = self.local(call.site)
            names.append(name)
            self.iterators[call.site] = name
        with self._loop(op) as loop:
            suite = self.suite(op.body)
        lists = [f"self.{self.attributes[call.site]}" for call in sites]
        self.taken -= set(names)
        if (items := loop.items()) is not None:
            names.insert(0, items[0])
            lists.insert(0, items[1])
        if len(names) == 1:
            self.lines.add(f"for {names[0]} in {lists[0]}:")
        else:
            self.lines.call(f"for {', '.join(names)} in ", "zip", [*lists, "strict=True"], ":")
        self.lines.lines += suite


def _parts(op: RepeatOp) -> tuple[Expr | None, Expr | None]:
    """Return the count of a loop that counts, and what a loop with `enumerate` goes through."""
    iterable = op.iterable
    if op.counted:
        return iterable, None
    if not isinstance(iterable, Operation):
        return None, None
    if iterable.function == ".." and isinstance(op.pattern, NamePattern):
        first, stop = iterable.operands
        # The items of `0..n` are their positions.
        return (stop, None) if isinstance(first, Const) and first.value == 0 else (None, None)
    return None, iterable.operands[0] if iterable.function == "enumerate" else None


def _position(pattern: Pattern) -> tuple[NamePattern, Pattern] | None:
    """Return the parts of `(i, item)`, where the first is a name."""
    if isinstance(pattern, TuplePattern) and len(pattern.items) == 2 and isinstance(pattern.items[0], NamePattern):
        return pattern.items[0], pattern.items[1]
    return None


def _set_again(ops: tuple[Op, ...]) -> set[str]:
    """Return the variables that operations set."""
    patterns = [op.pattern for op in find(ops, LetOp)]
    patterns += [op.pattern for op in find(ops, RepeatOp) if op.pattern is not None]
    return {name for pattern in patterns for name in pattern_names(pattern)}


def flows(ops: tuple[Op, ...]) -> bool:
    """Tell whether operations change the current tensor."""
    return any(not isinstance(op, (LetOp, NameOp)) for op in ops)


def _straight(ops: tuple[Op, ...]) -> bool:
    """Tell whether every site of a loop is passed exactly once an iteration."""
    return not any(True for kind in (RepeatOp, IfOp) for _ in find(ops, kind))
