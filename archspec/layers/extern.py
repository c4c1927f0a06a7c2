"""A layer of the user's own, declared by `extern layer`: the elaborator has worked its rules out for one use."""

from collections.abc import Iterator
from typing import Any, ClassVar

from archspec.layers.base import WHOLE, Layer, Weight, Window
from archspec.layers.recipe import Construct, Recipe
from archspec.tensor import Dim, TensorType


class Extern(Layer):
    """One use of an extern layer: where its class is, what it is made with, and what its rules came to.

    Its declaration gives a number of parameters and no weights by name, so they are shown as one.
    """

    kind = "Extern"
    names: ClassVar[tuple[str, ...]] = ()
    category = "reshape"
    keras = Construct("")
    #: It may do anything in training.
    uses_training = False

    module: str
    symbol: str
    given: tuple[tuple[str, Any], ...] = ()
    shape: tuple[Dim, ...]
    params: int = 0
    cost: int | None = 0

    @property
    def recipe(self) -> Recipe:
        return Construct(f"{self.module}.{self.symbol}", positional=tuple(name for name, _ in self.given))

    def arguments(self) -> dict[str, Any]:
        return dict(self.given)

    def output(self, *inputs: TensorType) -> TensorType:
        return inputs[0].with_shape(self.shape)

    def weights(self, *inputs: TensorType) -> Iterator[Weight]:
        if self.params:
            yield Weight("weights", (self.params,))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return self.cost

    def window(self, *inputs: Any) -> tuple[Window, ...] | None:
        return WHOLE
