"""`hiprun dmn`: decisions as DMN decision tables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from hiprun.errors import Problem, UnknownNameError, did_you_mean
from hiprun.interfaces.cli.options import pack_at, pack_options
from hiprun.interfaces.cli.written_files import write_files


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--decision", "decisions", metavar="NAME", multiple=True, help="Only this decision; repeatable.")
@click.option("--dmn-version", type=click.Choice(["1.3", "1.5"]), default="1.5", help="Default: 1.5.")
@pack_options
def dmn(
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
