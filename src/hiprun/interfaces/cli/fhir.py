"""`hiprun fhir`: forms, answers, guidance and plans of a pack as resources of FHIR."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any, cast

import click

from hiprun.errors import FactError, HiprunError, Problem
from hiprun.interfaces import fhir as resources
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import language_option, pack_at, pack_options, patient
from hiprun.interfaces.exact_json import read_json
from hiprun.interfaces.fhir import BASE, Publication, Release
from hiprun.model.value_conversion import plain
from hiprun.pack import Pack
from hiprun.plan import plan_day


@click.group()
def fhir() -> None:
    """Print resources of FHIR that are made from a pack."""


_base = click.option("--base", default=BASE, show_default=True, help="What canonical addresses begin with.")
_release = click.option("--release", type=click.Choice(["R4", "R5"]), default="R4", show_default=True)


@fhir.command()
@click.argument("decision")
@click.option("--adaptive", is_flag=True, help="The form that asks one question at a time.")
@_base
@_release
@language_option
@pack_options
def questionnaire(
    decision: str,
    adaptive: bool,
    base: str,
    release: str,
    rules: str | None,
    settings: tuple[str, ...],
    language: str | None,
) -> None:
    """Print the questions of DECISION as a Questionnaire."""
    publication = _publication(pack_at(rules, settings, language), base, release)
    console.print_json(resources.questionnaire(publication, decision, adaptive=adaptive))


@fhir.command()
@click.argument("decision")
@click.argument("file")
@_base
@pack_options
def facts(decision: str, file: str, base: str, rules: str | None, settings: tuple[str, ...]) -> None:
    """Print the facts that a QuestionnaireResponse says.

    FILE has a response to the form of DECISION; - reads standard input.
    """
    pack = pack_at(rules, settings)
    reading = resources.read_response(_publication(pack, base, "R4"), decision, _read(file))
    if reading.problems:
        raise FactError(reading.problems)
    console.print_json(plain(reading.facts))


@fhir.command(name="next")
@click.argument("decision")
@click.argument("file", required=False)
@_base
@_release
@language_option
@pack_options
def next_question(
    decision: str,
    file: str | None,
    base: str,
    release: str,
    rules: str | None,
    settings: tuple[str, ...],
    language: str | None,
) -> None:
    """Print a response with its next question ($next-question).

    FILE has the response so far; without it, an interview begins.
    """
    publication = _publication(pack_at(rules, settings, language), base, release)
    so_far = _read(file) if file else resources.first_response(publication, decision)
    console.print_json(resources.next_question(publication, decision, so_far))


@fhir.command()
@click.argument("words", nargs=-1, metavar="DECISION [FACT=VALUE]...")
@click.option("--facts", "facts_file", metavar="FILE", help="A YAML or JSON file of facts; - reads standard input.")
@click.option("--subject", default="", metavar="REFERENCE", help="The patient, such as Patient/1.")
@_base
@_release
@language_option
@pack_options
def guidance(
    words: tuple[str, ...],
    facts_file: str | None,
    subject: str,
    base: str,
    release: str,
    rules: str | None,
    settings: tuple[str, ...],
    language: str | None,
) -> None:
    """Print the outcome of DECISION as a GuidanceResponse."""
    pack = pack_at(rules, settings, language)
    decisions, known = patient(pack, words, facts_file)
    if len(decisions) != 1:
        raise click.UsageError("Name one decision.")
    outcome = pack.decide(decisions[0], known)
    console.print_json(resources.guidance(_publication(pack, base, release), outcome, subject=subject))


@fhir.command()
@click.argument("stages")
@click.argument("words", nargs=-1, metavar="[FACT=VALUE]...")
@click.option("--facts", "facts_file", metavar="FILE", help="A YAML or JSON file of facts; - reads standard input.")
@click.option("--start", required=True, metavar="DATE", help="The first day, such as 2026-03-02.")
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How many weeks.")
@click.option("--subject", required=True, metavar="REFERENCE", help="The patient, such as Patient/1.")
@_base
@language_option
@pack_options
def plan(
    stages: str,
    words: tuple[str, ...],
    facts_file: str | None,
    start: str,
    weeks: int,
    subject: str,
    base: str,
    rules: str | None,
    settings: tuple[str, ...],
    language: str | None,
) -> None:
    """Print a plan by the protocol STAGES as a CarePlan (R4)."""
    pack = pack_at(rules, settings, language)
    decisions, known = patient(pack, words, facts_file)
    if decisions:
        raise click.UsageError(f"`{decisions[0]}` is not of the form FACT=VALUE.")
    day: datetime.date = plan_day(start)
    made = pack.plan(stages, known, start=day, weeks=weeks)
    console.print_json(resources.care_plan(_publication(pack, base, "R4"), made, subject=subject))


def _publication(pack: Pack, base: str, release: str) -> Publication:
    return Publication(pack, base, cast(Release, release))


def _read(file: str) -> Any:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        why = (error.strerror or "no reason is given").lower()
        raise HiprunError([Problem("unreadable", f"`{file}` cannot be read: {why}.")]) from error
    return read_json(content)
