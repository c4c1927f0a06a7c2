"""`archspec` as a shell sees it: exit codes, and what goes to which stream."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command

GOOD = "input 4\ndense(3)\n"
WRONG = {
    "unknown layer": "input 4\ndens(3)\n",
    "missing argument": "input 32x32x3\nconv(3x3)\n",
    "bad merge": "input 8x8x3\nadd { | conv(4, 3x3) | skip }\n",
    "unclosed brace": "input 8x8x3\nrepeat 2 {\n  conv(4, 3x3)\n",
    "failed expectation": "input 4\ndense(3)\nexpect params == 16\n",
}


def test_done_is_0(archspec: Command) -> None:
    done = archspec("check", "-", stdin=GOOD)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok stdin  3  15 params  12 MACs\n", "")


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("command", ["check", "build", "summary", "expand", "ir"])
def test_wrong_spec_is_1_and_located(archspec: Command, tmp_path: Path, command: str, text: str) -> None:
    (tmp_path / "net.arch").write_text(text)
    done = archspec(command, "net.arch")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "net.arch:" in done.stderr
    assert "Traceback" not in done.stderr
    # The source line is shown.
    assert any(line and line in done.stderr for line in text.splitlines()[1:])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.arch"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["check", "nothing.arch"], "nothing.arch"),
        (["check", "vgg12"], "did you mean `vgg11`?"),
        (["check"], "Missing argument"),
        (["chekc", "vgg11"], "did you mean `check`?"),
        (["check", "vgg11", "--set", "classes"], "NAME=VALUE"),
        (["check", "vgg11", "--include", "nowhere"], "nowhere"),
        (["summary", "vgg11", "--format", "xml"], "xml"),
        (["summary", "vgg11", "--depth", "-1"], "depth"),
        (["diagram", "vgg11", "-o", "vgg11.gif"], ".gif"),
        (["diagram", "vgg11"], "--output"),
        (["ir"], "SPEC"),
        (["layers", "conv9d"], "conv"),
        (["blocks", "residul"], "did you mean `residual`?"),
        (["check", "."], "`.` is a folder"),
        (["check", "/dev/null"], "no ordinary file"),
        (["check", "net.arch:"], "no model is named after the `:`"),
        (["check", "vgg11", "--set", "classes="], "no value for `classes`"),
        (["check", "vgg11", "--set", "classes=3", "--set", "classes=4"], "`classes` is set twice"),
    ],
    ids=" ".join,
)
def test_misuse_is_2(archspec: Command, args: list[str], says: str) -> None:
    done = archspec(*args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pipe_is_not_waited_for(archspec: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.arch")
    done = archspec("check", "pipe.arch")
    assert (done.returncode, done.stdout) == (2, "")
    assert "`pipe.arch` is no ordinary file" in done.stderr


def test_a_misspelt_file_is_named(archspec: Command, tmp_path: Path) -> None:
    (tmp_path / "mynets.arch").write_text(GOOD)
    assert "did you mean `mynets.arch`?" in archspec("check", "mynet.arch").stderr


def test_folder_that_cannot_be_made_is_misuse(archspec: Command, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    done = archspec("build", "baseline", "--no-diagram", "-o", "taken/inside")
    assert done.returncode == 2
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_command_shows_help(archspec: Command) -> None:
    done = archspec()
    assert done.returncode == 2
    assert "Commands:" in done.stdout + done.stderr


def test_version(archspec: Command) -> None:
    import archspec as package

    assert archspec("--version").stdout == f"archspec {package.__version__}\n"


def test_one_wrong_spec_does_not_stop_the_others(archspec: Command, tmp_path: Path) -> None:
    (tmp_path / "wrong.arch").write_text("input 4\ndens(3)\n")
    done = archspec("check", "wrong.arch", "nowhere", "baseline")
    assert done.returncode == 2
    assert done.stdout.startswith("ok baseline ")
    assert "wrong.arch:2:1" in done.stderr
    assert "nowhere" in done.stderr


def test_stdin_that_is_no_text(archspec: Command) -> None:
    done = archspec("check", "-", stdin=b"input 4\n\xff\n")
    assert done.returncode == 2
    assert "UTF-8" in done.stderr


BROKEN = """
import archspec.driver
def broken(*args, **kwargs): raise {raises}
archspec.driver.compile_spec = broken
from archspec.cli import main
main()
"""


def run_broken(raises: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with a compiler that raises something."""
    command = [sys.executable, "-c", BROKEN.format(raises=raises), "check", "vgg11"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env)


@pytest.mark.parametrize("traceback", [False, True])
def test_internal_error_is_70(tmp_path: Path, traceback: bool) -> None:
    variables = {"ARCHSPEC_TRACEBACK": "1"} if traceback else {}
    done = run_broken("ZeroDivisionError('made for the test')", tmp_path, **variables)
    assert done.returncode == 70
    assert done.stdout == ""
    assert "internal error: ZeroDivisionError: made for the test" in done.stderr
    assert "report" in done.stderr
    assert ("Traceback" in done.stderr) is traceback


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_reader_that_stops_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "deep.arch").write_text("input 8\ndense(8) * 20_000\n")
    command = f"{sys.executable} -m archspec summary deep.arch | head -n 1; exit ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.returncode == 141
    assert done.stdout.startswith("deep ")
    assert done.stderr == ""


def test_interrupt_is_130(tmp_path: Path) -> None:
    done = run_broken("KeyboardInterrupt", tmp_path)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
