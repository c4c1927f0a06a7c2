"""Characters that make no token of the language: what to say of each, and which token was probably meant."""

from __future__ import annotations

import re
import unicodedata

from archspec.diagnostics import Diagnostics, Span
from archspec.diagnostics.suggest import write
from archspec.syntax.token import Token, shown

KINDS = {"MISTAKE", "BAD_STRING", "BAD_WORD", "BAD_COMMENT", "UNEXPECTED"}

_TIMES = "\N{MULTIPLICATION SIGN}"
_OPERATORS = {
    "=>": "->",
    "→": "->",
    "⇒": "->",
    "\N{EM DASH}>": "->",
    "\N{EN DASH}>": "->",
    "\N{MINUS SIGN}>": "->",
    "\N{EM DASH}": "->",
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "^": "**",
    "&": "and",
    "&&": "and",
    "!": "not",
    "===": "==",
    "<>": "!=",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "÷": "/",
    _TIMES: "*",
    "\N{MIDDLE DOT}": "*",
}
_CHARACTERS = {
    "\\": "a line goes on inside brackets, or where it ends with `->`",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "save the file without a byte order mark",
}
#: Letters of other alphabets that look like ours.
_ALIKE = str.maketrans("авекмнорстухАВЕКМНОРСТУХ", "abekmhopctyxABEKMHOPCTYX")
_QUOTES = "'\"\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}"
_QUOTES += "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"


#: A count with a step, or a body, behind it.
_REPEATED = r"(\d+)[xX]\s*(?:\{|(?P<step>[A-Za-z_]\w*(?:\([^()]*\))?))"


def report_mistake(token: Token, line: str, diagnostics: Diagnostics) -> str:
    """Report a token of one of the `KINDS` in its line; return what was probably meant, or "" to drop it."""
    match token.type:
        case "MISTAKE":
            return _report_operator(token, line, diagnostics)
        case "BAD_STRING":
            return _report_string(token, diagnostics)
        case "BAD_WORD":
            return _report_word(token, line, diagnostics)
        case "BAD_COMMENT":
            return _report_comment(token, line, diagnostics)
        case _:
            return _report_character(token, diagnostics)


def _report_operator(token: Token, line: str, diagnostics: Diagnostics) -> str:
    if token.text == _TIMES and (found := _around(token, line, rf"\d+(?:\s*[xX{_TIMES}]\s*\d+)+")):
        lengths = re.sub(rf"\s*[xX{_TIMES}]\s*", "x", found[0])
        message = f"lengths are joined by the letter `x`, not by `{token.text}`"
        diagnostics.error("unexpected-character", message, _span(token, found), help=write(lengths))
        return ""
    meant = _OPERATORS[token.text]
    start, end = token.span.column - 1, token.span.end_column - 1
    if meant.isalpha():
        # A word needs spaces around it.
        meant = " " * line[start - 1 : start].isalnum() + meant + " " * line[end : end + 1].isalnum()
    diagnostics.error("syntax", f"`{token.text}` is no operator", token.span, help=write(meant))
    return meant.strip()


def _report_string(token: Token, diagnostics: Diagnostics) -> str:
    if token.text.startswith('"'):
        diagnostics.error("bad-string", "this string has no end", token.span, help='close it with `"` on the same line')
    else:
        inside = shown(token.text.strip(_QUOTES))
        diagnostics.error("bad-string", "strings stand in double quotes", token.span, help=write(f'"{inside}"'))
    return '""'


