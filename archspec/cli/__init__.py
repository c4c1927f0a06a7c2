"""The command line: arguments, printing, exit codes and writing files. No compiling."""

from __future__ import annotations


def main() -> None:
    """Run the command `archspec` and exit: 0 done, 1 the spec is wrong, 2 misuse, 70 a fault of archspec itself."""
    import atexit
    import gc
    import sys

    # A command makes much that stays and little that is garbage: looking for it as often as usual is wasted, and so is
    # looking everything through when all is over.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    _do_without_plugins()

    from archspec.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets an escape, not a crash.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="archspec")


def _do_without_plugins() -> None:
    """Keep pydantic from looking for plugins, for which it would read the metadata of every installed package."""
    import os
    import sys
    from types import ModuleType

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # So told, it would still import what reads metadata, and with it a tenth of the standard library. So a module
    # stands in for pydantic's until it is asked for anything else.
    loader = ModuleType("pydantic.plugin._loader")

    def from_pydantic(name: str) -> object:
        from importlib import import_module

        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(loader.__name__, None)
        return getattr(import_module(loader.__name__), name)

    vars(loader).update(get_plugins=lambda: (), __getattr__=from_pydantic)
    sys.modules.setdefault(loader.__name__, loader)
