"""Receptive field: how many input positions one output position depends on, along each spatial axis.

Layer by layer, r grows by (k - 1) * j and the jump j by the stride (Araujo, Norris and Sim, "Computing Receptive Fields
of Convolutional Neural Networks", Distill 2019); where branches meet the widest counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from archspec.ir.graph import Body, Graph, LayerNode, RepeatNode
from archspec.ir.leaves import body_types

#: Per spatial axis the extent and the jump; None where an output depends on the whole input.
Field = tuple[tuple[Fraction, Fraction], ...] | None


def receptive_field(graph: Graph, body: Body) -> tuple[int, ...] | None:
    """Return the receptive field of a body's first output; None where it is the whole input."""
    rank = max(body.inputs[0].type.rank - 1, 0)
    start: Field = ((Fraction(1), Fraction(1)),) * rank
    field = _outputs(graph, body, [start] * len(body.inputs))[0]
    return None if field is None else tuple(int(extent) for extent, _ in field)


def _outputs(graph: Graph, body: Body, inputs: list[Field]) -> list[Field]:
    fields: dict[int, Field] = {port.value: field for port, field in zip(body.inputs, inputs, strict=True)}
    types = body_types(body)
    for node in body.nodes:
        given = [fields[v] for v in node.inputs]
        match node:
            case LayerNode():
                given += [fields[v] for _, values in node.keywords for v in values]
                window = node.layer.window(*(types[v] for v in node.inputs))
                reached = _widest(given)
                if not node.layer.reads_inputs:
                    field: Field = ()
                elif window is None or reached is None or len(window) != len(reached):
                    field = None
                else:
                    field = tuple(
                        (r + (w.extent - 1) * j, j * Fraction(w.stride))
                        for (r, j), w in zip(reached, window, strict=True)
                    )
                made = [field] * len(node.outputs)
            case RepeatNode():
                made = _repeated(graph, node, given)
            case _:
                made = _outputs(graph, graph.bodies[node.body], given)
        fields.update(zip((port.value for port in node.outputs), made, strict=True))
    return [fields[port.value] for port in body.outputs]


def _repeated(graph: Graph, node: RepeatNode, given: list[Field]) -> list[Field]:
    """Run the iterations until they add the same each time, then add the rest at once."""
    body = graph.bodies[node.body]
    fixed = given[node.carried :]
    made = _outputs(graph, body, given)
    grown: list[Field] = []
    for done in range(2, node.count + 1):
        before, made = made, _outputs(graph, body, [*made[: node.carried], *fixed])
        step = [_growth(old, new) for old, new in zip(before, made, strict=True)]
        if step == grown:
            rest = node.count - done
            return [f if f is None or g is None else _grow(f, g, rest) for f, g in zip(made, step, strict=True)]
        grown = step
    return made


def _growth(old: Field, new: Field) -> Field:
    if old is None or new is None:
        return None
    return tuple((b - a, j / i) for (a, i), (b, j) in zip(old, new, strict=True))


def _grow(field: Field, growth: Field, times: int) -> Field:
    assert field is not None and growth is not None
    return tuple((r + d * times, j) for (r, j), (d, _) in zip(field, growth, strict=True))


def _widest(fields: Iterable[Field]) -> Field:
    # What has no spatial axes, such as a vector that scales the channels, widens nothing.
    known = list(fields)
    known = [field for field in known if field != ()] or known
    if not known or any(field is None for field in known):
        return None
    axes = zip(*(f for f in known if f is not None), strict=False)
    return tuple((max(r for r, _ in axis), max(j for _, j in axis)) for axis in axes)
