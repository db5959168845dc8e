"""`hiprun dmn`: decisions as DMN decision tables, and DMN decision tables as rule files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import pack_at, pack_options
from hiprun.interfaces.cli.written_files import write_files

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def dmn() -> None:
    """Write and read DMN decision tables."""


@dmn.command("export")
@_file
@click.option("--decision", "decisions", metavar="NAME", multiple=True, help="Only this decision; repeatable.")
@click.option("--dmn-version", type=click.Choice(["1.3", "1.5"]), default="1.5", help="Default: 1.5.")
@pack_options
def export_tables(
    file: Path,
    decisions: tuple[str, ...],
    dmn_version: Literal["1.3", "1.5"],
    rules: str | None,
    settings: tuple[str, ...],
) -> None:
    """Write decisions as DMN decision tables into FILE.

    Each output of a decision becomes a table of facts alone. A missing fact
    (null) lets a row through, so that the answer is never calmer than with
    all facts. A decision that tables cannot say is refused, and said why.
    """
    from hiprun.interfaces.dmn import dmn_document

    pack = pack_at(rules, settings)
    for name in decisions:
        if name not in pack.decisions:
            message = f"This pack has no decision `{name}`."
            raise UnknownNameError([Problem("unknown-decision", message, help=did_you_mean(name, [*pack.decisions]))])
    write_files({file: dmn_document(pack, decisions or None, version=dmn_version)})
    click.echo(f"{file} written")


@dmn.command("import")
@_file
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def import_tables(context: click.Context, file: Path, folder: Path) -> None:
    """Write the decision tables in FILE as rule files into FOLDER.

    FOLDER must be empty. Tables with simple tests are taken. What was left out is named, with the
    reason; exit code 1 then. What tables use of it becomes a fact.
    """
    from hiprun.interfaces.dmn import read_document, rule_files
    from hiprun.interfaces.dmn.reading import MOST_CHARACTERS

    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(MOST_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file} cannot be read as text in UTF-8.") from error
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty; nothing was written.")
    found = rule_files(read_document(text))
    write_files({folder / name: content for name, content in found.texts.items()})
    for problem in found.left_out:
        click.echo(" ".join(filter(None, [problem.message, problem.help])))
    click.echo(f"{console.counted(len(found.texts), 'file')} written to {folder}")
    context.exit(1 if found.left_out else 0)
