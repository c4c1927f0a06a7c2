"""Writes the operations of a definition as Python statements.

A model is written in Keras's functional style: layers are made where they are called. A block is a layer class, so its
operations are written twice: once to make its layers (`creates`) and once to call them (`calls`). Both follow the same
control flow, so that loops stay loops and `if`s stay `if`s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from archspec.backends.keras_code import naming
from archspec.backends.keras_code.python import (
    Printer,
    SampleTensors,
    Unprintable,
    call_arguments,
    construct,
    literal,
    string,
    symbol,
)
from archspec.backends.keras_code.text import Lines
from archspec.backends.keras_code.variants import Variant, calls
from archspec.elaborate.evaluate import EvalError, evaluate
from archspec.ir.definition import (
    BranchesOp,
    CallOp,
    IfOp,
    InputOp,
    LetOp,
    NameOp,
    NamePattern,
    Op,
    OutputOp,
    Pattern,
    RepeatOp,
    SharedOp,
    StartOp,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Const, Expr, Operation, TensorRef, Word, WordCall
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.configs import Config
from archspec.layers.extern import Extern
from archspec.layers.recipe import Function
from archspec.tensor import FLOAT

_AXES = {"channels": -1, "width": -2, "height": -3}


@dataclass(frozen=True, slots=True)
class Mode:
    """What a walk writes. `inline` makes each layer where it is called, without an attribute."""

    creates: bool
    calls: bool
    inline: bool = False


FUNCTIONAL = Mode(creates=True, calls=True, inline=True)
CREATE = Mode(creates=True, calls=False)
CALL = Mode(creates=False, calls=True)
#: In `build`, where what a layer needs to know is known only once the layers before it have run.
MIRROR = Mode(creates=True, calls=True)


class MidFlow(Exception):
    """A length is read of a tensor that only calling the layers before it would give."""


class Flow:
    """One walk over the operations of a variant."""

    def __init__(
        self,
        variant: Variant,
        mode: Mode,
        lines: Lines,
        variables: dict[str, str],
        attributes: dict[str, str],
        inputs: list[str],
        tensors: dict[str, str],
        imports: set[str],
        *,
        shapes: dict[str, str] | None = None,
        taken: set[str] | None = None,
    ) -> None:
        self.variant, self.mode, self.lines = variant, mode, lines
        self.variables, self.attributes = dict(variables), attributes
        self.current = list(inputs)
        self.target = "x"
        self.tensors = dict(tensors)
        #: For CREATE: the expression of each input's shape; gone once a layer stands between.
        self.shapes = dict(shapes or {})
        self.at_input = True
        self.taken = {*(taken or ()), *self.variables.values(), *inputs, *tensors.values()}
        self.samples: dict[str, Any] = {}
        for parameter in variant.definition.parameters:
            for name in pattern_names(parameter.pattern):
                self.samples[name] = next(iter(variant.arguments(name)), 0)
        self.printer = Printer(self._variable, self._length, self.samples, imports)
        self.used: set[str] = set()
        self.indices: list[str] = []
        self.used_indices: set[str] = set()
        self.iterators: dict[str, str] = {}
        self.locals: dict[str, str] = {}
        self.results: list[str] | None = None
        self.inputs: list[str] = []
        self.dictionaries: list[str] = []

    # --- names -----------------------------------------------------------------------------------------------------

    def _variable(self, name: str) -> str:
        self.used.add(name)
        if name not in self.variables:
            raise Unprintable(f"`{name}` is not known where the layers are made")
        return self.variables[name]

    def _length(self, what: str, tensor: TensorRef | None) -> str:
        if self.mode is CREATE:
            source = self.current[0] if tensor is None or tensor.name == "_" else self.tensors.get(tensor.name, "")
            shape = self.shapes.get(source) if self.at_input or (tensor is not None and tensor.name != "_") else None
            if shape is None:
                raise MidFlow
        else:
            shape = f"{self.current[0] if tensor is None else self.tensor(tensor)}.shape"
        if what == "rank":
            return f"len({shape}) - 1"
        return f"{shape}[1:]" if what == "shape" else f"{shape}[{_AXES[what]}]"

    def local(self, name: str) -> str:
        """Return a new variable for a name of the spec."""
        made = naming.variable(name, self.taken)
        self.taken.add(made)
        return made

    def _bind(self, pattern: Pattern, sample: Any) -> str:
        """Give the names of a pattern variables; return the assignment's left side."""
        if isinstance(pattern, TuplePattern):
            parts = (
                list(sample)
                if isinstance(sample, (list, tuple)) and len(sample) == len(pattern.items)
                else [0] * len(pattern.items)
            )
            inner = ", ".join(self._bind(item, part) for item, part in zip(pattern.items, parts, strict=True))
            return f"({inner},)" if len(pattern.items) == 1 else f"({inner})"
        if pattern.name not in self.locals:
            self.locals[pattern.name] = self.local(pattern.name)
        self.variables[pattern.name] = self.locals[pattern.name]
        self.samples[pattern.name] = sample
        return self.locals[pattern.name]

    def _sample(self, expr: Expr) -> Any:
        try:
            return evaluate(expr, self.samples, SampleTensors())
        except EvalError:
            return None

    def tensor(self, ref: TensorRef) -> str:
        """Return the expression of a named tensor."""
        if ref.name == "_":
            return self.current[0]
        name = self.tensors.get(ref.name)
        if name is None:
            # A tensor that only a branch not written here names.
            raise Unprintable(f"the tensor `{ref.name}` is not named on every way to this line")
        return name + self._subscript(ref)

    def _subscript(self, ref: TensorRef) -> str:
        return f"[{', '.join(self.printer.print(i) for i in ref.index)}]" if ref.index else ""

    # --- operations ------------------------------------------------------------------------------------------------

    def walk(self, ops: tuple[Op, ...]) -> None:
        skip = False
        for op, following in zip_longest(ops, ops[1:]):
            if skip:
                skip = False
                continue
            if isinstance(op, CallOp) and isinstance(following, NameOp) and len(following.targets) > 1:
                self.call(op, following)
                skip = True
            else:
                self.op(op)

    def op(self, op: Op) -> None:
        match op:
            case CallOp():
                self.call(op)
            case BranchesOp():
                self.branches(op)
            case RepeatOp():
                self.repeat(op)
            case IfOp():
                self.choose(op)
            case LetOp():
                value = self.printer.print(op.value)
                left = self._bind(op.pattern, self._sample(op.value))
                self.lines.add(f"{_bare(left)} = {value}", sets=left)
            case SharedOp():
                self.share(op)
            case NameOp() if self.mode.calls:
                self.name(op)
            case StartOp() if self.mode.calls:
                self.current = [self.tensor(ref) for ref in op.tensors]
            case StartOp():
                self.at_input = False
            case OutputOp() if self.mode.calls:
                self.results = [self.tensor(ref) for ref in op.tensors]
            case InputOp():
                self.input(op)
            case _:
                pass

    def input(self, op: InputOp) -> None:
        shape = [self.printer.print(dim) for dim in op.shape]
        text = f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(shape)})"
        name = self.local(op.name if op.name != "input" else "image" if len(op.shape) == 3 else "features")
        arguments = [text, f"name={string(op.name)}"] + ([f"dtype={string(op.dtype)}"] if op.dtype != FLOAT else [])
        self.lines.call(f"{name} = ", "keras.Input", arguments)
        self.inputs.append(name)
        self.tensors[op.name] = name
        self.current = [name]

    def name(self, op: NameOp) -> None:
        for target, value in zip(op.targets, self.current, strict=False):
            self._assign_name(target, value)

    def _assign_name(self, target: TensorRef, value: str) -> None:
        if target.name not in self.tensors:
            self.tensors[target.name] = self.local(target.name)
            if target.index:
                self.dictionaries.append(self.tensors[target.name])
        self.lines.add(f"{self.tensors[target.name]}{self._subscript(target)} = {value}")

    # --- calls -----------------------------------------------------------------------------------------------------

    def _site_name(self, site: str) -> str:
        if not self.indices:
            return f"name={string(site)}"
        self.used_indices |= set(self.indices)
        return f'name=f"{site}_{"_".join("{" + i + "}" for i in self.indices)}"'

    def construction(self, call: CallOp) -> tuple[str, list[str]]:
        """Return the class and the arguments that make the layer of a site."""
        name = self._site_name(call.site)
        if call.target == "block":
            block = self.variant.blocks[call.site]
            given = {a.parameter: self.printer.print(a.value) for a in call.arguments}
            # What every use must give goes by position, options by name.
            required = [p.name for p in block.definition.parameters if p.default is None and not p.tensor]
            texts = [given.pop(name) for name in required]
            names = parameter_names(block)
            return block.class_name, [*texts, *(f"{names[k]}={text}" for k, text in given.items()), name]
        kind = self.variant.layer_class(call)
        recipe = self.variant.recipe(call)
        given = {n: t for n, t in self._arguments(call, kind).items() if n not in recipe.at_call}
        return symbol(recipe), call_arguments(recipe, given, name)

    def _arguments(self, call: CallOp, kind: type[Layer]) -> dict[str, str]:
        """Return the text of each of a layer's arguments that differs from Keras's default."""
        sample = self.variant.layers.get(call.site)
        texts = {a.parameter: self._argument(kind, sample, a.parameter, a.value) for a in call.arguments}
        for name in kind.keras.always:
            if texts.get(name) is None:
                texts[name] = literal(getattr(sample, name) if sample else kind.model_fields[name].get_default())
        return {name: text for name, text in texts.items() if text is not None}

    def _argument(self, kind: type[Part], sample: Part | None, name: str, expr: Expr) -> str | None:
        """Return the text of a layer's argument, or None where it is Keras's default."""
        if sample is None or isinstance(sample, Extern):
            return self.printer.print(expr)
        value = getattr(sample, name)
        if _owns(value):
            return self._part(value, expr)
        if not isinstance(expr, Const):
            text = self.printer.print(expr)
            # A layer that takes as many numbers as it is given wants a tuple even of one.
            single = isinstance(value, tuple) and len(value) == 1 and not getattr(kind, "rank", None)
            return f"({text},)" if single and isinstance(self._sample(expr), int) else text
        info = kind.model_fields[name]
        if not info.is_required() and sample.arguments().get(name, _DEFAULT) is _DEFAULT:
            return None
        rank = kind.rank if issubclass(kind, Layer) else None
        if isinstance(value, tuple) and len(value) == rank and len(set(value)) == 1:
            return literal(value[0])
        return literal(Word(word=value)) if isinstance(value, str) and isinstance(expr.value, Word) else literal(value)

    def _part(self, value: Any, expr: Expr) -> str:
        """Return the text of a layer or cell, or of a list of them, that another layer is given."""
        match expr:
            case WordCall(arguments=arguments):
                given = {n: self._argument(type(value), value, n, e) for n, e in arguments}
                return construct(value.keras, {n: text for n, text in given.items() if text is not None})
            case Operation(operands=operands) if isinstance(value, tuple):
                return f"[{', '.join(map(self._part, value, operands))}]"
            case _:
                return literal(value)

    def _inputs(self, call: CallOp, inputs: list[str]) -> list[str]:
        """Return the arguments of calling a layer or block on tensors."""
        texts = list(inputs)
        block = self.variant.blocks.get(call.site)
        if block is None:
            takes = self.variant.layer_class(call).takes
            if takes.how == "list":
                texts = [f"[{', '.join(inputs)}]"]
            elif takes.how == "each" and len(inputs) == 1:
                # One tensor attends to itself.
                texts = inputs * 2
        for keyword in call.keywords:
            refs = [self.tensor(ref) for ref in keyword.tensors]
            name = naming.variable(keyword.parameter) if block else keyword.parameter
            texts.append(f"{name}={refs[0] if len(refs) == 1 else '[' + ', '.join(refs) + ']'}")
        if block is None:
            kind = self.variant.layer_class(call)
            given = {n: t for n, t in self._arguments(call, kind).items() if n in kind.keras.at_call}
            texts += [f"{kind.keras.keyword(name)}={text}" for name, text in given.items()]
        trains = block.uses_training if block else kind.uses_training and "training" not in given
        return [*texts, "training=training"] if trains and self.mode is CALL else texts

    def call(self, call: CallOp, named: NameOp | None = None, inputs: list[str] | None = None) -> None:
        declared = call
        if call.target == "shared":
            declared = next(c for c in calls(self.variant.definition.body) if c.site == call.callee)
        elif self.mode.creates and not self.mode.inline and not self._is_function(call):
            self._create(call)
        self.at_input = False
        if not self.mode.calls:
            return
        if inputs is None:
            inputs = list(self.current) if call.inputs is None else [self.tensor(ref) for ref in call.inputs]
        given = self._inputs(declared, inputs)
        results = self.variant.results.get(declared.site, 1)
        before, after = f"{self.target} = ", ""
        if named is not None:
            for target in named.targets:
                if target.name not in self.tensors and not target.index:
                    self.tensors[target.name] = self.local(target.name)
            before = ", ".join(self.tensors[t.name] + self._subscript(t) for t in named.targets) + " = "
        elif results > 1:
            after = "[0]"
        if self._is_function(declared):
            kind = self.variant.layer_class(declared)
            shown = self._arguments(declared, kind)
            self.lines.call(before, symbol(kind.keras), [*given, *call_arguments(kind.keras, shown)], after)
        elif self.mode.inline and call.target != "shared":
            function, arguments = self.construction(call)
            self.lines.call(before, function, arguments, f"({', '.join(given)}){after}")
        else:
            self.lines.call(before, self._callable(declared), given, after)
        self.current = (
            [self.tensors[named.targets[0].name] + self._subscript(named.targets[0])] if named else [self.target]
        )

    def _is_function(self, call: CallOp) -> bool:
        """Tell whether a call is of a plain function, which is not made before it is called."""
        return call.target == "layer" and isinstance(self.variant.layer_class(call).keras, Function)

    def _create(self, call: CallOp) -> None:
        function, arguments = self.construction(call)
        attribute = f"self.{self.attributes[call.site]}"
        if self.indices:
            self.lines.nested_call(f"{attribute}.append", function, arguments)
        else:
            self.lines.call(f"{attribute} = ", function, arguments)

    def _callable(self, call: CallOp) -> str:
        if call.site in self.iterators:
            return self.iterators[call.site]
        if self.mode is MIRROR and self.indices and call.target != "shared" and call.site not in self._shared_sites():
            return f"self.{self.attributes[call.site]}[-1]"
        return self.attributes[call.site] if self.mode.inline else f"self.{self.attributes[call.site]}"

    def _shared_sites(self) -> set[str]:
        return {op.call.site for op in self.variant.definition.body if isinstance(op, SharedOp)}

    def share(self, op: SharedOp) -> None:
        if not self.mode.creates or self._is_function(op.call):
            return
        function, arguments = self.construction(op.call)
        prefix = "" if self.mode.inline else "self."
        if self.mode.inline:
            self.attributes[op.call.site] = self.local(op.call.site)
        self.lines.call(f"{prefix}{self.attributes[op.call.site]} = ", function, arguments)

    def branches(self, op: BranchesOp) -> None:
        start, target, at_input = list(self.current), self.target, self.at_input
        ends = []
        for number, branch in enumerate(op.branches, 1):
            self.current, self.at_input = list(start), at_input
            if self.mode.calls:
                self.target = self.local(f"branch{number}")
            self.walk(branch)
            ends += self.current[:1]
        self.target = target
        self.call(op.merge, inputs=ends if self.mode.calls else [])

    # --- control flow ----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Bring the current tensor into the target variable, so that a suite may change it or leave it."""
        if not self.mode.calls:
            return
        if len(self.current) != 1:
            raise Unprintable("several current tensors meet an `if` or a loop; merge them first")
        if self.current != [self.target]:
            self.lines.add(f"{self.target} = {self.current[0]}")
            self.current = [self.target]

    def _suite(self, ops: tuple[Op, ...]) -> list[Any]:
        start = len(self.lines.lines)
        with self.lines.indented():
            self.walk(ops)
            if _flows(ops):
                self._settle()
        return self.lines.take(start)

    def choose(self, op: IfOp) -> None:
        test = self.printer.print(op.test)
        at_input = self.at_input
        if any(_flows(side) for side in (op.then, op.orelse)):
            self._settle()
        # What only one side names is gone after it, as far as the generated code can tell.
        then = self._suite(op.then)
        after_then = self.at_input
        self.at_input = at_input
        orelse = self._suite(op.orelse)
        self.at_input = self.at_input and after_then
        if then:
            self.lines.add(f"if {test}:")
            self.lines.lines += then
            if orelse:
                self.lines.add("else:")
                self.lines.lines += orelse
        elif orelse:
            self.lines.add(f"if not ({test}):" if " " in test else f"if not {test}:")
            self.lines.lines += orelse

    def repeat(self, op: RepeatOp) -> None:
        sites = [call for call in calls(op.body) if not self._is_function(call)]
        # From the second iteration on the input is no longer the current tensor.
        self.at_input = self.at_input and not _flows(op.body)
        listed = self.mode.creates and not self.mode.inline and not self.indices
        if listed and self.mode is CREATE and self._comprehension(op, sites):
            return
        if listed:
            for call in sites:
                self.lines.add(f"self.{self.attributes[call.site]} = []")
        if self.mode is CALL and not self.indices and sites:
            if _straight(op.body):
                self._zip(op, sites)
                return
            for call in sites:
                iterator = self.local(self.attributes[call.site])
                self.lines.add(f"{iterator} = iter(self.{self.attributes[call.site]})")
                self.iterators[call.site] = f"next({iterator})"
        if _flows(op.body):
            self._settle()
        loop = self._enter(op)
        with self._reading(loop):
            suite = self._suite(op.body)
        header = self._leave(loop)
        if suite:
            self.lines.add(f"for {header}:")
            self.lines.lines += suite

    def _enter(self, op: RepeatOp) -> _Loop:
        """Begin a loop: its variables are known from here on."""
        enumerated = not op.counted and isinstance(op.iterable, Operation) and op.iterable.function == "enumerate"
        if enumerated and isinstance(op.pattern, TuplePattern) and isinstance(op.pattern.items[0], NamePattern):
            # `for (i, item) in enumerate(items)` counts its iterations itself.
            assert isinstance(op.iterable, Operation)
            iterable = self.printer.print(op.iterable.operands[0])
            items = self._sample(op.iterable.operands[0])
            index = self._bind(op.pattern.items[0], 0)
            left = self._bind(op.pattern.items[1], items[0] if isinstance(items, (list, tuple)) and items else 0)
        elif (
            isinstance(pattern := op.pattern, NamePattern)
            and isinstance(op.iterable, Operation)
            and _from_zero(op.iterable)
        ):
            enumerated = False
            op = op.model_copy(update={"iterable": op.iterable.operands[1], "counted": True})
            iterable = self.printer.print(op.iterable)
            index = left = self._bind(pattern, 0)
        else:
            enumerated = False
            iterable = self.printer.iterable(op.iterable)
            items = self._sample(op.iterable)
            if op.counted:
                left = self._bind(op.pattern, 0) if op.pattern else ""
            else:
                assert op.pattern is not None
                left = self._bind(op.pattern, items[0] if isinstance(items, (list, tuple)) and items else 0)
            index = left if op.counted and left else self.local(next((c for c in "ijklmn" if c not in self.taken), "i"))
        self.indices.append(index)
        return _Loop(op, iterable, index, left, enumerated)

    @contextmanager
    def _reading(self, loop: _Loop) -> Iterator[None]:
        """Find out whether what is written inside reads the loop's variables."""
        before = set(self.used)
        self.used.clear()
        yield
        pattern = loop.op.pattern
        if pattern is not None:
            names = pattern_names(pattern)
            loop.reads_index = loop.enumerated and names[0] in self.used
            loop.reads = bool(self.used & set(names[1:] if loop.enumerated else names))
        self.used |= before

    def _leave(self, loop: _Loop) -> str:
        """End a loop; return its header, which binds only what its suite reads."""
        self.indices.pop()
        index, left, iterable = loop.index, loop.left, loop.iterable
        indexed = index in self.used_indices or loop.reads_index or (loop.op.counted and loop.reads)
        self.used_indices.discard(index)
        self.taken -= {index} if index not in self.locals.values() else set()
        if loop.op.counted:
            return f"{index if indexed else '_'} in range({iterable})"
        if not loop.reads:
            return f"{index if indexed else '_'} in range(len({iterable}))"
        return f"{index}, {left} in enumerate({iterable})" if indexed else f"{_bare(left)} in {iterable}"

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
            chain.append(inner)
            inner = body[0]
        with ExitStack() as stack:
            loops = []
            for link in chain:
                loops.append(self._enter(link))
                stack.enter_context(self._reading(loops[-1]))
            function, arguments = self.construction(sites[0])
        texts = [f"for {self._leave(loop)}" for loop in reversed(loops)][::-1]
        attribute = f"self.{self.attributes[sites[0].site]}"
        self.lines.comprehension(attribute, function, arguments, texts)
        return True

    def _zip(self, op: RepeatOp, sites: list[CallOp]) -> None:
        """Write a loop over the layers themselves."""
        self._settle()
        names = []
        for call in sites:
            name = self.local(call.site)
            names.append(name)
            self.iterators[call.site] = name
        loop = self._enter(op)
        with self._reading(loop):
            suite = self._suite(op.body)
        self._leave(loop)
        lists = [f"self.{self.attributes[call.site]}" for call in sites]
        self.taken -= set(names)
        if loop.reads or loop.reads_index:
            names.insert(0, f"({loop.index}, {loop.left})" if loop.enumerated else loop.left)
            lists.insert(
                0,
                f"range({loop.iterable})"
                if loop.op.counted
                else f"enumerate({loop.iterable})"
                if loop.enumerated
                else loop.iterable,
            )
        if len(names) == 1:
            self.lines.add(f"for {names[0]} in {lists[0]}:")
        else:
            self.lines.call(f"for {', '.join(names)} in ", "zip", [*lists, "strict=True"], ":")
        self.lines.lines += suite


