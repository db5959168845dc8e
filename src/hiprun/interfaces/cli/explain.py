"""`hiprun explain`: decide for one patient and say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import click

from hiprun.catalogue import catalogue
from hiprun.inference.counterfactuals import FactChange, Ways
from hiprun.inference.explanation import RuleStep, explained_once
from hiprun.inference.outcome import Outcome
from hiprun.inference.outcome_text import outcome_text, wrapped
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, named_values, pack_at, patient, patient_options
from hiprun.model.amounts import amount_text
from hiprun.model.value_notation import notation
from hiprun.pack import Pack


@click.command()
@patient_options
@click.option("--all-rules", is_flag=True, help="Also show the rules that did not fire, and why not.")
@click.option(
    "--why-not",
    "why_not",
    metavar="OUTPUT=VALUE",
    multiple=True,
    help="Show the rules that stand in the way of this answer.",
)
@click.option(
    "--ways-to",
    "ways_to",
    metavar="OUTPUT=VALUE",
    multiple=True,
    help="Show the fewest changes that lead to this answer.",
)
@click.option("--code", is_flag=True, help="Instead, show the Python function that decides.")
@json_option
def explain(
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    all_rules: bool,
    why_not: tuple[str, ...],
    ways_to: tuple[str, ...],
    code: bool,
    as_json: bool,
) -> None:
    """Decide and say why: rules, facts, sources, file and line.

    Give decisions and facts as for `hiprun eval`.
    """
    pack = pack_at(rules, settings)
    decisions, facts = patient(pack, words, facts_file)
    if code:
        click.echo("\n\n".join(pack.code(name) for name in decisions or pack.decisions))
        return
    if why_not or ways_to:
        if len(decisions) != 1:
            raise click.UsageError("Name one decision with --why-not and --ways-to.")
        outcome = pack.decide(decisions[0], facts)
        domains = {output.name: output.domain for output in pack.decisions[decisions[0]].outputs}
        obstacles = named_values(why_not, "--why-not", domains)
        _print_why_not_and_ways(pack, outcome, facts, obstacles, named_values(ways_to, "--ways-to", domains), as_json)
        return
    outcomes = pack.evaluate(facts, decisions or None)
    if as_json:
        console.print_json({name: outcome.explain().to_dict() for name, outcome in outcomes.items()})
        return
    explanations = explained_once(outcome.explain() for outcome in outcomes.values())
    for outcome, explanation in zip(outcomes.values(), explanations, strict=True):
        console.print_block(outcome_text(pack.decisions[outcome.decision], outcome).split("\n"))
        lines = list(attrs.evolve(explanation, notice="").lines(every_rule=all_rules, heading=False))
        for line in (*lines, ""):
            click.echo(line)
    console.print_notice(pack)


def _print_why_not_and_ways(
    pack: Pack,
    outcome: Outcome,
    facts: Mapping[str, Any],
    why_not: Mapping[str, Any],
    ways_to: Mapping[str, Any],
    as_json: bool,
) -> None:
    decision = outcome.decision
    obstacles = outcome.why_not(**why_not) if why_not else None
    ways = pack.ways_to(decision, ways_to, facts) if ways_to else None
    if as_json:
        data: dict[str, Any] = {"outcome": outcome.to_dict()}
        if obstacles is not None:
            data["why_not"] = [step.to_dict() for step in obstacles]
        if ways is not None:
            data["ways_to"] = [way.to_dict() for way in ways]
            data["ways_exact"] = ways.exact
        console.print_json(data)
        return
    console.print_block(outcome_text(pack.decisions[decision], outcome).split("\n"))
    if obstacles is not None:
        _print_part(f"Why not {_answer_text(why_not)}:", _obstacle_lines(obstacles))
    if ways is not None:
        _print_part(f"Ways to {_answer_text(ways_to)}:", _way_lines(pack, ways))


def _answer_text(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {notation(value)}" for name, value in values.items())


def _print_part(heading: str, lines: Iterator[str]) -> None:
    click.echo()
    console.print_block([heading, *lines])


def _obstacle_lines(steps: tuple[RuleStep, ...]) -> Iterator[str]:
    if not steps:
        yield "  That is already the answer."
    for step in steps:
        yield from wrapped(f"- {step.id} ({step.place})", "  ")
        yield from wrapped(step.reason, "    ")
        if step.because or step.advice:
            yield from wrapped(f"{step.because} {step.advice}".strip(), "    ")


def _way_lines(pack: Pack, ways: Ways) -> Iterator[str]:
    if not ways and not ways.exact:
        yield "  None was found."
    elif not ways:
        yield "  No change to the facts that can change leads to it."
    for number, way in enumerate(ways, 1):
        if not way.changes:
            yield "  That is already the answer."
        for index, change in enumerate(way.changes):
            prefix = f"{number}." if index == 0 else "  "
            yield from wrapped(f"{prefix} {_change_text(pack, change)}", "  ")
    if not ways.exact:
        yield from wrapped(catalogue(pack.model.text_language).text("ways.may_be_others"), "  ")


def _change_text(pack: Pack, change: FactChange) -> str:
    domain = pack.facts[change.fact].domain
    now = "not known" if change.now is None else notation(change.now)
    return f"{change.fact}: {now} -> {amount_text(change.within or change.to, domain, exactly=True)}"
