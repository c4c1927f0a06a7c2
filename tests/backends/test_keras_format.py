"""Generated code as text: formatters leave it as it is, linters and type checkers find nothing, and it is reproducible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from archspec.backends.keras_code import Style, emit
from archspec.diagnostics.diagnostic import CompileError
from archspec.diagnostics.source import Source
from archspec.driver import compile_source, compile_spec, each_model, shipped_specs
from tests.backends.test_keras_corners import ROWS
from tests.backends.test_keras_snippets import SNIPPETS

MODELS = [model for path in shipped_specs() for model in each_model(path.name)]
#: What mypy may not ask of code that stands on Keras, which has no types.
UNTYPED_KERAS = [
    "--ignore-missing-imports",
    "--allow-subclassing-any",
    "--allow-untyped-decorators",
    "--no-warn-return-any",
]
#: What linters look for. A line may be long for a name or comment of the spec; an `if` of the spec stays an `if`.
RULES = ["--select", "E,W,F,I,UP,B,SIM,RET,C4,PIE,PLR5501", "--ignore", "E501,SIM108", "--target-version", "py311"]
#: A loop of the spec that does nothing but leave its variable set stays one.
RULES += ["--per-file-ignores", "*_idle*:B007"]

LONG = {
    "a long table": f"let rows = {[(n, 2 * n, 'relu') for n in range(12)]}\ninput 8\nfor (n, _, _) in rows {{ dense(n + 1) }}".replace(
        "'relu'", "relu"
    ),
    "long names": (
        "model m(number_of_units_in_every_layer = 4, fraction_of_units_dropped_in_training = 0.5) {\n  input 8\n"
        "  let number_of_units_in_the_last_layer = number_of_units_in_every_layer * 2 + number_of_units_in_every_layer // 3 + 1\n"
        "  let widest = max(number_of_units_in_every_layer, number_of_units_in_the_last_layer) if number_of_units_in_every_layer > 3 else number_of_units_in_the_last_layer\n"
        "  if number_of_units_in_every_layer > 2 and number_of_units_in_the_last_layer > 3 and fraction_of_units_dropped_in_training > 0.1 { dropout(fraction_of_units_dropped_in_training) }\n"
        "  if not (number_of_units_in_every_layer == 2 or number_of_units_in_the_last_layer == number_of_units_in_every_layer) { dense(widest) }\n"
        "  for number_of_units_in_this_layer in [number_of_units_in_every_layer, number_of_units_in_the_last_layer, widest] { dense(number_of_units_in_this_layer) }\n"
        "  dense(number_of_units_in_every_layer if number_of_units_in_the_last_layer > number_of_units_in_every_layer else widest, activation=relu if widest > 3 else none)\n"
        "  dense(number_of_units_in_every_layer * number_of_units_in_the_last_layer + number_of_units_in_every_layer * 17)\n}"
    ),
    "a block with long names": (
        "block stack(number_of_units_in_every_layer, activation_of_every_layer = relu as activation, fraction_dropped = 0.5) {\n"
        "  repeat 3 { dense(number_of_units_in_every_layer, activation=activation_of_every_layer) -> dropout(fraction_dropped) }\n"
        "  concat { | dense(number_of_units_in_every_layer) | dense(number_of_units_in_every_layer) | dense(number_of_units_in_every_layer) }\n}\n"
        "input 8\nstack(3) -> stack(4, gelu, fraction_dropped=0.1)"
    ),
    "long documentation": f"# {'many words ' * 30}\n#\n#   code stays    as it is, {'however long it may be, ' * 5}\ninput 8\ndense(2)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of every shipped model, and of every construct of the language, in each style it has."""
    folder = tmp_path_factory.mktemp("generated")
    checked = {model.replace(":", "_"): compile_spec(model).checked() for model in MODELS}
    for number, (name, text) in enumerate((SNIPPETS | ROWS | LONG).items()):
        kind = "idle" if "only leaves its variable" in name else "snippet"
        checked[f"{kind}{number}"] = compile_source(Source("snippet.arch", text)).checked()
    for style in get_args(Style):
        for name, one in checked.items():
            try:
                code = str(emit(one, style).content)
            except CompileError:
                assert style == "sequential"
                continue
            (folder / f"{style}_{name.replace('.', '_')}.py").write_text(code)
    return folder


def run(*command: object) -> str:
    done = subprocess.run([sys.executable, "-m", *map(str, command)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_formatters_leave_it_as_it_is(folder: Path) -> None:
    assert run("ruff", "format", "--isolated", "--diff", folder) == ""


def test_linters_find_nothing(folder: Path) -> None:
    assert run("ruff", "check", "--isolated", *RULES, "--output-format", "concise", folder) == ""


def test_type_checkers_find_nothing(folder: Path) -> None:
    files = sorted(folder.glob("*.py"))
    assert len(files) > 2 * len(MODELS)
    assert run("mypy", "--strict", *UNTYPED_KERAS, "--cache-dir", folder / "cache", *files) == ""


def test_no_line_is_longer_than_formatters_allow(folder: Path) -> None:
    lines = {line for file in folder.glob("*.py") for line in file.read_text().splitlines()}
    # A key of a dictionary and its value cannot be parted.
    long = [line for line in lines if len(line) > 88 and not line.startswith("#") and '": ' not in line]
    assert [line for line in long if "however long" not in line] == []
