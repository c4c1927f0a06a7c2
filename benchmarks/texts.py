"""The specs that the benchmarks compile, and the texts that the peers are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# --- specs ------------------------------------------------------------------------------------------------------------


#: VGG-16 as a plain script. The shipped `vgg16` is one of a family of seven, with a table of what each must come to.
VGG16 = """\
input 224x224x3
conv(64, 3x3, same, relu) * 2 -> max_pool(2x2)
conv(128, 3x3, same, relu) * 2 -> max_pool(2x2)
conv(256, 3x3, same, relu) * 3 -> max_pool(2x2)
conv(512, 3x3, same, relu) * 3 -> max_pool(2x2)
conv(512, 3x3, same, relu) * 3 -> max_pool(2x2)
flatten -> dense(4096, relu) * 2 -> dense(1000, softmax)
expect params == 138_357_544
"""


def deep(count: int) -> str:
    """Return a spec with `count` + 1 leaf layers, written with `repeat`."""
    return f"input 64\nrepeat {count} {{ dense(64, relu) }}\ndense(10)\n"


#: Parameters and multiply-accumulates of each repetition of `deep`, and of the layer that follows them.
DEEP_EACH = (64 * 64 + 64, 64 * 64)
DEEP_LAST = (64 * 10 + 10, 64 * 10)


def decoder(width: int, depth: int, heads: int, vocabulary: int = 50_257, length: int = 2048) -> str:
    """Return a decoder of the kind of GPT-2 and GPT-3."""
    return f"""\
block unit(heads) {{
  let out = channels
  add {{ | skip | ln -> mha(heads, out / heads, causal) }}
  add {{ | skip | ln -> dense(4 * out, gelu) -> dense(out) }}
}}
input pieces: {length} : int32
shared table = reversible_embedding({vocabulary}, {width})
table as words
weight(({length}, {width})) -> add(words, _)
unit({heads}) * {depth}
ln -> table(reverse)
"""


def decoder_params(width: int, depth: int, vocabulary: int = 50_257, length: int = 2048) -> int:
    """Return the parameters of `decoder`: by unit four square projections and a fourfold widening, with biases."""
    unit = 4 * (width * width + width) + (width * 4 * width + 4 * width) + (4 * width * width + width) + 2 * 2 * width
    return vocabulary * width + length * width + depth * unit + 2 * width


#: Brown et al. 2020, table 2.1, and one of the same kind with a trillion parameters.
DECODERS = {"a small decoder": (64, 2, 2), "GPT-3": (12_288, 96, 96), "a trillion parameters": (25_600, 128, 160)}


def flat(statements: int, named: bool = False) -> str:
    """Return a spec without blocks and loops, as a program would write it: so many statements after the input.

    They say the same again and again; `named` gives each a name of its own, so that no two lines are equal.
    """
    rows = ("conv({0}, 3x3, same)", "batch_norm", "relu", "conv({0}, 1x1, no_bias)", "dropout(0.{1})")
    end = " as t{2}" if named else ""
    lines = ((rows[n % 5] + end).format(8 + n * 7 % 61, 1 + n % 8, n) for n in range(statements))
    return "input 16x16x8\n" + "\n".join(lines) + "\n"


def flat_params(statements: int) -> int:
    """Return the parameters of `flat`, counted line by line."""
    total, channels = 0, 8
    for n in range(statements):
        filters = 8 + n * 7 % 61
        match n % 5:
            case 0:
                total, channels = total + 9 * channels * filters + filters, filters
            case 1:
                total += 4 * channels
            case 3:
                total, channels = total + channels * filters, filters
    return total


# --- ResNet-50 for the peers ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Op:
    """One operation: its kind, its result, what it takes, and its numbers."""

    kind: str
    result: str
    inputs: tuple[str, ...]
    channels: int = 0
    filters: int = 0
    size: int = 1
    strides: int = 1

    @property
    def pad(self) -> int:
        return self.size // 2


def resnet50() -> Iterator[Op]:
    """Yield the operations of ResNet-50, with the strides where Keras's has them."""
    number = 0

    def conv(source: str, channels: int, filters: int, size: int = 1, strides: int = 1) -> Iterator[Op]:
        nonlocal number
        number += 1
        yield Op("conv", f"c{number}", (source,), channels, filters, size, strides)
        yield Op("norm", f"n{number}", (f"c{number}",), filters)

    def relu(source: str) -> Op:
        nonlocal number
        number += 1
        return Op("relu", f"r{number}", (source,))

    def then(ops: Iterator[Op], activated: bool = True) -> Iterator[Op]:
        last = ""
        for op in ops:
            last = op.result
            yield op
        if activated:
            yield relu(last)

    ops = list(then(conv("x", 3, 64, 7, 2)))
    ops.append(Op("pool", "pooled", (ops[-1].result,), size=3, strides=2))
    channels = 64
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for position in range(count):
            source, strides = ops[-1].result, stride if position == 0 else 1
            ops += then(conv(source, channels, width, 1, strides))
            ops += then(conv(ops[-1].result, width, width, 3))
            ops += then(conv(ops[-1].result, width, 4 * width), activated=False)
            end, short = ops[-1].result, source
            if position == 0:
                ops += conv(source, channels, 4 * width, 1, strides)
                short = ops[-1].result
            number += 1
            ops.append(Op("add", f"a{number}", (end, short)))
            ops.append(relu(f"a{number}"))
            channels = 4 * width
    ops += [Op("mean", "mean", (ops[-1].result,)), Op("dense", "logits", ("mean",), channels, 1000)]
    yield from ops


