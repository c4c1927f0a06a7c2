"""What is wrong, as data. Stages collect diagnostics; `render` turns them into text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from archspec.diagnostics.source import Source, Span
from archspec.record import Record

Severity = Literal["error", "warning", "note"]


class Label(Record):
    """A further place that matters to a diagnostic, and why."""

    span: Span
    text: str


class Diagnostic(Record):
    """One fault in a spec: a stable code, a message, the smallest telling span, and the repair if one is known."""

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    severity: Severity = "error"


class ArchspecError(Exception):
    """Base of everything archspec raises on purpose."""


class CompileError(ArchspecError):
    """A spec is wrong. Carries every diagnostic of the run and the sources they point into."""

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources or {})
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        from archspec.diagnostics.render import render

        return "\n".join(render(d, self.sources) for d in self.diagnostics)


class InternalError(ArchspecError):
    """archspec contradicts itself: a bug of ours, never the user's."""


class Enough(Exception):
    """There are more errors than anybody reads: what is not looked at yet need not be."""


class Diagnostics:
    """The list that stages add to and go on. The same fault found again (another use of a block) is kept once."""

    MOST = 500
    """How many errors there may be."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []
        self._seen: set[tuple[str, Span | None, str]] = set()
        self._errors = 0

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic. Raises Enough where it is an error, and there are as many as there may be."""
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key in self._seen:
            return
        if diagnostic.severity == "error":
            if self._errors == self.MOST:
                raise Enough
            self._errors += 1
        self._seen.add(key)
        self.items.append(diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        labels: Iterable[Label] = (),
        notes: Iterable[str] = (),
        help: str = "",
    ) -> None:
        self.add(Diagnostic(code, message, span, label, tuple(labels), tuple(notes), help))

    def warning(self, code: str, message: str, span: Span | None, *, help: str = "") -> None:
        self.add(Diagnostic(code, message, span, help=help, severity="warning"))

    def note(self, code: str, message: str, span: Span | None) -> None:
        self.add(Diagnostic(code, message, span, severity="note"))

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.items)
