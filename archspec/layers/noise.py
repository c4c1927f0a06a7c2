"""Further layers that act in training only: other kinds of dropout, noise, and a penalty on activity."""

from typing import Annotated

from pydantic import Field, NonNegativeFloat

from archspec.layers.dropout import Noisy, Rate, TrainingOnly
from archspec.layers.recipe import Construct
from archspec.layers.spatial import Spatial
from archspec.tensor import FLOAT, TensorType


class AlphaDropout(Noisy):
    """Dropout that keeps mean and variance: for networks with SELU.

    ```arch
    input 512
    alpha_dropout(0.1)
    ```
    ```python
    keras.layers.AlphaDropout(0.1)
    ```
    """

    kind = "AlphaDropout"
    names = ("alpha_dropout",)
    keras = Construct("keras.layers.AlphaDropout", positional=("rate",))


class GaussianDropout(TrainingOnly):
    """In training multiplies by normal noise of mean 1 and variance rate / (1 - rate).

    ```arch
    input 512
    gaussian_dropout(0.3)
    ```
    ```python
    keras.layers.GaussianDropout(0.3)
    ```
    """

    kind = "GaussianDropout"
    names = ("gaussian_dropout",)
    keras = Construct("keras.layers.GaussianDropout", positional=("rate",))

    rate: Rate
    seed: int | None = None


class GaussianNoise(TrainingOnly):
    """In training adds normal noise of mean 0.

    ```arch
    input 28x28x1
    gaussian_noise(0.1)
    ```
    ```python
    keras.layers.GaussianNoise(0.1)
    ```
    """

    kind = "GaussianNoise"
    names = ("gaussian_noise",)
    keras = Construct("keras.layers.GaussianNoise", positional=("stddev",))

    stddev: Annotated[float, Field(ge=0, le=1)]
    seed: int | None = None


class SpatialDropout(TrainingOnly, Spatial):
    rate: Rate
    seed: int | None = None

    def output(self, x: TensorType) -> TensorType:
        self.spatial(x)
        return x.with_dtype(FLOAT)


class SpatialDropout1D(SpatialDropout):
    """Dropout of whole channels of a sequence.

    ```arch
    input 128x16
    spatial_dropout(0.2)
    ```
    ```python
    keras.layers.SpatialDropout1D(0.2)
    ```
    """

    kind = "SpatialDropout1D"
    names = ("spatial_dropout1d",)
    family = ("spatial_dropout",)
    rank = 1
    keras = Construct("keras.layers.SpatialDropout1D", positional=("rate",))


class SpatialDropout2D(SpatialDropout):
    """Dropout of whole channels of an image.

    ```arch
    input 32x32x16
    spatial_dropout(0.2)
    ```
    ```python
    keras.layers.SpatialDropout2D(0.2)
    ```
    """

    kind = "SpatialDropout2D"
    names = ("spatial_dropout2d",)
    family = ("spatial_dropout",)
    rank = 2
    keras = Construct("keras.layers.SpatialDropout2D", positional=("rate",))


class SpatialDropout3D(SpatialDropout):
    """Dropout of whole channels of a volume.

    ```arch
    input 8x32x32x16
    spatial_dropout(0.2)
    ```
    ```python
    keras.layers.SpatialDropout3D(0.2)
    ```
    """

    kind = "SpatialDropout3D"
    names = ("spatial_dropout3d",)
    family = ("spatial_dropout",)
    rank = 3
    keras = Construct("keras.layers.SpatialDropout3D", positional=("rate",))


class ActivityRegularization(TrainingOnly):
    """Adds the size of what passes through to the loss.

    ```arch
    input 64
    activity_regularization(l2=0.01)
    ```
    ```python
    keras.layers.ActivityRegularization(l2=0.01)
    ```
    """

    kind = "ActivityRegularization"
    names = ("activity_regularization",)
    keras = Construct("keras.layers.ActivityRegularization")
    uses_training = False

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0
