"""Augmentation: images changed at random in training, and passed on as they are in use.

Each is called as Keras calls it, with Keras's own arguments; the images are height x width x channels.
"""

from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, NonNegativeFloat, NonNegativeInt, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, RuleError, Weightless, Window, taken
from archspec.layers.configs import Interpolation
from archspec.layers.recipe import Construct
from archspec.layers.spatial import check_rank
from archspec.tensor import FLOAT, TensorType


def _within(least: float, most: float, value: Any) -> Any:
    """Check one number or both of two."""
    numbers = value if isinstance(value, tuple) else (value,)
    if not all(least <= number <= most for number in numbers):
        raise PydanticCustomError("factor", "must lie between {least} and {most}", {"least": least, "most": most})
    return value


def _zooms(value: Any) -> Any:
    if -1 in (value if isinstance(value, tuple) else (value,)):
        raise PydanticCustomError("factor", "must be more than -1, where nothing is left")
    return value


def _odd(value: Any) -> Any:
    if not all(number % 2 for number in (value if isinstance(value, tuple) else (value,))):
        raise PydanticCustomError("kernel_size", "must be odd")
    return value


#: How strong a change is: up to a number, or between two.
Share = Annotated[float | tuple[float, float], AfterValidator(partial(_within, 0, 1))]
Shift = Annotated[float | tuple[float, float], AfterValidator(partial(_within, -1, 1))]
Zoom = Annotated[Shift, AfterValidator(_zooms)]
#: The least and the greatest value of an image.
Range = tuple[float, float]
#: What fills the places that a moved image leaves.
FillMode = Literal["constant", "nearest", "wrap", "reflect"]


class Augmentation(Weightless):
    category = "regularizer"
    uses_training = True
    #: How many channels it can work on, where not on any number.
    channels: ClassVar[tuple[int, ...]] = ()

    @field_validator("interpolation", check_fields=False)
    @classmethod
    def _known_interpolation(cls, value: Any) -> Any:
        if value not in ("nearest", "bilinear"):
            raise PydanticCustomError("interpolation", "must be `nearest` or `bilinear`")
        return value

    def output(self, x: TensorType) -> TensorType:
        check_rank(self, x, 3, "images (height x width x channels)")
        if self.channels and isinstance(x.shape[-1], int) and x.shape[-1] not in self.channels:
            wanted = " or ".join(map(str, self.channels))
            raise RuleError(f"`{self.names[0]}` takes images of {wanted} channels, but its input is {x}", input=0)
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return WHOLE


class RandomFlip(Augmentation):
    """Turns images over, left to right or upside down, at random.

    ```arch
    input 224x224x3
    random_flip("horizontal")
    ```
    ```python
    keras.layers.RandomFlip("horizontal")
    ```
    """

    kind = "RandomFlip"
    names = ("random_flip",)
    keras = Construct("keras.layers.RandomFlip", positional=("mode",))

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
    seed: int | None = None


class RandomRotation(Augmentation):
    """Turns images by a random angle, in parts of a full turn: 0.1 is up to 36 degrees either way.

    ```arch
    input 224x224x3
    random_rotation(0.1)
    ```
    ```python
    keras.layers.RandomRotation(0.1)
    ```
    """

    kind = "RandomRotation"
    names = ("random_rotation",)
    keras = Construct("keras.layers.RandomRotation", positional=("factor",))

    factor: Shift
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0


class RandomZoom(Augmentation):
    """Zooms images by a random share of their height and width.

    ```arch
    input 224x224x3
    random_zoom(0.2)
    ```
    ```python
    keras.layers.RandomZoom(0.2)
    ```
    """

    kind = "RandomZoom"
    names = ("random_zoom",)
    keras = Construct("keras.layers.RandomZoom", positional=("height_factor",))

    height_factor: Zoom
    width_factor: Zoom | None = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0


class RandomTranslation(Augmentation):
    """Moves images by a random share of their height and width.

    ```arch
    input 224x224x3
    random_translation(0.1, 0.1)
    ```
    ```python
    keras.layers.RandomTranslation(0.1, 0.1)
    ```
    """

    kind = "RandomTranslation"
    names = ("random_translation",)
    keras = Construct("keras.layers.RandomTranslation", positional=("height_factor", "width_factor"))

    height_factor: Shift
    width_factor: Shift
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0


class RandomShear(Augmentation):
    """Shears images by a random factor along each axis.

    ```arch
    input 224x224x3
    random_shear(0.2, 0.2)
    ```
    ```python
    keras.layers.RandomShear(0.2, 0.2)
    ```
    """

    kind = "RandomShear"
    names = ("random_shear",)
    keras = Construct("keras.layers.RandomShear", positional=("x_factor", "y_factor"))

    x_factor: Share = 0.0
    y_factor: Share = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    seed: int | None = None


