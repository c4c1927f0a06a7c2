"""Binds the arguments of a call to the parameters of its callee: by name, by spelling, then by position.

Every argument is bound or is an error; nothing is ever ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import did_you_mean
from archspec.elaborate.signature import Parameter, Signature
from archspec.syntax import ast


@dataclass(frozen=True)
class Bound:
    """One parameter's argument: an expression to resolve, or the value that a spelling stands for."""

    parameter: Parameter
    argument: ast.Argument
    spelt: object = None
    by_spelling: bool = False


def bind(
    signature: Signature,
    arguments: Iterable[ast.Argument],
    call: Span,
    is_variable: Callable[[str], bool],
    diagnostics: Diagnostics,
    *,
    implied: Iterable[str] = (),
) -> list[Bound] | None:
    """Return the bound arguments in the order written, or None after reporting what does not fit.

    `implied` names parameters that have their value already and need none.
    """
    bound: dict[str, Bound] = {}
    failed = False
    left: list[ast.Argument] = []

    def put(parameter: Parameter, argument: ast.Argument, spelt: object = None, by_spelling: bool = False) -> None:
        nonlocal failed
        if (earlier := bound.get(parameter.name)) is not None:
            failed = True
            diagnostics.error(
                "duplicate-argument",
                f"`{parameter.name}` of `{signature.name}` is given twice",
                argument.span,
                label="given again here",
                labels=[Label(earlier.argument.span, "first given here")],
                notes=[f"the signature is `{signature}`"],
            )
        else:
            bound[parameter.name] = Bound(parameter, argument, spelt, by_spelling)

    for argument in arguments:
        if argument.name is not None:
            if (named := signature.find(argument.name.text)) is None:
                failed = True
                names = [n for p in signature.parameters for n in (p.name, *p.shorts)]
                diagnostics.error(
                    "unknown-argument",
                    f"`{signature.name}` has no argument `{argument.name.text}`",
                    argument.name.span,
                    notes=[f"the signature is `{signature}`"],
                    help=did_you_mean(argument.name.text, names),
                )
            else:
                put(named, argument)
        elif (takers := _takers(signature, argument.value, is_variable, diagnostics)) and len(takers) == 1:
            token = spelling_text(argument.value)
            put(takers[0], argument, None if token is None else takers[0].spelt(token), token is not None)
        else:
            left.append(argument)

    free = [p for p in signature.parameters if p.name not in bound and p.positional]
    if len(left) > 1 and [p for p in free if p.gathers]:
        span = left[0].span.to(left[-1].span)
        left = [ast.Argument(ast.TupleExpr(tuple(a.value for a in left), span=span), span=span)]
    for argument, parameter in zip(left, free, strict=False):
        put(parameter, argument)
    if len(left) > len(free):
        failed = True
        extra = left[len(free)]
        most = len([p for p in signature.parameters if p.positional])
        diagnostics.error(
            "too-many-arguments",
            f"`{signature.name}` takes at most {most} argument{'s' * (most != 1)}",
            extra.span,
            label="this one reaches no parameter",
            notes=[f"the signature is `{signature}`"],
        )
    missing = [p for p in signature.parameters if p.required and p.name not in bound and p.name not in implied]
    if missing and not failed:
        failed = True
        wanted = ", ".join(f"`{p.shown or p.name}`" for p in missing)
        diagnostics.error(
            "missing-argument",
            f"`{signature.name}` needs {wanted}",
            call,
            notes=[f"the signature is `{signature}`"],
        )
    return None if failed else list(bound.values())


def _takers(
    signature: Signature, value: ast.Expr, is_variable: Callable[[str], bool], diagnostics: Diagnostics
) -> list[Parameter]:
    """Return the parameters that take this spelling."""
    if isinstance(value, ast.Apply):
        from archspec.layers import registry

        categories = registry.find_word(value.function.text, owning=True)
        return [p for p in signature.parameters if any(c in categories for c in p.bare)]
    token = spelling_text(value)
    if token is None:
        return []
    takers = [p for p in signature.parameters if p.spells(token)]
    # A spelling that is written out says more than one with numbers in it: `1x1` beside `#x#`.
    takers = [p for p in takers if any(flag.word == token for flag in p.flags)] or takers
    leading = value.left if isinstance(value, ast.Binary) else value
    if takers and isinstance(leading, ast.Name) and is_variable(leading.text):
        diagnostics.warning(
            "hidden-spelling",
            f"the variable `{leading.text}` hides the spelling `{token}` of `{takers[0].name}`",
            value.span,
            help=f"rename the variable, or write `{takers[0].name}={token}`",
        )
        return []
    return takers


def spelling_text(value: ast.Expr) -> str | None:
    """Return the token that an expression spells (`3x3`, `s2`, `p3/2`, `d0.2`), or None."""
    match value:
        case ast.Name(text=text) | ast.Spelled(text=text):
            return text
        case ast.Dims(values=values) if None not in values:
            return "x".join(map(str, values))
        case ast.Binary(op="/", left=ast.Name(text=name), right=ast.Literal(value=int(), text=number)):
            return f"{name}/{number}"
        case _:
            return None
