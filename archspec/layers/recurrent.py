"""Recurrent layers over the steps of a sequence."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, PositiveInt

from archspec.layers.base import WHOLE, Layer, RuleError, Takes, Weight, Window, known
from archspec.layers.configs import (
    Activation,
    Constraint,
    Initializer,
    NamedActivation,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank, times
from archspec.layers.spelling import Flag, Short
from archspec.tensor import TensorType, agree

UseBias = Annotated[bool, Flag("no_bias", False)]
KernelInitializer = Annotated[Initializer, Short("init")]
KernelRegularizer = Annotated[Regularizer, Short("reg")]
Share = Annotated[float, Field(ge=0, le=1)]


def check_states(layer: Layer, given: tuple[TensorType, ...], units: tuple[int, ...]) -> None:
    """Raise RuleError unless the initial states, if any are given, are as many and as wide as the layer's own."""
    if given and len(given) != len(units):
        raise RuleError(
            f"`{layer.names[0]}` takes {len(units)} initial state{'s' * (len(units) > 1)}, not {len(given)}",
            argument="initial_state",
        )
    for state, width in zip(given, units, strict=False):
        if state.rank != 1 or not agree(state.shape[0], width):
            raise RuleError(
                f"an initial state of {width} units is needed, but one has the shape {state}",
                code="shape-mismatch",
                help=f"bring it there with `dense({width})`",
                argument="initial_state",
            )


class Recurrent(Layer):
    category = "recurrent"
    takes = Takes(names=("sequences",), keywords=("initial_state",))
    uses_training = True
    #: How many matrices of `units` columns each kernel holds side by side, and how many states go from step to step.
    gates: ClassVar[int]
    states: ClassVar[int] = 1

    if TYPE_CHECKING:
        # Each layer declares its arguments by itself, in Keras's order.
        units: int
        use_bias: bool
        kernel_initializer: Any
        recurrent_initializer: Any
        bias_initializer: Any
        return_sequences: bool
        return_state: bool
        unroll: bool

    def output(
        self, sequences: TensorType, initial_state: tuple[TensorType, ...] = ()
    ) -> TensorType | tuple[TensorType, ...]:
        check_rank(self, sequences, 2, "a sequence (steps x features)")
        steps = sequences.shape[0]
        if self.unroll and not isinstance(steps, int):
            raise RuleError("`unroll` needs a known number of steps", code="open-dimension", argument="unroll")
        check_states(self, initial_state, (self.units,) * self.states)
        state = TensorType((self.units,))
        result = TensorType((steps, self.units)) if self.return_sequences else state
        return (result, *(state,) * self.states) if self.return_state else result

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def weights(self, sequences: TensorType) -> Iterator[Weight]:
        width = self.gates * self.units
        yield Weight(
            "kernel",
            (known(sequences.shape[-1], "the number of input features"), width),
            initializer=self.kernel_initializer,
        )
        yield Weight("recurrent_kernel", (self.units, width), initializer=self.recurrent_initializer)
        if self.use_bias:
            yield Weight("bias", self.bias_shape(), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        steps, features = inputs[0].shape
        if not isinstance(steps, int) or not isinstance(features, int):
            return None
        return times(steps * (features + self.units), self.gates * self.units)

    def window(self, sequences: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class SimpleRNN(Recurrent):
    """A recurrent layer without gates: `activation(x @ kernel + state @ recurrent_kernel + bias)`.

    ```arch
    input 60x5
    simple_rnn(32, return_sequences)
    ```
    ```python
    keras.layers.SimpleRNN(32, return_sequences=True)
    ```
    """

    kind = "SimpleRNN"
    names = ("simple_rnn",)
    keras = Construct("keras.layers.SimpleRNN", positional=("units",))
    gates = 1

    units: PositiveInt
    activation: Activation = "tanh"
    use_bias: UseBias = True
    kernel_initializer: KernelInitializer = "glorot_uniform"
    recurrent_initializer: NamedInitializer = "orthogonal"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
    recurrent_regularizer: NamedRegularizer = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None
    dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    unroll: bool = False
    seed: int | None = None


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997). Its states are `h` and `c`.

    ```arch
    input 60x1
    lstm(80, return_state) as (out, h, c)
    ```
    ```python
    keras.layers.LSTM(80, return_state=True)
    ```
    """

    kind = "LSTM"
    names = ("lstm",)
    keras = Construct("keras.layers.LSTM", positional=("units",))
    gates = 4
    states = 2

    units: PositiveInt
    activation: Activation = "tanh"
    recurrent_activation: NamedActivation = "sigmoid"
    use_bias: UseBias = True
    kernel_initializer: KernelInitializer = "glorot_uniform"
    recurrent_initializer: NamedInitializer = "orthogonal"
    bias_initializer: NamedInitializer = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: KernelRegularizer = None
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
    unroll: bool = False


class GRU(Recurrent):
    """Gated recurrent unit (Cho et al., 2014).

    ```arch
    input 60x1
    gru(80, return_sequences)
    ```
    ```python
    keras.layers.GRU(80, return_sequences=True)
    ```
    """

    kind = "GRU"
    names = ("gru",)
    keras = Construct("keras.layers.GRU", positional=("units",))
    gates = 3

    units: PositiveInt
    activation: Activation = "tanh"
    recurrent_activation: NamedActivation = "sigmoid"
    use_bias: UseBias = True
    kernel_initializer: KernelInitializer = "glorot_uniform"
    recurrent_initializer: NamedInitializer = "orthogonal"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: KernelRegularizer = None
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
    unroll: bool = False
    reset_after: bool = True

    def bias_shape(self) -> tuple[int, ...]:
        # With `reset_after` the two kernels have biases of their own.
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)
