"""Resolves expressions: what each name stands for, and which argument reaches which parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import did_you_mean, nearest, write
from archspec.elaborate import signature
from archspec.elaborate.binding import Bound, bind
from archspec.elaborate.evaluate import NAMED_FUNCTIONS, UNKNOWN
from archspec.elaborate.foreign import MODULES, VALUES, word_help
from archspec.elaborate.modules import Module
from archspec.elaborate.scope import Scope
from archspec.elaborate.signature import Signature
from archspec.ir.definition import BoundArgument
from archspec.ir.expr import Const, Expr, Length, LengthName, Operation, TensorRef, Var, Word, WordCall
from archspec.layers import registry
from archspec.layers.base import Part
from archspec.syntax import ast
from archspec.tensor import Sym

if TYPE_CHECKING:
    from archspec.elaborate.program import Program


#: What can be read off a tensor.
LENGTHS: dict[str, LengthName] = {
    "channels": "channels",
    "height": "height",
    "width": "width",
    "rank": "rank",
    "shape": "shape",
}
#: The name of the current tensor.
CURRENT = "_"
#: What is spelt with letters and numbers: `s2`, `g4`, `p3x3`.
_SPELLED = re.compile(r"[a-z]{1,2}[0-9]+(x[0-9]+)*")
#: So many words are listed.
_FEW = 8
#: Stands for an expression that was reported.
POISON = Const(value=UNKNOWN)


class Unresolved(Exception):
    """A step was reported and cannot go on."""


class Expressions:
    """Resolves the expressions of one definition: values, words, and the names of tensors."""

    def __init__(self, program: Program, module: Module, scope: Scope) -> None:
        self.program, self.module, self.scope = program, module, scope
        self.diagnostics = program.diagnostics
        self._loops = 0

    def tensor(self, expr: ast.Expr) -> TensorRef:
        """Resolve an expression that must be a tensor."""
        if (found := self.maybe_tensor(expr)) is not None:
            return found
        base, _ = take_subscripts(expr)
        if isinstance(base, ast.Name) and self.is_lost(base.text):
            raise Unresolved
        labels: list[Label] = []
        tensors = [name for name, what in self.scope.visible().items() if what == "tensor"]
        if isinstance(base, ast.Name):
            kind = self.scope.find(base.text)
            message = f"`{base.text}` is a {kind}, not a tensor" if kind else f"no tensor is named `{base.text}`"
            known = did_you_mean(base.text, tensors)
            help = known or ("" if kind else f"name one with `… as {base.text}` before this line")
            labels = self.program.given(base.text) if kind == "value" else []
        else:
            message, help = "expected the name of a tensor", ""
        at = base if isinstance(base, ast.Name) else expr
        self.diagnostics.error("unknown-tensor", message, at.span, labels=labels, help=help)
        raise Unresolved

    def tensors(self, exprs: Iterable[ast.Expr]) -> tuple[TensorRef, ...]:
        """Resolve expressions that must be tensors, all of them before giving up."""
        found: list[TensorRef | None] = []
        for expr in exprs:
            try:
                found.append(self.tensor(expr))
            except Unresolved:
                found.append(None)
        if None in found:
            raise Unresolved
        return tuple(ref for ref in found if ref is not None)

    def maybe_tensor(self, expr: ast.Expr) -> TensorRef | None:
        """Resolve an expression if it names a tensor."""
        base, subscripts = take_subscripts(expr)
        if not isinstance(base, ast.Name):
            return None
        owner = self.scope.owner(base.text)
        if subscripts and owner is not None and owner is not self.scope and owner.names[base.text] == "tensor":
            self.diagnostics.error(
                "captured-index",
                f"`{base.text}` is indexed by the definition around this block",
                expr.span,
                help="a block sees only plain names from around it: give it this tensor as an argument",
            )
            raise Unresolved
        if base.text != CURRENT and self.scope.find(base.text) != "tensor":
            return None
        return TensorRef(name=base.text, index=tuple(self.expr(s) for s in subscripts), span=expr.span)

    def maybe_tensors(self, expr: ast.Expr) -> tuple[TensorRef, ...] | None:
        """Resolve a tensor, or a tuple or list of tensors."""
        if isinstance(expr, (ast.TupleExpr, ast.ListExpr)) and expr.items:
            found = [self.maybe_tensor(item) for item in expr.items]
            return tuple(t for t in found if t is not None) if all(found) else None
        single = self.maybe_tensor(expr)
        return None if single is None else (single,)

    def bound(
        self,
        target: Signature,
        arguments: tuple[ast.Argument, ...],
        span: Span,
        implied: tuple[str, ...] = (),
        *,
        meant: bool = True,
    ) -> list[Bound]:
        """Return which argument reaches which parameter. Raises Unresolved after reporting what does not fit.

        Where it cannot be known what is `meant` by a name that means nothing, such names are refused at once.
        """
        if self.module.unread:
            self.hold_to_read(arguments)
        said = Diagnostics()
        found = bind(target, arguments, span, lambda n: self.scope.find(n) is not None, said, implied=implied)
        strange = False
        if found is None or not meant:
            # What reaches no parameter may well be a spelling or a tensor, misspelt.
            strange = self._report_strangers(target, [a for a in arguments if a.name is None or not meant])
            for argument in arguments if meant else ():
                parameter = target.find(argument.name.text) if argument.name else None
                if parameter and isinstance(argument.value, ast.Name) and self.is_stranger(argument.value.text):
                    self.argument(argument.value, parameter)
        for diagnostic in said.items:
            # With a spelling that is misspelt, the number of arguments says nothing.
            if not strange or diagnostic.code in ("unknown-argument", "duplicate-argument"):
                self.diagnostics.add(diagnostic)
        if found is None or strange:
            raise Unresolved
        return found

    def hold_to_read(self, arguments: tuple[ast.Argument, ...]) -> None:
        """Give up a call where nobody knows what some of its arguments are. Raises Unresolved."""
        if any(self.is_lost(name) for argument in arguments for name in ast.names_in(argument.value)):
            raise Unresolved

    def _report_strangers(self, target: Signature, arguments: Iterable[ast.Argument]) -> bool:
        """Report the names among the arguments that mean nothing here. Returns whether there are any."""
        strangers = [
            a.value
            for a in arguments
            if isinstance(a.value, ast.Name)
            and self.is_stranger(a.value.text)
            and not any(p.spells(a.value.text) for p in target.parameters)
        ]
        for stranger in strangers:
            self._unspelt(stranger, stranger.text, target)
        return bool(strangers)

    def is_stranger(self, name: str) -> bool:
        """Tell whether a name means nothing here: no variable, tensor or word, and nothing that could not be read."""
        return self._means_nothing(name) and not self.is_lost(name)

    def is_lost(self, name: str) -> bool:
        """Tell whether a name may be that of a value or tensor that could not be read."""
        if name in self.module.given:
            return True
        return self.module.is_unread(name) and self._means_nothing(name) and not _SPELLED.fullmatch(name)

    def _means_nothing(self, name: str) -> bool:
        return (
            self.scope.find(name) is None
            and name not in (CURRENT, "none", *LENGTHS)
            and not registry.find_word(name, owning=True)
        )

    def _is_layer(self, name: str) -> bool:
        """Tell whether a name is that of a layer or cell, and of nothing else."""
        if self.scope.find(name) is not None or registry.find_word(name):
            return False
        return bool(registry.find_word(name, owning=True))

    def values(self, bound: list[Bound]) -> tuple[BoundArgument, ...]:
        return tuple(
            BoundArgument(
                parameter=b.parameter.name,
                value=Const(value=b.spelt, span=b.argument.span)
                if b.by_spelling
                else self.argument(b.argument.value, b.parameter, b.signature if b.argument.name is None else None),
                span=b.argument.value.span,
            )
            for b in bound
        )

    def argument(self, expr: ast.Expr, parameter: signature.Parameter, among: Signature | None = None) -> Expr:
        """Resolve an argument, one without a name `among` others. What owns weights stands where it is used."""
        owning = tuple(c for c in parameter.categories if c in registry.OWNING)
        match expr:
            case ast.Binary(op="*", left=ast.Literal(text=left), right=ast.Literal(text=right)) if any(
                pattern.text == "#x#" for pattern in parameter.patterns
            ):
                message = f"`{parameter.name}` is the product of {left} and {right}"
                self.diagnostics.warning("size-as-product", message, expr.span, help=write(f"{left}x{right}"))
                return self.expr(expr)
            case ast.Name(text=text) if self.scope.find(text) is None and any(
                text in registry.words(c) for c in owning
            ):
                return Const(value=Word(word=text), span=expr.span)
            case ast.Apply(function=ast.Name(text=text)) if any(text in registry.words(c) for c in owning):
                part = next(registry.words(c)[text] for c in owning if text in registry.words(c))
                return self.word_of(part, text, expr.arguments, expr.span)
            case ast.ListExpr(items=items) | ast.TupleExpr(items=items) if owning:
                function = "list" if isinstance(expr, ast.ListExpr) else "tuple"
                return Operation(
                    function=function, operands=tuple(self.argument(i, parameter) for i in items), span=expr.span
                )
            case ast.Name(text=text) if (
                owning and self.scope.find(text) is None and text not in ("none", *LENGTHS) and not self.is_lost(text)
            ):
                return self._unknown_owner(expr, text, owning)
            case ast.Apply(function=ast.Name(text=text)) if owning and text not in NAMED_FUNCTIONS:
                return self._unknown_owner(expr.function, text, owning)
            case ast.Name(text=text) if self.is_stranger(text) and parameter.texts and not among:
                meant = nearest(text, parameter.texts)
                texts = ", ".join(f'"{known}"' for known in parameter.texts)
                help = write(f'"{meant}"') if meant else f"it is one of {texts}"
                return self._bad(expr, "unknown-name", f"`{parameter.name}` takes a text in quotes", help)
            case ast.Name(text=text) if self.is_stranger(text) and parameter.categories and not among:
                return self._unknown_word(expr, text, parameter.categories)
            case ast.Name(text=text) | ast.Spelled(text=text) if among and (
                self.is_stranger(text) or (self._is_layer(text) and among.find(text))
            ):
                return self._unspelt(expr, text, among)
            case _:
                return self.expr(expr)

    def _unspelt(self, at: ast.Expr, text: str, among: Signature) -> Expr:
        """Report an argument without a name that nothing here takes, and that names nothing."""
        if among.find(text):
            message = f"`{text}` names one of the arguments, and needs a value"
            return self._bad(at, "unknown-name", message, f"write `{text}=…`")
        help = word_help(text, among)
        if isinstance(at, ast.Name) and not help and not _SPELLED.fullmatch(text):
            return self.name(at)
        spelt = isinstance(at, ast.Spelled) or _SPELLED.fullmatch(text)
        message = f"no argument here is spelt `{text}`, and no variable so called"
        return self._bad(at, "unknown-name", message if spelt else f"nothing is named `{text}` here", help)

    def _unknown_word(self, at: ast.Expr, name: str, categories: tuple[str, ...]) -> Expr:
        """Report an argument that is no word of the kinds that its parameter takes."""
        words = sorted({word for category in categories for word in registry.words(category)})
        kinds = " or ".join(categories)
        values = [known for known, what in self.scope.visible().items() if what == "value"]
        help = did_you_mean(name, [*words, *values, "none"])
        begun = [word for word in words if word.startswith(name)] or words
        if not help and len(begun) <= _FEW:
            help = f"the words for it are {', '.join(begun)}"
        return self._bad(at, "unknown-name", f"no {kinds} is called `{name}`", help)

    def _unknown_owner(self, at: ast.Expr, name: str, wanted: tuple[str, ...]) -> Expr:
        known = [word for category in wanted for word in registry.words(category)]
        cell = f"{name}_cell"
        help = f"did you mean `{cell}`?" if cell in known else did_you_mean(name, known)
        return self._bad(at, "unknown-name", f"no {' or '.join(wanted)} `{name}`", help)

    def _misplaced_owner(self, at: Span, name: str) -> Expr:
        """Report a layer or cell where a value is needed."""
        what, help = "layer", f"a step stands by itself, and `{name}… as name` names its tensor"
        if name in registry.words("cell"):
            what, help = "cell", "only a step that takes one is given it, as in `rnn(lstm_cell(8))`"
        self.diagnostics.error("unknown-name", f"`{name}` is a {what}, not a value", at, help=help)
        return POISON

    def expr(self, expr: ast.Expr) -> Expr:
        match expr:
            case ast.Literal():
                return Const(value=expr.value, span=expr.span)
            case ast.Dims():
                return Const(value=expr.values, span=expr.span)
            case ast.Unknown():
                return Const(value=None, span=expr.span)
            case ast.Name():
                return self.name(expr)
            case ast.Unary():
                function = {"-": "neg", "+": "pos"}.get(expr.op, expr.op)
                return Operation(function=function, operands=(self.expr(expr.operand),), span=expr.span)
            case ast.Binary():
                return Operation(
                    function=expr.op, operands=(self.expr(expr.left), self.expr(expr.right)), span=expr.span
                )
            case ast.Conditional():
                return Operation(
                    function="if", operands=tuple(map(self.expr, (expr.test, expr.then, expr.orelse))), span=expr.span
                )
            case ast.Range():
                return Operation(function="..", operands=(self.expr(expr.start), self.expr(expr.stop)), span=expr.span)
            case ast.ListExpr():
                return Operation(function="list", operands=tuple(map(self.expr, expr.items)), span=expr.span)
            case ast.TupleExpr():
                return Operation(function="tuple", operands=tuple(map(self.expr, expr.items)), span=expr.span)
            case ast.Index():
                return Operation(function="[]", operands=(self.expr(expr.base), self.expr(expr.index)), span=expr.span)
            case ast.Attribute():
                return self.attribute(expr)
            case ast.Apply():
                return self.apply(expr)
            case ast.Spelled():
                return self._bad(expr, "unknown-name", f"`{expr.text}` spells no argument here")

    def name(self, name: ast.Name) -> Expr:
        text = name.text
        kind = self.scope.find(text)
        if kind == "value":
            return Var(name=text, span=name.span)
        if self.module.unread and self.is_lost(text):
            return POISON
        if kind == "symbol":
            return Const(value=Sym.of(text), span=name.span)
        if kind is not None or text == CURRENT:
            what = "the current tensor" if text == CURRENT else f"a {kind}"
            return self._bad(name, "tensor-as-value", f"`{text}` is {what}, not a value")
        if text in LENGTHS:
            return Length(what=LENGTHS[text], span=name.span)
        if text == "none":
            return Const(value=None, span=name.span)
        if registry.find_word(text):
            return Const(value=Word(word=text), span=name.span)
        if registry.find_word(text, owning=True):
            return self._misplaced_owner(name.span, text)
        words = (word for category in registry.categories() for word in registry.words(category))
        candidates = {*self.scope.visible(), *LENGTHS, *words, "true", "false", "none"}
        help = did_you_mean(VALUES.get(text.lower(), text), candidates) or f"a value is named by `let {text} = …`"
        return self._bad(name, "unknown-name", f"nothing is named `{text}` here", help)

    def _bad(self, at: ast.Expr, code: str, message: str, help: str = "") -> Expr:
        self.diagnostics.error(code, message, at.span, help=help)
        return POISON

    def attribute(self, expr: ast.Attribute) -> Expr:
        what = expr.name.text
        if what not in LENGTHS:
            if (word := self._foreign_word(expr)) is not None:
                return self._bad(expr, "unknown-name", "names have no module before them", write(word))
            return self._bad(expr.name, "unknown-name", f"a tensor has no `{what}`", did_you_mean(what, LENGTHS))
        return Length(what=LENGTHS[what], tensor=self.tensor(expr.base), span=expr.span)

    def _foreign_word(self, expr: ast.Attribute) -> str | None:
        """Return the word that is written as in another language, with its module: `nn.ReLU`."""
        root: ast.Expr = expr
        while isinstance(root, ast.Attribute):
            root = root.base
        if not isinstance(root, ast.Name) or root.text.lower() not in MODULES or self.scope.find(root.text):
            return None
        words = (word for category in registry.categories() for word in registry.words(category))
        return nearest(expr.name.text, words)

    def apply(self, expr: ast.Apply) -> Expr:
        name = expr.function.text
        if name not in NAMED_FUNCTIONS:
            return self.word(name, expr.arguments, expr.span)
        if named := [a for a in expr.arguments if a.name is not None]:
            return self._bad(named[0].value, "unknown-argument", f"`{name}` takes its arguments without names")
        return Operation(function=name, operands=tuple(self.expr(a.value) for a in expr.arguments), span=expr.span)

    def word(self, name: str, arguments: tuple[ast.Argument, ...] | None, span: Span) -> Expr:
        """Resolve a word, with its arguments where it has brackets."""
        classes = registry.find_word(name)
        if not classes and registry.find_word(name, owning=True):
            return self._misplaced_owner(span, name)
        if not classes:
            known = [*NAMED_FUNCTIONS, *(w for c in registry.categories() for w in registry.words(c))]
            self.diagnostics.error("unknown-name", f"no function `{name}`", span, help=did_you_mean(name, known))
            return POISON
        return self.word_of(next(iter(classes.values())), name, arguments, span)

    def word_of(
        self, part: type[Part], name: str, arguments: tuple[ast.Argument, ...] | None, span: Span
    ) -> Const | WordCall:
        if not arguments:
            return Const(value=Word(word=name), span=span)
        bound = self.values(self.bound(signature.of_part(part, name), arguments, span))
        return WordCall(word=name, arguments=tuple((a.parameter, a.value) for a in bound), span=span)


def take_subscripts(expr: ast.Expr) -> tuple[ast.Expr, list[ast.Expr]]:
    """Take `name[i][j]` apart into the name and its subscripts."""
    subscripts: list[ast.Expr] = []
    while isinstance(expr, ast.Index):
        subscripts.insert(0, expr.index)
        expr = expr.base
    return expr, subscripts
