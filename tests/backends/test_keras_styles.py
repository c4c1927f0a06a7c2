"""The styles of generated code: one model, whose weights go from any form of it to any other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archspec
from archspec.backends.keras_code import Style, emit
from archspec.diagnostics.diagnostic import CompileError
from archspec.driver import each_model, shipped_specs
from archspec.resources import folder
from tests.backends.keras_models import (
    by_path,
    check_spec,
    check_text,
    copy_random_weights,
    difference,
    direct,
    generated,
    load_module,
    load_saved,
    random_inputs,
    without_dropout,
)
from tests.backends.test_keras_snippets import SNIPPETS
from tests.conftest import ROOT

pytestmark = pytest.mark.keras
STYLES: tuple[Style, ...] = ("subclass", "functional", "sequential")
#: Parameters beyond which a model is run only by `-m slow`, and not at all.
LARGE, LARGEST = 1_000_000, 15_000_000
MODELS = [model.removesuffix(".arch") for path in shipped_specs() for model in each_model(path.name)]


def models_of(checked: Any) -> dict[str, Any]:
    """Return the model in each style that it has, and as it is built without code."""
    made = {"direct": direct(checked, allow_extern=True)}
    for style in STYLES:
        try:
            made[style] = generated(checked, style)
        except CompileError:
            assert style == "sequential"
    return made


def copy_as_documented(source: Any, target: Any) -> None:
    """Do what docs/generated-code.md says."""
    text = (ROOT / "docs/generated-code.md").read_text()
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def copy_weights" in block]
    import keras

    namespace: dict[str, Any] = {"keras": keras}
    exec(code, namespace)
    namespace["copy_weights"](source, target)


def is_flat(model: Any, other: Any) -> bool:
    """Tell whether a model has the layers of another one by one, and none that holds them."""
    return [type(layer).__name__ for layer in model.layers] == [type(layer).__name__ for layer in other.layers]


def check_weights(checked: Any, tmp_path: Path, copy: Any = archspec.copy_weights) -> tuple[dict[str, Any], Any, Any]:
    """Hold the forms of a model to one another, and return them with an input and what all make of it."""
    made = models_of(checked)
    first = made["direct"]
    copy_random_weights(first)
    inputs = random_inputs(checked)
    wanted = without_dropout(first)(inputs)
    for form, model in made.items():
        assert model.count_params() == first.count_params()
        if form == "direct":
            continue
        assert difference(wanted, model(inputs)) > 1e-5 or not model.weights, "equal before any weights were copied"
        copy(first, model)
        assert difference(wanted, without_dropout(model)(inputs)) <= 1e-5
        if is_flat(model, first):
            assert list(by_path(model)) == list(by_path(first))
    check_files(made, tmp_path)
    copy_random_weights(*made.values())
    return made, inputs, wanted


def check_files(made: dict[str, Any], tmp_path: Path) -> None:
    """Bring the weights of each form to every other by a file."""
    import keras

    for seed, (form, source) in enumerate(made.items(), 1):
        copy_random_weights(source, seed=seed)
        kept = {path: keras.ops.convert_to_numpy(weight) for path, weight in by_path(source).items()}
        source.save_weights(tmp_path / f"{form}.weights.h5")
        for target in made.values():
            target.set_weights([0 * keras.ops.convert_to_numpy(weight) for weight in target.weights])
            target.load_weights(tmp_path / f"{form}.weights.h5")
            found = by_path(target)
            assert found.keys() == kept.keys()
            assert all(difference(weight, found[path]) == 0 for path, weight in kept.items())


def check_copies(made: dict[str, Any], inputs: Any) -> None:
    """Bring the weights of the subclass style to every other form, and what these have then back."""
    import keras

    first = made.pop("subclass")
    for seed, model in enumerate(made.values(), 1):
        for source, target in ((first, model), (model, first)):
            copy_random_weights(source, seed=seed)
            target.set_weights([0 * keras.ops.convert_to_numpy(weight) for weight in target.weights])
            archspec.copy_weights(source, target)
            assert difference(source(inputs), target(inputs)) <= 1e-5
            found = by_path(target)
            assert all(difference(weight, found[path]) == 0 for path, weight in by_path(source).items())


def check_forms(checked: Any, tmp_path: Path) -> None:
    import keras

    made, inputs, wanted = check_weights(checked, tmp_path)
    for form, model in made.items():
        model.save(tmp_path / f"{form}.keras")
        assert difference(wanted, load_saved(tmp_path / f"{form}.keras")(inputs)) <= 1e-5
        assert type(model).from_config(model.get_config()).count_params() == model.count_params()
        clone = keras.models.clone_model(model)
        clone.set_weights(model.get_weights())
        assert difference(wanted, without_dropout(clone)(inputs)) <= 1e-5
        if not model.trainable_weights:
            continue
        outputs = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        model.compile("sgd", ["mse"] * len(outputs))
        before = [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]
        model.train_on_batch(inputs, [keras.ops.ones(o.shape) for o in outputs])
        assert any(difference(w, b) > 0 for w, b in zip(model.trainable_weights, before, strict=True))
    check_copies(made, inputs)


@pytest.mark.parametrize("model", MODELS)
def test_every_style_of_a_shipped_model(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Layers of a spec's own lie beside it.
    monkeypatch.syspath_prepend(folder("specs"))
    checked = check_spec(model)
    if checked.figures.weights[checked.graph.main].total > LARGE:
        pytest.skip(f"more than {LARGE:,} parameters: its size alone makes it slow")
    check_forms(checked, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_style_of_a_larger_shipped_model(model: str, tmp_path: Path) -> None:
    checked = check_spec(model)
    if not LARGE < checked.figures.weights[checked.graph.main].total <= LARGEST:
        pytest.skip("tried elsewhere, or too large")
    check_weights(checked, tmp_path)


CHAINS = {
    "a chain": "input 8\ndense(4, relu) -> dropout(0.5) -> dense(2, softmax)",
    "loops and choices": "model m(n = 3) { input 8\nrepeat n as i { dense(4 + i) -> if i > 0 { bn -> relu } }\ndense(1) }",
    "blocks": "block unit(w, act = relu as activation) { dense(w, activation=act) -> bn }\ninput 8\nunit(4) -> unit(3, tanh)",
    "blocks in blocks in loops": (
        "block outer(n) { block inner(m) { dense(m) }\nrepeat n as i { inner(n + i) } }\ninput 5\nouter(2)\nrepeat 2 { outer(3) }"
    ),
    "lengths": "block half { dense(channels // 2) -> dense(channels + 1) }\ninput 8\ndense(6) -> half -> half -> dense(channels)",
    "a name for where one is": "input 8\ndense(4) as h\ndense(h.channels * 2)\nfrom _ -> dense(2) as y\noutput y",
    "recurrent": "input 7x3\nbidirectional(lstm(4, return_sequences)) -> gru(3) -> dense(2)",
    "tuples and defaults": "block two((a, b), c = a + b) { dense(a) -> dense(b) -> dense(c) }\ninput 5\ntwo((3, 4)) -> two((6, 2), 1)",
    "whole numbers in": "input tokens: 7 : int32\nembedding(20, 4) -> lstm(3)",
}
FORKS = {
    "branches": ("input 8\nadd { | dense(8) | skip }", "2:1"),
    "a tensor from before": ("input 8\ndense(8) as h\ndense(8)\nadd(h, _)", "4:5"),
    "going back": ("input 8\ndense(8) as h\ndense(4)\nfrom h -> dense(2)", "4:6"),
    "two inputs": ("input a: 8\ninput b: 8\ndense(2)", "2:1"),
    "two outputs": ("input 8\ndense(2) as a\ndense(3) as b\noutput a, b", "4:1"),
    "shared weights": ("input 8\nshared f = dense(8)\nf -> f", "2:12"),
    "a function": ("input 8\ndense(3)\nabs", "3:1"),
    "several results": ("input 4x3\nlstm(2, return_state) as (y, h, c)\ndense(1)", "2:1"),
    "attention": ("input 4x8\nmha(2, 4)\ndense(1)", "2:1"),
    "a length of the input": ("input 8\ndense(channels)", "2:1"),
    "a length of the input, read in a block": ("block b { dense(channels) }\ninput 8\nb", "3:1"),
    "a fork in a block": ("block b { add { | dense(8) | skip } }\ninput 8\nb", "1:11"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_chains(name: str, tmp_path: Path) -> None:
    checked = check_text(CHAINS[name])
    import keras

    assert type(generated(checked, "sequential")) is keras.Sequential
    check_forms(checked, tmp_path)


@pytest.mark.parametrize("name", FORKS)
def test_what_is_no_chain_says_where_it_forks(name: str) -> None:
    text, place = FORKS[name]
    with pytest.raises(CompileError) as raised:
        emit(check_text(text), "sequential")
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.span is not None
    assert f"{diagnostic.span.line}:{diagnostic.span.column}" == place
    assert "--style functional" in diagnostic.help


@pytest.mark.parametrize("name", SNIPPETS)
def test_weights_go_from_any_form_to_any_other(name: str, tmp_path: Path) -> None:
    check_weights(check_text(SNIPPETS[name]), tmp_path, copy_as_documented)


def test_functions_take_what_the_spec_has_for_parameters() -> None:
    checked = check_spec("resnet50")
    deeper = generated(checked, "functional", blocks=[3, 4, 23, 3])
    assert deeper.count_params() == 44_707_176


def test_a_shared_block_is_a_layer_in_functions_too() -> None:
    code = str(emit(check_text(SNIPPETS["shared block"]), "functional").content)
    assert "class Tower(BlockLayer):" in code
    assert "def tower(" not in code
    assert 'enc = Tower(3, name="enc")' in code


PROGRAM = """
# A network of 100 % layers.
model net(widths = [4, 3], scale = 1.5, act = relu, wide = false, pair = (2, 2), rest = none, table = [(1, relu)], parts = 2) {
  input 8
  for w in widths { dense(w, activation=act) }
  rescaling(scale) -> if wide { dense(50) }
  let (a, b) = pair
  for (n, f) in table { if n > 1 { dense(n, activation=f) } }
  if pair == (a, b) and rest == none { rescaling(1.0) }
  if table == [] { relu }
  if 12 % parts == 1 { relu }
}
"""


@pytest.mark.parametrize("style", STYLES)
def test_the_program_sets_parameters(
    style: Style, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load_module(check_text(PROGRAM), style)
    monkeypatch.setattr(sys, "argv", ["net.py", "--widths", "7,6,5", "--wide", "--act", "tanh"])
    module.main()
    printed = capsys.readouterr().out
    # 8 to 7 to 6 to 5 to 50, and a bias each.
    assert re.search(rf"Total params: {8 * 7 + 7 + 7 * 6 + 6 + 6 * 5 + 5 + 5 * 50 + 50} ", printed)


def test_the_program_tells_its_parameters(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    module = load_module(check_text(PROGRAM))
    monkeypatch.setattr(sys, "argv", ["net.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for told in (
        "A network of 100 % layers.",
        "--widths WIDTHS tuple[int, ...] (default: (4, 3))",
        "--scale SCALE float (default: 1.5)",
        "--act ACT str (default: relu)",
        "--wide, --no-wide bool (default: False)",
    ):
        assert told in printed


REFUSED = {
    "a word for a number": (["--scale", "wide"], "argument --scale: invalid float value: 'wide'"),
    "a word in a list": (["--widths", "3,x"], "argument --widths: invalid whole_numbers value: '3,x'"),
    "a half for a whole number": (["--widths", "3,1.5"], "argument --widths: invalid whole_numbers value: '3,1.5'"),
    "a quote that does not end": (["--widths", '"3,"4'], "argument --widths: invalid whole_numbers value: '\"3,\"4'"),
    "a list that does not end": (["--table", "((1, 'a'"], "argument --table: expected a Python value such as 2, 'a'"),
    "a bare word in a table": (["--table", "(relu, 2)"], "argument --table: expected a Python value such as 2, 'a'"),
    "a table that is none": (["--table", "3"], "no model has these values: 'int' object is not iterable"),
    "a layer of no units": (["--widths", "0"], "no model has these values: Received an invalid value for `units`"),
    "a pair of three": (["--pair", "1,2,3"], "no model has these values: too many values to unpack"),
    "a division by zero": (["--parts", "0"], "no model has these values: integer modulo by zero"),
    "what is no activation": (["--act", "rulu"], "no model has these values: Could not interpret activation function"),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", REFUSED)
def test_the_program_says_what_is_wrong_with_an_option(
    name: str, style: Style, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options, message = REFUSED[name]
    module = load_module(check_text(PROGRAM), style)
    monkeypatch.setattr(sys, "argv", ["net.py", *options])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 2
    usage, _, error = capsys.readouterr().err.partition("net.py: error: ")
    assert usage.startswith("usage: net.py")
    assert message in error


@pytest.mark.parametrize("text", ["3,4", "3, 4,", "(3, 4)", "[3,4]"])
def test_a_list_may_be_written_as_in_python(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load_module(check_text("model net(widths = [8]) { input 2\nfor w in widths { dense(w) } }"))
    monkeypatch.setattr(sys, "argv", ["net.py", "--widths", text])
    module.main()
    # 2 to 3 to 4, and a bias each.
    assert "Total params: 25 " in capsys.readouterr().out


def test_a_model_without_parameters_has_no_options() -> None:
    assert "argparse" not in str(emit(check_text("input 8\ndense(2)")).content)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_bytes_each_time(style: Style) -> None:
    assert emit(check_spec("vgg11"), style) == emit(check_spec("vgg11"), style)


def test_paths_of_weights_are_those_of_the_spec() -> None:
    checked = check_text(
        "block unit(w) { dense(w) -> bn }\ninput 8\nrepeat 2 { unit(4) }\nbidirectional(lstm(3))".replace(
            "input 8", "input 5x8"
        )
    )
    for model in models_of(checked).values():
        assert set(by_path(model)) >= {
            "unit_0/dense/kernel",
            "unit_1/bn/moving_variance",
            "bidirectional/forward_lstm/lstm_cell/kernel",
        }


LOADS = """
import sys
import keras
assert keras.models.load_model("functional.keras").count_params() == 78
try:
    keras.models.load_model("subclass.keras")
