"""What layers over spatial axes share: one number or one per axis, lengths after a sliding window, and rank checks.

Channels come last, so a layer of rank 2 takes height x width x channels.
"""

from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers import registry
from archspec.layers.base import Layer, RuleError, Window
from archspec.layers.spelling import Pattern
from archspec.record import Record
from archspec.tensor import Dim, TensorType, ceil_div, show_shape


class PerAxis(Record):
    """Metadata of a tuple with one number per spatial axis; where all are equal, one number says the same."""


Kernel = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("#x#"), Pattern("#x#x#"), Pattern("k#")]
PoolSize = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("#x#"), Pattern("#x#x#")]
Strides = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("s#"), Pattern("s#x#"), Pattern("s#x#x#")]
PoolStrides = Annotated[tuple[PositiveInt, ...] | None, PerAxis(), Pattern("s#"), Pattern("s#x#"), Pattern("s#x#x#")]
Dilation = Annotated[tuple[PositiveInt, ...], PerAxis(), Pattern("d#"), Pattern("d#x#"), Pattern("d#x#x#")]
Axes = int | Annotated[tuple[int, ...], Field(min_length=1)]
OutputPadding = Annotated[tuple[NonNegativeInt, ...] | None, PerAxis()]


class Slide(NamedTuple):
    """How a window slides along one axis."""

    size: int
    stride: int
    dilation: int = 1

    @property
    def extent(self) -> int:
        """Return the input positions from the window's first to its last."""
        return (self.size - 1) * self.dilation + 1

    def length(self, before: Dim, padding: str) -> Dim:
        """Return how often the window fits along an axis of that length; at most zero where it never does."""
        if before is None:
            return None
        if padding == "valid":
            return (before - self.extent) // self.stride + 1
        return ceil_div(before, self.stride)

    def transposed(self, before: Dim, padding: str, output_padding: int | None) -> Dim:
        """Return the length of an axis that, slid over, gives one of length `before`."""
        if before is None:
            return None
        if padding == "valid":
            extra = max(self.extent, self.stride) - self.extent if output_padding is None else output_padding
            return (before - 1) * self.stride + self.extent + extra
        if output_padding is None:
            return before * self.stride
        return (before - 1) * self.stride + self.extent % 2 + output_padding


