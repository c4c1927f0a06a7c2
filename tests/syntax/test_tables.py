"""The ready-made parser tables are those of the grammar."""

from __future__ import annotations

import json
import subprocess
import sys

from archspec import resources
from archspec.syntax import grammar


def test_ready_made_tables_are_those_of_the_grammar() -> None:
    text = (resources.folder("grammars") / "arch.lark").read_text("utf-8")
    assert grammar.READY_MADE.read_text("utf-8") == grammar.ready_made(text), "run `python -m archspec.syntax.grammar`"
    loaded = grammar._load(json.loads(grammar.ready_made(text))["tables"])
    assert loaded == grammar.compute(text)


def test_parsing_needs_no_lark() -> None:
    code = (
        "import sys; from archspec.syntax import parse; from archspec.diagnostics.source import Source; "
        "from archspec.diagnostics.diagnostic import Diagnostics; "
        "assert parse(Source('a', 'input 4'), Diagnostics()); print('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
