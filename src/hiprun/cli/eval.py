"""`hiprun eval`: decide for one patient."""

from __future__ import annotations

import click

from hiprun.cli import console
from hiprun.cli.options import json_option, pack_at, patient, patient_options
from hiprun.outcome_text import outcome_text


@click.command("eval")
@patient_options
@json_option
def evaluate(
    words: tuple[str, ...], facts_file: str | None, rules: str | None, settings: tuple[str, ...], as_json: bool
) -> None:
    """Decide: all decisions, or those named, on the facts given.

    A value is written as in a rule file: season=summer window_open=true
    'colours=[red, blue]' 'temperature={at_least: 30}'. What is not given is
    unknown.
    """
    pack = pack_at(rules, settings)
    decisions, facts = patient(words, facts_file)
    outcomes = pack.evaluate(facts, decisions or None)
    if as_json:
        console.print_json(outcomes.to_dict())
        return
    for number, (name, outcome) in enumerate(outcomes.items()):
        if number:
            click.echo()
        console.print_block(outcome_text(pack.decisions[name], outcome).split("\n"))
