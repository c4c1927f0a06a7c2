"""Layers with arguments and inputs drawn at random: Keras and we accept and reject the same, and say the same of them.

A few dozen of each layer in the usual run; thousands with `pytest -m slow tests/layers/test_any_layer.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings

from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.tensor import Shape, TensorType, agree
from tests.layers.any_layer import Accepted, Answer, Rejected, Use, keras_layer, ours, theirs, uses
from tests.layers.layer_case import as_list, call, closed_shape, make, word

pytestmark = pytest.mark.keras

LAYERS = list(registry.all_layers())
#: What becomes of what only Keras accepts, once it runs: an error, a result that mixes the samples of a batch, one of
#: another shape or type than Keras said, or none of these, where the reason alone must do.
Outcome = Literal["fails", "mixes", "contradicts", "runs"]


@dataclass(frozen=True)
class Stricter:
    """Something that Keras accepts and we do not: our message, the layers, why, and an example."""

    says: str
    layers: str
    why: str
    outcome: Outcome
    example: Use

    def __str__(self) -> str:
        return f"{self.example.layer.names[0]}: {self.says}"


def on(name: str, *shapes: Shape, dtype: str = "float32", states: int = 0, **arguments: Any) -> Use:
    kind = registry.find_layer(name)
    assert isinstance(kind, type), name
    return Use(kind, arguments, tuple(TensorType(shape, dtype) for shape in shapes), states)


MIXED = "no layer works along the batch: what it gives for a sample would depend on the others"
IMAGE = "it works on images: Keras takes the batch for the height, or fails"
RANGE = "Keras checks the wrong ends of a pair"
CLIPPED = "no share: Keras takes it for 0 or 1"
WHOLE = "TensorFlow computes it in fractions only"
STATES = "the states are as many and as long as those of the layer"
EMPTY = "an empty tuple says nothing"
NONSENSE = "a number that makes no sense, which Keras does not check"
CONVOLUTIONS = r"(separable_|depthwise_)?conv\w*"
CELL = word("cell", "simple_rnn_cell", units=2)
STRICTER = [
    Stricter(r"axis -?\d+ is the batch", r"\w+", MIXED, "mixes", on("softmax", (4,), axis=0)),
    Stricter(r"axis -?\d+ is the batch", "concatenate", MIXED, "mixes", on("concatenate", (4,), (4,), axis=0)),
    Stricter(r"axis -?\d+ is the batch", "mean", MIXED, "mixes", on("mean", (4,), axis=0)),
    Stricter(r"no axis \d+: the axes of", "prelu", "the batch is no axis of a weight", "runs", on("prelu", (4,), shared_axes=(0,))),
    Stricter(r"has no axis", r"\w+", "there is no such axis", "fails", on("softmax", (4,), axis=3)),
    Stricter(r"has no position", "take", "there is no such position", "fails", on("take", (5,), indices=7)),
    Stricter(r"takes images \(height", r"\w+", IMAGE, "fails", on("random_flip", (6,))),
    Stricter(r"takes images \(height", r"\w+", IMAGE, "mixes", on("center_crop", (6, 6), height=3, width=3)),
    Stricter(r"takes images of", r"\w+", "it works on colors", "fails", on("random_hue", (6, 6, 4), factor=0.1)),
    Stricter(r"takes images of", r"\w+", "it works on colors", "fails", on("random_grayscale", (6, 6, 4))),
    Stricter(r"must lie between", r"(random|solar)\w+", RANGE, "runs", on("random_contrast", (6, 6, 3), factor=(0.5, 3.0))),
    Stricter(r"valid integer|greater than 0", "random_gaussian_blur", NONSENSE, "fails", on("random_gaussian_blur", (6, 6, 3), kernel_size=-1)),
    Stricter(r"greater than", "contrast_\\w+", NONSENSE, "fails", on("clahe", (6, 6, 3), tile_grid_size=(0, 2))),
    Stricter(r"greater than", "aug_mix", NONSENSE, "runs", on("aug_mix", (6, 6, 3), num_chains=0)),
    Stricter(r"greater than", "rand_augment", NONSENSE, "fails", on("rand_augment", (6, 6, 3), num_ops=-1)),
    Stricter(r"greater than", "(center|random)_crop|resizing", IMAGE, "fails", on("random_crop", (6, 6), height=0, width=3)),
    Stricter(r"should be 'horizontal'", "random_flip", "Keras does nothing then", "runs", on("random_flip", (6, 6, 3), mode="other")),
    Stricter(r"choose one", "resizing", "it cannot do both", "fails", on("resizing", (6, 6, 3), height=3, width=3, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)),
    Stricter(r"less than 1", r"(spatial_)?dropout\w*", "nothing would be left", "runs", on("dropout", (4,), rate=1.0)),
    Stricter(r"less than 1", r"\w+_dropout", "nothing would be left", "fails", on("gaussian_dropout", (4,), rate=1.0)),
    Stricter(r"at least 1 item", r"\w*dropout", EMPTY, "runs", on("dropout", (4,), rate=0.5, noise_shape=())),
    Stricter(r"greater than 0", "alpha_dropout", NONSENSE, "fails", on("alpha_dropout", (4,), rate=0.3, noise_shape=(None, 0))),
    Stricter(r"greater than 0", "split", NONSENSE, "fails", on("split", (None,), indices_or_sections=0)),
    Stricter(r"greater than 0", "top_k", NONSENSE, "mixes", on("top_k", (), k=0)),
    Stricter(r"greater than 0", "tile", NONSENSE, "mixes", on("tile", (), repeats=(1, 0))),
    Stricter(r"greater than 0", "repeat_elements", NONSENSE, "fails", on("repeat_elements", (None,), repeats=-1)),
    Stricter(r"greater than 0", "reversible_embedding", "no score would be left", "runs", on("reversible_embedding", (2,), input_dim=3, output_dim=2, reverse=True, logit_soft_cap=0.0)),
    Stricter(r"`noise_shape` has", r"\w*dropout", "it has a length for each axis", "fails", on("dropout", (4, 4), rate=0.5, noise_shape=(None, 1))),
    Stricter(r"(less than or equal to 1|greater than or equal to 0)", r"lstm|gru|simple_rnn|conv_lstm\w+|bidirectional", CLIPPED, "runs", on("lstm", (4, 3), units=2, dropout=1.5)),
    Stricter(r"(less than or equal to 1|greater than or equal to 0)", r"(additive_)?attention", CLIPPED, "fails", on("attention", (4, 3), (4, 3), dropout=1.5)),
    Stricter(r"initial states?", r"lstm|gru|simple_rnn|rnn|bidirectional", STATES, "fails", on("simple_rnn", (4, 3), (5,), units=2, states=1)),
    Stricter(r"initial states?", r"lstm|gru|simple_rnn|rnn|bidirectional", STATES, "runs", on("gru", (4, 3), (2,), (2,), units=2, states=2)),
    Stricter(r"initial states?", r"conv_lstm\w+|bidirectional", STATES, "fails", on("conv_lstm1d", (4, 3, 2), (3,), filters=2, kernel_size=2, states=1)),
    Stricter(r"`unroll` needs", r"lstm|gru|simple_rnn|rnn", "as many copies of the cell as there are steps", "runs", on("gru", (None, 3), units=2, unroll=True)),
    Stricter(r"takes a sequence", "rnn", "a cell takes features", "contradicts", on("rnn", (4, 3, 2), cell=CELL)),
    Stricter(r"`unroll` needs", "bidirectional", "as many copies of the cell as there are steps", "runs", on("bidirectional", (None, 3), layer=make("gru", 2, unroll=True))),
    Stricter(r"takes (a sequence|steps of)", "bidirectional", "Keras does not ask the layer inside", "contradicts", on("bidirectional", (4, 3, 2), layer=make("rnn", CELL))),
    Stricter(r"both directions", "bidirectional", "Keras takes them for equally wide", "contradicts", on("bidirectional", (4, 3), layer=make("gru", 2), backward_layer=make("gru", 3, go_backwards=True))),
    Stricter(r"at least one axis", "masking", "the mask would be one of samples", "runs", on("masking", ())),
    Stricter(r"at least one axis", "local_response_normalization", "it works along the channels", "mixes", on("lrn", ())),
    Stricter(r"greater than", "local_response_normalization", NONSENSE, "fails", on("lrn", (4, 4, 4), depth_radius=-1)),
    Stricter(r"channels must be a known", "local_response_normalization", "it is built for a number of channels", "runs", on("lrn", (None,))),
    Stricter(r"`divide` needs", "divide", "aligned at their ends, a batch would meet an axis", "mixes", on("divide", (3,), ())),
    Stricter(r"`matmul` needs", "matmul", "aligned at their ends, a batch would meet an axis", "fails", on("matmul", (3, 4), (2, 4, 5))),
    Stricter(r"`pad_width` has", "pad_axes", "it has a pair for each axis", "fails", on("pad_axes", (5,), pad_width=((0, 0),))),
    Stricter(r"more of an axis", "pad_axes", "so much there is not to mirror", "fails", on("pad_axes", (5,), pad_width=((0, 0), (6, 0)), mode="reflect")),
    Stricter(r"goes with the mode", "pad_axes", "only one mode has a constant", "fails", on("pad_axes", (5,), pad_width=((0, 0), (1, 0)), mode="reflect", constant_values=1.0)),
    Stricter(r"should be 'constant'", "pad_axes", "there is no such mode", "fails", on("pad_axes", (6,), pad_width=((0, 0), (1, 1)), mode="other")),
    Stricter(r"`repeats` has", "tile", "it has a number for each axis", "runs", on("tile", (5, 6), repeats=(1, 2))),
    Stricter(r"`repeats` has", "tile", "it has a number for each axis", "mixes", on("tile", (5,), repeats=(1, 2, 3))),
    Stricter(r"shifts for", "roll", "a shift for each axis", "fails", on("roll", (5,), shift=(1, 2))),
    Stricter(r"the \d+ largest", "top_k", "there are not so many", "fails", on("top_k", (5,), k=7)),
    Stricter(r"valid integer", "split", EMPTY, "fails", on("split", (5,), indices_or_sections=())),
    Stricter(r"takes one axis of categories", "category_encoding", "of more axes Keras says one shape and gives another", "contradicts", on("category_encoding", (5, 4), dtype="int32", num_tokens=6)),
    Stricter(r"takes one axis of categories", "discretization", "of more axes Keras sums up the first", "runs", on("discretization", (5, 4), bin_boundaries=(1.0, 2.0), output_mode="count")),
    Stricter(r"at least 1 item", "discretization", "no boundary is no range", "runs", on("discretization", (5,), bin_boundaries=())),
    Stricter(r"must rise", "discretization", "ranges lie side by side", "fails", on("discretization", (5,), bin_boundaries=(1.0, 0.0))),
    Stricter(r"no truth value", "hashing", "there is no such value", "fails", on("hashing", (5,), dtype="bool", num_bins=3, mask_value=1)),
    Stricter(r"agree on all other axes", "concatenate", "they have not the same axes", "fails", on("concatenate", (None,), (), axis=1)),
    Stricter(r"takes \d-D data", r"adaptive\w+", "Keras says one shape and gives another", "contradicts", on("adaptive_average_pooling2d", (6, 3), output_size=2)),
    Stricter(r"takes \d-D data", r"adaptive\w+", "it works on so many axes", "fails", on("adaptive_average_pooling2d", (6, 4, 4, 3), output_size=2)),
    Stricter(r"takes \d-D data|takes \d axes|takes a sequence", "time_distributed", "Keras does not ask the layer inside", "contradicts", on("time_distributed", (6, 2), layer=make("global_average_pooling1d"))),
    Stricter(r"`noise_shape` has", "time_distributed", "Keras does not ask the layer inside", "fails", on("time_distributed", (3, 6, 2), layer=make("dropout", 0.5, (6, 4)))),
    Stricter(r"`unroll` needs", "time_distributed", "as many copies of the cell as there are steps", "runs", on("time_distributed", (2, None, 3), layer=make("gru", 2, unroll=True))),
    Stricter(r"must name positions", "split", "a part would be empty", "fails", on("split", (), indices_or_sections=(2, 2))),
    Stricter(r"takes \d axes", "einsum_dense|spectral_normalization", "the equation names the axes", "fails", on("einsum_dense", (4, 3), equation="ab,bc->ac", output_shape=())),
    Stricter(r"`output_shape` has", "einsum_dense", "Keras says one shape and gives another", "contradicts", on("einsum_dense", (4, 3), equation="ab...,bc->ac...", output_shape=())),
    Stricter(r"needs positions x features", r"(additive_|multi_head_)?attention|group_query_attention", MIXED, "mixes", on("attention", (7,), (7,))),
    Stricter(r"needs positions x features", r"(additive_|multi_head_)?attention|group_query_attention", "there is nothing to attend over", "fails", on("multi_head_attention", (9,), num_heads=2, key_dim=2)),
    Stricter(r"as many axes as its query", r"(additive_|multi_head_)?attention", "axes that are not attended over are those of both", "fails", on("multi_head_attention", (4, 3), (2, 4, 3), num_heads=2, key_dim=2)),
    Stricter(r"attends over the last axis but one", r"(additive_)?attention", "axes that are not attended over are those of both", "contradicts", on("attention", (1, 4, 3), (2, 4, 3))),
    Stricter(r"needs a key for each value", r"(additive_)?attention", "a key belongs to a value", "fails", on("attention", (4, 3), (5, 3), (6, 3))),
    Stricter(r"of one width", "attention", "their products are summed", "fails", on("attention", (4, 3), (5, 2))),
    Stricter(r"of one width", "additive_attention", "a width of 1 would be stretched", "runs", on("additive_attention", (4, 3), (4, 1))),
    Stricter(r"numbers for|valid number", "rescaling", "one number for each channel", "fails", on("rescaling", (3,), scale=(1.0, 2.0))),
    Stricter(r"takes fractions", r"erf|gelu|glu|logsumexp|reciprocal|rsqrt", WHOLE, "fails", on("erf", (4,), dtype="int32")),
    Stricter(r"takes fractions", CONVOLUTIONS + "|time_distributed|spectral_normalization", WHOLE, "fails", on("conv2d", (4, 4, 3), dtype="uint8", filters=2, kernel_size=2)),
    Stricter(r"leads back from", "reversible_embedding", "there is nothing to lead back", "fails", on("reversible_embedding", (4,), input_dim=3, output_dim=2, reverse=True)),
    Stricter(r"takes a sequence|features must be", "sine_positions", "it has a sine for each step and feature", "fails", on("sine_positions", (4,))),
    Stricter(r"greater than 0", "sine_positions", NONSENSE, "runs", on("sine_positions", (4, 3), max_wavelength=0.0)),
    Stricter(r"with a kernel", "spectral_normalization", "it would turn embeddings into whole numbers", "contradicts", on("spectral_normalization", (4,), dtype="int32", layer=make("embedding", 7, 3))),
]  # fmt: skip
#: Functions of which Keras's symbolic call says float32 for float16, and whose results are float16, as we say.
HALVED = ("reciprocal", "logsumexp")
#: Layers of whose results Keras leaves lengths open that it could know, and the layers that hold them.
VAGUE = ("einsum_dense", "spectral_normalization", "time_distributed")


def refused(use: Use, answer: Rejected) -> bool:
    return any(re.search(s.says, answer.reason) and re.fullmatch(s.layers, use.layer.names[0]) for s in STRICTER)


def shapes_of(answer: Answer) -> Answer:
    return answer if isinstance(answer, Rejected) else Accepted(tuple((shape, "") for shape, _ in answer.results), ())


def told(their: Answer, our: Answer) -> Answer:
    """Return Keras's answer with the lengths that it leaves open as ours has them."""
    if isinstance(their, Rejected) or isinstance(our, Rejected):
        return their
    pairs = [(s, t) for s, t in zip(their.results, our.results, strict=True) if len(s[0]) == len(t[0])]
    filled = [
        (tuple(b if a is None else a for a, b in zip(shape, known, strict=True)), dtype)
        for (shape, dtype), (known, _) in pairs
    ]
    return Accepted(tuple(filled), their.weights)


