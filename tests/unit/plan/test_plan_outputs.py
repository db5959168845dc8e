"""A plan as a table, CSV, a calendar and data, and its changes as text."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
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

week  from        Mo    Tu  We    Th  Fr    Sa Su  total  at most
      In the shade
   1  2026-04-06  1+3   1+3 1+3   1+3 1+3   ·  -   5+15
      In the sun
   2  2026-04-13  2.5+2 ·   2.5+2 ·   2.5+2 -  -   7.5+6  7.5
   3  2026-04-20  4+2   ·   3.5+2 ·   3.5+2 -  -   11+6   11.25
   4  2026-04-27  5+2   ·   5+2   ·   5+2   -  -   15+6   16.5

  A session is outside+misting, in h, min.
  · A place at the open window
  - A day inside
  at most: outside in the week (amounts.half-as-much-again)

Milestones:
  2026-04-10  A week in the shade (5 sessions: outside 1 h, misting 3 min)
  2026-04-20  Three hours of sun (outside 3 h)
  2026-04-27  A whole day of sun (outside 5 h)

Steps other than going on to the next stage:
  2026-04-06  repeat at shade
    hardening.least-shade (seedlings/hardening.yaml:23): Shade comes first."""


def test_a_table_shows_weeks_bounds_and_milestones(made: Callable[..., Plan]) -> None:
    """The table has a line for each week under its stage, a legend, and the dates of milestones."""
    assert made().table(professional=True) == TABLE


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
    assert "Milestones" not in plan.table(professional=True)
    assert "DESCRIPTION" not in plan.to_calendar().decode().split("END:VEVENT")[0]
    assert "Steps other" not in made(1, days_here=7, times_here=4).table(professional=True)


def test_a_table_says_why_days_are_free_and_which_steps_were_taken(made: Callable[..., Plan]) -> None:
    """Days without a session and careful steps have their rules, file and line; the assumptions follow."""
    text = made(1, storm=True, leaves="limp").table(professional=True)
    assert text.split("\n\n", 4)[4] == (
        "Steps other than going on to the next stage:\n"
        "  2026-04-06  go back at shade to shelf\n"
        "    hardening.limp (seedlings/hardening.yaml:60): They were out for too long.\n"
        "\n"
        "Days without a session:\n"
        "  A day inside (2 days)\n"
        "    hardening_day.closed (seedlings/hardening.yaml:66): Nothing goes out today.\n"
        "    outlook.storm (seedlings/outlook.yaml:7): Stems break.\n"
        "\n"
        "Assumed; to be confirmed before going on:\n"
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
    text = made(3, days_old=0, days_here=7, times_here=4).table(professional=True)
    assert text.endswith(
        "repeat at shade, and so on to 2026-04-13\n    hardening.too-young (seedlings/hardening.yaml:64)"
    )


def test_days_with_another_activity_have_their_own_symbol(hip: hiprun.Pack) -> None:
    """A day that is neither a session nor rest has a symbol different from both."""
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "not_running", "plan_week": 1}
    facts |= {"days_in_stage": 0, "sessions_in_stage": 0, "discomfort_walking": True, "discomfort_low_impact": False}
    text = hip.plan("run_walk", facts, start=START, weeks=1).table(professional=True)
    assert "no session can be planned as things stand" in text
    assert "·" in text


def test_a_plan_that_cannot_be_made_says_what_is_missing(made: Callable[..., Plan]) -> None:
    """Instead of days, the missing fact is named."""
    plan = made(frost=None)
    assert plan.table(professional=True) == (
        "hardening: Out into the open, step by step\n"
        "  not decided yet: facts that the plan needs are missing\n"
        "  still needed: frost\n"
        "    frost: Is frost forecast?"
    )
    assert plan.table().split("\n")[2:] == ["  Still to be answered:", "    Is frost forecast?"]
    assert plan.to_csv().count("\n") == 1
    with pytest.raises(hiprun.UndecidedError) as caught:
        plan.to_calendar()
    (problem,) = caught.value.problems
    assert (problem.code, problem.help) == ("no-plan", "Still needed: frost.")
    words = "not decided yet: facts that the plan needs are missing"
    assert problem.message == f"There is no plan to put in a calendar: {words}."


def test_tables_fit_into_a_terminal(runner: Plan) -> None:
    """No line of a plan is wider than 80 columns."""
    assert max(map(len, runner.table(professional=True).split("\n"))) <= 80


