"""The Python API: a spec in, an `Architecture` out, and from it figures, code, a model and diagrams."""

from __future__ import annotations

import os
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from archspec.analysis.summary import Row, rows
from archspec.backend import Checked
from archspec.diagnostics.diagnostic import ArchspecError, Diagnostic
from archspec.diagnostics.source import Source
from archspec.driver import Compiled, compile_source, compile_spec
from archspec.ir.graph import Graph, Port
from archspec.report import batched, grouped, report, rounded, shapes

if TYPE_CHECKING:
    import keras

    from archspec.backends.keras_code import Style

PathLike = str | os.PathLike[str]
#: Blocks below this depth are one row in a notebook.
_NOTEBOOK_DEPTH = 1
_THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
#: How a page says that it is dark: Jupyter, VS Code, Colab and others. What the system prefers is not what it is.
_DARK_NOTEBOOKS = (
    'body[data-jp-theme-light="false"]',
    "body.vscode-dark",
    'html[theme="dark"]',
    'html[data-theme="dark"]',
)
#: The most rows a notebook shows.
_NOTEBOOK_ROWS = 200


class Tensor(NamedTuple):
    """An input or output: its shape has the batch axis, None for an open dimension, a string for a symbolic one."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str


def load(spec: PathLike, /, *, include: Iterable[PathLike] = (), **params: Any) -> Architecture:
    """Compile a spec: a file, `file.arch:model`, or the name of one that comes with archspec (`"vgg11"`).

    `include` are further folders for `use`; the other keywords are parameters of the model. Raises CompileError where
    the spec is wrong, SpecNotFound where there is none.
    """
    folders = [Path(folder) for folder in include]
    return _architecture(compile_spec(os.fspath(spec), settings=params, include=folders))


def loads(text: str, /, *, model: str | None = None, include: Iterable[PathLike] = (), **params: Any) -> Architecture:
    """Compile a text; `model` says which model of several. The other keywords are those of `load`.

    Raises CompileError where the spec is wrong.
    """
    if not isinstance(text, str):
        raise TypeError(f"a spec is a string, not {type(text).__name__}; `load` takes a file")
    source = Source("network", text)
    folders = [Path(folder) for folder in include]
    return _architecture(compile_source(source, model=model, settings=params, include=folders))


def _architecture(compiled: Compiled) -> Architecture:
    return Architecture(compiled.checked(), compiled.diagnostics)


class Architecture:
    """A compiled network. Make one with `load` or `loads`."""

    def __init__(self, checked: Checked, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        self._checked = checked
        #: Warnings and notes of the compilation.
        self.diagnostics = diagnostics

    @property
    def graph(self) -> Graph:
        """The elaborated network as data."""
        return self._checked.graph

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.graph.name

    @property
    def params(self) -> int:
        """The number of parameters, shared ones counted once."""
        return self._checked.figures.weights[self.graph.main].total

    @property
    def trainable_params(self) -> int:
        """The number of parameters that training changes."""
        return self._checked.figures.weights[self.graph.main].trainable

    @property
    def macs(self) -> int | None:
        """The multiply-accumulates for one sample; None where they depend on a dimension that is left open."""
        return self._checked.figures.macs[self.graph.main]

    @property
    def inputs(self) -> list[Tensor]:
        """The inputs, in order."""
        return _tensors(self.graph.body.inputs)

    @property
    def outputs(self) -> list[Tensor]:
        """The outputs, in order."""
        return _tensors(self.graph.body.outputs)

    def layers(self, depth: int | None = None) -> list[Row]:
        """Return every layer call in execution order; with `depth`, a block deeper than that is one row."""
        return list(rows(self.graph, self._checked.figures, depth))

    def summary(self, format: str = "table", depth: int | None = None) -> str:
        """Return the per-layer report as `table`, `json`, `csv` or `markdown`."""
        return "\n".join(report(self._checked, format, depth))

    def to_json(self, indent: int | None = 2) -> str:
        """Return the graph as JSON. `archspec ir --schema` prints its schema."""
        from archspec.ir.json import to_json

        return to_json(self.graph, indent)

    def to_source(self, style: Style = "subclass") -> str:
        """Return the Keras code of the network: a Python module that stands alone.

        `style` is how it is written: with a class for each block (`subclass`), a function for each (`functional`), or,
        where the network is one, as a chain of layers (`sequential`).
        """
        from archspec.backends.keras_code import emit

        return str(emit(self._checked, style).content)

    def to_keras(self, *, allow_extern: bool = False) -> keras.Model:
        """Return the network as a Keras model. Needs TensorFlow: `pip install 'archspec-nn[tensorflow]'`.

        A layer of your own (`extern layer`) is imported, which runs its module, only with `allow_extern`.
        """
        from archspec.backends.keras_build import build

        try:
            return build(self._checked, allow_extern=allow_extern)
        except ModuleNotFoundError as error:
            if error.name not in ("keras", "tensorflow"):
                raise
            message = "a Keras model needs Keras and TensorFlow: pip install 'archspec-nn[tensorflow]'"
            raise ModuleNotFoundError(message, name=error.name) from error

    def to_dot(self, depth: int | None = None) -> str:
        """Return the diagram in Graphviz's language; with `depth`, a block deeper than that is one box."""
        from archspec.backends.graphviz import to_dot
        from archspec.picture.plan import View

        return to_dot(self._checked, View(depth=depth))

    def to_svg(
        self,
        depth: int | None = None,
        *,
        style: Literal["blocks", "volume", "summary"] = "blocks",
        direction: Literal["TB", "LR"] = "TB",
        theme: Literal["auto", "light", "dark"] = "auto",
    ) -> str:
        """Return the diagram as SVG; with `depth`, a block deeper than that is one box."""
        from archspec.backends.diagram import render
        from archspec.picture.plan import View

        view = View(depth=depth)
        return render(self._checked, "svg", view, style=style, direction=direction, theme=theme).decode()

    def __repr__(self) -> str:
        outputs = shapes(port.type for port in self.graph.body.outputs)
        return f"<Architecture {self.name}: {outputs}, {self.params:,} params, {rounded(self.macs)} MACs>"

    def _repr_svg_(self) -> str | None:
        """Show the diagram in a notebook; where it cannot be drawn, the figures are all it shows."""
        try:
            return self.to_svg()
        except ArchspecError:
            return None

    def _repr_html_(self) -> str:
        """Show the figures and the diagram in a notebook."""
        parts = [f"<p><b>{escape(self.name)}</b></p>", self._html_figures()]
        if self._repr_svg_() is not None:
            parts.append(self._html_diagram())
        return "\n".join([*parts, self._html_layers()])

    def _html_diagram(self) -> str:
        """Return the diagram as a notebook shows it: light, and dark where the notebook is."""
        from base64 import b64encode
        from zlib import crc32

        from archspec.backends.diagram import draw, render_scene

        scene = draw(self._checked)
        # As images, not inline: nothing in them can run, and their ids meet no others on the page.
        light, dark = (
            f"data:image/svg+xml;base64,{b64encode(render_scene(scene, 'svg', theme)).decode()}" for theme in _THEMES
        )
        name = f"archspec-{crc32(dark.encode()):x}"
        style = f'{", ".join(f"{where} .{name}" for where in _DARK_NOTEBOOKS)} {{ content: url("{dark}"); }}'
        return (
            f'<style>{style}</style>\n<p><img class="{name}" alt="diagram" style="max-width: 100%" src="{light}"></p>'
        )

    def _html_figures(self) -> str:
        body = self.graph.body
        figures = {
            "input": shapes(port.type for port in body.inputs),
            "output": shapes(port.type for port in body.outputs),
            "parameters": grouped(self.params),
            "trainable": grouped(self.trainable_params),
            "MACs": grouped(self.macs),
        }
        cells = (f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in figures.items())
        return f"<table>{''.join(cells)}</table>"

    def _html_layers(self) -> str:
        # Words stand to the left, which notebooks do only where they are told to.
        words = ' style="text-align: left"'
        left = f"<th{words}>layer</th><th{words}>kind</th><th{words}>output</th>"
        lines = ["<details><summary>layers</summary>", f"<table><tr>{left}<th>params</th><th>MACs</th></tr>"]
        for number, row in enumerate(rows(self.graph, self._checked.figures, _NOTEBOOK_DEPTH)):
            if number == _NOTEBOOK_ROWS:
                lines.append("<tr><td>…</td></tr>")
                break
            told = (row.path, row.kind, shapes(row.outputs))
            cells = [f"<td{words}>{escape(cell)}</td>" for cell in told]
            cells += [f"<td>{grouped(figure)}</td>" for figure in (row.params.total, row.macs)]
            lines.append(f"<tr>{''.join(cells)}</tr>")
        lines.append("</table></details>")
        return "\n".join(lines)


def _tensors(ports: Iterable[Port]) -> list[Tensor]:
    return [
        Tensor(port.name or f"output{number or ''}", tuple(batched(port.type)), port.type.dtype)
        for number, port in enumerate(ports)
    ]
