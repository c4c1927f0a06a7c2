"""Two networks as one picture: what became of every card and line, what is open, and how it is told by more than colour."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from archspec.backend import Checked
from archspec.backends.diagram import render_picture
from archspec.backends.diagram.place import lay_out
from archspec.backends.diagram.scene import COLORS
from archspec.compare import compare
from archspec.compare.picture import draw_both
from archspec.diagnostics import Source
from archspec.diagnostics.diagnostic import CompileError
from archspec.driver import compile_source, compile_spec
from archspec.picture.cards import Frame, Picture
from archspec.record import replace
from tests.diagram.checks import faults
from tests.diagram.networks import random_network

STEM = "input 32x32x3\nconv(16, 3x3) -> bn -> relu\nconv(32, 3x3) -> bn -> relu\ngap -> dense(10)\n"
BLOCKS = "block unit(n) { conv(n, 3x3) -> bn -> relu }\ninput 32x32x3\nunit(16)\nunit(32)\ngap -> dense(10)\n"
MINUS, ARROW = "\N{MINUS SIGN}", "\N{RIGHTWARDS ARROW}"


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def both(old: str, new: str, *, whole: bool = False) -> Picture:
    return draw_both(compare(checked(old), checked(new)), whole=whole)


def cards(picture: Picture) -> list[tuple[str, str]]:
    return [(card.title, card.became) for card, _ in picture.cards()]


def lines(picture: Picture) -> list[tuple[str, str, str]]:
    names = {card.id: card.title for card, _ in picture.cards()}
    return [(names[line.source], names[line.target], line.became) for line in picture.lines]


def said(picture: Picture, title: str) -> str:
    """Return what stands on the one card of a title."""
    (card,) = (card for card, _ in picture.cards() if card.title == title)
    return " | ".join(filter(None, (card.detail, card.amount, *card.rows)))


def test_a_network_and_itself_are_all_the_same() -> None:
    picture = both(STEM, STEM)
    assert {became for _, became in cards(picture)} == {"same"} and picture.looks == ("same",)
    assert {became for *_, became in lines(picture)} == {"same"}
    assert [title for title, _ in cards(picture)] == [
        *("input", "Conv2D", "Conv2D", "GlobalAvgPool", "Dense", "output"),
    ]


def test_a_layer_that_was_put_in_is_green_with_its_lines() -> None:
    picture = both(STEM, STEM.replace("gap", "dropout(0.2) -> gap"))
    assert [card for card in cards(picture) if card[1] != "same"] == [("+ Dropout", "added")]
    assert [line for line in lines(picture) if line[2] != "same"] == [
        ("Conv2D", "+ Dropout", "added"),
        ("+ Dropout", "GlobalAvgPool", "added"),
    ]


def test_a_layer_that_was_taken_out_is_still_there() -> None:
    picture = both(STEM.replace("gap", "dropout(0.2) -> gap"), STEM)
    assert [card for card in cards(picture) if card[1] != "same"] == [(f"{MINUS} Dropout", "removed")]
    assert [line for line in lines(picture) if "Conv2D" not in line[1]][1:4] == [
        ("GlobalAvgPool", "Dense", "same"),
        ("Dense", "output", "same"),
        ("Conv2D", f"{MINUS} Dropout", "removed"),
    ]
    assert lines(picture)[-1] == (f"{MINUS} Dropout", "GlobalAvgPool", "removed")


def test_a_changed_layer_says_what_it_was() -> None:
    picture = both(STEM, STEM.replace("conv(16", "conv(24"))
    assert [became for _, became in cards(picture)] == ["same", "changed", "follows", "same", "same", "same"]
    # With normalisation 448 + 64 and 672 + 96 parameters.
    assert (
        said(picture, "~ Conv2D")
        == f"3\N{MULTIPLICATION SIGN}3, 24 | 512 {ARROW} 768 | filters 16 {ARROW} 24 | BatchNorm, ReLU"
    )
    assert picture.subtitle.startswith(f"5.6 K {ARROW} 8.2 K params")
    assert picture.looks == ("changed", "follows", "same")


def test_what_was_drawn_as_one_comes_apart_where_something_changed() -> None:
    """A convolution with its activation is one card, as long as both are what they were."""
    assert [card for card in cards(both(STEM, STEM.replace("relu\ngap", "gelu\ngap"))) if card[1] != "same"] == [
        ("~ GELU", "changed")
    ]
    assert [card for card in cards(both(STEM, STEM.replace("-> relu\ngap", "\ngap"))) if card[1] != "same"] == [
        (f"{MINUS} ReLU", "removed")
    ]
    picture = both(STEM, STEM.replace("32, 3x3) ->", "32, 3x3) -> dropout(0.1) ->"))
    assert cards(picture)[2:5] == [("Conv2D", "same"), ("+ Dropout", "added"), ("BatchNorm", "same")]


def test_other_ends_of_a_line_are_drawn() -> None:
    text = "input 8\ndense(8) as a\ndense(4) -> dense(8) as b\ndense(8) as c\nadd({}, c)\n"
    picture = both(text.format("a"), text.format("b"))
    assert [line for line in lines(picture) if line[2] != "same"] == [
        ("Dense", "+", "added"),
        ("Dense", "+", "removed"),
    ]


def test_inputs_and_outputs() -> None:
    picture = both("input a: 8\nconcat(a, a) -> dense(2)\n", "input b: 9\nconcat(b, b) -> dense(3)\n")
    assert cards(picture)[0] == ("~ b", "changed") and said(picture, "~ b") == f"8 {ARROW} 9 | was a"
    assert cards(picture)[-1] == ("output", "follows") and said(picture, "output") == f"2 {ARROW} 3"
    fewer = both("input a: 8; input b: 8\nadd(a, b)\n", "input a: 8\nadd(a, a)\n")
    assert (f"{MINUS} b", "removed") in cards(fewer)


# --- what is open ----------------------------------------------------------------------------------------------------


def test_only_a_block_in_which_something_changed_is_open() -> None:
    picture = both(BLOCKS, BLOCKS.replace("unit(32)", "unit(48)"))
    assert cards(picture) == [
        ("input", "same"),
        ("unit", "same"),
        ("~ unit", "changed"),
        ("~ Conv2D", "changed"),
        ("GlobalAvgPool", "follows"),
        ("Dense", "follows"),
        ("output", "same"),
    ]
    assert said(picture, "~ unit") == f"n 32 {ARROW} 48 | 4.8 K {ARROW} 7.2 K"


def test_equal_blocks_that_changed_alike_are_one_and_the_first_of_others_is_open() -> None:
    text = "block unit(n) { dense(n) -> relu }\ninput 8\nunit(8) -> unit(8) -> dense(8) -> unit(8)\n"
    picture = both(text, text.replace("relu", "tanh"))
    frames = [item for item in picture.items if isinstance(item, Frame)]
    assert [(frame.strip.title, frame.times) for frame in frames] == [("~ unit", 2)]
    (folded,) = (card for card, _ in picture.cards() if card.form == "fold")
    assert folded.title == "~ unit" and folded.detail == "1 change · 8"


def test_with_everything_in_it_the_same_blocks_are_open() -> None:
    new = BLOCKS.replace("unit(32)", "unit(48)")
    picture = both(BLOCKS, new, whole=True)
    assert [(item.strip.title, item.shown) for item in picture.items if isinstance(item, Frame)] == [
        ("unit", False),
        ("~ unit", True),
    ]


def test_repetitions_say_how_often_they_were_there() -> None:
    picture = draw_both(compare(compile_spec("resnet:resnet101").checked(), compile_spec("resnet:resnet152").checked()))
    assert picture.name == f"resnet101 {ARROW} resnet152"
    assert [(card.detail, card.times) for card, _ in picture.cards() if card.became == "changed"] == [
        (f"\N{MULTIPLICATION SIGN}3 {ARROW} \N{MULTIPLICATION SIGN}7", 7),
        (f"\N{MULTIPLICATION SIGN}22 {ARROW} \N{MULTIPLICATION SIGN}35", 35),
    ]
    assert {card.became for card, _ in picture.cards()} == {"changed", "same"}


def test_what_moved_says_from_where_and_where_to() -> None:
    picture = both(STEM, BLOCKS)
    assert [card[1] for card in cards(picture)].count("removed") == 2
    assert sorted(row for card, _ in picture.cards() if card.became == "removed" for row in card.rows) == [
        *("BatchNorm, ReLU", "BatchNorm, ReLU", "now unit1/conv", "now unit2/conv"),
    ]


def test_a_large_comparison_stays_readable() -> None:
    picture = draw_both(compare(compile_spec("resnet18").checked(), compile_spec("resnet:resnet50").checked()))
    assert sum(1 for _ in picture.cards()) <= 45
    assert any(re.match(r"\d+ changes · ", card.detail) for card, _ in picture.cards() if card.form == "fold")


# --- how it looks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_has_its_place(theme: Any) -> None:
    new = (
        STEM.replace("conv(16", "conv(24")
        .replace("gap ->", "dropout(0.1) -> gap ->")
        .replace(" -> relu\ndropout", "\ndropout")
    )
    picture = both(STEM, new)
    svg = render_picture(picture, "svg", theme=theme).decode()
    for became in ("added", "removed", "changed", "follows", "same"):
        assert f'stroke="{COLORS[theme][became]}"' in svg and f'fill="{COLORS[theme][f"{became}.fill"]}"' in svg
    red = COLORS[theme]["removed"]
    # Its card, its two lines and its place in the legend are dashed, too, for those who do not see that it is red.
    assert len(re.findall(f'stroke="{red}"[^>]*stroke-dasharray', svg)) == 4
    for words in ("added", "removed", "changed", "other shape or size only", "the same"):
        assert f">{words}</text>" in svg


def test_text_in_names_is_text() -> None:
    old, new = checked(STEM), checked(STEM.replace("gap", "dropout(0.1) -> gap"))
    evil = "</title><script>alert(1)</script>"
    new = type(new)(replace(new.graph, name=evil), new.figures, evil)
    picture = draw_both(compare(old, new), whole=True)
    for format in ("svg", "html"):
        assert b"<script>alert" not in render_picture(picture, format)  # type: ignore[arg-type]


def changed_somehow(text: str, seed: int) -> Checked | None:
    """Return a network like another: a line left out, doubled, swapped, or with another number."""
    chosen = random.Random(seed)
    for _ in range(20):
        rows = text.split("\n")
        at = chosen.randrange(len(rows))
        match chosen.randrange(4):
            case 0:
                del rows[at]
            case 1:
                rows.insert(at, rows[at])
            case 2:
                rows[at - 1], rows[at] = rows[at], rows[at - 1]
            case _:
                rows[at] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), rows[at], count=1)
        try:
            return checked("\n".join(rows))
        except CompileError:
            continue
    return None


@pytest.mark.parametrize("seed", range(24))
def test_whatever_changed_it_is_drawn_without_fault(seed: int) -> None:
    text = random_network(seed)
    old = checked(text)
    for new in (changed_somehow(text, seed), checked(random_network(seed + 1)) if seed % 8 == 0 else None):
        for pair in ((old, new), (new, old)) if new else ():
            comparison = compare(*pair)
            picture = draw_both(comparison)
            assert faults(picture, lay_out(picture)) == []
            became = {card.became for card, _ in picture.cards()}
            assert became <= {"added", "removed", "changed", "follows", "same"}
            assert comparison.equal == (became == {"same"})
            render_picture(draw_both(comparison, whole=True), "html")
