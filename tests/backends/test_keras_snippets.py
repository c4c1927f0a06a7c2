"""Each construct of the language as generated code and as a direct build: same weights, same outputs."""

from __future__ import annotations

from typing import Any

import pytest

from archspec.backends.keras_code import Style
from tests.backends.keras_models import (
    by_path,
    check_text,
    copy_random_weights,
    difference,
    direct,
    generated,
    load_saved,
    random_inputs,
    without_dropout,
)

pytestmark = pytest.mark.keras

SNIPPETS = {
    "chain": "input 8\ndense(4, relu) -> dropout(0.5) -> dense(2, softmax)",
    "loop in a model": "input 8\nfor width in [4, 6] { dense(width, relu) -> bn }\ndense(1)",
    "repeat with an index": "input 8\nrepeat 3 as i { dense(4 + i) }",
    "nested loops": "input 8\nfor (n, width) in [(1, 4), (3, 5)] { repeat n { dense(width, relu) -> bn } }",
    "skips by index": (
        "input 16x16x2\nfor i in 0..2 { conv(4 * 2 ** i, 3x3, same) as skips[i] -> max_pool(2x2) }\n"
        "conv(16, 3x3, same)\nfor i in reversed(0..2) { upsample(2x2) -> concat(skips[i], _) -> conv(4, 3x3, same) }"
    ),
    "shared layer": "input a: 4\ninput b: 4\nshared enc = dense(3, relu)\nfrom a -> enc as ha\nfrom b -> enc as hb\nsubtract(ha, hb) -> dense(1)",
    "shared block": (
        "block tower(width) { dense(width, relu) -> bn -> dense(width) }\ninput a: 4\ninput b: 4\n"
        "shared enc = tower(3)\nenc(a) as ha\nenc(b) as hb\nconcat(ha, hb) -> dense(1)"
    ),
    "shared in a loop": "input 4\nshared step = dense(4, tanh)\nrepeat 3 { step }\ndense(1)",
    "two outputs": "input 6\ndense(4, relu) as h\ndense(2) as a\nfrom h -> dense(3) as b\noutput a, b",
    "block with options": (
        "block unit(width, wide = false as w1, act = relu as activation) {\n"
        "  dense(width, activation=act) -> if wide { dense(2 * width) -> bn } else { dense(width) }\n}\n"
        "input 5\nunit(4) -> unit(4, w1, tanh) -> unit(3, gelu)"
    ),
    "block with a loop": "block stack(n, width) { repeat n { dense(width, relu) -> bn } }\ninput 5\nstack(2, 4) -> stack(3, 6)",
    "block with a conditional loop": (
        "block stack(widths) { for (i, w) in enumerate(widths) { dense(w) -> if i > 0 { bn -> relu } } }\ninput 5\nstack([4, 5, 6])"
    ),
    "block with nested loops": "block stack(ns) { for n in ns { repeat n { dense(4 + n) } } }\ninput 5\nstack([1, 2, 3])",
    "tuple parameters": "block two((a, b), c) { dense(a) -> dense(b) -> dense(c) }\ninput 5\ntwo((3, 4), 5) -> two((6, 2), 1)",
    "squeeze and excite": (
        "block se(ratio) {\n  let c = channels\n  multiply {\n    | skip\n"
        "    | gap(keepdims) -> conv(c / ratio, 1x1, relu) -> conv(c, 1x1, sigmoid)\n  }\n}\n"
        "input 6x6x8\nconv(8, 3x3) -> se(4) -> conv(16, 1x1) -> se(2)"
    ),
    "length in mid-flow": "block half { dense(6) -> dense(channels // 2) -> dense(channels + 1) }\ninput 5\nhalf -> half",
    "lengths in a loop": "block shrink(n) { repeat n { dense(channels - 1, relu) -> bn } }\ninput 9\nshrink(3) -> shrink(2)",
    "length as a default": "block keep(width = channels * 2) { dense(width) }\ninput 5\nkeep -> keep(3)",
    "nested blocks": (
        "block outer(width) {\n  block inner(n) { dense(width * n, relu) }\n  inner(1) -> inner(2)\n}\ninput 5\nouter(3) -> outer(4)"
    ),
    "two ranks": "block c(w) { conv(w, 3, same) -> bn }\ninput a: 8x2\ninput b: 8x8x2\nc(3) -> gap as fb\nfrom a -> c(3) -> gap as fa\nconcat(fa, fb)",
    "block of two inputs": "block join(width) { concat -> dense(width) }\ninput a: 4\ninput b: 3\nfrom a, b -> join(5)",
    "tensor argument": "block mix(memory, width) { dense(width) as h\nadd(h, memory) }\ninput 4\ndense(6) as m -> dense(5) -> mix(m, 6)",
    "captured tensor in a loop": "input 4\ndense(6) as m\nrepeat 3 { add(_, m) -> dense(6, tanh) }",
    "renamed tensor in a loop": "input 4\ndense(4) as h\nrepeat 3 { dense(4, tanh)\nadd(_, h) as h }",
    "recurrent states": "input 7x3\nlstm(4, return_state) as (y, h, c)\nfrom y -> repeat_vector(5) -> lstm(4, initial_state=(h, c)) -> dense(2)",
    "block with two outputs": "block fork(w) { dense(w) as a\ndense(w) as b\noutput a, b }\ninput 4\nfork(3) as (p, q)\nsubtract(p, q)",
    "letter string": 'input 8x8x3\nCBAPD(6, 5x5, s1, relu, p3/2, d0.5) -> "BAC"(4) -> flatten -> dense(2)',
    "local response normalisation": "input 8x8x12\nCNAP(8, 3x3) -> lrn(depth_radius=2) -> flatten -> dense(2)",
    "words with arguments": "input 6\ndense(4, leaky_relu(0.1), l2(0.01), kernel_initializer=random_normal(stddev=0.02)) -> dense(2, he_normal)",
    "integer input": "input tokens: 7 : int32\nembedding(20, 4) -> lstm(3, return_sequences) -> gap -> dense(1)",
    "open dimensions": "input (T, 3)\nconv(4, 3, same) -> lstm(5) -> dense(1)",
    "names of Python and Keras": (
        "block layers(name, inputs) { dense(name) -> dense(inputs) }\nblock call(training) { dense(training) -> layers(2, 3) }\n"
        "input self: 4\ncall(5) as keras -> dense(2) as x\nadd { | dense(2) | from x }"
    ),
    "names that differ by case": "block unit(a) { dense(a) }\nblock Unit(b) { dense(b) -> bn }\nblock UNIT { relu }\ninput 4\nunit(2) -> Unit(3) -> UNIT",
    "tensor functions": (
        "block distance(n) { repeat n { abs -> dense(4) }\nmean(axis=1, keepdims) -> clip(0.0, 0.5) }\n"
        "input a: 4\ninput b: 4\nsubtract(a, b) -> square -> distance(2) -> sqrt"
    ),
    "free weights": (
        "block tokens(n) { dense(4) as x -> weight((n, channels), init=normal(0.02)) as t\nconcat(t, x, axis=1) }\n"
        "input 5x4\ntokens(1) -> tokens(2) as x -> weight(8x4) as places\nadd(x, places) as y\n"
        "weight(4, ones, l2(0.01)) as scale\nmultiply(y, scale) as z\nrepeat 2 { weight(4) as s\nmultiply(z, s) as z }"
    ),
    "several results": (
        "block gate(n) { dense(2 * n) -> split(2) as (a, b)\nfrom b -> sigmoid as c\nmultiply(a, c) }\n"
        "input 6x4\ngate(3) -> split((2, 3), axis=1) as (p, q, r)\nconcat(r, p, axis=1) -> top_k(2) as (best, _places)\n"
        "from best -> split(2)"
    ),
    "functions of several tensors": (
        "input 6x4\ndense(4) as k -> dense(4) as q -> transpose(0, 2, 1) as t\nmatmul(k, t) -> softmax as s\n"
        "matmul(s, q) as v\nstack(k, v, axis=1) -> transpose(0, 2, 3, 1) -> mean(axis=-1) -> divide(_, q)"
    ),
    "shapes of tensors": (
        "block shift(n) { roll((-n, n), axis=(1, 2)) -> pad_axes(((0, 0), (n, n), (0, 0))) -> expand_dims(1) -> squeeze(1) }\n"
        "input 6x4\nshift(1) -> shift(2) -> tile(1, 1, 2) -> cumsum(axis=1) -> flip -> repeat_elements(2)\n"
        "sin -> power(2.0) -> std(axis=1) -> rsqrt"
    ),
    "one-hot input": 'input tokens: 6 : int32\none_hot(5) -> dense(3) -> argmax(axis=-1) -> cast("float32")',
    "both directions": (
        "block tagger(w, act = tanh as activation) { bidirectional(lstm(w, act, return_sequences)) -> "
        "time_distributed(dense(2 * w, act)) }\ninput 6x4\ntagger(3) -> tagger(2, relu)\n"
        'repeat 2 { bidirectional(gru(channels, return_sequences), merge_mode="sum") }\n'
        "bidirectional(lstm(3, return_state), merge_mode=none) as (there, back, h1, c1, h2, c2)\n"
        "from there -> repeat_vector(4) -> bidirectional(lstm(3), initial_state=(h1, c1, h2, c2))"
    ),
    "cells": (
        "block deep(widths) { for w in widths { rnn([lstm_cell(w), gru_cell(w + 1, no_bias)], return_sequences) } }\n"
        "input 6x4\ndeep([3, 4]) -> deep([2]) -> rnn(simple_rnn_cell(3, relu, l2(0.01)))"
    ),
    "layers in layers": (
        "block frames(w) { time_distributed(conv(w, 3x3, same, relu)) -> time_distributed(bn) -> time_distributed(gap) }\n"
        "input 4x6x6x2\nspectral_norm(conv(3, (1, 3, 3))) -> frames(4) -> bidirectional(rnn(lstm_cell(3)))\n"
        "spectral_norm(dense(4, no_bias)) -> relu"
    ),
    "block named like the model": "block snippet(n) { dense(n) }\ninput 4\nsnippet(3) -> snippet(2)",
    "block with a counting loop": "block stack(n) { for i in 0..n { dense(4 + i) -> if i > 0 { relu } } }\ninput 5\nstack(3)",
    "block that names by index": (
        "block ladder(n) { for i in 0..n { dense(4) as steps[i] }\nfor i in 0..n { add(steps[i], _) -> bn } }\ninput 4\nladder(3)"
    ),
    "normalisation held in inference": "block b { dense(4) -> inference_bn -> relu }\ninput 4\nb -> inference_bn -> dense(2)",
    "causal attention": "input 6x8\nadd { | mha(2, 4, causal) | skip }\nlayer_norm -> mha(2, key_dim=4, use_causal_mask=true) -> dense(3)",
    "tensor argument called x": "block up(x) { dense(x.channels) -> add(x, _) }\ninput 4\nrelu as x -> dense(3) -> up(x)",
    "fraction of whole numbers": "input 4x4x3\nrescaling(1 / 255) -> flatten -> dense(2)",
    "branch that counts": (
        "input 4\nlet n = 1\nrepeat 3 { concat { | let n = n + 1; dense(n) | dense(2 * n) } -> dense(4) }\ndense(n)"
    ),
    "branch that sets what follows": "block b(k) {\n  add { | let k = k * 2; dense(k) -> dense(4) | dense(4) }\n  dense(k)\n}\ninput 4\nb(3) -> b(5)",
    "loop that only leaves its variable": (
        "input 8\nlet n = 2\nfor n in [3, 3, 4] { skip }\ndense(n) -> if n > 3 { dense(3) } else { dense(5) }\n"
        "repeat 2 as n { let m = n }\nrepeat 3 as k { let m = k }\ndense(n + 1)\nfor (i, w) in enumerate([5, 6]) { skip }\ndense(i + w)"
    ),
    "block with a loop that only leaves its variable": (
        "block b(ns) { for n in ns { skip }\ndense(n) -> dense(n, relu) }\ninput 8\nb([3, 4]) -> b([5])"
    ),
    "variable that each side sets from what it was": (
        "block b(n) {\n  if n > 2 { dense(3); let n = n + 1 } else { dense(3); dense(n); let n = n + 1; let n = n + 1 }\n"
        "  dense(n)\n  if n > 4 { let n = n + 1; dense(n) } else { dense(n) }\n}\ninput 8\nb(2) -> b(3) -> b(4)"
    ),
    "branch that only names": (
        "input 8\nadd { | dense(8) | _ as h }\nadd { | _ as h | dense(8) -> add(_, h) }\nconcat { | dense(4) | _ as h }\n"
        "add { | _ as k | dense(12) as h }\nconcat(h, k)"
    ),
    "loop that only names": "input 8\nrelu as h\nrepeat 2 { dense(3) }\nrepeat 2 { _ as h }\nadd(_, h)",
    "index that is counted on": (
        "block q(n) {\n  repeat 2 { dense(n) as s[n]; let n = n + 1 }\n"
        "  add { | from s[n - 1] -> dense(3); let n = n + 1 | dense(3) as s[n]; let n = n - 1 | dense(3) }\n  dense(n)\n}\n"
        "input 8\nlet n = 2\nrepeat 2 { dense(4) as s[n]; let n = n + 1 }\n"
        "concat { | let n = n + 1; dense(n) | skip | dense(5) as s[n] | let n = n + 4; dense(n) }\n"
        "from s[3]; let n = n + 1; dense(n) -> q(4) as s[n]\noutput s[n], s[2]\nlet n = 3"
    ),
    "loop that only counts": "let n = 0\nfor i in [2, 3] { let n = n + i }\ninput 4\nfor i in [1, 2] { let n = n + i }\ndense(n)",
    "default from another parameter": "block b(n, m = n * 2, (k, l) = (m, 3)) { dense(n) -> dense(m) -> dense(k + l) }\ninput 4\nb(2) -> b(3, m=4) -> b(2, 5, (1, 2))",
    "reshape by a parameter": "block r(n) { reshape(n) }\ninput 2x3\nr(6) -> dense(2)",
    "a quotient that is no whole number": "block damp(n) { repeat n { dense(4) -> rescaling(1 / n) } }\ninput 4\ndamp(3) -> damp(5)",
    "branch that is empty": "input 4\nadd { | skip | dense(4) }\nmultiply { | dense(4, sigmoid) | skip }",
    "branch in a branch": "input 4\nconcat { | add { | dense(3) | dense(3) -> relu } | dense(2) }",
}


