"""Dated plans from a protocol of the pack: sessions, rest, milestones, every limit kept; planned anew from any day."""

from __future__ import annotations

from hiprun.plan.facts_from_diary import noted, until
from hiprun.plan.plan import Plan, day_of_plan, make_plan
from hiprun.plan.plan_data import Day, DayChange, Milestone, Reason, Schedule, StageStep, Supposed, Week
from hiprun.plan.planner import Planner, planner
from hiprun.plan.replan_text import changes_text

__all__ = [
    "Day",
    "DayChange",
    "Milestone",
    "Plan",
    "Planner",
    "Reason",
    "Schedule",
    "StageStep",
    "Supposed",
    "Week",
    "changes_text",
    "day_of_plan",
    "make_plan",
    "noted",
    "planner",
    "until",
]
