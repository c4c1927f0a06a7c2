"""Whole specs and what they come to: `tests/cases/elaborate/x.arch` beside `x.out`. `BLESS=1 pytest` writes the latter."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec.analysis.summary import rows
from archspec.backend import Checked
from archspec.diagnostics import render
from archspec.driver import compile_spec
from archspec.elaborate.signature import show_argument
from archspec.ir.leaves import leaves
from tests.elaborate.spec_cases import BLESS, CASES

FILES = sorted((CASES / "elaborate").glob("*.arch"))


def outcome(checked: Checked) -> str:
    """Return one line for each layer call (path, kind and arguments, shapes, parameters), and the totals."""
    graph, figures = checked.graph, checked.figures
    lines = []
    for leaf, row in zip(leaves(graph), rows(graph, figures), strict=True):
        given = ", ".join(f"{name}={show_argument(value)}" for name, value in leaf.layer.arguments().items())
        params = (
            "" if not row.params.total and not row.reused else "  (again)" if row.reused else f"  {row.params.total:,}"
        )
        lines.append(f"{leaf.path}: {row.kind}({given}) -> {' '.join(map(str, leaf.outputs))}{params}")
    count, macs = figures.weights[graph.main], figures.macs[graph.main]
    bodies = f"{len(graph.bodies)} bodies of {sum(len(body.nodes) for body in graph.bodies.values())} nodes"
    ends = ", ".join(f"{port.name or 'output'} {port.type}" for port in graph.body.outputs)
    lines.append(f"= {ends}; {count.total:,} parameters, {count.trainable:,} trainable; {macs} MACs; {bodies}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_outcome(path: Path) -> None:
    compiled = compile_spec(str(path))
    said = "\n".join(render(d, compiled.sources) for d in compiled.diagnostics if d.severity != "note")
    assert not said, said
    found = outcome(compiled.checked())
    wanted = path.with_suffix(".out")
    if BLESS:
        wanted.write_text(found, encoding="utf-8")
    assert found == wanted.read_text(encoding="utf-8")
