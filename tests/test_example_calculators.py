"""The packs of examples that calculate say what independent calculators say, by every route.

A fifth as many patients are tried as HIPRUN_ORACLE says, so that `HIPRUN_ORACLE=10000` tries 2,000.
"""

from __future__ import annotations

import datetime
import importlib
import math
import os
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import hiprun

from .plain_vaccination import dtap, hepatitis_b, mmr

EXAMPLES = Path(__file__).parent.parent / "examples"
MOST = int(os.environ.get("HIPRUN_ORACLE", "1000")) // 5
"""How many patients are tried on each pack."""

CLASSES = {
    "healthy weight": "normal",
    "obesity class I": "obese",
    "obesity class II": "obese",
    "obesity class III": "obese",
}
"""What clincalc calls the classes of the body mass index, where that is another word."""

Facts = dict[str, Any]


def decided(pack: hiprun.Pack, decisions: Sequence[str], patients: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return what each decision says of each patient; the interpreter, the compiled form and a dataframe agree."""
    table = pack.evaluate_frame(pl.DataFrame([dict(map(_column, facts.items())) for facts in patients]), decisions)
    found = []
    for facts, row in zip(patients, table.to_dicts(), strict=True):
        outcomes = pack.evaluate(facts, decisions)
        assert outcomes == pack.interpret(facts, decisions)
        for name, outcome in outcomes.items():
            assert outcome.exact
            assert row[f"{name}__status"] == outcome.status
            for output, value in outcome.possible[0].items() if outcome.possible else ():
                shown = row[f"{name}__{output}"]
                if isinstance(value, int | Decimal):
                    assert math.isclose(shown, value, abs_tol=1e-9), (facts, name, output)
                else:
                    assert shown == value, (facts, name, output)
        found.append(
            {name: dict(outcome.possible[0]) if outcome.possible else None for name, outcome in outcomes.items()}
        )
    return found


def _column(entry: tuple[str, Any]) -> tuple[str, Any]:
    name, value = entry
    return name, float(value) if isinstance(value, Decimal) else value


def tenths(rng: random.Random, low: int, high: int) -> Decimal:
    """Return a number with one decimal."""
    return Decimal(rng.randint(low, high)) / 10


def adult(rng: random.Random) -> Facts:
    """Return measurements of an adult, as calculators take them."""
    return {
        "weight": tenths(rng, 300, 2000),
        "height": Decimal(rng.randint(120, 220)) / 100,
        "age": rng.randint(18, 110),
        "sex": rng.choice(("male", "female")),
        "creatinine": tenths(rng, 2, 120),
        "qt": rng.randint(250, 600),
        "heart_rate": rng.randint(35, 200),
        "calcium": tenths(rng, 40, 160),
        "albumin": tenths(rng, 10, 60),
    }


@pytest.fixture(scope="module", name="adults")
def _adults() -> list[tuple[Facts, dict[str, Any]]]:
    pack = hiprun.load(EXAMPLES / "body_and_kidney")
    rng = random.Random(11)
    patients = [adult(rng) for _ in range(MOST)]
    names = ["weight_class", "measures", "kidney", "kidney_stage"]
    return list(zip(patients, decided(pack, names, patients), strict=True))


def test_body_and_kidney_agree_with_clincalc(adults: list[tuple[Facts, dict[str, Any]]]) -> None:
    """eGFR and its stage, creatinine clearance, body surface, calcium and body mass index are those of clincalc.

    Whoever is exactly on a border is left out. It works with floats, so that 64 kg at 1.60 m are of normal weight to
    it, although it shows 25.0, and 21.25 becomes 21.2. It takes the stage from the eGFR before it rounds; the pack
    takes it from the one it shows.
    """
    clincalc: Any = importlib.import_module("clincalc")

    def calculated(name: str, **given: Any) -> Any:
        return clincalc.calculate(name, {key: _column((key, value))[1] for key, value in given.items()})

    for facts, told in adults:
        kidney = {
            "age": facts["age"],
            "sex": facts["sex"],
            "creatinine": facts["creatinine"],
            "creatinine_unit": "mg/dL",
        }
        body = {"height_cm": facts["height"] * 100, "weight_kg": facts["weight"]}
        egfr = calculated("egfr", **kidney)
        assert told["kidney"]["egfr"] == egfr["result"], facts
        if egfr["result"] not in (90, 60, 45, 30, 15):
            assert told["kidney_stage"]["stage"] == egfr["working"]["ckd_g_stage"].lower(), facts
        clearance = calculated("cockcroft_gault", **kidney, weight_kg=facts["weight"])["result"]
        exact = (140 - facts["age"]) * Fraction(facts["weight"]) / (72 * Fraction(facts["creatinine"]))
        exact *= 1 if facts["sex"] == "male" else Fraction("0.85")
        assert told["measures"]["clearance"] == Decimal(str(clearance)) or (20 * exact) % 2 == 1, facts
        assert _nearly(told["measures"]["surface"], calculated("body_surface_area", **body)["result"], "0.01"), facts
        blood = {"calcium": facts["calcium"], "albumin": facts["albumin"]}
        calcium = calculated("corrected_calcium", **blood, albumin_unit="g/dL", calcium_unit="mg/dL")["result"]
        assert _nearly(told["measures"]["calcium"], calcium, "0.01"), facts
        if Fraction(facts["weight"]) / Fraction(facts["height"]) ** 2 not in (Fraction("18.5"), 25, 30):
            words = calculated("bmi", **body)["working"]["category"]
            assert told["weight_class"]["class"] == CLASSES.get(words, words), facts


def _nearly(exact: Decimal, calculated: float, step: str) -> bool:
    """Whether a float is an exact number, rounded to a step."""
    return abs(exact - Decimal(str(calculated))) <= Decimal(step) / 2


def test_body_and_kidney_agree_with_medcalc(adults: list[tuple[Facts, dict[str, Any]]]) -> None:
    """Both corrections of QT and eGFR are those of medcalc-bench.

    It rounds the RR interval to thousandths of a second before it takes the root; so much may its answers differ.
    """
    modules = {
        name: importlib.import_module(f"medcalc.{name}")
        for name in (
            "qt_calculator_bazett",
            "qt_calculator_fredericia",
            "ckd_epi_2021_creatinine",
            "calcium_correction",
        )
    }
    for facts, told in adults:
        beat = {"heart_rate": (facts["heart_rate"], "beats per minute"), "qt_interval": (facts["qt"], "msec")}
        interval = 60 / facts["heart_rate"]
        bazett = modules["qt_calculator_bazett"].bazett_calculator_explanation(beat)["Answer"]
        slack = 0.501 + bazett * 0.0005 / interval / 2
        assert abs(told["measures"]["bazett"] - bazett) <= slack, facts
        fridericia = modules["qt_calculator_fredericia"].fredericia_calculator_explanation(beat)["Answer"]
        assert abs(told["measures"]["fridericia"] - fridericia) <= 0.501 + fridericia * 0.0005 / interval / 3, facts
        kidney = {
            "sex": facts["sex"].title(),
            "age": (facts["age"], "years"),
            "creatinine": (float(facts["creatinine"]), "mg/dL"),
        }
        egfr = modules["ckd_epi_2021_creatinine"].ckd_epi_2021(kidney)
        assert abs(told["kidney"]["egfr"] - egfr) <= 0.5 + 1e-9, facts


# children's doses, in fractions

SYRUPS = {
    "paracetamol": {"each": 15, "single": 1000, "day": 60, "most": 4000, "strength": 25},
    "ibuprofen": {"each": 10, "single": 400, "day": 40, "most": 2400, "strength": 40},
}


def child(rng: random.Random) -> Facts:
    """Return a child, often just three months old, with some of the day's medicine already given."""
    today = datetime.date(2026, 1, 1) + datetime.timedelta(rng.randrange(2000))
    days = rng.choice((rng.randrange(85, 97), rng.randrange(6570)))
    weight = tenths(rng, 25, 900)
    return {
        "born_on": today - datetime.timedelta(days),
        "today": today,
        "weight": weight,
        "paracetamol_today": min(rng.choice((0, weight * 45, weight * 60 - 12, tenths(rng, 0, 40000))), Decimal(4000)),
        "ibuprofen_today": min(rng.choice((0, weight * 30, weight * 40 - 20, tenths(rng, 0, 24000))), Decimal(2400)),
    }


def volume(name: str, facts: Facts) -> Fraction:
    """Return how many millilitres of a syrup there are for a child that is old enough, in marks of 0.5 mL."""
    syrup, weight = SYRUPS[name], Fraction(facts["weight"])
    left = min(syrup["day"] * weight, Fraction(syrup["most"])) - Fraction(facts[f"{name}_today"])
    dose = max(min(syrup["each"] * weight, Fraction(syrup["single"]), left), Fraction(0))
    return Fraction(math.floor(dose / syrup["strength"] * 2), 2)


def three_months_after(day: datetime.date) -> datetime.date:
    """Return the day three months later; of a month that is too short, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + 3, 12)
    following = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(datetime.date(year, month + 1, 1) + datetime.timedelta(day.day - 1), following - datetime.timedelta(1))


def test_childrens_doses_are_those_of_plain_fractions() -> None:
    """The volume is the lowest of three amounts in whole marks of the syringe; before three months there is none."""
    pack = hiprun.load(EXAMPLES / "childrens_doses")
    rng = random.Random(12)
    patients = [child(rng) for _ in range(MOST)]
    seen = set()
    for facts, told in zip(patients, decided(pack, list(SYRUPS), patients), strict=True):
        for name in SYRUPS:
            if facts["today"] < three_months_after(facts["born_on"]):
                expected = {"advice": "ask_doctor", "volume": 0}
            else:
                found = volume(name, facts)
                expected = {"advice": "give" if found else "wait", "volume": found}
            assert told[name] == expected, (facts, name)
            seen.add(expected["advice"])
    assert seen == {"ask_doctor", "give", "wait"}


# vaccinations, with dateutil


def vaccinated(rng: random.Random) -> Facts:
    """Return a child under seven with doses at possible times, often at the ends of months."""
    today = datetime.date(2026, 1, 1) + datetime.timedelta(rng.randrange(3000))
    born = today - datetime.timedelta(rng.choice((rng.randrange(400), rng.randrange(2550))))
    if rng.random() < 0.3:
        born = min(today, datetime.date(born.year + born.month // 12, born.month % 12 + 1, 1) - datetime.timedelta(1))
    facts: Facts = {"born_on": born, "today": today}
    days = (today - born).days

    def dose(earliest: int) -> datetime.date | None:
        return born + datetime.timedelta(rng.randint(earliest, days)) if days >= earliest else None

    first = dose(0)
    assert first is not None
    second = dose((first - born).days + 28)
    facts |= {"hepatitis_b_doses": rng.randint(0, 3 if second else 1), "hepatitis_b_first": first}
    facts["hepatitis_b_second"] = second
    facts["dtap_latest"], facts["mmr_first"] = dose(42), dose(366)
    facts["dtap_doses"] = rng.randint(0, 5) if facts["dtap_latest"] else 0
    facts["mmr_doses"] = rng.randint(0, 2) if facts["mmr_first"] else 0
    return {name: value for name, value in facts.items() if value is not None}


def test_vaccinations_are_due_when_dateutil_says() -> None:
    """Next doses and their days are those of the schedule written down again, with months counted by dateutil."""
    pack = hiprun.load(EXAMPLES / "vaccination")
    rng = random.Random(13)
    patients = [vaccinated(rng) for _ in range(MOST)]
    schedules = {"hepatitis_b": hepatitis_b, "dtap": dtap, "mmr": mmr}
    for facts, told in zip(patients, decided(pack, list(schedules), patients), strict=True):
        for name, schedule in schedules.items():
            due = schedule(facts)
            assert told[name] == (None if due is None else {"dose": due[0], "due_on": due[1]}), (facts, name)
