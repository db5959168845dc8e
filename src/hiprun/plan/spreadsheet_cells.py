"""Texts in cells of tables, escaped so that a spreadsheet runs none of them as a formula."""

from __future__ import annotations

import re

FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
"""The beginning of a text that a spreadsheet would run as a formula; other regular expression engines use it too."""

NUMBER = r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"
"""A number is not a formula, although it may begin with a sign."""

MARK = "'"
"""Before a text, this marks it as text; spreadsheets do not show it."""

_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER)


def escaped_cell(text: str) -> str:
    """Return a text in a form that is safe in a cell.

    >>> escaped_cell("=1+1"), escaped_cell("-2.5"), escaped_cell("rest")
    ("'=1+1", '-2.5', 'rest')
    """
    return f"{MARK}{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
