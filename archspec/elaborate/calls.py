"""Resolves calls: which layer, block or shared step a name means, and its arguments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from archspec.diagnostics.diagnostic import Label
from archspec.diagnostics.source import Span
from archspec.diagnostics.suggest import did_you_mean, write
from archspec.elaborate import foreign, signature
from archspec.elaborate.expressions import CURRENT, Expressions, Unresolved, take_subscripts
from archspec.elaborate.letters import (
    LETTERS,
    POOL,
    Letter,
    composite_name,
    layer_of,
    letters_signature,
    looks_like_letters,
)
from archspec.elaborate.modules import Module
from archspec.elaborate.scope import Scope
from archspec.ir.definition import (
    BoundArgument,
    BranchesOp,
    CallOp,
    ErrorOp,
    Op,
    TensorArgument,
)
from archspec.ir.expr import Const, TensorRef, Var
from archspec.layers import registry
from archspec.layers.base import Layer
from archspec.layers.registry import Family
from archspec.limits import limits, more
from archspec.record import replace
from archspec.syntax import ast

_TO_A_MERGE = "branches go to a merge: `add`, `concat`, `multiply`, …"


class Calls(Expressions, ABC):
    """Resolves the calls of one definition: layers, blocks, shared steps, letter strings."""

    @abstractmethod
    def body(self, body: ast.Body) -> tuple[Op, ...]:
        """Resolve the statements of a branch."""

    def call(self, call: ast.Call) -> Iterator[Op]:
        try:
            yield from self._call(call)
        except Unresolved:
            # What they name is there, and what is wrong in them is wrong, whatever they are given to.
            yield ErrorOp(branches=tuple(self.body(branch) for branch in call.branches or ()))

    def _call(self, call: ast.Call) -> Iterator[Op]:
        if isinstance(call.name, ast.Attribute):
            self._refuse_foreign(call, call.name)
            module = self.program.loader.find_alias(self.module, call.name.base)
            if module is None:
                raise Unresolved
            name = call.name.name.text
            if (found := module.find_block(name)) is None:
                if module.is_lost(name):
                    raise Unresolved
                self.diagnostics.error(
                    "unknown-step",
                    f"no block `{name}` in `{module.name}`",
                    call.name.name.span,
                    help=did_you_mean(name, module.block_names()),
                )
                raise Unresolved
            yield self.block(call, name, *found, None)
            return
        name = call.name.text
        if name in ("skip", CURRENT) and not call.arguments and call.branches is None:
            return
        kind = self.scope.find(name)
        if kind == "shared":
            yield self.use_shared(call, name)
        elif kind == "value" and call.arguments is None:
            activation = BoundArgument(parameter="activation", value=Var(name=name, span=call.span), span=call.span)
            yield CallOp(
                site=self.scope.site(name), target="layer", callee="activation", arguments=(activation,), span=call.span
            )
        elif nested := self.scope.find_block(name):
            yield self.block(call, name, nested[0], self.module, nested[1])
        elif name in self.module.given:
            raise Unresolved
        elif found := self.module.find_block(name):
            if self.program.loader.standard_block(name):
                text = f"this file's own `{name}` is used in place of the standard library's"
                self.diagnostics.note("own-block", text, found[0].name.span)
            yield self.block(call, name, *found, None)
        elif own := self.module.find_extern(name):
            yield self.extern(call, name, *own)
        elif layer := registry.find_layer(name):
            yield self.layer(call, name, layer)
        elif not self.module.is_partial() and (found := self.program.loader.standard_block(name)):
            yield self.block(call, name, *found, None)
        elif name in registry.words("activation"):
            yield self.activation(call, name)
        elif set(name) <= set(LETTERS):
            yield from self.letters(name, call.arguments or (), call.span, call.name.span)
        elif kind is None and self.module.is_lost(name):
            # It may well be in what is missing.
            raise Unresolved
        else:
            self._unknown_step(call, call.name, kind)

    def _refuse_foreign(self, call: ast.Call, name: ast.Attribute) -> None:
        """Report a step that bears the name of a module of another language: `nn.Linear`."""
        root: ast.Expr = name
        while isinstance(root, ast.Attribute):
            root = root.base
        written = isinstance(root, ast.Name) and root.text not in self.module.aliases and root.text.lower()
        if written in foreign.MODULES:
            span, help = foreign.call_help(call, self._known_steps(), self.program.loader.text)
            self.diagnostics.error("unknown-step", "steps have no module before their names", span, help=help)
            raise Unresolved

    def _unknown_step(self, call: ast.Call, name: ast.Name, kind: str | None) -> None:
        text = name.text
        if text in ("skip", CURRENT):
            self.diagnostics.error("too-many-arguments", f"`{text}` takes no arguments", name.span)
        elif kind == "tensor":
            self.diagnostics.error(
                "not-a-step", f"`{text}` is a tensor, not a step", name.span, help=f"go on from it with `from {text}`"
            )
        elif kind in ("value", "symbol"):
            what = "value" if kind == "value" else "length"
            self.diagnostics.error("not-a-step", f"`{text}` is a {what}, not a step", name.span)
        elif looks_like_letters(text):
            self._unknown_letters(text, name.span)
        elif kinds := list(registry.find_word(text)):
            message = f"`{text}` is a word for the {kinds[0]} of a layer, not a step"
            self.diagnostics.error("not-a-step", message, name.span, help="give it to a layer as an argument")
        else:
            span, help = foreign.call_help(call, self._known_steps(), self.program.loader.text)
            if text in registry.words("cell"):
                help = f"a cell is given to `rnn`: `rnn({text}(8))`"
            self.diagnostics.error("unknown-step", f"no layer or block `{text}`", span, help=help)
        raise Unresolved

    def _known_steps(self) -> list[str]:
        blocks = self.module.block_names() | set(self.scope.blocks) | set(self.program.loader.library)
        shared = [name for name, kind in self.scope.visible().items() if kind == "shared"]
        return [*registry.layer_names(), *registry.words("activation"), *blocks, *shared, "skip"]

    def _unknown_letters(self, text: str, span: Span) -> None:
        for position, char in enumerate(text):
            if char not in LETTERS:
                self.diagnostics.error(
                    "unknown-letter",
                    f"no layer has the letter `{char}`",
                    span.part(position, position + 1),
                    notes=["the letters are " + ", ".join(f"{c} {letter.layer}" for c, letter in LETTERS.items())],
                )

    def layer(self, call: ast.Call, name: str, found: type[Layer] | Family) -> Op:
        layer = found if not isinstance(found, Family) else found.typical
        inputs: list[TensorRef] = []
        keywords: list[TensorArgument] = []
        rest: list[ast.Argument] = []
        for argument in call.arguments or ():
            tensors = self.maybe_tensors(argument.value)
            if tensors is None:
                self._missed_tensor(argument, layer)
                rest.append(argument)
            elif argument.name is None:
                inputs += tensors
            elif argument.name.text in layer.takes.keywords:
                keywords.append(TensorArgument(parameter=argument.name.text, tensors=tensors, span=argument.span))
            else:
                takes = ", ".join(f"`{k}`" for k in layer.takes.keywords)
                self.diagnostics.error(
                    "unknown-argument",
                    f"`{name}` takes no tensor `{argument.name.text}`",
                    argument.span,
                    help=f"by name it takes {takes}" if takes else "tensors are given to it without a name",
                )
                raise Unresolved
        if call.branches and any(isinstance(s, ast.Unread) for branch in call.branches for s in branch.statements):
            # It may have been several branches, or part of one.
            raise Unresolved
        made = CallOp(
            site=self.scope.site(name),
            target="layer",
            callee=name,
            arguments=self.values(self.bound(signature.of_part(layer, name), tuple(rest), call.span)),
            inputs=tuple(inputs) if inputs else None,
            keywords=tuple(keywords),
            span=call.span,
        )
        if call.branches is None:
            return made
        if layer.takes.how != "list" or inputs:
            self.diagnostics.error(
                "not-a-merge",
                f"`{name}` merges no branches" if not inputs else "give either branches or tensors, not both",
                call.name.span,
                help="" if inputs else _TO_A_MERGE,
            )
            raise Unresolved
        # A fault of the merge is shown at its name: the branches are labelled by themselves.
        made = replace(made, span=call.name.span)
        return BranchesOp(
            branches=tuple(self.body(branch) for branch in call.branches),
            spans=tuple(branch.span for branch in call.branches),
            merge=made,
        )

    def _missed_tensor(self, argument: ast.Argument, layer: type[Layer]) -> None:
        """Report what stands where a tensor is meant, but is none: an unknown name, or a step."""
        if layer.takes.most == 1 or argument.name is not None:
            return
        value = argument.value
        parameters = signature.of_part(layer, layer.names[0]).parameters
        for item in value.items if isinstance(value, ast.TupleExpr | ast.ListExpr) else (value,):
            base, subscripts = take_subscripts(item)
            if subscripts and isinstance(base, ast.Name) and self.scope.find(base.text) is None:
                self.tensor(item)
            called = base.function if isinstance(base, ast.Apply) else base
            if isinstance(called, ast.Name) and layer.takes.how == "list" and self._is_step(called.text):
                self.diagnostics.error(
                    "unknown-tensor",
                    f"`{called.text}` is a step, and tensors are wanted here",
                    item.span,
                    help=write(CURRENT)
                    if called.text == "skip"
                    else f"branches stand in braces, `{layer.names[-1]} {{ | {called.text}… | skip }}`; "
                    f"a tensor is named before, `{called.text}… as a`",
                )
                raise Unresolved
            is_stranger = isinstance(base, ast.Name) and self.is_stranger(base.text)
            is_spelt = isinstance(base, ast.Name) and any(p.spells(base.text) for p in parameters)
            if not parameters or (is_stranger and not is_spelt):
                self.tensor(item)

    def _is_step(self, name: str) -> bool:
        found = self.scope.find_block(name) or self.module.find_block(name) or registry.find_layer(name)
        return self.scope.find(name) is None and (name == "skip" or found is not None)

    def extern(self, call: ast.Call, name: str, extern: ast.Extern, module: Module) -> Op:
        """Resolve a use of a layer of the user's own."""
        self._no_branches(call, name)
        found = self.program.extern(extern, module)
        if found is None:
            raise Unresolved
        rest: list[ast.Argument] = []
        inputs: list[TensorRef] = []
        for argument in call.arguments or ():
            tensors = None if argument.name else self.maybe_tensors(argument.value)
            inputs += tensors or ()
            rest += [] if tensors else [argument]
        target = signature.of_parameters(name, found.parameters)
        return CallOp(
            site=self.scope.site(name),
            target="extern",
            callee=found.name,
            arguments=self.values(self.bound(target, tuple(rest), call.span)),
            inputs=tuple(inputs) or None,
            span=call.span,
        )

    def activation(self, call: ast.Call, name: str) -> Op:
        """Resolve an activation that has no layer of its own: it becomes `activation(name)`."""
        self._no_branches(call, name)
        word = self.word(name, call.arguments, call.span)
        argument = BoundArgument(parameter="activation", value=word, span=call.span)
        return CallOp(
            site=self.scope.site(name), target="layer", callee="activation", arguments=(argument,), span=call.span
        )

    def _no_branches(self, call: ast.Call, name: str) -> None:
        if call.branches is not None:
            self.diagnostics.error("not-a-merge", f"`{name}` merges no branches", call.name.span, help=_TO_A_MERGE)
            raise Unresolved

    def use_shared(self, call: ast.Call, name: str) -> Op:
        self._no_branches(call, name)
        if name not in self.scope.shared:
            self.diagnostics.error(
                "shared-outside",
                f"`{name}` is shared by an enclosing definition",
                call.span,
                help="a block's weights are its own: use the shared step outside the block, or declare it inside",
            )
            raise Unresolved
        if (declared := self.scope.shared[name]) is None:
            raise Unresolved
        inputs: list[TensorRef] = []
        rest: list[ast.Argument] = []
        for argument in call.arguments or ():
            tensors = None if argument.name else self.maybe_tensors(argument.value)
            inputs += tensors or ()
            rest += [] if tensors else [argument]
        return CallOp(
            site=declared.site,
            target="shared",
            callee=declared.site,
            arguments=self._use_arguments(declared, name, tuple(rest), call.span),
            inputs=tuple(inputs) or None,
            span=call.span,
        )

    def _use_arguments(
        self, declared: CallOp, name: str, given: tuple[ast.Argument, ...], span: Span
    ) -> tuple[BoundArgument, ...]:
        """Resolve what a use of a shared layer says of how it is called. What it is made with has been said."""
        if not given:
            return ()
        self.hold_to_read(given)
        found = registry.find_layer(declared.callee) if declared.target == "layer" else None
        layer = found.typical if isinstance(found, Family) else found
        if layer is None or not layer.keras.at_call:
            self.diagnostics.error(
                "too-many-arguments",
                f"`{name}` has its arguments already",
                given[0].span,
                help="a use of a shared step gives it tensors, or nothing",
            )
            raise Unresolved
        return self.values(self.bound(signature.of_use(layer, name), given, span))

    def block(self, call: ast.Call, name: str, block: ast.Block, module: Module, outer: Scope | None) -> Op:
        self._no_branches(call, name)
        arguments = call.arguments or ()
        # Which parameters stand for tensors is a property of the use, so bind once by the written parameters first.
        # Whether an unknown name was meant as a tensor nobody can know.
        bound = self.bound(self.program.signature(block, module, outer), arguments, call.span, meant=False)
        tensors = {id(a): found for a in arguments if (found := self.maybe_tensors(a.value)) is not None}
        given = frozenset(b.parameter.name for b in bound if id(b.argument) in tensors)
        for b in bound:
            if b.parameter.name in given and b.parameter.shown != b.parameter.name:
                self.diagnostics.error(
                    "tensor-as-value",
                    f"a tuple parameter of `{name}` takes values, not tensors",
                    b.argument.span,
                    notes=[f"the signature is `{self.program.signature(block, module, outer)}`"],
                    help="declare a parameter for each tensor",
                )
                raise Unresolved
        definition = self.program.block(block, module, outer, given, call.span)
        if definition is None:
            raise Unresolved
        values = self.values([b for b in bound if id(b.argument) not in tensors])
        keywords = [
            TensorArgument(parameter=b.parameter.name, tensors=tensors[id(b.argument)], span=b.argument.span)
            for b in bound
            if id(b.argument) in tensors
        ]
        passed = []
        for parameter in definition.parameters:
            if not parameter.captured:
                continue
            self.scope.find(parameter.name)  # captures it here too, if it comes from further out
            if outer is not None and self.scope.owner(parameter.name) is not outer.owner(parameter.name):
                self.diagnostics.error(
                    "hidden-capture",
                    f"`{name}` uses the `{parameter.name}` of the definition around it, "
                    f"which is hidden here by another `{parameter.name}`",
                    call.span,
                    help=f"rename this `{parameter.name}`, or make it a parameter of `{name}`",
                )
                raise Unresolved
            if parameter.tensor:
                keywords.append(
                    TensorArgument(parameter=parameter.name, tensors=(TensorRef(name=parameter.name, span=call.span),))
                )
            else:
                passed.append(BoundArgument(parameter=parameter.name, value=Var(name=parameter.name)))
        return CallOp(
            site=self.scope.site(name),
            target="block",
            callee=definition.key,
            arguments=values + tuple(passed),
            keywords=tuple(keywords),
            span=call.span,
        )

    def letters(self, text: str, arguments: tuple[ast.Argument, ...], span: Span, letters: Span) -> Iterator[Op]:
        if len(text) > limits().name:
            message = f"this letter string has {len(text):,} letters; at most {limits().name:,} are allowed"
            self.diagnostics.error("name-too-long", message, letters, help=more("name"))
            raise Unresolved
        if not text or not set(text) <= set(LETTERS):
            if text:
                self._unknown_letters(text, letters)
            else:
                self.diagnostics.error("unknown-letter", "an empty letter string makes no layers", span)
            raise Unresolved
        values = {a.parameter: a for a in self.values(self.bound(letters_signature(text), arguments, span))}
        if (both := values.pop(POOL.name, None)) is not None and isinstance(both.value, Const):
            for parameter, number in zip(("pool_size", "pool_strides"), both.value.value, strict=True):
                if (earlier := values.get(parameter)) is not None:
                    self.diagnostics.error(
                        "duplicate-argument",
                        f"`{parameter}` of `{text}` is given twice",
                        both.span or span,
                        label="given again here",
                        labels=[Label(earlier.span, "first given here")] if earlier.span else (),
                    )
                    raise Unresolved
                values[parameter] = BoundArgument(
                    parameter=parameter, value=Const(value=number, span=both.span), span=both.span
                )
        for position, char in enumerate(text):
            letter = LETTERS[char]
            place = letters.part(position, position + 1)
            yield CallOp(
                site=self.scope.site(letter.site),
                target="layer",
                callee=letter.layer,
                arguments=tuple(_letter_arguments(letter, values)),
                span=place,
            )


def _letter_arguments(letter: Letter, values: dict[str, BoundArgument]) -> Iterator[BoundArgument]:
    """Yield the arguments of one letter's layer: those given to the letter string, else the convention's."""
    defaults = dict(letter.defaults)
    for parameter in signature.of_part(layer_of(letter), letter.layer).parameters:
        if letter.layer == "conv" and parameter.name == "activation":
            continue
        given = values.get(composite_name(letter, parameter.name))
        if given is not None:
            yield replace(given, parameter=parameter.name)
        elif parameter.name in defaults:
            yield BoundArgument(parameter=parameter.name, value=Const(value=defaults[parameter.name]))
