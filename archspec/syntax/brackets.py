"""Brackets: reports those that do not match, and puts in what is missing so that the parser sees matching ones."""

from __future__ import annotations

from itertools import pairwise

from archspec.diagnostics import Diagnostics, Label, Span
from archspec.diagnostics.suggest import write
from archspec.syntax.token import CLOSERS, END, OPENERS, Token, shown

MAX_NESTING = 200
"""How deep a syntax tree may get. Later stages walk it recursively."""

# Each of these makes the tree one deeper without a bracket: `1 + 1 + 1`, `x[0][0]`, `if … else if … else if …`.
_CHAINS = {"AS", "ELSE", "DOT", "LSQB", "NOT", "AND", "OR", "IN", "RANGE"}
_CHAINS |= {"PLUS", "MINUS", "STAR", "SLASH", "FLOOR", "PERCENT", "POWER"}
_CHAINS |= {"EQUALS", "UNEQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST"}
_CHAIN_ENDS = {"COMMA", "ARROW", "VBAR", "SEMICOLON", "NEWLINE"}
CLOSING_TEXT = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}

# A line that begins with one of these stands directly between braces at the most; with one of those, outside all.
_BETWEEN_BRACES = {"INPUT", "OUTPUT", "LET", "SHARED", "EXPECT", "BLOCK"}
_OUTSIDE = {"MODEL", "USE", "EXTERN"}

# After one of these and a name stand parameters.
_HEADERS = {"BLOCK", "MODEL", "NAME"}

# A bracketed list goes on in the next line after these.
_GOES_ON_AFTER = {"COMMA", "LPAR", "LSQB", "NEWLINE"}


def too_deep(tokens: list[Token]) -> Token | None:
    """Return the token at which the tree gets deeper than `MAX_NESTING`, or None."""
    levels = [("LBRACE", 0)]
    depth = 0
    for token, following in pairwise(tokens):
        kind = token.type
        opener, chained = levels[-1]
        if kind in _CHAINS:
            levels[-1] = (opener, chained + 1)
            depth += 1
        if kind in OPENERS:
            levels.append((kind, 0))
            depth += 1
        elif kind in CLOSERS and len(levels) > 1:
            levels.pop()
            depth -= chained + 1
        elif kind in _CHAIN_ENDS and not (kind == "NEWLINE" and (opener != "LBRACE" or following.type == "ELSE")):
            levels[-1] = (opener, 0)
            depth -= chained
        if depth > MAX_NESTING:
            return token
    return None


def balance(tokens: list[Token], suspect: set[int], diagnostics: Diagnostics) -> list[Token]:
    """Return the tokens with every bracket matched.

    `suspect` holds the lines on which something is wrong already: a bracket there is mended but not reported. The lines
    on which the parser would only stumble over a bracket's fault again are added.
    """
    match = _Match(tokens)
    if not (match.unclosed or match.stray):
        return tokens
    reported = suspect.copy()
    missing: dict[int, list[Token]] = {}
    for opener, noticed in sorted(match.unclosed.items(), reverse=True):
        token = tokens[opener]
        end = _likely_end(tokens, opener, noticed)
        if token.span.line not in reported:
            if noticed in match.stray and tokens[noticed].span.line == token.span.line:
                _report_other(token, tokens[noticed], diagnostics)
            else:
                _report_unclosed(token, tokens[noticed], tokens[end - 1], match.meant_for(token), diagnostics)
        missing.setdefault(end, []).append(_closer(token, tokens[end].span))
        first, last = token.span.line, tokens[end].span.line
        suspect.update((first, last) if token.type == "LBRACE" else range(first, last + 1))
    wrong = set(match.unclosed.values())
    for index in match.stray:
        token = tokens[index]
        suspect.add(token.span.line)
        if token.span.line not in reported and index not in wrong:
            diagnostics.error("unclosed-bracket", f"this `{token.text}` closes nothing", token.span, help=write(""))
    balanced: list[Token] = []
    for index, token in enumerate(tokens):
        balanced += missing.get(index, ())
        if index not in match.stray:
            balanced.append(token)
    return balanced


