"""Which facts are needed where an answer has several numbers that formulas give."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun

from .. import small_packs

RANGES = {"few": "type: integer, range: [-1, 1]", "many": "type: integer, range: [0, 900]", "real": "type: number"}

DECISION = """\
decision: trunk
outputs: {{width: {{type: number}}, depth: {{type: number}}}}
rules:
  - {{id: wet, when: {{rings: {{above: 5}}}}, then: {{width: -50, depth: -50}}}}
otherwise: {otherwise}
"""


def trunk(folder: Path, kind: str, otherwise: str) -> hiprun.Pack:
    """Return a pack whose constraints tie `inner` and `outer` to `rings`, on which no answer up to five depends."""
    facts = f"""\
facts:
  rings: {{ask: How many rings?, type: integer, range: [0, 9]}}
  inner: {{ask: How wide inside?, {RANGES[kind]}}}
  outer: {{ask: How wide outside?, {RANGES[kind]}}}
"""
    constraints = """\
constraints:
  - {id: one, never: {rings: {at_most: 2}, inner: outer}}
  - {id: few, never: {rings: {above: 2}, outer: {above: inner}}}
"""
    decision = DECISION.format(otherwise=otherwise)
    return small_packs.load(folder, facts=facts, constraints=constraints, trunk=decision)


@pytest.mark.parametrize("kind", list(RANGES))
def test_numbers_that_follow_from_one_are_one_number(tmp_path: Path, kind: str) -> None:
    """A fact that only cuts the same number in other pieces is not needed, however often the answer has it."""
    for number, otherwise in enumerate(("{width: inner, depth: inner}", "{width: inner, depth: 1 - 2 * inner}")):
        pack = trunk(tmp_path / str(number), kind, otherwise)
        outcome = pack.decide("trunk", {"rings": {"at_most": 5}})
        assert (outcome.exact, outcome.needs) == (True, ("inner",))
        assert set(pack.decide("trunk", {}).needs) == {"rings", "inner"}


@pytest.mark.parametrize(
    ("kind", "wet", "needed"),
    [
        ("real", "{width: 3, depth: 6}", False),
        ("real", "{width: 3, depth: 5}", True),
        ("many", "{width: 3, depth: 6}", False),
        ("many", "{width: 2000, depth: 4000}", True),
        ("many", "{width: 2.5, depth: 5}", True),
        ("few", "{width: 1, depth: 2}", False),
        ("few", "{width: 3, depth: 6}", True),
    ],
)
def test_an_answer_without_a_formula_may_be_one_that_the_formulas_give(
    tmp_path: Path, kind: str, wet: str, needed: bool
) -> None:
    """A fact that only excludes this answer is needed where the formulas do not give it as well."""
    facts = f"""\
facts:
  dry: {{ask: Is it dry?, type: boolean}}
  windy: {{ask: Is it windy?, type: boolean}}
  inner: {{ask: How wide inside?, {RANGES[kind]}}}
"""
    decision = f"""\
decision: trunk
outputs: {{width: {{type: number, worse: higher}}, depth: {{type: number, worse: higher}}}}
hit: min
rules:
  - {{id: wet, when: {{dry: false}}, then: {wet}}}
  - {{id: dry, when: {{dry: true}}, then: {{width: inner, depth: 2 * inner}}}}
"""
    constraints = "constraints:\n  - {id: wind, never: {windy: true, dry: false}}\n"
    pack = small_packs.load(tmp_path, facts=facts, constraints=constraints, trunk=decision)
    outcome = pack.decide("trunk", {})
    assert (outcome.exact, "windy" in outcome.needs) == (True, needed)


def test_whole_numbers_are_compared_together(tmp_path: Path) -> None:
    """Of a few whole numbers it matters also which of them come together."""
    pack = trunk(tmp_path, "few", "{width: inner, depth: outer}")
    assert set(pack.decide("trunk", {"rings": {"at_most": 5}}).needs) == {"rings", "inner", "outer"}


@pytest.mark.parametrize("kind", ["many", "real"])
def test_many_numbers_are_compared_each_for_itself(tmp_path: Path, kind: str) -> None:
    """Of more numbers than can be tried a fact that only ties them to each other is not asked for."""
    pack = trunk(tmp_path, kind, "{width: inner, depth: outer}")
    outcome = pack.decide("trunk", {"rings": {"at_most": 5}})
    assert (outcome.exact, set(outcome.needs)) == (True, {"inner", "outer"})
