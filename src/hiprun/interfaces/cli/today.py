"""`hiprun today`: the question of the day, answered from a diary."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import click

from hiprun.catalogue import catalogue
from hiprun.diary import DiaryFacts
from hiprun.errors import HiprunError, Problem
from hiprun.inference.counterfactuals import FactChange, Way
from hiprun.inference.outcome import Outcome
from hiprun.inference.outcome_text import outcome_text, prose, wrapped
from hiprun.inference.reader_texts import readable
from hiprun.inference.speech import Speech
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import (
    json_option,
    language_option,
    pack_at,
    pack_options,
    patient,
    professional_option,
    time_zone,
)
from hiprun.interfaces.first_lines import first_data
from hiprun.interfaces.planned_day import plan_from_today, planned_day_data, planned_day_lines, step_outcome
from hiprun.language.reader.diary_files import read_diary
from hiprun.model import DailyQuestion, Domain, Output
from hiprun.model.amounts import amount_text
from hiprun.model.value_notation import notation
from hiprun.pack import Pack, texts_of
from hiprun.plan import Plan


@attrs.frozen
class OtherAnswers:
    """Answers with ways that lead to them; where not `exact`, there may be other ways."""

    ways: tuple[tuple[Mapping[str, Any], Way], ...] = ()
    exact: bool = False


@click.command()
@click.argument("words", nargs=-1, metavar="[FACT=VALUE]...")
@click.option("--diary", "diary_file", metavar="FILE", required=True, help="A diary, as CSV, JSON Lines or YAML.")
@click.option("--at", metavar="TIME", help="As of when to read the diary, such as 2026-03-01T08:00; default: now.")
@click.option(
    "--zone", metavar="NAME", help="The time zone of the days, such as Europe/Berlin; needed if times have an offset."
)
@click.option(
    "--facts", "facts_file", metavar="FILE", help="A YAML or JSON file of more facts; - reads standard input."
)
@pack_options
@professional_option
@language_option
@json_option
def today(
    words: tuple[str, ...],
    diary_file: str,
    at: str | None,
    zone: str | None,
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    professional: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """Answer the question of the day from a diary.

    The answer says what to do, why, what is not known, and what would change
    it; with --professional also from which entries and by which rules. Give
    facts that are not in the diary as for `hiprun eval`.
    """
    pack = pack_at(rules, settings, language)
    daily = _daily(pack)
    decisions, also = patient(pack, words, facts_file)
    if decisions:
        raise click.UsageError(
            f"`{decisions[0]}` is not of the form FACT=VALUE; the question of the day is `{daily.decision}`."
        )
    rows = read_diary(diary_file)
    days = time_zone(zone)
    facts = pack.facts_from(rows, at or _now(aware=rows.zoned or days is not None), also, zone=days)
    outcome = pack.decide(daily.decision, facts)
    names = (*(daily.session if _has_answer(outcome, dict(daily.wanted)) else ()), *daily.also)
    plans = {
        name: plan_from_today(pack, name, rows, facts.at, also, days) for name in names if name in pack.model.stages
    }
    others = [other for name in names if name not in plans and _has_answer_to_show(other := pack.decide(name, facts))]
    ways = _ways_found(pack, daily, outcome, facts)
    if as_json:
        console.print_json({"first": first_data(pack, facts)} | _data(pack, outcome, others, plans, ways, facts))
        return
    console.print_first(pack, facts)
    advice = outcome.advice()
    _print_blocks(
        [catalogue(pack.model.text_language).text("today.as_of", time=facts.at.isoformat(" ", "minutes"))],
        advice.lines(("do", "why")),
        *(planned_day_lines(pack, plan) for plan in plans.values()),
        *(other.advice().lines(("do", "also")) for other in others),
        advice.lines(("also", "ask", "open")),
        _other_answer_lines(pack, outcome, ways, facts),
    )
    if professional:
        _print_blocks(
            outcome_text(pack.decisions[outcome.decision], outcome).split("\n"),
            *(planned_day_lines(pack, plan, professional=True) for plan in plans.values()),
            *(outcome_text(pack.decisions[other.decision], other).split("\n") for other in others),
            _reason_lines(outcome),
        )
        headed = (_origin_lines(facts, outcome), _unknown_lines(pack, outcome, facts), _way_lines(pack, ways))
        _print_blocks(*(lines for block in headed if len(lines := list(block)) > 1))
    console.print_notice(pack)


def _print_blocks(*blocks: Iterable[str]) -> None:
    """Print blocks of lines, each with an empty line after it; those that are empty are left out."""
    for block in blocks:
        lines = list(block)
        if lines:
            console.print_block(lines)
            click.echo()


def _daily(pack: Pack) -> DailyQuestion:
    diary = pack.model.diary
    if diary is None or diary.today is None:
        message = "The rules of this pack do not declare a question of the day."
        raise HiprunError([Problem("no-diary", message, help="Add `today:` to the file that begins with `diary:`.")])
    return diary.today


def _now(*, aware: bool) -> datetime.datetime:
    now = datetime.datetime.now()
    return now.astimezone() if aware else now


def _has_answer_to_show(outcome: Outcome) -> bool:
    if outcome.limits:
        return any(limit.at_most is not None or limit.at_least is not None for limit in outcome.limits)
    if outcome.items:
        return any(item.certainty == "certain" for item in outcome.items)
    return outcome.status == "decided" and bool(outcome.possible)


def _ways_found(pack: Pack, daily: DailyQuestion, outcome: Outcome, facts: DiaryFacts) -> OtherAnswers:
    """Return ways to other answers; none if so little is known that the search for them would take too long."""
    try:
        return _ways(pack, daily, outcome, facts)
    except HiprunError:  # the budget: facts and answers have been checked
        return OtherAnswers()


def _ways(pack: Pack, daily: DailyQuestion, outcome: Outcome, facts: DiaryFacts) -> OtherAnswers:
    """Return the shortest ways to the target answer or, if that is already the answer, one way to each other answer."""
    target = dict(daily.wanted)
    if not _has_answer(outcome, target):
        found = [(target, pack.ways_to(daily.decision, target, facts, most=3))]
    else:
        others = [
            {name: choice}
            for name, value in target.items()
            for choice in _answers(pack.decisions[daily.decision].output(name).domain)
            if choice != value
        ]
        found = [(other, pack.ways_to(daily.decision, other, facts, most=1)) for other in others]
    return OtherAnswers(
        tuple((answer, way) for answer, ways in found for way in ways), all(ways.exact for _, ways in found)
    )


def _answers(domain: Domain) -> Iterable[Any]:
    return domain.choices or ((True, False) if domain.type == "boolean" else ())


def _has_answer(outcome: Outcome, target: Mapping[str, Any]) -> bool:
    return outcome.status == "decided" and all(outcome.get(name) == value for name, value in target.items())


def _other_answer_lines(pack: Pack, outcome: Outcome, others: OtherAnswers, facts: DiaryFacts) -> Iterator[str]:
    """Yield what would change the answer, in words for the person."""
    words, speech = catalogue(pack.model.text_language), Speech(texts_of(pack).of(facts))
    decision = pack.decisions[outcome.decision]
    for number, (target, way) in enumerate(others.ways):
        if not number:
            yield words.text("today.other_answers")
        answer = "; ".join(_answer_words(speech, decision.output(name), value) for name, value in target.items())
        changes = (speech.fact(change.fact, change.within or change.to) for change in way.changes)
        text = words.text("today.other_answer", answer=answer, facts=words.text("number.and").join(changes))
        yield from wrapped(f"- {text}", "  ")
    if others.ways and not others.exact:
        yield from wrapped(words.text("ways.may_be_others"), "  ")


def _answer_words(speech: Speech, output: Output, value: Any) -> str:
    """Return the text of a choice alone, and any other value after its title."""
    said = speech.value(output.domain, value)
    if output.domain.choices:
        return said
    title = speech.texts.fill(output.title) or readable(output.name)
    return speech.words.text("advice.value", title=title, value=said)


def _reason_lines(outcome: Outcome) -> Iterator[str]:
    yield "Why"
    yield from attrs.evolve(outcome.explain(), notice="").without_origins().lines(heading=False)


def _origin_lines(facts: DiaryFacts, outcome: Outcome) -> Iterator[str]:
    """Yield the facts that the answer depends on, grouped by the entries they come from."""
    facts_by_entries: dict[tuple[Any, ...], list[str]] = {}
    for name in outcome.explain().origins():
        facts_by_entries.setdefault(facts.origins[name], []).append(name)
    yield "From the diary"
    for entries, names in facts_by_entries.items():
        values = ", ".join(f"{name} {_value_text(_rounded(facts[name]))}" for name in names)
        last_entry = str(entries[-1]) if entries else "no entry"
        earlier = f" and {len(entries) - 1} before" if len(entries) > 1 else ""
        yield from wrapped(f"{last_entry}{earlier}: {values}", "  ")


def _rounded(value: Any) -> Any:
    """Return a number rounded to two decimals, for display."""
    if isinstance(value, Mapping):
        return {side: _rounded(bound) for side, bound in value.items()}
    return round(value, 2) if hasattr(value, "quantize") else value


def _value_text(value: Any) -> str:
    if not isinstance(value, Mapping):
        return notation(value)
    return " and ".join(f"{test.replace('_', ' ')} {notation(bound)}" for test, bound in value.items())


def _unknown_lines(pack: Pack, outcome: Outcome, facts: DiaryFacts) -> Iterator[str]:
    yield "Not known yet"
    for name in outcome.needs:
        yield from wrapped(f"{name}: {pack.facts[name].ask}", "  ")
        yield from prose(facts.explain_origin(name), "      ")


def _way_lines(pack: Pack, others: OtherAnswers) -> Iterator[str]:
    yield "What would change the answer"
    for target, way in others.ways:
        changes_text = "; ".join(_change_text(pack, change) for change in way.changes)
        yield from wrapped(f"{notation(target).strip('{}')} with {changes_text or 'what is known already'}", "  ")
    if others.ways and not others.exact:
        yield from wrapped(catalogue(pack.model.text_language).text("ways.may_be_others"), "  ")


def _change_text(pack: Pack, change: FactChange) -> str:
    to = amount_text(_rounded(change.within or change.to), pack.facts[change.fact].domain, exactly=True)
    now = "not known" if change.now is None else notation(_rounded(change.now))
    return f"{change.fact} {to} (now {now})"


def _data(
    pack: Pack,
    outcome: Outcome,
    others: list[Outcome],
    plans: Mapping[str, Plan],
    ways: OtherAnswers,
    facts: DiaryFacts,
) -> Any:
    also = {name: step_outcome(pack, plan) for name, plan in plans.items()}
    also |= {other.decision: other for other in others}
    return {
        "diary": facts.to_dict(),
        "outcome": outcome.to_dict(),
        "also": {name: other.to_dict() for name, other in also.items()},
        "plans": {name: planned_day_data(plan) for name, plan in plans.items()},
        "explanation": outcome.explain().to_dict(),
        "ways": [{"to": dict(target), **way.to_dict()} for target, way in ways.ways],
        "ways_exact": ways.exact,
    }
