"""What holds for every graph: values exist before they are used, types agree across bodies, JSON loads back equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.ir.graph import BlockNode, Body, Graph, LayerNode, RepeatNode
from archspec.ir.json import from_json, schema, to_json
from archspec.ir.leaves import leaves
from archspec.tensor import TensorType
from tests.docs.test_language import EXAMPLES
from tests.elaborate.test_elaboration import ROWS


def graphs() -> dict[str, Graph]:
    """Return the graphs of the shipped specs, the examples of the documentation and the rows of the tests."""
    compiled = {spec: compile_spec(spec) for path in shipped_specs() for spec in each_model(str(path))}
    compiled |= {name: compile_source(Source(name, text.replace("; ", "\n"))) for name, (text, _) in ROWS.items()}
    for example in EXAMPLES:
        name = f"docs {example.line}"
        compiled[name] = compile_source(Source(name, example.text), model=example.options.get("model"))
    errors = {name for name, c in compiled.items() if any(d.severity == "error" for d in c.diagnostics)}
    return {name: c.graph for name, c in compiled.items() if c.graph is not None and name not in errors}


GRAPHS = graphs()


def check(graph: Graph) -> None:
    """Raise AssertionError where a graph contradicts itself."""
    made: set[str] = set()
    for key, body in graph.bodies.items():
        assert key == body.key
        assert body.definition in graph.definitions
        check_body(body, graph, made)
        made.add(key)
    assert graph.main in graph.bodies
    assert all(expectation.body in graph.bodies for expectation in graph.expectations)
    used = {node.body for body in graph.bodies.values() for node in body.nodes if not isinstance(node, LayerNode)}
    assert used | {graph.main} == set(graph.bodies)


def check_body(body: Body, graph: Graph, made: set[str]) -> None:
    types: dict[int, TensorType] = {}
    for port in body.inputs:
        assert port.value not in types
        types[port.value] = port.type
    paths = set()
    for node in body.nodes:
        assert set(node.inputs) <= set(types), "a value is used before it is made"
        given = tuple(types[value] for value in node.inputs)
        outputs = tuple(port.type for port in node.outputs)
        for port in node.outputs:
            assert port.value not in types
            types[port.value] = port.type
        if isinstance(node, LayerNode):
            keywords = {name: tuple(types[value] for value in values) for name, values in node.keywords}
            result = node.layer.output(*given, **keywords)
            assert outputs == (result if isinstance(result, tuple) else (result,))
        else:
            assert node.body in made, "a body is made before those that use it"
            inner = graph.bodies[node.body]
            assert given == tuple(port.type for port in inner.inputs)
            assert outputs == tuple(port.type for port in inner.outputs)
        if isinstance(node, RepeatNode):
            assert node.count > 1
            assert inner.kind == "iteration"
            assert given[: node.carried] == outputs[: node.carried]
        elif not node.shared:
            assert (node.name, node.index) not in paths
            paths.add((node.name, node.index))
        if isinstance(node, BlockNode):
            assert graph.bodies[node.body].kind == "block"
    assert all(types[port.value] == port.type for port in body.outputs)
    assert types == body.types


def test_there_are_graphs() -> None:
    assert len(GRAPHS) > 120


@pytest.mark.parametrize("name", GRAPHS)
def test_graph_is_sound(name: str) -> None:
    check(GRAPHS[name])


@pytest.mark.parametrize("name", GRAPHS)
def test_json_loads_back_equal(name: str) -> None:
    text = to_json(GRAPHS[name])
    again = from_json(text)
    assert again == GRAPHS[name]
    assert to_json(again) == text


@pytest.mark.parametrize("name", [name for name in GRAPHS if not name.startswith("docs")])
def test_paths_are_unique_but_for_shared_layers(name: str) -> None:
    graph = GRAPHS[name]
    if any(node.shared for body in graph.bodies.values() for node in body.nodes):
        return
    paths = [leaf.path for leaf in leaves(graph)]
    assert len(set(paths)) == len(paths)


def test_schema_knows_every_part() -> None:
    found = schema()
    assert {"Body", "Definition", "LayerNode", "RepeatNode", "Conv2D"} <= set(found["$defs"])


def test_files_end_in_the_same_graph_wherever_they_lie(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.arch").write_text("input 8\nblock b { dense(8) }\nb * 3\n")
    first, second = (compile_spec(str(tmp_path / folder / "net.arch")).checked().graph for folder in ("a", "b"))
    assert to_json(first).replace("/a/", "/") == to_json(second).replace("/b/", "/")
