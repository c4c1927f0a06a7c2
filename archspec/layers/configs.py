"""The small things that layers are given: activations, initialisers, regularisers, constraints, and plain words.

Each is a class with its arguments, as a layer is. In a spec it is a word (`relu`, `he_normal`, `same`) or a call
(`leaky_relu(0.1)`, `l2(0.01)`). A field holds the bare word as a string and the call as a `Config`.
"""

from typing import Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from archspec.layers import registry
from archspec.layers.base import Layer, Part
from archspec.layers.spelling import Category

#: The largest number of 32 bits, which are what a tensor has that Keras makes of a number at once.
MOST_SINGLE = 3.4028234663852886e38
Single = Annotated[float, Field(ge=-MOST_SINGLE, le=MOST_SINGLE)]


class Config(Part):
    """Base of everything that is given to a layer by a word. `category` says where the word may stand."""

    category: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if "names" in cls.__dict__:
            for word in cls.names:
                registry.register_word(cls.category, word, cls)


class OneOf:
    """Annotation of a field that takes a word of `category`: the bare word, or a `Config` with arguments.

    The canonical word is stored whatever alias was written, so that equal layers compare equal. `optional` fields take
    None as well, and `many` a list of words.
    """

    def __init__(self, category: str, *, optional: bool = False, many: bool = False) -> None:
        self.category, self.optional, self.many = category, optional, many

    def _load(self, value: Any) -> Any:
        if self.many and isinstance(value, list | tuple) and value:
            return tuple(self._load_one(item) for item in value)
        return self._load_one(value)

    def _load_one(self, value: Any) -> str | Part | None:
        members = registry.words(self.category)
        if value is None and self.optional:
            return None
        if isinstance(value, Config):
            if value.category != self.category:
                raise PydanticCustomError("wrong_word", "takes {category} words", {"category": self.category})
            return value
        if isinstance(value, dict) and value.get("word") in members:
            return members[value["word"]].model_validate({k: v for k, v in value.items() if k != "word"}, strict=False)
        if isinstance(value, str) and value in members:
            if (name := registry.bare_word(self.category, value)) is None:
                raise PydanticCustomError("bare_word", "needs the arguments of `{value}`", {"value": value})
            return name
        raise PydanticCustomError(
            "unknown_word", "unknown {category} `{value}`", {"category": self.category, "value": str(value)}
        )

    @classmethod
    def _dump(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return [cls._dump(item) for item in value]
        return {"word": value.names[0], **value.model_dump(mode="json")} if isinstance(value, Config) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._load, serialization=core_schema.plain_serializer_function_ser_schema(self._dump)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        names = sorted({member.names[0] for member in registry.words(self.category).values()})
        called = {"type": "object", "properties": {"word": {"enum": names}}, "required": ["word"]}
        one = [{"enum": names}, called, *([{"type": "null"}] if self.optional else [])]
        return {"anyOf": [*one, *([{"type": "array", "items": {"anyOf": one}}] if self.many else [])]}


class AnyLayer:
    """Annotation of a field that takes a layer: `bidirectional(lstm(64))`. `optional` fields take None as well."""

    def __init__(self, *, optional: bool = False) -> None:
        self.optional = optional

    def _load(self, value: Any) -> Layer | None:
        if value is None and self.optional:
            return None
        if isinstance(value, dict) and (kind := registry.find_kind(str(value.get("kind")))):
            # JSON has no tuples, so a loaded layer is coerced where a written one is held to its types.
            value = kind.model_validate({k: v for k, v in value.items() if k != "kind"}, strict=False)
        if not isinstance(value, Layer):
            raise PydanticCustomError(
                "unknown_word", "unknown {category} `{value}`", {"category": "layer", "value": str(value)}
            )
        if not registry.is_inner(type(value)):
            raise PydanticCustomError("wrong_word", "takes a layer of one tensor that Keras has as a layer")
        return value

    @staticmethod
    def _dump(value: Layer | None) -> Any:
        return None if value is None else {"kind": value.kind, **value.model_dump(mode="json")}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._load, serialization=core_schema.plain_serializer_function_ser_schema(self._dump)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        kinds = sorted({layer.kind for layer in registry.all_layers() if registry.is_inner(layer)})
        layer = {"type": "object", "properties": {"kind": {"enum": kinds}}, "required": ["kind"]}
        return {"anyOf": [layer, {"type": "null"}]} if self.optional else layer


# The kinds of word that layers are given. The `Named…` ones reach their parameter by name only: in
# `dense(8, he_normal)` the initialiser is the kernel's.
Activation = Annotated[Any, OneOf("activation", optional=True), Category("activation")]
Initializer = Annotated[Any, OneOf("initializer"), Category("initializer")]
Regularizer = Annotated[Any, OneOf("regularizer", optional=True), Category("regularizer")]
Constraint = Annotated[Any, OneOf("constraint", optional=True), Category("constraint")]
NamedActivation = Annotated[Any, OneOf("activation", optional=True), Category("activation", bare=False)]
NamedInitializer = Annotated[Any, OneOf("initializer"), Category("initializer", bare=False)]
NamedRegularizer = Annotated[Any, OneOf("regularizer", optional=True), Category("regularizer", bare=False)]
NamedConstraint = Annotated[Any, OneOf("constraint", optional=True), Category("constraint", bare=False)]
Cells = Annotated[Any, OneOf("cell", many=True), Category("cell")]
InnerLayer = Annotated[Any, AnyLayer(), Category("layer")]
Padding = Annotated[Any, OneOf("padding"), Category("padding")]
Interpolation = Annotated[Any, OneOf("interpolation"), Category("interpolation")]
