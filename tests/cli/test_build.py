"""`archspec build`: what it writes, and what it leaves alone."""

import ast
from pathlib import Path

import pytest

from tests.conftest import Invoke

NET = "input 8x8x3\nconv(4, 3x3) -> flatten -> dense(2)\n"


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.arch"
    path.write_text(NET)
    return path


def test_writes_code_and_diagram_and_says_so(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    done = invoke("build", "net.arch")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "net  2  402 params  4.18 K MACs",
        "  generated/net.py",
        "  generated/net.svg",
        "  generated/net.dot",
    ]
    ast.parse((tmp_path / "generated/net.py").read_text())
    assert "<svg" in (tmp_path / "generated/net.svg").read_text()
    # Nothing is left of the files it wrote through.
    assert sorted(p.name for p in (tmp_path / "generated").iterdir()) == ["net.dot", "net.py", "net.svg"]


def test_code_only(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    assert invoke("build", "net.arch", "--no-diagram", "-o", "a/b").exit_code == 0
    assert [p.name for p in (tmp_path / "a/b").iterdir()] == ["net.py"]


def test_same_spec_same_bytes(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    invoke("build", "net.arch", "-o", "one")
    invoke("build", "net.arch", "-o", "two")
    for name in ("net.py", "net.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_own_file_is_replaced(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    invoke("build", "net.arch", "--no-diagram")
    before = (tmp_path / "generated/net.py").read_text()
    net.write_text(NET.replace("dense(2)", "dense(3)"))
    assert invoke("build", "net.arch", "--no-diagram").exit_code == 0
    assert (tmp_path / "generated/net.py").read_text() != before


@pytest.mark.parametrize("mine", ["", "print('mine')\n", "# checksum: 0123456789abcdef\n", None])
def test_a_persons_file_is_left_alone(invoke: Invoke, net: Path, tmp_path: Path, mine: str | None) -> None:
    invoke("build", "net.arch", "--no-diagram")
    code = tmp_path / "generated/net.py"
    text = code.read_text().replace("import keras", "import keras  # edited") if mine is None else mine
    code.write_text(text)
    done = invoke("build", "net.arch")
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert code.read_text() == text
    assert not code.with_suffix(".svg").exists()
    assert invoke("build", "net.arch", "--force").exit_code == 0
    assert code.read_text() != text


def test_two_specs_of_one_name(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/net.arch").write_text(NET)
    done = invoke("build", "net.arch", "other/net.arch", "--no-diagram")
    assert done.exit_code == 2
    assert "other/net.arch" in done.stderr


def test_several(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("build", "vgg11", "baseline", "--no-diagram").exit_code == 0
    assert sorted(p.name for p in (tmp_path / "generated").iterdir()) == ["baseline.py", "vgg11.py"]


def test_parameters_and_folders(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/head.arch").write_text("block head(classes) {\n  flatten -> dense(classes)\n}\n")
    (tmp_path / "net.arch").write_text('use "head.arch"\nmodel net(classes = 2) {\n  input 4x4x1\n  head(classes)\n}\n')
    done = invoke("build", "net.arch", "--include", "parts", "--set", "classes=7", "--no-diagram")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("net  7  119 params")


def test_linked_file_stays_a_link(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    (tmp_path / "generated").mkdir()
    (tmp_path / "real.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "generated/net.py").symlink_to(tmp_path / "real.py")
    assert invoke("build", "net.arch", "--no-diagram").exit_code == 0
    assert (tmp_path / "generated/net.py").is_symlink()
    assert "keras" in (tmp_path / "nowhere.py").read_text()


@pytest.mark.parametrize(
    ("file", "name"), [("my-net", "my_net"), ("3d", "net_3d"), ('a"b{{c}}', "a_b__c__"), ("größe", "größe")]
)
def test_any_file_name_makes_valid_code(invoke: Invoke, tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / f"{file}.arch").write_text(NET)
    done = invoke("build", f"{file}.arch", "--no-diagram")
    assert done.exit_code == 0, done.stderr
    ast.parse((tmp_path / f"generated/{name}.py").read_text())


FAMILY = """
model base(units, n = 2) { input 4; dense(units) * n }
model small = base(units=3)
model large = base(units=5, n=1)
"""


def test_a_family_is_built_model_by_model(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "family.arch").write_text(FAMILY)
    done = invoke("build", "family.arch", "--no-diagram")
    assert done.exit_code == 0, done.stderr
    # `base` needs units, so it is no network by itself.
    assert sorted(path.name for path in (tmp_path / "generated").iterdir()) == ["large.py", "small.py"]
    assert "archspec build family.arch:large" in (tmp_path / "generated" / "large.py").read_text()


def test_one_model_of_a_family_is_built_alone(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "family.arch").write_text(FAMILY)
    assert invoke("build", "family.arch:small", "--no-diagram").exit_code == 0
    assert [path.name for path in (tmp_path / "generated").iterdir()] == ["small.py"]


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ("subclass", "class Net(keras.Model):"),
        ("functional", "def build_net("),
        ("sequential", "return keras.Sequential("),
    ],
)
def test_style(invoke: Invoke, net: Path, tmp_path: Path, style: str, says: str) -> None:
    assert invoke("build", "net.arch", "--no-diagram", "--style", style).exit_code == 0
    code = (tmp_path / "generated/net.py").read_text()
    assert says in code
    # The default needs no telling.
    told = f"archspec build net.arch --style {style}\n"
    assert (told in code) == (style != "subclass")


def test_a_network_that_forks_is_no_chain(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "fork.arch").write_text("input 8\nadd {\n  | dense(8)\n  | skip\n}\n")
    done = invoke("build", "fork.arch", "--no-diagram", "--style", "sequential")
    assert done.exit_code == 1
    assert "fork.arch:2:1" in done.stderr
    assert "--style functional" in done.stderr
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize("kind", [".svg", ".dot"])
def test_an_edited_diagram_is_left_alone(invoke: Invoke, net: Path, tmp_path: Path, kind: str) -> None:
    invoke("build", "net.arch")
    drawing = tmp_path / f"generated/net{kind}"
    drawing.write_text(drawing.read_text().replace("net", "mine"))
    edited, code = drawing.read_text(), (tmp_path / "generated/net.py").read_text()
    net.write_text(NET.replace("dense(2)", "dense(3)"))
    done = invoke("build", "net.arch")
    assert done.exit_code == 2
    assert f"generated/net{kind}" in done.stderr
    assert drawing.read_text() == edited
    assert (tmp_path / "generated/net.py").read_text() == code
    assert invoke("build", "net.arch", "--no-diagram").exit_code == 0
    assert invoke("build", "net.arch", "--force").exit_code == 0
    assert drawing.read_text() != edited


def test_diff_shows_what_would_change(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    done = invoke("build", "net.arch", "--no-diagram", "--diff")
    assert done.exit_code == 1
    assert done.stdout.startswith("--- /dev/null\n+++ generated/net.py\n")
    assert not (tmp_path / "generated").exists()
    invoke("build", "net.arch", "--no-diagram")
    done = invoke("build", "net.arch", "--no-diagram", "--diff")
    assert (done.exit_code, done.stdout) == (0, "")
    code = tmp_path / "generated/net.py"
    code.write_text(code.read_text().replace("layers.Dense(2", "layers.Dense(7"))
    edited = code.read_text()
    done = invoke("build", "net.arch", "--no-diagram", "--diff")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("-") and "Dense(7" in line]
    assert [line for line in lines if line.startswith("+") and "Dense(2" in line]
    assert code.read_text() == edited


def test_check_generated_holds_files_to_their_specs(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    def check() -> tuple[int, str]:
        done = invoke("check", "net.arch", "--generated")
        return done.exit_code, done.stderr

    assert check()[0] == 1
    assert "generated/net.py is missing" in check()[1]
    invoke("build", "net.arch")
    assert check() == (0, "")
    assert invoke("check", "net.arch", "--generated", "elsewhere").exit_code == 1
    net.write_text(NET.replace("dense(2)", "dense(3)"))
    assert check()[0] == 1
    assert "generated/net.py is not what" in check()[1]
    net.write_text(NET)
    (tmp_path / "generated/old.py").write_text((tmp_path / "generated/net.py").read_text())
    assert check()[0] == 1
    assert "generated/old.py" in check()[1]


def test_check_generated_leaves_a_persons_files_alone(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    invoke("build", "net.arch", "--no-diagram")
    (tmp_path / "generated/mine.py").write_text("print('mine')\n")
    assert invoke("check", "net.arch", "--generated").exit_code == 0
    code = tmp_path / "generated/net.py"
    code.write_text(code.read_text() + "# edited\n")
    assert invoke("check", "net.arch", "--generated").exit_code == 1


def test_check_generated_knows_the_style_of_a_file(invoke: Invoke, net: Path, tmp_path: Path) -> None:
    invoke("build", "net.arch", "--no-diagram", "--style", "functional")
    assert invoke("check", "net.arch", "--generated").exit_code == 0
