"""The HTML drawing in a real browser: folding by mouse and by keys, searching, moving about; nothing fetched, no error.

What the browser shows is kept in `build/screenshots`. Without a browser all this is skipped, but for an environment
that says by ARCHSPEC_NEEDS_BROWSER that it must not be.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import archspec
from archspec.backend import Checked
from archspec.backends.diagram import render, render_picture
from archspec.backends.diagram.face import STRIP
from archspec.compare import compare
from archspec.compare.picture import draw_both
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec
from archspec.picture.plan import View
from archspec.record import replace
from tests.conftest import ROOT
from tests.diagram.browser import PROGRAM, Browser
from tests.diagram.networks import random_network

NEEDED = bool(os.environ.get("ARCHSPEC_NEEDS_BROWSER"))
pytestmark = pytest.mark.skipif(PROGRAM is None and not NEEDED, reason="needs Chromium: apt-get install chromium")
#: Where the pictures are kept that show what the browser showed.
KEPT = ROOT / "build" / "screenshots"
CONTROL = 2

BLOCKS = """\
block unit(n) { conv(n, 3x3, same, relu)   # of the block
  max_pool(2x2) }
input 16x16x3
unit(4) -> unit(8)
flatten -> dense(2)
"""

#: The cards with their places in the drawing. The last outline of a card is its own; those before stand behind it.
CARDS = """JSON.stringify([...document.querySelectorAll("g.card")].map((card) => {
  const box = [...card.querySelectorAll(".box, .sign-box")].pop().getBBox();
  const outer = card.getCTM(), world = document.getElementById("world").getCTM(), scale = world.a;
  return {
    title: card.querySelector(".title").textContent, expanded: card.getAttribute("aria-expanded"),
    x: (outer.e - world.e) / scale + box.x, y: (outer.f - world.f) / scale + box.y, w: box.width, h: box.height,
  };
}))"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


