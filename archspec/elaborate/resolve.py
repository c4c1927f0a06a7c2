"""AST to definitions: every name resolved, every argument bound, nothing computed.

Each block is resolved once, however often it is used, so a fault in it is reported once. What depends on values or
shapes is left to `instantiate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import did_you_mean
from archspec.elaborate import signature
from archspec.elaborate.binding import Bound, bind
from archspec.elaborate.evaluate import NAMED_FUNCTIONS, Poison
from archspec.elaborate.externs import axis_names, resolve_extern
from archspec.elaborate.letters import (
    LETTERS,
    POOL,
    Letter,
    composite_name,
    layer_of,
    letters_signature,
    looks_like_letters,
)
from archspec.elaborate.modules import Loader, Module
from archspec.elaborate.scope import Scope
from archspec.elaborate.signature import Signature
from archspec.ir.definition import (
    BoundArgument,
    BranchesOp,
    CallOp,
    Definition,
    ErrorOp,
    ExpectOp,
    ExternLayer,
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
    TensorArgument,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Const, Expr, Length, LengthName, Operation, TensorRef, Var, Word, WordCall
from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.registry import Family
from archspec.syntax import ast
from archspec.tensor import DTYPE_BYTES, FLOAT, Sym

#: The figures that `expect` can hold a body to.
METRICS = ("params", "trainable", "non_trainable", "macs", "flops", "receptive_field", "layers")
LENGTHS: dict[str, LengthName] = {
    "channels": "channels",
    "height": "height",
    "width": "width",
    "rank": "rank",
    "shape": "shape",
}
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
CURRENT = "_"


POISON = Const(value=Poison())


class Unresolved(Exception):
    """A step was reported and cannot go on."""


class Program:
    """Every definition that a model needs, resolved on first use."""

    def __init__(self, loader: Loader, diagnostics: Diagnostics) -> None:
        self.loader, self.diagnostics = loader, diagnostics
        self.definitions: dict[str, Definition] = {}
        #: By block, the scope it is written in (kept, so that its id holds), and which parameters are tensors.
        self._keys: dict[tuple[int, int, frozenset[str]], tuple[str, Scope | None]] = {}
        self._signatures: dict[int, Signature] = {}
        self._taken: set[str] = set()
        #: The layers of the user's own, by name.
        self.externs: dict[str, ExternLayer] = {}
        self._externs: dict[int, ExternLayer | None] = {}
        self._resolving: list[tuple[ast.Block, str]] = []

    def model(self, model: ast.Model, module: Module) -> Definition:
        """Resolve a model and every block it uses."""
        scope = Scope(self._free_key(model.name.text))
        return self._define(model, module, scope, "model", frozenset())

    def block(
        self, block: ast.Block, module: Module, outer: Scope | None, tensors: frozenset[str], use: Span
    ) -> Definition | None:
        """Resolve a block for uses that give tensors to the parameters `tensors`. None after reporting recursion."""
        key = (id(block), id(outer), tensors)
        if key in self._keys:
            return self.definitions[self._keys[key][0]]
        names = [name for _, name in self._resolving]
        if any(running is block for running, _ in self._resolving):
            cycle = " -> ".join([*names[names.index(block.name.text) :], block.name.text])
            self.diagnostics.error(
                "recursive-block",
                f"the block `{block.name.text}` uses itself: {cycle}",
                use,
                labels=[Label(block.name.span, "defined here")],
                help="write repetition with `repeat` or `* n`",
            )
            return None
        name = f"{outer.key}.{block.name.text}" if outer else block.name.text
        scope = Scope(self._free_key(name), outer)
        self._resolving.append((block, block.name.text))
        definition = self._define(block, module, scope, "block", tensors)
        self._resolving.pop()
        self._keys[key] = definition.key, outer
        return definition

    def signature(self, block: ast.Block, module: Module, outer: Scope | None) -> Signature:
        """Return the parameters a block is written with, before it is known which of them stand for tensors."""
        if id(block) not in self._signatures:
            parameters = Resolver(self, module, Scope("", outer)).parameters(block.parameters, frozenset())
            self._signatures[id(block)] = signature.of_parameters(block.name.text, parameters)
        return self._signatures[id(block)]

    def extern(self, extern: ast.Extern, module: Module) -> ExternLayer | None:
        """Resolve a layer of the user's own, once. Returns None after reporting what is wrong with it."""
        name = extern.name.text
        if id(extern) not in self._externs:
            resolver = Resolver(self, module, Scope(""))
            parameters = resolver.parameters(extern.parameters, frozenset())
            for axis in axis_names(extern):
                resolver.scope.names[axis] = "value"
            found = resolve_extern(extern, parameters, resolver.expr, self.diagnostics)
            self._externs[id(extern)] = found
            if found is not None:
                self.externs[name] = found
        return self._externs[id(extern)]

    def _free_key(self, name: str) -> str:
        key, number = name, 1
        while key in self._taken:
            number += 1
            key = f"{name}~{number}"
        self._taken.add(key)
        return key

    def _define(
        self, node: ast.Block | ast.Model, module: Module, scope: Scope, kind: str, tensors: frozenset[str]
    ) -> Definition:
        resolver = Resolver(self, module, scope)
        parameters = resolver.parameters(node.parameters, tensors)
        body = resolver.definition_body(node.body)
        captured = tuple(
            Parameter(pattern=NamePattern(name=name), tensor=what == "tensor", captured=True)
            for name, what in scope.captured.items()
        )
        definition = Definition(
            key=scope.key,
            name=node.name.text,
            kind="model" if kind == "model" else "block",
            doc=node.doc,
            parameters=parameters + captured,
            body=body,
            span=node.name.span,
        )
        self.definitions[definition.key] = definition
        return definition


