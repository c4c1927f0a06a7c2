"""What is said of broken text, and where. A row is a text and its errors: `line:column-end [code] message`."""

from __future__ import annotations

import pytest

from archspec.diagnostics import Diagnostic, Diagnostics, Source
from archspec.syntax import ast, parse


def errors(text: str) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    assert parse(Source("t.arch", text), diagnostics) is None
    return diagnostics.items


def written(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    assert span is not None
    return f"{span.line}:{span.column}-{span.end_column} [{diagnostic.code}] {diagnostic.message}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv ->", "1:6-8 [syntax] expected a step after `->`, found the end of the file"),
        ("conv bn", "1:6-8 [syntax] expected `->` or the end of the line after `conv`, found `bn`"),
        ("conv -> ; bn", "1:6-8 [syntax] expected a step after `->`, found `;`"),
        ("add { | conv -> }", "1:14-16 [syntax] expected a step after `->`, found `}`"),
        ("conv -> from a", "1:9-13 [syntax] expected a step after `->`, found `from`"),
        ("1 + 1", "1:1-2 [syntax] expected a statement, found `1`"),
        ("a | b", "1:3-4 [syntax] expected the end of the line after `a`, found `|`"),
        ("(conv\nbn)", "2:1-3 [syntax] expected `->` or `)` after `conv`, found `bn`"),
        ("conv(a b)", "1:8-9 [syntax] expected `,` or `)` after `a`, found `b`"),
        ("conv(a=)", "1:8-9 [syntax] expected a value after `=`, found `)`"),
        ("conv(1;2)", "1:7-8 [syntax] expected `,` or `)` after `1`, found `;`"),
        ("conv * -2", "1:8-9 [syntax] expected a value after `*`, found `-`"),
        ("conv as 3", "1:9-10 [syntax] expected a name after `as`, found `3`"),
        ("let input = 3", "1:5-10 [syntax] expected a name after `let`, found `input`"),
        ("let a == 3", "1:7-9 [syntax] expected `=` after `a`, found `==`"),
        ("let a = 1 +\nconv", "1:12-13 [syntax] expected a value after `+`, found the end of the line"),
        ("let a = b c", "1:11-12 [syntax] expected the end of the line after `b`, found `c`"),
        ("let a = b if c", "1:15-15 [syntax] expected `else` after `c`, found the end of the file"),
        ("expect params = 3", "1:15-16 [syntax] expected the end of the line after `params`, found `=`"),
        ("expect 1 < 2 < 3", "1:8-17 [syntax] expected the end of the line after `2`, found `<`"),
        ("input :", "1:7-8 [syntax] expected a shape after `input`, found `:`"),
        ("repeat { conv }", "1:8-9 [syntax] expected a count after `repeat`, found `{`"),
        ("for x y { conv }", "1:7-8 [syntax] expected `in` after `x`, found `y`"),
        ("if a: conv", "1:5-11 [syntax] expected `{` after `a`, found `:`"),
        ("if a { } elif b", "1:10-14 [syntax] expected `->`, `else` or the end of the line after `}`, found `elif`"),
        ("add { conv | bn }", "1:7-11 [syntax] expected `|` after `{`, found `conv`"),
        ("add { | conv | }", "1:16-17 [syntax] expected a statement after `|`, found `}`"),
        ("use x", "1:5-6 [syntax] expected a file name in quotes after `use`, found `x`"),
        ("block f(a as) { bn }", "1:13-14 [syntax] expected a spelling such as `s#` after `as`, found `)`"),
        ("block f { model m { bn } }", "1:11-16 [syntax] expected a statement or `}` after `{`, found `model`"),
        ("extern layer a() { }", "1:18-19 [syntax] expected `from` after `)`, found `{`"),
        ("block 3x3 { bn }", "1:7-10 [syntax] expected a name after `block`, found `3x3`"),
        ("conv => bn", "1:6-8 [syntax] `=>` is no operator"),
        ("let a = 2 ^ 3", "1:11-12 [syntax] `^` is no operator"),
        ("let a = b && !c", "1:11-13 [syntax] `&&` is no operator\n1:14-15 [syntax] `!` is no operator"),
        ("conv(3a)", "1:6-8 [syntax] `3a` is neither a number nor a name"),
        ("conv(1_)", "1:6-8 [syntax] `1_` is neither a number nor a name"),
        ("conv $ bn", "1:6-7 [unexpected-character] unexpected character `$`"),
        ("café", "1:4-5 [unexpected-character] unexpected character `é` (LATIN SMALL LETTER E WITH ACUTE)"),
        ("conv\u00a0bn", "1:5-6 [unexpected-character] unexpected character U+00A0 (NO-BREAK SPACE)"),
        ("bn\n# \ud800", "2:3-4 [not-utf8] U+D800 is half a character, which UTF-8 cannot encode"),
        ("conv\x1b", "1:5-6 [unexpected-character] unexpected character U+001B"),
        ("conv('same')", "1:6-12 [bad-string] strings stand in double quotes"),
        ('use "a.arch', '1:5-12 [bad-string] this string has no end'),
        ('use "a\\qb"', "1:7-9 [bad-string] `\\q` is no escape"),
        (f"conv({'9' * 4001})", "1:6-4007 [number-too-large] this number is too large"),
        (f"input 3x{'9' * 4001}", "1:7-4010 [number-too-large] this number is too large"),
        ("conv(1e999)", "1:6-11 [number-too-large] this number is too large"),
        ("conv(64", "1:5-6 [unclosed-bracket] this `(` is not closed"),
        ("conv(64]", "1:8-9 [unclosed-bracket] this `]` does not close the `(`"),
        ("add { | conv(64 }", "1:13-14 [unclosed-bracket] this `(` is not closed"),
        ("let a = [1, 2\nconv", "1:9-10 [unclosed-bracket] this `[` is not closed"),
        ("model m { conv", "1:9-10 [unclosed-bracket] this `{` is not closed"),
        ("conv )", "1:6-7 [unclosed-bracket] this `)` closes nothing"),
        ("conv }\nbn", "1:6-7 [unclosed-bracket] this `}` closes nothing"),
    ],
)  # fmt: skip
def test_error(text: str, expected: str) -> None:
    assert "\n".join(map(written, errors(text))) == expected


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("conv bn", "steps are joined with `->`: write `-> bn`"),
        ("conv(3) bn(2)", "steps are joined with `->`: write `-> bn`"),
        ("conv(3).bn", "steps are joined with `->`: write `->`"),
        ("dense 3", "arguments stand in brackets: write `dense(3)`"),
        ("conv 64 3x3 relu -> bn", "arguments stand in brackets: write `conv(64, 3x3, relu)`"),
        ("conv 64, (3, 3), relu # text", "arguments stand in brackets: write `conv(64, (3, 3), relu)`"),
        ("dense(units: 3)", "an argument is named with `=`: write `units=3`"),
        ("dense(units: (3))", "an argument is named with `=`: write `units=(3)`"),
        ("conv(3 3x3)", "a comma stands between them: write `, 3x3`"),
        ("// text", "comments begin with `#`: write `# text`"),
        ("conv // text", "comments begin with `#`: write `# text`"),
        ("/* text */", "write `# text`"),
        ("input 8 x 8 x 3", "lengths are joined by `x`, without spaces: write `8x8x3`"),
        ("input ? x 80", "lengths are joined by `x`, without spaces: write `?x80`"),
        ("input None x 28", "lengths are joined by `x`, without spaces: write `?x28`"),
        ("input 28, 28, 1", "lengths are joined by `x`, without spaces: write `28x28x1`"),
        ("input = 28x28", "the shape follows at once: leave it out"),
        ("conv(3X3)", "write `3x3`"),
        ("input 8X8x3", "write `8x8x3`"),
        ("-> conv", "a flow begins with a step, and goes on from the tensor before it: leave it out"),
        ("input 8 -> conv", "what stands before it is a statement of its own: write `;`"),
        ("conv ->", "no step follows this `->`: leave it out"),
        ("add { | conv -> }", "no step follows this `->`: leave it out"),
        ("from keras import layers", "layers need no import: leave it out"),
        ("use residual.arch", 'write `"residual.arch"`'),
        ("use ../blocks.arch as b", 'write `"../blocks.arch"`'),
        ("import keras", "layers need no import: leave it out"),
        ("def f(x) { conv }", "did you mean `block`?"),
        ("return x", "did you mean `output`?"),
        ("repeat 3 conv", "a body stands in braces: write `{ conv }`"),
        ("expect params = 3", "to compare: write `==`"),
        ("x = 3", "a value is named with `let`: write `let x = 3`"),
        ("expect 1 < 2 < 3", "comparisons do not chain: write `1 < 2 and 2 < 3`"),
        ("if a: conv", "a body stands in braces: write `{ conv }`"),
        ("for a in b: conv", "a body stands in braces: write `{ conv }`"),
        ("if a { conv } elif b { bn }", "write `else if`"),
        ("add { | conv | }", "a branch that changes nothing is written `skip`"),
        ("add { | | conv }", "a branch that changes nothing is written `skip`"),
        ("add { conv | bn }", "each branch begins with `|`"),
        ("let a = 1 +\n2", "a line goes on inside brackets, or where it ends with `->`"),
        ("conv -> from a", "`from` stands only at the beginning of a flow"),
        (
            "let input = 3",
            "`input` is a word of the language: choose another name; `input x: 32x32x3` names an input",
        ),
        ("conv(.5)", "a digit stands before the decimal point: write `0.5`"),
        ("block f { use \"a\" }", "this stands at the top level of a file, outside braces"),
        ("conv => bn", "write `->`"),
        ("let a = 2 ^ 3", "write `**`"),
        ("let a = !b", "write `not `"),
        ("expect params < 5m", "write `5M`"),
        ("conv('same')", 'write `"same"`'),
        ("conv(3\N{MULTIPLICATION SIGN}3)", "write `3x3`"),
        ("conv(“a”)", 'write `"a"`'),
        ("conv \\\n-> bn", "a line goes on inside brackets, or where it ends with `->`"),
        ("conv\u00a0", "write an ordinary space"),
        ("else { conv }", ""),
    ],
)  # fmt: skip
def test_help(text: str, help: str) -> None:
    assert errors(text)[0].help == help


