"""Blocks that nothing uses: what is wrong in them is wrong nevertheless.

Which parameters of a block stand for tensors is a property of its uses. Of a block without uses only that is reported
which is wrong whether they all do or none does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from archspec.diagnostics.diagnostic import Diagnostics, Enough
from archspec.elaborate.modules import Module
from archspec.elaborate.program import Program
from archspec.syntax import ast


def check_unused(program: Program, module: Module, model: tuple[ast.Model, Module] | None) -> None:
    """Report what is wrong in the blocks of a file that its model, resolved already, does not use."""
    unused = [block for block in module.file.blocks if not program.is_used(block)]
    if not unused and not program.has_unused:
        return
    found = []
    for all_tensors in (False, True):
        trial = Program(program.loader, Diagnostics(), all_tensors=all_tensors)
        with suppress(Enough):
            if model is not None:
                trial.model(*model)
            for block in unused:
                trial.unused_block(block, module, None)
        found.append(trial.diagnostics.items)
    places = {(d.code, d.span) for d in found[1]}
    for diagnostic in found[0]:
        if (diagnostic.code, diagnostic.span) in places:
            program.diagnostics.add(diagnostic)


def warn_of_unused(module: Module, diagnostics: Diagnostics) -> None:
    """Warn of blocks that nothing uses. Those of a file without a model are there for other files."""
    file = module.file
    if file.models or file.statements:
        _warn_of(diagnostics, file.blocks, tuple(ast.inside(file)))
    for node in _parts(file):
        if isinstance(node, ast.Body):
            inner = tuple(statement for statement in node.statements if isinstance(statement, ast.Block))
            _warn_of(diagnostics, inner, node.statements)


def _warn_of(diagnostics: Diagnostics, blocks: tuple[ast.Block, ...], around: tuple[ast.Node, ...]) -> None:
    calls = {id(node): Counter(_called(node)) for node in around} if blocks else {}
    total = sum(calls.values(), Counter())
    for block in blocks:
        name = block.name.text
        # What a block itself calls by its name is no use of it.
        if not name.startswith("_") and total[name] == calls[id(block)][name]:
            message = f"nothing uses the block `{name}`"
            diagnostics.warning("unused-block", message, block.name.span, help="take it out")


def _called(whole: ast.Node) -> Iterator[str]:
    for node in _parts(whole):
        if isinstance(node, ast.Call):
            yield node.name.text if isinstance(node.name, ast.Name) else node.name.name.text


def _parts(*nodes: ast.Node) -> Iterator[ast.Node]:
    """Yield some nodes, and every statement, step and body in them, but for lines that earlier ones say too."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if type(node) is not ast.Again:
            yield node
            stack += ast.inside(node)
