"""Comment blocks that document what they stand above."""

from __future__ import annotations

from archspec.diagnostics import Source, Span
from archspec.syntax import ast


def doc_above(source: Source, keyword: Span) -> str:
    """Return the comment block directly above the line that a `block` or `model` begins."""
    if source.line(keyword.line)[: keyword.column - 1].strip():
        return ""
    first = keyword.line
    while _is_comment(source.line(first - 1)):
        first -= 1
    return _text(source, first, keyword.line)


def file_doc(source: Source, file: ast.File) -> str:
    """Return the comment block that begins a file, unless it is about the file's first definition only."""
    end = 1
    while _is_comment(source.line(end)):
        end += 1
    definitions = (*file.blocks, *file.models)
    if any(node.span.line == end for node in definitions) and definitions != file.models[:1]:
        return ""
    return _text(source, 1, end)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _text(source: Source, first: int, end: int) -> str:
    lines = (source.line(number).strip().removeprefix("#") for number in range(first, end))
    return "\n".join(line.removeprefix(" ") for line in lines)
