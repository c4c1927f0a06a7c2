"""What a layer is: one frozen class that holds its arguments, output type, weights, cost and Keras recipe.

Subclassing registers a layer (see `registry`). The fields are the only list of its arguments: validation, messages,
documentation and emitted code all follow from them.
"""

# The modules of the families do without `from __future__ import annotations`: for each subclass pydantic would read the
# annotations of all its bases again, a fifth of what defining the layers takes.
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from archspec.layers import registry
from archspec.layers.recipe import Recipe
from archspec.record import Record, field
from archspec.tensor import FLOAT, Dim, TensorType, show_shape

LayerCategory = Literal[
    "conv", "norm", "activation", "pool", "dense", "recurrent", "attention", "merge", "regularizer", "reshape",
    "embedding",
]  # fmt: skip


class RuleError(ValueError):
    """A layer's rule does not hold for these arguments or inputs. Has no span: the pass that called the rule adds it.

    `argument` names the argument at fault and `input` the position of the input at fault, where one is.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "invalid-shape",
        help: str = "",
        argument: str | None = None,
        input: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.help, self.argument, self.input = message, code, help, argument, input


class Weight(Record):
    """One weight tensor: Keras's name and shape for it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    #: The word or config that fills it at first, where a layer is given one. Raises RuleError where that cannot.
    initializer: Any = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.initializer is None:
            return
        word = self.initializer if isinstance(self.initializer, str) else self.initializer.names[0]
        least, most = registry.fills(word)
        if len(self.shape) < least or (most is not None and len(self.shape) > most):
            wanted = f"{least} axes" if most == least else f"at least {least} axes"
            raise RuleError(
                f"`{word}` fills weights of {wanted}, but `{self.name}` has the shape {show_shape(self.shape)}"
            )


class Takes(Record):
    """The tensors a layer is called on.

    `least` to `most` positional tensors (`most` None: any number); `how` they are passed: the only one ("one"), as one
    list ("list") or one after another ("each"). `names` are their keywords in order, and `keywords` those of further
    optional tensors (`initial_state`), each one tensor or a tuple of tensors.
    """

    least: int = 1
    most: int | None = 1
    how: Literal["one", "list", "each"] = "one"
    names: tuple[str, ...] = ("inputs",)
    keywords: tuple[str, ...] = ()


ONE = Takes()
MANY = Takes(least=2, most=None, how="list")


class Window(NamedTuple):
    """What one output position sees along one axis: `extent` input positions, `stride` apart from its neighbour's.

    The stride is a fraction where a layer makes the axis longer: 1/2 where it doubles it.
    """

    extent: int
    stride: int | Fraction


#: `Layer.window` of a layer whose every output position depends on the whole input.
WHOLE: tuple[Window, ...] | None = None


class Part(BaseModel):
    """Something of Keras's that a spec can name and give arguments to: a layer, an initialiser, a regulariser, ..."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    #: Keras's class name.
    kind: ClassVar[str]
    #: Names in specs; the first is the canonical one.
    names: ClassVar[tuple[str, ...]]
    keras: ClassVar[Recipe]
    #: Whether the bare word is complete: `l2` is, with Keras's default factor; `constant` is not.
    bare: ClassVar[bool] = True

    def arguments(self) -> dict[str, Any]:
        """Return the arguments that differ from their defaults, in the order of the fields."""
        fields = type(self).model_fields
        given = {name: getattr(self, name) for name in fields}
        return {name: value for name, value in given.items() if value != fields[name].get_default()}


class Layer(Part):
    """Base of all layers. Shapes never include the batch axis; `axis` arguments count it, as Keras's do."""

    category: ClassVar[LayerCategory]
    takes: ClassVar[Takes] = ONE
    #: Names shared by the versions for 1, 2 and 3 spatial axes (`conv`), and which of them this one is.
    family: ClassVar[tuple[str, ...]] = ()
    rank: ClassVar[int | None] = None
    #: Whether it behaves differently in training.
    uses_training: ClassVar[bool] = False
    #: Whether the result depends on what the inputs hold. A weight of its own takes only their number.
    reads_inputs: ClassVar[bool] = True
    #: How many axes fewer a layer that it is given sees: `time_distributed` hides the steps.
    hides: ClassVar[int] = 0

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if "names" in cls.__dict__:
            registry.register_layer(cls)

    @property
    def recipe(self) -> Recipe:
        """Return how this very layer is made."""
        return type(self).keras

    # A layer names the tensors that it takes: `*inputs: Any, **keywords: Any` lets it.
    def output(self, *inputs: Any, **keywords: Any) -> TensorType | tuple[TensorType, ...]:
        """Return the type of the result, or of each result. Raises RuleError."""
        raise NotImplementedError

    def weights(self, *inputs: Any, **keywords: Any) -> Iterable[Weight]:
        """Yield the weights in the order in which Keras creates them. Raises RuleError where a length is open."""
        raise NotImplementedError

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        """Return the multiply-accumulates for one sample, or None where a dimension is open."""
        raise NotImplementedError

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        """Return what one output position sees per spatial axis, or WHOLE."""
        raise NotImplementedError


# Subclasses know these for class variables already; pydantic would evaluate the annotations again for each of them.
for _base in (Part, Layer):
    for _name in _base.__class_vars__:
        _base.__annotations__.pop(_name, None)


class Weightless(Layer):
    """A layer that owns no weights and multiplies nothing."""

    def weights(self, *inputs: Any, **keywords: Any) -> Iterable[Weight]:
        return ()

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        return 0


class Elementwise(Weightless):
    """A weightless layer that keeps the shape and treats every element by itself."""

    def output(self, x: TensorType) -> TensorType:
        return x.with_dtype(FLOAT)

    def window(self, x: TensorType) -> tuple[Window, ...] | None:
        return pointwise(x)


def taken(x: TensorType) -> TensorType:
    """Return a tensor as Keras's layers take it: fractions in float32, whole numbers and truth values as they are."""
    return x if x.is_whole else x.with_dtype(FLOAT)


def pointwise(*inputs: TensorType) -> tuple[Window, ...]:
    """Return the window of a layer that sees one position at a time."""
    return (Window(1, 1),) * max(0, *(x.rank - 1 for x in inputs))


def known(dim: Dim, what: str) -> int:
    """Return a length that a weight needs as a number. Raises RuleError where it is open."""
    if isinstance(dim, int):
        return dim
    given = "unknown" if dim is None else f"`{dim}`"
    raise RuleError(f"{what} must be a known number, but it is {given}", code="open-dimension")
