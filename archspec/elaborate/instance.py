"""One walk over a definition: what it knows, how it reads values and tensors, and what it may spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from archspec.diagnostics.diagnostic import Diagnostic, Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate.builder import Builder, Use
from archspec.elaborate.evaluate import Budget, EvalError, Poisoned, evaluate, truth
from archspec.ir.definition import (
    CallOp,
    Definition,
    ExternLayer,
    Pattern,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Expr, TensorRef, Word, show_value
from archspec.ir.graph import Body, Expectation
from archspec.layers.base import Layer
from archspec.limits import limits, more
from archspec.tensor import TensorType

#: How many blocks may be inside one another.
MAX_DEPTH = 100
#: The work of one operation (see `Budget`).
OPERATION_WORK = 100


class Fault(Exception):
    """A step was reported; what follows from it keeps quiet."""


class Stop(Exception):
    """The spec asks for more than one may: what is left of it is not looked at."""


@dataclass
class SharedStep:
    """A shared step: its call, the arguments it was declared with, and its first use: what that made, and where."""

    call: CallOp
    arguments: dict[str, Any]
    made: Any = None
    first_use: Span | None = None


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

    @property
    def is_script(self) -> bool:
        """Whether an operation stands in the model itself, outside its loops: the size of a file bounds these."""
        return not self.uses and self.builder.parent is None


class Values:
    """What every part of the walk needs: values, tensors by name, messages, and limits."""

    def __init__(
        self, definitions: Mapping[str, Definition], externs: Mapping[str, ExternLayer], diagnostics: Diagnostics
    ) -> None:
        self.definitions, self.externs, self.diagnostics = definitions, externs, diagnostics
        self.bodies: dict[str, Body] = {}
        self.expectations: list[Expectation] = []
        self._shared: dict[Any, str | None] = {}
        self._counts: dict[str, int] = {}
        #: The layers made so far: checking arguments takes longer than finding that they were checked.
        self._layers: dict[Any, Layer] = {}
        #: The inputs of the model, and where they were written.
        self._model_inputs: list[tuple[Span, TensorType]] = []
        self._foldings: dict[int, tuple[bool, bool]] = {}
        self._nodes = 0
        self._budget = Budget(limits().work)
        self._keys: dict[str, int] = {}
        self._structures: dict[str, int] = {}
        self._known_structures: dict[Any, int] = {}

    def _key(self, name: str) -> str:
        self._keys[name] = number = self._keys.get(name, 0) + 1
        return name if number == 1 else f"{name}#{number}"

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

    def _work(self, work: int, span: Span | None, instance: Instance) -> None:
        try:
            self._budget.spend(work, span)
        except EvalError as error:
            self._report(error.code, error.message, span, instance, help=error.help)
            raise Stop from None

    def _spend(self, layers: int, span: Span, instance: Instance, nodes: int = 0) -> None:
        if not instance.is_script:
            self._nodes += nodes
        if self._nodes > limits().nodes:
            message = f"more than {limits().nodes:,} different layers are written out"
            self._report("too-many-layers", message, span, instance, help=more("nodes"))
            raise Stop
        if instance.builder.layers + layers > limits().layers:
            message = f"a network may have at most {limits().layers:,} layers"
            self._report("too-many-layers", message, span, instance, help=more("layers"))
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

    def __init__(self, instantiator: Values, instance: Instance) -> None:
        self._instantiator, self._instance = instantiator, instance

    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        """Return the type of a named tensor, or of the current one. Raises Fault."""
        builder = self._instance.builder
        if tensor is not None:
            return builder.types[self._instantiator._tensor(tensor, self._instance)]
        return builder.types[self._instantiator._single(span or self._instance.definition.span, self._instance)]


def freeze(value: Any) -> Any:
    """Return a value as one that can be compared and hashed."""
    # 1 == 1.0 == True in Python, but a layer tells them apart.
    match value:
        case Word(arguments=tuple() as arguments):
            return value.word, freeze(dict(arguments))
        case dict():
            return tuple((k, freeze(v)) for k, v in value.items())
        case list() | tuple():
            return (type(value).__name__, *map(freeze, value))
        case _:
            return type(value).__name__, value
