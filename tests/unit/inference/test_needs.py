"""Facts that narrow what is possible through functions of facts, though no two patients differ in them alone."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import hiprun

from .. import small_packs

RINGS = "type: integer, range: [-1, 2]"
DECISION = """\
decision: trunk
outputs: {sound: {type: boolean}}
rules:
  - {id: split, when: {core: {below: 0}}, then: {sound: false}}
otherwise: {sound: true}
"""


def trunk(folder: Path, rain: str, core: str = "min(rings, rain)") -> hiprun.Pack:
    """Return a pack in which `rain` matters only because a constraint ties it to `rings`."""
    facts = f"""\
facts:
  rings: {{ask: How many rings?, {RINGS}}}
  rain: {{ask: How much rain?, {rain}}}
"""
    derived = f"derived:\n  core: {{title: Core, formula: '{core}'}}\n"
    constraints = "constraints:\n  - {id: tied, never: {rain: -1 * rings}}\n"
    return small_packs.load(folder, facts=facts, derived=derived, constraints=constraints, trunk=DECISION)


def test_every_number_of_a_few_is_tried(tmp_path: Path) -> None:
    """Only a rain of 1 excludes -1 rings, and with it the trunk that is not sound."""
    pack = trunk(tmp_path, "type: integer, range: [0, 5]")
    outcome = pack.decide("trunk", {})
    assert (outcome.exact, set(outcome.needs)) == (True, {"rings", "rain"})
    assert pack.decide("trunk", {"rain": 1})["sound"] is True
    assert pack.decide("trunk", {"rain": {"at_least": 2}}).needs == ("rings",)


@pytest.mark.parametrize("rain", ["type: integer, range: [0, 500]", "type: number, range: [0, 500]"])
def test_of_more_numbers_a_fact_is_listed_and_the_outcome_not_called_exact(tmp_path: Path, rain: str) -> None:
    """Which of very many numbers narrows what is possible is not searched for."""
    outcome = trunk(tmp_path, rain).decide("trunk", {})
    assert set(outcome.needs) == {"rings", "rain"}
    assert not outcome.exact


def test_a_fact_is_listed_where_the_gaps_of_another_are_too_many_to_try(tmp_path: Path) -> None:
    """Whether a number of it narrows anything through a function stays open then, and the outcome is not exact."""
    facts = f"""\
facts:
  rings: {{ask: How many rings?, {RINGS}}}
  rain: {{ask: How much rain?, type: integer, range: [0, 5]}}
  depth: {{ask: How deep?, type: integer, range: [0, 200]}}
"""
    derived = "derived:\n  core: {title: Core, formula: 'min(rings, depth)'}\n"
    constraints = "constraints:\n  - {id: tied, never: {rain: -1 * rings}}\n"
    pack = small_packs.load(tmp_path, facts=facts, derived=derived, constraints=constraints, trunk=DECISION)
    for gaps in (0, 90):
        outcome = pack.decide("trunk", {"depth": {"none_of": [7, *range(1, 2 * gaps, 2)]}})
        assert (set(outcome.needs), outcome.exact) == ({"rings", "rain", "depth"}, False)
    outcome = pack.decide("trunk", {"depth": {"one_of": [0, 3]}})
    assert (set(outcome.needs), outcome.exact) == ({"rings", "rain"}, True)


def test_a_fact_of_one_number_is_never_asked_for(tmp_path: Path) -> None:
    """Where a range leaves one number, knowing it adds nothing, in functions as elsewhere."""
    facts = """\
facts:
  rings: {ask: How many rings?, type: number, range: [0, 100]}
  rain: {ask: How much rain?, type: number, range: [0, 100]}
  trunks: {ask: How many trunks?, type: integer, range: [5, 5]}
"""
    decision = DECISION.replace("core: {below: 0}", "rings: {above: rain * trunks}")
    outcome = small_packs.load(tmp_path, facts=facts, trunk=decision).decide("trunk", {})
    assert (outcome.exact, set(outcome.needs)) == (True, {"rings", "rain"})


def test_a_fact_that_bounds_a_number_of_the_answer_through_a_function_is_asked_for(tmp_path: Path) -> None:
    """Of few whole numbers each is tried: without rings the depth, which is never above their square, is at most 0."""
    facts = """\
facts:
  rings: {ask: How many rings?, type: integer, range: [0, 3]}
  depth: {ask: How deep?, type: integer, range: [-1, 1]}
"""
    derived = "derived:\n  square: {title: Square, type: integer, formula: abs(rings ^ 2)}\n"
    constraints = "constraints:\n  - {id: shallow, never: {square: {below: depth}}}\n"
    decision = "decision: trunk\noutputs: {level: {type: number}}\nrules:\n  - {id: it, then: {level: depth}}\n"
    pack = small_packs.load(tmp_path, facts=facts, derived=derived, constraints=constraints, trunk=decision)
    outcome = pack.decide("trunk", {})
    assert (outcome.exact, set(outcome.needs)) == (True, {"rings", "depth"})
    assert pack.decide("trunk", {"rings": 0}).range("level") == (-1, 0)


def test_a_fact_of_a_formula_that_cannot_come_out_is_not_asked_for(tmp_path: Path) -> None:
    """Where a formula ties two numbers and is out of the question, only the one that rules ask about is needed."""
    rules = """\
  - {id: dry, when: {dry: true}, then: {level: warmth + rings}}
  - {id: warm, when: {warmth: {above: 3}}, then: {level: 1}}
