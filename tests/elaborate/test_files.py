"""`use`, models, variants and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec.diagnostics import CompileError, Source, render
from archspec.driver import Compiled, SpecNotFound, compile_source, compile_spec
from archspec.ir.leaves import leaves
from tests.elaborate.spec_cases import outline, total


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.arch").write_text(text, encoding="utf-8")


def codes(compiled: Compiled) -> list[str]:
    return [d.code for d in compiled.diagnostics]


def paths(compiled: Compiled) -> list[str]:
    return [leaf.path for leaf in leaves(compiled.checked().graph)]


def test_use(tmp_path: Path) -> None:
    write(tmp_path, blocks="block head(n) { dense(n) }", net='use "blocks.arch"\ninput 8\nhead(3)')
    assert paths(compile_spec(str(tmp_path / "net.arch"))) == ["head/dense"]


def test_use_behind_a_name(tmp_path: Path) -> None:
    write(tmp_path, a="block head { relu }", b="block head { tanh }")
    write(tmp_path, net='use "a.arch" as a\nuse "b.arch" as b\ninput 8\na.head -> b.head -> a.head')
    assert paths(compile_spec(str(tmp_path / "net.arch"))) == ["head1/relu", "head2/tanh", "head3/relu"]


def test_what_stands_behind_a_name_is_not_in_reach_without_it(tmp_path: Path) -> None:
    write(tmp_path, a="block head { relu }", net='use "a.arch" as a\ninput 8\nhead')
    assert codes(compile_spec(str(tmp_path / "net.arch"))) == ["unknown-step"]


def test_use_goes_on_through_files(tmp_path: Path) -> None:
    write(tmp_path / "deep", c="block last { relu }", b='use "c.arch"\nblock mid { last }')
    write(tmp_path, net='use "deep/b.arch"\ninput 8\nmid -> last')
    assert paths(compile_spec(str(tmp_path / "net.arch"))) == ["mid/last/relu", "last/relu"]


def test_the_first_use_wins(tmp_path: Path) -> None:
    write(tmp_path, a="block head { relu }", b="block head { tanh }")
    write(tmp_path, net='use "a.arch"\nuse "b.arch"\ninput 8\nhead')
    assert paths(compile_spec(str(tmp_path / "net.arch"))) == ["head/relu"]


def test_the_file_itself_wins_over_what_it_uses(tmp_path: Path) -> None:
    write(tmp_path, a="block head { relu }", net='use "a.arch"\nblock head { tanh }\ninput 8\nhead')
    assert paths(compile_spec(str(tmp_path / "net.arch"))) == ["head/tanh"]


def test_include_folders(tmp_path: Path) -> None:
    write(tmp_path / "lib", blocks="block head { relu }")
    write(tmp_path / "home", net='use "blocks.arch"\ninput 8\nhead')
    spec = str(tmp_path / "home" / "net.arch")
    assert codes(compile_spec(spec)) == ["file-not-found"]
    assert paths(compile_spec(spec, include=[tmp_path / "lib"])) == ["head/relu"]


def test_beside_the_file_comes_before_include_folders(tmp_path: Path) -> None:
    write(tmp_path / "lib", blocks="block head { relu }")
    write(tmp_path / "home", blocks="block head { tanh }", net='use "blocks.arch"\ninput 8\nhead')
    assert paths(compile_spec(str(tmp_path / "home" / "net.arch"), include=[tmp_path / "lib"])) == ["head/tanh"]


def test_no_way_out_of_the_folders(tmp_path: Path) -> None:
    write(tmp_path, secret="block head { relu }")
    write(tmp_path / "home", net='use "../secret.arch"\ninput 8\nhead')
    (tmp_path / "home" / "link.arch").symlink_to(tmp_path / "secret.arch")
    write(tmp_path / "home", net2='use "link.arch"\ninput 8\nhead')
    for name in ("net", "net2"):
        assert codes(compile_spec(str(tmp_path / "home" / f"{name}.arch"))) == ["file-not-found"]
    absolute = f'use "{tmp_path}/secret.arch"\ninput 8\nhead'
    assert codes(compile_source(Source("x.arch", absolute), home=tmp_path)) == ["file-not-found"]


def test_a_circle_of_files(tmp_path: Path) -> None:
    write(tmp_path, a='use "b.arch"\nblock x { relu }', b='use "a.arch"\nblock y { relu }')
    write(tmp_path, net='use "a.arch"\ninput 8\nx')
    (found,) = compile_spec(str(tmp_path / "net.arch")).diagnostics
    assert found.code == "import-cycle"
    assert "a.arch -> " in found.message


def test_a_fault_in_a_used_file_is_the_only_one(tmp_path: Path) -> None:
    write(tmp_path, a="block head { relu", net='use "a.arch"\ninput 8\nhead')
    (found,) = compile_spec(str(tmp_path / "net.arch")).diagnostics
    assert found.code == "unclosed-bracket"
    assert found.span is not None
    assert found.span.file.endswith("a.arch")


def test_many_ways_to_one_file_are_one(tmp_path: Path) -> None:
    # Every file uses the two below it: 2 ** 40 ways down.
    for level in range(40):
        below = "".join(f'use "{side}{level + 1}.arch"\n' for side in "ab") if level < 39 else ""
        write(tmp_path, **{f"{side}{level}": f"{below}block {side}{level} {{ relu }}" for side in "ab"})
    write(tmp_path, net='use "a0.arch"\nuse "b0.arch"\ninput 8\nb39 -> nothing')
    assert codes(compile_spec(str(tmp_path / "net.arch"))) == ["unknown-step"]


VARIANTS = """
model net(widths = [8, 4], act = relu, last) { input 8; for n in widths { dense(n, activation=act) }; dense(last) }
model small = net(widths = [4], last = 3)
model tiny = small(last = 2, act = tanh)
"""


@pytest.mark.parametrize(
    ("model", "settings", "wanted"),
    [
        ("small", {}, ["dense1_0 4", "dense2 3"]),
        ("tiny", {}, ["dense1_0 4", "dense2 2"]),
        ("tiny", {"last": "9"}, ["dense1_0 4", "dense2 9"]),
        ("net", {"last": "2 ** 3", "widths": "[5] * 2"}, ["dense1_0 5", "dense1_1 5", "dense2 8"]),
        ("small", {"act": "leaky_relu(0.2)"}, ["dense1_0 4", "dense2 3"]),
    ],
)
def test_variants_and_settings(model: str, settings: dict[str, str], wanted: list[str]) -> None:
    assert outline(VARIANTS, model=model, setting_texts=settings) == wanted


def test_settings_from_python() -> None:
    assert outline(VARIANTS, model="net", settings={"last": 3, "widths": [2, 1], "act": "gelu"}) == [
        "dense1_0 2", "dense1_1 1", "dense2 3",
    ]  # fmt: skip
    with pytest.raises(TypeError):
        outline(VARIANTS, model="net", settings={"last": object()})


def test_a_variant_of_a_model_behind_a_name(tmp_path: Path) -> None:
    # The variant may bear the name of the model it is made of.
    write(tmp_path, base="model net(n = 3) { input 8; dense(n) }\nmodel big = net(n = 30)")
    write(
        tmp_path,
        net='use "base.arch" as base\nmodel net = base.net(n = 4)\nmodel big = base.big()\nmodel bigger = big(n = 31)',
    )
    for model, units in (("net", 4), ("big", 30), ("bigger", 31)):
        graph = compile_spec(f"{tmp_path / 'net.arch'}:{model}").checked().graph
        assert [leaf.outputs[0].shape for leaf in leaves(graph)] == [(units,)]
        assert graph.name == model


def test_one_model_needs_no_name() -> None:
    assert total("model anything { input 8; dense(3) }") == 27


def test_the_model_named_after_the_file_is_meant(tmp_path: Path) -> None:
    write(tmp_path, net="model net { input 8; dense(3) }\nmodel other = net()")
    assert compile_spec(str(tmp_path / "net.arch")).checked().graph.name == "net"


def test_documentation(tmp_path: Path) -> None:
    text = "# The net.\n# Two lines.\nmodel net {\n  input 8\n  # A head.\n  block head { dense(3) }\n  head\n}\n"
    graph = compile_source(Source("net.arch", text)).checked().graph
    assert graph.doc == "The net.\nTwo lines."
    assert {d.name: d.doc for d in graph.definitions.values()}["head"] == "A head."


def test_no_such_spec() -> None:
    with pytest.raises(SpecNotFound):
        compile_spec("no_such_spec")


def test_an_error_tells_all() -> None:
    with pytest.raises(CompileError) as caught:
        compile_source(Source("net.arch", "input 8\ndens(3) -> relv")).checked()
    assert [d.code for d in caught.value.diagnostics] == ["unknown-step"] * 2
    assert "did you mean `dense`" in str(caught.value)


@pytest.mark.parametrize(
    "text", ['use "{}.arch"\ninput 8\nrelu\n', 'use "{}/{}.arch"\ninput 8\nrelu\n', "input 8\n{}\n", "input 8\n{}.b\n"]
)
@pytest.mark.parametrize("name", ["a" * 300, "a" * 100_000, "é" * 200], ids=["long", "very long", "long in bytes"])
def test_names_longer_than_a_file_can_have(text: str, name: str, tmp_path: Path) -> None:
    compiled = compile_source(Source("net.arch", text.replace("{}", name)), home=tmp_path, include=[tmp_path])
    assert compiled.diagnostics
    for diagnostic in compiled.diagnostics:
        assert diagnostic.code in ("file-not-found", "name-too-long", "unexpected-character")
        assert len(render(diagnostic, compiled.sources)) < 10_000
