"""Every repair that a message offers is one: put in place of what is underlined, it leaves a spec that compiles.

A help that ends in "write `…`", "did you mean `…`?" or "leave it out" is meant so.
"""

from __future__ import annotations

import re

import pytest

from archspec.diagnostics import Diagnostic, Source
from tests.elaborate.spec_cases import Case, read_cases
from tests.elaborate.test_wrong_specs import FILES, NAME, compile_case

_TEXT = re.compile(r"(?:.*: )?(?:(?:write|did you mean) `([^`]*)`\??|leave it out)")
#: Specs that would not compile without the fault they are about either.
MORE_IS_WRONG = {
    "independent.arch: an unknown value in a default",
    "independent.arch: an unknown value in a let",
    "independent.arch: two blocks, a fault in each",
    "steps.arch: an unknown step does not hide the rest",
}


def repair(diagnostic: Diagnostic) -> str | None:
    """Return what the help puts in place of what is underlined, or None where it says something else."""
    if diagnostic.help == "write an ordinary space":
        return " "
    found = _TEXT.fullmatch(diagnostic.help)
    return (found[1] or "") if found and "…" not in diagnostic.help else None


def put_in(case: Case, diagnostics: list[Diagnostic]) -> Case:
    source = Source(NAME, case.text)
    lines = [source.line(number) for number in range(1, len(source.lines) + 1)]
    for diagnostic in sorted(diagnostics, key=lambda d: (d.span.line, d.span.column), reverse=True):
        span, text = diagnostic.span, repair(diagnostic)
        assert span is not None and text is not None and span.file == NAME
        first, last = span.line - 1, span.end_line - 1
        before, after = lines[first][: span.column - 1], lines[last][span.end_column - 1 :]
        if not text and before.endswith(("(", ", ")):
            # An argument takes its comma along.
            after = re.sub(r"^\s*,\s*", "", after)
        lines[first : last + 1] = [before + text + after]
    return Case(case.file, case.name, "\n".join(lines))


def errors(case: Case) -> list[Diagnostic]:
    return [d for d in compile_case(case).diagnostics if d.severity == "error"]


def repairable(found: list[Diagnostic]) -> bool:
    return bool(found) and all(repair(d) is not None and d.span and d.span.file == NAME for d in found)


REPAIRABLE = [case for path in FILES for case in read_cases(path) if repairable(errors(case))]


@pytest.mark.parametrize("case", REPAIRABLE, ids=lambda case: case.id)
def test_repair(case: Case) -> None:
    # A fault may hide another.
    for _ in range(3):
        mended = put_in(case, errors(case))
        assert mended.text != case.text
        case = mended
        if not repairable(errors(case)):
            break
    left = errors(case)
    assert not left or case.id in MORE_IS_WRONG, f"{case.text}\n{left}"


def test_there_are_many() -> None:
    assert len(REPAIRABLE) >= 200
    assert {case.id for case in REPAIRABLE} >= MORE_IS_WRONG