except TypeError as error:
    assert "Could not locate class 'Net'" in str(error), error
else:
    raise AssertionError("loaded a class that nobody told of")
import net
for known in ({}, {"custom_objects": {"net>Net": net.Net, "net>Unit": net.Unit}}):
    loaded = keras.models.load_model("subclass.keras", **known)
    assert type(loaded) is net.Net and list(loaded.widths) == [4, 4]
    assert loaded.count_params() == 78
"""


def test_saved_models_load_where_keras_allows_it(tmp_path: Path) -> None:
    """Classes must have been imported; functions leave nothing but Keras's own layers in a file."""
    text = "block unit(w) { dense(w) -> bn }\nmodel net(widths = [4, 4]) { input 3\nfor w in widths { unit(w) }\ndense(2) -> relu }"
    # 3 to 4 to 4 to 2, with 4 weights a channel for each normalisation.
    assert 3 * 4 + 4 + 16 + 4 * 4 + 4 + 16 + 4 * 2 + 2 == 78
    checked = check_text(text)
    (tmp_path / "net.py").write_text(str(emit(checked).content))
    (tmp_path / "loads.py").write_text(LOADS)
    generated(checked).save(tmp_path / "subclass.keras")
    generated(checked, "functional").save(tmp_path / "functional.keras")
    done = subprocess.run([sys.executable, "loads.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("style", STYLES[:2])
def test_a_keyword_that_is_no_parameter_is_refused(style: Style) -> None:
    text = archspec.loads("model m(width = 4) { input 8; dense(width) }").to_source(style=style)
    namespace: dict[str, Any] = {"__name__": "m"}
    exec(text, namespace)
    make = namespace["M" if style == "subclass" else "build_m"]
    assert make(width=3).count_params() == 27
    with pytest.raises(TypeError, match="widht"):
        make(widht=3)
