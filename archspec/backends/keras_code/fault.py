"""What a spec may hold and generated code may not."""

from __future__ import annotations

from archspec.diagnostics.source import Span


class Unprintable(Exception):
    """Something has no Python form. Says why, and where and what to do about it where that is known."""

    def __init__(self, message: str, span: Span | None = None, *, help: str = "") -> None:
        super().__init__(message)
        self.message, self.span, self.help = message, span, help
