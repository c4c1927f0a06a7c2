"""From a checked graph to the text of a Python module: finished views in code, printed by a template."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archspec.backend import Artifact, Checked
from archspec.backends.keras_code import naming
from archspec.backends.keras_code.flow import (
    CALL,
    CREATE,
    FUNCTIONAL,
    MIRROR,
    Flow,
    MidFlow,
    parameter_names,
)
from archspec.backends.keras_code.python import SampleTensors, Unprintable, literal
from archspec.backends.keras_code.text import Line, Lines, wrapped
from archspec.backends.keras_code.variants import Variant, calls, variants
from archspec.diagnostics.diagnostic import CompileError, Diagnostic
from archspec.elaborate.evaluate import evaluate, make_divisible
from archspec.ir.definition import NamePattern, Op, Parameter, Pattern, RepeatOp, pattern_names
from archspec.ir.expr import Expr, Length, Operation, Var, Word, WordCall
from archspec.layers.base import Part
from archspec.layers.extern import Extern
from archspec.layers.recipe import Construct
from archspec.layers.support import support_source


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A constructor argument: its name, whether it has a default, and the lines that declare it."""

    name: str
    optional: bool
    lines: list[str]


@dataclass(slots=True)
class ClassView:
    """Everything the template prints of one class; lines are finished statements."""

    name: str
    doc: list[str]
    parameters: list[ParameterView]
    init: list[str] = field(default_factory=list)
    build: list[str] = field(default_factory=list)
    call: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    trains: bool = False
    #: How many tensors a block returns.
    results: int = 1
    model_name: str = ""
    outputs: str = ""


def emit(checked: Checked) -> Artifact:
    """Return the Keras module of a model. Raises CompileError where the spec has no form in Python code."""
    graph = checked.graph
    imports: set[str] = {"import keras", "from keras import layers"}
    classes = []
    found = variants(graph)
    for variant in found:
        view = _Class(variant, imports)
        try:
            is_model = variant.definition.kind == "model"
            classes.append(view.model(graph.name) if is_model else view.block())
        except Unprintable as error:
            message = f"no code for `{variant.definition.name}`: {error}"
            raise CompileError([Diagnostic("unsupported-code", message, variant.definition.span)]) from None
    helpers = []
    if "make_divisible" in imports:
        imports.discard("make_divisible")
        helpers.append(inspect.getsource(make_divisible).rstrip())
    # The class of a layer of the user's own is called by its full name, which cannot collide with ours.
    imports |= {f"import {one.module}" for v in found for one in v.layers.values() if isinstance(one, Extern)}
    for name in _support(found):
        needed, text = support_source(name)
        imports |= needed
        helpers.append(text)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    text = environment.get_template("module.py.jinja").render(
        name=graph.name,
        spec=_one_line(PurePath(graph.file).name),
        target=_one_line(_target(PurePath(graph.file), graph.name)),
        digest=hashlib.sha256(checked.text.encode()).hexdigest()[:16],
        doc=docstring(graph.doc or f"The {graph.name} network."),
        plain_imports=sorted(i for i in imports if i.startswith("import ")),
        from_imports=sorted(i for i in imports if i.startswith("from ")),
        package=graph.name,
        helpers=helpers,
        classes=classes,
        model=classes[-1],
    )
    return Artifact(f"{graph.name}.py", text)


def _support(found: Iterable[Variant]) -> list[str]:
    kinds = {type(part) for variant in found for layer in variant.layers.values() for part in _with_inner(layer)}
    kinds |= {
        variant.layer_class(c) for variant in found for c in calls(variant.definition.body) if c.target == "layer"
    }
    return sorted({k.keras.support for k in kinds if isinstance(k.keras, Construct) and k.keras.support})


def _with_inner(part: Part) -> Iterator[Part]:
    """Yield a layer and what it was given."""
    yield part
    for value in part.arguments().values():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Part):
                yield from _with_inner(item)


