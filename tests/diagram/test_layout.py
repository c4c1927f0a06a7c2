"""The layout: nothing overlaps, no line crosses a card or a title, everything is drawn once and joined as it should be."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from archspec.backend import Checked
from archspec.backends.diagram.box import settle, spaced
from archspec.backends.diagram.flow import cut
from archspec.backends.diagram.place import Direction, Layout, lay_out
from archspec.backends.diagram.series import Mesh, Part, take_apart
from archspec.backends.diagram.stages import summarize
from archspec.backends.diagram.text import FONTS, fit, glyphs, width
from archspec.backends.diagram.volume import lay_out_volumes
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.ir.leaves import leaves
from archspec.picture.build import build_picture
from archspec.picture.cards import Picture
from archspec.picture.plan import View
from tests.diagram.checks import faults, rect
from tests.diagram.networks import random_network

VIEWS = {"as it is": View(), "open": View(depth=99), "folded": View(depth=0), "unfused": View(fuse=False)}
DIRECTIONS: tuple[Direction, ...] = ("TB", "LR")
#: As long as it comes out, and in columns where it can be.
ROOMS = (None, (500.0, 300.0))


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def layout_of(text: str, view: View = VIEWS["open"], direction: Direction = "TB") -> tuple[Picture, Layout]:
    picture = build_picture(checked(text), view)
    return picture, lay_out(picture, direction)


def middle(layout: Layout, title: str, number: int = 0) -> float:
    """Return where the middle of a card is, across."""
    placed = [placed for placed in layout.cards if placed.card.title == title][number]
    return placed.x + placed.width / 2


def assert_without_fault(model: Checked, text: str) -> None:
    """Every style in every direction, folded and unfolded, as long as it comes out and in columns."""
    calls = sum(1 for _ in leaves(model.graph))
    for name, view in VIEWS.items():
        picture = build_picture(model, view)
        assert sum(card.leaves * times for card, times in picture.cards()) == calls, text
        for direction in DIRECTIONS:
            for room in ROOMS:
                found = faults(picture, lay_out(picture, direction, room=room))
                assert not found, f"{name} {direction} {room} {found}\n{text}"
        summary = summarize(picture)
        assert sum(card.leaves * times for card, times in summary.cards()) == calls, text
        found = faults(summary, lay_out(summary))
        assert not found, f"summary, {name} {found}\n{text}"
        volumes, _, layout = lay_out_volumes(picture)
        found = faults(volumes, layout, volumes=True)
        assert not found, f"volume, {name} {found}\n{text}"


@pytest.mark.parametrize("spec", [spec for path in shipped_specs() for spec in each_model(path.stem)])
def test_shipped_specs_are_laid_out_without_fault(spec: str) -> None:
    assert_without_fault(compile_spec(spec).checked(), spec)


def assert_random(seed: int) -> None:
    text = random_network(seed)
    assert_without_fault(checked(text), text)


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_are_laid_out_without_fault(seed: int) -> None:
    assert_random(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 540))
def test_many_random_networks_are_laid_out_without_fault(seed: int) -> None:
    """`python -m pytest -m slow tests/diagram/test_layout.py` runs these; it takes ten minutes."""
    assert_random(seed)


def test_the_checks_find_what_is_wrong() -> None:
    picture, layout = layout_of(random_network(3))
    assert not faults(picture, layout)
    for number in range(len(layout.lines)):
        missing = replace(layout, lines=layout.lines[:number] + layout.lines[number + 1 :])
        assert faults(picture, missing)
    for number, placed in enumerate(layout.cards):
        for change in ({"x": placed.x + layout.width}, {"y": placed.y + 13}, {"width": 20.0}):
            if placed.card.form == "sign" and "width" in change:
                continue
            moved = [*layout.cards[:number], replace(placed, **change), *layout.cards[number + 1 :]]
            assert faults(picture, replace(layout, cards=moved)), (placed.card.title, change)


def test_the_checks_find_what_is_wrong_with_volumes() -> None:
    picture, _, layout = lay_out_volumes(build_picture(checked(random_network(3))))
    assert not faults(picture, layout, volumes=True)
    for number, placed in enumerate(layout.cards):
        if placed.frame or placed.card.form == "sign":
            continue
        for face in (replace(placed.face, under=10), replace(placed.face, row="W" * 40)):
            cards = [*layout.cards[:number], replace(placed, face=face), *layout.cards[number + 1 :]]
            assert faults(picture, replace(layout, cards=cards), volumes=True)


def test_random_networks_have_what_is_neither_chain_nor_fan() -> None:
    def meshes(part: Part) -> int:
        if isinstance(part, Mesh):
            return 1
        return sum(meshes(inner) for inner in getattr(part, "parts", ()) if not isinstance(inner, tuple))

    found = Counter[bool]()
    for seed in range(20, 60):
        flows = cut(build_picture(checked(random_network(seed)), VIEWS["open"]))
        found[any(meshes(take_apart(flow)) for flow in flows.order)] += 1
    assert found[True] and found[False]


# --- the look --------------------------------------------------------------------------------------------------------


def test_a_chain_is_one_straight_line() -> None:
    _, layout = layout_of("input 32x32x3\nconv(8, 3x3) -> max_pool(2x2) -> flatten -> dense(10)")
    assert len({placed.x + placed.width / 2 for placed in layout.cards}) == 1
    assert all(len(line.points) == 2 for line in layout.lines)


def test_a_residual_branch_goes_beside_the_main_line() -> None:
    text = "input 8x8x4\nadd {\n | conv(4, 3x3, same) -> relu -> conv(4, 3x3, same)\n | conv(4, 1x1)\n}"
    _, layout = layout_of(text)
    assert middle(layout, "Conv2D", 0) == middle(layout, "Conv2D", 1) == middle(layout, "+") == middle(layout, "input")
    side = next(placed for placed in layout.cards if placed.card.detail == "1\u00d71, 4")
    assert side.x > max(p.x + p.width for p in layout.cards if p.card.detail == "3\u00d73, 4")
    assert any(line.skip for line in layout.lines)


def test_a_skip_runs_in_a_lane_of_its_own_from_a_fork() -> None:
    _, layout = layout_of("input 8\n_ as x\ndense(8, relu) -> dense(8)\nadd(x, _)")
    (fork,) = layout.forks
    assert fork[0] == middle(layout, "input")
    lane = max(x for line in layout.lines if line.skip for x, _ in line.points)
    assert lane > max(placed.x + placed.width for placed in layout.cards if placed.card.form == "card")


def test_branches_of_a_concatenation_stand_side_by_side_around_the_axis() -> None:
    text = "input 8x8x4\nconcat {\n | conv(4, 1x1)\n | conv(4, 3x3, same)\n | conv(4, 5x5, same)\n}"
    _, layout = layout_of(text)
    first, second, third = (middle(layout, "Conv2D", number) for number in range(3))
    assert first < second < third and second == middle(layout, "Concat") == middle(layout, "input")
    assert len({placed.y for placed in layout.cards if placed.card.title == "Conv2D"}) == 1


def test_two_towers_stand_beside_one_another_and_meet_in_the_middle() -> None:
    text = "input a: 8\ninput b: 8\nshared tower = dense(4, relu)\nfrom a -> tower as x\nfrom b -> tower as y\nsubtract(x, y)"
    _, layout = layout_of(text)
    assert middle(layout, "a") + middle(layout, "b") == 2 * middle(layout, "\N{MINUS SIGN}")
    assert next(placed.y for placed in layout.cards if placed.card.form == "port") == 0


def test_nested_skips_run_in_lanes_side_by_side() -> None:
    text = (
        "input 64\ndense(64) as a\ndense(32) as b\ndense(16) as c\ndense(8)\n"
        "dense(16) -> add(c, _) -> dense(32) -> add(b, _) -> dense(64) -> add(a, _)"
    )
    _, layout = layout_of(text)
    lanes = sorted({max(x for x, _ in line.points) for line in layout.lines if line.skip and len(line.points) > 1})
    assert len(lanes) >= 3
    assert len({placed.x + placed.width / 2 for placed in layout.cards}) == 1


def test_what_a_frame_repeats_shows_behind_it() -> None:
    picture, layout = layout_of("block two(n) { dense(n) -> relu }\ninput 8\ntwo(8) -> two(8) -> two(8)")
    frame = next(placed for placed in layout.cards if placed.frame)
    assert frame.face.badge == "\u00d73"
    below = min(p.y for p in layout.cards if p.y > frame.y + frame.height)
    assert below >= frame.y + frame.height + 8
    assert len([placed for placed in layout.cards if placed.card.title == "Dense"]) == 1
    assert not faults(picture, layout)


def test_a_title_is_never_wider_than_its_frame() -> None:
    name = "a_block_with_a_name_that_is_longer_than_any_card_in_it"
    _, layout = layout_of(f"block {name}(n) {{ dense(n) }}\ninput 8\n{name}(4)")
    frame = next(placed for placed in layout.cards if placed.frame)
    assert frame.width >= width(frame.face.title, 13, bold=True) + 20


def test_deeply_nested_skips_are_laid_out() -> None:
    names = [f"t{number}" for number in range(120)]
    down = [f"dense(8) as {name}" for name in names]
    up = [f"dense(8) -> add({name}, _)" for name in reversed(names)]
    picture, layout = layout_of("\n".join(["input 8", *down, "relu", *up]))
    assert not faults(picture, layout)


def test_every_layer_fed_by_every_one_before_it_is_laid_out() -> None:
    lines = ["input 8", "dense(8) as t0"]
    for number in range(1, 16):
        lines.append(f"concat({', '.join(f't{i}' for i in range(number))}, t0) -> dense(8) as t{number}")
    picture, layout = layout_of("\n".join(lines))
    assert not faults(picture, layout)


def test_blocks_deep_in_one_another_are_laid_out() -> None:
    blocks = ["block b0(n) { dense(n) }"]
    blocks += [f"block b{i}(n) {{ b{i - 1}(n) -> relu }}" for i in range(1, 40)]
    picture, layout = layout_of("\n".join([*blocks, "input 8", "b39(8)"]))
    assert not faults(picture, layout)
    assert max(placed.nesting for placed in layout.cards) == 40


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("face", "bold"), [("Arimo-Regular", False), ("Arimo-Bold", True)])
def test_the_table_of_widths_is_that_of_the_font(face: str, bold: bool) -> None:
    data = (FONTS / f"{face}.ttf").read_bytes()
    tables = {}
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        tables[tag] = offset
    unit = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = [struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * number)[0] for number in range(count)]
    for character, glyph in glyphs().items():
        advance = advances[min(glyph.number, count - 1)]
        assert (glyph.bold if bold else glyph.regular) == advance / unit, character


def test_known_widths() -> None:
    # Arial's: a figure is 0.556 em, an `i` 0.222, a `W` 0.944.
    assert width("0123456789", 100) == pytest.approx(556, abs=1)
    assert width("iW", 1000) == pytest.approx(222 + 944, abs=1)
    assert width("W", 10, bold=True) > width("W", 9.9)


@pytest.mark.parametrize("text", ["a" * 10_000, "W" * 80, "一" * 50, "i" * 400, "x y " * 100])
def test_text_is_cut_to_its_room(text: str) -> None:
    shown = fit(text, 13, 200)
    assert shown.endswith("…") and width(shown, 13) <= 200 < width(shown + text[:3] * 9, 13)


def test_short_text_is_left_as_it_is() -> None:
    assert fit("Conv2D", 13, 200) == "Conv2D"


# --- arithmetic ------------------------------------------------------------------------------------------------------


def test_settle_moves_no_more_than_it_must() -> None:
    assert settle([0, 100, 200], [1, 1, 1], [50, 50]) == [0, 100, 200]
    assert settle([0, 0], [1, 1], [10]) == [-5, 5]
    assert settle([0, 0], [9, 1], [10]) == [-1, 9]
    assert settle([50, 0, 0], [1, 1, 1], [10, 10]) == pytest.approx([6.667, 16.667, 26.667], abs=0.01)


def test_spaced_keeps_order_gaps_and_bounds() -> None:
    assert spaced([-100, 0, 100], [10, 10], -50, 50) == [-50, 0, 50]
    assert spaced([0, 0, 0], [10, 10], -50, 50) == [0, 10, 20]
    assert spaced([90, 90], [10], -50, 50) == [40, 50]


def test_rectangles_of_cards_are_whole() -> None:
    _, layout = layout_of("input 8\ndense(4)")
    assert all(value == round(value) for placed in layout.cards for value in rect(placed))


# --- folding ---------------------------------------------------------------------------------------------------------


def test_blocks_in_a_row_that_only_grow_are_one_where_there_are_many() -> None:
    text = "block layer(n) { dense(n, relu) -> dense(n) }\ninput 8\n" + "\n".join(
        f"layer({n}) -> layer({n + 1})\ndropout(0.{n % 9 + 1})" for n in range(1, 25)
    )
    model = checked(text)
    picture = build_picture(model)
    layers = [card for card, _ in picture.cards() if card.title == "layer"]
    assert {card.times for card in layers} == {2} and len(layers) == 24
    assert layers[0].detail == "1 \u2026 2"
    # 8 x 1 + 1, 1 x 1 + 1, 1 x 2 + 2 and 2 x 2 + 2 parameters.
    assert layers[0].params == 9 + 2 + 4 + 6
    assert sum(card.leaves * times for card, times in picture.cards()) == sum(1 for _ in leaves(model.graph))
    assert not faults(picture, lay_out(picture))


def test_blocks_that_grow_are_drawn_each_where_there_are_few() -> None:
    text = "block layer(n) { dense(n, relu) -> dense(n) }\ninput 8\nlayer(3) -> layer(4)"
    assert [card.times for card, _ in build_picture(checked(text)).cards() if card.title == "layer"] == [1, 1]


# --- what is neither chain nor fan -----------------------------------------------------------------------------------

GATES = "\n".join(
    ["input 8", "dense(8) as x", "dense(8, relu) as z", "dense(9) as s"]
    + [
        f"from z -> dense(8, tanh) -> add(x, _) as x{n}\ndense(8, relu) as z{n}\ndense(9) -> add(s{n - 1 or ''}, _) as s{n}".replace(
            "from z ", f"from z{n - 1 or ''} "
        ).replace("add(x, _)", f"add(x{n - 1 or ''}, _)")
        for n in range(1, 9)
    ]
)


def test_the_longest_way_through_is_straight_however_many_lead_off_it() -> None:
    picture, layout = layout_of(GATES)
    assert not faults(picture, layout)
    gates = [placed for placed in layout.cards if placed.card.rows == ("ReLU",)]
    assert len(gates) == 9 and len({placed.x + placed.width / 2 for placed in gates[1:]}) == 1
    # It does not drift aside as it goes on.
    assert layout.width < 900


def test_inputs_stand_at_the_top_and_weights_where_they_are_needed() -> None:
    text = (
        "input a: 4x8\ninput b: 4x8\nfrom b -> dense(8) -> dropout(0.1) -> dense(8) as late\n"
        "from a -> dense(8) as early\nweight(4x8) as w\nadd(early, late, w) as sum\nfrom sum, late -> add\n"
    )
    picture, layout = layout_of(text)
    assert not faults(picture, layout)
    tops = {placed.card.title: placed.y for placed in layout.cards if placed.card.form == "port"}
    assert tops["a"] == tops["b"] == 0
    weight = next(placed for placed in layout.cards if placed.card.title == "FreeWeight")
    assert weight.y > max(placed.y for placed in layout.cards if placed.card.title == "Dropout")


@pytest.mark.parametrize("merge", ["add(x, _)", "multiply(_, x)", "weight(16x4) as b; add(x, a, b)"])
def test_a_block_that_merges_its_input_with_a_weight(merge: str) -> None:
    picture, layout = layout_of(f"block f {{ _ as x; weight(16x4) as a; {merge} }}\ninput 16x4\nrelu\nf")
    assert not faults(picture, layout)
    assert sum(placed.card.title == "FreeWeight" for placed in layout.cards) == 1 + ("as b" in merge)


THREE = """
block tower(width) { conv(width, 3x3, same) -> bn -> relu -> max_pool(2x2) }
input image: 64x64x3
input words: 32 : int32
from image -> tower(16) -> tower(32) -> gap as seen
from words -> embedding(5000, 64) -> lstm(64) as read
concat(seen, read) -> dense(128, relu) -> dropout(0.3) as both
from both -> dense(1) as price
from both -> dense(10, softmax) as category
from seen -> dense(4, sigmoid) as box
output price, category, box
"""


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_two_inputs_and_three_outputs(direction: Direction) -> None:
    picture, layout = layout_of(THREE, direction=direction)
    assert not faults(picture, layout)
    ports = {placed.card.title: placed for placed in layout.cards if placed.card.form == "port"}
    along = {title: placed.y if direction == "TB" else placed.x for title, placed in ports.items()}
    assert along["image"] == along["words"] == 0
    if direction == "TB":
        # What is seen, what is answered from it, and what both end in are columns of their own.
        assert middle(layout, "image") == middle(layout, "GlobalAvgPool")
        assert middle(layout, "words") == middle(layout, "LSTM")
        assert middle(layout, "Concat") == middle(layout, "Dropout")
        assert middle(layout, "box") < middle(layout, "price") < middle(layout, "category")


def test_a_short_branch_of_a_concatenation_stands_beside_a_long_one() -> None:
    text = "input 8x8x4\n_ as x\nconv(4, 3x3, same) -> dropout(0.1) -> conv(4, 3x3, same) as y\nfrom x -> conv(4, 1x1) as z\nconcat(y, z)"
    _, layout = layout_of(text)
    assert middle(layout, "Conv2D", 0) == middle(layout, "input")
    bar = next(placed for placed in layout.cards if placed.card.form == "bar")
    arrows = [line for line in layout.lines if line.arrow and line.points[-1][1] == bar.y]
    # The bar reaches as far as its lines come straight down.
    assert len(arrows) == 2 and all(line.points[-1][0] == line.points[-2][0] for line in arrows)


def test_nested_skips_with_a_layer_in_them_stand_close() -> None:
    lines = ["input 64x64x4"]
    lines += [f"conv(8, 3x3, same) as t{n}\nmax_pool(2x2)" for n in range(4)] + ["conv(8, 3x3, same)"]
    for n in reversed(range(4)):
        lines.append(f"conv_transpose(8, 2x2, s2) as up{n}\nfrom t{n} -> center_crop(64 // 2 ** {n}, 64 // 2 ** {n})")
        lines.append(f"concat(_, up{n}) -> conv(8, 3x3, same)")
    picture, layout = layout_of("\n".join(lines))
    assert not faults(picture, layout)
    crops = sorted(
        (placed for placed in layout.cards if placed.card.title == "CenterCrop"), key=lambda placed: placed.x
    )
    assert len(crops) == 4
    # Each stands where the drawing inside of it is narrow, so they overlap from left to right.
    assert all(after.x < before.x + before.width for before, after in pairwise(crops))
