"""Whatever is written, the generated code makes the network that the direct build makes.

`ANY_GENERATED=3000 pytest tests/backends/test_any_generated.py` tries so many specs, other ones each time.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from archspec.backend import Checked
from archspec.backends.keras_code import Style
from archspec.diagnostics import Source
from archspec.driver import compile_source
from tests.backends.keras_models import (
    by_path,
    copy_random_weights,
    difference,
    direct,
    generated,
    random_inputs,
    without_dropout,
)
from tests.elaborate.test_any_spec import SANE, sane_blocks_of, sane_spec

pytestmark = pytest.mark.keras

MORE = int(os.environ.get("ANY_GENERATED", "0"))
MOST_LAYERS = 40
STYLES: tuple[Style, ...] = ("subclass", "functional")
steps = st.recursive(SANE, lambda inner: sane_blocks_of(inner, most="4"), max_leaves=6)
inputs = st.sampled_from(["8", "8x8x3", "6x8"])
bodies = st.lists(steps, min_size=1, max_size=6)

tried = settings(
    max_examples=MORE or 40, derandomize=not MORE, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def with_parameter(first: str, rest: list[str]) -> str:
    blocks = "block b(k) { dense(channels) -> add(_, h) }\nblock c { dense(channels + n) as y -> relu * n }"
    return "\n".join(["model m(n = 2) {", f"input {first}\nrelu as h\nshared f = dense(channels)", blocks, *rest, "}"])


def compiled(text: str, **parameters: int) -> Checked | None:
    """Return a network that is no larger than need be, or None."""
    found = compile_source(Source("any.arch", text), settings=parameters)
    if any(d.severity == "error" for d in found.diagnostics):
        return None
    checked = found.checked()
    return checked if (checked.figures.layers[checked.graph.main] or 0) <= MOST_LAYERS else None


def check_code(written: Checked, wanted: Checked, **parameters: int) -> None:
    """Hold what the code of one network makes with some parameters against the direct build of another."""
    second = direct(wanted)
    given: Any = random_inputs(wanted)
    for style in STYLES:
        first = generated(written, style, **parameters)
        assert set(by_path(first)) == set(by_path(second))
        assert first.count_params() == second.count_params() == wanted.figures.weights[wanted.graph.main].total
        copy_random_weights(first, second)
        outputs = [without_dropout(model)(given, training=False) for model in (first, second)]
        assert difference(*outputs) <= 1e-5


@tried
@given(st.builds(sane_spec, inputs, bodies))
def test_generated_equals_direct(text: str) -> None:
    checked = compiled(text)
    if checked is None:
        reject()
    check_code(checked, checked)


@tried
@given(st.builds(with_parameter, inputs, bodies), st.sampled_from([1, 3]))
def test_parameters_make_what_the_spec_makes_with_them(text: str, n: int) -> None:
    checked, wanted = compiled(text), compiled(text, n=n)
    if checked is None or wanted is None:
        reject()
    check_code(checked, wanted, n=n)
