"""Our specs of the large networks of `keras.applications`, compared as in `test_zoo`.

The smallest of each family run on small images, as generated code too; all of them, on images of full size, do so by

    python -m pytest tests/zoo/test_zoo_large.py -m slow -s
"""

from __future__ import annotations

import pytest

from tests.zoo.compare import Case, compare

pytestmark = pytest.mark.keras

ZOO = [
    Case("InceptionV3", 299, quick=95),
    Case("InceptionResNetV2", 299, quick=95),
    Case("Xception", 299, quick=95),
    Case("EfficientNetB0", 224, quick=75, top=255.0),
    Case("EfficientNetB1", 240, top=255.0),
    Case("EfficientNetB2", 260, top=255.0),
    Case("EfficientNetB3", 300, top=255.0),
    Case("EfficientNetB4", 380, top=255.0),
    Case("EfficientNetB5", 456, top=255.0),
    Case("EfficientNetB6", 528, top=255.0),
    Case("EfficientNetB7", 600, top=255.0),
    Case("EfficientNetV2B0", 224, quick=75, top=255.0),
    Case("EfficientNetV2B1", 240, top=255.0),
    Case("EfficientNetV2B2", 260, top=255.0),
    Case("EfficientNetV2B3", 300, top=255.0),
    Case("EfficientNetV2S", 384, top=255.0),
    Case("EfficientNetV2M", 480, top=255.0),
    Case("EfficientNetV2L", 480, top=255.0),
    Case("ConvNeXtTiny", 224, quick=75, top=255.0),
    Case("ConvNeXtSmall", 224, top=255.0),
    Case("ConvNeXtBase", 224, top=255.0),
    Case("ConvNeXtLarge", 224, top=255.0),
    Case("ConvNeXtXLarge", 224, top=255.0),
    Case("NASNetMobile", 224, quick=75),
    Case("NASNetLarge", 331),
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
