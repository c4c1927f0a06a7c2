"""The files: valid, alone, the same every time; and text from a spec is text in all of them, whatever it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from archspec.backend import Checked
from archspec.backends import diagram
from archspec.backends.diagram import RenderError, Style, draw, render
from archspec.backends.diagram.place import lay_out
from archspec.backends.diagram.scene import COLORS, Circle, Path, Rect, Scene, Text
from archspec.backends.diagram.text import width
from archspec.backends.graphviz import to_dot
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.picture.build import build_picture
from archspec.picture.plan import NothingNamed, View
from tests.conftest import ROOT
from tests.diagram.networks import random_network

SVG = "{http://www.w3.org/2000/svg}"
STYLES: tuple[Style, ...] = ("blocks", "volume", "summary")
SIAMESE = """
block tower(width) { dense(width, relu) -> dense(width) }
model siamese {
  input left: 16
  input right: 16
  shared embed = tower(8)
  from left -> embed as a
  from right -> embed as b
  subtract(a, b) -> (dense(8, relu) -> dropout(0.1)) * 3 -> dense(1, sigmoid)
}
"""


def checked(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def assert_alone(svg: bytes) -> ElementTree.Element:
    """A picture that is valid XML, runs nothing and refers to nothing; what is in it lies on its page."""
    root = ElementTree.fromstring(svg)
    assert b"<!DOCTYPE" not in svg and b"<!ENTITY" not in svg and b"url(" not in svg and b"var(" not in svg
    wide, high = map(float, (root.get("width", ""), root.get("height", "")))
    assert root.get("viewBox") == f"0 0 {wide:g} {high:g}"
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert name in {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "text"}
        for key, value in element.attrib.items():
            assert not key.startswith("on") and "href" not in key and "javascript" not in value, (key, value)
        if name == "rect":
            assert float(element.get("x", "")) >= 0 and float(element.get("y", "")) >= 0
            assert float(element.get("x", "")) + float(element.get("width", "")) <= wide
            assert float(element.get("y", "")) + float(element.get("height", "")) <= high
        if name == "text":
            assert 0 <= float(element.get("x", "")) <= wide and 0 <= float(element.get("y", "")) <= high
    return root


@pytest.mark.parametrize("spec", [spec for path in shipped_specs() for spec in each_model(path.stem)])
def test_shipped_specs_in_every_style(spec: str) -> None:
    model = compile_spec(spec).checked()
    for view in (View(), View(depth=0), View(depth=99)):
        for style in STYLES:
            assert_page_holds_its_text(draw(model, view, style=style))
            assert_alone(render(model, view=view, style=style))
        assert_page_holds_its_text(draw(model, view, direction="LR"))


def assert_page_holds_its_text(scene: Scene) -> None:
    for shape in scene.shapes():
        if isinstance(shape, Text):
            length = width(shape.text, shape.size, shape.bold)
            left = shape.x - length * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
            assert left >= 0 and left + length <= scene.width + 0.5, shape.text


@pytest.mark.parametrize("seed", range(100, 112))
def test_random_networks_in_every_style_and_format(seed: int) -> None:
    model = checked(random_network(seed))
    for style in STYLES:
        assert_alone(render(model, style=style))
    assert render(model, "pdf").startswith(b"%PDF")
    assert render(model, "mermaid").startswith(b"%%")
    assert_page(render(model, "html"))


def test_in_volumes_no_two_boxes_meet() -> None:
    for spec in ("vgg11", "unet", "resnet18"):
        scene = draw(compile_spec(spec).checked(), style="volume")
        fronts = [shape for shape in scene.shapes() if isinstance(shape, Rect) and shape.fill.endswith(".face")]
        assert len(fronts) > 8
        for number, a in enumerate(fronts):
            for b in fronts[number + 1 :]:
                apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
                assert apart


def test_a_volume_is_as_large_as_its_tensor() -> None:
    scene = draw(checked("input 64x64x4\nconv(16, 3x3, same) -> max_pool(4x4)"), style="volume")
    boxes = {s.fill: (s.height, s.width) for s in scene.shapes() if isinstance(s, Rect) and s.fill != "io.face"}
    entry = next(s for s in scene.shapes() if isinstance(s, Rect) and s.fill == "io.face")
    # A fourth of the length is half the height; the thickness is 4, and 4 more for each doubling of the channels.
    assert (entry.height, entry.width) == (120, 12)
    assert boxes["conv.face"] == (120, 20) and boxes["pool.face"] == (60, 20)


def test_a_summary_has_one_card_a_stage() -> None:
    text = (
        "input 32x32x3\nconv(8, 3x3, same, relu) -> conv(8, 3x3, same, relu) -> max_pool(2x2)\n"
        "conv(16, 3x3, same, relu) -> conv(16, 3x3, same) -> bn -> relu -> max_pool(2x2)\nflatten -> dense(10)"
    )
    scene = draw(checked(text), style="summary")
    titles = [shape.text for shape in scene.shapes() if isinstance(shape, Text) and shape.bold]
    assert titles == ["net", "input", "2 \u00d7 Conv2D", "2 \u00d7 Conv2D", "Dense", "output"]


# --- hostile text ----------------------------------------------------------------------------------------------------

HOSTILE = [
    '"', "'", "\\", "<b>", "</text><script>alert(1)</script>", "&", "&amp;", "&#60;", "]]>", "<!-- -->", "-->",
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a\nb\tc\r", "\x00\x07\x1b[31m",
    "\u202ereversed\u2066", "\ud800", "\ufffe", "x" * 10_000, "\u5377\u7a4d \U0001f642 \u05e9\u05dc\u05d5\u05dd",
    "javascript:alert(1)", "end", "graph TD; a-->b", 'click a "javascript:alert(1)"', "%% {init}", "${alert(1)}",
    "`", "|x|", "#quot;", "\u2028\u2029", "\u200f\u061cright to left\u202e", "]]>]]&gt;<![CDATA[", "x:y:n", "%%{",
]  # fmt: skip


def hostile(text: str) -> Checked:
    model = checked(
        "block evil(n) { dense(n) -> dropout(0.1) }\nmodel m {\n input x: 8\n evil(4)\n evil(5)\n repeat 2 { dense(5) }\n}"
    )
    graph = model.graph

    def named(key: str) -> Any:
        body = graph.bodies[key]
        nodes = tuple(replace(node, name=text) for node in body.nodes)
        ports = tuple(replace(port, name=text) for port in body.inputs)
        return replace(body, nodes=nodes, inputs=ports, arguments=(("n", text),))

    definitions = {k: replace(d, name=text, doc=text) for k, d in graph.definitions.items()}
    update = {"name": text, "doc": text, "definitions": definitions, "bodies": {k: named(k) for k in graph.bodies}}
    return Checked(replace(graph, **update), model.figures, text)


class _Page(HTMLParser):
    """What a browser would find: the elements, and the content of the scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script":
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", {}))


