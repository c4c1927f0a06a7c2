"""The HTML drawing in a real browser: folding by mouse and by keys, searching, moving about; nothing fetched, no error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archspec.backends.diagram import render
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec
from archspec.picture.plan import View
from tests.conftest import ROOT
from tests.diagram.browser import PROGRAM, Browser
from tests.diagram.networks import random_network

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: apt-get install chromium")
#: Where the picture is kept that shows what the browser showed.
KEPT = ROOT / "build" / "diagram.png"

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


def show(browser: Browser, folder: Path, page: bytes) -> None:
    file = folder / "page.html"
    file.write_bytes(page)
    browser.requests.clear()
    browser.errors.clear()
    browser.open(file)


def cards(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(browser.run(CARDS))
    return found


def center(browser: Browser, title: str) -> tuple[float, float]:
    """Return where on the screen the title of a card is."""
    x, y = json.loads(
        browser.run(
            f"""(() => {{
              const text = [...document.querySelectorAll("g.card .title")].find((text) => text.textContent === {json.dumps(title)});
              const box = text.getBoundingClientRect();
              return JSON.stringify([box.left + box.width / 2, box.top + box.height / 2]);
            }})()"""
        )
    )
    return x, y


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
    return bool(across and b["y"] + 28 - 0.5 <= a["y"] and a["y"] + a["h"] <= b["y"] + b["h"] + 0.5)


def assert_clean(browser: Browser) -> None:
    assert browser.errors == []
    assert [url for url in browser.requests if not url.startswith("file:///")] == []
    assert len(browser.requests) == 1


def test_fold_and_unfold_by_mouse_and_by_keys(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("resnet18").checked(), "html", View(depth=0)))
    folded = cards(browser)
    assert not any(card["expanded"] == "true" for card in folded)
    browser.click(*center(browser, "residual"))
    opened = cards(browser)
    assert len(opened) == len(folded) + 4 and sum(card["expanded"] == "true" for card in opened) == 1
    assert_nothing_overlaps(browser)
    assert "residual" in browser.run("document.activeElement.getAttribute('aria-label')")
    browser.key("Enter")
    assert cards(browser) == folded
    browser.key(" ", " ")
    assert cards(browser) == opened
    assert_clean(browser)


def test_everything_unfolds_without_overlap(browser: Browser, tmp_path: Path) -> None:
    texts = [compile_spec(name).checked() for name in ("resnet18", "googlenet", "transformer", "unet")]
    texts += [compile_source(Source("n.arch", random_network(seed))).checked() for seed in range(200, 215)]
    for model in texts:
        show(browser, tmp_path, render(model, "html", View(depth=0)))
        browser.run("document.getElementById('unfold').click()")
        assert all(card["expanded"] != "false" for card in cards(browser))
        assert_nothing_overlaps(browser)
        browser.run("document.getElementById('fold').click()")
        assert all(card["expanded"] != "true" for card in cards(browser))
        assert_nothing_overlaps(browser)
        assert_clean(browser)


def test_a_search_opens_what_it_finds(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("googlenet").checked(), "html", View(depth=0)))
    before = len(cards(browser))
    browser.run("document.getElementById('search').focus()")
    browser.send("Input.insertText", text="5\u00d75")
    assert browser.run("document.getElementById('found').textContent") == "9 found"
    browser.key("Enter")
    assert browser.run("document.getElementById('found').textContent") == "1 of 9"
    assert len(cards(browser)) == before + 8
    assert browser.run("document.querySelectorAll('g.hit').length") == 1
    assert "kernel" in browser.run("document.getElementById('what').textContent")
    assert "inception" in browser.run("document.body.textContent")
    assert_clean(browser)


def test_pan_and_zoom(browser: Browser, tmp_path: Path) -> None:
    def transform() -> str:
        return str(browser.run("document.getElementById('world').getAttribute('transform')"))

    show(browser, tmp_path, render(compile_spec("vgg11").checked(), "html"))
    start = transform()
    browser.mouse("mousePressed", 60, 400, button="left", clickCount=1)
    browser.mouse("mouseMoved", 90, 450, button="left", buttons=1)
    browser.mouse("mouseReleased", 90, 450, button="left")
    moved = transform()
    assert moved != start and moved.split("scale")[1] == start.split("scale")[1]
    browser.mouse("mouseWheel", 300, 300, deltaX=0, deltaY=-200)
    zoomed = transform()
    assert float(zoomed.split("scale(")[1].rstrip(")")) > float(moved.split("scale(")[1].rstrip(")"))
    browser.key("0", "0")
    browser.key("+", "+")
    browser.key("ArrowDown")
    assert transform() not in (start, moved, zoomed)
    assert_clean(browser)


def test_a_click_tells_source_and_weights(browser: Browser, tmp_path: Path) -> None:
    text = "input 8x8x3\nconv(4, 3x3, same)   # the first\nflatten -> dense(2)\n"
    show(browser, tmp_path, render(compile_source(Source("net.arch", text)).checked(), "html"))
    assert browser.run("document.getElementById('panel').hidden")
    browser.click(*center(browser, "Conv2D"))
    assert "kernel 3\u00d73\u00d73\u00d74" in browser.run("document.getElementById('what').textContent")
    assert browser.run("document.getElementById('source').textContent") == "2  conv(4, 3x3, same)   # the first"
    browser.key("Escape")
    assert browser.run("document.getElementById('panel').hidden")
    assert_clean(browser)


def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path) -> None:
    model = compile_spec("lenet").checked()
    evil = "</script><script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"
    graph = model.graph.model_copy(update={"name": evil, "doc": evil})
    show(browser, tmp_path, render(type(model)(graph, model.figures, evil), "html"))
    assert browser.run("document.querySelector('h1').textContent") == evil
    assert browser.run("document.title") == evil
    assert browser.run("document.images.length") == 0
    assert_clean(browser)


def test_dark_where_that_is_preferred(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, render(compile_spec("resnet18").checked(), "html"))
    ground = "getComputedStyle(document.body).backgroundColor"
    assert browser.run(ground) == "rgb(255, 255, 255)"
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_bytes(browser.picture())
    browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert browser.run(ground) == "rgb(20, 24, 28)"
    browser.send("Emulation.setEmulatedMedia", features=[])
    assert_clean(browser)
