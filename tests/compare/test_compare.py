"""What changed from one network to another: which layers are the same ones, and what is said of the others."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from archspec.backend import Checked
from archspec.compare import Comparison, compare, show, to_json
from archspec.compare.align import align
from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec
from tests.conftest import Invoke

STEM = "input 32x32x3\nconv(16, 3x3) -> bn -> relu\nconv(32, 3x3) -> bn -> relu\ngap -> dense(10)\n"
BLOCKS = "block unit(n) { conv(n, 3x3) -> bn -> relu }\ninput 32x32x3\nunit(16)\nunit(32)\ngap -> dense(10)\n"


def checked(text: str, **settings: Any) -> Checked:
    return compile_source(Source("net.arch", text), settings=settings).checked()


def compared(old: str, new: str) -> Comparison:
    return compare(checked(old), checked(new))


def told(old: str, new: str) -> list[str]:
    """Return what is told of the changes, without the figures of the whole and the sum."""
    lines = list(show(compared(old, new)))
    return lines[lines.index("") + 1 : -1]


# --- which layers are the same ones ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [STEM, BLOCKS, "input 8\n(dense(8) -> relu) * 5\n"])
def test_a_network_equals_itself(text: str) -> None:
    comparison = compared(text, text)
    assert comparison.equal and list(show(comparison))[-1] == "no change"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("-> relu\ngap", "-> relu -> dropout(0.2)\ngap", "+ dropout  Dropout  rate=0.2  28x28x32"),
        ("conv(16, 3x3) ->", "conv(16, 3x3) -> dropout(0.2) ->", "+ dropout  Dropout  rate=0.2  30x30x16"),
        ("input 32x32x3\n", "input 32x32x3\ndropout(0.2)\n", "+ dropout  Dropout  rate=0.2  32x32x3"),
        # The first of three equal layers is no less the same than the others.
        ("relu\ngap", "relu -> relu\ngap", "+ relu3  ReLU  28x28x32"),
    ],
)
def test_one_layer_more_is_one_change(old: str, new: str, line: str) -> None:
    longer = STEM.replace(old, new, 1)
    assert told(STEM, longer) == [line]
    assert told(longer, STEM) == [f"-{line[1:]}"]


def test_one_number_is_one_change_and_shapes_follow() -> None:
    # Parameters by hand: 3*3*3*16 + 16 = 448, with 24 filters 672; the next takes 3*3*16*32 + 32 = 4640, then 6944.
    assert told(STEM, STEM.replace("conv(16", "conv(24")) == [
        "~ conv1  Conv2D  filters 16 -> 24  30x30x16 -> 30x30x24  params 448 -> 672  (+224)  MACs 389 K -> 583 K",
        ". bn1  BatchNormalization  30x30x16 -> 30x30x24  params 64 -> 96  (+32)",
        ". relu1  ReLU  30x30x16 -> 30x30x24",
        ". conv2  Conv2D  params 4,640 -> 6,944  (+2,304)  MACs 3.61 M -> 5.42 M",
    ]
    comparison = compared(STEM, STEM.replace("conv(16", "conv(24"))
    assert list(show(comparison))[-1] == "1 changed, 3 only in shape or size; 4 layers the same"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("relu\ngap", "gelu\ngap", ["~ gelu  GELU  was relu2  ReLU -> GELU"]),
        ("dense(10)", "dense(10, softmax)", ["~ dense  Dense  activation none -> softmax"]),
        # What is not written is what Keras takes: a stride of 1, `valid`.
        ("conv(32, 3x3)", "conv(32, 3x3, d2)", ["~ conv2  Conv2D  dilation_rate 1x1 -> 2x2  28x28x32 -> 26x26x32"]),
        ("32x32x3", "40x40x3", ["~ input  32x32x3 -> 40x40x3", ". conv1  Conv2D  30x30x16 -> 38x38x16"]),
        ("gap ->", "global_max_pooling2d ->", ["~ global_max_pooling2d  GlobalMaxPooling2D  was gap"]),
    ],
)
def test_what_a_changed_layer_says(old: str, new: str, lines: list[str]) -> None:
    found = told(STEM, STEM.replace(old, new, 1))
    for line in lines:
        assert [one for one in found if one.startswith(line)], (line, found)


def test_names_are_told_where_people_gave_them() -> None:
    old = "input x: 8\nshared s = dense(8)\ns -> s\n"
    assert told(old, "input y: 8\nshared t = dense(8)\nt -> t\n") == [
        "@ y  input  was x",
        "@ t  Dense  was s",
        "@ t  Dense  was s",
    ]
    cells = BLOCKS.replace("unit", "cell")
    assert told(BLOCKS, cells) == [
        "@ cell1  block cell  was unit1  unit -> cell",
        "@ cell2  block cell  was unit2  unit -> cell",
    ]
    assert told(BLOCKS, cells.replace("3x3", "5x5"))[0].startswith("@ cell1  block cell  was unit1  unit -> cell")


def test_numbers_that_shift_are_no_change() -> None:
    longer = "input 8\ndense(4, relu) -> dropout(0.1) -> dense(3) -> dense(2)\n"
    assert told("input 8\ndense(4, relu) -> dense(2)\n", longer) == [
        "+ dropout  Dropout  rate=0.1  4",
        "+ dense2  Dense  units=3  3  15 params",
        ". dense3  Dense  was dense2  params 10 -> 8  (-2)  MACs 8 -> 6",
    ]


def test_what_a_layer_reads_is_compared() -> None:
    text = "input 8\ndense(8) as a\ndense(8) as b\ndense(8) as c\nadd({}, c)\n"
    assert told(text.format("a"), text.format("b")) == ["~ add  Add  reads dense1, dense3 -> dense2, dense3"]
    ends = "input 8\ndense(8) as a\ndense(8) as b\noutput {}\n"
    assert told(ends.format("a, b"), ends.format("b, a")) != []
    skip = "input 8\ndense(8) as a\ndense(8) -> dense(8)\nadd(a, _)\n"
    # What was put in between explains by itself why the next layer reads something else.
    assert told(skip, skip.replace("add(a, _)", "relu -> add(a, _)")) == ["+ relu  ReLU  8"]


def test_a_block_that_gives_something_else_has_changed() -> None:
    text = "block pair() {{ dense(8) as a\ndense(8) as b\nadd({}) }}\ninput 8\npair -> dense(2)\n"
    assert told(text.format("a, b"), text.format("b, a")) == [
        "~ pair/add  Add  reads dense1, dense2 -> dense2, dense1",
    ]
    two = "block pair(x) {{ dense(8, x) as a\ndense(8, x) as b\nconcat(a, b) -> split(2) as (c, d)\nfrom {} }}\n"
    two += "input 8\npair(_) -> dense(2)\n"
    assert told(two.format("c"), two.format("d")) == ["~ pair  block pair  gives split -> split"]


# --- blocks and repetitions ------------------------------------------------------------------------------------------


def test_what_moves_into_a_block_is_no_loss() -> None:
    assert told(STEM, BLOCKS) == [
        "+ unit1  block unit  n=16  30x30x16  3 layers  512 params",
        "> unit1/conv  Conv2D  was conv1",
        "> unit1/bn  BatchNormalization  was bn1",
        "> unit1/relu  ReLU  was relu1",
        "+ unit2  block unit  n=32  28x28x32  3 layers  4,768 params",
        "> unit2/conv  Conv2D  was conv2",
        "> unit2/bn  BatchNormalization  was bn2",
        "> unit2/relu  ReLU  was relu2",
    ]
    back = told(BLOCKS, STEM)
    assert back[0].startswith("- unit1  block unit") and "> conv1  Conv2D  was unit1/conv" in back


def test_an_activation_here_and_one_there_are_no_move() -> None:
    old = "input 8\ndense(8) -> relu -> dense(8) -> dense(8) -> dense(3)\n"
    new = "input 8\ndense(8) -> dense(8) -> dense(8) -> relu -> dense(3)\n"
    assert [line[0] for line in told(old, new)] == ["-", "+"]


def test_what_changed_in_a_block_is_told_once() -> None:
    """Three units and three: each makes the picture smaller, so that no two are equal, but all changed alike."""
    text = BLOCKS.replace("unit(16)\n", "unit(16) * 3\n").replace("unit(32)\n", "unit(32) -> unit(32) -> unit(32)\n")
    comparison = compared(text, text.replace("3x3", "5x5"))
    lines = list(show(comparison))
    start = "~ unit1_0/conv  Conv2D  kernel_size 3x3 -> 5x5  30x30x16 -> 28x28x16  params 448 -> 1,216  (+768)"
    assert [line for line in lines if line.startswith("~")] == [
        f"{start}  MACs 389 K -> 941 K  and 5 more like it",
    ]


def test_equal_blocks_that_changed_alike() -> None:
    text = "block unit(n) { dense(n) -> relu }\ninput 8\nunit(8) -> unit(8) -> unit(8)\n"
    changed = to_json(compared(text, text.replace("relu", "tanh")))["changes"]
    assert [(change["new"]["path"], change.get("like")) for change in changed] == [
        ("unit1/tanh", None),
        ("unit2", "unit1"),
        ("unit3", "unit1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("dense(8) * 5", "dense(8) * 9", ["~ dense_0 x9  Dense  x5 -> x9  params 360 -> 648  (+288)  MACs 320 -> 576"]),
        ("dense(8)", "dense(8) * 3", ["~ dense_0 x3  Dense  was dense  x1 -> x3  params 72 -> 216  (+144)"]),
        (
            "(dense(8) -> relu) * 3",
            "(dense(8) -> relu) * 5",
            ["~ dense_0 x5  repeat  x3 -> x5  params 216 -> 360  (+144)  MACs 192 -> 320"],
        ),
        (
            "(dense(8) -> relu) * 3",
            "(dense(8) -> tanh) * 3",
            ["~ tanh_0  Activation"],
        ),
    ],
)
def test_repetitions(old: str, new: str, lines: list[str]) -> None:
    found = told(f"input 8\n{old}\n", f"input 8\n{new}\n")
    assert len(found) == len(lines)
    for one, line in zip(found, lines, strict=True):
        assert one.startswith(line), found


def test_a_model_against_its_deeper_brother() -> None:
    lines = list(show(compare(compile_spec("resnet:resnet101").checked(), compile_spec("resnet:resnet152").checked())))
    assert lines[0] == "resnet101 -> resnet152"
    # From the paper: blocks 3, 4, 23, 3 and 3, 8, 36, 3, of which the first of each row stands apart.
    assert [line.split("  ")[:3] for line in lines if line.startswith("~")] == [
        ["~ bottleneck2_1_0 x7", "block bottleneck", "x3 -> x7"],
        ["~ bottleneck2_2_0 x35", "block bottleneck", "x22 -> x35"],
    ]
    assert lines[-1] == "2 changed; 346 layers the same"


# --- figures, settings, JSON -----------------------------------------------------------------------------------------


def test_figures_and_settings_head_the_text() -> None:
    text = "model m(n = 2) { input 8; dense(4); dense(n) }"
    lines = list(show(compare(checked(text), checked(text, n=3))))
    # 8*4 + 4 and 4*2 + 2 parameters, then 4*3 + 3.
    assert lines[:8] == [
        "m",
        "  params   46 -> 51  (+5)",
        "  trained  46 -> 51  (+5)",
        "  MACs     40 -> 44  (+4)",
        "  layers   2",
        "  inputs   8",
        "  outputs  2 -> 3",
        "  set      n 2 -> 3",
    ]


def test_the_json() -> None:
    net = "input 8\ndense(4, relu) -> dense(2)\n"
    found = to_json(compared(net, net.replace("dense(2)", "dropout(0.5) -> dense(2, tanh)")))
    json.dumps(found)
    assert found["format"] == 1 and found["equal"] is False
    assert found["old"] == {
        "name": "net", "arguments": {}, "params": 46, "trainable_params": 46, "macs": 40, "layers": 2,
    }  # fmt: skip
    assert found["counts"] == {
        "added": 1, "removed": 0, "changed": 1, "renamed": 0, "moved": 0, "follows": 0, "same": 1,
    }  # fmt: skip
    added, changed = found["changes"]
    assert added == {
        "change": "added",
        "old": None,
        "new": {
            "path": "dropout",
            "form": "layer",
            "kind": "Dropout",
            "arguments": {"rate": "0.5"},
            "times": 1,
            "shared": False,
            "input_shapes": [[None, 4]],
            "output_shapes": [[None, 4]],
            "params": 0,
            "macs": 0,
            "layers": 1,
        },
    }
    assert changed["change"] == "changed" and changed["old"]["arguments"] == {"units": "2"}
    assert changed["new"]["arguments"] == {"units": "2", "activation": "tanh"}


def test_shared_weights_count_once() -> None:
    once = "input 8\nshared s = dense(8)\ns\n"
    found = to_json(compared(once, once + "s\n"))
    assert found["old"]["params"] == found["new"]["params"] == 72
    assert [change["new"]["params"] for change in found["changes"]] == [0]


# --- size ------------------------------------------------------------------------------------------------------------


def test_a_million_layers_cost_what_two_do() -> None:
    start = time.process_time()
    comparison = compared("input 8\ndense(8) * 900_000", "input 8\ndense(8) * 800_000")
    assert comparison.same == 800_000 and time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ([n + 1 for n in range(2000)], [n + 1 + (n == 700) for n in range(2000)], 1),
        ([8] * 2000, [9] * 2000, 2000),
        ([n % 13 + 1 for n in range(2000)], [n % 13 + 1 for n in range(1, 2001)], 2),
    ],
)
def test_thousands_of_layers_are_paired_quickly(old: list[int], new: list[int], changed: int) -> None:
    before, after = (checked("input 8\n" + "\n".join(f"dense({n})" for n in layers)) for layers in (old, new))
    start = time.process_time()
    comparison = compare(before, after)
    assert time.process_time() - start < 3
    counts = comparison.count()
    assert counts["added"] + counts["removed"] + counts["changed"] == changed


@pytest.mark.parametrize("size", [8, 400])
def test_pairs_keep_the_order_of_both(size: int) -> None:
    """With few to weigh and with many, whatever the two are."""
    old, new = [n * 7 % 11 for n in range(size)], [n * 5 % 13 for n in range(size)]
    pairs = align(old, new, lambda a, b: float(a == b), lambda one: one)
    assert [i for i, _ in pairs if i is not None] == list(range(size))
    assert [j for _, j in pairs if j is not None] == list(range(size))
    assert all(old[i] == new[j] for i, j in pairs if i is not None and j is not None)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path) -> None:
    (tmp_path / "m.arch").write_text(
        "model a(n = 2, wide = 4) { input 8; dense(wide); dense(n) }\nmodel b(n = 2) { input 8; dense(n) }\n"
    )
    (tmp_path / "other.arch").write_text("input 8\ndense(4) -> dense(2, relu)\n")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("m.arch:a", "m.arch:b"), "- dense1  Dense  units=4  4  36 params"),
        (("m.arch:a", "other.arch"), "~ dense2  Dense  activation none -> relu"),
        (("m.arch:a", "--set", "wide=5", "--new-set", "n=3"), "~ dense2  Dense  units 2 -> 3"),
        (("m.arch:a", "--old-set", "n=7"), "~ dense2  Dense  units 7 -> 2"),
    ],
)
def test_files_models_and_settings(invoke: Invoke, models: None, args: tuple[str, ...], line: str) -> None:
    result = invoke("diff", *args)
    assert result.exit_code == 0 and f"\n{line}" in result.stdout
    assert invoke("diff", *args, "--exit-code").exit_code == 1
    assert json.loads(invoke("diff", *args, "--format", "json").stdout)["equal"] is False


def test_equal_is_0(invoke: Invoke, models: None) -> None:
    result = invoke("diff", "m.arch:a", "m.arch:a", "--exit-code")
    assert result.exit_code == 0 and result.stdout.endswith("\nno change\n")
    assert json.loads(invoke("diff", "m.arch:a", "--format", "json").stdout)["changes"] == []


def test_what_is_wrong_is_not_merely_different(invoke: Invoke, models: None) -> None:
    result = invoke("diff", "m.arch:a", "m.arch:c", "--exit-code")
    assert result.exit_code != 0 and "no model `c`" in result.stderr
    result = invoke("diff", "m.arch:a", "-o", "x.gif")
    assert result.exit_code == 2 and "must end in .svg, .png, .pdf, .html" in result.stderr
    result = invoke("diff", "m.arch:a", "-o", "x.html", "--direction", "LR")
    assert result.exit_code == 2 and "from top to bottom" in result.stderr


@pytest.mark.parametrize(
    ("file", "start"), [("x.svg", b"<?xml"), ("x.png", b"\x89PNG"), ("x.pdf", b"%PDF"), ("x.html", b"<!DOCTYPE html>")]
)
def test_the_drawing_is_written(invoke: Invoke, models: None, tmp_path: Path, file: str, start: bytes) -> None:
    result = invoke("diff", "m.arch:a", "--new-set", "n=3", "-o", file, "--theme", "dark")
    assert result.exit_code == 0 and result.stderr == f"{file}\n"
    assert (tmp_path / file).read_bytes().startswith(start)