def turned(use: Use) -> bool:
    """Tell whether `...` stands for several axes in front, which Keras then says in the opposite order."""
    equation = getattr(use.arguments.get("layer"), "equation", use.arguments.get("equation", ""))
    letters = equation.partition(",")[0].removeprefix("...")
    return bool(equation.startswith("...")) and use.inputs[0].rank + 1 - len(letters) > 2


def check(use: Use) -> None:
    our, their = ours(use), theirs(use)
    if use.layer.names[0] in HALVED and use.inputs[0].dtype == "float16":
        our, their = (shapes_of(answer) for answer in (our, their))
    if use.layer.names[0] in VAGUE and isinstance(our, Accepted) and turned(use):
        their = replace(their, results=our.results) if isinstance(their, Accepted) else their
    if use.layer.names[0] in VAGUE:
        their = told(their, our)
    if isinstance(our, Rejected) and isinstance(their, Accepted):
        assert refused(use, our), our.reason
    else:
        assert our == their if isinstance(our, Accepted) else isinstance(their, Rejected)


def search(layer: type[Layer], examples: int) -> None:
    @settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(uses(layer))
    def checked(use: Use) -> None:
        check(use)

    checked()


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_any_use(layer: type[Layer]) -> None:
    search(layer, 40)


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_many_uses(layer: type[Layer]) -> None:
    search(layer, 2_000)


