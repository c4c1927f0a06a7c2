"""What is said when the command line asks for what cannot be had, or gives a parameter what is no value."""

from pathlib import Path

import pytest

from tests.conftest import Invoke

NETS = """
model wide(widths = [4, 6], act = relu, kind = "plain") {
  input 8
  if kind == "plain" { for width in widths { dense(width, activation=act) } } else { dense(2) }
}
model deep(widths = [4, 6], act = relu, kind = "plain") {
  input 8
  if kind == "plain" { for width in widths { dense(width, activation=act) * 2 } } else { dense(2) }
}
"""


@pytest.fixture(autouse=True)
def nets(tmp_path: Path) -> None:
    (tmp_path / "nets.arch").write_text(NETS)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("widths=4,6", "a list stands in brackets: --set 'widths=[4,6]'"),
        ("widths=(4,6), 3", "a list stands in brackets: --set 'widths=[(4,6), 3]'"),
        ("act=group", "`group` is no value for `act`"),
        ("act=rellu", "did you mean `relu`?"),
        ("kind=residual", "a text stands in quotes: --set 'kind=\"residual\"'"),
        ("widths=wide", "`wide` is no value for `widths`"),
        ("widths=wide", "it is `[4, 6]` where nothing is said"),
    ],
)
def test_a_setting_that_is_no_value(invoke: Invoke, setting: str, said: str) -> None:
    done = invoke("check", "nets.arch:wide", "--set", setting)
    assert done.exit_code in (1, 2)
    assert said in done.stderr


@pytest.mark.parametrize("setting", ["widths=[4, 6]", "widths=(4, 6)", 'kind="a, b"', "act=leaky_relu(0.1)"])
def test_a_comma_in_brackets_or_quotes_is_no_list(invoke: Invoke, setting: str) -> None:
    assert invoke("check", "nets.arch:wide", "--set", setting).exit_code == 0


def test_an_error_of_every_model_is_shown_once(invoke: Invoke) -> None:
    done = invoke("check", "nets.arch", "--set", "widths=[4")
    assert done.exit_code == 1
    assert done.stderr.count("error[") == 1


def test_errors_of_each_model_are_all_shown(invoke: Invoke) -> None:
    done = invoke("check", "nets.arch", "--set", "depth=3")
    assert done.stderr.count("error[unknown-parameter]") == 2


def test_no_name(invoke: Invoke) -> None:
    done = invoke("check", "")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: the name of the spec is empty")


def test_a_file_without_its_ending(invoke: Invoke) -> None:
    done = invoke("check", "nets.ach")
    assert done.exit_code == 2
    assert "did you mean `nets.arch`?" in done.stderr


@pytest.mark.parametrize("command", [("diagram", "-o", "x.svg"), ("summary",)])
@pytest.mark.parametrize("depth", ["x", "-1", "1.5"])
def test_a_depth_that_is_no_number(invoke: Invoke, command: tuple[str, ...], depth: str) -> None:
    name, *options = command
    done = invoke(name, "nets.arch:wide", *options, "--depth", depth)
    assert done.exit_code == 2
    assert f"expected a whole number from 0, not '{depth}'" in done.stderr


def test_code_goes_to_stdout(invoke: Invoke, tmp_path: Path) -> None:
    done = invoke("build", "nets.arch:wide", "-o", "-")
    assert done.exit_code == 0
    assert done.stderr == ""
    invoke("build", "nets.arch:wide", "-o", "out")
    assert done.stdout == (tmp_path / "out" / "wide.py").read_text()
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("specs", [("nets.arch",), ("nets.arch:wide", "nets.arch:deep")])
def test_stdout_takes_one_model(invoke: Invoke, specs: tuple[str, ...]) -> None:
    done = invoke("build", *specs, "-o", "-")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "stdout takes one model" in done.stderr


def test_stdout_has_nothing_to_compare(invoke: Invoke) -> None:
    done = invoke("build", "nets.arch:wide", "-o", "-", "--diff")
    assert done.exit_code == 2
    assert "`--diff` compares with a folder" in done.stderr
