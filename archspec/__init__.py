"""archspec: a short `.arch` spec of a neural network becomes Keras code, a Keras model, figures and a diagram.

    import archspec

    net = archspec.load("vgg11")
    print(net.params, net.macs)
    net.to_keras().summary()

Importing this package costs next to nothing: what stands behind each name is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.api import Architecture, Tensor, load, loads
    from archspec.diagnostics.diagnostic import ArchspecError, CompileError, Diagnostic
    from archspec.driver import SpecNotFound
    from archspec.weights import copy_weights

__version__ = "0.1.0"

__all__ = [
    "Architecture",
    "ArchspecError",
    "CompileError",
    "Diagnostic",
    "SpecNotFound",
    "Tensor",
    "__version__",
    "copy_weights",
    "load",
    "loads",
]

_HOMES = {
    "Architecture": "archspec.api",
    "Tensor": "archspec.api",
    "load": "archspec.api",
    "loads": "archspec.api",
    "ArchspecError": "archspec.diagnostics.diagnostic",
    "CompileError": "archspec.diagnostics.diagnostic",
    "Diagnostic": "archspec.diagnostics.diagnostic",
    "SpecNotFound": "archspec.driver",
    "copy_weights": "archspec.weights",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'archspec' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def load_ipython_extension(shell: object) -> None:
    """Answer `%load_ext archspec` in a notebook."""
    from importlib import import_module

    import_module("archspec.notebook").load(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
