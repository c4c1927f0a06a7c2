"""Constraints: what weights are brought back to after each training step. `axis` is the axis of each unit's inputs."""

from archspec.layers.configs import Config
from archspec.layers.recipe import Construct


class MaxNorm(Config):
    """The weights into each unit have at most this norm: `max_norm(3)`."""

    kind = "MaxNorm"
    category = "constraint"
    names = ("max_norm",)
    keras = Construct("keras.constraints.MaxNorm", positional=("max_value",))

    max_value: float = 2
    axis: int | tuple[int, ...] = 0


class MinMaxNorm(Config):
    """The norm of the weights into each unit lies between two bounds."""

    kind = "MinMaxNorm"
    category = "constraint"
    names = ("min_max_norm",)
    keras = Construct("keras.constraints.MinMaxNorm")

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: int | tuple[int, ...] = 0


class UnitNorm(Config):
    """The weights into each unit have norm 1."""

    kind = "UnitNorm"
    category = "constraint"
    names = ("unit_norm",)
    keras = Construct("keras.constraints.UnitNorm")

    axis: int | tuple[int, ...] = 0


class NonNeg(Config):
    """No weight is negative."""

    kind = "NonNeg"
    category = "constraint"
    names = ("non_neg",)
    keras = Construct("keras.constraints.NonNeg")
