"""From text to AST: strings the parts of this package together, and goes on after a syntax error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from archspec.diagnostics import Diagnostic, Diagnostics, Source, Span
from archspec.diagnostics.diagnostic import Enough
from archspec.record import replace
from archspec.syntax import ast
from archspec.syntax.brackets import MAX_NESTING, balance, too_deep
from archspec.syntax.build import NotAlike
from archspec.syntax.docs import file_doc
from archspec.syntax.layout import lay_out
from archspec.syntax.lexing import MAX_ERRORS, scan
from archspec.syntax.machine import Machine
from archspec.syntax.messages import report_unexpected
from archspec.syntax.token import CLOSERS, END, OPENERS, STATEMENT, Token

_STATEMENT_ENDS = {"SEP", "VBAR", "RBRACE", END}
_HALF = re.compile(r"[\ud800-\udfff]")
"""Half a character: a string of Python's can hold one, and no file."""


def parse(source: Source, diagnostics: Diagnostics) -> ast.File | None:
    """Return the syntax tree of a text, or None with everything that is wrong added to `diagnostics`."""
    found = Diagnostics()
    file = None
    with suppress(Enough):
        file = _parse(source, found)
    for diagnostic in sorted(found.items, key=_place)[:MAX_ERRORS]:
        diagnostics.add(diagnostic)
    return None if found.failed else file


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    return (diagnostic.span.line, diagnostic.span.column) if diagnostic.span else (0, 0)


def _parse(source: Source, diagnostics: Diagnostics) -> ast.File | None:
    if half := _HALF.search(source.text):
        before = source.text[: half.start()].split("\n")
        span = Span(source.name, len(before), len(before[-1]) + 1, len(before), len(before[-1]) + 2)
        diagnostics.error("not-utf8", f"U+{ord(half[0]):04X} is half a character, which UTF-8 cannot encode", span)
        return None
    if (file := _faultless(source)) is None:
        file = _mended(source, diagnostics)
    if file is None:
        return None
    whole = Span(source.name, 1, 1, len(source.lines), len(source.lines[-1]) + 1)
    return replace(file, doc=file_doc(source, file), span=whole)


def _faultless(source: Source) -> ast.File | None:
    """Return the syntax tree of a text without faults, in which equal lines are read once; None where that fails."""
    found = Diagnostics()
    try:
        tokens, machine = scan(source, found, once=True), Machine()
        if found.items or too_deep(tokens):
            return None
        return machine.file if machine.run(lay_out(tokens)) else None
    except (Enough, NotAlike):
        return None


def _mended(source: Source, diagnostics: Diagnostics) -> ast.File | None:
    """Return the syntax tree of a text after mending its faults; None where there are too many."""
    tokens = scan(source, diagnostics)
    if deepest := too_deep(tokens):
        diagnostics.error("nesting-too-deep", f"more than {MAX_NESTING} levels of nesting", deepest.span)
        return None
    suspect = {d.span.line for d in diagnostics.items if d.span}
    tokens = balance(tokens, suspect, diagnostics)
    return _Parser(source, suspect, diagnostics).run(lay_out(tokens))


class _Parser:
    """Feeds the machine. A statement with an error is replaced by a STATEMENT token, and parsing goes on behind it.

    The levels are the open brackets. Of each is kept how high the machine's stack stood when the current statement of
    that level began, or 0 where the brackets hold no statements.
    """

    def __init__(self, source: Source, suspect: set[int], diagnostics: Diagnostics) -> None:
        self._source = source
        self._machine = Machine()
        self._levels = [self._machine.statement_start]
        self._suspect = suspect
        self._diagnostics = diagnostics

    def run(self, tokens: Iterable[Token]) -> ast.File | None:
        stream = iter(tokens)
        previous: Token | None = None
        for token in stream:
            if not self._machine.feed(token):
                if token.span.line not in self._suspect:
                    line = self._source.line(token.span.line)
                    report_unexpected(token, previous, self._machine.accepted(), line, self._diagnostics)
                    if len(self._diagnostics.items) >= MAX_ERRORS:
                        return None
                token = self._recover(token, stream)
            if token.type in OPENERS:
                self._levels.append(self._machine.statement_start)
            elif token.type in CLOSERS:
                self._levels.pop()
            elif token.type in ("SEP", "VBAR"):
                self._levels[-1] = self._machine.statement_start or self._levels[-1]
            previous = token
        return self._machine.file

    def _recover(self, token: Token, following: Iterator[Token]) -> Token:
        """Give up the current statement; return the token behind it, which has been fed."""
        depth = self._leave_brackets()
        while not (depth == 0 and token.type in _STATEMENT_ENDS and self._resume(token)) and token.type != END:
            if token.type in OPENERS:
                depth += 1
            elif token.type in CLOSERS and depth:
                depth -= 1
            elif token.type in CLOSERS:
                self._levels.pop()
                depth = self._leave_brackets()
            token = next(following)
        return token

    def _leave_brackets(self) -> int:
        """Drop the levels above the innermost that holds statements; return how many they were."""
        depth = 0
        while not self._levels[-1]:
            self._levels.pop()
            depth += 1
        return depth

    def _resume(self, token: Token) -> bool:
        """Put a STATEMENT token for the current statement; return whether `token` fits behind it."""
        # The stack is lower where the statement was complete before the error.
        if self._machine.cut(self._levels[-1]):
            self._machine.feed(Token(STATEMENT, "", token.span))
        return self._machine.feed(token)
