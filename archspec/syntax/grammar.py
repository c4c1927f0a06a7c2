"""From `grammars/arch.lark` to tables. Lark reads the grammar and computes the LALR(1) automaton; we run it ourselves.

Computing them takes longer than most compilations, so they are kept ready-made in `tables.json`, with a digest of the
grammar they belong to. After changing the grammar run `python -m archspec.syntax.grammar`; until then they are computed
at each start, which is slower and nothing worse.
"""

from __future__ import annotations

import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec import resources

if TYPE_CHECKING:
    from lark import Lark

START = "file"
READY_MADE = Path(__file__).with_name("tables.json")


class Reduction(NamedTuple):
    """What to do at the end of a rule: take `size` values from the stack, and put one for `rule`."""

    rule: str
    size: int
    method: str | None
    """The method of `Build` that makes the value; "" for a list of the values; None where the one value stays."""
    flatten: bool
    """Whether such a list is among the values. It gives way to what is in it."""


class Terminal(NamedTuple):
    name: str
    pattern: str
    word: bool
    """Whether it is a reserved word: what NAME matches, but one certain text."""


class Tables(NamedTuple):
    terminals: list[Terminal]
    """In the order to try them in."""
    reductions: list[Reduction]
    actions: list[dict[str, int]]
    """By state and terminal: the state to go to over that token, or ~n where reduction n ends before it."""
    gotos: list[dict[str, int]]
    """By state and rule: the state to go to over that rule."""
    end: int
    """The last state. The first is 0."""


@cache
def tables() -> Tables:
    """Return the tables of the grammar: the ready-made ones where they are of this grammar."""
    text = _grammar()
    try:
        kept = json.loads(READY_MADE.read_text("utf-8"))
    except (OSError, ValueError):
        kept = {}
    return _load(kept["tables"]) if kept.get("grammar") == _digest(text) else compute(text)


def _grammar() -> str:
    return (resources.folder("grammars") / "arch.lark").read_text("utf-8")


def _digest(text: str) -> str:
    # It tells a changed grammar, not a forged one; `hashlib` takes longer to import than the tables to read.
    return f"{len(text)}:{zlib.crc32(text.encode()):08x}"


def ready_made(text: str) -> str:
    """Return what `tables.json` holds for a grammar."""
    return json.dumps({"grammar": _digest(text), "tables": compute(text)._asdict()}, separators=(",", ":")) + "\n"


def _load(data: dict[str, Any]) -> Tables:
    """Return tables from JSON, which knows no names for the parts of a tuple."""
    terminals = [Terminal(*terminal) for terminal in data["terminals"]]
    return Tables(terminals, [Reduction(*r) for r in data["reductions"]], data["actions"], data["gotos"], data["end"])


def compute(text: str) -> Tables:
    """Return the tables of a grammar."""
    # Only a changed grammar needs Lark, so only that pays for the import.
    from lark import Lark

    # The lexer is never run: archspec.syntax.lexing has its own. Every token is kept for its position.
    lark = Lark(text, parser="lalr", lexer="basic", start=START, keep_all_tokens=True, maybe_placeholders=False)
    automaton = lark.parse_interactive().parser_state.parse_conf
    rows = {
        state: {str(symbol): _action(*action) for symbol, action in sorted(row.items(), key=lambda item: str(item[0]))}
        for state, row in automaton.states.items()
    }
    return _numbered(_terminals(lark), rows, automaton.start_state, automaton.end_state)


def _numbered(terminals: list[Terminal], rows: dict[int, dict[str, int | Reduction]], start: int, end: int) -> Tables:
    """Return tables with the states numbered as they are met from the start: Lark's numbers differ by run."""
    states, reductions = {start: 0}, dict[Reduction, int]()
    waiting = [start]
    numbered: list[dict[str, int]] = []
    for state in waiting:
        numbered.append({})
        for name, to in rows[state].items():
            if isinstance(to, Reduction):
                numbered[-1][name] = ~reductions.setdefault(to, len(reductions))
                continue
            if to not in states:
                states[to] = len(states)
                waiting.append(to)
            numbered[-1][name] = states[to]
    # Lark writes terminals in capitals and rules in small letters.
    actions = [{name: to for name, to in row.items() if name.isupper()} for row in numbered]
    gotos = [{name: to for name, to in row.items() if not name.isupper()} for row in numbered]
    return Tables(terminals, list(reductions), actions, gotos, states[end])


def _action(kind: Any, argument: Any) -> int | Reduction:
    from lark.grammar import NonTerminal, Rule
    from lark.parsers.lalr_analysis import Shift

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


def _terminals(lark: Lark) -> list[Terminal]:
    word = re.compile(lark.get_terminal("NAME").pattern.to_regexp())
    # As in Lark: by priority, then the longer first, so that `->` is tried before `-`.
    order = sorted(lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    return [
        Terminal(t.name, t.pattern.to_regexp(), t.pattern.type == "str" and bool(word.fullmatch(t.pattern.value)))
        for t in order
    ]


if __name__ == "__main__":
    READY_MADE.write_text(ready_made(_grammar()), "utf-8")