# --- what Keras makes of what we reject -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", STRICTER, ids=str)
def test_what_only_keras_accepts(case: Stricter) -> None:
    answer = ours(case.example)
    assert isinstance(answer, Rejected)
    assert re.search(case.says, answer.reason)
    assert isinstance(theirs(case.example), Accepted)
    assert outcome(case.example) == case.outcome


def outcome(use: Use) -> Outcome:
    """Return what becomes of a use that Keras accepts: it is trained and used, on three samples and on one."""
    import numpy as np

    random = np.random.default_rng(0)
    arrays = [random.uniform(1, 4, (3, *closed_shape(x.shape))).astype(x.dtype) for x in use.inputs]
    promised = theirs(use)
    assert isinstance(promised, Accepted)
    try:
        whole, first = run(use, arrays, [array[:1] for array in arrays])
    except Exception:
        return "fails"
    if any(a.shape[:1] != (3,) or b.shape[:1] != (1,) for a, b in zip(whole, first, strict=True)):
        return "mixes"
    if any(not fits(a, shape, dtype) for a, (shape, dtype) in zip(whole, promised.results, strict=True)):
        return "contradicts"
    return "runs" if all(np.allclose(a[:1], b, equal_nan=True) for a, b in zip(whole, first, strict=True)) else "mixes"


