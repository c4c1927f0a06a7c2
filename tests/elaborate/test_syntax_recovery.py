"""Syntax errors and other faults in one run: each is told, and what a syntax error leaves unknown is not.

Shipped specs are broken by machine in one token of one statement. That nothing may be said then but what the parser
says, and with one more fault in another statement that fault alone beside it, is arithmetic.
"""

from __future__ import annotations

import re
from operator import ne
from pathlib import Path
from random import Random
from time import process_time

import pytest

from archspec.diagnostics import Diagnostic, Diagnostics, Source
from archspec.driver import compile_source, compile_spec, shipped_specs
from archspec.syntax import ast, parse
from tests.elaborate.test_fault_count import broken as with_faults
from tests.elaborate.test_fault_count import edits, models, tree_of
from tests.fuzz.mutations import mutate

SPECS = shipped_specs()
#: Ways to break a spec in one place.
KINDS = (
    "drop_token",
    "double_token",
    "quote_token",
    "swap_neighbours",
    "insert_token",
    "a_keyword",
    "no_comma",
    "double_arrow",
    "arrow_elsewhere",
    "colon_for_equals",
    "equals_for_colon",
    "split_line",
    "join_lines",
)
KEYWORDS = ("input", "block", "model", "repeat", "for", "in", "if", "else", "let", "as", "from", "use", "shared", "not")
WORD = re.compile(r"[A-Za-z_]\w*")


def compiled(text: str, model: str | None = None, path: Path = Path("t.arch")) -> list[Diagnostic]:
    return list(compile_source(Source(path.name, text), model=model, home=path.parent).diagnostics)


def parsed(text: str, path: Path) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    parse(Source(path.name, text), diagnostics)
    return diagnostics.items


def broken(path: Path, seed: int) -> str | None:
    """Return the text of a spec with a syntax error in it; None where this seed makes none."""
    random = Random(f"{path.stem} {seed}")
    text = path.read_text(encoding="utf-8")
    mutant = mutate(text, KINDS[seed % len(KINDS)], random)
    lines, others = text.split("\n"), mutant.split("\n")
    # A bracket that goes from one line to the next takes whole statements with it.
    is_one_line = len(lines) != len(others) or sum(map(ne, lines, others)) == 1
    # Two words written together are another word, and what it was meant to be nobody knows.
    has_new_words = not {*WORD.findall(mutant)} <= {*WORD.findall(text), *KEYWORDS}
    return mutant if is_one_line and not has_new_words and parsed(mutant, path) else None


#: Texts with a syntax error and another fault, and where each is.
TWO_FAULTS = {
    "missing comma": ("input 8x8x3\nconv(4 3x3)\nflatten\nfoo(3)", ["2:8 syntax", "4:1 unknown-step"]),
    "stray token": ("input 8x8x3\nflatten = 3\ndense(0)", ["2:1 syntax", "3:7 invalid-argument"]),
    "second arrow": ("input 8x8x3\nconv(4, 3) -> -> bn\ndense(nosuch=3)", ["2:15 syntax", "3:7 unknown-argument"]),
    "fault before": ("input 8x8x3\nconv(4, 9x9)\nconv(4 3x3)\nflatten", ["2:9 invalid-shape", "3:8 syntax"]),
    "unfinished expression": ("input 8\nlet n = 3 *\nlet m = nosuch\ndense(n)", ["2:12 syntax", "3:9 unknown-name"]),
    "unfinished flow": ("input 8\ndense(3) ->\nlet n = 3\ndense(4, 5)", ["3:1 syntax", "4:10 invalid-argument"]),
    "block header": ("block f(a b) { dense(a) }\ninput 8\nf(3) -> foo", ["1:11 syntax", "3:9 unknown-step"]),
    "inside a block": ("block f(a) { dense(a) 3 }\ninput 8\nf(3, 4)", ["1:23 syntax", "3:6 too-many-arguments"]),
    "input": ("input x 8\ndense(4)\nfrom x -> dense(-1)", ["1:9 syntax", "3:17 invalid-argument"]),
    "name": ("input 8\ndense(4) as h 3\nfrom h -> foo", ["2:13 syntax", "3:11 unknown-step"]),
    "name left out": ("input 8\ndense(4) as\nfrom h -> dense(-1)\ndense(-1)", ["2:12 syntax", "4:7 invalid-argument"]),
    "repeat": ("input 8\nrepeat 3 4 { dense(n) as h }\nfrom h -> dense(-1)", ["2:10 syntax", "3:17 invalid-argument"]),
    "inside repeat": ("input 8\nrepeat 3 {\n  dense(4 4)\n  foo\n}", ["3:11 syntax", "4:3 unknown-step"]),
    "if": ("input 8\nif x y { dense(3) as h }\nfoo", ["2:6 syntax", "3:1 unknown-step"]),
    "for": ("input 8\nfor i 0..3 { dense(i) as h[i] }\nfrom h[2] -> foo", ["2:7 syntax", "3:14 unknown-step"]),
    "branch": ("input 8x8x3\nadd {\n  | conv(3 3)\n  | foo\n}", ["3:12 syntax", "4:5 unknown-step"]),
    "let": ("input 8\nlet n 3\ndense(n)\nlet m = n\nfoo(m)", ["2:7 syntax", "5:1 unknown-step"]),
    "shared": ("input 8\nshared f dense(4)\nf -> foo -> f", ["2:10 syntax", "3:6 unknown-step"]),
    "output": ("input 8\ndense(4) -> foo\noutput _ _", ["2:13 unknown-step", "3:10 syntax"]),
    "expect": ("input 8\nexpect params = 3\ndense(4.5)", ["2:15 syntax", "3:7 invalid-argument"]),
    "two syntax errors": ("input 8\ndense(4 4)\nfoo\ndense(3,, 4)", ["2:9 syntax", "3:1 unknown-step", "4:9 syntax"]),
    "assignment": ("input 8\ndense(4) = 3\ndense(-1)", ["2:10 syntax", "3:7 invalid-argument"]),
    "variant": (
        "model a(n = 3) { input 8; dense(n) }\nmodel b = a(n 4)\nblock c { foo }",
        ["2:13 syntax", "3:11 unknown-step"],
    ),
    "model header": ("model a(n m) { input 8; dense(n) }\nblock c { foo }", ["1:11 syntax", "2:11 unknown-step"]),
    "use": ('use "a.arch" b\ninput 8\ndense(-1)\nf(3)', ["1:14 syntax", "3:7 invalid-argument"]),
}


