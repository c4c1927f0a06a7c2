"""The syntax tree: what was written, with spans, before any name has a meaning. Equality ignores spans."""

from __future__ import annotations

from dataclasses import dataclass, field

from archspec.diagnostics.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False, repr=False, kw_only=True)


# --- expressions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string or truth value; `text` is how it was written (`1_000`, `4.1G`)."""

    value: int | float | str | bool
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Dims(Node):
    """`3x3`, `224x224x3`, `?x80`; None is `?`."""

    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Unknown(Node):
    """`?`: a dimension of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, or a spelt argument such as `s2`; the current tensor when it is `_`."""

    text: str


@dataclass(frozen=True, slots=True)
class Spelled(Node):
    """A token that can only be a spelt argument: `d0.2`."""

    text: str


@dataclass(frozen=True, slots=True)
class Unary(Node):
    op: str
    """`-`, `+` or `not`."""
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic (`+ - * / // % **`), a comparison (`== != < <= > >= in`), `and`, `or`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`then if test else orelse`."""

    test: Expr
    then: Expr
    orelse: Expr


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`start..stop`, the end excluded."""

    start: Expr
    stop: Expr


@dataclass(frozen=True, slots=True)
class ListExpr(Node):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TupleExpr(Node):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Index(Node):
    base: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`base.name`: a length of a named tensor (`h.channels`), or a name behind a `use … as`."""

    base: Expr
    name: Name


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """One argument of a call; `name` is None where it was given without one."""

    value: Expr
    name: Name | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class TuplePattern(Node):
    items: tuple[Pattern, ...]


Pattern = Name | TuplePattern


@dataclass(frozen=True, slots=True)
class Spelling(Node):
    """One spelling after `as` in a parameter: `s#`, `#x#`, `1x1`, `activation`."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    pattern: Pattern
    default: Expr | None = None
    spellings: tuple[Spelling, ...] = ()


# --- steps ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A layer, block or shared step. `arguments` is None without brackets, `branches` None without braces.

    `name` is a Name, or an Attribute for a name behind an alias (`x.residual`).
    """

    name: Name | Attribute
    arguments: tuple[Argument, ...] | None = None
    branches: tuple[Body, ...] | None = None


@dataclass(frozen=True, slots=True)
class Letters(Node):
    """A quoted letter string: `"CBAPD"(6, 5x5)`. A bare one is a Call until names are resolved."""

    text: str
    arguments: tuple[Argument, ...] | None = None


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`( step -> step )`."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if test { … } else { … }`; `else if` is an If as the only statement of `orelse`."""

    test: Expr
    then: Body
    orelse: Body | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    pattern: Pattern
    iterable: Expr
    body: Body


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """`repeat count as index { … }`."""

    count: Expr
    body: Body
    index: Name | None = None


@dataclass(frozen=True, slots=True)
class Times(Node):
    """`step * count`."""

    step: Step
    count: Expr


@dataclass(frozen=True, slots=True)
class Named(Node):
    """`step as target`, `step as (a, b)`; a target is a Name or an Index (`skips[i]`)."""

    step: Step
    targets: tuple[Name | Index, ...]


@dataclass(frozen=True, slots=True)
class From(Node):
    """`from a, b`: the first step of a flow that starts at those tensors (expressions: names, `skips[i]`)."""

    tensors: tuple[Expr, ...]


Step = Call | Letters | Group | If | For | Repeat | Times | Named | From


# --- statements ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flow(Node):
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`input name: shape : dtype`. `shape` is Dims, TupleExpr, or any expression for a single dimension."""

    shape: Expr
    name: Name | None = None
    dtype: Name | None = None


@dataclass(frozen=True, slots=True)
class Output(Node):
    tensors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Let(Node):
    pattern: Pattern
    value: Expr


@dataclass(frozen=True, slots=True)
class Shared(Node):
    """`shared name = step`."""

    name: Name
    step: Step


@dataclass(frozen=True, slots=True)
class Expect(Node):
    """`expect 7x7x512`, `expect params == 44_426`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Block(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body
    doc: str = ""


Statement = Flow | Input | Output | Let | Shared | Expect | Block


@dataclass(frozen=True, slots=True)
class Body(Node):
    """What stands between braces, between two `|` of a merge, or a whole file in script form."""

    statements: tuple[Statement, ...]


# --- files ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use "x.arch" as x`; `path` keeps the span of the string."""

    path: Literal
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Model(Node):
    name: Name
    parameters: tuple[Parameter, ...]
    body: Body
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Variant(Node):
    """`model name = base(arguments)`."""

    name: Name
    base: Name | Attribute
    arguments: tuple[Argument, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """One rule of an extern layer: `shape (n, d) -> (n, dim)`, `params d * dim`. `result` is what follows the arrow."""

    name: Name
    value: Expr
    result: Expr | None = None


@dataclass(frozen=True, slots=True)
class Extern(Node):
    """`extern layer name(parameters) from "module:Class" { rules }`; `what` is the word after `extern`."""

    what: Name
    name: Name
    parameters: tuple[Parameter, ...]
    path: Literal
    rules: tuple[Rule, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class File(Node):
    """One parsed file. `statements` is the script part: every top-level statement that is no definition."""

    uses: tuple[Use, ...]
    blocks: tuple[Block, ...]
    models: tuple[Model | Variant, ...]
    externs: tuple[Extern, ...]
    statements: tuple[Statement, ...]
    doc: str = ""
