"""`archspec ir`: the elaborated network as data."""

from __future__ import annotations

from pathlib import Path

import click

from archspec.cli.specs import compile_checked, compile_options


@click.command(short_help="Print the intermediate representation as JSON.")
@click.argument("spec", metavar="SPEC[:MODEL]", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON schema of the output instead.")
@compile_options
def command(spec: str | None, schema: bool, settings: dict[str, str], include: tuple[Path, ...]) -> None:
    """Print the intermediate representation of SPEC as JSON.

    \b
    Examples:
      archspec ir vgg11 > vgg11.json
      archspec ir --schema > archspec-ir.schema.json
    """
    from archspec.ir import json as ir_json

    if schema:
        import json

        click.echo(json.dumps(ir_json.schema(), indent=2))
        return
    if spec is None:
        raise click.UsageError("Missing argument 'SPEC[:MODEL]' (or --schema).")
    click.echo(ir_json.to_json(compile_checked(spec, settings, include).graph))
