"""Warnings on the command line: shown, left out, made errors; and what `check` finds as data."""

import json
from pathlib import Path

import pytest

from tests.conftest import Invoke

#: Three warnings: a variable, a 1-D reading of an image, an activation twice.
NET = "input 28x28\nlet n = 3\nconv(3, 3, relu) -> relu\ngap -> dense(4)\n"
WRONG = "input 8\nadd {\n  | dense(3)\n  | skip\n}\n"
FAMILY = "block spare { relu }\nmodel a { input 8; dense(3) }\nmodel b { input 8; dense(4) }\n"


@pytest.fixture(autouse=True)
def specs(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(NET)
    (tmp_path / "a wrong.arch").write_text(WRONG)
    (tmp_path / "family.arch").write_text(FAMILY)


def codes(text: str) -> list[str]:
    return [line.split("]")[0] for line in text.splitlines() if line.startswith(("warning[", "error["))]


ALL = ["warning[unused-variable", "warning[missing-channels", "warning[repeated-activation"]


@pytest.mark.parametrize(
    ("options", "exit_code", "shown"),
    [
        ([], 0, ALL),
        (["--allow", "missing-channels"], 0, [ALL[0], ALL[2]]),
        (["--allow", "missing-channels", "--allow", "unused-variable"], 0, ALL[2:]),
        (["--allow", "warnings"], 0, []),
        (["--deny", "repeated-activation"], 1, [*ALL[:2], "error[repeated-activation"]),
        (["--deny", "warnings"], 1, [code.replace("warning", "error") for code in ALL]),
        (
            ["--deny", "warnings", "--allow", "unused-variable"],
            1,
            [code.replace("warning", "error") for code in ALL[1:]],
        ),
        (["--deny", "warnings", "--allow", "warnings"], 0, []),
    ],
)
def test_policy(invoke: Invoke, options: list[str], exit_code: int, shown: list[str]) -> None:
    done = invoke("check", "net.arch", *options)
    assert (done.exit_code, codes(done.stderr)) == (exit_code, shown)


def test_every_command_that_compiles_takes_it(invoke: Invoke) -> None:
    for command in ("build", "summary", "ir", "expand"):
        assert invoke(command, "net.arch", "--deny", "missing-channels").exit_code == 1


def test_what_must_be_asked_for(invoke: Invoke) -> None:
    assert codes(invoke("check", "baseline").stderr) == []
    assert codes(invoke("check", "baseline", "--warn", "bias-before-norm").stderr) == ["warning[bias-before-norm"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shape-mismatch", "`shape-mismatch` is an error"),
        ("unused-variabl", "did you mean `unused-variable`?"),
        ("nothing", "no warning is called `nothing`"),
    ],
)
def test_names_that_are_none(invoke: Invoke, name: str, says: str) -> None:
    done = invoke("check", "net.arch", "--allow", name)
    assert done.exit_code == 2
    assert says in done.stderr


def test_the_models_of_a_file_share_a_warning(invoke: Invoke) -> None:
    done = invoke("check", "family.arch")
    assert codes(done.stderr) == ["warning[unused-block"]
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["a", "b"]


# --- as data ---------------------------------------------------------------------------------------------------------


def test_json(invoke: Invoke) -> None:
    done = invoke("check", "net.arch", "a wrong.arch", "--format", "json")
    assert (done.exit_code, done.stderr) == (1, "")
    good, bad = json.loads(done.stdout)["specs"]
    # (3*28 + 1) * 3 weights in the convolution, (3 + 1) * 4 in the layer behind it.
    assert {k: v for k, v in good.items() if k != "diagnostics"} == {
        "spec": "net.arch",
        "ok": True,
        "model": "net",
        "params": (3 * 28 + 1) * 3 + (3 + 1) * 4,
        "macs": 26 * 3 * 28 * 3 + 3 * 4,
    }
    assert [d["severity"] for d in good["diagnostics"]] == ["warning"] * 3
    (fault,) = bad["diagnostics"]
    assert (bad["ok"], fault["code"], fault["span"]["line"], len(fault["labels"])) == (False, "shape-mismatch", 2, 2)


def test_json_of_what_is_right(invoke: Invoke) -> None:
    done = invoke("check", "lenet", "--format", "json")
    assert done.exit_code == 0
    assert [spec["diagnostics"] for spec in json.loads(done.stdout)["specs"]] == [[]] * 5


def test_sarif(invoke: Invoke) -> None:
    done = invoke("check", "net.arch", "a wrong.arch", "family.arch", "--format", "sarif")
    assert (done.exit_code, done.stderr) == (1, "")
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    results = run["results"]
    assert [result["ruleId"] for result in results] == [
        "unused-variable",
        "missing-channels",
        "repeated-activation",
        "shape-mismatch",
        "unused-block",
    ]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in results)
    mismatch = results[3]
    assert mismatch["level"] == "error"
    assert "help: bring 8 to 3 channels with `dense(3)`" in mismatch["message"]["text"]
    (place,) = mismatch["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20wrong.arch"},
        "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 4},
    }
    related = [
        (one["message"]["text"], one["physicalLocation"]["region"]["startLine"]) for one in mismatch["relatedLocations"]
    ]
    assert related == [("this is 3", 3), ("this is 8", 4)]


def test_a_spec_that_there_is_not_is_no_part_of_the_data(invoke: Invoke) -> None:
    done = invoke("check", "nothing.arch", "vgg11", "--format", "json")
    assert done.exit_code == 2
    assert "nothing.arch" in done.stderr
    assert [spec["model"] for spec in json.loads(done.stdout)["specs"]] == ["vgg11"]
