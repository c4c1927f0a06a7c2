"""A part of the mutation run: every kind of mutation, a few times each."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.mutate import KerasCheck, mutant, sources, try_mutant
from tests.fuzz.mutations import MUTATIONS, mutate, tokens_of

POOL = sources()
#: The first mutants of the run that `python -m tests.fuzz.mutate` makes.
EACH = 4


def test_there_are_many_kinds() -> None:
    assert len(MUTATIONS) >= 40
    assert len(POOL) >= 100


def test_tokens_are_the_text() -> None:
    for path, _, text in POOL:
        assert "".join(tokens_of(text)) == text, path


@pytest.mark.parametrize("kind", MUTATIONS)
def test_each_kind_breaks_something(kind: str) -> None:
    texts = {path: text for path, _, text in POOL}.values()
    assert any(mutate(text, kind, Random(number)) != text for text in texts for number in range(5))


@pytest.mark.parametrize("position", range(len(MUTATIONS)), ids=list(MUTATIONS))
def test_mutants_compile_or_are_told_what_is_wrong(position: int) -> None:
    for turn in range(EACH):
        outcome = try_mutant(mutant(position + turn * len(MUTATIONS), 1, POOL))
        # How long it takes is for the run to measure, which has the machine for itself.
        assert outcome.result in ("compiles", "errors", "slow"), f"{outcome.mutant.number}: {outcome.details}"


@pytest.mark.keras
@pytest.mark.slow
def test_mutants_that_compile_are_what_keras_builds() -> None:
    check = KerasCheck()
    outcomes = [try_mutant(mutant(number, 4, POOL), check) for number in range(300)]
    assert [f"{o.mutant.number}: {o.details}" for o in outcomes if o.failed and o.result != "slow"] == []
    assert len(check.known) > 50
