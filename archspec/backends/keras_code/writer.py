"""What the writers of classes and of functions have in common: a definition, and how its parameters begin."""

from __future__ import annotations

from typing import Any

from archspec.backends.keras_code import naming
from archspec.backends.keras_code.flow import Flow
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.names import CREATE, Mode
from archspec.backends.keras_code.parameters import is_computed, late, left_side, parameter_views
from archspec.backends.keras_code.text import Line, Lines, docstring
from archspec.backends.keras_code.variants import Variant, calls
from archspec.ir.definition import Definition, NamePattern, Parameter, RepeatOp, find, pattern_names


class Writer:
    """Writes one variant."""

    def __init__(self, variant: Variant, module: Module) -> None:
        self.variant, self.module = variant, module
        self.definition = variant.definition
        self.parameters = [p for p in self.definition.parameters if not p.tensor]
        self.signature = module.signatures[variant.class_name]
        self.names = self.signature.arguments
        self.views = parameter_views(variant, self.signature, module.layers)
        self.late = late(self.definition.parameters)
        self.attributes: dict[str, str] = {}
        taken = set(self.signature.attributes.values())
        looped = {call.site for op in find(self.definition.body, RepeatOp) for call in calls(op.body)}
        for call in calls(self.definition.body):
            base = naming.plural(call.site) if call.site in looped else call.site
            if base in taken:
                # A parameter may say how many of them there are.
                base = f"{call.site}_layers" if call.site in looped else f"{call.site}_layer"
            self.attributes[call.site] = naming.variable(base, taken)
            taken.add(self.attributes[call.site])

    def tensor_arguments(self) -> list[str]:
        """Return the arguments for the tensors that a block is called with."""
        several = self.signature.several
        return [f"{name}: {'list[Any]' if name in several else 'Any'}" for name in self.signature.called_with]

    def flow(self, mode: Mode, lines: Lines, variables: dict[str, str], taken: set[str], **more: Any) -> Flow:
        more = {"tensors": self.signature.tensors, **more}
        return Flow(self.variant, self.module, mode, lines, variables, attributes=self.attributes, taken=taken, **more)

    def prologue(self, lines: Lines) -> tuple[dict[str, str], set[str]]:
        """Begin a constructor or function: work computed defaults out and take tuples apart.

        Returns what the parameters are now, and the names that are taken.
        """
        variables, taken = dict(self.names), {*self.names.values(), *self.module.names}
        for view in self.views:
            if view.holds_tuples and self.module.compares_lists:
                self.module.helpers.add("as_tuples")
                lines.add(f"{view.name} = as_tuples({view.name})")
        for parameter in self.parameters:
            if parameter.name in self.late:
                continue
            default, name = parameter.default, self.names[parameter.name]
            if default is not None and is_computed(default) and self.definition.kind == "block":
                text = self.flow(CREATE, lines, variables, taken).printer.print(default)
                lines.add(f"{name} = {text} if {name} is None else {name}")
            self.take_apart(parameter, variables, taken, lines)
        return variables, taken

    def take_apart(self, parameter: Parameter, variables: dict[str, str], taken: set[str], lines: Lines) -> None:
        """Give the parts of a tuple that a parameter is variables of their own."""
        if isinstance(parameter.pattern, NamePattern):
            return
        for part in pattern_names(parameter.pattern):
            variables[part] = naming.local(part, taken)
            taken.add(variables[part])
        left = left_side(parameter.pattern, variables, top=True)
        lines.add(f"{left} = {self.names[parameter.name]}", sets=left)


def documentation(definition: Definition) -> list[str]:
    """Return the docstring of what a definition becomes."""
    return docstring(definition.doc or f"The {definition.name} {'block' if definition.kind == 'block' else 'network'}.")


def listed(names: list[str]) -> str:
    """Return one name as it is, and several as a list."""
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def declare(lines: Lines, flow: Flow) -> None:
    """Begin a suite with the dictionaries of tensors that it fills."""
    lines.lines[:0] = [Line(0, text) for text in flow.dictionaries]
