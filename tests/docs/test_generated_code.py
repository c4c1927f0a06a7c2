"""The excerpts of generated code in the documentation, held to the files that they come from."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "docs/generated-code.md").read_text(encoding="utf-8")
EXCERPTS = re.findall(r"^```python (generated/\w+\.py)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COUNTS = re.findall(r"^\| ([\w-]+) \| \d+ \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)


def test_there_are_excerpts_of_each_network() -> None:
    assert [name for name, _, _ in COUNTS] == ["VGG-11", "GoogLeNet", "ResNet-18"]
    assert {file for file, _ in EXCERPTS} == {"generated/vgg11.py", "generated/googlenet.py", "generated/resnet18.py"}


@pytest.mark.parametrize(("file", "excerpt"), EXCERPTS)
def test_an_excerpt_stands_in_its_file(file: str, excerpt: str) -> None:
    rest = (ROOT / file).read_text(encoding="utf-8")
    # What is left out between its parts is written `...`.
    for part in re.split(r"^ *\.\.\.\n", excerpt, flags=re.MULTILINE):
        assert part.strip()
        before, found, rest = rest.partition(part)
        assert found, part
        assert before.endswith("\n")


@pytest.mark.parametrize(("name", "classes", "spec"), COUNTS)
def test_the_lines_are_counted(name: str, classes: str, spec: str) -> None:
    file, block = {
        "VGG-11": ("vgg11", "vgg_block"),
        "GoogLeNet": ("googlenet", "inception"),
        "ResNet-18": ("resnet18", "residual"),
    }[name]
    (always,) = re.findall(r"with (\d+) lines more that stand in every module with blocks", TEXT)
    brought = ("BlockLayer", "BlockModel", "_parts", "_open_blocks")
    lines_of = _code_lines(ROOT / f"generated/{file}.py")
    assert sum(lines_of[found] for found in lines_of.keys() - brought if found[0].isupper()) == int(classes)
    assert sum(lines_of[found] for found in brought) == int(always)
    lines = [
        line.strip()
        for path in (f"specs/{file}.arch", f"archspec/stdlib/{block}.arch")
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
    ]
    assert len([line for line in lines if line and not line.startswith("#")]) == int(spec)


def _code_lines(file: Path) -> dict[str, int]:
    """Count the lines of each class and function that are neither empty nor of docstrings."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    counts = {}
    for found in (node for node in ast.parse(text).body if isinstance(node, (ast.ClassDef, ast.FunctionDef))):
        defined = [node for node in ast.walk(found) if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        docs = [node.body[0] for node in defined if ast.get_docstring(node)]
        first = found.decorator_list[0] if found.decorator_list else found
        own = set(range(first.lineno, (found.end_lineno or 0) + 1))
        own -= {number for doc in docs for number in range(doc.lineno, (doc.end_lineno or 0) + 1)}
        code = [lines[number - 1].strip() for number in own]
        counts[found.name] = len([line for line in code if line and not line.startswith("#")])
    return counts
