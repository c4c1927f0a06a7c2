"""Layers of language models: tied embeddings, and positions as sines."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import PositiveFloat, PositiveInt

from archspec.layers.base import WHOLE, Layer, RuleError, Weight, Weightless, Window, known, pointwise
from archspec.layers.configs import Constraint, Initializer, Regularizer
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank, times
from archspec.layers.spelling import Short
from archspec.tensor import FLOAT, TensorType, agree


class ReversibleEmbedding(Layer):
    """An embedding that also leads back: with `reverse`, from vectors to a score for each of the whole numbers.

    Declared as `shared`, its two uses have the same weights (Press and Wolf, arXiv:1608.05859):

    ```arch
    input tokens: 128 : int32
    shared words = reversible_embedding(30_000, 256)
    words -> dense(256, gelu) -> words(reverse)
    ```
    ```python
    keras.layers.ReversibleEmbedding(30000, 256)
    ```
    """

    kind = "ReversibleEmbedding"
    names = ("reversible_embedding",)
    category = "embedding"
    keras = Construct("keras.layers.ReversibleEmbedding", positional=("input_dim", "output_dim"), at_call=("reverse",))

    input_dim: PositiveInt
    output_dim: PositiveInt
    tie_weights: bool = True
    embeddings_initializer: Annotated[Initializer, Short("init")] = "random_uniform"
    embeddings_regularizer: Annotated[Regularizer, Short("reg")] = None
    embeddings_constraint: Constraint = None
    mask_zero: bool = False
    logit_soft_cap: PositiveFloat | None = None
    reverse: bool = False

    def output(self, x: TensorType) -> TensorType:
        if not self.reverse:
            return TensorType((*x.shape, self.output_dim))
        if not x.rank or not agree(x.shape[-1], self.output_dim):
            raise RuleError(
                f"`{self.names[0]}` leads back from vectors of length {self.output_dim}, but its input is {x}",
                code="shape-mismatch",
                help=f"bring them there with `dense({self.output_dim})`",
                input=0,
            )
        return TensorType((*x.shape[:-1], self.input_dim))

    def weights(self, x: TensorType) -> Iterator[Weight]:
        yield Weight("embeddings", (self.input_dim, self.output_dim), initializer=self.embeddings_initializer)
        if not self.tie_weights:
            yield Weight(
                "reverse_embeddings", (self.output_dim, self.input_dim), initializer=self.embeddings_initializer
            )

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        # A lookup multiplies nothing.
        return times(inputs[0].elements, self.input_dim) if self.reverse else 0

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x) if self.reverse else (Window(1, 1),) * x.rank


class SinePositions(Weightless):
    """A vector for each step of a sequence: sines and cosines of its position (Vaswani et al., arXiv:1706.03762).

    Of its input it takes the shape only. Keras has no such layer, so generated code brings its own.

    ```arch
    input 128x512
    add { | skip | sine_positions }
    ```
    ```python
    SinePositions()
    ```
    """

    kind = "SinePositions"
    names = ("sine_positions",)
    category = "embedding"
    keras = Construct("SinePositions", support="sine_positions.py")
    reads_inputs = False

    max_wavelength: PositiveFloat = 10_000.0

    def output(self, x: TensorType) -> TensorType:
        check_rank(self, x, 2, "a sequence (steps x features)")
        known(x.shape[-1], "the number of features")
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE
