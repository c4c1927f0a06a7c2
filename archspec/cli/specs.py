"""The arguments that every command with a SPEC has, and compiling what they name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archspec.cli.messages import Misuse, show_diagnostics

if TYPE_CHECKING:
    from archspec.backend import Checked
    from archspec.driver import Compiled

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _settings(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    settings = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip().isidentifier():
            raise click.BadParameter(f"expected NAME=VALUE, not '{value}'", ctx, option)
        settings[name.strip()] = text.strip()
    return settings


def compile_options(command: _Command) -> _Command:
    """Add `--set` and `--include`."""
    command = click.option(
        "--include",
        metavar="DIR",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Look for `use` files in DIR too. Repeatable.",
    )(command)
    return click.option(
        "--set",
        "settings",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_settings,
        help="Give the model's parameter NAME a value. Repeatable.",
    )(command)


def spec_argument(command: _Command) -> _Command:
    """Add the argument SPEC and the options of compiling."""
    return click.argument("spec", metavar="SPEC[:MODEL]")(compile_options(command))


def specs_argument(command: _Command) -> _Command:
    """Add the argument SPEC, once or more, and the options of compiling."""
    return click.argument("specs", metavar="SPEC[:MODEL]...", nargs=-1, required=True)(compile_options(command))


def compile_checked(spec: str, settings: dict[str, str], include: tuple[Path, ...]) -> Checked:
    """Compile a spec; its warnings go to stderr. Raises CompileError, or Misuse where there is no such spec."""
    compiled = _compile(spec, settings, include)
    checked = compiled.checked()
    show_diagnostics(compiled.diagnostics, compiled.sources)
    return checked


def _compile(spec: str, settings: dict[str, str], include: tuple[Path, ...]) -> Compiled:
    from archspec.driver import SpecNotFound, compile_spec

    if spec == "-" or spec.startswith("-:"):
        return _compile_stdin(spec[2:] or None, settings, include)
    try:
        return compile_spec(spec, setting_texts=settings, include=include)
    except SpecNotFound as error:
        raise Misuse(str(error), _known_specs(spec)) from error
    except IsADirectoryError as error:
        raise Misuse(f"`{spec}` is a folder") from error


def _compile_stdin(model: str | None, settings: dict[str, str], include: tuple[Path, ...]) -> Compiled:
    from archspec.diagnostics.source import Source
    from archspec.driver import compile_source

    data = sys.stdin.buffer.read()
    try:
        source = Source("stdin", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Misuse(f"what came on stdin is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}") from error
    return compile_source(source, model=model, setting_texts=settings, include=include, home=Path.cwd())


def _known_specs(spec: str) -> str:
    from archspec.diagnostics.suggest import did_you_mean
    from archspec.driver import shipped_specs

    names = [path.stem for path in shipped_specs()]
    if spec.endswith(".arch") or "/" in spec:
        return ""
    return did_you_mean(spec, names) or f"archspec comes with {', '.join(names)}"


class Batch:
    """Works through several specs: an error in one does not keep the others from their turn.

    A file that holds several models is all of them, unless one is named.
    """

    def __init__(self) -> None:
        self.exit_code = 0

    def run(self, work: Callable[[str], None], specs: tuple[str, ...]) -> None:
        """Call `work` on each spec, and exit with the worst outcome."""
        from archspec.diagnostics.diagnostic import CompileError
        from archspec.driver import each_model

        for model in (model for spec in specs for model in each_model(spec)):
            try:
                work(model)
            except CompileError as error:
                show_diagnostics(error.diagnostics, error.sources)
                self.exit_code = max(self.exit_code, 1)
            except Misuse as error:
                error.show()
                self.exit_code = max(self.exit_code, error.exit_code)
        click.get_current_context().exit(self.exit_code)