class Resolver:
    """Resolves the body of one definition."""

    def __init__(self, program: Program, module: Module, scope: Scope) -> None:
        self.program, self.module, self.scope = program, module, scope
        self.diagnostics = program.diagnostics
        self._loops = 0

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
            kind = "tensor" if made.name in tensors else "value"
            fresh = [self._declare(name, kind, parameter.span, fresh=True) for name in pattern_names(pattern)]
            if not all(fresh):
                # Reported; a name that nobody can write keeps uses from being reported too.
                made = made.model_copy(update={"pattern": NamePattern(name=f"{made.name}~{len(resolved)}")})
            resolved.append(made.model_copy(update={"tensor": made.name in tensors}))
        return tuple(resolved)

    def expr_or_poison(self, expr: ast.Expr) -> Expr:
        """Resolve an expression whose faults must not keep what it belongs to from being known."""
        try:
            return self.expr(expr)
        except Unresolved:
            return POISON

    def definition_body(self, body: ast.Body) -> tuple[Op, ...]:
        for name in _written_steps(body):
            self.scope.written[name] += 1
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

    def _declare(self, name: str, kind: str, span: Span, *, fresh: bool = False) -> bool:
        known = self.scope.names.get(name)
        if known is not None and (fresh or known != kind):
            self.diagnostics.error(
                "duplicate-name", f"`{name}` already names a {known} here", span, help="choose another name"
            )
            return False
        self.scope.names[name] = kind  # type: ignore[assignment]
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
            # A faulty expectation changes no tensor.
            if not isinstance(statement, ast.Expect):
                yield ErrorOp()

    def _statement(self, statement: ast.Statement) -> Iterator[Op]:
        match statement:
            case ast.Flow():
                for step in statement.steps:
                    yield from self.step(step)
            case ast.Input():
                yield self.input(statement)
            case ast.Output():
                yield OutputOp(tensors=tuple(self.tensor(t) for t in statement.tensors), span=statement.span)
            case ast.Let():
                value = self.expr_or_poison(statement.value)
                yield LetOp(pattern=self._bind_pattern(statement.pattern), value=value, span=statement.span)
            case ast.Shared():
                yield self.shared(statement)
            case ast.Expect():
                yield self.expect(statement)
            case ast.Block():
                pass  # resolved where it is used

    def input(self, statement: ast.Input) -> Op:
        match statement.shape:
            case ast.Dims(values=values):
                shape: tuple[Expr, ...] = tuple(Const(value=v, span=statement.shape.span) for v in values)
            case ast.TupleExpr(items=items):
                shape = tuple(self.dimension(item) for item in items)
            case single:
                shape = (self.dimension(single),)
        dtype = FLOAT if statement.dtype is None else statement.dtype.text
        if statement.dtype is not None and dtype not in DTYPE_BYTES:
            self.diagnostics.error(
                "unknown-dtype",
                f"unknown data type `{dtype}`",
                statement.dtype.span,
                notes=[f"the data types are {', '.join(DTYPE_BYTES)}"],
                help=did_you_mean(dtype, DTYPE_BYTES),
            )
            dtype = FLOAT
        name = statement.name.text if statement.name else self.scope.site("input")
        if statement.name:
            self._declare(name, "tensor", statement.name.span, fresh=True)
        return InputOp(name=name, shape=shape, dtype=dtype, span=statement.span)

    def dimension(self, expr: ast.Expr) -> Expr:
        # A name that is no variable names a length that the data decides: equal names are the same length.
        if isinstance(expr, ast.Name) and self.scope.find(expr.text) is None and expr.text != CURRENT:
            self.scope.names[expr.text] = "symbol"
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
        # The step bears the name it is given, and so leaves its number to others.
        self.scope.release(_step_name(statement.step), ops[0].site)
        return ops[0].model_copy(update={"site": self.scope.own_site(name.text)})

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
                yield StartOp(tensors=tuple(self.tensor(t) for t in step.tensors), span=step.span)

    def _loop(self, body: ast.Body) -> tuple[Op, ...]:
        self._loops += 1
        ops = self.body(body)
        self._loops -= 1
        return ops

    def target(self, target: ast.Name | ast.Index) -> TensorRef:
        base, subscripts = _subscripts(target)
        if not isinstance(base, ast.Name):
            self.diagnostics.error("syntax", "a tensor is named by a name, or a name with an index", target.span)
            raise Unresolved
        index = tuple(self.expr(subscript) for subscript in subscripts)
        self._declare(base.text, "tensor", base.span)
        return TensorRef(name=base.text, index=index, span=target.span)

    def tensor(self, expr: ast.Expr) -> TensorRef:
        """Resolve an expression that must be a tensor."""
        if (found := self.maybe_tensor(expr)) is not None:
            return found
        base, _ = _subscripts(expr)
        tensors = [name for name in self.scope.visible() if self.scope.find(name) == "tensor"]
        if isinstance(base, ast.Name):
            kind = self.scope.find(base.text)
            message = f"`{base.text}` is a {kind}, not a tensor" if kind else f"no tensor is named `{base.text}`"
            known = did_you_mean(base.text, tensors)
            help = known or ("" if kind else f"name one with `… as {base.text}` before this line")
        else:
            message, help = "expected the name of a tensor", ""
        self.diagnostics.error("unknown-tensor", message, expr.span, help=help)
        raise Unresolved

    def maybe_tensor(self, expr: ast.Expr) -> TensorRef | None:
        """Resolve an expression if it names a tensor."""
        base, subscripts = _subscripts(expr)
        if not isinstance(base, ast.Name):
            return None
        owner = self.scope.owner(base.text)
        if subscripts and owner is not None and owner is not self.scope and owner.names[base.text] == "tensor":
            self.diagnostics.error(
                "captured-index",
                f"`{base.text}` is indexed by the definition around this block",
                expr.span,
                help="a block sees only plain names from around it: give it this tensor as an argument",
            )
            raise Unresolved
        if base.text != CURRENT and self.scope.find(base.text) != "tensor":
            return None
        return TensorRef(name=base.text, index=tuple(self.expr(s) for s in subscripts), span=expr.span)

    def maybe_tensors(self, expr: ast.Expr) -> tuple[TensorRef, ...] | None:
        """Resolve a tensor, or a tuple or list of tensors."""
        if isinstance(expr, (ast.TupleExpr, ast.ListExpr)) and expr.items:
            found = [self.maybe_tensor(item) for item in expr.items]
            return tuple(t for t in found if t is not None) if all(found) else None
        single = self.maybe_tensor(expr)
        return None if single is None else (single,)

    # --- calls -----------------------------------------------------------------------------------------------------

    def call(self, call: ast.Call) -> Iterator[Op]:
        if isinstance(call.name, ast.Attribute):
            module = self.program.loader.find_alias(self.module, call.name.base)
            if module is None:
                raise Unresolved
            name = call.name.name.text
            if (found := module.find_block(name)) is None:
                self.diagnostics.error(
                    "unknown-step",
                    f"no block `{name}` in `{module.name}`",
                    call.name.name.span,
                    help=did_you_mean(name, module.block_names()),
                )
                raise Unresolved
            yield self.block(call, name, *found, None)
            return
        name = call.name.text
        if name in ("skip", CURRENT) and call.arguments is None and call.branches is None:
            return
        kind = self.scope.find(name)
        if kind == "shared":
            yield self.use_shared(call, name)
        elif kind == "value" and call.arguments is None:
            activation = BoundArgument(parameter="activation", value=Var(name=name, span=call.span), span=call.span)
            yield CallOp(
                site=self.scope.site(name), target="layer", callee="activation", arguments=(activation,), span=call.span
            )
        elif nested := self.scope.find_block(name):
            yield self.block(call, name, nested[0], self.module, nested[1])
        elif found := self.module.find_block(name):
            if self.program.loader.standard_block(name):
                text = f"this file's own `{name}` is used in place of the standard library's"
                self.diagnostics.note("own-block", text, found[0].name.span)
            yield self.block(call, name, *found, None)
        elif own := self.module.find_extern(name):
            yield self.extern(call, name, *own)
        elif layer := registry.find_layer(name):
            yield self.layer(call, name, layer)
        elif found := self.program.loader.standard_block(name):
            yield self.block(call, name, *found, None)
        elif name in registry.words("activation"):
            yield self.activation(call, name)
        elif set(name) <= set(LETTERS):
            yield from self.letters(name, call.arguments or (), call.span, call.name.span)
        else:
            self._unknown_step(call.name, kind)

    def _unknown_step(self, name: ast.Name, kind: str | None) -> None:
        if kind == "tensor":
            self.diagnostics.error(
                "not-a-step",
                f"`{name.text}` is a tensor, not a step",
                name.span,
                help=f"go on from it with `from {name.text}`",
            )
        elif looks_like_letters(name.text):
            self._unknown_letters(name.text, name.span)
        else:
            blocks = self.module.block_names() | set(self.scope.blocks)
            known = [*registry.layer_names(), *registry.words("activation"), *blocks, "skip"]
            help = did_you_mean(name.text, known)
            if name.text in registry.words("cell"):
                help = f"a cell is given to `rnn`: `rnn({name.text}(8))`"
            self.diagnostics.error("unknown-step", f"no layer or block `{name.text}`", name.span, help=help)
        raise Unresolved

    def _unknown_letters(self, text: str, span: Span) -> None:
        for position, char in enumerate(text):
            if char not in LETTERS:
                self.diagnostics.error(
                    "unknown-letter",
                    f"no layer has the letter `{char}`",
                    span.part(position, position + 1),
                    notes=["the letters are " + ", ".join(f"{c} {letter.layer}" for c, letter in LETTERS.items())],
                )

    def bound(
        self, target: Signature, arguments: tuple[ast.Argument, ...], span: Span, implied: tuple[str, ...] = ()
    ) -> list[Bound]:
        found = bind(
            target, arguments, span, lambda n: self.scope.find(n) is not None, self.diagnostics, implied=implied
        )
        if found is None:
            raise Unresolved
        return found

    def values(self, bound: list[Bound]) -> tuple[BoundArgument, ...]:
        return tuple(
            BoundArgument(
                parameter=b.parameter.name,
                value=Const(value=b.spelt, span=b.argument.span)
                if b.by_spelling
                else self.argument(b.argument.value, b.parameter),
                span=b.argument.span,
            )
            for b in bound
        )

    def layer(self, call: ast.Call, name: str, found: type[Layer] | Family) -> Op:
        layer = found if not isinstance(found, Family) else found.typical
        inputs: list[TensorRef] = []
        keywords: list[TensorArgument] = []
        rest: list[ast.Argument] = []
        for argument in call.arguments or ():
            tensors = self.maybe_tensors(argument.value)
            if tensors is None:
                rest.append(argument)
            elif argument.name is None:
                inputs += tensors
            elif argument.name.text in layer.takes.keywords:
                keywords.append(TensorArgument(parameter=argument.name.text, tensors=tensors, span=argument.span))
            else:
                takes = ", ".join(f"`{k}`" for k in layer.takes.keywords)
                self.diagnostics.error(
                    "unknown-argument",
                    f"`{name}` takes no tensor `{argument.name.text}`",
                    argument.span,
                    help=f"by name it takes {takes}" if takes else "tensors are given to it without a name",
                )
                raise Unresolved
        made = CallOp(
            site=self.scope.site(name),
            target="layer",
            callee=name,
            arguments=self.values(self.bound(signature.of_part(layer, name), tuple(rest), call.span)),
            inputs=tuple(inputs) if inputs else None,
            keywords=tuple(keywords),
            span=call.span,
        )
        if call.branches is None:
            return made
        if layer.takes.how != "list" or inputs:
            self.diagnostics.error(
                "not-a-merge",
                f"`{name}` merges no branches" if not inputs else "give either branches or tensors, not both",
                call.name.span,
                help="" if inputs else "branches go to a merge: `add`, `concat`, `multiply`, …",
            )
            raise Unresolved
        # A fault of the merge is shown at its name: the branches are labelled by themselves.
        made = made.model_copy(update={"span": call.name.span})
        return BranchesOp(
            branches=tuple(self.body(branch) for branch in call.branches),
            spans=tuple(branch.span for branch in call.branches),
            merge=made,
        )

    def extern(self, call: ast.Call, name: str, extern: ast.Extern, module: Module) -> Op:
        """Resolve a use of a layer of the user's own."""
        self._no_branches(call, name)
        found = self.program.extern(extern, module)
        if found is None:
            raise Unresolved
        rest: list[ast.Argument] = []
        inputs: list[TensorRef] = []
        for argument in call.arguments or ():
            tensors = None if argument.name else self.maybe_tensors(argument.value)
            inputs += tensors or ()
            rest += [] if tensors else [argument]
        target = signature.of_parameters(name, found.parameters)
        return CallOp(
            site=self.scope.site(name),
            target="extern",
            callee=found.name,
            arguments=self.values(self.bound(target, tuple(rest), call.span)),
            inputs=tuple(inputs) or None,
            span=call.span,
        )

    def activation(self, call: ast.Call, name: str) -> Op:
        """Resolve an activation that has no layer of its own: it becomes `activation(name)`."""
        self._no_branches(call, name)
        word = self.word(name, call.arguments, call.span)
        argument = BoundArgument(parameter="activation", value=word, span=call.span)
        return CallOp(
            site=self.scope.site(name), target="layer", callee="activation", arguments=(argument,), span=call.span
        )

    def _no_branches(self, call: ast.Call, name: str) -> None:
        if call.branches is not None:
            self.diagnostics.error("not-a-merge", f"`{name}` merges no branches", call.name.span)
            raise Unresolved

    def use_shared(self, call: ast.Call, name: str) -> Op:
        self._no_branches(call, name)
        if name not in self.scope.shared:
            self.diagnostics.error(
                "shared-outside",
                f"`{name}` is shared by an enclosing definition",
                call.span,
                help="a block's weights are its own: use the shared step outside the block, or declare it inside",
            )
            raise Unresolved
        if (declared := self.scope.shared[name]) is None:
            raise Unresolved
        inputs: list[TensorRef] = []
        for argument in call.arguments or ():
            if (tensors := self.maybe_tensors(argument.value)) is None:
                self.diagnostics.error(
                    "too-many-arguments",
                    f"`{name}` has its arguments already",
                    argument.span,
                    help="a use of a shared step gives it tensors, or nothing",
                )
                raise Unresolved
            inputs += tensors
        return CallOp(
            site=declared.site, target="shared", callee=declared.site, inputs=tuple(inputs) or None, span=call.span
        )

    def block(self, call: ast.Call, name: str, block: ast.Block, module: Module, outer: Scope | None) -> Op:
        self._no_branches(call, name)
        arguments = call.arguments or ()
        tensors = {id(a): found for a in arguments if (found := self.maybe_tensors(a.value)) is not None}
        # Which parameters stand for tensors is a property of the use, so bind once by the written parameters first.
        bound = self.bound(self.program.signature(block, module, outer), arguments, call.span)
        given = frozenset(b.parameter.name for b in bound if id(b.argument) in tensors)
        for b in bound:
            if b.parameter.name in given and b.parameter.shown != b.parameter.name:
                self.diagnostics.error(
                    "tensor-as-value",
                    f"a tuple parameter of `{name}` takes values, not tensors",
                    b.argument.span,
                    notes=[f"the signature is `{self.program.signature(block, module, outer)}`"],
                    help="declare a parameter for each tensor",
                )
                raise Unresolved
        definition = self.program.block(block, module, outer, given, call.span)
        if definition is None:
            raise Unresolved
        values = self.values([b for b in bound if id(b.argument) not in tensors])
        keywords = [
            TensorArgument(parameter=b.parameter.name, tensors=tensors[id(b.argument)], span=b.argument.span)
            for b in bound
            if id(b.argument) in tensors
        ]
        passed = []
        for parameter in definition.parameters:
            if not parameter.captured:
                continue
            self.scope.find(parameter.name)  # captures it here too, if it comes from further out
            if outer is not None and self.scope.owner(parameter.name) is not outer.owner(parameter.name):
                self.diagnostics.error(
                    "hidden-capture",
                    f"`{name}` uses the `{parameter.name}` of the definition around it, "
                    f"which is hidden here by another `{parameter.name}`",
                    call.span,
                    help=f"rename this `{parameter.name}`, or make it a parameter of `{name}`",
                )
                raise Unresolved
            if parameter.tensor:
                keywords.append(
                    TensorArgument(parameter=parameter.name, tensors=(TensorRef(name=parameter.name, span=call.span),))
                )
            else:
                passed.append(BoundArgument(parameter=parameter.name, value=Var(name=parameter.name)))
        return CallOp(
            site=self.scope.site(name),
            target="block",
            callee=definition.key,
            arguments=values + tuple(passed),
            keywords=tuple(keywords),
            span=call.span,
        )

    def letters(self, text: str, arguments: tuple[ast.Argument, ...], span: Span, letters: Span) -> Iterator[Op]:
        if not text or not set(text) <= set(LETTERS):
            if text:
                self._unknown_letters(text, letters)
            else:
                self.diagnostics.error("unknown-letter", "an empty letter string makes no layers", span)
            raise Unresolved
        values = {a.parameter: a for a in self.values(self.bound(letters_signature(text), arguments, span))}
        if (both := values.pop(POOL.name, None)) is not None and isinstance(both.value, Const):
            for parameter, number in zip(("pool_size", "pool_strides"), both.value.value, strict=True):
                if (earlier := values.get(parameter)) is not None:
                    self.diagnostics.error(
                        "duplicate-argument",
                        f"`{parameter}` of `{text}` is given twice",
                        both.span or span,
                        label="given again here",
                        labels=[Label(earlier.span, "first given here")] if earlier.span else (),
                    )
                    raise Unresolved
                values[parameter] = BoundArgument(
                    parameter=parameter, value=Const(value=number, span=both.span), span=both.span
                )
        for position, char in enumerate(text):
            letter = LETTERS[char]
            place = letters.part(position, position + 1)
            yield CallOp(
                site=self.scope.site(letter.site),
                target="layer",
                callee=letter.layer,
                arguments=tuple(_letter_arguments(letter, values)),
                span=place,
            )

    # --- expressions -----------------------------------------------------------------------------------------------

    def argument(self, expr: ast.Expr, parameter: signature.Parameter) -> Expr:
        """Resolve an argument. What owns weights, a layer or a cell, stands where it is used."""
        owning = tuple(c for c in parameter.categories if c in registry.OWNING)
        match expr:
            case ast.Name(text=text) if self.scope.find(text) is None and any(
                text in registry.words(c) for c in owning
            ):
                return Const(value=Word(word=text), span=expr.span)
            case ast.Apply(function=ast.Name(text=text)) if any(text in registry.words(c) for c in owning):
                part = next(registry.words(c)[text] for c in owning if text in registry.words(c))
                return self.word_of(part, text, expr.arguments, expr.span)
            case ast.ListExpr(items=items) | ast.TupleExpr(items=items) if owning:
                function = "list" if isinstance(expr, ast.ListExpr) else "tuple"
                return Operation(
                    function=function, operands=tuple(self.argument(i, parameter) for i in items), span=expr.span
                )
            case ast.Name(text=text) if owning and self.scope.find(text) is None and text not in ("none", *LENGTHS):
                return self._unknown_owner(expr, text, owning)
            case ast.Apply(function=ast.Name(text=text)) if owning and text not in NAMED_FUNCTIONS:
                return self._unknown_owner(expr, text, owning)
            case _:
                return self.expr(expr)

    def _unknown_owner(self, at: ast.Expr, name: str, wanted: tuple[str, ...]) -> Expr:
        known = [word for category in wanted for word in registry.words(category)]
        cell = f"{name}_cell"
        help = f"did you mean `{cell}`?" if cell in known else did_you_mean(name, known)
        return self._bad(at, "unknown-name", f"no {' or '.join(wanted)} `{name}`", help)

    def _misplaced_owner(self, at: Span, name: str) -> Expr:
        """Report a layer or cell where a value is needed."""
        what, example = ("layer", "bidirectional(lstm(8))")
        if name in registry.words("cell"):
            what, example = ("cell", "rnn(lstm_cell(8))")
        help = f"only a step that takes one is given it, as in `{example}`"
        self.diagnostics.error("unknown-name", f"`{name}` is a {what}, not a value", at, help=help)
        return POISON

    def expr(self, expr: ast.Expr) -> Expr:
        match expr:
            case ast.Literal():
                return Const(value=expr.value, span=expr.span)
            case ast.Dims():
                return Const(value=expr.values, span=expr.span)
            case ast.Unknown():
                return Const(value=None, span=expr.span)
            case ast.Name():
                return self.name(expr)
            case ast.Unary():
                function = {"-": "neg", "+": "pos"}.get(expr.op, expr.op)
                return Operation(function=function, operands=(self.expr(expr.operand),), span=expr.span)
            case ast.Binary():
                return Operation(
                    function=expr.op, operands=(self.expr(expr.left), self.expr(expr.right)), span=expr.span
                )
            case ast.Conditional():
                return Operation(
                    function="if", operands=tuple(map(self.expr, (expr.test, expr.then, expr.orelse))), span=expr.span
                )
            case ast.Range():
                return Operation(function="..", operands=(self.expr(expr.start), self.expr(expr.stop)), span=expr.span)
            case ast.ListExpr():
                return Operation(function="list", operands=tuple(map(self.expr, expr.items)), span=expr.span)
            case ast.TupleExpr():
                return Operation(function="tuple", operands=tuple(map(self.expr, expr.items)), span=expr.span)
            case ast.Index():
                return Operation(function="[]", operands=(self.expr(expr.base), self.expr(expr.index)), span=expr.span)
            case ast.Attribute():
                return self.attribute(expr)
            case ast.Apply():
                return self.apply(expr)
            case ast.Spelled():
                return self._bad(expr, "unknown-name", f"`{expr.text}` spells no argument here")

    def name(self, name: ast.Name) -> Expr:
        text = name.text
        kind = self.scope.find(text)
        if kind == "value":
            return Var(name=text, span=name.span)
        if kind == "symbol":
            return Const(value=Sym.of(text), span=name.span)
        if kind is not None or text == CURRENT:
            what = "the current tensor" if text == CURRENT else f"a {kind}"
            return self._bad(name, "tensor-as-value", f"`{text}` is {what}, not a value")
        if text in LENGTHS:
            return Length(what=LENGTHS[text], span=name.span)
        if text == "none":
            return Const(value=None, span=name.span)
        if registry.find_word(text):
            return Const(value=Word(word=text), span=name.span)
        if registry.find_word(text, owning=True):
            return self._misplaced_owner(name.span, text)
        candidates = {*self.scope.visible(), *LENGTHS, *(w for c in registry.categories() for w in registry.words(c))}
        return self._bad(name, "unknown-name", f"nothing is named `{text}` here", did_you_mean(text, candidates))

    def _bad(self, at: ast.Expr, code: str, message: str, help: str = "") -> Expr:
        self.diagnostics.error(code, message, at.span, help=help)
        return POISON

    def attribute(self, expr: ast.Attribute) -> Expr:
        what = expr.name.text
        if what not in LENGTHS:
            return self._bad(expr.name, "unknown-name", f"a tensor has no `{what}`", did_you_mean(what, LENGTHS))
        return Length(what=LENGTHS[what], tensor=self.tensor(expr.base), span=expr.span)

    def apply(self, expr: ast.Apply) -> Expr:
        name = expr.function.text
        if name not in NAMED_FUNCTIONS:
            return self.word(name, expr.arguments, expr.span)
        if named := [a for a in expr.arguments if a.name is not None]:
            return self._bad(named[0].value, "unknown-argument", f"`{name}` takes its arguments without names")
        return Operation(function=name, operands=tuple(self.expr(a.value) for a in expr.arguments), span=expr.span)

    def word(self, name: str, arguments: tuple[ast.Argument, ...] | None, span: Span) -> Expr:
        """Resolve a word, with its arguments where it has brackets."""
        classes = registry.find_word(name)
        if not classes and registry.find_word(name, owning=True):
            return self._misplaced_owner(span, name)
        if not classes:
            known = [*NAMED_FUNCTIONS, *(w for c in registry.categories() for w in registry.words(c))]
            self.diagnostics.error("unknown-name", f"no function `{name}`", span, help=did_you_mean(name, known))
            return POISON
        return self.word_of(next(iter(classes.values())), name, arguments, span)

    def word_of(
        self, part: type[Part], name: str, arguments: tuple[ast.Argument, ...] | None, span: Span
    ) -> Const | WordCall:
        if not arguments:
            return Const(value=Word(word=name), span=span)
        bound = self.values(self.bound(signature.of_part(part, name), arguments, span))
        return WordCall(word=name, arguments=tuple((a.parameter, a.value) for a in bound), span=span)