def fits(made: Any, shape: Shape, dtype: str) -> bool:
    lengths = made.shape[1:]
    return made.dtype == dtype and len(lengths) == len(shape) and all(map(agree, lengths, shape))


def run(use: Use, *samples: list[Any]) -> list[list[Any]]:
    """Return what Keras's layer gives for each of some batches, in use; before that it is called as in training."""
    from keras.ops import convert_to_numpy

    layer, real = use.layer.model_construct(**use.arguments), keras_layer(use)
    trains = use.layer.uses_training
    if trains:
        call(layer, partial(real, training=True), samples[0], use.states)
    made = [call(layer, partial(real, training=False) if trains else real, given, use.states) for given in samples]
    return [[convert_to_numpy(tensor) for tensor in as_list(one)] for one in made]


@pytest.mark.parametrize("name", HALVED)
def test_half_precision_stays(name: str) -> None:
    import numpy as np

    use = on(name, (4,), dtype="float16", **({"axis": 1} if name == "logsumexp" else {}))
    promised, ((made,),) = theirs(use), run(use, [np.ones((2, 4), "float16")])
    assert isinstance(promised, Accepted)
    assert (promised.results[0][1], made.dtype) == ("float32", "float16")


def test_axes_in_front_stay_in_order() -> None:
    import numpy as np

    use = on("einsum_dense", (2, 3, 4), equation="...a,ab->...b", output_shape=5)
    our, promised, ((made,),) = ours(use), theirs(use), run(use, [np.ones((1, 2, 3, 4), "float32")])
    assert isinstance(our, Accepted) and isinstance(promised, Accepted)
    assert our.results[0][0] == made.shape[1:] == (2, 3, 5)
    assert promised.results[0][0] == (3, 2, 5)
