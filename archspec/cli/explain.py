"""`archspec explain`: what the code of a message means."""

from __future__ import annotations

import click

from archspec.cli.messages import Misuse


@click.command(short_help="Say what the code of a message means.")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what a message's CODE means, with a spec that earns it; without CODE, list them all.

    \b
    Examples:
      archspec explain shape-mismatch
      archspec explain
    """
    from archspec.diagnostics.codes import CODES, explain
    from archspec.diagnostics.suggest import did_you_mean

    if code is None:
        for known in sorted(CODES):
            click.echo(known)
        return
    text = explain(code)
    if text is None:
        raise Misuse(f"no message has the code `{code}`", did_you_mean(code, CODES))
    click.echo(text.rstrip())
