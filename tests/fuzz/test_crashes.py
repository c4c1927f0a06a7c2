"""Texts that once broke archspec, and programs made at random, go through all that the commands do."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from archspec.diagnostics import Diagnostics, Source
from archspec.driver import compile_source
from archspec.syntax import parse
from tests.fuzz.outputs import try_file, try_text
from tests.fuzz.programs import program

CRASHES = sorted(Path(__file__).with_name("crashes").iterdir())
#: How long it takes is for the search to measure, which has the machine for itself.
SECONDS = 30.0


@pytest.mark.parametrize("file", CRASHES, ids=lambda file: file.stem)
def test_what_once_broke_it(file: Path) -> None:
    assert try_file(file, SECONDS) == []


@pytest.mark.parametrize("seed", range(8))
def test_programs_made_from_the_grammar(seed: int) -> None:
    random = Random(seed)
    for _ in range(12):
        text = program(random.randrange)
        assert try_text(text, SECONDS) == [], text


def test_many_programs_mean_something() -> None:
    texts = [program(Random(seed).randrange) for seed in range(200)]
    parsed = [text for text in texts if parse(Source("p", text), Diagnostics())]
    compiled = [text for text in parsed if compile_source(Source("p", text)).figures]
    assert len(parsed) > 100
    assert len(compiled) > 20
