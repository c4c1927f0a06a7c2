"""One walk over a definition: what it knows, how it reads values and tensors, and what it may spend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from archspec.diagnostics.diagnostic import Diagnostic, Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate.builder import Builder, Use
from archspec.elaborate.evaluate import UNKNOWN, Budget, EvalError, Poisoned, evaluate, truth
from archspec.ir.base import find_all
from archspec.ir.definition import (
    CallOp,
    Definition,
    ErrorOp,
    ExternLayer,
    InputOp,
    LetOp,
    NameOp,
    Op,
    Pattern,
    RepeatOp,
    SharedOp,
    TuplePattern,
    pattern_names,
)
from archspec.ir.expr import Const, Expr, Length, TensorRef, Var, Word, show_value
from archspec.ir.graph import Body, Expectation
from archspec.layers.base import Layer
from archspec.limits import limits, more
from archspec.tensor import TensorType

#: How many blocks may be inside one another.
MAX_DEPTH = 100
#: The work of one operation (see `Budget`).
OPERATION_WORK = 100
#: The work of leaving unknown what bears a name.
NAME_WORK = 10


class Fault(Exception):
    """A step was reported, or needs what a fault left unknown; what follows from it keeps quiet."""


class Stop(Exception):
    """The spec asks for more than one may: what is left of it is not looked at."""


class SharedStep:
    """A shared step: its call, the arguments it was declared with, and its first use: what that made, and where."""

    def __init__(self, call: CallOp, arguments: dict[str, Any]) -> None:
        self.call, self.arguments = call, arguments
        self.made: Any = None
        self.first_use: Span | None = None


class Instance:
    """What one walk over a definition knows: the values of its variables and the body it builds."""

    def __init__(self, definition: Definition, builder: Builder, key: str, uses: tuple[Use, ...] = ()) -> None:
        self.definition, self.builder, self.key, self.uses = definition, builder, key, uses
        self.variables: dict[str, Any] = {}
        #: The shared steps; None for one that a fault left unknown.
        self.shared: dict[str, SharedStep | None] = {}
        #: The arguments it was made with: what a parameter starts as, before any `let`.
        self.arguments: tuple[tuple[str, Any], ...] = ()
        #: Whether a fault left something of it unknown, so that there will be no body.
        self.faulty = False
        #: The variables that were found to have wrong values.
        self.doubted: set[str] = set()

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
        self._types: dict[TensorType, TensorType] = {}
        #: What layers make of types, by the identity of these, which are kept so that it holds.
        self._ruled: dict[tuple[int, ...], tuple[tuple[TensorType, ...], Layer, tuple[TensorType, ...]]] = {}
        #: The inputs of the model, and where they were written.
        self._model_inputs: list[tuple[Span, TensorType]] = []
        self._foldings: dict[int, tuple[bool, bool]] = {}
        self._nodes = 0
        self._budget = Budget(limits().work)
        self._keys: dict[str, int] = {}
        self._structures: dict[str, int] = {}
        self._known_structures: dict[Any, int] = {}
        #: The parameters, by definition, whose defaults were found wrong.
        self._wrong_defaults: set[tuple[str, str]] = set()
        #: How often a fault was found, those counted that were reported before.
        self._faults = 0

    def _key(self, name: str) -> str:
        self._keys[name] = number = self._keys.get(name, 0) + 1
        return name if number == 1 else f"{name}#{number}"

    def _inputs(self, op: CallOp, instance: Instance) -> list[int | None]:
        """Return the tensors that a call works on; None for what a fault left unknown."""
        if op.inputs is not None:
            return self._tensors(op.inputs, instance)
        current = instance.builder.current
        if current is not None and not current:
            self._report(
                "no-input",
                "there is no tensor to go on from yet",
                op.span,
                instance,
                help="begin the model with `input 32x32x3`",
            )
        doubted = instance.builder.doubted
        return [None if value in doubted else value for value in current or (None,)]

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
        if builder.current[0] in builder.doubted:
            raise Fault
        return builder.current[0]

    def _single_or_unknown(self, span: Span, instance: Instance) -> int | None:
        try:
            return self._single(span, instance)
        except Fault:
            return None

    def _value(self, expr: Expr, instance: Instance) -> Any:
        try:
            return evaluate(expr, instance.variables, Types(self, instance), self._budget)
        except Poisoned:
            raise Fault from None
        except EvalError as error:
            self._report(error.code, error.message, error.span or expr.span, instance, help=error.help)
            if error.code == "too-many-steps":
                raise Stop from None
            self._doubt(expr, instance)
            if error.code == "no-such-axis":
                self._doubt_tensors(expr, instance)
            raise Fault from None

    def _value_or_unknown(self, expr: Expr, instance: Instance) -> Any:
        # Nearly all arguments are such.
        if isinstance(expr, Const):
            return expr.value
        try:
            return self._value(expr, instance)
        except Fault:
            return UNKNOWN

    def _truth(self, expr: Expr, instance: Instance) -> bool:
        value = self._value(expr, instance)
        try:
            return truth(value, expr.span)
        except EvalError as error:
            self._refuse(expr, error.code, error.message, instance)

    def _set(self, pattern: Pattern, value: Any, source: Expr, span: Span, instance: Instance) -> None:
        """Set the variables of a pattern to a value that comes of an expression."""
        try:
            self._bind(pattern, value, instance, source.span or span)
        except Fault:
            self._doubt(source, instance)
            raise

    def _bind(self, pattern: Pattern, value: Any, instance: Instance, span: Span | None) -> None:
        if not isinstance(pattern, TuplePattern):
            instance.variables[pattern.name] = value
            return
        if value is UNKNOWN:
            instance.variables |= dict.fromkeys(pattern_names(pattern), UNKNOWN)
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
        if not ref.index:
            return ()
        subscripts = tuple(self._value(i, instance) for i in ref.index)
        for subscript, expr in zip(subscripts, ref.index, strict=True):
            if isinstance(subscript, bool) or not isinstance(subscript, (int, str)):
                message = f"a tensor's index must be a whole number or a string, but this is `{show_value(subscript)}`"
                self._refuse(expr, "invalid-index", message, instance)
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
        if value is None or value in builder.doubted:
            raise Fault
        return value

    def _tensors(self, refs: Iterable[TensorRef], instance: Instance) -> list[int | None]:
        """Return named tensors; None for what a fault left unknown."""
        return [self._tensor_or_unknown(ref, instance) for ref in refs]

    def _known(self, values: list[int | None]) -> list[int]:
        """Return tensors of which none may be unknown. Raises Fault."""
        found = [value for value in values if value is not None]
        if len(found) < len(values):
            raise Fault
        return found

    def _tensor_or_unknown(self, ref: TensorRef, instance: Instance) -> int | None:
        try:
            return self._tensor(ref, instance)
        except Fault:
            return None

    def _forget(self, op: Op, instance: Instance) -> None:
        """Leave unknown whatever an operation would have set that was not carried out."""
        for setting in find_all(op, (LetOp, RepeatOp, NameOp, InputOp, SharedOp, ErrorOp)):
            match setting:
                case LetOp(pattern=pattern) | RepeatOp(pattern=pattern) if pattern is not None:
                    self._bind(pattern, UNKNOWN, instance, None)
                case NameOp(targets=targets):
                    instance.builder.lose(target.name for target in targets)
                case InputOp(name=name):
                    instance.builder.lose((name,))
                case SharedOp(call=call):
                    instance.shared[call.site] = None
                case ErrorOp(names=names):
                    self._lose(names, instance)

    def _lose(self, names: tuple[str, ...], instance: Instance) -> None:
        """Leave unknown whatever bears some names."""
        self._work(NAME_WORK * len(names), None, instance)
        instance.variables |= dict.fromkeys(names, UNKNOWN)
        instance.shared |= dict.fromkeys(names)
        instance.builder.lose(names)

    def _doubt(self, expr: Expr, instance: Instance) -> None:
        """Leave unknown the variables of an expression whose value is wrong, and those that they have to do with.

        One of them is at fault, or what it was worked out from, and what else comes of that is no fault of its own.
        """
        doubted = {var.name for var in find_all(expr, Var)}
        related = list(_related(instance.definition)) if doubted else []
        while more := [names for names in related if not names.isdisjoint(doubted) and not names <= doubted]:
            doubted.update(*more)
        instance.doubted |= doubted
        instance.variables |= dict.fromkeys(doubted & instance.variables.keys(), UNKNOWN)

    def _is_doubted(self, expr: Expr, instance: Instance) -> bool:
        return any(instance.variables.get(var.name) is UNKNOWN for var in find_all(expr, Var))

    def _doubt_tensors(self, expr: Expr, instance: Instance) -> None:
        """Leave unknown the tensors whose lengths an expression reads."""
        for length in find_all(expr, Length):
            current = instance.builder.current or ()
            found = current if length.tensor is None else self._tensors((length.tensor,), instance)
            instance.builder.doubted |= {value for value in found if value is not None}

    def _work(self, work: int, span: Span | None, instance: Instance) -> None:
        try:
            self._budget.spend(work, span)
        except EvalError as error:
            self._report(error.code, error.message, span, instance, help=error.help)
            raise Stop from None

    def _spend(self, layers: int, span: Span, instance: Instance, nodes: int = 0) -> None:
        if not instance.is_script:
            self._nodes += nodes
        most = limits()
        if self._nodes > most.nodes:
            message = f"more than {most.nodes:,} different layers are written out"
            self._report("too-many-layers", message, span, instance, help=more("nodes"))
            raise Stop
        if instance.builder.layers + layers > most.layers:
            message = f"a network may have at most {most.layers:,} layers"
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
        """Report a fault: something is unknown from here on."""
        self._faults += 1
        instance.faulty = True
        self._say(code, message, span, instance, help=help, labels=labels)

    def _say(
        self,
        code: str,
        message: str,
        span: Span | None,
        instance: Instance,
        *,
        help: str = "",
        labels: list[Label] | None = None,
    ) -> None:
        uses, labels = instance.uses[::-1], labels or []
        if span is not None and span.is_library:
            # A block of the library is right in itself: what is wrong is its use.
            guilty = next((use for use in uses if not use.span.is_library), None)
            if guilty is not None:
                labels = [Label(span, f"in block `{instance.definition.name}`"), *labels]
                uses, span = tuple([use for use in uses if use is not guilty]), guilty.span
        chain = tuple([f"in block `{use.block}`, used at {use.span}" for use in uses])
        self.diagnostics.add(Diagnostic(code, message, span, labels=tuple(labels), notes=chain, help=help))

    def _refuse(self, expr: Expr, code: str, message: str, instance: Instance, *, help: str = "") -> NoReturn:
        """Report that the value of an expression does not do where it stands."""
        self._report(code, message, expr.span, instance, help=help)
        self._doubt(expr, instance)
        raise Fault

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


def _related(definition: Definition) -> Iterator[set[str]]:
    """Yield the variables that have to do with one another: those that are set together, and what they come from."""
    sources: list[tuple[Pattern | None, Expr | None]] = [(p.pattern, p.default) for p in definition.parameters]
    for setting in find_all(definition.body, (LetOp, RepeatOp)):
        match setting:
            case LetOp(pattern=pattern, value=value) | RepeatOp(pattern=pattern, iterable=value):
                sources.append((pattern, value))
    for pattern, source in sources:
        if pattern is not None and source is not None:
            yield {*pattern_names(pattern), *(var.name for var in find_all(source, Var))}


def freeze(value: Any) -> Any:
    """Return a value as one that can be compared and hashed."""
    # 1 == 1.0 == True in Python, but a layer tells them apart.
    kind = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind is dict:
        return tuple([(k, freeze(v)) for k, v in value.items()])
    if isinstance(value, list | tuple):
        return (kind, *map(freeze, value))
    if kind is Word and value.arguments is not None:
        return value.word, freeze(dict(value.arguments))
    return kind, value


_PLAIN = {bool, int, float, str, type(None)}
