"""Uses of layers and blocks: arguments to layers, rules to types, equal instances to one body."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archspec.diagnostics.diagnostic import Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import divisors, listed
from archspec.elaborate.arguments import ArgumentFault, make_layer
from archspec.elaborate.builder import Builder, Use
from archspec.elaborate.evaluate import EvalError
from archspec.elaborate.externs import make_extern
from archspec.elaborate.instance import MAX_DEPTH, Fault, Instance, Values, freeze
from archspec.ir.definition import (
    BranchesOp,
    CallOp,
    Definition,
    Op,
)
from archspec.ir.expr import Expr, Operation
from archspec.ir.graph import BlockNode, LayerNode, RepeatNode
from archspec.ir.leaves import body_types
from archspec.layers import registry
from archspec.layers.base import Layer, RuleError
from archspec.layers.recipe import Function
from archspec.layers.registry import Family
from archspec.tensor import Dim, Sym, TensorType

#: The most axes a tensor may have (NumPy's limit), and the longest one (that of an index of 64 bits).
MAX_AXES = 64
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
            arguments = step.arguments | self._arguments(op, instance)
            declared, op = op, step.call.model_copy(update={"arguments": (*op.arguments, *step.call.arguments)})
        else:
            arguments = self._arguments(op, instance)
        keywords = [(k.parameter, [self._tensor(ref, instance) for ref in k.tensors]) for k in op.keywords]
        if op.target == "block":
            self._block(op, arguments, inputs, keywords, instance, declared)
        else:
            self._layer(op, arguments, inputs, keywords, instance, declared, branches)

    def _arguments(self, op: CallOp, instance: Instance) -> dict[str, Any]:
        return {a.parameter: self._value(a.value, instance) for a in op.arguments}

    def _hold_to_first_use(self, declared: CallOp, made: Any, instance: Instance) -> None:
        """Report a use of a shared step that would need layers or weights other than those its first use made."""
        step = instance.shared[declared.callee]
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

    def _made_layer(
        self, op: CallOp, arguments: dict[str, Any], types: tuple[TensorType, ...], instance: Instance
    ) -> Layer:
        kind, rank = self._layer_class(op, types, instance), types[0].rank if types else None
        memo = kind, rank, freeze(arguments)
        if memo in self._layers:
            return self._layers[memo]
        try:
            self._layers[memo] = layer = make_layer(kind, arguments, rank)
            return layer
        except ArgumentFault as fault:
            for name, message, code in fault.faults:
                given = next((a for a in op.arguments if a.parameter == name and a.span), None)
                help = (self._division_help(given.value, instance) if given else "") or fault.help
                self._report(code, message, given.span if given else op.span, instance, help=help)
            raise Fault from None

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
        given = {name: instance.builder.types_of(values) for name, values in keywords}
        try:
            output = layer.output(*types, **given)
            outputs = output if isinstance(output, tuple) else (output,)
            _check_size([type.shape for type in outputs])
            _check_size([weight.shape for weight in layer.weights(*types)])
        except RuleError as error:
            at = next((a.span for a in op.arguments if a.parameter == error.argument and a.span), span)
            labels = []
            if error.code == "shape-mismatch":
                labels = self._input_labels(inputs, branches, instance, op)
            elif error.code == "open-dimension":
                labels = self._open_labels(types)
            self._report(error.code, error.message, at, instance, help=error.help, labels=labels)
            raise Fault from None
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
        memo = (op.callee, freeze(arguments), types, len(inputs), shape)
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
        """Return a number that two bodies have in common just when they hold the same layers in the same places."""
        if key not in self._structures:
            body = self.bodies[key]
            types = body_types(body)
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


def _check_size(shapes: Iterable[Sequence[Dim]]) -> None:
    """Hold tensors to what any array library can say of one. Raises RuleError."""
    for shape in shapes:
        if len(shape) > MAX_AXES:
            raise RuleError(f"this makes a tensor of {len(shape)} axes, and {MAX_AXES} are the most there may be")
        for dim in shape:
            if isinstance(dim, int) and dim > MAX_DIM:
                raise RuleError(f"this makes a tensor with an axis longer than {MAX_DIM:,}")


def _open_lengths(type: TensorType) -> set[str]:
    """Return the names of the lengths that a shape leaves open."""
    names = {atom for dim in type.shape if isinstance(dim, Sym) for atom, _ in dim.terms}
    return names | ({"?"} if None in type.shape else set())


def _lasting(layer: Layer, types: tuple[TensorType, ...]) -> Any:
    """Return what a layer keeps from one use to the next: what it is made with, and its weights."""
    recipe = layer.recipe
    arguments = {name: value for name, value in layer.arguments().items() if name not in recipe.at_call}
    return recipe.symbol, freeze(arguments), tuple(layer.weights(*types))
