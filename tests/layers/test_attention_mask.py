"""Which positions attention leaves out: `attention_mask=`, a tensor given by name."""

from __future__ import annotations

import pytest

from archspec.diagnostics.source import Source
from archspec.driver import Compiled, compile_source

PADDED = """
input words: 6 : int32
not_equal(0) -> expand_dims(1) as real
from words -> embedding(20, 8) as x
{attend}
"""
MHA = "mha(x, attention_mask=real, heads=2, key_dim=4)"
GQA = "gqa(x, attention_mask=real, head_dim=4, heads=2, kv_heads=1)"


def compiled(text: str) -> Compiled:
    return compile_source(Source("net.arch", text))


@pytest.mark.parametrize("attend", [MHA, GQA])
def test_a_mask_changes_neither_shape_nor_counts(attend: str) -> None:
    with_mask = compiled(PADDED.format(attend=attend)).checked()
    without = compiled(PADDED.format(attend=attend.replace("attention_mask=real, ", ""))).checked()
    assert with_mask.graph.body.outputs[0].type.shape == (6, 8)
    figures = [(c.figures.weights[c.graph.main].total, c.figures.macs[c.graph.main]) for c in (with_mask, without)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("input", "message"),
    [
        ("input m: 6 : bool", "needs a mask of 6x6, or 1 where all are alike, but it is 6"),
        ("input m: 6x5 : bool", "needs a mask of 6x6, or 1 where all are alike, but it is 6x5"),
        ("input m: 1x7 : bool", "needs a mask of 6x6, or 1 where all are alike, but it is 1x7"),
    ],
)
def test_a_mask_that_does_not_fit_is_an_error(input: str, message: str) -> None:
    text = f"{input}\ninput 6x8\nmha(_, attention_mask=m, heads=2, key_dim=4)"
    (error,) = compiled(text).diagnostics
    assert (error.code, error.message.split("` ", 1)[1]) == ("shape-mismatch", message)


@pytest.mark.parametrize("shape", ["6x6", "1x6", "6x1", "1x1"])
def test_a_mask_that_fits(shape: str) -> None:
    compiled(f"input m: {shape} : bool\ninput 6x8\nmha(_, attention_mask=m, heads=2, key_dim=4)").checked()


@pytest.mark.keras
@pytest.mark.parametrize("attend", [MHA, GQA])
def test_keras_leaves_out_what_the_mask_says(attend: str) -> None:
    import numpy as np

    from tests.backends.keras_models import copy_random_weights, difference, direct, generated

    checked = compiled(PADDED.format(attend=attend)).checked()
    models = generated(checked), direct(checked)
    copy_random_weights(*models)
    words = np.array([[3, 4, 5, 6, 0, 0]], "int32")
    outputs = [np.asarray(model(words)) for model in models]
    assert difference(*outputs) <= 1e-6
    # What padding is looked up as plays no part at the other positions.
    for model, before in zip(models, outputs, strict=True):
        (table,) = [w for w in model.weights if "embeddings" in w.path]
        value = np.asarray(table)
        value[0] += 10
        table.assign(value)
        after = np.asarray(model(words))
        assert difference(before[:, :4], after[:, :4]) <= 1e-6
        assert difference(before[:, 4:], after[:, 4:]) > 1e-4
