"""Layers with arguments and inputs drawn at random, right and wrong, and what we and Keras say to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from archspec.layers import registry
from archspec.layers.base import Layer, Part, RuleError
from archspec.layers.configs import AnyLayer, OneOf
from archspec.layers.recipe import Function
from archspec.layers.spatial import PerAxis
from archspec.tensor import Shape, TensorType
from tests.layers.layer_case import as_list, call, referred, symbol, weight_name, without_cell
from tests.layers.layer_rows import all_rows

ROWS = all_rows()
Values = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Use:
    """A layer's class, arguments for it, and the inputs that it is called on; the last `states` are initial states."""

    layer: type[Layer]
    arguments: dict[str, Any]
    inputs: tuple[TensorType, ...]
    states: int = 0

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        on = ", ".join(f"{x}:{x.dtype}" for x in self.inputs)
        return f"{self.layer.names[0]}({given}) on {on}" + f", {self.states} of them states" * bool(self.states)


@dataclass(frozen=True)
class Accepted:
    """What a layer gives: the shapes and types of its results, and its weights."""

    results: tuple[tuple[Shape, str], ...]
    weights: tuple[tuple[str, tuple[int, ...], bool], ...]


@dataclass(frozen=True)
class Rejected:
    reason: str


Answer = Accepted | Rejected

# --- what may be drawn ------------------------------------------------------------------------------------------------


def mostly(right: Values, wrong: Values) -> Values:
    """Return values that are right seven times of eight, so that a use of several is often right."""
    return st.one_of(*(right,) * 7, wrong)


SMALL = mostly(st.integers(1, 6), st.integers(-1, 0))
FLOATS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.5, 3.0, -0.5])
AXIS = st.integers(-5, 5)
LENGTH = st.integers(1, 6)
#: Arguments whose type says too little, by their name or by that of their layer too.
SPECIAL: dict[str, Values] = {
    "axis": AXIS,
    "Dot.axes": AXIS | st.tuples(AXIS, AXIS),
    "transpose.axes": st.integers(0, 4).flatmap(lambda n: st.permutations(range(1, n + 1))).map(lambda p: (0, *p)),
    "attention_axes": st.one_of(AXIS, st.lists(AXIS, min_size=1, max_size=2).map(tuple)),
    "shared_axes": st.lists(AXIS, max_size=3).map(tuple),
    "dims": st.integers(1, 4).flatmap(lambda n: st.permutations(range(1, n + 1))).map(tuple),
    "tile.repeats": st.lists(SMALL, max_size=3).map(lambda n: (1, *n)),
    "pad_width": st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3).map(lambda p: ((0, 0), *p)),
    "seed": st.none() | st.integers(0, 3),
    "EinsumDense.output_shape": mostly(
        LENGTH | st.tuples(st.none(), LENGTH) | st.tuples(st.none(), LENGTH, LENGTH),
        st.lists(st.none() | SMALL, max_size=3).map(tuple),
    ),
    "bias_axes": st.none() | st.sampled_from(["b", "c", "d", "cd", "bd"]),
    "equation": st.sampled_from(
        [
            *("ab,bc->ac", "abc,cd->abd", "abc,cde->abde", "abcd,cde->abe", "...a,ab->...b", "...ab,bc->...ac"),
            *("ab...,bc->ac...", "abc,bd->adc", "ab,ab->a", "abc,bc->ab", "ab,bcd->acd"),
        ]
    ),
}


def arguments(part: type[Part]) -> Values:
    """Return arguments for a part: all that it needs, and a few others."""
    # Few tensors have as many channels as the 32 groups of Keras's default.
    needed = [
        name
        for name, field in part.model_fields.items()
        if field.is_required() or part.kind + name == "GroupNormalizationgroups"
    ]
    others = [name for name in part.model_fields if name not in needed]

    @st.composite
    def drawn(draw: Any) -> dict[str, Any]:
        chosen = draw(st.sets(st.sampled_from(others), max_size=3)) if others else set()
        return {name: draw(values(part, name)) for name in (*needed, *sorted(chosen))}

    return drawn()


