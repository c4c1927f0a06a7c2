"""What changed from one network to another: layers added, removed and changed, and what that does to the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, Literal

from archspec.analysis.weights import count_of, layer_weights
from archspec.backend import Checked
from archspec.diagnostics.diagnostic import ArchspecError
from archspec.ir.expr import show_value
from archspec.ir.leaves import Leaf, leaves
from archspec.layers.base import Part
from archspec.report import batched, grouped, rounded, shapes
from archspec.tensor import TensorType

#: More layer calls than this are not compared one by one.
MOST_LAYERS = 20_000

What = Literal["added", "removed", "changed"]


class TooLarge(ArchspecError):
    """A network with more layers than can be compared."""


@dataclass(frozen=True, slots=True)
class Call:
    """One layer call with its figures. The weights of a shared layer count where it is called first."""

    path: str
    kind: str
    arguments: tuple[tuple[str, str], ...]
    outputs: tuple[TensorType, ...]
    params: int
    macs: int | None

    @property
    def looks(self) -> tuple[object, ...]:
        """Return all that must agree for two calls to be the same."""
        return self.kind, self.arguments, self.outputs, self.params


@dataclass(frozen=True, slots=True)
class Change:
    """A layer that is in one network only, or in both but not the same."""

    what: What
    old: Call | None
    new: Call | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two networks and what changed between them."""

    old: Checked
    new: Checked
    changes: tuple[Change, ...]
    #: How many layer calls are the same.
    same: int


def compare(old: Checked, new: Checked) -> Comparison:
    """Return what changed from one network to another. Raises TooLarge."""
    before, after = _calls(old), _calls(new)
    changes: list[Change] = []
    same = 0
    for tag, i, j, k, m in _opcodes([call.looks for call in before], [call.looks for call in after]):
        if tag == "equal":
            same += j - i
        else:
            changes += _changes(before[i:j], after[k:m])
    return Comparison(old, new, tuple(changes), same)


def _calls(checked: Checked) -> list[Call]:
    found = list(islice(leaves(checked.graph), MOST_LAYERS + 1))
    if len(found) > MOST_LAYERS:
        raise TooLarge(f"`{checked.graph.name}` has more than {MOST_LAYERS:,} layers, too many to compare")
    seen: set[str] = set()
    calls = []
    for leaf in found:
        calls.append(_call(leaf, leaf.path in seen))
        seen.add(leaf.path)
    return calls


def _call(leaf: Leaf, again: bool) -> Call:
    given = tuple((name, _written(value)) for name, value in leaf.layer.arguments().items())
    params = 0 if again else count_of(layer_weights(leaf.layer, leaf.inputs)).total
    return Call(leaf.path, leaf.layer.kind, given, leaf.outputs, params, leaf.layer.macs(leaf.inputs, leaf.outputs))


def _written(value: Any) -> str:
    if isinstance(value, Part):
        inner = ", ".join(f"{name}={_written(one)}" for name, one in value.arguments().items())
        return value.names[0] + (f"({inner})" if inner else "")
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return value if isinstance(value, str) else show_value(value)


def _opcodes(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield which runs agree. The ends that do are set aside first, for the rest costs the square of its length."""
    least = min(len(old), len(new))
    start = next((i for i in range(least) if old[i] != new[i]), least)
    end = next((i for i in range(least - start) if old[-1 - i] != new[-1 - i]), least - start)
    if start:
        yield "equal", 0, start, 0, start
    middle = SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    for tag, i, j, k, m in middle.get_opcodes():
        yield tag, i + start, j + start, k + start, m + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _changes(old: Sequence[Call], new: Sequence[Call]) -> Iterator[Change]:
    """Yield the changes between two runs that do not agree: layers of one kind in the same order are the same ones."""
    for tag, i, j, k, m in _opcodes([call.kind for call in old], [call.kind for call in new]):
        if tag == "equal":
            yield from (Change("changed", a, b) for a, b in zip(old[i:j], new[k:m], strict=True))
        else:
            yield from (Change("removed", call, None) for call in old[i:j])
            yield from (Change("added", None, call) for call in new[k:m])


# --- as text and as JSON ---------------------------------------------------------------------------------------------

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def show(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of a comparison."""
    old, new = comparison.old, comparison.new
    yield f"{old.graph.name} -> {new.graph.name}" if old.graph.name != new.graph.name else new.graph.name
    for name, before, after in _figures(comparison):
        yield f"  {name:<8} {_step(before, after)}"
    for name in ("inputs", "outputs"):
        was, now = (shapes(port.type for port in getattr(one.graph.body, name)) for one in (old, new))
        yield f"  {name:<8} {was if was == now else f'{was} -> {now}'}"
    yield ""
    yield from (_line(change) for change in comparison.changes)
    yield f"{len(comparison.changes):,} changed, {comparison.same:,} the same" if comparison.changes else "no change"


def _figures(comparison: Comparison) -> list[tuple[str, int | None, int | None]]:
    def of(checked: Checked) -> tuple[int | None, ...]:
        key, figures = checked.graph.main, checked.figures
        return figures.weights[key].total, figures.weights[key].trainable, figures.macs[key], figures.layers[key]

    names = ("params", "trained", "MACs", "layers")
    return list(zip(names, of(comparison.old), of(comparison.new), strict=True))


def _step(old: int | None, new: int | None) -> str:
    if old == new:
        return grouped(new)
    by = f"  ({new - old:+,})" if old is not None and new is not None else ""
    return f"{grouped(old)} -> {grouped(new)}{by}"


def _line(change: Change) -> str:
    old, new = change.old, change.new
    call = new or old
    assert call is not None
    head = f"{_SIGNS[change.what]} {call.path}  {call.kind}"
    if old is None or new is None:
        words = [", ".join(f"{name}={value}" for name, value in call.arguments)]
        words += [shapes(call.outputs), f"{call.params:,} params" if call.params else ""]
        return "  ".join([head, *filter(None, words)])
    words = [f"was {old.path}"] if old.path != new.path else []
    before, after = dict(old.arguments), dict(new.arguments)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            words.append(f"{name} {before.get(name, 'default')} -> {after.get(name, 'default')}")
    if old.outputs != new.outputs:
        words.append(f"{shapes(old.outputs)} -> {shapes(new.outputs)}")
    if old.params != new.params:
        words.append(f"params {_step(old.params, new.params)}")
    if old.macs != new.macs:
        words.append(f"MACs {rounded(old.macs)} -> {rounded(new.macs)}")
    return "  ".join([head, *words])


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON."""
    figures = _figures(comparison)
    return {
        "old": {"name": comparison.old.graph.name, **{name: value for name, value, _ in figures}},
        "new": {"name": comparison.new.graph.name, **{name: value for name, _, value in figures}},
        "same": comparison.same,
        "changes": [
            {"change": change.what, "old": _json_call(change.old), "new": _json_call(change.new)}
            for change in comparison.changes
        ],
    }


def _json_call(call: Call | None) -> dict[str, Any] | None:
    if call is None:
        return None
    return {
        "path": call.path,
        "kind": call.kind,
        "arguments": dict(call.arguments),
        "output_shapes": [batched(type) for type in call.outputs],
        "params": call.params,
        "macs": call.macs,
    }