"""
    outputs = "outputs: {level: {type: number}}"
    decision = f"decision: trunk\n{outputs}\nhit: first\nrules:\n{rules}otherwise: {{level: 2}}\n"
    pack = small_packs.load(tmp_path, trunk=decision)
    assert pack.decide("trunk", {"dry": False}).needs == ("warmth",)
    assert set(pack.decide("trunk", {"dry": True}).needs) == {"warmth", "rings"}


SIZES = """\
facts:
  rings: {ask: How many rings?, type: integer, range: [0, 200]}
  wide: {ask: How wide?, type: number, range: [0, 9]}
  deep: {ask: How deep?, type: number, range: [0, 9]}
  cut: {ask: Was it cut?, type: boolean}
"""


def test_many_gaps_beside_a_function_are_bridged_and_said_so(tmp_path: Path) -> None:
    """A number that may be any but very many is taken for all between its ends, in functions as elsewhere."""
    rule = "  - {id: few, when: {wide: {above: 'min(rings, deep)'}}, then: {level: rings + wide}}\n"
    decision = "decision: trunk\noutputs: {level: {type: number, worse: higher}}\nhit: first\nrules:\n"
    pack = small_packs.load(tmp_path, facts=SIZES, trunk=f"{decision}{rule}otherwise: {{level: 0}}\n")
    for gaps in (90, 30):
        outcome = pack.decide("trunk", {"rings": {"none_of": list(range(1, 2 * gaps, 2))}})
        assert outcome.range("level") == (0, 209)
        assert set(outcome.needs) == {"rings", "wide", "deep"}
        assert not outcome.exact


def test_the_tighter_of_two_functions_is_not_called_exact(tmp_path: Path) -> None:
    """Which of two bounds is tighter depends on the facts of both, which functions of them leave open."""
    bounds = "".join(
        f"  - {{id: b-{number}, when: {{cut: true}}, quantity: rings, at_most: '{formula}'}}\n"
        for number, formula in enumerate(("wide * deep", "wide + deep"))
    )
    pack = small_packs.load(tmp_path, facts=SIZES, trunk=f"limits: trunk\nbounds:\n{bounds}")
    outcome = pack.decide("trunk", {"cut": True})
    assert (set(outcome.needs), outcome.exact) == ({"wide", "deep"}, False)
    known = pack.decide("trunk", {"cut": True, "wide": 3, "deep": 2})
    assert (known.needs, known.exact) == ((), True)


def test_numbers_that_nobody_can_have_narrow_nothing(tmp_path: Path) -> None:
    """Where a constraint leaves out the highest numbers of a fact through a function, those are not counted."""
    facts = SIZES.replace("range: [0, 200]", "range: [0, 90]").replace("range: [0, 9]", "range: [0, 2]")
    constraints = "constraints:\n  - {id: round, never: {rings: {above: wide * wide}}}\n"
    rule = "  - {id: few, when: {rings: {above: wide * deep}}, then: {sound: false}}\n"
    decision = f"decision: trunk\noutputs: {{sound: {{type: boolean}}}}\nrules:\n{rule}otherwise: {{sound: true}}\n"
    pack = small_packs.load(tmp_path, facts=facts, constraints=constraints, trunk=decision)
    assert set(pack.decide("trunk", {}).needs) == {"rings", "wide", "deep"}
    assert pack.decide("trunk", {"rings": 0})["sound"] is True
    with pytest.raises(hiprun.FactError, match="cannot occur together"):
        pack.decide("trunk", {"rings": 90})


def test_facts_that_matter_only_beside_certain_numbers_of_others_are_found(tmp_path: Path) -> None:
    """Two patients who differ in one of them alone have the numbers that both ask for; it is tried out on everybody."""
    highest = {"rings": 4, "rain": 3, "depth": 2}
    facts = "facts:\n" + "".join(
        f"  {name}: {{ask: How many?, type: integer, range: [0, {end}]}}\n" for name, end in highest.items()
    )
    derived = """\
derived:
  most: {title: The most, type: integer, formula: 'max(rain, depth)'}
  apart: {title: How far apart, type: integer, formula: 'abs(rings - rain)'}
"""
    decision = """\
decision: trunk
outputs: {sound: {type: boolean}}
hit: first
rules:
  - {id: wet, when: {any: [{most: {above: 1}}, {depth: {above: 1}}]}, then: {sound: true}}
  - {id: old, when: {any: [{rings: {above: 0}}, {depth: {below: apart}}]}, then: {sound: false}}
otherwise: {sound: true}
"""
    pack = small_packs.load(tmp_path, facts=facts, derived=derived, trunk=decision)
    everybody = [
        dict(zip(highest, numbers, strict=True)) for numbers in product(*(range(end + 1) for end in highest.values()))
    ]
    sound = {tuple(facts.values()): pack.decide("trunk", facts)["sound"] for facts in everybody}
    matter = {
        name
        for facts in everybody
        for name, end in highest.items()
        for other in range(end + 1)
        if sound[tuple(facts.values())] is not sound[tuple({**facts, name: other}.values())]
    }
    outcome = pack.decide("trunk", {})
    assert (set(outcome.needs), outcome.exact) == (matter, True)
