"""The functions of a module in the style of `keras.Sequential`: each adds its layers to the chain.

A network that is no chain has no such form; the message says where it forks.
"""

from __future__ import annotations

import re

from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.flow import Flow
from archspec.backends.keras_code.functions import FunctionView, FunctionWriter
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.parameters import reads_shape
from archspec.backends.keras_code.text import Line, Lines
from archspec.backends.keras_code.variants import Variant
from archspec.diagnostics.source import Span
from archspec.ir.definition import BranchesOp, CallOp, InputOp, NameOp, Op, OutputOp, SharedOp, StartOp
from archspec.ir.expr import TensorRef

_ADD = "model.add("


class ChainFlow(Flow):
    """A walk that adds layers to `model`, whose last tensor is the current one."""

    #: Where the operation at hand was written.
    span: Span | None = None

    def call(self, call: CallOp, named: NameOp | None = None, inputs: list[str] | None = None) -> None:
        """Write a use of a layer or block."""
        self.span = call.span
        self._check(call, named)
        function, arguments = self.construction(call)
        if call.target == "block" and self.at_input and self.inputs and _reads_shape(self.variant.blocks[call.site]):
            raise _fork("this reads a length of the input", call.span)
        self.at_input = False
        if call.target == "block":
            self.lines.call("", function, ["model", *arguments])
        else:
            self.lines.call(_ADD, function, arguments, ")")
        self.tensors = {}

    def _check(self, call: CallOp, named: NameOp | None) -> None:
        for ref in call.inputs or ():
            self._check_current(ref)
        if call.keywords or len(call.inputs or ()) > 1:
            raise _fork("this takes more than the tensor before it", call.span)
        if call.target == "shared":
            raise _fork("this shares its weights", call.span)
        if self.is_function(call):
            raise _fork(f"`{call.callee}` is a function, and no layer", call.span)
        if named is not None or self.variant.results.get(call.site, 1) > 1:
            raise _fork("this has several results", call.span)
        if call.target != "layer":
            return
        kind = self.variant.layer_class(call)
        if kind.takes.how != "one" or any(argument.parameter in kind.keras.at_call for argument in call.arguments):
            raise _fork(f"`{call.callee}` takes more than one tensor", call.span)

    def _check_current(self, ref: TensorRef) -> None:
        if ref.name != "_" and (ref.index or ref.name not in self.tensors):
            raise _fork(f"this goes back to `{ref.name}`", ref.span)

    def _branches(self, op: BranchesOp) -> None:
        raise _fork("the network forks here", op.merge.span)

    def _input(self, op: InputOp) -> None:
        if self.inputs:
            raise _fork("this is a second input", op.span)
        super()._input(op)
        line = self.lines.take(len(self.lines.lines) - 1)[0]
        self.lines.add(f"{_ADD}{line.text.partition(' = ')[2]})")
        self.tensors = {op.name: "model"}

    def _name(self, op: NameOp) -> None:
        self.tensors |= {target.name: "model" for target in op.targets if not target.index}

    def _start(self, op: StartOp) -> None:
        for ref in op.tensors:
            self._check_current(ref)

    def _output(self, op: OutputOp, rest: tuple[Op, ...]) -> None:
        if len(op.tensors) > 1:
            raise _fork("there are several outputs", op.span)
        self._check_current(op.tensors[0])

    def share(self, op: SharedOp) -> None:
        """Refuse a step whose uses share their weights."""
        raise _fork("this shares its weights", op.call.span)

    def settle(self) -> None:
        """Do nothing: a chain has one current tensor."""

    def _shape(self, tensor: TensorRef | None) -> str:
        if tensor is not None:
            self._check_current(tensor)
        if self.at_input and self.inputs:
            # `Sequential` tells its shape from its first layer on.
            raise _fork("this reads a length of the input", tensor.span if tensor else self.span)
        return "model.output_shape"


class ChainWriter(FunctionWriter):
    """Writes one variant as a function that adds to a chain."""

    walk = ChainFlow
    returns = "keras.Sequential"

    def end_model(self, lines: Lines, flow: Flow) -> None:
        texts = [line.text for line in lines.lines]
        added = [text.removeprefix(_ADD).removesuffix(")") for text in texts if text.startswith(_ADD)]
        if len(added) == len(texts) and not any(re.search(r"\bmodel\b", text) for text in added):
            lines.lines.clear()
            lines.call("return ", "keras.Sequential", [f"[{', '.join(added)}]", "name=name"])
            return
        lines.lines.insert(0, Line(0, "model = keras.Sequential(name=name)"))
        lines.add("return model")

    def block(self) -> FunctionView:
        """Return the function of a block."""
        lines = Lines(1)
        self.walked(lines, prefixed=True)
        return self.block_view(["model: keras.Sequential"], "None", lines)


def _reads_shape(variant: Variant) -> bool:
    """Tell whether a block, or any in it, reads a length of a tensor."""
    return reads_shape((variant.definition.parameters, variant.definition.body)) or any(
        map(_reads_shape, variant.blocks.values())
    )


def _fork(why: str, span: Span | None) -> Unprintable:
    return Unprintable(
        f"{why}, and `keras.Sequential` is a chain of layers", span, help="`--style functional` takes any network"
    )


def chain_function(variant: Variant, module: Module) -> FunctionView:
    """Return the function of a block."""
    return ChainWriter(variant, module).block()


def chain_model(variant: Variant, module: Module, name: str, function: str) -> FunctionView:
    """Return the function that builds the model."""
    return ChainWriter(variant, module).model(name, function)
