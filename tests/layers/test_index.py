"""The ready-made index of layers and words is that of the modules, and spares importing them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from archspec.layers import index, registry
from tests.conftest import ROOT


def test_ready_made_index_is_that_of_the_modules() -> None:
    fresh = index.READY_MADE.read_text("utf-8") == index.ready_made()
    assert fresh, "run `python -m archspec.layers.index`"


def loaded(code: str) -> set[str]:
    """Return the modules of families that are imported after running `code`."""
    code = f"import sys; {code}; print(*(n for n in sys.modules if n.startswith('archspec.layers.')))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    return {name.rpartition(".")[2] for name in done.stdout.split()}


COMPILE = "from archspec.driver import compile_source, Source; compile_source(Source('a', {!r})).checked()"


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("input 8; dense(3, relu)", {"core"}),
        ("input 8x8x3; conv(4, 3x3, same) -> bn -> relu", {"conv", "batch_norm", "activations"}),
        ("input 8x3; bidirectional(lstm(4))", {"wrappers", "recurrent"}),
    ],
)
def test_only_what_a_spec_uses_is_imported(text: str, needed: set[str]) -> None:
    found = loaded(COMPILE.format(text))
    assert needed <= found
    others = {"attention", "augmentation", "merge", "norm", "preprocessing", "activation_words", "initializers"}
    assert not others & found


def test_names_are_known_without_any_layer() -> None:
    code = "from archspec.layers import registry as r; assert 'lstm' in r.layer_names() and 'relu' in r.words('activation')"
    assert not {"recurrent", "activation_words"} & loaded(code)


def test_every_name_leads_to_what_it_names() -> None:
    for name in registry.layer_names():
        found = registry.find_layer(name)
        assert found is not None, name
        assert name in found.names if isinstance(found, type) else found.name == name
    for category in registry.categories():
        for word, part in registry.words(category).items():
            assert word in part.names
            assert registry.bare_word(category, word) == (part.names[0] if part.bare else None)
    fillers: dict[str, Any] = dict(registry.words("initializer"))
    assert {word: registry.fills(word) for word in fillers} == {word: part.axes for word, part in fillers.items()}
    brought = {layer.keras.symbol for layer in registry.all_layers() if getattr(layer.keras, "support", None)}
    assert registry.support_symbols() == brought >= {"FreeWeight"}
    assert registry.find_layer("no_such_layer") is None
    assert registry.find_kind("NoSuchLayer") is None
