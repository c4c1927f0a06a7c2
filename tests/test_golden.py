"""The tutorials' networks, blocks and layers against figures taken from real Keras: leaf by leaf in the
order of execution, parallel branches too, and in total.

`golden_specs.json` says which spec each one is; `golden/tutorials.json` holds the figures.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archspec.analysis.summary import rows
from archspec.backend import Checked
from archspec.driver import Compiled, compile_spec

HERE = Path(__file__).parent
GOLDEN: dict[str, Any] = json.loads((HERE / "golden" / "tutorials.json").read_text())
SPECS: dict[str, str | list[str]] = json.loads((HERE / "golden_specs.json").read_text())

#: Golden ids that end in one number for the whole batch. A tensor of ours has a batch axis always: each sample is given
#: that number.
ONE_FOR_ALL = ("fancy_mlp", "nested_sequential")
#: Golden ids whose spec is wrong, as the tutorial's code is: what the error says.
WRONG = {"vgg13_cifar_as_written": ("invalid-shape", "2x2x512 has 2048 values, and 512 has 512")}
#: Golden ids that the tutorials also use with another input, and the parameter of our spec that gives its side.
SIDE = {"resnet18_dive": "size", "densenet_dive": "size", "conv_pool_x3": "size"}
#: The same, where no parameter of our spec does.
OTHER_RANK = {
    "mlp": "its other input, 28x28, has another rank than 20",
    "mnist_mlp": "its other input, 28x28x1, has another rank than 28x28",
}

#: What the figures call the layers that have another name with us.
KINDS = {
    "Activation": {"Activation", "ReLU"},
    "relu": {"Activation", "ReLU"},
    "ReLU": {"Activation", "ReLU"},
    "add": {"Add"},
    "concat": {"Concatenate"},
    "reshape": {"Reshape"},
    "local_response_normalization": {"LocalResponseNormalization"},
    "BatchNormalization": {"BatchNormalization", "InferenceBatchNormalization"},
    "add_scalar": {"Rescaling"},
    "matmul_const": {"Extern"},
    "while_norm_gt_1_halve": {"Extern"},
    "if_norm_lt_0.8_times_10": {"Extern"},
    "reduce_sum": {"Extern"},
    "CustomBN": {"BatchNormalization"},
    "MyDense": {"Dense"},
}
#: What the tutorials' own layers call their weights.
WEIGHTS = {"w": "kernel", "b": "bias"}

RIGHT = [golden for golden in SPECS if golden not in WRONG]


def compiled(golden: str, **texts: str) -> Compiled:
    spec = SPECS[golden]
    name, *options = [spec] if isinstance(spec, str) else spec
    assert options[::2] == ["--set"] * len(options[::2])
    settings = dict(text.split("=", 1) for text in options[1::2])
    return compile_spec(name, setting_texts=settings | texts)


def totals(checked: Checked) -> dict[str, Any]:
    graph = checked.graph
    weights = checked.figures.weights[graph.main]
    return {
        "input": [None, *graph.body.inputs[0].type.shape],
        "output_shape": [None, *graph.body.outputs[0].type.shape],
        "params": {"total": weights.total, "trainable": weights.trainable, "non_trainable": weights.non_trainable},
        "macs": checked.figures.macs[graph.main],
    }


def found_leaves(checked: Checked) -> list[dict[str, Any]]:
    return [
        {
            "out": [None, *row.outputs[0].shape],
            "params": row.params.total,
            "non_trainable": row.params.non_trainable,
            "macs": row.macs,
            "weights": {w.name: list(w.shape) for w in row.weights},
        }
        for row in rows(checked.graph, checked.figures)
    ]


def wanted_leaves(golden: str) -> list[dict[str, Any]]:
    nothing = {"params": 0, "non_trainable": 0, "macs": 0, "weights": {}}
    leaves = [nothing | {key: leaf[key] for key in leaf if key != "kind"} for leaf in GOLDEN[golden]["leaves"]]
    if golden in ONE_FOR_ALL:
        assert leaves[-1]["out"] == []
        leaves[-1]["out"] = [None]
    return [leaf | {"weights": {WEIGHTS.get(n, n): s for n, s in leaf["weights"].items()}} for leaf in leaves]


def test_every_golden_id_has_a_spec() -> None:
    assert set(SPECS) == set(GOLDEN)


@pytest.mark.parametrize("golden", RIGHT)
def test_leaves_equal_real_keras(golden: str) -> None:
    assert found_leaves(compiled(golden).checked()) == wanted_leaves(golden)


@pytest.mark.parametrize("golden", RIGHT)
def test_kinds_equal_real_keras(golden: str) -> None:
    checked = compiled(golden).checked()
    for row, leaf in zip(rows(checked.graph, checked.figures), GOLDEN[golden]["leaves"], strict=True):
        assert row.kind in KINDS.get(leaf["kind"], {leaf["kind"]}), row.path


@pytest.mark.parametrize("golden", RIGHT)
def test_totals_equal_real_keras(golden: str) -> None:
    checked = compiled(golden).checked()
    wanted = GOLDEN[golden] | ({"output_shape": [None]} if golden in ONE_FOR_ALL else {})
    found = totals(checked)
    assert found == {key: wanted[key] for key in found}
    assert checked.graph.body.inputs[0].type.dtype == wanted["dtype"]


@pytest.mark.parametrize("golden", RIGHT)
def test_specs_state_their_figures(golden: str) -> None:
    """The totals above are in the specs too, where a person reads them."""
    stated = {(e.metric, e.value) for e in compiled(golden).checked().graph.expectations if e.comparison == "=="}
    wanted = GOLDEN[golden]
    assert ("params", wanted["params"]["total"]) in stated
    if wanted["macs"]:
        assert ("macs", wanted["macs"]) in stated


@pytest.mark.parametrize("golden", [golden for golden in GOLDEN if "variants" in GOLDEN[golden]])
def test_other_inputs_equal_real_keras(golden: str) -> None:
    if golden in OTHER_RANK:
        pytest.skip(OTHER_RANK[golden])
    for variant in GOLDEN[golden]["variants"]:
        checked = compiled(golden, **{SIDE[golden]: str(variant["input"][1])}).checked()
        found = totals(checked)
        assert found == {key: variant[key] for key in found}
        # The golden shapes are those of the network's parts, in order: each ends in some leaf.
        leaves = iter(leaf["out"] for leaf in found_leaves(checked))
        assert all(shape in leaves for shape in variant["shapes"])


@pytest.mark.parametrize(
    ("golden", "shape"),
    [(golden, tuple(shape)) for golden in GOLDEN for shape in GOLDEN[golden].get("must_reject", ())],
)
def test_inputs_that_keras_rejects_are_errors(golden: str, shape: tuple[int | None, ...]) -> None:
    (error,) = _errors(compiled(golden, **{SIDE[golden]: str(shape[1])}))
    assert (error.code, error.message) == ("invalid-shape", "a window of 2x2 does not fit into 1x1")
    assert error.span is not None


@pytest.mark.parametrize("golden", sorted(WRONG))
def test_what_the_tutorial_got_wrong_is_an_error(golden: str) -> None:
    (error,) = _errors(compiled(golden))
    assert (error.code, error.message) == WRONG[golden]
    assert error.span is not None


def _errors(result: Compiled) -> list[Any]:
    return [d for d in result.diagnostics if d.severity == "error"]
