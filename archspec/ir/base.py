"""The base of every IR record: frozen, closed, cheap to define and to make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from archspec.record import Record, field, getter, written_types

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Ir(Record):
    """A record of the IR. What is read from JSON is validated; what the compiler makes has been checked by mypy.

    To pydantic it is a dataclass (see `record`), whose schema only those pay for who read or write JSON.
    """

    def inner(self) -> Iterable[Any]:
        """Return what may hold further records."""
        return _inner(type(self))(self)

    _by_name: ClassVar[bool] = True
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


class Form:
    """Annotation of a field that has a form of its own in JSON: how it is read and written, and the schema of that.

    pydantic has validators and serializers for this, whose import takes longer than that of the IR.
    """

    def __init__(self, load: Callable[[Any], Any], dump: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self._load, self._dump, self._schema = load, dump, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        from pydantic_core import core_schema

        dump = core_schema.plain_serializer_function_ser_schema(self._dump)
        return core_schema.no_info_plain_validator_function(self._load, serialization=dump)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return self._schema


@cache
def _inner(kind: type[Ir]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the fields of a record that may hold further records, by their types."""
    return getter([name for name, type in written_types(kind).items() if not _PLAIN_TYPE.fullmatch(str(type))])


def find_all(item: object, kind: type[_Kind] | tuple[type[_Kind], ...]) -> Iterator[_Kind]:
    """Yield every record of a kind in a record, or in a tuple of them, in no order."""
    stack: list[Any] = [item]
    while stack:
        part = stack.pop()
        if isinstance(part, Ir):
            if isinstance(part, kind):
                yield part
            inner: Iterable[Any] = part.inner()
        else:
            inner = part if isinstance(part, tuple) else ()
        stack += filter(None, inner)


#: The type of a field that holds words, numbers and places, or nothing.
_PLAIN_TYPE = re.compile(r"(?:str|int|bool|Span|None|Literal\[[^]]*\])(?: \| (?:str|int|bool|Span|None))*")
