"""One fault, one message: shipped specs are broken in one place, or in several that have nothing to do with one another.

What is broken is found in the syntax tree; that each fault must be reported, once and on its line, is arithmetic.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from archspec.diagnostics import Diagnostic, Diagnostics, Source, Span
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.syntax import ast, parse
from tests.conftest import Invoke

SPECS = shipped_specs()
#: So many faults of each spec are tried, and so many sets of faults.
EACH, SETS = 12, 3
#: Layers whose first argument is a size.
SIZED = {"dense", "conv", "conv1d", "conv2d", "conv3d", "lstm", "gru", "embedding", "max_pool", "dropout"}


@dataclass(frozen=True)
class Edit:
    """One fault: what is put in place of a stretch of one line. `step` is the line that the broken step begins on."""

    kind: str
    line: int
    start: int
    end: int
    new: str
    step: int

    def __str__(self) -> str:
        return f"{self.kind} on line {self.line}: {self.new.strip()}"


def nodes(item: object) -> Iterator[ast.Node]:
    stack = [item]
    while stack:
        match stack.pop():
            case tuple() as items:
                stack += reversed(items)
            case ast.Node() as node:
                yield node
                stack += reversed([getattr(node, name) for name in type(node).__match_args__])
            case _:
                pass


def edit(kind: str, node: ast.Node, span: Span, new: str) -> Iterator[Edit]:
    if span.line == span.end_line:
        yield Edit(kind, span.line, span.column - 1, span.end_column - 1, new, node.span.line)


def after(span: Span) -> Span:
    return Span(span.file, span.end_line, span.end_column, span.end_line, span.end_column)


def edits(tree: object, but: Collection[str] = ()) -> Iterator[Edit]:
    """Yield faults that are such wherever they stand, whatever the values and shapes are; not in calls of some names."""
    for node in nodes(tree):
        match node:
            case ast.Call(name=ast.Name(text=name, span=span), arguments=arguments) if name not in ("skip", "_", *but):
                yield from edit("misspelt step", node, span, "nosuchlayer")
                for argument in arguments or ():
                    yield from edit("unknown value", node, argument.value.span, "nosuchname")
                if arguments:
                    yield from edit("unknown argument", node, after(arguments[-1].span), ", colour=3")
            case ast.From(tensors=tensors) | ast.Output(tensors=tensors):
                for tensor in tensors:
                    if isinstance(tensor, ast.Name) and tensor.text != "_":
                        yield from edit("unknown tensor", node, tensor.span, "nosuchtensor")
            case ast.Let(value=value):
                yield from edit("unknown value of a variable", node, value.span, "nosuchname")
            case ast.Input(shape=ast.Dims(values=values) as shape):
                yield from edit("square brackets", node, shape.span, f"[{', '.join(map(str, values))}]")
                yield from edit("no length", node, shape.span, "x".join(["0", *map(str, values[1:])]))
            case ast.For(iterable=value) | ast.Repeat(count=value) | ast.Times(count=value):
                yield from edit("unknown count", node, value.span, "nosuchname")
            case ast.If(test=value):
                yield from edit("unknown condition", node, value.span, "nosuchname")
            case ast.Parameter(default=ast.Node() as default):
                yield from edit("unknown default", node, default.span, "nosuchname")
            case _:
                pass


def wrong_statements(statements: tuple[ast.Statement, ...], lines: list[str]) -> Iterator[Edit]:
    """Yield statements that are wrong by themselves, to be put on a line before each of those behind the input."""
    first = next(place for place, statement in enumerate(statements) if isinstance(statement, ast.Input))
    for statement in statements[first + 1 :]:
        start = statement.span.column - 1
        line = lines[statement.span.line - 1]
        if line[:start].strip() == "" and not line[start:].startswith("->"):
            for new in (
                "dense(-1)",
                "dropout(5)",
                "dense(3.5)",
                "nosuchlayer",
                "let strange = 1 / 0",
                "conv(3, 3, nosuch)",
            ):
                yield Edit(
                    "wrong statement", statement.span.line, start, start, f"{new}\n{line[:start]}", statement.span.line
                )


def values_of(tree: object) -> Iterator[Edit]:
    """Yield wrong values, of which each is an error where it comes to be used, and may be so in many places."""
    for node in nodes(tree):
        match node:
            case ast.Call(name=ast.Name(text=name), arguments=(ast.Argument(name=None, value=value), *_)) if (
                name in SIZED
            ):
                yield from edit("negative size", node, value.span, "(-1)")
            case ast.Parameter(default=ast.Literal() as value) | ast.Let(value=ast.Literal() as value) if (
                type(value.value) is int
            ):
                for new in ("(-1)", "0", "1.5", '"a"', "[3]"):
                    yield from edit("wrong value of a variable", node, value.span, new)
            case ast.Input(shape=ast.Dims(values=values) as shape):
                yield from edit("an axis less", node, shape.span, "x".join(map(str, values[1:])) or "()")
                yield from edit("an axis more", node, shape.span, "x".join(map(str, (*values, 3))))
            case _:
                pass


def broken(text: str, faults: list[Edit]) -> tuple[str, list[int]]:
    """Return the text with these faults, of which no two are on one line, and the lines they come to stand on."""
    lines, at = text.split("\n"), []
    for fault in sorted(faults, key=lambda fault: fault.line):
        moved = sum(earlier.new.count("\n") for earlier in faults if earlier.line < fault.line)
        at.append(fault.line + moved)
    for fault in faults:
        line = lines[fault.line - 1]
        lines[fault.line - 1] = line[: fault.start] + fault.new + line[fault.end :]
    return "\n".join(lines), at


def errors(path: Path, text: str, model: str | None) -> list[Diagnostic]:
    compiled = compile_source(Source(path.name, text), model=model, home=path.parent)
    return [d for d in compiled.diagnostics if d.severity == "error"]


def models(path: Path) -> list[str | None]:
    return [spec.partition(":")[2] or None for spec in each_model(str(path))]


def tree_of(path: Path) -> tuple[ast.File, str]:
    text = path.read_text(encoding="utf-8")
    tree = parse(Source(path.name, text), Diagnostics())
    assert tree is not None
    return tree, text


def some(found: Iterator[Edit], seed: str, most: int) -> list[Edit]:
    """Return some faults, as many of each kind as of the others."""
    random, kinds = Random(seed), dict[str, list[Edit]]()
    for fault in found:
        kinds.setdefault(fault.kind, []).append(fault)
    for faults in kinds.values():
        random.shuffle(faults)
    picked = [fault for place in range(most) for faults in kinds.values() for fault in faults[place : place + 1]]
    return picked[:most]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_one_fault_is_one_message(path: Path, most: int = EACH) -> None:
    tree, text = tree_of(path)
    for fault in some(edits(tree), path.stem, most):
        mutant, (line,) = broken(text, [fault])
        # Which of the models use what is broken, if not all do, matters not.
        said = next(filter(None, (errors(path, mutant, model) for model in models(path))), [])
        assert [d.span and d.span.line for d in said] == [line], (str(fault), said)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_one_wrong_value_is_at_most_one_message(path: Path, most: int = EACH) -> None:
    tree, text = tree_of(path)
    for fault in some(values_of(tree), path.stem, most):
        mutant, _ = broken(text, [fault])
        for model in models(path)[:2]:
            said = [d for d in errors(path, mutant, model) if d.code != "expectation-failed"]
            assert len(said) <= 1, (str(fault), said)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_each_of_several_faults_is_one_message(path: Path, sets: int = SETS) -> None:
    tree, text = tree_of(path)
    model = tree.models[0] if tree.models else None
    assert not isinstance(model, ast.Variant)
    statements = model.body.statements if model else tree.statements
    whole = models(path)[0]
    # Nobody knows what a block or shared step is given, or is, where one end of it is broken.
    own = {node.name.text for node in nodes(tree) if isinstance(node, ast.Block | ast.Shared)}
    possible = [*edits(statements, but=own), *wrong_statements(statements, text.split("\n"))]
    random = Random(path.stem)
    for _ in range(sets):
        chosen = {fault.step: fault for fault in random.sample(possible, min(len(possible), 8))}
        chosen = {fault.line: fault for fault in chosen.values()}
        mutant, lines = broken(text, list(chosen.values()))
        said = errors(path, mutant, whole)
        assert [d.span and d.span.line for d in said] == lines, (mutant, said)


@pytest.mark.parametrize(("wrong", "told"), [(499, 499), (500, 500), (501, 500), (2000, 500)])
def test_that_there_are_more_errors_than_are_told(wrong: int, told: int, tmp_path: Path, invoke: Invoke) -> None:
    spec = tmp_path / "t.arch"
    spec.write_text("input 8\n" + "dense(-1)\n" * wrong)
    found = compile_spec(str(spec)).diagnostics
    assert [d.code for d in found] == ["invalid-argument"] * told + ["more-errors"] * (wrong > told)
    data = json.loads(invoke("check", str(spec), "--format", "json").stdout)["specs"][0]["diagnostics"]
    assert [d["severity"] for d in data] == ["error"] * told + ["note"] * (wrong > told)
    (run,) = json.loads(invoke("check", str(spec), "--format", "sarif").stdout)["runs"]
    assert [result["level"] for result in run["results"]] == [d["severity"] for d in data]
    last = invoke("check", str(spec)).stderr.rstrip().splitlines()[-1]
    assert (last == "note[more-errors]: there are more errors than these 500") == (wrong > told)


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_many_faults(path: Path) -> None:
    test_one_fault_is_one_message(path, most=400)
    test_one_wrong_value_is_at_most_one_message(path, most=200)
    test_each_of_several_faults_is_one_message(path, sets=30)
