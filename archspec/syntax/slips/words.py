"""Words of the language in capitals or misspelt, and those of other languages."""

from __future__ import annotations

import re

from archspec.diagnostics.suggest import nearest
from archspec.syntax.grammar import tables
from archspec.syntax.slips.place import Advice, Place, Repair, Slip, rewrite
from archspec.syntax.token import END

_ELSEWHERE = {
    "def": "block",
    "class": "block",
    "function": "block",
    "func": "block",
    "fn": "block",
    "network": "model",
    "net": "model",
    "return": "output",
    "var": "let",
    "const": "let",
    "val": "let",
    "set": "let",
    "loop": "repeat",
    "foreach": "for",
    "assert": "expect",
    "require": "use",
    "include": "use",
    "import": "use",
}
_BEGINNERS = {
    "input", "output", "let", "shared", "expect", "model", "block", "use", "extern", "from", "repeat", "for", "if",
}  # fmt: skip


def _here(place: Place) -> Advice:
    """Mend the word that stands here, `Else`."""
    meant = place.token.text.lower()
    keywords = {terminal.pattern: terminal.name for terminal in tables().terminals if terminal.word}
    return Repair(place.token.span, meant, is_guess=True) if keywords.get(meant) in place.accepted else None


def _before(place: Place) -> Advice:
    """Mend the word that begins the statement, `Repeat 3 {`."""
    written = place.name
    if place.previous is None or not re.search(r"(?:^|[;{|])\s*$", place.before.rstrip().removesuffix(written)):
        return None
    meant = _ELSEWHERE.get(written.lower()) or nearest(written, _BEGINNERS)
    return Repair(place.previous.span, meant, is_guess=True) if meant and _goes_on(meant, place) else None


def _goes_on(word: str, place: Place) -> bool:
    """Tell whether what stands here can follow a word of the language."""
    match word:
        case "block" | "model":
            return "{" in place.after
        case "use":
            return place.token.type == "STRING"
        case "let" | "shared":
            return re.match(r"\w+\s*=(?!=)|\(", place.after) is not None
        case "output" | "from":
            return place.token.type == "NAME"
        case "for":
            return re.match(r".*\bin\b", place.after) is not None
        case _:
            return place.token.type not in ("ARROW", "EQUAL", "DOT", "SEP", END)


SLIPS = (
    # `} elif`, also at the beginning of a line
    Slip({"NAME"}, frozenset(), rewrite(r"\b(?:elif|elsif|elseif)\b", "else if")),
    Slip(
        frozenset(),
        {"ARROW"},
        rewrite(r"\b(?P<this>elif|elsif|elseif)\s+\w", "else if"),
        after=frozenset({"elif", "elsif", "elseif"}),
    ),
    # `} Else {`, `Repeat 3 {`, `def f(n) {`
    Slip({"NAME"}, frozenset(), _here),
    Slip(frozenset(), frozenset(), _before, previous={"NAME"}),
    # `def f(n):`, `while true {`
    Slip(
        {"NAME"},
        {"ARROW"},
        "a block is defined with `block name(parameters) { … }`",
        after=frozenset({"def", "class", "function", "func", "fn"}),
    ),
    Slip(
        frozenset(),
        {"ARROW"},
        "repetition is `repeat n { … }`, `for x in list { … }` or `step * n`",
        after=frozenset({"while", "do", "loop"}),
    ),
)
