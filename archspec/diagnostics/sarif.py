"""Diagnostics as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from archspec.diagnostics.codes import CODES
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(diagnostics: Iterable[Diagnostic], version: str) -> dict[str, Any]:
    """Return a SARIF log of one run. The same fault, found in several models of a file, is one result."""
    found = list(dict.fromkeys(diagnostics))
    codes = sorted({d.code for d in found})
    driver = {"name": "archspec", "version": version, "rules": [_rule(code) for code in codes]}
    results = [_result(d, codes.index(d.code)) for d in found]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str) -> dict[str, Any]:
    known = CODES[code]
    return {
        "id": code,
        "fullDescription": {"text": known.explanation},
        "defaultConfiguration": {"level": known.severity},
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    remarks = [*diagnostic.notes, *([f"help: {diagnostic.help}"] if diagnostic.help else [])]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": "\n".join([diagnostic.message, *remarks])},
        "locations": [_location(diagnostic.span)] if diagnostic.span else [],
    }
    if diagnostic.labels:
        result["relatedLocations"] = [_location(label.span, label.text) for label in diagnostic.labels]
    return result


def _location(span: Span, text: str = "") -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(span.file)}, "region": region},
    }
    return place | ({"message": {"text": text}} if text else {})