@pytest.mark.parametrize(
    ("text", "places"),
    [
        # Each statement has its error, and no error has an echo.
        ("conv bn\nlet = 3\nconv\nbn ->\n", ["1:6", "2:5", "4:4"]),
        ("a b; c d\ne f", ["1:3", "1:8", "2:3"]),
        ("block f {\n  conv bn\n  relu\n  let 3\n}\nlet = 3", ["2:8", "4:7", "6:5"]),
        ("block f(a b) {\n  conv\n}\nlet = 3", ["1:11", "4:5"]),
        ("add {\n  | conv bn\n  | conv(,)\n  | relu\n}\nlet = 3", ["2:10", "3:10", "6:5"]),
        ("add { conv | bn }\nlet = 3", ["1:7", "2:5"]),
        ("conv(1; 2)\nlet = 3", ["1:7", "2:5"]),
        ("conv((if a { b c }), 3)\nlet = 3", ["1:7", "2:5"]),
        ("(if a { b c\n d e } -> x y)\nlet = 3", ["1:11", "2:4", "2:13", "3:5"]),
        ("conv(64 -> bn\nlet = 3", ["1:5", "2:5"]),
        ("conv(64,\n  3x3\nbn bn", ["1:5", "3:4"]),
        ("conv(64,\nlet = 3", ["1:5", "2:5"]),
        ("let a = (1, 2\nlet b = 3 3", ["1:9", "2:11"]),
        ("model a {\n  conv\nmodel b {\n  let = 3\n}", ["1:9", "4:7"]),
        ("conv $ bn\nlet = 3", ["1:6", "2:5"]),
        ('use "a\nlet = 3', ["1:5", "2:5"]),
        ("café_2 -> bn\nlet = 3", ["1:4", "2:5"]),
        ("repeat 3 {\n  if a: {\n    conv\n  }\n  let = 3\n}", ["2:7", "5:7"]),
    ],
)
def test_recovery(text: str, places: list[str]) -> None:
    assert [written(error).split("-")[0] for error in errors(text)] == places


