"""Which warnings are shown, which are errors, and which must be asked for."""

from __future__ import annotations

from collections.abc import Iterable

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.record import Record, replace

#: Stands for every warning.
EVERY = "warnings"


class Policy(Record):
    """By code: the warnings and notes that are left out, those that are errors, and further ones to look for."""

    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    warn: frozenset[str] = frozenset()

    def apply(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics that are left, a denied warning as an error."""
        return [self._held(d) for d in diagnostics if d.severity == "error" or not self.allow & {EVERY, d.code}]

    def _held(self, diagnostic: Diagnostic) -> Diagnostic:
        if diagnostic.severity != "warning" or not self.deny & {EVERY, diagnostic.code}:
            return diagnostic
        return replace(diagnostic, severity="error", notes=(*diagnostic.notes, "a warning, made an error by `--deny`"))
