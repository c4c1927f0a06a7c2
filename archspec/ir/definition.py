"""Definitions: a model or block as it was written, every name resolved and every argument bound, nothing computed.

The elaborator instantiates definitions into bodies (see `graph`); code generators print them, so that generated code
says `filters=4 * growth`, not `filters=128`. A definition is a sequence of operations on a *current* value: each takes
the current tensor and leaves a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from archspec.diagnostics.source import Span
from archspec.ir.base import Ir
from archspec.ir.expr import Expr, TensorRef
from archspec.record import values


class NamePattern(Ir):
    op: Literal["name"] = "name"
    name: str


class TuplePattern(Ir):
    op: Literal["tuple"] = "tuple"
    items: tuple[Pattern, ...]


#: What a parameter, `let` or loop binds.
Pattern = Annotated[NamePattern | TuplePattern, Field(discriminator="op")]


class Parameter(Ir):
    """One parameter of a definition. `tensor` tells that it stands for a tensor of the caller's."""

    pattern: Pattern
    default: Expr | None = None
    tensor: bool = False
    #: How arguments may be spelt without its name, as written after `as`: `s#`, `activation`.
    spellings: tuple[str, ...] = ()
    #: True for a variable of an enclosing block that a nested block uses: it is passed along, never written.
    captured: bool = False
    span: Span | None = None

    @property
    def name(self) -> str:
        """Return the name callers use; a tuple pattern goes by its parts, `c1_c2`."""
        return "_".join(pattern_names(self.pattern))


class InputOp(Ir):
    """Add an input to the model; it becomes the current tensor."""

    op: Literal["input"] = "input"
    name: str
    shape: tuple[Expr, ...]
    dtype: str
    span: Span


class StartOp(Ir):
    """Go on from these tensors (`from a, b`)."""

    op: Literal["start"] = "start"
    tensors: tuple[TensorRef, ...]
    span: Span


class BoundArgument(Ir):
    """One argument: the parameter it reaches, its value, and where it was written (None for an implied default)."""

    parameter: str
    value: Expr
    span: Span | None = None


class TensorArgument(Ir):
    """Tensors given by keyword (`initial_state=(h, c)`), or to a tensor parameter of a block."""

    parameter: str
    tensors: tuple[TensorRef, ...]
    span: Span | None = None


class CallOp(Ir):
    """Apply a layer, a block or a shared step.

    `site` is the name of this use, unique in its definition: the layer's name and the generated attribute. `callee` is
    a layer name or family (`target="layer"`), the key of a definition ("block") or the site of a shared step
    ("shared"). `inputs` None means the current tensor or tensors.
    """

    op: Literal["call"] = "call"
    site: str
    target: Literal["layer", "block", "extern", "shared"]
    callee: str
    arguments: tuple[BoundArgument, ...] = ()
    inputs: tuple[TensorRef, ...] | None = None
    keywords: tuple[TensorArgument, ...] = ()
    span: Span


class BranchesOp(Ir):
    """Run each branch from the current tensor, then merge their results by a layer."""

    op: Literal["branches"] = "branches"
    branches: tuple[tuple[Op, ...], ...]
    spans: tuple[Span, ...]
    merge: CallOp


class RepeatOp(Ir):
    """Run `body` once for each element of `iterable`, bound to `pattern`; `repeat n` has a count and no pattern."""

    op: Literal["repeat"] = "repeat"
    pattern: Pattern | None
    iterable: Expr
    #: True where `iterable` is a count (`repeat n as i`, `* n`), False where it is a list.
    counted: bool
    body: tuple[Op, ...]
    span: Span


class IfOp(Ir):
    op: Literal["if"] = "if"
    test: Expr
    then: tuple[Op, ...]
    orelse: tuple[Op, ...]
    span: Span


class NameOp(Ir):
    """Name the current tensor, or each result of the last step. A target is a name or an indexed one."""

    op: Literal["name"] = "name"
    targets: tuple[TensorRef, ...]
    span: Span


class LetOp(Ir):
    op: Literal["let"] = "let"
    pattern: Pattern
    value: Expr
    span: Span


class SharedOp(Ir):
    """Declare a step whose later uses share their weights; it does not run here. The site is `call.site`."""

    op: Literal["shared"] = "shared"
    call: CallOp
    span: Span


class OutputOp(Ir):
    op: Literal["output"] = "output"
    tensors: tuple[TensorRef, ...]
    span: Span


class ExpectOp(Ir):
    """Require something here: the current shape (`metric="shape"`), or a figure of the whole body."""

    op: Literal["expect"] = "expect"
    metric: str
    comparison: str
    value: Expr
    span: Span


class ErrorOp(Ir):
    """Stands where a step could not be resolved, so that the rest can be looked at. A graph never holds one.

    What bears the `names` is unknown behind it.
    """

    op: Literal["error"] = "error"
    branches: tuple[tuple[Op, ...], ...] = ()
    names: tuple[str, ...] = ()


Op = Annotated[
    InputOp
    | StartOp
    | CallOp
    | BranchesOp
    | RepeatOp
    | IfOp
    | NameOp
    | LetOp
    | SharedOp
    | OutputOp
    | ExpectOp
    | ErrorOp,
    Field(discriminator="op"),
]


class ExternLayer(Ir):
    """A layer of the user's own: where its class is, and the rules it keeps.

    `axes` match the input's shape: a variable is bound to a length, anything else must be equal to it. The other rules
    are expressions over these variables and the parameters.
    """

    name: str
    doc: str = ""
    module: str
    symbol: str
    parameters: tuple[Parameter, ...] = ()
    axes: tuple[Expr, ...]
    shape: tuple[Expr, ...]
    params: Expr
    macs: Expr
    span: Span


class Definition(Ir):
    """A model or block as written. `key` is unique in the graph; `name` is what the author called it."""

    key: str
    name: str
    kind: Literal["model", "block"]
    doc: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Op, ...] = ()
    span: Span


def pattern_names(pattern: Pattern) -> list[str]:
    """Return the names that a pattern binds, from left to right."""
    if isinstance(pattern, NamePattern):
        return [pattern.name]
    return [name for item in pattern.items for name in pattern_names(item)]


_Node = TypeVar("_Node", bound=Ir)


def find(item: Any, kind: type[_Node], *, outside: tuple[type[Ir], ...] = ()) -> Iterator[_Node]:
    """Yield what is of one kind in an operation or expression, or in a tuple of them, in the order written.

    Operations and expressions alike are found wherever they stand: in loops, branches and arguments. Nothing is looked
    for in nodes of the kinds in `outside`.
    """
    stack = [item]
    while stack:
        match stack.pop():
            case tuple() as items:
                stack += reversed(items)
            case Ir() as node if not isinstance(node, outside):
                if isinstance(node, kind):
                    yield node
                stack += reversed(values(node))
            case _:
                pass
