"""`hiprun plan`: a dated plan from the facts of a day, and what becomes of it after a bad one."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from hiprun.cli import console
from hiprun.cli.options import json_option, named_values, pack_at, patient, patient_options
from hiprun.outcome_text import prose
from hiprun.pack import Pack
from hiprun.plan import Plan, changes_text
from hiprun.reader import read_diary

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("stages")
@patient_options
@click.option("--diary", "diary_file", metavar="FILE", help="A diary; what follows from it on the first day is known.")
@click.option("--start", type=_DATE, required=True, metavar="DATE", help="The first day, such as 2026-03-02.")
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How many weeks.")
@click.option("--stage", metavar="STAGE", help="The stage to begin at, when not where the facts say.")
@click.option("--replan-from", type=_DATE, metavar="DATE", help="Plan anew from this day, and show what changes.")
@click.option("--then", "news", multiple=True, metavar="FACT=VALUE", help="What is known on that day.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line for each day, for a spreadsheet.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Draw a picture.")
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a calendar.")
@json_option
def plan(
    stages: str,
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    diary_file: str | None,
    start: datetime.datetime,
    weeks: int,
    stage: str | None,
    replan_from: datetime.datetime | None,
    news: tuple[str, ...],
    as_csv: bool,
    svg: Path | None,
    ics: Path | None,
    as_json: bool,
) -> None:
    """Plan sessions and rest, day by day, by the protocol STAGES of the rules.

    Facts are given as for `hiprun eval`. Every limit of the rules is kept,
    and what is missing is named instead of guessed.
    """
    pack = pack_at(rules, settings)
    others, facts = patient(words, facts_file)
    if others:
        raise click.UsageError(f"`{others[0]}` is not a fact and its value, such as season=summer.")
    if diary_file:
        facts = dict(pack.facts_from(read_diary(diary_file), start.isoformat(), facts))
    made = pack.plan(stages, facts, start=start.date(), weeks=weeks, stage=stage)
    before: Plan | None = None
    if replan_from is not None:
        before, (made, _) = made, made.replan(replan_from.date(), named_values(news, "--then"))
    elif news:
        raise click.UsageError("`--then` says what is known on a later day; name it with `--replan-from`.")
    written = _write(made, svg, ics)
    if as_json:
        console.print_json(made.to_dict() | ({} if before is None else {"changes": _changes(before, made)}))
    elif as_csv:
        click.echo(made.to_csv(), nl=False)
    elif not written:
        _print(pack, made, before)
    if made.status == "undetermined":
        raise click.exceptions.Exit(1)


def _write(made: Plan, svg: Path | None, ics: Path | None) -> bool:
    contents: list[tuple[Path, Any]] = []
    if svg:
        contents.append((svg, made.to_svg().encode()))
    if ics:
        contents.append((ics, made.to_calendar()))
    for path, content in contents:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise click.UsageError(f"{path} cannot be written: {error.strerror}.") from error
        click.echo(f"written: {path}", err=True)
    return bool(contents)


def _changes(before: Plan, made: Plan) -> list[Any]:
    return [change.to_dict() for change in made.changes_from(before)]


def _print(pack: Pack, made: Plan, before: Plan | None) -> None:
    shown = made.table() if before is None else changes_text(before, made)
    console.print_block(shown.split("\n"))
    click.echo()
    for line in prose(pack.notice):
        click.echo(line)
