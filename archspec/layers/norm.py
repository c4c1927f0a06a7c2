"""Further normalisation. `axis` counts the batch as axis 0, as Keras does."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics.suggest import divisors
from archspec.layers.base import WHOLE, RuleError, Weight, Window
from archspec.layers.batch_norm import AlongAxis, Axes, BatchNormalization, Normalisation, lengths, positions
from archspec.layers.configs import NamedConstraint, NamedInitializer, NamedRegularizer
from archspec.layers.recipe import Construct
from archspec.layers.spelling import Pattern
from archspec.tensor import FLOAT, TensorType


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
        shape = lengths(self.axis, x) if self.scale or self.center else ()
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
        (position,) = positions(self.axis, x)
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
        shape = lengths(self.axis, x) if self.scale or self.center else ()
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
        yield Weight("scale", lengths(self.axis, x))


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
