"""How a generated class is made and called: the arguments of its constructor, and the tensors of its `call`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archspec.backends.keras_code import naming
from archspec.backends.keras_code.variants import Variant


@dataclass(frozen=True, slots=True)
class Signature:
    """The Python names of what a class is given."""

    #: The argument of the constructor for each parameter that is a value.
    arguments: dict[str, str] = field(default_factory=dict)
    #: The attribute that keeps it.
    attributes: dict[str, str] = field(default_factory=dict)
    #: The tensors to go on from.
    inputs: tuple[str, ...] = ()
    #: The argument of `call` for each parameter that is a tensor, and which of these are lists of tensors.
    tensors: dict[str, str] = field(default_factory=dict)
    several: frozenset[str] = frozenset()

    @property
    def called_with(self) -> tuple[str, ...]:
        """Return the arguments of `call`."""
        return *self.inputs, *self.tensors.values()

    @property
    def shapes(self) -> dict[str, str]:
        """Return the argument of `build` for each argument of `call`: Keras goes by their names."""
        names = self.called_with
        return {names[0]: "input_shape"} if len(names) == 1 else {name: _shape(name) for name in names}

    def settled(self, name: str) -> str:
        """Return the expression of the shape of an argument of `call`, as tuples: a saved model has lists."""
        shape = self.shapes[name]
        return f"[tuple(shape) for shape in {shape}]" if name in self.several else f"tuple({shape})"

    def symbolic(self, name: str) -> str:
        """Return the expression of an argument of `call` that has a shape and no values."""
        shape = self.shapes[name]
        if name in self.several:
            return f"[keras.KerasTensor(shape) for shape in {shape}]"
        return f"keras.KerasTensor({shape})"


def signature(variant: Variant, taken: Iterable[str]) -> Signature:
    """Return the signature of a variant; `taken` are names that stand for something else in its module."""
    arguments: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for parameter in variant.definition.parameters:
        if not parameter.tensor:
            name = naming.argument(parameter.name, {*taken, *arguments.values()})
            arguments[parameter.name] = name
            attributes[parameter.name] = naming.attribute(name, attributes.values())
    if variant.definition.kind == "model":
        return Signature(arguments, attributes)
    own = variant.given.inputs
    wanted = ["inputs"] if own == 1 else [f"inputs{number}" for number in range(1, own + 1)]
    inputs = tuple(naming.unique(name, arguments.values()) for name in wanted)
    used = {*taken, *arguments.values(), *inputs, *map(_shape, inputs)}
    tensors: dict[str, str] = {}
    for parameter in variant.definition.parameters:
        if parameter.tensor:
            # Neither the name nor that of its shape may be another's.
            name = naming.variable(parameter.name, used | {one.removesuffix("_shape") for one in used})
            used |= {name, _shape(name)}
            tensors[parameter.name] = name
    several = frozenset(tensors[name] for name in variant.given.several)
    return Signature(arguments, attributes, inputs, tensors, several)


def _shape(name: str) -> str:
    return f"{name}_shape"