class RandomPerspective(Augmentation):
    """Looks at images from a random point of view.

    ```arch
    input 224x224x3
    random_perspective(0.5)
    ```
    ```python
    keras.layers.RandomPerspective(0.5)
    ```
    """

    kind = "RandomPerspective"
    names = ("random_perspective",)
    keras = Construct("keras.layers.RandomPerspective", positional=("factor",))

    factor: Share = 1.0
    scale: Annotated[float, Field(ge=0, le=1)] = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: float = 0.0
    seed: int | None = None


class RandomElasticTransform(Augmentation):
    """Bends images at random, as if they were printed on rubber.

    ```arch
    input 224x224x3
    random_elastic_transform(0.5)
    ```
    ```python
    keras.layers.RandomElasticTransform(0.5)
    ```
    """

    kind = "RandomElasticTransform"
    names = ("random_elastic_transform",)
    keras = Construct("keras.layers.RandomElasticTransform", positional=("factor",))

    factor: Share = 1.0
    scale: Share = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomErasing(Augmentation):
    """Replaces a random rectangle of images.

    ```arch
    input 224x224x3
    random_erasing(0.5)
    ```
    ```python
    keras.layers.RandomErasing(0.5)
    ```
    """

    kind = "RandomErasing"
    names = ("random_erasing",)
    keras = Construct("keras.layers.RandomErasing", positional=("factor",))

    factor: Share = 1.0
    scale: Share = (0.02, 0.33)
    fill_value: float | None = None
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomGaussianBlur(Augmentation):
    """Blurs images by a random amount.

    ```arch
    input 224x224x3
    random_gaussian_blur(0.5)
    ```
    ```python
    keras.layers.RandomGaussianBlur(0.5)
    ```
    """

    kind = "RandomGaussianBlur"
    names = ("random_gaussian_blur",)
    keras = Construct("keras.layers.RandomGaussianBlur", positional=("factor",))

    factor: Share = 1.0
    kernel_size: Annotated[PositiveInt | tuple[PositiveInt, PositiveInt], AfterValidator(_odd)] = 3
    sigma: Share = 1.0
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomBrightness(Augmentation):
    """Makes images brighter or darker by a random share of their range.

    ```arch
    input 224x224x3
    random_brightness(0.2)
    ```
    ```python
    keras.layers.RandomBrightness(0.2)
    ```
    """

    kind = "RandomBrightness"
    names = ("random_brightness",)
    keras = Construct("keras.layers.RandomBrightness", positional=("factor",))

    factor: Shift
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomContrast(Augmentation):
    """Raises or lowers the contrast of images at random.

    ```arch
    input 224x224x3
    random_contrast(0.2)
    ```
    ```python
    keras.layers.RandomContrast(0.2)
    ```
    """

    kind = "RandomContrast"
    names = ("random_contrast",)
    keras = Construct("keras.layers.RandomContrast", positional=("factor",))

    factor: Share
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomHue(Augmentation):
    """Shifts the hue of images at random.

    ```arch
    input 224x224x3
    random_hue(0.2)
    ```
    ```python
    keras.layers.RandomHue(0.2)
    ```
    """

    kind = "RandomHue"
    names = ("random_hue",)
    keras = Construct("keras.layers.RandomHue", positional=("factor",))
    channels = (3,)

    factor: Share
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomSaturation(Augmentation):
    """Makes colours stronger or weaker at random.

    ```arch
    input 224x224x3
    random_saturation(0.5)
    ```
    ```python
    keras.layers.RandomSaturation(0.5)
    ```
    """

    kind = "RandomSaturation"
    names = ("random_saturation",)
    keras = Construct("keras.layers.RandomSaturation", positional=("factor",))
    channels = (3,)

    factor: Shift
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomSharpness(Augmentation):
    """Makes images sharper or softer at random.

    ```arch
    input 224x224x3
    random_sharpness(0.5)
    ```
    ```python
    keras.layers.RandomSharpness(0.5)
    ```
    """

    kind = "RandomSharpness"
    names = ("random_sharpness",)
    keras = Construct("keras.layers.RandomSharpness", positional=("factor",))

    factor: Share
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomColorDegeneration(Augmentation):
    """Takes a random part of the colour out of images.

    ```arch
    input 224x224x3
    random_color_degeneration(0.5)
    ```
    ```python
    keras.layers.RandomColorDegeneration(0.5)
    ```
    """

    kind = "RandomColorDegeneration"
    names = ("random_color_degeneration",)
    keras = Construct("keras.layers.RandomColorDegeneration", positional=("factor",))
    channels = (3,)

    factor: Shift
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomColorJitter(Augmentation):
    """Changes brightness, contrast, saturation and hue at random.

    ```arch
    input 224x224x3
    random_color_jitter(brightness_factor=0.2, hue_factor=0.1)
    ```
    ```python
    keras.layers.RandomColorJitter(brightness_factor=0.2, hue_factor=0.1)
    ```
    """

    kind = "RandomColorJitter"
    names = ("random_color_jitter",)
    keras = Construct("keras.layers.RandomColorJitter")

    value_range: Range = (0, 255)
    brightness_factor: Shift | None = None
    contrast_factor: Share | None = None
    saturation_factor: Shift | None = None
    hue_factor: Share | None = None
    seed: int | None = None


