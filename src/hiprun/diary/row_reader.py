"""A diary in any form → rows: names with plain values, and the place of each row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import attrs

from hiprun.diary import timestamps
from hiprun.diary.dataframes import frame_rows, is_frame
from hiprun.errors import FactError, Problem
from hiprun.model.places import Place

MOST_ENTRIES = 200_000
MOST_PROBLEMS = 100


@attrs.frozen
class Row:
    """One entry as written: its number, from 1, and its line in a file, 0 if there is none."""

    number: int
    line: int
    values: Mapping[str, Any]


@attrs.frozen
class Rows:
    """All entries as they were written. `cells`: values may be text that represents a number or a list, as in a table.

    `columns` are the names at the top of a table, `lines` the text they came from, to show with a mistake.
    """

    rows: tuple[Row, ...]
    file: str = ""
    cells: bool = False
    columns: tuple[str, ...] = ()
    lines: tuple[str, ...] = attrs.field(default=(), repr=False)

    @property
    def zoned(self) -> bool:
        """Whether the first time in it has a time zone."""
        for row in self.rows:
            try:
                when = timestamps.read(row.values.get("when"))
            except Exception:  # not a moment, or a caller's time zone that fails; reported when entries are checked
                continue
            if isinstance(when, datetime.datetime):
                return when.tzinfo is not None
        return False

    def problem(self, code: str, message: str, line: int, number: int = 0, help: str = "") -> Problem:
        """Return a mistake in the entry `number`, which is on `line`."""
        if not self.file:
            return Problem(code, f"Entry {number}: {message}" if number else message, help=help)
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Problem(code, message, Place(self.file, max(line, 1), 1, max(len(shown), 1)), help, shown)


def rows_of(diary: Any) -> Rows:
    """Return the entries of a diary, given as rows, a dataframe, or a sequence of mappings."""
    if isinstance(diary, Rows):
        return diary
    if is_frame(diary):
        names, rows = frame_rows(diary, MOST_ENTRIES + 1)
        return Rows(_numbered(rows), cells=True, columns=names)
    if isinstance(diary, str | bytes | bytearray | Mapping) or not isinstance(diary, Iterable):
        raise FactError(
            [
                Problem(
                    "diary-shape",
                    "A diary is a list of entries, each a mapping from names to values.",
                    help="Give a list, a dataframe, or what `hiprun.read_diary` returns.",
                )
            ]
        )
    return Rows(_numbered(_plain(diary)))


def too_long() -> Problem:
    """Return the problem of a diary with too many entries."""
    return Problem(
        "diary-too-long", f"A diary has at most {MOST_ENTRIES:,} entries.", help="Leave out the oldest entries."
    )


def at_most(problems: list[Problem]) -> list[Problem]:
    """Return the problems, at most as many as a reader can take in."""
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rest = Problem("too-many-problems", f"There are more than these {MOST_PROBLEMS} mistakes.")
    return [*problems[:MOST_PROBLEMS], rest]


def _plain(diary: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    problems: list[Problem] = []
    number = 0
    try:
        for number, entry in enumerate(islice(diary, MOST_ENTRIES + 1), 1):
            if isinstance(entry, Mapping) and all(isinstance(name, str) for name in entry):
                yield dict(entry)
                continue
            problems.append(
                Problem(
                    "diary-shape",
                    f"Entry {number}: this is not a mapping from names to values.",
                    help="Give each value with its name.",
                )
            )
            if len(problems) > MOST_PROBLEMS:
                break
    except Exception:  # a caller's object can raise anything when it is read
        problems.append(Problem("unreadable-value", f"What follows entry {number} cannot be read."))
    if problems:
        raise FactError(at_most(problems))


def _numbered(rows: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    found = tuple(Row(number, 0, values) for number, values in enumerate(rows, 1))
    if len(found) > MOST_ENTRIES:
        raise FactError([too_long()])
    return found
