"""What layers and arguments are called elsewhere, and what stands for them here: only for `help` lines."""

from __future__ import annotations

from collections.abc import Iterable

from archspec.diagnostics.suggest import did_you_mean, nearest
from archspec.elaborate.signature import Signature
from archspec.layers import registry

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
    "self",
}

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
    "bilstm": "bidirectional",
    "resblock": "residual",
    "residualblock": "residual",
    "basicblock": "residual",
    "pass": "skip",
    "noop": "skip",
}
_STEP_ADVICE = {
    "sequential": "steps are joined with `->`, or stand on lines of their own",
    "model": "a model is written `model name { … }`; a file without one is a model itself",
    "module": "a model is written `model name { … }`, a part of one `block name { … }`",
    "inputlayer": "an input is a statement: `input 32x32x3`",
    "lambda": "a layer of your own is declared with `extern layer`",
    "while": "repetition is `repeat n { … }`, `for x in list { … }` or `step * n`",
    "print": "`archspec summary` prints the layers and their shapes",
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
    "p": ("rate",),
    "prob": ("rate",),
    "eps": ("epsilon",),
    "act": ("activation",),
    "nonlinearity": ("activation",),
    "init": ("kernel_initializer",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim",),
    "embed_dim": ("key_dim",),
    "nhead": ("num_heads",),
    "n_heads": ("num_heads",),
    "num_groups": ("groups",),
    "dim": ("axis",),
}
_INFERRED = "the number of input channels is inferred: leave it out"
_TRAINING = "it says nothing of the architecture: leave it out"
_ARGUMENT_ADVICE = {
    "in_channels": _INFERRED,
    "in_features": _INFERRED,
    "num_features": _INFERRED,
    "input_size": _INFERRED,
    "input_dim": _INFERRED,
    "input_shape": "the shape is that of the `input` statement: leave it out",
    "batch_input_shape": "the shape is that of the `input` statement: leave it out",
    "name": "a layer is named after its step; a tensor is named with `… as name`",
    "inplace": _TRAINING,
    "batch_first": "the batch comes first everywhere: leave it out",
    "device": _TRAINING,
    "num_layers": "repeat the step instead: `step * n`",
    "keep_prob": "`rate` is what is dropped: `rate = 1 - keep_prob`",
}


def step_help(name: str, known: Iterable[str]) -> str:
    """Return the help for a step that there is not: the nearest one of `known`, or what it is called here."""
    key = _key(name)
    if advice := _STEP_ADVICE.get(key):
        return advice
    same = {_key(step): step for step in sorted(known, reverse=True)}
    found = _STEPS.get(key) or same.get(key)
    return f"did you mean `{found}`?" if found else did_you_mean(name, same.values())


def argument_help(name: str, signature: Signature) -> str:
    """Return the help for an argument that `signature` has not."""
    names = [n for p in signature.parameters for n in (p.name, *p.shorts)]
    meant = next((ours for ours in _ARGUMENTS.get(name.lower(), ()) if ours in names), None)
    found = meant or nearest(name, names)
    return f"did you mean `{found}`?" if found else _ARGUMENT_ADVICE.get(name.lower(), "")


def callee_help(name: str) -> str:
    """Return the help for a step whose name means another thing elsewhere: `linear(10)`."""
    found = _STEPS.get(_key(name))
    return f"did you mean `{found}`?" if found and registry.find_layer(found) else ""


def _key(name: str) -> str:
    return name.replace("_", "").lower()
