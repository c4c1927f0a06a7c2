"""The gallery shows what the code draws now."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.conftest import ROOT


def _gallery() -> Any:
    place = importlib.util.spec_from_file_location("gallery", ROOT / "docs" / "gallery" / "draw.py")
    assert place is not None and place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


GALLERY = _gallery()


@pytest.mark.parametrize("drawing", GALLERY.GALLERY, ids=lambda drawing: drawing.file)
def test_picture_is_fresh(drawing: Any) -> None:
    file = ROOT / "docs" / "gallery" / f"{drawing.file}.svg"
    assert file.read_bytes() == drawing.svg(), "run `python docs/gallery/draw.py`"


def test_page_is_fresh() -> None:
    assert (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8") == "\n".join([*GALLERY.page(), ""])
