"""From text to tokens, by the terminals of the grammar. Whatever the text, every character ends up in some token.

Lark's own lexer stops at the first character it does not know and cannot tell a spelling (`s#`) from a comment without
asking the parser, so the terminals are compiled into one pattern here.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from archspec.diagnostics import Diagnostics, Source, Span
from archspec.syntax import mistakes, values
from archspec.syntax.docs import doc_above
from archspec.syntax.grammar import tables
from archspec.syntax.token import END, Token

_UNSEEN = {"SPACE", "COMMENT"}
_VALUES = {"NUMBER": values.number, "DIMS": values.dims, "STRING": values.string}


def scan(source: Source, diagnostics: Diagnostics) -> list[Token]:
    """Return the tokens of a text, its line ends among them and `END` last; report and mend what is no token."""
    plain, keywords = _pattern(), _keywords()
    text, name = source.text, source.name
    tokens: list[Token] = []
    position, line, line_start, end = 0, 1, 0, len(text)
    # How many brackets are open since the name in a header; a spelling may follow `as` there.
    depth, spelling_is_next = 0, False
    while position < end:
        found = (_pattern(spelling_first=True) if spelling_is_next else plain).match(text, position)
        assert found is not None and found.lastgroup is not None, "some terminal matches any character"
        kind, start, position = found.lastgroup, position, found.end()
        if kind in _UNSEEN:
            continue
        span = Span(name, line, start - line_start + 1, line, position - line_start + 1)
        token = Token(kind, found.group(), span)
        if kind == "NAME":
            token.type = kind = keywords.get(token.text, kind)
            if kind in ("TRUE", "FALSE"):
                token.value = kind == "TRUE"
            elif kind in ("MODEL", "BLOCK", "EXTERN"):
                token.value = doc_above(source, span)
        elif kind in _VALUES:
            token.value = _VALUES[kind](token, diagnostics)
        elif kind == "NEWLINE":
            line, line_start = line + 1, position
        elif kind in mistakes.KINDS:
            mistakes.report_mistake(token, diagnostics)
            if (kind := token.type) == "UNEXPECTED":
                continue
        if kind == "LPAR":
            depth, spelling_is_next = depth + (depth > 0 or _ends_in_header(tokens)), False
        elif depth and kind != "NEWLINE":
            depth = 0 if kind == "LBRACE" else depth - (kind == "RPAR")
            spelling_is_next = depth > 0 and kind in ("AS", "VBAR")
        tokens.append(token)
    last = next((token.span for token in reversed(tokens) if token.type != "NEWLINE"), Span(name, 1, 1, 1, 1))
    tokens.append(Token(END, "", Span(name, last.end_line, last.end_column, last.end_line, last.end_column)))
    return tokens


def _ends_in_header(tokens: list[Token]) -> bool:
    """Tell whether `block name`, `model name` or `extern layer name` comes last: what follows may be spellings."""
    kinds = [*islice((token.type for token in reversed(tokens) if token.type != "NEWLINE"), 3), "", "", ""]
    return kinds[0] == "NAME" and (kinds[1] in ("BLOCK", "MODEL") or kinds[2] == "EXTERN")


@cache
def _pattern(spelling_first: bool = False) -> re.Pattern[str]:
    """Return the pattern of all tokens; a spelling is one only where it may stand, for there it comes before all."""
    groups = {t.name: f"(?P<{t.name}>{t.pattern})" for t in tables().terminals if not t.word}
    spelling = groups.pop("SPELLING")
    return re.compile("|".join([spelling, *groups.values()] if spelling_first else groups.values()))


@cache
def _keywords() -> dict[str, str]:
    """Return the reserved words and the terminal that each is."""
    return {terminal.pattern: terminal.name for terminal in tables().terminals if terminal.word}
