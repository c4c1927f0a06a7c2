"""Initialisers: what weights are before training."""

from __future__ import annotations

from typing import Literal

from archspec.layers.configs import Config
from archspec.layers.recipe import Construct


class Zeros(Config):
    """All zeros."""

    kind = "Zeros"
    category = "initializer"
    names = ("zeros",)
    keras = Construct("keras.initializers.Zeros")


class Ones(Config):
    """All ones."""

    kind = "Ones"
    category = "initializer"
    names = ("ones",)
    keras = Construct("keras.initializers.Ones")


class Constant(Config):
    """One value everywhere: `constant(0.1)`."""

    kind = "Constant"
    category = "initializer"
    names = ("constant",)
    keras = Construct("keras.initializers.Constant", positional=("value",))
    bare = False

    value: float


class RandomNormal(Config):
    """Normally distributed: `normal(0.02)` has the standard deviation 0.02."""

    kind = "RandomNormal"
    category = "initializer"
    names = ("random_normal", "normal")
    keras = Construct("keras.initializers.RandomNormal")

    # What is given is nearly always the deviation, so it stands first; Keras has the mean there.
    stddev: float = 0.05
    mean: float = 0.0
    seed: int | None = None


class TruncatedNormal(Config):
    """Normally distributed, drawn again beyond two standard deviations: `truncated_normal(0.02)`."""

    kind = "TruncatedNormal"
    category = "initializer"
    names = ("truncated_normal",)
    keras = Construct("keras.initializers.TruncatedNormal")

    stddev: float = 0.05
    mean: float = 0.0
    seed: int | None = None


class RandomUniform(Config):
    """Uniform between two bounds: `uniform(-0.1, 0.1)`."""

    kind = "RandomUniform"
    category = "initializer"
    names = ("random_uniform", "uniform")
    keras = Construct("keras.initializers.RandomUniform", positional=("minval", "maxval"))

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None


class GlorotNormal(Config):
    """Truncated normal of variance 2 / (inputs + outputs)."""

    kind = "GlorotNormal"
    category = "initializer"
    names = ("glorot_normal",)
    keras = Construct("keras.initializers.GlorotNormal")

    seed: int | None = None


class GlorotUniform(Config):
    """Uniform of variance 2 / (inputs + outputs): Keras's default for kernels."""

    kind = "GlorotUniform"
    category = "initializer"
    names = ("glorot_uniform",)
    keras = Construct("keras.initializers.GlorotUniform")

    seed: int | None = None


class HeNormal(Config):
    """Truncated normal of variance 2 / inputs: for layers with ReLU."""

    kind = "HeNormal"
    category = "initializer"
    names = ("he_normal",)
    keras = Construct("keras.initializers.HeNormal")

    seed: int | None = None


class HeUniform(Config):
    """Uniform of variance 2 / inputs: for layers with ReLU."""

    kind = "HeUniform"
    category = "initializer"
    names = ("he_uniform",)
    keras = Construct("keras.initializers.HeUniform")

    seed: int | None = None


class LecunNormal(Config):
    """Truncated normal of variance 1 / inputs: for layers with SELU."""

    kind = "LecunNormal"
    category = "initializer"
    names = ("lecun_normal",)
    keras = Construct("keras.initializers.LecunNormal")

    seed: int | None = None


class LecunUniform(Config):
    """Uniform of variance 1 / inputs."""

    kind = "LecunUniform"
    category = "initializer"
    names = ("lecun_uniform",)
    keras = Construct("keras.initializers.LecunUniform")

    seed: int | None = None


class VarianceScaling(Config):
    """Of variance scale / n, with n the inputs, the outputs or their mean: `variance_scaling(2.0, "fan_out")`."""

    kind = "VarianceScaling"
    category = "initializer"
    names = ("variance_scaling",)
    keras = Construct("keras.initializers.VarianceScaling", positional=("scale",))

    scale: float = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"
    seed: int | None = None


class Orthogonal(Config):
    """A random orthogonal matrix, times `gain`."""

    kind = "Orthogonal"
    category = "initializer"
    names = ("orthogonal",)
    keras = Construct("keras.initializers.Orthogonal")

    gain: float = 1.0
    seed: int | None = None


class Identity(Config):
    """The identity matrix, times `gain`. For kernels of two axes."""

    kind = "Identity"
    category = "initializer"
    names = ("identity",)
    keras = Construct("keras.initializers.Identity", positional=("gain",))

    gain: float = 1.0
