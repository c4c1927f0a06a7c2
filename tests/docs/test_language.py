"""Every example of the language reference, compiled; every output shown there, compared with what is really printed.

The word after `arch` on a fence says what to expect: nothing (it compiles without a word), `error=CODE,…` or
`warning=CODE` (exactly these), `model=NAME` (which one), `file=NAME` (a file that the following examples may `use`).
A `text` block shows what comes of the example above it: its messages, or the paths of its layers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from archspec.diagnostics import Source, render
from archspec.driver import Compiled, compile_source
from archspec.ir.leaves import leaves

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    line: int
    text: str
    options: dict[str, str]
    shown: str | None
    #: The files of the examples before it.
    files: tuple[tuple[str, str], ...]


def examples(path: Path) -> list[Example]:
    text = path.read_text(encoding="utf-8")
    found: list[Example] = []
    files: tuple[tuple[str, str], ...] = ()
    fences = list(FENCE.finditer(text))
    for fence, after in zip(fences, [*fences[1:], None], strict=True):
        if fence[1] != "arch":
            continue
        options = dict(option.split("=", 1) for option in fence[2].split())
        shown = None
        if after is not None and after[1] == "text" and not text[fence.end() : after.start()].strip():
            shown = after[3]
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Example(line, fence[3], options, shown, files))
        if "file" in options:
            files += ((options["file"], fence[3]),)
    return found


def compile_example(example: Example, folder: Path) -> Compiled:
    for name, text in example.files:
        (folder / name).write_text(text, encoding="utf-8")
    source = Source("net.arch", example.text)
    return compile_source(source, model=example.options.get("model"), home=folder)


EXAMPLES = examples(DOCS / "language.md")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"line{e.line}")
def test_example(example: Example, tmp_path: Path) -> None:
    compiled = compile_example(example, tmp_path)
    said = "\n\n".join(render(d, compiled.sources) for d in compiled.diagnostics)
    codes = sorted(f"{d.severity}={d.code}" for d in compiled.diagnostics)
    wanted = sorted(f"{s}={c}" for s in ("error", "warning") for c in example.options.get(s, "").split(",") if c)
    if "file" in example.options:
        wanted = ["error=no-model"]
    assert codes == wanted, said
    if example.shown is not None:
        printed = said if said else "\n".join(leaf.path for leaf in leaves(compiled.checked().graph))
        assert example.shown.rstrip("\n") == printed


def test_every_text_block_follows_an_example() -> None:
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    assert len([f for f in FENCE.finditer(text) if f[1] == "text"]) == len([e for e in EXAMPLES if e.shown is not None])


def test_links_lead_somewhere() -> None:
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
