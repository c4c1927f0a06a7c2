"""Whatever is written, the generated code makes the network that the direct build makes.

`ANY_GENERATED=3000 pytest tests/backends/test_any_generated.py` tries so many specs, other ones each time.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archspec.backends.keras_code import Style
from archspec.backends.keras_code.fault import Unprintable
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
steps = st.recursive(SANE, lambda inner: sane_blocks_of(inner, most="4"), max_leaves=6)
specs = st.builds(sane_spec, st.sampled_from(["8", "8x8x3", "6x8"]), st.lists(steps, min_size=1, max_size=6))


@settings(
    max_examples=MORE or 40, derandomize=not MORE, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(specs)
def test_generated_equals_direct(text: str) -> None:
    compiled = compile_source(Source("any.arch", text))
    assume(not any(d.severity == "error" for d in compiled.diagnostics))
    checked = compiled.checked()
    assume((checked.figures.layers[checked.graph.main] or 0) <= MOST_LAYERS)
    weights = checked.figures.weights[checked.graph.main]
    second = direct(checked)
    inputs: Any = random_inputs(checked)
    styles: tuple[Style, ...] = ("subclass", "functional")
    for style in styles:
        try:
            first = generated(checked, style)
        except Unprintable:
            # What Python can say only in another way is refused, and says so.
            continue
        assert set(by_path(first)) == set(by_path(second))
        assert first.count_params() == second.count_params() == weights.total
        copy_random_weights(first, second)
        outputs = [without_dropout(model)(inputs, training=False) for model in (first, second)]
        assert difference(*outputs) <= 1e-5
