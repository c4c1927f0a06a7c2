"""Receptive fields of loops: what a loop comes to is what its iterations come to when they are written one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.analysis.receptive_field import receptive_field
from tests.elaborate.spec_cases import compile_ok


def field(text: str) -> tuple[int, ...] | None:
    graph = compile_ok(text).checked().graph
    return receptive_field(graph, graph.body)


ROWS = {
    "grows by as much each time": ("input ?x4; conv(4, 3, same) * 1_000_000", (2_000_001,)),
    # 101 + 59 * 2 = 219 on the slow way to itself; 60 * 4 + 1 = 241 by the fast one.
    "another branch overtakes": (
        "input x: 1000x4; conv(4, 101, same) as slow; from x -> conv(4, 1) as fast\n"
        "repeat 60 {\n  from fast -> conv(4, 5, same) as fast\n"
        "  from slow -> conv(4, 3, same) -> add(_, fast) as slow\n}\nfrom slow",
        (241,),
    ),
    "the branches change places": (
        "input x: 1000x4; conv(4, 3, same) as a; from x -> conv(4, 1) as b\n"
        "repeat 10 {\n  from a -> conv(4, 5, same) as c\n  from b -> conv(4, 3, same) as a\n  from c -> skip as b\n}\n"
        "concat(a, b)",
        # Five times through both, and the wider of 1 and 3 at the start.
        (3 + 5 * (4 + 2),),
    ),
    "down and up": ("input ?x4; repeat 5 { max_pool(2, same) -> conv(4, 3, same) -> upsample(2) }", (1 + 5 * (1 + 4),)),
    "down without end, one position wide": ("input ?x4; conv(4, 1, s2) * 100_000", (1,)),
    "wider than anything": ("input ?x8; conv(8, 3, s2, same) * 100_000", None),
    "wide, just so": ("input ?x8; conv(8, 3, s2, same) * 20", (1 + 2 * (2**20 - 1),)),
    "loops in loops": ("input ?x4; repeat 1000 { repeat 1000 { conv(4, 3, same) } }", (2_000_001,)),
    "many loops in one another": (
        "input ?x4; " + "repeat 3 { " * 14 + "conv(4, 3, same)" + " }" * 14,
        (1 + 2 * 3**14,),
    ),
    "a loop that sees everything": ("input 9x4; repeat 3 { add { | skip | mean(axis=1) -> reshape(1, 4) } }", None),
}


@pytest.mark.parametrize(("text", "expected"), ROWS.values(), ids=list(ROWS))
def test_loops_are_worked_out(text: str, expected: tuple[int, ...] | None) -> None:
    assert field(text) == expected


_STEPS = st.tuples(
    st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from([1, 2, 3, 5, 8]), st.sampled_from("abc")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_STEPS, min_size=1, max_size=5), st.integers(1, 9), st.integers(1, 3))
def test_a_loop_is_its_iterations(steps: list[tuple[str, str, int, str]], count: int, inner: int) -> None:
    lines = [
        f"from {source} -> avg_pool({size}, s1, same) -> add(_, {other}) as {to}" for source, other, size, to in steps
    ]
    body = "\n".join(lines)
    head = "input x: 50x4\navg_pool(2, s1, same) as a\nfrom x -> avg_pool(7, s1, same) as b\nfrom x -> relu as c\n"
    folded = f"{head}repeat {count} {{\nrepeat {inner} {{\n{body}\n}}\n}}\nconcat(a, b, c)"
    flat = head + f"{body}\n" * (count * inner) + "concat(a, b, c)"
    assert field(folded) == field(flat)
