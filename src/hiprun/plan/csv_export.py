"""A plan as CSV for spreadsheets."""

from __future__ import annotations

import csv

from hiprun.model.value_notation import notation
from hiprun.plan.opening import opening_text
from hiprun.plan.phrases import PlanVoice
from hiprun.plan.plan_data import Schedule
from hiprun.plan.spreadsheet_cells import escaped_cell


class _TextBuffer:
    """Collects what is written to it; csv needs something like a file."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str) -> None:
        self.parts.append(part)


def csv_text(schedule: Schedule, voice: PlanVoice) -> str:
    """Return a header and a line for each day, with a column for the amounts of each measure.

    `note` has what has to be read first in the plan, on the days from the latest report to the next session.

    Cells that a spreadsheet would run as a formula are marked as text.
    """
    measures = schedule.stages.measures
    buffer = _TextBuffer()
    writer = csv.writer(buffer, lineterminator="\n")
    amount_headings = [f"{name} [{measure.unit}]" for name, measure in measures.items()]
    writer.writerow(
        ["date", "week", "stage", "activity", *map(escaped_cell, amount_headings), "milestone", "rules", "note"]
    )
    note = opening_text(schedule, voice)
    for day in schedule.days:
        is_later = schedule.reported is not None and day.date >= schedule.reported
        if is_later and day.is_session:
            note = ""
        amount_cells = [notation(day.amounts[name]) if name in day.amounts else "" for name in measures]
        cells = [
            str(day.date),
            str(day.week),
            day.stage,
            day.activity,
            *amount_cells,
            day.milestone,
            " ".join(day.rules),
            note if is_later else "",
        ]
        writer.writerow(map(escaped_cell, cells))
    return "".join(buffer.parts)
