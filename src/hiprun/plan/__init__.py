"""Dated plans from a protocol of the pack: sessions, rest, milestones, every limit kept; planned anew from any day."""

from __future__ import annotations

from hiprun.plan.making import Plan, day_of_plan, make_plan
from hiprun.plan.news import changes_text
from hiprun.plan.noted import noted, until
from hiprun.plan.planning import Planner, planner
from hiprun.plan.schedule import Day, DayChange, Milestone, Reason, Schedule, StageStep, Supposed, Week

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