def values(part: type[Part], name: str) -> Values:
    field = part.model_fields[name]
    for mark in field.metadata:
        if isinstance(mark, OneOf):
            return words(mark)
        if isinstance(mark, AnyLayer):
            return inner_layers(part) | (st.none() if mark.optional else st.nothing())
        if isinstance(mark, PerAxis):
            rank = getattr(part, "rank", None) or 1
            each = st.lists(st.integers(1, 3), min_size=rank, max_size=rank).map(tuple)
            few = mostly(st.integers(1, 3) | each, SMALL | tuples(st.integers(0, 3)))
            return few if field.is_required() or field.default is not None else few | st.none()
    special = SPECIAL.get(f"{part.kind}.{name}", SPECIAL.get(name))
    options = typed(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation)
    if special is None:
        return options
    return special | st.none() if type(None) in get_args(field.annotation) else special


def words(mark: OneOf) -> Values:
    members = registry.words(mark.category)
    if mark.category == "cell":
        return st.one_of([made(part) for part in dict.fromkeys(members.values())])
    bare = sorted({part.names[0] for part in members.values() if part.bare})
    if mark.category == "padding":
        return mostly(st.sampled_from(["valid", "same"]), st.just("causal"))
    return st.sampled_from(bare) | (st.none() if mark.optional else st.nothing())


def made(part: type[Part]) -> Values:
    """Return parts that can be made: what cannot be is drawn where it stands by itself."""
    return arguments(part).map(lambda given: attempt(part, given)).filter(lambda one: one is not None)


def attempt(part: type[Part], given: dict[str, Any]) -> Part | None:
    try:
        return part(**given)
    except ValidationError:
        return None


RECURRENT = ("lstm", "gru", "simple_rnn", "rnn", "conv_lstm1d")
WITH_KERNEL = ("dense", "conv1d", "conv2d", "depthwise_conv1d", "einsum_dense")
OTHERS = ("batch_normalization", "flatten", "dropout", "relu", "global_average_pooling1d", "max_pooling2d", "embedding")


def inner_layers(part: type[Part]) -> Values:
    right = {"Bidirectional": RECURRENT, "SpectralNormalization": WITH_KERNEL}
    return mostly(one_of_layers(right.get(part.kind, WITH_KERNEL + OTHERS)), one_of_layers(RECURRENT + OTHERS))


def one_of_layers(names: tuple[str, ...]) -> Values:
    return st.one_of([made(kind) for name in names if isinstance(kind := registry.find_layer(name), type)])


def tuples(items: Values) -> Values:
    return st.lists(items, max_size=4).map(tuple)


