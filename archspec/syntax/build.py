"""From what the parser reduces to AST nodes. One method a rule or alias of `grammars/arch.lark`.

A method is given the rule's children: tokens and finished nodes, all with spans. Nothing here walks a tree.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from archspec.diagnostics.source import Span
from archspec.record import Record, replace
from archspec.syntax import ast
from archspec.syntax.token import STATEMENT, Recurrence, Token

# Tokens and nodes in the order of the grammar's rule, which Lark has checked and mypy cannot.
Children = list[Any]


NOWHERE = Span("", 1, 1, 1, 1)


class Brackets(Record):
    """A bracketed list on its way into a node."""

    nodes: tuple[Any, ...]
    span: Span


class NotAlike(Exception):
    """Two lines with the same text are not the same statement, because of what stands around one of them."""


class Branches(Brackets):
    """The branches of a merge."""


def _span(children: Children) -> Span:
    span: Span = children[0].span
    return span if len(children) == 1 else span.to(children[-1].span)


def _nodes(children: Children) -> tuple[Any, ...]:
    return tuple([child for child in children if type(child) is not Token])


def _statements(children: Children) -> tuple[Any, ...]:
    """Return the nodes among `children`, with one for each line that says the same as an earlier one."""
    nodes: list[Any] = []
    by_line: dict[int, Any] = {}
    some_unread = False
    for child in children:
        if type(child) is not Token:
            by_line[child.span.line] = child
            nodes.append(child)
        elif child.type == STATEMENT and isinstance(child.value, Recurrence):
            nodes.append(_again(child, by_line.get(child.value.line), child.value.name))
        elif child.type == STATEMENT and child.value is not None:
            nodes.append(child.value)
            some_unread = True
    if some_unread:
        # Only a wrong spec needs it, so only a wrong spec pays for the import.
        from archspec.syntax.unread import with_neighbours

        nodes = with_neighbours(nodes)
    return tuple(nodes)


def _again(line: Token, first: Any, name: Token | None) -> ast.Again:
    """Return the node of a line that recurs. Raises NotAlike where the first one is more or less than that line."""
    if not isinstance(first, ast.Flow) or first.span.line != first.span.end_line:
        raise NotAlike
    if name is None:
        if (first.span.column, first.span.end_column) != (line.span.column, line.span.end_column):
            raise NotAlike
        return ast.Again(first, span=line.span)
    match first.steps[-1]:
        case ast.Named(targets=(ast.Name(span=at),)) if (first.span.column, at.column, at.end_column) == (
            line.span.column,
            name.span.column,
            first.span.end_column,
        ):
            return ast.Again(first, ast.Name(name.text, span=name.span), span=line.span)
    raise NotAlike


def _after(children: Children, token: str) -> Any:
    """Return the child behind the first token of a type, or None where that option of the rule was not taken."""
    for child, following in pairwise(children):
        if isinstance(child, Token) and child.type == token:
            return following
    return None


def _items(children: Children) -> tuple[Any, ...]:
    """Return what stands in the brackets among `children`, or () where there are none."""
    return next((child.nodes for child in children if isinstance(child, Brackets)), ())


class Build:
    """What `archspec.syntax.machine` calls at the end of each rule."""

    # --- files

    def file(self, children: Children) -> ast.File:
        nodes = _statements(children)
        definitions = (ast.Use, ast.Block, ast.Model, ast.Variant, ast.Extern)
        return ast.File(
            tuple(node for node in nodes if isinstance(node, ast.Use)),
            tuple(node for node in nodes if isinstance(node, ast.Block)),
            tuple(node for node in nodes if isinstance(node, ast.Model | ast.Variant)),
            tuple(node for node in nodes if isinstance(node, ast.Extern)),
            tuple(node for node in nodes if not isinstance(node, definitions)),
            span=NOWHERE,  # an empty file has no children to take it from; `parse` knows the whole text
        )

    def use(self, children: Children) -> ast.Use:
        return ast.Use(children[1], _after(children, "AS"), span=_span(children))

    def model(self, children: Children) -> ast.Model:
        keyword, name, body = children[0], children[1], children[-1]
        return ast.Model(name, _items(children), body, keyword.value, span=_span(children))

    def variant(self, children: Children) -> ast.Variant:
        keyword, name, _, base = children[:4]
        return ast.Variant(name, base, _items(children), keyword.value, span=_span(children))

    def block(self, children: Children) -> ast.Block:
        keyword, name, body = children[0], children[1], children[-1]
        return ast.Block(name, _items(children), body, keyword.value, span=_span(children))

    def extern(self, children: Children) -> ast.Extern:
        keyword, what, name = children[:3]
        rules = tuple(child for child in children if isinstance(child, ast.Rule))
        path = _after(children, "FROM")
        return ast.Extern(what, name, _items(children), path, rules, keyword.value, span=_span(children))

    def rule(self, children: Children) -> ast.Rule:
        return ast.Rule(children[0], children[1], _after(children, "ARROW"), span=_span(children))

    def parameters(self, children: Children) -> Brackets:
        return Brackets(_nodes(children), _span(children))

    def parameter(self, children: Children) -> ast.Parameter:
        spellings = tuple(child for child in children if isinstance(child, ast.Spelling))
        return ast.Parameter(children[0], _after(children, "EQUAL"), spellings, span=_span(children))

    def spelling(self, children: Children) -> ast.Spelling:
        return ast.Spelling(children[0].text, span=children[0].span)

    # --- statements

    def body(self, children: Children) -> ast.Body:
        return ast.Body(_statements(children), span=_span(children))

    def branch(self, children: Children) -> ast.Body:
        return ast.Body(_statements(children), span=_span(children[1:]))

    def unnamed_input(self, children: Children) -> ast.Input:
        return ast.Input(children[1], None, _after(children, "COLON"), span=_span(children))

    def named_input(self, children: Children) -> ast.Input:
        name, _, shape = children[1:4]
        return ast.Input(shape, name, _after(children[3:], "COLON"), span=_span(children))

    def output(self, children: Children) -> ast.Output:
        return ast.Output(_nodes(children), span=_span(children))

    def let(self, children: Children) -> ast.Let:
        _, pattern, _, value = children
        return ast.Let(pattern, value, span=_span(children))

    def shared(self, children: Children) -> ast.Shared:
        _, name, _, step = children
        return ast.Shared(name, step, span=_span(children))

    def expect(self, children: Children) -> ast.Expect:
        return ast.Expect(children[1], span=_span(children))

    def whole_statement(self, children: Children) -> Token:
        token: Token = children[0]
        return token

    # --- flows and steps

    def flow(self, children: Children) -> ast.Flow:
        return ast.Flow(_nodes(children), span=_span(children))

    def from_(self, children: Children) -> ast.From:
        return ast.From(_nodes(children), span=_span(children))

    def times(self, children: Children) -> ast.Times:
        step, _, count = children
        return ast.Times(step, count, span=_span(children))

    def named(self, children: Children) -> ast.Named:
        step, _, targets = children
        return ast.Named(step, targets.nodes, span=_span(children))

    def targets(self, children: Children) -> Brackets:
        return Brackets(_nodes(children), _span(children))

    def call(self, children: Children) -> ast.Call:
        arguments = branches = None
        for child in children[1:]:
            if isinstance(child, Branches):
                branches = child.nodes
            else:
                arguments = child.nodes
        return ast.Call(children[0], arguments, branches, span=_span(children))

    def branches(self, children: Children) -> Branches:
        nodes = _nodes(children)
        if any(type(statement) is ast.Unread for branch in nodes for statement in branch.statements):
            # Only a wrong spec needs it, so only a wrong spec pays for the import.
            from archspec.syntax.unread import with_neighbouring_branches

            nodes = with_neighbouring_branches(nodes)
        return Branches(nodes, _span(children))

    def letters(self, children: Children) -> ast.Letters:
        arguments = children[1].nodes if len(children) > 1 else None
        return ast.Letters(children[0].value, arguments, span=_span(children))

    def group(self, children: Children) -> ast.Group:
        return ast.Group(children[1], span=_span(children))

    def if_(self, children: Children) -> ast.If:
        test, then = children[1:3]
        orelse = _after(children, "ELSE")
        if isinstance(orelse, ast.If):
            orelse = ast.Body((ast.Flow((orelse,), span=orelse.span),), span=orelse.span)
        return ast.If(test, then, orelse, span=_span(children))

    def for_(self, children: Children) -> ast.For:
        _, pattern, _, iterable, body = children
        return ast.For(pattern, iterable, body, span=_span(children))

    def repeat(self, children: Children) -> ast.Repeat:
        return ast.Repeat(children[1], children[-1], _after(children, "AS"), span=_span(children))

    # --- expressions

    def conditional(self, children: Children) -> ast.Conditional:
        then, _, test, _, orelse = children
        return ast.Conditional(test, then, orelse, span=_span(children))

    def binary(self, children: Children) -> ast.Binary:
        left, op, right = children
        return ast.Binary(op.text, left, right, span=_span(children))

    def unary(self, children: Children) -> ast.Unary:
        op, operand = children
        return ast.Unary(op.text, operand, span=_span(children))

    def range(self, children: Children) -> ast.Range:
        start, _, stop = children
        return ast.Range(start, stop, span=_span(children))

    def index(self, children: Children) -> ast.Index:
        base, _, index, _ = children
        return ast.Index(base, index, span=_span(children))

    def attribute(self, children: Children) -> ast.Attribute:
        base, _, name = children
        return ast.Attribute(base, name, span=_span(children))

    def apply(self, children: Children) -> ast.Apply:
        function, arguments = children
        return ast.Apply(function, arguments.nodes, span=_span(children))

    def arguments(self, children: Children) -> Brackets:
        return Brackets(_nodes(children), _span(children))

    def argument(self, children: Children) -> ast.Argument:
        name = children[0] if len(children) > 1 else None
        return ast.Argument(children[-1], name, span=_span(children))

    def literal(self, children: Children) -> ast.Literal:
        token = children[0]
        return ast.Literal(token.value, token.text, span=token.span)

    def dims(self, children: Children) -> ast.Dims:
        return ast.Dims(children[0].value, span=children[0].span)

    def unknown(self, children: Children) -> ast.Unknown:
        return ast.Unknown(span=children[0].span)

    def spelled(self, children: Children) -> ast.Spelled:
        return ast.Spelled(children[0].text, span=children[0].span)

    def name(self, children: Children) -> ast.Name:
        return ast.Name(children[0].text, span=children[0].span)

    def list_expr(self, children: Children) -> ast.ListExpr:
        return ast.ListExpr(_nodes(children), span=_span(children))

    def tuple_expr(self, children: Children) -> ast.TupleExpr:
        return ast.TupleExpr(_nodes(children), span=_span(children))

    def tuple_pattern(self, children: Children) -> ast.TuplePattern:
        return ast.TuplePattern(_nodes(children), span=_span(children))

    def bracketed(self, children: Children) -> ast.Node:
        # The brackets leave no node, but what they are part of must begin and end at them.
        node: ast.Node = replace(children[1], span=_span(children))
        return node
