"""`hiprun build`: the checked form of a pack, which loads without reading and checking its rules again."""

from __future__ import annotations

import os

import click

from hiprun.language.checked_form_files import build as build_form


@click.command()
@click.argument("path")
@click.option(
    "--out", "archive", metavar="FILE", help="Write one .zip file to ship, with the rule files and the checked form."
)
def build(path: str, archive: str | None) -> None:
    """Check a pack once, and store what every start then loads.

    PATH is a folder of rule files. Its checked form is written into it as
    .checked.json; with --out, PATH can also be a zip file. The form belongs to
    these very rule files and this version of hiprun; with any others, it is
    ignored, and the rules are read as ever.
    """
    if archive is None and os.path.isfile(path):
        raise click.UsageError(f"`{path}` is a file, so nothing can be put into it: name a new one with --out.")
    if archive is not None and not archive.lower().endswith(".zip"):
        raise click.UsageError("The name of the file to ship has to end in .zip.")
    try:
        target, size = build_form(path, archive)
    except OSError as error:
        raise click.UsageError(f"{archive or path} cannot be written: {error.strerror}.") from error
    click.echo(f"{target}: {size:,} bytes")