def test_csv_has_a_line_for_each_day(runner: Plan, made: Callable[..., Plan]) -> None:
    """CSV has every day, with a column for each measure and its unit in the header."""
    rows = list(csv.DictReader(io.StringIO(runner.to_csv())))
    assert len(rows) == 84
    assert list(rows[0]) == [
        "date", "week", "stage", "activity", "running [min]", "walking [min]", "milestone", "rules", "note",
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


Events = dict[str, icalendar.Event]


def events(plan: Plan, **named: Any) -> Events:
    """Return the entries of a calendar by their identifiers."""
    calendar = icalendar.Calendar.from_ical(plan.to_calendar(**named))
    assert (str(calendar["VERSION"]), str(calendar["PRODID"])) == ("2.0", "-//hiprun//plan//")
    assert str(calendar["METHOD"]) == "PUBLISH"
    found = calendar.walk("VEVENT")
    by_uid = {str(event["UID"]): event for event in found}
    assert len(by_uid) == len(found)
    return by_uid


def of_status(found: Events, status: str) -> Events:
    """Return those of a status."""
    return {uid: event for uid, event in found.items() if str(event["STATUS"]) == status}


def test_a_calendar_can_be_read_back(runner: Plan) -> None:
    """The calendar has a whole-day entry for each session and milestone, in the words of the plan."""
    found = list(events(runner).values())
    sessions = [event for event in found if not str(event["SUMMARY"]).startswith("Milestone: ")]
    assert [event.decoded("DTSTART") for event in sessions] == [day.date for day in runner.sessions]
    assert len(found) - len(sessions) == sum(goal.date is not None for goal in runner.milestones)
    first = sessions[0]
    assert type(first.decoded("DTSTART")) is datetime.date
    assert first.decoded("DTEND") - first.decoded("DTSTART") == datetime.timedelta(days=1)
    assert str(first["SUMMARY"]) == "A run, or a run with walking breaks: running 2 min, walking 15 min"
    assert "Next: The sessions of the first run/walk week without pain" in str(first["DESCRIPTION"])
    assert {str(event["STATUS"]) for event in found} == {"CONFIRMED"}
    assert not any("ORGANIZER" in event for event in found)


def test_a_calendar_is_the_same_every_time(runner: Plan, hip: hiprun.Pack) -> None:
    """The same plan gives the same bytes."""
    assert runner.to_calendar() == runner.to_calendar()
    assert runner.to_calendar(person="Ann") == runner.to_calendar(person="Ann")


def test_what_a_new_plan_drops_is_cancelled(runner: Plan) -> None:
    """Every entry is there again: as it is now, or cancelled with the reason; number and day say which is newer."""
    before = events(runner)
    after, changes = runner.replan("2026-03-18", {"pain_while_running": 2, "pain_quality": "dull"})
    found = events(after)
    dropped = of_status(found, "CANCELLED")
    assert before.keys() <= found.keys()
    assert dropped.keys() == before.keys() - of_status(found, "CONFIRMED").keys()
    sessions = {change.date for change in changes if change.before.is_session and not change.after.is_session}
    assert {event.decoded("DTSTART") for event in dropped.values()} >= sessions
    assert sessions
    for uid, event in dropped.items():
        assert str(event["DESCRIPTION"]).startswith("No longer in the plan.")
        assert (event["SUMMARY"], event["DTSTART"]) == (before[uid]["SUMMARY"], before[uid]["DTSTART"])
        if event.decoded("DTSTART") in sessions:
            assert "There is no run today" in str(event["DESCRIPTION"])
    stamps = {event.decoded("DTSTAMP") for event in found.values()}
    assert stamps == {datetime.datetime(2026, 3, 18, tzinfo=datetime.UTC)}
    assert {event.decoded("DTSTAMP").date() for event in before.values()} == {runner.start}
    (sequence,) = {event["SEQUENCE"] for event in found.values()}
    assert sequence > max(event["SEQUENCE"] for event in before.values())


def test_of_two_plans_made_anew_on_one_day_the_later_one_wins(runner: Plan) -> None:
    """What tells a calendar which is newer grows with the time of planning, of which the time zone counts."""
    nine, ten = (datetime.datetime(2026, 3, 18, hour, 30, 15, 9) for hour in (9, 10))
    berlin = datetime.timezone(datetime.timedelta(hours=2))
    sore, _ = runner.replan("2026-03-18", {"pain_while_running": 2, "pain_quality": "dull"})
    swollen, _ = runner.replan("2026-03-18", {"swelling": True})

    def number_and_stamp(plan: Plan, at: datetime.datetime | None) -> tuple[int, datetime.datetime]:
        (found,) = {(event["SEQUENCE"], event.decoded("DTSTAMP")) for event in events(plan, planned_at=at).values()}
        return found

    earlier, later = number_and_stamp(sore, nine), number_and_stamp(swollen, ten)
    assert earlier < later
    assert later[1] == datetime.datetime(2026, 3, 18, 10, 30, 15, tzinfo=datetime.UTC)
    assert number_and_stamp(sore, ten.replace(tzinfo=berlin)) < earlier
    assert number_and_stamp(runner, None) < number_and_stamp(sore, None) < earlier
    assert later[0] < 2**31


def test_a_milestone_that_moves_is_the_same_entry(made: Callable[..., Plan]) -> None:
    """It is in the calendar once, on its new day."""
    plan = made(8)
    after, _ = plan.replan(plan.start + datetime.timedelta(days=8), {"leaves": "limp"})

    def milestones(found: Events) -> dict[str, tuple[str, datetime.date]]:
        goals = {uid: event for uid, event in found.items() if str(event["SUMMARY"]).startswith("Milestone: ")}
        return {uid: (str(event["SUMMARY"]), event.decoded("DTSTART")) for uid, event in goals.items()}

    earlier, later = milestones(events(plan)), milestones(of_status(events(after), "CONFIRMED"))
    assert later
    assert all(earlier[uid][0] == later[uid][0] for uid in later)
    assert earlier != later


def test_plans_after_one_another_keep_what_was_dropped(runner: Plan) -> None:
    """A calendar that missed a plan in between still loses all that is no longer planned; what comes back is back."""
    first, _ = runner.replan("2026-03-18", {"wants_rest_day": True})
    second, _ = first.replan("2026-03-18", {"wants_rest_day": False})
    third, _ = second.replan("2026-03-20", {"swelling": True})
    planned = [events(plan) for plan in (runner, first, second, third)]
    assert planned[0].keys() | planned[1].keys() | planned[2].keys() <= planned[3].keys()
    numbers = [{event["SEQUENCE"] for event in found.values()} for found in planned]
    assert all(max(earlier) < min(later) for earlier, later in itertools.pairwise(numbers))
    assert of_status(planned[2], "CONFIRMED").keys() == planned[0].keys()
    assert {event.decoded("DTSTART") for event in of_status(planned[3], "CONFIRMED").values()} <= {
        *(day.date for day in third.sessions),
        datetime.date(2026, 3, 20),
    }


def test_a_stopped_plan_says_why_in_the_calendar(runner: Plan, hip: hiprun.Pack) -> None:
    """On the day of the stop an entry says so in words, without the names of rules and facts."""
    after, _ = runner.replan("2026-03-18", {"swelling": True})
    (stop,) = [event for event in events(after).values() if str(event["SUMMARY"]).startswith("Get")]
    assert stop.decoded("DTSTART") == datetime.date(2026, 3, 18)
    assert str(stop["SUMMARY"]) == "Get an urgent medical evaluation"
    assert str(stop["DESCRIPTION"]).split("\n") == [
        "Stop, and ask for help before any session.",
        "Swelling or numbness can be a sign of nerve trouble or another complication and must not wait.",
        "A professional has to look at the sign before the plan continues.",
    ]
    facts = dict(hip.model.patients["calm"]) | {"running_stage": "run_walk", "plan_week": 1, "swelling": True}
    (only,) = events(hip.plan("run_walk", facts, start="2026-03-02", weeks=2)).values()
    assert (only["SUMMARY"], only["DESCRIPTION"]) == (stop["SUMMARY"], stop["DESCRIPTION"])


def test_a_plan_without_sessions_says_so_in_the_calendar(made: Callable[..., Plan], tmp_path: Path) -> None:
    """Frost stops; sessions of nothing are none."""
    (frost,) = events(made(frost=True)).values()
    assert str(frost["SUMMARY"]) == "Stop: no session as long as things stay as they are."
    nothing = seedlings.changed(tmp_path, ("hardening.yaml", "session: {misting: 5}", "session: {misting: 0.5}"))
    (held,) = events(nothing.plan("hardening", seedlings.INDOORS, start=START, weeks=1)).values()
    assert (str(held["SUMMARY"]), held.decoded("DTSTART")) == ("No session can be planned as things stand.", START)


def test_entries_are_one_persons_own(hip: hiprun.Pack, runner: Plan) -> None:
    """Two people share no identifier, in whatever way they are told apart, and a new plan keeps those of its person."""
    facts = dict(runner.reports[0].facts)
    same = hip.plan("run_walk", dict(reversed(facts.items())), start="2026-03-02")
    assert events(same).keys() == events(runner).keys()
    assert (
        events(runner, person="Ann").keys()
        == events(hip.plan("run_walk", facts, start="2026-03-02"), person="Ann").keys()
    )
    others = [
        events(runner, person="Ann"),
        events(runner, person="Bob"),
        events(runner, person=""),
        events(runner),
        events(hip.plan("run_walk", facts | {"weeks_since_injury": 31}, start="2026-03-02")),
    ]
    assert sum(map(len, others)) == len({uid for found in others for uid in found})
    assert "Ann" not in runner.to_calendar(person="Ann").decode()
    later = hip.plan("run_walk", facts, start="2026-03-09")
    shared = events(later, person="Ann").keys() & events(runner, person="Ann").keys()
    assert len(shared) > 20
    assert not events(later).keys() & events(runner).keys()


def test_a_calendar_may_have_an_organizer(runner: Plan) -> None:
    """The standard for sending calendars asks who publishes it; an address that is none is refused."""
    for given in ("clinic@example.org", "mailto:clinic@example.org"):
        assert {str(event["ORGANIZER"]) for event in events(runner, organizer=given).values()} == {
            "mailto:clinic@example.org"
        }
    for given in ("the clinic", "", "a@b\r\nATTENDEE:mailto:c@d"):
        with pytest.raises(hiprun.FactError) as caught:
            runner.to_calendar(organizer=given)
        assert [problem.code for problem in caught.value.problems] == ["bad-organizer"]


def test_after_the_last_milestone_sessions_lead_to_none(made: Callable[..., Plan]) -> None:
    """Sessions after every milestone lead to none, and a milestone without amounts shows only its title."""
    sessions = [event for event in events(made(6)).values() if "Milestone" not in str(event["SUMMARY"])]
    assert str(sessions[-1]["DESCRIPTION"]) == "In the sun"


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
        "stages", "title", "status", "first", "because", "start", "needs", "how", "days", "weeks", "steps",
        "milestones", "supposed",
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
    text = changes_text(before, after, professional=True)
    assert text.startswith(
        "hardening: replanned from 2026-04-22\n"
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
    assert changes_text(before, after, professional=True).split("\n\n")[1:] == [
        "hardening_day.closed (seedlings/hardening.yaml:66): Nothing goes out today.\n"
        "outlook.storm (seedlings/outlook.yaml:7): Stems break.\n"
        "  2026-04-22  outside 3.5 h, misting 2 min -> A day inside\n"
        "  2026-04-23  A place at the open window -> A day inside",
        "hardening_day.at-sun (seedlings/hardening.yaml:35): In the sun\n"
        "  2026-04-25  A day inside -> A place at the open window\n"
        "  2026-04-26  A day inside -> outside 3.5 h, misting 2 min",
        "Assumed; to be confirmed before going on:\n  2026-04-24  storm: false",
    ]
    assert changes_text(before, after).split("\n\n")[1:2] == [
        "Nothing goes out today.\nStems break.\n"
        "  2026-04-22  outside 3.5 h, misting 2 min -> A day inside\n"
        "  2026-04-23  A place at the open window -> A day inside",
    ]
    assert changes_text(before, after).split("\n")[0] == "Out into the open, step by step: replanned from 2026-04-22"


def test_a_plan_that_stays_says_so(made: Callable[..., Plan]) -> None:
    """If nothing changes, the text says so."""
    before = made(2)
    after, _ = before.replan("2026-04-08", {})
    assert changes_text(before, after, professional=True) == "hardening: replanned from 2026-04-08\n  Nothing changes."


def test_a_plan_where_there_was_none_is_shown_whole(made: Callable[..., Plan]) -> None:
    """If there was no plan before, the whole new plan is shown."""
    before = made(4, frost=None)
    after, changed = before.replan(START, {"frost": False})
    assert changed == ()
    assert changes_text(before, after, professional=True) == TABLE


def test_a_plan_that_ends_says_so(made: Callable[..., Plan]) -> None:
    """A stop comes first in the text, and facts that have become unknown are asked for."""
    before = made(2)
    stopped, _ = before.replan("2026-04-08", {"frost": True})
    assert "stop: no session as long as things stay as they are" in changes_text(before, stopped, professional=True)
    open_, changed = before.replan("2026-04-08", {"frost": None})
    assert changed == ()
    assert changes_text(before, open_, professional=True).endswith(
        "plan needs are missing\n  still needed: frost\n    frost: Is frost forecast?"
    )
