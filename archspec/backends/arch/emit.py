"""Writes the flat network as a model of plain steps, naming only the tensors that are used further on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from archspec.backend import Checked
from archspec.backends.arch.declare import declaration, declared
from archspec.backends.arch.flatten import Call, Flattened, Value
from archspec.backends.arch.names import Names, identifier
from archspec.backends.arch.spell import spell_extern, spell_layer, spell_shared, spell_use
from archspec.diagnostics.diagnostic import ArchspecError
from archspec.ir.definition import ExternLayer
from archspec.ir.graph import Graph, Port
from archspec.layers.extern import Extern
from archspec.tensor import FLOAT, show_shape

_INDENT = "  "


def expand(checked: Checked) -> str:
    """Return a spec without macros, blocks, loops or letter strings that compiles to the same layers."""
    graph = checked.graph
    plan = _Plan.of(graph)
    lines = [line for extern in plan.externs.values() for line in (*declaration(extern), "")]
    lines += [f"# {line}".rstrip() for line in graph.doc.splitlines()]
    lines.append(f"model {identifier(graph.name)} {{")
    lines += [_INDENT + line for line in _inputs(graph, plan)]
    lines += [f"{_INDENT}shared {name} = {step}" for name, step in plan.shared.values()]
    lines += [(_INDENT + line).rstrip() for line in _steps(graph, plan)]
    lines.append(f"{_INDENT}expect params == {checked.figures.weights[graph.main].total:_}")
    return "\n".join([*lines, "}"]) + "\n"


@dataclass
class _Plan:
    """What must be known of the whole network before its first line: names of tensors, and layers used again."""

    names: dict[Value, list[str]] = field(default_factory=dict)
    #: By path: the name of a layer that is used more than once, and the step it is.
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)
    outputs: tuple[Value, ...] = ()
    #: The layers of the user's own that are used.
    externs: dict[str, ExternLayer] = field(default_factory=dict)
    #: The inputs that are named further on.
    inputs_used: set[Value] = field(default_factory=set)

    @staticmethod
    def of(graph: Graph) -> _Plan:
        plan, flat, names = _Plan(), Flattened(graph), Names(graph)
        ports = graph.body.inputs
        current: tuple[Value, ...] = (len(ports) - 1,)
        wanted: dict[Value, None] = {}
        uses: Counter[str] = Counter()
        steps: dict[str, str] = {}
        for call in flat.calls():
            if call.inputs != current:
                wanted |= dict.fromkeys(call.inputs)
            wanted |= dict.fromkeys(value for _, values in call.keywords for value in values)
            current = call.outputs[:1]
            if isinstance(call.layer, Extern):
                extern = declared(graph.externs, call.layer)
                plan.externs[extern.name] = extern
            if call.shared:
                uses[call.path] += 1
                steps[call.path] = spell_shared(call.layer, graph.externs)
        plan.outputs = flat.outputs
        plan.names = {value: [names.input(port.name)] for value, port in enumerate(ports)}
        if not plan._ends_as_it_is(graph.body.outputs, current):
            for port, value in zip(graph.body.outputs, plan.outputs, strict=True):
                if value >= len(ports):
                    plan.names.setdefault(value, []).append(names.output(port.name))
        plan.inputs_used = {value for value in (*wanted, *plan.outputs) if value < len(ports)}
        for value in wanted:
            if value not in plan.names:
                plan.names[value] = [names.tensor()]
        for path, times in uses.items():
            if times > 1:
                plan.shared[path] = names.step(path), steps[path]
        return plan

    def _ends_as_it_is(self, ports: tuple[Port, ...], current: tuple[Value, ...]) -> bool:
        """Tell whether the model's output is its last tensor, without a name."""
        return self.outputs == current and not ports[0].name

    def name(self, value: Value) -> str:
        return self.names[value][0]


def _inputs(graph: Graph, plan: _Plan) -> Iterator[str]:
    for value, port in enumerate(graph.body.inputs):
        # An input that was written without a name needs one only where it is used again.
        named = port.name == plan.name(value) or value in plan.inputs_used
        dtype = "" if port.type.dtype == FLOAT else f" : {port.type.dtype}"
        yield f"input {f'{plan.name(value)}: ' if named else ''}{show_shape(port.type.shape)}{dtype}"


def _steps(graph: Graph, plan: _Plan) -> Iterator[str]:
    flat = Flattened(graph)
    current: tuple[Value, ...] = (len(graph.body.inputs) - 1,)
    place = ""
    for call in flat.calls():
        inside = call.path.rpartition("/")[0]
        if inside != place:
            place = inside
            yield ""
            if inside:
                yield f"# {inside}"
        source = "" if call.inputs == current else f"from {', '.join(map(plan.name, call.inputs))} -> "
        yield f"{source if call.inputs else ''}{_step(call, plan, graph)}{_named(call, plan)}"
        current = call.outputs[:1]
    if not plan._ends_as_it_is(graph.body.outputs, current):
        taken: Counter[Value] = Counter()
        ends = []
        for value in plan.outputs:
            # A tensor that is returned twice has a name for each time; an input has one only.
            ends.append(plan.names[value][min(taken[value], len(plan.names[value]) - 1)])
            taken[value] += 1
        yield f"output {', '.join(ends)}"


def _step(call: Call, plan: _Plan, graph: Graph) -> str:
    if call.path in plan.shared:
        if call.keywords:
            raise ArchspecError(f"`{call.path}` is shared and takes tensors by name, which no flat spec can say")
        return spell_use(call.layer, plan.shared[call.path][0])
    if isinstance(call.layer, Extern):
        return spell_extern(call.layer, graph.externs)
    return spell_layer(call.layer, *(f"{name}={_tensors(values, plan)}" for name, values in call.keywords))


def _tensors(values: tuple[Value, ...], plan: _Plan) -> str:
    names = [plan.name(value) for value in values]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _named(call: Call, plan: _Plan) -> str:
    if any(value in plan.names for value in call.outputs[1:]):
        # Names for some results are names for all.
        results = [plan.names.get(value, [f"unused{value}"])[0] for value in call.outputs]
        return f" as ({', '.join(results)})"
    return "".join(f" as {name}" for name in plan.names.get(call.outputs[0], ()))