class _Class:
    """Makes the view of one variant."""

    def __init__(self, variant: Variant, imports: set[str]) -> None:
        self.variant, self.imports = variant, imports
        self.names = parameter_names(variant)
        self.attributes: dict[str, str] = {}
        taken = set(self.names.values())
        looped = _looped(variant.definition.body)
        for call in calls(variant.definition.body):
            base = naming.plural(call.site) if call.site in looped else call.site
            self.attributes[call.site] = naming.variable(base, taken)
            taken.add(self.attributes[call.site])

    def view(self) -> ClassView:
        definition = self.variant.definition
        fallback = f"The {definition.name} {'block' if definition.kind == 'block' else 'network'}."
        return ClassView(self.variant.class_name, docstring(definition.doc or fallback), self.parameters())

    def parameters(self) -> list[ParameterView]:
        views = []
        for parameter in self.variant.definition.parameters:
            if parameter.tensor:
                continue
            values, name = self.values(parameter), self.names[parameter.name]
            if parameter.default is None and self.variant.definition.kind == "block":
                views.append(ParameterView(name, False, [f"{name}: {annotate(values)},"]))
                continue
            default = self.default(parameter)
            annotation = annotate([*values, default] if default is None else values)
            views.append(ParameterView(name, True, wrapped(f"{name}: {annotation} = ", default, literal, 2)))
        # Python wants arguments without a default first.
        return sorted(views, key=lambda view: view.optional)

    def values(self, parameter: Parameter) -> list[Any]:
        columns = {name: self.variant.arguments(name) for name in pattern_names(parameter.pattern)}
        count = len(self.variant.bodies)
        return [_assemble(parameter.pattern, {n: c[i] for n, c in columns.items()}) for i in range(count)]

    def default(self, parameter: Parameter) -> Any:
        """Return the value of a parameter's default; None where it is worked out from other values."""
        if self.variant.definition.kind == "model":
            # A generated model is this variant of it, whatever the family's defaults are.
            return self.values(parameter)[0]
        assert parameter.default is not None
        return _constant(parameter.default)

    def prologue(self, lines: Lines) -> tuple[dict[str, str], set[str]]:
        """Begin a constructor: work computed defaults out and take tuples apart; return what the parameters are now."""
        variables, taken = dict(self.names), set(self.names.values())
        flow = Flow(self.variant, CREATE, lines, variables, {}, [], {}, self.imports)
        for parameter in self.variant.definition.parameters:
            if parameter.tensor:
                continue
            default, name = parameter.default, self.names[parameter.name]
            computed = default is not None and _is_computed(default) and not _reads_shape(default)
            if computed and default is not None and self.variant.definition.kind == "block":
                flow.variables = variables
                lines.add(f"{name} = {flow.printer.print(default)} if {name} is None else {name}")
            if not isinstance(parameter.pattern, NamePattern):
                for part in pattern_names(parameter.pattern):
                    variables[part] = naming.variable(part, taken)
                    taken.add(variables[part])
                left = _left(parameter.pattern, variables, top=True)
                lines.add(f"{left} = {name}", sets=left)
        return variables, taken

    # --- the model -------------------------------------------------------------------------------------------------

    def model(self, name: str) -> ClassView:
        view = self.view()
        lines = Lines(2)
        variables, taken = self.prologue(lines)
        taken.add("name")
        flow = Flow(self.variant, FUNCTIONAL, lines, variables, self.attributes, [], {}, self.imports, taken=taken)
        flow.walk(self.variant.definition.body)
        outputs = flow.results or flow.current
        _declare(lines, flow)
        view.init = lines.finish()
        view.model_name = name
        view.inputs = flow.inputs
        view.outputs = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
        return view

    # --- blocks ----------------------------------------------------------------------------------------------------

    def block(self) -> ClassView:
        view = self.view()
        definition = self.variant.definition
        own = sum(1 for port in self.variant.bodies[0].inputs if port.name == "x") if self.variant.bodies else 1
        # A tensor that is an argument may have that name too.
        own -= any(p.tensor and p.name == "x" for p in definition.parameters)
        view.inputs = ["inputs"] if own == 1 else [f"inputs{i + 1}" for i in range(own)]
        tensors = {p.name: naming.variable(p.name, view.inputs) for p in definition.parameters if p.tensor}
        view.inputs += list(tensors.values())
        view.trains = self.variant.uses_training
        shape_names = ["input_shape"] if len(view.inputs) == 1 else [f"{name}_shape" for name in view.inputs]
        shapes = dict(zip(view.inputs, shape_names, strict=True))
        own_inputs = view.inputs[:own]
        called = False
        if not _definition_reads_shape(definition.parameters, definition.body):
            view.init = self.constructor(own_inputs, tensors)
        else:
            view.init = self.constructor()
            view.build, called = self.build(shapes, own_inputs, tensors)
        if not called:
            view.build.append(f"self.call({', '.join(f'keras.KerasTensor({shape})' for shape in shape_names)})")
        view.call = self.calling(own_inputs, tensors)
        view.results = len(self.variant.bodies[0].outputs) if self.variant.bodies else 1
        return view

    def constructor(self, inputs: list[str] | None = None, tensors: dict[str, str] | None = None) -> list[str]:
        """Return the statements that keep the parameters and, given the inputs, make the layers."""
        lines = Lines(2)
        variables, taken = self.prologue(lines)
        for name in self.names.values():
            lines.add(f"self.{name} = {name}")
        if inputs is not None:
            flow = Flow(
                self.variant,
                CREATE,
                lines,
                variables,
                self.attributes,
                inputs,
                tensors or {},
                self.imports,
                taken=taken,
            )
            flow.walk(self.variant.definition.body)
        return lines.finish()

    def create(self, shapes: dict[str, str], inputs: list[str], tensors: dict[str, str]) -> list[str]:
        lines = Lines(2)
        variables, taken = self.variables(lines, shapes)
        flow = Flow(
            self.variant,
            CREATE,
            lines,
            variables,
            self.attributes,
            inputs,
            tensors,
            self.imports,
            shapes=shapes,
            taken=taken,
        )
        flow.walk(self.variant.definition.body)
        return lines.finish()

    def variables(self, lines: Lines, shapes: dict[str, str]) -> tuple[dict[str, str], set[str]]:
        """Return how the parameters are written outside the constructor, after adding what the shapes decide."""
        variables = {p: f"self.{n}" for p, n in self.names.items()}
        taken = {*self.names.values(), "input_shape", *shapes.values()}
        for parameter in self.variant.definition.parameters:
            if parameter.tensor:
                continue
            for path, name in _paths(parameter.pattern):
                variables[name] = variables[parameter.name] + path
            if shapes and parameter.default is not None and _reads_shape(parameter.default):
                flow = Flow(self.variant, CREATE, lines, variables, {}, list(shapes), {}, self.imports, shapes=shapes)
                name = self.names[parameter.name]
                lines.add(
                    f"{name} = {flow.printer.print(parameter.default)} if self.{name} is None else self.{name}",
                    sets=name,
                )
                variables[parameter.name] = name
        return variables, taken

    def build(self, shapes: dict[str, str], inputs: list[str], tensors: dict[str, str]) -> tuple[list[str], bool]:
        """Return the statements that make the layers from the input's shape, and whether they call them too."""
        try:
            return self.create(shapes, inputs, tensors), False
        except MidFlow:
            pass
        lines = Lines(2)
        variables, taken = self.variables(lines, shapes)
        for name, shape in shapes.items():
            lines.add(f"{name} = keras.KerasTensor({shape})")
        flow = Flow(self.variant, MIRROR, lines, variables, self.attributes, inputs, tensors, self.imports, taken=taken)
        flow.walk(self.variant.definition.body)
        _declare(lines, flow)
        return lines.finish(), True

    def calling(self, inputs: list[str], tensors: dict[str, str]) -> list[str]:
        lines = Lines(2)
        variables, taken = self.variables(lines, {})
        flow = Flow(self.variant, CALL, lines, variables, self.attributes, inputs, tensors, self.imports, taken=taken)
        flow.walk(self.variant.definition.body)
        _declare(lines, flow)
        results = flow.results or flow.current
        lines.add(f"return {', '.join(results)}")
        return lines.finish()


