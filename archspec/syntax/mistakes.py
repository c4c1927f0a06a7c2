"""Characters that make no token of the language: what to say of each, and which token was probably meant."""

from __future__ import annotations

import re
import unicodedata

from archspec.diagnostics import Diagnostics
from archspec.syntax.token import Token, shown

KINDS = {"MISTAKE", "BAD_STRING", "BAD_WORD", "UNEXPECTED"}

_OPERATORS = {
    "=>": ("ARROW", "->"),
    "→": ("ARROW", "->"),
    "^": ("POWER", "**"),
    "&": ("AND", "and"),
    "&&": ("AND", "and"),
    "!": ("NOT", "not"),
}
_CHARACTERS = {
    "\N{MULTIPLICATION SIGN}": "lengths are joined by the letter `x`, as in `3x3`",
    "\N{LEFT DOUBLE QUOTATION MARK}": 'strings stand in straight double quotes, `"`',
    "\N{RIGHT DOUBLE QUOTATION MARK}": 'strings stand in straight double quotes, `"`',
    "\N{MINUS SIGN}": "write the hyphen, `-`",
    "\N{EN DASH}": "write the hyphen, `-`",
    "\\": "a line goes on inside brackets, or where it ends with `->`",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "save the file without a byte order mark",
}


def report_mistake(token: Token, diagnostics: Diagnostics) -> None:
    """Report a token of one of the `KINDS`, and turn it into what was probably meant where something was."""
    match token.type:
        case "MISTAKE":
            kind, meant = _OPERATORS[token.text]
            diagnostics.error("syntax", f"`{token.text}` is no operator", token.span, help=f"write `{meant}`")
            token.type, token.text = kind, meant
        case "BAD_STRING":
            _report_string(token, diagnostics)
            token.type, token.value = "STRING", ""
        case "BAD_WORD":
            _report_word(token, diagnostics)
            token.type, token.value = ("NUMBER", 0) if token.text[0] in "0123456789" else ("NAME", None)
        case _:
            _report_character(token, 0, _CHARACTERS.get(token.text, ""), diagnostics)


def _report_string(token: Token, diagnostics: Diagnostics) -> None:
    if token.text.startswith("'"):
        inside = shown(token.text.strip("'"))
        diagnostics.error("bad-string", "strings stand in double quotes", token.span, help=f'write `"{inside}"`')
    else:
        diagnostics.error("bad-string", "this string has no end", token.span, help='close it with `"` on the same line')


def _report_word(token: Token, diagnostics: Diagnostics) -> None:
    if foreign := re.search(r"[^\x00-\x7f]", token.text):
        help = "names are made of the letters a to z and A to Z, digits and `_`"
        _report_character(token, foreign.start(), help, diagnostics)
        return
    meant = _meant(token.text)
    diagnostics.error(
        "syntax",
        f"`{shown(token.text)}` is neither a number nor a name",
        token.span,
        help=f"write `{shown(meant)}`" if meant else "",
    )


def _meant(word: str) -> str:
    """Return what a word that begins with a digit was probably meant to be, or ""."""
    if re.fullmatch(r"[0-9_]+([xX][0-9_]+)+", word):
        return word.lower()
    if found := re.fullmatch(r"([0-9._]+)([kmgt])", word):
        return f"{found[1]}{found[2].upper()}"
    return ""


def _report_character(token: Token, index: int, help: str, diagnostics: Diagnostics) -> None:
    character = token.text[index]
    name = unicodedata.name(character, "")
    known = f"`{character}`" if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
    diagnostics.error(
        "unexpected-character",
        f"unexpected character {known}" + ("" if character.isascii() or not name else f" ({name})"),
        token.span.part(index, index + 1),
        help=help or ("write an ordinary space" if character.isspace() else ""),
    )
