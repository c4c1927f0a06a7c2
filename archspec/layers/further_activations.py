"""Further activations as layers of their own. All others are steps through the `activation` layer."""

from collections.abc import Iterator

from pydantic import NonNegativeFloat

from archspec.layers.base import WHOLE, Elementwise, RuleError, Weight, Weightless, Window, known, pointwise
from archspec.layers.configs import NamedConstraint, NamedInitializer, NamedRegularizer
from archspec.layers.recipe import Construct, Function
from archspec.layers.spatial import check_fractions, resolve_axis
from archspec.tensor import FLOAT, TensorType


class LeakyReLU(Elementwise):
    """x where positive, else x times a small slope. As in Keras the step's slope is 0.3, and the word's 0.2.

    ```arch
    input 32x32x16
    leaky_relu(0.1)
    ```
    ```python
    keras.layers.LeakyReLU(0.1)
    ```
    """

    kind = "LeakyReLU"
    names = ("leaky_relu",)
    category = "activation"
    keras = Construct("keras.layers.LeakyReLU", positional=("negative_slope",))

    negative_slope: NonNegativeFloat = 0.3


class PReLU(Elementwise):
    """ReLU with a learned slope below 0 for each element; axes in `shared_axes` share theirs.

    ```arch
    input 32x32x16
    prelu(shared_axes=(1, 2))
    ```
    ```python
    keras.layers.PReLU(shared_axes=(1, 2))
    ```
    """

    kind = "PReLU"
    names = ("prelu",)
    category = "activation"
    keras = Construct("keras.layers.PReLU")

    alpha_initializer: NamedInitializer = "zeros"
    alpha_regularizer: NamedRegularizer = None
    alpha_constraint: NamedConstraint = None
    shared_axes: tuple[int, ...] | None = None

    def output(self, x: TensorType) -> TensorType:
        for axis in self.shared_axes or ():
            if not 1 <= axis <= x.rank:
                raise RuleError(f"no axis {axis}: the axes of {x} are 1 to {x.rank}", argument="shared_axes")
        return x.with_dtype(FLOAT)

    def weights(self, x: TensorType) -> Iterator[Weight]:
        shared = self.shared_axes or ()
        shape = (1 if axis in shared else known(d, f"axis {axis}") for axis, d in enumerate(x.shape, 1))
        yield Weight("alpha", tuple(shape), initializer=self.alpha_initializer)


class ELU(Elementwise):
    """x where positive, else alpha * (exp(x) - 1).

    ```arch
    input 32x32x16
    elu
    ```
    ```python
    keras.layers.ELU()
    ```
    """

    kind = "ELU"
    names = ("elu",)
    category = "activation"
    keras = Construct("keras.layers.ELU")

    alpha: float = 1.0


class GELU(Elementwise):
    """x times the normal distribution function of x, or with `approximate` a formula close to it, as in GPT-2.

    ```arch
    input 128x3072
    gelu(approximate)
    ```
    ```python
    keras.activations.gelu(x, approximate=True)
    ```
    """

    kind = "GELU"
    names = ("gelu",)
    category = "activation"
    keras = Function("keras.activations.gelu")

    approximate: bool = False

    def output(self, x: TensorType) -> TensorType:
        check_fractions(self, x)
        return x


class Softmax(Weightless):
    """exp(x) over its sum along the last axis, or along `axis`.

    ```arch
    input 10
    softmax
    ```
    ```python
    keras.layers.Softmax()
    ```
    """

    kind = "Softmax"
    names = ("softmax",)
    category = "activation"
    keras = Construct("keras.layers.Softmax")

    axis: int | tuple[int, ...] = -1

    def _positions(self, x: TensorType) -> tuple[int, ...]:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return tuple(resolve_axis(axis, x) for axis in axes)

    def output(self, x: TensorType) -> TensorType:
        self._positions(x)
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if self._positions(x) == (x.rank - 1,) else WHOLE


class GLU(Weightless):
    """Gated linear unit: the first half of the axis, times the sigmoid of the second half.

    ```arch
    input 128x64
    glu
    ```
    ```python
    keras.ops.glu(x)
    ```
    """

    kind = "GLU"
    names = ("glu",)
    category = "activation"
    keras = Function("keras.ops.glu")

    axis: int = -1

    def output(self, x: TensorType) -> TensorType:
        check_fractions(self, x)
        position = resolve_axis(self.axis, x)
        length = x.shape[position]
        if isinstance(length, int) and length % 2:
            raise RuleError(f"`glu` halves an axis, but {length} is odd", argument="axis", input=0)
        half = None if length is None else length // 2
        return x.with_shape((*x.shape[:position], half, *x.shape[position + 1 :]))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if resolve_axis(self.axis, x) == x.rank - 1 else WHOLE
