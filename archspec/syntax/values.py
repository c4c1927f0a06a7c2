"""What a number, a string or lengths say: from the text of a token to a Python value."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from archspec.diagnostics import Diagnostics
from archspec.limits import MAX_AXES
from archspec.syntax.token import Token

MAX_DIGITS = 4000
"""Python refuses to read or print integers of more digits than 4300."""

_POWERS = {"K": 3, "M": 6, "G": 9, "T": 12}
_ESCAPES = {"\\": "\\", '"': '"', "n": "\n", "t": "\t"}


def number(token: Token, diagnostics: Diagnostics) -> int | float:
    """Return the number a NUMBER token says; report one that is too large and return 0."""
    try:
        return _number(token.text)
    except OverflowError:
        return _too_large(token, diagnostics)


def dims(token: Token, diagnostics: Diagnostics) -> tuple[int | None, ...]:
    """Return the lengths of a DIMS token, None for `?`; report more than a tensor can have and return none."""
    if (lengths := token.text.count("x") + 1) > MAX_AXES:
        message = f"these are {lengths:,} lengths, and a tensor has at most {MAX_AXES}"
        diagnostics.error("invalid-shape", message, token.span)
        return ()
    try:
        return _dims(token.text)
    except OverflowError:
        return (_too_large(token, diagnostics),)


def string(token: Token, diagnostics: Diagnostics) -> str:
    """Return the text between the quotes of a STRING token, its escapes resolved."""

    def resolve(escape: re.Match[str]) -> str:
        if escape[1] not in _ESCAPES:
            diagnostics.error(
                "bad-string",
                f"`{escape[0]}` is no escape",
                token.span.part(escape.start(), escape.end()),
                help=r"a string knows `\\`, `\"`, `\n` and `\t`; write a backslash as `\\`",
            )
        return _ESCAPES.get(escape[1], "")

    return re.sub(r"\\(.)", resolve, token.text)[1:-1]


# Specs say the same few numbers over and over.
@lru_cache(maxsize=1000)
def _dims(text: str) -> tuple[int | None, ...]:
    return tuple(None if part == "?" else _integer(part.replace("_", "")) for part in text.split("x"))


@lru_cache(maxsize=1000)
def _number(text: str) -> int | float:
    text = text.replace("_", "")
    if text[-1] in _POWERS:
        if len(text) > MAX_DIGITS:
            raise OverflowError
        exact = Fraction(text[:-1]) * 10 ** _POWERS[text[-1]]
        return int(exact) if exact.denominator == 1 else float(exact)
    if text.isdigit():
        return _integer(text)
    value = float(text)
    if math.isinf(value):
        raise OverflowError
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise OverflowError
    return int(text)


def _too_large(token: Token, diagnostics: Diagnostics) -> int:
    diagnostics.error("number-too-large", "this number is too large", token.span)
    return 0
