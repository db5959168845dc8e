"""`hiprun eval`: decide for one patient, or for every row of a table."""

from __future__ import annotations

import click

from hiprun.inference.outcome_text import outcome_text
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import (
    json_option,
    language_option,
    named_words,
    pack_at,
    patient,
    patient_options,
    professional_option,
)
from hiprun.interfaces.first_lines import first_data

TABLES = (".parquet", ".csv", ".tsv")
_ENDINGS = f"{', '.join(TABLES[:-1])} or {TABLES[-1]}"


@click.command("eval")
@patient_options
@click.option("--out", metavar="FILE", help="The .parquet, .csv or .tsv file to write with the answers.")
@click.option(
    "--column", "columns", metavar="FACT=COLUMN", multiple=True, help="The column of the table that contains a fact."
)
@click.option("--numeric-booleans", is_flag=True, help="Treat 1 and 0 in the table as true and false.")
@click.option("--overwrite", is_flag=True, help="Let answers replace columns of the table that have the same names.")
@professional_option
@language_option
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
    numeric_booleans: bool,
    overwrite: bool,
    professional: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """Decide for one patient, or for every row of a table.

    Name the decisions you want; without any, all are decided, and those for the
    person are shown (JSON has all). Write values as in rule files:
    season=summer window_open=true 'colours=[red, blue]'
    'temperature={at_least: 30}'. Facts you leave out are unknown.

    With --facts TABLE --out TABLE, every row of a .parquet, .csv or .tsv file
    is a patient. Exit code 1: some rows were refused.
    """
    pack = pack_at(rules, settings, language)
    if facts_file is not None and facts_file.lower().endswith(TABLES):
        _check_cohort(words, out, as_json)
        from hiprun.interfaces.cli.table_evaluation import TableOptions, evaluate_cohort

        options = TableOptions(named_words(columns, "--column"), numeric_booleans=numeric_booleans, overwrite=overwrite)
        context.exit(0 if evaluate_cohort(pack, words, options, facts_file, str(out)) else 1)
    of_tables = {"--out": out, "--column": columns, "--numeric-booleans": numeric_booleans, "--overwrite": overwrite}
    for name, given in of_tables.items():
        if given:
            raise click.UsageError(f"{name} needs a table of patients: --facts with a file that ends in {_ENDINGS}.")
    decisions, facts = patient(pack, words, facts_file)
    outcomes = pack.evaluate(facts, decisions or None)
    if as_json:
        named = {"first": first_data(pack, facts)} if pack.model.first else {}
        console.print_json(named | outcomes.to_dict())
        return
    console.print_first(pack, facts)
    offered = pack.model.offered if professional else pack.model.offered_to_person
    for name in dict.fromkeys(decisions or offered):
        console.print_block(outcomes[name].advice().lines(("do", "why", "also", "ask", "open")))
        click.echo()
        if professional:
            console.print_block(outcome_text(pack.decisions[name], outcomes[name]).split("\n"))
            click.echo()
    console.print_notice(pack)


def _check_cohort(words: tuple[str, ...], out: str | None, as_json: bool) -> None:
    if as_json:
        raise click.UsageError("The answers for a table of patients are written to --out; --json is for one patient.")
    if any("=" in word for word in words):
        raise click.UsageError(
            "With a table of patients, the facts are in the table; only decisions can be named here."
        )
    if out is None or not out.lower().endswith(TABLES):
        raise click.UsageError(f"A table of patients needs --out with a file that ends in {_ENDINGS}.")
