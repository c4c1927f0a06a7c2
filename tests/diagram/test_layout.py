"""The layout: nothing overlaps, no line crosses a card or a title, everything is drawn once and joined as it should be."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import replace

import pytest

from archspec.backend import Checked
from archspec.backends.diagram.box import settle, spaced
from archspec.backends.diagram.flow import cut
from archspec.backends.diagram.place import Direction, Layout, lay_out
from archspec.backends.diagram.series import Mesh, Part, take_apart
from archspec.backends.diagram.text import FONTS, fit, glyphs, width
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


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def layout_of(text: str, view: View = VIEWS["open"], direction: Direction = "TB") -> tuple[Picture, Layout]:
    picture = build_picture(checked(text), view)
    return picture, lay_out(picture, direction)


def middle(layout: Layout, title: str, number: int = 0) -> float:
    """Return where the middle of a card is, across."""
    placed = [placed for placed in layout.cards if placed.card.title == title][number]
    return placed.x + placed.width / 2


@pytest.mark.parametrize("spec", [spec for path in shipped_specs() for spec in each_model(path.stem)])
def test_shipped_specs_are_laid_out_without_fault(spec: str) -> None:
    model = compile_spec(spec).checked()
    for view in VIEWS.values():
        picture = build_picture(model, view)
        for direction in DIRECTIONS:
            assert not faults(picture, lay_out(picture, direction))


def assert_random(seed: int) -> None:
    text = random_network(seed)
    model = checked(text)
    calls = sum(1 for _ in leaves(model.graph))
    for view in VIEWS.values():
        picture = build_picture(model, view)
        assert sum(card.leaves * times for card, times in picture.cards()) == calls, text
        for direction in DIRECTIONS:
            found = faults(picture, lay_out(picture, direction))
            assert not found, f"{found}\n{text}"


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_are_laid_out_without_fault(seed: int) -> None:
    assert_random(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 540))
def test_many_random_networks_are_laid_out_without_fault(seed: int) -> None:
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


def test_random_networks_have_what_is_neither_chain_nor_fan() -> None:
    def meshes(part: Part) -> int:
        if isinstance(part, Mesh):
            return 1
        return sum(meshes(inner) for inner in getattr(part, "parts", ()) if not isinstance(inner, tuple))

    found = Counter[bool]()
    for seed in range(40):
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


def test_resnet_152_folded_fits_a_page_and_can_be_read() -> None:
    from archspec.backends.diagram import draw

    scene = draw(compile_spec("resnet:resnet152").checked(), View(depth=0))
    # A4 in points; the smallest type is 10.5 pixels.
    scale = min(595 / scene.width, 842 / scene.height)
    assert 10.5 * scale >= 6


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
