"""Normalisation. `axis` counts the batch as axis 0, as Keras's does."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field, NonNegativeInt, PositiveFloat, field_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics.suggest import divisors
from archspec.layers.base import WHOLE, Elementwise, Layer, RuleError, Weight, Window, known, pointwise
from archspec.layers.configs import NamedConstraint, NamedInitializer, NamedRegularizer
from archspec.layers.recipe import Construct
from archspec.layers.spatial import last_length, resolve_axis
from archspec.layers.spelling import Pattern
from archspec.tensor import FLOAT, TensorType

Axes = int | tuple[int, ...]


def _positions(axis: Axes, x: TensorType) -> tuple[int, ...]:
    """Return the positions in `x.shape` of some axes, in the order of Keras's weights."""
    axes = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
    return tuple(resolve_axis(a, x) for a in axes)


def _lengths(axis: Axes, x: TensorType) -> tuple[int, ...]:
    return tuple(known(x.shape[p], "the length of the normalised axis") for p in _positions(axis, x))


class Normalisation(Layer):
    category = "norm"

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return 0


class AlongAxis(Normalisation):
    axis: Any

    def output(self, x: TensorType) -> TensorType:
        _positions(self.axis, x)
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if _positions(self.axis, x) == (x.rank - 1,) else WHOLE


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
        shape = _lengths(self.axis, x)
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


class InferenceBatchNormalization(BatchNormalization):
    """Batch normalisation that keeps to its moving statistics in training too; scale and offset are still learned.

    Keras has no such layer: a subclass of `keras.layers.BatchNormalization` that is called with `training=False`, since
    a functional model passes its own `training` to every layer.

    ```arch
    input 32x32x16
    inference_bn
    ```
    ```python
    InferenceBatchNormalization()
    ```
    """

    kind = "InferenceBatchNormalization"
    names = ("inference_batch_normalization", "inference_bn")
    keras = Construct("InferenceBatchNormalization", support="inference_batch_normalization.py")
    uses_training = False


class LayerNormalization(AlongAxis):
    """Brings each sample to mean 0 and variance 1 along an axis; then scales and shifts it.

    ```arch
    input 128x768
    layer_norm
    ```
    ```python
    keras.layers.LayerNormalization()
    ```
    """

    kind = "LayerNormalization"
    names = ("layer_normalization", "ln", "layer_norm")
    keras = Construct("keras.layers.LayerNormalization")

    axis: Axes = -1
    epsilon: float = 0.001
    center: bool = True
    scale: bool = True
    beta_initializer: NamedInitializer = "zeros"
    gamma_initializer: NamedInitializer = "ones"
    beta_regularizer: NamedRegularizer = None
    gamma_regularizer: NamedRegularizer = None
    beta_constraint: NamedConstraint = None
    gamma_constraint: NamedConstraint = None

    def weights(self, x: TensorType) -> Iterator[Weight]:
        shape = _lengths(self.axis, x) if self.scale or self.center else ()
        if self.scale:
            yield Weight("gamma", shape, initializer=self.gamma_initializer)
        if self.center:
            yield Weight("beta", shape, initializer=self.beta_initializer)


class GroupNormalization(Normalisation):
    """Brings groups of channels of each sample to mean 0 and variance 1. With `groups=-1` each channel is a group.

    ```arch
    input 32x32x64
    group_norm(8)
    ```
    ```python
    keras.layers.GroupNormalization(8)
    ```
    """

    kind = "GroupNormalization"
    names = ("group_normalization", "gn", "group_norm")
    keras = Construct("keras.layers.GroupNormalization", positional=("groups",))

    groups: Annotated[int, Field(ge=-1), Pattern("g#")] = 32
    axis: int = -1
    epsilon: float = 0.001
    center: bool = True
    scale: bool = True
    beta_initializer: NamedInitializer = "zeros"
    gamma_initializer: NamedInitializer = "ones"
    beta_regularizer: NamedRegularizer = None
    gamma_regularizer: NamedRegularizer = None
    beta_constraint: NamedConstraint = None
    gamma_constraint: NamedConstraint = None

    @field_validator("groups")
    @classmethod
    def _not_zero(cls, value: int) -> int:
        if value == 0:
            raise PydanticCustomError("groups", "must be at least 1 (or -1: one for each channel)")
        return value

    def output(self, x: TensorType) -> TensorType:
        (position,) = _positions(self.axis, x)
        width = x.shape[position]
        if isinstance(width, int) and self.groups != -1 and width % self.groups:
            nearest = max(n for n in divisors(width) if n <= max(self.groups, 1))
            raise RuleError(
                f"{self.groups} groups do not divide the {width} channels",
                help=f"{nearest} do",
                argument="groups",
            )
        return x.with_dtype(FLOAT)

    def weights(self, x: TensorType) -> Iterator[Weight]:
        shape = _lengths(self.axis, x) if self.scale or self.center else ()
        if self.scale:
            yield Weight("gamma", shape, initializer=self.gamma_initializer)
        if self.center:
            yield Weight("beta", shape, initializer=self.beta_initializer)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class RMSNormalization(AlongAxis):
    """Divides by the root of the mean square along an axis, and scales.

    ```arch
    input 128x768
    rms_norm
    ```
    ```python
    keras.layers.RMSNormalization()
    ```
    """

    kind = "RMSNormalization"
    names = ("rms_normalization", "rms_norm")
    keras = Construct("keras.layers.RMSNormalization")

    axis: Axes = -1
    epsilon: float = 1e-6

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight("scale", _lengths(self.axis, x))


class UnitNormalization(AlongAxis):
    """Divides by the Euclidean norm along an axis.

    ```arch
    input 128
    unit_normalization
    ```
    ```python
    keras.layers.UnitNormalization()
    ```
    """

    kind = "UnitNormalization"
    names = ("unit_normalization",)
    keras = Construct("keras.layers.UnitNormalization")

    axis: Axes = -1

    def weights(self, x: TensorType) -> Iterator[Weight]:
        return iter(())


class LocalResponseNormalization(Elementwise):
    """Divides each value by a power of the squares of its neighbours in the channels, as AlexNet does.

    `x / (bias + alpha * s) ** beta`, where s sums the squares over `depth_radius` channels on each side. The defaults
    are those of `tf.nn.local_response_normalization`. Keras has no such layer, so generated code brings its own.

    ```arch
    input 55x55x96
    lrn(2, bias=2, alpha=0.0001, beta=0.75)
    ```
    ```python
    LocalResponseNormalization(2, bias=2.0, alpha=0.0001, beta=0.75)
    ```
    """

    kind = "LocalResponseNormalization"
    names = ("local_response_normalization", "lrn")
    category = "norm"
    keras = Construct(
        "LocalResponseNormalization", positional=("depth_radius",), support="local_response_normalization.py"
    )

    depth_radius: NonNegativeInt = 5
    bias: PositiveFloat = 1.0
    alpha: float = 1.0
    beta: float = 0.5

    def output(self, x: TensorType) -> TensorType:
        known(last_length(self, x), "the number of channels")
        return x.with_dtype(FLOAT)
