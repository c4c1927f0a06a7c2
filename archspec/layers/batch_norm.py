"""Batch normalisation, and what every normalisation shares. `axis` counts the batch as axis 0, as Keras does."""

from collections.abc import Iterator
from typing import Any, ClassVar

from archspec.layers.base import WHOLE, Layer, Weight, Window, known, pointwise
from archspec.layers.configs import NamedConstraint, NamedInitializer, NamedRegularizer
from archspec.layers.recipe import Construct
from archspec.layers.spatial import resolve_axis
from archspec.tensor import FLOAT, TensorType

Axes = int | tuple[int, ...]


def positions(axis: Axes, x: TensorType) -> tuple[int, ...]:
    """Return the positions in `x.shape` of some axes, in the order of Keras's weights."""
    axes = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
    return tuple(resolve_axis(a, x) for a in axes)


def lengths(axis: Axes, x: TensorType) -> tuple[int, ...]:
    return tuple(known(x.shape[p], "the length of the normalised axis") for p in positions(axis, x))


class Normalisation(Layer):
    category = "norm"

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return 0


class AlongAxis(Normalisation):
    axis: Any

    def output(self, x: TensorType) -> TensorType:
        positions(self.axis, x)
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if positions(self.axis, x) == (x.rank - 1,) else WHOLE


class BatchNormalization(AlongAxis):
    """Brings each channel to mean 0 and variance 1 over the batch; then scales and shifts it.

    ```arch
    input 32x32x16
    bn
    ```
    ```python
    keras.layers.BatchNormalization()
    ```
    """

    kind = "BatchNormalization"
    names: ClassVar[tuple[str, ...]] = ("batch_normalization", "bn", "batch_norm")
    keras = Construct("keras.layers.BatchNormalization")
    uses_training = True

    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 0.001
    center: bool = True
    scale: bool = True
    beta_initializer: NamedInitializer = "zeros"
    gamma_initializer: NamedInitializer = "ones"
    moving_mean_initializer: NamedInitializer = "zeros"
    moving_variance_initializer: NamedInitializer = "ones"
    beta_regularizer: NamedRegularizer = None
    gamma_regularizer: NamedRegularizer = None
    beta_constraint: NamedConstraint = None
    gamma_constraint: NamedConstraint = None
    renorm: bool = False
    renorm_momentum: float = 0.99
    synchronized: bool = False

    def weights(self, x: TensorType) -> Iterator[Weight]:
        shape = lengths(self.axis, x)
        if self.scale:
            yield Weight("gamma", shape, initializer=self.gamma_initializer)
        if self.center:
            yield Weight("beta", shape, initializer=self.beta_initializer)
        # Keras counts moving statistics as weights but not as trainable ones; so do we.
        yield Weight("moving_mean", shape, trainable=False, initializer=self.moving_mean_initializer)
        yield Weight("moving_variance", shape, trainable=False, initializer=self.moving_variance_initializer)
        if self.renorm:
            yield Weight("moving_stddev", shape, trainable=False)
            yield Weight("renorm_mean", shape, trainable=False)
            yield Weight("renorm_stddev", shape, trainable=False)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        # In inference the statistics are constants.
        return pointwise(x)
