"""The arguments that every command with a SPEC has, and compiling what they name."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archspec.cli.messages import Misuse, show_diagnostics

if TYPE_CHECKING:
    from archspec.backend import Checked
    from archspec.diagnostics.diagnostic import Diagnostic
    from archspec.diagnostics.policy import Policy
    from archspec.diagnostics.source import Source
    from archspec.driver import Compiled

#: Where the context of a command keeps what was said of warnings and limits, and the diagnostics that were shown.
_POLICY = "archspec.policy"
_LIMITS = "archspec.limits"
_SHOWN = "archspec.shown"

_Command = TypeVar("_Command", bound=Callable[..., Any])


def parse_settings(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return what `--set` and its like say."""
    settings = {}
    for value in values:
        name, equals, text = value.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise click.BadParameter(f"expected NAME=VALUE, not '{value}'", ctx, option)
        if not text.strip():
            raise click.BadParameter(f"no value for `{name}`", ctx, option)
        if name in settings:
            raise click.BadParameter(f"`{name}` is set twice", ctx, option)
        if _has_bare_comma(text):
            brackets = f"{option.opts[0]} '{name}=[{text.strip()}]'"
            raise click.BadParameter(f"a list stands in brackets: {brackets}", ctx, option)
        settings[name] = text.strip()
    return settings


def _has_bare_comma(text: str) -> bool:
    """Tell whether a comma stands outside brackets and quotes."""
    inner = re.compile(r"\([^()\[\]]*\)|\[[^()\[\]]*\]")
    text = re.sub(r'"(\\.|[^"\\])*"', "", text)
    while (shorter := inner.sub("", text)) != text:
        text = shorter
    return "," in text and not re.search(r"[\[(]", text)


