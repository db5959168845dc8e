"""`hiprun explain`: decide for one patient and say why."""

from __future__ import annotations

import attrs
import click

from hiprun.cli import console
from hiprun.cli.options import json_option, pack_at, patient, patient_options
from hiprun.outcome_text import outcome_text, prose


@click.command()
@patient_options
@click.option("--all-rules", is_flag=True, help="Show the rules that did not fire too, and why not.")
@json_option
def explain(
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    all_rules: bool,
    as_json: bool,
) -> None:
    """Decide and say why: rules, facts, sources, and the lines to look at.

    Decisions and facts are given as for `hiprun eval`.
    """
    pack = pack_at(rules, settings)
    decisions, facts = patient(words, facts_file)
    outcomes = pack.evaluate(facts, decisions or None)
    if as_json:
        console.print_json({name: outcome.explain().to_dict() for name, outcome in outcomes.items()})
        return
    for name, outcome in outcomes.items():
        console.print_block(outcome_text(pack.decisions[name], outcome).split("\n"))
        click.echo()
        explanation = attrs.evolve(outcome.explain(), notice="")
        click.echo("\n".join(explanation.lines(every_rule=all_rules)))
        click.echo()
    for line in prose(pack.notice):
        click.echo(line)