@pytest.mark.parametrize("style", ["subclass", "functional"])
@pytest.mark.parametrize("name", SNIPPETS)
def test_generated_equals_direct(name: str, style: Style) -> None:
    checked = check_text(SNIPPETS[name])
    first, second = generated(checked, style), direct(checked)
    assert set(by_path(first)) == set(by_path(second))
    weights = checked.figures.weights[checked.graph.main]
    assert first.count_params() == second.count_params() == weights.total
    copy_random_weights(first, second)
    inputs: Any = random_inputs(checked)
    for training in (False, True):
        outputs = [without_dropout(model)(inputs, training=training) for model in (first, second)]
        assert difference(*outputs) <= 1e-5


@pytest.mark.parametrize("style", ["subclass", "functional"])
@pytest.mark.parametrize("name", SNIPPETS)
def test_generated_saves_and_loads(name: str, style: Style, tmp_path: Any) -> None:
    checked = check_text(SNIPPETS[name])
    model = generated(checked, style)
    model.save(tmp_path / "model.keras")
    inputs = random_inputs(checked)
    assert difference(model(inputs), load_saved(tmp_path / "model.keras")(inputs)) <= 1e-6


def test_an_argument_reaches_a_branch_that_no_use_takes() -> None:
    text = "block unit(rate) { dense(3) -> if rate > 0 { dropout(rate) } }\nmodel m(rate = 0.0) { input 4\nunit(rate) }"
    model = generated(check_text(text), rate=0.5)
    assert model(random_inputs(check_text(text)), training=True).shape == (2, 3)


def test_a_branch_that_no_use_takes_is_for_the_data_that_there_is() -> None:
    text = "model m(wide = false) { input 6x8\nif wide { conv(4, 3, same) } else { dense(3) } }"
    model = generated(check_text(text), wide=True)
    assert model(random_inputs(check_text(text))).shape == (2, 6, 4)


HOSTILE = 'a """quoted""" \\ back\\slash {{ braces }} {% raw %} \u2028 line \x0b tab\t end"'


def test_text_of_a_spec_stays_text() -> None:
    checked = check_text(f'# {HOSTILE}\nmodel m(label = "x\\"\\n{{{{ y }}}}") {{\n  input 4\n  dense(2)\n}}')
    model = generated(checked)
    assert model.label == 'x"\n{{ y }}'
    assert '"""quoted"""' in type(model).__doc__
