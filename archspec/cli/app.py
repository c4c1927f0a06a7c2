"""The command group: finds subcommands when they are asked for, and turns every exception into a message."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

import archspec
from archspec.cli.messages import Misuse, say, show_diagnostics

#: The subcommands: each is a module of this package with a `command`.
COMMANDS = ("build", "check", "summary", "diagram", "diff", "ir", "expand", "layers", "blocks", "explain")

EXIT_WRONG_SPEC = 1
EXIT_MISUSE = 2
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141


class App(click.Group):
    """A group whose commands are imported on use, and whose exceptions never reach a person as tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"archspec.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            from archspec.diagnostics.suggest import did_you_mean

            listing = f"the commands are {', '.join(COMMANDS)}"
            raise Misuse(f"no command `{name}`", did_you_mean(name, COMMANDS) or listing)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _guard(ctx):
            result = super().invoke(ctx)
            # A pipe that is closed shows itself here, not in the interpreter's last moments.
            sys.stdout.flush()
            return result


@contextmanager
def _guard(ctx: click.Context) -> Iterator[None]:
    from archspec.diagnostics.diagnostic import ArchspecError, CompileError, InternalError

    try:
        yield
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except KeyboardInterrupt:
        ctx.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has stopped, which is no fault; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(EXIT_BROKEN_PIPE)
    except CompileError as error:
        show_diagnostics(error.diagnostics, error.sources)
        ctx.exit(EXIT_WRONG_SPEC)
    except InternalError as error:
        _report_bug(ctx, error)
    except (ArchspecError, OSError) as error:
        raise Misuse(_plain(error)) from error
    except Exception as error:
        _report_bug(ctx, error)


def _plain(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _report_bug(ctx: click.Context, error: Exception) -> None:
    if ctx.params["traceback"]:
        import traceback

        traceback.print_exception(error)
    say("internal error", f"{type(error).__name__}: {error}")
    say("help", "this is a fault of archspec, not yours: please report it with the spec and this message;")
    say("help", "ARCHSPEC_TRACEBACK=1 in the environment, or `archspec --traceback …`, shows where it came from")
    ctx.exit(EXIT_INTERNAL)


@click.command(
    cls=App,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A SPEC is an .arch file, FILE:MODEL, the name of a spec that comes with archspec (vgg11), or - for stdin.",
)
@click.version_option(archspec.__version__, message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, envvar="ARCHSPEC_TRACEBACK", help="Show where an internal error came from.")
def app(traceback: bool) -> None:
    """Compile neural-network specs to Keras code, models, figures and diagrams.

    \b
    Examples:
      archspec build vgg11            generated/vgg11.py and generated/vgg11.svg
      archspec check *.arch           do they compile, and do their figures hold?
      archspec summary vgg11          every layer with its shape, parameters and cost
    """
