"""What a sheet changes in a decision table: only cells that differ are edited, each at its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from hiprun.errors import Problem, RuleError
from hiprun.language.syntax.source_tree import Point
from hiprun.workspace.decision_table import DecisionTable
from hiprun.workspace.sheet_values import DoubtError, SheetValue, cell_data, shown
from hiprun.workspace.text_edits import TextEdit
from hiprun.workspace.workspace import Workspace

_ID = "id"


@attrs.frozen
class SheetChange:
    """The workspace after the changes of a sheet, and each change in a line."""

    workspace: Workspace
    changes: tuple[str, ...]


def changed_by(workspace: Workspace, table: DecisionTable, sheet: Sequence[Sequence[SheetValue]]) -> SheetChange:
    """Return what a sheet changes in a table. Its first row has the heads, in any order.

    Where the table has a column `id`, rows can be added and removed. Raises `RuleError` with every cell of which it is
    not clear what was meant, or with the mistakes that the pack would have.
    """
    filled = [(number, row) for number, row in enumerate(sheet, 1) if any(value is not None for value in row)]
    heads, *body = filled or [(1, ())]
    order = _order(table, heads[1])
    rows = [(number, [row[index] if index < len(row) else None for index in order]) for number, row in body]
    places = _matched(table, rows)
    problems: list[Problem] = []
    letters = [_letter(index) for index in order]
    data = [
        _row_data(table, number, row, place, letters, problems)
        for (number, row), place in zip(rows, places, strict=True)
    ]
    if problems:
        raise RuleError(problems)
    change = _applied(workspace, table, places, data)
    if change.workspace.problems:
        raise RuleError(change.workspace.problems)
    return change


def _order(table: DecisionTable, heads: Sequence[SheetValue]) -> list[int]:
    """Return where the sheet has each column of the table."""
    names = [head.strip() if isinstance(head, str) else head for head in heads]
    problems = [
        Problem(
            "sheet-columns", f"The sheet has no column `{name}`.", help=f"The table has: {', '.join(table.columns)}."
        )
        for name in table.columns
        if name not in names
    ]
    problems += [
        Problem("sheet-columns", f"The table has no column `{name}`.", help="Columns are added in the rule file.")
        for name in names
        if name is not None and name not in table.columns
    ]
    if problems:
        raise RuleError(problems)
    return [names.index(name) for name in table.columns]


def _matched(table: DecisionTable, rows: Sequence[tuple[int, Sequence[SheetValue]]]) -> list[int | None]:
    """Return for each row of a sheet which row of the table it is; None for a new one."""
    if _ID not in table.columns:
        if len(rows) != len(table.rows):
            message = f"The sheet has {len(rows)} rows and the table has {len(table.rows)}."
            help = "Add and remove rows in the rule file, or give the table a column `id` first."
            raise RuleError([Problem("sheet-rows", message, help=help)])
        return list(range(len(rows)))
    column = table.columns.index(_ID)
    known = [row[column] for row in table.rows]
    ids = [str(row[column]).strip() if row[column] is not None else None for _, row in rows]
    twice = sorted(id_ for id_, times in Counter(ids).items() if id_ is not None and times > 1)
    if twice:
        message = f"The sheet has two rows with the id `{twice[0]}`."
        raise RuleError([Problem("sheet-rows", message, help="Give each row an id of its own.")])
    place_of = {id_: place for place, id_ in reversed([*enumerate(known)])}
    return [place_of.get(id_) for id_ in ids]


def _row_data(
    table: DecisionTable,
    number: int,
    row: Sequence[SheetValue],
    place: int | None,
    letters: Sequence[str],
    problems: list[Problem],
) -> list[Any]:
    data = []
    for index, (name, given) in enumerate(zip(table.columns, row, strict=True)):
        before = None if place is None else table.rows[place][index]
        usual = (other[index] for other in table.rows)
        try:
            data.append(cell_data(given, before, usual, is_text=name in table.texts))
        except DoubtError as doubt:
            message = f"{letters[index]}{number}, column `{name}`: {doubt.message}"
            problems.append(Problem("sheet-cell", message, help=doubt.help))
    return data


def _applied(
    workspace: Workspace, table: DecisionTable, places: Sequence[int | None], data: Sequence[Sequence[Any]]
) -> SheetChange:
    changes: list[str] = []
    edits: list[TextEdit] = []
    for place, row in zip(places, data, strict=True):
        if place is not None:
            for index, value in _differing(table.rows[place], row):
                edits += workspace.set_value(table.file, ("table", place + 1, index), value)
                before = shown(table.rows[place][index])
                changes.append(f"{_name(table, row, place)}, {table.columns[index]}: {before} → {shown(value)}")
    for gone in sorted(set(range(len(table.rows))) - set(places), reverse=True):
        edits += workspace.remove(table.file, ("table", gone + 1))
        changes.append(f"{_name(table, table.rows[gone], gone)}: removed")
    above = 0
    for index, (place, row) in enumerate(zip(places, data, strict=True)):
        if place is None:
            edits += workspace.insert_item(table.file, ("table",), above + 1, list(row))
            changes.append(f"{_name(table, row, index)}: added")
        else:
            above = place + 1
    return SheetChange(workspace.edited(_joined(edits)), tuple(changes))


def _joined(edits: Iterable[TextEdit]) -> list[TextEdit]:
    """Return edits with those of one place as one, so that what is inserted there stays in its order."""
    found: dict[tuple[Point, Point], TextEdit] = {}
    for edit in edits:
        earlier = found.get((edit.start, edit.end))
        found[edit.start, edit.end] = attrs.evolve(edit, text=f"{earlier.text if earlier else ''}{edit.text}")
    return list(found.values())


def _differing(before: Sequence[Any], row: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    for index, (old, new) in enumerate(zip(before, row, strict=True)):
        if old != new or isinstance(old, bool) is not isinstance(new, bool):
            yield index, new


def _name(table: DecisionTable, row: Sequence[Any], place: int) -> str:
    return str(row[table.columns.index(_ID)]) if _ID in table.columns else f"row {place + 1}"


def _letter(index: int) -> str:
    """Return the letter of a column of a sheet, counted from 0.

    >>> _letter(0), _letter(27)
    ('A', 'AB')
    """
    before, last = divmod(index, 26)
    return f"{_letter(before - 1) if before else ''}{chr(ord('A') + last)}"
