"""Picks a model of a file, gives it its parameters, and elaborates it into a graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import PurePath
from typing import Any

from archspec.diagnostics.diagnostic import Diagnostics
from archspec.diagnostics.source import Source, Span
from archspec.diagnostics.suggest import did_you_mean
from archspec.elaborate import signature
from archspec.elaborate.evaluate import UNKNOWN, EvalError, Poisoned, Tensors, evaluate
from archspec.elaborate.expressions import Unresolved
from archspec.elaborate.instantiate import Instantiator
from archspec.elaborate.liveness import keep_live
from archspec.elaborate.modules import Loader, Module
from archspec.elaborate.program import Program, script_model
from archspec.elaborate.resolve import Resolver
from archspec.elaborate.scope import Scope
from archspec.elaborate.signature import Signature
from archspec.elaborate.unused import check_unused, warn_of_unused
from archspec.ir.definition import Definition
from archspec.ir.expr import Const, TensorRef, Word
from archspec.ir.graph import Graph, LayerNode
from archspec.layers import registry
from archspec.syntax import ast
from archspec.syntax.parse import parse
from archspec.tensor import TensorType


def elaborate(
    source: Source,
    loader: Loader,
    diagnostics: Diagnostics,
    *,
    model: str | None = None,
    settings: Mapping[str, Any] | None = None,
    setting_texts: Mapping[str, str] | None = None,
) -> Graph | None:
    """Elaborate one model of a source. Returns None after reporting what is wrong.

    `settings` are parameter values from Python, `setting_texts` from the command line, as expressions of the language.
    """
    module = loader.load(source)
    if module is None:
        return None
    program = Program(loader, diagnostics)
    if (picked := _pick(module, model, diagnostics)) is None:
        if not (module.models or _statements(module)):
            check_unused(program, module, None)
        return None
    chosen, home = picked
    base, arguments = _base(chosen, home, program)
    if base is None or arguments is None:
        return None
    definition = program.model(*base)
    check_unused(program, module, base)
    given = _settings(definition, program, home, settings or {}, setting_texts or {})
    if given is None:
        return None
    if module.unread:
        # Which model is meant, and with what, may stand in what could not be read.
        arguments = {p.name: UNKNOWN for p in definition.parameters if p.default is None} | arguments
    instantiator = Instantiator(program.definitions, program.externs, diagnostics)
    main = instantiator.model(definition, arguments | given)
    bodies = keep_live(instantiator.bodies, main, diagnostics) if main is not None else {}
    layers = (node for body in bodies.values() for node in body.nodes if isinstance(node, LayerNode))
    if main is not None and not any(layers) and not diagnostics.failed:
        diagnostics.error("no-layers", "the model has no layers", definition.span)
    # A graph that is not what its author expects is one nevertheless, and may be held to what else they expect.
    if main is None or any(d.severity == "error" and d.code != "expectation-failed" for d in diagnostics.items):
        return None
    warn_of_unused(module, diagnostics)
    return Graph(
        name=chosen.name.text,
        doc=chosen.doc or base[0].doc,
        file=source.name,
        main=main,
        bodies=bodies,
        definitions=program.definitions,
        externs=program.externs,
        expectations=tuple(one for one in instantiator.expectations if one.body in bodies),
    )


def _pick(module: Module, name: str | None, diagnostics: Diagnostics) -> tuple[ast.Model | ast.Variant, Module] | None:
    """Return the model that is meant: the named one, the script, the only one, or the one named after the file."""
    stem, statements = PurePath(module.name).stem, _statements(module)
    if statements and module.models:
        if len(statements) == len(module.file.statements):
            diagnostics.error(
                "mixed-forms",
                "a file holds either statements or models",
                statements[0].span,
                help="move these statements into a `model`",
            )
        return None
    if statements:
        script = script_model(module, _identifier(stem))
        if name in (None, stem, script.name.text):
            return script, module
    elif name is not None:
        if found := module.find_model(name):
            return found
    elif len(module.models) == 1:
        return next(iter(module.models.values())), module
    elif stem in module.models:
        return module.models[stem], module
    names = sorted(module.models) or ([stem] if statements else [])
    unknown = module.is_partial() or bool(module.file.statements)
    if module.is_lost(name) if name is not None else module.is_unread(stem) or (unknown and not names):
        return None
    if name is not None:
        diagnostics.error(
            "unknown-model",
            f"no model `{name}` in `{module.name}`",
            None,
            help=did_you_mean(name, names) or _listing(names),
        )
    elif names:
        diagnostics.error(
            "ambiguous-model", f"`{module.name}` holds {len(names)} models", None, help=_listing(names, module.name)
        )
    else:
        diagnostics.error("no-model", f"`{module.name}` holds no model", None, help="begin one with `input 32x32x3`")
    return None


def _statements(module: Module) -> list[ast.Statement]:
    """Return the statements of a file outside its models: of those with syntax errors nobody knows what they are."""
    return [statement for statement in module.file.statements if not isinstance(statement, ast.Unread)]


def _identifier(stem: str) -> str:
    """Return a file's name as the name of a model: it goes on into generated code."""
    name = re.sub(r"\W", "_", stem)
    return name if name.isidentifier() else f"net_{name}"


def _listing(names: list[str], file: str = "") -> str:
    return (
        f"it holds {', '.join(names)}" + (f"; choose one: `{file}:{names[0]}`" if file and names else "")
        if names
        else ""
    )