def test_an_unclosed_brace_points_at_the_brace_that_was_meant_for_it() -> None:
    (error,) = errors("block a {\n  repeat 3 {\n    conv\n}\nblock b { conv }\n")
    assert error.span is not None
    assert error.span.line == 1
    assert [(label.span.line, label.text) for label in error.labels] == [
        (4, "by its indentation this was meant for it, but it closes another")
    ]


def test_an_unclosed_bracket_says_where_that_was_noticed() -> None:
    (error,) = errors("add { | conv(64 }")
    assert error.label == "no `)` for this"
    assert [(label.span.column, label.text) for label in error.labels] == [(17, "expected `)` before this")]


def test_errors_are_capped() -> None:
    for line in ("conv bn\n", "$\n"):
        assert len(errors(line * 19)) == 19
        *told, last = errors(line * 100)
        assert [d.severity for d in told] == ["error"] * 20
        assert (last.code, last.message) == ("more-errors", "nothing is looked for behind 20 syntax errors")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("(" * 201 + "conv" + ")" * 201, 201),
        ("let a = " + "-" * 201 + "1", 209),
        ("let a = 1" + "+1" * 201, 410),
        ("let a = x" + "[0]" * 201, 607),
        ("conv" + " * 2" * 201, 806),
        ("if a { b }" + " else if a { b }" * 201, 3206),
        ("{(" * 101, 201),
    ],
)
def test_nesting_too_deep(text: str, column: int) -> None:
    (error,) = errors(text)
    assert (
        written(error)
        == f"1:{column}-{error.span and error.span.end_column} [nesting-too-deep] more than 200 levels of nesting"
    )


