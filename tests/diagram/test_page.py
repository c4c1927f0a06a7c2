"""What people print: drawings fit an A4 page, and everything on it can be read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from archspec.backend import Checked
from archspec.backends.diagram import Style, render
from archspec.backends.diagram.place import Layout, lay_out
from archspec.backends.diagram.scene import Direction
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.picture.build import build_picture, build_pictures
from archspec.picture.plan import View
from tests.diagram.checks import faults

SVG = "{http://www.w3.org/2000/svg}"
#: A4 with margins of 10 mm, in points of 1/72 inch.
WIDE, HIGH = (210 - 20) / 25.4 * 72, (297 - 20) / 25.4 * 72
LEAST_POINTS = 6
MODELS = [spec for path in shipped_specs() for spec in each_model(path.stem)]
#: Networks whose drawing is larger than a page, and why.
LARGER = {
    "wavenet": "fifty layers that all differ, written in a loop and not in a block, so nothing of it folds",
    "inceptionresnetv2": "four branches side by side, each a row of blocks that has to tell its sizes",
}


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def printed(svg: bytes, *, sideways: bool = False) -> float:
    """Return how many points high the smallest text is where a drawing is printed as large as the page allows."""
    root = ElementTree.fromstring(svg)
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    page = (HIGH, WIDE) if sideways else (WIDE, HIGH)
    sizes = [float(text.get("font-size", "")) for text in root.iter(f"{SVG}text")]
    assert root.get("viewBox") == f"0 0 {wide:g} {high:g}" and len(sizes) > 3
    return min(sizes) * min(page[0] / wide, page[1] / high)


def texts(svg: bytes) -> list[str]:
    """Return the texts of a drawing."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_resnet_152_fits_a_page_with_a_block_of_each_kind_open() -> None:
    svg = render(compile_spec("resnet:resnet152").checked())
    assert printed(svg) >= LEAST_POINTS
    found = texts(svg)
    # Table 1 of the paper (He et al. 2015): 3, 8, 36 and 3 blocks, of which the first of a stage has a projection.
    assert [word for word in found if word.startswith("\u00d7")] == [f"\u00d7{count - 1}" for count in (3, 8, 36, 3)]
    assert {"1\u00d71, 64", "3\u00d73, 64", "1\u00d71, 256"} <= set(found)


@pytest.mark.parametrize("spec", MODELS)
def test_shipped_specs_fit_a_page(spec: str) -> None:
    points = printed(render(compile_spec(spec).checked()))
    assert (points >= LEAST_POINTS) == (spec not in LARGER), f"{points:.2f} pt"


@pytest.mark.parametrize("style", ["blocks", "volume"])
@pytest.mark.parametrize(
    "spec",
    ["vgg11", "vgg:vgg19", "resnet18", "resnet:resnet152", "googlenet", "densenet", "mobilenet_v2", "lenet:lenet"],
)
def test_what_goes_to_the_right_fits_a_page_on_its_side(spec: str, style: Style) -> None:
    assert printed(render(compile_spec(spec).checked(), style=style, direction="LR"), sideways=True) >= LEAST_POINTS


@pytest.mark.parametrize("count", [60, 200])
def test_a_long_row_of_different_layers_fills_the_page(count: int) -> None:
    text = "input 8\n" + "\n".join(f"dense({n + 1}) -> flatten" for n in range(count))
    root = ElementTree.fromstring(render(checked(text)))
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    assert 0.5 < (wide / WIDE) / (high / HIGH) < 2


# --- columns ---------------------------------------------------------------------------------------------------------


def columns(text: str, room: tuple[float, float], direction: Direction = "TB") -> Layout:
    picture = build_picture(checked(text))
    layout = lay_out(picture, direction, room=room)
    assert not faults(picture, layout)
    return layout


def places(layout: Layout) -> dict[str, tuple[float, float]]:
    return {placed.card.title: (placed.x + placed.width / 2, placed.y) for placed in layout.cards}


LONG = "input 8\ndense(1)\nrelu\nflatten\ndropout(0.1)\nbn\ntanh"


def test_a_long_chain_stands_in_columns_read_from_the_left() -> None:
    layout = columns(LONG, (700, 250))
    found = [(placed.x + placed.width / 2, placed.y) for placed in layout.cards]
    assert len({x for x, _ in found}) == 2 and found == sorted(found)
    assert layout.height <= 250
    # One line goes up from the end of the first column to the beginning of the second; the others are straight.
    assert [len(line.points) for line in layout.lines].count(2) == len(layout.lines) - 1


def test_a_chain_that_fits_is_not_broken() -> None:
    alone = columns(LONG, (700, 1000))
    assert len({x for x, _ in places(alone).values()}) == 1
    assert alone.height <= 1000


def test_what_goes_to_the_right_is_broken_into_rows() -> None:
    layout = columns(LONG, (500, 700), "LR")
    found = [(placed.y + placed.height / 2, placed.x) for placed in layout.cards]
    assert len({y for y, _ in found}) > 1 and found == sorted(found)
    assert layout.width <= 500


def test_columns_do_not_break_a_skip() -> None:
    layers = "\n".join("dense(8, relu)\nflatten" for _ in range(8))
    layout = columns(f"input 8\n_ as x\n{layers}\nadd(x, _)\nrelu", (900, 200))
    assert len({placed.x + placed.width / 2 for placed in layout.cards if placed.card.title == "Dense"}) == 1


def test_two_tensors_go_from_column_to_column_side_by_side() -> None:
    picture = build_picture(compile_spec("nasnet:nasnet").checked(), View(depth=0))
    layout = lay_out(picture, room=(900, 500))
    assert not faults(picture, layout) and layout.height <= 500
    lanes = [line for line in layout.lines if len(line.points) == 6]
    # Every cell hands on what it made and what the one before it made.
    assert len(lanes) >= 4 and len({line.points[2][0] for line in lanes}) == len(lanes)


def test_drawings_come_from_the_most_open_to_the_most_folded() -> None:
    for spec in ("resnet:resnet152", "transformer:transformer", "googlenet", "densenet_bc:densenet201"):
        counts = [sum(1 for _ in picture.cards()) for picture in build_pictures(compile_spec(spec).checked())]
        assert len(counts) > 1 and counts[-1] == min(counts)
