"""Definitions to bodies, in one walk: compile-time values computed, blocks instantiated, every type inferred.

Equal instances (same definition, arguments and input types) share one body, and equal iterations of a loop become one
node with a count, so the work follows the length of the spec and not the depth of the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archspec.diagnostics.source import Span
from archspec.elaborate.builder import Builder
from archspec.elaborate.evaluate import UNKNOWN
from archspec.elaborate.instance import OPERATION_WORK, Fault, Instance, SharedStep, Stop
from archspec.elaborate.loops import Loops
from archspec.elaborate.uses import Uses
from archspec.ir.definition import (
    BranchesOp,
    CallOp,
    Definition,
    ErrorOp,
    ExpectOp,
    IfOp,
    InputOp,
    LetOp,
    NameOp,
    Op,
    OutputOp,
    Parameter,
    RepeatOp,
    SharedOp,
    StartOp,
    pattern_names,
)
from archspec.ir.expr import show_value
from archspec.ir.graph import Expectation, LayerNode, Port
from archspec.tensor import Sym, TensorType, show_shape


def _about_results(builder: Builder, op: NameOp) -> str:
    """Return the help for the names of the results of a layer that may hand out its states."""
    last = builder.nodes[-1] if builder.nodes else None
    states = getattr(last.layer, "return_state", None) if isinstance(last, LayerNode) else None
    if states is False:
        return "`return_state` among its arguments makes the states results too"
    missing = len(builder.results) - len(op.targets)
    named = ", ".join(target.name for target in op.targets)
    return f"the output comes before the states: `as (out, {named})`" if states and missing == 1 else ""


class Instantiator(Uses, Loops):
    """Makes the bodies of one graph."""

    def model(self, definition: Definition, arguments: Mapping[str, Any]) -> str | None:
        """Elaborate the model itself. Returns the key of its body, or None after reporting why there is none."""
        builder = Builder()
        instance = Instance(definition, builder, self._key(definition.key))
        try:
            self._parameters(definition, arguments, instance)
            self._run(definition.body, instance)
        except Stop:
            return None
        if builder.current is None or instance.faulty:
            return None
        if not builder.inputs:
            self.diagnostics.error(
                "no-input", "the model has no input", definition.span, help="begin it with `input 32x32x3`"
            )
            return None
        return self._finish(instance, "model")

    def _finish(self, instance: Instance, kind: str) -> str:
        builder = instance.builder
        body = builder.body(instance.key, instance.definition.key, kind, builder.current or (), instance.arguments)
        self.bodies[instance.key] = body
        self._counts[instance.key] = builder.layers
        return instance.key

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
            try:
                value = self._start_value(parameter, arguments, instance)
                self._bind(parameter.pattern, value, instance, (spans or {}).get(parameter.name) or parameter.span)
            except Fault:
                instance.faulty = True
                self._bind(parameter.pattern, UNKNOWN, instance, None)
        names = [name for p in definition.parameters if not p.tensor for name in pattern_names(p.pattern)]
        instance.arguments = tuple((name, instance.variables[name]) for name in names)

    def _start_value(self, parameter: Parameter, arguments: Mapping[str, Any], instance: Instance) -> Any:
        """Return the value that a parameter starts with."""
        if parameter.name in arguments:
            return arguments[parameter.name]
        if (instance.definition.key, parameter.name) in self._wrong_defaults:
            raise Fault
        if parameter.default is None:
            self._fault(
                "missing-argument",
                f"`{instance.definition.name}` needs a value for `{parameter.name}`",
                parameter.span,
                instance,
                help=f"give it one with `--set {parameter.name}=…`",
            )
        return self._value(parameter.default, instance)

    def _run(self, ops: tuple[Op, ...], instance: Instance) -> None:
        for op in ops:
            try:
                self._op(op, instance)
            except Fault:
                instance.faulty = True
                # Branches have been carried out, whatever they go to.
                if not isinstance(op, BranchesOp | ErrorOp):
                    self._forget(op, instance)
                # What changes no tensor leaves the current one as it is.
                if not isinstance(op, LetOp | ExpectOp | SharedOp):
                    instance.builder.current = None

    def _op(self, op: Op, instance: Instance) -> None:
        builder = instance.builder
        if not instance.is_script:
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
                builder.current = builder.results = self._known(self._tensors(op.tensors, instance))
            case LetOp():
                self._set(op.pattern, self._value(op.value, instance), op.value, op.span, instance)
            case SharedOp():
                instance.shared[op.call.site] = SharedStep(op.call, self._arguments(op.call, instance))
            case InputOp():
                self._input(op, instance)
            case OutputOp():
                self._output(op, instance)
            case ExpectOp():
                self._expect(op, instance)
            case ErrorOp():
                self._run_branches(op.branches, instance)
                if op.names:
                    self._lose(op.names, instance)
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
                message = f"a dimension must be a positive whole number, `?` or a name, but this is `{show_value(dim)}`"
                self._refuse(expr, "invalid-dimension", message, instance)
            shape.append(dim)
        type = TensorType(tuple(shape), op.dtype)
        self._model_inputs.append((op.span, type))
        value = builder.add_input(type, op.name)
        builder.names[op.name, ()] = value
        builder.current = builder.results = [value]

    def _output(self, op: OutputOp, instance: Instance) -> None:
        builder = instance.builder
        if builder.parent is not None:
            self._fault("misplaced-output", "`output` stands inside a loop", op.span, instance)
        if builder.outputs is not None:
            self._fault("duplicate-output", "the outputs are named twice", op.span, instance)
        values = self._known(self._tensors(op.tensors, instance))
        builder.outputs = [
            Port(value=v, type=builder.types[v], name="" if ref.name == "_" else ref.name)
            for ref, v in zip(op.tensors, values, strict=True)
        ]
        builder.current = values

    def _name(self, op: NameOp, instance: Instance) -> None:
        builder = instance.builder
        values: list[int | None] = [None] * len(op.targets)
        if len(op.targets) == 1 and builder.current is not None:
            values = [self._single(op.span, instance)]
        elif builder.current is not None:
            values = [*builder.results]
        if len(values) != len(op.targets):
            self._fault(
                "wrong-result-count",
                f"{len(op.targets)} names for {len(values)} result{'s' * (len(values) != 1)}",
                op.span,
                instance,
                help=_about_results(builder, op),
            )
        for target, value in zip(op.targets, values, strict=True):
            try:
                builder.names[target.name, self._subscripts(target, instance)] = value
            except Fault:
                # The tensor itself is known, and goes on.
                instance.faulty = True
                builder.lose((target.name,))

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
            self._say(
                "expectation-failed",
                f"expected {show_shape(wanted)}, but the shape is {show_shape(shape)}",
                op.span,
                instance,
            )
