"""Raw columns made into categories, and categories into vectors, where that lives inside the model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, pointwise
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank
from archspec.tensor import TensorType


class Categories(Weightless):
    category = "embedding"

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE

    def encoded(self, x: TensorType, width: int, mode: str) -> TensorType:
        """Return the type of categories as vectors: one for each, or one for all."""
        if mode == "one_hot":
            # Keras takes a last axis of one category for none.
            return TensorType((*(x.shape[:-1] if x.shape[-1:] == (1,) else x.shape), width))
        check_rank(self, x, 1, "one axis of categories")
        return TensorType((width,))


class CategoryEncoding(Categories):
    """Whole numbers below `num_tokens` as vectors: which of them a sample has, how often, or one vector for each.

    ```arch
    input tags: 5 : int32
    category_encoding(100)
    ```
    ```python
    keras.layers.CategoryEncoding(100)
    ```
    """

    kind = "CategoryEncoding"
    names = ("category_encoding",)
    keras = Construct("keras.layers.CategoryEncoding", positional=("num_tokens", "output_mode"))

    num_tokens: PositiveInt
    output_mode: Literal["multi_hot", "one_hot", "count"] = "multi_hot"

    def output(self, x: TensorType) -> TensorType:
        return self.encoded(x, self.num_tokens, self.output_mode)


class Discretization(Categories):
    """The number of the range that each value lies in, between the boundaries given; or that number as a vector.

    ```arch
    input age: 1
    discretization((18, 30, 65)) -> embedding(4, 8)
    ```
    ```python
    keras.layers.Discretization((18, 30, 65))
    ```
    """

    kind = "Discretization"
    names = ("discretization",)
    keras = Construct("keras.layers.Discretization", positional=("bin_boundaries",))

    bin_boundaries: Annotated[tuple[float, ...], Field(min_length=1)]
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"

    @field_validator("bin_boundaries")
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if list(value) != sorted(value):
            raise PydanticCustomError("rising", "must rise")
        return value

    def output(self, x: TensorType) -> TensorType:
        if self.output_mode == "int":
            return x.with_dtype("int32")
        return self.encoded(x, len(self.bin_boundaries) + 1, self.output_mode)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if self.output_mode == "int" else WHOLE


class Hashing(Categories):
    """A number below `num_bins` for each value, the same for the same: for categories too many to list.

    ```arch
    input customer: 1 : int64
    hashing(1000) -> embedding(1000, 16)
    ```
    ```python
    keras.layers.Hashing(1000)
    ```
    """

    kind = "Hashing"
    names = ("hashing",)
    keras = Construct("keras.layers.Hashing", positional=("num_bins",))

    num_bins: PositiveInt
    mask_value: int | None = None
    salt: int | tuple[int, int] | None = None

    def output(self, x: TensorType) -> TensorType:
        if x.dtype == "bool" and self.mask_value is not None:
            raise RuleError("no truth value is the `mask_value`", code="wrong-dtype", argument="mask_value")
        return x.with_dtype("int64")

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)
