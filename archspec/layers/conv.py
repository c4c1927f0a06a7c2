"""Convolutions, their transposes, and the depthwise and separable ones."""

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, prod
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics.suggest import divisors, listed
from archspec.layers.base import RuleError, Weight, Window, known
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
from archspec.layers.spatial import Dilation, Kernel, OutputPadding, Slide, Sliding, Strides, check_fractions, times
from archspec.layers.spelling import Flag, Pattern, Short
from archspec.tensor import Dim, TensorType, count, show_shape

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
        strides = info.data.get("strides", value)
        if value is not None and any(extra >= stride for extra, stride in zip(value, strides, strict=True)):
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
