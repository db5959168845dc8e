"""`hiprun texts`: the texts of a pack in another language, as a rule file or for the tools of translators."""

from __future__ import annotations

from typing import BinaryIO

import click

from hiprun.errors import Problem, UnknownNameError
from hiprun.interfaces import translation_files
from hiprun.interfaces.cli.options import rules_path
from hiprun.language.reader.pack_reader import read_model


@click.command()
@click.argument("language")
@rules_path
@click.option("--po", "as_po", is_flag=True, help="Print a PO file for translators instead.")
@click.option(
    "--from-po", "po_file", type=click.File("rb"), metavar="FILE", help="Take the translations of this PO file."
)
@click.pass_context
def texts(context: click.Context, language: str, path: str | None, as_po: bool, po_file: BinaryIO | None) -> None:
    """Print the texts of a pack in another language.

    LANGUAGE is a code such as de; what is printed is a rule file. What is not
    translated yet, or changed after it was, has no `to`, and is counted on
    standard error; the exit code is then 1.
    """
    model = read_model(path)
    if language == model.text_language:
        raise UnknownNameError([Problem("unknown-language", f"The pack itself is written in `{language}`.")])
    table = translation_files.draft(model, language)
    if po_file is not None:
        table = translation_files.from_po(table, po_file.read(translation_files.MOST_BYTES + 1))
    if as_po:
        click.echo(translation_files.to_po(model, language, table), nl=False)
    else:
        click.echo(translation_files.rule_file(language, table), nl=False)
    open_ = [entry for entry in table if not entry.text]
    if open_:
        click.echo(f"{len(open_)} of {len(table)} texts are to be translated.", err=True)
        context.exit(1)
