"""`hiprun eval`: decide for one patient, or for every row of a table."""

from __future__ import annotations

import click

from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, named_words, pack_at, patient, patient_options
from hiprun.interfaces.outcome_text import outcome_text
from hiprun.pack import Pack

TABLES = (".parquet", ".csv")


@click.command("eval")
@patient_options
@click.option("--out", metavar="FILE", help="The .parquet or .csv file to write with the answers.")
@click.option(
    "--column", "columns", metavar="FACT=COLUMN", multiple=True, help="The column of the table that contains a fact."
)
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    out: str | None,
    columns: tuple[str, ...],
    as_json: bool,
) -> None:
    """Decide for one patient, or for every row of a table.

    Name the decisions you want; without any, all are decided. Write values as
    in rule files: season=summer window_open=true 'colours=[red, blue]'
    'temperature={at_least: 30}'. Facts you leave out are unknown.

    With --facts TABLE --out TABLE, every row of a .parquet or .csv file is a
    patient. Exit code 1: some rows were refused.
    """
    pack = pack_at(rules, settings)
    if facts_file is not None and facts_file.lower().endswith(TABLES):
        context.exit(0 if _cohort(pack, words, columns, facts_file, out, as_json) else 1)
    if out is not None or columns:
        raise click.UsageError(f"--out and --column go with a table of patients: --facts with {' or '.join(TABLES)}.")
    decisions, facts = patient(pack, words, facts_file)
    outcomes = pack.evaluate(facts, decisions or None)
    if as_json:
        console.print_json(outcomes.to_dict())
        return
    for number, (name, outcome) in enumerate(outcomes.items()):
        if number:
            click.echo()
        console.print_block(outcome_text(pack.decisions[name], outcome).split("\n"))


def _cohort(
    pack: Pack,
    words: tuple[str, ...],
    columns: tuple[str, ...],
    facts_file: str,
    out: str | None,
    as_json: bool,
) -> bool:
    if as_json:
        raise click.UsageError("A table of patients is written to --out; --json goes with one patient.")
    if any("=" in word for word in words):
        raise click.UsageError("The facts of a table of patients stand in the table; only decisions can be named here.")
    if out is None or not out.lower().endswith(TABLES):
        raise click.UsageError(f"A table of patients needs --out with a file that ends in {' or '.join(TABLES)}.")
    from hiprun.interfaces.cli.table_evaluation import evaluate_cohort

    return evaluate_cohort(pack, words, named_words(columns, "--column"), facts_file, out)
