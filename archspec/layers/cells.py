"""Cells: one step of a recurrent layer. They are given to `rnn`, alone or as a list, and are no steps of their own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, PositiveInt

from archspec.layers.base import Weight
from archspec.layers.configs import (
    Activation,
    Config,
    Constraint,
    Initializer,
    NamedActivation,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spelling import Flag, Short

UseBias = Annotated[bool, Flag("no_bias", False)]
KernelInitializer = Annotated[Initializer, Short("init")]
KernelRegularizer = Annotated[Regularizer, Short("reg")]
Share = Annotated[float, Field(ge=0, le=1)]


class Cell(Config):
    category = "cell"
    bare = False
    #: How many matrices of `units` columns each kernel holds side by side, and how many states go from step to step.
    gates: ClassVar[int]
    states: ClassVar[int] = 1

    if TYPE_CHECKING:
        units: int
        use_bias: bool
        kernel_initializer: Any
        recurrent_initializer: Any
        bias_initializer: Any

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def weights(self, features: int) -> Iterator[Weight]:
        """Yield the weights for inputs of so many features."""
        width = self.gates * self.units
        yield Weight("kernel", (features, width), initializer=self.kernel_initializer)
        yield Weight("recurrent_kernel", (self.units, width), initializer=self.recurrent_initializer)
        if self.use_bias:
            yield Weight("bias", self.bias_shape(), initializer=self.bias_initializer)

    def macs(self, features: int) -> int:
        """Return the multiply-accumulates of one step."""
        return (features + self.units) * self.gates * self.units


class SimpleRNNCell(Cell):
    """One step of `simple_rnn`: `rnn(simple_rnn_cell(32))`."""

    kind = "SimpleRNNCell"
    names = ("simple_rnn_cell",)
    keras = Construct("keras.layers.SimpleRNNCell", positional=("units",))
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
    kernel_constraint: Constraint = None
    recurrent_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None
    dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    seed: int | None = None


class LSTMCell(Cell):
    """One step of `lstm`: `rnn([lstm_cell(32), lstm_cell(16)])`."""

    kind = "LSTMCell"
    names = ("lstm_cell",)
    keras = Construct("keras.layers.LSTMCell", positional=("units",))
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
    kernel_constraint: Constraint = None
    recurrent_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None
    dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    seed: int | None = None


class GRUCell(Cell):
    """One step of `gru`: `rnn(gru_cell(32))`."""

    kind = "GRUCell"
    names = ("gru_cell",)
    keras = Construct("keras.layers.GRUCell", positional=("units",))
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
    kernel_constraint: Constraint = None
    recurrent_constraint: NamedConstraint = None
    bias_constraint: NamedConstraint = None
    dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    reset_after: bool = True
    seed: int | None = None

    def bias_shape(self) -> tuple[int, ...]:
        # With `reset_after` the two kernels have biases of their own.
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)
