"""Layers that are given a layer, or cells: both directions of a sequence, each step by itself, any recurrence."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, Layer, RuleError, Takes, Weight, Window, known
from archspec.layers.cells import Cell
from archspec.layers.configs import AnyLayer, Cells, InnerLayer
from archspec.layers.recipe import Construct
from archspec.layers.recurrent import check_states
from archspec.layers.spatial import check_rank, times
from archspec.layers.spelling import Category
from archspec.record import replace
from archspec.tensor import TensorType

BackwardLayer = Annotated[Any, AnyLayer(optional=True), Category("layer", bare=False)]


def _named(prefix: str, weights: Iterable[Weight]) -> Iterator[Weight]:
    return (replace(weight, name=f"{prefix}/{weight.name}") for weight in weights)


def _all(output: TensorType | tuple[TensorType, ...]) -> tuple[TensorType, ...]:
    return output if isinstance(output, tuple) else (output,)


class RNN(Layer):
    """A recurrent layer made of a cell, or of several one above the other.

    ```arch
    input 60x5
    rnn([lstm_cell(32), lstm_cell(16)], return_sequences)
    ```
    ```python
    keras.layers.RNN([keras.layers.LSTMCell(32), keras.layers.LSTMCell(16)], return_sequences=True)
    ```
    """

    kind = "RNN"
    names = ("rnn",)
    category = "recurrent"
    takes = Takes(names=("sequences",), keywords=("initial_state",))
    keras = Construct("keras.layers.RNN", positional=("cell",))
    uses_training = True

    cell: Cells
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Return the cells, the lowest first."""
        return self.cell if isinstance(self.cell, tuple) else (self.cell,)

    def state_units(self) -> tuple[int, ...]:
        """Return the widths of the states. Raises RuleError for a list of cells: Keras has a list for each."""
        if isinstance(self.cell, tuple):
            raise RuleError(
                "the states of a list of cells are lists, not tensors",
                help="use layers one after another, `lstm(32, return_state, return_sequences)`",
                argument="cell",
            )
        return tuple(cell.units for cell in self.cells for _ in range(cell.states))

    def output(
        self, sequences: TensorType, initial_state: tuple[TensorType, ...] = ()
    ) -> TensorType | tuple[TensorType, ...]:
        check_rank(self, sequences, 2, "a sequence (steps x features)")
        steps = sequences.shape[0]
        if self.unroll and not isinstance(steps, int):
            raise RuleError("`unroll` needs a known number of steps", code="open-dimension", argument="unroll")
        if initial_state:
            check_states(self, initial_state, self.state_units())
        last = self.cells[-1].units
        result = TensorType((steps, last) if self.return_sequences else (last,))
        if not self.return_state:
            return result
        return (result, *(TensorType((units,)) for units in self.state_units()))

    def weights(self, sequences: TensorType) -> Iterator[Weight]:
        features = known(sequences.shape[-1], "the number of input features")
        for number, cell in enumerate(self.cells):
            weights = cell.weights(features)
            yield from _named(f"cell_{number}", weights) if isinstance(self.cell, tuple) else weights
            features = cell.units

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        steps, features = inputs[0].shape
        if not isinstance(steps, int) or not isinstance(features, int):
            return None
        total = 0
        for cell in self.cells:
            total += cell.macs(features)
            features = cell.units
        return steps * total

    def window(self, sequences: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class Bidirectional(Layer):
    """Runs a recurrent layer over a sequence in both directions, and merges what they give.

    With `merge_mode=none` both are results: `bidirectional(lstm(8), merge_mode=none) as (there, back)`.

    ```arch
    input 60x5
    bidirectional(lstm(64, return_sequences), merge_mode="sum")
    ```
    ```python
    keras.layers.Bidirectional(keras.layers.LSTM(64, return_sequences=True), merge_mode="sum")
    ```
    """

    kind = "Bidirectional"
    names = ("bidirectional", "bi")
    category = "recurrent"
    takes = Takes(names=("sequences",), keywords=("initial_state",))
    keras = Construct("keras.layers.Bidirectional", positional=("layer",))
    uses_training = True

    layer: InnerLayer
    merge_mode: Literal["concat", "sum", "mul", "ave"] | None = "concat"
    backward_layer: Annotated[BackwardLayer, Field(validate_default=True)] = None

    @field_validator("layer", "backward_layer")
    @classmethod
    def _is_recurrent(cls, value: Any) -> Any:
        if value is not None and "go_backwards" not in type(value).model_fields:
            raise PydanticCustomError("recurrent", "must be a recurrent layer")
        return value

    @field_validator("backward_layer")
    @classmethod
    def _goes_with_layer(cls, value: Any, info: Any) -> Any:
        layer = info.data.get("layer")
        if value is None and layer is not None and layer.go_backwards:
            raise PydanticCustomError("backwards", "is needed where `layer` goes backwards: the way there")
        if value is None or layer is None:
            return value
        if value.go_backwards == layer.go_backwards:
            raise PydanticCustomError("backwards", "must go the other way: give it `go_backwards`")
        for name in ("return_sequences", "return_state"):
            if getattr(value, name) != getattr(layer, name):
                raise PydanticCustomError("same_results", "must have the `{name}` of `layer`", {"name": name})
        return value

    @property
    def backward(self) -> Layer:
        """Return the layer for the way back: of the same arguments unless it is given."""
        found: Layer = self.layer if self.backward_layer is None else self.backward_layer
        return found

    def output(
        self, sequences: TensorType, initial_state: tuple[TensorType, ...] = ()
    ) -> TensorType | tuple[TensorType, ...]:
        if len(initial_state) % 2:
            raise RuleError(
                f"`bidirectional` takes the initial states of both directions, not {len(initial_state)}",
                argument="initial_state",
            )
        half = len(initial_state) // 2
        there = _all(self.layer.output(sequences, initial_state=initial_state[:half]))
        back = _all(self.backward.output(sequences, initial_state=initial_state[half:]))
        results = self._merged(there[0], back[0]) + there[1:] + back[1:]
        return results if len(results) > 1 else results[0]

    def _merged(self, there: TensorType, back: TensorType) -> tuple[TensorType, ...]:
        if there.shape != back.shape:
            # Keras takes the results for equally wide even where it lays them side by side.
            raise RuleError(
                f"both directions must give one shape, but they are {there} and {back}",
                code="shape-mismatch",
                argument="backward_layer",
            )
        if self.merge_mode is None:
            return there, back
        width = there.shape[-1]
        return (there if width is None or self.merge_mode != "concat" else there.with_last(2 * width),)

    def weights(self, sequences: TensorType) -> Iterator[Weight]:
        yield from _named(f"forward_{self.layer.names[0]}", self.layer.weights(sequences))
        back = self.backward.names[0] if self.backward_layer else f"backward_{self.layer.names[0]}"
        yield from _named(back, self.backward.weights(sequences))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        ways = [layer.macs(inputs, _all(layer.output(inputs[0]))) for layer in (self.layer, self.backward)]
        return None if None in ways else sum(way or 0 for way in ways)

    def window(self, sequences: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class TimeDistributed(Layer):
    """Applies a layer to every step of a sequence by itself, with the same weights.

    ```arch
    input 10x64x64x3
    time_distributed(conv(16, 3x3, relu)) -> time_distributed(gap)
    ```
    ```python
    keras.layers.TimeDistributed(keras.layers.GlobalAveragePooling2D())
    ```
    """

    kind = "TimeDistributed"
    names = ("time_distributed",)
    category = "recurrent"
    keras = Construct("keras.layers.TimeDistributed", positional=("layer",))
    uses_training = True
    hides = 1

    layer: InnerLayer

    def _step(self, x: TensorType) -> TensorType:
        if x.rank < 2:
            raise RuleError(
                f"`time_distributed` takes steps of at least one axis, but its input has the shape {x}",
                code="wrong-rank",
                input=0,
            )
        return x.with_shape(x.shape[1:])

    def output(self, x: TensorType) -> TensorType:
        made = _all(self.layer.output(self._step(x)))
        if len(made) != 1:
            raise RuleError("a layer of one result is needed for each step", argument="layer")
        return TensorType((x.shape[0], *made[0].shape))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        return _named(self.layer.names[0], self.layer.weights(self._step(x)))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        step = self._step(inputs[0])
        steps = inputs[0].shape[0]
        macs = self.layer.macs((step,), _all(self.layer.output(step)))
        return 0 if macs == 0 else times(macs, steps if isinstance(steps, int) else None)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        inner: tuple[Window, ...] | None = self.layer.window(self._step(x))
        return WHOLE if inner is None else (Window(1, 1), *inner)


#: The arguments of layers with one kernel. Embeddings Keras would turn into whole numbers, as their inputs are.
_KERNELS = {"kernel_initializer", "depthwise_initializer"}


class SpectralNormalization(Layer):
    """Divides the kernel of a layer by its largest singular value in training, as the critic of a GAN may.

    ```arch
    input 32x32x3
    spectral_norm(conv(64, 3x3, same))
    ```
    ```python
    keras.layers.SpectralNormalization(keras.layers.Conv2D(64, 3, padding="same"))
    ```
    """

    kind = "SpectralNormalization"
    names = ("spectral_normalization", "spectral_norm")
    category = "norm"
    keras = Construct("keras.layers.SpectralNormalization", positional=("layer",))
    uses_training = True

    layer: InnerLayer
    power_iterations: PositiveInt = 1

    @field_validator("layer")
    @classmethod
    def _has_kernel(cls, value: Any) -> Any:
        fields = type(value).model_fields
        if not _KERNELS & set(fields) or {"go_backwards", "pointwise_initializer"} & set(fields):
            raise PydanticCustomError("kernel", "must be a layer with a kernel, such as `conv` or `dense`")
        return value

    def output(self, x: TensorType) -> TensorType:
        (made,) = _all(self.layer.output(x))
        return made

    def weights(self, x: TensorType) -> Iterator[Weight]:
        kernel, *rest = self.layer.weights(x)
        yield from _named(self.layer.names[0], [kernel])
        yield Weight("vector_u", (1, kernel.shape[-1]), trainable=False)
        yield from _named(self.layer.names[0], rest)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        # The singular value is found in training only.
        macs: int | None = self.layer.macs(inputs, outputs)
        return macs

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        window: tuple[Window, ...] | None = self.layer.window(x)
        return window
