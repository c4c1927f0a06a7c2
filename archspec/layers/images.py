"""Images brought to one size, where that lives inside the model."""

from typing import Any, ClassVar

from pydantic import PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, LayerCategory, Weightless, Window
from archspec.layers.configs import Interpolation
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank
from archspec.tensor import TensorType


class Sized(Weightless):
    """A layer that gives images of one height and width."""

    category: ClassVar[LayerCategory] = "reshape"

    height: PositiveInt
    width: PositiveInt

    def output(self, x: TensorType) -> TensorType:
        check_rank(self, x, 3, "images (height x width x channels)")
        return TensorType((self.height, self.width, x.shape[-1]))

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class Resizing(Sized):
    """Images of a given height and width, whatever those of the input.

    ```arch
    input (?, ?, 3)
    resizing(224, 224, bicubic)
    ```
    ```python
    keras.layers.Resizing(224, 224, interpolation="bicubic")
    ```
    """

    kind = "Resizing"
    names = ("resizing", "resize")
    keras = Construct("keras.layers.Resizing", positional=("height", "width"))

    interpolation: Interpolation = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_value: float = 0.0
    antialias: bool = False

    @field_validator("pad_to_aspect_ratio")
    @classmethod
    def _crops_or_pads(cls, value: bool, info: Any) -> bool:
        if value and info.data.get("crop_to_aspect_ratio"):
            raise PydanticCustomError("aspect_ratio", "does not go with `crop_to_aspect_ratio`: choose one")
        return value


class CenterCrop(Sized):
    """The middle of each image; a smaller image is resized first.

    ```arch
    input 256x256x3
    center_crop(224, 224)
    ```
    ```python
    keras.layers.CenterCrop(224, 224)
    ```
    """

    kind = "CenterCrop"
    names = ("center_crop",)
    keras = Construct("keras.layers.CenterCrop", positional=("height", "width"))


class RandomCrop(Sized):
    """In training a random part of each image, in use its middle.

    ```arch
    input 256x256x3
    random_crop(224, 224, seed=7)
    ```
    ```python
    keras.layers.RandomCrop(224, 224, seed=7)
    ```
    """

    kind = "RandomCrop"
    names = ("random_crop",)
    category = "regularizer"
    keras = Construct("keras.layers.RandomCrop", positional=("height", "width"))
    uses_training = True

    seed: int | None = None
