"""`hiprun schema`: JSON Schemas that let an editor complete and check rule files, and of what programs exchange."""

from __future__ import annotations

from pathlib import Path

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at
from hiprun.language import published_schemas
from hiprun.language.editor_schema import editor_schema, editor_text, file_name
from hiprun.language.file_kinds import KINDS

_HELP = f"""Print the JSON Schema for a kind of rule file.

KIND is one of {", ".join(KINDS)}. Without KIND, all schemas are printed. The
schemas contain the names of the pack, so an editor can complete them.
"""


@click.command(help=_HELP)
@click.argument("kind", required=False, type=click.Choice(tuple(KINDS)), metavar="[KIND]")
@click.option("--rules", metavar="PATH", help="A folder of rule files; default: the rules that come with hiprun.")
@click.option(
    "--write",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write one file per kind into this folder.",
)
@click.option("--facts", "data", flag_value="facts", help="Print the schema of the facts that programs pass instead.")
@click.option("--outcome", "data", flag_value="outcome", help="Print the schema of outcomes instead.")
@click.option("--advice", "data", flag_value="advice", help="Print the schema of advice instead.")
def schema(kind: str | None, rules: str | None, folder: Path | None, data: str | None) -> None:
    """Print the schemas, or write them into a folder."""
    pack = pack_at(rules)
    if data:
        if kind or folder:
            raise click.UsageError(f"--{data} is about what programs exchange; give no KIND and no --write.")
        console.print_json(pack.input_schema() if data == "facts" else published_schemas.schema(data))
        return
    model = pack.model
    kinds = [kind] if kind else list(KINDS)
    if folder is None:
        schemas = {name: editor_schema(model, name) for name in kinds}
        console.print_json(schemas[kind] if kind else schemas)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in kinds:
            (folder / file_name(name)).write_text(editor_text(model, name), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be written: {error.strerror}.") from error
    click.echo(f"{console.counted(len(kinds), 'schema')} written to {folder}")
