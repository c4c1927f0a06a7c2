"""The commands `diagram` and `diff`, and the notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import archspec
from archspec.backend import Checked
from archspec.compare import compare, show, to_json
from archspec.diagnostics import Source
from archspec.driver import compile_source
from tests.conftest import Invoke

NET = "input 8\ndense(4, relu) -> dense(2)\n"
BLOCKS = "block unit(n) {{ dense(n, relu) }}\ninput 8\nunit(4) -> unit(5){tail}\n"


@pytest.fixture(autouse=True)
def _net(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(NET)


@pytest.mark.parametrize(
    ("file", "start"),
    [
        ("x.svg", b"<?xml"),
        ("x.SVG", b"<?xml"),
        ("x.png", b"\x89PNG"),
        ("x.pdf", b"%PDF"),
        ("x.html", b"<!DOCTYPE html>"),
        ("x.mmd", b"%% net"),
        ("x.dot", b'digraph "net"'),
    ],
)
def test_the_end_of_the_name_says_what_is_written(invoke: Invoke, tmp_path: Path, file: str, start: bytes) -> None:
    result = invoke("diagram", "net.arch", "-o", file)
    assert (result.exit_code, result.output) == (0, f"{file}\n")
    assert (tmp_path / file).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("options", "start"), [((), b"<?xml"), (("--format", "dot"), b"digraph"), (("--format", "pdf"), b"%PDF")]
)
def test_a_dash_is_stdout(invoke: Invoke, options: tuple[str, ...], start: bytes) -> None:
    assert invoke("diagram", "net.arch", "-o", "-", *options).stdout_bytes.startswith(start)


@pytest.mark.parametrize("engine", ["structured", "graphviz"])
def test_either_engine_draws(invoke: Invoke, tmp_path: Path, engine: str) -> None:
    assert invoke("diagram", "net.arch", "-o", "x.svg", "--engine", engine).exit_code == 0
    assert "dense" in (tmp_path / "x.svg").read_text().lower()


def test_options_of_the_look(invoke: Invoke) -> None:
    def svg(*options: str) -> bytes:
        result = invoke("diagram", "net.arch", "-o", "-", *options)
        assert result.exit_code == 0, result.output
        return result.stdout_bytes

    ways = [(), ("--style", "volume"), ("--style", "summary"), ("--direction", "LR"), ("--theme", "dark")]
    ways += [("--highlight", "dense1"), ("--no-fuse",)]
    assert len({svg(*options) for options in ways}) == len(ways) - 1, "nothing is fused here, the others differ"


def test_several_specs_go_to_a_file_each(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "two.arch").write_text("model a { input 8; dense(1) }\nmodel b { input 8; dense(2) }\n")
    result = invoke("diagram", "net.arch", "two.arch", "-o", "out/{name}.svg")
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.svg", "b.svg", "net.svg"]


def test_one_wrong_spec_does_not_keep_the_others(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "bad.arch").write_text("input 8\ndens(4)\n")
    result = invoke("diagram", "bad.arch", "net.arch", "-o", "{name}.svg")
    assert result.exit_code == 1 and (tmp_path / "net.svg").exists() and "unknown-step" in result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("net.arch", "-o", "x.gif"), "must end in .svg"),
        (("net.arch", "net.arch", "-o", "x.svg"), "several specs need a FILE with {name}"),
        (("net.arch", "net.arch", "-o", "{name}.svg"), "would both be written to net.svg"),
        (("net.arch", "-o", "x.svg", "--highlight", "nope"), "no layer or block of this model is called `nope`"),
        (("net.arch", "-o", "x.html", "--engine", "graphviz"), "Graphviz does not write html"),
        (("net.arch", "-o", "x.svg", "--engine", "graphviz", "--style", "volume"), "style `blocks`"),
        (("net.arch", "-o", "x.mmd", "--style", "summary"), "cannot be had as mermaid"),
        (("net.arch", "-o", "x.html", "--direction", "LR"), "from top to bottom"),
    ],
)
def test_misuse_is_told(invoke: Invoke, args: tuple[str, ...], message: str) -> None:
    result = invoke("diagram", *args)
    assert result.exit_code == 2 and message in result.stderr


def test_build_writes_drawing_and_dot_beside_the_code(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("build", "net.arch", "-o", "out").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["net.dot", "net.py", "net.svg"]
    assert "digraph" in (tmp_path / "out" / "net.dot").read_text()


# --- diff ------------------------------------------------------------------------------------------------------------


def checked(text: str, **settings: Any) -> Checked:
    return compile_source(Source("net.arch", text), settings=settings).checked()


def found(old: str, new: str) -> list[tuple[str, str]]:
    comparison = compare(checked(old), checked(new))
    return [(change.what, (change.new or change.old).path) for change in comparison.changes]  # type: ignore[union-attr]


def test_nothing_changed() -> None:
    comparison = compare(checked(NET), checked(NET))
    assert comparison.changes == () and comparison.same == 2
    assert list(show(comparison))[-1] == "no change"


def test_added_and_removed_layers_are_found_whatever_the_others_are_called_now() -> None:
    longer = "input 8\ndense(4, relu) -> dropout(0.1) -> dense(3) -> dense(2)\n"
    assert found(NET, longer) == [("added", "dropout"), ("added", "dense2"), ("changed", "dense3")]
    assert found(longer, NET) == [("removed", "dropout"), ("removed", "dense2"), ("changed", "dense2")]


def test_a_changed_layer_says_what_changed() -> None:
    comparison = compare(checked(NET), checked(NET.replace("4", "6")))
    lines = list(show(comparison))
    # 8 x 4 + 4 and 4 x 2 + 2 parameters, then 8 x 6 + 6 and 6 x 2 + 2.
    assert "  params   46 -> 68  (+22)" in lines
    assert "~ dense1  Dense  units 4 -> 6  4 -> 6  params 36 -> 54  (+18)  MACs 32 -> 48" in lines
    assert "~ dense2  Dense  params 10 -> 14  (+4)  MACs 8 -> 12" in lines


def test_the_json_has_both_sides() -> None:
    (change,) = to_json(compare(checked(NET), checked(NET.replace("dense(2)", "dense(2, tanh)"))))["changes"]
    assert change["change"] == "changed"
    assert change["old"]["arguments"] == {"units": "2"} and change["new"]["arguments"]["activation"] == "tanh"
    assert change["new"]["output_shapes"] == [[None, 2]]


def test_shared_weights_count_once() -> None:
    once = "input 8\nshared s = dense(8)\ns\n"
    result = to_json(compare(checked(once), checked(once + "s\n")))
    assert result["old"]["params"] == result["new"]["params"] == 72
    assert [change["new"]["params"] for change in result["changes"]] == [0]


def test_many_layers_are_compared_quickly_and_too_many_refused() -> None:
    def net(n: int) -> str:
        return "input 8\n" + "(dense(8) -> relu) * 4_000\n" + f"dense({n})"

    comparison = compare(checked(net(3)), checked(net(4)))
    assert len(comparison.changes) == 1 and comparison.same == 8000
    with pytest.raises(archspec.ArchspecError, match="too many to compare"):
        compare(checked("input 8\ndense(8) * 30_000"), checked(NET))


def test_diff_of_one_spec_set_in_two_ways(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "m.arch").write_text("model m(n = 2, wide = 4) { input 8; dense(wide); dense(n) }\n")
    result = invoke("diff", "m.arch", "--set", "wide=5", "--new-set", "n=3", "-o", "x.svg", "--exit-code")
    assert result.exit_code == 1
    assert "units 2 -> 3" in result.stdout and "1 changed, 1 the same" in result.stdout
    assert "changed" in (tmp_path / "x.svg").read_text()
    assert invoke("diff", "m.arch", "m.arch", "--exit-code").exit_code == 0
    assert json.loads(invoke("diff", "m.arch", "--new-set", "n=3", "--format", "json").stdout)["same"] == 1


def test_diff_refuses_what_it_cannot_write(invoke: Invoke) -> None:
    result = invoke("diff", "net.arch", "-o", "x.html")
    assert result.exit_code == 2 and "must end in .svg, .png, .pdf" in result.stderr


def test_the_drawing_marks_what_changed_in_folded_blocks_too() -> None:
    from archspec.picture.build import build_picture
    from archspec.picture.plan import View

    marks: Any = {"unit2/dense": "changed"}
    model = checked(BLOCKS.format(tail=""))
    folded = build_picture(model, View(depth=0, marks=marks))
    assert [card.mark for card, _ in folded.cards() if card.form == "fold"] == ["", "changed"]
    opened = build_picture(model, View(marks=marks))
    assert [card.mark for card, _ in opened.cards() if card.title == "Dense"] == ["", "changed"]


# --- notebook --------------------------------------------------------------------------------------------------------


class Shell:
    """As much of a notebook as the extension needs."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, function: Any, kind: str, name: str) -> None:
        assert kind == "cell"
        self.magics[name] = function


