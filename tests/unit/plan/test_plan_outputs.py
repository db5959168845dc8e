"""A plan as a table, CSV, a calendar and data, and its changes as text."""

from __future__ import annotations

import csv
import datetime
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import icalendar
import pytest

import hiprun
from hiprun.plan import Plan, changes_text

from .. import seedlings
from ..seedlings import SHADE

START = datetime.date(2026, 4, 6)


@pytest.fixture(scope="module")
def pack() -> hiprun.Pack:
    """A small pack with a protocol of its own."""
    return seedlings.load()


@pytest.fixture
def made(pack: hiprun.Pack) -> Callable[..., Plan]:
    """Return a function that makes a plan for seedlings in the shade, with some facts changed."""

    def make(weeks: int = 4, **facts: Any) -> Plan:
        return pack.plan("hardening", SHADE | facts, start=START, weeks=weeks)

    return make


@pytest.fixture(scope="module")
def runner(hip: hiprun.Pack) -> Plan:
    """Twelve weeks of a runner who is ready."""
    facts = dict(hip.model.patients["calm"])
    facts |= {"running_stage": "run_walk", "plan_week": 1, "days_in_stage": 0, "sessions_in_stage": 0}
    return hip.plan("run_walk", facts, start=datetime.date(2026, 3, 2))


TABLE = """\
hardening: Out into the open, step by step
  2026-04-06 to 2026-05-03

week  from        Mo    Tu    We    Th    Fr    Sa    Su     total  at most
      In the shade
   1  2026-04-06  1+3   1+3   1+3   1+3   1+3   ·     -      5+15
      In the sun
   2  2026-04-13  2.5+2 ·     2.5+2 ·     2.5+2 -     -      7.5+6  7.5
   3  2026-04-20  4+2   ·     3.5+2 ·     3.5+2 -     -      11+6   11.25
   4  2026-04-27  5+2   ·     5+2   ·     5+2   -     -      15+6   16.5

  A session is outside+misting, in h, min.
  · A place at the open window
  - A day inside
  at most: outside in the week (amounts.half-as-much-again)

Milestones:
  2026-04-10  A week in the shade (5 sessions: outside 1 h, misting 3 min)
  2026-04-20  Three hours of sun (outside 3 h)
  2026-04-27  A whole day of sun (outside 5 h)

Steps other than the next:
  2026-04-06  repeat at shade
    hardening.least-shade (seedlings/hardening.yaml:23): Shade comes first."""


def test_a_table_shows_weeks_bounds_and_milestones(made: Callable[..., Plan]) -> None:
    """The table has a line for each week under its stage, a legend, and the dates of milestones."""
    assert made().table() == TABLE


def test_a_table_leaves_out_empty_sections(made: Callable[..., Plan], tmp_path: Path) -> None:
    """Without milestones and careful steps, their sections are missing."""
    whole_day = "      - {title: A whole day of sun, reach: {outside: longest_day}, facts: {pests: false}}\n"
    changes = [
        ("hardening.yaml", "    milestones:\n      - {title: Sturdy stems, facts: {sturdy: true}}\n", ""),
        (
            "hardening.yaml",
            "    milestones:\n      - title: A week in the shade\n    because: Shade comes first.\n",
            "",
        ),
        ("hardening.yaml", "    milestones:\n      - {title: Three hours of sun, reach: {outside: 3}}\n", ""),
        ("hardening.yaml", whole_day, ""),
        ("hardening.yaml", "    title: In the shade\n", ""),
    ]
    plan = seedlings.changed(tmp_path, *changes).plan("hardening", SHADE, start=START)
    assert "Milestones" not in plan.table()
    assert "DESCRIPTION" not in plan.to_calendar().decode().split("END:VEVENT")[0]
    assert "Steps other" not in made(1, days_here=7, times_here=4).table()


def test_a_table_says_why_days_are_free_and_which_steps_were_taken(made: Callable[..., Plan]) -> None:
    """Days without a session and careful steps have their rules, file and line; the assumptions follow."""
    text = made(1, storm=True, leaves="limp").table()
    assert text.split("\n\n", 4)[4] == (
        "Steps other than the next:\n"
        "  2026-04-06  go back at shade to shelf\n"
        "    hardening.limp (seedlings/hardening.yaml:60): They were out for too long.\n"
        "\n"
        "Days without a session:\n"
        "  inside (2 days)\n"
        "    hardening_day.closed (seedlings/hardening.yaml:66): Nothing goes out today.\n"
        "    outlook.storm (seedlings/outlook.yaml:7): Stems break.\n"
        "\n"
        "Supposed, and to be seen before going on:\n"
        "  2026-04-08  storm: false\n"
        "  2026-04-09  leaves: firm"
    )


