"""Initialisers: what weights are before training."""

from typing import ClassVar, Literal

from archspec.layers.configs import Config
from archspec.layers.recipe import Construct


class Initializer(Config):
    category = "initializer"
    #: The fewest and the most axes of a weight that it can fill.
    axes: ClassVar[tuple[int, int | None]] = (0, None)


class Zeros(Initializer):
    """All zeros."""

    kind = "Zeros"
    names = ("zeros",)
    keras = Construct("keras.initializers.Zeros")


class Ones(Initializer):
    """All ones."""

    kind = "Ones"
    names = ("ones",)
    keras = Construct("keras.initializers.Ones")


class Constant(Initializer):
    """One value everywhere: `constant(0.1)`."""

    kind = "Constant"
    names = ("constant",)
    keras = Construct("keras.initializers.Constant", positional=("value",))
    bare = False

    value: float


class RandomNormal(Initializer):
    """Normally distributed: `normal(0.02)` has the standard deviation 0.02."""

    kind = "RandomNormal"
    names = ("random_normal", "normal")
    keras = Construct("keras.initializers.RandomNormal")

    # What is given is nearly always the deviation, so it stands first; Keras has the mean there.
    stddev: float = 0.05
    mean: float = 0.0
    seed: int | None = None


class TruncatedNormal(Initializer):
    """Normally distributed, drawn again beyond two standard deviations: `truncated_normal(0.02)`."""

    kind = "TruncatedNormal"
    names = ("truncated_normal",)
    keras = Construct("keras.initializers.TruncatedNormal")

    stddev: float = 0.05
    mean: float = 0.0
    seed: int | None = None


class RandomUniform(Initializer):
    """Uniform between two bounds: `uniform(-0.1, 0.1)`."""

    kind = "RandomUniform"
    names = ("random_uniform", "uniform")
    keras = Construct("keras.initializers.RandomUniform", positional=("minval", "maxval"))

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None


class GlorotNormal(Initializer):
    """Truncated normal of variance 2 / (inputs + outputs)."""

    kind = "GlorotNormal"
    names = ("glorot_normal",)
    keras = Construct("keras.initializers.GlorotNormal")

    seed: int | None = None


class GlorotUniform(Initializer):
    """Uniform of variance 2 / (inputs + outputs): Keras's default for kernels."""

    kind = "GlorotUniform"
    names = ("glorot_uniform",)
    keras = Construct("keras.initializers.GlorotUniform")

    seed: int | None = None


class HeNormal(Initializer):
    """Truncated normal of variance 2 / inputs: for layers with ReLU."""

    kind = "HeNormal"
    names = ("he_normal",)
    keras = Construct("keras.initializers.HeNormal")

    seed: int | None = None


class HeUniform(Initializer):
    """Uniform of variance 2 / inputs: for layers with ReLU."""

    kind = "HeUniform"
    names = ("he_uniform",)
    keras = Construct("keras.initializers.HeUniform")

    seed: int | None = None


class LecunNormal(Initializer):
    """Truncated normal of variance 1 / inputs: for layers with SELU."""

    kind = "LecunNormal"
    names = ("lecun_normal",)
    keras = Construct("keras.initializers.LecunNormal")

    seed: int | None = None


class LecunUniform(Initializer):
    """Uniform of variance 1 / inputs."""

    kind = "LecunUniform"
    names = ("lecun_uniform",)
    keras = Construct("keras.initializers.LecunUniform")

    seed: int | None = None


class VarianceScaling(Initializer):
    """Of variance scale / n, with n the inputs, the outputs or their mean: `variance_scaling(2.0, "fan_out")`."""

    kind = "VarianceScaling"
    names = ("variance_scaling",)
    keras = Construct("keras.initializers.VarianceScaling", positional=("scale",))

    scale: float = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    seed: int | None = None


class Orthogonal(Initializer):
    """A random orthogonal matrix, times `gain`."""

    kind = "Orthogonal"
    names = ("orthogonal",)
    axes = (2, None)
    keras = Construct("keras.initializers.Orthogonal")

    gain: float = 1.0
    seed: int | None = None


class Identity(Initializer):
    """The identity matrix, times `gain`. For kernels of two axes."""

    kind = "Identity"
    names = ("identity",)
    axes = (2, 2)
    keras = Construct("keras.initializers.Identity", positional=("gain",))

    gain: float = 1.0
