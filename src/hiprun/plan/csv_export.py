"""A plan as a table for spreadsheets."""

from __future__ import annotations

import csv

from hiprun.model.value_notation import notation
from hiprun.plan.plan_data import Schedule
from hiprun.plan.spreadsheet_cells import disarmed


class _Written:
    """Takes what is written to it, and has nothing to do with files."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str) -> None:
        self.parts.append(part)


def csv_text(schedule: Schedule) -> str:
    """Return a heading and a line for each day; amounts stand in a column for each measure, with its unit.

    What a spreadsheet would run is marked as text.
    """
    measures = schedule.stages.measures
    written = _Written()
    sheet = csv.writer(written, lineterminator="\n")
    amounts = [f"{name} [{measure.unit}]" for name, measure in measures.items()]
    sheet.writerow(["date", "week", "stage", "activity", *map(disarmed, amounts), "milestone", "rules"])
    for day in schedule.days:
        shown = [notation(day.amounts[name]) if name in day.amounts else "" for name in measures]
        cells = [str(day.date), str(day.week), day.stage, day.activity, *shown, day.milestone, " ".join(day.rules)]
        sheet.writerow(map(disarmed, cells))
    return "".join(written.parts)
