"""What a generated module does as a program: it prints the model's summary, with parameters from the command line."""

from __future__ import annotations

from archspec.backends.keras_code.layout import INDENT
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.parameters import ParameterView
from archspec.backends.keras_code.python import string
from archspec.backends.keras_code.text import Lines

#: What a value that does not fit makes a model raise.
_FAULTS = "(ArithmeticError, LookupError, TypeError, ValueError)"


def program(maker: str, parameters: list[ParameterView], module: Module) -> tuple[list[str], str]:
    """Return the function `main`, where the model has parameters, and the statement that a program runs."""
    if not parameters:
        return [], f"{maker}().summary()"
    module.imports.add("import argparse")
    lines = Lines(1)
    lines.add("formatter = argparse.ArgumentDefaultsHelpFormatter")
    lines.add("parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)")
    options = {parameter.option for parameter in parameters}
    for parameter in parameters:
        lines.call("", "parser.add_argument", _option(parameter, options, module))
    lines.add("options = vars(parser.parse_args())")
    lines.add("try:")
    with lines.indented():
        lines.add(f"model = {maker}(**options)")
    lines.add(f"except {_FAULTS} as error:")
    with lines.indented():
        lines.add('parser.error(f"no model has these values: {error}")')
    lines.add("model.summary()")
    head = ["def main() -> None:", f'{INDENT}"""Print the summary of the model; options set its parameters."""']
    return [*head, *(INDENT + line for line in lines.finish())], "main()"


def _option(parameter: ParameterView, options: set[str], module: Module) -> list[str]:
    """Return the arguments of `add_argument`."""
    arguments = [string(f"--{parameter.option.replace('_', '-')}")]
    if parameter.option != parameter.name:
        arguments.append(f"dest={string(parameter.name)}")
    if parameter.annotation == "bool" and f"no_{parameter.option}" not in options:
        arguments.append("action=argparse.BooleanOptionalAction")
    else:
        arguments.append(f"type={_reader(parameter.annotation, module)}")
    return [*arguments, f"default={parameter.default}", f"help={string(parameter.annotation)}"]


def _reader(annotation: str, module: Module) -> str:
    """Return the function that makes a value of what a command line says."""
    if annotation in ("int", "float", "str"):
        return annotation
    if "str" in annotation.split(" | "):
        return "str"
    items = set(annotation.removeprefix("tuple[").removesuffix("]").split(", ")) - {"..."}
    reader = {"int": "whole_numbers", "float": "real_numbers"}.get(items.pop(), "") if len(items) == 1 else ""
    module.helpers.add(reader or "python_value")
    if not reader:
        module.imports.add("import ast")
    return reader or "python_value"
