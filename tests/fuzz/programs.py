"""Makes programs from the grammar: a chooser says which production comes next, so that a fuzzer can steer.

Left to chance few programs would compile. So a program begins with what gives the names in it a meaning, and most of its
steps are taken from a list, or from the examples in the layers' documentation that take the same number of axes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from math import inf

from lark import Lark

from archspec.layers import registry
from archspec.resources import folder

#: Returns a whole number from 0, below its argument.
Chooser = Callable[[int], int]

#: After so many tokens the shortest way to an end is taken.
MOST_TOKENS = 200
#: What a terminal that is not one certain text is written as; names are those of layers and words too.
SAMPLES = {
    "NAME": [*"abcfhnxyTk_", "width", "stages", "channels", "height", "rank", "shape", "params", "none", "s2", "layer"],
    "NUMBER": ["0", "1", "2", "3", "4", "8", "16", "0.5", "1K", "1e3", "1_000", "5M", "1e400", "99999999999"],
    "DIMS": ["3x3", "1x1", "2x2", "8x8x3", "?x8", "0x0", "16x16x8", "4x4x4x2", "1x2x3x4x5x6"],
    "SPELLED": ["d0.2", "p3.5"],
    "SPELLING": ["s#", "#x#", "activation", "1x1", "wide", "p#/#", "#"],
    "STRING": ['"CBAPD"', '"same"', '"residual.arch"', '"m:C"', '"abc,cd->abd"', '""', r'"\"é\\"'],
    "SEP": ["\n", "\n", ";", "\n# a comment\n"],
}
#: What stands for a terminal that no text is, such as a statement with a syntax error.
BROKEN = ["$", ")", "conv(", "'"]
#: By the axes of the first input beside the channels.
INPUTS = (
    ["8", "16", "n", "x: 8", "4 : int32"],
    ["8x16", "(T, 8)", "?x4", "6 : int32", "10x64"],
    ["8x8x4", "32x32x3", "(T, T, 3)", "?x?x8", "16x16x16"],
    ["4x4x4x2", "8x8x8x4", "(T, 4, 4, 3)"],
)
BLOCKS = """\
block b(k = 4, c = [1, 2] as wide) { dense(channels + k) as y -> relu * 2 -> dense(channels) }
block c { add { | skip | relu } }
"""
NAMES = """\
let n = 2
let stages = [(2, 4), (2, 8)]
relu as h
shared f = dense(channels)
"""
STEPS = """
b  b(3)  b(n, wide)  c  f  relu  dense(n)  dense(channels)  add(_, h)  concat(h, _)  skip  _ as h  residual(channels)
CBAPD(4)  "BAC"(8, k3)  conv(4, 3, same)  dense_block(2, n)  inception(2, (2, 4), (2, 4), 4)  bottleneck(4)  gap  bn
repeat 3 { f -> b }  repeat 2 as n { dense(n + 1) }  for (n, width) in stages { repeat n { dense(width) } }  b * 3
if rank > 2 { gap } else { relu }  add { | skip | relu -> dense(channels) }  concat { | b | c }  split(2) as (x, y)
for i in 0..3 { relu as a[i] }  from h, _ -> add  from h -> relu as y  output h, _  expect params > 0  flatten
weight(1x8) as token  lstm(4, return_state) as (x, y, c)  time_distributed(dense(3))  bidirectional(lstm(4))
multi_head_attention(_, _, heads=2, key_dim=2)  reshape(channels)  transpose  mean(axis=1)  conv(8, 1x1, l2(0.1))
(relu -> dense(8)) * n  shared x = b  x -> x  repeat n { shared y = dense(channels); y -> y }  block c(q) { c }
let n = n + 1  dropout(0.1)  a[i]  sum([channels, n])  layer_norm  embedding(9, 4)  expect rank == 2  input y: 8
"""
_STEPS = ("statement", "step", "call")
_EXPRESSIONS = (
    *("expr", "or", "and", "not", "comparison", "range"),
    *("sum", "term", "unary", "power", "postfix", "atom"),
)


def program(choose: Chooser) -> str:
    """Return a program."""
    axes = choose(len(INPUTS))
    writer = _Writer(choose, _steps(axes))
    if not choose(16):
        return writer.write("file")
    statements = "\n".join(writer.write("statement") for _ in range(1 + choose(8)))
    text = f"input {_one_of(INPUTS[axes], choose)}\n{NAMES if choose(4) else ''}{statements}\n"
    model = f"model m(n = 2, width = 8) {{\n{text}}}\n" if not choose(4) else text
    return f"{writer.write('block')}\n{model}" if not choose(4) else BLOCKS + model


def words() -> list[str]:
    """Return what the language is written with: the words and signs of the grammar, and every name that it knows."""
    fixed = [t.pattern.value for t in _grammar().terminals if t.pattern.type == "str"]
    return sorted({*fixed, *_names(), *(text for texts in SAMPLES.values() for text in texts)})


class _Writer:
    def __init__(self, choose: Chooser, steps: list[str]) -> None:
        self._choose, self._tokens = choose, 0
        self._samples = SAMPLES | {"NAME": SAMPLES["NAME"] * 8 + _names()}
        # Of these most are taken from a list, and the rest made of their parts.
        values = [*SAMPLES["NUMBER"][:6], *SAMPLES["DIMS"][:4], *SAMPLES["NAME"], "true"]
        self._ready = dict.fromkeys(_STEPS, steps) | dict.fromkeys(_EXPRESSIONS, values)

    def write(self, symbol: str) -> str:
        """Return a text for a symbol of the grammar."""
        if symbol in self._samples:
            self._tokens += 1
            return _one_of(self._samples[symbol], self._choose)
        if symbol in _fixed():
            self._tokens += 1
            return _fixed()[symbol]
        if symbol in self._ready and self._choose(5):
            return _one_of(self._ready[symbol], self._choose)
        if symbol not in _productions():
            return _one_of(BROKEN, self._choose)
        options = _productions()[symbol]
        # The first is the shortest.
        option = 0 if self._tokens > MOST_TOKENS or self._choose(2) else self._choose(len(options))
        return " ".join(self.write(part) for part in options[option])


def _one_of(texts: list[str], choose: Chooser) -> str:
    return texts[choose(len(texts))]


# --- the grammar -----------------------------------------------------------------------------------------------------


@cache
def _grammar() -> Lark:
    text = (folder("grammars") / "arch.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="basic", start="file", keep_all_tokens=True, maybe_placeholders=False)


@cache
def _fixed() -> dict[str, str]:
    return {t.name: t.pattern.value for t in _grammar().terminals if t.pattern.type == "str"}


@cache
def _productions() -> dict[str, list[list[str]]]:
    """Return the productions of each rule, that with the shallowest tree first."""
    found = defaultdict(list)
    for rule in _grammar().rules:
        found[rule.origin.name].append([symbol.name for symbol in rule.expansion])
    depths: dict[str, float] = dict.fromkeys((*_fixed(), *SAMPLES), 0)

    def depth(option: list[str]) -> float:
        return 1 + max((depths.get(symbol, inf) for symbol in option), default=0)

    # Each round finds the rules that are one deeper.
    while any(name not in depths for name in found):
        depths |= {name: known for name, options in found.items() if (known := min(map(depth, options))) < inf}
    for name, options in found.items():
        options.sort(key=lambda option: (inf if name in option else depth(option), len(option)))
    return found


@cache
def _names() -> list[str]:
    categories = ("activation", "initializer", "regularizer", "constraint", "padding", "cell")
    return sorted({*registry.layer_names(), *(word for name in categories for word in registry.words(name))})


@cache
def _steps(axes: int) -> list[str]:
    """Return steps for a tensor of so many axes beside the channels."""
    examples = [text for layer in registry.all_layers() for text in examples_of(layer.__doc__ or "")]
    fitting = [re.fullmatch(r"input (\d+(?:x\d+)*)\n(.*)", text, re.DOTALL) for text in examples]
    steps = [match[2] for match in fitting if match and match[1].count("x") == axes]
    return [
        *re.split(r"\n|  ", STEPS.strip()) * 3,
        *steps * 2,
        *filter(None, (_call(name, axes) for name in registry.layer_names())),
    ]


def _call(name: str, axes: int) -> str:
    """Return a call of a layer with a number for each argument that it needs; "" where it takes other tensors."""
    found = registry.find_layer(name)
    assert found is not None
    layer = found.typical if isinstance(found, registry.Family) else found
    fields = layer.model_fields.values()
    needed = [str(number) for number, field in zip((4, 3, 2, 1), fields, strict=False) if field.is_required()]
    if layer is found and layer.rank not in (axes, None):
        return ""
    return f"{name}({', '.join(needed)})" if needed else name


def examples_of(doc: str) -> list[str]:
    """Return the specs in a documentation."""
    return [text.strip() for text in re.findall(r"```arch\n(.*?)```", re.sub(r"\n[ ]{4}", "\n", doc), re.DOTALL)]
