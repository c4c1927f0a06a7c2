"""Dropout, and what layers share that act in training only."""

from typing import Annotated

from pydantic import Field, PositiveInt

from archspec.layers.base import Elementwise, RuleError
from archspec.layers.recipe import Construct
from archspec.tensor import FLOAT, TensorType

Rate = Annotated[float, Field(ge=0, lt=1)]
NoiseShape = Annotated[tuple[PositiveInt | None, ...] | None, Field(min_length=1)]


class TrainingOnly(Elementwise):
    category = "regularizer"
    uses_training = True


class Noisy(TrainingOnly):
    """A layer whose noise may be shared along the axes that have length 1 in `noise_shape`, the batch included."""

    rate: Rate
    noise_shape: NoiseShape = None
    seed: int | None = None

    def output(self, x: TensorType) -> TensorType:
        if self.noise_shape is not None and len(self.noise_shape) != x.rank + 1:
            raise RuleError(
                f"`noise_shape` has {len(self.noise_shape)} axes, but the input with its batch has {x.rank + 1}",
                help="write `none` for an axis that keeps the input's length",
                argument="noise_shape",
            )
        return x.with_dtype(FLOAT)


class Dropout(Noisy):
    """In training sets each value to 0 with probability `rate`, and scales the others up.

    ```arch
    input 512
    dropout(0.5)
    ```
    ```python
    keras.layers.Dropout(0.5)
    ```
    """

    kind = "Dropout"
    names = ("dropout",)
    keras = Construct("keras.layers.Dropout", positional=("rate",))
