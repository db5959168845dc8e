"""Mistakes in protocols that occur with others, and names that may be in unreadable files."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun

from .. import seedlings


def mistakes(tmp_path: Path, *changes: tuple[str, str, str]) -> list[str]:
    """Return the mistakes in a changed pack."""
    with pytest.raises(hiprun.RuleError) as caught:
        seedlings.changed(tmp_path, *changes)
    return [problem.message for problem in caught.value.problems]


def test_limits_and_parameters_may_stand_in_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A name that may be declared in an unreadable file is not reported as unknown; without that file, it is."""
    unknown = {
        "facts": ("{place: shade, shelf: 1}", "{place: shade, shelve: 1}", "There is no fact called `shelve`."),
        "limits": ("keeps: [amounts]", "keeps: [heights]", "There are no limits called `heights`."),
        "parameters": (
            "most: {outside: longest_day}",
            "most: {outside: longest_stay}",
            "A number or a parameter is needed here, not `longest_stay`.",
        ),
    }
    for kind, (old, new, said) in unknown.items():
        change = ("hardening.yaml", old, new)
        assert said in mistakes(tmp_path / kind, change)
        unreadable = ("unreadable.yaml", "", f"{kind}: [\n")
        assert mistakes(tmp_path / f"{kind}-too", change, unreadable) == ["This `[` is not closed."]


def test_a_jump_to_the_last_stage_alone_leads_nowhere(tmp_path: Path) -> None:
    """A jump to the last stage is reported, and causes no other problem."""
    jump = ("hardening.yaml", "then: {go_back: 2, jump: shade}", "then: {jump: sun}")
    assert mistakes(tmp_path, jump) == ["A jump only goes back, and no stage comes after the last one."]


def test_invalid_amounts_are_reported(tmp_path: Path) -> None:
    """Sessions and their amounts must be numbers."""
    found = mistakes(
        tmp_path,
        ("hardening.yaml", "sessions: 5", "sessions: leaves"),
        ("hardening.yaml", "session: {misting: 2}", "session: {misting: sturdy}"),
    )
    assert found == [
        "`leaves` is a choice; a number is needed here.",
        "`sturdy` is true or false; a number is needed here.",
    ]


def test_a_parameter_in_another_unit_than_its_measure_is_told(tmp_path: Path) -> None:
    """From version 2 on, what cannot be converted into the unit of a measure is no amount of it."""
    second = ("pack.yaml", "language: 1", "language: 2")
    minutes = ("parameters.yaml", "unit: h", "unit: min")
    found = mistakes(tmp_path / "second", second, minutes)
    assert found.count("`longest_day` is in min, but `outside` in h.") == 2
