"""Jupyter: `%load_ext archspec` brings the cell `%%arch`, which compiles what stands in it and shows the network.

    %%arch net classes=100
    input 32x32x3
    conv(16, 3x3, same, relu) -> gap -> dense(10)

The network is then the variable `net`. A model's parameters may be set after the name; of several models in a cell
`%%arch net:model` takes one. Files for `use` are looked for in the folder that the notebook runs in. A cell that is
wrong shows its errors and stops what would run after it, as any wrong cell does.
"""

from __future__ import annotations

import shlex
import sys
from keyword import iskeyword
from pathlib import Path
from typing import Any

from archspec.api import Architecture
from archspec.diagnostics.diagnostic import ArchspecError, CompileError
from archspec.diagnostics.render import render
from archspec.diagnostics.source import Source
from archspec.driver import compile_source

#: What a network without a name is called.
_NAMELESS = "network"


class CellError(ArchspecError):
    """A cell that is wrong: what a notebook shows of it is the errors, not where in archspec they were found."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return str(self).splitlines()


def load(shell: Any) -> None:
    """Add `%%arch` to a running notebook."""

    def arch(line: str, cell: str) -> Architecture:
        """`%%arch [VARIABLE[:MODEL]] [NAME=VALUE]...` compiles the cell, shows the network, and names it."""
        return _arch(shell, line, cell)

    shell.register_magic_function(arch, "cell", "arch")


def _arch(shell: Any, line: str, cell: str) -> Architecture:
    """Compile a cell. Returns the network, for the notebook to show. Raises CellError."""
    variable, model, settings = _parse(line)
    source = Source(variable or _NAMELESS, cell)
    compiled = compile_source(source, model=model or None, setting_texts=settings, include=[Path.cwd()])
    try:
        network = Architecture(compiled.checked(), compiled.diagnostics)
    except CompileError as error:
        raise CellError(str(error)) from None
    for warning in compiled.diagnostics:
        print(render(warning, compiled.sources), file=sys.stderr)
    if variable:
        shell.user_ns[variable] = network
    return network


def _parse(line: str) -> tuple[str, str, dict[str, str]]:
    """Return the variable, the model and the settings that stand after `%%arch`."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise _misuse(str(error).lower()) from None
    names = [word for word in words if "=" not in word]
    if len(names) > 1:
        raise _misuse(f"`{names[1]}` is one name too many")
    variable, _, model = names[0].partition(":") if names else ("", "", "")
    if variable and (not variable.isidentifier() or iskeyword(variable)):
        raise _misuse(f"`{variable}` cannot be a variable")
    settings: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and (not name.isidentifier() or not value.strip()):
            raise _misuse(f"expected NAME=VALUE, not `{word}`")
        if equals and name in settings:
            raise _misuse(f"`{name}` is set twice")
        if equals:
            settings[name] = value
    return variable, model, settings


def _misuse(what: str) -> CellError:
    return CellError(f"error: {what}\n = help: the cell begins with `%%arch [VARIABLE[:MODEL]] [NAME=VALUE]...`")
