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


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("'round(weight / 1 kg, 0.1) * 1 kg'", "4.5"),
        ("'round(ln((weight + 1 lb) / 1 kg), 0.01) * 1 kg'", "1.61"),
        ("'round(((weight + 1 lb) / 1 kg) ^ 0.5, 0.01) * 1 kg'", "2.23"),
        ("'round(sqrt(weight * 1 kg), 0.01 kg)'", "2.13"),
        ("'max(round_down(kept / 1 week), 1) * 1 kg'", "1"),
    ],
)
def test_functions_see_units_that_convert_into_each_other_as_one(
    derived_value: Callable[[str, str], object], formula: str, value: str
) -> None:
    """10 lb are 4.5359237 kg, so divided by 1 kg they are no 10 that could be rounded; 11 lb are 4.98951607 kg."""
    assert derived_value("kg", formula) == Decimal(value)


def test_a_derived_number_has_its_decimals_in_its_own_unit(tmp_path: Path) -> None:
    """The root of 10 kg is 6.97 lb, which is rounded to 7.0, not 3.2 kg in lb."""
    derived = "derived:\n  root: {title: Root, unit: lb, decimals: 1, formula: sqrt(weight / 1 lb) * 1 kg}\n"
    decision = (
        "decision: result\noutputs: {amount: {type: number, unit: lb}}\nrules: [{id: only, then: {amount: root}}]\n"
    )
    documents = {"pack": PACK, "units": UNITS, "facts": FACTS, "derived": derived, "decision": decision}
    for name, text in documents.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert hiprun.load(tmp_path).decide("result", {"weight": 10})["amount"] == 7


def test_what_is_converted_is_checked_within(tmp_path: Path) -> None:
    """A quotient in a product that is converted into the unit of another value can still divide by zero."""
    derived = "derived:\n  most: {title: Most, unit: lb, formula: 'max(weight, (1 kg ^ 2 / portion) * 2)'}\n"
    for name, text in {"pack": PACK, "units": UNITS, "facts": FACTS, "derived": derived}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(hiprun.RuleError, match="can divide by zero"):
        hiprun.load(tmp_path)