def test_a_reason_that_two_rules_share_is_listed_once(tmp_path: Path) -> None:
    """If two rules on a day depend on the same decision, its reason is listed once."""
    more = "days:\n  - {id: shut, when: {outlook.air: closed, frost: false}, then: inside, because: Doors are shut.}\n"
    plan = seedlings.changed(tmp_path, ("hardening.yaml", "days:\n", more)).plan(
        "hardening", SHADE | {"storm": True}, start=START, weeks=1
    )
    assert [reason.because for reason in plan.why(plan.days[0])] == [
        "Doors are shut.",
        "Nothing goes out today.",
        "Stems break.",
    ]


def test_a_table_says_from_when_to_when_a_step_is_repeated(made: Callable[..., Plan]) -> None:
    """A step that is repeated week after week is listed once; a rule without a reason is listed alone."""
    text = made(3, days_old=0, days_here=7, times_here=4).table()
    assert text.endswith(
        "repeat at shade, and so on to 2026-04-13\n    hardening.too-young (seedlings/hardening.yaml:64)"
    )


def test_days_with_another_activity_have_their_own_symbol(hip: hiprun.Pack) -> None:
    """A day that is neither a session nor rest has a symbol different from both."""
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "not_running", "plan_week": 1}
    facts |= {"days_in_stage": 0, "sessions_in_stage": 0, "discomfort_walking": True, "discomfort_low_impact": False}
    text = hip.plan("run_walk", facts, start=START, weeks=1).table()
    assert "no session can be planned as things stand" in text
    assert "·" in text


def test_a_plan_that_cannot_be_made_says_what_is_missing(made: Callable[..., Plan]) -> None:
    """Instead of days, the missing fact is named."""
    plan = made(frost=None)
    assert plan.table() == (
        "hardening: Out into the open, step by step\n"
        "  not decided yet: facts are missing without which nobody can plan\n"
        "  still needed: frost"
    )
    assert plan.to_csv().count("\n") == 1
    assert b"VEVENT" not in plan.to_calendar()


def test_tables_fit_into_a_terminal(runner: Plan) -> None:
    """No line of a plan is wider than 80 columns."""
    assert max(map(len, runner.table().split("\n"))) <= 80


def test_csv_has_a_line_for_each_day(runner: Plan, made: Callable[..., Plan]) -> None:
    """CSV has every day, with a column for each measure and its unit in the header."""
    rows = list(csv.DictReader(io.StringIO(runner.to_csv())))
    assert len(rows) == 84
    assert list(rows[0]) == [
        "date", "week", "stage", "activity", "running [min]", "walking [min]", "milestone", "rules",
    ]  # fmt: skip
    assert (rows[0]["date"], rows[0]["running [min]"], rows[0]["walking [min]"]) == ("2026-03-02", "2", "15")
    assert {row["running [min]"] for row in rows if row["activity"] == "low_impact"} == {""}
    assert "hardening_day.at-shade" in made().to_csv()


def test_no_cell_of_csv_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    """A milestone whose title begins like a formula is marked as text."""
    pack = seedlings.changed(tmp_path, ("hardening.yaml", "title: A week in the shade", "title: '=1+1'"))
    schedule = pack.plan("hardening", SHADE, start=START)
    milestones = {row["milestone"] for row in csv.DictReader(io.StringIO(schedule.to_csv()))}
    assert "'=1+1" in milestones


def test_a_calendar_can_be_read_back(runner: Plan) -> None:
    """The calendar has a whole-day entry for each session and milestone, in the words of the plan."""
    calendar = icalendar.Calendar.from_ical(runner.to_calendar())
    events = calendar.walk("VEVENT")
    sessions = [event for event in events if str(event["UID"]).endswith("-session@hiprun")]
    assert [event.decoded("DTSTART") for event in sessions] == [day.date for day in runner.sessions]
    assert len(events) - len(sessions) == sum(goal.date is not None for goal in runner.milestones)
    first = sessions[0]
    assert type(first.decoded("DTSTART")) is datetime.date
    assert first.decoded("DTEND") - first.decoded("DTSTART") == datetime.timedelta(days=1)
    assert str(first["SUMMARY"]) == "A run, or a run with walking breaks: running 2 min, walking 15 min"
    assert "Next: The sessions of the first run/walk week without pain" in str(first["DESCRIPTION"])
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert (str(calendar["VERSION"]), str(calendar["PRODID"])) == ("2.0", "-//hiprun//plan//")


def test_a_calendar_is_the_same_every_time(runner: Plan, hip: hiprun.Pack) -> None:
    """The same plan gives the same bytes, and after replanning, unchanged days keep their ids."""
    assert runner.to_calendar() == runner.to_calendar()
    after, _ = runner.replan("2026-04-01", {"unusual_fatigue": True})
    names = [
        {str(event["UID"]) for event in icalendar.Calendar.from_ical(plan.to_calendar()).walk("VEVENT")}
        for plan in (runner, after)
    ]
    assert names[0] != names[1]
    assert {name for name in names[0] if "2026-03-2" in name and "session" in name} <= names[1]


