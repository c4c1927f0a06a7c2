"""Our specs of the networks beside `keras.applications`, each equal to a model written by hand from its paper.

Equal are: the parameters, in total and trainable, and the number that was published, where one was; the shapes of the
weights, in the order of `graph_walk`; the kinds of the layers that own them, and what of them an output in inference does
not show; and the outputs on random inputs, with random weights copied over.

Small versions do so as generated code too; all of them, as they ship, by

    python -m pytest tests/zoo/test_networks.py -m slow -s
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from archspec.backend import Checked
from archspec.driver import compile_spec
from tests.backends.keras_models import without_dropout
from tests.zoo.compare import generated_like, randomise
from tests.zoo.graph_walk import weighted_layers

pytestmark = pytest.mark.keras

IMAGES, SEQUENCES = "tests.zoo.images_by_hand", "tests.zoo.sequences_by_hand"


class Network(NamedTuple):
    #: The name of the spec, of its model, and of the function that makes the one by hand.
    name: str
    module: str
    #: The parameters that were published: in the paper, or by the implementation that the spec names. None: in neither.
    published: int | None
    #: What makes a small one: `archspec --set`, and the arguments of the function.
    small: dict[str, Any] | None = None
    #: By input: the number below which its whole numbers lie.
    below: dict[str, int] = {}  # noqa: RUF012
    #: Whether 0 is padding, with which sequences end.
    padded: bool = False


TRANSFORMER = {"width": 32, "units": 48, "heads": 4, "depth": 2, "vocabulary": 50}
TRANSLATION = {"source_words": 40, "target_words": 50, "width": 12}
NETWORKS = [
    Network("unet", IMAGES, 31_030_658, {"size": 188, "width": 2}),
    Network("unet_same", IMAGES, 31_030_658, {"size": 32, "width": 2}),
    Network(
        "wavenet", SEQUENCES, None, {"cycles": 2, "depth": 3, "width": 5, "skip_width": 7, "levels": 11}, {"sound": 11}
    ),
    Network("bilstm_tagger", SEQUENCES, None, {"vocabulary": 50, "width": 6, "units": 5}, {"words": 50}, padded=True),
    Network("bilstm_imdb", SEQUENCES, 2_757_761, {"vocabulary": 50, "width": 6, "units": 5}, {"words": 50}),
    Network("seq2seq", SEQUENCES, None, TRANSLATION, {"source": 40, "target": 50}, padded=True),
    Network(
        "seq2seq_additive", SEQUENCES, None, TRANSLATION | {"units": 10}, {"source": 40, "target": 50}, padded=True
    ),
    Network("transformer", SEQUENCES, None, TRANSFORMER, {"source": 50, "target": 50}, padded=True),
    Network(
        "bert",
        SEQUENCES,
        109_482_240,
        {"vocabulary": 50, "length": 9, "width": 24, "depth": 2, "heads": 3},
        {"pieces": 50, "segments": 2},
        padded=True,
    ),
    Network(
        "gpt2",
        SEQUENCES,
        124_439_808,
        {"vocabulary": 50, "length": 9, "width": 24, "depth": 2, "heads": 3},
        {"pieces": 50},
    ),
    Network("vit", IMAGES, 86_567_656, {"width": 24, "depth": 2, "heads": 3, "size": 48, "classes": 10}),
    Network("siamese", IMAGES, 38_951_745, {"size": 85, "units": 16}),
    Network("headlines", SEQUENCES, None, {}, {"words": 10_000}),
    Network("autoencoder", IMAGES, None, {}),
    Network("dcgan_generator", IMAGES, None, {"noise": 10, "width": 16}),
    Network("dcgan_discriminator", IMAGES, None, {"width": 3, "size": 32}),
    Network(
        "mlp_mixer",
        IMAGES,
        59_880_472,
        {"size": 48, "width": 20, "depth": 2, "units": (11, 30), "classes": 10},
    ),
    Network("mixer_s16", IMAGES, 18_528_264),
    Network("c3d", IMAGES, None, {"size": 48, "units": 20, "classes": 10}),
]
SMALL = [network for network in NETWORKS if network.small is not None]


@pytest.mark.parametrize("network", SMALL, ids=lambda network: network.name)
def test_small_ones(network: Network) -> None:
    compare(network, network.small or {}, code=True)


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_as_they_ship(network: Network) -> None:
    compare(network, {})


def compare(network: Network, settings: dict[str, Any], code: bool = False) -> None:
    """Compare the direct build of our spec with the model by hand; with `code`, what the generated code gives as well."""
    import importlib

    import keras

    from archspec.backends.keras_build import build

    make: Callable[..., Any] = getattr(importlib.import_module(network.module), network.name)
    checked = compile_spec(network.name, settings=settings).checked()
    ours, theirs = build(checked), make(**settings)
    counts = checked.figures.weights[checked.graph.main]
    assert ours.count_params() == theirs.count_params() == counts.total
    assert _trainable(ours) == _trainable(theirs) == counts.trainable
    if not settings and network.published is not None:
        assert counts.total == network.published
    pairs = list(zip(weighted_layers(ours), weighted_layers(theirs), strict=True))
    assert [_shapes(mine) for mine, _ in pairs] == [_shapes(real) for _, real in pairs]
    assert [_facts(mine) for mine, _ in pairs] == [_facts(real) for _, real in pairs]
    assert sorted(_dropouts(ours)) == sorted(_dropouts(theirs))
    inputs = random_inputs(network, checked)
    randomise(theirs, inputs)
    for mine, real in pairs:
        for target, weight in zip(mine.weights, real.weights, strict=True):
            target.assign(weight)
    wanted = outputs(theirs, inputs)
    largest = largest_difference(wanted, outputs(ours, inputs))
    if code:
        largest = max(largest, largest_difference(wanted, outputs(generated_like(ours, checked), inputs)))
    print(f"{network.name:20} {counts.total:>13,}  largest difference {largest:.1e}")
    keras.backend.clear_session()


def random_inputs(network: Network, checked: Checked) -> Any:
    """Return two samples; an open length is 11 for the first input, 7 for others. Padding ends sequences."""
    import numpy as np

    random = np.random.default_rng(1)
    arrays = []
    for position, port in enumerate(checked.graph.body.inputs):
        shape = (2, *(dim if isinstance(dim, int) else (7 if position else 11) for dim in port.type.shape))
        if port.type.dtype == "float32":
            arrays.append(random.uniform(-1, 1, shape).astype("float32"))
            continue
        below = network.below[port.name]
        arrays.append(random.integers(1 if below > 2 else 0, below, shape).astype("int32"))
        if network.padded and below > 2:
            arrays[-1][0, -3:] = 0
    return arrays[0] if len(arrays) == 1 else arrays


def outputs(model: Any, inputs: Any) -> list[Any]:
    import numpy as np

    found = without_dropout(model)(inputs, training=False)
    return [np.asarray(one) for one in (found if isinstance(found, (list, tuple)) else [found])]


def largest_difference(wanted: list[Any], found: list[Any]) -> float:
    """Return the largest difference, and check that it is small beside the outputs, and that these say something."""
    import numpy as np

    largest = 0.0
    for theirs, ours in zip(wanted, found, strict=True):
        assert theirs.shape == ours.shape
        difference = float(np.abs(theirs - ours).max())
        spread = float(np.abs(theirs[0] - theirs[1]).max())
        assert difference <= 1e-4
        # Small outputs differ little whatever they are made of.
        assert difference <= 1e-3 * spread
        largest = max(largest, difference)
    return largest


#: Keras has no layer for a weight of its own, nor one by hand for an embedding that leads back.
ALIKE = {"FreeWeight": "Embedding", "ReversibleEmbedding": "Embedding"}


def _facts(layer: Any) -> tuple[Any, ...]:
    kind = type(layer).__name__
    return ALIKE.get(kind, kind), getattr(layer, "momentum", None), getattr(layer, "epsilon", None)


def _dropouts(model: Any) -> list[float]:
    return [layer.rate for layer in model._flatten_layers() if "Dropout" in type(layer).__name__]


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.weights]


def _trainable(model: Any) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