class _Match:
    """Which brackets belong together, and which to none."""

    def __init__(self, tokens: list[Token]) -> None:
        self.unclosed: dict[int, int] = {}
        """The openers without a closer, and the tokens at which that is noticed."""
        self.stray: set[int] = set()
        """The closers without an opener."""
        self._tokens = tokens
        self._open: list[int] = []
        self._indents: dict[int, int] = {}
        self._outdented: dict[int, tuple[Token, Token]] = {}
        for index, token in enumerate(tokens):
            kind, line = token.type, token.span.line
            starts_line = kind != "NEWLINE" and self._indents.setdefault(line, token.span.column) == token.span.column
            if kind in OPENERS:
                self._open.append(index)
            elif kind in CLOSERS:
                self._close(index, starts_line)
            elif starts_line and kind in _BETWEEN_BRACES:
                self._close_to("LBRACE", index)
            elif starts_line and kind in _OUTSIDE:
                self._close_to("", index)
        self._close_to("", len(tokens) - 1)

    def meant_for(self, opener: Token) -> Token | None:
        """Return the `}` that by its indentation was meant for a `{` that has none."""
        inner, closer = self._outdented.get(self._indents[opener.span.line], (None, None))
        return closer if inner and opener.type == "LBRACE" and inner.span.line > opener.span.line else None

    def _close(self, index: int, starts_line: bool) -> None:
        closer = self._tokens[index]
        wanted = CLOSERS[closer.type]
        types = [self._tokens[opener].type for opener in self._open]
        if wanted not in types:
            self.stray.add(index)
            same_line = types and self._tokens[self._open[-1]].span.line == closer.span.line
            if types and types[-1] != "LBRACE" and (closer.type != "RBRACE" or same_line):
                # `(…]` is one fault, not two.
                self.unclosed[self._open.pop()] = index
            return
        self._close_to(wanted, index)
        opener = self._tokens[self._open.pop()]
        if starts_line and closer.type == "RBRACE" and closer.span.column < self._indents[opener.span.line]:
            self._outdented.setdefault(closer.span.column, (opener, closer))

    def _close_to(self, kind: str, noticed: int) -> None:
        """Give up the open brackets inside the innermost of a kind; of no kind, give up all."""
        while self._open and self._tokens[self._open[-1]].type != kind:
            self.unclosed[self._open.pop()] = noticed


def _likely_end(tokens: list[Token], opener: int, noticed: int) -> int:
    """Return the token before which a closer was most likely forgotten: a `)` or `]` mostly at the end of its line."""
    # The line end stays behind the closer, because it separates what was noticed from it.
    latest = noticed - (tokens[noticed - 1].type == "NEWLINE")
    if tokens[opener].type == "LBRACE":
        return latest
    depth = 0
    is_header = opener > 1 and tokens[opener - 2].type in _HEADERS
    for index in range(opener + 1, latest):
        kind = tokens[index].type
        if is_header and kind == "LBRACE":
            return index
        if kind == "NEWLINE" and not depth and tokens[index - 1].type not in _GOES_ON_AFTER:
            return index
        depth += (kind in OPENERS) - (kind in CLOSERS)
    return latest


def _closer(opener: Token, before: Span) -> Token:
    kind = OPENERS[opener.type]
    return Token(kind, CLOSING_TEXT[kind], Span(before.file, before.line, before.column, before.line, before.column))


def _report_other(opener: Token, closer: Token, diagnostics: Diagnostics) -> None:
    """Report a bracket that is closed by one of another kind."""
    diagnostics.error(
        "unclosed-bracket",
        f"this `{closer.text}` does not close the `{opener.text}`",
        closer.span,
        labels=[Label(opener.span, "opened here")],
        help=write(CLOSING_TEXT[OPENERS[opener.type]]),
    )


def _report_unclosed(opener: Token, noticed: Token, last: Token, meant: Token | None, diagnostics: Diagnostics) -> None:
    closer = CLOSING_TEXT[OPENERS[opener.type]]
    if meant:
        label = Label(meant.span, "by its indentation this was meant for it, but it closes another")
    elif noticed.type == END:
        label = Label(noticed.span, "the file ends here")
    elif noticed.type in CLOSERS:
        label = Label(noticed.span, f"expected `{closer}` before this")
    else:
        label = Label(noticed.span, "this cannot stand inside it")
    diagnostics.error(
        "unclosed-bracket",
        f"this `{opener.text}` is not closed",
        opener.span,
        label=f"no `{closer}` for this",
        labels=[label],
        # Braces end in a place that only their indentation tells.
        help=f"put `{closer}` after `{shown(last.text)}`" if closer != "}" and last is not opener else "",
    )
