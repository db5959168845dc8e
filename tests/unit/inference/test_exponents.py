"""Exponents that are fixed parameters, or worked out: exact and provable like those that are written out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import hiprun
from hiprun.language.writer import files, write
from hiprun.verification.verify import verify

from .. import small_packs

PACK = small_packs.PACK.replace("language: 1", "language: 2")
FACTS = """\
facts:
  height: {ask: How high?, type: number, range: [1, 100], unit: m, worse: higher}
  rings: {ask: How many rings?, type: integer, range: [0, 9], worse: higher}
"""
PARAMETERS = """\
parameters:
  square: {value: 2}
  three: {value: 3, type: integer}
  growth: {value: 0.75}
  base: {value: 2, range: [1, 4]}
"""
CONSTRAINTS = "constraints:\n  - {id: bases, never: {base: {above: three}}, because: So it is.}\n"
DERIVED = """\
derived:
  area: {title: Its area, unit: m^2, formula: height ^ square}
  side: {title: Its side, formula: height ^ (1 / three), decimals: 2}
  wood: {title: Its wood, formula: (height / 1 m) ^ -growth, decimals: 3}
  signs: {title: Signs, type: integer, formula: rings ^ (three - 1)}
  least: {title: Least, formula: base ^ three}
"""
CARE = """\
decision: care
outputs: {effort: {type: choice, choices: [none, some, much], worse: later}}
hit: worst
rules:
  - {id: wide, when: {area: {at_least: 8100 m^2}}, then: {effort: much}}
  - {id: old, when: {signs: {at_least: least}}, then: {effort: some}}
otherwise: {effort: none}
"""
SHAPE = """\
decision: shape
outputs: {is_odd: {type: boolean}}
rules:
  - {id: odd, when: {any: [{side: {above: 4}}, {wood: {above: 0.5}}]}, then: {is_odd: true}}
otherwise: {is_odd: false}
"""


@pytest.fixture(name="garden", scope="module")
def _garden(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    documents = {"parameters": PARAMETERS, "constraints": CONSTRAINTS, "derived": DERIVED, "care": CARE}
    documents["shape"] = SHAPE
    return small_packs.load(tmp_path_factory.mktemp("garden"), pack=PACK, facts=FACTS, **documents)


@pytest.mark.parametrize("base", [1, 2, 3])
def test_answers_are_those_of_plain_arithmetic(garden: hiprun.Pack, base: int) -> None:
    """In every setting, at the very thresholds: 0.5005 and 4.005 are rounded up, and powers undo those of the pack."""
    pack = garden.with_parameters(base=base)
    thin, high = ("2.516", "2.517", "2.518"), ("64.24", "64.240300124", "64.240300125", "64.241")
    for written in ("1", *thin, *high, "89.9", "90", "100"):
        height = Fraction(written)
        is_odd = height >= Fraction("4.005") ** 3 or height**3 * Fraction("0.5005") ** 4 <= 1
        assert pack.decide("shape", {"height": Decimal(written)})["is_odd"] is is_odd, written
        for rings in range(10):
            effort = "much" if height**2 >= 8100 else "some" if rings**2 >= base**3 else "none"
            assert pack.decide("care", {"height": Decimal(written), "rings": rings})["effort"] == effort


def test_unknown_facts_leave_open_what_they_can_change(garden: hiprun.Pack) -> None:
    """A power rises or falls with what it is of, whatever the exponent is called."""
    assert garden.decide("care", {"height": {"at_most": 64}, "rings": 9}).needs == ()
    assert garden.decide("care", {"height": {"at_most": 91}, "rings": 9}).needs == ("height",)
    assert garden.decide("shape", {"height": {"between": [3, 64]}}).needs == ()
    assert garden.decide("shape", {"height": {"between": [2, 64]}}).needs == ("height",)


def test_all_is_proved_or_refuted_in_every_setting(garden: hiprun.Pack) -> None:
    """Fixed parameters that a constraint asks about, too, are numbers to the prover where they are exponents."""
    report = verify(garden, ["care"])
    assert {claim.subject: claim.status for claim in report.claims if claim.status != "proved"} == {}


def test_exponents_are_written_and_said_as_they_are(garden: hiprun.Pack, tmp_path: Path) -> None:
    """Parentheses stand around what is worked out, so that the files mean the same."""
    write(files(garden.model), tmp_path)
    assert hiprun.load(tmp_path).digest == garden.digest
    text = (tmp_path / "derived.yaml").read_text(encoding="utf-8")
    assert "height ^ (1 / three)" in text
    assert "height ^ square" in text


def test_an_exponent_with_a_unit_is_a_mistake(tmp_path: Path) -> None:
    """As is one that a clinic may set, or that depends on the patient."""
    derived = "derived:\n  area: {title: A, formula: height ^ 2 m}\n"
    with pytest.raises(hiprun.RuleError) as caught:
        small_packs.load(tmp_path, pack=PACK, facts=FACTS, derived=derived)
    assert [(problem.code, problem.message) for problem in caught.value.problems] == [
        ("unit-mismatch", "An exponent has no unit, and this is in m.")
    ]
