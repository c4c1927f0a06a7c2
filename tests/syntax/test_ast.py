"""What each construct of the language becomes."""

from __future__ import annotations

from typing import Any

import pytest

from archspec.diagnostics import Diagnostics, Source, Span
from archspec.syntax import ast, parse

AT = Span("", 0, 0, 0, 0)


def parsed(text: str) -> ast.File:
    diagnostics = Diagnostics()
    file = parse(Source("t.arch", text), diagnostics)
    assert diagnostics.items == []
    assert file is not None
    return file


def statement(text: str) -> Any:
    (found,) = parsed(text).statements
    return found


def value(text: str) -> Any:
    return statement(f"expect {text}").condition


# Equality ignores spans, so the expected trees are written without.
def name(text: str) -> ast.Name:
    return ast.Name(text, span=AT)


def lit(value: int | float | str | bool) -> ast.Literal:
    return ast.Literal(value, "", span=AT)


def dims(*values: int | None) -> ast.Dims:
    return ast.Dims(values, span=AT)


def binary(left: ast.Expr, op: str, right: ast.Expr) -> ast.Binary:
    return ast.Binary(op, left, right, span=AT)


def minus(operand: ast.Expr) -> ast.Unary:
    return ast.Unary("-", operand, span=AT)


def tup(*items: ast.Expr) -> ast.TupleExpr:
    return ast.TupleExpr(items, span=AT)


def args(*values: ast.Expr, **named: ast.Expr) -> tuple[ast.Argument, ...]:
    positional = tuple(ast.Argument(value, span=AT) for value in values)
    return positional + tuple(ast.Argument(value, name(key), span=AT) for key, value in named.items())


def call(text: str, *values: ast.Expr, **named: ast.Expr) -> ast.Call:
    return ast.Call(name(text), args(*values, **named) or None, span=AT)


def flow(*steps: ast.Step) -> ast.Flow:
    return ast.Flow(steps, span=AT)


def body(*statements: ast.Statement) -> ast.Body:
    return ast.Body(statements, span=AT)


def pattern(*items: ast.Pattern) -> ast.TuplePattern:
    return ast.TuplePattern(items, span=AT)


def param(what: ast.Pattern, default: ast.Expr | None = None, *spellings: str) -> ast.Parameter:
    return ast.Parameter(what, default, tuple(ast.Spelling(text, span=AT) for text in spellings), span=AT)


def index(base: ast.Expr, at: ast.Expr) -> ast.Index:
    return ast.Index(base, at, span=AT)


A, B, C, CONV, BN = name("a"), name("b"), name("c"), call("conv"), call("bn")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1_000", lit(1000)),
        ("5M", lit(5_000_000)),
        ("4.1G", lit(4_100_000_000)),
        ("2K", lit(2000)),
        ("1T", lit(10**12)),
        ("0.5", lit(0.5)),
        ("1e-3", lit(0.001)),
        ("1.5e3", lit(1500.0)),
        ('"a\\"b\\\\\\n\\t"', lit('a"b\\\n\t')),
        ("true", lit(True)),
        ("?", ast.Unknown(span=AT)),
        ("3x3", dims(3, 3)),
        ("224x224x3", dims(224, 224, 3)),
        ("?x?x3", dims(None, None, 3)),
        ("1_000x2", dims(1000, 2)),
        ("d0.2", ast.Spelled("d0.2", span=AT)),
        ("s2x2", name("s2x2")),
        ("_", name("_")),
        ("p3/2", binary(name("p3"), "/", lit(2))),
        ("0..4", ast.Range(lit(0), lit(4), span=AT)),
        ("a+1..b", ast.Range(binary(A, "+", lit(1)), B, span=AT)),
        ("-2 ** 2", minus(binary(lit(2), "**", lit(2)))),
        ("2 ** -1", binary(lit(2), "**", minus(lit(1)))),
        ("a ** b ** c", binary(A, "**", binary(B, "**", C))),
        ("a - b - c", binary(binary(A, "-", B), "-", C)),
        ("a + b * c", binary(A, "+", binary(B, "*", C))),
        ("(a + b) * c", binary(binary(A, "+", B), "*", C)),
        ("a // b % c", binary(binary(A, "//", B), "%", C)),
        ("-a * b", binary(minus(A), "*", B)),
        ("a in b and c", binary(binary(A, "in", B), "and", C)),
        ("a or b and c", binary(A, "or", binary(B, "and", C))),
        ("not a == b", ast.Unary("not", binary(A, "==", B), span=AT)),
        ("a if b else c", ast.Conditional(B, A, C, span=AT)),
        ("a if b else b if c else a", ast.Conditional(B, A, ast.Conditional(C, B, A, span=AT), span=AT)),
        ("(a)", A),
        ("(a,)", tup(A)),
        ("()", tup()),
        ("(a, b,)", tup(A, B)),
        ("[]", ast.ListExpr((), span=AT)),
        ("[(1, 64), 2,]", ast.ListExpr((tup(lit(1), lit(64)), lit(2)), span=AT)),
        ("a[0][b]", index(index(A, lit(0)), B)),
        ("a[0].channels / 2", binary(ast.Attribute(index(A, lit(0)), name("channels"), span=AT), "/", lit(2))),
        ("max(a, b=c)", ast.Apply(name("max"), args(A, b=C), span=AT)),
        ("zip()", ast.Apply(name("zip"), (), span=AT)),
        ("[\n1,\n\n2 # two\n]", ast.ListExpr((lit(1), lit(2)), span=AT)),
    ],
)
def test_expression(text: str, expected: ast.Expr) -> None:
    assert value(text) == expected


