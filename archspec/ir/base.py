"""The base of every IR record: frozen, closed, cheap to define and to make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from archspec.diagnostics.source import Span

_Kind = TypeVar("_Kind")
_set = object.__setattr__


class Ir(BaseModel):
    """A record of the IR. What is read from JSON is validated; what the compiler makes has been checked by mypy.

    So a compilation needs no schema of the records, which take longer to build than most specs take to compile.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def __init__(self, /, **given: Any) -> None:
        required, blank, factories = _template(type(self))
        values = blank.copy()
        values.update(given)
        for name, make in factories:
            if name not in given:
                values[name] = make()
        if len(values) != len(blank) or not required <= given.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(blank)}, and is given {', '.join(given)}")
        _set(self, "__dict__", values)
        _set(self, "__pydantic_fields_set__", _SET)
        _set(self, "__pydantic_extra__", None)
        _set(self, "__pydantic_private__", None)

    # With this pydantic makes records from JSON by itself, without calling `__init__`.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


#: pydantic keeps for each record which fields were given. Nobody asks, so all share one; copies get their own.
_SET: set[str] = set()


@cache
def _template(kind: type[Ir]) -> tuple[set[str], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return the fields of a class that must be given, all fields with their defaults, and what makes some of these."""
    fields = kind.model_fields
    factories = [(name, f.default_factory) for name, f in fields.items() if f.default_factory]
    required = {name for name, f in fields.items() if f.is_required()}
    return required, {name: f.default for name, f in fields.items()}, factories  # type: ignore[return-value]


def find_all(item: object, kind: type[_Kind] | tuple[type[_Kind], ...]) -> Iterator[_Kind]:
    """Yield every record of a kind in a record, or in a tuple of them, in no order."""
    kinds = frozenset(kind if isinstance(kind, tuple) else (kind,))
    stack: list[Any] = [item]
    while stack:
        part = stack.pop()
        # `isinstance` takes long with pydantic's classes.
        bases = type(part).__mro__
        if Ir in bases:
            if not kinds.isdisjoint(bases):
                yield part
            inner: Iterable[Any] = vars(part).values()
        else:
            inner = part if tuple in bases else ()
        # Most of what a record holds is words, numbers and places.
        stack += [value for value in inner if type(value) not in _PLAIN]


_PLAIN = {str, int, float, bool, type(None), Span}