def model(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def show(browser: Browser, folder: Path, page: bytes) -> None:
    file = folder / "page.html"
    file.write_bytes(page)
    browser.requests.clear()
    browser.errors.clear()
    browser.open(file)


def keep(browser: Browser, name: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.png").write_bytes(browser.picture())


def cards(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(browser.run(CARDS))
    return found


def titles(browser: Browser) -> list[str]:
    return [card["title"] for card in cards(browser)]


def expanded(browser: Browser) -> list[str | None]:
    return [card["expanded"] for card in cards(browser)]


def middle(browser: Browser, element: str) -> tuple[float, float]:
    """Return where on the screen the middle of an element is, told by an expression."""
    x, y = json.loads(
        browser.run(
            f"(() => {{ const box = {element}.getBoundingClientRect();"
            "return JSON.stringify([box.left + box.width / 2, box.top + box.height / 2]); })()"
        )
    )
    return x, y


def card(browser: Browser, title: str, number: int = 0) -> tuple[float, float]:
    """Return where on the screen the title of a card is."""
    wanted = f"(text) => text.textContent === {json.dumps(title)}"
    return middle(browser, f'[...document.querySelectorAll("g.card .title")].filter({wanted})[{number}]')


def press(browser: Browser, button: str) -> None:
    """Click a button."""
    browser.click(*middle(browser, f"document.getElementById({json.dumps(button)})"))


def text(browser: Browser, id: str) -> str:
    return str(browser.run(f"document.getElementById({json.dumps(id)}).textContent"))


def focused(browser: Browser) -> str:
    found = browser.run("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
    return str(found)


def transform(browser: Browser) -> tuple[float, float, float]:
    """Return where the drawing is moved to, and how much larger it is."""
    given = str(browser.run("document.getElementById('world').getAttribute('transform')"))
    x, y, scale = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", given))
    return x, y, scale


def within_stage(browser: Browser, element: str) -> bool:
    """Tell whether an element is in sight as a whole."""
    inside = browser.run(
        f"(() => {{ const box = {element}.getBoundingClientRect();"
        "const stage = document.getElementById('stage').getBoundingClientRect(), main = stage.top;"
        "return box.left >= stage.left - 1 && box.right <= stage.right + 1 && box.top >= main - 1"
        " && box.bottom <= stage.bottom + 1 && document.querySelector('main').scrollTop === 0; })()"
    )
    return bool(inside)


def assert_nothing_overlaps(browser: Browser) -> None:
    """No two cards meet, but for a frame and what is in it."""
    found = cards(browser)
    for number, a in enumerate(found):
        for b in found[number + 1 :]:
            apart = a["x"] + a["w"] <= b["x"] + 0.5 or b["x"] + b["w"] <= a["x"] + 0.5
            apart = apart or a["y"] + a["h"] <= b["y"] + 0.5 or b["y"] + b["h"] <= a["y"] + 0.5
            within = inside(a, b) or inside(b, a)
            assert apart or within, (a, b)


def inside(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if b["expanded"] != "true":
        return False
    across = b["x"] - 0.5 <= a["x"] and a["x"] + a["w"] <= b["x"] + b["w"] + 0.5
    return bool(across and b["y"] + STRIP - 0.5 <= a["y"] and a["y"] + a["h"] <= b["y"] + b["h"] + 0.5)


def settle(browser: Browser) -> None:
    """Wait until what has happened in the page has been told."""
    browser.run("new Promise((done) => setTimeout(done, 50))")


def assert_clean(browser: Browser) -> None:
    """Nothing went wrong in the page, and it asked for nothing but itself."""
    settle(browser)
    assert browser.errors == []
    assert len(browser.requests) == 1 and browser.requests[0].startswith("file:///")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("console.error('wrong')", "wrong"),
        ("setTimeout(() => nothing.at.all)", "nothing is not defined"),
        ("document.body.append(Object.assign(new Image(), {src: 'http://localhost:9/x.png'}))", "localhost:9"),
        ("fetch('http://localhost:9/y').catch(() => 0)", "localhost:9"),
    ],
)
def test_what_goes_wrong_or_is_fetched_is_noticed(browser: Browser, tmp_path: Path, script: str, told: str) -> None:
    show(browser, tmp_path, f"<!DOCTYPE html><body><script>{script}</script>".encode())
    with pytest.raises(AssertionError):
        assert_clean(browser)
    assert told in "\n".join([*browser.errors, *browser.requests])


def test_the_page_itself_forbids_to_fetch(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html"))
    assert_clean(browser)
    browser.run("document.body.append(Object.assign(new Image(), {src: 'http://localhost:9/x.png'}))")
    settle(browser)
    assert "Content Security Policy" in "".join(browser.errors)


# --- folding ---------------------------------------------------------------------------------------------------------


def test_fold_and_unfold_by_mouse(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html", View(depth=0)))
    assert titles(browser) == ["input", "unit", "unit", "Flatten", "Dense", "output"]
    assert expanded(browser) == [None, "false", "false", None, None, None]
    keep(browser, "folded")
    place = card(browser, "unit", 1)
    browser.click(*place)
    assert titles(browser) == ["input", "unit", "unit", "Conv2D", "MaxPool", "Flatten", "Dense", "output"]
    assert expanded(browser) == [None, "false", "true", None, None, None, None, None]
    # What was clicked stays under the pointer.
    assert card(browser, "unit", 1)[1] == pytest.approx(place[1], abs=3)
    assert_nothing_overlaps(browser)
    keep(browser, "unfolded")
    browser.click(*card(browser, "unit", 1))
    assert expanded(browser) == [None, "false", "false", None, None, None]
    assert_clean(browser)


def test_fold_and_unfold_by_keys(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html", View(depth=0)))
    reached = []
    for _ in range(12):
        browser.key("Tab")
        reached.append(focused(browser))
    # The header from left to right, then the cards in the order of execution.
    assert reached[:6] == ["Search layers and blocks", "Unfold all", "Fold all", "Zoom out", "Zoom in", "Fit"]
    assert [name.split()[0] for name in reached[6:]] == ["input", "unit", "unit", "Flatten", "Dense", "output"]
    for _ in range(3):
        browser.key("Tab", modifiers=8)
    assert focused(browser).startswith("unit 8")
    browser.key("Enter")
    assert expanded(browser) == [None, "false", "true", None, None, None, None, None]
    assert focused(browser).startswith("unit 8"), "the focus stays where it was"
    browser.key("Tab")
    assert focused(browser).startswith("Conv2D"), "into the block that is open now"
    browser.key("Tab", modifiers=8)
    browser.key(" ")
    assert expanded(browser) == [None, "false", "false", None, None, None]
    assert_clean(browser)


def test_all_is_unfolded_and_folded_by_buttons(browser: Browser, tmp_path: Path) -> None:
    texts = [compile_spec(name).checked() for name in ("resnet18", "googlenet", "transformer", "unet")]
    texts += [compile_source(Source("n.arch", random_network(seed))).checked() for seed in range(200, 215)]
    for checked in texts:
        show(browser, tmp_path, render(checked, "html", View(depth=0)))
        blocks, before = "false" in expanded(browser), len(cards(browser))
        press(browser, "unfold")
        assert "false" not in expanded(browser) and (len(cards(browser)) > before) is blocks
        assert_nothing_overlaps(browser)
        press(browser, "fold")
        assert "true" not in expanded(browser) and len(cards(browser)) <= before
        assert_nothing_overlaps(browser)
        assert_clean(browser)


def test_the_keys_come_to_what_is_out_of_sight(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model("input 8\n" + "dense(8) -> relu -> dropout(0.1)\n" * 40), "html"))
    assert not within_stage(browser, "[...document.querySelectorAll('g.card')][40]")
    browser.run("document.getElementById('fit').focus()")
    for _ in range(40):
        browser.key("Tab")
        assert within_stage(browser, "document.activeElement")
    assert browser.run("document.activeElement === [...document.querySelectorAll('g.card')][39]")
    assert_clean(browser)


# --- searching -------------------------------------------------------------------------------------------------------


def test_a_search_opens_what_it_finds(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("googlenet").checked(), "html", View(depth=0)))
    before = len(cards(browser))
    for _ in range(30):
        browser.key("ArrowUp")
    browser.key("/")
    assert focused(browser) == "Search layers and blocks"
    browser.type("5\u00d75")
    # One in each of the nine inception modules, all of them folded.
    assert text(browser, "found") == "9 found" and browser.run("document.querySelectorAll('g.hit').length") == 0
    browser.key("Enter")
    assert text(browser, "found") == "1 of 9"
    assert len(cards(browser)) == before + 8
    hit = "document.querySelector('g.hit')"
    assert browser.run("document.querySelectorAll('g.hit').length") == 1 and within_stage(browser, hit)
    assert "5\u00d75" in browser.run(f"{hit}.textContent")
    outline = browser.run(f"getComputedStyle({hit}.querySelector('.box')).stroke")
    assert outline != browser.run("getComputedStyle(document.querySelector('g.conv:not(.hit) .box')).stroke")
    assert "kernel" in text(browser, "what")
    keep(browser, "found")
    browser.key("Enter")
    assert text(browser, "found") == "2 of 9" and browser.run("document.querySelectorAll('g.hit').length") == 2
    browser.key("Escape")
    assert text(browser, "found") == "" and browser.run("document.querySelectorAll('g.hit').length") == 0
    browser.type("no such layer")
    assert text(browser, "found") == "0 found"
    browser.key("Enter")
    assert text(browser, "found") == "0 found"
    assert_clean(browser)


# --- moving about ----------------------------------------------------------------------------------------------------


def drag(browser: Browser, start: tuple[float, float], end: tuple[float, float]) -> None:
    browser.mouse("mousePressed", *start, button="left", clickCount=1)
    browser.mouse("mouseMoved", *end, button="left", buttons=1)
    browser.mouse("mouseReleased", *end, button="left")


def test_pan(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html", View(depth=0)))
    x, y, scale = transform(browser)
    drag(browser, (60, 400), (90, 450))
    assert transform(browser) == pytest.approx((x + 30, y + 50, scale))
    # Not even on a card does dragging press it.
    start = card(browser, "unit")
    drag(browser, start, (start[0] - 30, start[1] - 50))
    assert transform(browser) == pytest.approx((x, y, scale)) and "true" not in expanded(browser)
    # After the button is let go, moving does nothing.
    browser.mouse("mouseMoved", 300, 300)
    assert transform(browser) == pytest.approx((x, y, scale))
    for key, across, along in (("ArrowLeft", 60, 0), ("ArrowUp", 0, 60), ("ArrowRight", -60, 0), ("ArrowDown", 0, -60)):
        before = transform(browser)
        browser.key(key)
        assert transform(browser) == pytest.approx((before[0] + across, before[1] + along, scale)), key
    assert_clean(browser)


def test_zoom(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("vgg11").checked(), "html"))

    def under(x: float, y: float) -> tuple[float, float]:
        """Return which point of the drawing is there on the screen."""
        left, top, scale = transform(browser)
        above = browser.run("document.getElementById('stage').getBoundingClientRect().top")
        return (x - left) / scale, (y - above - top) / scale

    for turn, larger in ((-200, True), (300, False)):
        before, point = transform(browser)[2], under(300, 300)
        browser.mouse("mouseWheel", 300, 300, deltaX=0, deltaY=turn)
        assert (transform(browser)[2] > before) is larger
        assert under(300, 300) == pytest.approx(point), "what is under the pointer stays there"
    for way, factor in (("+", 1.2), ("-", 1 / 1.2)):
        before = transform(browser)[2]
        browser.key(way)
        assert transform(browser)[2] == pytest.approx(before * factor)
    for button, factor in (("in", 1.2), ("out", 1 / 1.2)):
        before = transform(browser)[2]
        press(browser, button)
        assert transform(browser)[2] == pytest.approx(before * factor)
    for _ in range(30):
        browser.key("+")
    assert transform(browser)[2] == 6, "there is a most"
    assert not within_stage(browser, "document.getElementById('world')")
    browser.key("0")
    assert within_stage(browser, "document.getElementById('world')")
    browser.key("+")
    press(browser, "fit")
    assert within_stage(browser, "document.getElementById('world')")
    before = transform(browser)[2]
    browser.key("-", modifiers=CONTROL)
    assert transform(browser)[2] == before, "that is how people zoom the page itself"
    assert_clean(browser)


# --- what it says ----------------------------------------------------------------------------------------------------


def test_a_click_tells_source_and_weights(browser: Browser, tmp_path: Path) -> None:
    spec = "input 8x8x3\nconv(4, 3x3, same)   # the first\nflatten -> dense(2)\n"
    show(browser, tmp_path, render(model(spec), "html"))
    assert browser.run("document.getElementById('panel').hidden")
    for close in ("Escape", "button"):
        browser.click(*card(browser, "Conv2D"))
        assert not browser.run("document.getElementById('panel').hidden")
        assert "kernel 3\u00d73\u00d73\u00d74" in text(browser, "what")
        assert text(browser, "source") == "2  conv(4, 3x3, same)   # the first"
        keep(browser, "details")
        if close == "button":
            press(browser, "close")
        else:
            browser.key(close)
        assert browser.run("document.getElementById('panel').hidden")
        assert focused(browser).startswith("Conv2D"), "the focus is not lost"
    assert_clean(browser)


def test_a_screen_reader_is_told_everything(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html", View(depth=0)))
    assert browser.names("heading") == ["net"]
    assert browser.names("searchbox") == ["Search layers and blocks"]
    # Parameters by hand: 3*3*3*4 + 4 and 3*3*4*8 + 8; 4*4*8 values to 2 units are 128*2 + 2.
    assert browser.names("button") == [
        *("Unfold all", "Fold all", "Zoom out", "Zoom in", "Fit"),
        *("input 16\u00d716\u00d73", "unit 4 112", "unit 8 296", "Flatten", "Dense 2 258", "output 2"),
    ]
    assert_clean(browser)


def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path) -> None:
    lenet = compile_spec("lenet").checked()
    evil = "</script ></script><script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"
    graph = replace(lenet.graph, name=evil, doc=evil)
    show(browser, tmp_path, render(type(lenet)(graph, lenet.figures, evil), "html"))
    assert browser.run("document.querySelector('h1').textContent") == evil
    assert browser.run("document.title") == evil
    assert browser.run("document.images.length") == 0
    assert_clean(browser)


def test_hostile_comments_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """What a spec says of itself is in the data of the page, which a tag must not end."""
    evil = "</script ></script><script>document.title = 'run'</script>"
    spec = f"# {evil}\nblock unit(n) {{ dense(n) }}\ninput 8\nunit(4)\ndense(2)   # {evil}\n"
    show(browser, tmp_path, render(model(spec), "html", View(depth=0)))
    browser.click(*card(browser, "unit"))
    assert evil in text(browser, "what")
    browser.click(*card(browser, "Dense", 1))
    assert evil in text(browser, "source")
    assert browser.run("document.title") == "net" and browser.run("document.scripts.length") == 2
    assert_clean(browser)


# --- how it looks ----------------------------------------------------------------------------------------------------

GROUND = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.querySelector('g.card .title')).fill"
WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(20, 24, 28)"


def test_dark_where_that_is_preferred(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("resnet18").checked(), "html"))
    try:
        browser.media(prefers_color_scheme="light")
        assert (browser.run(GROUND), browser.run(INK)) == (WHITE, "rgb(22, 25, 29)")
        keep(browser, "light")
        browser.media(prefers_color_scheme="dark")
        assert (browser.run(GROUND), browser.run(INK)) == (NIGHT, "rgb(242, 244, 247)")
        keep(browser, "dark")
        assert_clean(browser)
        for theme, ground in (("light", WHITE), ("dark", NIGHT)):
            for preferred in ("light", "dark"):
                show(browser, tmp_path, render(model(BLOCKS), "html", theme=theme))  # type: ignore[arg-type]
                browser.media(prefers_color_scheme=preferred)
                assert browser.run(GROUND) == ground, "a theme that was asked for holds whatever is preferred"
    finally:
        browser.media()


def test_a_notebook_shows_it_as_light_or_dark_as_itself(browser: Browser, tmp_path: Path) -> None:
    shown = archspec.load("lenet")._repr_html_()
    for body, ground in (("<body>", 255), ('<body data-jp-theme-light="true">', 255), ("<body class=vscode-dark>", 20)):
        show(browser, tmp_path, f"<!DOCTYPE html><html>{body}{shown}</html>".encode())
        browser.media(prefers_color_scheme="dark")
        corner = """(async () => {
          const image = document.querySelector("img"), given = getComputedStyle(image).content, copy = new Image();
          copy.src = given.startsWith("url") ? given.slice(5, -2) : image.src;
          await copy.decode();
          const page = document.createElement("canvas").getContext("2d");
          page.drawImage(copy, 0, 0);
          return page.getImageData(1, 1, 1, 1).data[0];
        })()"""
        assert browser.run(corner) == ground
        assert browser.run("document.querySelector('img').width") > 100
        assert browser.errors == []
    browser.media()


def test_nothing_moves_by_itself(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(model(BLOCKS), "html", View(depth=0)))
    browser.click(*card(browser, "unit"))
    assert browser.run("document.getAnimations().length") == 0
    moving = "[...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration !== '0s')"
    assert browser.run(f"{moving}.length") == 0
    assert_clean(browser)


def test_two_networks_as_one(browser: Browser, tmp_path: Path) -> None:
    new = BLOCKS.replace("relu)", "gelu)").replace("flatten ->", "flatten -> dropout(0.5) ->").replace("unit(4) ->", "")
    picture = draw_both(compare(model(BLOCKS), model(new)), whole=True)
    show(browser, tmp_path, render_picture(picture, "html"))
    assert titles(browser) == [
        *("input", "\N{MINUS SIGN} unit", "~ unit", "~ Conv2D", "MaxPool", "Flatten", "+ Dropout", "Dense", "output"),
    ]
    assert browser.run("[...document.querySelectorAll('footer span')].map((one) => one.textContent).join()") == (
        "added,removed,changed,other shape or size only,the same"
    )
    colors = {
        became: browser.run(f"getComputedStyle(document.querySelector('g.card.{became} .box')).stroke")
        for became in ("added", "removed", "changed", "follows", "same")
    }
    assert len(set(colors.values())) == 5
    assert browser.run("getComputedStyle(document.querySelector('g.card.removed .box')).strokeDasharray") == "5px, 3px"
    assert (
        browser.run("getComputedStyle(document.querySelector('path.removed:not(.tip)')).strokeDasharray") == "5px, 3px"
    )
    browser.click(*card(browser, "~ Conv2D"))
    assert "activation relu \N{RIGHTWARDS ARROW} gelu" in text(browser, "what")
    keep(browser, "difference")
    assert_clean(browser)