def test_nesting_just_deep_enough() -> None:
    diagnostics = Diagnostics()
    text = (
        "(" * 200 + "conv" + ")" * 200 + "\nlet a = 1" + "+1" * 200 + "\n" + "if a { b }\n" + "else if a { b }\n" * 199
    )
    assert parse(Source("t.arch", text), diagnostics) is not None
    assert diagnostics.items == []


def test_other_files_errors_do_not_matter() -> None:
    diagnostics = Diagnostics()
    parse(Source("a.arch", "conv bn"), diagnostics)
    assert parse(Source("b.arch", "conv"), diagnostics) is not None
    assert len(diagnostics.items) == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\nb c\nd", "Flow Unread(b c) Flow"),
        ("a\nb | c\nd", "Flow Unread(b c) Flow"),
        ("a\nlet n =\nb\nc", "Flow Unread(n) Unread(b) Flow"),
        ("a\nlet n =\nlet m = n\nc", "Flow Unread(n) Let Flow"),
        ("a\nb\n(3, c)\nd", "Flow Unread(b) Unread(c) Flow"),
        ("a\n(b -> c) d\ne", "Flow Unread(b c d) Flow"),
        ("a\n= b\nc", "Unread(a) Unread(b) Flow"),
        ("block f(m n) { a }\nb", "Unread(f m n a) Flow"),
        ("repeat 3 { a b\nc }\nd", "Flow Flow"),
        ("repeat 3 4 { a b\nc }\nd", "Unread(a b c) Flow"),
        ("a {\n| b c\n| d\n}\ne", "Flow Flow"),
        ("a )\nb c\nd", None),
        ("a ^ b\nc d", None),
        ("(" * 300 + ")" * 300, None),
        ("a b\n" * 20, None),
    ],
)
def test_what_is_left_without_the_statements_that_have_errors(text: str, left: str | None) -> None:
    diagnostics = Diagnostics()
    file = parse(Source("t.arch", text), diagnostics, partly=True)
    assert diagnostics.failed
    assert (None if file is None else " ".join(map(told, file.statements))) == left


def told(node: ast.Node) -> str:
    return f"Unread({' '.join(node.names)})" if isinstance(node, ast.Unread) else type(node).__name__
