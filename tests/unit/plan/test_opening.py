"""What has to be read first in a plan: the words of the first decision, and why a plan stops."""

from __future__ import annotations

import csv
import datetime
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import icalendar
import pytest

import hiprun
from hiprun.plan import Plan, changes_text

from .. import seedlings
from ..seedlings import INDOORS, SHADE

START = datetime.date(2026, 4, 6)
ALARM = """\
decision: alarm
outputs: {call: {type: choice, choices: {none: Nothing, gardener: Ask the <gardener>, now: Ask at once}, worse: later}}
hit: worst
rules:
  - {id: pests, when: {pests: true}, then: {call: gardener}, because: Pests spread.}
  - {id: brown, when: {leaves: brown}, then: {call: now}, because: The sun burnt them.}
  - {id: limp, when: {leaves: limp}, then: {call: gardener}, because: Limp leaves are thirsty.}
otherwise: {call: none}
"""
FIRST = ("pack.yaml", "notice: Gardens differ.\n", "notice: Gardens differ.\nfirst: alarm\n")


@pytest.fixture
def pack(tmp_path: Path) -> hiprun.Pack:
    """The seedlings, with a decision that comes first."""
    return seedlings.changed(tmp_path, ("alarm.yaml", "", ALARM), FIRST)


def drawn(plan: Plan) -> list[str]:
    """Return the lines of text of a picture, from its top."""
    root = ElementTree.fromstring(plan.to_svg())
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def entries(plan: Plan) -> list[tuple[str, str, datetime.date]]:
    """Return the summary, description and day of the entries of a calendar."""
    events = icalendar.Calendar.from_ical(plan.to_calendar()).walk("VEVENT")
    return [(str(event["SUMMARY"]), str(event.get("DESCRIPTION", "")), event.decoded("DTSTART")) for event in events]


def test_a_plan_that_stops_says_first_what_to_do_and_why(pack: hiprun.Pack) -> None:
    """Text, picture, calendar, CSV and data all begin with the words of the first decision and the reasons."""
    plan = pack.plan("hardening", SHADE | {"pests": True}, start=START, weeks=2)
    assert (plan.status, plan.opening.words) == ("refer", "Ask the <gardener>")
    assert plan.opening.reasons == ("Pests spread.", "Ask a gardener.")
    assert plan.table(professional=True).startswith(
        "Ask the <gardener>\n  Pests spread.\n  Ask a gardener.\n\nhardening: Out into"
    )
    assert drawn(plan)[:4] == [
        "Ask the <gardener>",
        "Pests spread.",
        "Ask a gardener.",
        "Out into the open, step by step",
    ]
    told = "Stop, and ask for help before any session.\nPests spread.\nAsk a gardener."
    assert entries(plan) == [("Ask the <gardener>", told, START)]
    notes = [row["note"] for row in csv.DictReader(io.StringIO(plan.to_csv()))]
    assert notes == ["Ask the <gardener>. Pests spread. Ask a gardener."] * 14
    data = plan.to_dict()
    assert (data["first"]["words"], data["because"]) == ("Ask the <gardener>", ["Pests spread.", "Ask a gardener."])


def test_a_plan_that_stops_for_another_reason_says_that(pack: hiprun.Pack) -> None:
    """Without words of the first decision, the status comes first, with the reasons of the rules."""
    plan = pack.plan("hardening", SHADE | {"frost": True}, start=START, weeks=1)
    assert plan.table(professional=True).startswith(
        "Stop: no session as long as things stay as they are.\n  Frost kills.\n\nhardening:"
    )
    assert drawn(plan)[:2] == ["Stop: no session as long as things stay as they are.", "Frost kills."]
    assert entries(plan) == [("Stop: no session as long as things stay as they are.", "Frost kills.", START)]
    notes = {row["note"] for row in csv.DictReader(io.StringIO(plan.to_csv()))}
    assert notes == {"Stop: no session as long as things stay as they are. Frost kills."}
    assert plan.to_dict()["first"] is None


