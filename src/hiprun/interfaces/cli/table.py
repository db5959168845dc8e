"""`hiprun table`: decision tables out to a spreadsheet, and back."""

from __future__ import annotations

from pathlib import Path

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.written_files import write_files
from hiprun.interfaces.spreadsheets import read_csv, read_workbook, write_csv, write_workbook
from hiprun.workspace import Workspace, open_workspace
from hiprun.workspace.decision_table import decision_table
from hiprun.workspace.sheet_changes import changed_by

_rules = click.option("--rules", metavar="PATH", default=".", help="The folder of rule files; default: this folder.")
_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_ENDINGS = (".xlsx", ".csv")


@click.group()
def table() -> None:
    """Edit a decision table in a spreadsheet.

    FILE ends in .xlsx (needs the extra `sheet`) or in .csv.
    """


@table.command("export")
@click.argument("decision")
@_file
@_rules
def export_table(decision: str, file: Path, rules: str) -> None:
    """Write the table of DECISION into FILE."""
    ending = _ending(file)
    found = decision_table(_opened(rules), decision)
    cells = list(found.cells())
    write_files({file: write_csv(cells) if ending == ".csv" else write_workbook(decision, cells)})
    click.echo(f"{console.counted(len(found.rows), 'row')} written to {file}")


@table.command("import")
@click.argument("decision")
@_file
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@_rules
def import_table(decision: str, file: Path, dry_run: bool, rules: str) -> None:
    """Write what changed in FILE into the table of DECISION.

    Only cells that changed are written; comments and layout stay. With a
    column `id`, rows can be added and removed. A cell that the spreadsheet
    may have turned into something else (a date, a number without its zeros, a
    decimal comma, TRUE) is named, and nothing is written; nor is it if the
    pack would have a mistake.
    """
    ending = _ending(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    workspace = _opened(rules)
    found = decision_table(workspace, decision)
    change = changed_by(workspace, found, read_csv(content) if ending == ".csv" else read_workbook(content))
    for line in change.changes:
        click.echo(line)
    if not change.changes:
        click.echo("Nothing changed.")
    elif not dry_run:
        write_files({Path(rules).absolute().parent / found.file: change.workspace.text(found.file)})
        click.echo(f"{found.file}: changed")


def _ending(file: Path) -> str:
    if file.suffix.lower() not in _ENDINGS:
        raise click.BadParameter(f"{file} ends neither in .xlsx nor in .csv.", param_hint="FILE")
    return file.suffix.lower()


def _opened(rules: str) -> Workspace:
    if not Path(rules).is_dir():
        raise click.BadParameter(f"{rules} is not a folder.", param_hint="--rules")
    return open_workspace(rules)
