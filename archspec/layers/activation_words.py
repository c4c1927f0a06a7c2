"""Activations as words: what a layer applies to its result.

Without arguments a word is Keras's function of that name, with that function's defaults. Those that take arguments
(`leaky_relu(0.1)`) are then Keras's layer of that name, which Keras accepts as an activation too. Two of Keras's
functions are missing: `threshold` cannot be named without its arguments, and `glu` halves the channels, which Keras's
layers do not see (there is a step `glu`).
"""

from pydantic import NonNegativeFloat

from archspec.layers.configs import Config
from archspec.layers.recipe import Construct


class Relu(Config):
    """max(x, 0). `relu(6)` cuts off at 6."""

    kind = "ReLU"
    category = "activation"
    names = ("relu",)
    keras = Construct("keras.layers.ReLU")

    max_value: NonNegativeFloat | None = None
    negative_slope: NonNegativeFloat = 0.0
    threshold: NonNegativeFloat = 0.0


class LeakyRelu(Config):
    """x where positive, else x times a small slope: 0.2 for the bare word, as in `keras.activations.leaky_relu`."""

    kind = "LeakyReLU"
    category = "activation"
    names = ("leaky_relu",)
    keras = Construct("keras.layers.LeakyReLU", positional=("negative_slope",))

    # No default: the layer's, 0.3, is not the function's.
    negative_slope: NonNegativeFloat


class Elu(Config):
    """x where positive, else alpha * (exp(x) - 1)."""

    kind = "ELU"
    category = "activation"
    names = ("elu",)
    keras = Construct("keras.layers.ELU")

    alpha: float = 1.0


class Softmax(Config):
    """exp(x) over its sum along the last axis, or along `axis`."""

    kind = "Softmax"
    category = "activation"
    names = ("softmax",)
    keras = Construct("keras.layers.Softmax")

    axis: int | tuple[int, ...] = -1


class Celu(Config):
    """ELU whose slope is continuous for every alpha; alpha is 1 here."""

    category = "activation"
    names = ("celu",)


class Exponential(Config):
    """exp(x)."""

    category = "activation"
    names = ("exponential",)


class Gelu(Config):
    """x times the normal distribution function of x."""

    category = "activation"
    names = ("gelu",)


class HardShrink(Config):
    """x where abs(x) > 0.5, else 0."""

    category = "activation"
    names = ("hard_shrink",)


class HardSigmoid(Config):
    """relu6(x + 3) / 6, the piecewise linear sigmoid."""

    category = "activation"
    names = ("hard_sigmoid",)


class HardSilu(Config):
    """x * hard_sigmoid(x)."""

    category = "activation"
    names = ("hard_silu", "hard_swish")


class HardTanh(Config):
    """x, cut off at -1 and 1."""

    category = "activation"
    names = ("hard_tanh",)


class Linear(Config):
    """The identity."""

    category = "activation"
    names = ("linear",)


class LogSigmoid(Config):
    """log(sigmoid(x))."""

    category = "activation"
    names = ("log_sigmoid",)


class LogSoftmax(Config):
    """Logarithm of softmax over the last axis."""

    category = "activation"
    names = ("log_softmax",)


class Mish(Config):
    """x * tanh(softplus(x))."""

    category = "activation"
    names = ("mish",)


class Relu6(Config):
    """min(max(x, 0), 6)."""

    category = "activation"
    names = ("relu6",)


class Selu(Config):
    """Scaled ELU: keeps the mean and variance of its inputs with `lecun_normal`."""

    category = "activation"
    names = ("selu",)


class Sigmoid(Config):
    """1 / (1 + exp(-x))."""

    category = "activation"
    names = ("sigmoid",)


class Silu(Config):
    """x * sigmoid(x)."""

    category = "activation"
    names = ("silu", "swish")


class SoftShrink(Config):
    """x moved towards 0 by 0.5, and 0 where abs(x) <= 0.5."""

    category = "activation"
    names = ("soft_shrink",)


class Softplus(Config):
    """log(exp(x) + 1)."""

    category = "activation"
    names = ("softplus",)


class Softsign(Config):
    """x / (abs(x) + 1)."""

    category = "activation"
    names = ("softsign",)


class SparsePlus(Config):
    """Softplus's sparse relative: 0 up to -1, x from 1 on, a parabola between."""

    category = "activation"
    names = ("sparse_plus",)


class SparseSigmoid(Config):
    """0 up to -1, 1 from 1 on, linear between."""

    category = "activation"
    names = ("sparse_sigmoid",)


class Sparsemax(Config):
    """Projects the last axis to probabilities, most of them 0."""

    category = "activation"
    names = ("sparsemax",)


class Squareplus(Config):
    """(x + sqrt(x**2 + 4)) / 2."""

    category = "activation"
    names = ("squareplus",)


class Tanh(Config):
    """Hyperbolic tangent."""

    category = "activation"
    names = ("tanh",)


class TanhShrink(Config):
    """x - tanh(x)."""

    category = "activation"
    names = ("tanh_shrink",)
