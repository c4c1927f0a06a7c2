"""Attention."""

from collections.abc import Iterator
from math import prod
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from archspec.layers.base import WHOLE, Layer, RuleError, Takes, Weight, Window, known
from archspec.layers.configs import (
    Constraint,
    Initializer,
    NamedConstraint,
    NamedInitializer,
    NamedRegularizer,
    Regularizer,
)
from archspec.layers.recipe import Construct
from archspec.layers.spatial import resolve_axis, times
from archspec.layers.spelling import Flag, Short
from archspec.tensor import Shape, TensorType, agree, count, show_shape

Share = Annotated[float, Field(ge=0, le=1)]


class MultiHeadAttention(Layer):
    """Scaled dot-product attention in several heads. With one tensor it attends to itself.

    Of `attention_mask=`, a tensor of queries x values or 1 x values, what is not 0 may be attended to.

    ```arch
    input 128x512
    multi_head_attention(heads=8, key_dim=64)
    ```
    ```python
    keras.layers.MultiHeadAttention(8, 64)
    ```
    """

    kind = "MultiHeadAttention"
    names = ("multi_head_attention", "mha")
    category = "attention"
    takes = Takes(least=1, most=3, how="each", names=("query", "value", "key"), keywords=("attention_mask",))
    keras = Construct(
        "keras.layers.MultiHeadAttention", positional=("num_heads", "key_dim"), at_call=("use_causal_mask",)
    )
    uses_training = True

    num_heads: Annotated[PositiveInt, Short("heads")]
    key_dim: PositiveInt
    value_dim: PositiveInt | None = None
    dropout: Share = 0.0
    use_bias: Annotated[bool, Flag("no_bias", False)] = True
    output_shape: tuple[PositiveInt, ...] | None = None
    attention_axes: tuple[int, ...] | None = None
    sliding_window: PositiveInt | None = None
    kernel_initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: Annotated[Regularizer, Short("reg")] = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None
    use_gate: bool = False
    seed: int | None = None
    use_causal_mask: Annotated[bool, Flag("causal", True)] = False

    @field_validator("output_shape", "attention_axes", mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) and not isinstance(value, bool) else value

    def _attended(self, query: TensorType) -> tuple[int, ...]:
        """Return the positions of the axes that are attended over: all but the last unless given."""
        if self.attention_axes is None:
            return tuple(range(query.rank - 1))
        return tuple(resolve_axis(axis, query, "attention_axes") for axis in self.attention_axes)

    def output(
        self,
        query: TensorType,
        value: TensorType | None = None,
        key: TensorType | None = None,
        attention_mask: tuple[TensorType, ...] = (),
    ) -> TensorType:
        value, key = _filled(query, value, key)
        for position, x in enumerate((query, value, key)):
            if x.rank < 2 or x.rank != query.rank:
                wanted = "positions x features" if position == 0 else f"as many axes as its query, {query}"
                raise RuleError(
                    f"`multi_head_attention` needs {wanted}, but its {self.takes.names[position]} is {x}",
                    code="wrong-rank",
                    input=position,
                )
        _check_pairs(self, value, key)
        attended = self._attended(query)
        for axis in range(query.rank - 1):
            if axis not in attended and not agree(query.shape[axis], value.shape[axis]):
                raise RuleError(
                    f"query {query} and value {value} differ in axis {axis + 1}, which is not attended over",
                    code="shape-mismatch",
                    input=1,
                )
        asks, tells = (tuple(x.shape[axis] for axis in attended) for x in (query, value))
        _check_mask(self, attention_mask, (*asks, *tells))
        return TensorType((*query.shape[:-1], *(self.output_shape or query.shape[-1:])))

    def weights(
        self, query: TensorType, value: TensorType | None = None, key: TensorType | None = None
    ) -> Iterator[Weight]:
        value, key = _filled(query, value, key)
        width = known(query.shape[-1], "the number of features of the query")
        depth = self.value_dim or self.key_dim
        yield from self._projection("query", width, self.key_dim)
        yield from self._projection("key", known(key.shape[-1], "the number of features of the key"), self.key_dim)
        if self.use_gate:
            yield from self._projection("gate", width, depth)
        yield from self._projection("value", known(value.shape[-1], "the number of features of the value"), depth)
        out = self.output_shape or (width,)
        yield Weight("attention_output/kernel", (self.num_heads, depth, *out), initializer=self.kernel_initializer)
        if self.use_bias:
            yield Weight("attention_output/bias", out, initializer=self.bias_initializer)

    def _projection(self, name: str, width: int, depth: int) -> Iterator[Weight]:
        yield Weight(f"{name}/kernel", (width, self.num_heads, depth), initializer=self.kernel_initializer)
        if self.use_bias:
            yield Weight(f"{name}/bias", (self.num_heads, depth), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        query = inputs[0]
        value, key = _filled(query, *inputs[1:])
        attended = count(value.shape[axis] for axis in self._attended(query))
        sizes = (query.elements, key.elements, value.elements, outputs[0].elements)
        if attended is None or any(size is None for size in sizes):
            return None
        depth = self.value_dim or self.key_dim
        asked, keyed, valued, made = (size or 0 for size in sizes)
        products = (asked + keyed) * self.key_dim + (valued + made) * depth
        if self.use_gate:
            products += asked * depth
        scores = prod(d for d in query.shape[:-1] if isinstance(d, int)) * attended * (self.key_dim + depth)
        return (products + scores) * self.num_heads

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class GroupedQueryAttention(Layer):
    """Attention whose heads share keys and values in groups (Ainslie et al., arXiv:2305.13245).

    It takes an `attention_mask=` as `multi_head_attention` does.

    ```arch
    input 128x512
    gqa(head_dim=64, heads=8, kv_heads=2)
    ```
    ```python
    keras.layers.GroupQueryAttention(64, 8, 2)
    ```
    """

    kind = "GroupedQueryAttention"
    names = ("group_query_attention", "gqa", "grouped_query_attention")
    category = "attention"
    takes = Takes(least=1, most=3, how="each", names=("query", "value", "key"), keywords=("attention_mask",))
    keras = Construct(
        "keras.layers.GroupQueryAttention",
        positional=("head_dim", "num_query_heads", "num_key_value_heads"),
        at_call=("use_causal_mask",),
    )
    uses_training = True

    head_dim: PositiveInt
    num_query_heads: Annotated[PositiveInt, Short("heads")]
    num_key_value_heads: Annotated[PositiveInt, Short("kv_heads")]
    dropout: Share = 0.0
    use_bias: Annotated[bool, Flag("no_bias", False)] = True
    sliding_window: PositiveInt | None = None
    kernel_initializer: Annotated[Initializer, Short("init")] = "glorot_uniform"
    bias_initializer: NamedInitializer = "zeros"
    kernel_regularizer: Annotated[Regularizer, Short("reg")] = None
    bias_regularizer: NamedRegularizer = None
    activity_regularizer: NamedRegularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: NamedConstraint = None
    use_gate: bool = False
    seed: int | None = None
    use_causal_mask: Annotated[bool, Flag("causal", True)] = False

    @field_validator("num_key_value_heads")
    @classmethod
    def _divides(cls, value: int, info: Any) -> int:
        heads = info.data.get("num_query_heads")
        if heads and heads % value:
            raise PydanticCustomError("heads", "must divide `num_query_heads`, {heads}", {"heads": heads})
        return value

    def output(
        self,
        query: TensorType,
        value: TensorType | None = None,
        key: TensorType | None = None,
        attention_mask: tuple[TensorType, ...] = (),
    ) -> TensorType:
        value, key = _filled(query, value, key)
        for position, x in enumerate((query, value, key)):
            if x.rank != 2:
                raise RuleError(
                    f"`{self.names[0]}` needs positions x features, but its {self.takes.names[position]} is {x}",
                    code="wrong-rank",
                    input=position,
                )
        _check_pairs(self, value, key)
        if not agree(query.shape[-1], value.shape[-1]):
            raise RuleError(
                f"`{self.names[0]}` needs a query and a value of one width, but they are {query} and {value}",
                code="shape-mismatch",
                help=f"bring the value to {query.shape[-1]} features with `dense({query.shape[-1]})`",
                input=1,
            )
        _check_mask(self, attention_mask, (query.shape[0], value.shape[0]))
        return TensorType(query.shape)

    def weights(
        self, query: TensorType, value: TensorType | None = None, key: TensorType | None = None
    ) -> Iterator[Weight]:
        value, key = _filled(query, value, key)
        width = known(query.shape[-1], "the number of features of the query")
        yield from self._projection("query", query, self.num_query_heads)
        yield from self._projection("key", key, self.num_key_value_heads)
        if self.use_gate:
            yield from self._projection("gate", query, self.num_query_heads)
        yield from self._projection("value", value, self.num_key_value_heads)
        yield Weight(
            "attention_output/kernel", (self.num_query_heads, self.head_dim, width), initializer=self.kernel_initializer
        )
        if self.use_bias:
            yield Weight("attention_output/bias", (width,), initializer=self.bias_initializer)

    def _projection(self, name: str, x: TensorType, heads: int) -> Iterator[Weight]:
        width = known(x.shape[-1], f"the number of features of the {name}")
        yield Weight(f"{name}/kernel", (width, heads, self.head_dim), initializer=self.kernel_initializer)
        if self.use_bias:
            yield Weight(f"{name}/bias", (heads, self.head_dim), initializer=self.bias_initializer)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        query = inputs[0]
        value, key = _filled(query, *inputs[1:])
        sizes = (query.elements, key.elements, value.elements, query.shape[0], value.shape[0])
        if not all(isinstance(size, int) for size in sizes):
            return None
        asked, keyed, valued, steps, memory = (size for size in sizes if isinstance(size, int))
        # Of the query, the output and the gate; of keys and values; and of the scores and what they weigh.
        projections = asked * (3 if self.use_gate else 2) * self.num_query_heads
        shared = (keyed + valued) * self.num_key_value_heads
        return (projections + shared + 2 * steps * memory * self.num_query_heads) * self.head_dim

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class SimpleAttention(Layer):
    """Attention without projections: over [query, value] or [query, value, key]."""

    category = "attention"
    takes = Takes(least=2, most=3, how="list", names=("query", "value", "key"))
    uses_training = True

    def output(self, query: TensorType, value: TensorType, key: TensorType | None = None) -> TensorType:
        value, key = _filled(query, value, key)
        for position, x in enumerate((query, value, key)):
            if x.rank < 2 or x.rank != query.rank:
                wanted = "positions x features" if position == 0 else f"as many axes as its query, {query}"
                raise RuleError(
                    f"`{self.names[0]}` needs {wanted}, but its {self.takes.names[position]} is {x}",
                    code="wrong-rank",
                    input=position,
                )
        _check_pairs(self, value, key)
        if not agree(query.shape[-1], key.shape[-1]):
            raise RuleError(
                f"`{self.names[0]}` needs a query and a key of one width, but they are {query} and {key}",
                code="shape-mismatch",
                help=f"bring the query to {key.shape[-1]} features with `dense({key.shape[-1]})`",
                input=0,
            )
        if not all(map(agree, query.shape[:-2], value.shape[:-2])):
            raise RuleError(
                f"`{self.names[0]}` attends over the last axis but one, but its query is {query} and its value {value}",
                code="shape-mismatch",
                input=1,
            )
        return TensorType((*query.shape[:-1], value.shape[-1]))

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int | None:
        query, value = inputs[:2]
        memory = count(value.shape[-2:-1])
        scores, context = times(query.elements, memory), times(outputs[0].elements, memory)
        return None if scores is None or context is None else scores + context

    def window(self, *inputs: Any, **keywords: Any) -> tuple[Window, ...] | None:
        return WHOLE


class Attention(SimpleAttention):
    """Dot-product attention (Luong) of a query over values.

    ```arch
    input query: 10x64
    input memory: 20x64
    attention(query, memory)
    ```
    ```python
    keras.layers.Attention()
    ```
    """

    kind = "Attention"
    names = ("attention",)
    keras = Construct("keras.layers.Attention")

    use_scale: bool = False
    score_mode: Literal["dot", "concat"] = "dot"
    dropout: Share = 0.0
    seed: int | None = None

    def weights(self, *inputs: TensorType) -> Iterator[Weight]:
        if self.use_scale:
            yield Weight("scale", ())
        if self.score_mode == "concat":
            yield Weight("concat_score_weight", ())


class AdditiveAttention(SimpleAttention):
    """Additive attention (Bahdanau) of a query over values.

    ```arch
    input query: 10x64
    input memory: 20x64
    additive_attention(query, memory)
    ```
    ```python
    keras.layers.AdditiveAttention()
    ```
    """

    kind = "AdditiveAttention"
    names = ("additive_attention",)
    keras = Construct("keras.layers.AdditiveAttention")

    use_scale: bool = True
    dropout: Share = 0.0

    def weights(self, *inputs: TensorType) -> Iterator[Weight]:
        if self.use_scale:
            yield Weight("scale", (known(inputs[0].shape[-1], "the number of features of the query"),))


def _filled(
    query: TensorType, value: TensorType | None = None, key: TensorType | None = None
) -> tuple[TensorType, TensorType]:
    """Return value and key: without a value the query attends to itself, without a key the values are the keys."""
    value = query if value is None else value
    return value, value if key is None else key


def _check_pairs(layer: Layer, value: TensorType, key: TensorType) -> None:
    pairs: tuple[Shape, Shape] = (value.shape[:-1], key.shape[:-1])
    if not all(map(agree, *pairs)):
        raise RuleError(
            f"`{layer.names[0]}` needs a key for each value, but they are {key} and {value}",
            code="shape-mismatch",
            input=2,
        )


def _check_mask(layer: Layer, masks: tuple[TensorType, ...], wanted: Shape) -> None:
    """Raise RuleError where a mask is given that does not say of each query and value, or of each value, what goes."""
    if len(masks) > 1:
        raise RuleError(f"`{layer.names[0]}` takes one mask, not {len(masks)}", argument="attention_mask")
    for mask in masks:
        if mask.rank != len(wanted) or not all(d == 1 or agree(d, w) for d, w in zip(mask.shape, wanted, strict=True)):
            raise RuleError(
                f"`{layer.names[0]}` needs a mask of {show_shape(wanted)}, or 1 where all are alike, but it is {mask}",
                code="shape-mismatch",
                help="a mask of the values alone gets its other axis from `expand_dims(1)`" if mask.rank == 1 else "",
                argument="attention_mask",
            )
