"""Plans from diaries: at the start and when replanning."""

from __future__ import annotations

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import hiprun
from hiprun import plan as plans
from hiprun.diary.row_reader import Row, Rows

START = datetime.date(2026, 3, 2)
ANEW = datetime.date(2026, 3, 16)


@pytest.fixture(scope="module")
def diary(root: Path) -> Rows:
    """The diary of a runner who got sore in the fourth week."""
    return hiprun.read_diary(root / "examples" / "diary_sore.csv")


def until(diary: Rows, day: datetime.date) -> Rows:
    """Return the entries before a day."""
    return plans.entries_until(diary, day - datetime.timedelta(days=1))


def test_twelve_weeks_follow_from_a_diary(hip: hiprun.Pack, root: Path) -> None:
    """A complete diary is enough for a plan."""
    facts = hip.facts_for_plan("run_walk", hiprun.read_diary(root / "examples" / "diary.csv"), START)
    plan = hip.plan("run_walk", facts, start=START)
    assert plan.status == "planned"
    assert [week.stage for week in plan.weeks] == ["week_3", *["continuous"] * 11]
    assert facts["days_since_last_run"] == 2
    assert facts["this_week_minutes"] == 12  # the week that ended the day before


def test_the_past_week_is_that_of_the_day_before(hip: hiprun.Pack) -> None:
    """For a plan from Monday, the past week is complete; from Wednesday, it is the week in progress."""
    runs = [{"when": f"2026-05-{day:02}T18:00", "what": "run", "jogged": 10, "distance": 2} for day in (4, 7, 11)]
    facts = hip.facts_for_plan("run_walk", runs[:2], datetime.date(2026, 5, 11))
    assert (facts["days_since_last_run"], facts["this_week_minutes"]) == (4, 20)
    facts = hip.facts_for_plan("run_walk", runs, datetime.date(2026, 5, 13))
    assert (facts["days_since_last_run"], facts["this_week_minutes"]) == (2, {"at_least": 10})


def test_facts_may_be_given_with_a_diary(hip: hiprun.Pack) -> None:
    """Given facts narrow what the diary knows partly, also about last week; contradictions are rejected."""
    runs = [{"when": "2026-05-05T18:00", "what": "run", "jogged": 10}]
    day = datetime.date(2026, 5, 7)
    facts = hip.facts_for_plan("run_walk", runs, day, {"this_week_minutes": 25, "sleep_hours": 8})
    assert (facts["this_week_minutes"], facts["sleep_hours"]) == (25, 8)
    with pytest.raises(hiprun.FactError, match="according to the diary it is"):
        hip.facts_for_plan("run_walk", runs, day, {"this_week_minutes": 5})


def test_a_continued_diary_gives_the_new_facts(hip: hiprun.Pack, diary: Rows) -> None:
    """After a run with pain, replanning from the diary gives a break, then the first run/walk week."""
    facts = hip.facts_for_plan("run_walk", until(diary, START), START)
    plan = hip.plan("run_walk", facts, start=START)
    new = hip.facts_for_plan("run_walk", diary, ANEW, after=plan)
    assert (new["pain_while_running"], new["pain_came_back"], new["days_since_last_run"]) == (3, True, 3)
    assert new["this_week_minutes"] == 18
    after, changed = plan.replan(ANEW, new)
    assert after.status == "planned"
    assert [week.stage for week in after.weeks[2:6]] == ["continuous", "week_1", "week_2", "week_3"]
    assert not any(day.is_session for day in after.days[14:21])
    assert {rule for change in changed for rule in change.rules} >= {
        "run_walk_day.no-run-today",
        "run_walk.after-a-week-off",
    }
    assert {entry.fact for entry in after.supposed} >= {"pain_while_running", "pain_came_back"}


def test_facts_without_recent_entries_become_unknown(hip: hiprun.Pack, diary: Rows) -> None:
    """Weeks after the last entry, the facts are unknown, so nothing is planned until they are reported."""
    plan = hip.plan("run_walk", hip.facts_for_plan("run_walk", until(diary, START), START), start=START)
    new = hip.facts_for_plan("run_walk", diary, datetime.date(2026, 4, 20), after=plan)
    assert new["swelling"] is None
    after, _ = plan.replan("2026-04-20", new)
    assert after.status == "undetermined"
    assert "swelling" in after.needs


def test_a_plan_knows_its_stage_better_than_an_old_entry(hip: hiprun.Pack, root: Path) -> None:
    """Without entries on stages, the plan keeps its own count; with such entries, these count."""
    rows = list(hiprun.read_diary(root / "examples" / "diary.csv").rows)
    before = [dict(row.values) for row in rows]
    plan = hip.plan("run_walk", hip.facts_for_plan("run_walk", _table(before), START), start=START)
    day = datetime.date(2026, 3, 10)
    note = {"when": "2026-03-09T21:00", "what": "symptoms", "pain": "0", "quality": "none", "signs": "none"}
    new = hip.facts_for_plan("run_walk", _table([*before, note]), day, after=plan)
    assert not {"running_stage", "plan_week", "days_in_stage", "sessions_in_stage"} & set(new)
    told = {"when": "2026-03-09", "what": "plan", "stage": "run_walk", "week": "3"}
    new = hip.facts_for_plan("run_walk", _table([*before, note, told]), day, after=plan)
    assert (new["running_stage"], new["plan_week"], new["days_in_stage"]) == ("run_walk", 3, 1)
    new = hip.facts_for_plan("run_walk", _table([*before, note]), day, {"plan_week": 2}, after=plan)
    assert new["plan_week"] == 2


def _table(rows: list[dict[str, object]]) -> Rows:
    numbered = tuple(Row(number, 0, row) for number, row in enumerate(rows, 1))
    return Rows(numbered, cells=True)


def test_days_are_those_of_a_time_zone(hip: hiprun.Pack) -> None:
    """A run late in the evening in one zone is on the next day in another."""
    runs = [{"when": "2026-05-04T23:30+00:00", "what": "run", "jogged": 10, "distance": 2}]
    day = datetime.date(2026, 5, 6)
    for zone, days in (("UTC", 2), ("Asia/Tokyo", 1)):
        facts = hip.facts_for_plan("run_walk", runs, day, zone=ZoneInfo(zone))
        assert facts["days_since_last_run"] == days
    assert hip.facts_for_plan("run_walk", runs, day, zone=datetime.UTC)["days_since_last_run"] == 2
    with pytest.raises(hiprun.FactError, match="Name the time zone of the days"):
        hip.facts_for_plan("run_walk", runs, day)


def test_mistakes_in_a_diary_are_reported(hip: hiprun.Pack) -> None:
    """An entry without a day, or one in the future, is rejected."""
    runs = [{"when": "someday", "what": "run"}, {"when": "2026-06-01T08:00", "what": "run"}]
    day = datetime.date(2026, 5, 6)
    assert [row.values["when"] for row in plans.entries_until(runs, day).rows] == ["someday"]
    with pytest.raises(hiprun.FactError) as caught:
        hip.facts_for_plan("run_walk", runs, day)
    assert {problem.code for problem in caught.value.problems} == {"bad-when", "entry-in-future"}
    assert hip.facts_for_plan("run_walk", [], "2026-03-02") == {}
    with pytest.raises(hiprun.FactError, match="is not a day that a plan can contain"):
        hip.facts_for_plan("run_walk", [], "soon")
    with pytest.raises(hiprun.UnknownNameError, match="`walk` is not the name of a file of stages"):
        hip.facts_for_plan("walk", [], START)
