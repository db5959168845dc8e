"""What a cell of a spreadsheet says, and what a spreadsheet may have made of it: that is told, never guessed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

import attrs

from hiprun.errors import FactError
from hiprun.language.reader.fact_files import read_value
from hiprun.model.value_conversion import exact, text
from hiprun.workspace.decision_table import cell_text

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_EXPONENT = re.compile(r"[-+]?\d+([.,]\d+)?[eE][-+]?\d+")
_DATE = re.compile(r"\d{1,4}[./]\d{1,2}[./]\d{1,4}|\d{1,2}[-. ]+[^\W\d]{3,9}\.?([-. ]+\d{2,4})?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_DIGITS = 15
"""That a spreadsheet keeps of a number."""

_MOST_SHOWN = 100
_LONGEST = 10_000
"""Of the characters in a cell."""

_AS_TEXT = "Format the column as text in the spreadsheet, and write the value there again."


@attrs.frozen
class FormulaCell:
    """A cell of a sheet that holds a formula of the spreadsheet."""

    formula: str


SheetValue: TypeAlias = str | bool | int | float | datetime.date | FormulaCell | None
"""What a sheet has in a cell; None where it is empty."""


class DoubtError(Exception):
    """A cell of which it cannot be known what was meant: why, and what helps."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message, self.help = message, help


def cell_data(given: SheetValue, before: Any, usual: Iterable[Any], *, is_text: bool) -> Any:
    """Return the data that a cell of a sheet says, or raise `DoubtError`.

    `before` is what the table has there, None for a new row, and `usual` what it has in the whole column: a date is no
    surprise where there are others. `is_text`: its cells are texts, whatever they look like.
    """
    match given:
        case None:
            raise DoubtError("The cell is empty.", "Write a value; where it does not matter, `any`.")
        case FormulaCell(formula):
            raise DoubtError(f"The cell has the formula `{formula[:_MOST_SHOWN]}`.", "Put its value there instead.")
        case str() if len(given) > _LONGEST:
            raise DoubtError(f"The cell has more than {_LONGEST} characters.", "Write this in the rule file.")
        case bool():
            if not any(isinstance(value, bool) for value in usual):
                raise DoubtError(f"A spreadsheet made {str(given).upper()} of {_before(before)}.", _AS_TEXT)
            return given
        case datetime.date():
            return _date(given, before, usual)
        case int() | float():
            return _number(given, before, is_text=is_text)
        case str():
            return _text(given.strip(), before, usual, is_text=is_text)
        case _:
            assert_never(given)


def _before(before: Any) -> str:
    return "what was typed" if before is None else f"`{shown(before)}`"


def shown(value: Any) -> str:
    """Return the data of a cell as it is read."""
    said = cell_text(value)
    return said if isinstance(said, str) else text(said)


def _date(given: datetime.date, before: Any, usual: Iterable[Any]) -> str:
    is_midnight = not isinstance(given, datetime.datetime) or given.time() == datetime.time()
    said = given.strftime("%Y-%m-%d")
    if is_midnight and any(isinstance(value, str) and _ISO_DATE.fullmatch(value) for value in usual):
        return said
    raise DoubtError(f"A spreadsheet made the date {said} of {_before(before)}.", _AS_TEXT)


def _number(given: int | float, before: Any, *, is_text: bool) -> Any:
    number = exact(given)
    if number is None:
        raise DoubtError(f"`{given}` is not an ordinary number.", "Write another.")
    if isinstance(before, int | Fraction) and not isinstance(before, bool) and float(before) == float(given):
        return before
    if isinstance(before, str) and before.lstrip("0") == text(number):
        raise DoubtError(f"A spreadsheet made the number {text(number)} of `{before}`.", _AS_TEXT)
    if len(text(number).strip("-0").replace(".", "")) > _MOST_DIGITS:
        raise DoubtError(
            f"A spreadsheet cannot hold {text(number)} exactly.", f"Round it to {_MOST_DIGITS} digits or fewer."
        )
    return text(number) if is_text else number


def _text(given: str, before: Any, usual: Iterable[Any], *, is_text: bool) -> Any:
    if before is not None and given == shown(before):
        return before
    if isinstance(before, str) and before.lstrip("0") == given:
        raise DoubtError(f"A spreadsheet made `{given}` of `{before}`.", _AS_TEXT)
    if given in ("TRUE", "FALSE") and (not is_text or (isinstance(before, str) and before.upper() == given)):
        return cell_data(given == "TRUE", before, usual, is_text=False)
    if _DATE.fullmatch(given) and (not is_text or before is not None):
        raise DoubtError(f"A spreadsheet may have made the date `{given}` of {_before(before)}.", _AS_TEXT)
    if is_text:
        return given
    if _DECIMAL_COMMA.fullmatch(given):
        raise DoubtError(
            f"`{given}` may be a number with a decimal comma.", f"Write `{given.replace(',', '.')}` if it is."
        )
    if _EXPONENT.fullmatch(given):
        raise DoubtError(f"A spreadsheet shortened a number to `{given}`.", "Write all of its digits.")
    try:
        return read_value(given)
    except FactError as error:
        first = error.problems[0]
        raise DoubtError(f"`{given}` cannot be read: {first.message}", first.help) from None