def test_whole_suffixed_numbers_are_integers() -> None:
    assert isinstance(value("4.1G").value, int)
    assert isinstance(value("1.5").value, float)
    assert value("1.2345K").value == 1234.5
    assert value("44_426").text == "44_426"


def test_the_longest_integer_is_read() -> None:
    assert value("9" * 4000).value == 10**4000 - 1


@pytest.mark.parametrize(
    ("text", "shape", "named", "dtype"),
    [
        ("input 224x224x3", dims(224, 224, 3), None, None),
        ("input tokens: 128 : int32", lit(128), name("tokens"), name("int32")),
        ("input (T, 80)", tup(name("T"), lit(80)), None, None),
        ("input left: 28x28x1", dims(28, 28, 1), name("left"), None),
        ("input x: ?x80", dims(None, 80), name("x"), None),
        ("input T", name("T"), None, None),
        ("input a: T", name("T"), A, None),
        ("input ()", tup(), None, None),
        ("input 128 : int32", lit(128), None, name("int32")),
    ],
)
def test_input(text: str, shape: ast.Expr, named: ast.Name | None, dtype: ast.Name | None) -> None:
    assert statement(text) == ast.Input(shape, named, dtype, span=AT)


TIMES_AS = ast.Named(ast.Times(CONV, lit(2), span=AT), (name("h"),), span=AT)
REPEAT_LINES = ast.Repeat(lit(3), body(flow(CONV), flow(BN)), span=AT)
AS_TIMES = ast.Times(ast.Named(CONV, (name("h"),), span=AT), name("n"), span=AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv -> bn", flow(CONV, BN)),
        ("conv ->\n\n bn", flow(CONV, BN)),
        ("conv # a comment\n# another\n  -> bn", flow(CONV, BN)),
        ("conv()", flow(ast.Call(name("conv"), (), span=AT))),
        ("conv(64, 3x3, same)", flow(call("conv", lit(64), dims(3, 3), name("same")))),
        ("conv(64, s=a, )", flow(call("conv", lit(64), s=A))),
        ("conv * 2 as h", flow(TIMES_AS)),
        ("conv as h * n", flow(AS_TIMES)),
        ("conv * n[0]", flow(ast.Times(CONV, index(name("n"), lit(0)), span=AT))),
        ("conv * (a + 1) -> bn", flow(ast.Times(CONV, binary(A, "+", lit(1)), span=AT), BN)),
        ("conv as a[b]", flow(ast.Named(CONV, (index(A, B),), span=AT))),
        ("conv as (a, b[0])", flow(ast.Named(CONV, (A, index(B, lit(0))), span=AT))),
        ("(conv -> bn) * 2", flow(ast.Times(ast.Group(flow(CONV, BN), span=AT), lit(2), span=AT))),
        ("(conv)", flow(ast.Group(flow(CONV), span=AT))),
        ('"CBAPD"(6, d0.2)', flow(ast.Letters("CBAPD", args(lit(6), ast.Spelled("d0.2", span=AT)), span=AT))),
        ('"BAC"', flow(ast.Letters("BAC", None, span=AT))),
        ("x.a(1)", flow(ast.Call(ast.Attribute(name("x"), A, span=AT), args(lit(1)), span=AT))),
        ("from a", flow(ast.From((A,), span=AT))),
        ("from a, b[0] -> bn", flow(ast.From((A, index(B, lit(0))), span=AT), BN)),
        ("add { | conv | bn }", flow(ast.Call(name("add"), None, (body(flow(CONV)), body(flow(BN))), span=AT))),
        (
            "add(1) {\n  | conv; bn\n    conv\n\n  |\n bn\n}",
            flow(
                ast.Call(
                    name("add"), args(lit(1)), (body(flow(CONV), flow(BN), flow(CONV)), body(flow(BN))), span=AT
                )
            ),
        ),
        ("if a { conv }", flow(ast.If(A, body(flow(CONV)), span=AT))),
        ("if a { conv }\n\nelse { }", flow(ast.If(A, body(flow(CONV)), body(), span=AT))),
        (
            "if a { conv } else if b { bn } else { conv }",
            flow(
                ast.If(
                    A, body(flow(CONV)), body(flow(ast.If(B, body(flow(BN)), body(flow(CONV)), span=AT))), span=AT
                )
            ),
        ),
        ("for a in b { conv; bn }", flow(ast.For(A, B, body(flow(CONV), flow(BN)), span=AT))),
        ("for (a, (b, c)) in c { conv }", flow(ast.For(pattern(A, pattern(B, C)), C, body(flow(CONV)), span=AT))),
        ("repeat 3 { conv }", flow(ast.Repeat(lit(3), body(flow(CONV)), span=AT))),
        ("repeat a as b {\nconv\n}", flow(ast.Repeat(A, body(flow(CONV)), B, span=AT))),
        ("(repeat 3 { conv\nbn })", flow(ast.Group(flow(REPEAT_LINES), span=AT))),
        ("let a = 1", ast.Let(A, lit(1), span=AT)),
        ("let (a, (b,)) = c", ast.Let(pattern(A, pattern(B)), C, span=AT)),
        ("let (a) = c", ast.Let(A, C, span=AT)),
        ("shared a = conv(4)", ast.Shared(A, call("conv", lit(4)), span=AT)),
        ("output a, b[0]", ast.Output((A, index(B, lit(0))), span=AT)),
        ("expect params == 44_426", ast.Expect(binary(name("params"), "==", lit(44_426)), span=AT)),
    ],
)  # fmt: skip
def test_statement(text: str, expected: ast.Statement) -> None:
    assert statement(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", param(A, lit(1))),
        ("(a, b)", param(pattern(A, B))),
        ("a = 1 as s#", param(A, lit(1), "s#")),
        ("a = 3x3 as #x# | k#", param(A, dims(3, 3), "#x#", "k#")),
        ("a = false as 1x1", param(A, lit(False), "1x1")),
        ("a = b as activation", param(A, B, "activation")),
        ("a = 1 as p#/#, # stride and size\n", param(A, lit(1), "p#/#")),
        ("a as d0.5", param(A, None, "d0.5")),
    ],
)
def test_parameter(text: str, expected: ast.Parameter) -> None:
    (block,) = parsed(f"block f({text}) {{ conv }}").blocks
    assert block.parameters == (expected,)


