"""Merges: several tensors into one."""

from collections.abc import Sequence

from archspec.layers.base import MANY, WHOLE, RuleError, Takes, Weightless, Window, known, pointwise
from archspec.layers.recipe import Construct
from archspec.layers.spatial import resolve_axis, times
from archspec.tensor import Dim, Shape, TensorType, agree, ceil_div, show_dim, show_shape

TWO = Takes(least=2, most=2, how="list")


class Merge(Weightless):
    """A merge of tensors whose shapes fit: lengths are equal, or one of them is 1, the last axes compared first."""

    category = "merge"
    takes = MANY

    def output(self, *inputs: TensorType) -> TensorType:
        shape = inputs[0].shape
        for position, x in enumerate(inputs[1:], 1):
            fitted = _broadcast(shape, x.shape)
            if fitted is None:
                # Where the tensors before it fit only by stretching, the one that set the shape is the partner.
                partner = next((y for y in inputs[:position] if y.shape == shape), inputs[0])
                raise RuleError(
                    f"`{self.names[0]}` needs inputs of one shape, but they are {_list(inputs)}",
                    code="shape-mismatch",
                    help=_repair(partner.shape, x.shape),
                    input=position,
                )
            shape = fitted
        return TensorType(shape)

    def window(self, *inputs: TensorType) -> tuple[Window, ...] | None:
        return pointwise(*inputs)


class Add(Merge):
    """The sum.

    ```arch
    input 32x32x16
    add {
      | conv(16, 3x3, same)
      | skip
    }
    ```
    ```python
    keras.layers.Add()
    ```
    """

    kind = "Add"
    names = ("add",)
    keras = Construct("keras.layers.Add")


class Subtract(Merge):
    """The first minus the second.

    ```arch
    input 16
    subtract {
      | dense(8)
      | dense(8)
    }
    ```
    ```python
    keras.layers.Subtract()
    ```
    """

    kind = "Subtract"
    names = ("subtract",)
    takes = TWO
    keras = Construct("keras.layers.Subtract")


class Multiply(Merge):
    """The product, element by element. A 1x1xC tensor scales the channels of an HxWxC one.

    ```arch
    input 32x32x16
    multiply {
      | skip
      | gap(keepdims) -> dense(16, sigmoid)
    }
    ```
    ```python
    keras.layers.Multiply()
    ```
    """

    kind = "Multiply"
    names = ("multiply",)
    keras = Construct("keras.layers.Multiply")


class Average(Merge):
    """The mean of the inputs.

    ```arch
    input 16
    average {
      | dense(8)
      | dense(8)
    }
    ```
    ```python
    keras.layers.Average()
    ```
    """

    kind = "Average"
    names = ("average",)
    keras = Construct("keras.layers.Average")


class Maximum(Merge):
    """The largest of the inputs, element by element.

    ```arch
    input 16
    maximum {
      | dense(8)
      | dense(8)
    }
    ```
    ```python
    keras.layers.Maximum()
    ```
    """

    kind = "Maximum"
    names = ("maximum",)
    keras = Construct("keras.layers.Maximum")


class Minimum(Merge):
    """The smallest of the inputs, element by element.

    ```arch
    input 16
    minimum {
      | dense(8)
      | dense(8)
    }
    ```
    ```python
    keras.layers.Minimum()
    ```
    """

    kind = "Minimum"
    names = ("minimum",)
    keras = Construct("keras.layers.Minimum")


class Concatenate(Weightless):
    """The inputs one behind the other along an axis: the channels unless `axis` says otherwise.

    ```arch
    input 32x32x16
    concat {
      | conv(8, 1x1)
      | conv(8, 3x3, same)
    }
    ```
    ```python
    keras.layers.Concatenate()
    ```
    """

    kind = "Concatenate"
    names = ("concatenate", "concat")
    category = "merge"
    takes = MANY
    keras = Construct("keras.layers.Concatenate")

    axis: int = -1

    def output(self, *inputs: TensorType) -> TensorType:
        first = inputs[0]
        axis = resolve_axis(self.axis, first)
        for position, x in enumerate(inputs[1:], 1):
            fits = x.rank == first.rank and all(
                agree(a, b) for i, (a, b) in enumerate(zip(first.shape, x.shape, strict=True)) if i != axis
            )
            if not fits:
                raise RuleError(
                    f"`concat` along axis {axis + 1} needs inputs that agree on all other axes, but they are "
                    f"{_list(inputs)}",
                    code="shape-mismatch",
                    help=_repair(first.shape, x.shape, channels_differ=True) if axis == x.rank - 1 else "",
                    input=position,
                )
        lengths = [x.shape[axis] for x in inputs]
        shape = list(first.shape)
        shape[axis] = _sum(lengths)
        return TensorType(tuple(shape))

    def window(self, *inputs: TensorType) -> tuple[Window, ...] | None:
        axis = resolve_axis(self.axis, inputs[0])
        return pointwise(*inputs) if axis == inputs[0].rank - 1 else WHOLE


