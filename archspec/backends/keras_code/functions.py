"""The functions of a module in the functional style: one for each block, from tensors to tensors, and the model's."""

from __future__ import annotations

from dataclasses import dataclass

from archspec.backends.keras_code.flow import Flow
from archspec.backends.keras_code.layout import INDENT
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.names import FUNCTIONAL
from archspec.backends.keras_code.python import string
from archspec.backends.keras_code.text import Lines
from archspec.backends.keras_code.variants import Variant
from archspec.backends.keras_code.writer import Writer, declare, documentation, listed


@dataclass(frozen=True, slots=True)
class FunctionView:
    """Everything the template prints of one function; its head and body are finished lines."""

    template = "function.jinja"
    name: str
    head: list[str]
    doc: list[str]
    body: list[str]


class FunctionWriter(Writer):
    """Writes one variant as a function."""

    #: The walk that writes the body, and what a model is.
    walk: type[Flow] = Flow
    returns = "keras.Model"

    def model(self, name: str, function: str) -> FunctionView:
        """Return the function that builds the model."""
        lines = Lines(1)
        flow = self.walked(lines)
        self.end_model(lines, flow)
        declare(lines, flow)
        parameters = [view.text for view in self.views]
        return self.view(function, [*parameters, "*", f"name: str = {string(name)}"], self.returns, lines)

    def end_model(self, lines: Lines, flow: Flow) -> None:
        outputs = flow.results or flow.current
        arguments = [f"inputs={listed(flow.inputs)}", f"outputs={listed(outputs)}", "name=name"]
        lines.call("return ", self.module.model_class, arguments)

    def block(self) -> FunctionView:
        """Return the function of a block."""
        lines = Lines(1)
        flow = self.walked(lines, prefixed=True)
        lines.end(flow.results or flow.current, "return ")
        declare(lines, flow)
        return self.block_view(self.tensor_arguments(), "Any", lines)

    def block_view(self, tensors: list[str], returns: str, lines: Lines) -> FunctionView:
        function = self.module.functions[self.variant.class_name]
        parameters = [view.text for view in self.views]
        return self.view(function, [*tensors, *parameters, "*", "name: str"], returns, lines)

    def walked(self, lines: Lines, prefixed: bool = False) -> Flow:
        """Write the body, up to where it returns."""
        variables, taken = self.prologue(lines)
        flow = self.walk(
            self.variant,
            self.module,
            FUNCTIONAL,
            lines,
            variables,
            inputs=self.signature.inputs,
            tensors=self.signature.tensors,
            taken=taken,
        )
        flow.prefixed = prefixed
        for parameter in self.parameters:
            if parameter.name in self.late and parameter.default is not None:
                name = self.names[parameter.name]
                lines.add(f"{name} = {flow.printer.print(parameter.default)} if {name} is None else {name}")
                self.take_apart(parameter, flow.variables, flow.taken, lines)
        flow.walk(self.definition.body)
        return flow

    def view(self, function: str, arguments: list[str], returns: str, suite: Lines) -> FunctionView:
        head = Lines(0)
        head.call("def ", function, arguments, f" -> {returns}:")
        body = [INDENT + line for line in suite.finish()]
        return FunctionView(function, head.finish(), documentation(self.definition), body)


def block_function(variant: Variant, module: Module) -> FunctionView:
    """Return the function of a block."""
    return FunctionWriter(variant, module).block()


def model_function(variant: Variant, module: Module, name: str, function: str) -> FunctionView:
    """Return the function that builds the model."""
    return FunctionWriter(variant, module).model(name, function)