def test_a_hash_is_a_comment_wherever_no_spelling_can_stand() -> None:
    assert statement("conv as h#, k#") == flow(ast.Named(CONV, (name("h"),), span=AT))


def test_file() -> None:
    file = parsed(
        'use "a.arch"\nuse "b.arch" as x\n'
        "block f { block g { conv }; g }\nmodel m(a, b = 2,) { conv }\nmodel v = x.m(a = 3)\nmodel w = v\nconv"
    )
    assert file.uses == (ast.Use(lit("a.arch"), span=AT), ast.Use(lit("b.arch"), name("x"), span=AT))
    inner = ast.Block(name("g"), (), body(flow(CONV)), span=AT)
    assert file.blocks == (ast.Block(name("f"), (), body(inner, flow(call("g"))), span=AT),)
    assert file.models == (
        ast.Model(name("m"), (param(A), param(B, lit(2))), body(flow(CONV)), span=AT),
        ast.Variant(name("v"), ast.Attribute(name("x"), name("m"), span=AT), args(a=lit(3)), span=AT),
        ast.Variant(name("w"), name("v"), (), span=AT),
    )
    assert file.statements == (flow(CONV),)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", ";\n;", " \t\r\n"])
def test_empty_file(text: str) -> None:
    assert parsed(text).statements == ()


