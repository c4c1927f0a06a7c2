"""A weight that belongs to no layer: a class token, learned positions, the scale of a branch."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import PositiveInt, field_validator

from archspec.layers.base import WHOLE, Layer, Weight, Window
from archspec.layers.configs import Constraint, Initializer, Regularizer
from archspec.layers.recipe import Construct
from archspec.layers.spelling import Pattern, Short
from archspec.tensor import TensorType


class FreeWeight(Layer):
    """A trainable tensor of its own, the same for every sample. It goes on as the current tensor; name it with `as`.

    Of the tensor before it, it takes the batch size only. Where it meets others it broadcasts as Keras's merges do.
    Keras has no such layer, so generated code brings its own.

    ```arch
    input patches: 196x768
    weight(1x768, init=normal(0.02)) as token
    concat(token, patches, axis=1)
    ```
    ```python
    FreeWeight((1, 768), initializer=keras.initializers.RandomNormal(stddev=0.02))
    ```
    """

    kind = "FreeWeight"
    names = ("weight",)
    category = "embedding"
    keras = Construct("FreeWeight", positional=("shape",), support="free_weight.py")

    reads_inputs = False

    shape: Annotated[tuple[PositiveInt, ...], Pattern("#x#"), Pattern("#x#x#"), Pattern("#x#x#x#")]
    initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    regularizer: Annotated[Regularizer, Short("reg")] = None
    constraint: Constraint = None
    trainable: bool = True

    @field_validator("shape", mode="before")
    @classmethod
    def _one_length(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    def output(self, x: TensorType) -> TensorType:
        return TensorType(self.shape)

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight("weight", self.shape, self.trainable, self.initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return 0

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE
