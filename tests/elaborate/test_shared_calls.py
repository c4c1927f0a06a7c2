"""Uses of one shared layer that call it in different ways: what Keras takes when a layer is called, a use may give."""

from __future__ import annotations

import pytest

from archspec.backends.arch import expand
from archspec.diagnostics.source import Source
from archspec.driver import Compiled, compile_source
from archspec.ir.leaves import leaves

TIED = """
input tokens: 6 : int32
shared words = reversible_embedding(50, 8)
words -> dense(8, relu) -> words(reverse)
"""


def compiled(text: str) -> Compiled:
    return compile_source(Source("net.arch", text))


def test_a_use_says_how_the_layer_is_called() -> None:
    checked = compiled(TIED).checked()
    found = [(leaf.path, leaf.outputs[0].shape) for leaf in leaves(checked.graph)]
    assert found == [("words", (6, 8)), ("dense", (6, 8)), ("words", (6, 50))]
    # One table of 50x8, and the dense layer.
    assert checked.figures.weights[checked.graph.main].total == 50 * 8 + 8 * 8 + 8
    # The dense layer, and the way back.
    assert checked.figures.macs[checked.graph.main] == 6 * 8 * 8 + 6 * 8 * 50


def test_what_a_use_says_comes_before_what_the_declaration_says() -> None:
    text = "input 5x8\nshared look = mha(2, 4, causal)\nlook -> look(use_causal_mask=false)\n"
    checked = compiled(text).checked()
    found = [leaf.layer.use_causal_mask for leaf in leaves(checked.graph) if leaf.layer.kind == "MultiHeadAttention"]
    assert found == [True, False]


def test_its_flat_form_compiles_to_the_same() -> None:
    first = compiled(TIED).checked()
    flat = expand(first)
    second = compiled(flat).checked()
    assert "shared" in flat
    assert [leaf.layer for leaf in leaves(second.graph)] == [leaf.layer for leaf in leaves(first.graph)]
    assert second.figures.weights[second.graph.main].total == 472


@pytest.mark.parametrize(
    ("use", "code"),
    [
        ("words(60)", "too-many-arguments"),
        ("words(output_dim=8)", "unknown-argument"),
        ("words(revers)", "unknown-name"),
        ("words(reverse, reverse=false)", "duplicate-argument"),
        ("words(reverse=3)", "invalid-argument"),
    ],
)
def test_what_the_layer_is_made_with_is_said_once(use: str, code: str) -> None:
    result = compiled(TIED.replace("words(reverse)", use))
    errors = [d for d in result.diagnostics if d.severity == "error"]
    assert [error.code for error in errors] == [code]
    assert errors[0].span is not None and errors[0].span.line == 4


def test_a_layer_that_is_called_in_one_way_takes_tensors_only() -> None:
    (error,) = compiled("input 8\nshared f = dense(8)\nf -> f(8)").diagnostics
    assert (error.code, error.message) == ("too-many-arguments", "`f` has its arguments already")


@pytest.mark.keras
def test_generated_code_calls_each_use_as_it_says() -> None:
    from tests.backends.keras_models import copy_random_weights, difference, direct, generated, random_inputs

    text = "input 5x8\nshared look = mha(2, 4, causal)\nlook(use_causal_mask=false) -> look\n"
    checked = compiled(text).checked()
    models = generated(checked), direct(checked)
    copy_random_weights(*models)
    inputs = random_inputs(checked)
    assert difference(*(model(inputs) for model in models)) <= 1e-6
    # The first use sees every step, so the first step of its output does too, and the second use keeps it.
    changed = inputs.copy()
    changed[:, -1] += 1
    assert difference(models[0](inputs)[:, 0], models[0](changed)[:, 0]) > 1e-6


@pytest.mark.keras
def test_keras_shares_the_weights() -> None:
    from tests.backends.keras_models import copy_random_weights, difference, direct, generated, random_inputs

    checked = compiled(TIED).checked()
    models = generated(checked), direct(checked)
    copy_random_weights(*models)
    inputs = random_inputs(checked)
    outputs = [model(inputs) for model in models]
    assert [model.count_params() for model in models] == [472, 472]
    assert tuple(outputs[0].shape) == (2, 6, 50)
    assert difference(*outputs) <= 1e-6