def assert_page(page: bytes) -> Any:
    found = _Page()
    found.feed(page.decode())
    tags = [tag for tag, _ in found.elements if not tag.startswith("/")]
    assert tags.count("script") == 2 and "img" not in tags and "iframe" not in tags and "link" not in tags
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name in ("src", "href", "action") for name in attributes)
    policy = next(attributes for tag, attributes in found.elements if attributes.get("http-equiv"))
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "http" not in found.scripts[1].replace("http://www.w3.org/2000/svg", "")
    assert len(found.scripts[1]) < 13_000
    return json.loads(found.scripts[0])


def skeleton(dot: str) -> str:
    """Return DOT without what its strings and its labels say: no text can add to that or take from it."""
    return re.sub(r">[^<>]*<", "><", re.sub(r'"[^"]*"', '""', dot))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_text_in_every_format(text: str) -> None:
    model = hostile(text)
    plain = hostile("plain")
    for view in (View(), View(depth=0)):
        root = assert_alone(render(model, view=view))
        expected = assert_alone(render(plain, view=view))
        assert [e.tag for e in root.iter() if e.tag != f"{SVG}text"] == [
            e.tag for e in expected.iter() if e.tag != f"{SVG}text"
        ]
        assert max(len(e.text or "") for e in root.iter(f"{SVG}text")) < 200
        mermaid = render(model, "mermaid", view).decode().splitlines()
        simple = render(plain, "mermaid", view).decode().splitlines()
        assert len(mermaid) == len(simple)
        for line, known in zip(mermaid[1:], simple[1:], strict=True):
            assert re.sub(r'"[^"]*"', '""', line) == re.sub(r'"[^"]*"', '""', known)
            assert not re.search(r"<(?!/?b>|br>)", line)
        assert len(to_dot(model, view)) < 100_000
        assert skeleton(to_dot(model, view)) == skeleton(to_dot(plain, view))
    data = assert_page(render(model, "html"))
    assert len(data["flows"]) == len(assert_page(render(plain, "html"))["flows"])
    assert render(model, "pdf").startswith(b"%PDF")
    for style in STYLES:
        assert_alone(render(model, style=style))


