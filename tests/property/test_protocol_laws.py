"""What the engine guarantees of plans by any protocol: more signs, or worse values, never lead to more."""

from __future__ import annotations

import datetime
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import hiprun
from hiprun.plan import Plan

from ..examples import examples

START = datetime.date(2026, 3, 2)
WEEKS = 8
STEPS: list[Any] = ["repeat", {"go_back": 1}, {"go_back": 2}, {"jump": "first"}, "refer", "stop"]
"""From the mildest step to the most careful."""
NAMES = ["first", "second", "third", "fourth"]


def facts(names: list[str]) -> dict[str, Any]:
    """Return the facts of every protocol; `tired` and `cold` are its signs."""
    days = {"type": "integer", "range": [0, 400], "unit": "days"}
    minutes = {"type": "number", "range": [0, 5000], "unit": "min"}
    return {
        "stands_at": {"ask": "Which stage?", "type": "choice", "choices": names, "ordered": True},
        "tired": {"ask": "Tired?", "type": "boolean", "worse": True},
        "cold": {"ask": "How cold?", "type": "integer", "range": [0, 10], "worse": "higher"},
        "a_week": {"ask": "How long this week?"} | minutes,
        "last_week": {"ask": "How long last week?"} | minutes,
        "days_since": {"ask": "How many days since?"} | days,
        "days_here": {"ask": "How long here?"} | days,
    }


@st.composite
def protocols(draw: st.DrawFn) -> dict[str, Any]:
    """Return the files of a pack whose protocol asks for more from stage to stage, and for less after a sign."""
    names = NAMES[: draw(st.integers(2, 4))]
    numbers = st.lists(st.integers(1, 4), min_size=len(names), max_size=len(names)).map(sorted)
    sessions, amounts = draw(numbers), draw(numbers)
    grows = draw(st.booleans())
    stages: dict[str, Any] = {}
    for name, count, amount in zip(names, sessions, amounts, strict=True):
        stage: dict[str, Any] = {"title": name, "facts": {"stands_at": name}, "activity": "swim", "sessions": count}
        stage["rest_days"] = draw(st.integers(0, 2))
        if grows and name == names[-1]:
            stage |= {"grows": ["swimming"]} | draw(st.sampled_from([{}, {"most": {"swimming": 30}}]))
        else:
            stage["session"] = {"swimming": 5 * amount}
        stages[name] = stage | draw(st.sampled_from([{}, {"least": {"days_here": 7}}]))
    passes = [{"after": "swim"}, {"after_days": 1}, {"after_days": 7}]
    over_time: dict[str, Any] = {
        "a_week": {"week": ["swimming"]},
        "last_week": {"last_week": ["swimming"]},
        "days_since": {"days_since": "swim"},
        "days_here": {"in_stage": "days"},
        "tired": {"then": False} | draw(st.sampled_from(passes)),
        "cold": {"then": 0} | draw(st.sampled_from(passes)),
    }
    if draw(st.booleans()):
        del over_time["cold"]
    levels, mild = (
        sorted(draw(st.lists(st.integers(1, 9), min_size=2, max_size=2))),
        draw(st.integers(0, len(STEPS) - 1)),
    )
    steps = [
        {"id": "tired", "when": {"tired": True}, "then": draw(st.sampled_from(STEPS))},
        {"id": "cold", "when": {"cold": {"at_least": levels[0]}}, "then": STEPS[mild]},
        {"id": "colder", "when": {"cold": {"at_least": levels[1]}}, "then": draw(st.sampled_from(STEPS[mild:]))},
    ]
    closed = {"cold": {"at_least": draw(st.integers(1, 10))}}
    at_last = {"stands_at": names[-1]}
    growth = draw(st.sampled_from(["1.1 * last_week", "last_week + 10", "1.5 * last_week"]))
    return {
        "pack.yaml": {"pack": "lessons", "language": 1, "version": "1.0.0", "title": "Lessons in a pool"},
        "facts.yaml": {"facts": facts(names)},
        "limits.yaml": {
            "limits": "limits",
            "title": "How much more",
            "bounds": [
                *([{"id": "growth", "when": at_last, "quantity": "a_week", "at_most": growth}] if grows else []),
                {"id": "apart", "quantity": "days_since", "at_least": draw(st.integers(1, 7 // sessions[-1]))},
            ],
        },
        "lessons.yaml": {
            "stages": "lessons",
            "title": "Lessons",
            "measures": {"swimming": {"title": "Swimming", "unit": "min", "step": draw(st.sampled_from([1, 0.5, 5]))}},
            "activities": {"swim": "Swimming", "dry": "Exercise on land", "rest": "Rest"},
            "between": "dry",
            "keeps": ["limits"],
            "in_order": stages,
            "over_time": over_time,
            "steps": steps,
            "days": [{"id": "closed", "when": closed, "then": draw(st.sampled_from(["dry", "rest"]))}],
        },
    }


def loaded(files: dict[str, Any], folder: Path) -> hiprun.Pack:
    """Return the pack that `files` make."""
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return hiprun.load(folder)


def swimming(plan: Plan) -> list[tuple[Fraction, int]]:
    """Return how long and how often there is swimming in each week."""
    found: list[tuple[Fraction, int]] = []
    for week in range(1, WEEKS + 1):
        lessons = [day for day in plan.sessions if day.week == week]
        found.append((sum((Fraction(day.amounts["swimming"]) for day in lessons), Fraction(0)), len(lessons)))
    return found


@settings(max_examples=examples(60))
@given(files=protocols(), data=st.data())
def test_what_is_worse_never_leads_to_more_by_any_protocol(
    files: dict[str, Any], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One more sign, or a worse value, leads in no week to more or longer sessions, from the start or planned anew."""
    pack = loaded(files, tmp_path_factory.mktemp("lessons"))
    names = list(files["lessons.yaml"]["in_order"])
    known = {
        "stands_at": data.draw(st.sampled_from(names)),
        "tired": False,
        "cold": 0,
        "last_week": data.draw(st.sampled_from([0, 1, 7, 20, 45, 100])),
        "days_since": data.draw(st.sampled_from([0, 1, 2, 3, 8])),
        "days_here": data.draw(st.sampled_from([0, 3, 7, 14])),
    }
    low = {"tired": data.draw(st.booleans()), "cold": data.draw(st.integers(0, 10))}
    high = {"tired": low["tired"] or data.draw(st.booleans()), "cold": data.draw(st.integers(low["cold"], 10))}
    assume(low != high)
    day = data.draw(st.integers(0, 20))
    if day:
        before = pack.plan("lessons", known, start=START, weeks=WEEKS)
        one, other = (before.replan(START + datetime.timedelta(days=day), signs)[0] for signs in (low, high))
    else:
        one, other = (pack.plan("lessons", known | signs, start=START, weeks=WEEKS) for signs in (low, high))
    note(json.dumps(files, indent=1))
    note(f"{known}, {low} or {high}, on day {day}: {swimming(one)} or {swimming(other)}")
    assert one.status not in ("undetermined", "conflict")
    for (minutes, lessons), (worse_minutes, worse_lessons) in zip(swimming(one), swimming(other), strict=True):
        assert worse_minutes <= minutes
        assert worse_lessons <= lessons
