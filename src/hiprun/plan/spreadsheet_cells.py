"""Texts for the cells of a table that a spreadsheet may open: none of them is run as a formula."""

from __future__ import annotations

import re

FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
"""How a text begins that a spreadsheet would run; for the regular expressions of other engines too."""

NUMBER = r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"
"""A number is none of them, although it may begin with a sign."""

MARK = "'"
"""Put before a text, this says that it is one; spreadsheets do not show it."""

_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER)


def disarmed(text: str) -> str:
    """Return a text as it may stand in a cell.

    >>> disarmed("=1+1"), disarmed("-2.5"), disarmed("rest")
    ("'=1+1", '-2.5', 'rest')
    """
    return f"{MARK}{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
