"""Compile-time expressions as definitions keep them, every name resolved; and the values they come to."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from archspec.diagnostics.source import Span
from archspec.ir.base import Form, Ir
from archspec.tensor import Sym


class Word(Ir):
    """A word as a value: an activation, initialiser, padding, ... `arguments` is None for the bare word."""

    word: str
    arguments: tuple[tuple[str, Any], ...] | None = None

    def __str__(self) -> str:
        if self.arguments is None:
            return self.word
        return f"{self.word}({', '.join(f'{name}={show_value(value)}' for name, value in self.arguments)})"


def show_value(value: Any) -> str:
    """Write a value as a spec would."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            return f'"{escaped}"'
        case tuple() if len(value) == 1:
            return f"({show_value(value[0])},)"
        case tuple():
            return f"({', '.join(map(show_value, value))})"
        case list():
            return f"[{', '.join(map(show_value, value))}]"
        case None:
            return "?"
        case _:
            return str(value)


def _load(data: Any) -> Any:
    match data:
        case list():
            return [_load(item) for item in data]
        case {"tuple": items}:
            return tuple(_load(item) for item in items)
        case {"word": word, "arguments": arguments}:
            return Word(word=word, arguments=None if arguments is None else tuple((k, _load(v)) for k, v in arguments))
        case {"terms": terms, "const": const}:
            return Sym(tuple((atom, factor) for atom, factor in terms), const)
        case _:
            return data


def _dump(value: Any) -> Any:
    match value:
        case list():
            return [_dump(item) for item in value]
        case tuple():
            return {"tuple": [_dump(item) for item in value]}
        case Word():
            arguments = None if value.arguments is None else [[k, _dump(v)] for k, v in value.arguments]
            return {"word": value.word, "arguments": arguments}
        case Sym():
            return {"terms": [list(term) for term in value.terms], "const": value.const}
        case _:
            return value


#: What an expression can come to: int, float, bool, str, None (`?`), tuple, list, Word or Sym.
Value = Annotated[Any, Form(_load, _dump, {})]


class Const(Ir):
    """A value that was written out."""

    op: Literal["const"] = "const"
    value: Value
    span: Span | None = None

    def inner(self) -> tuple[()]:
        # A value may hold words, but nothing that stands in the spec.
        return ()


class Var(Ir):
    """A parameter, `let` or loop variable of the definition."""

    op: Literal["var"] = "var"
    name: str
    span: Span | None = None


class Operation(Ir):
    """An operator or function on values.

    `function` is the operator (`+`, `//`, `not`, `in`, `if`, `[]`, `..`) or the function's name. `if` has the operands
    (test, then, otherwise), `[]` (base, index), `..` (start, stop), `neg` one; `list` and `tuple` make one.
    """

    op: Literal["operation"] = "operation"
    function: str
    operands: tuple[Expr, ...]
    span: Span | None = None


class WordCall(Ir):
    """A word with arguments that depend on variables."""

    op: Literal["word"] = "word"
    word: str
    arguments: tuple[tuple[str, Expr], ...]
    span: Span | None = None


LengthName = Literal["channels", "height", "width", "rank", "shape"]


class Length(Ir):
    """Something read off a tensor's shape: `channels`, `height`, `width`, `rank` or `shape`.

    `tensor` is None for the current tensor.
    """

    op: Literal["length"] = "length"
    what: LengthName
    tensor: TensorRef | None = None
    span: Span | None = None


Expr = Annotated[Const | Var | Operation | WordCall | Length, Field(discriminator="op")]


class TensorRef(Ir):
    """A named tensor, or whatever the caller gave to a tensor parameter; the current tensor when `name` is `_`."""

    name: str
    #: Literal or computed subscripts of an indexed name: `skips[i]`.
    index: tuple[Expr, ...] = ()
    span: Span | None = None
