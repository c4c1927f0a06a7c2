"""The figures of a network as text: a table, JSON, CSV or Markdown, line by line; and the words that figures go by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from archspec.analysis.summary import Row, rows
from archspec.analysis.weights import Count
from archspec.backend import Checked
from archspec.ir.graph import Port
from archspec.tensor import Sym, TensorType, show_shape

# --- figures as words ------------------------------------------------------------------------------------------------


def grouped(number: int | None) -> str:
    """Write a number with separators; `?` where it depends on a dimension that is left open."""
    return "?" if number is None else f"{number:,}"


def rounded(number: int | None) -> str:
    """Write a number to three digits: `7.55 G`."""
    return "?" if number is None else _scaled(number, 1000, ("", " K", " M", " G", " T", " P"))


def memory(size: int | None) -> str:
    """Write a number of bytes: `12.3 MiB`."""
    return "?" if size is None else _scaled(size, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))


def _scaled(number: int, base: int, units: tuple[str, ...]) -> str:
    if number < base:
        return f"{number}{units[0]}"
    value, unit = float(number), 0
    # 999.6 has four digits once it is rounded, so it goes up to the next unit too.
    while value >= base - 0.5 and unit < len(units) - 1:
        value, unit = value / base, unit + 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f}{units[unit]}"


def shapes(types: Iterable[TensorType]) -> str:
    """Write the shapes of some tensors as specs do."""
    return ", ".join(show_shape(type.shape) for type in types)


def headline(checked: Checked) -> str:
    """Return the one line that says what a network is: `vgg11  10  128,806,154 params  7.55 G MACs`."""
    body = checked.graph.body
    params, macs = checked.figures.weights[body.key].total, checked.figures.macs[body.key]
    return f"{checked.graph.name}  {shapes(p.type for p in body.outputs)}  {params:,} params  {rounded(macs)} MACs"


# --- the report of all layers ----------------------------------------------------------------------------------------


def report(checked: Checked, format: str = "table", depth: int | None = None) -> Iterator[str]:
    """Yield the lines of the per-layer report. Few are kept, so a network may have any number of layers.

    Raises ValueError for an unknown format.
    """
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    return FORMATS[format](checked, depth)


def batched(type: TensorType) -> list[int | str | None]:
    """Return a shape with its batch axis, as JSON: None is an open dimension, a string a symbolic one."""
    return [None, *(str(dim) if isinstance(dim, Sym) else dim for dim in type.shape)]


def _ports(ports: Iterable[Port], fallback: str) -> list[dict[str, Any]]:
    return [
        {"name": port.name or f"{fallback}{number or ''}", "shape": batched(port.type), "dtype": port.type.dtype}
        for number, port in enumerate(ports)
    ]


def _json_row(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "kind": row.kind,
        "output_shapes": [batched(type) for type in row.outputs],
        "params": row.params.total,
        "trainable_params": row.params.trainable,
        "macs": row.macs,
        "weights": [{"name": w.name, "shape": list(w.shape), "trainable": w.trainable} for w in row.weights],
    }


def _json(checked: Checked, depth: int | None) -> Iterator[str]:
    body, figures = checked.graph.body, checked.figures
    params = figures.weights[body.key]
    head = {
        "name": checked.graph.name,
        "inputs": _ports(body.inputs, "input"),
        "outputs": _ports(body.outputs, "output"),
        "params": {"total": params.total, "trainable": params.trainable, "non_trainable": params.non_trainable},
        "macs": figures.macs[body.key],
    }
    yield "{"
    for name, value in head.items():
        yield f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},"
    yield '  "layers": ['
    previous = None
    for row in rows(checked.graph, figures, depth):
        if previous is not None:
            yield f"    {previous},"
        previous = json.dumps(_json_row(row), ensure_ascii=False)
    if previous is not None:
        yield f"    {previous}"
    yield "  ]"
    yield "}"


def _csv(checked: Checked, depth: int | None) -> Iterator[str]:
    import csv
    import io

    def line(cells: Iterable[object]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow(cells)
        return buffer.getvalue()

    yield line(["path", "kind", "output_shapes", "params", "trainable_params", "macs", "activation_bytes"])
    for row in rows(checked.graph, checked.figures, depth):
        outputs = "; ".join(show_shape(type.shape) for type in row.outputs)
        yield line(
            [row.path, row.kind, outputs, row.params.total, row.params.trainable, row.macs, row.activation_bytes]
        )


Cells = tuple[str, ...]


class _Columns:
    """The columns that people read. Frozen parameters have one only where there are any."""

    def __init__(self, total: Count) -> None:
        self.frozen = total.non_trainable > 0

    def names(self) -> Cells:
        return self._cells("layer", "kind", "output", "params", "non-trainable", "MACs", "activations")

    def row(self, row: Row) -> Cells:
        return self._cells(row.path, *_figures(row.kind, row.outputs, row.params, row.macs, row.activation_bytes))

    def total(self, checked: Checked) -> Cells:
        figures, key = checked.figures, checked.graph.main
        return self._cells(
            "total", *_figures("", (), figures.weights[key], figures.macs[key], figures.activations[key])
        )

    def _cells(self, *cells: str) -> Cells:
        return cells if self.frozen else cells[:4] + cells[5:]


# The layers of a repetition have the same figures each time.
@lru_cache(maxsize=1000)
def _figures(kind: str, outputs: tuple[TensorType, ...], params: Count, macs: int | None, size: int | None) -> Cells:
    frozen = grouped(params.non_trainable)
    return kind, shapes(outputs), grouped(params.total), frozen, grouped(macs), memory(size)


#: The columns that are words; the others are figures, and stand to the right.
_WORDS = 3
#: So many rows are kept at most, so as not to be made again once the columns' widths are known.
_FEW = 10_000


def _table(checked: Checked, depth: int | None) -> Iterator[str]:
    columns = _Columns(checked.figures.weights[checked.graph.main])
    names, total = columns.names(), columns.total(checked)

    def every() -> Iterable[Cells]:
        return map(columns.row, rows(checked.graph, checked.figures, depth))

    few = list(islice(every(), _FEW))
    lines = every if len(few) == _FEW else lambda: few
    widths = [max(len(a), len(b)) for a, b in zip(names, total, strict=True)]
    for cells in lines():
        widths = [max(width, len(cell)) for width, cell in zip(widths, cells, strict=True)]
    shape = "  ".join(f"{{:{'<' if number < _WORDS else '>'}{width}}}" for number, width in enumerate(widths))

    def line(cells: Cells) -> str:
        return shape.format(*cells).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    yield headline(checked)
    yield ""
    yield line(names)
    yield rule
    yield from map(line, lines())
    yield rule
    yield line(total)


def _markdown(checked: Checked, depth: int | None) -> Iterator[str]:
    columns = _Columns(checked.figures.weights[checked.graph.main])

    def line(cells: Cells) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    names, total = columns.names(), columns.total(checked)
    yield line(names)
    yield f"|{'|'.join('---' if number < _WORDS else '--:' for number in range(len(names)))}|"
    for row in rows(checked.graph, checked.figures, depth):
        yield line(columns.row(row))
    yield line(tuple(f"**{cell}**" if cell else "" for cell in total))


#: The formats of the report, by name.
FORMATS: dict[str, Callable[[Checked, int | None], Iterator[str]]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