def _base(
    chosen: ast.Model | ast.Variant, module: Module, program: Program
) -> tuple[tuple[ast.Model, Module] | None, dict[str, Any] | None]:
    """Follow variants down to the model they are made of, and gather their arguments, the nearest ones first."""
    variants: list[tuple[ast.Variant, Module]] = []
    while isinstance(chosen, ast.Variant):
        variants.append((chosen, module))
        name = chosen.base.name if isinstance(chosen.base, ast.Attribute) else chosen.base
        home = program.loader.find_alias(module, chosen.base.base) if isinstance(chosen.base, ast.Attribute) else module
        if home is None:
            return None, None
        if (found := home.find_model(name.text)) is None:
            if home.is_lost(name.text):
                return None, None
            help = did_you_mean(name.text, home.model_names()) or _listing(
                sorted(home.model_names() - {variants[0][0].name.text})
            )
            program.diagnostics.error("unknown-model", f"`{name.text}` is no model here", name.span, help=help)
            return None, None
        chosen, module = found
        if any(variant is chosen for variant, _ in variants):
            program.diagnostics.error("recursive-model", f"`{name.text}` is made of itself", name.span)
            return None, None
    parameters = Resolver(program, module, Scope("")).parameters(chosen.parameters, frozenset())
    arguments: dict[str, Any] = {}
    for variant, place in variants:
        values = _variant_arguments(variant, signature.of_parameters(chosen.name.text, parameters), place, program)
        arguments = values | arguments
    return (chosen, module), arguments


def _variant_arguments(variant: ast.Variant, target: Signature, module: Module, program: Program) -> dict[str, Any]:
    """Return the arguments of a variant; UNKNOWN for those without a value."""
    resolver = Resolver(program, module, Scope(""))
    # A variant need not give every parameter: what it leaves out has its default, or comes from `--set`.
    implied = tuple(p.name for p in target.parameters)
    try:
        bound = resolver.bound(target, variant.arguments, variant.span, implied)
    except Unresolved:
        return dict.fromkeys(implied, UNKNOWN)
    return {a.parameter: _constant_or_unknown(a.value, program) for a in resolver.values(bound)}


class _NoValue(Exception):
    pass


class _NoTensors(Tensors):
    def type_of(self, tensor: TensorRef | None, span: Span | None) -> TensorType:
        raise EvalError("no-tensor", "there is no tensor here", span)


def _constant(expr: Any, program: Program) -> Any:
    try:
        return evaluate(expr, {}, _NoTensors())
    except Poisoned:
        raise _NoValue from None
    except EvalError as error:
        program.diagnostics.error(error.code, error.message, error.span, help=error.help)
        raise _NoValue from None


def _constant_or_unknown(expr: Any, program: Program) -> Any:
    try:
        return _constant(expr, program)
    except _NoValue:
        return UNKNOWN


def _settings(
    definition: Definition, program: Program, module: Module, values: Mapping[str, Any], texts: Mapping[str, str]
) -> dict[str, Any] | None:
    known = {p.name for p in definition.parameters}
    given: dict[str, Any] = {}
    for name in [*values, *texts]:
        if name not in known:
            listing = f"its parameters are {', '.join(sorted(known))}" if known else "it has none"
            program.diagnostics.error(
                "unknown-parameter",
                f"the model `{definition.name}` has no parameter `{name}`",
                None,
                help=did_you_mean(name, known) or listing,
            )
    if not known.issuperset([*values, *texts]):
        return None
    for name, value in values.items():
        given[name] = _from_python(value)
    for name, text in texts.items():
        source = Source(f"--set {name}", f"let {name} = {text}")
        program.loader.sources[source.name] = source
        if (file := parse(source, program.diagnostics)) is None:
            return None
        statement = file.statements[0] if len(file.statements) == 1 else None
        if not isinstance(statement, ast.Let):
            program.diagnostics.error("syntax", f"`{text}` is no value", None)
            return None
        resolver = Resolver(program, module, Scope(""))
        if isinstance(statement.value, ast.Name) and resolver.is_stranger(statement.value.text):
            _report_stranger(statement.value, definition, name, program.diagnostics)
            return None
        try:
            given[name] = _constant(resolver.expr(statement.value), program)
        except (_NoValue, Unresolved):
            return None
    return given


def _report_stranger(value: ast.Name, definition: Definition, name: str, diagnostics: Diagnostics) -> None:
    """Report a name that means nothing as the value of a parameter; its default tells what may be meant."""
    parameter = next(p for p in definition.parameters if p.name == name)
    default = parameter.default.value if isinstance(parameter.default, Const) else None
    shown = signature.of_parameters(definition.name, (parameter,)).parameters[0].default
    text, help = value.text, f"it is `{shown}` where nothing is said" if shown else ""
    if isinstance(default, str):
        help = f"a text stands in quotes: --set '{name}=\"{text}\"'"
    elif isinstance(default, Word) and (kinds := registry.find_word(default.word)):
        words = [word for kind in kinds for word in registry.words(kind)]
        help = did_you_mean(text, words) or f"it may be any {' or '.join(kinds)}; {help}"
    diagnostics.error("unknown-name", f"`{text}` is no value for `{name}`", value.span, help=help)


def _from_python(value: Any) -> Any:
    """Return a Python value as a value of the language: the string "relu" is the word `relu`."""
    match value:
        case bool() | int() | float() | None | Word():
            return value
        case str():
            return Word(word=value) if registry.find_word(value) else value
        case list():
            return [_from_python(item) for item in value]
        case tuple():
            return tuple(_from_python(item) for item in value)
        # NumPy's numbers are such.
        case Integral():
            return int(value)
        case Real():
            return float(value)
        case _:
            raise TypeError(
                f"a parameter must be a number, truth value, string, list or tuple, not {type(value).__name__}"
            )
