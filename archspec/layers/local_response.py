"""Local response normalisation, of which networks were made before there was batch normalisation."""

from pydantic import NonNegativeInt, PositiveFloat

from archspec.layers.base import Elementwise, known
from archspec.layers.recipe import Construct
from archspec.layers.spatial import last_length
from archspec.tensor import FLOAT, TensorType


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
