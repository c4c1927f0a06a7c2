"""The grammar is found in a checkout and in an installed package alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec import resources


def test_checkout(root: Path) -> None:
    assert resources.folder("grammars") == root / "grammars"


def test_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "archspec" / "specs").mkdir(parents=True)
    (tmp_path / "specs").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "archspec")
    assert resources.folder("specs") == tmp_path / "archspec" / "specs"


def test_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "archspec")
    with pytest.raises(FileNotFoundError, match="not installed completely: no folder 'specs'"):
        resources.folder("specs")
