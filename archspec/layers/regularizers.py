"""Regularisers: what the size of weights or outputs adds to the loss."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat

from archspec.layers.configs import Config, Single
from archspec.layers.recipe import Construct


class L1(Config):
    """The sum of absolute values, times `l1`: `l1(0.001)`."""

    kind = "L1"
    category = "regularizer"
    names = ("l1",)
    keras = Construct("keras.regularizers.L1", positional=("l1",))

    l1: Annotated[Single, Field(ge=0)] = 0.01


class L2(Config):
    """The sum of squares, times `l2`: `l2(0.0001)`."""

    kind = "L2"
    category = "regularizer"
    names = ("l2",)
    keras = Construct("keras.regularizers.L2", positional=("l2",))

    l2: NonNegativeFloat = 0.01


class L1L2(Config):
    """Both sums: `l1_l2(l1=0.001, l2=0.0001)`."""

    kind = "L1L2"
    category = "regularizer"
    names = ("l1_l2",)
    keras = Construct("keras.regularizers.L1L2")
    bare = False

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0


class OrthogonalRegularizer(Config):
    """Pulls the rows (or columns) of a matrix apart: for kernels of two axes."""

    kind = "OrthogonalRegularizer"
    category = "regularizer"
    names = ("orthogonal_regularizer",)
    keras = Construct("keras.regularizers.OrthogonalRegularizer", positional=("factor",))

    factor: Single = 0.01
    mode: Literal["rows", "columns"] = "rows"
