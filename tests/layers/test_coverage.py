"""Every layer of `keras.layers` is one of ours, or is written down here with the reason why not."""

from __future__ import annotations

import inspect

import pytest

from archspec.layers import registry

DATA = "its vocabulary is data, made before a model is"
SAMPLES = "mixes the samples of a batch and their labels: a matter of training"
CODE = "what it computes is code, not architecture: `extern layer` declares such a layer"
#: The layers that have no place in an architecture, and why.
LEFT_OUT = {
    "Layer": "the base of all",
    "Wrapper": "the base of the layers that are given a layer",
    "InputLayer": "`input` makes it",
    "StackedRNNCells": "`rnn` takes a list of cells",
    "Pipeline": "a flow in brackets, `( … -> … )`, or a block",
    "Lambda": CODE,
    "FlaxLayer": CODE,
    "JaxLayer": CODE,
    "TFSMLayer": CODE,
    "TorchModuleWrapper": CODE,
    "IntegerLookup": DATA,
    "StringLookup": DATA,
    "TextVectorization": DATA,
    "HashedCrossing": "takes single numbers only: columns of a table, before a network begins",
    "MelSpectrogram": "says another shape than it gives, of 1023 samples with a stride of 512 for one",
    "STFTSpectrogram": "needs SciPy, which Keras does not bring",
    "CutMix": SAMPLES,
    "MixUp": SAMPLES,
    "Equalization": "Keras 3.15 gives back its symbolic input, so that no functional model can hold it",
    "MaxNumBoundingBoxes": "pads the boxes of the labels, not the images",
}


@pytest.mark.keras
def test_every_layer_of_keras_is_covered() -> None:
    import keras

    found = {
        value
        for value in vars(keras.layers).values()
        if inspect.isclass(value) and issubclass(value, keras.layers.Layer)
    }
    parts = [*registry.all_layers(), *registry.words("cell").values()]
    ours = {getattr(keras.layers, part.keras.symbol.removeprefix("keras.layers."), None) for part in parts}
    missing = {layer.__name__ for layer in found - ours}
    assert sorted(missing - set(LEFT_OUT)) == [], "neither a layer of ours nor on the list"
    # A list that outlives its reasons misleads. An older Keras may lack some of these.
    covered = {layer.__name__ for layer in found & ours}
    assert sorted(set(LEFT_OUT) & covered) == []


def test_every_reason_is_told() -> None:
    assert all(LEFT_OUT.values())