class RandomGrayscale(Augmentation):
    """Turns a random share of images grey.

    ```arch
    input 224x224x3
    random_grayscale(0.3)
    ```
    ```python
    keras.layers.RandomGrayscale(0.3)
    ```
    """

    kind = "RandomGrayscale"
    names = ("random_grayscale",)
    keras = Construct("keras.layers.RandomGrayscale", positional=("factor",))
    channels = (1, 3)

    factor: Annotated[float, Field(ge=0, le=1)] = 0.5
    seed: int | None = None

    def output(self, x: TensorType) -> TensorType:
        super().output(x)
        return taken(x)


class RandomInvert(Augmentation):
    """Inverts the colours of a random share of images.

    ```arch
    input 224x224x3
    random_invert(0.3)
    ```
    ```python
    keras.layers.RandomInvert(0.3)
    ```
    """

    kind = "RandomInvert"
    names = ("random_invert",)
    keras = Construct("keras.layers.RandomInvert", positional=("factor",))

    factor: Share = 1.0
    value_range: Range = (0, 255)
    seed: int | None = None


class RandomPosterization(Augmentation):
    """Leaves images only so many bits a channel.

    ```arch
    input 224x224x3
    random_posterization(4)
    ```
    ```python
    keras.layers.RandomPosterization(4)
    ```
    """

    kind = "RandomPosterization"
    names = ("random_posterization",)
    keras = Construct("keras.layers.RandomPosterization", positional=("factor",))

    factor: Annotated[int, Field(ge=1, le=8)]
    value_range: Range = (0, 255)
    seed: int | None = None


class Solarization(Augmentation):
    """Inverts the values above a random threshold.

    ```arch
    input 224x224x3
    solarization(0.1, 0.5)
    ```
    ```python
    keras.layers.Solarization(0.1, 0.5)
    ```
    """

    kind = "Solarization"
    names = ("solarization",)
    keras = Construct("keras.layers.Solarization", positional=("addition_factor", "threshold_factor"))

    addition_factor: Share = 0.0
    threshold_factor: Share = 0.0
    value_range: Range = (0, 255)
    seed: int | None = None


class AutoContrast(Augmentation):
    """Stretches the values of each channel over the whole range.

    ```arch
    input 224x224x3
    auto_contrast
    ```
    ```python
    keras.layers.AutoContrast()
    ```
    """

    kind = "AutoContrast"
    names = ("auto_contrast",)
    keras = Construct("keras.layers.AutoContrast")

    value_range: Range = (0, 255)


class ContrastLimitedAdaptiveHistogramEqualization(Augmentation):
    """Evens out the histogram of each part of an image, within a limit (CLAHE).

    ```arch
    input 224x224x3
    clahe(clip_limit=2.0)
    ```
    ```python
    keras.layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=2.0)
    ```
    """

    kind = "ContrastLimitedAdaptiveHistogramEqualization"
    names = ("contrast_limited_adaptive_histogram_equalization", "clahe")
    keras = Construct("keras.layers.ContrastLimitedAdaptiveHistogramEqualization")

    value_range: Range = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: tuple[PositiveInt, PositiveInt] = (8, 8)


class RandAugment(Augmentation):
    """Applies a few random changes of a given strength (Cubuk et al., arXiv:1909.13719).

    ```arch
    input 224x224x3
    rand_augment(num_ops=3)
    ```
    ```python
    keras.layers.RandAugment(num_ops=3)
    ```
    """

    kind = "RandAugment"
    names = ("rand_augment",)
    keras = Construct("keras.layers.RandAugment")
    channels = (1, 3)

    value_range: Range = (0, 255)
    num_ops: NonNegativeInt = 2
    factor: Share = 0.5
    interpolation: Interpolation = "bilinear"
    seed: int | None = None


class AugMix(Augmentation):
    """Mixes an image with several randomly changed versions of it (Hendrycks et al., arXiv:1912.02781).

    ```arch
    input 224x224x3
    aug_mix(num_chains=2)
    ```
    ```python
    keras.layers.AugMix(num_chains=2)
    ```
    """

    kind = "AugMix"
    names = ("aug_mix",)
    keras = Construct("keras.layers.AugMix")

    value_range: Range = (0, 255)
    num_chains: PositiveInt = 3
    chain_depth: int = 3
    factor: Share = 0.3
    alpha: NonNegativeFloat = 1.0
    all_ops: bool = True
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
