"""Line ends: which of them separate statements, and which mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archspec.syntax.token import CLOSERS, END, OPENERS, Token

# Next to these no separator is wanted, be it a line end or a `;` ("" is the start of the file) ...
_NONE_AFTER = {"", "LBRACE", "VBAR", "SEP"}
_NONE_BEFORE = {"RBRACE", "VBAR", END}
# ... and next to these a line goes on.
_GOES_ON_AFTER = {"ARROW"}
_GOES_ON_BEFORE = {"ARROW", "ELSE", "LBRACE"}


def lay_out(tokens: Iterable[Token]) -> Iterator[Token]:
    """Turn NEWLINE and SEMICOLON tokens into SEP tokens where a statement ends, and drop them elsewhere."""
    brackets: list[str] = []
    previous = ""
    pending: Token | None = None
    for token in tokens:
        kind = token.type
        if kind in ("NEWLINE", "SEMICOLON"):
            inside = brackets and brackets[-1] != "LBRACE"
            if kind == "SEMICOLON" or not (pending or inside):
                pending = token
            continue
        if pending:
            if _separates(pending, previous, kind):
                yield Token("SEP", pending.text, pending.span)
            pending = None
        if kind in OPENERS:
            brackets.append(kind)
        elif kind in CLOSERS and brackets:
            brackets.pop()
        yield token
        previous = kind


def _separates(pending: Token, previous: str, following: str) -> bool:
    if previous in _NONE_AFTER or following in _NONE_BEFORE:
        return False
    return pending.type == "SEMICOLON" or (previous not in _GOES_ON_AFTER and following not in _GOES_ON_BEFORE)
