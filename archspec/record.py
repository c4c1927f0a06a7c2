"""Frozen records: what `@dataclass(frozen=True, slots=True)` makes, without the time that it takes.

A dataclass writes and compiles several functions for each class, and a syntax tree has some fifty classes: that took
longer than most specs take to compile. Here only `__init__` is made, when the first record of a class is. To whoever
asks (`dataclasses.fields`, `asdict`, pydantic) a record is a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    import dataclasses

_MISSING: Any = object()
_Some = TypeVar("_Some", bound="Record")


class _Field:
    __slots__ = ("compare", "default", "kw_only", "repr")

    def __init__(self, default: Any, compare: bool, repr: bool, kw_only: bool) -> None:
        self.default, self.compare, self.repr, self.kw_only = default, compare, repr, kw_only


def field(*, default: Any = _MISSING, compare: bool = True, repr: bool = True, kw_only: bool = False) -> Any:
    """Say more of a field than its type, as `dataclasses.field` does."""
    return _Field(default, compare, repr, kw_only)


class _RecordType(type):
    """Turns the annotations of a class into slots."""

    _fields: dict[str, _Field]
    _key: Callable[[Any], Any]
    _values: Callable[[Any], tuple[Any, ...]]
    #: Whether the fields of a class, and of those derived from it, are given by name alone.
    _by_name: bool = False

    def __new__(meta, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _RecordType:
        own: dict[str, _Field] = {}
        by_name = namespace.get("_by_name", any(getattr(base, "_by_name", False) for base in bases))
        for field_name, annotation in namespace.get("__annotations__", {}).items():
            if "ClassVar" in str(annotation):
                continue
            given = namespace.pop(field_name, _MISSING)
            own[field_name] = given if isinstance(given, _Field) else _Field(given, True, True, by_name)
        inherited = [base._fields for base in bases if isinstance(base, _RecordType)]
        fields = {name: field for some in (*inherited, own) for name, field in some.items()}
        matched = tuple(name for name, field in fields.items() if not field.kw_only)
        keeps = any(isinstance(value, cached_property) for value in namespace.values())
        namespace |= {"__slots__": (*own, *["__dict__"] * keeps), "__match_args__": matched}
        made = super().__new__(meta, name, bases, {"__init__": _first_init, **namespace})
        made._fields, made._values = fields, getter(list(fields))
        made._key = getter([name for name, field in fields.items() if field.compare])
        return made


def getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the fields of these names."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _first_init(record: Any, *values: Any, **named: Any) -> None:
    """Set the fields of the first record of a class. The `__init__` that this makes serves it from then on."""
    kind = type(record)
    positional = {name: field for name, field in kind._fields.items() if not field.kw_only}
    by_name = {name: field for name, field in kind._fields.items() if field.kw_only}
    # Compiling takes ten times as long as everything else here, so the classes with as many fields share what it makes.
    code = _setter(len(kind._fields), hasattr(kind, "__post_init__")).replace(
        co_varnames=("self", *positional, *by_name),
        co_argcount=1 + len(positional),
        co_kwonlyargcount=len(by_name),
    )
    setters = {f"set{number}": getattr(kind, name).__set__ for number, name in enumerate(positional | by_name)}
    defaults = tuple([field.default for field in positional.values() if field.default is not _MISSING])
    made: Any = FunctionType(code, setters, "__init__", defaults)
    made.__kwdefaults__ = {name: field.default for name, field in by_name.items() if field.default is not _MISSING}
    kind.__init__ = made
    made(record, *values, **named)


@cache
def _setter(count: int, post_init: bool) -> CodeType:
    """Return the code of a function that sets so many fields, in order, by functions called `set0`, `set1`, …"""
    values = [f"value{number}" for number in range(count)]
    body = [f"set{number}(self, {value})" for number, value in enumerate(values)]
    if post_init:
        body.append("self.__post_init__()")
    known: dict[str, Any] = {}
    exec(f"def __init__({', '.join(['self', *values])}):\n    {'; '.join(body) or 'pass'}", known)
    code: CodeType = known["__init__"].__code__
    return code


class _AsDataclass:
    """What makes a record a dataclass to others, made out when it is asked for."""

    def __get__(self, record: Record | None, kind: type[Record]) -> dict[str, dataclasses.Field[Any]]:
        return _dataclass_fields(kind)


@cache
def _dataclass_fields(kind: type[Record]) -> dict[str, dataclasses.Field[Any]]:
    import dataclasses

    found: dict[str, Any] = {}
    types = written_types(kind)
    for name, field in kind._fields.items():
        default = dataclasses.MISSING if field.default is _MISSING else field.default
        made: Any = dataclasses.field(default=default, compare=field.compare, repr=field.repr, kw_only=field.kw_only)
        # What `dataclasses.fields` goes by, and nothing but a dataclass of its own making sets.
        made.name, made.type, made._field_type = name, types[name], dataclasses._FIELD  # type: ignore[attr-defined]
        found[name] = made
    return found


def written_types(kind: type[Record]) -> dict[str, Any]:
    """Return the fields of a record with their types as they are written."""
    written: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        written |= vars(base).get("__annotations__", {})
    return {name: written[name] for name in kind._fields}


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(metaclass=_RecordType):
    """Base of frozen classes with slots, whose fields are their annotations. Equal are those with equal fields."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    else:
        __dataclass_fields__ = _AsDataclass()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(type(self)._key(self) == type(self)._key(other))

    def __hash__(self) -> int:
        return hash(type(self)._key(self))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name, field in type(self)._fields.items() if field.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete field {name!r}")


def values(record: Record) -> tuple[Any, ...]:
    """Return what a record holds, in the order of its fields."""
    return type(record)._values(record)


def replace(record: _Some, **changes: Any) -> _Some:
    """Return a record like another, but for the fields that are given."""
    kind = type(record)
    return kind(**dict(zip(kind._fields, kind._values(record), strict=True)) | changes)
