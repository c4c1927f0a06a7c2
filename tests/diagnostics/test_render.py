"""How diagnostics look. A case is a source text, a diagnostic and all of its rendering."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from archspec.diagnostics import Diagnostic, Label, Source, Span, render, to_json

TEXT = """\
input 8x8x3
block f(width) {
  add {
    | conv(width)
    | skip
  }
}

f(6)
"""


def at(line: int, column: int, end: int, file: str = "a.arch") -> Span:
    return Span(file, line, column, line, end)


def shown(diagnostic: Diagnostic, text: str = TEXT, color: bool = False) -> str:
    return render(diagnostic, {"a.arch": Source("a.arch", text), "b.arch": Source("b.arch", "one\ntwo")}, color)


@pytest.mark.parametrize(
    ("diagnostic", "expected"),
    [
        (
            Diagnostic("unknown-layer", "`skip` is no layer", at(5, 7, 11), "not known"),
            """\
            error[unknown-layer]: `skip` is no layer
             --> a.arch:5:7
              |
            5 |     | skip
              |       ^^^^ not known
            """,
        ),
        (
            Diagnostic(
                "shape-mismatch",
                "`add` needs inputs of one shape",
                at(3, 3, 6),
                labels=(Label(at(5, 7, 11), "(8, 8, 3)"), Label(at(4, 7, 18), "(6, 6, 6)"), Label(at(9, 1, 5), "here")),
                notes=("in block `f`",),
                help="pad",
            ),
            """\
            error[shape-mismatch]: `add` needs inputs of one shape
             --> a.arch:3:3
              |
            3 |   add {
              |   ^^^
            4 |     | conv(width)
              |       ----------- (6, 6, 6)
            5 |     | skip
              |       ---- (8, 8, 3)
            ...
            9 | f(6)
              | ---- here
              = note: in block `f`
              = help: pad
            """,
        ),
        (
            Diagnostic("x", "two on a line", at(4, 7, 11), "this", labels=(Label(at(4, 12, 17), "and that"),)),
            """\
            error[x]: two on a line
             --> a.arch:4:7
              |
            4 |     | conv(width)
              |       ^^^^ this
              |            ----- and that
            """,
        ),
        (
            Diagnostic("x", "in two files", at(9, 1, 2), labels=(Label(at(2, 1, 4, "b.arch"), "from here"),)),
            """\
            error[x]: in two files
             --> a.arch:9:1
              |
            9 | f(6)
              | ^
             ::: b.arch:2:1
              |
            2 | two
              | --- from here
            """,
        ),
        (
            Diagnostic("x", "over lines", Span("a.arch", 3, 3, 6, 4), "this add"),
            """\
            error[x]: over lines
             --> a.arch:3:3
              |
            3 |   add {
              |   ^^^^^ this add
            """,
        ),
        (
            Diagnostic("x", "at the end", at(9, 5, 5)),
            """\
            error[x]: at the end
             --> a.arch:9:5
              |
            9 | f(6)
              |     ^
            """,
        ),
        (
            Diagnostic("x", "no source", at(12, 1, 2, "gone.arch"), "lost", help="look\nelsewhere"),
            """\
            error[x]: no source
              --> gone.arch:12:1
               = help: look
                       elsewhere
            """,
        ),
        (
            Diagnostic("x", "no span", notes=("one", "two"), severity="warning"),
            """\
            warning[x]: no span
             = note: one
             = note: two
            """,
        ),
        (
            Diagnostic("x", "no such line", at(99, 1, 2)),
            """\
            error[x]: no such line
              --> a.arch:99:1
               |
            99 |
               | ^
            """,
        ),
    ],
)  # fmt: skip
def test_render(diagnostic: Diagnostic, expected: str) -> None:
    assert shown(diagnostic) + "\n" == dedent(expected)


def lines(text: str, start: int, end: int) -> tuple[str, str]:
    """Return how a one-line source and its underline look, without the gutter."""
    source, underline = shown(Diagnostic("x", "x", at(1, start + 1, end + 1)), text).splitlines()[-2:]
    return source.removeprefix("1 | "), underline.removeprefix("  | ")


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("a\tbn", "bn", ("a   bn", "    ^^")),
        ("\tbn\tx", "x", ("    bn  x", "        ^")),
        ("# 層層 bn", "bn", ("# 層層 bn", "       ^^")),
        ("# 層層 bn", "層層", ("# 層層 bn", "  ^^^^")),
        ("# e\u0301 bn", "bn", ("# e\u0301 bn", "    ^^")),
        ("a \x1b[31m bn", "bn", ("a \\x1b[31m bn", "           ^^")),
        ("a\x00b", "\x00", ("a\\x00b", " ^^^^")),
        ("# \u202e bn", "bn", ("# \\u202e bn", "         ^^")),
        ("bn\r", "bn", ("bn", "^^")),
    ],
)
def test_columns(text: str, word: str, expected: tuple[str, str]) -> None:
    start = text.index(word)
    assert lines(text, start, start + len(word)) == expected


def test_long_lines_are_cut_around_the_span() -> None:
    text = "a" * 500 + "bn" + "c" * 500
    source, underline = lines(text, 500, 502)
    assert source == "…" + "a" * 40 + "bn" + "c" * 78 + "…"
    assert underline == " " * 41 + "^^"
    assert lines(text, 0, 1) == ("a" * 120 + "…", "^")
    source, underline = lines(text, 1001, 1002)
    assert source == "…" + "c" * 120
    assert underline == " " * 120 + "^"
    assert lines(text, 0, 1002)[1] == "^" * 120


def test_nothing_of_a_spec_reaches_the_terminal_raw() -> None:
    evil = "\x1b[2J\x07\u202e"
    diagnostic = Diagnostic(
        "x", evil, at(1, 1, 3, evil), evil, (Label(at(1, 1, 2), evil),), (evil,), evil
    )  # fmt: skip
    text = render(diagnostic, {"a.arch": Source("a.arch", evil), evil: Source(evil, evil)})
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\\x1b[2J\\x07\\u202e" in text


def test_color_adds_only_escape_sequences() -> None:
    import re

    diagnostic = Diagnostic(
        "x", "message", at(3, 3, 6), "this", (Label(at(9, 1, 2), "that"),), ("a note",), "a help", "warning"
    )
    colored = shown(diagnostic, color=True)
    assert "\x1b[1;33mwarning[x]\x1b[0m" in colored
    assert "\x1b[1;33m^^^ this\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == shown(diagnostic)


def test_json() -> None:
    span = {"file": "a.arch", "line": 3, "column": 3, "end_line": 3, "end_column": 6}
    diagnostic = Diagnostic("x", "message", at(3, 3, 6), "this", (Label(at(3, 3, 6), "that"),), ("n",), "h")
    data = to_json(diagnostic)
    assert data == {
        "code": "x",
        "message": "message",
        "span": span,
        "label": "this",
        "labels": [{"span": span, "text": "that"}],
        "notes": ["n"],
        "help": "h",
        "severity": "error",
    }
    assert json.loads(json.dumps(data)) == data
    assert to_json(Diagnostic("x", "m"))["span"] is None
