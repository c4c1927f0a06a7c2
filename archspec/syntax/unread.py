"""What is left of a statement with a syntax error: the names that it may give, and what beside it is lost with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import islice, pairwise, takewhile
from typing import Any

from archspec.record import replace
from archspec.syntax import ast
from archspec.syntax.token import CLOSERS, OPENERS, Token

# Right behind these stands a name that is given.
_GIVING = {"LET", "AS", "FOR", "INPUT", "SHARED", "BLOCK", "MODEL", "EXTERN"}
# Where one of these fits, a name that fits is read and not given.
_VALUES = {"NUMBER", "STRING"}
# None of these goes on in the next line.
_WHOLE = (ast.Unread, ast.Use, ast.Block, ast.Model, ast.Extern)


def unread(tokens: Sequence[Token], fault: int, behind: Token, accepted: Set[str]) -> ast.Unread:
    """Return what stands for a statement of some tokens.

    At the position `fault` one of the `accepted` types is wanted, and `behind` is the token behind the statement.
    """
    return ast.Unread(
        tuple(dict.fromkeys(name for token in tokens if token.type == "NAME" for name in _read(token))),
        frozenset(name for token in _given(tokens) for name in _read(token)),
        _may_give_any(tokens, accepted),
        # A line end, or `|`, may have cut it off from what stands before or behind.
        begins_amid=bool(tokens) and (not fault or (tokens[0].type == "LPAR" and fault < _names_at(tokens, 0)[1])),
        ends_amid=fault >= len(tokens) - (behind.type == "VBAR") and behind.type in ("SEP", "VBAR"),
        span=tokens[0].span.to(tokens[-1].span) if tokens else behind.span,
    )


def _read(token: Token) -> Iterator[str]:
    """Yield the name that a token is, and that in it where its keyword is written together with it: `letn`."""
    yield token.text
    if glued := re.match(f"({'|'.join(_GIVING).lower()})(.+)", token.text):
        yield glued[2]


def _given(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the names that are most likely given by the statement, whatever else they mean."""
    for place, token in enumerate(tokens):
        if token.type in _GIVING:
            yield from _names_at(tokens, place + 1)[0]
    # Without its keyword a definition has its `=` or `{` left: `blok f(n) {`, `"let" (a, b) =`.
    start = 0 if tokens and tokens[0].type in ("NAME", "LPAR") else 1
    names, behind = _names_at(tokens, start)
    first = list(takewhile(lambda token: token.type == "NAME", tokens[start:]))
    kind = tokens[behind].type if behind < len(tokens) else ""
    if kind == "LBRACE" or (kind == "EQUAL" and behind == start + len(first)):
        yield from first
    elif kind == "EQUAL":
        yield from names[len(first) :]


def _names_at(tokens: Sequence[Token], place: int) -> tuple[list[Token], int]:
    """Return the names that stand in a place, those in the brackets behind them too, and the place behind these."""
    names, depth = list[Token](), 0
    while place < len(tokens) and (depth or tokens[place].type in ("NAME", "LPAR")):
        token = tokens[place]
        place += 1
        if token.type == "NAME":
            names.append(token)
        depth += (token.type in OPENERS) - (token.type in CLOSERS)
        if token.type in CLOSERS and not depth:
            break
    return names, place


def _may_give_any(tokens: Sequence[Token], accepted: Set[str]) -> bool:
    """Tell whether a name that is no longer in the statement may be given by it, or by a file that it brings in."""
    kinds = [token.type for token in tokens]
    return (
        ("NAME" in accepted and not accepted & _VALUES)
        or "USE" in kinds
        or any(token.type == "STRING" and "." in token.text for token in tokens)
        or ("COLON" in kinds and any(kind == "INPUT" and then != "NAME" for kind, then in pairwise(kinds)))
    )


def with_neighbours(nodes: Sequence[Any]) -> list[Any]:
    """Return statements, of which those are given up too that may be part of one with a syntax error."""
    kept = list(nodes)
    for place, (node, following) in enumerate(pairwise(nodes)):
        if isinstance(node, ast.Unread) and node.ends_amid and isinstance(following, ast.Flow):
            kept[place + 1] = _given_up(following)
        if isinstance(following, ast.Unread) and following.begins_amid and not isinstance(node, _WHOLE):
            kept[place] = _given_up(node)
    return kept


def with_neighbouring_branches(branches: Sequence[ast.Body]) -> tuple[ast.Body, ...]:
    """Return branches with those statements given up that may be part of one in the branch beside them."""
    left = iter(with_neighbours([statement for branch in branches for statement in branch.statements]))
    return tuple(replace(branch, statements=tuple(islice(left, len(branch.statements)))) for branch in branches)


def unread_in(file: ast.File) -> Iterator[ast.Unread]:
    """Yield what stands for the statements of a file that have syntax errors."""
    stack: list[ast.Node] = [file]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Unread):
            yield node
        stack += ast.inside(node)


def _given_up(node: ast.Node) -> ast.Unread:
    names = tuple(dict.fromkeys(ast.names_in(node)))
    return ast.Unread(names, frozenset(), False, begins_amid=False, ends_amid=False, span=node.span)
