"""The commands that print: check, summary, diagram, ir, layers, blocks."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import Invoke

TWO = """
input left: 8
input right: 8 : int32
shared tower = dense(4, no_bias)
from left -> tower as a
from right -> tower as b
add(a, b) -> bn as sum
output sum, a
"""


@pytest.fixture
def two(tmp_path: Path) -> None:
    (tmp_path / "two.arch").write_text(TWO)


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_prints_one_line_a_spec(invoke: Invoke) -> None:
    done = invoke("check", "vgg11", "baseline")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "ok vgg11  10  128,806,154 params  7.55 G MACs",
        "ok baseline  10  198,506 params  659 K MACs",
    ]
    assert done.stderr == ""


def test_warnings_go_to_stderr(invoke: Invoke, tmp_path: Path) -> None:
    # The user's own block of a library name wins, with a note.
    (tmp_path / "own.arch").write_text("block residual(n) {\n  dense(n)\n}\ninput 4\nresidual(2)\n")
    done = invoke("check", "own.arch")
    assert done.exit_code == 0
    assert done.stdout == "ok own  2  10 params  8 MACs\n"


def test_set_gives_a_parameter_its_value(invoke: Invoke, tmp_path: Path) -> None:
    text = "model net(sizes = [2], act = relu) {\n  input 4\n  for n in sizes { dense(n, activation=act) }\n}\n"
    (tmp_path / "net.arch").write_text(text)
    done = invoke("check", "net.arch", "--set", "sizes=[8, 3]", "--set", "act=tanh")
    assert done.stdout == "ok net  3  67 params  56 MACs\n", done.stderr


def test_wrong_value_is_shown(invoke: Invoke) -> None:
    done = invoke("check", "vgg11", "--set", "classes=[")
    assert done.exit_code == 1
    assert "classes = [" in done.stderr


def test_unknown_parameter(invoke: Invoke) -> None:
    done = invoke("check", "vgg11", "--set", "clases=3")
    assert done.exit_code == 1
    assert "did you mean `classes`?" in done.stderr


# --- summary ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two")
def test_summary_json(invoke: Invoke) -> None:
    found = json.loads(invoke("summary", "two.arch", "--format", "json").stdout)
    layers = found.pop("layers")
    assert found == {
        "name": "two",
        "inputs": [
            {"name": "left", "shape": [None, 8], "dtype": "float32"},
            {"name": "right", "shape": [None, 8], "dtype": "int32"},
        ],
        "outputs": [
            {"name": "sum", "shape": [None, 4], "dtype": "float32"},
            {"name": "a", "shape": [None, 4], "dtype": "float32"},
        ],
        "params": {"total": 48, "trainable": 40, "non_trainable": 8},
        "macs": 64,
    }
    assert [layer["kind"] for layer in layers] == ["Dense", "Dense", "Add", "BatchNormalization"]
    assert layers[0] == {
        "path": "tower",
        "kind": "Dense",
        "output_shapes": [[None, 4]],
        "params": 32,
        "trainable_params": 32,
        "macs": 32,
        "weights": [{"name": "kernel", "shape": [8, 4], "trainable": True}],
    }
    # The second use of the shared layer owns nothing.
    assert layers[1] == layers[0] | {"params": 0, "trainable_params": 0}
    assert (layers[3]["params"], layers[3]["trainable_params"]) == (16, 8)
    assert [w["name"] for w in layers[3]["weights"] if not w["trainable"]] == ["moving_mean", "moving_variance"]


def test_summary_json_of_open_dimensions(invoke: Invoke) -> None:
    text = "input frames: (T, 80)\ndense(8)\noutput _\n"
    found = json.loads(invoke("summary", "-", "--format", "json", input=text).stdout)
    assert found["inputs"][0]["shape"] == [None, "T", 80]
    assert found["layers"][0]["output_shapes"] == [[None, "T", 8]]
    assert found["macs"] is None


@pytest.mark.usefixtures("two")
def test_summary_table(invoke: Invoke) -> None:
    lines = invoke("summary", "two.arch").stdout.splitlines()
    assert lines[0] == "two  4, 4  48 params  64 MACs"
    assert lines[2].split() == ["layer", "kind", "output", "params", "non-trainable", "MACs", "activations"]
    assert lines[4].split() == ["tower", "Dense", "4", "32", "0", "32", "16", "B"]
    assert lines[5].split() == ["tower", "Dense", "4", "0", "0", "32", "16", "B"]
    assert lines[-1].split() == ["total", "48", "8", "64", "64", "B"]
    # Figures end in one column.
    assert len({len(line) for line in lines[2:]}) == 1


def test_summary_table_without_frozen_parameters_has_no_column_for_them(invoke: Invoke) -> None:
    assert "non-trainable" not in invoke("summary", "vgg11").stdout


@pytest.mark.usefixtures("two")
def test_summary_csv(invoke: Invoke) -> None:
    found = list(csv.DictReader(io.StringIO(invoke("summary", "two.arch", "--format", "csv").stdout)))
    assert [row["params"] for row in found] == ["32", "0", "0", "16"]
    assert found[3]["trainable_params"] == "8"
    assert found[0]["output_shapes"] == "4"


@pytest.mark.usefixtures("two")
def test_summary_markdown(invoke: Invoke) -> None:
    lines = invoke("summary", "two.arch", "--format", "markdown").stdout.splitlines()
    assert lines[0] == "| layer | kind | output | params | non-trainable | MACs | activations |"
    assert lines[2] == "| tower | Dense | 4 | 32 | 0 | 32 | 16 B |"
    assert len({line.count("|") for line in lines}) == 1


def test_depth_folds_blocks(invoke: Invoke) -> None:
    full = json.loads(invoke("summary", "resnet18", "--format", "json").stdout)
    folded = json.loads(invoke("summary", "resnet18", "--format", "json", "--depth", "0").stdout)
    assert [layer["kind"] for layer in folded["layers"]].count("residual") == 8
    assert len(folded["layers"]) < len(full["layers"])
    for key in ("params", "macs"):
        assert sum(x[key] for x in folded["layers"]) == sum(x[key] for x in full["layers"])
    assert folded["params"] == full["params"]


@pytest.mark.parametrize("spec", ["vgg11", "baseline", "googlenet", "resnet18", "densenet", "stock_lstm"])
def test_rows_add_up_to_the_totals(invoke: Invoke, spec: str) -> None:
    found = json.loads(invoke("summary", spec, "--format", "json").stdout)
    assert sum(layer["params"] for layer in found["layers"]) == found["params"]["total"]
    assert sum(layer["trainable_params"] for layer in found["layers"]) == found["params"]["trainable"]
    assert sum(layer["macs"] for layer in found["layers"]) == found["macs"]


def test_formats_of_the_command_are_those_of_the_report() -> None:
    from archspec.cli.summary import command
    from archspec.report import FORMATS

    choice = next(option for option in command.params if option.name == "format")
    assert list(choice.type.choices) == list(FORMATS)


# --- diagram ---------------------------------------------------------------------------------------------------------


MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph"}


@pytest.mark.parametrize(("suffix", "magic"), MAGIC.items())
def test_diagram_by_extension(invoke: Invoke, tmp_path: Path, suffix: str, magic: bytes) -> None:
    done = invoke("diagram", "baseline", "-o", f"out/net.{suffix}")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"out/net.{suffix}\n"
    assert (tmp_path / f"out/net.{suffix}").read_bytes().startswith(magic)


def test_diagram_to_stdout(invoke: Invoke) -> None:
    assert "<svg" in invoke("diagram", "baseline", "-o", "-").stdout


def test_diagram_depth(invoke: Invoke, tmp_path: Path) -> None:
    invoke("diagram", "resnet18", "-o", "all.dot")
    invoke("diagram", "resnet18", "-o", "few.dot", "--depth", "0")
    assert len((tmp_path / "few.dot").read_text()) < len((tmp_path / "all.dot").read_text())


# --- ir --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["vgg11", "googlenet", "stock_lstm"])
def test_ir_loads_back_equal(invoke: Invoke, spec: str) -> None:
    from archspec.driver import compile_spec
    from archspec.ir.json import from_json

    assert from_json(invoke("ir", spec).stdout) == compile_spec(spec).graph


def test_ir_schema(invoke: Invoke) -> None:
    schema = json.loads(invoke("ir", "--schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "Conv2D" in schema["$defs"]


# --- layers and blocks -----------------------------------------------------------------------------------------------


def test_layers_lists_every_layer(invoke: Invoke) -> None:
    from archspec.layers import registry

    out = invoke("layers").stdout
    for layer in registry.all_layers():
        assert layer.names[0] in out


def test_layers_shows_each_layer(invoke: Invoke) -> None:
    from archspec.layers import registry

    for layer in registry.all_layers():
        out = invoke("layers", layer.names[0]).stdout
        assert layer.keras.symbol in out
        assert all(field in out for field in layer.model_fields)


def test_layers_shows_arguments_with_defaults_and_spellings(invoke: Invoke) -> None:
    lines = {line.split()[0]: line for line in invoke("layers", "conv2d").stdout.splitlines() if line.startswith("  ")}
    assert "required" in lines["filters"]
    assert "#x#" in lines["kernel_size"]
    assert "s#" in lines["strides"]
    assert "= valid" in lines["padding"]
    assert "no_bias" in lines["use_bias"]
    assert "any activation" in lines["activation"]


def test_layers_shows_families_and_words(invoke: Invoke) -> None:
    assert "conv1d for 1-D data, conv2d for 2-D data, conv3d for 3-D data" in invoke("layers", "conv").stdout
    assert "initializer" in invoke("layers", "he_normal").stdout


def test_blocks(invoke: Invoke) -> None:
    names = [line.split()[0] for line in invoke("blocks").stdout.splitlines()]
    assert names == ["bottleneck", "dense_block", "inception", "nin_block", "residual", "transition", "vgg_block"]
    for name in names:
        shown = invoke("blocks", name).stdout
        assert shown.startswith(f"{name}(")
        assert f"block {name}(" in shown


@pytest.mark.parametrize("command", ["build", "check", "summary", "diagram", "ir", "expand", "layers", "blocks"])
def test_help_has_examples(invoke: Invoke, command: str) -> None:
    done = invoke(command, "--help")
    assert done.exit_code == 0
    assert f"  archspec {command}" in done.stdout.partition("Examples:")[2]


# --- explain ---------------------------------------------------------------------------------------------------------


def test_explain_says_what_a_code_means_and_shows_a_spec(invoke: Invoke) -> None:
    done = invoke("explain", "shape-mismatch")
    assert done.exit_code == 0
    assert "For example:" in done.stdout
    assert "add {" in done.stdout or "add(" in done.stdout


def test_explain_lists_the_codes(invoke: Invoke) -> None:
    listed = invoke("explain").stdout.splitlines()
    assert "unknown-step" in listed
    assert listed == sorted(listed)


def test_explain_of_no_code_is_misuse(invoke: Invoke) -> None:
    done = invoke("explain", "shape-mismach")
    assert done.exit_code == 2
    assert "did you mean `shape-mismatch`?" in done.stderr
