"""The Graphviz backend: each layer is drawn or counted once, hostile text stays text, equal models give equal bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archspec.backend import Checked
from archspec.backends.graphviz import RenderError, render, to_dot
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from archspec.ir.leaves import leaves
from archspec.picture.build import build_picture
from archspec.picture.cards import Card, Picture
from archspec.picture.plan import View
from archspec.picture.wording import amount
from archspec.record import replace

ROOT = Path(__file__).resolve().parents[2]

RESIDUAL = """
block residual(width, project = false as 1x1, stride = 1 as s#) {
  add {
    | conv(width, 3x3, s=stride, same) -> bn -> relu -> conv(width, 3x3, same) -> bn
    | if project { conv(width, 1x1, s=stride) } else { skip }
  }
  relu
}
block stage(width) { residual(width, 1x1, s2) -> residual(width) * 3 }
input 32x32x3
conv(16, 3x3, same) -> bn -> relu
residual(16) -> residual(16)
stage(32) -> stage(64)
gap -> dense(10, softmax)
"""
U_NET = """
block double(width) { conv(width, 3x3, same, relu) -> conv(width, 3x3, same, relu) }
input 32x32x3
double(8) as a
max_pool(2x2)
double(16)
up_sampling(2x2)
concat(a, _)
double(8)
conv(1, 1x1, sigmoid)
"""
SIAMESE = """
model siamese {
  block tower(width) { dense(width, relu) -> dense(width) }
  input left: 16
  input right: 16
  shared embed = tower(8)
  shared last = dense(4)
  from left -> embed -> last as a
  from right -> embed -> last as b
  subtract(a, b) as difference
  dense(1, sigmoid) as score
  output score, difference
}
"""
REPEATS = """
input 8
repeat 5 { repeat 3 { dense(8, relu) -> dropout(0.1) } -> dense(8) }
repeat 4 { dense(8, tanh) }
"""
SEVERAL = """
block both(a, b) { add(a, b) -> dense(8) }
model several {
  input x: 8
  input y: 8
  both(x, y)
  dense(8)
}
"""
TEXTS = {"residual": RESIDUAL, "unet": U_NET, "siamese": SIAMESE, "repeats": REPEATS}


def checked(text: str, name: str = "model.arch") -> Checked:
    return compile_source(Source(name, text)).checked()


def cards(picture: Picture, form: str) -> list[Card]:
    return [card for card, _ in picture.cards() if card.form == form]


def svg(dot: str) -> ElementTree.Element:
    return ElementTree.fromstring(render(dot, "svg"))


def texts(dot: str) -> list[str]:
    return ["".join(element.itertext()) for element in svg(dot).iter("{http://www.w3.org/2000/svg}text")]


# --- what is drawn --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fuse", [True, False])
@pytest.mark.parametrize("depth", [None, 0, 1, 99])
@pytest.mark.parametrize("name", TEXTS)
def test_every_layer_is_drawn_once_or_counted_in_one_fold(name: str, depth: int | None, fuse: bool) -> None:
    assert_covers(checked(TEXTS[name]), depth, fuse)


@pytest.mark.parametrize("spec", [spec for path in shipped_specs() for spec in each_model(path.stem)])
def test_shipped_specs_are_drawn_in_full(spec: str) -> None:
    model = compile_spec(spec).checked()
    for depth in (None, 0, 1):
        assert_covers(model, depth, True)


def assert_covers(model: Checked, depth: int | None, fuse: bool) -> None:
    paths = Counter(leaf.path for leaf in leaves(model.graph))
    picture = build_picture(model, View(depth=depth, fuse=fuse))
    assert sum(card.leaves * times for card, times in picture.cards()) == paths.total()
    drawn = Counter(path for card, _ in picture.cards() for path in card.paths)
    for path, times in drawn.items():
        under = [leaf for leaf in paths if leaf == path or (path.endswith("/") and leaf.startswith(path))]
        assert under, f"{path} is drawn, but there is no such layer"
        assert times <= max(paths[leaf] for leaf in under), f"{path} is drawn {times} times"


def test_a_normalisation_and_an_activation_are_fused_into_the_layer_they_follow() -> None:
    model = checked("input 8x8x3\nconv(4, 3x3, s2) -> bn -> relu -> bn -> max_pool(2x2)")
    fused = cards(build_picture(model), "card")
    assert [(card.title, card.detail, card.rows) for card in fused] == [
        ("Conv2D", "3\u00d73, 4 /2", ("BatchNorm, ReLU",)),
        ("BatchNorm", "", ()),
        ("MaxPool", "2\u00d72 /2", ()),
    ]
    assert fused[0].amount == "128"
    apart = cards(build_picture(model, View(fuse=False)), "card")
    assert [card.title for card in apart] == ["Conv2D", "BatchNorm", "ReLU", "BatchNorm", "MaxPool"]


def test_what_is_read_twice_is_not_fused() -> None:
    model = checked("input 8x8x4\nconv(4, 3x3, same) as c\nrelu\nadd(c, _)")
    assert [card.title for card in cards(build_picture(model), "card")] == ["Conv2D", "ReLU"]


def test_equal_neighbours_fold_and_bear_their_total() -> None:
    picture = build_picture(checked(RESIDUAL), View(depth=0))
    folds = cards(picture, "fold")
    assert [(card.title, card.times) for card in folds] == [("residual", 2), ("stage", 1), ("stage", 1)]
    assert folds[0].amount == "9.5 K"
    assert folds[0].rows == ("7 layers",)


def test_repetitions_are_drawn_once_with_their_number() -> None:
    picture = build_picture(checked(REPEATS))
    assert [(card.title, card.times, card.amount) for card in cards(picture, "strip")] == [
        ("repeat", 5, "1.4 K"),
        ("repeat", 3, "216"),
    ]
    single = [card for card in cards(picture, "card") if card.times == 4]
    assert [(card.title, card.rows, card.amount) for card in single] == [("Dense", ("tanh",), "288")]
    assert "\u00d74" in texts(to_dot(checked(REPEATS)))


def test_large_models_start_folded_and_small_ones_open() -> None:
    blocks = "block inner(n) { dense(n) -> dropout(0.1) }\nblock outer(n) { inner(n) -> inner(n + 1) }\ninput 8\n"
    small = checked(blocks + "\n".join(f"outer({n})" for n in range(1, 6)))
    assert not cards(build_picture(small), "fold")
    large = checked(blocks + "\n".join(f"outer({n})" for n in range(1, 7)))
    picture = build_picture(large)
    # The first of each kind is opened and shows what the others are.
    assert [card.title for card in cards(picture, "fold")] == ["inner"] + ["outer"] * 5
    assert [card.title for card in cards(picture, "strip")] == ["outer", "inner"]
    steps = [f"block b{n}(n) {{ dense(n) -> dropout(0.1) -> dense(n) -> dropout(0.{n}) }}" for n in range(1, 12)]
    various = checked("\n".join(steps) + "\ninput 8\n" + "\n".join(f"b{n}(8)" for n in range(1, 12)))
    assert len(cards(build_picture(various), "fold")) == 11


def test_a_skip_connection_leaves_from_where_it_was_named() -> None:
    picture = build_picture(checked(U_NET))
    by_id = {card.id: card for card, _ in picture.cards()}
    skips = [(by_id[line.source].paths, by_id[line.target].form) for line in picture.lines if line.skip]
    assert [form for _, form in skips] == ["bar"]
    assert cards(picture, "bar")[0].detail == "8+16"


def test_shared_layers_are_marked_and_counted_once() -> None:
    picture = build_picture(checked(SIAMESE))
    shared = [(card.title, card.amount) for card, _ in picture.cards() if card.shared]
    assert shared == [("tower", "208"), ("Dense", "36"), ("tower", ""), ("Dense", "")]
    assert "DASHED" in to_dot(checked(SIAMESE))
    assert texts(to_dot(checked(SIAMESE))).count("shared") == 2


def test_several_inputs_and_outputs_have_a_card_each() -> None:
    picture = build_picture(checked(SIAMESE))
    assert [card.title for card in cards(picture, "port")] == ["left", "right", "score", "difference"]
    assert [card.title for card in cards(picture, "sign")] == ["\N{MINUS SIGN}"]


def test_every_line_joins_cards_that_are_drawn() -> None:
    for text in TEXTS.values():
        for depth in (0, 99):
            picture = build_picture(checked(text), View(depth=depth))
            ids = {card.id for card, _ in picture.cards()}
            ends = {end for line in picture.lines for end in (line.source, line.target)}
            assert ends == ids


def test_a_shape_is_told_where_it_changes() -> None:
    picture = build_picture(checked("input 8x8x3\nconv(4, 3x3) -> dropout(0.1) -> flatten -> dropout(0.1)"))
    assert [line.label for line in picture.lines] == ["", "6\u00d76\u00d74", "", "144", ""]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((0, ""), (None, ""), (999, "999"), (1000, "1.0 K"), (9408, "9.4 K"), (36_864, "36.9 K"), (513_000, "513 K")),
        *((999_499, "999 K"), (999_500, "1.00 M"), (2_100_000, "2.10 M"), (99_960_000, "100 M"), (10**15, "1.00 P")),
    ],
)
def test_amounts(number: int | None, text: str) -> None:
    assert amount(number) == text


# --- text from the spec ---------------------------------------------------------------------------------------------

HOSTILE = [
    '"', "\\", "\\\\", '\\"', "\\N \\G \\E \\L \\n", "<b>", "</TABLE>>", "&", "&amp;", "&#10;", "]]>", "<!-- -->",
    "<script>alert(1)</script>", "a\nb\tc\r", "\x00\x07\x1b[31m", "\u202ereversed", "\ud800", "\ufffe", "x" * 5000,
    "\u5377\u7a4d \U0001f642", 'URL="javascript:alert(1)"', "}; n0 -> n1;",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_drawn_as_text(text: str) -> None:
    model = checked("block evil(n) { dense(n) -> dropout(0.1) }\ninput x: 8\nevil(4)\nevil(5)\nrepeat 2 { dense(5) }")
    graph = model.graph
    body = replace(
        graph.body,
        inputs=tuple(replace(port, name=text) for port in graph.body.inputs),
        nodes=tuple(replace(node, name=text) for node in graph.body.nodes),
    )
    evil = {key: replace(body, arguments=(("n", text),)) for key, body in graph.bodies.items()}
    definitions = {key: replace(definition, name=text, doc=text) for key, definition in graph.definitions.items()}
    update = {"name": text, "doc": text, "bodies": evil | {body.key: body}, "definitions": definitions}
    hostile = Checked(replace(graph, **update), model.figures)
    for depth in (0, 1):
        dot = to_dot(hostile, View(depth=depth))
        dot.encode()
        plain = to_dot(model, View(depth=depth))
        assert len(texts(dot)) == len(texts(plain))
        assert_harmless(render(dot, "svg"))
        drawn = max(texts(dot), key=len)
        assert len(drawn) < 200
    if text.isprintable() and len(text) < 80:
        wanted = text.split()
        assert any(shown.split() == wanted for shown in texts(to_dot(hostile))), texts(to_dot(hostile))


def assert_harmless(data: bytes) -> None:
    root = ElementTree.fromstring(data)
    assert b"<!--" not in data and b"<!DOCTYPE" not in data
    for element in root.iter():
        assert element.tag.split("}")[1] in {"svg", "g", "title", "text", "path", "polygon", "polyline", "ellipse"}
        for name, value in element.attrib.items():
            assert "href" not in name and not name.startswith("on") and "url(" not in value and "//" not in value


# --- the rendering --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_svg_stands_alone_and_is_described(name: str, direction: str) -> None:
    model = checked(TEXTS[name], f"{name}_net.arch")
    data = render(to_dot(model, direction=direction), "svg")  # type: ignore[arg-type]
    assert_harmless(data)
    root = ElementTree.fromstring(data)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title") and root[0].text == model.graph.name
    assert str(ROOT).encode() not in data and b"graphviz" not in data.lower()


def test_tooltips_tell_path_arguments_weights_and_place() -> None:
    text = "input 8x8x3\nconv(4, 3x3, same)"
    titles = [
        element.text
        for element in svg(to_dot(checked(text, "/home/me/secret/a.arch"))).iter("{http://www.w3.org/2000/svg}title")
    ]
    told = next(title for title in titles if title and title.startswith("conv") and "weights" in title)
    assert (
        "filters=4" in told
        and "kernel 3\u00d73\u00d73\u00d74, bias 4" in told
        and "6,912 MACs" in told
        and "a.arch:2" in told
    )
    assert not any("secret" in (title or "") for title in titles)


def test_the_documentation_of_a_block_is_in_its_tooltip() -> None:
    assert "Squeezes twice" in to_dot(
        checked("# Squeezes twice.\nblock twice(n) { dense(n) -> dense(n) }\nmodel m { input 8\ntwice(4) }")
    )


def test_png_is_a_picture() -> None:
    assert render(to_dot(checked(U_NET)), "png").startswith(b"\x89PNG")


def test_the_same_model_gives_the_same_text_and_bytes() -> None:
    first, second = to_dot(checked(RESIDUAL)), to_dot(checked(RESIDUAL))
    assert first == second
    assert render(first, "svg") == render(second, "svg")


def test_equal_under_two_hash_seeds() -> None:
    program = (
        "import sys; from archspec.driver import compile_source; from archspec.diagnostics import Source\n"
        "from archspec.backends.graphviz import to_dot\n"
        "sys.stdout.write(to_dot(compile_source(Source('m.arch', sys.stdin.read())).checked()))"
    )
    outputs = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        done = subprocess.run([sys.executable, "-c", program], input=SIAMESE.encode(), capture_output=True, env=env)
        assert done.returncode == 0, done.stderr.decode()
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_what_graphviz_cannot_read_is_a_render_error() -> None:
    with pytest.raises(RenderError, match="could not render"):
        render("digraph {", "svg")


def test_without_graphviz_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *args, **kwargs: None)
    with pytest.raises(RenderError, match="pip install graphviz-pure"):
        render("digraph {}", "svg")


def test_a_pdf_without_dot_needs_svglib_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "svglib.svglib", None)
    with pytest.raises(RenderError, match=r"pip install .archspec-nn\[pdf\]"):
        render(to_dot(checked(U_NET)), "pdf")


def test_a_pdf_is_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("svglib")
    monkeypatch.setenv("PATH", "")
    first = render(to_dot(checked(U_NET)), "pdf")
    assert first.startswith(b"%PDF") and first == render(to_dot(checked(U_NET)), "pdf")


def test_wrong_options_are_refused() -> None:
    model = checked(U_NET)
    with pytest.raises(ValueError, match="direction"):
        to_dot(model, direction="BT")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="depth"):
        to_dot(model, View(depth=-1))
    with pytest.raises(ValueError, match="format"):
        render("digraph {}", "gif")  # type: ignore[arg-type]


def test_deep_and_wide_models_are_folded_without_being_walked() -> None:
    blocks = "block b0(n) { dense(n) -> dense(n + 1) -> dense(n) }\n"
    blocks += "".join(
        f"block b{i}(n) {{ b{i - 1}(n) -> dense(n) -> b{i - 1}(n) -> dense(n) -> b{i - 1}(n) }}\n" for i in range(1, 12)
    )
    model = checked(f"{blocks}input 8\nb11(8)")
    picture = build_picture(model)
    assert sum(card.leaves * times for card, times in picture.cards()) == model.figures.layers[model.graph.main]