def _declare(lines: Lines, flow: Flow) -> None:
    for name in reversed(flow.dictionaries):
        lines.lines.insert(0, Line(0, f"{name} = {{}}"))


def _looped(ops: tuple[Op, ...]) -> set[str]:
    """Return the sites that stand in a loop: each is a list of layers."""
    found: set[str] = set()
    for op in ops:
        if isinstance(op, RepeatOp):
            found |= {call.site for call in calls(op.body)}
        else:
            for name in ("then", "orelse"):
                found |= _looped(getattr(op, name, ()))
            for branch in getattr(op, "branches", ()):
                found |= _looped(branch)
    return found


def _assemble(pattern: Pattern, values: dict[str, Any]) -> Any:
    return (
        values[pattern.name]
        if isinstance(pattern, NamePattern)
        else tuple(_assemble(item, values) for item in pattern.items)
    )


def _left(pattern: Pattern, variables: dict[str, str], top: bool = False) -> str:
    if isinstance(pattern, NamePattern):
        return variables[pattern.name]
    inner = ", ".join(_left(item, variables) for item in pattern.items) + ("," if len(pattern.items) == 1 else "")
    return inner if top else f"({inner})"


def _paths(pattern: Pattern, path: str = "") -> Iterable[tuple[str, str]]:
    """Yield each name of a tuple pattern with the subscripts that lead to it."""
    if isinstance(pattern, NamePattern):
        if path:
            yield path, pattern.name
        return
    for position, item in enumerate(pattern.items):
        yield from _paths(item, f"{path}[{position}]")


