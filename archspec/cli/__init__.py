"""The command line: arguments, printing, exit codes and writing files. No compiling."""

from __future__ import annotations


def main() -> None:
    """Run the command `archspec` and exit: 0 done, 1 the spec is wrong, 2 misuse, 70 a fault of archspec itself."""
    import atexit
    import gc
    import os
    import sys

    # A command makes much that stays and little that is garbage: looking for it as often as usual is wasted, and so is
    # looking everything through when all is over.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    # Nor is there any use for pydantic's plugins, for which it would read the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

    from archspec.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets an escape, not a crash.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="archspec")
