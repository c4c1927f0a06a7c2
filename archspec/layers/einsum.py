"""Dense layers over any axes, as an equation says."""

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, Any, NamedTuple

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, Layer, RuleError, Weight, Window, known
from archspec.layers.configs import (
    Activation,
    Constraint,
    Initializer,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spelling import Short
from archspec.tensor import Dim, TensorType, show_dim

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class _Terms(NamedTuple):
    """The letters of an equation for the input, the kernel and the output, and the length of each letter."""

    kernel: str
    output: str
    lengths: Mapping[str, Dim]
    #: The lengths of the output, the batch left out.
    shape: tuple[Dim, ...]


class EinsumDense(Layer):
    """Fully connected over the axes that an equation names; `output_shape` gives the new lengths, none for the others.

    The batch counts as an axis of the equation, and not in `output_shape`.

    ```arch
    input 128x512
    einsum_dense("bsd,dhk->bshk", output_shape=(none, 8, 64), bias_axes="hk")
    ```
    ```python
    keras.layers.EinsumDense("bsd,dhk->bshk", output_shape=(None, 8, 64), bias_axes="hk")
    ```
    """

    kind = "EinsumDense"
    names = ("einsum_dense",)
    category = "dense"
    keras = Construct("keras.layers.EinsumDense", positional=("equation",))

    equation: str
    output_shape: tuple[PositiveInt | None, ...]
    activation: Activation = None
    bias_axes: str | None = None
    kernel_initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: Annotated[Regularizer, Short("reg")] = None
    bias_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None

    @field_validator("equation")
    @classmethod
    def _is_equation(cls, value: str) -> str:
        found = _EQUATION.fullmatch(value)
        if not found or (found[1], found[3]) != (found[5], found[7]) or (found[1] and found[3]):
            raise PydanticCustomError("equation", 'must be like "ab,bc->ac", "...b,bc->...c" or "ab...,bc->ac..."')
        unknown = sorted(set(found[6]) - set(found[2]) - set(found[4]))
        if unknown:
            raise PydanticCustomError("equation", "gives `{letter}` in the output only", {"letter": unknown[0]})
        return value

    @field_validator("output_shape", mode="before")
    @classmethod
    def _one_length(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("bias_axes")
    @classmethod
    def _in_the_output(cls, value: str | None, info: Any) -> str | None:
        found = _EQUATION.fullmatch(info.data.get("equation", ""))
        if value is not None and found and not set(value) <= set(found[6]):
            raise PydanticCustomError("bias_axes", "must be letters of the output, `{output}`", {"output": found[6]})
        return value

    def _terms(self, x: TensorType) -> _Terms:
        found = _EQUATION.fullmatch(self.equation)
        assert found is not None, self.equation
        before, inputs, behind, kernel, _, output, _ = found.groups()
        # The batch is an axis of the equation: unknown, and never a part of the kernel.
        given: tuple[Dim, ...] = (None, *x.shape)
        elided = len(given) - len(inputs)
        if elided < 0 or (elided > 0 and not (before or behind)):
            raise RuleError(
                f"`{self.equation}` takes {len(inputs)} axes with the batch, but its input has {len(given)}",
                code="wrong-rank",
                argument="equation",
            )
        own, rest = (given[elided:], given[:elided]) if before else (given[: len(inputs)], given[len(inputs) :])
        new: tuple[Dim, ...] = self.output_shape
        shape = (*rest[1:], *new) if before and elided else (*new, *rest) if behind else new
        whole = (None, *shape)
        if len(whole) != len(output) + elided:
            raise RuleError(
                f"`output_shape` has {len(new)} lengths, and `{self.equation}` needs "
                f"{len(output) - (0 if before and elided else 1)}",
                argument="output_shape",
            )
        lengths: dict[str, Dim] = dict(zip(inputs, own, strict=True))
        results = whole[elided:] if before else whole[: len(output)]
        for letter, length in zip(output, results, strict=True):
            if letter in lengths and length is not None and lengths[letter] != length:
                raise RuleError(
                    f"`{letter}` is {show_dim(lengths[letter])} in the input and {show_dim(length)} in `output_shape`",
                    argument="output_shape",
                )
            lengths[letter] = lengths.get(letter) if length is None else length
        named = [lengths[letter] for letter in output]
        full = (
            (*shape[: len(shape) - len(output)], *named)
            if before and elided
            else (*named[1:], *shape[len(output) - 1 :])
        )
        return _Terms(kernel, output, lengths, full)

    def output(self, x: TensorType) -> TensorType:
        terms = self._terms(x)
        return TensorType(terms.shape)

    def _kernel(self, terms: _Terms) -> tuple[int, ...]:
        return tuple(known(terms.lengths.get(c), f"the axis `{c}` of the kernel") for c in terms.kernel)

    def weights(self, x: TensorType) -> Iterator[Weight]:
        terms = self._terms(x)
        yield Weight("kernel", self._kernel(terms), initializer=self.kernel_initializer)
        if self.bias_axes:
            first = min(map(terms.output.index, self.bias_axes))
            shape = (
                known(terms.lengths[c], f"the axis `{c}` of the bias") if c in self.bias_axes else 1
                for c in terms.output[first:]
            )
            # Keras's bias goes along the axes that `...` stands for behind the letters.
            behind = (1,) * (len(terms.shape) + 1 - len(terms.output)) if self.equation.endswith("...") else ()
            yield Weight("bias", (*shape, *behind), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        terms = self._terms(inputs[0])
        # Each output is a sum over the letters that it lacks.
        summed = [terms.lengths[c] for c in dict.fromkeys(terms.lengths) if c not in terms.output]
        elements = outputs[0].elements
        if elements is None or not all(isinstance(d, int) for d in summed):
            return None
        return elements * prod(d for d in summed if isinstance(d, int))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE
