"""Definitions to bodies, in one walk: compile-time values computed, blocks instantiated, every type inferred.

Equal instances (same definition, arguments and input types) share one body, and equal iterations of a loop become one
node with a count, so the work follows the length of the spec and not the depth of the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from archspec.diagnostics.diagnostic import Diagnostic, Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate.arguments import ArgumentFault, make_layer
from archspec.elaborate.builder import Builder, Use
from archspec.elaborate.evaluate import Budget, EvalError, Poisoned, evaluate, truth
from archspec.elaborate.externs import make_extern
from archspec.elaborate.reads import indexes_tensors, read_before_set
from archspec.ir.definition import (
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
    Op,
    OutputOp,
    Pattern,
    RepeatOp,
    SharedOp,
    StartOp,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Expr, TensorRef, Word, show_value
from archspec.ir.graph import BlockNode, Body, Expectation, LayerNode, Port, RepeatNode
from archspec.ir.leaves import body_types
from archspec.layers import registry
from archspec.layers.base import Layer, RuleError
from archspec.layers.registry import Family
from archspec.tensor import Sym, TensorType, show_shape

#: The most layers a network may have, repetitions counted, and the most that may be written out one by one.
MAX_LAYERS = 10_000_000
MAX_NODES = 20_000
MAX_DEPTH = 100
#: The work of one compilation (see `Budget`), and that of one operation.
MAX_WORK = 10_000_000
OPERATION_WORK = 100


class Fault(Exception):
    """A step was reported; what follows from it keeps quiet."""


class Stop(Exception):
    """The spec asks for more than one may: what is left of it is not looked at."""


@dataclass
class SharedStep:
    """A shared step: its call, the arguments it was declared with, and what its first use made of it."""

    call: CallOp
    arguments: dict[str, Any]
    made: Any = None


@dataclass
class Instance:
    """What one walk over a definition knows: the values of its variables and the body it builds."""

    definition: Definition
    variables: dict[str, Any]
    builder: Builder
    key: str
    uses: tuple[Use, ...] = ()
    shared: dict[str, SharedStep] = field(default_factory=dict)
    #: The arguments it was made with: what a parameter starts as, before any `let`.
    arguments: tuple[tuple[str, Any], ...] = ()
    #: Whether a step was reported, so that a name may have no value for no other reason.
    faulty: bool = False


class Instantiator:
    """Makes the bodies of one graph."""

    def __init__(
        self, definitions: Mapping[str, Definition], externs: Mapping[str, ExternLayer], diagnostics: Diagnostics
    ) -> None:
        self.definitions, self.externs, self.diagnostics = definitions, externs, diagnostics
        self.bodies: dict[str, Body] = {}
        self.expectations: list[Expectation] = []
        self._shared: dict[Any, str | None] = {}
        self._counts: dict[str, int] = {}
        self._nodes = 0
        self._budget = Budget(MAX_WORK)
        self._keys: dict[str, int] = {}
        self._structures: dict[str, int] = {}
        self._known_structures: dict[Any, int] = {}

    # --- definitions -----------------------------------------------------------------------------------------------

    def model(self, definition: Definition, arguments: Mapping[str, Any]) -> str | None:
        """Elaborate the model itself. Returns the key of its body, or None after reporting why there is none."""
        builder = Builder()
        instance = Instance(definition, {}, builder, self._key(definition.key))
        try:
            self._parameters(definition, arguments, instance)
            self._run(definition.body, instance)
        except (Fault, Stop):
            return None
        if builder.current is None or instance.faulty:
            return None
        if not builder.inputs:
            self.diagnostics.error(
                "no-input", "the model has no input", definition.span, help="begin it with `input 32x32x3`"
            )
            return None
        if not builder.nodes:
            self.diagnostics.error("no-layers", "the model has no layers", definition.span)
            return None
        return self._finish(instance, "model")

    def _finish(self, instance: Instance, kind: str) -> str:
        builder = instance.builder
        body = builder.body(instance.key, instance.definition.key, kind, builder.current or (), instance.arguments)
        self.bodies[instance.key] = body
        self._counts[instance.key] = builder.layers
        return instance.key

    def _key(self, name: str) -> str:
        self._keys[name] = number = self._keys.get(name, 0) + 1
        return name if number == 1 else f"{name}#{number}"

    def _parameters(
        self,
        definition: Definition,
        arguments: Mapping[str, Any],
        instance: Instance,
        spans: Mapping[str, Span | None] | None = None,
    ) -> None:
        """Set the variables that a definition starts with. `spans` tell where the arguments were written."""
        # A default may read what comes from an enclosing block.
        for parameter in sorted(definition.parameters, key=lambda p: not p.captured):
            if parameter.tensor:
                continue
            if parameter.name in arguments:
                value = arguments[parameter.name]
            elif parameter.default is not None:
                value = self._value(parameter.default, instance)
            else:
                self.diagnostics.error(
                    "missing-argument",
                    f"`{definition.name}` needs a value for `{parameter.name}`",
                    parameter.span,
                    help=f"give it one with `--set {parameter.name}=…`",
                )
                raise Fault
            self._bind(parameter.pattern, value, instance, (spans or {}).get(parameter.name) or parameter.span)
        names = [name for p in definition.parameters if not p.tensor for name in pattern_names(p.pattern)]
        instance.arguments = tuple((name, instance.variables[name]) for name in names)

    # --- operations ------------------------------------------------------------------------------------------------

    def _run(self, ops: tuple[Op, ...], instance: Instance) -> None:
        for op in ops:
            try:
                self._op(op, instance)
            except Fault:
                instance.faulty = True
                # What changes no tensor leaves the current one as it is.
                if not isinstance(op, LetOp | ExpectOp | SharedOp):
                    instance.builder.current = None

    def _op(self, op: Op, instance: Instance) -> None:
        builder = instance.builder
        self._work(OPERATION_WORK, getattr(op, "span", None), instance)
        match op:
            case CallOp():
                self._call(op, instance)
            case NameOp():
                self._name(op, instance)
            case BranchesOp():
                self._branches(op, instance)
            case RepeatOp():
                self._repeat(op, instance)
            case IfOp():
                self._run(op.then if self._truth(op.test, instance) else op.orelse, instance)
            case StartOp():
                builder.current = builder.results = [self._tensor(ref, instance) for ref in op.tensors]
            case LetOp():
                self._bind(op.pattern, self._value(op.value, instance), instance, op.value.span or op.span)
            case SharedOp():
                arguments = {a.parameter: self._value(a.value, instance) for a in op.call.arguments}
                instance.shared[op.call.site] = SharedStep(op.call, arguments)
            case InputOp():
                self._input(op, instance)
            case OutputOp():
                self._output(op, instance)
            case ExpectOp():
                self._expect(op, instance)
            case ErrorOp():
                raise Fault

    def _input(self, op: InputOp, instance: Instance) -> None:
        builder = instance.builder
        if instance.definition.kind != "model" or builder.parent is not None:
            self._fault(
                "misplaced-input", "an input belongs to the model itself, outside blocks and loops", op.span, instance
            )
        shape = []
        for expr in op.shape:
            dim = self._value(expr, instance)
            if (
                isinstance(dim, bool)
                or not (dim is None or isinstance(dim, (int, Sym)))
                or (isinstance(dim, int) and dim < 1)
            ):
                self._fault(
                    "invalid-dimension",
                    f"a dimension must be a positive whole number, `?` or a name, but this is `{show_value(dim)}`",
                    expr.span,
                    instance,
                )
            shape.append(dim)
        value = builder.add_input(TensorType(tuple(shape), op.dtype), op.name)
        builder.names[op.name, ()] = value
        builder.current = builder.results = [value]

    def _output(self, op: OutputOp, instance: Instance) -> None:
        builder = instance.builder
        if builder.parent is not None:
            self._fault("misplaced-output", "`output` stands inside a loop", op.span, instance)
        if builder.outputs is not None:
            self._fault("duplicate-output", "the outputs are named twice", op.span, instance)
        values = [(ref, self._tensor(ref, instance)) for ref in op.tensors]
        builder.outputs = [
            Port(value=v, type=builder.types[v], name="" if ref.name == "_" else ref.name) for ref, v in values
        ]
        builder.current = [v for _, v in values]

    def _name(self, op: NameOp, instance: Instance) -> None:
        builder = instance.builder
        values: list[int | None] = list(builder.results) if builder.current is not None else [None] * len(op.targets)
        if len(op.targets) == 1:
            values = [None if builder.current is None else self._single(op.span, instance)]
        elif len(values) != len(op.targets):
            self._fault(
                "wrong-result-count",
                f"{len(op.targets)} names for {len(values)} result{'s' * (len(values) != 1)}",
                op.span,
                instance,
            )
        for target, value in zip(op.targets, values, strict=True):
            builder.names[target.name, self._subscripts(target, instance)] = value

    def _expect(self, op: ExpectOp, instance: Instance) -> None:
        value = self._value(op.value, instance)
        if op.metric != "shape":
            self.expectations.append(
                Expectation(body=instance.key, metric=op.metric, comparison=op.comparison, value=value, span=op.span)
            )
            return
        if instance.builder.current is None:
            return
        shape = instance.builder.types[self._single(op.span, instance)].shape
        # One list or tuple stands for the whole shape, as `shape` itself does.
        wanted = value[0] if len(value) == 1 and isinstance(value[0], (list, tuple)) else value
        if len(shape) != len(wanted) or any(
            want is not None and dim != want for dim, want in zip(shape, wanted, strict=True)
        ):
            self._report(
                "expectation-failed",
                f"expected {show_shape(wanted)}, but the shape is {show_shape(shape)}",
                op.span,
                instance,
            )

    # --- loops -----------------------------------------------------------------------------------------------------

    def _repeat(self, op: RepeatOp, instance: Instance) -> None:
        values = self._loop_values(op, instance)
        reads, sets = read_before_set(op.body)
        bound = set(pattern_names(op.pattern)) if op.pattern else set()
        # A loop whose iterations hand variables on, or each name a tensor of their own, is written out.
        folds = not (reads & sets) and not (indexes_tensors(op.body) and bound)
        # Values matter only where the body reads them.
        matters = bool(reads & bound)
        position, total = 0, len(values)
        ends = _run_ends(values) if folds and matters else ()
        outer = instance.builder
        while position < total and outer.current is not None:
            self._work(OPERATION_WORK, op.span, instance)
            sound = not instance.faulty
            child, before = self._iteration(op, values[position], instance)
            if sound and instance.faulty:
                # The other iterations would say the same, or make no sense.
                outer.inline(child, (*outer.index, position))
                break
            end = position + 1
            if folds and child.current is not None:
                end = ends[position] if matters else total
            if not (child.nodes or child.names) and end == total:
                # Nothing was made, however often.
                outer.inline(child, (*outer.index, position))
                break
            if end > position + 1 and (made := self._fold(op, child, before, position, end - position, instance)):
                position += made
                continue
            outer.inline(child, (*outer.index, position))
            position += 1

    def _loop_values(self, op: RepeatOp, instance: Instance) -> range | list[Any]:
        value = self._value(op.iterable, instance)
        if op.counted:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self._fault(
                    "invalid-count",
                    f"a count must be a whole number from 0, but this is `{show_value(value)}`",
                    op.iterable.span,
                    instance,
                )
            if value > MAX_LAYERS:
                self._fault(
                    "too-many-layers",
                    f"{value:,} repetitions: a network may have at most {MAX_LAYERS:,} layers",
                    op.iterable.span,
                    instance,
                )
            return range(value)
        if not isinstance(value, (list, tuple)):
            self._fault(
                "invalid-list",
                f"`for` goes through a list, but this is `{show_value(value)}`",
                op.iterable.span,
                instance,
                help="count with `0..n`",
            )
        self._work(len(value), op.iterable.span, instance)
        return list(value)

    def _iteration(self, op: RepeatOp, value: Any, instance: Instance) -> tuple[Builder, tuple[TensorType, ...]]:
        """Elaborate one iteration into a body of its own. Returns it, and the types it started from."""
        outer = instance.builder
        assert outer.current is not None
        child = outer.iteration()
        before = child.types_of(child.current or ())
        if op.pattern is not None:
            self._bind(op.pattern, value, instance, op.iterable.span or op.span)
        instance.builder = child
        try:
            self._run(op.body, instance)
        finally:
            instance.builder = outer
        return child, before

    def _fold(
        self, op: RepeatOp, child: Builder, before: tuple[TensorType, ...], position: int, run: int, instance: Instance
    ) -> int:
        """Add `run` equal iterations as one node. Returns how many: 0 where an iteration changes its type."""
        outer = instance.builder
        assert child.current is not None and outer.current is not None
        if child.types_of(child.current) != before or None in child.names.values():
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

    # --- calls -----------------------------------------------------------------------------------------------------

    def _call(
        self, op: CallOp, instance: Instance, inputs: list[int] | None = None, branches: tuple[Span, ...] = ()
    ) -> None:
        if inputs is None:
            inputs = (
                self._current(op, instance) if op.inputs is None else [self._tensor(ref, instance) for ref in op.inputs]
            )
        declared = None
        if op.target == "shared":
            if (step := instance.shared.get(op.callee)) is None:
                if instance.faulty:
                    raise Fault
                self._fault(
                    "unbound-name",
                    f"`{op.callee}` is declared in a part that was not taken",
                    op.span,
                    instance,
                    help="declare it before the `if` or loop",
                )
            declared, op, arguments = op, step.call, step.arguments
        else:
            arguments = {a.parameter: self._value(a.value, instance) for a in op.arguments}
        keywords = [(k.parameter, [self._tensor(ref, instance) for ref in k.tensors]) for k in op.keywords]
        if op.target == "block":
            self._block(op, arguments, inputs, keywords, instance, declared)
        else:
            self._layer(op, arguments, inputs, keywords, instance, declared, branches)

    def _hold_to_first_use(self, declared: CallOp, made: Any, instance: Instance) -> None:
        """Report a use of a shared step that would need weights other than those its first use made."""
        step = instance.shared[declared.callee]
        if step.made is None:
            step.made = made
        elif step.made != made:
            self._fault(
                "shared-mismatch",
                f"`{declared.callee}` shares the weights of its first use, and they do not fit this tensor",
                declared.span,
                instance,
                help="give it tensors with as many channels, or use a step of its own here",
            )

    def _current(self, op: CallOp, instance: Instance) -> list[int]:
        builder = instance.builder
        if builder.current is None:
            raise Fault
        if not builder.current:
            self._fault(
                "no-input",
                "there is no tensor to go on from yet",
                op.span,
                instance,
                help="begin the model with `input 32x32x3`",
            )
        return builder.current

    def _single(self, span: Span, instance: Instance) -> int:
        builder = instance.builder
        if builder.current is None:
            raise Fault
        if len(builder.current) != 1:
            what = (
                "there is no current tensor"
                if not builder.current
                else f"there are {len(builder.current)} current tensors"
            )
            self._fault("no-single-tensor", f"{what}, and one is needed here", span, instance)
        return builder.current[0]

    def _layer(
        self,
        op: CallOp,
        arguments: dict[str, Any],
        inputs: list[int],
        keywords: list[tuple[str, list[int]]],
        instance: Instance,
        declared: CallOp | None,
        branches: tuple[Span, ...],
    ) -> None:
        builder = instance.builder
        types = builder.types_of(inputs)
        span = (declared or op).span
        if op.target == "extern":
            layer: Layer = self._extern(op, arguments, types, instance)
        else:
            layer = self._made_layer(op, arguments, types, instance)
        self._check_count(layer, op, len(inputs), span, instance)
        outputs = self._rules(layer, op, types, keywords, inputs, instance, span, branches)
        if declared is not None:
            self._hold_to_first_use(declared, (layer, tuple(layer.weights(*types))), instance)
        self._spend(1, span, instance, nodes=1)
        builder.add(
            LayerNode(
                name=(declared or op).site,
                index=() if declared else builder.index,
                shared=declared is not None,
                inputs=tuple(inputs),
                outputs=builder.ports(outputs),
                span=span,
                layer=layer,
                keywords=tuple((name, tuple(values)) for name, values in keywords),
            )
        )

    def _made_layer(
        self, op: CallOp, arguments: dict[str, Any], types: tuple[TensorType, ...], instance: Instance
    ) -> Layer:
        kind = self._layer_class(op, types, instance)
        try:
            return make_layer(kind, arguments, types[0].rank if types else None)
        except ArgumentFault as fault:
            for name, message, code in fault.faults:
                place = next((a.span for a in op.arguments if a.parameter == name and a.span), op.span)
                self._report(code, message, place, instance, help=fault.help)
            raise Fault from None

    def _extern(
        self, op: CallOp, arguments: dict[str, Any], types: tuple[TensorType, ...], instance: Instance
    ) -> Layer:
        """Work the rules of a layer of the user's own out for one use."""
        extern = self.externs[op.callee]
        rules = Instance(instance.definition, {}, Builder(), instance.key, instance.uses)
        for parameter in extern.parameters:
            if parameter.name not in arguments and parameter.default is not None:
                arguments = arguments | {parameter.name: self._value(parameter.default, rules)}
            self._bind(parameter.pattern, arguments[parameter.name], rules, parameter.span)
        given = {name: value for name, value in arguments.items() if name in {a.parameter for a in op.arguments}}
        try:
            return make_extern(extern, given, rules.variables, types[0], lambda expr: self._value(expr, rules))
        except EvalError as error:
            self._fault(error.code, error.message, error.span or op.span, instance, help=error.help)

    def _layer_class(self, op: CallOp, types: tuple[TensorType, ...], instance: Instance) -> type[Layer]:
        found = registry.find_layer(op.callee)
        assert found is not None, op.callee
        if not isinstance(found, Family):
            return found
        rank = types[0].rank - 1
        member = found.for_rank(rank)
        if member is None:
            *others, last = (f"{n}-D" for n, _ in found.members)
            ranks = f"{', '.join(others)} or {last}" if others else last
            self._fault(
                "wrong-rank",
                f"`{op.callee}` takes {ranks} data with channels, but its input has the shape {types[0]}",
                op.span,
                instance,
                help="" if rank > 0 else "bring the tensor to that rank with `reshape` first",
            )
        return member

    def _check_count(self, layer: Layer, op: CallOp, given: int, span: Span, instance: Instance) -> None:
        takes = layer.takes
        if given < takes.least or (takes.most is not None and given > takes.most):
            wanted = (
                f"{takes.least}"
                if takes.least == takes.most
                else f"at least {takes.least}"
                if takes.most is None
                else f"{takes.least} to {takes.most}"
            )
            self._fault(
                "wrong-input-count",
                f"`{op.callee}` takes {wanted} tensor{'s' * (wanted != '1')}, but is given {given}",
                span,
                instance,
                help="give it branches, `add { | … | skip }`, or tensors, `add(a, _)`" if takes.how == "list" else "",
            )

    def _rules(
        self,
        layer: Layer,
        op: CallOp,
        types: tuple[TensorType, ...],
        keywords: list[tuple[str, list[int]]],
        inputs: list[int],
        instance: Instance,
        span: Span,
        branches: tuple[Span, ...],
    ) -> tuple[TensorType, ...]:
        """Return the output types that a layer's own rules give, after checking that its weights have shapes."""
        given = {name: instance.builder.types_of(values) for name, values in keywords}
        try:
            output = layer.output(*types, **given)
            for _ in layer.weights(*types):
                pass
        except RuleError as error:
            at = next((a.span for a in op.arguments if a.parameter == error.argument and a.span), span)
            labels = self._input_labels(inputs, branches, instance, op) if error.code == "shape-mismatch" else []
            self._report(error.code, error.message, at, instance, help=error.help, labels=labels)
            raise Fault from None
        return output if isinstance(output, tuple) else (output,)

    def _input_labels(
        self, inputs: list[int], branches: tuple[Span, ...], instance: Instance, op: CallOp
    ) -> list[Label]:
        """Say of each tensor that is merged where it comes from and what shape it has."""
        builder = instance.builder
        if branches:
            return [
                Label(span, f"this is {builder.types[value]}") for value, span in zip(inputs, branches, strict=True)
            ]
        made = {port.value: node.span for node in builder.nodes for port in node.outputs}
        return [
            Label(made[value], f"this is {builder.types[value]}")
            for value in inputs
            if value in made and made[value] != op.span
        ]

    def _block(
        self,
        op: CallOp,
        arguments: dict[str, Any],
        inputs: list[int],
        keywords: list[tuple[str, list[int]]],
        instance: Instance,
        declared: CallOp | None,
    ) -> None:
        builder = instance.builder
        span = (declared or op).span
        given = [*inputs, *(v for _, values in keywords for v in values)]
        types = builder.types_of(given)
        shape = tuple((name, len(values)) for name, values in keywords)
        memo = (op.callee, _frozen(arguments), types, len(inputs), shape)
        if memo not in self._shared:
            self._shared[memo] = self._instance(op, arguments, types, len(inputs), shape, span, instance)
        key = self._shared[memo]
        if key is None:
            raise Fault
        body = self.bodies[key]
        if declared is not None:
            self._hold_to_first_use(declared, self._structure(key), instance)
        self._spend(self._counts[key], span, instance, nodes=1)
        builder.add(
            BlockNode(
                name=(declared or op).site,
                index=() if declared else builder.index,
                shared=declared is not None,
                inputs=tuple(given),
                outputs=builder.ports(port.type for port in body.outputs),
                span=span,
                body=key,
            ),
            self._counts[key],
        )

    def _instance(
        self,
        op: CallOp,
        arguments: dict[str, Any],
        types: tuple[TensorType, ...],
        own: int,
        keywords: tuple[tuple[str, int], ...],
        span: Span,
        user: Instance,
    ) -> str | None:
        """Elaborate one instance of a block. Returns the key of its body, or None after reporting why there is none."""
        definition = self.definitions[op.callee]
        if len(user.uses) >= MAX_DEPTH:
            self._fault("nesting-too-deep", f"more than {MAX_DEPTH} blocks inside one another", span, user)
        builder = Builder()
        builder.current = [builder.add_input(type, "x") for type in types[:own]]
        builder.results = list(builder.current)
        remaining = iter(types[own:])
        for name, number in keywords:
            for position in range(number):
                subscripts = () if number == 1 else (position,)
                builder.names[name, subscripts] = builder.add_input(next(remaining), name)
        instance = Instance(
            definition, {}, builder, self._key(definition.key), (*user.uses, Use(definition.name, span))
        )
        try:
            self._parameters(definition, arguments, instance, {a.parameter: a.span for a in op.arguments})
            self._run(definition.body, instance)
        except Fault:
            return None
        if builder.current is None or instance.faulty:
            return None
        return self._finish(instance, "block")

    def _structure(self, key: str) -> int:
        """Return a number that two bodies have in common just when they hold the same weights in the same places."""
        if key not in self._structures:
            body = self.bodies[key]
            types = body_types(body)
            parts: list[Any] = []
            for node in body.nodes:
                if isinstance(node, LayerNode):
                    parts.append((node.layer.kind, tuple(node.layer.weights(*(types[v] for v in node.inputs)))))
                else:
                    parts.append((self._structure(node.body), node.count if isinstance(node, RepeatNode) else None))
            self._structures[key] = self._known_structures.setdefault(tuple(parts), len(self._known_structures))
        return self._structures[key]

    def _branches(self, op: BranchesOp, instance: Instance) -> None:
        builder = instance.builder
        if builder.current is None:
            raise Fault
        start, ends, faulty = list(builder.current), [], False
        for branch, span in zip(op.branches, op.spans, strict=True):
            builder.current = builder.results = list(start)
            self._run(branch, instance)
            if builder.current is None:
                faulty = True
            else:
                ends.append(self._single(span, instance))
        if faulty:
            raise Fault
        self._call(op.merge, instance, ends, op.spans)

    # --- values ----------------------------------------------------------------------------------------------------

    def _value(self, expr: Expr, instance: Instance) -> Any:
        try:
            return evaluate(expr, instance.variables, Types(self, instance), self._budget)
        except Poisoned:
            raise Fault from None
        except EvalError as error:
            if not (instance.faulty and error.code == "unbound-name"):
                self._report(error.code, error.message, error.span or expr.span, instance, help=error.help)
            raise (Stop if error.code == "too-many-steps" else Fault) from None

    def _truth(self, expr: Expr, instance: Instance) -> bool:
        value = self._value(expr, instance)
        try:
            return truth(value, expr.span)
        except EvalError as error:
            self._fault(error.code, error.message, error.span, instance)

    def _bind(self, pattern: Pattern, value: Any, instance: Instance, span: Span | None) -> None:
        if not isinstance(pattern, TuplePattern):
            instance.variables[pattern.name] = value
            return
        if not isinstance(value, (list, tuple)) or len(value) != len(pattern.items):
            names = ", ".join(pattern_names(pattern))
            self._fault(
                "pattern-mismatch",
                f"`({names})` takes {len(pattern.items)} values, but this is `{show_value(value)}`",
                span,
                instance,
            )
        for item, part in zip(pattern.items, value, strict=True):
            self._bind(item, part, instance, span)

    def _subscripts(self, ref: TensorRef, instance: Instance) -> tuple[Any, ...]:
        subscripts = tuple(self._value(i, instance) for i in ref.index)
        for subscript, expr in zip(subscripts, ref.index, strict=True):
            if isinstance(subscript, bool) or not isinstance(subscript, (int, str)):
                self._fault(
                    "invalid-index",
                    f"a tensor's index must be a whole number or a string, but this is `{show_value(subscript)}`",
                    expr.span,
                    instance,
                )
        return subscripts

    def _tensor(self, ref: TensorRef, instance: Instance) -> int:
        builder = instance.builder
        if ref.name == "_":
            if builder.current is None:
                raise Fault
            return self._single(ref.span or instance.definition.span, instance)
        subscripts = self._subscripts(ref, instance)
        try:
            value = builder.find((ref.name, subscripts))
        except KeyError:
            if instance.faulty:
                raise Fault from None
            known = sorted(show_value(s[0]) for n, s in builder.all_names() if n == ref.name and s)
            self._fault(
                "unknown-tensor",
                f"`{ref.name}{''.join(f'[{show_value(s)}]' for s in subscripts)}` names no tensor yet",
                ref.span,
                instance,
                help=f"it has the indices {', '.join(known)}"
                if known
                else f"name it with `… as {ref.name}` before this line",
            )
        if value is None:
            raise Fault
        return value

    # --- messages and limits ---------------------------------------------------------------------------------------

    def _work(self, work: int, span: Span | None, instance: Instance) -> None:
        try:
            self._budget.spend(work, span)
        except EvalError as error:
            self._report(error.code, error.message, span, instance, help=error.help)
            raise Stop from None

    def _spend(self, layers: int, span: Span, instance: Instance, nodes: int = 0) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._report("too-many-layers", f"more than {MAX_NODES:,} different layers are written out", span, instance)
            raise Stop
        if instance.builder.layers + layers > MAX_LAYERS:
            self._report("too-many-layers", f"a network may have at most {MAX_LAYERS:,} layers", span, instance)
            raise Stop

    def _report(
        self,
        code: str,
        message: str,
        span: Span | None,
        instance: Instance,
        *,
        help: str = "",
        labels: list[Label] | None = None,
    ) -> None:
        chain = tuple(f"in block `{use.block}`, used at {use.span}" for use in reversed(instance.uses))
        self.diagnostics.add(Diagnostic(code, message, span, labels=tuple(labels or ()), notes=chain, help=help))

    def _fault(self, code: str, message: str, span: Span | None, instance: Instance, *, help: str = "") -> NoReturn:
        self._report(code, message, span, instance, help=help)
        raise Fault


