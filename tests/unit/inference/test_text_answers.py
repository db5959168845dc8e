"""Answers as people give them become facts, and what cannot be read is said, answer by answer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import hiprun

from .. import small_packs

FACTS = """\
facts:
  warmth: {ask: How warm?, type: number, range: [-50, 100], unit: °C}
  rings: {ask: How many?, type: integer, range: [0, 9000], unit: rings}
  fruit: {ask: How ripe?, type: choice, choices: {green: Not yet ripe, half: "Ripe, in part", soft: Over, rotten: Over}}
  guests: {ask: Who is in it?, type: set, choices: {wasps: Wasps, birds: "Birds, large or small", mice: Mice}}
  dry: {ask: Is it dry?, type: boolean}
  planted: {ask: When was it planted?, type: date, range: [2020-01-01, 2030-12-31]}
  owner: {ask: Whose is it?, type: string}
"""
CONSTRAINTS = "constraints: [{id: dry-heat, never: {dry: false, warmth: {above: 90}}, because: Heat dries.}]\n"


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> hiprun.Pack:
    """A pack with a fact of every type, with units and texts for its choices."""
    pack = small_packs.PACK.replace("language: 1", "language: 2")
    units = "units: {ring: {plural: rings}}\n"
    documents = {
        "pack": pack,
        "units": units,
        "facts": FACTS,
        "constraints": CONSTRAINTS,
        "care": small_packs.rule("{dry: true}"),
    }
    return small_packs.load(tmp_path_factory.mktemp("garden"), **documents)


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        ({"dry": " Yes. "}, {"dry": True}),
        ({"dry": "no"}, {"dry": False}),
        ({"dry": True}, {"dry": True}),
        ({"dry": ["on"]}, {"dry": True}),
        ({"warmth": "3.5"}, {"warmth": Decimal("3.5")}),
        ({"warmth": "\N{MINUS SIGN}3 °c"}, {"warmth": -3}),
        ({"warmth": "1e1"}, {"warmth": 10}),
        ({"warmth": 2.5}, {"warmth": Decimal("2.5")}),
        ({"rings": "1 ring"}, {"rings": 1}),
        ({"rings": "3.0 rings"}, {"rings": 3}),
        ({"rings": {"at_least": "3", "at_most": ""}}, {"rings": {"at_least": 3}}),
        ({"rings": {"between": ["3", "5 rings"]}}, {"rings": {"between": (3, 5)}}),
        ({"rings": {"at_least": "", "at_most": ""}}, {}),
        ({"fruit": "green"}, {"fruit": "green"}),
        ({"fruit": "not yet RIPE"}, {"fruit": "green"}),
        ({"fruit": "HALF"}, {"fruit": "half"}),
        ({"fruit": "ripe, in part."}, {"fruit": "half"}),
        ({"fruit": "ROTTEN"}, {"fruit": "rotten"}),
        ({"fruit": {"one_of": ["Not yet ripe", "soft"]}}, {"fruit": {"one_of": ("green", "soft")}}),
        ({"guests": "wasps, Mice"}, {"guests": frozenset({"wasps", "mice"})}),
        ({"guests": "Birds, large or small"}, {"guests": frozenset({"birds"})}),
        ({"guests": ["Birds, large or small", ""]}, {"guests": frozenset({"birds"})}),
        ({"guests": "none of these"}, {"guests": frozenset()}),
        ({"guests": []}, {"guests": frozenset()}),
        ({"guests": {"includes": "Mice"}}, {"guests": {"includes": "mice"}}),
        ({"guests": {"includes_any": ["Mice", "wasps"]}}, {"guests": {"includes_any": ("mice", "wasps")}}),
        ({"guests": {"is_not": "mice; wasps"}}, {"guests": {"is_not": frozenset({"mice", "wasps"})}}),
        ({"planted": " 2024-05-01 "}, {"planted": datetime.date(2024, 5, 1)}),
        ({"owner": " unknown "}, {"owner": "unknown"}),
    ],
)
def test_an_answer_is_read_as_it_is_meant(garden: hiprun.Pack, answers: Any, facts: Any) -> None:
    """Words for yes and no, numbers with their unit, names and texts of choices become facts that can be decided on."""
    reading = garden.read(answers)
    assert (dict(reading.facts), reading.problems) == (facts, ())
    assert garden.decide("care", reading.facts).facts == facts


@pytest.mark.parametrize("nothing", ["", "  ", "?", "Don’t know", "not sure.", "unknown", None, [""], ["", " "]])
@pytest.mark.parametrize("name", ["warmth", "fruit", "guests", "dry"])
def test_no_answer_stays_unknown(garden: hiprun.Pack, name: str, nothing: Any) -> None:
    """What was left empty, or is said not to be known, is neither no nor zero nor none of them."""
    assert garden.read({name: nothing}) == hiprun.Reading({})


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"warmth": "3,5"}, "`warmth`: `3,5` has a comma. Write 3.5 with a point. [comma-in-number]"),
        (
            {"rings": "3,500 rings"},
            "`rings`: `3,500` has a comma. Write 3500 without it, or 3.500 with a point. [comma-in-number]",
        ),
        ({"warmth": "warm"}, "`warmth`: `warm` is not a number. Give a number from -50 to 100 °C. [wrong-type]"),
        ({"warmth": "1e99"}, "`warmth`: `1e99` is not a number. Give a number from -50 to 100 °C. [wrong-type]"),
        ({"warmth": "120"}, "`warmth`: 120 is out of range. Give a value from -50 to 100 °C. [out-of-range]"),
        ({"warmth": ["1", "2"]}, "`warmth`: there are 2 answers. Give one. [several-answers]"),
        (
            {"dry": "rather"},
            "`dry`: `rather` is neither yes nor no. Answer yes or no, or nothing if it is not known. [wrong-type]",
        ),
        (
            {"dry": "1"},
            "`dry`: `1` is neither yes nor no. ",
        ),
        (
            {"fruit": "over"},
            "`fruit`: `over` is not one of the choices. Available: ",
        ),
        ({"guests": "wasp, ants"}, "`guests`: `wasp` is not one of the choices. Did you mean `wasps`? [not-a-choice]"),
        (
            {"guests": "mice, none"},
            "`guests`: `none` is given with other choices. Give one or the other. [several-answers]",
        ),
        ({"guests": 3}, "`guests`: `3` is not a list of choices. Give a list, such as [wasps, birds]. [wrong-type]"),
        (
            {"planted": "1.5.2024"},
            "`planted`: `1.5.2024` is not a date. Write it as year-month-day, for example 2026-03-01. [wrong-type]",
        ),
        (
            {"rings": {"at_lest": "3"}},
            "`rings`: `at_lest` is not a test for this fact. Did you mean",
        ),
        ({"rings": {3: "3"}}, "`rings`: `3` is not a test for this fact. Available: "),
        ({"waarmth": "3"}, "`waarmth` is not a fact of this pack. Did you mean `warmth`? [unknown-fact]"),
    ],
)
def test_what_cannot_be_read_is_said(garden: hiprun.Pack, answers: Mapping[str, Any], message: str) -> None:
    """Each answer that cannot be read has its problem, and the others are read all the same."""
    reading = garden.read({**answers, "owner": "al"})
    assert str(reading.problems[0]).startswith(message)
    assert reading.problems[0].subject == next(iter(map(str, answers)))
    assert dict(reading.facts) == {"owner": "al"}


def test_answers_that_cannot_occur_together_are_all_kept(garden: hiprun.Pack) -> None:
    """They can be read, so they are facts; that they contradict each other is a problem of none of them alone."""
    reading = garden.read({"dry": "no", "warmth": "95", "rings": "many"})
    assert [(problem.code, problem.subject) for problem in reading.problems] == [
        ("wrong-type", "rings"),
        ("impossible-facts", ""),
    ]
    assert dict(reading.facts) == {"dry": False, "warmth": 95}
    only = garden.read({"dry": "no", "warmth": "95"})
    assert [problem.code for problem in only.problems] == ["impossible-facts"]
    with pytest.raises(hiprun.FactError) as raised:
        garden.decide("care", only.facts)
    assert raised.value.problems == only.problems


def test_the_fields_of_a_form_are_read_as_they_come(garden: hiprun.Pack) -> None:
    """A query string is read without a step in between."""
    fields = parse_qs("warmth=12&dry=no&guests=mice&guests=wasps&owner=", keep_blank_values=True)
    assert dict(garden.read(fields).facts) == {"warmth": 12, "guests": frozenset({"mice", "wasps"}), "dry": False}


class Odd(str):
    """A text of a caller's own kind."""

    __slots__ = ()

    def strip(self, *_: Any) -> str:
        """Fail."""
        raise RuntimeError

    __str__ = strip


def test_odd_answers_do_no_harm(garden: hiprun.Pack) -> None:
    """What is no mapping, odd texts, and thousands of wrong answers give problems and nothing else."""
    assert [problem.code for problem in garden.read("warmth=3").problems] == ["facts-shape"]  # type: ignore[arg-type]
    assert dict(garden.read({"fruit": Odd("green")}).facts) == {"fruit": "green"}
    assert len(garden.read({f"x{number}": "1" for number in range(5000)}).problems) == 51
    assert garden.read({"owner": "x" * 20_000}).problems[0].code == "wrong-type"
    assert garden.read({"warmth": object()}).problems[0].code == "wrong-type"


def test_of_many_wrong_answers_the_first_are_told(tmp_path: Path) -> None:
    """A pack with more facts than problems are told still tells only the first."""
    facts = "facts:\n" + "".join(f"  f{number}: {{ask: Is it?, type: boolean}}\n" for number in range(70))
    pack = small_packs.load(tmp_path, facts=facts)
    reading = pack.read({f"f{number}": "perhaps" for number in range(70)})
    assert len(reading.problems) == 50
    assert dict(reading.facts) == {}
