"""The classes of a module in the style of subclassing: a `Layer` for each block, and the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archspec.backends.keras_code.flow import Flow
from archspec.backends.keras_code.helpers import BLOCK_LAYER
from archspec.backends.keras_code.layout import INDENT
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.names import (
    CALL,
    CREATE,
    FUNCTIONAL,
    MIRROR,
    SHAPES,
    SHAPES_MIRROR,
    MidFlow,
    Mode,
)
from archspec.backends.keras_code.parameters import paths, reads_shape
from archspec.backends.keras_code.python import string
from archspec.backends.keras_code.text import Line, Lines
from archspec.backends.keras_code.variants import Variant
from archspec.backends.keras_code.writer import Writer, declare, documentation, listed
from archspec.ir.definition import Parameter

KWARGS = "**kwargs: Any"


@dataclass(slots=True)
class ClassView:
    """Everything the template prints of one class; its methods are finished lines."""

    template = "class.jinja"
    name: str
    base: str
    doc: list[str]
    methods: list[list[str]] = field(default_factory=list)


def model_view(variant: Variant, module: Module, name: str) -> ClassView:
    """Return the view of the model: written in the functional style inside its constructor."""
    return _Class(variant, module).model(name)


def block_view(variant: Variant, module: Module) -> ClassView:
    """Return the view of a block."""
    return _Class(variant, module).block()


class _Class(Writer):
    """Makes the view of one variant."""

    def view(self, base: str) -> ClassView:
        return ClassView(self.variant.class_name, base, documentation(self.definition))

    # --- the model -------------------------------------------------------------------------------------------------

    def model(self, name: str) -> ClassView:
        view = self.view(self.module.model_class)
        lines = Lines(2)
        variables, taken = self.prologue(lines)
        flow = self.flow(FUNCTIONAL, lines, variables, taken)
        flow.walk(self.definition.body)
        outputs = flow.results or flow.current
        arguments = [f"inputs={listed(flow.inputs)}", f"outputs={listed(outputs)}", "name=name"]
        lines.call("", "super().__init__", arguments)
        for parameter in self.views:
            lines.add(f"self.{parameter.attribute} = {parameter.name}")
        declare(lines, flow)
        parameters = [view.text for view in self.views]
        init = self.method("__init__", [*parameters, "*", f"name: str = {string(name)}"], " -> None:", lines)
        view.methods = [init, self.config('"name": self.name')]
        return view

    # --- blocks ----------------------------------------------------------------------------------------------------

    def block(self) -> ClassView:
        view = self.view(BLOCK_LAYER)
        creates = not self.late and not reads_shape(self.definition.body)
        view.methods = [
            self.constructor(creates),
            self.build(Lines(2)) if creates else self.creating_build(),
            self.calling(),
            self.output_shape(),
            self.config("**super().get_config()"),
        ]
        return view

    def constructor(self, creates: bool) -> list[str]:
        """Return the constructor: it keeps the parameters and, where it can, makes the layers."""
        lines = Lines(2)
        lines.add("super().__init__(**kwargs)")
        variables, taken = self.prologue(lines)
        for parameter, name in self.names.items():
            lines.add(f"self.{self.signature.attributes[parameter]} = {name}")
        if creates:
            flow = self.flow(CREATE, lines, variables, taken, inputs=self.signature.inputs)
            flow.walk(self.definition.body)
        return self.method("__init__", [*(view.text for view in self.views), KWARGS], " -> None:", lines)

    def creating_build(self) -> list[str]:
        """Return a `build` that makes the layers from the input's shape."""
        try:
            lines, flow = self.outside(CREATE, shapes=self.signature.shapes)
        except MidFlow:
            lines, flow = self.outside(SHAPES_MIRROR if self.variant.tells_shapes else MIRROR)
            for name in reversed(self.signature.called_with):
                lines.lines.insert(0, Line(0, self.beginning(name)))
        if flow.mode.calls:
            lines.forget_last()
        declare(lines, flow)
        return self.build(lines, called=flow.mode.calls)

    def build(self, lines: Lines, called: bool = False) -> list[str]:
        """Return a `build` of these lines: it ends by building the layers."""
        if not called and self.variant.tells_shapes:
            lines.call("", "self.compute_output_shape", list(map(self.signature.settled, self.signature.called_with)))
        elif not called:
            lines.call("", "self.call", self.symbolic())
        return self.method("build", self.shape_arguments(), " -> None:", lines)

    def beginning(self, name: str) -> str:
        """Return what a `build` that calls the layers begins with, for an argument of `call`."""
        if self.variant.tells_shapes:
            return f"{self.signature.shapes[name]} = {self.signature.settled(name)}"
        return f"{name} = {self.signature.symbolic(name)}"

    def calling(self) -> list[str]:
        lines, flow = self.outside(CALL)
        lines.end(flow.results or flow.current, "return ")
        declare(lines, flow)
        tensors = [
            f"{name}: {'list[Any]' if name in self.signature.several else 'Any'}" for name in self.signature.called_with
        ]
        training = ["training: bool | None = None"] if self.variant.uses_training else []
        return self.method("call", [*tensors, *training], " -> Any:", lines)

    def output_shape(self) -> list[str]:
        lines = self.shape_lines() if self.variant.tells_shapes else self.traced_shape_lines()
        return self.method("compute_output_shape", self.shape_arguments(), " -> Any:", lines)

    def shape_lines(self) -> Lines:
        """Return the lines that ask each layer for the shape of what it makes."""
        lines, flow = self.outside(SHAPES)
        lines.end([listed(flow.results or flow.current)], "return ")
        declare(lines, flow)
        return lines

    def traced_shape_lines(self) -> Lines:
        """Return the lines that call the block on tensors without values, and see what comes out."""
        shapes = self.signature.shapes
        lines = Lines(2)
        if self.signature.several:
            lines.call("outputs = ", "self.call", self.symbolic())
            outputs = "outputs"
        elif len(shapes) == 1:
            outputs = f"self.call({self.symbolic()[0]})"
        else:
            lines.call("shapes = ", "", list(shapes.values()))
            outputs = "self.call(*map(keras.KerasTensor, shapes))"
        single = self.variant.outputs == 1
        lines.add(f"return {outputs}.shape" if single else f"return [output.shape for output in {outputs}]")
        return lines

    def shape_arguments(self) -> list[str]:
        return [
            f"{shape}: {'list[Any]' if name in self.signature.several else 'tuple[Any, ...]'}"
            for name, shape in self.signature.shapes.items()
        ]

    def symbolic(self) -> list[str]:
        return list(map(self.signature.symbolic, self.signature.called_with))

    def config(self, first: str) -> list[str]:
        """Return `get_config`."""
        lines = Lines(2)
        own = [f'"{view.name}": self.{view.attribute}' for view in self.views]
        lines.add(f"return {{{', '.join([first, *own])}}}")
        return self.method("get_config", [], " -> dict[str, Any]:", lines)

    def method(self, name: str, arguments: Iterable[str], end: str, suite: Lines) -> list[str]:
        """Return a method, from its first line on."""
        head = Lines(1)
        head.call("def ", name, ["self", *arguments], end)
        return [*head.finish(), *(INDENT + line for line in suite.finish())]

    def outside(self, mode: Mode, **more: Any) -> tuple[Lines, Flow]:
        """Walk the block outside its constructor, where the parameters are attributes."""
        lines = Lines(2)
        variables = {parameter: f"self.{name}" for parameter, name in self.signature.attributes.items()}
        taken = {*(self.names[name] for name in self.late), "input_shape", *self.signature.shapes.values()}
        inputs, tensors = list(self.signature.inputs), self.signature.tensors
        if mode.shapes:
            shapes = self.signature.shapes
            inputs, tensors = [shapes[name] for name in inputs], {key: shapes[name] for key, name in tensors.items()}
        flow = self.flow(mode, lines, variables, taken, inputs=inputs, tensors=tensors, **more)
        if mode.shapes:
            flow.target = flow.local("shape")
        for parameter in self.parameters:
            if parameter.name in self.late:
                self.settle_default(parameter, flow)
            for path, name in paths(parameter.pattern):
                flow.variables[name] = flow.variables[parameter.name] + path
        flow.walk(self.definition.body)
        return lines, flow

    def settle_default(self, parameter: Parameter, flow: Flow) -> None:
        """Work a default out that the shape of the input decides."""
        assert parameter.default is not None
        name, kept = self.names[parameter.name], f"self.{self.signature.attributes[parameter.name]}"
        text = flow.printer.print(parameter.default)
        flow.lines.add(f"{name} = {text} if {kept} is None else {kept}", sets=name)
        flow.variables[parameter.name] = name