@pytest.mark.parametrize(
    "text",
    ["conv; bn", "conv\nbn", "\n;conv;\n;bn;\n", "conv\r\nbn\r\n", "conv # c\n\n# c\n\tbn", "conv\n;bn"],
)
def test_separators(text: str) -> None:
    assert parsed(text).statements == (flow(CONV), flow(BN))


DOCS = """\
# About f,
#   indented.
#
#Last.
block f {
  # About g.
  block g { conv }
  g
}
# Not directly above.

model m { conv }
  # About v.
model v = m()
model w = m()  # behind
"""


def test_docs_of_definitions() -> None:
    file = parsed(DOCS)
    (block,) = file.blocks
    inner = block.body.statements[0]
    assert isinstance(inner, ast.Block)
    assert block.doc == "About f,\n  indented.\n\nLast."
    assert inner.doc == "About g."
    assert [model.doc for model in file.models] == ["", "About v.", ""]
    assert file.doc == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# LeNet\n# of 1998\n\nconv", "LeNet\nof 1998"),
        ("# LeNet\nconv", "LeNet"),
        ("\n# LeNet\nconv", ""),
        ("# both\nmodel m { conv }", "both"),
        ("# first\nmodel m { conv }\nmodel n { conv }", ""),
        ("# block\nblock f { conv }\nf", ""),
        ("# file\n\nblock f { conv }\nf", "file"),
    ],
)
def test_doc_of_the_file(text: str, expected: str) -> None:
    assert parsed(text).doc == expected


def places(node: ast.Node, text: str) -> str:
    """Return the stretch of a one-line text that a node claims."""
    return text[node.span.column - 1 : node.span.end_column - 1]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("conv(64) -> bn as h", "steps.1", "bn as h"),
        ("conv(64) -> bn", "steps.0.arguments.0", "64"),
        ("conv(64) -> bn", "steps.0", "conv(64)"),
        ("conv(s = 2)", "steps.0.arguments.0", "s = 2"),
        ("expect (a + b) * c", "condition", "(a + b) * c"),
        ("expect (a + b) * c", "condition.left", "(a + b)"),
        ("expect f(x) [ 0 ]", "condition", "f(x) [ 0 ]"),
        ("add { | conv | bn; relu }  ", "steps.0", "add { | conv | bn; relu }"),
        ("add { | conv | bn; relu }", "steps.0.branches.1", "bn; relu"),
        ("if a { conv } else { }", "steps.0.then", "{ conv }"),
        ("if a { conv } else { }", "steps.0", "if a { conv } else { }"),
        ("input a: 3x3 : f32", "shape", "3x3"),
        ("input a: 3x3 : f32 # c", "", "input a: 3x3 : f32"),
        ("let (a, b) = c", "pattern", "(a, b)"),
        ("x.conv(1)", "steps.0.name", "x.conv"),
        ("conv as (a, b)", "steps.0", "conv as (a, b)"),
    ],
)
def test_spans(text: str, path: str, expected: str) -> None:
    node: Any = statement(text)
    for part in filter(None, path.split(".")):
        node = node[int(part)] if part.isdigit() else getattr(node, part)
    assert places(node, text) == expected


def test_spans_over_lines() -> None:
    file = parsed("# c\nblock f {\n  conv\n}\n")
    assert file.blocks[0].span == Span("t.arch", 2, 1, 4, 2)
    assert file.blocks[0].body.span == Span("t.arch", 2, 9, 4, 2)
    assert file.blocks[0].body.statements[0].span == Span("t.arch", 3, 3, 3, 7)
    assert file.span == Span("t.arch", 1, 1, 5, 1)
