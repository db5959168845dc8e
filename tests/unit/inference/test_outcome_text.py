"""Outcomes as text for people."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import hiprun
from hiprun.inference.conclusion import Answer, Conclusion, Limit
from hiprun.inference.outcome import outcome_of
from hiprun.inference.outcome_text import outcome_text
from hiprun.model.value_notation import notation


def text(pack: hiprun.Pack, decision: str, **facts: Any) -> list[str]:
    """Return the lines that say what came out."""
    return outcome_text(pack.decisions[decision], pack.decide(decision, facts)).split("\n")


def test_a_decision_gives_its_outputs_with_their_meaning(greenhouse: hiprun.Pack) -> None:
    """A decided outcome shows each output, the text of its choice, and its unit."""
    assert text(greenhouse, "alarm", temperature=31) == [
        "alarm: What the greenhouse needs now",
        "  action: act (Act at once)",
        "  window: open",
    ]
    assert text(greenhouse, "watering", season="summer")[1:] == ["  litres: 6 l"]


def test_open_outcomes_show_all_that_remains(greenhouse: hiprun.Pack) -> None:
    """All remaining answers are listed, with the safest and what is still needed."""
    assert text(greenhouse, "clash", temperature=30) == [
        "clash (not decided yet): Two opinions about the window",
        "  window: open or a conflict",
        "  still needed: pests",
    ]
    assert "  litres: 1 l or 2.5 l or 6 l or no match" in text(greenhouse, "watering")
    assert text(greenhouse, "stress", temperature=20)[1:] == [
        "  points: 0 or 3",
        "  still needed: days_since_watering",
    ]


def test_outcomes_without_an_answer_say_so(greenhouse: hiprun.Pack) -> None:
    """No match and conflict are said in words; a conflict names the rules at odds."""
    assert text(greenhouse, "clash", temperature=20, pests=[]) == [
        "clash (no rule matches): Two opinions about the window"
    ]
    assert text(greenhouse, "clash", temperature=30, pests=["slugs"]) == [
        "clash (the rules contradict each other): Two opinions about the window",
        "  at odds: heat, pests",
    ]


def test_collected_items_are_listed(greenhouse: hiprun.Pack) -> None:
    """Certain and possible items have different marks; excluded ones are left out."""
    assert text(greenhouse, "chores", pests={"includes": "slugs"})[1:] == [
        "  ? aphids (perhaps): task spray (Spray with soap), minutes 7.5 min",
        "  * slugs: task collect (Collect by hand), minutes 20 min",
        "  * sweep: task sweep (Sweep the floor)",
        "  still needed: pests",
    ]
    assert text(greenhouse, "chores", pests=[])[1:] == ["  * sweep: task sweep (Sweep the floor)"]


def test_an_empty_list_says_nothing(greenhouse: hiprun.Pack) -> None:
    """An outcome without items prints `nothing`."""
    outcome = outcome_of(Conclusion("chores", "decided", (), None))
    assert outcome_text(greenhouse.decisions["chores"], outcome).endswith("\n  nothing")


def test_criteria_show_what_is_missing(greenhouse: hiprun.Pack) -> None:
    """A criterion that is not met comes with what to do, one that is open says so."""
    assert text(greenhouse, "planting", window_open=False, leaves="firm")[1:] == [
        "  result: not_ready",
        "  ? frost-is-over: not known yet",
        "  - window-works: Repair the window.",
        "  + leaves-are-firm",
    ]


def test_limits_show_bounds_and_verdicts(greenhouse: hiprun.Pack) -> None:
    """Bounds are shown with their unit and the ids that set them, and where the value lies."""
    assert text(greenhouse, "amounts", days_since_watering=1, water_today=8, temperature=20)[1:] == [
        "  water today: at most 7 l (not-too-much); the value given is above"
    ]
    open_bounds = "\n".join(text(greenhouse, "amounts", days_since_watering=1))
    assert "may be tighter: enough-in-heat" in open_bounds
    assert "the value given" not in open_bounds
    assert "  water today: not known yet (enough-in-heat, not-too-much)" in text(greenhouse, "amounts")


def test_a_quantity_without_bounds_has_no_limit(greenhouse: hiprun.Pack) -> None:
    """Without bounds, the text says that there is no limit, and no verdict."""
    outcome = outcome_of(Conclusion("amounts", "decided", (), None, limits=(Limit("water_today", verdict="within"),)))
    assert outcome_text(greenhouse.decisions["amounts"], outcome).endswith("\n  water_today: no limit")


def test_an_inexact_outcome_says_so(greenhouse: hiprun.Pack) -> None:
    """If the search had to stop, the text says so, and ranges replace values."""
    answer = Answer({"points": {"at_least": 1, "at_most": Decimal("6")}})
    outcome = outcome_of(Conclusion("stress", "undetermined", (answer,), None, exact=False))
    assert outcome_text(greenhouse.decisions["stress"], outcome).split("\n")[1:] == [
        "  points: at least 1 and at most 6",
        "  There were too many combinations to try them all; fewer answers may be",
        "      possible than are shown.",
    ]


def test_text_stays_within_80_columns(hip: hiprun.Pack) -> None:
    """Whatever facts are known, no line is wider than 80 columns."""
    for name, outcome in hip.evaluate({}).items():
        assert max(map(len, outcome_text(hip.decisions[name], outcome).split("\n"))) <= 80


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "nothing"),
        (Fraction(1, 8), "0.125"),
        (Decimal("1E+2"), "100"),
        ([True, "red"], "[true, red]"),
        ({"at_least": Fraction(1, 2)}, "{at_least: 0.5}"),
    ],
)
def test_values_are_written_as_in_rule_files(value: object, written: str) -> None:
    """Values look as a clinician would write them."""
    assert notation(value) == written
