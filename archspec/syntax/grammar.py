"""From `grammars/arch.lark` to tables. Lark reads the grammar and computes the LALR(1) automaton; we run it ourselves.

The tables are plain data, so that they can also be made ahead of time: `tables` is the one place that would load them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from lark import Lark
from lark.grammar import NonTerminal, Rule
from lark.parsers.lalr_analysis import Action, Shift

from archspec import resources

START = "file"


class Reduction(NamedTuple):
    """What to do at the end of a rule: take `size` values from the stack, and put one for `rule`."""

    rule: str
    size: int
    method: str | None
    """The method of `Build` that makes the value; "" for a list of the values; None where the one value stays."""
    flatten: bool
    """Whether such a list is among the values. It gives way to what is in it."""


@dataclass(frozen=True, slots=True)
class Terminal:
    name: str
    pattern: str
    word: bool
    """Whether it is a reserved word: what NAME matches, but one certain text."""


@dataclass(frozen=True, slots=True)
class Tables:
    terminals: tuple[Terminal, ...]
    """In the order to try them in."""
    actions: dict[int, dict[str, int | Reduction]]
    """By state and terminal: the state to go to over that token, or the rule that ends before it."""
    gotos: dict[int, dict[str, int]]
    """By state and rule: the state to go to over that rule."""
    start: int
    end: int


@cache
def tables() -> Tables:
    """Return the tables, computed at the first call."""
    text = (resources.folder("grammars") / "arch.lark").read_text("utf-8")
    # The lexer is never run: archspec.syntax.lexing has its own. Every token is kept for its position.
    lark = Lark(text, parser="lalr", lexer="basic", start=START, keep_all_tokens=True, maybe_placeholders=False)
    automaton = lark.parse_interactive().parser_state.parse_conf
    rows = automaton.states.items()
    return Tables(
        _terminals(lark),
        {state: {str(s): _action(*action) for s, action in row.items() if s.isupper()} for state, row in rows},
        {state: {str(s): to for s, (_, to) in row.items() if not s.isupper()} for state, row in rows},
        automaton.start_state,
        automaton.end_state,
    )


def _action(kind: Action, argument: Any) -> int | Reduction:
    if kind is Shift:
        state: int = argument
        return state
    rule: Rule = argument
    # Lark's names are tokens, which compare slowly.
    name, method = str(rule.origin.name), str(rule.alias or rule.origin.name)
    inlined = [isinstance(symbol, NonTerminal) and symbol.name.startswith("_") for symbol in rule.expansion]
    if rule.options.expand1 and not rule.alias and len(rule.expansion) == 1:
        return Reduction(name, 1, None, False)
    return Reduction(name, len(rule.expansion), "" if name.startswith("_") else method, any(inlined))


def _terminals(lark: Lark) -> tuple[Terminal, ...]:
    word = re.compile(lark.get_terminal("NAME").pattern.to_regexp())
    # As in Lark: by priority, then the longer first, so that `->` is tried before `-`.
    order = sorted(lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    return tuple(
        Terminal(t.name, t.pattern.to_regexp(), t.pattern.type == "str" and bool(word.fullmatch(t.pattern.value)))
        for t in order
    )