def test_a_hostile_spec_is_drawn_as_text_in_every_format() -> None:
    """The same by way of the parser: comments, names as long as may be, texts as arguments."""
    long = "x" * 240
    comment = '# </title><script>alert(1)</script> ]]> "quoted" & \u202e\u200f --> </svg> %% \\N' + "y" * 10_000
    text = f"{comment}\nblock {long} {{ dense(4) as inner{long} }}\nmodel m {{\n{comment}\ninput {long}: 8\n{long}\n{long}\n}}"
    model = compile_source(Source("</title><script>alert(1)</script>.arch", text)).checked()
    simple = compile_source(Source("net.arch", re.sub("#.*", "# a comment", text).replace(long, "name"))).checked()
    for view in (View(), View(depth=0), View(depth=9)):
        for style in STYLES:
            for direction in ("TB", "LR"):
                svg = render(model, view=view, style=style, direction=direction)  # type: ignore[arg-type]
                assert_alone(svg)
                assert b"<script" not in svg and "\u202e" not in svg.decode() and len(svg) < 100_000
        assert skeleton(to_dot(model, view)) == skeleton(to_dot(simple, view))
        assert len(render(model, "mermaid", view).splitlines()) == len(render(simple, "mermaid", view).splitlines())
        assert render(model, "pdf", view).startswith(b"%PDF")
    page = render(model, "html")
    assert len(assert_page(page)["flows"]) == len(assert_page(render(simple, "html"))["flows"])
    assert "\u202e" not in page.decode() and len(page) < 200_000


def test_a_png_of_hostile_text_is_a_picture() -> None:
    for text in ("\u5377\u7a4d<&>", "x" * 10_000, "\x00\ud800"):
        assert render(hostile(text), "png").startswith(b"\x89PNG")


# --- each format -----------------------------------------------------------------------------------------------------


