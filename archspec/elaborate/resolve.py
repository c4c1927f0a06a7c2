"""AST to definitions: every name resolved, every argument bound, nothing computed.

Each block is resolved once, however often it is used, so a fault in it is reported once. What depends on values or
shapes is left to `instantiate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from archspec.diagnostics.diagnostic import Label
from archspec.diagnostics.source import Span, moved
from archspec.diagnostics.suggest import did_you_mean, write
from archspec.elaborate.calls import Calls
from archspec.elaborate.evaluate import NAMED_FUNCTIONS
from archspec.elaborate.expressions import CURRENT, LENGTHS, POISON, Unresolved, take_subscripts
from archspec.elaborate.letters import LETTERS
from archspec.elaborate.modules import Module
from archspec.elaborate.scope import Kind, Scope
from archspec.ir.definition import (
    BoundArgument,
    CallOp,
    ErrorOp,
    ExpectOp,
    IfOp,
    InputOp,
    LetOp,
    NameOp,
    NamePattern,
    Op,
    OutputOp,
    Parameter,
    Pattern,
    RepeatOp,
    SharedOp,
    StartOp,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Const, Expr, Operation, TensorRef
from archspec.limits import limits
from archspec.record import replace
from archspec.syntax import ast
from archspec.tensor import DTYPE_BYTES, FLOAT

if TYPE_CHECKING:
    from archspec.elaborate.program import Program

#: The figures that `expect` can hold a body to.
METRICS = ("params", "trainable", "non_trainable", "macs", "flops", "receptive_field", "layers")
#: Data types by their names elsewhere.
_DTYPES = {
    "int": "int32",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "boolean": "bool",
}
#: The kinds of names in words.
_KINDS: dict[Kind, str] = {"value": "value", "tensor": "tensor", "symbol": "length", "shared": "shared step"}
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


class Resolver(Calls):
    """Resolves the body of one definition: its statements, and the steps of its flows."""

    def __init__(self, program: Program, module: Module, scope: Scope) -> None:
        super().__init__(program, module, scope)
        #: By line, and what its words mean in the definition, what the line was resolved to; and its words.
        self._said: dict[tuple[int, tuple[Kind | None, ...]], CallOp] = {}
        self._words: dict[int, tuple[str, ...]] = {}

    # --- definitions -----------------------------------------------------------------------------------------------

    def parameters(self, parameters: tuple[ast.Parameter, ...], tensors: frozenset[str]) -> tuple[Parameter, ...]:
        resolved: list[Parameter] = []
        for parameter in parameters:
            default = None if parameter.default is None else self.expr_or_poison(parameter.default)
            pattern = self.pattern(parameter.pattern)
            made = Parameter(
                pattern=pattern,
                default=default,
                spellings=tuple(s.text for s in parameter.spellings),
                span=parameter.span,
            )
            kind: Kind = "tensor" if made.name in tensors else "value"
            fresh = [self._declare(name, kind, parameter.span, fresh=True) for name in pattern_names(pattern)]
            if not all(fresh):
                # Reported; a name that nobody can write keeps uses from being reported too.
                made = replace(made, pattern=NamePattern(name=f"{made.name}~{len(resolved)}"), default=POISON)
            resolved.append(replace(made, tensor=made.name in tensors))
        return tuple(resolved)

    def expr_or_poison(self, expr: ast.Expr) -> Expr:
        """Resolve an expression whose faults must not keep what it belongs to from being known."""
        try:
            return self.expr(expr)
        except Unresolved:
            return POISON

    def definition_body(self, body: ast.Body) -> tuple[Op, ...]:
        parts = list(_parts(body))
        for name in _own_names(parts):
            self.scope.keep(name)
        self.scope.written.update(_written_steps(parts))
        return self.body(body)

    def body(self, body: ast.Body) -> tuple[Op, ...]:
        # Blocks may be used above the line that defines them, as functions may.
        for statement in body.statements:
            if isinstance(statement, ast.Block):
                first = self.scope.blocks.setdefault(statement.name.text, statement)
                if first is not statement:
                    self.diagnostics.error(
                        "duplicate-name",
                        f"the block `{statement.name.text}` is defined twice",
                        statement.name.span,
                        labels=[Label(first.name.span, "first defined here")],
                    )
        return tuple(op for statement in body.statements for op in self.statement(statement))

    def pattern(self, pattern: ast.Pattern) -> Pattern:
        if isinstance(pattern, ast.Name):
            return NamePattern(name=pattern.text)
        return TuplePattern(items=tuple(self.pattern(item) for item in pattern.items))

    def _declare(self, name: str, kind: Kind, span: Span, *, fresh: bool = False) -> bool:
        if name in LENGTHS and kind != "value":
            self.diagnostics.error(
                "reserved-name",
                f"`{name}` is read off the current tensor, and cannot name a {_KINDS[kind]}",
                span,
                help="choose another name",
            )
        known = self.scope.names.get(name)
        if known is not None and (fresh or known != kind):
            self.diagnostics.error(
                "duplicate-name", f"`{name}` already names a {_KINDS[known]} here", span, help="choose another name"
            )
            return False
        self.scope.names[name] = kind
        return True

    def _bind_pattern(self, pattern: ast.Pattern) -> Pattern:
        resolved = self.pattern(pattern)
        for name in pattern_names(resolved):
            self._declare(name, "value", pattern.span)
        return resolved

    # --- statements ------------------------------------------------------------------------------------------------

    def statement(self, statement: ast.Statement) -> Iterator[Op]:
        try:
            yield from self._statement(statement)
        except Unresolved:
            # A faulty expectation or declaration changes no tensor.
            if not isinstance(statement, ast.Expect | ast.Shared):
                yield ErrorOp()

    def _statement(self, statement: ast.Statement) -> Iterator[Op]:
        match statement:
            case ast.Flow():
                for step in statement.steps:
                    yield from self.step(step)
            case ast.Again():
                yield from self.again(statement)
            case ast.Input():
                yield self.input(statement)
            case ast.Output():
                yield OutputOp(tensors=self.tensors(statement.tensors), span=statement.span)
            case ast.Let():
                value = self.expr_or_poison(statement.value)
                yield LetOp(pattern=self._bind_pattern(statement.pattern), value=value, span=statement.span)
            case ast.Shared():
                yield self.shared(statement)
            case ast.Expect():
                yield self.expect(statement)
            case ast.Block():
                pass  # resolved where it is used
            case ast.Unread():
                names = self.scope.visible() if statement.gives_any else statement.names
                yield ErrorOp(names=tuple(names))

    def again(self, line: ast.Again) -> Iterator[Op]:
        """Resolve a line that an earlier one says too: a layer comes out the same but for its place and its name."""
        call = _only_call(line.first)
        if call is None:
            yield from self.statement(line.flow)
            return
        words = self._words.get(id(line.first))
        if words is None:
            words = self._words[id(line.first)] = tuple(dict.fromkeys(ast.names_in(call)))
        key, known = (id(line.first), tuple(map(self.scope.names.get, words))), self._said
        if key in known:
            op = known[key]
            lines = line.span.line - op.span.line
            arguments = tuple([_below(argument, lines) for argument in op.arguments])
            site, span = self.scope.site(op.callee), op.span.below(lines)
            yield CallOp(site=site, target="layer", callee=op.callee, arguments=arguments, span=span)
            if line.name is not None:
                yield NameOp(targets=(self.target(line.name),), span=line.span)
            return
        found = len(self.diagnostics.items)
        ops = list(self.statement(line.flow))
        if found == len(self.diagnostics.items) and ops and _is_plain(ops[0], call):
            known[key] = ops[0]
        yield from ops

    def input(self, statement: ast.Input) -> Op:
        match statement:
            case ast.Input(shape=ast.Apply(function=called) as apply, name=None) if called.text not in NAMED_FUNCTIONS:
                items = tuple(argument.value for argument in apply.arguments)
                message, written = "the name of an input is followed by `:`", f"{called.text}: {_shape_text(items)}"
                self.diagnostics.error("invalid-dimension", message, apply.span, help=write(written))
                statement = replace(statement, name=called, shape=ast.TupleExpr(items, span=apply.span))
        shape = self._input_shape(statement.shape)
        dtype = FLOAT if statement.dtype is None else statement.dtype.text
        if statement.dtype is not None and dtype not in DTYPE_BYTES:
            self.diagnostics.error(
                "unknown-dtype",
                f"unknown data type `{dtype}`",
                statement.dtype.span,
                notes=[f"the data types are {', '.join(DTYPE_BYTES)}"],
                help=did_you_mean(_DTYPES.get(dtype.lower(), dtype), DTYPE_BYTES),
            )
            dtype = FLOAT
        name = statement.name.text if statement.name else self.scope.site("input")
        if statement.name:
            self._declare(name, "tensor", statement.name.span, fresh=True)
        return InputOp(name=name, shape=shape, dtype=dtype, span=statement.span)

    def _input_shape(self, shape: ast.Expr) -> tuple[Expr, ...]:
        match shape:
            case ast.Dims(values=values):
                return tuple(Const(value=v, span=shape.span) for v in values)
            case ast.TupleExpr(items=items) | ast.ListExpr(items=items) if not _is_shape(shape):
                return self._refuse_shape(shape, items)
            case ast.TupleExpr(items=items):
                return tuple(self.dimension(item) for item in items)
            case single if _is_open_elsewhere(single):
                return self._refuse_shape(single, (single,))
            case single:
                return (self.dimension(single),)

    def _refuse_shape(self, shape: ast.Expr, items: tuple[ast.Expr, ...]) -> tuple[Expr, ...]:
        """Report a shape as other languages write it, and say how it is written here."""
        strange = next(filter(_is_open_elsewhere, items), None)
        lengths, written = [_dimension_text(item) for item in items], _shape_text(items)
        help = f"write `input {written}`, or give the length a name: `input (T, 80)`" if strange else write(written)
        if strange is items[0] and "?" not in lengths[1:]:
            help += "; the batch axis is never written"
        self.diagnostics.error(
            "invalid-dimension",
            "an open length is written `?`" if strange else "a shape is written with `x`, or in round brackets",
            (strange or shape).span,
            help=help,
        )
        for item in items:
            if isinstance(item, ast.Name) and not _is_open_elsewhere(item):
                self.dimension(item)
        return (POISON,)

    def dimension(self, expr: ast.Expr) -> Expr:
        # A name that is no variable names a length that the data decides: equal names are the same length.
        if (
            isinstance(expr, ast.Name)
            and self.scope.find(expr.text) is None
            and expr.text != CURRENT
            and not self.is_lost(expr.text)
        ):
            self._declare(expr.text, "symbol", expr.span)
        return self.expr(expr)

    def shared(self, statement: ast.Shared) -> Op:
        name = statement.name
        made: CallOp | None = None
        try:
            made = self._shared_call(statement)
        finally:
            # One that could not be resolved has been reported, and its uses keep quiet.
            self._declare(name.text, "shared", name.span, fresh=True)
            self.scope.shared[name.text] = made
        return SharedOp(call=made, span=statement.span)

    def _shared_call(self, statement: ast.Shared) -> CallOp:
        name = statement.name
        if self._loops:
            self.diagnostics.error(
                "shared-in-loop",
                f"`shared {name.text}` stands inside a loop",
                statement.span,
                help="declare it before the loop; each use in the loop then shares its weights",
            )
            raise Unresolved
        if not isinstance(statement.step, ast.Call):
            self.diagnostics.error("not-shareable", "only one layer or block can be shared", statement.step.span)
            raise Unresolved
        ops = list(self.step(statement.step))
        if any(isinstance(op, ErrorOp) for op in ops):
            raise Unresolved
        # What a block captures comes by keyword too, but nobody wrote it.
        if (
            len(ops) != 1
            or not isinstance(ops[0], CallOp)
            or ops[0].inputs is not None
            or any(k.span for k in ops[0].keywords)
        ):
            self.diagnostics.error(
                "not-shareable", "only one layer or block, without tensors, can be shared", statement.step.span
            )
            raise Unresolved
        if ops[0].target == "shared":
            shared = ops[0].callee
            self.diagnostics.error(
                "not-shareable", f"`{shared}` is shared already", statement.step.span, help="use it by that name"
            )
            raise Unresolved
        # The step bears the name it is given, and so leaves its number to others.
        self.scope.release(_step_name(statement.step), ops[0].site)
        return replace(ops[0], site=name.text)

    def expect(self, statement: ast.Expect) -> Op:
        condition = statement.condition
        if isinstance(condition, ast.Name) and condition.text in METRICS and self.scope.find(condition.text) is None:
            self.diagnostics.error(
                "incomplete-expectation",
                f"`{condition.text}` is compared with nothing",
                condition.span,
                help=f"write `expect {condition.text} == …`",
            )
            raise Unresolved
        if isinstance(condition, ast.Binary) and condition.op in COMPARISONS:
            metric = condition.left.text if isinstance(condition.left, ast.Name) else ""
            if metric in ("shape", "output_shape") and condition.op == "==":
                shape = self.program.loader.text(condition.right.span)
                message = "a shape is expected by itself"
                self.diagnostics.error("unknown-metric", message, condition.span, help=write(shape))
                raise Unresolved
            if metric not in METRICS:
                self.diagnostics.error(
                    "unknown-metric",
                    f"`{metric}` is no figure that can be expected" if metric else "the left side must name a figure",
                    condition.left.span,
                    notes=[f"the figures are {', '.join(METRICS)}; a shape is written alone: `expect 7x7x512`"],
                    help=did_you_mean(metric, METRICS),
                )
                raise Unresolved
            return ExpectOp(
                metric=metric, comparison=condition.op, value=self.expr(condition.right), span=statement.span
            )
        match condition:
            case ast.Dims() | ast.TupleExpr():
                value = self.expr(condition)
            case _:
                value = Operation(function="tuple", operands=(self.dimension(condition),), span=condition.span)
        return ExpectOp(metric="shape", comparison="==", value=value, span=statement.span)

    # --- steps -----------------------------------------------------------------------------------------------------

    def step(self, step: ast.Step) -> Iterator[Op]:
        try:
            yield from self._step(step)
        except Unresolved:
            yield ErrorOp()

    def _step(self, step: ast.Step) -> Iterator[Op]:
        match step:
            case ast.Call():
                yield from self.call(step)
            case ast.Letters():
                yield from self.letters(
                    step.text, step.arguments or (), step.span, step.span.part(1, len(step.text) + 1)
                )
            case ast.Group():
                for inner in step.flow.steps:
                    yield from self.step(inner)
            case ast.If():
                test = self.expr_or_poison(step.test)
                then = self.body(step.then)
                yield IfOp(test=test, then=then, orelse=self.body(step.orelse) if step.orelse else (), span=step.span)
            case ast.For():
                iterable = self.expr_or_poison(step.iterable)
                pattern = self._bind_pattern(step.pattern)
                yield RepeatOp(
                    pattern=pattern, iterable=iterable, counted=False, body=self._loop(step.body), span=step.span
                )
            case ast.Repeat():
                count = self.expr_or_poison(step.count)
                index = self._bind_pattern(step.index) if step.index else None
                yield RepeatOp(pattern=index, iterable=count, counted=True, body=self._loop(step.body), span=step.span)
            case ast.Times():
                count = self.expr_or_poison(step.count)
                self._loops += 1
                body = tuple(self.step(step.step))
                self._loops -= 1
                yield RepeatOp(pattern=None, iterable=count, counted=True, body=body, span=step.span)
            case ast.Named():
                yield from self.step(step.step)
                yield NameOp(targets=tuple(self.target(t) for t in step.targets), span=step.span)
            case ast.From():
                yield StartOp(tensors=self.tensors(step.tensors), span=step.span)

    def _loop(self, body: ast.Body) -> tuple[Op, ...]:
        self._loops += 1
        ops = self.body(body)
        self._loops -= 1
        return ops

    def target(self, target: ast.Name | ast.Index) -> TensorRef:
        base, subscripts = take_subscripts(target)
        if not isinstance(base, ast.Name):
            self.diagnostics.error("syntax", "a tensor is named by a name, or a name with an index", target.span)
            raise Unresolved
        index = tuple(self.expr_or_poison(subscript) for subscript in subscripts)
        self._declare(base.text, "tensor", base.span)
        return TensorRef(name=base.text, index=index, span=target.span)


def _below(argument: BoundArgument, lines: int) -> BoundArgument:
    """Return an argument as it stands so many lines further down."""
    span = argument.span and argument.span.below(lines)
    # Nearly all arguments are such.
    if isinstance(argument.value, Const) and argument.value.span == argument.span:
        value: Expr = Const(value=argument.value.value, span=span)
    else:
        value = moved(argument.value, lines)
    return BoundArgument(parameter=argument.parameter, value=value, span=span)


def _only_call(flow: ast.Flow) -> ast.Call | None:
    """Return the call that a flow is; its result may be named."""
    first, *others = flow.steps
    step = first.step if isinstance(first, ast.Named) else first
    return step if isinstance(step, ast.Call) and not others else None


def _is_plain(op: Op, call: ast.Call) -> TypeGuard[CallOp]:
    """Tell whether a call is that of a layer, under its name, on the current tensor."""
    return (
        isinstance(op, CallOp)
        and (op.target, op.inputs, op.keywords) == ("layer", None, ())
        and isinstance(call.name, ast.Name)
        and call.name.text == op.callee
    )


def _is_open_elsewhere(expr: ast.Expr) -> bool:
    """Tell whether an expression is how other languages write a length that is left open."""
    match expr:
        case ast.Name(text=text):
            return text.lower() in ("none", "null")
        case ast.Unary(op="-", operand=ast.Literal(value=1)):
            return True
        case _:
            return False


def _is_shape(expr: ast.TupleExpr | ast.ListExpr) -> bool:
    return isinstance(expr, ast.TupleExpr) and not any(map(_is_open_elsewhere, expr.items))


def _shape_text(items: tuple[ast.Expr, ...]) -> str:
    """Return a shape as it should be written."""
    lengths = [_dimension_text(item) for item in items]
    plain = all(re.fullmatch(r"[0-9]+|\?", length) for length in lengths)
    return "x".join(lengths) if lengths and plain else f"({', '.join(lengths)})"


def _dimension_text(expr: ast.Expr) -> str:
    """Return a dimension as it should be written."""
    match expr:
        case _ if _is_open_elsewhere(expr):
            return "?"
        case ast.Literal(text=text) | ast.Name(text=text):
            return text
        case _:
            return "…"


def _step_name(call: ast.Call) -> str:
    """Return the name that a call uses, without the alias before it."""
    return call.name.name.text if isinstance(call.name, ast.Attribute) else call.name.text


def _written_steps(parts: list[object]) -> Iterator[str]:
    """Yield the name of every step written in a definition."""
    for item in parts:
        match item:
            case ast.Call(name=ast.Name(text=name)):
                yield from (LETTERS[c].site for c in name) if set(name) <= set(LETTERS) else (name,)
            case ast.Call(name=ast.Attribute(name=ast.Name(text=name))):
                yield name
            case ast.Letters(text=text) if len(text) <= limits().name:
                yield from (LETTERS[c].site for c in text if c in LETTERS)
            case _:
                pass


def _own_names(parts: list[object]) -> Iterator[str]:
    """Yield the names of the inputs and shared steps of a definition: what keeps the name it is given."""
    for item in parts:
        if isinstance(item, ast.Input | ast.Shared) and item.name is not None:
            yield item.name.text


def _parts(body: ast.Body) -> Iterator[object]:
    """Yield every statement and step of a definition; what is in nested blocks and shared steps is left out.

    Of the lines that say what an earlier one says only the first counts: whether a step is written twice is all that
    anybody asks.
    """
    stack: list[object] = [body]
    again: set[int] = set()
    while stack:
        item = stack.pop()
        if type(item) is ast.Again:
            if id(item.first) in again:
                continue
            again.add(id(item.first))
        yield item
        if not isinstance(item, ast.Block | ast.Shared):
            stack += ast.inside(item)
