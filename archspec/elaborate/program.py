"""Every definition a model needs, each resolved once, however often it is used."""

from __future__ import annotations

from dataclasses import replace

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Span
from archspec.elaborate import signature
from archspec.elaborate.modules import Loader, Module
from archspec.elaborate.resolve import Resolver
from archspec.elaborate.scope import Scope
from archspec.elaborate.signature import Signature
from archspec.ir.definition import (
    Definition,
    ExternLayer,
    NamePattern,
    Parameter,
)
from archspec.syntax import ast


class Program:
    """Every definition that a model needs, resolved on first use.

    With `all_tensors` blocks that are not used are resolved too: as if all of their parameters stood for tensors where
    it is true, or none where it is false.
    """

    def __init__(self, loader: Loader, diagnostics: Diagnostics, *, all_tensors: bool | None = None) -> None:
        self.loader, self.diagnostics = loader, diagnostics
        self._all_tensors = all_tensors
        #: Whether a definition holds a block that it does not use.
        self.has_unused = False
        self.definitions: dict[str, Definition] = {}
        #: By block, the scope it is written in (kept, so that its id holds), and which parameters are tensors.
        self._keys: dict[tuple[int, int, frozenset[str]], tuple[str, Scope | None]] = {}
        self._used: set[int] = set()
        self._signatures: dict[int, Signature] = {}
        self._taken: set[str] = set()
        #: The layers of the user's own, by name.
        self.externs: dict[str, ExternLayer] = {}
        self._externs: dict[int, ExternLayer | None] = {}
        #: The blocks being resolved, each with the use that it is resolved for.
        self._resolving: list[tuple[ast.Block, Span]] = []

    def model(self, model: ast.Model, module: Module) -> Definition:
        """Resolve a model and every block it uses."""
        scope = Scope(self._free_key(model.name.text))
        return self._define(model, module, scope, "model", frozenset())

    def block(
        self, block: ast.Block, module: Module, outer: Scope | None, tensors: frozenset[str], use: Span
    ) -> Definition | None:
        """Resolve a block for uses that give tensors to the parameters `tensors`. None after reporting recursion."""
        key = (id(block), id(outer), tensors)
        if key in self._keys:
            return self.definitions[self._keys[key][0]]
        running = [id(other) for other, _ in self._resolving]
        if id(block) in running:
            circle = [other.name.text for other, _ in self._resolving[running.index(id(block)) :]]
            cycle = " -> ".join([*circle, block.name.text])
            self.diagnostics.error(
                "recursive-block",
                f"the block `{block.name.text}` uses itself: {cycle}",
                use,
                labels=[Label(block.name.span, "defined here")],
                help="write repetition with `repeat` or `* n`",
            )
            return None
        name = f"{outer.key}.{block.name.text}" if outer else block.name.text
        scope = Scope(self._free_key(name), outer)
        self._resolving.append((block, use))
        definition = self._define(block, module, scope, "block", tensors)
        self._resolving.pop()
        self._keys[key] = definition.key, outer
        self._used.add(id(block))
        return definition

    def given(self, name: str) -> list[Label]:
        """Return a label for the use that gives a value to a parameter of the block being resolved, if it is one."""
        if not self._resolving:
            return []
        block, use = self._resolving[-1]
        patterns = [parameter.pattern for parameter in block.parameters]
        is_given = any(isinstance(pattern, ast.Name) and pattern.text == name for pattern in patterns)
        return [Label(use, f"here `{name}` is given a value")] if is_given else []

    def is_used(self, block: ast.Block) -> bool:
        """Tell whether a block was resolved for some use."""
        return id(block) in self._used

    def unused_block(self, block: ast.Block, module: Module, outer: Scope | None) -> None:
        """Resolve a block that has no uses, unless another one uses it."""
        self.has_unused = True
        if self._all_tensors is not None and not self.is_used(block):
            names = (parameter.name for parameter in self._parameters(block, module, outer))
            self.block(block, module, outer, frozenset(names if self._all_tensors else ()), block.name.span)

    def _parameters(self, block: ast.Block, module: Module, outer: Scope | None) -> tuple[Parameter, ...]:
        return Resolver(self, module, Scope("", outer)).parameters(block.parameters, frozenset())

    def signature(self, block: ast.Block, module: Module, outer: Scope | None) -> Signature:
        """Return the parameters a block is written with, before it is known which of them stand for tensors."""
        if id(block) not in self._signatures:
            parameters = self._parameters(block, module, outer)
            self._signatures[id(block)] = signature.of_parameters(block.name.text, parameters)
        return self._signatures[id(block)]

    def extern(self, extern: ast.Extern, module: Module) -> ExternLayer | None:
        """Resolve a layer of the user's own, once. Returns None after reporting what is wrong with it."""
        # Few specs declare one, so only these pay for the import.
        from archspec.elaborate.externs import axis_names, resolve_extern

        name = extern.name.text
        if id(extern) not in self._externs:
            resolver = Resolver(self, module, Scope(""))
            parameters = resolver.parameters(extern.parameters, frozenset())
            for axis in axis_names(extern):
                resolver.scope.names[axis] = "value"
            found = resolve_extern(extern, parameters, resolver.expr, self.diagnostics)
            self._externs[id(extern)] = found
            if found is not None:
                self.externs[name] = found
        return self._externs[id(extern)]

    def _free_key(self, name: str) -> str:
        key, number = name, 1
        while key in self._taken:
            number += 1
            key = f"{name}~{number}"
        self._taken.add(key)
        return key

    def _define(
        self, node: ast.Block | ast.Model, module: Module, scope: Scope, kind: str, tensors: frozenset[str]
    ) -> Definition:
        resolver = Resolver(self, module, scope)
        parameters = resolver.parameters(node.parameters, tensors)
        body = resolver.definition_body(node.body)
        for block in scope.blocks.values():
            if not self.is_used(block):
                self.unused_block(block, module, scope)
        captured = tuple(
            Parameter(pattern=NamePattern(name=name), tensor=what == "tensor", captured=True)
            for name, what in scope.captured.items()
        )
        definition = Definition(
            key=scope.key,
            name=node.name.text,
            kind="model" if kind == "model" else "block",
            doc=node.doc,
            parameters=parameters + captured,
            body=body,
            span=node.name.span,
        )
        self.definitions[definition.key] = definition
        return definition


def script_model(module: Module, name: str) -> ast.Model:
    """Return a script's statements as the body of one model without parameters."""
    file = module.file
    span = file.span
    return ast.Model(ast.Name(name, span=replace(span)), (), ast.Body(file.statements, span=span), file.doc, span=span)
