"""Formulas in the units of a pack: checked, converted exactly, and written again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import hiprun

KITCHEN = Path(__file__).parent.parent.parent / "packs" / "kitchen"

PACK = "pack: kitchen\nlanguage: 2\nversion: 1.0.0\ntitle: Kitchen\n"
UNITS = """units:
  lb: 0.45359237 kg
  day: {plural: days}
  week: {is: 7 days, plural: weeks}
  °F: {is: 5/9 °C, zero: 32}
  third: 1/3 kg
"""
FACTS = """facts:
  weight: {ask: How heavy?, type: number, range: [0, 100], unit: lb}
  kept: {ask: How many days?, type: integer, range: [0, 100], unit: days}
  oven: {ask: How warm?, type: number, range: [0, 1000], unit: °F}
  portion: {ask: How much for each?, type: number, range: [0, 9], unit: kg}
"""


@pytest.fixture
def derived_value(tmp_path: Path) -> Callable[[str, str], object]:
    """Return what a derived number with a unit and a formula comes to, for one patient."""

    def value(unit: str, formula: str) -> object:
        (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
        (tmp_path / "units.yaml").write_text(UNITS, encoding="utf-8")
        (tmp_path / "facts.yaml").write_text(FACTS, encoding="utf-8")
        (tmp_path / "decision.yaml").write_text(
            f"decision: result\noutputs: {{amount: {{type: number, unit: {unit}}}}}\nhit: first\n"
            f"rules: [{{id: only, then: {{amount: {formula}}}}}]\n",
            encoding="utf-8",
        )
        facts = {"weight": 10, "kept": 3, "oven": 212, "portion": Decimal("0.5")}
        return hiprun.load(tmp_path).decide("result", facts)["amount"]

    return value


@pytest.mark.parametrize(
    ("unit", "formula", "value"),
    [
        ("kg", "weight", Decimal("4.5359237")),
        ("lb", "weight + 0", 10),
        ("lb", "0 + weight", 10),
        ("lb", "-(- weight)", 10),
        ("week", "kept * 7 + 2 weeks", 5),
        ("days", "2 weeks + 1 day - kept", 12),
        ("°C", "oven", 100),
        ("°F", "oven + 18 °F", 230),
        ("third", "portion", Decimal("1.5")),
        ("kg", "1 third * 6 - portion", Decimal("1.5")),
        ("mg", "7.5 mg/kg * portion", Decimal("3.75")),
        ("mg/lb", "7.5 mg / 5 lb", Decimal("1.5")),
    ],
)
def test_formulas_are_given_out_in_the_unit_of_their_output(
    derived_value: Callable[[str, str], object], unit: str, formula: str, value: object
) -> None:
    """Units multiply and divide; where the pack says how, a formula is converted, without any rounding."""
    assert derived_value(unit, formula) == value


def test_limits_are_compared_in_the_unit_of_their_quantity() -> None:
    """A threshold in kelvin holds for a fact in degrees Fahrenheit, to the last digit."""
    pack = hiprun.load(KITCHEN)
    just_hot = {"weight": 5, "oven": Decimal("440.33"), "guests": 4, "days_kept": 0}
    assert pack.decide("dinner", just_hot).fired == ("kelvin",)
    assert pack.decide("dinner", {**just_hot, "oven": Decimal("440.3299999999")}).fired == ("hot-oven",)