def _report_word(token: Token, line: str, diagnostics: Diagnostics) -> str:
    text = token.text
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE))
    foreign = re.search(r"[^\x00-\x7f]", text)
    meant = plain if foreign and re.fullmatch(r"[A-Za-z_]\w*|[0-9]+|[0-9]+(x[0-9]+)+", plain, re.ASCII) else ""
    meant = meant or _meant(plain)
    if foreign:
        help = write(meant) if meant else "names are made of the letters a to z and A to Z, digits and `_`"
        _report(token, foreign.start(), help, diagnostics, whole=bool(meant))
    elif re.fullmatch(r"\d+[xX]", text) and (found := _around(token, line, _REPEATED)):
        span = _span(token, found) if found["step"] else token.span
        repair = f"{found['step']} * {found[1]}" if found["step"] else f"repeat {found[1]}"
        diagnostics.error("syntax", f"`{text}` is neither a number nor a name", span, help=write(repair, "to repeat"))
        return "0"
    else:
        is_name = re.search(r"\b(?:model|block|let|shared|as)\s+$", line[: token.span.column - 1])
        help = "a name begins with a letter" if is_name else write(shown(meant)) if meant else ""
        diagnostics.error("syntax", f"`{shown(text)}` is neither a number nor a name", token.span, help=help)
    return meant or ("0" if text[0] in "0123456789" else "_")


def _meant(word: str) -> str:
    """Return what a word that begins with a digit was probably meant to be, or ""."""
    if re.fullmatch(r"[0-9_]+([xX]+[0-9_]+|by[0-9_]+)+", word):
        return re.sub("[xX]+|by", "x", word)
    if found := re.fullmatch(r"([0-9._]+)([kmgt])", word):
        return f"{found[1]}{found[2].upper()}"
    if found := re.fullmatch(r"([0-9]+\.[0-9]+)[fFdD]|([0-9]+)[fFlL]", word):
        return found[1] or found[2]
    if found := re.fullmatch(r"([0-9]+(?:x[0-9]+)+)x", word):
        return found[1]
    if found := re.fullmatch(r"([0-9]+)([a-wyz])", word):
        return f"{found[1]} * {found[2]}"
    return ""


def _report_comment(token: Token, line: str, diagnostics: Diagnostics) -> str:
    ends_line = not line[token.span.end_column - 1 :].strip()
    text = token.text.removeprefix("/*").removesuffix("*/").strip()
    if token.span.line != token.span.end_line:
        help = "begin each of these lines with `#`"
    else:
        help = write(f"# {shown(text, 80)}") if ends_line else write("")
    diagnostics.error("syntax", "comments begin with `#`, and end with the line", token.span, help=help)
    return ""


def _report_character(token: Token, diagnostics: Diagnostics) -> str:
    character = token.text
    # A bracket, comma or sign of another width is the plain one.
    plain = unicodedata.normalize("NFKC", character)
    if not character.isascii() and plain.isascii() and plain.isprintable() and not plain.isspace():
        _report(token, 0, write(plain), diagnostics)
        return plain if len(plain) == 1 and plain in "()[]{}<>,:;=+-*/%|." else ""
    help = _CHARACTERS.get(character, "")
    if character.isspace():
        help = "write an ordinary space"
    elif unicodedata.category(character) == "Cf" and not help:
        help = write("")
    _report(token, 0, help, diagnostics)
    return ""


def _report(token: Token, index: int, help: str, diagnostics: Diagnostics, whole: bool = False) -> None:
    """Report a character of a token, and underline it, or the whole token."""
    character = token.text[index]
    name = unicodedata.name(character, "")
    known = f"`{character}`" if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"
    diagnostics.error(
        "unexpected-character",
        f"unexpected character {known}" + ("" if character.isascii() or not name else f" ({name})"),
        token.span if whole else token.span.part(index, index + 1),
        help=help,
    )


def _around(token: Token, line: str, pattern: str) -> re.Match[str] | None:
    """Return what matches a pattern in the line and has the token in it."""
    at = token.span.column - 1
    near = line[max(0, at - 80) : at + 80]
    shift = at - max(0, at - 80)
    return next((m for m in re.finditer(pattern, near) if m.start() <= shift < m.end()), None)


def _span(token: Token, found: re.Match[str]) -> Span:
    """Return the span of what `_around` has found."""
    shift = min(token.span.column - 1, 80)
    return token.span.part(found.start() - shift, found.end() - shift)
