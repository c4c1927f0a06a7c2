"""Uses of layers and blocks: arguments to layers, rules to types, equal instances to one body."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archspec.diagnostics.diagnostic import Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import divisors, listed
from archspec.elaborate.arguments import ArgumentFault, Flaw, certain_flaws, make_layer
from archspec.elaborate.builder import Builder, Use
from archspec.elaborate.evaluate import UNKNOWN, EvalError
from archspec.elaborate.instance import MAX_DEPTH, Fault, Instance, SharedStep, Values, freeze
from archspec.ir.definition import (
    BranchesOp,
    CallOp,
    Definition,
    Op,
    pattern_names,
)
from archspec.ir.expr import Expr, Operation
from archspec.ir.graph import BlockNode, LayerNode, RepeatNode
from archspec.layers import registry
from archspec.layers.base import Layer, RuleError
from archspec.layers.recipe import Function
from archspec.layers.registry import Family
from archspec.limits import MAX_AXES
from archspec.record import replace
from archspec.tensor import Dim, Sym, TensorType

#: The longest an axis may be: that of an index of 64 bits.
MAX_DIM = 2**63 - 1


class Uses(Values, ABC):
    """Elaborates the steps: layers, blocks, branches and shared steps."""

    @abstractmethod
    def _run(self, ops: tuple[Op, ...], instance: Instance) -> None:
        """Elaborate operations."""

    @abstractmethod
    def _parameters(
        self,
        definition: Definition,
        arguments: Mapping[str, Any],
        instance: Instance,
        spans: Mapping[str, Span | None] | None = None,
    ) -> None:
        """Give an instance the variables it starts with."""

    @abstractmethod
    def _finish(self, instance: Instance, kind: str) -> str:
        """Keep the finished body; return its key."""

    def _call(
        self,
        op: CallOp,
        instance: Instance,
        inputs: list[int | None] | None = None,
        branches: tuple[Span, ...] = (),
    ) -> None:
        if inputs is None:
            inputs = self._inputs(op, instance)
        declared = None
        if op.target == "shared":
            step = self._shared_step(op, instance)
            arguments = step.arguments | self._arguments(op, instance)
            declared, op = op, replace(step.call, arguments=(*op.arguments, *step.call.arguments))
        else:
            arguments = self._arguments(op, instance)
        keywords = [(k.parameter, self._tensors(k.tensors, instance)) for k in op.keywords]
        if op.target == "block":
            self._block(op, arguments, inputs, keywords, instance, declared)
        else:
            self._layer(op, arguments, inputs, keywords, instance, declared, branches)

    def _shared_step(self, op: CallOp, instance: Instance) -> SharedStep:
        """Return what was declared of the shared step that an operation uses."""
        if op.callee not in instance.shared:
            self._fault(
                "unbound-name",
                f"`{op.callee}` is declared in a part that was not taken",
                op.span,
                instance,
                help="declare it before the `if` or loop",
            )
        if (step := instance.shared[op.callee]) is None:
            raise Fault
        return step

    def _arguments(self, op: CallOp, instance: Instance) -> dict[str, Any]:
        """Return the arguments of a call; UNKNOWN for one that a fault left without a value."""
        return {a.parameter: self._value_or_unknown(a.value, instance) for a in op.arguments}

    def _hold_to_first_use(self, declared: CallOp, made: Any, instance: Instance) -> None:
        """Report a use of a shared step that would need layers or weights other than those its first use made."""
        step = self._shared_step(declared, instance)
        if step.made is None:
            step.made, step.first_use = made, declared.span
        elif step.made != made:
            self._report(
                "shared-mismatch",
                f"`{declared.callee}` shares the layers and weights of its first use, and they do not fit this tensor",
                declared.span,
                instance,
                help="give it a tensor of the first one's shape, or use a step of its own here",
                labels=[Label(step.first_use, "the first use")] if step.first_use else [],
            )
            raise Fault

    def _layer(
        self,
        op: CallOp,
        arguments: dict[str, Any],
        given: list[int | None],
        given_by_name: list[tuple[str, list[int | None]]],
        instance: Instance,
        declared: CallOp | None,
        branches: tuple[Span, ...],
    ) -> None:
        builder = instance.builder
        span = (declared or op).span
        try:
            inputs = self._known(given)
            keywords = [(name, self._known(values)) for name, values in given_by_name]
            _check_known(arguments)
        except Fault:
            self._check_apart(op, arguments, given, len(branches), span, instance)
            raise
        types = builder.types_of(inputs)
        if op.target == "extern":
            layer: Layer = self._extern(op, arguments, types, instance)
        else:
            layer = self._made_layer(op, arguments, inputs, instance)
        self._check_count(layer, op, len(inputs), span, instance)
        outputs = self._rules(layer, op, types, keywords, inputs, instance, span, branches)
        if declared is not None:
            self._hold_to_first_use(declared, _lasting(layer, types), instance)
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

    def _made_layer(self, op: CallOp, arguments: dict[str, Any], inputs: list[int], instance: Instance) -> Layer:
        builder = instance.builder
        kind = self._layer_class(op, inputs, instance)
        rank = builder.types[inputs[0]].rank if inputs else None
        memo = kind, rank, freeze(arguments)
        if memo in self._layers:
            return self._layers[memo]
        try:
            self._layers[memo] = layer = make_layer(kind, arguments, rank)
            return layer
        except ArgumentFault as fault:
            self._report_flaws(fault.flaws, op, instance)
            certain = certain_flaws(_found_layer(op), arguments, None)
            if not all(flaw in certain for flaw in fault.flaws):
                builder.doubted.update(inputs)
            raise Fault from None

    def _report_flaws(self, flaws: Iterable[Flaw], op: CallOp, instance: Instance) -> None:
        for name, message, code, help in flaws:
            given = next((a for a in op.arguments if a.parameter == name and a.span), None)
            if given and self._is_doubted(given.value, instance):
                continue
            help = (self._division_help(given.value, instance) if given else "") or help
            self._report(code, message, given.span if given else op.span, instance, help=help)
            if given:
                self._doubt(given.value, instance)

    def _check_apart(
        self,
        op: CallOp,
        arguments: dict[str, Any],
        inputs: list[int | None],
        branches: int,
        span: Span,
        instance: Instance,
    ) -> None:
        """Report what is wrong with a use of a layer whatever the tensors and arguments are that are unknown."""
        if op.target == "extern":
            return
        found = _found_layer(op)
        first = inputs[0] if inputs else None
        rank = None if first is None else instance.builder.types[first].rank
        self._report_flaws(certain_flaws(found, arguments, rank), op, instance)
        self._spend(0, span, instance, nodes=1)
        # Without a list of them nobody knows how many there are.
        if op.inputs is not None or branches:
            layer = found.typical if isinstance(found, Family) else found
            self._check_count(layer, op, len(inputs), span, instance)

    def _division_help(self, expr: Expr, instance: Instance) -> str:
        """Return what would come out whole where an argument is a division that does not."""
        if not (isinstance(expr, Operation) and expr.function == "/"):
            return ""
        over, under = (self._value(operand, instance) for operand in expr.operands)
        if not (isinstance(over, int) and isinstance(under, int) and over > 0 and over % under):
            return ""
        return f"{over} is divided by {listed(divisors(over))}; `//` rounds down"

    def _extern(
        self, op: CallOp, arguments: dict[str, Any], types: tuple[TensorType, ...], instance: Instance
    ) -> Layer:
        """Work the rules of a layer of the user's own out for one use."""
        from archspec.elaborate.externs import make_extern

        extern = self.externs[op.callee]
        rules = Instance(instance.definition, Builder(), instance.key, instance.uses)
        for parameter in extern.parameters:
            if parameter.name not in arguments and parameter.default is not None:
                arguments = arguments | {parameter.name: self._value(parameter.default, rules)}
            self._bind(parameter.pattern, arguments[parameter.name], rules, parameter.span)
        given = {name: value for name, value in arguments.items() if name in {a.parameter for a in op.arguments}}
        try:
            return make_extern(extern, given, rules.variables, types[0], lambda expr: self._value(expr, rules))
        except EvalError as error:
            self._fault(error.code, error.message, error.span or op.span, instance, help=error.help)

    def _layer_class(self, op: CallOp, inputs: list[int], instance: Instance) -> type[Layer]:
        found, builder = _found_layer(op), instance.builder
        if not isinstance(found, Family):
            return found
        type = builder.types[inputs[0]]
        rank = type.rank - 1
        member = found.for_rank(rank)
        if member is None:
            builder.doubted.add(inputs[0])
            *others, last = (f"{n}-D" for n, _ in found.members)
            ranks = f"{', '.join(others)} or {last}" if others else last
            self._fault(
                "wrong-rank",
                f"`{op.callee}` takes {ranks} data with channels, but its input has the shape {type}",
                op.span,
                instance,
                help="" if rank > 0 else "bring the tensor to that rank with `reshape` first",
            )
        return member

    def _check_count(self, layer: Layer | type[Layer], op: CallOp, given: int, span: Span, instance: Instance) -> None:
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
                help=f"give it branches, `{op.callee} {{ | … | skip }}`, or tensors, `{op.callee}(a, _)`"
                if takes.how == "list"
                else "",
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
        # Equal calls are of the same layer object, on types that the same calls before them made.
        call = id(layer), *map(id, types)
        if call in self._ruled and not keywords:
            return self._ruled[call][0]
        given = {name: instance.builder.types_of(values) for name, values in keywords}
        try:
            output = layer.output(*types, **given)
            outputs = output if isinstance(output, tuple) else (output,)
            _check_size([type.shape for type in outputs])
            _check_size([weight.shape for weight in layer.weights(*types)])
        except RuleError as error:
            argument = next((a for a in op.arguments if a.parameter == error.argument and a.span), None)
            labels = []
            if error.code == "shape-mismatch":
                labels = self._input_labels(inputs, branches, instance, op)
            elif error.code == "open-dimension":
                labels = self._open_labels(types)
            at = argument.span if argument else span
            help = _sequence_help(error, inputs, instance.builder) or error.help
            self._report(error.code, error.message, at, instance, help=help, labels=labels)
            if argument:
                self._doubt(argument.value, instance)
            elif len(inputs) == 1:
                instance.builder.doubted.update(inputs)
            raise Fault from None
        # Equal types are one, so that the layers that follow are found to be equal too.
        outputs = tuple([self._types.setdefault(type, type) for type in outputs])
        if not keywords:
            self._ruled[call] = outputs, layer, types
        return outputs

    def _open_labels(self, types: tuple[TensorType, ...]) -> list[Label]:
        """Say which inputs of the model leave a length open that these types have."""
        open_here = {name for type in types for name in _open_lengths(type)}
        return [
            Label(span, f"this leaves {' and '.join(f'`{name}`' for name in found)} open")
            for span, type in self._model_inputs
            if (found := sorted(open_here & _open_lengths(type)))
        ]

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
        inputs: list[int | None],
        keywords: list[tuple[str, list[int | None]]],
        instance: Instance,
        declared: CallOp | None,
    ) -> None:
        builder = instance.builder
        span = (declared or op).span
        given = [*inputs, *(v for _, values in keywords for v in values)]
        # What is wrong in a block whatever it is given is wrong where it is given what is unknown, too.
        types = tuple(None if value is None else builder.types[value] for value in given)
        shape = tuple((name, len(values)) for name, values in keywords)
        memo = (op.callee, freeze(arguments), types, len(inputs), shape)
        # What is wrong in a block of the library is told of each use.
        again = self._shared.get(memo, "") is None and self.definitions[op.callee].span.is_library
        if again or memo not in self._shared:
            self._shared[memo] = self._instance(op, arguments, given, len(inputs), shape, span, instance)
        key = self._shared[memo]
        known = self._known(given)
        _check_known(arguments)
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
                inputs=tuple(known),
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
        given: list[int | None],
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
        types = [None if value is None else user.builder.types[value] for value in given]
        starts = [None if type is None else builder.add_input(type, "x") for type in types[:own]]
        builder.current = None if None in starts else [start for start in starts if start is not None]
        builder.results = list(builder.current or ())
        remaining = iter(types[own:])
        for name, number in keywords:
            for position in range(number):
                subscripts = () if number == 1 else (position,)
                type = next(remaining)
                builder.names[name, subscripts] = None if type is None else builder.add_input(type, name)
        instance = Instance(definition, builder, self._key(definition.key), (*user.uses, Use(definition.name, span)))
        self._parameters(definition, arguments, instance, {a.parameter: a.span for a in op.arguments})
        self._run(definition.body, instance)
        if instance.faulty:
            self._hand_doubts_back(op, given, instance, user)
        if builder.current is None or instance.faulty:
            return None
        return self._finish(instance, "block")

    def _hand_doubts_back(self, op: CallOp, given: list[int | None], instance: Instance, user: Instance) -> None:
        """Doubt what a block was given that was found wrong in it."""
        wrong = {p.name for p in instance.definition.parameters if instance.doubted & {*pattern_names(p.pattern)}}
        self._wrong_defaults.update((op.callee, name) for name in wrong - {a.parameter for a in op.arguments})
        for argument in op.arguments:
            if argument.parameter in wrong:
                self._doubt(argument.value, user)
        known = (value for value in given if value is not None)
        for value, port in zip(known, instance.builder.inputs, strict=False):
            if port.value in instance.builder.doubted:
                user.builder.doubted.add(value)

    def _structure(self, key: str) -> int:
        """Return a number that two bodies have in common just when they hold the same layers in the same places."""
        if key not in self._structures:
            body = self.bodies[key]
            types = body.types
            parts: list[Any] = []
            for node in body.nodes:
                match node:
                    case LayerNode(layer=layer) if isinstance(layer.keras, Function):
                        # Nothing of it is kept from one use to the next.
                        continue
                    case LayerNode():
                        made: Any = _lasting(node.layer, tuple(types[value] for value in node.inputs))
                    case BlockNode():
                        made = self._structure(node.body)
                    case RepeatNode():
                        made = self._structure(node.body), node.start, node.count
                parts.append((node.name, node.index, made))
            self._structures[key] = self._known_structures.setdefault(tuple(parts), len(self._known_structures))
        return self._structures[key]

    def _branches(self, op: BranchesOp, instance: Instance) -> None:
        ends = self._run_branches(op.branches, instance, op.spans)
        self._call(op.merge, instance, ends, op.spans)

    def _run_branches(
        self, branches: tuple[tuple[Op, ...], ...], instance: Instance, spans: tuple[Span, ...] = ()
    ) -> list[int | None]:
        """Elaborate branches, each from the current tensor. Returns their ends where `spans` say where each stands."""
        builder = instance.builder
        start = builder.current
        ends: list[int | None] = []
        for position, branch in enumerate(branches):
            builder.current = None if start is None else list(start)
            builder.results = list(start or ())
            self._run(branch, instance)
            if spans:
                ends.append(self._single_or_unknown(spans[position], instance))
        return ends


