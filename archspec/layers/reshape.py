"""Layers that only rearrange: flatten, reshape, permute, repeat."""

from math import prod
from typing import Any

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, taken
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank
from archspec.tensor import Dim, TensorType, show_shape


class Rearranging(Weightless):
    category = "reshape"

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Flatten(Rearranging):
    """All axes into one.

    ```arch
    input 7x7x512
    flatten
    ```
    ```python
    keras.layers.Flatten()
    ```
    """

    kind = "Flatten"
    names = ("flatten",)
    keras = Construct("keras.layers.Flatten")

    def output(self, x: TensorType) -> TensorType:
        return taken(x).with_shape((_product(x.shape),))


class Reshape(Rearranging):
    """Another shape for the same values in the same order; -1 stands for what is left.

    ```arch
    input 784
    reshape((28, 28, 1))
    ```
    ```python
    keras.layers.Reshape((28, 28, 1))
    ```
    """

    kind = "Reshape"
    names = ("reshape",)
    keras = Construct("keras.layers.Reshape", positional=("target_shape",))

    target_shape: tuple[int, ...]

    @field_validator("target_shape", mode="before")
    @classmethod
    def _one_axis(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("target_shape")
    @classmethod
    def _one_open(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not all(length > 0 or length == -1 for length in value):
            raise PydanticCustomError("target_shape", "must hold lengths from 1 on, or -1 for what is left")
        if value.count(-1) > 1:
            raise PydanticCustomError("target_shape", "must not have more than one -1")
        return value

    def output(self, x: TensorType) -> TensorType:
        given = prod(length for length in self.target_shape if length != -1)
        elements = x.elements
        target = show_shape(self.target_shape)
        if -1 not in self.target_shape:
            if elements is not None and elements != given:
                raise RuleError(
                    f"{x} has {elements} values, and {target} has {given}",
                    argument="target_shape",
                    help=self._open_axis(elements),
                )
            return taken(x).with_shape(self.target_shape)
        rest: Dim = None
        if elements is not None:
            if elements % given:
                raise RuleError(f"{x} has {elements} values, which {given} does not divide", argument="target_shape")
            rest = elements // given
        else:
            rest = _quotient(_product(x.shape), given)
        return taken(x).with_shape(rest if length == -1 else length for length in self.target_shape)

    def _open_axis(self, elements: int) -> str:
        rest = prod(self.target_shape[:-1])
        if elements % rest:
            return ""
        fitting = show_shape((*self.target_shape[:-1], elements // rest))
        return f"a reshape keeps the values of each sample: {fitting} would fit"


class Permute(Rearranging):
    """The axes in another order; they count from 1, the batch stays where it is.

    ```arch
    input 10x64
    permute((2, 1))
    ```
    ```python
    keras.layers.Permute((2, 1))
    ```
    """

    kind = "Permute"
    names = ("permute",)
    keras = Construct("keras.layers.Permute", positional=("dims",))

    dims: tuple[PositiveInt, ...]

    @field_validator("dims")
    @classmethod
    def _is_permutation(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(value) != list(range(1, len(value) + 1)):
            raise PydanticCustomError("dims", "must hold every axis from 1 on once")
        return value

    def output(self, x: TensorType) -> TensorType:
        if x.rank != len(self.dims):
            raise RuleError(
                f"`dims` orders {len(self.dims)} axes, but {x} has {x.rank}", code="wrong-rank", argument="dims"
            )
        return taken(x).with_shape(x.shape[axis - 1] for axis in self.dims)


class RepeatVector(Rearranging):
    """A vector `n` times, as a sequence.

    ```arch
    input 64
    repeat_vector(10)
    ```
    ```python
    keras.layers.RepeatVector(10)
    ```
    """

    kind = "RepeatVector"
    names = ("repeat_vector",)
    keras = Construct("keras.layers.RepeatVector", positional=("n",))

    n: PositiveInt

    def output(self, x: TensorType) -> TensorType:
        check_rank(self, x, 1, "one axis")
        return TensorType((self.n, *x.shape))


def _product(shape: tuple[Dim, ...]) -> Dim:
    """Return the product of some lengths, or None where one is unknown."""
    product: Dim = 1
    for length in shape:
        if length is None or product is None:
            return None
        product = length if product == 1 else product * length
    return product


def _quotient(product: Dim, divisor: int) -> Dim:
    return None if product is None else product // divisor
