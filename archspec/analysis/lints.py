"""What compiles and is hardly meant: warnings about a graph, each of which `--allow NAME` silences.

A lint is a function that yields what it finds, registered under the code of its message. Those that many a published
network would earn are off unless `--warn NAME` asks for them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from archspec.diagnostics.diagnostic import Diagnostic, Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate.evaluate import EvalError, Poisoned, Tensors, evaluate
from archspec.ir.base import Ir, find_all
from archspec.ir.definition import (
    CallOp,
    Definition,
    IfOp,
    InputOp,
    LetOp,
    NameOp,
    Op,
    RepeatOp,
    SharedOp,
    pattern_names,
)
from archspec.ir.expr import Const, Length, TensorRef, Var
from archspec.ir.graph import BlockNode, Body, Graph, LayerNode
from archspec.layers.base import Layer, Part
from archspec.layers.spatial import Sliding
from archspec.record import Record
from archspec.tensor import TensorType

_Kind = TypeVar("_Kind", bound=Ir)

Finding = tuple[str, Span, str, tuple[Label, ...]]
#: A lint yields messages, each with its place, its help and further places.
Lint = Callable[["Linted"], Iterator[Finding]]

LINTS: dict[str, Lint] = {}
#: The lints that must be asked for.
ON_DEMAND = {"bias-before-norm"}
#: The categories of layers that may end with an activation. Recurrent layers have theirs inside.
_WITH_ACTIVATION = ("activation", "conv", "dense")
#: An input as wide as it is high from here on is an image.
_LEAST_IMAGE = 8


def lint(graph: Graph, diagnostics: Diagnostics, asked_for: Collection[str] = ()) -> None:
    """Report what the lints find in a graph. `asked_for` are names of lints that are off unless they are named."""
    linted = Linted(graph, [d.span for d in diagnostics.items if d.span])
    for code, find in LINTS.items():
        if code in ON_DEMAND and code not in asked_for:
            continue
        for message, span, help, labels in find(linted):
            diagnostics.add(Diagnostic(code, message, span, labels=labels, help=help, severity="warning"))


def _register(code: str) -> Callable[[Lint], Lint]:
    def enter(find: Lint) -> Lint:
        LINTS[code] = find
        return find

    return enter


# --- what lints look at ----------------------------------------------------------------------------------------------


class Step(Record):
    """One use of a layer, with the types that it takes."""

    node: LayerNode
    body: Body
    inputs: tuple[TensorType, ...]

    @property
    def layer(self) -> Layer:
        return self.node.layer


class Linted:
    """A graph as lints see it: its steps in the file that is compiled, and what stands before each."""

    def __init__(self, graph: Graph, reported: Iterable[Span]) -> None:
        self.graph = graph
        self._reported = sorted((span.file, span.line, span.column) for span in reported)
        self._makers = {
            key: {port.value: node for node in body.nodes for port in node.outputs}
            for key, body in graph.bodies.items()
        }
        self._written: dict[str, dict[type, list[Any]]] = {}

    @cached_property
    def definitions(self) -> list[Definition]:
        """The model and the blocks of the file itself: a library is not its user's concern."""
        return [d for d in self.graph.definitions.values() if d.span.file == self.graph.file]

    def is_told(self, span: Span) -> bool:
        """Tell whether something was reported in a stretch before the lints ran."""
        position = bisect_left(self._reported, (span.file, span.line, span.column))
        following = self._reported[position : position + 1]
        return bool(following) and following[0] < (span.file, span.end_line, span.end_column)

    @cached_property
    def steps(self) -> list[Step]:
        """Every use of a layer in the file itself, those in equal instances once."""
        return [
            self._step(node, body)
            for body in self.graph.bodies.values()
            if self.graph.definitions[body.definition].span.file == self.graph.file
            for node in body.nodes
            if isinstance(node, LayerNode)
        ]

    def steps_of(self, *categories: str) -> list[Step]:
        """Return the steps whose layers are of some categories."""
        return [step for category in categories for step in self._by_category[category]]

    @cached_property
    def _by_category(self) -> dict[str, list[Step]]:
        found: defaultdict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.node.layer.category].append(step)
        return found

    def _step(self, node: LayerNode, body: Body) -> Step:
        types = body.types
        return Step(node, body, tuple([types[value] for value in node.inputs]))

    def written(self, definition: Definition, kind: type[_Kind]) -> list[_Kind]:
        """Return every operation, expression and so on of a kind in a definition. All lints share one walk over it."""
        if definition.key not in self._written:
            found = self._written[definition.key] = defaultdict(list)
            for record in find_all(definition.body, Ir):
                found[type(record)].append(record)
        return self._written[definition.key][kind]

    def before(self, step: Step) -> Step | None:
        """Return the layer whose result a step takes, if that is all it takes and is known."""
        return self.maker(step.body, step.node.inputs[0]) if len(step.node.inputs) == 1 else None

    def maker(self, body: Body, value: int) -> Step | None:
        """Return the layer that makes a value of a body: of a block's result, the last one in the block."""
        node = self._makers[body.key].get(value)
        while isinstance(node, BlockNode):
            position = next(i for i, port in enumerate(node.outputs) if port.value == value)
            body = self.graph.bodies[node.body]
            value = body.outputs[position].value
            node = self._makers[body.key].get(value)
        return self._step(node, body) if isinstance(node, LayerNode) else None


def _activation(layer: Layer) -> str:
    """Return the name of the activation that a layer ends with, or "" where it has none."""
    if layer.category == "activation" and layer.kind not in ("Activation", "GLU"):
        return layer.names[0]
    if layer.category not in _WITH_ACTIVATION:
        return ""
    value: Any = getattr(layer, "activation", None)
    if isinstance(value, Part):
        value = value.names[0]
    return "" if value in (None, "linear") else str(value)


# --- layers in a row -------------------------------------------------------------------------------------------------


@_register("repeated-activation")
def _repeated_activation(linted: Linted) -> Iterator[Finding]:
    for step in linted.steps_of("activation"):
        if (earlier := linted.before(step)) is None:
            continue
        first, second = _activation(earlier.layer), _activation(step.layer)
        if first and second and not (first == second == "softmax"):
            label = Label(earlier.node.span, f"this ends with `{first}`")
            yield (
                f"`{second}` follows a layer that has an activation already",
                step.node.span,
                "leave one of them out",
                (label,),
            )


@_register("repeated-softmax")
def _repeated_softmax(linted: Linted) -> Iterator[Finding]:
    for step in linted.steps_of("activation"):
        if (earlier := linted.before(step)) is None:
            continue
        if _activation(step.layer) == _activation(earlier.layer) == "softmax":
            label = Label(earlier.node.span, "these are probabilities already")
            yield "a softmax of a softmax is nearly uniform", step.node.span, "leave one of them out", (label,)


@_register("softmax-of-one")
def _softmax_of_one(linted: Linted) -> Iterator[Finding]:
    for step in linted.steps_of(*_WITH_ACTIVATION):
        shape = step.node.outputs[0].type.shape
        if not shape or shape[-1] != 1 or _activation(step.layer) != "softmax":
            continue
        if getattr(step.layer, "axis", -1) == -1:
            yield "the softmax of a single number is always 1", step.node.span, "`sigmoid` makes it a probability", ()


@_register("bias-before-norm")
def _bias_before_norm(linted: Linted) -> Iterator[Finding]:
    for step in linted.steps_of("norm"):
        if step.layer.kind != "BatchNormalization" or (earlier := linted.before(step)) is None:
            continue
        if _activation(earlier.layer):
            continue
        if getattr(earlier.layer, "use_bias", False) and getattr(step.layer, "center", False):
            label = Label(step.node.span, "this takes the bias out, and adds its own")
            yield "the bias of this layer has no effect", earlier.node.span, "give it `no_bias`", (label,)


@_register("wasted-kernel")
def _wasted_kernel(linted: Linted) -> Iterator[Finding]:
    for step in linted.steps_of("conv"):
        lengths = step.inputs[0].shape[:-1]
        if any(length != 1 for length in lengths) or not isinstance(step.layer, Sliding):
            continue
        if any(slide.extent > 1 for slide in step.layer.slides()):
            size = "x".join(["1"] * len(lengths))
            yield (
                f"the tensor has shrunk to {size} here: all of the kernel but its middle meets nothing but padding",
                step.node.span,
                f"use a {size} kernel, or make the tensor smaller later",
                (),
            )


# --- inputs and outputs ----------------------------------------------------------------------------------------------


@_register("missing-channels")
def _missing_channels(linted: Linted) -> Iterator[Finding]:
    """Find an image without channels: a square input that a rank-free name takes for a sequence."""
    model = linted.graph.definitions[linted.graph.body.definition]
    squares = {length: op for op in linted.written(model, InputOp) if (length := _square(op)) is not None}
    if not squares:
        return
    callees = {op.span: op.callee for d in linted.definitions for op in linted.written(d, CallOp)}
    for step in linted.steps:
        if step.layer.rank != 1 or callees.get(step.node.span) not in step.layer.family or len(step.inputs) != 1:
            continue
        shape = step.inputs[0].shape
        op = squares.get(shape[0]) if isinstance(shape[0], int) and shape[0] == shape[-1] else None
        if op is not None and step.body.key == linted.graph.main and step.node.inputs[0] in _inputs(step.body):
            size = "x".join(map(str, shape))
            yield (
                f"this takes {size} for a sequence of {shape[0]} steps with {shape[1]} channels",
                step.node.span,
                f"an image has channels: `input {size}x1`; of a sequence, `{step.layer.names[0]}` says so",
                (Label(op.span, "this is its input"),),
            )


def _square(op: InputOp) -> int | None:
    """Return the side of an input that is as wide as it is high, and no small table."""
    lengths = [dim.value for dim in op.shape if isinstance(dim, Const)]
    if len(op.shape) != 2 or len(lengths) != 2 or lengths[0] != lengths[1]:
        return None
    return lengths[0] if isinstance(lengths[0], int) and lengths[0] >= _LEAST_IMAGE else None


def _inputs(body: Body) -> set[int]:
    return {port.value for port in body.inputs}


@_register("dropout-at-output")
def _dropout_at_output(linted: Linted) -> Iterator[Finding]:
    for last, earlier in _ends(linted):
        if "Dropout" in last.layer.kind and earlier.layer.category == "dense" and last.inputs[0].rank == 1:
            yield "dropout after the last layer drops results", last.node.span, "put it before that layer", ()


@_register("norm-at-output")
def _norm_at_output(linted: Linted) -> Iterator[Finding]:
    for last, earlier in _ends(linted):
        activation = _activation(earlier.layer)
        if last.layer.category == "norm" and activation in ("softmax", "sigmoid"):
            yield (
                f"this normalizes what `{activation}` made: the result is no probability any more",
                last.node.span,
                "put it before the last layer",
                (Label(earlier.node.span, "here"),),
            )


def _ends(linted: Linted) -> Iterator[tuple[Step, Step]]:
    """Yield the last layer of each output and the one before it."""
    body = linted.graph.body
    for port in body.outputs:
        last = linted.maker(body, port.value)
        earlier = None if last is None else linted.before(last)
        if last is not None and earlier is not None and last.node.span.file == linted.graph.file:
            yield last, earlier


# --- names that nothing uses -----------------------------------------------------------------------------------------


