"""`hiprun export`: a pack as rule files, or as JSON for programs."""

from __future__ import annotations

from pathlib import Path

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at, pack_options
from hiprun.language.writer import as_json, files, write


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--to",
    "form",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    help="Write rule files into FOLDER, or print JSON.",
)
@pack_options
def export(folder: Path | None, form: str, rules: str | None, settings: tuple[str, ...]) -> None:
    """Write a pack as rule files into an empty folder.

    With --set, the files contain a clinic's own values for its parameters.
    Comments are lost. --to json prints all files as JSON.
    """
    model = pack_at(rules, settings).model
    if form == "json":
        click.echo(as_json(model))
        return
    if folder is None:
        raise click.UsageError("Name the folder to write to.")
    texts = files(model)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise click.UsageError(f"{folder} is not empty; nothing was written.")
        write(texts, folder)
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be written: {error.strerror}.") from error
    click.echo(f"{console.counted(len(texts), 'file')} written to {folder}")
