"""From text to AST: strings the parts of this package together, and goes on after a syntax error."""

from __future__ import annotations

import re
from collections.abc import Set
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


def parse(source: Source, diagnostics: Diagnostics, *, partly: bool = False) -> ast.File | None:
    """Return the syntax tree of a text, or None with everything that is wrong added to `diagnostics`.

    With `partly` a text in which no more than some statements are wrong has a tree nevertheless, with `Unread`s in it.
    """
    found = Diagnostics()
    file = None
    with suppress(Enough):
        file = _parse(source, found)
    for diagnostic in sorted(found.items, key=_place)[:MAX_ERRORS]:
        diagnostics.add(diagnostic)
    if len(found.items) >= MAX_ERRORS:
        message = f"nothing is looked for behind {MAX_ERRORS} syntax errors"
        diagnostics.add(Diagnostic("more-errors", message, severity="note"))
    return file if partly or not found.failed else None


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
    """Return the syntax tree of a text without the statements that have faults; None where that is not all there is."""
    tokens = scan(source, diagnostics)
    if deepest := too_deep(tokens):
        diagnostics.error("nesting-too-deep", f"more than {MAX_NESTING} levels of nesting", deepest.span)
        return None
    suspect = {d.span.line for d in diagnostics.items if d.span}
    tokens = balance(tokens, suspect, diagnostics)
    file = _Parser(source, suspect, diagnostics).run(list(lay_out(tokens)))
    # What a bracket or character that was put in makes of the text is a guess.
    return None if suspect else file


class _Parser:
    """Feeds the machine. A statement with an error is replaced by a STATEMENT token, and parsing goes on behind it.

    The levels are the open brackets. Of each is kept how high the machine's stack stood when the current statement of
    that level began, or 0 where the brackets hold no statements; and with which token that statement begins.
    """

    def __init__(self, source: Source, suspect: set[int], diagnostics: Diagnostics) -> None:
        self._source = source
        self._machine = Machine()
        self._levels = [(self._machine.statement_start, 0)]
        self._suspect = suspect
        self._diagnostics = diagnostics
        self._is_whole = True
        """Whether all that was given up has a STATEMENT token in its place."""

    def run(self, tokens: list[Token]) -> ast.File | None:
        index, previous = 0, None
        while index < len(tokens):
            token = tokens[index]
            if not self._machine.feed(token):
                accepted: Set[str] = set()
                if token.span.line not in self._suspect:
                    line, accepted = self._source.line(token.span.line), self._machine.accepted()
                    report_unexpected(token, previous, accepted, line, self._diagnostics)
                    if len(self._diagnostics.items) >= MAX_ERRORS:
                        return None
                index = self._recover(tokens, index, accepted)
                token = tokens[index]
            index += 1
            if token.type in OPENERS:
                self._levels.append((self._machine.statement_start, index))
            elif token.type in CLOSERS:
                self._levels.pop()
            elif token.type in ("SEP", "VBAR"):
                self._levels[-1] = self._machine.statement_start or self._levels[-1][0], index
            previous = token
        return self._machine.file if self._is_whole else None

    def _recover(self, tokens: list[Token], fault: int, accepted: Set[str]) -> int:
        """Give up the current statement; return where the token behind it is, which has been fed."""
        index, depth = fault, self._leave_brackets()
        while (kind := tokens[index].type) != END:
            if depth == 0 and kind in _STATEMENT_ENDS and self._resume(tokens, fault, index, accepted):
                return index
            if kind in OPENERS:
                depth += 1
            elif kind in CLOSERS and depth:
                depth -= 1
            elif kind in CLOSERS:
                self._levels.pop()
                depth = self._leave_brackets()
            index += 1
        self._is_whole &= depth == 0 and self._resume(tokens, fault, index, accepted)
        return index

    def _leave_brackets(self) -> int:
        """Drop the levels above the innermost that holds statements; return how many they were."""
        depth = 0
        while not self._levels[-1][0]:
            self._levels.pop()
            depth += 1
        return depth

    def _resume(self, tokens: list[Token], fault: int, end: int, accepted: Set[str]) -> bool:
        """Put a STATEMENT token for the current statement; return whether the token at its `end` fits behind it."""
        (height, start), after = self._levels[-1], tokens[end]
        self._machine.cut(height)
        stands_for = Token(STATEMENT, "", after.span)
        if not self._machine.feed(stands_for):
            # The statement was complete before the error: what is given up stands behind it.
            between = Token("SEP", "", after.span)
            self._is_whole &= self._machine.feed(between) and self._machine.feed(stands_for)
        if not self._machine.fits(after.type):
            return False
        if self._is_whole and not self._suspect:
            # Only a wrong spec needs it, so only a wrong spec pays for the import.
            from archspec.syntax.unread import unread

            stands_for.value = unread(tokens[start:end], fault - start, after, accepted)
        return self._machine.feed(after)
