"""`hiprun plan`: a dated plan from the facts of a day or a diary, and how it changes after a bad day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from hiprun.diary import Rows
from hiprun.errors import HiprunError
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import (
    fact_domains,
    json_option,
    named_values,
    pack_at,
    pack_options,
    patient,
    time_zone,
)
from hiprun.interfaces.outcome_text import prose, wrapped
from hiprun.language.reader import read_diary
from hiprun.pack import Pack
from hiprun.plan import Plan, changes_text, entries_until, plan_day


def _day(value: str) -> datetime.date:
    try:
        return plan_day(value)
    except HiprunError as error:
        raise click.BadParameter(f"{error.problems[0].message} {error.problems[0].help}") from None


_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("stages")
@click.argument("words", nargs=-1, metavar="[FACT=VALUE]...")
@click.option("--facts", "facts_file", metavar="FILE", help="A YAML or JSON file of facts; - reads standard input.")
@pack_options
@click.option("--diary", "diary_file", metavar="FILE", help="A diary to take the facts of the first day from.")
@click.option(
    "--zone", metavar="NAME", help="The time zone of the days, such as Europe/Berlin; needed if times have an offset."
)
@click.option("--start", type=_day, required=True, metavar="DATE", help="The first day, such as 2026-03-02.")
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How many weeks.")
@click.option("--stage", metavar="STAGE", help="The stage to start at, if not the one that the facts give.")
@click.option("--replan-from", type=_day, metavar="DATE", help="Replan from this day, and show what changes.")
@click.option("--then", "news", multiple=True, metavar="FACT=VALUE", help="What is known on that day.")
@click.option("--csv", "as_csv", is_flag=True, help="Print one line per day, for a spreadsheet.")
@click.option("--svg", type=_FILE, metavar="FILE", help="Draw the plan as a picture.")
@click.option("--ics", type=_FILE, metavar="FILE", help="Write the plan as a calendar.")
@click.option("--person", metavar="ID", help="Whose calendar it is, such as a record number.")
@json_option
def plan(
    stages: str,
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    diary_file: str | None,
    zone: str | None,
    start: datetime.date,
    weeks: int,
    stage: str | None,
    replan_from: datetime.date | None,
    news: tuple[str, ...],
    as_csv: bool,
    svg: Path | None,
    ics: Path | None,
    person: str | None,
    as_json: bool,
) -> None:
    """Plan sessions and rest days by the protocol STAGES.

    Give facts as for `hiprun eval`, as a diary, or both. The plan respects
    every limit of the rules. Missing facts are listed, never guessed.
    """
    if news and replan_from is None:
        raise click.UsageError("`--then` says what is known on a later day; give the day with `--replan-from`.")
    pack = pack_at(rules, settings)
    decision_names, facts = patient(pack, words, facts_file)
    if decision_names:
        raise click.UsageError(f"`{decision_names[0]}` is not of the form FACT=VALUE.")
    later_facts = named_values(news, "--then", fact_domains(pack))
    diary = _Diary(pack, stages, read_diary(diary_file), time_zone(zone)) if diary_file else None
    if diary:
        facts = diary.facts_at_start(start, facts, is_replanned=replan_from is not None)
    result = pack.plan(stages, facts, start=start, weeks=weeks, stage=stage)
    original: Plan | None = None
    if replan_from is not None:
        original = result
        result, _ = result.replan(
            replan_from, diary.facts_for_replan(replan_from, later_facts, result) if diary else later_facts
        )
    owner = person or (diary.owner(start) if diary else None)
    is_written = _write(result, svg, ics, owner) if result.days else False
    if as_json:
        console.print_json(result.to_dict() | ({} if original is None else {"changes": _changes(original, result)}))
    elif as_csv and result.days:
        click.echo(result.to_csv(), nl=False)
    elif not is_written:
        _print(pack, result, original, err=as_csv or svg is not None or ics is not None)
    if not result.days:
        raise click.exceptions.Exit(1)


@attrs.frozen
class _Diary:
    """A diary that provides the facts for plans by one protocol."""

    pack: Pack
    stages: str
    rows: Rows
    zone: datetime.tzinfo | None

    def facts_at_start(self, start: datetime.date, also: Mapping[str, Any], *, is_replanned: bool) -> dict[str, Any]:
        """Return the facts at the start of the plan; if it is to be replanned, only those from entries before it."""
        rows = entries_until(self.rows, start - datetime.timedelta(days=1), self.zone) if is_replanned else self.rows
        return self.pack.facts_for_plan(self.stages, rows, start, also, zone=self.zone)

    def owner(self, start: datetime.date) -> str:
        """Return an identifier of the diary that stays the same while it grows."""
        before = entries_until(self.rows, start - datetime.timedelta(days=1), self.zone).rows or self.rows.rows[:1]
        return repr([sorted(row.values.items()) for row in before])

    def facts_for_replan(self, day: datetime.date, also: Mapping[str, Any], before: Plan) -> Mapping[str, Any]:
        """Return the new facts on a later day; a diary that ends before the plan begins has none."""
        if entries_until(self.rows, before.start, self.zone) == self.rows:
            return also
        return self.pack.facts_for_plan(self.stages, self.rows, day, also, after=before, zone=self.zone)


def _write(plan: Plan, svg: Path | None, ics: Path | None, person: str | None) -> bool:
    contents: list[tuple[Path, bytes]] = []
    if svg:
        contents.append((svg, plan.to_svg().encode()))
    if ics:
        contents.append((ics, plan.to_calendar(person=person)))
    for path, content in contents:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise click.UsageError(
                f"`{path}` cannot be written: {(error.strerror or 'no reason is given').lower()}."
            ) from error
        click.echo(f"written: {path}", err=True)
    return bool(contents)


def _changes(before: Plan, plan: Plan) -> list[Any]:
    return [change.to_dict() for change in plan.changes_from(before)]


def _print(pack: Pack, plan: Plan, before: Plan | None, *, err: bool) -> None:
    """Print a plan; on standard error if something else was asked for that cannot be given."""
    text = plan.table() if before is None else changes_text(before, plan)
    console.print_block(text.split("\n"), err=err)
    for name in plan.needs:
        for line in wrapped(f"{name}: {pack.facts[name].ask}", "    "):
            click.echo(line, err=err)
    if err:
        return
    click.echo()
    for line in prose(pack.notice):
        click.echo(line)
