"""The diary of a model → its document: kinds of entries, how facts follow from them, the question of the day."""

from __future__ import annotations

import calendar
from typing import Any, assert_never

from hiprun.diary.measure_registry import OPTIONS
from hiprun.language.export.conditions import Data, condition_data, value_data
from hiprun.language.export.declarations import constant_data, domain_data, remark_data, without_empty
from hiprun.model import (
    Constant,
    Constraint,
    DailyQuestion,
    Diary,
    DiaryMeasure,
    EntryType,
    Formula,
    Literal_,
    Model,
    Window,
)
from hiprun.model.units import has_finite_decimals

_NAMED = {
    "all": "",
    "today": "today",
    "this_week": "this week",
    "this_week_so_far": "this week so far",
    "week_before": "the week before",
}


def diary_data(model: Model, diary: Diary) -> Data:
    """Return the document of a diary."""
    return without_empty(
        diary=diary.title,
        week_starts=calendar.day_name[diary.week_starts].lower() if diary.week_starts else "",
        entries={name: _entry_data(entry) for name, entry in diary.entries.items()},
        facts={name: _measure_data(model, entry) for name, entry in diary.facts.items()},
        today=_daily_question_data(model, diary.today) if diary.today else None,
    )


def _entry_data(kind: EntryType) -> Data:
    return without_empty(
        title=kind.title,
        when="" if kind.when == "time" else kind.when,
        silence="" if kind.silence == "unknown" else kind.silence,
        backdated=kind.backdated or None,
        lasts=list(kind.lasts),
        fields={
            name: without_empty(title=kind.texts.get(name, ""), **domain_data(values))
            for name, values in kind.fields.items()
        },
        never=[_contradiction_data(entry) for entry in kind.never],
    )


def _contradiction_data(constraint: Constraint) -> Data:
    return {"when": condition_data(constraint.never), "because": constraint.because}


def _measure_data(model: Model, measure: DiaryMeasure) -> Data:
    fields = [".".join(filter(None, field)) for field in measure.fields]
    options = {
        name: constant_data(model.facts[measure.fact].domain, option)
        if OPTIONS[name].kind == "value"
        else value_data(option)
        for name, option in measure.options.items()
        if not _follows_from_units(option)
    }
    return without_empty(
        **{measure.measure: fields[0] if len(fields) == 1 else fields},
        over=_window_text(measure.over),
        where=None if measure.where is None else condition_data(measure.where),
        whether=None if measure.whether is None else condition_data(measure.whether),
        silence=measure.silence,
        **options,
        **remark_data(measure),
    )


def _follows_from_units(option: Formula | Literal_) -> bool:
    """Return whether an option is a factor that no file can say, as those are that units give."""
    return isinstance(option, Constant) and not has_finite_decimals(option.value)


def _window_text(window: Window) -> str:
    match window.kind:
        case "days":
            return f"last {window.number} day{'s' if window.number > 1 else ''}"
        case "since":
            return f"since the last {window.entry}"
        case "all" | "today" | "this_week" | "this_week_so_far" | "week_before":
            return _NAMED[window.kind]
        case kind:
            assert_never(kind)


def _daily_question_data(model: Model, question: DailyQuestion) -> Any:
    decision = model.decisions[question.decision]
    wanted = {name: constant_data(decision.output(name).domain, content) for name, content in question.wanted}
    return without_empty(
        decision=question.decision, wanted=wanted, session=list(question.session), also=list(question.also)
    )
