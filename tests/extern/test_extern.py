"""`extern layer`: declared rules stand in for code that analysis never imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import archspec
from archspec.diagnostics.source import Source
from archspec.driver import Compiled, compile_source
from archspec.ir.json import from_json, to_json
from archspec.ir.leaves import leaves

DOUBLING = """
extern layer doubling(dim, scale = 2) from "own_layers:Doubling" {
  shape (n, d) -> (n, dim * scale)
  params d * dim * scale
  macs n * d * dim * scale
}
"""
NET = (
    DOUBLING
    + """
block pair(k) { doubling(k) -> dense(4, relu) -> doubling(dim=k + 1) }
input 5x8
doubling(3) -> pair(2)
"""
)


def compiled(text: str) -> Compiled:
    return compile_source(Source("net.arch", text))


def test_its_rules_give_shapes_parameters_and_macs() -> None:
    checked = compiled(NET).checked()
    assert [leaf.outputs[0].shape for leaf in leaves(checked.graph)] == [(5, 6), (5, 4), (5, 4), (5, 6)]
    # 8*6, 6*4, 4*4 + 4, 4*6
    assert checked.figures.weights[checked.graph.main].total == 48 + 24 + 20 + 24
    assert checked.figures.macs[checked.graph.main] == 5 * (48 + 24 + 16 + 24)


def test_its_graph_loads_back_equal() -> None:
    graph = compiled(NET).checked().graph
    assert from_json(to_json(graph)) == graph


def test_analysis_imports_nothing_of_it() -> None:
    code = f"import archspec, sys; net = archspec.loads({NET!r}); net.params, net.to_source(); print('own_layers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (DOUBLING + "input 5x8x2\ndoubling(3)", "invalid-shape"),
        (DOUBLING + "input 5x8\ndoubling", "missing-argument"),
        (DOUBLING + "input 5x8\ndoubling(3, units=2)", "unknown-argument"),
        (DOUBLING + "input 5x8\ndoubling(3) { | skip }", "not-a-merge"),
        (DOUBLING.replace("own_layers:Doubling", "os; import x:Y") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("own_layers:", "") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("  shape (n, d) -> (n, dim * scale)\n", "") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("shape (n, d) ->", "shape") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("params d", "weights d") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("extern layer", "extern block") + "input 5x8\ndoubling(3)", "syntax"),
        (DOUBLING.replace("d * dim * scale", "d / 3") + "input 5x8\ndoubling(3)", "invalid-extern"),
        (DOUBLING.replace("(n, d)", "(4, d)") + "input 5x8\ndoubling(3)", "unknown-name"),
    ],
)
def test_what_is_wrong_with_it_is_said(text: str, code: str) -> None:
    result = compiled(text)
    assert result.graph is None
    assert code in {d.code for d in result.diagnostics}
    assert all(d.span is not None for d in result.diagnostics)


@pytest.mark.keras
def test_generated_code_imports_and_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.backends.keras_models import copy_random_weights, difference, direct, generated, random_inputs

    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    checked = compiled(NET).checked()
    model = generated(checked)
    assert model.count_params() == 116
    with pytest.raises(archspec.ArchspecError, match="allow_extern"):
        direct(checked)
    from archspec.backends.keras_build import build

    allowed = build(checked, allow_extern=True)
    copy_random_weights(model, allowed)
    inputs = random_inputs(checked)
    assert difference(model(inputs), allowed(inputs)) <= 1e-6