def typed(annotation: Any) -> Values:
    """Return values of a type, some of them outside its bounds."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return bounded(inner[0], inner[1:])
    if origin is Literal:
        return mostly(st.sampled_from(inner), st.just("other")) if isinstance(inner[0], str) else st.sampled_from(inner)
    if origin in (Union, UnionType):
        return st.one_of([typed(option) for option in inner])
    if origin is tuple:
        return tuples(typed(inner[0])) if inner[-1] is Ellipsis else st.tuples(*map(typed, inner))
    simple = {int: SMALL, float: FLOATS, bool: st.booleans(), type(None): st.none(), str: st.just("other")}
    return simple[annotation]


def bounded(annotation: Any, marks: tuple[Any, ...]) -> Values:
    for mark in marks:
        if isinstance(mark, FieldInfo):
            return bounded(annotation, tuple(mark.metadata))
    least = [m.ge for m in marks if isinstance(m, annotated_types.Ge)]
    if annotation is int and least:
        return st.integers(int(least[0]) - 1, int(least[0]) + 8)
    return typed(annotation)


DIMS = st.one_of(*(st.integers(1, 9),) * 4, st.none())
TYPES = st.sampled_from(["float32"] * 6 + ["int32", "float16", "uint8", "bool"])


def shapes(layer: type[Layer]) -> Values:
    """Return shapes, most of them of a rank that the layer takes."""
    ranks = sorted({len(case.inputs[0]) for case in ROWS if type(case.layer) is layer}) or [1]
    rank = st.one_of(*(st.sampled_from(ranks),) * 4, st.integers(0, 5))
    return rank.flatmap(lambda n: st.lists(DIMS, min_size=n, max_size=n)).map(tuple)


def changed(shape: Shape) -> Values:
    """Return shapes that nearly fit: the same, with another length somewhere, or with an axis less."""
    other = st.tuples(st.integers(0, max(len(shape) - 1, 0)), DIMS | st.just(1))
    replaced = other.map(lambda new: (*shape[: new[0]], new[1], *shape[new[0] + 1 :]) if shape else shape)
    return st.one_of(st.just(shape), st.just(shape), replaced, st.just(shape[1:]))


@st.composite
def uses(draw: Any, layer: type[Layer]) -> Use:
    given = draw(arguments(layer))
    usual = {case.dtype for case in ROWS if type(case.layer) is layer}
    dtype = draw(st.sampled_from(sorted(usual)) if usual != {"float32"} else TYPES)
    least, most = layer.takes.least, min(layer.takes.most or 3, 3)
    first = draw(shapes(layer))
    inputs = [first, *(draw(changed(first)) for _ in range(draw(st.integers(least, most)) - 1))]
    states: list[Shape] = []
    if "initial_state" in layer.takes.keywords and draw(st.integers(0, 3)) == 0:
        width = given.get("units", 3)
        states = draw(st.lists(st.sampled_from([(width,), (width,), (width,), (4,)]), min_size=1, max_size=4))
    return Use(layer, given, tuple(TensorType(shape, dtype) for shape in (*inputs, *states)), len(states))


# --- what is said to it -----------------------------------------------------------------------------------------------


def ours(use: Use) -> Answer:
    """Return what our rules say."""
    try:
        layer = use.layer(**use.arguments)
    except ValidationError as error:
        return Rejected(error.errors()[0]["msg"])
    tensors, states = use.inputs[: len(use.inputs) - use.states], use.inputs[len(use.inputs) - use.states :]
    try:
        outputs = as_list(layer.output(*tensors, **({"initial_state": states} if states else {})))
        weights = [(without_cell(w.name), w.shape, w.trainable) for w in layer.weights(*tensors)]
        layer.macs(tensors, tuple(outputs))
        layer.window(*tensors)
    except RuleError as error:
        return Rejected(error.message)
    return Accepted(tuple((x.shape, x.dtype) for x in outputs), tuple(weights))


def keras_layer(use: Use) -> Any:
    """Return the Keras layer, or the function. Raises whatever Keras does."""
    recipe = use.layer.keras
    if isinstance(recipe, Function):
        return symbol(use.layer)
    given = {recipe.keyword(k): referred(v) for k, v in use.arguments.items() if k not in recipe.at_call}
    return symbol(use.layer)(**given)


def theirs(use: Use) -> Answer:
    """Return what Keras says, without computing anything."""
    import keras

    function = isinstance(use.layer.keras, Function)
    try:
        layer, real = use.layer.model_construct(**use.arguments), keras_layer(use)
        inputs = [keras.Input(x.shape, dtype=x.dtype) for x in use.inputs]
        made = as_list(call(layer, real, inputs, use.states))
    except Exception as error:
        return Rejected(f"{type(error).__name__}: {error}")
    results = tuple((tuple(x.shape[1:]), x.dtype) for x in made)
    if any(dim is not None and dim < 1 for shape, _ in results for dim in shape):
        return Rejected(f"an empty result: {results}")
    weights = [] if function else [(weight_name(w), tuple(w.shape), w.trainable) for w in real.weights]
    if any(dim < 1 for _, shape, _ in weights for dim in shape):
        return Rejected(f"an empty weight: {weights}")
    assert function or real.count_params() == sum(prod(shape) for _, shape, _ in weights)
    return Accepted(results, tuple(weights))
