"""What is meant earns no warning. (What earns one stands in `tests/cases/errors/warnings.arch`.)"""

from __future__ import annotations

import pytest

from archspec.analysis.lints import LINTS, ON_DEMAND
from archspec.diagnostics import Source
from archspec.diagnostics.codes import CODES
from archspec.diagnostics.policy import Policy
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs

MEANT = {
    "an activation after a merge of activated branches": "input 8x8x3; add { | conv(3, 1x1, relu) | skip } -> relu",
    "an activation after a pool": "input 8x8x3; conv(3, 1x1, relu) -> max_pool(2x2) -> relu",
    "an activation after a recurrent layer, whose own is inside": "input 60x8; lstm(4) -> relu",
    "a linear activation": "input 8; dense(3, linear) -> relu",
    "an activation that branches off": "input 8; dense(3) as x; relu -> dense(3); add(x, _) -> relu",
    "attention weights": "input 10x8; softmax -> dense(4, softmax)",
    "a softmax along another axis": "input 10x1; softmax(axis=1)",
    "a sigmoid of one number": "input 8; dense(1, sigmoid)",
    "a 1x1 kernel on a single position": "input 4x4x8; max_pool(4x4) -> conv(8, 1x1)",
    "a large kernel on one row": "input 1x60x8; conv(8, 1x3, same)",
    "a sequence by its layer's full name": "input 28x28; conv1d(8, 3)",
    "a sequence longer than it is wide": "input 100x28; conv(8, 3)",
    "a short sequence": "input 4x4; conv(8, 3)",
    "a square of tokens": "input 64x64; dense(8) -> lstm(4)",
    "a square that a layer made": "input 30x64; conv1d(28, 3) -> conv(8, 3)",
    "a square image with channels": "input 28x28x1; conv(8, 3)",
    "dropout before the last layer": "input 8; dense(8, relu) -> dropout(0.5) -> dense(3)",
    "dropout after a part of a network": "input 32x32x3; CBAPD(6)",
    "a normalized embedding": "input 8; dense(3) -> layer_norm",
    "a condition on a parameter": "model m(deep = false) { input 8; if deep { relu }; dense(3) }",
    "a condition on a shape": "input 8; if channels > 9 { relu }; dense(3)",
    "a loop over a parameter": "model m(widths = []) { input 8; for w in widths { dense(w) }; dense(3) }",
    "a block that a block uses": "block a { relu }; block b { a -> dense(3) }; input 8; b",
    "a block that another model uses": "block a { relu }; model m { input 8; dense(3) }; model n { input 8; a }",
    "a block with a quiet name": "block _spare { relu }; input 8; dense(3)",
    "a parameter that a default reads": "block b(n, m = n * 2) { dense(m) }; input 8; b(3)",
    "a parameter that an inner block reads": "block b(n) { block c { dense(n) }; c }; input 8; b(3)",
    "a parameter that is a tensor": "block b(x) { add(x, _) }; input 8; relu as y; b(y)",
    "a quiet parameter": "block b(n, _old = 3) { dense(n) }; input 8; b(3)",
    "a variable that a loop hands on": "input 8; let n = 2; repeat 3 { dense(n); let n = n * 2 }",
    "a variable that an expectation reads": "input 8; let n = 3; dense(3); expect n",
    "an index that nothing reads": "input 8; repeat 3 as i { dense(8) }; for (i, w) in [(0, 3)] { dense(w) }",
    "a name for the result": "input 8; dense(3) as logits",
    "a name whose shape is read": "input 8; relu as x; dense(x.channels)",
    "a name that a block captures": "block b(n) { relu as x; block c { add(x, _) }; dense(n) -> dense(x.channels) -> c }; input 8; b(3)",
    "one result of several": "input 60x8; lstm(4, return_state) as (out, h, c); add(h, c)",
    "a shared step used once": "input 8; shared f = dense(3); f",
}


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_earns_no_warning(name: str) -> None:
    compiled = compile_source(
        Source("net.arch", MEANT[name].replace("; ", "\n")), model="m" if "model m" in MEANT[name] else None
    )
    assert [f"{d.severity}[{d.code}]" for d in compiled.diagnostics] == []


def test_every_lint_is_explained() -> None:
    assert all(CODES[code].severity == "warning" for code in LINTS)
    assert {code for code, known in CODES.items() if known.on_demand} == ON_DEMAND


@pytest.mark.parametrize("path", shipped_specs(), ids=lambda path: path.stem)
def test_shipped_specs_earn_no_warning(path) -> None:
    for spec in each_model(str(path)):
        assert [d for d in compile_spec(spec).diagnostics if d.severity == "warning"] == []


def test_allowed_and_denied() -> None:
    source = Source("net.arch", "input 8\nlet n = 3\ndense(1, softmax)\n")

    def found(**policy: frozenset[str]) -> list[tuple[str, str]]:
        return [(d.severity, d.code) for d in compile_source(source, policy=Policy(**policy)).diagnostics]

    both = [("warning", "unused-variable"), ("warning", "softmax-of-one")]
    assert found() == both
    assert found(allow=frozenset({"unused-variable"})) == both[1:]
    assert found(deny=frozenset({"softmax-of-one"})) == [both[0], ("error", "softmax-of-one")]
    assert found(deny=frozenset({"warnings"}), allow=frozenset({"softmax-of-one"})) == [("error", "unused-variable")]
    assert found(allow=frozenset({"warnings"})) == []
    # A code that is no warning is not silenced.
    wrong = compile_source(
        Source("net.arch", "input 8\ndense(0)\n"), policy=Policy(allow=frozenset({"warnings", "invalid-argument"}))
    )
    assert [d.code for d in wrong.diagnostics] == ["invalid-argument"]
