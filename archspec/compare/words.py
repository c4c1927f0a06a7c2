"""A comparison as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archspec.compare.changes import Change, Step, settings
from archspec.compare.comparison import Comparison
from archspec.compare.pairing import What
from archspec.compare.side import written
from archspec.layers import registry
from archspec.picture.style import TIMES
from archspec.report import batched, grouped, rounded, shapes

_SIGNS: dict[What, str] = {"added": "+", "removed": "-", "changed": "~", "renamed": "@", "moved": ">", "follows": "."}
_FIGURES = {"params": "params", "trainable_params": "trained", "macs": "MACs", "layers": "layers"}
_ARROW = "->"
_COUNTED = {"follows": "only in shape or size"}


def show(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of a comparison. Places in a block that changed alike are told as one."""
    old, new = comparison.old, comparison.new
    yield f"{old.graph.name} -> {new.graph.name}" if old.graph.name != new.graph.name else new.graph.name
    for name, before, after in comparison.figures():
        yield f"  {_FIGURES[name]:<8} {_step(before, after)}"
    for name in ("inputs", "outputs"):
        was, now = (shapes(port.type for port in getattr(one.graph.body, name)) for one in (old, new))
        yield f"  {name:<8} {was if was == now else f'{was} -> {now}'}"
    for name, value, other in comparison.settings():
        yield f"  {'set':<8} {name} {value or 'none'} -> {other or 'none'}"
    yield ""
    yield from _lines(comparison.changes)
    yield _sum(comparison)


def _sum(comparison: Comparison) -> str:
    if comparison.equal:
        return "no change"
    counts = [f"{number:,} {_COUNTED.get(what, what)}" for what, number in comparison.count().items() if number]
    return f"{', '.join(counts)}; {comparison.same:,} layer{'s' * (comparison.same != 1)} the same"


def _lines(changes: tuple[Change, ...]) -> Iterator[str]:
    alike: dict[object, list[Change]] = {}
    for change in changes:
        alike.setdefault(_likeness(change), []).append(change)
    for first, *others in alike.values():
        more = f"  and {len(others):,} more like it" if others else ""
        yield "  ".join([f"{_SIGNS[first.what]} {_name(first.step)}", *details(first), *([more[2:]] if more else [])])


def _likeness(change: Change) -> object:
    """Return what changes have in common that are told as one: those at one place of a block, used several times."""
    if "/" not in change.step.path:
        return id(change)
    if not change.old or not change.new:
        return change.what, change.step.within, change.step.kind, change.step.arguments, change.step.times
    given = change.old.arguments, change.new.arguments, change.old.times, change.new.times, change.like
    made = tuple(_other(change.old, change.new)) if change.what != "follows" else given
    return change.what, change.old.within, change.new.within, made, change.reads, change.gives


def _name(step: Step) -> str:
    times = f" x{step.times:,}" if step.times > 1 else ""
    kind = f"{step.form} {step.kind}" if step.form == "block" else step.kind
    return f"{step.path}{times}" if step.path == kind else f"{step.path}{times}  {kind}"


def details(change: Change, arrow: str = _ARROW) -> list[str]:
    """Return what is to be said of a change, but for its name."""
    old, new = change.old, change.new
    if old is None or new is None:
        step = change.step
        words = [", ".join(f"{name}={value}" for name, value in step.arguments), shapes(step.outputs)]
        words += [f"{step.layers:,} layers" if step.form in ("block", "repeat") else ""]
        return [*filter(None, words), *([f"{step.params:,} params"] if step.params else [])]
    if change.like:
        return [*others(change, arrow), f"within as {change.like}"]
    return others(change, arrow) + sizes(old, new, arrow)


