"""docs/layers.md is what `archspec layers --format markdown` writes."""

from __future__ import annotations

from pathlib import Path

from archspec.cli.reference import entry_of, markdown, shown_by
from archspec.layers import registry

PAGE = Path(__file__).parents[2] / "docs" / "layers.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == "\n".join(markdown()) + "\n", (
        "write it anew: python -m archspec layers --format markdown > docs/layers.md"
    )


def test_every_layer_is_told_of() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"\n### {layer.names[0]}\n" in page for layer in registry.all_layers())


def test_every_example_shows_its_layer() -> None:
    for layer in registry.all_layers():
        entry = entry_of(layer)
        assert entry.summary, layer
        assert not entry.example or shown_by(layer, entry.example), layer
