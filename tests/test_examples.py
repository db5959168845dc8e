"""The examples do what they say, and a second pack with nothing of the first one in it keeps the engine honest."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import hiprun
from hiprun.verification import cases
from hiprun.verification.verify import verify

EXAMPLES = Path(__file__).parent.parent / "examples"
PACKS = sorted(path.parent for path in EXAMPLES.rglob("pack.yaml"))
WELL = {
    "respiration_rate": 16,
    "saturation_scale": "scale_1",
    "oxygen_saturation": 98,
    "on_oxygen": False,
    "systolic_pressure": 120,
    "pulse": 70,
    "consciousness": "alert",
    "temperature": 37,
}


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_cases_of_every_example_pack_hold(folder: Path) -> None:
    """Each pack among the examples loads, and each of its cases comes out as expected."""
    pack = hiprun.load(folder)
    results = [cases.run(pack, example) for example in pack.model.examples]
    assert results
    assert [str(result) for result in results if not result.passed] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_everything_claimed_of_every_example_pack_is_proved(folder: Path) -> None:
    """Each rule matters, nobody is without an answer, worse is never calmer, and every promise of the pack holds."""
    report = verify(hiprun.load(folder))
    assert len(report.claims) > 30
    assert [claim for claim in report.claims if claim.status != "proved"] == []


def test_embedding_example_prints_advice() -> None:
    """The example for developers runs as it stands, and is short."""
    script = EXAMPLES / "embed.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:4] == [
        "Get an urgent medical evaluation.",
        "Stop the activity now and get checked before going on.",
        "Get an urgent medical evaluation, unless this rules it out: Is there numbness in the leg or hip?",
        "Please correct: `pain_while_runing` is not a fact of this pack. Did you mean `pain_while_running`? "
        "`swelling`: `no` is neither true nor false. Give true or false.",
    ]
    code = [line for line in script.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(code) <= 26


# NEWS2, against its chart read a second time: for each band its highest value and its points

Band = tuple[float, int]
_TOP = 1000
RESPIRATION: list[Band] = [(8, 3), (11, 1), (20, 0), (24, 2), (_TOP, 3)]
SCALE_1: list[Band] = [(91, 3), (93, 2), (95, 1), (_TOP, 0)]
SCALE_2_AIR: list[Band] = [(83, 3), (85, 2), (87, 1), (_TOP, 0)]
SCALE_2_OXYGEN: list[Band] = [(83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (_TOP, 3)]
PRESSURE: list[Band] = [(90, 3), (100, 2), (110, 1), (219, 0), (_TOP, 3)]
PULSE: list[Band] = [(40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (_TOP, 3)]
TEMPERATURE: list[Band] = [(35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (_TOP, 2)]


def charted(bands: list[Band], value: Any) -> int:
    """Return the points of the first band that reaches up to `value`."""
    return next(points for highest, points in bands if value <= Decimal(str(highest)))


def readings() -> Iterator[tuple[dict[str, Any], int, int]]:
    """Yield every reading of every parameter of an otherwise well patient, with its points and what oxygen adds."""
    for rate in range(101):
        yield {"respiration_rate": rate}, charted(RESPIRATION, rate), 0
    for saturation in range(101):
        yield {"oxygen_saturation": saturation}, charted(SCALE_1, saturation), 0
        second = {"saturation_scale": "scale_2", "oxygen_saturation": saturation}
        yield second, charted(SCALE_2_AIR, saturation), 0
        yield {**second, "on_oxygen": True}, charted(SCALE_2_OXYGEN, saturation), 2
    for pressure in range(301):
        yield {"systolic_pressure": pressure}, charted(PRESSURE, pressure), 0
    for pulse in range(301):
        yield {"pulse": pulse}, charted(PULSE, pulse), 0
    for tenths in range(200, 451):
        temperature = Decimal(tenths) / 10
        yield {"temperature": temperature}, charted(TEMPERATURE, temperature), 0
    for consciousness in ("alert", "confusion", "voice", "pain", "unresponsive"):
        yield {"consciousness": consciousness}, 0 if consciousness == "alert" else 3, 0


@pytest.fixture(scope="module")
def news2() -> hiprun.Pack:
    """The second pack."""
    return hiprun.load(EXAMPLES / "news2")


def test_news2_scores_every_reading_as_its_chart(news2: hiprun.Pack) -> None:
    """Each reading of each parameter has the points of the published chart, and is counted when it is a 3."""
    for change, points, oxygen in readings():
        score = news2.decide("score", {**WELL, **change})
        assert (score["points"], score["threes"]) == (points + oxygen, int(points == 3)), change


def test_news2_responds_as_its_table(news2: hiprun.Pack) -> None:
    """Each score from 0 to 20, with and without a single 3, has the response of the published table."""
    steps: list[tuple[str, list[tuple[Any, int]]]] = [
        ("respiration_rate", [(16, 0), (10, 1), (22, 2), (30, 3)]),
        ("oxygen_saturation", [(98, 0), (95, 1), (93, 2), (80, 3)]),
        ("systolic_pressure", [(120, 0), (105, 1), (95, 2), (80, 3)]),
        ("on_oxygen", [(False, 0), (True, 2)]),
        ("pulse", [(70, 0), (120, 2), (140, 3)]),
        ("temperature", [(37, 0), (40, 2), (34, 3)]),
        ("consciousness", [("alert", 0), ("voice", 3)]),
    ]
    seen: set[tuple[int, bool]] = set()

    def check(facts: dict[str, Any], points: int, red: bool) -> None:
        if (points, red) in seen:
            return
        seen.add((points, red))
        expected = "high" if points >= 7 else "medium" if points >= 5 else "low_medium" if red else "low"
        assert news2.decide("response", facts)["risk"] == expected, facts

    def walk(index: int, facts: dict[str, Any], points: int, red: bool, check: Callable[..., None]) -> None:
        if index == len(steps):
            check(facts, points, red)
            return
        name, values = steps[index]
        for value, more in values:
            walk(index + 1, {**facts, name: value}, points + more, red or more == 3, check)

    walk(0, WELL, 0, False, check)
    assert {points for points, _ in seen} == set(range(21))


def test_news2_has_at_least_sixty_cases_and_nothing_of_a_hip(news2: hiprun.Pack) -> None:
    """The second pack covers its cut-offs by cases and shares no word with the first."""
    assert len(news2.model.examples) >= 60
    text = " ".join(path.read_text(encoding="utf-8") for path in (EXAMPLES / "news2").rglob("*.yaml"))
    assert re.findall(r"\b(hips?|run|running|runner|injur\w+)\b", text) == []


# units, against the published factors and a calculation in metric units

_KILOGRAMS, _METRES = Fraction("0.45359237"), Fraction("0.0254")


def _american(rng: random.Random) -> dict[str, Any]:
    """Return a made-up patient in pounds, inches, degrees Fahrenheit and mg/dL, often at a threshold."""
    return {
        "weight": Decimal(rng.randint(800, 4000)) / 10,
        "height": rng.choice([60, Decimal("59.9"), Decimal(rng.randint(500, 850)) / 10]),
        "sex": rng.choice(["female", "male"]),
        "temperature": rng.choice([Decimal("100.4"), Decimal("100.39"), Decimal(rng.randint(950, 1060)) / 10]),
        "glucose": rng.choice([100, 126, Decimal("125.9"), Decimal(rng.randint(500, 3000)) / 10]),
    }


def _metric(patient: dict[str, Any]) -> tuple[Fraction | None, list[str]]:
    """Return the ideal weight in kilograms, and what stands out, worst first, worked out in metric units."""
    height = Fraction(patient["height"]) * _METRES
    ideal = None
    if height >= Fraction("1.524"):
        ideal = Fraction(50 if patient["sex"] == "male" else "45.5") + Fraction("2.3") / _METRES * (
            height - Fraction("1.524")
        )
    celsius = (Fraction(patient["temperature"]) - 32) * 5 / 9
    millimoles = Fraction(patient["glucose"]) / 18
    found = [(1, "diabetes")] if millimoles >= 7 else []
    found += [(0, "fever")] if celsius >= 38 else []
    found += [(0, "impaired")] if Fraction(100, 18) <= millimoles < 7 else []
    return ideal, [name for _, name in found]


def test_a_patient_in_american_units_is_the_same_in_metric_ones() -> None:
    """2,000 made-up patients come out as a calculation in kilograms, metres, °C and mmol/L says, on every backend."""
    pack = hiprun.load(EXAMPLES / "units")
    rng = random.Random(7)
    patients = [_american(rng) for _ in range(2000)]
    rows = pack.evaluate_frame(pl.DataFrame([{**patient, **_floats(patient)} for patient in patients])).to_dicts()
    for number, (patient, row) in enumerate(zip(patients, rows, strict=True)):
        ideal, found = _metric(patient)
        outcomes = pack.evaluate(patient)
        assert outcomes["findings"].fired == tuple(sorted(found, key=["fever", "impaired", "diabetes"].index))
        assert [item.rule for item in outcomes["findings"].items if item.certainty == "certain"] == found
        assert row["findings__fever"] == ("certain" if "fever" in found else "excluded")
        if ideal is None:
            assert outcomes["ideal_weight"].status == row["ideal_weight__status"] == "no_match"
        else:
            assert Fraction(outcomes["ideal_weight"]["ideal"]) == ideal
            assert row["ideal_weight__ideal"] == pytest.approx(float(ideal), rel=1e-12)
        if number % 20 == 0:
            assert pack.interpret(patient) == outcomes


def _floats(patient: dict[str, Any]) -> dict[str, Any]:
    return {name: float(value) for name, value in patient.items() if not isinstance(value, str)}
