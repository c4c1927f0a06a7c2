"""The examples of the language's description parse, and hold what a reader sees in them."""

from __future__ import annotations

import pytest

from archspec.diagnostics import Diagnostics, Source
from archspec.syntax import ast, parse

LENET = """\
# lenet.arch — LeNet-5 on 28x28 grey images
input 28x28x1
conv(6, 5x5, sigmoid) -> max_pool(2x2)
conv(16, 5x5, sigmoid) -> max_pool(2x2)
expect 4x4x16
flatten
dense(120, sigmoid) -> dense(84, sigmoid) -> dense(10, softmax)
expect params == 44_426
"""

BASELINE = """\
# baseline.arch — the CBAPD teaching network
input 32x32x3
CBAPD(6, 5x5)                    # Conv, BatchNorm, Activation, Pool, Dropout: one letter a layer
flatten
dense(128, relu) -> dropout(0.2)
dense(10, softmax)
"""

VGG = """\
# vgg.arch — parametric; `archspec build vgg.arch --set classes=1000`
model vgg(stages = [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)], classes = 10) {
  input 224x224x1
  for (convs, width) in stages { vgg_block(convs, width) }
  expect 7x7x512
  flatten
  (dense(4096, relu) -> dropout(0.5)) * 2
  dense(classes, softmax)
}
"""

BLOCKS = """\
# a block with branches
block inception(c1, (r3, c3), (r5, c5), cp) {
  concat {
    | conv(c1, 1x1, relu)
    | conv(r3, 1x1, relu) -> conv(c3, 3x3, same, relu)
    | conv(r5, 1x1, relu) -> conv(c5, 5x5, same, relu)
    | max_pool(3x3, s1, same) -> conv(cp, 1x1, relu)
  }
}

# a block with options; residual(64), residual(128, 1x1, s2)
block residual(width, project = false as 1x1, stride = 1 as s#) {
  add {
    | conv(width, 3x3, s=stride, same) -> bn -> relu -> conv(width, 3x3, same) -> bn
    | if project { conv(width, 1x1, s=stride) } else { skip }
  }
  relu
}
"""


def parsed(text: str) -> ast.File:
    diagnostics = Diagnostics()
    file = parse(Source("t.arch", text), diagnostics)
    assert diagnostics.items == []
    assert file is not None
    return file


def outline(body: ast.Body | ast.File) -> list[str]:
    """Return a word a statement, and the names of the steps of a flow."""
    words = []
    for statement in body.statements:
        match statement:
            case ast.Flow(steps):
                words.append(" ".join(_word(step) for step in steps))
            case _:
                words.append(type(statement).__name__)
    return words


def _word(step: ast.Step) -> str:
    match step:
        case ast.Call(ast.Name(text), _, None):
            return text
        case ast.Call(ast.Name(text), _, branches) if branches:
            return f"{text}[{' | '.join('; '.join(outline(branch)) for branch in branches)}]"
        case ast.Times(inner, _):
            return f"{_word(inner)}*"
        case ast.Group(flow):
            return f"({' '.join(_word(inner) for inner in flow.steps)})"
        case ast.If(_, then, orelse):
            return f"if[{'; '.join(outline(then))} | {'; '.join(outline(orelse)) if orelse else ''}]"
        case ast.For(_, _, body):
            return f"for[{'; '.join(outline(body))}]"
        case _:
            return type(step).__name__


def test_lenet() -> None:
    file = parsed(LENET)
    dense = "dense dense dense"
    assert outline(file) == ["Input", "conv max_pool", "conv max_pool", "Expect", "flatten", dense, "Expect"]
    assert file.doc == "lenet.arch — LeNet-5 on 28x28 grey images"


def test_baseline() -> None:
    assert outline(parsed(BASELINE)) == ["Input", "CBAPD", "flatten", "dense dropout", "dense"]


def test_vgg() -> None:
    file = parsed(VGG)
    (model,) = file.models
    assert isinstance(model, ast.Model)
    assert outline(model.body) == ["Input", "for[vgg_block]", "Expect", "flatten", "(dense dropout)*", "dense"]
    assert model.doc == file.doc == "vgg.arch — parametric; `archspec build vgg.arch --set classes=1000`"


def test_blocks() -> None:
    inception, residual = parsed(BLOCKS).blocks
    assert outline(inception.body) == ["concat[conv | conv conv | conv conv | max_pool conv]"]
    assert outline(residual.body) == ["add[conv bn relu conv bn | if[conv | skip]]", "relu"]
    assert [parameter.spellings for parameter in residual.parameters] == [
        (),
        (ast.Spelling("1x1", span=residual.span),),
        (ast.Spelling("s#", span=residual.span),),
    ]
    assert inception.doc == "a block with branches"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model vgg16 = vgg(stages = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)])", []),
        ('use "resnet_blocks.arch"; use "x.arch" as x', []),
        ("CBAPD(6, 5x5, s1, relu, p2, d0.2)", ["CBAPD"]),
        ("CBAPD(6, p3/2)", ["CBAPD"]),
        ("concat(skips[i], _)", ["concat"]),
        ("multi_head_attention(_, memory, heads=8)", ["multi_head_attention"]),
        ("lstm(256, seq, initial_state=(h, c))", ["lstm"]),
        ("subtract(left, right) -> abs", ["subtract abs"]),
        ("lstm(256, return_state) as (out, h, c)", ["Named"]),
        ("split(2) as (a, b)", ["Named"]),
        ("reshape(h/7, 7, w/7, 7, c) -> mean(axis=1)", ["reshape mean"]),
        ("weight(1x768, init=normal(0.02)) as token", ["Named"]),
        ("transition(channels / 2)", ["transition"]),
        ("leaky_relu(0.1)", ["leaky_relu"]),
        ("repeat 10**12 { conv }", ["Repeat"]),
        ("expect params == 138_357_544; expect trainable < 5M; expect flops < 4.1G", ["Expect"] * 3),
        ("expect receptive_field == 5x5", ["Expect"]),
        ("from a, b -> step", ["From step"]),
    ],
)
def test_in_passing(text: str, expected: list[str]) -> None:
    assert outline(parsed(text)) == expected
