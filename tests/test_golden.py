"""The shipped tutorial specs against figures taken from real Keras: leaf by leaf, and in total."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archspec.analysis.figures import analyse
from archspec.analysis.summary import rows
from archspec.driver import compile_spec

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / "tutorials.json").read_text())
#: Names that the figures give to tensor operations that are layers with us.
OPERATIONS = {"add": "Add", "concat": "Concatenate", "relu": "ReLU", "Activation": "Activation"}


@pytest.mark.parametrize("spec", sorted(GOLDEN))
def test_leaves_equal_real_keras(spec: str) -> None:
    golden = GOLDEN[spec]
    checked = compile_spec(spec).checked()
    ours = list(rows(checked.graph, checked.figures))
    assert len(ours) == len(golden["leaves"])
    for row, leaf in zip(ours, golden["leaves"], strict=True):
        found = {
            "out": [None, *row.outputs[0].shape],
            "params": row.params.total,
            "non_trainable": row.params.non_trainable,
            "macs": row.macs,
            "weights": {w.name: list(w.shape) for w in row.weights},
        }
        assert found == {key: leaf[key] for key in found}, row.path


@pytest.mark.parametrize("spec", sorted(GOLDEN))
def test_kinds_equal_real_keras(spec: str) -> None:
    checked = compile_spec(spec).checked()
    ours = [row.kind for row in rows(checked.graph, checked.figures)]
    theirs = [OPERATIONS.get(leaf["kind"], leaf["kind"]) for leaf in GOLDEN[spec]["leaves"]]
    # An activation may be its own layer or the general one: the same function either way.
    assert [k.replace("ReLU", "Activation") for k in ours] == [k.replace("ReLU", "Activation") for k in theirs]


@pytest.mark.parametrize("spec", sorted(GOLDEN))
def test_totals_equal_real_keras(spec: str) -> None:
    golden = GOLDEN[spec]
    checked = compile_spec(spec).checked()
    graph = checked.graph
    figures = analyse(graph)
    weights = figures.weights[graph.main]
    assert [None, *graph.body.inputs[0].type.shape] == golden["input"]
    assert [None, *graph.body.outputs[0].type.shape] == golden["output_shape"]
    assert {
        "total": weights.total,
        "trainable": weights.trainable,
        "non_trainable": weights.non_trainable,
    } == golden["params"]
    assert figures.macs[graph.main] == golden["macs"]