_DEFAULT = object()


def _owns(value: Any) -> bool:
    """Tell whether a value is what owns weights, a layer or a cell, or a list of them."""
    first = value[0] if isinstance(value, tuple) and value else value
    return isinstance(first, Layer) or (isinstance(first, Config) and first.category in registry.OWNING)


@dataclass
class _Loop:
    """A loop being written: what it goes through, and which of its variables the suite turned out to read."""

    op: RepeatOp
    iterable: str
    index: str
    left: str
    enumerated: bool
    reads: bool = False
    reads_index: bool = False


def _from_zero(iterable: Operation) -> bool:
    """Tell whether a loop goes through `0..n`: its items are then its positions."""
    first = iterable.operands[0]
    return iterable.function == ".." and isinstance(first, Const) and first.value == 0


def _bare(left: str) -> str:
    """Return an assignment's left side without the brackets of its outermost tuple."""
    return left[1:-1] if left.startswith("(") else left


def parameter_names(variant: Variant) -> dict[str, str]:
    """Return the constructor argument for each parameter of a block or model."""
    names: dict[str, str] = {}
    for parameter in variant.definition.parameters:
        if not parameter.tensor:
            names[parameter.name] = naming.variable(parameter.name, names.values())
    return names


def _flows(ops: tuple[Op, ...]) -> bool:
    """Tell whether operations change the current tensor."""
    return any(not isinstance(op, (LetOp, NameOp)) for op in ops)


def _straight(ops: tuple[Op, ...]) -> bool:
    """Tell whether every site of a loop is passed exactly once an iteration."""
    return not any(isinstance(op, (RepeatOp, IfOp)) for op in _all_ops(ops))


def _all_ops(ops: tuple[Op, ...]) -> Iterator[Op]:
    for op in ops:
        yield op
        if isinstance(op, BranchesOp):
            for branch in op.branches:
                yield from _all_ops(branch)
        elif isinstance(op, RepeatOp):
            yield from _all_ops(op.body)
        elif isinstance(op, IfOp):
            yield from _all_ops(op.then)
            yield from _all_ops(op.orelse)


__all__ = ["CALL", "CREATE", "FUNCTIONAL", "MIRROR", "Flow", "MidFlow", "construct", "parameter_names"]
