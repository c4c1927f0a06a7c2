"""Binds the arguments of a call to the parameters of its callee: by name, by spelling, then by position.

Every argument is bound or is an error; nothing is ever ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate.foreign import argument_help, callee_help
from archspec.elaborate.signature import Parameter, Signature
from archspec.record import Record
from archspec.syntax import ast


class Bound(Record):
    """One parameter's argument: an expression to resolve, or the value that a spelling stands for."""

    parameter: Parameter
    argument: ast.Argument
    #: Of what it is an argument.
    signature: Signature
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
    binding = _Binding(signature, diagnostics)
    left: list[ast.Argument] = []
    for argument in arguments:
        if argument.name is not None:
            binding.by_name(argument, argument.name)
        elif len(takers := _takers(signature, argument.value, is_variable, diagnostics)) == 1:
            token = spelling_text(argument.value)
            binding.put(takers[0], argument, None if token is None else takers[0].spelt(token), token is not None)
        else:
            left.append(argument)
    binding.by_position(left)
    binding.require(call, implied)
    return None if binding.failed else list(binding.bound.values())


class _Binding:
    """The arguments of one call as they find their parameters."""

    def __init__(self, signature: Signature, diagnostics: Diagnostics) -> None:
        self.signature, self.diagnostics = signature, diagnostics
        self.bound: dict[str, Bound] = {}
        self.failed = False

    def report(
        self, code: str, message: str, span: Span, *, label: str = "", labels: Iterable[Label] = (), help: str = ""
    ) -> None:
        self.failed = True
        notes = [f"the signature is `{self.signature}`"]
        self.diagnostics.error(code, message, span, label=label, labels=labels, notes=notes, help=help)

    def put(
        self, parameter: Parameter, argument: ast.Argument, spelt: object = None, by_spelling: bool = False
    ) -> None:
        """Bind one argument, unless its parameter has one."""
        earlier = self.bound.setdefault(parameter.name, Bound(parameter, argument, self.signature, spelt, by_spelling))
        if earlier.argument is not argument:
            self.report(
                "duplicate-argument",
                f"`{parameter.name}` of `{self.signature.name}` is given twice",
                argument.span,
                label="given again here",
                labels=[Label(earlier.argument.span, "first given here")],
            )

    def by_name(self, argument: ast.Argument, name: ast.Name) -> None:
        parameter = self.signature.find(name.text)
        if parameter is not None:
            self.put(parameter, argument)
            return
        help = argument_help(name.text, self.signature)
        self.report(
            "unknown-argument",
            f"`{self.signature.name}` has no argument `{name.text}`",
            argument.span if help.endswith("leave it out") else name.span,
            help=help,
        )

    def by_position(self, left: list[ast.Argument]) -> None:
        """Bind what neither a name nor a spelling has bound to the parameters that are left, in order."""
        free = [p for p in self.signature.parameters if p.name not in self.bound and p.positional]
        if len(left) > 1 and any(p.gathers for p in free):
            span = left[0].span.to(left[-1].span)
            left = [ast.Argument(ast.TupleExpr(tuple(a.value for a in left), span=span), span=span)]
        for argument, parameter in zip(left, free, strict=False):
            self.put(parameter, argument)
        if len(left) > len(free):
            most = len([p for p in self.signature.parameters if p.positional])
            self.report(
                "too-many-arguments",
                f"`{self.signature.name}` takes "
                + (f"at most {most} argument{'s' * (most != 1)}" if most else "no arguments"),
                left[len(free)].span,
                label="this one reaches no parameter",
                help=callee_help(self.signature.name),
            )

    def require(self, call: Span, implied: Iterable[str]) -> None:
        """Report the parameters that need a value and have none. A call that is wrong already is not asked."""
        have = {*self.bound, *implied}
        missing = [p for p in self.signature.parameters if p.required and p.name not in have]
        if missing and not self.failed:
            wanted = ", ".join(f"`{p.shown or p.name}`" for p in missing)
            self.report("missing-argument", f"`{self.signature.name}` needs {wanted}", call)


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
    takers = signature.takers(token)
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
