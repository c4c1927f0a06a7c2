"""Holds the figures that a spec expects against those the analyses found."""

from __future__ import annotations

import operator
from typing import Any

from archspec.analysis.figures import Figures
from archspec.diagnostics.diagnostic import Diagnostics
from archspec.ir.graph import Expectation, Graph
from archspec.tensor import show_shape

COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def check_expectations(graph: Graph, figures: Figures, diagnostics: Diagnostics) -> None:
    """Report every expectation that does not hold, with both figures."""
    for expectation in graph.expectations:
        found = _measure(graph, figures, expectation)
        wanted = expectation.value
        if isinstance(wanted, list):
            wanted = tuple(wanted)
        elif isinstance(found, tuple) and isinstance(wanted, int):
            wanted = (wanted,) * len(found)
        if not _holds(found, expectation.comparison, wanted):
            where = "" if expectation.body == graph.main else f" in `{graph.bodies[expectation.body].definition}`"
            shown = _show(found) if found is not None else f"not known: {_why_unknown(expectation.metric)}"
            diagnostics.error(
                "expectation-failed",
                f"expected {expectation.metric} {expectation.comparison} {_show(wanted)}{where}, but it is {shown}",
                expectation.span,
                label="" if found is None else f"{expectation.metric} is {_show(found)}",
            )


def _measure(graph: Graph, figures: Figures, expectation: Expectation) -> Any:
    body = graph.bodies[expectation.body]
    match expectation.metric:
        case "params":
            return figures.weights[body.key].total
        case "trainable":
            return figures.weights[body.key].trainable
        case "non_trainable":
            return figures.weights[body.key].non_trainable
        case "macs":
            return figures.macs[body.key]
        case "flops":
            macs = figures.macs[body.key]
            return None if macs is None else 2 * macs
        case "layers":
            return figures.layers[body.key]
        case _:
            # Few specs expect one, so only these pay for the import.
            from archspec.analysis.receptive_field import receptive_field

            return receptive_field(graph, body)


def _holds(found: Any, comparison: str, wanted: Any) -> bool:
    if isinstance(found, tuple) and isinstance(wanted, tuple) and comparison not in ("==", "!="):
        return len(found) == len(wanted) and all(_holds(f, comparison, w) for f, w in zip(found, wanted, strict=True))
    try:
        return found is not None and bool(COMPARE[comparison](found, wanted))
    except TypeError:
        return False


def _why_unknown(metric: str) -> str:
    if metric == "receptive_field":
        return "a position depends on the whole input, or not every position on as much of it"
    return "it depends on a dimension that the input leaves open"


def _show(value: Any) -> str:
    match value:
        case tuple():
            return show_shape(value)
        case int() | float():
            return f"{value:,}".replace(",", "_")
        case _:
            return str(value)
