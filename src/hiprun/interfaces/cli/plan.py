"""`hiprun plan`: a dated plan from the facts of a day or a diary, and how it changes after a bad day."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from hiprun.diary import Rows, timestamps
from hiprun.errors import HiprunError
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import (
    fact_domains,
    json_option,
    language_option,
    named_values,
    pack_at,
    pack_options,
    patient,
    professional_option,
    time_zone,
)
from hiprun.language.reader.diary_files import read_diary
from hiprun.model import Domain
from hiprun.pack import Pack
from hiprun.plan import Plan, changes_text, entries_until, plan_day


def _day(value: str) -> datetime.date:
    try:
        return plan_day(value)
    except HiprunError as error:
        raise click.BadParameter(f"{error.problems[0].message} {error.problems[0].help}") from None


def _moment(value: str) -> datetime.datetime:
    try:
        moment = timestamps.read(value)
    except timestamps.NoMomentError:
        moment = None
    if not isinstance(moment, datetime.datetime):
        raise click.BadParameter(f"`{value}` is not a time. {timestamps.TIME_HELP}")
    return moment


_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}):(.*)", re.DOTALL)
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
@click.option(
    "--replan-from",
    "replan_days",
    type=_day,
    multiple=True,
    metavar="DATE",
    help="Replan from this day, and show what changes; repeat it for each time you replanned.",
)
@click.option(
    "--then",
    "news",
    multiple=True,
    metavar="[DATE:]FACT=VALUE",
    help="What is known on that day; if there are several, on the last or on DATE.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print one line per day, for a spreadsheet.")
@click.option("--svg", type=_FILE, metavar="FILE", help="Draw the plan as a picture.")
@click.option("--ics", type=_FILE, metavar="FILE", help="Write the plan as a calendar.")
@click.option("--person", metavar="ID", help="Whose calendar it is, such as a record number.")
@click.option("--at", type=_moment, metavar="TIME", help="When it is planned, for the calendar; default: now.")
@professional_option
@language_option
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
    replan_days: tuple[datetime.date, ...],
    news: tuple[str, ...],
    as_csv: bool,
    svg: Path | None,
    ics: Path | None,
    person: str | None,
    at: datetime.datetime | None,
    professional: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """Plan sessions and rest days by the protocol STAGES.

    Give facts as for `hiprun eval`, as a diary, or both. The plan respects
    every limit of the rules. Missing facts are asked for, never guessed.
    """
    if news and not replan_days:
        raise click.UsageError("`--then` says what is known on a later day; give the day with `--replan-from`.")
    pack = pack_at(rules, settings, language)
    decision_names, facts = patient(pack, words, facts_file)
    if decision_names:
        raise click.UsageError(f"`{decision_names[0]}` is not of the form FACT=VALUE.")
    later_facts = _later_facts(news, replan_days, fact_domains(pack))
    diary = _Diary(pack, stages, read_diary(diary_file), time_zone(zone)) if diary_file else None
    if diary:
        facts = diary.facts_at_start(start, facts, is_replanned=bool(replan_days))
    result = pack.plan(stages, facts, start=start, weeks=weeks, stage=stage)
    original: Plan | None = None
    for day, later in later_facts.items():
        original = result
        result, _ = result.replan(day, diary.facts_for_replan(day, later, result) if diary else later)
    owner = person or (diary.owner(start) if diary else None)
    is_written = _write(result, svg, ics, owner, at or datetime.datetime.now(datetime.UTC)) if result.days else False
    if as_json:
        console.print_json(result.to_dict() | ({} if original is None else {"changes": _changes(original, result)}))
    elif as_csv and result.days:
        click.echo(result.to_csv(), nl=False)
    elif not is_written:
        _print(pack, result, original, professional, err=as_csv or svg is not None or ics is not None)
    if not result.days:
        raise click.exceptions.Exit(1)


def _later_facts(
    news: tuple[str, ...], days: tuple[datetime.date, ...], domains: Mapping[str, Domain]
) -> dict[datetime.date, dict[str, Any]]:
    """Return what is known on each of the days to replan from, in their order."""
    words: dict[datetime.date, list[str]] = {day: [] for day in sorted(days)}
    for text in news:
        match = _DATED.fullmatch(text)
        day = max(days) if match is None else _day(match[1])
        if day not in words:
            message = f"`--then {text}` is about a day that you do not replan from. Add `--replan-from {day}`."
            raise click.UsageError(message)
        words[day].append(text if match is None else match[2])
    return {day: named_values(tuple(entries), "--then", domains) for day, entries in words.items()}


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


def _write(plan: Plan, svg: Path | None, ics: Path | None, person: str | None, planned_at: datetime.datetime) -> bool:
    contents: list[tuple[Path, bytes]] = []
    if svg:
        contents.append((svg, plan.to_svg().encode()))
    if ics:
        contents.append((ics, plan.to_calendar(person=person, planned_at=planned_at)))
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


def _print(pack: Pack, plan: Plan, before: Plan | None, professional: bool, *, err: bool) -> None:
    """Print a plan; on standard error if something else was asked for that cannot be given."""
    if before is None:
        text = plan.table(professional=professional)
    else:
        text = changes_text(before, plan, professional=professional)
    console.print_block(text.split("\n"), err=err)
    if not err:
        click.echo()
        console.print_notice(pack)
