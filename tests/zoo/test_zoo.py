"""Our specs of the networks of `keras.applications`, each equal to the real one.

Equal are: the parameters, in total and trainable; the shapes of the weights, in the order of `graph_walk`; the kinds of the
layers that own them, with the arguments that an output in inference does not show; and the outputs on random inputs, with
random weights copied over.

The smallest of each family run on small images, as generated code too; all of them, on images of full size, do so by

    python -m pytest tests/zoo/test_zoo.py -m slow -s
"""

from __future__ import annotations

import pytest

from tests.zoo.compare import Case, compare

pytestmark = pytest.mark.keras

ZOO = [
    Case("ResNet50", 224, quick=75),
    Case("ResNet101", 224),
    Case("ResNet152", 224),
    Case("ResNet50V2", 224, quick=75),
    Case("ResNet101V2", 224),
    Case("ResNet152V2", 224),
    Case("DenseNet121", 224, quick=75),
    Case("DenseNet169", 224),
    Case("DenseNet201", 224),
    Case("MobileNet", 224, quick=75),
    Case("MobileNetV2", 224, quick=75),
    Case("MobileNetV3Small", 224, quick=75, top=255.0),
    Case("MobileNetV3Large", 224, quick=75, top=255.0),
]
QUICK = [case for case in ZOO if case.quick]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_small_images(case: Case) -> None:
    assert case.quick is not None
    compare(case, case.quick, code=True)


@pytest.mark.slow
@pytest.mark.parametrize("case", ZOO, ids=lambda case: case.name)
def test_full_images(case: Case) -> None:
    compare(case, case.full)