def others(change: Change, arrow: str = _ARROW) -> list[str]:
    """Return what is said otherwise of a step that is in both networks, but for shapes and figures."""
    old, new = change.old, change.new
    if old is None or new is None:
        return []
    words = [f"was {old.path}"] if old.path != new.path else []
    words += _other(old, new, arrow)
    for what, names in (("reads", change.reads), ("gives", change.gives)):
        if names:
            words.append(f"{what} {', '.join(names[0])} {arrow} {', '.join(names[1])}")
    return words


def _other(old: Step, new: Step, arrow: str = _ARROW) -> list[str]:
    """Return what is said otherwise of a step."""
    words = [f"{old.kind} {arrow} {new.kind}"] if old.kind != new.kind else []
    if old.times != new.times:
        sign = "x" if arrow == _ARROW else TIMES
        words.append(f"{sign}{old.times:,} {arrow} {sign}{new.times:,}")
    if old.shared != new.shared:
        words.append("shared" if new.shared else "no longer shared")
    before, after = dict(old.arguments), dict(new.arguments)
    sides = (before, old), (after, new)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            was, now = (given[name] if name in given else _default(step, name) for given, step in sides)
            words.append(f"{name} {was} {arrow} {now}")
    return words


def _default(step: Step, name: str) -> str:
    """Return what an argument is where nothing is said of it."""
    kind = registry.find_kind(step.kind) if step.form == "layer" else None
    if kind is None or name not in kind.model_fields or kind.model_fields[name].is_required():
        return "none"
    value = kind.model_fields[name].get_default()
    return "none" if value is None else written(value)


def sizes(old: Step, new: Step, arrow: str = _ARROW) -> list[str]:
    """Return the shapes and figures of a step that are others."""
    words = []
    if old.outputs != new.outputs:
        words.append(f"{shapes(old.outputs)} {arrow} {shapes(new.outputs)}")
    elif old.inputs != new.inputs and old.params == new.params:
        words.append(f"from {shapes(old.inputs)} {arrow} {shapes(new.inputs)}")
    if old.params != new.params:
        words.append(f"params {_step(old.params, new.params, arrow)}")
    if old.macs != new.macs:
        words.append(f"MACs {rounded(old.macs)} {arrow} {rounded(new.macs)}")
    return words


def _step(old: int | None, new: int | None, arrow: str = _ARROW) -> str:
    if old == new:
        return grouped(new)
    by = f"  ({new - old:+,})" if old is not None and new is not None else ""
    return f"{grouped(old)} {arrow} {grouped(new)}{by}"


# --- JSON ------------------------------------------------------------------------------------------------------------


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON.

    `changes` are in the order of both networks. `change` says what became of a step; it has no `old` where it was added
    and no `new` where it was removed. `reads` and `gives` are the names of the tensors that go in or come out, where
    others do. A block with `like` has the same changes within as the block at that path, which is told in full.
    """
    figures = comparison.figures()
    old = {"name": comparison.old.graph.name, "arguments": dict(settings(comparison.old))}
    new = {"name": comparison.new.graph.name, "arguments": dict(settings(comparison.new))}
    return {
        "format": 1,
        "equal": comparison.equal,
        "old": old | {name: value for name, value, _ in figures},
        "new": new | {name: value for name, _, value in figures},
        "counts": {**comparison.count(), "same": comparison.same},
        "changes": [_json_change(change) for change in comparison.changes],
    }


def _json_change(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"change": change.what, "old": _json_step(change.old), "new": _json_step(change.new)}
    for name, names in (("reads", change.reads), ("gives", change.gives)):
        if names:
            told[name] = {"old": list(names[0]), "new": list(names[1])}
    return told | ({"like": change.like} if change.like else {})


def _json_step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "path": step.path,
        "form": step.form,
        "kind": step.kind,
        "arguments": dict(step.arguments),
        "times": step.times,
        "shared": step.shared,
        "input_shapes": [batched(type) for type in step.inputs],
        "output_shapes": [batched(type) for type in step.outputs],
        "params": step.params,
        "macs": step.macs,
        "layers": step.layers,
    }
