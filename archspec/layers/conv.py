"""Convolutions."""

from collections.abc import Iterator
from math import gcd, prod
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics.suggest import divisors, listed
from archspec.layers.base import RuleError, Weight, known
from archspec.layers.configs import (
    Activation,
    Constraint,
    Initializer,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Padding,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Dilation, Kernel, Slide, Sliding, Strides, check_fractions, times
from archspec.layers.spelling import Flag, Pattern, Short
from archspec.tensor import Dim, TensorType

UseBias = Annotated[bool, Flag("no_bias", False)]
KernelInitializer = Annotated[Initializer, Short("init")]
KernelRegularizer = Annotated[Regularizer, Short("reg")]


def channels(x: TensorType) -> int:
    """Return the number of input channels. Raises RuleError where it is open."""
    return known(x.shape[-1], "the number of input channels")


class Convolution(Sliding):
    category = "conv"

    if TYPE_CHECKING:
        # Each layer declares its arguments by itself, in Keras's order.
        kernel_size: tuple[int, ...]
        strides: tuple[int, ...]
        dilation_rate: tuple[int, ...]

    def spatial(self, x: TensorType) -> tuple[Dim, ...]:
        check_fractions(self, x)
        return super().spatial(x)

    def slides(self) -> tuple[Slide, ...]:
        return tuple(map(Slide, self.kernel_size, self.strides, self.dilation_rate))


class Conv(Convolution):
    filters: PositiveInt
    kernel_size: Kernel
    strides: Strides
    padding: Padding = "valid"
    dilation_rate: Dilation
    groups: Annotated[PositiveInt, Pattern("g#")] = 1
    activation: Activation = None
    use_bias: UseBias = True
    kernel_initializer: KernelInitializer = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None

    @field_validator("groups")
    @classmethod
    def _groups_divide_filters(cls, value: int, info: Any) -> int:
        filters = info.data.get("filters", value)
        if filters % value:
            raise PydanticCustomError(
                "groups", "must divide `filters`: {known}", {"known": f"{listed(divisors(filters))} do"}
            )
        return value

    def output(self, x: TensorType) -> TensorType:
        lengths = self.slid(x, self.padding)
        width = x.shape[-1]
        if isinstance(width, int) and width % self.groups:
            common = listed(divisors(gcd(width, self.filters)))
            raise RuleError(
                f"{self.groups} groups do not divide the {width} input channels",
                help=f"both {width} and `filters`, {self.filters}, are divided by {common}",
                argument="groups",
            )
        return TensorType((*lengths, self.filters))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight(
            "kernel", (*self.kernel_size, channels(x) // self.groups, self.filters), initializer=self.kernel_initializer
        )
        if self.use_bias:
            yield Weight("bias", (self.filters,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return times(outputs[0].elements, prod(self.kernel_size) * channels(inputs[0]) // self.groups)


class Conv1D(Conv):
    """Convolution along one axis, e.g. the steps of a sequence.

    ```arch
    input 128x16
    conv1d(32, 3, causal, d2, relu)
    ```
    ```python
    keras.layers.Conv1D(32, 3, padding="causal", dilation_rate=2, activation="relu")
    ```
    """

    kind = "Conv1D"
    names = ("conv1d",)
    family = ("conv",)
    rank = 1
    keras = Construct("keras.layers.Conv1D", positional=("filters", "kernel_size"))
    paddings = ("valid", "same", "causal")

    strides: Strides = (1,)
    dilation_rate: Dilation = (1,)


class Conv2D(Conv):
    """Convolution over height and width.

    ```arch
    input 32x32x3
    conv(64, 3x3, s2, same, relu)
    ```
    ```python
    keras.layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")
    ```
    """

    kind = "Conv2D"
    names = ("conv2d",)
    family = ("conv",)
    rank = 2
    keras = Construct("keras.layers.Conv2D", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1)
    dilation_rate: Dilation = (1, 1)


class Conv3D(Conv):
    """Convolution over three axes, e.g. of a volume or a video.

    ```arch
    input 16x112x112x3
    conv3d(64, 3x3x3, same, no_bias)
    ```
    ```python
    keras.layers.Conv3D(64, 3, padding="same", use_bias=False)
    ```
    """

    kind = "Conv3D"
    names = ("conv3d",)
    family = ("conv",)
    rank = 3
    keras = Construct("keras.layers.Conv3D", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1, 1)
    dilation_rate: Dilation = (1, 1, 1)
