"""What a generated module does as a program: it prints the model's summary, with parameters from the command line."""

from __future__ import annotations

from archspec.backends.keras_code.layout import INDENT
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.parameters import ParameterView
from archspec.backends.keras_code.python import string
from archspec.backends.keras_code.text import Lines


def program(maker: str, parameters: list[ParameterView], module: Module) -> tuple[list[str], str]:
    """Return the function `main`, where the model has parameters, and the statement that a program runs."""
    if not parameters:
        return [], f"{maker}().summary()"
    module.imports.add("import argparse")
    lines = Lines(1)
    lines.add("formatter = argparse.ArgumentDefaultsHelpFormatter")
    lines.add("parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)")
    for parameter in parameters:
        if parameter.parser.startswith("ast."):
            module.imports.add("import ast")
        option = string(f"--{parameter.name.replace('_', '-')}")
        arguments = [option, f"type={parameter.parser}", f"default={parameter.default}"]
        lines.call("", "parser.add_argument", [*arguments, f"help={string(parameter.annotation)}"])
    lines.add(f"{maker}(**vars(parser.parse_args())).summary()")
    head = ["def main() -> None:", f'{INDENT}"""Print the summary of the model; options set its parameters."""']
    return [*head, *(INDENT + line for line in lines.finish())], "main()"
