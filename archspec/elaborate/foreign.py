"""What layers and arguments are called elsewhere, and what stands for them here: only for `help` lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import nearest, write
from archspec.elaborate import letters
from archspec.elaborate.signature import Parameter, Signature, of_part, show_argument
from archspec.layers import registry
from archspec.layers.registry import Family
from archspec.syntax import ast

#: What stands before a name in other languages: `nn.Linear`, `keras.layers.Dense`, `F.relu`.
MODULES = {
    "torch",
    "nn",
    "functional",
    "f",
    "keras",
    "layers",
    "tf",
    "tensorflow",
    "jax",
    "flax",
    "linen",
    "np",
    "jnp",
    "ops",
    "self",
}
#: Those of them that are PyTorch's, whose layers are told the size of what they are given.
_TORCH = {"torch", "nn", "functional", "f"}

#: Names without `_` and capitals.
_STEPS = {
    "linear": "dense",
    "fc": "dense",
    "fullyconnected": "dense",
    "affine": "dense",
    "convolution": "conv",
    "convolution1d": "conv1d",
    "convolution2d": "conv2d",
    "convolution3d": "conv3d",
    "cnn": "conv",
    "deconv": "conv_transpose",
    "deconvolution": "conv_transpose",
    "transposedconv": "conv_transpose",
    "convtranspose1d": "conv1d_transpose",
    "convtranspose2d": "conv2d_transpose",
    "convtranspose3d": "conv3d_transpose",
    "batchnorm1d": "batch_norm",
    "batchnorm2d": "batch_norm",
    "batchnorm3d": "batch_norm",
    "layernorm": "layer_norm",
    "pool": "max_pool",
    "pooling": "max_pool",
    "adaptiveavgpool1d": "adaptive_average_pool1d",
    "adaptiveavgpool2d": "adaptive_average_pool2d",
    "adaptiveavgpool3d": "adaptive_average_pool3d",
    "dropout1d": "spatial_dropout1d",
    "dropout2d": "spatial_dropout2d",
    "dropout3d": "spatial_dropout3d",
    "cat": "concat",
    "merge": "concat",
    "mul": "multiply",
    "sub": "subtract",
    "unflatten": "reshape",
    "view": "reshape",
    "zeropad2d": "zero_padding2d",
    "interpolate": "resize",
    "upsample": "up_sampling2d",
    "upsampling": "up_sampling2d",
    "resblock": "residual",
    "residualblock": "residual",
    "basicblock": "residual",
    "pass": "skip",
    "noop": "skip",
}
_STEP_ADVICE = {
    "input": "an input is a statement: `input 32x32x3`",
    "return": "the last tensor is the output; others are named with `output name`",
    "sequential": "steps are joined with `->`, or stand on lines of their own",
    "model": "a model is written `model name { … }`; a file without one is a model itself",
    "module": "a model is written `model name { … }`, a part of one `block name { … }`",
    "inputlayer": "an input is a statement: `input 32x32x3`",
    "lambda": "a layer of your own is declared with `extern layer`",
    "while": "repetition is `repeat n { … }`, `for x in list { … }` or `step * n`",
    "print": "`archspec summary` prints the layers and their shapes",
}
_BOTH_WAYS = {"bilstm": "lstm", "bigru": "gru"}
#: By position, what PyTorch is told of the input. It is inferred here.
_SIZES = {
    "linear": 0,
    "conv1d": 0,
    "conv2d": 0,
    "conv3d": 0,
    "convtranspose1d": 0,
    "convtranspose2d": 0,
    "convtranspose3d": 0,
    "lstm": 0,
    "gru": 0,
    "rnn": 0,
    "batchnorm1d": 0,
    "batchnorm2d": 0,
    "batchnorm3d": 0,
    "layernorm": 0,
    "groupnorm": 1,
}
#: Layers whose further arguments by position are others than ours.
_ONE = {"linear", "lstm", "gru", "rnn"}
#: Words for values elsewhere.
VALUES = {
    "none": "none",
    "null": "none",
    "nil": "none",
    "no": "false",
    "off": "false",
    "yes": "true",
    "on": "true",
    "identity": "linear",
}
#: By an argument's name elsewhere, what it may be called here.
_ARGUMENTS = {
    "out_channels": ("filters",),
    "num_filters": ("filters",),
    "nb_filter": ("filters",),
    "out_features": ("units",),
    "features": ("filters", "units"),
    "hidden_size": ("units",),
    "hidden_dim": ("units",),
    "kernel": ("kernel_size",),
    "ksize": ("kernel_size",),
    "filter_size": ("kernel_size",),
    "size": ("kernel_size", "pool_size"),
    "window": ("pool_size",),
    "stride": ("strides",),
    "dilation": ("dilation_rate",),
    "bias": ("use_bias",),
    "pad": ("padding",),
    "p": ("rate", "padding"),
    "alpha": ("negative_slope",),
    "regularizer": ("kernel_regularizer",),
    "initializer": ("kernel_initializer",),
    "constraint": ("kernel_constraint",),
    "prob": ("rate",),
    "eps": ("epsilon",),
    "act": ("activation",),
    "nonlinearity": ("activation",),
    "init": ("kernel_initializer",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim",),
    "nhead": ("num_heads",),
    "n_heads": ("num_heads",),
    "num_groups": ("groups",),
    "scale_factor": ("size",),
    "dim": ("axis",),
}
_LISTS = "`archspec layers` lists the layers, `archspec blocks` the standard library"
_INFERRED = "the number of input channels is inferred: leave it out"
_TRAINING = "it says nothing of the architecture: leave it out"
_ARGUMENT_ADVICE = {
    "in_channels": _INFERRED,
    "in_features": _INFERRED,
    "num_features": _INFERRED,
    "input_size": _INFERRED,
    "input_dim": _INFERRED,
    "input_length": "the length is inferred: leave it out",
    "input_shape": "the shape is that of the `input` statement: leave it out",
    "batch_input_shape": "the shape is that of the `input` statement: leave it out",
    "name": "a layer is named after its step; a tensor is named with `… as name`",
    "inplace": _TRAINING,
    "batch_first": "the batch comes first everywhere: leave it out",
    "device": _TRAINING,
    "num_layers": "repeat the step instead: `step * n`",
    "bidirectional": "it is a layer around this one: `bidirectional(…)`",
    "embed_dim": "the width is inferred; `key_dim` is that of one head, `embed_dim / num_heads`",
    "keep_prob": "`rate` is what is dropped: `rate = 1 - keep_prob`",
}


def step_help(name: str, known: Iterable[str]) -> str:
    """Return the help for a step that there is not: the nearest one of `known`, or what it is called here."""
    if advice := _STEP_ADVICE.get(_key(name)):
        return advice
    found = _same(name, known) or nearest(name, known)
    if found is None and len(name) > 1 and letters.is_letters(name.upper()):
        found = name.upper()
    return f"did you mean `{found}`?" if found else _LISTS


def call_help(call: ast.Call, known: Iterable[str], text: Callable[[Span], str]) -> tuple[Span, str]:
    """Return what to underline of a step that there is not, and the help: the whole call, where all of it differs.

    `text` is what the spec says in a place.
    """
    module, name = _parts(call.name)
    if module == "self":
        return call.name.span, "a layer is written where it is used; `shared name = …` makes one for several uses"
    meant = _call(module, name, call, known, text)
    if meant:
        return call.span, f"did you mean `{meant}`?"
    help = step_help(name, known)
    if help == _LISTS and not module and call.arguments is None and call.branches is None:
        return call.name.span, f"{help}; a tensor is named by `… as {name}`"
    return call.name.span, help


def _parts(name: ast.Expr) -> tuple[str, str]:
    """Return the first part of a dotted name, "" where it is plain, and the last part."""
    if isinstance(name, ast.Attribute):
        root = name.base
        while isinstance(root, ast.Attribute):
            root = root.base
        return (root.text if isinstance(root, ast.Name) else ""), name.name.text
    assert isinstance(name, ast.Name)
    return "", name.text


def _call(module: str, name: str, call: ast.Call, known: Iterable[str], text: Callable[[Span], str]) -> str:
    """Return a call of another language as it would be here, or "" where only its name differs, or much else does."""
    arguments = list(call.arguments or ())
    if call.branches is not None or "#" in text(call.span):
        return ""
    return _another_form(name, arguments, known, text) or _translated(module, name, arguments, known, text)


def _another_form(name: str, arguments: list[ast.Argument], known: Iterable[str], text: Callable[[Span], str]) -> str:
    """Return what has another form here: `Input(shape=…)`, `bilstm(8)`, `conv3x3(16)`."""
    key, written = _key(name), [text(argument.span) for argument in arguments]
    if key in ("input", "inputlayer"):
        shapes = [a.value for a in arguments if a.name is None or a.name.text in ("shape", "input_shape")]
        return f"input {text(shapes[0].span)}" if shapes else ""
    if key in _BOTH_WAYS:
        return f"bidirectional({_BOTH_WAYS[key]}({', '.join(written)}))"
    sized = re.fullmatch(r"(\w*?[A-Za-z])_?([0-9]+x[0-9]+)", name)
    step = _same(sized[1], known) if sized else None
    return f"{step}({', '.join([*written, sized[2]])})" if sized and step else ""


def _translated(
    module: str, name: str, arguments: list[ast.Argument], known: Iterable[str], text: Callable[[Span], str]
) -> str:
    """Return a layer with its arguments under their names here, without what PyTorch is told of the input."""
    found = _same(name, known)
    layer = registry.find_layer(found) if found else None
    if layer is None or not found:
        return ""
    key, signature = _key(name), of_part(layer.typical if isinstance(layer, Family) else layer, found)
    kept = _without_sizes(arguments, key) if _is_torch(module, name) else arguments
    if key in _ONE and len([a for a in kept if a.name is None]) > 1:
        return ""
    pads = [a for a in kept if key.startswith("conv") and _pads(a)]
    said = [_argument(a, signature, known, text) for a in kept if a not in pads]
    if None in said:
        return ""
    written = [one for one in said if one]
    before = "".join(f"zero_padding({text(a.value.span)}) -> " for a in pads)
    if not before and written == [text(a.span) for a in arguments]:
        return ""
    return f"{before}{found}({', '.join(written)})".removesuffix("()")


def _is_torch(module: str, name: str) -> bool:
    known = _key(name) in ("linear", "layernorm", "groupnorm")
    return known or module.lower() in _TORCH or re.search(r"[a-z][1-3]d$", name) is not None


def _without_sizes(arguments: list[ast.Argument], key: str) -> list[ast.Argument]:
    by_position = [a for a in arguments if a.name is None]
    size = by_position[_SIZES[key]] if key in _SIZES and len(by_position) > _SIZES[key] else None
    return [a for a in arguments if a is not size]


def _pads(argument: ast.Argument) -> bool:
    """Tell whether an argument says how much to pad, which no layer with a kernel takes here."""
    value = argument.value
    is_number = isinstance(value, ast.TupleExpr) or (isinstance(value, ast.Literal) and isinstance(value.value, int))
    return is_number and argument.name is not None and argument.name.text == "padding"


def _argument(
    argument: ast.Argument, signature: Signature, known: Iterable[str], text: Callable[[Span], str]
) -> str | None:
    """Return an argument as it would be here, "" where it is left out, or None where there is none like it."""
    value = text(argument.value.span)
    match argument.value:
        case ast.Name(text="True" | "False" | "None"):
            value = value.lower()
        case ast.Apply(function=ast.Name(text=function)) if same := _same(function, known):
            value = f"{same}{value.removeprefix(function)}"
    if argument.name is None:
        return value
    name = argument.name.text
    if name == "dim" and value in ("1", "-1"):
        return ""  # the channels, which are last here
    if signature.find(name) is not None:
        return f"{name}={value}"
    if meant := _argument_name(name, signature):
        return f"{meant}={value}"
    return "" if "leave it out" in _ARGUMENT_ADVICE.get(name, "") else None


def _same(name: str, known: Iterable[str]) -> str | None:
    """Return what a step is called here that bears another name elsewhere, or is written otherwise."""
    key = _key(name)
    return _STEPS.get(key) or {_key(step): step for step in sorted(known, reverse=True)}.get(key)


def argument_help(name: str, signature: Signature) -> str:
    """Return the help for an argument that `signature` has not."""
    if (owner := _letter_help(signature, lambda p: name in _names(p))) is not None:
        return owner
    names = [n for p in signature.parameters for n in (p.name, *p.shorts)]
    spelt = (p.name for p in signature.parameters if name in _names(p))
    if found := next(spelt, None) or _argument_name(name, signature) or nearest(name, names):
        return f"did you mean `{found}`?"
    if any(category in p.bare for category in registry.find_word(name) for p in signature.parameters):
        return f"it goes without a name: `{name}(…)`"
    is_step = registry.find_layer(name) is not None or name in registry.words("activation")
    own = f"`{name}` is a step of its own: `-> {name}`" if is_step else ""
    return _ARGUMENT_ADVICE.get(name.lower(), own)


def _names(parameter: Parameter) -> tuple[str, ...]:
    return parameter.name, *parameter.shorts, *(pattern.short for pattern in parameter.patterns)


def _argument_name(name: str, signature: Signature) -> str | None:
    return next((ours for ours in _ARGUMENTS.get(name.lower(), ()) if signature.find(ours)), None)


def word_help(word: str, signature: Signature) -> str:
    """Return the help for an argument without a name that is no spelling, no variable and no tensor."""
    switches = {flag.word for p in signature.parameters for flag in p.flags}
    if word.startswith("no_") and any(flag.word == word[3:] for p in signature.parameters for flag in p.flags):
        return write(f"{word[3:]}=false")
    if (owner := _letter_help(signature, lambda p: p.spells(word))) is not None:
        return owner + _by_name(word, signature)
    longer = [switch for switch in switches if len(word) > 3 and switch.startswith(word)]
    if found := longer[0] if len(longer) == 1 else nearest(word, switches):
        return f"did you mean `{found}`?"
    if re.fullmatch(r"[a-z]{1,2}[0-9]+(x[0-9]+)*", word):
        known = dict.fromkeys(pattern.text for p in signature.parameters for pattern in p.patterns)
        return f"the spellings here are {', '.join(f'`{text}`' for text in known)}" if known else ""
    return ""


def _letter_help(signature: Signature, takes: Callable[[Parameter], bool]) -> str | None:
    """Return the help for what a letter string takes only with another letter in it; None where there is no such."""
    if not letters.is_letters(signature.name) or signature is not letters.letters_signature(signature.name):
        return None
    missing = [letter for letter in letters.LETTERS if letter not in signature.name]
    owner = next((m for m in missing if any(map(takes, letters.letters_signature(m).parameters))), None)
    if owner is None:
        return None
    layer, name = letters.LETTERS[owner].layer, signature.name
    return f"it is for the letter `{owner}`, `{layer}`, which `{name}` has not: `{name}{owner}(…)`"


def _by_name(word: str, signature: Signature) -> str:
    """Return what a spelling of a letter's own layer, which is none in a letter string, is by name."""
    for char in signature.name if word[-1].isdigit() and "." not in word else "":
        layer = letters.layer_of(letters.LETTERS[char])
        if taker := next((p for p in of_part(layer, layer.names[0]).parameters if p.spells(word)), None):
            return f"; `{taker.name}={show_argument(taker.spelt(word))}` goes by name"
    return ""


def callee_help(name: str) -> str:
    """Return the help for a step whose name means another thing elsewhere: `linear(10)`."""
    found = _STEPS.get(_key(name))
    return f"for a layer of units write `{found}(…)`" if found and registry.find_layer(found) else ""


def _key(name: str) -> str:
    return name.replace("_", "").lower()
