"""Recurrent layers whose gates are convolutions."""

from collections.abc import Iterator
from math import prod
from typing import Annotated, ClassVar

from pydantic import Field, PositiveInt

from archspec.layers.base import WHOLE, RuleError, Takes, Weight, Window, known
from archspec.layers.configs import (
    Activation,
    Constraint,
    Initializer,
    NamedActivation,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Padding,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Dilation, Kernel, Slide, Sliding, Strides, check_fractions, check_rank
from archspec.layers.spelling import Flag, Short
from archspec.tensor import Dim, TensorType

Share = Annotated[float, Field(ge=0, le=1)]


class ConvLSTM(Sliding):
    category = "recurrent"
    takes: ClassVar[Takes] = Takes(names=("sequences",), keywords=("initial_state",))
    uses_training = True

    filters: PositiveInt
    kernel_size: Kernel
    strides: Strides = (1,)
    padding: Padding = "valid"
    dilation_rate: Dilation = (1,)
    activation: Activation = "tanh"
    recurrent_activation: NamedActivation = "sigmoid"
    use_bias: Annotated[bool, Flag("no_bias", False)] = True
    kernel_initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    recurrent_initializer: NamedInitializer = "orthogonal"
    bias_initializer: NamedInitializer = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Annotated[Regularizer, Short("reg")] = None
    recurrent_regularizer: NamedRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None
    dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False

    def slides(self) -> tuple[Slide, ...]:
        return tuple(map(Slide, self.kernel_size, self.strides, self.dilation_rate))

    def spatial(self, x: TensorType) -> tuple[Dim, ...]:
        check_fractions(self, x)
        check_rank(self, x, self.rank + 2, f"steps of {self.rank}-D data with channels")
        lengths = x.shape[1:-1]
        if not all(isinstance(length, int) for length in lengths):
            raise RuleError(
                f"`{self.names[0]}` needs steps of known lengths, but its input is {x}", code="open-dimension", input=0
            )
        return lengths

    def output(
        self, sequences: TensorType, initial_state: tuple[TensorType, ...] = ()
    ) -> TensorType | tuple[TensorType, ...]:
        state = TensorType((*self.slid(sequences, self.padding), self.filters))
        if initial_state and (len(initial_state) != 2 or any(given.shape != state.shape for given in initial_state)):
            raise RuleError(
                f"`{self.names[0]}` takes 2 initial states of the shape {state}",
                code="shape-mismatch",
                argument="initial_state",
            )
        result = state.with_shape((sequences.shape[0], *state.shape)) if self.return_sequences else state
        return (result, state, state) if self.return_state else result

    def weights(self, sequences: TensorType) -> Iterator[Weight]:
        channels = known(sequences.shape[-1], "the number of input channels")
        yield Weight("kernel", (*self.kernel_size, channels, 4 * self.filters), initializer=self.kernel_initializer)
        yield Weight(
            "recurrent_kernel",
            (*self.kernel_size, self.filters, 4 * self.filters),
            initializer=self.recurrent_initializer,
        )
        if self.use_bias:
            yield Weight("bias", (4 * self.filters,), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        x = inputs[0]
        sizes = (x.shape[0], *self.slid(x, self.padding), x.shape[-1])
        lengths = [size for size in sizes if isinstance(size, int)]
        if len(lengths) < len(sizes):
            return None
        *positions, channels = lengths
        return prod(positions) * prod(self.kernel_size) * (channels + self.filters) * 4 * self.filters

    def window(self, sequences: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class ConvLSTM1D(ConvLSTM):
    """An LSTM over steps of 1-D data, whose gates are convolutions.

    ```arch
    input 10x64x2
    conv_lstm1d(16, 3, same, return_sequences)
    ```
    ```python
    keras.layers.ConvLSTM1D(16, 3, padding="same", return_sequences=True)
    ```
    """

    kind = "ConvLSTM1D"
    names = ("conv_lstm1d",)
    rank = 1
    keras = Construct("keras.layers.ConvLSTM1D", positional=("filters", "kernel_size"))

    strides: Strides = (1,)
    dilation_rate: Dilation = (1,)


class ConvLSTM2D(ConvLSTM):
    """An LSTM over a film's frames, whose gates are convolutions (Shi et al., arXiv:1506.04214).

    ```arch
    input 10x64x64x1
    conv_lstm2d(64, 5x5, same, return_sequences)
    ```
    ```python
    keras.layers.ConvLSTM2D(64, 5, padding="same", return_sequences=True)
    ```
    """

    kind = "ConvLSTM2D"
    names = ("conv_lstm2d", "conv_lstm")
    rank = 2
    keras = Construct("keras.layers.ConvLSTM2D", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1)
    dilation_rate: Dilation = (1, 1)


class ConvLSTM3D(ConvLSTM):
    """An LSTM over steps of 3-D data, whose gates are convolutions.

    ```arch
    input 5x16x16x16x1
    conv_lstm3d(8, 3x3x3, same)
    ```
    ```python
    keras.layers.ConvLSTM3D(8, 3, padding="same")
    ```
    """

    kind = "ConvLSTM3D"
    names = ("conv_lstm3d",)
    rank = 3
    keras = Construct("keras.layers.ConvLSTM3D", positional=("filters", "kernel_size"))

    strides: Strides = (1, 1, 1)
    dilation_rate: Dilation = (1, 1, 1)
