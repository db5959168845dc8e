"""Fields of a diary in another unit than the fact that follows from them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import hiprun
from hiprun.language.writer import files, write

UNITS = "units:\n  mi: 1.609344 km\n  third: 1/3 km\n  °F: {is: 5/9 °C, zero: 32}\n  kilometre: 1 km\n"
DIARY = """\
diary: Runs
entries:
  run:
    title: A run
    silence: none
    fields:
      distance: {{type: number, range: [0, 30], unit: {unit}}}
facts:
  walked: {{{measure}}}
"""
Loads = Callable[..., hiprun.Pack]


@pytest.fixture(name="diary_in")
def _diary_in(tmp_path: Path) -> Loads:
    def load(unit: str, measure: str = "latest: run.distance, over: this week", language: int = 2) -> hiprun.Pack:
        texts = {
            "pack": f"pack: walks\nlanguage: {language}\nversion: 1.0.0\ntitle: Walks\n",
            "facts": "facts:\n  walked: {ask: How far?, type: number, range: [0, 1000], unit: km}\n",
            "diary": DIARY.format(unit=unit, measure=measure),
            "far": "decision: far\noutputs: {far: {type: boolean}}\nrules:\n"
            "  - {id: far, when: {walked: {above: 10}}, then: {far: true}}\notherwise: {far: false}\n",
            **({"units": UNITS} if language > 1 else {}),
        }
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return hiprun.load(tmp_path)

    return load


def walked(pack: hiprun.Pack, distance: object = 10) -> object:
    """Return what a run makes of the fact."""
    run = {"what": "run", "when": "2026-03-03T07:30", "distance": distance}
    return pack.facts_from([run], at="2026-03-04T20:00")["walked"]


def test_fields_are_converted_into_the_unit_of_the_fact(diary_in: Loads) -> None:
    """Ten miles are exactly so many kilometres; a unit of the same size needs nothing."""
    assert walked(diary_in("mi")) == Decimal("16.09344")
    assert walked(diary_in("kilometre")) == 10


def test_a_factor_that_is_given_counts_alone(diary_in: Loads) -> None:
    """Whoever writes `times` means it."""
    assert walked(diary_in("mi", "latest: run.distance, times: 2, over: this week")) == 20


def test_a_factor_of_endless_decimals_converts_exactly(diary_in: Loads, tmp_path: Path) -> None:
    """Three thirds are one; what has no end is cut at as many digits as a fact has; and files say it by their units."""
    pack = diary_in("third")
    assert walked(pack) == Decimal("3." + 39 * "3")
    assert walked(pack, distance=9) == 3
    assert walked(pack, distance=Decimal("0.01")) == Decimal("0.00" + 38 * "3")
    assert not pack.decide("far", {"walked": walked(pack, distance=30)})["far"]
    write(files(pack.model), tmp_path / "again")
    again = hiprun.load(tmp_path / "again")
    assert (again.digest, walked(again)) == (pack.digest, walked(pack))


def test_a_mean_of_small_numbers_is_a_fact(diary_in: Loads) -> None:
    """A mean without an end has no more places than a fact may have."""
    pack = diary_in("km", "mean: run.distance, over: last 7 days, silence: left_out")
    runs = [{"what": "run", "when": f"2026-03-0{day}T07:30", "distance": 0.01 if day == 1 else 0} for day in (1, 2, 3)]
    facts = pack.facts_from(runs, at="2026-03-04T20:00")
    assert facts["walked"] == Decimal("0.00" + 38 * "3")
    assert not pack.decide("far", facts)["far"]


@pytest.mark.parametrize(("unit", "language"), [("°F", 2), ("kg", 2), ("mi", 1)])
def test_what_no_factor_converts_is_told(diary_in: Loads, unit: str, language: int) -> None:
    """The message names both units, and how to say what one is in the other."""
    with pytest.raises(hiprun.RuleError) as raised:
        diary_in(unit, language=language)
    (problem,) = raised.value.problems
    assert problem.code == "unit-mismatch"
    assert problem.message == f"`walked` is measured in km, but this field is in {unit}."
