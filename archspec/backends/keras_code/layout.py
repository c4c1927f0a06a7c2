"""Breaks statements that are too long for a line, as formatters do: what comes out is what they would leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 88
INDENT = "    "

#: A string, a bracket, or what stands between operands and items outside of both.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|[(\[{}\])]|, '
    r"| (?:if|else|for|or|and|not in|in|is not|is|==|!=|<=|>=|<|>|\+|-|\*|//|/|%|=|\+=) |^not (?=[^ ])"
)
#: The operators that bind alike, the loosest first.
_OPERATORS = (
    (" if ", " else "),
    (" or ",),
    (" and ",),
    (" == ", " != ", " <= ", " >= ", " < ", " > ", " in ", " not in ", " is ", " is not "),
    (" + ", " - "),
    (" * ", " / ", " // ", " % "),
)
_STATEMENT = re.compile(r"(?:if|elif|return) |for .+? in |def \w+")
_KEYWORD = re.compile(r"\w+(?:=|: .+? = )|\*+|\"\w+\": ")


def broken(text: str, level: int) -> list[str]:
    """Return the lines of a statement that stands at a level of indentation, the later ones further in."""
    room = WIDTH - len(INDENT) * level
    if len(text) <= room:
        return [text]
    if found := re.match(r"def \w+", text):
        head, rest = found.group(), text[found.end() :]
        end = rest.rindex(")") + 1
        items = split(rest[1 : end - 1])
        return [f"{head}(", *_further(_each(items, room - len(INDENT))), rest[end - 1 :]]
    head = found.group() if (found := _STATEMENT.match(text)) else ""
    for place, token in outside(text):
        if not head and token in (" = ", " += "):
            head = text[: place + len(token)]
    tail = ":" if text.endswith(":") else ""
    return _expression(head, text[len(head) :].removesuffix(tail), tail, room, inside=False)


def split(text: str) -> list[str]:
    """Return the items in a text that holds them all, with commas between."""
    return _cut(text, (", ",))


def _each(items: list[str], room: int) -> list[str]:
    """Return the lines of items that stand one on a line, or more where they are long."""
    return [line for item in items for line in _item(item.removesuffix(","), ",", room)]


def _item(text: str, tail: str, room: int) -> list[str]:
    head = found.group() if (found := _KEYWORD.match(text)) else ""
    return _expression(head, text[len(head) :], tail, room, inside=True)


def _expression(head: str, text: str, tail: str, room: int, inside: bool) -> list[str]:
    """Return the lines of `head text tail`; `inside` brackets an operator may begin a line."""
    if len(head + text + tail) <= room:
        return [head + text + tail]
    if len(split(text)) > 1:
        return _brackets(head, f"({text})", tail, room, inside)
    for operators in _OPERATORS:
        operands = _cut(text, operators, keep=True)
        if len(operands) > 1:
            break
    else:
        bare = not inside and not _groups(text) and len(INDENT + text) <= room
        return [f"{head}(", INDENT + text, f"){tail}"] if bare else _brackets(head, text, tail, room, inside)
    if inside:
        lines = _expression(head, operands[0], "", room, inside)
        for operand in operands[1:-1]:
            lines += _operand(operand, "", room)
        return lines + _operand(operands[-1], tail, room)
    if len(operands) == 2 and text[-1] in ")]" and (lines := _last_brackets(head, text, tail, room)):
        return lines
    return [f"{head}(", *_further(_expression("", text, "", room - len(INDENT), inside=True)), f"){tail}"]


def _operand(text: str, tail: str, room: int) -> list[str]:
    operator, _, operand = text.partition(" ")
    return _expression(f"{operator} ", operand, tail, room, inside=True)


def _last_brackets(head: str, text: str, tail: str, room: int) -> list[str]:
    """Return the lines of a sum with a call at its end, where breaking that call is enough."""
    start, end = _groups(text)[-1]
    before, inner, after = head + text[: start + 1], text[start + 1 : end], text[end:] + tail
    if not inner or len(before) > room or len(INDENT + inner) > room:
        return []
    return [before, INDENT + inner, after]


def _brackets(head: str, text: str, tail: str, room: int, inside: bool) -> list[str]:
    """Return the lines of what has no operator outside of brackets: what its longest brackets hold stands further in.

    Arguments stand on one line where they fit. Where more brackets follow, a line for each keeps formatters from
    breaking those instead.
    """
    groups = _groups(text)
    start, end = max(groups, key=lambda group: group[1] - group[0], default=(0, 0))
    inner = text[start + 1 : end]
    if not inner:
        return [head + text + tail]
    room -= len(INDENT)
    clauses = _cut(inner, (" for ",), keep=True)
    items = split(inner)
    is_call = bool(re.match(r"\w", text[start - 1 : start])) and (len(groups) == 1 or inside)
    if len(inner) <= room and (len(clauses) > 1 or is_call):
        lines = [inner]
    elif len(clauses) > 1:
        lines = _clauses(clauses, room)
    elif len(items) == 1 and not inner.endswith(","):
        lines = _item(inner, "", room)
    else:
        lines = _each(items, room)
    return [head + text[: start + 1], *_further(lines), text[end:] + tail]


def _clauses(clauses: list[str], room: int) -> list[str]:
    """Return the lines of a comprehension, one a clause."""
    lines = _expression("", clauses[0], "", room, inside=True)
    for clause in clauses[1:]:
        left, _, iterable = clause.partition(" in ")
        lines += _expression(f"{left} in ", iterable, "", room, inside=True)
    return lines


def _further(lines: list[str]) -> list[str]:
    return [INDENT + line for line in lines]


def outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place of each comma and operator that is outside of brackets and strings."""
    depth = 0
    for found in _TOKEN.finditer(text):
        token = found.group()
        depth += (token in "([{") - (token in ")]}")
        if not depth and token not in "([{}])" and not token.startswith('"'):
            yield found.start(), token


def _cut(text: str, tokens: tuple[str, ...], keep: bool = False) -> list[str]:
    """Return the parts of a text between tokens; with `keep`, each but the first begins with its token's word."""
    parts, start = [], 0
    for place, token in outside(text):
        if token in tokens:
            parts.append(text[start:place])
            start = place + (1 if keep else len(token))
    return [*parts, text[start:]]


def _groups(text: str) -> list[tuple[int, int]]:
    """Return where each pair of outermost brackets opens and closes."""
    groups, depth, start = [], 0, 0
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token in "([{":
            start = start if depth else found.start()
            depth += 1
        elif token in ")]}":
            depth -= 1
            if not depth:
                groups.append((start, found.start()))
    return groups