def _letter_arguments(letter: Letter, values: dict[str, BoundArgument]) -> Iterator[BoundArgument]:
    """Yield the arguments of one letter's layer: those given to the letter string, else the convention's."""
    defaults = dict(letter.defaults)
    for parameter in signature.of_part(layer_of(letter), letter.layer).parameters:
        if letter.layer == "conv" and parameter.name == "activation":
            continue
        given = values.get(composite_name(letter, parameter.name))
        if given is not None:
            yield given.model_copy(update={"parameter": parameter.name})
        elif parameter.name in defaults:
            yield BoundArgument(parameter=parameter.name, value=Const(value=defaults[parameter.name]))


def _step_name(call: ast.Call) -> str:
    """Return the name that a call uses, without the alias before it."""
    return call.name.name.text if isinstance(call.name, ast.Attribute) else call.name.text


def _subscripts(expr: ast.Expr) -> tuple[ast.Expr, list[ast.Expr]]:
    """Take `name[i][j]` apart into the name and its subscripts."""
    subscripts: list[ast.Expr] = []
    while isinstance(expr, ast.Index):
        subscripts.insert(0, expr.index)
        expr = expr.base
    return expr, subscripts


def _written_steps(body: ast.Body) -> Iterator[str]:
    """Yield the name of every step written in a definition, nested blocks left out."""
    stack: list[object] = [body]
    while stack:
        match stack.pop():
            case ast.Body(statements=statements):
                stack += statements
            case ast.Flow(steps=steps):
                stack += steps
            case ast.Call(name=ast.Name(text=name), branches=branches):
                yield from (LETTERS[c].site for c in name) if set(name) <= set(LETTERS) else (name,)
                stack += branches or ()
            case ast.Call(name=ast.Attribute(name=ast.Name(text=name))):
                yield name
            case ast.Letters(text=text):
                yield from (LETTERS[c].site for c in text if c in LETTERS)
            case ast.Group(flow=flow):
                stack.append(flow)
            case ast.If(then=then, orelse=orelse):
                stack += [then] if orelse is None else [then, orelse]
            case ast.For(body=inner) | ast.Repeat(body=inner):
                stack.append(inner)
            case ast.Times(step=step) | ast.Named(step=step):
                stack.append(step)
            case _:
                pass


def script_model(module: Module, name: str) -> ast.Model:
    """Return a script's statements as the body of one model without parameters."""
    file = module.file
    span = file.span
    return ast.Model(ast.Name(name, span=replace(span)), (), ast.Body(file.statements, span=span), file.doc, span=span)
