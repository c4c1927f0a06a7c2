"""Lines that say the same are read once, and mean what they would mean if each were read."""

from __future__ import annotations

import pytest

from archspec.diagnostics import Diagnostics, Source, Span
from archspec.driver import compile_source
from archspec.ir.json import to_json
from archspec.record import Record, values
from archspec.syntax import ast, parse


def parsed(text: str) -> ast.File:
    diagnostics = Diagnostics()
    file = parse(Source("a.arch", text), diagnostics)
    assert file is not None, diagnostics.items
    return file


def written_out(item: object) -> object:
    """Return a tree as nested tuples with its spans, each line in full."""
    if isinstance(item, ast.Again):
        return written_out(item.flow)
    if isinstance(item, tuple):
        return tuple(map(written_out, item))
    if isinstance(item, Record) and not isinstance(item, Span):
        return type(item).__name__, tuple(map(written_out, values(item)))
    return item


def told_apart(text: str) -> str:
    """Return a text in which no two lines are equal, for the sake of comments."""
    *lines, last = text.split("\n")
    return "".join(f"{line}  # {number}\n" if line else "\n" for number, line in enumerate(lines)) + last


def count_again(text: str) -> int:
    stack: list[ast.Node] = [parsed(text)]
    found = 0
    while stack:
        node = stack.pop()
        found += isinstance(node, ast.Again)
        stack += ast.inside(node)
    return found


def test_a_line_that_is_said_again() -> None:
    _, first, again, other = parsed("input 8\nrelu\nrelu\nbn\n").statements
    assert isinstance(again, ast.Again) and again.first is first
    assert (again.span, again.lines) == (Span("a.arch", 3, 1, 3, 5), 1)
    assert isinstance(other, ast.Flow)


# Each text, and how many of its lines are read as ones said before.
TEXTS = [
    ("input 8\ndense(8, relu)\nbn\ndense(8, relu)\nbn\ndense(8, relu)\n", 3),
    ("input 8\ndense(8) -> relu\ndense(8) -> relu\n", 1),
    ("input 8\n  relu\nrelu  \n relu\n", 0),
    ("input 8\nrelu\n\n\n# between\nrelu\n", 1),
    ("input 8\nrelu\nrelu", 0),
    # Lines that differ in their name alone.
    ("input 8\nrelu as a\nrelu as b\nrelu as a\nadd(a, b)\n", 2),
    ("input 8\nrelu as a\nrelu\nrelu as long_name\nrelu\nrelu as b  \nadd(a, b)\n", 3),
    ("input 8\ndense(8, relu) -> bn as a\ndense(8, relu) -> bn as bc\nadd(a, bc)\n", 1),
    ("input 8\nrepeat 2 {\n  relu as a\n  relu as b\n}\nadd(a, b)\n", 1),
    ("input 8\nlet n = 4\ndense(n) as a\nlet n = 8\ndense(n) as b\ndense(n) as c\nadd(b, c)\n", 2),
    ("input 8\ndense(8, relu) as a\ndense(8, relu) as relu\ndense(8, relu) as b\n", 2),
    ("input 8\nlet b = 3\nrelu as a\nrelu as b\nrelu as c\n", 2),
    ("input 8\nrelu as a\nrelu as channels\nrelu as b\n", 2),
    ("input 8\nrelu as a\nrelu as (b)\nrelu as (b)\nadd(a, b)\n", 1),
    ("input 8\nrelu as a\nrelu  as b\nadd(a, b)\n", 0),
    ("input 8\nrelu as a\nrelu as b\n-> bn\nrelu as c\nadd(a, c)\n", 1),
    # A line goes on before it, after it, or around it.
    ("input 8\nrelu\nbn ->\nrelu\nrelu\n", 1),
    ("input 8\nrelu\nrelu\n-> bn\nrelu\n", 1),
    ("input 8\nrelu\nrelu\n\n  # more\n-> bn\nrelu\n", 0),
    ("input 8\ndense(\n8,\nrelu\n)\nrelu\nrelu\n", 0),
    ("input 8\nlet relus = (\nchannels\n)\nrelu\nrelu\n", 1),
    ("input 8\nadd {\n | skip\n | relu\n}\nrelu\nrelu\n", 1),
    ("input 8\nadd\n{ | skip | relu }\nrelu\nadd(_, _)\n", 0),
    ("input 8\nrepeat 2 {\n  relu\n  relu\n}\nrelu\nrelu\n", 2),
    ("block b(n) {\n  dense(n)\n  dense(n)\n}\ninput 8\nb(8)\nb(8)\n", 2),
    ("block relu2 {\n  relu\n}\ninput 8\nrelu2\nrelu\nrelu2\nrelu\n", 2),
    ("input 8\nshared same = dense(8)\nsame\nsame\nsame\n", 2),
    ("input 8\nlet n = 4\ndense(n)\nlet n = 8\ndense(n)\n", 1),
    ("input 8\nrelu\nlet relu = 4\ndense(relu)\n", 0),
    ("input 8\nswish\nswish\nCBA\nCBA\nA\nA\n", 3),
    ("model one {\n  input 8\n  relu\n  relu\n}\nmodel two {\n  input 8\n  relu\n}\n", 1),
]


@pytest.mark.parametrize(("text", "count"), TEXTS)
def test_each_line_stands_where_it_was_written(text: str, count: int) -> None:
    assert count_again(text) == count
    assert written_out(parsed(text).statements) == written_out(parsed(told_apart(text)).statements)
    assert written_out(parsed(text).models) == written_out(parsed(told_apart(text)).models)


@pytest.mark.parametrize("text", [text for text, _ in TEXTS])
def test_what_is_compiled_is_the_same(text: str) -> None:
    model = "one" if "model one" in text else None
    found, wanted = (compile_source(Source("a.arch", t), model=model) for t in (text, told_apart(text)))
    assert found.diagnostics == wanted.diagnostics
    if found.graph is None or wanted.graph is None:
        assert found.graph is wanted.graph is None
    else:
        assert to_json(found.graph) == to_json(wanted.graph)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("input 8\nconv2(8)\nconv2(8)\n", [2, 3]),
        ("input 8\ndense(8, 8, relu7)\nbn\ndense(8, 8, relu7)\n", [2, 2, 4, 4]),
        ("input 8\nadd(\nrelu\nrelu\n", [2]),
        ("input 8x8\nmax_pool(9)\nmax_pool(9)\n", [2]),
        ("input 1\nsoftmax\nsoftmax\n", [2, 3, 3]),
    ],
)
def test_faults_are_told_of_where_they_are(text: str, places: list[int]) -> None:
    lines = [d.span.line for d in compile_source(Source("a.arch", text)).diagnostics if d.span]
    assert lines == places


def test_sites_are_numbered_through() -> None:
    graph = compile_source(Source("a.arch", "input 8\n" + "relu\nbn\n" * 3)).checked().graph
    names = [node.name for node in graph.body.nodes]
    assert names == ["relu1", "bn1", "relu2", "bn2", "relu3", "bn3"]
