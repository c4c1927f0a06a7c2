"""From text to tokens, by the terminals of the grammar. Whatever the text, every character ends up in some token.

Lark's own lexer stops at the first character it does not know and cannot tell a spelling (`s#`) from a comment without
asking the parser, so the terminals are compiled into one pattern here.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from archspec.diagnostics import Diagnostics, Source, Span
from archspec.limits import limits, more
from archspec.syntax import mistakes, values
from archspec.syntax.brackets import too_deep
from archspec.syntax.docs import doc_above
from archspec.syntax.grammar import Terminal, tables
from archspec.syntax.token import END, STATEMENT, Recurrence, Token

MAX_ERRORS = 20
"""How many errors of one file are reported."""

_UNSEEN = {"SPACE", "COMMENT"}
_BODY_ENDS = {"LBRACE", "RBRACE", "VBAR"}
#: A line that may be a statement by itself: nothing in it or behind it says that it is part of a longer one.
_LINE = re.compile(
    r'[ \t]*(([A-Za-z_]\w*)[^\n"#{}|;]*?(?<=[\w)]))(?:[ \t]+as[ \t]+([A-Za-z_]\w*))?[ \t\r]*\n'
    r"(?!\s*(?:->|\{|else\b))"
)
_VALUES = {"NUMBER": values.number, "DIMS": values.dims, "STRING": values.string}


def scan(source: Source, diagnostics: Diagnostics, *, once: bool = False) -> list[Token]:
    """Return the tokens of a text, its line ends among them and `END` last; report and mend what is no token.

    With `once` a line that an earlier one of the same body says too is one token: machines write the same few lines
    over and over. The parser finds out whether the two are the same statement.
    """
    plain, fixed = _pattern(), _fixed()
    longest, refused, look = limits().name, set[str](), 4096
    text, name = source.text, source.name
    tokens: list[Token] = []
    line, line_start = 1, 0
    # Whether a header has begun, how many brackets are open in it, and whether a spelling may be next, after `as`.
    in_header, depth, spelling_is_next = False, 0, False
    #: Where each line stood first in the body that is read: by its text before an `as`, and whether it has one.
    said: dict[tuple[str, bool], int] = {}
    matches = plain.finditer(text)
    while (found := next(matches, None)) is not None:
        kind = found.lastgroup
        assert kind is not None
        start, position = found.span(kind)
        if spelling_is_next and (spelling := _spelling().match(text, start)):
            kind, position = "SPELLING", spelling.end()
            matches = plain.finditer(text, position)
        if kind in _UNSEEN:
            continue
        span = Span(name, line, start - line_start + 1, line, position - line_start + 1)
        token = Token(kind, text[start:position], span)
        if kind == "NAME":
            if position - start > longest and token.text not in refused:
                refused.add(token.text)
                _refuse_name(token, diagnostics)
            token.type = kind = fixed.get(token.text, kind)
            if kind in ("TRUE", "FALSE"):
                token.value = kind == "TRUE"
            elif kind in ("MODEL", "BLOCK", "EXTERN"):
                token.value = doc_above(source, span)
                in_header = True
        elif kind == "SIGN":
            token.type = kind = fixed[token.text]
            if kind in _BODY_ENDS:
                said.clear()
        elif kind in _VALUES:
            token.value = _VALUES[kind](token, diagnostics)
        elif kind == "NEWLINE":
            line, line_start = line + 1, position
            goes_on = not once or (tokens and tokens[-1].type == "ARROW")
            if not goes_on and (again := _recurring(source, line, position, said)):
                tokens.append(token)
                token, kind = again, STATEMENT
                matches = plain.finditer(text, line_start + again.span.end_column - 1)
        elif kind in mistakes.KINDS:
            if breaks := token.text.count("\n"):
                line, line_start = line + breaks, start + token.text.rindex("\n") + 1
                token.span = Span(name, span.line, span.column, line, position - line_start + 1)
            # What comes behind so many is not shown, so nothing need be made of it.
            few = len(diagnostics.items) < MAX_ERRORS
            token.text = mistakes.report_mistake(token, source.line(line), diagnostics) if few else ""
            if not token.text:
                continue
            kind = _reread(token, diagnostics)
        if kind == "LPAR":
            if in_header:
                depth, spelling_is_next = depth + (depth > 0 or _ends_in_header(tokens)), False
                in_header = depth > 0
        elif depth and kind != "NEWLINE":
            depth = 0 if kind == "LBRACE" else depth - (kind == "RPAR")
            spelling_is_next = depth > 0 and kind in ("AS", "VBAR")
        tokens.append(token)
        if len(tokens) == look:
            # What is nested too deeply is not read to its end.
            if too_deep(tokens):
                break
            look *= 8
    last = next((token.span for token in reversed(tokens) if token.type != "NEWLINE"), Span(name, 1, 1, 1, 1))
    tokens.append(Token(END, "", Span(name, last.end_line, last.end_column, last.end_line, last.end_column)))
    return tokens


def _recurring(source: Source, line: int, line_start: int, said: dict[tuple[str, bool], int]) -> Token | None:
    """Return the token of a line that says what an earlier one says; None where it is no such line."""
    found, fixed = _LINE.match(source.text, line_start), _fixed()
    if found is None or found[2] in fixed:
        return None
    name = found[3]
    if name is not None and (name in fixed or len(name) > limits().name):
        return None
    first = said.setdefault((found[1], name is not None), line)
    if first == line:
        return None

    column, named = 1 - line_start, None
    end = found.end(1) + column
    if name is not None:
        end = found.end(3) + column
        named = Token("NAME", name, Span(source.name, line, found.start(3) + column, line, end))
    span = Span(source.name, line, found.start(1) + column, line, end)
    return Token(STATEMENT, found[1], span, Recurrence(first, named))


def _refuse_name(token: Token, diagnostics: Diagnostics) -> None:
    message = f"this name has {len(token.text):,} characters; at most {limits().name:,} are allowed"
    diagnostics.error("name-too-long", message, token.span, help=more("name"))


def _reread(token: Token, diagnostics: Diagnostics) -> str:
    """Make the token into the first that its text, now another, holds; return its type."""
    found = _pattern().match(token.text)
    assert found is not None and found.lastgroup is not None
    token.text = found[found.lastgroup]
    token.type = _fixed().get(token.text, found.lastgroup)
    if token.type in _VALUES:
        token.value = _VALUES[token.type](token, diagnostics)
    return token.type


def _ends_in_header(tokens: list[Token]) -> bool:
    """Tell whether `block name`, `model name` or `extern layer name` comes last: what follows may be spellings."""
    kinds = [*islice((token.type for token in reversed(tokens) if token.type != "NEWLINE"), 3), "", "", ""]
    return kinds[0] == "NAME" and (kinds[1] in ("BLOCK", "MODEL") or kinds[2] == "EXTERN")


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of all tokens but spellings, with the space before them. One matches whatever the text."""
    groups: dict[str, list[str]] = {}
    for terminal in tables().terminals:
        # The signs are one group, which is compiled in half the time. Among them the longer stand before the shorter.
        if not terminal.word and terminal.name != "SPELLING":
            groups.setdefault("SIGN" if _is_fixed(terminal) else terminal.name, []).append(terminal.pattern)
    tokens = "|".join(f"(?P<{name}>{'|'.join(patterns)})" for name, patterns in groups.items())
    return re.compile(f"(?:{groups['SPACE'][0]})?(?:{tokens})")


@cache
def _spelling() -> re.Pattern[str]:
    """Return the pattern of a spelling, which is one only where it may stand, and there comes before all."""
    return re.compile(next(t.pattern for t in tables().terminals if t.name == "SPELLING"))


@cache
def _fixed() -> dict[str, str]:
    """Return the reserved words and the signs, and the terminal that each is."""
    return {_plain(terminal.pattern): terminal.name for terminal in tables().terminals if _is_fixed(terminal)}


def _is_fixed(terminal: Terminal) -> bool:
    """Tell whether a terminal is one certain text."""
    return re.escape(_plain(terminal.pattern)) == terminal.pattern


def _plain(pattern: str) -> str:
    """Return a pattern without its backslashes."""
    return re.sub(r"\\(.)", r"\1", pattern)
