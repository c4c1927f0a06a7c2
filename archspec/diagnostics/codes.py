"""Every code that a diagnostic may bear: what it means, and the least that is wrong in that way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archspec.diagnostics.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means. `example` is a spec that earns it; `files`, `model` and `settings` go with it.

    An empty example stands where no text alone is at fault.
    """

    explanation: str
    example: str
    files: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = "error"
    #: Whether it is looked for only where `--warn` names it.
    on_demand: bool = False


def explain(code: str) -> str | None:
    """Return what `archspec` has to say of a code, or None for one that there is not."""
    known = CODES.get(code)
    if known is None:
        return None
    shown = f"\n\nFor example:\n\n{known.example}" if known.example else ""
    asked = f" It is looked for only with `--warn {code}`." if known.on_demand else ""
    option = f"\nThis is a {known.severity}: `--allow {code}` leaves it out.{asked}\n"
    return f"{known.explanation}{shown}{option if known.severity != 'error' else ''}"


CODES = {
    # --- text ------------------------------------------------------------------------------------------------------
    "bad-string": Code(
        'A string stands in straight double quotes and ends on its line. Its escapes are `\\\\`, `\\"`, `\\n`, `\\t`.',
        "input 32x32x3\n'CBA'(6)\n",
    ),
    "file-too-large": Code("A spec is at most ten million bytes long. A larger file is hardly one.", ""),
    "name-too-long": Code(
        "A name has at most 250 characters. Code and drawings repeat it wherever it is used.",
        f"input 8\ndense(3) as {'hidden_' * 40}\n",
    ),
    "nesting-too-deep": Code(
        "Brackets and blocks stand at most some hundred deep in one another. Name a part with `let` or `block`.",
        f"input 8\ndense({'(' * 250}3{')' * 250})\n",
    ),
    "not-utf8": Code("A spec is text in UTF-8. Save the file in that encoding.", ""),
    "number-too-large": Code(
        "Whole numbers have at most 1,024 bits. Nothing in a network is that large: something multiplies without end.",
        "input 8\nlet n = 2 ** 5000\ndense(3)\n",
    ),
    "syntax": Code(
        "The text is not as the language wants it. The message says what could have stood there, and what does.",
        "input 8\ndense(3) dense(4)\n",
    ),
    "unclosed-bracket": Code(
        "A bracket has no partner. `(` and `[` are mostly forgotten at the end of a line, `{` at the end of a body.",
        "input 8\ndense(3\n",
    ),
    "unexpected-character": Code(
        "The language has no use for this character. Often it looks like another: a multiplication sign for `x`.",
        "input 8\ndense(3) @ 2\n",
    ),
    # --- files and models ------------------------------------------------------------------------------------------
    "ambiguous-model": Code(
        "The file holds several models and none is named after it: say which one, `file.arch:name`.",
        "model small { input 8; dense(3) }\nmodel large { input 8; dense(30) }\n",
    ),
    "file-not-found": Code(
        "`use` finds no such file: not beside the file it stands in, not in an `--include` folder, not in the standard "
        "library. Paths may not lead out of these folders.",
        'use "blocks.arch"\ninput 8\ndense(3)\n',
    ),
    "import-cycle": Code(
        "Files use one another in a circle. Move what both need into a third.",
        'use "a.arch"\ninput 8\ndense(3)\n',
        files={"a.arch": 'use "b.arch"\n', "b.arch": 'use "a.arch"\n'},
    ),
    "mixed-forms": Code(
        "A file is a script, whose statements are one model, or a module of models. This one is both: move the "
        "statements into a `model`.",
        "model a { input 8; dense(3) }\ndense(4)\n",
    ),
    "no-model": Code("The file defines no model: nothing but blocks, or nothing at all.", "block b { relu }\n"),
    "recursive-model": Code(
        "A variant is made of itself, perhaps by way of others. One of them must be a model with a body.",
        "model a = b()\nmodel b = a()\n",
        model="a",
    ),
    "too-many-files": Code(
        "One spec brings in at most 256 files.",
        "".join(f'use "f{n}.arch"\n' for n in range(300)) + "input 8\ndense(3)\n",
        files={f"f{n}.arch": f"block b{n} {{ relu }}\n" for n in range(300)},
    ),
    "unknown-model": Code(
        "No model of that name is in the file, or in what it uses.",
        "model small { input 8; dense(3) }\nmodel tiny = smal()\n",
        model="tiny",
    ),
    "unknown-parameter": Code(
        "`--set` names a parameter that the model does not have.",
        "model a(width = 3) { input 8; dense(width) }\n",
        settings={"widht": "4"},
    ),
    # --- names -----------------------------------------------------------------------------------------------------
    "captured-index": Code(
        "A block inside a definition sees the plain names around it, but no tensors that have an index there: which of "
        "them it needs differs from use to use. Give it the tensor as an argument.",
        "model m {\n  input 8\n  relu as h[0]\n  block b { add(_, h[0]) }\n  b\n}\n",
    ),
    "duplicate-name": Code(
        "A name stands for one thing: a value, a tensor or a shared step; and a block or model is defined once.",
        "input 8\nlet x = 3\nrelu as x\n",
    ),
    "hidden-capture": Code(
        "A block uses a name of the definition around it, and is itself used where another thing has that name. Rename "
        "one of them, or make it a parameter.",
        "model m {\n  let w = 8\n  block b { dense(w) }\n  block c(w) { b }\n  input 4\n  c(16)\n}\n",
    ),
    "hidden-spelling": Code(
        "A variable has the name of a spelling that the callee would take here. The variable wins; rename it, or write "
        "the argument's name, to say what is meant.",
        "input 32x32x3\nlet s2 = 1\nconv(64, 3x3, s2)\n",
        severity="warning",
    ),
    "size-as-product": Code(
        "A kernel or a pool has the size `3*3`, which is the number 9. A size along two axes is joined by the letter "
        "`x`.",
        "input 32x32x3\nconv(4, 3*3)\n",
        severity="warning",
    ),
    "not-a-step": Code(
        "A tensor does nothing by itself. `from x` goes on from it.",
        "input 8\nrelu as x\nx\n",
    ),
    "unused-layer": Code(
        "A layer of the model leads to none of its outputs. Keras leaves such layers out of a model, and so do the "
        "figures and everything else that is made of the spec.",
        "input x: 8\ndense(4) as side\nfrom x -> dense(3)\n",
        severity="warning",
    ),
    "unused-weights": Code(
        "A block or a loop has weights that lead to none of its results, or to none that is used. They belong to the "
        "block, or to the other iterations too, so they can be neither counted nor left out in good faith.",
        "block b(x) {\n  dense(4)\n  from x -> dense(3)\n}\ninput 8\nb(_)\n",
    ),
    "own-block": Code(
        "The file has a block with the name of one in the standard library. Its own is used.",
        "input 8x8x3\nblock residual(width) { conv(width, 3x3, same) }\nresidual(4)\n",
        severity="note",
    ),
    "recursive-block": Code(
        "A block uses itself, perhaps by way of others; that would never end. Repetition is `repeat` or `* n`.",
        "input 8\nblock f { g }\nblock g { f }\nf\n",
    ),
    "reserved-name": Code(
        "`channels`, `height`, `width`, `rank` and `shape` are read off the current tensor. A variable may hide one of "
        "them; a tensor, a length or a shared step may not.",
        "input channels: 8\ndense(3)\n",
    ),
    "tensor-as-value": Code(
        "A tensor stands where a value is wanted. What can be computed with are the lengths of its axes: `x.channels`.",
        "input 8\nrelu as x\ndense(x + 1)\n",
    ),
    "unbound-name": Code(
        "The name is set in a part of the spec that was not taken: an `if` that did not hold, a loop that ran no time.",
        "input 8\nif channels > 8 { let n = 3 }\ndense(n)\n",
    ),
    "unknown-letter": Code(
        "A letter string is made of `C` conv, `B` batch normalisation, `A` activation, `P` pool, `D` dropout and `N` "
        "local response normalisation.",
        "input 32x32x3\nCBXPD(6)\n",
    ),
    "unknown-name": Code("Nothing has that name here: no variable, no word, no function.", "input 8\ndense(widht)\n"),
    "unknown-step": Code(
        "There is no layer, activation or block of that name. `archspec layers` and `archspec blocks` list them.",
        "input 32x32x3\ncovn(64, 3x3)\n",
    ),
    "unknown-tensor": Code(
        "No tensor bears that name where it is used. `as` names one, and only what comes later can use it.",
        "input 8\nfrom hidden -> dense(3)\n",
    ),
    # --- arguments -------------------------------------------------------------------------------------------------
    "duplicate-argument": Code(
        "A parameter is given twice, by its name, a spelling or its position.",
        "input 32x32x3\nconv(64, 3x3, relu, gelu)\n",
    ),
    "invalid-argument": Code(
        "The value does not do for this parameter: it has another type, or is out of range.",
        "input 8\ndense(0)\n",
    ),
    "missing-argument": Code("A parameter without a default is not given.", "input 32x32x3\nconv(64)\n"),
    "pattern-mismatch": Code(
        "A tuple pattern takes apart a list or tuple of just as many items.",
        "input 8\nfor (width, rate) in [(8, 0.1), (4, 0.2, 0.3)] { dense(width) }\n",
    ),
    "too-many-arguments": Code(
        "There are more arguments than parameters that they could reach by position.",
        "input 8\nblock b(n) { dense(n) }\nb(3, 4)\n",
    ),
    "unknown-argument": Code("There is no parameter of that name.", "input 32x32x3\nconv(64, 3x3, stride=2)\n"),
    # --- expressions -----------------------------------------------------------------------------------------------
    "division-by-zero": Code("A number is divided by zero.", "input 8\ndense(8 / 0)\n"),
    "invalid-count": Code(
        "What is repeated is repeated a whole number of times, from 0.", "input 8\nrepeat 3 / 2 { dense(8) }\n"
    ),
    "invalid-extern": Code(
        "An `extern layer` says where its class is, as `module:Class`, and by rules what shape it makes and how many "
        "parameters it has.",
        'extern layer rotary(dim) from "mypackage" {\n  shape (n, d) -> (n, dim)\n}\ninput 16x32\nrotary(8)\n',
    ),
    "invalid-index": Code(
        "A list has no item of that number (the first is number 0), or a tensor is indexed by what is neither a whole "
        "number nor a string.",
        "input 8\ndense([3, 4][2])\n",
    ),
    "invalid-list": Code(
        "`for` goes through a list, a tuple or a range: `0..n`.", "input 8\nfor i in 3 { dense(i) }\n"
    ),
    "invalid-operands": Code(
        "The operator or function does not go with these values; a condition must be true or false.",
        'input 8\ndense(8 + "a")\n',
    ),
    "too-many-steps": Code(
        "Working the spec out takes more steps than a spec may: loops in loops over long lists.",
        "input 8\nfor i in 0..100_000 { for j in 0..100_000 { let n = i * j } }\ndense(3)\n",
    ),
    "value-too-large": Code(
        "A list has at most 100,000 items, those of the lists in it counted.",
        "input 8\nfor i in 0..1_000_000 { relu }\n",
    ),
    # --- tensors and layers ----------------------------------------------------------------------------------------
    "duplicate-output": Code("One `output` names them all: `output a, b`.", "input 8\nrelu as x\noutput x\noutput x\n"),
    "invalid-dimension": Code(
        "A dimension of an input is a positive whole number, `?`, or a name.", "input 32x0x3\ngap\n"
    ),
    "invalid-shape": Code(
        "The layer cannot work on a tensor of this shape with these arguments.", "input 4x4x3\nconv(8, 7x7)\n"
    ),
    "misplaced-input": Code(
        "Inputs are the model's own. A block takes tensors: the current one, and those it is given.",
        "block b { input 8; relu }\ninput 8\nb\n",
    ),
    "misplaced-output": Code(
        "The outputs are named once, outside loops.", "input 8\nrepeat 2 { relu as x; output x }\n"
    ),
    "no-input": Code("There is nothing to apply a step to: the model has no input yet.", "dense(3)\n"),
    "no-layers": Code("The model does nothing to its input.", "input 8\nskip\n"),
    "no-single-tensor": Code(
        "Several tensors are the current ones, after `from a, b`, where one is wanted. Merge them, or go on from one.",
        "input 8\nrelu as x\nfrom x, x -> _ as z\n",
    ),
    "no-such-axis": Code("The tensor has no such axis.", "input 8\ndense(height)\n"),
    "no-tensor": Code(
        "The shape of a tensor is read where there is none: in a value for `--set`, or in a variant's argument.",
        "model a(width = 3) { input 8; dense(width) }\nmodel b = a(width = channels)\n",
        model="b",
    ),
    "not-a-merge": Code(
        "Branches in braces go to a merge: `add`, `concat`, `multiply`, `subtract`, `average`, `maximum`, `minimum`. "
        "It is given branches or tensors, not both.",
        "input 8x8x3\nconv(3, 1x1) { | skip | relu }\n",
    ),
    "open-dimension": Code(
        "A number is needed, and an input left the dimension open, as `?` or by a name: the layer's weights have that "
        "shape.",
        "input (T, 80)\nflatten -> dense(10)\n",
    ),
    "shape-mismatch": Code(
        "The tensors that meet here do not fit: the merge says which axes must agree. Bring them to one shape, with a "
        "convolution of one kernel position for the channels, with strides and `same` padding for the lengths.",
        "input 28x28x64\nadd {\n  | conv(128, 3x3, same)\n  | skip\n}\n",
    ),
    "too-many-layers": Code(
        "A network has at most ten million layers, of which 20,000 may be written out one by one because no two "
        "neighbours are equal.",
        "input 8\ndense(8) * 1_000_000_000\n",
    ),
    "unknown-dtype": Code("There is no such data type.", "input 8 : integer\ndense(3)\n"),
    "wrong-dtype": Code(
        "The layer takes tensors of another data type.",
        "input 8\none_hot(10)\n",
    ),
    "wrong-input-count": Code(
        "The layer takes another number of tensors. A merge takes branches, `add { | … | skip }`, or tensors.",
        "input 8\nadd\n",
    ),
    "wrong-rank": Code(
        "The layer takes tensors with another number of axes. The batch axis is not counted.", "input 8\nconv(4, 3)\n"
    ),
    "wrong-result-count": Code(
        "`as (a, b)` names every result of a step, or one name names the first.", "input 60x1\nlstm(8) as (out, h)\n"
    ),
    # --- shared steps ----------------------------------------------------------------------------------------------
    "not-shareable": Code(
        "`shared` declares one layer or one block, without tensors: each use gives it its own.",
        "input 8\nshared f = (dense(8) -> relu)\nf\n",
    ),
    "shared-in-loop": Code(
        "A shared step is declared once. Declare it before the loop: its uses in the loop share their weights.",
        "input 8\nrepeat 3 { shared f = dense(8); f }\n",
    ),
    "shared-mismatch": Code(
        "A shared step has the weights that its first use needed, and this use needs others.",
        "input 8\nshared f = dense(16)\nf -> f\n",
    ),
    "shared-outside": Code(
        "A block's weights are its own, so it cannot use a step that the definition around it shares.",
        "model m {\n  input 8\n  shared f = dense(8)\n  block b { f }\n  b\n}\n",
    ),
    # --- expectations ----------------------------------------------------------------------------------------------
    "expectation-failed": Code(
        "The spec expects another shape or figure than it has. Either is wrong: both are in the message.",
        "input 8\ndense(3)\nexpect params == 24\n",
    ),
    "incomplete-expectation": Code(
        "A figure is expected, but not what it should be.", "input 8\ndense(3)\nexpect params\n"
    ),
    "unknown-metric": Code("There is no such figure.", "input 8\ndense(3)\nexpect weights == 27\n"),
    # --- what compiles and is hardly meant --------------------------------------------------------------------------
    "bias-before-norm": Code(
        "Batch normalization takes the mean out of what it is given, and with it the bias of the layer before; it adds "
        "one of its own. `no_bias` saves the parameters. Many published networks keep them.",
        "input 32x32x3\nconv(8, 3x3) -> bn\n",
        severity="warning",
        on_demand=True,
    ),
    "dropout-at-output": Code(
        "Dropout after the last layer drops results, not features. It belongs before that layer.",
        "input 8\ndense(10) -> dropout(0.5)\n",
        severity="warning",
    ),
    "missing-channels": Code(
        "A square input without channels goes into a layer that takes 1-D, 2-D or 3-D data by the rank of the tensor: "
        "here it is a sequence. An image has three axes, `28x28x1`. Where a sequence is meant, the layer's full name "
        "says so: `conv1d`.",
        "input 28x28\nconv(8, 3)\n",
        severity="warning",
    ),
    "norm-at-output": Code(
        "A normalization follows the softmax or sigmoid of the last layer: its result is no probability any more.",
        "input 8\ndense(10, softmax) -> bn\n",
        severity="warning",
    ),
    "repeated-activation": Code(
        "An activation follows a layer that ends with one. Mostly one of them is left over.",
        "input 8\ndense(10, relu) -> relu\n",
        severity="warning",
    ),
    "repeated-softmax": Code(
        "A softmax of probabilities is nearly uniform, and hardly trains.",
        "input 8\ndense(10, softmax) -> softmax\n",
        severity="warning",
    ),
    "softmax-of-one": Code(
        "A softmax makes its numbers add up to 1, so a single number becomes 1, whatever it was. `sigmoid` makes a "
        "probability of one number.",
        "input 8\ndense(1, softmax)\n",
        severity="warning",
    ),
    "unreachable-branch": Code(
        "A condition is always true, or always false, or a loop never runs, whatever the parameters are.",
        "input 8\nif 3 > 4 { relu }\ndense(3)\n",
        severity="warning",
    ),
    "unused-block": Code(
        "No model of the file uses this block. Only in a file without models blocks are there for others.",
        "block b { dense(4) }\ninput 8\ndense(3)\n",
        severity="warning",
    ),
    "unused-parameter": Code(
        "A model or block has a parameter that it never reads. A name that begins with `_` says that this is meant.",
        "block b(n, k) { dense(n) }\ninput 8\nb(3, 4)\n",
        severity="warning",
    ),
    "unused-shared": Code(
        "A shared step is declared and never used. It does not run where it is declared.",
        "input 8\nshared f = dense(3)\ndense(4)\n",
        severity="warning",
    ),
    "unused-tensor": Code(
        "A tensor is named, and nothing goes on from it. A name that begins with `_` says that this is meant.",
        "input 8\ndense(4) as hidden\ndense(3)\n",
        severity="warning",
    ),
    "unused-variable": Code(
        "A `let` sets a variable that nothing reads. A name that begins with `_` says that this is meant.",
        "input 8\nlet width = 4\ndense(3)\n",
        severity="warning",
    ),
    "wasted-kernel": Code(
        "The tensor has shrunk to a single position, and a larger kernel works on it: all of its weights but those in "
        "the middle meet nothing but padding.",
        "input 2x2x8\nmax_pool(2x2) -> conv(8, 3x3, same)\n",
        severity="warning",
    ),
    # --- all of them -----------------------------------------------------------------------------------------------
    "more-errors": Code(
        "There are more errors than anybody reads, and what comes behind so many is not looked for.",
        "",
        severity="note",
    ),
    # --- backends --------------------------------------------------------------------------------------------------
    "unsupported-code": Code("The network compiles, but its source code cannot be written.", ""),
}
#: What each code means. They are stable: tools may rely on them.
