"""Whatever is written, compiling ends with diagnostics and not with an exception; and what compiles is sound."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from archspec.diagnostics import Source, render
from archspec.driver import Compiled, compile_source
from archspec.elaborate.loops import Loops
from archspec.ir.json import from_json, to_json
from archspec.ir.leaves import leaves
from archspec.layers import registry
from archspec.syntax import lexing
from tests.elaborate.test_graph import check

NAMES = st.sampled_from(["a", "b", "c", "h", "T", "n", "x", "width", "channels", "relu", "same", "s2", "f", "block1"])
LAYERS = st.sampled_from(
    [*registry.layer_names(), *registry.words("activation"), "residual", "inception", "dense_block", "CBA"]
)
TOKENS = st.sampled_from(
    ["3x3", "s2", "same", "valid", "relu", "no_bias", "l2(0.1)", "d2", "g2", "p3/2", "k3", "1x1", "?", "_", "none"]
)
INPUTS = [
    "8",
    "8x8x3",
    "(T, 8)",
    "?x4",
    "6x4",
    "()",
    "4x4x4x2",
    "(T, U, 3)",
    "5 : int32",
    "x: 3x3x3",
    "(T // 2, 4)",
    "n",
]


def joined(*parts: object) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)  # type: ignore[arg-type]


numbers = st.sampled_from(["0", "1", "2", "3", "8", "-1", "0.5", "1K", "2.0", "16"])
expressions = st.recursive(
    st.one_of(numbers, NAMES, st.sampled_from(["true", "false", '"t"', "height", "rank", "shape", "h.channels"])),
    lambda inner: st.one_of(
        joined(
            "(",
            inner,
            st.sampled_from([" + ", " - ", " * ", " / ", " // ", " % ", " ** ", " == ", " < ", " and "]),
            inner,
            ")",
        ),
        joined("[", inner, ", ", inner, "]"),
        joined("(", inner, ", ", inner, ")"),
        joined("(", inner, " if ", inner, " else ", inner, ")"),
        joined(
            st.sampled_from(["len", "range", "enumerate", "reversed", "sum", "max", "round", "make_divisible", "l2"]),
            "(",
            inner,
            ")",
        ),
        joined("(", inner, ")[", inner, "]"),
        joined("0..", inner),
        joined("-", inner),
    ),
    max_leaves=5,
)
arguments = st.lists(
    st.one_of(
        numbers,
        TOKENS,
        expressions,
        joined(
            st.sampled_from(["strides", "units", "filters", "axis", "activation", "n", "initial_state"]),
            "=",
            expressions,
        ),
    ),
    max_size=4,
).map(", ".join)
calls = st.one_of(
    LAYERS, joined(LAYERS, "(", arguments, ")"), joined(NAMES, "(", arguments, ")"), NAMES, st.just("skip")
)
targets = st.one_of(NAMES, joined(NAMES, "[", expressions, "]"), st.just("(a, b, c)"))


def blocks_of(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join)
    return st.one_of(
        joined(inner, " -> ", inner),
        joined("(", inner, ") * ", st.sampled_from(["2", "3", "n", "1000", "(n + 1)"])),
        joined(st.sampled_from(["add", "concat", "multiply", "dot(axes=1)"]), " {\n| ", inner, "\n| ", inner, "\n}"),
        joined("repeat ", expressions, " {\n", body, "\n}"),
        joined("repeat 3 as n {\n", body, "\n}"),
        joined("for ", st.sampled_from(["n", "(n, x)"]), " in ", expressions, " {\n", body, "\n}"),
        joined("if ", expressions, " {\n", body, "\n} else {\n", body, "\n}"),
    )


steps = st.recursive(st.one_of(calls, joined(calls, " as ", targets)), blocks_of, max_leaves=4)
statements = st.one_of(
    steps,
    joined("from ", NAMES, " -> ", steps),
    joined("from ", NAMES, ", ", NAMES, " -> ", steps),
    joined("let ", st.sampled_from(["n", "width", "(a, b)", "s2"]), " = ", expressions),
    joined("shared f = ", calls),
    joined("input ", st.sampled_from(INPUTS)),
    joined("output ", NAMES),
    joined("expect ", expressions),
    joined("expect ", st.sampled_from(["params", "macs", "receptive_field", "layers"]), " < ", expressions),
    joined(
        "block ", NAMES, "(", st.sampled_from(["", "n", "n = 3", "x, n = 2 as s#", "(a, b)"]), ") {\n", steps, "\n}"
    ),
)


def spec(first: str, rest: list[str], nested: bool) -> str:
    text = "\n".join([f"input {first}", *rest])
    return f"model m(n = 2, width = 8) {{\n{text}\n}}" if nested else text


#: Steps that mostly fit: most of what is made of them compiles.
SANE = st.sampled_from(
    [
        "dense(3)",
        "dense(n)",
        "dense(channels)",
        "relu",
        "dropout(0.1)",
        "layer_norm",
        "bn",
        "f",
        "skip",
        "CBA(4)",
        "conv(4, 3, same)",
        "residual(channels)",
        "dense_block(2, n)",
        "add(_, h)",
        "concat(h, _)",
        "from h -> relu",
        "dense(4) as h",
        "let n = n + 1",
        "relu as s[n]",
        "_ as h",
        "b(n)",
        "b(h)",
        "c",
    ]
)


def sane_blocks_of(inner: st.SearchStrategy[str], most: str = "1000") -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join)
    return st.one_of(
        joined("repeat ", st.sampled_from(["2", "3", most, "n"]), " {\n", body, "\n}"),
        joined("repeat 2 as n {\n", body, "\n}"),
        joined("for n in [3, 3, 4] {\n", body, "\n}"),
        joined("if n > 2 {\n", body, "\n} else {\n", body, "\n}"),
        joined("add {\n| ", body, "\n| ", body, "\n}"),
        joined("concat {\n| skip\n| ", body, "\n}"),
    )


def sane_spec(first: str, rest: list[str]) -> str:
    head = f"input {first}\nlet n = 2\nrelu as h\nshared f = dense(channels)"
    blocks = "block b(k) { dense(channels) -> add(_, h) }\nblock c { dense(channels + n) as y -> relu * n }"
    text = "\n".join([head, blocks, *rest])
    return f"model m {{\n{text}\n}}"


sane_steps = st.recursive(SANE, sane_blocks_of, max_leaves=6)
few_sane_steps = st.recursive(SANE, lambda inner: sane_blocks_of(inner, most="4"), max_leaves=6)
sane_inputs = st.sampled_from(["8", "8x8x3", "(T, 8)"])
specs = st.one_of(
    st.builds(spec, st.sampled_from(INPUTS), st.lists(statements, min_size=1, max_size=7), st.booleans()),
    st.builds(sane_spec, sane_inputs, st.lists(sane_steps, min_size=1, max_size=6)),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs)
def test_any_spec(text: str) -> None:
    compiled = compile_source(Source("any.arch", text))
    for diagnostic in compiled.diagnostics:
        assert render(diagnostic, compiled.sources)
    failed = {d.code for d in compiled.diagnostics if d.severity == "error"}
    if compiled.graph is None:
        assert failed
    elif not failed - {"expectation-failed"}:
        check(compiled.graph)
        assert from_json(to_json(compiled.graph)) == compiled.graph
        for _ in zip(range(200), leaves(compiled.graph), strict=False):
            pass


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.builds(sane_spec, sane_inputs, st.lists(few_sane_steps, min_size=1, max_size=6)))
@example("input 4\nlet n = 1\nrepeat 3 { concat { | let n = n + 1; dense(n) | skip } -> dense(4) }\ndense(n)")
@example("input 4\nrepeat 2 as n { for n in [3, 3, 5] { dense(4) } }\ndense(n)")
def test_folding_changes_nothing(text: str) -> None:
    """Iterations that become one node come to the layers that they come to one by one."""
    folded = compile_source(Source("any.arch", text))
    with patch.object(Loops, "_folding", lambda self, op: (False, False)):
        written_out = compile_source(Source("any.arch", text))
    # An iteration is as the others are, but of iterations by themselves some may lead nowhere.
    assume(not {"unused-layer", "unused-weights"} & {d.code for d in (*folded.diagnostics, *written_out.diagnostics)})
    assert _errors(folded) == _errors(written_out)
    if folded.graph is not None and written_out.graph is not None:
        assert [*leaves(folded.graph)] == [*leaves(written_out.graph)]


#: Lines that are alike but for a name, with what changes the meaning of their words in between.
RECURRING = st.sampled_from(
    [
        "dense(3)",
        "dense(n)",
        "dense(n, relu)",
        "dense(channels) as a",
        "dense(channels) as b",
        "relu",
        "relu as h",
        "relu as n",
        "_ as relu",
        "from h",
        "from a -> dense(3) as b",
        "add(_, h) as a",
        "let n = n + 1",
        "let relu = tanh",
        "shared dense3 = dense(3)",
        "dense3",
        "b(n)",
        "b(n) as a",
        "bn",
    ]
)
#: Lines that are part of a statement, or of none.
PARTIAL = st.sampled_from(["dense(3", "dense(3))", "(dense(3) -> relu) * 2", "-> relu", "} else {", "repeat 2 {", "}"])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(*(st.lists(some, min_size=2, max_size=14) for some in (RECURRING, RECURRING | PARTIAL))))
@example(["dense(3, relu)", "dense(3, relu)", "let relu = tanh", "dense(3, relu)"])
@example(["let k = 2", "dense(k)", "let k = 3", "dense(k) as a", "dense(k) as b"])
def test_reading_a_line_once_changes_nothing(lines: list[str]) -> None:
    text = sane_spec("8", lines)
    once = compile_source(Source("any.arch", text))
    with patch.object(lexing, "_recurring", lambda *_: None):
        each = compile_source(Source("any.arch", text))
    assert once.diagnostics == each.diagnostics
    assert (once.graph is None) == (each.graph is None)
    if once.graph is not None and each.graph is not None:
        assert [*leaves(once.graph)] == [*leaves(each.graph)]
        assert once.graph.definitions == each.graph.definitions


def _errors(compiled: Compiled) -> set[tuple[str, str, object]]:
    return {(d.code, d.message, d.span) for d in compiled.diagnostics if d.severity == "error"}
