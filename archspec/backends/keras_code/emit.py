"""From a checked graph to the text of a Python module: finished views in code, printed by a template."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archspec.backend import Artifact, Checked
from archspec.backends.keras_code import naming
from archspec.backends.keras_code.chain import chain_function, chain_model
from archspec.backends.keras_code.classes import ClassView, block_view, model_view
from archspec.backends.keras_code.facts import Facts
from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.functions import FunctionView, block_function, model_function
from archspec.backends.keras_code.helpers import BLOCK_LAYER, BLOCK_MODEL, block_source, helper_source
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.parameters import parameter_views
from archspec.backends.keras_code.program import program
from archspec.backends.keras_code.signature import signature
from archspec.backends.keras_code.text import docstring
from archspec.backends.keras_code.variants import Variant, calls, inner_parts, variants
from archspec.diagnostics.diagnostic import CompileError, Diagnostic
from archspec.ir.definition import SharedOp, find
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.layers.recipe import Construct
from archspec.layers.support import support_source

#: How a module is written: classes, functions, or a chain of layers.
Style = Literal["subclass", "functional", "sequential"]


def emit(checked: Checked, style: Style = "subclass") -> Artifact:
    """Return the Keras module of a model. Raises CompileError where the spec has no form in Python code."""
    graph = checked.graph
    span = graph.definitions[graph.body.definition].span
    try:
        foreign = {extern.module.partition(".")[0] for extern in graph.externs.values()}
        reserved = foreign | registry.support_symbols() | {BLOCK_LAYER, BLOCK_MODEL}
        found = variants(graph, reserved)
        functions = _functions(found, reserved, graph.name) if style != "subclass" else {}
        names = frozenset(reserved | {variant.class_name for variant in found} | set(functions.values()))
        module = Module(Facts(graph), graph.externs, names, functions=functions)
        module.signatures = {variant.class_name: signature(variant, module.names) for variant in found}
        if any("layers" in made.arguments.values() for made in module.signatures.values()):
            module.layers = "keras.layers"
        views = _views(found, module, graph.name, style)
        if module.compares_lists:
            # Only now is it known that lists and tuples may not be taken for one another.
            views = _views(found, module, graph.name, style)
    except Unprintable as error:
        message = f"there is no Keras code for this: {error.message}"
        raise CompileError([Diagnostic("unsupported-code", message, error.span or span, help=error.help)]) from None
    return Artifact(f"{naming.file_stem(graph.name, foreign)}.py", _render(checked, module, found, views, style))


def _functions(found: list[Variant], reserved: set[str], model: str) -> dict[str, str]:
    """Return the name of the function that stands for each class."""
    names: dict[str, str] = {}
    for variant in found:
        is_model = variant.definition.kind == "model"
        name = f"build_{model}" if is_model else variant.definition.name
        names[variant.class_name] = naming.local(name, {*reserved, *names.values(), *(v.class_name for v in found)})
    return names


def _views(found: list[Variant], module: Module, name: str, style: Style) -> list[ClassView | FunctionView]:
    """Return what stands in the module, the model last."""
    *blocks, model = found
    function = module.functions.get(model.class_name, "")
    match style:
        case "subclass":
            module.has_block_layers = bool(blocks)
            return [*(block_view(block, module) for block in blocks), model_view(model, module, name)]
        case "functional":
            views: list[ClassView | FunctionView] = []
            called, shared = _uses(model)
            module.has_block_layers = bool(shared)
            for block in blocks:
                # A function makes layers anew each time, and so cannot share their weights.
                views += [block_view(block, module)] if block.class_name in shared else []
                views += [block_function(block, module)] if block.class_name in called else []
            return [*views, model_function(model, module, name, function)]
        case "sequential":
            chains = [chain_function(block, module) for block in blocks]
            return [*chains, chain_model(model, module, name, function)]


def _uses(model: Variant) -> tuple[set[str], set[str]]:
    """Return the blocks that are called anew each time, and those that are in a shared step: these must be layers."""
    called: set[str] = set()
    shared: set[str] = set()

    def visit(variant: Variant, within: bool) -> None:
        declared = {op.call.site for op in find(variant.definition.body, SharedOp)}
        for site, block in variant.blocks.items():
            kept = shared if within or site in declared else called
            if block.class_name not in kept:
                kept.add(block.class_name)
                visit(block, kept is shared)

    visit(model, False)
    return called, shared


def _render(
    checked: Checked, module: Module, found: list[Variant], views: list[ClassView | FunctionView], style: Style
) -> str:
    graph = checked.graph
    parameters = parameter_views(found[-1], module.signatures[found[-1].class_name], module.layers)
    main, run = program(views[-1].name, parameters, module)
    helpers = [helper_source(name) for name in sorted(module.helpers)]
    for needed, text in [*map(support_source, _support(found)), *([block_source()] if module.has_block_layers else [])]:
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

    written = (render(view.template, view=view, package=graph.name).rstrip() for view in views)
    definitions = [*helpers, *written, *(["\n".join(main)] if main else [])]
    imports = module.imports | {line for name, line in _IMPORTS.items() if _mentions(name, definitions)}
    return render(
        "module.py.jinja",
        name=graph.name,
        spec=_one_line(PurePath(graph.file).name),
        target=_one_line(_target(PurePath(graph.file), graph.name)),
        digest=hashlib.sha256(checked.text.encode()).hexdigest()[:16],
        doc=docstring(graph.doc or f"The {graph.name} network."),
        imports=_import_blocks(imports),
        definitions=definitions,
        options="" if style == "subclass" else f" --style {style}",
        run=run,
    )


#: What modules nearly always need, and what tells.
_IMPORTS = {r"Any\b": "from typing import Any", r"keras\b": "import keras", r"layers\.": "from keras import layers"}


def _mentions(name: str, texts: list[str]) -> bool:
    code = (re.sub(r'""".*?"""', "", text, flags=re.DOTALL) for text in texts)
    return any(re.search(rf"(?<![\w.]){name}", text) for text in code)


def _import_blocks(lines: Iterable[str]) -> list[list[str]]:
    """Return import lines as sorted blocks: the standard library's, then all others."""
    blocks: dict[bool, list[str]] = {True: [], False: []}
    for line in sorted(lines, key=lambda line: (line.startswith("from "), line.lower(), line)):
        blocks[line.split()[1].partition(".")[0] in sys.stdlib_module_names].append(line)
    return [block for block in blocks.values() if block]


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
