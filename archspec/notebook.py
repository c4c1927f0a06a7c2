"""Jupyter: `%load_ext archspec` brings the cell `%%arch`, which compiles what stands in it and shows the network.

    %%arch net classes=100
    input 32x32x3
    conv(16, 3x3, same, relu) -> gap -> dense(10)

The network is then the variable `net`; a model's parameters may be set after the name.
"""

from __future__ import annotations

import shlex
import sys
from typing import Any

from archspec.api import Architecture
from archspec.diagnostics.diagnostic import CompileError
from archspec.diagnostics.render import render
from archspec.diagnostics.source import Source
from archspec.driver import compile_source


def load(shell: Any) -> None:
    """Add `%%arch` to a running notebook."""

    def arch(line: str, cell: str) -> Architecture | None:
        return _arch(shell, line, cell)

    shell.register_magic_function(arch, "cell", "arch")


def _arch(shell: Any, line: str, cell: str) -> Architecture | None:
    """Compile a cell. Returns the network, for the notebook to show; where it is wrong, the errors are printed."""
    words = shlex.split(line)
    names = [word for word in words if "=" not in word]
    if len(names) > 1 or not all(name.isidentifier() for name in names):
        print("error: expected `%%arch [VARIABLE] [NAME=VALUE]...`", file=sys.stderr)
        return None
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    compiled = compile_source(Source(names[0] if names else "network", cell), setting_texts=settings)
    try:
        network = Architecture(compiled.checked(), compiled.diagnostics)
    except CompileError as error:
        print("\n".join(render(fault, error.sources) for fault in error.diagnostics), file=sys.stderr)
        return None
    for warning in compiled.diagnostics:
        print(render(warning, compiled.sources), file=sys.stderr)
    if names:
        shell.user_ns[names[0]] = network
    return network