def per_axis(value: Any, rank: int) -> Any:
    """Return a tuple of `rank` numbers for an argument given as one number or as several."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * rank
    if isinstance(value, list | tuple) and len(value) != rank:
        wanted = "one number" if rank == 1 else f"{rank} numbers, or one for all axes"
        raise PydanticCustomError("wrong_count", "must be {wanted}", {"wanted": wanted})
    return tuple(value) if isinstance(value, list) else value


class Spatial(Layer):
    """A layer over `rank` spatial axes. An argument with one value per axis also takes one number for them all."""

    rank: ClassVar[int]

    @field_validator(
        "kernel_size", "pool_size", "strides", "dilation_rate", "output_padding", mode="before", check_fields=False
    )
    @classmethod
    def _per_axis(cls, value: Any) -> Any:
        return per_axis(value, cls.rank)

    def spatial(self, x: TensorType) -> tuple[Dim, ...]:
        """Return the lengths of the spatial axes. Raises RuleError where there are more or fewer than `rank`."""
        check_rank(self, x, self.rank + 1, f"{self.rank}-D data with channels")
        return x.shape[:-1]


class Sliding(Spatial):
    """A layer that slides a window over the spatial axes."""

    #: The argument that sizes the window.
    sized_by: ClassVar[str] = "kernel_size"
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    #: Whether a window may have gaps and a stride at once.
    strided_gaps: ClassVar[bool] = False

    def slides(self) -> tuple[Slide, ...]:
        """Return how the window slides along each axis."""
        raise NotImplementedError

    @field_validator("padding", check_fields=False)
    @classmethod
    def _known_padding(cls, value: Any) -> Any:
        if value not in cls.paddings:
            known = " or ".join(f"`{padding}`" for padding in cls.paddings)
            raise PydanticCustomError("padding", "must be {known}", {"known": known})
        return value

    @field_validator("dilation_rate", check_fields=False)
    @classmethod
    def _stride_or_dilation(cls, value: tuple[int, ...], info: Any) -> tuple[int, ...]:
        if not cls.strided_gaps and max(value) > 1 and max(info.data.get("strides", (1,))) > 1:
            raise PydanticCustomError("strided_dilation", "must be 1 where `strides` is greater than 1")
        return value

    def slid(self, x: TensorType, padding: str) -> tuple[Dim, ...]:
        """Return how often the window fits along each spatial axis. Raises RuleError where it does not fit once."""
        before = self.spatial(x)
        slides = self.slides()
        lengths = tuple(slide.length(length, padding) for slide, length in zip(slides, before, strict=True))
        if any(isinstance(length, int) and length < 1 for length in lengths):
            window = show_shape(slide.extent for slide in slides)
            dilated = " with its dilation" if any(slide.dilation > 1 for slide in slides) else ""
            raise RuleError(
                f"a window of {window}{dilated} does not fit into {show_shape(before)}",
                help=f"pad the input with `same`, or make `{self.sized_by}` smaller",
                argument=self.sized_by,
            )
        return lengths

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return tuple(Window(slide.extent, slide.stride) for slide in self.slides())


def check_rank(layer: Layer, x: TensorType, rank: int, wanted: str) -> None:
    """Raise RuleError unless a tensor has that many axes, batch not counted. `wanted` says so to the user."""
    if x.rank == rank:
        return
    families = (registry.find_layer(name) for name in layer.family)
    siblings = [f.for_rank(x.rank - 1) for f in families if isinstance(f, registry.Family)]
    if siblings and siblings[0] is not None:
        help = f"`{siblings[0].names[0]}` takes this shape, and `{layer.family[0]}` takes any"
    elif rank == 1:
        help = "add `flatten` before it"
    else:
        help = f"bring the tensor to {rank} axes with `reshape` first"
    raise RuleError(
        f"`{layer.names[0]}` takes {wanted}, but its input has the shape {x}", code="wrong-rank", help=help, input=0
    )


def check_fractions(layer: Layer, x: TensorType) -> None:
    """Raise RuleError for whole numbers: Keras's backends compute such a layer in fractions only."""
    if x.is_whole:
        raise RuleError(
            f"`{layer.names[0]}` takes fractions, but its input is {x.dtype}",
            code="wrong-dtype",
            help='bring it there with `rescaling(1 / 255)`, or with `cast("float32")`',
            input=0,
        )


def last_length(layer: Layer, x: TensorType) -> Dim:
    """Return the length of the last axis: the channels, or the features. Raises RuleError for a single number."""
    if x.rank == 0:
        raise RuleError(
            f"`{layer.names[0]}` needs at least one axis, but its input is a single number",
            code="wrong-rank",
            help="bring it to one axis with `reshape(1)` first",
            input=0,
        )
    return x.shape[-1]


def resolve_axis(axis: int, x: TensorType, argument: str = "axis") -> int:
    """Return the position in `x.shape` of an axis that, as Keras does, counts the batch. Raises RuleError."""
    position = axis + x.rank if axis < 0 else axis - 1
    if 0 <= position < x.rank:
        return position
    fault = f"axis {axis} is the batch" if axis in (0, -x.rank - 1) else f"{x} has no axis {axis}"
    help = f"its axes are 1 to {x.rank}, or -{x.rank} to -1" if x.rank else "a single number has no axes"
    raise RuleError(fault, code="no-such-axis", argument=argument, help=help)


def resolve_axes(axes: int | tuple[int, ...], x: TensorType, argument: str = "axis") -> tuple[int, ...]:
    """Return the positions in `x.shape` of one axis or of several. Raises RuleError."""
    given = axes if isinstance(axes, tuple) else (axes,)
    positions = tuple(resolve_axis(axis, x, argument) for axis in given)
    for place, position in enumerate(positions):
        if position in positions[:place]:
            raise RuleError(f"axis {given[place]} of {x} is named twice", code="no-such-axis", argument=argument)
    return positions


def times(elements: int | None, factor: int | None) -> int | None:
    """Return a product, or None where a factor is not known."""
    return None if elements is None or factor is None else elements * factor
