"""`archspec expand`: flat specs that say the same."""

import re
from inspect import cleandoc
from typing import Any

import pytest

import archspec
from archspec.backends.arch import expand
from archspec.diagnostics.source import Source
from archspec.driver import compile_source, each_model, shipped_specs
from archspec.layers import registry

TEXTS = {
    "letters": 'input 32x32x3\nCBAPD(6, 5x5, d0.3)\n"BAC"(8)\nflatten -> dense(10, softmax)\n',
    "loops": "input 8x8x4\nrepeat 3 { conv(4, 3x3, same) -> relu }\nfor n in [2, 4, 8] { conv(n, 1x1) }\n",
    "skips": """
        input 8x8x2
        for i in 0..3 { conv(4 * 2 ** i, 3x3, same) as skips[i] }
        conv(4, 1x1)
        for i in 0..3 { concat(skips[i], _) }
    """,
    "carried names": """
        input 8
        dense(8) as h
        repeat 4 { from h -> dense(8) as h }
        add(h, _)
    """,
    "branches": "input 8x8x4\nadd {\n  | conv(4, 3x3, same) -> bn\n  | skip\n}\nconcat {\n  | skip\n  | skip\n}\n",
    "shared": """
        input left: 8
        input right: 8
        shared tower = dense(4, relu)
        from left -> tower as a
        from right -> tower as b
        subtract(a, b) -> tower_of_two
        block tower_of_two { dense(2) * 2 }
    """,
    "shared block": """
        block tower(n) { dense(n, relu) -> bn -> dense(n) }
        input left: 8
        input right: 8
        shared both = tower(4)
        from left -> both as a
        from right -> both as b
        add(a, b)
    """,
    "outputs": "input x: 4\ndense(3) as first\ndense(2) as second\noutput second, first, first\n",
    "an input is returned": "input x: 4\ndense(3) as y\noutput y, x\n",
    "several results": """
        input 7x3
        lstm(5, return_state, return_sequences) as (seq, h, c)
        from seq -> lstm(5, initial_state=(h, c))
    """,
    "layers of one's own": """
        # Scales.
        extern layer scaled((a, b), by = 2 ** 3, wide = true) from "own:Scaled" {
          shape (n, 8) -> (n, (a + b) * by if wide and by > 2 else max([a, -b]))
          params a * (b + by) - a // 2
          macs n * (a - (b - 1))
        }
        extern layer plain() from "own:Plain" { shape (n, d) -> (n, d) }
        block both { plain -> scaled((2, 3)) }
        input (T, 8)
        shared once = plain
        once -> both -> dense(8) -> once -> scaled((1, 1), wide = false)
    """,
    "arguments": """
        input 16x16x3
        conv(4, 3x3, s2, same, no_bias, he_normal, l2(0.01), leaky_relu(0.1))
        conv(4, (3, 1), d2, kernel_regularizer=l1)
        bn(momentum=0.9, epsilon=1e-5, axis=-1)
        zero_padding(((1, 0), (0, 1))) -> dropout(0.25) -> flatten -> dense(3, bias_initializer=ones)
    """,
    "symbolic": "input frames: (T, 80)\ndense(8) -> dense(4)\n",
    "open and int": "input tokens: ? : int32\nembedding(100, 8) -> dense(2)\n",
}


def flat(net: archspec.Architecture) -> list[Any]:
    return [(row.kind, row.outputs, row.params, row.macs, row.weights) for row in net.layers()]


def ends(net: archspec.Architecture) -> list[Any]:
    return [[(t.shape, t.dtype) for t in tensors] for tensors in (net.inputs, net.outputs)]


def check(net: archspec.Architecture) -> None:
    text = expand(net._checked)
    again = archspec.loads(text)
    assert flat(again) == flat(net), text
    assert ends(again) == ends(net)
    assert (again.params, again.trainable_params, again.macs) == (net.params, net.trainable_params, net.macs)
    # What is flat already stays as it is.
    assert _code(expand(again._checked)) == _code(text)
    for line in _code(text):
        assert not line.startswith(("block ", "repeat ", "for ", "if ", "|"))
        assert " * " not in line or line.startswith(("shape ", "params ", "macs "))


def _code(text: str) -> list[str]:
    """Return the lines of a spec without comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("spec", [spec for path in shipped_specs() for spec in each_model(path.stem)])
def test_shipped_specs(spec: str) -> None:
    check(archspec.load(spec))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_construct(text: str) -> None:
    compiled = compile_source(Source("net", text))
    assert not compiled.diagnostics, archspec.CompileError(compiled.diagnostics, compiled.sources)
    check(archspec.loads(text))


def test_what_it_looks_like() -> None:
    text = """
        input 8x8x4
        shared reduce = conv(4, 1x1)
        add {
          | CBA(4, 5x5) -> reduce
          | skip
        }
        reduce
    """
    assert expand(archspec.loads(text)._checked) == (
        "model network {\n"
        "  input x: 8x8x4\n"
        "  shared reduce = conv2d(4, 1x1)\n"
        "  conv2d(4, 5x5, same)\n"
        "  batch_normalization\n"
        "  activation(relu)\n"
        "  reduce as t1\n"
        "  from t1, x -> add\n"
        "  reduce\n"
        "  expect params == 440\n"
        "}\n"
    )


def _examples() -> dict[str, str]:
    """Return the examples in the documentation of the layers: every layer with arguments of its own."""
    found = {}
    for layer in registry.all_layers():
        for number, text in enumerate(re.findall(r"```arch\n(.*?)```", cleandoc(layer.__doc__ or ""), re.DOTALL)):
            found[f"{layer.names[0]}-{number}"] = text
    return found


EXAMPLES = _examples()


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_every_layer(text: str) -> None:
    check(archspec.loads(text))
