"""Transposed convolutions."""

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import RuleError, Weight, Window
from archspec.layers.configs import (
    Activation,
    Constraint,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Padding,
)
from archspec.layers.conv import Convolution, KernelInitializer, KernelRegularizer, UseBias, channels
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Dilation, Kernel, OutputPadding, Strides, times
from archspec.tensor import TensorType, show_shape


class ConvTranspose(Convolution):
    filters: PositiveInt
    kernel_size: Kernel
    strides: Strides
    padding: Padding = "valid"
    output_padding: OutputPadding = None
    dilation_rate: Dilation
    activation: Activation = None
    use_bias: UseBias = True
    kernel_initializer: KernelInitializer = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None

    @field_validator("output_padding")
    @classmethod
    def _less_than_strides(cls, value: tuple[int, ...] | None, info: Any) -> tuple[int, ...] | None:
        strides = info.data.get("strides")
        if value and strides and any(extra >= stride for extra, stride in zip(value, strides, strict=True)):
            wanted = {"strides": show_shape(strides)}
            raise PydanticCustomError("output_padding", "must be less than `strides`, {strides}, on each axis", wanted)
        return value

    def output(self, x: TensorType) -> TensorType:
        slides, extra = self.slides(), self.output_padding or (None,) * self.rank
        if self.padding == "same" and any(s.extent % 2 == 0 and e == 0 for s, e in zip(slides, extra, strict=True)):
            raise RuleError(
                "with `same` padding and an even kernel `output_padding` must be at least 1",
                help="leave `output_padding` out: then the output is `strides` times as long as the input",
                argument="output_padding",
            )
        axes = zip(slides, self.spatial(x), extra, strict=True)
        lengths = (slide.transposed(length, self.padding, more) for slide, length, more in axes)
        return TensorType((*lengths, self.filters))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight("kernel", (*self.kernel_size, self.filters, channels(x)), initializer=self.kernel_initializer)
        if self.use_bias:
            yield Weight("bias", (self.filters,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return times(inputs[0].elements, prod(self.kernel_size) * self.filters)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        # An output position is reached by those inputs whose stretched window covers it.
        return tuple(Window(-(-slide.extent // slide.stride), Fraction(1, slide.stride)) for slide in self.slides())


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution along one axis: makes it longer by its stride.

    ```arch
    input 32x16
    conv1d_transpose(8, 4, s2, same)
    ```
    ```python
    keras.layers.Conv1DTranspose(8, 4, strides=2, padding="same")
    ```
    """

    kind = "Conv1DTranspose"
    names = ("conv1d_transpose",)
    family = ("conv_transpose",)
    rank = 1
    keras = Construct("keras.layers.Conv1DTranspose", positional=("filters", "kernel_size"))

    strides: Strides = (1,)
    dilation_rate: Dilation = (1,)


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over height and width: makes them longer by its strides.

    ```arch
    input 28x28x128
    conv_transpose(64, 2x2, s2)
    ```
    ```python
    keras.layers.Conv2DTranspose(64, 2, strides=2)
    ```
    """

    kind = "Conv2DTranspose"
    names = ("conv2d_transpose",)
    family = ("conv_transpose",)
    rank = 2
    keras = Construct("keras.layers.Conv2DTranspose", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1)
    dilation_rate: Dilation = (1, 1)


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over three axes: makes them longer by its strides.

    ```arch
    input 8x8x8x32
    conv3d_transpose(16, 2x2x2, s2)
    ```
    ```python
    keras.layers.Conv3DTranspose(16, 2, strides=2)
    ```
    """

    kind = "Conv3DTranspose"
    names = ("conv3d_transpose",)
    family = ("conv_transpose",)
    rank = 3
    keras = Construct("keras.layers.Conv3DTranspose", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1, 1)
    dilation_rate: Dilation = (1, 1, 1)
