"""The diary of a model → its document: kinds of entries, how facts follow from them, the question of the day."""

from __future__ import annotations

import calendar
from typing import Any

from hiprun.diary.measure_registry import OPTIONS
from hiprun.language.export.conditions import Data, condition, value
from hiprun.language.export.declarations import domain, filled, literal, remarks
from hiprun.model import Constraint, DailyQuestion, Diary, DiaryMeasure, EntryType, Model, Window

_NAMED = {
    "all": "",
    "today": "today",
    "this_week": "this week",
    "this_week_so_far": "this week so far",
    "week_before": "the week before",
}


def diary(model: Model, given: Diary) -> Data:
    """Return the document of a diary."""
    return filled(
        diary=given.title,
        week_starts=calendar.day_name[given.week_starts].lower() if given.week_starts else "",
        entries={name: _entry(entry) for name, entry in given.entries.items()},
        facts={name: _recorded(model, entry) for name, entry in given.facts.items()},
        today=_daily(model, given.today) if given.today else None,
    )


def _entry(given: EntryType) -> Data:
    return filled(
        title=given.title,
        when="" if given.when == "time" else given.when,
        silence="" if given.silence == "unknown" else given.silence,
        backdated=given.backdated or None,
        lasts=list(given.lasts),
        fields={
            name: filled(title=given.texts.get(name, ""), **domain(values)) for name, values in given.fields.items()
        },
        never=[_contradiction(entry) for entry in given.never],
    )


def _contradiction(given: Constraint) -> Data:
    return {"when": condition(given.never), "because": given.because}


def _recorded(model: Model, given: DiaryMeasure) -> Data:
    fields = [".".join(filter(None, field)) for field in given.fields]
    options = {
        name: literal(model.facts[given.fact].domain, option) if OPTIONS[name].kind == "value" else value(option)
        for name, option in given.options.items()
    }
    return filled(
        **{given.measure: fields[0] if len(fields) == 1 else fields},
        over=_window(given.over),
        where=None if given.where is None else condition(given.where),
        whether=None if given.whether is None else condition(given.whether),
        silence=given.silence,
        **options,
        **remarks(given),
    )


def _window(given: Window) -> str:
    match given.kind:
        case "days":
            return f"last {given.number} day{'s' if given.number > 1 else ''}"
        case "since":
            return f"since the last {given.entry}"
        case _:
            return _NAMED[given.kind]


def _daily(model: Model, given: DailyQuestion) -> Any:
    decision = model.decisions[given.decision]
    wanted = {name: literal(decision.output(name).domain, content) for name, content in given.wanted}
    return filled(decision=given.decision, wanted=wanted, session=list(given.session), also=list(given.also))
