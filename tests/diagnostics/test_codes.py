"""Every code of a diagnostic is explained, and each example earns its code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from archspec.diagnostics import Source, render
from archspec.diagnostics.codes import CODES, explain
from archspec.diagnostics.policy import Policy
from archspec.driver import compile_source, compile_spec

PACKAGE = Path(__file__).parents[2] / "archspec"
STAGES = ("analysis", "backends", "elaborate", "layers", "syntax")
#: Strings of the stages that look like codes.
NO_CODES = {"utf-8", "utf-8-sig", "utf-16-be", "font-family", "graphviz-pure"}


def codes_used() -> set[str]:
    """Return every string in the stages that looks like a code."""
    paths = [PACKAGE / "driver.py", *(path for stage in STAGES for path in (PACKAGE / stage).rglob("*.py"))]
    found = set()
    for path in paths:
        if "graphviz" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z]+[0-9]?(-[a-z0-9]+)+|syntax", text):
                found.add(text)
    return found - NO_CODES


def test_every_code_is_explained() -> None:
    assert codes_used() == set(CODES)


@pytest.mark.parametrize("code", [code for code, known in CODES.items() if known.example])
def test_example_earns_its_code(code: str, tmp_path: Path) -> None:
    known = CODES[code]
    for name, text in known.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    source = Source("example.arch", known.example)
    policy = Policy(warn=frozenset({code} if known.on_demand else ()))
    compiled = compile_source(source, model=known.model, setting_texts=known.settings, home=tmp_path, policy=policy)
    assert {(d.code, d.severity) for d in compiled.diagnostics} == {(code, known.severity)}
    assert all(render(d, compiled.sources) for d in compiled.diagnostics)


@pytest.mark.parametrize("code", CODES)
def test_explanation_reads_well(code: str) -> None:
    text = CODES[code].explanation
    assert text[0].isupper() or text[0] in "`"
    assert text.endswith(".")
    assert explain(code) is not None
    assert explain("no-such-code") is None


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "latin.arch"
    path.write_bytes(b"input 8\n# caf\xe9\ndense(3)\n")
    (found,) = compile_spec(str(path)).diagnostics
    assert (found.code, found.span and (found.span.line, found.span.column)) == ("not-utf8", (2, 6))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.arch"
    path.write_bytes(b"#" * 10_000_001)
    assert [d.code for d in compile_spec(str(path)).diagnostics] == ["file-too-large"]