def places(found: list[Diagnostic]) -> list[str]:
    return [f"{d.span.line}:{d.span.column} {d.code}" for d in found if d.span]


@pytest.mark.parametrize("what", TWO_FAULTS)
def test_a_syntax_error_and_another_fault_are_told_in_one_run(what: str) -> None:
    text, expected = TWO_FAULTS[what]
    assert places(compiled(text)) == expected


#: Texts with a syntax error alone, of which nothing else follows, and where it is.
ONE_FAULT = {
    "input": ("input 8 x\ndense(3)\nexpect 3", "1:9"),
    "input of a name": ("input : 8\nfrom x -> dense(3)", "1:7"),
    "block": ("blok f(n) { dense(n) }\ninput 8\nf(3) -> f(4)", "1:1"),
    "block of the library": ("blok residual(n) { dense(n) }\ninput 8\nresidual(3, 4, 5, 6, 7)", "1:1"),
    "block with a string for a keyword": ('"block" residual(n) { dense(n) }\ninput 8\nresidual(3)', "1:9"),
    "block of a layer's name": ("block dense(n m) { conv(n) }\ninput 8x8x3\ndense(-1)", "1:15"),
    "block without a keyword": ("dense(n) { conv(n, 3) }\ninput 8x8x3\ndense(-1)", "1:12"),
    "block without a name": ("block (n) { conv(n, 3) }\ninput 8x8x3\nf(3)", "1:7"),
    "use": ("use blocks\ninput 8\nf(3)", "1:5"),
    "use behind a name": ('use "a.arch" as\ninput 8\na.f(3)', "1:16"),
    "let": ("input 8\nlet n 3\nlet m = n * 2\ndense(m, n)\nexpect (m)", "2:7"),
    "let again": ("input 8\nlet n = 3\nlet n = n 2\ndense(n, 4)\nexpect 3", "3:11"),
    "let of several without a keyword": ("input 8\nlett (c1, c2) = 3, 4\ndense(c1, c2)", "2:15"),
    "let of a word": ("input 8\nlet relu = 3 4\ndense(relu, 5)", "2:14"),
    "let of a length": ("input 8\nlet channels = 3 4\ninput 6\ndense(channels)\nexpect 6", "2:18"),
    "let of several": ("input 8\nlet (c1, c2) = 3 4\ndense(c1, c2)", "2:18"),
    "let without a name": ("input 8\nlet 3 = 4\ndense(n) -> f", "2:5"),
    "let written together": ("input 8\nletn = 4\ndense(n)", "2:1"),
    "length": ("let T = 3 4\ninput (T, 8)\nflatten -> dense(3)", "1:11"),
    "tensor": ("input 8\ndense(3) as (a b)\nsubtract(a, b, 3)", "2:16"),
    "tensor in a call": ("input 8\ndense(3) sa h\nlstm(4, initial_state=h)", "2:10"),
    "tensor with an index": ("input 8\nrepeat 3 as i { dense(3) as h[i] j }\nfrom h[2], h[7] -> add", "2:34"),
    "tensor again": ("input 8\ndense(3) as h\ndense(4) as h 3\nfrom h\nexpect 3", "3:13"),
    "current tensor": ("input 8x8x3\nflatten 3\nconv(3, 3)\nexpect 1", "2:1"),
    "shared": ("input 8\nshared f dense(3)\nf -> f(3)", "2:10"),
    "line end in a call": ("input 8\nconv\n(3, 4)\nrelu", "3:2"),
    "line end in a value": ("input 8\nlet n =\nf(3)\ndense(n)", "2:8"),
    "number of branches": ("input 8\nsubtract { | relu  tanh }", "2:20"),
    "branch in two": ("input 8x8x3\nadd { | skip | dense(3) -> | flatten }", "2:25"),
    "branch cut off": ("input 8x8x3\nadd { | skip | dense | (3, 3) }", "2:25"),
    "branch that begins too late": ("input 8\nrelu as h\nadd { | skip from | h -> relu }", "3:14"),
    "model": ("model a(n m) { input 8 }", "1:11"),
    "statements beside a model": ("model a { input 8; dense(3) }\nlet c 3", "2:7"),
    "block of a model": ("model t { block f { dense(3 4) }; input 8; f; f; expect 4 }", "1:29"),
    "loop": ("input 8\nlet n = 1\nrepeat 3 { let n = n 2 }\ndense(n)\nexpect 1", "3:22"),
    "warning": ("block unused { relu }\ninput 8x8x3\nconv(3, 3*3) 4", "3:14"),
}


