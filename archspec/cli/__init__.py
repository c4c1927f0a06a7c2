"""The command line: arguments, printing, exit codes and writing files. No compiling."""

from __future__ import annotations


def main() -> None:
    """Run the command `archspec` and exit: 0 done, 1 the spec is wrong, 2 misuse, 70 a fault of archspec itself."""
    import sys

    from archspec.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets an escape, not a crash.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="archspec")
