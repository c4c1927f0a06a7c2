"""The Python API."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import archspec

NET = """
model net(width = 4, act = relu) {
  input image: 8x8x3
  conv(width, 3x3, activation=act) -> bn
  flatten -> dense(2) as logits
  output logits
}
"""


def test_figures() -> None:
    net = archspec.loads(NET)
    assert net.name == "net"
    assert net.params == 3 * 3 * 3 * 4 + 4 + 4 * 4 + 6 * 6 * 4 * 2 + 2
    assert net.trainable_params == net.params - 2 * 4
    assert net.macs == 6 * 6 * 3 * 3 * 3 * 4 + 6 * 6 * 4 * 2
    assert net.inputs == [archspec.Tensor("image", (None, 8, 8, 3), "float32")]
    assert net.outputs == [archspec.Tensor("logits", (None, 2), "float32")]
    assert [row.kind for row in net.layers()] == ["Conv2D", "BatchNormalization", "Flatten", "Dense"]
    assert repr(net) == "<Architecture net: 2, 418 params, 4.18 K MACs>"


def test_parameters_from_python() -> None:
    net = archspec.loads(NET, width=8, act="tanh")
    assert net.layers()[0].params.total == 3 * 3 * 3 * 8 + 8
    assert '"tanh"' in net.to_json()


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    assert archspec.loads(NET, width=numpy.int64(8)).params == archspec.loads(NET, width=8).params
    dropout = "model m(rate, sizes) {\n  input 8\n  dropout(rate)\n  for n in sizes { dense(n) }\n}\n"
    net = archspec.loads(dropout, rate=numpy.float32(0.5), sizes=[numpy.int32(3), 4])
    assert net.params == 8 * 3 + 3 + 3 * 4 + 4


def test_one_of_several_models() -> None:
    text = NET + "model wide = net(width = 16)\n"
    assert archspec.loads(text, model="wide").layers()[0].params.total == 3 * 3 * 3 * 16 + 16
    with pytest.raises(archspec.CompileError, match="holds 2 models"):
        archspec.loads(text)


def test_misuse() -> None:
    with pytest.raises(TypeError, match="a spec is a string"):
        archspec.loads(None)  # type: ignore[arg-type]
    for misuse in (archspec.loads(NET).layers, lambda depth: archspec.loads(NET).summary(depth=depth)):
        with pytest.raises(ValueError, match="from 0"):
            misuse(depth=-1)


def test_load_file_model_and_shipped_spec(tmp_path: Path) -> None:
    path = tmp_path / "nets.arch"
    path.write_text(NET + "model wide = net(width = 16)\n")
    assert archspec.load(f"{path}:wide").layers()[0].params.total == 3 * 3 * 3 * 16 + 16
    path.write_text(NET)
    assert archspec.load(path, width=1).name == "net"
    assert archspec.load("vgg11").params == 128_806_154


def test_include(tmp_path: Path) -> None:
    (tmp_path / "parts.arch").write_text("block head(n) {\n  flatten -> dense(n)\n}\n")
    text = 'use "parts.arch"\ninput 2x2\nhead(3)\n'
    assert archspec.loads(text, include=[tmp_path]).params == 15
    with pytest.raises(archspec.CompileError):
        archspec.loads(text)


def test_wrong_spec() -> None:
    with pytest.raises(archspec.CompileError) as raised:
        archspec.loads("input 4\ndens(3)\n")
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code == "unknown-step"
    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == (2, 1)
    assert "dens(3)" in str(raised.value)


def test_no_spec() -> None:
    with pytest.raises(archspec.SpecNotFound):
        archspec.load("nowhere.arch")


def test_wrong_parameter_is_a_wrong_spec_but_a_wrong_type_is_misuse() -> None:
    with pytest.raises(archspec.CompileError):
        archspec.loads(NET, widht=3)
    with pytest.raises(TypeError):
        archspec.loads(NET, width=object())


def test_warnings_are_kept() -> None:
    # `relu` is also a way to spell an activation.
    net = archspec.loads("model net(relu = tanh) {\n  input 4\n  dense(2, relu)\n}\n")
    assert [d.severity for d in net.diagnostics] == ["warning"]


def test_summary() -> None:
    net = archspec.loads(NET)
    assert "batch_normalization" not in net.summary("csv").splitlines()[0]
    assert json.loads(net.summary("json"))["params"]["total"] == net.params
    assert len(net.summary("markdown").splitlines()) == 2 + 4 + 1
    with pytest.raises(ValueError, match="table, json, csv, markdown"):
        net.summary("xml")


def test_texts() -> None:
    net = archspec.loads(NET)
    compile(net.to_source(), "net.py", "exec")
    assert net.to_dot().startswith("digraph")
    assert "<svg" in net.to_svg()
    assert net.graph.name == json.loads(net.to_json())["name"] == "net"


@pytest.mark.keras
def test_to_keras() -> None:
    net = archspec.loads(NET)
    model = net.to_keras()
    assert model.count_params() == net.params
    assert model.output_shape == net.outputs[0].shape


def test_to_keras_without_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModuleNotFoundError, match=r"archspec-nn\[tensorflow\]"):
        archspec.loads(NET).to_keras()


def test_notebook_display() -> None:
    net = archspec.load("baseline")
    svg, html = net._repr_svg_(), net._repr_html_()
    assert svg is not None
    assert svg == net.to_svg()
    assert "198,506" in html
    assert "data:image/svg+xml;base64," in html


def test_notebook_html_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    net = archspec.loads(NET)
    evil = "<script>alert(1)</script>"
    hostile = archspec.Architecture(replace(net._checked, graph=replace(net.graph, name=evil)))
    monkeypatch.setattr(hostile, "_repr_svg_", lambda: None)
    html = hostile._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_notebook_without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    net = archspec.loads(NET)

    def broken(depth: int | None = None) -> str:
        raise archspec.ArchspecError("no Graphviz")

    monkeypatch.setattr(net, "to_svg", broken)
    assert net._repr_svg_() is None
    assert "<img" not in net._repr_html_()
    assert "418" in net._repr_html_()


def test_every_public_name_is_there() -> None:
    for name in archspec.__all__:
        assert getattr(archspec, name) is not None
    assert set(archspec.__all__) <= set(dir(archspec))
    with pytest.raises(AttributeError, match="nothing"):
        _ = archspec.nothing
