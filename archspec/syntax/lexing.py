"""From text to tokens, by the terminals of the grammar. Whatever the text, every character ends up in some token.

Lark's own lexer stops at the first character it does not know and cannot tell a spelling (`s#`) from a comment without
asking the parser, so the terminals are compiled into one pattern here.
"""

from __future__ import annotations

import re
from functools import cache

from archspec.diagnostics import Diagnostics, Source, Span
from archspec.syntax import mistakes, values
from archspec.syntax.docs import doc_above
from archspec.syntax.grammar import tables
from archspec.syntax.token import END, Token

_UNSEEN = {"SPACE", "COMMENT"}
_VALUES = {"NUMBER": values.number, "DIMS": values.dims, "STRING": values.string}


def scan(source: Source, diagnostics: Diagnostics) -> list[Token]:
    """Return the tokens of a text, its line ends among them and `END` last; report and mend what is no token."""
    plain, spelling, keywords = _patterns()
    text, name = source.text, source.name
    tokens: list[Token] = []
    header = _Header()
    position, line, line_start = 0, 1, 0
    while position < len(text):
        found = (spelling if header.spelling_is_next else plain).match(text, position)
        assert found is not None and found.lastgroup is not None, "some terminal matches any character"
        kind, start, position = found.lastgroup, position, found.end()
        if kind in _UNSEEN:
            continue
        span = Span(name, line, start - line_start + 1, line, position - line_start + 1)
        token = Token(kind, found.group(), span)
        if kind == "NAME":
            token.type = keywords.get(token.text, kind)
            if token.type in ("TRUE", "FALSE"):
                token.value = token.type == "TRUE"
            elif token.type in ("MODEL", "BLOCK", "EXTERN"):
                token.value = doc_above(source, span)
        elif kind in _VALUES:
            token.value = _VALUES[kind](token, diagnostics)
        elif kind == "NEWLINE":
            line, line_start = line + 1, position
        elif kind in mistakes.KINDS:
            mistakes.report_mistake(token, diagnostics)
            if token.type == "UNEXPECTED":
                continue
        header.see(token)
        tokens.append(token)
    last = next((token.span for token in reversed(tokens) if token.type != "NEWLINE"), Span(name, 1, 1, 1, 1))
    tokens.append(Token(END, "", Span(name, last.end_line, last.end_column, last.end_line, last.end_column)))
    return tokens


class _Header:
    """Follows `block name(…)`, `model name(…)` and `extern layer name(…)`: what follows `as` there may hold a `#`."""

    def __init__(self) -> None:
        self.spelling_is_next = False
        self._depth = 0
        self._last = ["", "", ""]

    def see(self, token: Token) -> None:
        kind = token.type
        if kind == "NEWLINE":
            return
        before, keyword, name = self._last
        named = name == "NAME" and (keyword in ("BLOCK", "MODEL") or before == "EXTERN")
        if kind == "LPAR" and (self._depth or named):
            self._depth += 1
        elif kind == "LBRACE":
            self._depth = 0
        elif kind == "RPAR" and self._depth:
            self._depth -= 1
        self.spelling_is_next = self._depth > 0 and kind in ("AS", "VBAR")
        self._last = [keyword, name, kind]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """Return the pattern of all tokens, the one for where a spelling may stand, and the reserved words."""
    terminals = tables().terminals
    keywords = {terminal.pattern: terminal.name for terminal in terminals if terminal.word}
    groups = {t.name: f"(?P<{t.name}>{t.pattern})" for t in terminals if not t.word}
    spelling = groups.pop("SPELLING")
    plain = "|".join(groups.values())
    return re.compile(plain), re.compile(f"{spelling}|{plain}"), keywords
