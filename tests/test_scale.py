"""Cost follows the spec, not the network: figures of large networks held against arithmetic. No test of speed."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from archspec.backend import Checked
from archspec.diagnostics.diagnostic import CompileError
from archspec.diagnostics.source import Source
from archspec.driver import compile_source


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def figures(text: str) -> tuple[int, int | None, int | None, int | None]:
    """Return the parameters, multiply-accumulates, activation bytes and layer calls of a network."""
    found = checked(text)
    key, all = found.graph.main, found.figures
    return all.weights[key].total, all.macs[key], all.activations[key], all.layers[key]


def test_a_million_layers() -> None:
    million = 1_000_000
    found = figures(f"input 64\nrepeat {million} {{ dense(64, relu) }}\ndense(10)\n")
    assert found == (million * (64 * 64 + 64) + 650, million * 64 * 64 + 640, 4 * (million * 64 + 10), million + 1)


def test_a_million_layers_in_nested_blocks() -> None:
    text = "block a { dense(8) -> relu }\nblock b { a * 100 }\nblock c { repeat 100 { b } }\ninput 8\nc * 50\n"
    thousands = 50 * 100 * 100
    assert figures(text) == (thousands * 72, thousands * 64, thousands * 2 * 8 * 4, 2 * thousands)


def flat(statements: int) -> str:
    rows = ("dense({})", "relu", "batch_norm")
    return "input 8\n" + "\n".join(rows[n % 3].format(5 + n % 11) for n in range(statements)) + "\n"


def flat_params(statements: int) -> int:
    total, width = 0, 8
    for n in range(statements):
        if n % 3 == 0:
            total, width = total + (width + 1) * (5 + n % 11), 5 + n % 11
        elif n % 3 == 2:
            total += 4 * width
    return total


@pytest.mark.parametrize("statements", [25_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_flat_spec_is_as_long_as_its_file_may_be(statements: int) -> None:
    params, _, _, layers = figures(flat(statements))
    assert (params, layers) == (flat_params(statements), statements)


DECODER = """
block unit(heads) {{
  let out = channels
  add {{ | skip | ln -> mha(heads, out / heads, causal) }}
  add {{ | skip | ln -> dense(4 * out, gelu) -> dense(out) }}
}}
input pieces: 2048 : int32
shared table = reversible_embedding(50_257, {width})
table as words
weight((2048, {width})) -> add(words, _)
unit({heads}) * {depth}
ln -> table(reverse)
"""


def allocated(width: int, depth: int, heads: int) -> int:
    """Return the most bytes that compiling a decoder allocates, after holding its parameters against arithmetic."""
    text = DECODER.format(width=width, depth=depth, heads=heads)
    unit = 4 * (width**2 + width) + (4 * width**2 + 4 * width) + (4 * width**2 + width) + 4 * width
    assert figures(text)[0] == (50_257 + 2048) * width + depth * unit + 2 * width
    tracemalloc.start()
    figures(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_no_allocation_grows_with_the_parameters() -> None:
    small = allocated(64, 2, 2)
    assert allocated(12_288, 96, 96) < 1.5 * small  # as large as GPT-3
    assert allocated(25_600, 128, 160) < 1.5 * small  # a trillion


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("text", ["input 8\ndense(3)\n", "input 8\ndense(\n"])
def test_the_garbage_collector_is_left_as_it_was(enabled: bool, text: str) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        checked(text)
    except CompileError:
        pass
    finally:
        was = gc.isenabled()
        gc.enable()
    assert was is enabled