def _codes(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    """Keep the names of warnings that an option gives, for `_policy`."""
    if not values:
        return frozenset()
    from archspec.diagnostics.codes import CODES
    from archspec.diagnostics.policy import EVERY
    from archspec.diagnostics.suggest import did_you_mean

    known = {code for code, what in CODES.items() if what.severity != "error"} | {EVERY}
    for value in values:
        if value not in known:
            is_error = f"`{value}` is an error" if value in CODES else f"no warning is called `{value}`"
            help = did_you_mean(value, known)
            raise click.BadParameter(f"{is_error}{'; ' if help else ''}{help}", ctx, option)
    kept: dict[str, frozenset[str]] = ctx.meta.setdefault(_POLICY, {})
    return kept.setdefault(str(option.name), frozenset(values))


def _limit(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> None:
    """Keep the limits that the option gives."""
    from dataclasses import fields

    from archspec.diagnostics.suggest import did_you_mean
    from archspec.limits import Limits

    known = [field.name for field in fields(Limits)]
    given: dict[str, int] = {}
    for value in values:
        name, _, text = value.partition("=")
        number = re.fullmatch(r"([0-9][0-9_]*)([KMG]?)", text)
        if name not in known:
            listing = f"the limits are {', '.join(known)}"
            raise click.BadParameter(
                f"no limit is called `{name}`; {did_you_mean(name, known) or listing}", ctx, option
            )
        if number is None:
            raise click.BadParameter(f"expected NAME=NUMBER, not '{value}'", ctx, option)
        given[name] = int(number[1].replace("_", "")) * 1000 ** " KMG".index(number[2] or " ")
    ctx.meta[_LIMITS] = Limits(**given)


def _policy() -> Policy:
    """Return what the command line says of warnings."""
    from archspec.diagnostics.policy import Policy

    return Policy(**click.get_current_context().meta.get(_POLICY, {}))


def _policy_option(name: str, help: str) -> Callable[[_Command], _Command]:
    return click.option(
        f"--{name}", metavar="NAME", multiple=True, callback=_codes, expose_value=False, help=f"{help} Repeatable."
    )


def compile_options(command: _Command) -> _Command:
    """Add `--set`, `--include`, and what is said of limits and warnings."""
    command = click.option(
        "--limit",
        metavar="NAME=N",
        multiple=True,
        callback=_limit,
        expose_value=False,
        help="Allow a spec more, or less: layers, nodes, items, work, files, file_bytes, name. Repeatable.",
    )(command)
    command = _policy_option("warn", "Look for what the warning NAME, off by default, tells of.")(command)
    command = _policy_option("deny", "Make the warning NAME an error; `warnings` stands for all.")(command)
    command = _policy_option("allow", "Leave out the warning NAME; `warnings` stands for all.")(command)
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
        callback=parse_settings,
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
    compiled = compile_any(spec, settings, include)
    checked = compiled.checked()
    _show_once(compiled.diagnostics, compiled.sources)
    return checked


def _show_once(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
    """Print what was not printed before: the models of a file may earn the same."""
    shown: dict[Diagnostic, None] = click.get_current_context().meta.setdefault(_SHOWN, {})
    fresh = [d for d in dict.fromkeys(diagnostics) if d not in shown]
    show_diagnostics(fresh, sources)
    shown.update(dict.fromkeys(fresh))


def compile_any(spec: str, settings: dict[str, str], include: tuple[Path, ...]) -> Compiled:
    """Compile a spec, right or wrong. Raises Misuse where there is no such spec."""
    from archspec.limits import Limits, allowing

    with allowing(click.get_current_context().meta.get(_LIMITS, Limits())):
        return _compile(spec, settings, include)


def _compile(spec: str, settings: dict[str, str], include: tuple[Path, ...]) -> Compiled:
    from archspec.driver import SpecNotFound, compile_spec

    if not spec:
        raise Misuse("the name of the spec is empty")
    if spec.endswith(":"):
        raise Misuse(f"no model is named after the `:` of `{spec}`")
    if spec == "-" or spec.startswith("-:"):
        return _compile_stdin(spec[2:] or None, settings, include)
    try:
        return compile_spec(spec, setting_texts=settings, include=include, policy=_policy())
    except SpecNotFound as error:
        raise _no_spec(spec, str(error)) from error


def _compile_stdin(model: str | None, settings: dict[str, str], include: tuple[Path, ...]) -> Compiled:
    from archspec.diagnostics.source import Source
    from archspec.driver import compile_source

    data = sys.stdin.buffer.read()
    try:
        source = Source("stdin", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Misuse(f"what came on stdin is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}") from error
    home = Path.cwd()
    return compile_source(source, model=model, setting_texts=settings, include=include, home=home, policy=_policy())


def _no_spec(spec: str, message: str) -> Misuse:
    """Return the error for a SPEC that is no file and no shipped spec."""
    from archspec.diagnostics.suggest import did_you_mean
    from archspec.driver import shipped_specs

    path = Path(spec)
    if path.is_dir():
        return Misuse(f"`{spec}` is a folder, not a spec", f"name the specs in it: `{spec}/*.arch`".replace("//", "/"))
    if path.exists():
        return Misuse(f"`{spec}` is no ordinary file", "`-` reads a spec from stdin")
    if spec.endswith(".arch") or "/" in spec:
        near = [found.name for found in path.parent.glob("*.arch")] if path.parent.is_dir() else []
        return Misuse(message, did_you_mean(path.name, near))
    names = [shipped.stem for shipped in shipped_specs()]
    files = [found.name for found in Path().glob("*.arch")]
    return Misuse(message, did_you_mean(spec, [*names, *files]) or f"archspec comes with {', '.join(names)}")


class WholeNumber(click.IntRange):
    """A number from 0, for options that count."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"expected a whole number from 0, not '{value}'", param, ctx)


class Batch:
    """Works through several specs: an error in one does not keep the others from their turn.

    A file that holds several models is all of them, unless one is named.
    """

    def __init__(self, finish: Callable[[], None] | None = None, last: Callable[[], None] | None = None) -> None:
        self.exit_code = 0
        self._finish = finish
        #: Work like that on a spec, after all of them.
        self._last = last

    def run(self, work: Callable[[str], None], specs: tuple[str, ...]) -> None:
        """Call `work` on each spec, then `finish` once, and exit with the worst outcome.

        What `finish` is there for says what is wrong, so errors are not shown where there is one.
        """
        from archspec.diagnostics.diagnostic import CompileError
        from archspec.driver import each_model

        jobs: list[Callable[[], None]] = [partial(work, model) for spec in specs for model in each_model(spec)]
        for job in [*jobs, self._last] if self._last else jobs:
            try:
                job()
            except CompileError as error:
                if self._finish is None:
                    _show_once(error.diagnostics, error.sources)
                self.exit_code = max(self.exit_code, 1)
            except Misuse as error:
                error.show()
                self.exit_code = max(self.exit_code, error.exit_code)
        if self._finish is not None:
            self._finish()
        click.get_current_context().exit(self.exit_code)