def onnx_text() -> str:
    """Return ResNet-50 in ONNX's text format. The weights are inputs with shapes: there is no data to read."""
    weights: list[str] = []
    lines: list[str] = []

    def weight(name: str, *shape: int) -> str:
        weights.append(f"float[{','.join(map(str, shape))}] {name}")
        return name

    for op in resnet50():
        source, name = ", ".join(op.inputs), op.result
        sizes = f"strides=[{op.strides},{op.strides}], pads=[{op.pad},{op.pad},{op.pad},{op.pad}]"
        match op.kind:
            case "conv":
                kernel = weight(f"{name}_w", op.filters, op.channels, op.size, op.size)
                bias = weight(f"{name}_b", op.filters)
                call = f"Conv <kernel_shape=[{op.size},{op.size}], {sizes}> ({source}, {kernel}, {bias})"
            case "norm":
                parts = ", ".join(weight(f"{name}_{part}", op.channels) for part in ("g", "b", "m", "v"))
                call = f"BatchNormalization <epsilon=1.001e-05> ({source}, {parts})"
            case "pool":
                call = f"MaxPool <kernel_shape=[{op.size},{op.size}], {sizes}> ({source})"
            case "mean":
                lines.append(f"  pooled_mean = GlobalAveragePool ({source})")
                call = "Flatten <axis=1> (pooled_mean)"
            case "dense":
                kernel, bias = weight("dense_w", op.filters, op.channels), weight("dense_b", op.filters)
                call = f"Gemm <transB=1> ({source}, {kernel}, {bias})"
            case kind:
                call = f"{ {'relu': 'Relu', 'add': 'Add'}[kind] } ({source})"
        lines.append(f"  {name} = {call}")
    lines.append("  y = Softmax <axis=1> (logits)")
    inputs = ", ".join(["float[1,3,224,224] x", *weights])
    header = '<ir_version: 8, opset_import: ["" : 17]>'
    return f"{header}\nresnet50 ({inputs}) => (float[1,1000] y)\n{{\n" + "\n".join(lines) + "\n}\n"


def nnef_text() -> str:
    """Return ResNet-50 in NNEF's text format."""
    lines = ["    x = external<scalar>(shape = [1,3,224,224]);"]

    def weight(name: str, *shape: int) -> str:
        lines.append(f"    {name} = variable<scalar>(shape = [{','.join(map(str, shape))}], label = '{name}');")
        return name

    for op in resnet50():
        source, name = ", ".join(op.inputs), op.result
        pads = f"[({op.pad},{op.pad}), ({op.pad},{op.pad})]"
        match op.kind:
            case "conv":
                kernel = weight(f"{name}_w", op.filters, op.channels, op.size, op.size)
                bias = weight(f"{name}_b", 1, op.filters)
                call = f"conv({source}, {kernel}, {bias}, stride = [{op.strides},{op.strides}], padding = {pads})"
            case "norm":
                mean, variance, offset, scale = (weight(f"{name}_{part}", 1, op.channels) for part in "mvbg")
                call = f"batch_normalization({source}, {mean}, {variance}, {offset}, {scale}, epsilon = 0.00001001)"
            case "pool":
                sizes = f"size = [1,1,{op.size},{op.size}], stride = [1,1,{op.strides},{op.strides}]"
                call = f"max_pool({source}, {sizes}, padding = [(0,0), (0,0), (1,1), (1,1)])"
            case "mean":
                lines.append(f"    pooled_mean = mean_reduce({source}, axes = [2,3]);")
                call = "squeeze(pooled_mean, axes = [2,3])"
            case "dense":
                kernel, bias = weight("dense_w", op.filters, op.channels), weight("dense_b", 1, op.filters)
                call = f"linear({source}, {kernel}, {bias})"
            case kind:
                call = f"{kind}({source})"
        lines.append(f"    {name} = {call};")
    lines.append("    y = softmax(logits, axes = [1]);")
    return "version 1.0;\n\ngraph resnet50(x) -> (y)\n{\n" + "\n".join(lines) + "\n}\n"


#: The example of n-orca's own README: one block of a transformer.
N_ORCA = """\
# architecture TransformerBlock

## hyperparameters

| Name    | Type  | Default |
|---------|-------|---------|
| d_model | int   | 512     |
| n_heads | int   | 8       |
| d_ff    | int   | 2048    |
| dropout | float | 0.1     |

## tensors

| Name | Shape           | Dtype   |
|------|-----------------|---------|
| x    | (B, S, d_model) | float32 |
| y    | (B, S, d_model) | float32 |

## layer x [input]
## layer attn_norm
- op: LayerNorm(d_model)
## layer attn
- op: MultiHeadAttention(d_model, n_heads, dropout)
## layer add_1
- op: Add
## layer ff_norm
- op: LayerNorm(d_model)
## layer ff
- op: FeedForward(d_model, d_ff, dropout)
## layer add_2
- op: Add
## layer y [output]

## flow

| Source     | Target    | Tensor    |
|------------|-----------|-----------|
| x          | attn_norm | x         |
| attn_norm  | attn      | x_normed  |
| attn       | add_1     | attn_out  |
| x          | add_1     | x_skip    |
| add_1      | ff_norm   | h         |
| ff_norm    | ff        | h_normed  |
| ff         | add_2     | ff_out    |
| add_1      | add_2     | h_skip    |
| add_2      | y         | y_out     |

## invariants
- output_shape: (B, S, d_model)
"""

#: The same block as a spec.
TRANSFORMER_BLOCK = """\
input (S, 512)
add { | skip | ln -> mha(8, 64, dropout=0.1) }
add { | skip | ln -> dense(2048, gelu) -> dropout(0.1) -> dense(512) }
expect (S, 512)
"""