def _reads_shape(item: Any) -> bool:
    match item:
        case Length():
            return True
        case Operation(operands=operands):
            return any(map(_reads_shape, operands))
        case WordCall(arguments=arguments):
            return any(_reads_shape(value) for _, value in arguments)
        case _:
            return False


def _definition_reads_shape(parameters: tuple[Parameter, ...], ops: tuple[Op, ...]) -> bool:
    """Tell whether making the layers of a block takes the shape of its input."""
    return any(p.default is not None and _reads_shape(p.default) for p in parameters) or any(map(_op_reads_shape, ops))


def _op_reads_shape(op: Any) -> bool:
    for name in type(op).model_fields:
        value = getattr(op, name)
        if name in ("body", "then", "orelse"):
            if any(map(_op_reads_shape, value)):
                return True
        elif name == "branches":
            if any(_op_reads_shape(inner) for branch in value for inner in branch):
                return True
        elif name in ("merge", "call"):
            if _op_reads_shape(value):
                return True
        elif name == "arguments":
            if any(_reads_shape(argument.value) for argument in value):
                return True
        elif name in ("value", "test", "iterable") and op.op != "expect" and _reads_shape(value):
            return True
    return False


def _constant(expr: Expr) -> Any:
    """Return the value of a default; None where it is worked out from other parameters or a shape."""
    return None if _is_computed(expr) else evaluate(expr, {}, SampleTensors())


def _is_computed(expr: Expr) -> bool:
    """Tell whether an expression depends on anything but what is written in it."""
    match expr:
        case Var() | Length():
            return True
        case Operation(operands=operands):
            return any(map(_is_computed, operands))
        case WordCall(arguments=arguments):
            return any(_is_computed(value) for _, value in arguments)
        case _:
            return False


def annotate(values: list[Any]) -> str:
    """Return the annotation that fits all of some values."""
    return " | ".join(dict.fromkeys(map(_annotation, values))) or "int"


def _annotation(value: Any) -> str:
    match value:
        case None:
            return "None"
        case bool() | int() | float() | str():
            return type(value).__name__
        case Word(arguments=None):
            return "str"
        case tuple() | list():
            inner = list(dict.fromkeys(map(_annotation, value)))
            if isinstance(value, tuple) and value:
                return f"tuple[{', '.join(map(_annotation, value))}]"
            return f"tuple[{' | '.join(inner) or 'int'}, ...]"
        case _:
            return "object"


def docstring(text: str) -> list[str]:
    """Return the lines of a docstring that holds `text`: nothing in it ends the string or escapes."""
    lines = []
    for line in text.replace("\r", "").split("\n"):
        safe = "".join(
            c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}"
            for c in line.replace("\\", "\\\\")
        )
        lines.append(safe.replace('"""', '\\"\\"\\"').rstrip())
    while lines and not lines[-1]:
        lines.pop()
    if lines and lines[-1].endswith('"'):
        lines[-1] = lines[-1][:-1] + '\\"'
    return lines or [""]


def _target(file: PurePath, model: str) -> str:
    """Return what `archspec build` takes for a model."""
    return file.name if file.stem == model else f"{file.name}:{model}"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