@_register("unused-parameter")
def _unused_parameter(linted: Linted) -> Iterator[Finding]:
    for definition in linted.definitions:
        read = _read(linted, definition)
        for parameter in definition.parameters:
            names = pattern_names(parameter.pattern)
            if parameter.captured or parameter.span is None or not read.isdisjoint(names) or _is_quiet(names):
                continue
            what = f"the {definition.kind} `{definition.name}`"
            yield f"{what} does not use its parameter `{_together(names)}`", parameter.span, "take it out", ()


@_register("unused-variable")
def _unused_variable(linted: Linted) -> Iterator[Finding]:
    for definition in linted.definitions:
        read = _read(linted, definition)
        for op in linted.written(definition, LetOp):
            names = pattern_names(op.pattern)
            if read.isdisjoint(names) and not _is_quiet(names):
                yield f"nothing uses the variable `{_together(names)}`", op.span, "take it out", ()


@_register("unused-tensor")
def _unused_tensor(linted: Linted) -> Iterator[Finding]:
    for definition in linted.definitions:
        read = _read(linted, definition)
        last = _last(definition.body)
        for op in linted.written(definition, NameOp):
            names = [target.name for target in op.targets]
            # A name for the result documents it, and a step that leads nowhere has been told of.
            told = linted.is_told(op.span)
            if op is not last and read.isdisjoint(names) and not (told or _is_quiet(names)):
                span = op.targets[0].span or op.span
                yield f"nothing uses the tensor `{_together(names)}`", span, "leave the name out", ()


@_register("unused-shared")
def _unused_shared(linted: Linted) -> Iterator[Finding]:
    for definition in linted.definitions:
        called = {op.callee for op in linted.written(definition, CallOp) if op.target == "shared"}
        for op in linted.written(definition, SharedOp):
            if op.call.site not in called:
                help = f"`{op.call.site}` alone is a step that uses it"
                yield f"nothing uses the shared step `{op.call.site}`", op.span, help, ()


def _read(linted: Linted, definition: Definition) -> set[str]:
    """Return the names of a definition that something reads."""
    set_here = {id(target) for op in linted.written(definition, NameOp) for target in op.targets}
    defaults = tuple(p.default for p in definition.parameters)
    variables = [*linted.written(definition, Var), *find_all(defaults, Var)]
    tensors = [*linted.written(definition, TensorRef), *find_all(defaults, TensorRef)]
    return {var.name for var in variables} | {ref.name for ref in tensors if id(ref) not in set_here}


def _last(ops: tuple[Op, ...]) -> Op | None:
    """Return the operation that a body ends with, expectations left out."""
    return next((op for op in reversed(ops) if op.op != "expect"), None)


def _is_quiet(names: list[str]) -> bool:
    """Tell whether a name says by its first letter that it is not used."""
    return all(name.startswith("_") for name in names)


def _together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


# --- parts that are never taken --------------------------------------------------------------------------------------


@_register("unreachable-branch")
def _unreachable_branch(linted: Linted) -> Iterator[Finding]:
    for definition in linted.definitions:
        for op in linted.written(definition, IfOp):
            value = _constant(op.test)
            never = op.orelse if value is True else op.then if value is False else ()
            if never:
                shown = "true" if value else "false"
                part = "the part after `else`" if value else "this part"
                yield f"{part} is never taken: the condition is always {shown}", op.test.span or op.span, "", ()
        for loop in linted.written(definition, RepeatOp):
            if _constant(loop.iterable) in (0, []) and _constant(loop.iterable) is not False:
                yield "this loop never runs", loop.iterable.span or loop.span, "", ()


class _NoTensors(Tensors):
    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        raise EvalError("no-tensor", "", span)


def _constant(expr: Any) -> Any:
    """Return the value of an expression that is the same in every use, else None."""
    if any(True for _ in find_all(expr, (Var, Length))):
        return None
    try:
        return evaluate(expr, {}, _NoTensors())
    except (EvalError, Poisoned):
        return None
