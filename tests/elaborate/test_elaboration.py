"""What specs come to, by hand: paths and shapes of their layers, parameters, outputs, and how much is shared."""

from __future__ import annotations

import pytest

from archspec.ir.graph import BlockNode, RepeatNode
from archspec.ir.leaves import leaves
from tests.elaborate.spec_cases import compile_ok, outline, total

ROWS = {
    "names: used once": ("input 8; dense(4) -> relu", ["dense 4", "relu 4"]),
    "names: used twice": ("input 8; dense(4) -> dense(2)", ["dense1 4", "dense2 2"]),
    "names: an alias is another name": ("input 8x8x3; conv(4, 1) -> conv2d(2, 1)", ["conv 8x8x4", "conv2d 8x8x2"]),
    "names: a part that is not taken counts": (
        "input 8; if channels > 9 { dense(3) } else { dense(4) }",
        ["dense2 4"],
    ),
    "names: one that is another's iteration": (
        "block unit(w) { dense(w) }; block unit_1(w) { dense(w) }; input 8; repeat 2 { unit(8) }; unit_1(8)",
        ["unit_0/dense 8", "unit_1/dense 8", "unit_1b/dense 8"],
    ),
    "names: an iteration of one that is taken": (
        "block unit(w) { dense(w) }; block unit_1(w) { dense(w) }; input 8; unit_1(8); repeat 2 { unit(8) }",
        ["unit_1/dense 8", "unit2_0/dense 8", "unit2_1/dense 8"],
    ),
    "names: an iteration of one of several": (
        "block f(w) { dense(w) }; block f1_0_1(w) { dense(w) }; input 8; repeat 1 { f(8) * 2 }; f(4); f1_0_1(8)",
        ["f1_0_0/dense 8", "f1_0_1/dense 8", "f2/dense 4", "f1_0_1b/dense 8"],
    ),
    "names: numbers after a digit are letters": (
        "block f2(w) { dense(w) }; input 8; f2(8) -> f2(8)",
        ["f2a/dense 8", "f2b/dense 8"],
    ),
    "names: a shared step that is another's iteration": (
        "input 8; shared dense_0 = dense(8); dense_0 -> dense_0; repeat 2 { dense(8) }",
        ["dense_0 8", "dense_0 8", "dense2_0 8", "dense2_1 8"],
    ),
    "names: an input keeps its own": ("input dense: 8; dense(4)", ["dense2 4"]),
    "names: an input that comes later keeps its own": (
        "input a: 8; dense(4) as h; input dense: 4; relu; output h, _",
        ["dense2 4", "relu 4"],
    ),
    "letters": (
        "input 32x32x3; CBAPD(6, 5x5)",
        ["conv 32x32x6", "bn 32x32x6", "act 32x32x6", "pool 16x16x6", "dropout 16x16x6"],
    ),
    "letters: pre-activation": ("input 9x9x3; BAC(8)", ["bn 9x9x3", "act 9x9x3", "conv 9x9x8"]),
    "letters: quoted": ('input 9x9x3; "CP"(8)', ["conv 9x9x8", "pool 5x5x8"]),
    "letters: a pool of 3 keeps the stride": ("input 9x9x3; CP(8, p3)", ["conv 9x9x8", "pool 5x5x8"]),
    "letters: pool and stride": ("input 9x9x3; CP(8, p3/3)", ["conv 9x9x8", "pool 3x3x8"]),
    "letters: pool padding": ("input 9x9x3; CP(8, pool_padding=valid)", ["conv 9x9x8", "pool 4x4x8"]),
    "letters: stride and padding of the convolution": ("input 9x9x3; CN(8, s2, valid)", ["conv 4x4x8", "lrn 4x4x8"]),
    "letters: twice the same": ("input 9x9x3; CC(8)", ["conv1 9x9x8", "conv2 9x9x8"]),
    "letters: one": ("input 9x9x3; P", ["pool 5x5x3"]),
    "letters: by rank": ("input 9x3; CP(8)", ["conv 9x8", "pool 5x8"]),
    "repeat": ("input 8; repeat 2 { dense(8) }", ["dense_0 8", "dense_1 8"]),
    "repeat: the shape changes": ("input 3; dense(8) * 3", ["dense_0 8", "dense_1 8", "dense_2 8"]),
    "repeat: none": ("input 3; relu; repeat 0 { dense(8) }", ["relu 3"]),
    "repeat: in one another": (
        "input 8; repeat 2 { repeat 2 { relu }; tanh }",
        ["relu_0_0 8", "relu_0_1 8", "tanh_0 8", "relu_1_0 8", "relu_1_1 8", "tanh_1 8"],
    ),
    "repeat: index": ("input 8; repeat 3 as i { dense(i + 1) }", ["dense_0 1", "dense_1 2", "dense_2 3"]),
    "times: a group": ("input 8; (dense(4) -> relu) * 2", ["dense_0 4", "relu_0 4", "dense_1 4", "relu_1 4"]),
    "for: list": ("input 8; for n in [3, 3, 4] { dense(n) }", ["dense_0 3", "dense_1 3", "dense_2 4"]),
    "for: range": ("input 8; for n in 1..3 { dense(n) }", ["dense_0 1", "dense_1 2"]),
    "for: patterns": (
        "input 8; for (i, (n, m)) in enumerate([(3, 4), (5, 6)]) { dense(n * m + i) }",
        ["dense_0 12", "dense_1 31"],
    ),
    "for: zip and reversed": (
        "input 8; for (a, b) in reversed(zip([1, 2], [10, 20])) { dense(a + b) }",
        ["dense_0 22", "dense_1 11"],
    ),
    "if: else if": (
        "input 8; if channels < 8 { relu } else if channels == 8 { tanh } else { skip }",
        ["tanh 8"],
    ),
    "if: no else": ("input 8; relu; if false { dense(3) }", ["relu 8"]),
    "let: in a loop": (
        "input 8; let n = 1; repeat 3 { let n = n * 2; dense(n) }; dense(n)",
        ["dense1_0 2", "dense1_1 4", "dense1_2 8", "dense2 8"],
    ),
    "let: in a loop that may not run": (
        "input 8; let w = 8; repeat 3 { repeat 0 { let w = 16 }; dense(w); dense(8); let w = w * 2 }",
        ["dense1_0 8", "dense2_0 8", "dense1_1 16", "dense2_1 8", "dense1_2 32", "dense2_2 8"],
    ),
    "let: in a part that may not be taken": (
        "input 8; let w = 8; repeat 2 { if w > 99 { let w = 16 }; dense(w); dense(8); let w = w * 2 }",
        ["dense1_0 8", "dense2_0 8", "dense1_1 16", "dense2_1 8"],
    ),
    "let: a loop variable that may not be set": (
        "input 8; let w = 8; repeat 2 { for w in [] { relu }; dense(w); dense(8); let w = w * 2 }",
        ["dense1_0 8", "dense2_0 8", "dense1_1 16", "dense2_1 8"],
    ),
    "a loop variable keeps its last value": (
        "input 8; repeat 3 as k { dense(5) }; dense(k + 1); for n in [3, 3, 4, 4] { dense(n) }; dense(n)",
        [
            *("dense1_0 5", "dense1_1 5", "dense1_2 5", "dense2 3"),
            *("dense3_0 3", "dense3_1 3", "dense3_2 4", "dense3_3 4", "dense4 4"),
        ],
    ),
    "a loop variable keeps its last value: nothing made": (
        "input 8; for n in [3, 4, 5] { skip }; dense(n)",
        ["dense 5"],
    ),
    "let: a pattern": ("input 8; let (a, (b, c)) = (1, [2, 3]); dense(a + b + c)", ["dense 6"]),
    "ternary": ("input 8; for i in 0..2 { dense(3 if i == 0 else 4) }", ["dense_0 3", "dense_1 4"]),
    "short circuit": ("input 8; if true or 1 / 0 == 1 { relu }", ["relu 8"]),
    "arithmetic": ("input 8; dense(2 ** 3 + 7 // 2 - 7 % 4 + 6 / 2 * 10)", ["dense 38"]),
    "functions": (
        "input 8; dense(max(1, 5) + min([4, 2]) + sum([1, 2, 3]) + len([0] * 4) + round(2.6) + floor(1.9) + ceil(1.1))",
        ["dense 23"],
    ),
    "lists and tuples are equal where their items are": (
        "let k = [1, 2x3]; input 8; if k == (1, [2, 3]) { dense(3) }; if k != [[1], 2x3] and (1, 2x3) in [k] { dense(4) }",
        ["dense1 3", "dense2 4"],
    ),
    "make_divisible": ("input 8; dense(make_divisible(33)) -> dense(make_divisible(13, 8))", ["dense1 32", "dense2 16"]),
    "numbers": ("input 8; dense(1K) -> dense(1_0) -> dense(3 if 0.5 * 8 == 4 else 4)", ["dense1 1000", "dense2 10", "dense3 3"]),
    "a list's items": ("input 8; let xs = [1, 2] + [3]; dense(xs[0] + xs[-1])", ["dense 4"]),
    "in": ("input 8; if 3 in [1, 3] { relu }", ["relu 8"]),
    "shapes": ("input 6x5x4; reshape(height, width * channels) -> dense(rank) -> dense(shape[0])", ["reshape 6x20", "dense1 6x2", "dense2 6x6"]),
    "shape of a named tensor": (
        "input 8; relu as x; dense(3); dense(x.channels)",
        ["relu 8", "dense1 3", "dense2 8"],
    ),
    "from": (
        "input 8; relu as x; dense(3) as y; from x -> tanh; output _, y",
        ["relu 8", "dense 3", "tanh 8"],
    ),
    "layers that lead nowhere are left out": (
        "input 8; relu as x; dense(4); from x -> tanh; dense(3) as y; dense(5); from y",
        ["relu 8", "tanh 8", "dense2 3"],
    ),
    "iterations that lead nowhere are left out": (
        "input x: 8; dense(4); dense(4) * 3; from x -> dense(2)",
        ["dense3 2"],
    ),
    "from several": ("input 8; relu as x; dense(8) as y; from x, y -> add", ["relu 8", "dense 8", "add 8"]),
    "a name set again": (
        "input 8; dense(3) as x; dense(4) as x; tanh; from x -> add(_, _)",
        ["dense1 3", "dense2 4", "add 4"],
    ),
    "merge: branches": (
        "input 8; concat { | dense(3) -> relu | skip }",
        ["dense 3", "relu 3", "concat 11"],
    ),
    "merge: tensors": ("input 8; relu as x; dense(8) -> add(x, _)", ["relu 8", "dense 8", "add 8"]),
    "merge: in a merge": (
        "input 8; add { | concat { | dense(3) | dense(5) } | skip }",
        ["dense1 3", "dense2 5", "concat 8", "add 8"],
    ),
    "a branch without else is the identity": (
        "input 8; add { | dense(8) | if false { relu } }",
        ["dense 8", "add 8"],
    ),
    "a U-Net": (
        """input 16x16x1
        for (i, n) in enumerate([4, 8]) { conv(n, 3, same) as skips[i] -> max_pool(2) }
        for (i, n) in reversed(enumerate([4, 8])) { conv_transpose(n, 2, s2) -> concat(skips[i], _) }""",
        [
            "conv_0 16x16x4", "max_pool_0 8x8x4", "conv_1 8x8x8", "max_pool_1 4x4x8",
            "conv_transpose_0 8x8x8", "concat_0 8x8x16", "conv_transpose_1 16x16x4", "concat_1 16x16x8",
        ],
    ),
    "names with strings": (
        'input 8; dense(3) as h["a"]; tanh as t; from h["a"] -> relu; output _, t',
        ["dense 3", "tanh 3", "relu 3"],
    ),
    "a residual loop": (
        "input 8; dense(8) as h; repeat 2 { dense(8) -> add(_, h) as h }",
        ["dense1 8", "dense2_0 8", "add_0 8", "dense2_1 8", "add_1 8"],
    ),
    "a captured tensor in a loop": (
        "input 8; relu as x; repeat 2 { dense(8) -> add(_, x) }",
        ["relu 8", "dense_0 8", "add_0 8", "dense_1 8", "add_1 8"],
    ),
    "results": (
        "input 60x1; lstm(4, return_sequences, return_state) as (out, h, c); from c -> dense(2)",
        ["lstm 60x4 4 4", "dense 2"],
    ),
    "initial state": (
        "input a: 60x1; lstm(4, return_state) as (out, h, c); input b: 7x2; lstm(4, initial_state=(h, c))",
        ["lstm1 4 4 4", "lstm2 4"],
    ),
    "block": ("block b(n) { dense(n) -> relu }; input 8; b(3) -> b(4)", ["b1/dense 3", "b1/relu 3", "b2/dense 4", "b2/relu 4"]),
    "block: below its use": ("input 8; b(3)\nblock b(n) { dense(n) }", ["b/dense 3"]),
    "block: in a loop": ("block b { relu }; input 8; repeat 2 { b }", ["b_0/relu 8", "b_1/relu 8"]),
    "block: a loop in it": ("block b { relu * 2 }; input 8; b", ["b/relu_0 8", "b/relu_1 8"]),
    "block: defaults read what is before them": ("block b(n, m = n * 2) { dense(m) }; input 8; b(3)", ["b/dense 6"]),
    "block: a default reads the shape": ("block b(n = channels) { dense(n) }; input 8; b", ["b/dense 8"]),
    "block: spellings": (
        "block b(n, flag = false as 1x1, stride = 1 as s#, kernel = 3x3 as #x#) "
        "{ if flag { conv(n, kernel, s=stride) } else { relu } }\ninput 9x9x3; b(4, 1x1, s2, 5x5); b(4)",
        ["b1/conv 3x3x4", "b2/relu 3x3x4"],
    ),
    "block: flags by name": (
        "block b(flag = true) { if flag { relu } else { tanh } }; input 8; b(no_flag) -> b(flag) -> b",
        ["b1/tanh 8", "b2/relu 8", "b3/relu 8"],
    ),
    "block: short name": ("block b(stride = 1 as s#) { max_pool(1, s=stride) }; input 9x3; b(s=3)", ["b/max_pool 3x3"]),
    "block: patterns": ("block b(a, (n, (m, k))) { dense(a + n + m + k) }; input 8; b(1, (2, (3, 4)))", ["b/dense 10"]),
    "block: a tensor as argument": (
        "block b(other, n) { dense(n) -> add(_, other) }; input 8; dense(3) as x; tanh; b(x, 3)",
        ["dense 3", "tanh 3", "b/dense 3", "b/add 3"],
    ),
    "block: a tensor by name": (
        "block b(n, other) { dense(n) -> add(_, other) }; input 8; dense(3) as x; b(3, other=x)",
        ["dense 3", "b/dense 3", "b/add 3"],
    ),
    "block: several tensors at once": ("block b { add }; input 8; relu as x; tanh as y; from x, y -> b", ["relu 8", "tanh 8", "b/add 8"]),
    "block: a value or a tensor": (
        "block b(n) { dense(n) }; block c(t) { add(_, t) }; input 8; dense(8) as x; b(8) -> c(x)",
        ["dense 8", "b/dense 8", "c/add 8"],
    ),
    "nested: a variable": ("model m(n = 3) { block b { dense(n) }; input 8; b }", ["b/dense 3"]),
    "nested: a tensor": ("model m { input 8; relu as x; block b { dense(8) -> add(x, _) }; b * 2 }", ["relu 8", "b_0/dense 8", "b_0/add 8", "b_1/dense 8", "b_1/add 8"]),
    "nested: through two": (
        "model m { let n = 3; block a { block b { dense(n) }; b }; input 8; a }",
        ["a/b/dense 3"],
    ),
    "nested: the loop's variable": (
        "model m { input 8; block b { dense(i + 1) }; repeat 2 as i { b } }",
        ["b_0/dense 1", "b_1/dense 2"],
    ),
    "nested: a default reads around": ("model m { let n = 3; block b(k = n) { dense(k) }; input 8; b }", ["b/dense 3"]),
    "nested: one block, two meanings around it": (
        "block outer(p) { block inner { dense(p) }; inner }; input 8; outer(3) -> outer(4)",
        ["outer1/inner/dense 3", "outer2/inner/dense 4"],
    ),
    "own block wins": ("block transition(n) { dense(n) }; input 8; transition(3)", ["transition/dense 3"]),
    "nested block wins": ("model m { block relu { tanh }; input 8; relu }", ["relu/tanh 8"]),
    "a variable as step": ("let act = gelu; input 8; act", ["act 8"]),
    "shared": (
        "input 8; shared f = dense(8); f -> relu -> f",
        ["f 8", "relu 8", "f 8"],
    ),
    "shared: a block": (
        "block b { dense(8) }; input 8; shared f = b; f -> f -> b",
        ["f/dense 8", "f/dense 8", "b/dense 8"],
    ),
    "shared: in a loop": ("input 8; shared f = dense(8); repeat 2 { f -> relu }", ["f 8", "relu_0 8", "f 8", "relu_1 8"]),
    "shared: its arguments are those of the declaration": ("input 8; let n = 8; shared f = dense(n); let n = 3; f", ["f 8"]),
    "shared: under the name of a layer": ("input 8; shared dense = dense(8); dense -> dense", ["dense 8", "dense 8"]),
    "shared: takes no number": ("input 8; shared f = dense(8); f; dense(3)", ["f 8", "dense 3"]),
    "symbols": ("input (T, 8); conv1d(4, 3) -> max_pool(2)", ["conv1d (T - 2, 4)", "max_pool (T // 2 - 1, 4)"]),
    "symbols: equal names are one length": ("input a: (T, 8); input b: (T, 8); add(a, b)", ["add (T, 8)"]),
    "symbols: arithmetic": ("input (T, 8); relu; expect (shape[0] * 2 - T, 8)", ["relu (T, 8)"]),
    "symbols: in a later input": ("input (T, 8); input (2 * T + 1, 8); relu; expect (T + T + 1, 8)", ["relu (2*T + 1, 8)"]),
    "unknown": ("input ?x8; conv1d(4, 3) -> lstm(3)", ["conv1d ?x4", "lstm 3"]),
    "unknown agrees": ("input a: ?x8; input b: 5x8; add(a, b)", ["add ?x8"]),
    "a scalar": ("input (); reshape(1) -> dense(3)", ["reshape 1", "dense 3"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_outline(name: str) -> None:
    text, wanted = ROWS[name]
    assert outline(text.replace("; ", "\n")) == wanted


SHARED_PARAMS = {
    "input 8; shared f = dense(8); f -> f -> f": 72,
    "input 8; shared f = dense(8); repeat 10 { f }": 72,
    "input 8; shared f = dense(8); repeat 3 as i { f -> dense(8) }": 72 * 4,
    "block b { dense(8) -> bn }; input 8; shared f = b; repeat 5 { f }; b": 2 * (72 + 32),
    "input a: 8; input b: 8; shared f = dense(3); from a -> f as x; from b -> f as y; add(x, y)": 27,
    "block b { shared f = dense(8); f -> f }; input 8; b * 4": 4 * 72,
    "input 8; dense(8) * 7": 7 * 72,
    "input 3; repeat 5 { dense(8) }": 32 + 4 * 72,
    "input 8; for n in [8, 8, 8, 4, 4] { dense(n) }": 3 * 72 + 36 + 20,
    "block inner { dense(8) * 3 }; block outer { inner * 2 }; input 8; outer * 5": 30 * 72,
    "input 8; shared f = dense(8)\nrelu": 0,
}


@pytest.mark.parametrize("text", SHARED_PARAMS)
def test_params(text: str) -> None:
    assert total(text.replace("; ", "\n")) == SHARED_PARAMS[text]


def test_outputs_and_inputs_in_order() -> None:
    body = (
        compile_ok("input image: 8x8x3\ngap as a\ninput 5 : int32\nembedding(9, 4) -> gap as b\noutput b, a, b")
        .checked()
        .graph.body
    )
    assert [(p.name, str(p.type), p.type.dtype) for p in body.inputs] == [
        ("image", "8x8x3", "float32"),
        ("input", "5", "int32"),
    ]
    assert [(p.name, str(p.type)) for p in body.outputs] == [("b", "4"), ("a", "3"), ("b", "4")]


def test_several_current_tensors_are_several_outputs() -> None:
    body = compile_ok("input 8\ndense(3) as a\ndense(4) as b\nfrom a, b").checked().graph.body
    assert [str(port.type) for port in body.outputs] == ["3", "4"]


# --- how much is shared -----------------------------------------------------------------------------------------------


def sizes(text: str) -> tuple[int, int]:
    """Return the number of bodies, and of nodes in them all."""
    graph = compile_ok(text).checked().graph
    return len(graph.bodies), sum(len(body.nodes) for body in graph.bodies.values())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("input 8\ndense(8) * 1_000_000", (2, 2)),
        ("input 3\ndense(8) * 1_000_000", (2, 3)),  # the first one has another input
        (
            "input 8\nfor n in [8] * 5000 + [4] * 5000 { dense(n) }",
            (3, 5),
        ),  # the first of the narrow ones has another input
        ("input 8\nblock b { dense(8) -> relu }\nb * 1_000_000", (3, 4)),
        ("input 8\nblock b { dense(8) -> relu }\nb -> b -> b", (2, 5)),
        ("input 8\nblock b(n) { dense(n) }\nb(8) -> b(8) -> b(4)", (3, 5)),
        ("input 8\nrepeat 1000 { repeat 1000 { dense(8) -> relu } }", (3, 4)),
        ("input 8\nshared f = dense(8)\nrepeat 100_000 { f }", (2, 2)),
        ("input 8\nrelu as h\nrepeat 1000 { dense(8) -> add(_, h) as h }", (2, 4)),
        ("input 8\nrelu as h\nrepeat 1000 { dense(8) -> add(_, h) }", (2, 4)),
        ("input 8\nrepeat 1000 { dense(8) as h; relu; add(_, h) }", (2, 4)),
        ("input 8\nrelu\nrepeat 1_000_000 { skip }", (1, 1)),
        ("input 8\nrepeat 4 as i { if i == 0 { relu } else { tanh } }", (1, 4)),
    ],
)
def test_equal_parts_are_one(text: str, wanted: tuple[int, int]) -> None:
    assert sizes(text) == wanted


def test_a_million_layers() -> None:
    compiled = compile_ok("input 8\nblock b { dense(8) -> bn -> relu -> dropout(0.1) }\nb * 250_000")
    checked = compiled.checked()
    main = checked.graph.main
    assert checked.figures.layers[main] == 1_000_000
    assert checked.figures.weights[main].total == 250_000 * (72 + 32)
    assert checked.figures.macs[main] == 250_000 * 64


def test_equal_layers_are_counted_by_the_step_that_shares_them() -> None:
    text = "input 4\nshared a = dense(4)\nshared b = dense(4)\na -> b -> a -> dense(4) -> b -> dense(4)"
    checked = compile_ok(text).checked()
    main = checked.graph.main
    assert checked.figures.weights[main].total == 4 * (4 * 4 + 4)
    assert (checked.figures.macs[main], checked.figures.layers[main]) == (6 * 4 * 4, 6)


def test_a_repetition_hands_its_names_on() -> None:
    graph = compile_ok("input 8\nrelu as h\nrepeat 5 { dense(8) -> add(_, h) as h }\nadd(_, h)").checked().graph
    (node,) = (node for node in graph.body.nodes if isinstance(node, RepeatNode))
    assert (node.count, node.carried, len(node.inputs)) == (5, 2, 2)


def test_a_branch_hands_its_variables_on() -> None:
    """What a branch sets is what the next iteration reads: three equal iterations would be another network."""
    text = (
        "input 4\nlet n = 1\n"
        "repeat 3 { concat { | let n = n + 1; dense(n) | dense(2 * n) } -> dense(4) }\n"
        "if n == 4 { dense(n) }"
    )
    compiled = compile_ok(text).checked()
    found = [leaf.outputs[0].shape[-1] for leaf in leaves(compiled.graph) if leaf.layer.kind == "Dense"]
    assert found == [2, 4, 4, 3, 6, 4, 4, 8, 4, 4]


def test_a_loop_that_sets_its_own_variable_leaves_it_so() -> None:
    compiled = compile_ok("input 4\nrepeat 2 as n { for n in [3, 3, 5] { dense(4) } }\ndense(n)").checked()
    assert compiled.graph.body.outputs[0].type.shape == (5,)
    compiled = compile_ok("input 4\nrepeat 2 as n { let n = n + 5 }\ndense(n)").checked()
    assert compiled.graph.body.outputs[0].type.shape == (6,)


def test_a_repetition_keeps_what_it_only_reads() -> None:
    graph = compile_ok("input 8\nrelu as h\ntanh\nrepeat 5 { dense(8) -> add(_, h) }").checked().graph
    (node,) = (node for node in graph.body.nodes if isinstance(node, RepeatNode))
    assert (node.count, node.carried, len(node.inputs)) == (5, 1, 2)


def test_a_name_from_further_out_goes_round_an_inner_loop() -> None:
    text = "input 8\nrelu as h\nrepeat 2 { repeat 3 { from h -> dense(8) as h } }\nfrom h -> tanh"
    checked = compile_ok(text).checked()
    inner = [node for body in checked.graph.bodies.values() for node in body.nodes if isinstance(node, RepeatNode)]
    # Did each iteration begin with the first `h`, five of the six layers would lead nowhere.
    assert [node.carried for node in inner] == [2, 2]


def test_a_block_knows_the_arguments_it_was_given() -> None:
    graph = compile_ok("block b(n) { let n = n * 2; dense(n) }\ninput 8\nb(3)").checked().graph
    (node,) = (node for node in graph.body.nodes if isinstance(node, BlockNode))
    assert graph.bodies[node.body].arguments == (("n", 3),)