class Dot(Weightless):
    """The dot products of two tensors along an axis of each: all vectors of the first with all of the second.

    ```arch
    input a: 10x64
    input b: 20x64
    dot(a, b, axes=2)
    ```
    ```python
    keras.layers.Dot(axes=2)
    ```
    """

    kind = "Dot"
    names = ("dot",)
    category = "merge"
    takes = TWO
    keras = Construct("keras.layers.Dot")

    axes: int | tuple[int, int]
    normalize: bool = False

    def _positions(self, a: TensorType, b: TensorType) -> tuple[int, int]:
        first, second = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        return resolve_axis(first, a, "axes"), resolve_axis(second, b, "axes")

    def output(self, a: TensorType, b: TensorType) -> TensorType:
        i, j = self._positions(a, b)
        if not agree(a.shape[i], b.shape[j]):
            raise RuleError(
                f"`dot` needs axes of one length, but axis {i + 1} of {a} has {show_dim(a.shape[i])} "
                f"and axis {j + 1} of {b} has {show_dim(b.shape[j])}",
                code="shape-mismatch",
                argument="axes",
                input=1,
            )
        if isinstance(a.shape[i], int) or isinstance(b.shape[j], int):
            # Keras takes two open lengths for equal, but not an open one and a known one.
            known(a.shape[i], f"axis {i + 1} of {a}")
            known(b.shape[j], f"axis {j + 1} of {b}")
        left = (*a.shape[:i], *a.shape[i + 1 :], *b.shape[:j], *b.shape[j + 1 :])
        return TensorType(left or (1,))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        a, b = inputs
        length = a.shape[self._positions(a, b)[0]]
        return times(outputs[0].elements, length if isinstance(length, int) else None)

    def window(self, a: TensorType, b: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


def _broadcast(a: Shape, b: Shape) -> Shape | None:
    """Return the shape of an elementwise result, as Keras's merges have it, or None where the shapes do not fit."""
    if len(a) < len(b):
        a, b = b, a
    shape = list(a[: len(a) - len(b)])
    for x, y in zip(a[len(a) - len(b) :], b, strict=True):
        if x is None or y is None:
            shape.append(None)
        elif x == y or y == 1:
            shape.append(x)
        elif x == 1:
            shape.append(y)
        else:
            return None
    return tuple(shape)


def _sum(lengths: Sequence[Dim]) -> Dim:
    total: Dim = 0
    for length in lengths:
        if length is None or total is None:
            return None
        total = total + length
    return total


def _list(inputs: Sequence[TensorType]) -> str:
    shapes = [str(x) for x in inputs]
    return f"{', '.join(shapes[:-1])} and {shapes[-1]}"


def _repair(a: Shape, b: Shape, *, channels_differ: bool = False) -> str:
    """Say which step would make two shapes one. `channels_differ` where they may."""
    if len(a) != len(b) or not a:
        return ""
    if a[:-1] == b[:-1]:
        step = "dense({})" if len(a) == 1 else "conv({}, " + "x".join("1" * (len(a) - 1)) + ")"
        return f"bring {show_shape(b)} to {show_dim(a[-1])} channels with `{step.format(show_dim(a[-1]))}`"
    for small, large in ((a, b), (b, a)):
        if factor := _factor(small[:-1], large[:-1]):
            if channels_differ or not isinstance(small[-1], int):
                return f"give the branch of shape {show_shape(large)} a stride of {factor}"
            kernel = "x".join("1" * (len(a) - 1))
            return f"bring {show_shape(large)} to {show_shape(small)} with `conv({small[-1]}, {kernel}, s{factor})`"
    for small, large in ((a[:-1], b[:-1]), (b[:-1], a[:-1])):
        if all(isinstance(s, int) and isinstance(n, int) and s < n < 2 * s for s, n in zip(small, large, strict=True)):
            return f"`same` padding keeps {show_shape(large)}: give it to what makes {show_shape(small)}"
    return "give the branches the same strides, and `same` padding"


def _factor(small: Shape, large: Shape) -> int | None:
    """Return the stride that takes every length of `large` to that of `small`, or None."""
    pairs = [(s, n) for s, n in zip(small, large, strict=True) if isinstance(s, int) and isinstance(n, int)]
    if len(pairs) < len(small):
        return None
    return next((f for f in range(2, 65) if all(ceil_div(n, f) == s for s, n in pairs)), None)
