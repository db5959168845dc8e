"""The table of measures says what the schema of diaries and the page on the language say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hiprun.diary.measure_registry import MEASURES, OPTIONS
from hiprun.language.published_schemas import schema

PAGE = (Path(__file__).parent.parent.parent.parent / "docs" / "language.md").read_text(encoding="utf-8")
BESIDE = {"over", "where", "whether", "silence"}
"""What is said beside a measure and is no number or word of it."""

REMARKS = {"because", "source", "interpretation"}


def test_the_schema_knows_every_measure_and_option_and_no_other() -> None:
    """What can stand under a fact of a diary is a measure, an option, a window, a condition, silence or a remark."""
    known = schema("diary")["properties"]["facts"]["additionalProperties"]["properties"]
    assert known.keys() == {*MEASURES, *OPTIONS} | BESIDE | REMARKS


def test_every_option_belongs_to_a_measure() -> None:
    """No measure asks for an option that is not in the table, and none stands there for nothing."""
    assert set().union(*(measure.needs | measure.takes for measure in MEASURES.values())) == {*OPTIONS} | BESIDE


@pytest.mark.parametrize("name", MEASURES)
def test_the_page_says_what_a_measure_needs_and_may_have(name: str) -> None:
    """The rows of a measure name exactly what must and what may be said beside it."""
    section = PAGE.split("\n## diary\n")[1].split("\n## ")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.count("|") == 6]
    own = [row for row in rows if f"`{name}`" in row[0]]
    needs, takes = ({word for row in own for word in re.findall(r"`([a-z_]+)`", row[column])} for column in (3, 4))
    if MEASURES[name].of == "either":  # of an entry it needs what of fields it does not take
        takes |= needs
        needs = set()
    assert (needs, takes) == (MEASURES[name].needs, MEASURES[name].takes)