@pytest.mark.parametrize("what", ONE_FAULT)
def test_what_a_syntax_error_leaves_unknown_is_not_told(what: str) -> None:
    text, place = ONE_FAULT[what]
    assert places(compiled(text)) == [f"{place} syntax"]


def test_what_mending_brackets_and_characters_makes_of_a_text_is_a_guess() -> None:
    assert places(compiled("input 8\ndense(3\nfoo")) == ["2:6 unclosed-bracket"]
    assert places(compiled("input 8\ndense(3 ^ 2)\nfoo")) == ["2:9 syntax"]


def test_a_file_with_a_syntax_error_gives_what_else_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text("block f(n m) { dense(n) }\nblock g(n) { dense(n) 3 }\nblock h { relu }")
    text = 'use "a.arch"{}\ninput 8\n{}f(3) -> {}g(3) -> {}h(3) -> {}k(3)'
    for alias, before in (("", ""), (" as a", "a.")):
        (tmp_path / "t.arch").write_text(text.format(alias, *[before] * 4))
        found = compile_spec(str(tmp_path / "t.arch")).diagnostics
        files = [(Path(d.span.file).name, d.code) for d in found if d.span]
        assert files == [
            ("t.arch", "too-many-arguments"),
            ("t.arch", "unknown-step"),
            ("a.arch", "syntax"),
            ("a.arch", "syntax"),
        ]


def test_a_long_text_with_syntax_errors_is_read_in_no_time() -> None:
    for text in ("a " + "| b " * 50_000, "a " + "as " * 50_000, "let " * 50_000, "b\n= c\n" * 15 + "f(" * 150 + "a b "):
        text = f"input 8\n{text}\nrepeat 1000 as n {{ repeat 1000 {{ let n = n n }} }}\n"
        start = process_time()
        assert compiled(text)
        assert process_time() - start < 5


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_syntax_error_has_no_consequences(path: Path, seeds: range = range(len(KINDS))) -> None:
    for seed in seeds:
        if (text := broken(path, seed)) is not None:
            for model in models(path)[:2]:
                assert compiled(text, model, path) == parsed(text, path), (seed, model, text)


#: What makes a syntax error of the line of a statement that it is put behind, and takes no name away.
JUNK = (" 3", " = 3", " relu relu", " -> -> relu", ", 3 3")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_misspelt_step_beside_a_syntax_error_is_told(path: Path, most: int = 4) -> None:
    tree, text = tree_of(path)
    model = tree.models[0] if tree.models else None
    assert not isinstance(model, ast.Variant)
    statements = model.body.statements if model else tree.statements
    whole = [s for s in statements if s.span.line == s.span.end_line and not isinstance(s, ast.Block)]
    misspelt = [e for e in edits(statements) if e.kind == "misspelt step"]
    random = Random(path.stem)
    for _ in range(most):
        statement, fault = random.choice(whole), random.choice(misspelt)
        lines = with_faults(text, [fault])[0].split("\n")
        row = statement.span.line
        on_the_line = [s for s in statements if s.span.line <= row <= s.span.end_line]
        if on_the_line == [statement] and row != fault.line:
            lines[row - 1] = lines[row - 1][: statement.span.end_column - 1] + random.choice(JUNK)
            mutant = "\n".join(lines)
            syntax = parsed(mutant, path)
            said = compiled(mutant, models(path)[0], path)
            beside = [(d.code, d.span and d.span.line) for d in said if d not in syntax]
            assert syntax and beside == [("unknown-step", fault.line)], mutant


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_many_syntax_errors(path: Path) -> None:
    test_a_syntax_error_has_no_consequences(path, range(1000))
    test_a_misspelt_step_beside_a_syntax_error_is_told(path, most=200)