def _found_layer(op: CallOp) -> type[Layer] | Family:
    found = registry.find_layer(op.callee)
    assert found is not None, op.callee
    return found


def _check_known(arguments: Mapping[str, Any]) -> None:
    """Hold to arguments that have values. Raises Fault."""
    if UNKNOWN in arguments.values():
        raise Fault


def _check_size(shapes: Iterable[Sequence[Dim]]) -> None:
    """Hold tensors to what any array library can say of one. Raises RuleError."""
    for shape in shapes:
        if len(shape) > MAX_AXES:
            raise RuleError(f"this makes a tensor of {len(shape)} axes, and {MAX_AXES} are the most there may be")
        for dim in shape:
            if isinstance(dim, int) and dim > MAX_DIM:
                raise RuleError(f"this makes a tensor with an axis longer than {MAX_DIM:,}")


def _sequence_help(error: RuleError, inputs: list[int], builder: Builder) -> str:
    """Return the help where the layer before handed out the last of the steps that this one goes through."""
    before = next((n for n in builder.nodes if any(port.value in inputs for port in n.outputs)), None)
    keeps_all = getattr(before.layer, "return_sequences", True) if isinstance(before, LayerNode) else True
    is_short = error.code == "wrong-rank" and not keeps_all
    return "`return_sequences` among the arguments of the layer before keeps all its steps" if is_short else ""


def _open_lengths(type: TensorType) -> set[str]:
    """Return the names of the lengths that a shape leaves open."""
    names = {atom for dim in type.shape if isinstance(dim, Sym) for atom, _ in dim.terms}
    return names | ({"?"} if None in type.shape else set())


def _lasting(layer: Layer, types: tuple[TensorType, ...]) -> Any:
    """Return what a layer keeps from one use to the next: what it is made with, and its weights."""
    recipe = layer.recipe
    arguments = {name: value for name, value in layer.arguments().items() if name not in recipe.at_call}
    return recipe.symbol, freeze(arguments), tuple(layer.weights(*types))