class Types:
    """Lets expressions read the shapes of tensors of one instance."""

    def __init__(self, instantiator: Instantiator, instance: Instance) -> None:
        self._instantiator, self._instance = instantiator, instance

    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        """Return the type of a named tensor, or of the current one. Raises Fault."""
        builder = self._instance.builder
        if tensor is not None:
            return builder.types[self._instantiator._tensor(tensor, self._instance)]
        return builder.types[self._instantiator._single(span or self._instance.definition.span, self._instance)]


def _run_ends(values: range | list[Any]) -> list[int] | range:
    """Return, for each value, the position behind the last of the equal values that follow it."""
    if isinstance(values, range):
        return range(1, len(values) + 1)
    frozen = [_frozen(value) for value in values]
    ends = list(range(1, len(values) + 1))
    for position in range(len(values) - 2, -1, -1):
        if frozen[position] == frozen[position + 1]:
            ends[position] = ends[position + 1]
    return ends


def _frozen(value: Any) -> Any:
    """Return a value as one that can be compared and hashed."""
    # 1 == 1.0 == True in Python, but a layer tells them apart.
    match value:
        case Word(arguments=tuple() as arguments):
            return value.word, _frozen(dict(arguments))
        case dict():
            return tuple((k, _frozen(v)) for k, v in value.items())
        case list() | tuple():
            return (type(value).__name__, *map(_frozen, value))
        case _:
            return type(value).__name__, value
