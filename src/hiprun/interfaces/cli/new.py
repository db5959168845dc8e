"""`hiprun new`: a small pack to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from hiprun.errors import RuleError
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.written_files import write_files
from hiprun.workspace.starter_pack import pack_name, starter_pack


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The name of the pack; default: that of the folder.")
@click.option("--title", metavar="TEXT", help="What the pack is about, in one line.")
def new(folder: Path, name: str | None, title: str | None) -> None:
    """Write a small pack to begin with into an empty or new folder.

    It has facts, one decision, the statements it rests on, examples and a
    property: everything that a pack consists of, with a word on what it is
    for. Change it step by step into your own.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise click.UsageError(f"{folder} is not an empty folder; nothing was written.")
    called = pack_name(name or folder.absolute().name)
    workspace = starter_pack(called, title or "Looking after house plants")
    if workspace.problems:
        raise RuleError(workspace.problems)
    texts = {file: workspace.text(file) for file in workspace.texts}
    write_files({folder / file: text for file, text in texts.items()})
    click.echo(f"{console.counted(len(texts), 'file')} written to {folder}\n")
    click.echo("Look at them in an editor, and try:")
    for command in ("check", "test", "verify"):
        click.echo(f"  hiprun {command} {folder}")
    click.echo(f"  hiprun book {folder} --out {folder}-book")
    click.echo(f"  hiprun add fact --rules {folder}")
