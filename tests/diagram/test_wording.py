"""What stands on cards: short, in the words of figures, and the same for layers and blocks."""

from __future__ import annotations

import pytest

from archspec.diagnostics import Source
from archspec.driver import compile_source
from archspec.picture.build import build_picture
from archspec.picture.cards import Card
from archspec.picture.plan import View


def cards(text: str, view: View = View()) -> list[Card]:  # noqa: B008
    picture = build_picture(compile_source(Source("net.arch", text)).checked(), view)
    return [card for card, _ in picture.cards() if card.form != "port"]


@pytest.mark.parametrize(
    ("text", "title", "detail"),
    [
        ("input 8x8x3\nconv(4, 3x3, s2, same)", "Conv2D", "3\u00d73, 4 /2"),
        ("input 8x8x3\npad(((3, 3), (3, 3)))", "ZeroPadding2D", "padding=3"),
        ("input 8x8x3\npad(((0, 1), (0, 1)))", "ZeroPadding2D", "padding=((0, 1), (0, 1))"),
        ("input 16: int32\nembedding(5000, 64)", "Embedding", "5000 \u2192 64"),
        ("input 16x8\nmulti_head_attention(_, _, heads=8, key_dim=64)", "MultiHeadAttention", "heads=8, key=64"),
        ("input 16x8\nlstm(4, return_sequences)", "LSTM", "4, sequences"),
        ("input 8\nrescaling(22.627416997969522)", "Rescaling", "22.63"),
        ("input 8\nactivation(linear)", "linear", ""),
        ("input 8\nrelu", "ReLU", ""),
    ],
)
def test_a_layer_says_its_hyper_parameters_briefly(text: str, title: str, detail: str) -> None:
    (card,) = cards(text)
    assert (card.title, card.detail) == (title, detail)


BLOCK = """
block unit(width, project = false as 1x1, kernel = 3x3 as #x#, stride = 1 as s#, drop = 0.0) {
  conv(width, kernel, s=stride, same) -> dropout(drop)
  if project { relu }
}
input 32x32x3
"""


@pytest.mark.parametrize(
    ("call", "detail"),
    [
        ("unit(8)", "8"),
        ("unit(8, s2)", "8 /2"),
        ("unit(8, 1x1, s2)", "8, project /2"),
        ("unit(8, 5x5, s2, drop=0.25)", "8, 5\u00d75, drop=0.25 /2"),
    ],
)
def test_a_block_says_its_arguments_as_a_layer_does(call: str, detail: str) -> None:
    (card,) = cards(f"{BLOCK}{call}", View(depth=0))
    assert (card.title, card.detail) == ("unit", detail)


def test_blocks_in_a_row_say_what_they_begin_and_end_with() -> None:
    (card,) = cards(f"{BLOCK}unit(8, 5x5, s2, drop=0.1) -> unit(16, 5x5, drop=0.2)", View(depth=0, alike=True))
    # The stride is that of the first only.
    assert (card.times, card.detail) == (2, "8 \u2026 16, 5\u00d75, drop=0.1 \u2026 0.2")


def test_a_weight_takes_nothing() -> None:
    text = "input 4x8\n_ as x\nweight(1x8) as token\nconcat(token, x, axis=1)"
    picture = build_picture(compile_source(Source("net.arch", text)).checked())
    names = {card.id: card.title for card, _ in picture.cards()}
    joined = [(names[line.source], names[line.target]) for line in picture.lines]
    assert sorted(joined) == [("Concat", "output"), ("FreeWeight", "Concat"), ("input", "Concat")]
