"""Convolutions of each channel by itself: depthwise ones, and separable ones, which mix the channels afterwards."""

from collections.abc import Iterator
from math import prod

from pydantic import PositiveInt

from archspec.layers.base import Weight
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
from archspec.layers.spatial import Dilation, Kernel, Strides, times
from archspec.tensor import TensorType, count


class SeparableConv(Convolution):
    strided_gaps = True

    filters: PositiveInt
    kernel_size: Kernel
    strides: Strides
    padding: Padding = "valid"
    dilation_rate: Dilation
    depth_multiplier: PositiveInt = 1
    activation: Activation = None
    use_bias: UseBias = True
    depthwise_initializer: NamedInitializer = "glorot_uniform"
    pointwise_initializer: NamedInitializer = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    depthwise_regularizer: NamedRegularizer = None
    pointwise_regularizer: NamedRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    depthwise_constraint: NamedConstraint = None
    pointwise_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None

    def output(self, x: TensorType) -> TensorType:
        return TensorType((*self.slid(x, self.padding), self.filters))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        width = channels(x)
        yield Weight(
            "depthwise_kernel",
            (*self.kernel_size, width, self.depth_multiplier),
            initializer=self.depthwise_initializer,
        )
        yield Weight(
            "pointwise_kernel",
            (*(1,) * self.rank, width * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
        )
        if self.use_bias:
            yield Weight("bias", (self.filters,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        depth = channels(inputs[0]) * self.depth_multiplier
        return times(count(outputs[0].shape[:-1]), depth * (prod(self.kernel_size) + self.filters))


class SeparableConv1D(SeparableConv):
    """Depthwise convolution along one axis, then a pointwise one that mixes the channels.

    ```arch
    input 128x16
    separable_conv1d(32, 3, same, relu)
    ```
    ```python
    keras.layers.SeparableConv1D(32, 3, padding="same", activation="relu")
    ```
    """

    kind = "SeparableConv1D"
    names = ("separable_conv1d",)
    family = ("separable_conv",)
    rank = 1
    keras = Construct("keras.layers.SeparableConv1D", positional=("filters", "kernel_size"))

    strides: Strides = (1,)
    dilation_rate: Dilation = (1,)


class SeparableConv2D(SeparableConv):
    """Depthwise convolution over height and width, then a pointwise one that mixes the channels.

    ```arch
    input 32x32x64
    separable_conv(128, 3x3, same, no_bias)
    ```
    ```python
    keras.layers.SeparableConv2D(128, 3, padding="same", use_bias=False)
    ```
    """

    kind = "SeparableConv2D"
    names = ("separable_conv2d",)
    family = ("separable_conv",)
    rank = 2
    keras = Construct("keras.layers.SeparableConv2D", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1)
    dilation_rate: Dilation = (1, 1)


class DepthwiseConv(Convolution):
    strided_gaps = True

    kernel_size: Kernel
    strides: Strides
    padding: Padding = "valid"
    depth_multiplier: PositiveInt = 1
    dilation_rate: Dilation
    activation: Activation = None
    use_bias: UseBias = True
    depthwise_initializer: KernelInitializer = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    depthwise_regularizer: KernelRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    depthwise_constraint: Constraint = None
    bias_constraint: NamedConstraint = None

    def output(self, x: TensorType) -> TensorType:
        lengths = self.slid(x, self.padding)
        width = x.shape[-1]
        return TensorType((*lengths, None if width is None else width * self.depth_multiplier))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        width = channels(x)
        yield Weight(
            "kernel", (*self.kernel_size, width, self.depth_multiplier), initializer=self.depthwise_initializer
        )
        if self.use_bias:
            yield Weight("bias", (width * self.depth_multiplier,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return times(outputs[0].elements, prod(self.kernel_size))


class DepthwiseConv1D(DepthwiseConv):
    """Convolution of each channel by itself along one axis.

    ```arch
    input 128x16
    depthwise_conv1d(5, same)
    ```
    ```python
    keras.layers.DepthwiseConv1D(5, padding="same")
    ```
    """

    kind = "DepthwiseConv1D"
    names = ("depthwise_conv1d",)
    family = ("depthwise_conv",)
    rank = 1
    keras = Construct("keras.layers.DepthwiseConv1D", positional=("kernel_size",))

    strides: Strides = (1,)
    dilation_rate: Dilation = (1,)


class DepthwiseConv2D(DepthwiseConv):
    """Convolution of each channel by itself over height and width.

    ```arch
    input 56x56x128
    depthwise_conv(3x3, s2, same, no_bias)
    ```
    ```python
    keras.layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)
    ```
    """

    kind = "DepthwiseConv2D"
    names = ("depthwise_conv2d",)
    family = ("depthwise_conv",)
    rank = 2
    keras = Construct("keras.layers.DepthwiseConv2D", positional=("kernel_size",))

    strides: Strides = (1, 1)
    dilation_rate: Dilation = (1, 1)
