"""The syntax tree: what was written, with spans, before any name has a meaning. Equality ignores spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from archspec.diagnostics.source import Span, moved
from archspec.record import Record, field, replace, values


class Node(Record):
    span: Span = field(compare=False, repr=False, kw_only=True)


# --- expressions ---------------------------------------------------------------------------------------------------


class Literal(Node):
    """A number, string or truth value; `text` is how it was written (`1_000`, `4.1G`)."""

    value: int | float | str | bool
    text: str = field(compare=False)


class Dims(Node):
    """`3x3`, `224x224x3`, `?x80`; None is `?`."""

    values: tuple[int | None, ...]


class Unknown(Node):
    """`?`: a dimension of which nothing is known."""


class Name(Node):
    """A name, or a spelt argument such as `s2`; the current tensor when it is `_`."""

    text: str


class Spelled(Node):
    """A token that can only be a spelt argument: `d0.2`."""

    text: str


class Unary(Node):
    op: str
    """`-`, `+` or `not`."""
    operand: Expr


class Binary(Node):
    """Arithmetic (`+ - * / // % **`), a comparison (`== != < <= > >= in`), `and`, `or`."""

    op: str
    left: Expr
    right: Expr


class Conditional(Node):
    """`then if test else orelse`."""

    test: Expr
    then: Expr
    orelse: Expr


class Range(Node):
    """`start..stop`, the end excluded."""

    start: Expr
    stop: Expr


class ListExpr(Node):
    items: tuple[Expr, ...]


class TupleExpr(Node):
    items: tuple[Expr, ...]


class Index(Node):
    base: Expr
    index: Expr


class Attribute(Node):
    """`base.name`: a length of a named tensor (`h.channels`), or a name behind a `use … as`."""

    base: Expr
    name: Name


class Argument(Node):
    """One argument of a call; `name` is None where it was given without one."""

    value: Expr
    name: Name | None = None


class Apply(Node):
    """A call inside an expression: a function (`max(a, b)`) or a word with arguments (`l2(0.01)`)."""

    function: Name
    arguments: tuple[Argument, ...]


Expr = (
    Literal
    | Dims
    | Unknown
    | Name
    | Spelled
    | Unary
    | Binary
    | Conditional
    | Range
    | ListExpr
    | TupleExpr
    | Index
    | Attribute
    | Apply
)


# --- patterns and parameters ---------------------------------------------------------------------------------------


class TuplePattern(Node):
    items: tuple[Pattern, ...]


Pattern = Name | TuplePattern


class Spelling(Node):
    """One spelling after `as` in a parameter: `s#`, `#x#`, `1x1`, `activation`."""

    text: str


class Parameter(Node):
    pattern: Pattern
    default: Expr | None = None
    spellings: tuple[Spelling, ...] = ()


# --- steps ---------------------------------------------------------------------------------------------------------


class Call(Node):
    """A layer, block or shared step. `arguments` is None without brackets, `branches` None without braces.

    `name` is a Name, or an Attribute for a name behind an alias (`x.residual`).
    """

    name: Name | Attribute
    arguments: tuple[Argument, ...] | None = None
    branches: tuple[Body, ...] | None = None


class Letters(Node):
    """A quoted letter string: `"CBAPD"(6, 5x5)`. A bare one is a Call until names are resolved."""

    text: str
    arguments: tuple[Argument, ...] | None = None


class Group(Node):
    """`( step -> step )`."""

    flow: Flow


class If(Node):
    """`if test { … } else { … }`; `else if` is an If as the only statement of `orelse`."""

    test: Expr
    then: Body
    orelse: Body | None = None


class For(Node):
    pattern: Pattern
    iterable: Expr
    body: Body


class Repeat(Node):
    """`repeat count as index { … }`."""

    count: Expr
    body: Body
    index: Name | None = None


class Times(Node):
    """`step * count`."""

    step: Step
    count: Expr


class Named(Node):
    """`step as target`, `step as (a, b)`; a target is a Name or an Index (`skips[i]`)."""

    step: Step
    targets: tuple[Name | Index, ...]


class From(Node):
    """`from a, b`: the first step of a flow that starts at those tensors (expressions: names, `skips[i]`)."""

    tensors: tuple[Expr, ...]


Step = Call | Letters | Group | If | For | Repeat | Times | Named | From


# --- statements ----------------------------------------------------------------------------------------------------


class Flow(Node):
    steps: tuple[Step, ...]


class Input(Node):
    """`input name: shape : dtype`. `shape` is Dims, TupleExpr, or any expression for a single dimension."""

    shape: Expr
    name: Name | None = None
    dtype: Name | None = None


class Output(Node):
    tensors: tuple[Expr, ...]


class Let(Node):
    pattern: Pattern
    value: Expr


class Shared(Node):
    """`shared name = step`."""

    name: Name
    step: Step


class Expect(Node):
    """`expect 7x7x512`, `expect params == 44_426`."""

    condition: Expr


class Again(Node):
    """A line that says word for word what an earlier one of the same body says, which is parsed once.

    Where both end in `as`, `name` is what is behind it here.
    """

    first: Flow
    name: Name | None = None

    @property
    def lines(self) -> int:
        """Return how many lines further down it stands."""
        return self.span.line - self.first.span.line

    @property
    def flow(self) -> Flow:
        """Return the statement that it is."""
        flow = moved(self.first, self.lines)
        *before, last = flow.steps
        if self.name is None or not isinstance(last, Named):
            return flow
        named = replace(last, targets=(self.name,), span=last.span.to(self.name.span))
        return replace(flow, steps=(*before, named), span=self.span)


class Unread(Node):
    """A statement with a syntax error. `names` are all that stand in it: it may give each of them to something.

    It is likely to give those that are `given`, even where they mean something else already; and with `gives_any` it
    may give any name. With `begins_amid` it may be part of the statement before, with `ends_amid` of that behind.
    """

    names: tuple[str, ...]
    given: frozenset[str]
    gives_any: bool
    begins_amid: bool
    ends_amid: bool


class Block(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body
    doc: str = ""


Statement = Flow | Input | Output | Let | Shared | Expect | Block | Again | Unread


class Body(Node):
    """What stands between braces, between two `|` of a merge, or a whole file in script form."""

    statements: tuple[Statement, ...]


# --- files ---------------------------------------------------------------------------------------------------------


class Use(Node):
    """`use "x.arch" as x`; `path` keeps the span of the string."""

    path: Literal
    alias: Name | None = None


class Model(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body
    doc: str = ""


class Variant(Node):
    """`model name = base(arguments)`."""

    name: Name
    base: Name | Attribute
    arguments: tuple[Argument, ...]
    doc: str = ""


class Rule(Node):
    """One rule of an extern layer: `shape (n, d) -> (n, dim)`, `params d * dim`. `result` is what follows the arrow."""

    name: Name
    value: Expr
    result: Expr | None = None


class Extern(Node):
    """`extern layer name(parameters) from "module:Class" { rules }`; `what` is the word after `extern`."""

    what: Name
    name: Name
    parameters: tuple[Parameter, ...]
    path: Literal
    rules: tuple[Rule, ...]
    doc: str = ""


class File(Node):
    """One parsed file. `statements` is the script part: every top-level statement that is no definition."""

    uses: tuple[Use, ...]
    blocks: tuple[Block, ...]
    models: tuple[Model | Variant, ...]
    externs: tuple[Extern, ...]
    statements: tuple[Statement, ...]
    doc: str = ""


# --- what is inside what -------------------------------------------------------------------------------------------


def inside(node: object) -> Iterable[Node]:
    """Return the statements, steps and bodies right inside a node; for a line that is said again, what it says."""
    find = _INSIDE.get(type(node))
    found: Iterable[Node] = find(node) if find else ()
    return found


def names_in(node: Node) -> Iterator[str]:
    """Yield the names in a node, wherever they stand."""
    stack: list[Any] = [node]
    while stack:
        match stack.pop():
            case tuple() as items:
                stack += items
            case Name(text=text):
                yield text
            case Node() as inner:
                stack += values(inner)
            case _:
                pass


_INSIDE: dict[type, Callable[[Any], Iterable[Node]]] = {
    File: lambda file: (*file.statements, *file.models, *file.blocks),
    Model: lambda model: (model.body,),
    Block: lambda block: (block.body,),
    Body: attrgetter("statements"),
    Flow: attrgetter("steps"),
    Again: lambda again: (again.first,),
    Shared: lambda shared: (shared.step,),
    Call: lambda call: call.branches or (),
    Group: lambda group: (group.flow,),
    If: lambda step: (step.then,) if step.orelse is None else (step.then, step.orelse),
    For: lambda step: (step.body,),
    Repeat: lambda step: (step.body,),
    Times: lambda step: (step.step,),
    Named: lambda step: (step.step,),
}
