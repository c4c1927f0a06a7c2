"""Figures of networks in which the same layer is applied to the same shape more than once."""

from __future__ import annotations

import pytest

from archspec.diagnostics.source import Source
from archspec.driver import compile_source

#: The parameters and the products of `dense(8)` on eight numbers.
PARAMS, MACS = 8 * 8 + 8, 8 * 8


@pytest.mark.parametrize(
    ("text", "owned", "calls"),
    [
        ("dense(8)\ndense(8)\ndense(8)\n", 3, 3),
        ("shared a = dense(8)\na\na\n", 1, 2),
        ("shared a = dense(8)\nshared b = dense(8)\na\nb\na\ndense(8)\ndense(8)\n", 4, 5),
        ("block b { dense(8)\ndense(8) }\nb\nb\ndense(8)\n", 5, 5),
        ("repeat 3 {\ndense(8)\ndense(8)\n}\n", 6, 6),
    ],
)
def test_equal_layers_count_each(text: str, owned: int, calls: int) -> None:
    checked = compile_source(Source("a.arch", f"input 8\n{text}")).checked()
    figures, key = checked.figures, checked.graph.main
    assert figures.weights[key].total == owned * PARAMS
    assert (figures.macs[key], figures.layers[key]) == (calls * MACS, calls)
    # Each leaves eight numbers of four bytes.
    assert figures.activations[key] == calls * 8 * 4