def test_svg_is_light_and_turns_dark_where_that_is_preferred() -> None:
    svg = render(checked(SIAMESE)).decode()
    (rules,) = re.findall(r"@media \(prefers-color-scheme:dark\)\{(.*)\}</style>", svg)
    known = dict(re.findall(r"\.(\w+)\{(?:fill|stroke):(#\w+)\}", rules))
    used = set(re.findall(r'class="([^"]+)"', svg))
    assert {name for names in used for name in names.split()} == set(known)
    assert set(known.values()) <= set(COLORS["dark"].values())
    assert COLORS["dark"]["ground"] not in svg.split("</style>")[1]
    dark = render(checked(SIAMESE), theme="dark").decode()
    assert "<style>" not in dark and "class=" not in dark and f'fill="{COLORS["dark"]["ground"]}"' in dark
    assert "<style>" not in render(checked(SIAMESE), theme="light").decode()


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    first, second = sorted((luminance(a), luminance(b)), reverse=True)
    return (first + 0.05) / (second + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colors_can_be_told_from_the_ground_and_text_be_read(theme: str) -> None:
    colors = COLORS[theme]
    assert set(colors) == set(COLORS["light"])
    for role in ("io", "conv", "norm", "activation", "pool", "dense", "attention", "recurrent", "skip", "line"):
        assert contrast(colors[role], colors["ground"]) >= 3, role
    for role in colors:
        if role.endswith(".fill") or role.startswith("frame."):
            assert contrast(colors["text"], colors[role]) >= 7, role
            assert contrast(colors["muted"], colors[role]) >= 4.5, role


def test_a_pdf_says_where_its_objects_are_and_holds_the_text() -> None:
    data = render(checked(SIAMESE), "pdf")
    start = int(re.findall(rb"startxref\n(\d+)", data)[0])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", data[start:])]
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj" % number)
    assert data == render(checked(SIAMESE), "pdf")
    streams = re.findall(rb"/Length (\d+)[^>]*>>\nstream\n", data)
    assert len(streams) == 5
    at = data.index(b"stream\n") + 7
    content = zlib.decompress(data[at : at + int(streams[0])])
    scene = draw(checked(SIAMESE))
    assert content.count(b" Tj ET") == sum(isinstance(shape, Text) for shape in scene.shapes())


def test_a_png_has_twice_the_pixels_of_the_drawing() -> None:
    scene = draw(checked(SIAMESE))
    data = render(checked(SIAMESE), "png")
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (
        scene.width * 2,
        scene.height * 2,
    )


def test_without_resvg_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(RenderError, match="pip install resvg-py"):
        render(checked(SIAMESE), "png")


def test_mermaid_has_every_card_and_line() -> None:
    picture = build_picture(checked(SIAMESE))
    text = render(checked(SIAMESE), "mermaid").decode()
    for card, _ in picture.cards():
        assert re.search(rf"\bn{card.id}\W", text)
    assert len(re.findall(r"-->|-\.->", text)) == len(picture.lines)
    assert "\u00d73" in text and "shared" in text


def test_html_holds_every_layer_and_where_it_was_written() -> None:
    model = checked(SIAMESE)
    data = assert_page(render(model, "html", View(depth=0)))
    picture = build_picture(model, View(depth=99))
    cards = [card for flow in data["flows"].values() for card in flow["cards"]]
    assert sorted(card["i"] for card in cards) == sorted(card.id for card, _ in picture.cards())
    assert not [number for number in data["open"] if data["frames"][number]["t"] == "tower"]
    dense = next(card for card in cards if card["t"] == "Dense" and card["l"] == 2)
    assert "dense(width, relu)" in data["lines"][str(dense["l"])]


def test_html_says_what_is_open_as_the_picture_does() -> None:
    blocks = "block inner(n) { dense(n) -> dropout(0.1) }\nblock outer(n) { inner(n) -> inner(n + 1) }\ninput 8\n"
    model = checked(blocks + "\n".join(f"outer({n})" for n in range(1, 12)))
    shown = [card.title for card, _ in build_picture(model).cards() if card.form == "strip"]
    data = assert_page(render(model, "html"))
    assert sorted(data["frames"][number]["t"] for number in data["open"]) == sorted(shown) == ["inner", "outer"]


def test_the_same_bytes_under_two_hash_seeds() -> None:
    program = (
        "import sys, hashlib; from archspec.driver import compile_source; from archspec.diagnostics import Source\n"
        "from archspec.backends.diagram import render\n"
        "model = compile_source(Source('m.arch', sys.stdin.read())).checked()\n"
        "for format in ('svg', 'pdf', 'html', 'mermaid'): print(hashlib.sha256(render(model, format)).hexdigest())"
    )
    outputs = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        text = random_network(7)
        done = subprocess.run([sys.executable, "-c", program], input=text.encode(), capture_output=True, env=env)
        assert done.returncode == 0, done.stderr.decode()
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_no_machine_path_is_told() -> None:
    model = compile_source(Source("/home/me/secret/net.arch", SIAMESE)).checked()
    for format in ("svg", "html", "mermaid"):
        assert b"secret" not in render(model, format)  # type: ignore[arg-type]


# --- what to show ----------------------------------------------------------------------------------------------------

NESTED = """
block inner(n) { dense(n) -> dropout(0.1) }
block outer(n) { inner(n) -> relu }
input 8
outer(4) -> outer(5)
"""


def opened(view: View) -> list[str]:
    return [card.title for card, _ in build_picture(checked(NESTED), view).cards() if card.form == "strip"]


@pytest.mark.parametrize(
    ("view", "titles"),
    [
        (View(depth=0), []),
        (View(depth=1), ["outer", "outer"]),
        (View(depth=0, expand=frozenset({"inner"})), ["outer", "inner", "outer", "inner"]),
        (View(depth=0, expand=frozenset({"outer2"})), ["outer"]),
        (View(depth=0, expand=frozenset({"outer1/inner"})), ["outer", "inner"]),
    ],
)
def test_blocks_are_opened_by_depth_and_by_name(view: View, titles: list[str]) -> None:
    assert opened(view) == titles


@pytest.mark.parametrize(
    ("name", "view", "titles"),
    [
        ("Dense", View(), ["Dense", "Dense"]),
        ("dense", View(depth=0), ["outer", "outer"]),
        ("outer1", View(), ["outer"]),
        ("outer2/inner/dropout", View(), ["Dropout"]),
    ],
)
def test_what_is_named_stands_out(name: str, view: View, titles: list[str]) -> None:
    picture = build_picture(checked(NESTED), replace(view, highlight=frozenset({name})))
    assert [card.title for card, _ in picture.cards() if card.mark == "highlight"] == titles
    assert COLORS["light"]["highlight"].encode() in render(
        checked(NESTED), view=replace(view, highlight=frozenset({name}))
    )


def test_what_is_named_stands_out_in_the_other_formats_too() -> None:
    view = View(highlight=frozenset({"outer1", "outer2/inner/dropout"}))
    picture = build_picture(checked(NESTED), view)
    (block, layer) = (card.id for card, _ in picture.cards() if card.mark)
    text = render(checked(NESTED), "mermaid", view).decode()
    assert f"style f{block} stroke:" in text and f"style n{layer} stroke:" in text
    dot = to_dot(checked(NESTED), view)
    assert dot.count(COLORS["light"]["highlight"]) == 2 and "penwidth=3" in dot
    assert COLORS["light"]["highlight"] not in to_dot(checked(NESTED))


def test_a_name_that_nothing_has_is_refused() -> None:
    for view in (View(expand=frozenset({"nope"})), View(highlight=frozenset({"outer1/nope"}))):
        with pytest.raises(NothingNamed, match="nope"):
            build_picture(checked(NESTED), view)


@pytest.mark.parametrize(
    "options", [{"style": "x"}, {"direction": "BT"}, {"theme": "blue"}, {"format": "gif"}], ids=lambda o: next(iter(o))
)
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be one of"):
        render(checked(NESTED), **options)


def test_unfused_layers_have_a_card_each() -> None:
    model = checked("input 8x8x3\nconv(4, 3x3) -> bn -> relu")
    count = len(lay_out(build_picture(model)).cards)
    assert len(lay_out(build_picture(model, View(fuse=False))).cards) == count + 2


def test_what_is_public_is_there() -> None:
    for name in diagram.__all__:
        assert hasattr(diagram, name)
    assert {type(shape) for shape in draw(checked(SIAMESE)).shapes()} == {Rect, Circle, Path, Text}
