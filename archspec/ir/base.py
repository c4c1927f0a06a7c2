"""The base of every IR record: frozen, closed, cheap to define."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Ir(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
