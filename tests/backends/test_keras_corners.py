"""Corners of the language in generated code: each as a direct build, before and after saving, or a clear error."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archspec.backends.keras_code import Style, emit
from archspec.backends.keras_code.naming import KERAS_IMPORTS, file_stem
from archspec.diagnostics.diagnostic import CompileError
from archspec.diagnostics.source import Source
from archspec.driver import compile_source
from tests.backends.keras_models import (
    by_path,
    check_text,
    copy_random_weights,
    difference,
    direct,
    generated,
    load_module,
    load_saved,
    maker,
    random_inputs,
)

ROWS = {
    "a tuple compared in a block": (
        "block b(k) { if k == (3, 3) { conv(4, k, same) } else { conv(2, k, same) } }\n"
        "model m(k = (3, 3)) { input 6x6x2\n"
        "b(k) -> b((1, 1)) }"
    ),
    "a model's list of tuples searched and joined": (
        "model m(spec = [(2, 8), (3, 4)], xs = [4]) { input 5\n"
        "for w in xs + [2] { dense(w) }\n"
        "if (2, 8) in spec { dense(8) }\n"
        "let all = spec + [(1, 1)]\n"
        "for (a, b) in all { dense(a * b) } }"
    ),
    "a parameter set again in a loop": (
        "model m(width = 4, n = 3) { input 5\nrepeat n { dense(width)\nlet width = width * 2 }\ndense(width) }"
    ),
    "a parameter set again in an `if` in a loop": (
        "model m(width = 4, stages = [1, 2]) { input 5\n"
        "for (i, n) in enumerate(stages) {\n"
        "  if i > 0 { let width = width * 2 }\n"
        "  dense(width) * n\n"
        "} }"
    ),
    "a block's parameter set again on one side": (
        "block b(w, big = false) { if big { let w = w * 2 }\ndense(w)\nif w > 8 { dense(w) } }\ninput 5\nb(4) -> b(5, big)"
    ),
    "parts of a tuple set again in a loop": (
        "block b((a, c)) { repeat 2 { dense(a)\nlet a = a * c } }\ninput 5\nb((2, 3))"
    ),
    "a captured variable set again in a loop": (
        "block outer(m) {\n"
        "  let u = m\n"
        "  block inner(n) { repeat n { dense(u)\nlet u = u + 1 } }\n"
        "  inner(2) -> inner(3) -> dense(u)\n"
        "}\n"
        "input 5\n"
        "outer(3)"
    ),
    "a loop's variable that hides a parameter": (
        "model m(w = 3, ws = []) { input 4\nfor w in ws { dense(w) }\ndense(w) }"
    ),
    "a default captured from the block around": (
        "block outer(w) {\n"
        "  block inner(n, k = w) { dense(n) -> dense(k) }\n"
        "  inner(3) -> inner(4, 5)\n"
        "}\n"
        "input 4\n"
        "outer(6) -> outer(2)"
    ),
    "a default from the shape, read by an if": (
        "block f(w = channels) { if w > 8 { dense(3) } else { dense(4) } }\ninput 5\nf -> dense(12) -> f -> f(9)"
    ),
    "a default from the shape, read by a function": (
        "block f(n = channels) { mean(axis = n - 2) }\ninput 6x3\nf -> dense(2)"
    ),
    "a default from a default from the shape": (
        "block f(w = channels, k = 2 * w, (p, q) = (k, 3)) { dense(w) -> dense(k) -> dense(p + q) }\n"
        "input 5\n"
        "f -> f(2) -> f(2, 3)"
    ),
    "a tensor parameter called x": "block fuse(x) { add(x, _) }\ninput 4\ndense(4) as y -> dense(4) -> fuse(y)",
    "a tensor parameter renamed before its length is read": (
        "block f(other) { dense(5) as other\ndense(other.channels) }\ninput 4\ndense(3) as o -> f(o)"
    ),
    "a tensor parameter renamed in a loop": (
        "block f(m) { repeat 2 { dense(m.channels)\ndense(7) as m } }\ninput 4\ndense(3) as o -> f(o)"
    ),
    "an input's name given to another tensor": "input a: 4\ndense(5) as a\ndense(3) -> concat(_, a)",
    "an input's name given to another tensor in a branch": ("input a: 4\nadd { | dense(4) as a | skip }\nconcat(_, a)"),
    "a name given again while a branch is on its tensor": (
        "input 4\n"
        "dense(4) as h\n"
        "dense(4) as g\n"
        "from h\n"
        "add { | dense(4) as h | skip | from g }\n"
        "concat { | from h | dense(4) as h }"
    ),
    "quotients of sums, extremes and conditionals": (
        "block f(xs, k) { dense(sum(xs) / 2) -> dense(max(xs) / k) -> dense((4 if k == 2 else 6) / 2) -> dense(min(8, 4 * k) / 2) }\n"
        "input 4\n"
        "f([2, 4], 2) -> f([6, 8], 4)"
    ),
    "a quotient that is whole in the first iteration only": (
        "input 4\nfor i in 1..4 { dense(3) -> rescaling(1 / i) }\nlet r = 12 / 4\ndense(r)"
    ),
    "a quotient that is whole in one use only": (
        "block f(n) { let h = n / 2\nif n % 2 == 0 { dense(h) } else { rescaling(h) } }\ninput 4\nf(4) -> f(3)"
    ),
    "a quotient of a sum with a length": (
        "block f { dense((channels + 1) / 2) -> dense(2 * channels / 3) }\ninput 5\nf"
    ),
    "a quotient by a prime": "block f { dense(channels / 11) }\ninput 22\nf",
    "a loop variable set again": "input 4\nfor i in 0..3 { let i = i * 0\ndense(8 + i) }",
    "a loop variable set again in a block": (
        "block b(n) { for i in 0..n { let i = i * 0\ndense(8 + i) } }\ninput 4\nb(3)"
    ),
    "loops in loops of one variable": (
        "block b(n) { for i in 0..n { for i in 0..2 { dense(8 + i) }\n"
        "dense(i) } }\n"
        "input 4\n"
        "b(3)\n"
        "for i in 0..2 { for i in [2, 3] { dense(8 + i) } }"
    ),
    "counters set again": (
        "input 4\n"
        "repeat 3 as i { let i = 2\n"
        "dense(8 + i) }\n"
        "for (i, w) in enumerate([3, 4]) { let i = 1\n"
        "let w = w + i\n"
        "dense(w) }"
    ),
    "loops over nothing": "input 4\nfor v in [] { let w = v }\nfor (a, b) in [] { dense(a) }\ndense(2)",
    "a loop over nothing in a block": (
        "block b(vs) { for v in vs { let w = v\ndense(w) } }\ninput 4\nb([]) -> dense(2)"
    ),
    "a shared step in an if": (
        "block b(n) { if n > 2 { shared enc = dense(4)\nenc -> enc } else { dense(3) } }\ninput 4\nb(3) -> b(1)"
    ),
    "a shared step in an if, used in a loop": (
        "block b(n) { dense(4) -> dense(channels)\n"
        "if n > 2 { shared enc = dense(4)\n"
        "repeat n { enc } } }\n"
        "input 4\n"
        "b(3) -> b(1)"
    ),
    "a shared step used twice an iteration": (
        "block b(n) { shared enc = dense(4)\nrepeat n { enc -> enc } }\ninput 4\nb(3)"
    ),
    "two tensors for one parameter": (
        "block fuse(ab) { concat(ab[0], ab[1], _) }\n"
        "input 4\n"
        "dense(3) as a -> dense(5) as b -> dense(2) -> fuse((a, b)) -> fuse((b, a))"
    ),
    "several tensors for one parameter, and a length of theirs": (
        "block fuse(ab, n) { dense(ab[1].channels) as z\n"
        "for i in 0..n { concat(ab[i], _) -> dense(channels) } }\n"
        "input 4\n"
        "dense(3) as a -> dense(5) as b -> dense(2) -> fuse((a, b), 2) -> fuse((b, a, a), 3)"
    ),
    "one tensor or two for one parameter": (
        "block fuse(t, many) { if many { add(t[0], t[1], _) } else { add(t, _) } }\n"
        "input 4\n"
        "dense(4) as a -> dense(4) as b -> fuse((a, b), true) -> fuse(a, false)"
    ),
    "parameters that differ by an underscore": "block f(a, _a) { dense(a) -> dense(_a) }\ninput 4\nf(2, 3)",
    "tensor parameters that differ by an underscore": (
        "block f(a, _a, inputs1, inputs, input_shape) { add(a, _a, inputs1, inputs, input_shape, _) }\n"
        "input 4\n"
        "dense(4) as p -> dense(4) as q -> dense(4) as r -> dense(4) as s -> dense(4) as t -> dense(4) -> f(p, q, r, s, t)"
    ),
    "a tensor parameter called as an input": (
        "block f(inputs1, n) { concat -> dense(n) -> add(inputs1, _) }\n"
        "input a: 4\n"
        "input b: 3\n"
        "dense(5) as t\n"
        "from a, b -> f(t, 5)"
    ),
    "a tensor parameter called as another's shape": (
        "block f(a_shape, a) { dense(a.channels) -> dense(a_shape.channels + 1) -> concat(a, a_shape, _) }\n"
        "input 4\n"
        "dense(3) as p -> dense(5) as q -> f(p, q)"
    ),
    "a tensor and a value that differ by an underscore": (
        "block f(_t, t) { dense(t) -> add(_t, _) }\ninput 4\ndense(3) as p -> f(p, 3)"
    ),
    "blocks called as the classes a module brings along": (
        "block local_response_normalization(n) { dense(n) }\n"
        "block free_weight { dense(3) }\n"
        "input 4x3\n"
        "local_response_normalization(3) -> lrn -> free_weight as x -> weight(3) as w\n"
        "add(x, w)"
    ),
    "blocks called as what a module imports": (
        "block layers(n) { dense(n) }\n"
        "block keras(n) { dense(n) }\n"
        "block any(n) { dense(n) }\n"
        "block Unit(Unit, make_divisible) { dense(Unit) -> any(make_divisible(make_divisible, 8)) }\n"
        "input 4\n"
        "layers(2) -> keras(3) -> any(4) -> Unit(2, 9)"
    ),
    "parameters called as classes and modules": (
        "block inner(n) { dense(n) }\n"
        "block outer(Inner, layers, math) { inner(Inner) -> dense(floor(math / 2)) -> dense(layers) }\n"
        "input 4\n"
        "outer(3, 5, 2)"
    ),
    "items of shapes": (
        "block b(k) { dense(shape[0] + k) -> dense(shape[-1] * 2) -> dense(shape[k]) }\n"
        "model m(k = 1) { input h: 6x8\nb(1) -> dense(h.shape[-2]) -> dense(shape[k]) -> dense(h.shape[1]) }"
    ),
    "an open length halved and not used": "input (T, 8)\nlet t = shape[0] // 2\ndense(4)",
    "a known length beside an open one": (
        "block f(t) { dense(channels // 2) -> if t == 3 { dense(2) } }\ninput (T, 8)\nf(3)"
    ),
    "inputs of related open lengths": "input a: (T, 8)\ninput b: (2 * T, 8)\nconcat(a, b, axis=1) -> dense(2)",
    "an initializer held in a let": (
        "let w = normal(0.02)\ninput 8\ndense(8, kernel_initializer=w) -> dense(8, kernel_initializer=w)"
    ),
    "an initializer held in a parameter": (
        "block two(w = normal(0.02)) { dense(8, kernel_initializer=w) -> dense(8, kernel_initializer=w) }\n"
        "input 8\n"
        "two -> two(uniform(-0.1, 0.1)) -> two(he_normal) -> two"
    ),
    "a wrapped layer of two ranks": (
        "block b { time_distributed(conv(3, 3, same)) }\n"
        "input a: 4x6x2\n"
        "input b: 4x6x6x2\n"
        "from a -> b -> flatten as fa\n"
        "from b -> b -> flatten\n"
        "concat(_, fa)"
    ),
    "a block called as an iteration of another": (
        "block unit(w) { dense(w) }\nblock unit_1(w) { dense(w) }\ninput 8\nrepeat 2 { unit(8) }\nunit_1(8)"
    ),
    "a shared step called as an iteration": (
        "input 8\nshared dense_0 = dense(8)\ndense_0 -> dense_0\nrepeat 2 { dense(8) }"
    ),
    "an output named before more is": "input 4\ndense(4) as a\noutput a\ndense(3) as a",
    "a number and a tuple for one parameter": ("block r(n) { reshape(n) }\ninput 2x3\nr(6) -> r((3, 2)) -> dense(2)"),
    "a tuple and a number for one parameter": ("block r(n) { reshape(n) }\ninput 2x3\nr((3, 2)) -> r(6) -> dense(2)"),
    "one of several results renamed in a branch": (
        "input 4\ndense(8) -> split(2) as (a, b)\nadd { | dense(4) as a | skip }\nconcat(_, a)"
    ),
    "a variable set on both sides of an if": (
        "block f(n) { if n > 2 { let w = 4 } else { let w = 5 }\ndense(w) -> dense(n) }\ninput 4\nf(2) -> f(3)"
    ),
    "conditions and arithmetic": (
        "block f(n, k) { if not (n == 2 or k) { dense(3) }\n"
        "if n in [2, 3] and not k { dense(n) }\n"
        "let z = -n ** 2 + 20\n"
        "dense(z) -> dense((n + 2) * 3 % 5 + 1) }\n"
        "input 4\n"
        "f(2, false) -> f(3, true)"
    ),
    "loop variables after their loops": (
        "block b(ws) { for w in ws { dense(w) }\n"
        "dense(w + 1) }\n"
        "input 4\n"
        "b([2, 3])\n"
        "for (i, w) in enumerate([3, 4]) { dense(w) }\n"
        "dense(i + w)"
    ),
    "loop variables of one letter that nothing reads": (
        "block b(ws) { for f in ws { dense(3) -> if channels > 3 { relu } }\n"
        "for (o, r) in enumerate(ws) { dense(r) -> if channels > 3 { relu } } }\n"
        "input 4\n"
        "b([2, 3])"
    ),
    "loops over pairs that nothing reads": (
        "block b(ws) { for (a, c) in zip(ws, ws) { dense(3) -> if channels > 3 { relu } } }\n"
        "input 4\n"
        "b([2, 3])\n"
        "for (a, c) in zip([3, 4], [5, 6]) { dense(3) }"
    ),
    "ranges as lists": (
        "block b(ws, k) { let all = ws + (0..2)\n"
        "for w in all { dense(w + 1) }\n"
        "if ws == (1..3) { dense(2) }\n"
        "dense(sum(0..k) + len(range(3)) + (0..4)[1]) }\n"
        "input 4\n"
        "b(1..3, 4) -> b([1, 5], 3)"
    ),
    "a block of several outputs used twice": (
        "block b(n) { dense(3) as a -> dense(n) as c\n"
        "output a, c }\n"
        "input 4\n"
        "b(3) as (p, q)\n"
        "concat(p, q) -> b(2) as (p, q)\n"
        "concat(p, q)"
    ),
    "a block of two inputs and of three": (
        "block b(n) { concat -> dense(n) }\n"
        "input a: 4\n"
        "input b: 3\n"
        "dense(2) as c\n"
        "from a, b -> b(3) as d\n"
        "from a, b, c -> b(3)\n"
        "add(_, d)"
    ),
    "ifs that hold nothing": (
        "block b(n) { if n > 2 { let w = 3 } else { dense(n) }\n"
        "if n > 5 { let w = 4 }\n"
        "dense(2) }\n"
        "input 4\n"
        "b(3) -> b(2)"
    ),
    "an open length halved in a block and not used": (
        "block half { let t = shape[0] // 2\nlet c = channels // 2\ndense(c) }\ninput (T, 8)\nhalf"
    ),
    "a tensor captured from the block around": (
        "block outer(w) { dense(w) as h\n"
        " block inner(n) { dense(n) -> add(_, h) }\n"
        " inner(w) -> inner(w) }\n"
        "input 4\n"
        "outer(3) -> outer(5)"
    ),
    "a tensor parameter handed on in a loop": (
        "block f(m) { repeat 2 { add(_, m) -> dense(4) as m } }\ninput 4\ndense(4) as o -> dense(4) -> f(o)"
    ),
    "an initializer held for a layer in a layer": (
        "block f(w) { bidirectional(lstm(3, kernel_initializer=w, return_sequences)) -> bidirectional(lstm(3, kernel_initializer=w, return_sequences)) }\n"
        "input 5x6\n"
        "f(normal(0.1)) -> f(glorot_normal(seed=1))"
    ),
    "an activation held in a parameter": (
        "block f(a = leaky_relu(0.1) as activation) { dense(3, a) -> dense(4, a) -> a }\n"
        "input 5\n"
        "f -> f(relu) -> f(elu(0.5))"
    ),
    "a regularizer held in a let": (
        "let r = l2(0.01)\ninput 5\ndense(3, kernel_regularizer=r) -> dense(4, kernel_regularizer=r)"
    ),
    "a model's parameters of words and nested tuples": (
        "model m(w = normal(0.02), k = (3, (4, 5))) { input 8\n"
        "let (a, (b, c)) = k\n"
        "dense(a, kernel_initializer=w) -> dense(b, kernel_initializer=w) -> dense(c)\n"
        "if k == (3, (4, 5)) { dense(2) } }"
    ),
    "quotients on a way that no use takes": (
        "block f(n, t = false) { if t { rescaling(1 / n) -> dense(n / 2) } else { dense(n) } }\ninput 4\nf(3)"
    ),
    "loops with their counters in one name": (
        "input 4\n"
        "repeat 2 as i { repeat 2 as i { dense(4 + i) } }\n"
        "for i in 0..2 { for (i, w) in enumerate([3, 4]) { dense(i + w) } }"
    ),
    "a tensor parameter renamed in a branch": (
        "block f(m) { add { | dense(m.channels) as m | dense(4) }\nconcat(m, _) }\ninput 4\ndense(4) as o -> f(o)"
    ),
    "more tensors named beside those of a parameter": (
        "block f(ab) { dense(3) as ab[2]\n"
        "dense(2) as ab[0]\n"
        "concat(ab[0], ab[1], ab[2]) as ab\n"
        "concat(ab, ab[1]) }\n"
        "input 4\n"
        "dense(3) as p -> dense(2) as q -> f((p, q)) -> f((q, p))"
    ),
    "more tensors named in a loop beside those of a parameter, and lengths of theirs": (
        "block f(ab, n) { for i in 0..n { dense(ab[i].channels + 1) as ab[i + 1] }\nconcat(ab[0], ab[n]) }\n"
        "input 4\n"
        "dense(3) as p -> dense(5) as q -> f((p, q), 1) -> f((p, q), 3)"
    ),
    "a tensor parameter and an index of its name": (
        "block f(t) { dense(3) as t[0]\nconcat(t[0], t) }\ninput 4\ndense(3) as p -> dense(2) -> f(p)"
    ),
    "a name with an index and without": (
        'input 4\ndense(3) as h\ndense(2) as h[0]\ndense(6) -> split(2) as (k["a"], k["b"])\n'
        'dense(5) as k\nconcat(h[0], h, k["b"], k)'
    ),
    "several results named by index in a loop": (
        "block f(n) { for i in 0..n { dense(4) -> split(2) as (a[i], b[i][i])\nfrom a[i] }\n"
        "concat(a[0], b[n - 1][n - 1]) }\n"
        "input 4\nf(2) -> f(3)"
    ),
    "choices in a row": (
        "block f(n, k = none) {\n"
        "  if k == none { dense(2) } else if n > 2 { dense(3) -> relu } else if n > 1 { dense(4) } else { dense(5) }\n"
        "  if none != k { if k != 3 { dense(6) } } else { if n == 3 { dense(7) } else if n in [4, 5] { dense(8) } }\n"
        "  if not (n in [1, 2]) { let z = 3 } else { dense(9) }\n"
        "}\n"
        "input 4\n"
        "f(2) -> f(3, k=3) -> f(0, k=2) -> f(1, k=5) -> f(4) -> f(3) -> f(2, k=3)"
    ),
    "flags compared": (
        "block f(n, big = false) { if big == true { dense(2) }\n"
        "if big != true and n == 3 { dense(3) }\n"
        "if not (big == false) or (n > 2) == false { dense(4) }\n"
        "dense(5 if true != big else 6) }\n"
        "input 4\n"
        "f(2) -> f(3, big) -> f(3) -> f(2, big)"
    ),
    "lists and tuples compared": (
        "block f(k) { if k == [1, 2] { dense(3) }\nif k == (1, 2) { dense(4) }\nif k in [(1, 2)] { dense(5) }\n"
        "if (1, [2, 3]) == [1, (2, 3)] { dense(6) }\nif [k] != ((1, 2),) { dense(7) } }\n"
        "input 4\n"
        "f((1, 2)) -> f([1, 2]) -> f([2, 1]) -> f(1x2)"
    ),
    "a model's list compared with a tuple": (
        "model m(ks = [1, 2], kt = (1, 2)) { input 4\nif ks == (1, 2) { dense(2) }\nif ks == kt { dense(3) } }"
    ),
    "a tensor parameter renamed in an if": (
        "block f(m, t) { if t { dense(3) as m } else { dense(2) }\n"
        "dense(m.channels) }\n"
        "input 4\n"
        "dense(4) as o -> f(o, true) -> f(o, false)"
    ),
}


@pytest.mark.keras
@pytest.mark.parametrize("style", ["subclass", "functional"])
@pytest.mark.parametrize("name", ROWS)
def test_generated_equals_direct_before_and_after_saving(name: str, style: Style, tmp_path: Path) -> None:
    import keras

    checked = check_text(ROWS[name])
    first, second = generated(checked, style), direct(checked)
    assert set(by_path(first)) == set(by_path(second))
    assert first.count_params() == second.count_params() == checked.figures.weights[checked.graph.main].total
    assert _shapes(first) == _shapes(second)
    copy_random_weights(first, second)
    inputs: Any = random_inputs(checked)
    assert difference(first(inputs), second(inputs)) <= 1e-5
    # The model of the module keeps its parameters; one made of the same layers keeps those of the blocks.
    for number, model in enumerate((first, keras.Model(first.inputs, first.outputs))):
        path = tmp_path / f"{number}.keras"
        model.save(path)
        assert difference(model(inputs), load_saved(path)(inputs)) <= 1e-6


def _shapes(model: Any) -> list[tuple[int | None, ...]]:
    return [tuple(output.shape) for output in model.outputs]


UNSUPPORTED = {
    "a step of two ranks in a loop": (
        "input 8x8x2\nfor r in [2, 1] { conv(4, 3, same)\nif r == 2 { reshape(64, 4) } }",
        "`conv` is `Conv2D` in one iteration of its loop and `Conv1D` in another",
        "if … { … } else { … }",
        2,
    ),
    "a block of two classes in a loop": (
        "block c { conv(4, 3, same) }\ninput 8x8x2\nfor r in [2, 1] { c\nif r == 2 { reshape(64, 4) } }",
        "`c` is the class `C` in one iteration of its loop and the class `C2` in another",
        "if … { … } else { … }",
        3,
    ),
    "arithmetic on an open length": (
        "block f(t) { dense(4) -> if t == 3 { dense(2) } }\ninput (T, 8)\nf(shape[0] // 2)",
        "a length that the input leaves open",
        "a number",
        1,
    ),
    "open lengths compared": (
        "input a: (T, 8)\ninput b: (S, 8)\nfrom a\nif a.shape[0] == b.shape[0] { dense(2) } else { dense(3) }\n"
        "concat { | gap | from b -> gap }",
        "a length that the input leaves open",
        "a number",
        4,
    ),
    "none where the default is worked out": (
        "block c(n, m = n) { dense(n) -> if m != none { dense(m) } }\ninput 4\nc(3, m=none)",
        "`m` is given `none`",
        "of its own for `none`",
        3,
    ),
    "words with arguments compared": (
        "block b(w) { if w == normal(0.02) { dense(3) } else { dense(2, kernel_initializer=w) } }\n"
        "input 4\nb(normal(0.02)) -> b(zeros)",
        "compares words with arguments",
        "a flag or a number",
        1,
    ),
    "outputs that an if decides": (
        "block b(n) { dense(3) as a\nif n > 2 { output a } else { dense(2) } }\ninput 4\nb(3)",
        "depends on an `if`",
        "as result",
        2,
    ),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_has_no_code_says_what_to_do(name: str) -> None:
    text, message, help, line = UNSUPPORTED[name]
    with pytest.raises(CompileError) as caught:
        emit(check_text(text))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "unsupported-code"
    assert message in diagnostic.message
    assert help in diagnostic.help
    assert diagnostic.span is not None
    assert diagnostic.span.line == line


@pytest.mark.keras
@pytest.mark.parametrize(
    "text",
    [
        "let w = normal(0.02)\ninput 8\ndense(8, kernel_initializer=w) -> dense(8, kernel_initializer=w)",
        "model m(w = normal(0.02)) { input 8\nrepeat 2 { dense(8, kernel_initializer=w) } }",
        "block b(w = normal(0.02)) { dense(8, kernel_initializer=w) }\ninput 8\nb -> b",
        "block b(w) { repeat 2 { dense(8, kernel_initializer=w) } }\ninput 8\nb(normal(0.02))",
    ],
)
def test_no_two_layers_share_an_initializer(text: str) -> None:
    model = generated(check_text(text))
    first, second = (weight for weight in model.weights if weight.path.endswith("kernel"))
    assert difference(first, second) > 0


#: Names of parameters, and those of their arguments: another where Keras, Python or the code itself has it.
ARGUMENTS = {
    **{name: name for name in ("layers", "metrics", "losses", "weights", "call", "build", "training", "inputs")},
    **{name: name for name in ("outputs", "x", "x2", "config", "parameters", "train", "features", "image")},
    **{name: f"{name}_" for name in ("name", "dtype", "trainable", "autocast", "input_shape", "cls", "kwargs")},
    **{name: f"{name}_" for name in ("self", "keras", "math", "lambda", "max", "len", "print")},
    "_width": "width",
    "name_": "name_2",
}


@pytest.mark.keras
@pytest.mark.parametrize("style", ["subclass", "functional", "sequential"])
@pytest.mark.parametrize("kind", ["model", "block"])
def test_a_parameter_keeps_its_name_wherever_it_can(kind: str, style: Style, tmp_path: Path) -> None:
    parameters = ", ".join(f"{name} = {number}" for number, name in enumerate(ARGUMENTS, 2))
    uses = "\n".join(f"dense({name})" for name in ARGUMENTS)
    body = f"{uses}\nlrn -> flatten -> bn"
    inner = f"block b({parameters}) {{ {body} }}\nmodel m {{ input 8x8x3\nb(layers=40)\nb }}"
    checked = check_text(inner if kind == "block" else f"model m({parameters}) {{ input 8x8x3\n{body} }}")
    module = load_module(checked, style)
    arguments = {name: number for number, name in enumerate(ARGUMENTS.values(), 2)}
    if kind == "model":
        # Each dense layer has as many units as its parameter says.
        model = maker(module)(**{**arguments, "layers": 40})
        sizes = [3, 40, *range(3, 2 + len(ARGUMENTS))]
        assert model.count_params() == _dense(sizes) + 4 * 64 * sizes[-1]
        if style == "subclass":
            assert model.get_config() == {"name": "m", **arguments, "layers": 40}
            assert type(model).from_config(model.get_config()).count_params() == model.count_params()
            assert module.M(name="other").name == "other"
    else:
        model = maker(module)()
        if style == "subclass":
            block = module.B(**arguments, name="c", dtype="float16", trainable=False)
            config = block.get_config()
            assert {key: config[key] for key in arguments} == arguments
            assert type(block).from_config(config).get_config() == config
            assert (block.name, block.compute_dtype, block.trainable) == ("c", "float16", False)
    model.save(tmp_path / "m.keras")
    loaded = load_saved(tmp_path / "m.keras")
    inputs = random_inputs(checked)
    assert difference(model(inputs), loaded(inputs)) <= 1e-6


def _dense(sizes: list[int]) -> int:
    return sum(units * (channels + 1) for channels, units in pairwise(sizes))


@pytest.mark.keras
@pytest.mark.parametrize("name", ["keras", "numpy", "typing"])
def test_a_file_named_like_a_module_runs_by_itself(name: str, tmp_path: Path) -> None:
    checked = compile_source(Source(f"{name}.arch", "input 4\ndense(2)")).checked()
    artifact = emit(checked)
    assert artifact.name == f"{name}_model.py"
    (tmp_path / artifact.name).write_text(str(artifact.content))
    done = subprocess.run([sys.executable, artifact.name], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Total params: 10" in done.stdout


@pytest.mark.keras
def test_the_modules_that_keras_imports_are_known() -> None:
    code = "import keras, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {name for name in done.stdout.split() if name.isidentifier() and not name.startswith("_")}
    assert names - sys.stdlib_module_names <= KERAS_IMPORTS


def test_a_file_does_not_stand_in_for_the_module_of_a_layer_of_the_users_own() -> None:
    text = 'extern layer rotary(dim) from "rotary.layers:Rotary" { shape (d) -> (dim) }\ninput 4\nrotary(3)'
    artifact = emit(compile_source(Source("rotary.arch", text)).checked())
    assert artifact.name == "rotary_model.py"
    assert "\nimport rotary.layers\n" in str(artifact.content)
    assert file_stem("lenet") == "lenet"


def test_a_module_of_the_users_own_called_layers_is_not_that_of_keras() -> None:
    text = (
        'extern layer rotary(dim, base = 2) from "layers:Rotary" { shape (d) -> (dim) }\n'
        "input 4\nrotary(3) -> rotary(base=5, dim=4) -> dense(2)"
    )
    content = str(emit(check_text(text)).content)
    assert "import layers as layers_\n" in content
    assert 'layers_.Rotary(3, name="rotary1")' in content
    assert 'layers_.Rotary(4, 5, name="rotary2")' in content
