"""From a checked graph to the text of a Python module: finished views in code, printed by a template."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archspec.backend import Artifact, Checked
from archspec.backends.keras_code import naming
from archspec.backends.keras_code.classes import ClassView, block_view, model_view
from archspec.backends.keras_code.facts import Facts
from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.helpers import helper_source
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.signature import signature
from archspec.backends.keras_code.text import docstring
from archspec.backends.keras_code.variants import Variant, calls, inner_parts, variants
from archspec.diagnostics.diagnostic import CompileError, Diagnostic
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.layers.recipe import Construct
from archspec.layers.support import support_source


def emit(checked: Checked) -> Artifact:
    """Return the Keras module of a model. Raises CompileError where the spec has no form in Python code."""
    graph = checked.graph
    span = graph.definitions[graph.body.definition].span
    try:
        foreign = {extern.module.partition(".")[0] for extern in graph.externs.values()}
        reserved = foreign | _support_symbols()
        found = variants(graph, reserved)
        module = Module(Facts(graph), graph.externs, frozenset(reserved | {variant.class_name for variant in found}))
        module.signatures = {variant.class_name: signature(variant, module.names) for variant in found}
        classes = []
        for variant in found:
            span = variant.definition.span
            is_model = variant.definition.kind == "model"
            classes.append(model_view(variant, module, graph.name) if is_model else block_view(variant, module))
    except Unprintable as error:
        message = f"there is no Keras code for this: {error.message}"
        raise CompileError([Diagnostic("unsupported-code", message, error.span or span, help=error.help)]) from None
    return Artifact(f"{naming.file_stem(graph.name, foreign)}.py", _render(checked, module, found, classes))


def _render(checked: Checked, module: Module, found: list[Variant], classes: list[ClassView]) -> str:
    graph = checked.graph
    for view in classes:
        view.restores = module.compares_lists and any(parameter.holds_tuples for parameter in view.parameters)
    if any(view.restores for view in classes):
        module.helpers.add("as_tuples")
    helpers = [helper_source(name) for name in sorted(module.helpers)]
    for name in _support(found):
        needed, text = support_source(name)
        module.imports |= needed
        helpers.append(text)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(**values)

    return render(
        "module.py.jinja",
        name=graph.name,
        spec=_one_line(PurePath(graph.file).name),
        target=_one_line(_target(PurePath(graph.file), graph.name)),
        digest=hashlib.sha256(checked.text.encode()).hexdigest()[:16],
        doc=docstring(graph.doc or f"The {graph.name} network."),
        imports=_import_blocks(module.imports | {"from typing import Any"}),
        definitions=[*helpers, *(render(view.template, view=view, package=graph.name).rstrip() for view in classes)],
        model=classes[-1],
    )


def _import_blocks(lines: Iterable[str]) -> list[list[str]]:
    """Return import lines as sorted blocks: the standard library's, then all others."""
    blocks: dict[bool, list[str]] = {True: [], False: []}
    for line in sorted(lines, key=lambda line: (line.startswith("from "), line.lower(), line)):
        blocks[line.split()[1].partition(".")[0] in sys.stdlib_module_names].append(line)
    return [block for block in blocks.values() if block]


def _support_symbols() -> set[str]:
    """Return the names of the classes that generated modules may bring along."""
    recipes = (layer.keras for layer in registry.all_layers())
    return {recipe.symbol for recipe in recipes if isinstance(recipe, Construct) and recipe.support}


def _support(found: Iterable[Variant]) -> list[str]:
    """Return the files of the layers that Keras lacks."""
    kinds = {type(part) for variant in found for layer in variant.layers.values() for part in _with_inner(layer)}
    kinds |= {
        variant.layer_class(c) for variant in found for c in calls(variant.definition.body) if c.target == "layer"
    }
    return sorted({k.keras.support for k in kinds if isinstance(k.keras, Construct) and k.keras.support})


def _with_inner(part: Part) -> Iterator[Part]:
    """Yield a layer and all that it was given."""
    yield part
    for inner in inner_parts(part):
        yield from _with_inner(inner)


def _target(file: PurePath, model: str) -> str:
    """Return what `archspec build` takes for a model."""
    return file.name if file.stem == model else f"{file.name}:{model}"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
