"""The base of every IR record: frozen, closed, cheap to define."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

_Kind = TypeVar("_Kind")


class Ir(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def find_all(item: object, kind: type[_Kind] | tuple[type[_Kind], ...]) -> Iterator[_Kind]:
    """Yield every record of a kind in a record, or in a tuple of them, in no order."""
    stack: list[Any] = [item]
    while stack:
        match stack.pop():
            case tuple() as items:
                stack += items
            case Ir() as node:
                if isinstance(node, kind):
                    yield node
                stack += (getattr(node, name) for name in type(node).model_fields)
            case _:
                pass