def test_a_plan_without_sessions_says_why(tmp_path: Path) -> None:
    """A day on which nothing goes out gives its reason for as long as nothing does."""
    pack = seedlings.changed(
        tmp_path, ("hardening.yaml", "storm: {then: false, after_days: 2}", "storm: {then: true, after_days: 2}")
    )
    plan = pack.plan("hardening", SHADE | {"storm": True}, start=START, weeks=1)
    assert (plan.status, plan.opening.reasons) == ("held", ("Nothing goes out today.", "Stems break."))
    assert plan.table(professional=True).startswith(
        "No session can be planned as things stand.\n  Nothing goes out today.\n  Stems break.\n\n"
    )
    assert entries(plan)[0][:2] == (
        "No session can be planned as things stand.",
        "Nothing goes out today.\nStems break.",
    )


def test_a_plan_that_goes_on_says_first_what_to_do(pack: hiprun.Pack) -> None:
    """The words come first in a plan with sessions too; in CSV on the days before the first session since."""
    plan = pack.plan("hardening", SHADE, start=START, weeks=3)
    assert plan.opening.words == ""
    assert plan.table(professional=True).startswith("hardening: ")
    assert {row["note"] for row in csv.DictReader(io.StringIO(plan.to_csv()))} == {""}
    after, _ = plan.replan("2026-04-15", {"leaves": "limp"})
    assert after.status == "planned"
    assert changes_text(plan, after, professional=True).startswith(
        "Ask the <gardener>\n  Limp leaves are thirsty.\n\nhardening: replanned"
    )
    assert ("Ask the <gardener>", "Limp leaves are thirsty.", datetime.date(2026, 4, 15)) in entries(after)
    rows = list(csv.DictReader(io.StringIO(after.to_csv())))
    noted = [row["date"] for row in rows if row["note"]]
    sessions = [str(day.date) for day in after.sessions if day.date >= datetime.date(2026, 4, 15)]
    assert all("2026-04-15" <= date < sessions[0] for date in noted)
    assert not any(entry[0] == "Ask the <gardener>" for entry in entries(plan))


def test_what_has_passed_is_no_longer_said_first(pack: hiprun.Pack) -> None:
    """Once the pests are gone, the plan goes on and says nothing first."""
    plan = pack.plan("hardening", SHADE | {"pests": True}, start=START, weeks=2)
    after, _ = plan.replan("2026-04-08", {"pests": False})
    assert (after.status, after.first, after.opening.words) == ("planned", None, "")


def test_a_stop_goes_on_under_the_words_of_the_latest_report(pack: hiprun.Pack) -> None:
    """A plan that has stopped before says at the latest report what is to be done now."""
    plan = pack.plan("hardening", SHADE | {"frost": True}, start=START, weeks=2)
    after, _ = plan.replan("2026-04-08", {"leaves": "limp"})
    assert [(summary, day) for summary, _, day in entries(after)] == [
        ("Stop: no session as long as things stay as they are.", START),
        ("Ask the <gardener>", datetime.date(2026, 4, 8)),
    ]


def test_what_comes_first_needs_no_plan(pack: hiprun.Pack) -> None:
    """If facts are missing for a plan, what has to be read first is said all the same."""
    plan = pack.plan("hardening", {"leaves": "brown"}, start=START)
    assert (plan.status, plan.days) == ("undetermined", ())
    assert plan.opening.words == "Ask at once"
    assert plan.table(professional=True).startswith("Ask at once\n  The sun burnt them.\n\nhardening: ")
    assert drawn(plan)[0] == "Ask at once"
    part = pack.plan("hardening", {"pests": True}, start=START)
    assert part.opening.words == "At least: Ask the <gardener>. It may be: Ask at once"


def test_a_plan_without_a_first_decision_has_no_words(tmp_path: Path) -> None:
    """A pack that names no first decision has plans that begin as they are."""
    plan = seedlings.load().plan("hardening", INDOORS, start=START, weeks=1)
    assert (plan.first, plan.opening.words, plan.opening.reasons) == (None, "", ())