def test_after_the_last_milestone_sessions_lead_to_none(made: Callable[..., Plan]) -> None:
    """Sessions after every milestone lead to none, and a milestone without amounts shows only its title."""
    calendar = icalendar.Calendar.from_ical(made(6).to_calendar())
    last = [event for event in calendar.walk("VEVENT") if "session" in event["UID"]][-1]
    assert str(last["DESCRIPTION"]) == "In the sun"


def test_a_calendar_needs_its_package(runner: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the error says how to install it."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(hiprun.MissingExtraError) as caught:
        runner.to_calendar()
    (problem,) = caught.value.problems
    assert (problem.code, problem.help) == ("missing-extra", "pip install 'hiprun[calendar]'")


def test_a_plan_has_a_title(made: Callable[..., Plan]) -> None:
    """A plan says what it is for."""
    assert made(1).title == "Out into the open, step by step"


def test_a_plan_is_plain_data(made: Callable[..., Plan]) -> None:
    """`to_dict` returns the whole plan as data for JSON."""
    plan = made(3, storm=True)
    data = json.loads(json.dumps(plan.to_dict()))
    assert list(data) == [
        "stages", "title", "status", "start", "needs", "days", "weeks", "steps", "milestones", "supposed",
    ]  # fmt: skip
    assert data["days"][2]["amounts"] == {"outside": 1, "misting": 3}
    assert data["weeks"][2]["bounds"]["outside"]["verdict"] == "within"
    assert data["steps"][0] == {
        "date": "2026-04-06",
        "stage": "shade",
        "step": "repeat",
        "to": "shade",
        "rules": ["hardening.least-shade"],
    }
    assert data["milestones"][0]["date"] == "2026-04-12"
    assert data["milestones"][2]["date"] is None
    assert data["supposed"] == [{"date": "2026-04-08", "fact": "storm", "value": False}]
    reason = plan.why(plan.days[0])[1].to_dict()
    assert reason == {
        "rule": "outlook.storm",
        "because": "Stems break.",
        "source": [],
        "place": "seedlings/outlook.yaml:7",
    }


def test_changes_name_days_and_rules(made: Callable[..., Plan]) -> None:
    """The text has the steps, then the days under the rules responsible, then the milestones that move."""
    before = made(4)
    after, changed = before.replan("2026-04-22", {"leaves": "limp"})
    text = changes_text(before, after)
    assert text.startswith(
        "hardening: planned anew from 2026-04-22\n"
        "  2026-04-22  go back at sun to shade\n"
        "\n"
        "hardening.limp (seedlings/hardening.yaml:60): They were out for too long.\n"
    )
    assert "outside 3.5 h, misting 2 min -> outside 1 h, misting 3 min" in text
    assert "Milestones that move:\n" in text
    assert "  2026-04-27 -> later  A whole day of sun" in text
    assert changed[0].to_dict()["rules"] == ["hardening.limp"]
    assert changed[0].to_dict()["before"]["date"] == changed[0].to_dict()["after"]["date"]


def test_days_that_lose_their_session_name_their_own_rules(made: Callable[..., Plan]) -> None:
    """Sessions removed by a storm name the rule on storms, and the assumptions are listed."""
    before = made(4)
    after, _ = before.replan("2026-04-22", {"storm": True})
    assert changes_text(before, after).split("\n\n")[1:] == [
        "hardening_day.closed (seedlings/hardening.yaml:66): Nothing goes out today.\n"
        "outlook.storm (seedlings/outlook.yaml:7): Stems break.\n"
        "  2026-04-22  outside 3.5 h, misting 2 min -> inside\n"
        "  2026-04-23  window -> inside",
        "hardening_day.at-sun (seedlings/hardening.yaml:35): In the sun\n"
        "  2026-04-25  inside -> window\n"
        "  2026-04-26  inside -> outside 3.5 h, misting 2 min",
        "Supposed, and to be seen before going on:\n  2026-04-24  storm: false",
    ]


def test_a_plan_that_stays_says_so(made: Callable[..., Plan]) -> None:
    """If nothing changes, the text says so."""
    before = made(2)
    after, _ = before.replan("2026-04-08", {})
    assert changes_text(before, after) == "hardening: planned anew from 2026-04-08\n  Nothing changes."


def test_a_plan_where_there_was_none_is_shown_whole(made: Callable[..., Plan]) -> None:
    """If there was no plan before, the whole new plan is shown."""
    before = made(4, frost=None)
    after, changed = before.replan(START, {"frost": False})
    assert changed == ()
    assert changes_text(before, after) == TABLE


def test_a_plan_that_ends_says_so(made: Callable[..., Plan]) -> None:
    """A stop comes first in the text, and facts that have become unknown are asked for."""
    before = made(2)
    stopped, _ = before.replan("2026-04-08", {"frost": True})
    assert "stop: no session as long as things stand as they do" in changes_text(before, stopped)
    open_, changed = before.replan("2026-04-08", {"frost": None})
    assert changed == ()
    assert changes_text(before, open_).endswith("nobody can plan\n  still needed: frost")
