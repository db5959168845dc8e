"""Plans by protocols whose rules contradict each other, need more than seven days a week, or change in mid-week."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from hiprun.plan import changes_text

from ..seedlings import INDOORS, changed

START = datetime.date(2026, 4, 6)
CLASH = """
decision: {name}
title: Two gardeners
outputs: {{{output}}}
hit: any
rules:
  - {{id: cautious, when: {{sturdy: true}}, then: {{says: {one}}}}}
  - {{id: brisk, when: {{leaves: firm}}, then: {{says: {other}}}}}
otherwise: {{says: {other}}}
"""
CLASHES = [
    ("clash.yaml", "", CLASH.format(name="clash", output="says: {type: boolean}", one="true", other="false")),
    ("points.yaml", "", CLASH.format(name="points", output="says: {type: number}", one=1, other=2)),
]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hardening.yaml", "{outlook.air: closed}", "{clash.says: true}"),
        ("hardening.yaml", "{misting: 5}", "{misting: 5 + points.says}"),
        ("hardening.yaml", "{leaves: limp}", "{clash.says: true}"),
        ("amounts.yaml", "{place: shade}", "{clash.says: true}"),
    ],
    ids=["day", "session", "step", "limit"],
)
def test_rules_that_contradict_each_other_leave_no_plan(tmp_path: Path, file: str, old: str, new: str) -> None:
    """Whether they concern a day, a session, a step or a limit, no plan is made, and every output says why."""
    pack = changed(tmp_path, *CLASHES, (file, old, new))
    calm = pack.plan("hardening", INDOORS, start=START, weeks=1)
    assert calm.status == "planned"
    plan = pack.plan("hardening", INDOORS | {"sturdy": True}, start=START, weeks=1)
    assert (plan.status, plan.needs, plan.days) == ("conflict", (), ())
    assert plan.table(professional=True).endswith("no plan can be made: rules contradict each other")
    assert "rules contradict each other" in plan.to_svg()
    assert "still needed" not in plan.to_svg()
    assert plan.to_dict()["status"] == "conflict"
    after, changes = calm.replan("2026-04-08", {"sturdy": True})
    assert (after.status, changes) == ("conflict", ())
    assert changes_text(calm, after, professional=True).endswith("no plan can be made: rules contradict each other")


def test_days_of_rest_come_before_sessions(tmp_path: Path) -> None:
    """If sessions and rest days need more than seven days, sessions are left out."""
    pack = changed(tmp_path, ("hardening.yaml", "sessions: 7\n", "sessions: 7\n    rest_days: 3\n"))
    plan = pack.plan("hardening", INDOORS, start=START, weeks=1)
    assert [(day.activity, day.is_session) for day in plan.days] == [("window", True)] * 4 + [("inside", False)] * 3
    after, _ = plan.replan("2026-04-10", {"place": "indoors", "weeks_old": 5})
    assert [day.activity for day in after.days] == [day.activity for day in plan.days]


def test_an_empty_report_leaves_a_week_as_it_was_planned(tmp_path: Path) -> None:
    """Facts that change in mid-week count when the week is planned, not when an empty report is made."""
    pack = changed(tmp_path, ("hardening.yaml", "{days_old: {below: 10}}", "{days_old: {above: 30}}"))
    plan = pack.plan("hardening", INDOORS | {"sturdy": True}, start=START, weeks=2)
    for day in plan.days:
        again, changes = plan.replan(day.date, {})
        assert (again.days, again.steps, changes) == (plan.days, plan.steps, ())


def test_a_measure_that_grows_may_be_counted_by_several_facts(tmp_path: Path) -> None:
    """If several facts count the amount of a week, the tightest limit on any of them applies."""
    fact = "{ask: And by this name?, type: number, unit: h}"
    bound = "\n  - {id: other, quantity: OTHER, at_most: 1 + hours_last_week}"
    sun = INDOORS | {"place": "sun", "shelf": 1, "hours_last_week": 2, "sun_last_week": 2, "days_since_outside": 3}
    totals = []
    for limited in ("", "other_hours", "more_hours"):
        pack = changed(
            tmp_path / (limited or "none"),
            ("facts.yaml", "facts:\n", f"facts:\n  other_hours: {fact}\n  more_hours: {fact}\n"),
            ("hardening.yaml", "over_time:\n", "over_time:\n  other_hours: {week: [outside]}\n"),
            ("hardening.yaml", "steps:\n", "  more_hours: {week: [outside]}\nsteps:\n"),
            ("amounts.yaml", "bounds:", f"bounds:{bound.replace('OTHER', limited) if limited else ''}"),
            ("parameters.yaml", "rise: {value: 0.5", "rise: {value: 1"),
        )
        plan = pack.plan("hardening", sun, start=START, weeks=1)
        totals.append(plan.weeks[0].totals["outside"])
    assert totals == [4, 3, 3]


def test_a_title_of_several_lines_is_one_in_a_calendar(tmp_path: Path) -> None:
    """Line breaks in the name of a calendar are escaped."""
    pack = changed(tmp_path, ("hardening.yaml", "title: Out into the open, step by step", 'title: "Out,\\nand slowly"'))
    plan = pack.plan("hardening", INDOORS, start=START, weeks=1)
    assert b"X-WR-CALNAME:Out\\,\\nand slowly\r\n" in plan.to_calendar()