@pytest.fixture
def shell() -> Shell:
    shell = Shell()
    archspec.load_ipython_extension(shell)
    return shell


def test_a_cell_compiles_and_names_the_network(shell: Shell) -> None:
    network = shell.magics["arch"]("net n=3", "model m(n = 2) { input 8; dense(n) }")
    assert shell.user_ns["net"] is network and network.params == 27
    assert network._repr_svg_().startswith("<?xml") and "27" in network._repr_html_()


def test_a_cell_needs_no_name(shell: Shell) -> None:
    assert shell.magics["arch"]("", NET).params == 46
    assert shell.user_ns == {}


def test_a_wrong_cell_shows_its_errors(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.magics["arch"]("net", "input 8\ndens(4)") is None
    assert "unknown-step" in capsys.readouterr().err and shell.user_ns == {}
    assert shell.magics["arch"]("two names", NET) is None
    assert "expected" in capsys.readouterr().err


def test_the_api_draws_in_every_style() -> None:
    network = archspec.loads(NET)
    drawings = {network.to_svg(style=style) for style in ("blocks", "volume", "summary")}
    assert len(drawings) == 3
    assert network.to_svg(direction="LR") != network.to_svg()
    assert "prefers-color-scheme" in network.to_svg() and "prefers-color-scheme" not in network.to_svg(theme="light")
