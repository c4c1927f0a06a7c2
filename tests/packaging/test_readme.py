"""What the README says to type works as it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Invoke

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("archspec ")]


def spec() -> str:
    (text,) = [text for language, text in BLOCKS if language == "arch"]
    return text


def test_there_is_something_to_test() -> None:
    assert len(commands()) >= 8
    assert "input" in spec()


def test_commands(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lenet.arch").write_text(spec())
    for command in commands():
        done = invoke(*shlex.split(command)[1:])
        assert done.exit_code == 0, (command, done.stderr)


def test_shown_output(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lenet.arch").write_text(spec())
    for language, text in BLOCKS:
        if language != "console":
            continue
        for part in text.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            assert invoke(*shlex.split(command)[1:]).output == output, command


@pytest.mark.keras
def test_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (text,) = [text for language, text in BLOCKS if language == "python"]
    exec(compile(text, "README.md", "exec"), {})


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
