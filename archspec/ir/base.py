"""The base of every IR record: frozen, closed, cheap to define and to make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeVar, dataclass_transform

from archspec.diagnostics.source import Span
from archspec.record import Record, field, values

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Ir(Record):
    """A record of the IR. What is read from JSON is validated; what the compiler makes has been checked by mypy.

    To pydantic it is a dataclass (see `record`), whose schema only those pay for who read or write JSON.
    """

    def inner(self) -> Iterable[Any]:
        """Return what may hold further records."""
        return values(self)

    _by_name: ClassVar[bool] = True
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


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
        # Most of what a record holds is words, numbers and places.
        stack += [value for value in inner if type(value) not in _PLAIN]


_PLAIN = {str, int, float, bool, type(None), Span}
