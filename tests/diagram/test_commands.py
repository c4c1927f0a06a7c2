"""The command `diagram`, and the notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archspec
from tests.conftest import Invoke

NET = "input 8\ndense(4, relu) -> dense(2)\n"


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


def test_a_cell_may_hold_several_models(shell: Shell) -> None:
    assert shell.magics["arch"]("net:b", "model a { input 8; dense(1) }\nmodel b { input 8; dense(2) }").params == 18


def test_a_cell_uses_files_beside_the_notebook(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.arch").write_text("block unit(n) { dense(n) }\n")
    monkeypatch.chdir(tmp_path)
    assert shell.magics["arch"]("", 'use "mine.arch"\ninput 8\nunit(2)').params == 18


def test_a_wrong_cell_shows_its_errors_and_names_nothing(shell: Shell) -> None:
    with pytest.raises(archspec.ArchspecError, match="unknown-step") as caught:
        shell.magics["arch"]("net", "input 8\ndens(4)")
    assert shell.user_ns == {}
    # IPython shows this in place of a traceback: the errors, the first of them first.
    assert caught.value._render_traceback_()[:2] == ["error[unknown-step]: no layer or block `dens`", " --> net:2:1"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("two names", "`names` is one name too many"),
        ("9net", "`9net` cannot be a variable"),
        ("class", "`class` cannot be a variable"),
        ("net n=", "expected NAME=VALUE, not `n=`"),
        ("net =3", "expected NAME=VALUE, not `=3`"),
        ("net n=1 n=2", "`n` is set twice"),
        ("net 'open", "no closing quotation"),
    ],
)
def test_a_cell_that_begins_wrongly_says_how_it_should(shell: Shell, line: str, told: str) -> None:
    with pytest.raises(archspec.ArchspecError) as caught:
        shell.magics["arch"](line, NET)
    help = " = help: the cell begins with `%%arch [VARIABLE[:MODEL]] [NAME=VALUE]...`"
    assert caught.value._render_traceback_() == [f"error: {told}", help]


def test_a_cell_with_a_warning_says_so(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.magics["arch"]("", "let relu = 3\ninput 8\ndense(relu)") is not None
    assert "hidden-spelling" in capsys.readouterr().err


def test_in_a_running_ipython(tmp_path: Path) -> None:
    """The network is shown; a wrong cell shows errors without a traceback, and counts as failed."""
    pytest.importorskip("IPython")
    from IPython.testing.globalipapp import start_ipython

    ip = start_ipython()
    ip.run_line_magic("load_ext", "archspec")
    shown = ip.run_cell(f"%%arch net\n{NET}")
    assert shown.success and shown.result.params == 46 and ip.user_ns["net"] is shown.result
    ip.display_formatter.active_types = ip.display_formatter.format_types
    formats, _ = ip.display_formatter.format(shown.result)
    assert {"text/plain", "text/html", "image/svg+xml"} <= formats.keys()
    failed = ip.run_cell("%%arch net\ninput 8\ndens(4)")
    assert not failed.success and "unknown-step" in str(failed.error_in_exec)


def test_the_api_draws_in_every_style() -> None:
    network = archspec.loads(NET)
    drawings = {network.to_svg(style=style) for style in ("blocks", "volume", "summary")}
    assert len(drawings) == 3
    assert network.to_svg(direction="LR") != network.to_svg()
    assert "prefers-color-scheme" in network.to_svg() and "prefers-color-scheme" not in network.to_svg(theme="light")
