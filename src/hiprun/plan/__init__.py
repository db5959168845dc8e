"""Dated plans by a protocol: sessions, rest days and milestones, within every limit; replanned from any day."""

from __future__ import annotations

from hiprun.plan.facts_from_diary import entries_until, facts_for_plan
from hiprun.plan.opening import Opening
from hiprun.plan.plan import Plan, make_plan, plan_day
from hiprun.plan.plan_data import Day, DayChange, Milestone, Reason, Schedule, StageStep, Supposed, Week
from hiprun.plan.planner import Planner, make_planner
from hiprun.plan.replan_text import changes_text

__all__ = [
    "Day",
    "DayChange",
    "Milestone",
    "Opening",
    "Plan",
    "Planner",
    "Reason",
    "Schedule",
    "StageStep",
    "Supposed",
    "Week",
    "changes_text",
    "entries_until",
    "facts_for_plan",
    "make_plan",
    "make_planner",
    "plan_day",
]
