"""Proofs over every setting of the parameters, from rule files to the patient and the setting that show a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.verification.claims import Claim, Verification
from hiprun.verification.report_text import report_text
from hiprun.verification.verify import verify

from .. import small_packs

FACTS = """\
facts:
  warmth: {ask: How warm?, type: number, range: [0, 100], worse: higher}
  rings: {ask: How many rings?, type: integer, range: [0, 9]}
  dry: {ask: Is it dry?, type: boolean, worse: true}
  windy: {ask: Is it windy?, type: boolean}
"""
WARMTH = "facts:\n  warmth: {ask: How warm?, type: number, range: [0, 100], worse: higher}\n"
LEVELS = """\
parameters:
  calm_level: {value: 10, range: [0, 30], unit: °C}
  stop_level: {value: 40, range: [10, 90], unit: °C}
"""
BOUND = (
    "constraints:\n  - {id: calm-below-stop, never: {calm_level: {at_least: stop_level}}, because: Calm ends first.}\n"
)
CARE = """\
decision: care
outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}
hit: first
rules:
  - {id: cool, when: {warmth: {at_most: calm_level}}, then: {level: calm}}
  - {id: hot, when: {warmth: {at_least: stop_level}}, then: {level: bad}}
otherwise: {level: mild}
"""
PROMISE = """\
properties: Heat
always:
  - {id: heat-is-bad, if: {warmth: {at_least: stop_level}}, then: {care.level: bad}}
"""

Load = Callable[..., hiprun.Pack]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that loads a small pack."""
    return lambda **documents: small_packs.load(tmp_path / "garden", **{"facts": FACTS, **documents})


def claims(report: Verification, kind: str) -> dict[str, Claim]:
    """Return the claims of a kind by what they are about, once it is clear that prover and interpreter agree."""
    assert report.faults == ()
    return {claim.subject: claim for claim in report.claims if claim.kind == kind}


def small(rules: str, parameters: str, hit: str = "first", rest: str = "otherwise: {level: calm}") -> dict[str, str]:
    """Return a decision `care`, each of its rules in the braces of one line, and parameters."""
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules.strip().split("\n"))
    outputs = "outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}"
    return {
        "care": f"decision: care\n{outputs}\nhit: {hit}\nrules:\n{lines}{rest}\n",
        "parameters": f"parameters:\n  {parameters}\n",
    }


def numbers(rules: str, parameters: str, hit: str) -> dict[str, str]:
    """Return a decision `care` that gives a number."""
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules.strip().split("\n"))
    rest = "" if hit == "sum" else "otherwise: {much: 0}\n"
    outputs = "outputs: {much: {type: number, worse: higher}}"
    return {
        "care": f"decision: care\n{outputs}\nhit: {hit}\nrules:\n{lines}{rest}",
        "parameters": f"parameters:\n  {parameters}\n",
    }


# a claim about everyone


def test_a_promise_is_refuted_with_the_setting_that_breaks_it(load: Load) -> None:
    """A promise that the values in the files keep and others break is refuted with those, and a patient."""
    pack = load(parameters=LEVELS, care=CARE, promise=PROMISE)
    report = hiprun.verify(pack)
    claim = claims(report, "property")["heat-is-bad"]
    assert claim.status == "refuted"
    (witness,) = claim.witnesses
    assert claim.setting == witness.setting != {}
    setting = {name: float(value) for name, value in claim.setting.items()}
    refuted = pack.with_parameters(**setting).decide("care", witness.facts)
    assert refuted["level"] == "calm"
    assert witness.facts["warmth"] >= setting.get("stop_level", 40)
    assert "--set" in witness.case
    data = next(one for one in report.to_dict()["claims"] if one["subject"] == "heat-is-bad")
    assert data["setting"] == data["witnesses"][0]["setting"] == json.loads(json.dumps(data["setting"])) != {}
    assert report.to_dict()["parameters"] == {"calm_level": [0, 30], "stop_level": [10, 90]}
    assert "in the setting " in report_text(pack.model, report)
    assert "claims about every patient and every setting" in report_text(pack.model, report)


def test_the_values_in_the_files_come_first(load: Load) -> None:
    """What fails already with the values in the files is shown with them, without a setting."""
    levels = LEVELS.replace("value: 40", "value: 10").replace("range: [10, 90]", "range: [0, 90]")
    claim = claims(hiprun.verify(load(parameters=levels, care=CARE, promise=PROMISE)), "property")["heat-is-bad"]
    assert (claim.status, claim.setting) == ("refuted", {})


def test_as_few_parameters_as_can_be_are_set(load: Load) -> None:
    """A setting that shows something leaves a parameter that has no part in it as it is."""
    levels = LEVELS + "  other: {value: 3, range: [1, 9]}\n"
    care = CARE.replace("warmth: {at_least: stop_level}", "warmth: {at_least: stop_level}, rings: {above: other}")
    claim = claims(hiprun.verify(load(parameters=levels, care=care, promise=PROMISE)), "property")["heat-is-bad"]
    assert claim.setting == {}
    care = CARE.replace("warmth: {at_most: calm_level}", "warmth: {at_most: calm_level}, rings: {above: other}")
    claim = claims(hiprun.verify(load(parameters=levels, care=care, promise=PROMISE)), "property")["heat-is-bad"]
    assert set(claim.setting) <= {"calm_level", "stop_level"}


def test_parameters_that_are_bound_to_each_other_keep_a_promise(load: Load) -> None:
    """A constraint over parameters leaves out the settings in which a promise would be broken."""
    report = hiprun.verify(load(facts=WARMTH, parameters=LEVELS, care=CARE, promise=PROMISE, constraints=BOUND))
    assert report.ok, list(report.findings())


def test_one_setting_can_be_proved_alone(load: Load) -> None:
    """Without `every_setting` the parameters are as the pack has them, and the report names none."""
    pack = load(facts=WARMTH, parameters=LEVELS, care=CARE, promise=PROMISE, constraints=BOUND)
    one = hiprun.verify(pack.with_parameters(calm_level=5), every_setting=False)
    assert (one.ok, one.parameters) == (True, {})
    assert "calm-below-stop" not in claims(one, "constraint-possible")
    idle = "constraints:\n  - {id: idle, never: {warmth: {above: 100}}}\n"
    unbound = load(facts=WARMTH, parameters=LEVELS, care=CARE, promise=PROMISE, constraints=idle)
    kept = claims(hiprun.verify(unbound, every_setting=False), "property")
    broken = claims(
        hiprun.verify(unbound.with_parameters(calm_level=30, stop_level=20), every_setting=False), "property"
    )
    assert (kept["heat-is-bad"].status, broken["heat-is-bad"].status) == ("proved", "refuted")


def test_a_pair_of_patients_is_in_one_setting(load: Load) -> None:
    """Whether worse facts give calmer answers is asked of two patients in the same setting."""
    rules = "id: warm, when: {warmth: {at_least: low, at_most: high}}, then: {level: bad}"
    parameters = "low: {value: 50, range: [10, 90]}\n  high: {value: 100, range: [HIGH, 100]}"
    report = hiprun.verify(load(**small(rules, parameters.replace("HIGH", "100"))))
    assert claims(report, "worse-never-calmer")["care.level along warmth"].holds
    report = hiprun.verify(load(**small(rules, parameters.replace("HIGH", "60"))))
    claim = claims(report, "worse-never-calmer")["care.level along warmth"]
    assert (claim.status, set(claim.setting)) == ("refuted", {"high"})
    assert claim.rules[0].id == "warm"
    assert [witness.setting for witness in claim.witnesses] == [claim.setting] * 2


def test_a_missing_fact_never_makes_a_setting_unknown(load: Load) -> None:
    """Of a partly known patient the parameters are known."""
    report = hiprun.verify(load(parameters=LEVELS, care=CARE, constraints=BOUND))
    assert claims(report, "unknown-never-calmer")["care"].holds


# somebody exists in every setting


def test_a_rule_has_to_apply_in_every_setting(load: Load) -> None:
    """A rule that a setting switches off is found, with that setting and no other parameter in it."""
    rules = (
        "id: warm, when: {warmth: {above: low}}, then: {level: mild}\n"
        "id: old, when: {rings: {above: age}}, then: {level: bad}"
    )
    report = hiprun.verify(load(**small(rules, "low: {value: 9, range: [0, 100]}\n  age: {value: 5, range: [0, 8]}")))
    claim = claims(report, "rule-can-fire")["care.warm"]
    assert (claim.status, claim.setting) == ("refuted", {"low": 100})
    assert claims(report, "rule-can-fire")["care.old"].holds
    assert claim.message == "`warm` never applies: no patient meets its condition."
    assert claim.help.startswith("Look at what it says about `warmth`: ")


def test_a_rule_that_is_idle_in_a_setting_names_the_rules_before_it(load: Load) -> None:
    """A rule that does not matter in some setting is found with it, and with what settles the answer there."""
    rules = (
        "id: hot, when: {warmth: {at_least: high}}, then: {level: bad}\n"
        "id: warm, when: {warmth: {at_least: 40}}, then: {level: mild}"
    )
    report = hiprun.verify(load(**small(rules, "high: {value: 60, range: [40, 80]}")))
    claim = claims(report, "rule-can-matter")["care.warm"]
    assert (claim.status, claim.setting, [rule.id for rule in claim.rules]) == (
        "refuted",
        {"high": 40},
        ["warm", "hot"],
    )
    reached = claims(report, "value-reachable")["care.level: mild"]
    assert (reached.status, reached.setting) == ("refuted", {"high": 40})


def test_a_promise_has_to_be_about_somebody_in_every_setting(load: Load) -> None:
    """A promise whose condition nobody meets in some setting says nothing there."""
    promise = PROMISE.replace("{at_least: stop_level}", "{above: stop_level}")
    levels = LEVELS.replace("[10, 90]", "[31, 100]")
    claim = claims(hiprun.verify(load(parameters=levels, care=CARE, promise=promise)), "property")["heat-is-bad"]
    assert (claim.status, claim.setting) == ("vacuous", {"stop_level": 100})


def test_no_single_patient_needs_to_do_for_all_settings(load: Load) -> None:
    """A stretch that moves with a parameter has a patient in every setting, another in each."""
    rules = "id: warm, when: {warmth: {above: low, below: low + 0.001}}, then: {level: bad}"
    report = hiprun.verify(load(**small(rules, "low: {value: 9, range: [0, 50]}")))
    assert claims(report, "rule-can-fire")["care.warm"].holds
    assert claims(report, "rule-can-matter")["care.warm"].holds


def test_a_few_settings_without_anyone_among_many_are_found(load: Load) -> None:
    """A rule that nobody meets in a small part of a range is refuted with a setting from there."""
    rules = (
        "id: warm, when: {warmth: {above: low, below: low + 0.001}, "
        "any: [{warmth: {above: 7.5}}, {warmth: {below: 7.4}}]}, then: {level: bad}"
    )
    report = hiprun.verify(load(**small(rules, "low: {value: 9, range: [0, 50]}")))
    claim = claims(report, "rule-can-fire")["care.warm"]
    assert claim.status == "refuted"
    assert 7.4 - 0.001 <= float(claim.setting["low"]) <= 7.5


def test_constraints_of_patients_count_in_every_setting(load: Load) -> None:
    """A patient whom a constraint rules out in a setting does not do there."""
    documents = small(
        "id: warm, when: {warmth: {above: 50}}, then: {level: bad}", "most: {value: 90, range: [50, 100]}"
    )
    report = hiprun.verify(
        load(**documents, constraints="constraints:\n  - {id: no-heat, never: {warmth: {above: most}}}\n")
    )
    claim = claims(report, "rule-can-fire")["care.warm"]
    assert (claim.status, claim.setting) == ("refuted", {"most": 50})
    idle = claims(report, "constraint-possible")["no-heat"]
    assert (idle.status, idle.setting) == ("refuted", {"most": 100})


def test_conflicts_elsewhere_count_in_every_setting(load: Load) -> None:
    """A patient for whom a decision behind this one is in conflict in a setting does not do there."""
    behind = (
        "decision: wind\noutputs: {strong: {type: boolean}}\nrules:\n"
        "  - {id: warm, when: {warmth: {above: low}}, then: {strong: true}}\n"
        "  - {id: cold, when: {warmth: {at_most: high}}, then: {strong: false}}\notherwise: no_match\n"
    )
    rules = "id: strong, when: {wind.strong: true}, then: {level: bad}"
    parameters = "low: {value: 50, range: [50, 60]}\n  high: {value: 50, range: [50, 100]}"
    report = hiprun.verify(load(**small(rules, parameters), wind=behind))
    # where the cold rule reaches up to 100, whoever is warm is in conflict
    claim = claims(report, "rule-can-fire")["care.strong"]
    assert (claim.status, claim.setting) == ("refuted", {"high": 100})
    report = hiprun.verify(load(**small(rules, parameters.replace("[50, 100]", "[50, 99]")), wind=behind))
    assert claims(report, "rule-can-fire")["care.strong"].holds


# what a setting gives


@pytest.mark.parametrize(
    ("hit", "first", "second"), [("max", 2, 1), ("min", 1, 2), ("priority", 2, 1), ("worst", 2, 1)]
)
def test_which_rule_wins_hangs_on_the_setting(load: Load, hit: str, first: int, second: int) -> None:
    """Where outputs are parameters, one rule may be idle in some settings and the other in others."""
    rules = "id: dry, when: {dry: true}, then: {much: one}\nid: same, when: {dry: true}, then: {much: two}"
    parameters = f"one: {{value: {first}, range: [0, 4]}}\n  two: {{value: {second}, range: [0, 4]}}"
    report = hiprun.verify(load(**numbers(rules, parameters, hit)))
    idle = claims(report, "rule-can-matter")
    assert (idle["care.same"].status, idle["care.same"].setting) == ("refuted", {})
    assert idle["care.dry"].status == "refuted"
    assert idle["care.dry"].setting != {}
    assert claims(report, "unknown-never-calmer")["care"].holds


@pytest.mark.parametrize("hit", ["max", "min", "priority", "worst", "first"])
def test_numbers_that_are_parameters_get_no_calmer(load: Load, hit: str) -> None:
    """Answers that are parameters are compared as numbers, in one setting at a time."""
    rules = (
        "id: hot, when: {warmth: {above: 50}}, then: {much: high}\n"
        "id: all, when: {warmth: {at_least: 0}}, then: {much: low}"
    )
    parameters = "low: {value: 2, range: [1, 5]}\n  high: {value: 7, range: [4, 9]}"
    report = hiprun.verify(load(**numbers(rules, parameters, hit)))
    claim = claims(report, "worse-never-calmer")["care.much along warmth"]
    if hit in ("first", "min"):
        assert (claim.status, set(claim.setting)) == ("refuted", {"low", "high"})
    else:
        assert claim.holds


def test_what_has_the_say_may_hang_on_a_parameter_beside(load: Load) -> None:
    """Rules of a decision are ranked by all that they give; what uses one part of it gets no calmer in any setting."""
    outputs = "level: {type: choice, choices: [calm, mild, bad], worse: later}, much: {type: number, worse: higher}"
    rules = (
        "  - {id: hot, when: {warmth: {above: 50}}, then: {level: LEVEL, much: low}}\n"
        "  - {id: dry, when: {dry: true}, then: {level: mild, much: 3}}\n"
    )
    ranked = (
        f"decision: ranked\noutputs: {{{outputs}}}\nhit: priority\nrules:\n{rules}otherwise: {{level: calm, much: 0}}\n"
    )
    documents = small(
        "id: bad, when: {ranked.level: {at_least: mild}}, then: {level: bad}", "low: {value: 3, range: [1, 4]}"
    )
    report = hiprun.verify(load(**documents, ranked=ranked.replace("LEVEL", "bad")))
    assert claims(report, "worse-never-calmer")["care.level along warmth"].holds
    report = hiprun.verify(
        load(
            **documents,
            ranked=ranked.replace("LEVEL", "calm").replace("otherwise: {level: calm", "otherwise: {level: mild"),
        )
    )
    assert claims(report, "worse-never-calmer")["care.level along warmth"].status == "refuted"


def test_parameters_stand_beside_what_has_no_value(load: Load) -> None:
    """A rule may ask for a missing value and for a number that a function works out from parameters."""
    rule = "{id: far, when: {rings: {above: 5}}, then: {many: 1}}"
    far = f"decision: far\noutputs: {{many: {{type: integer}}}}\nrules:\n  - {rule}\notherwise: no_match\n"
    rules = "id: few, when: {far.many: {has_value: false}, rings: {at_least: round(low * 1.5)}}, then: {level: bad}"
    parameters = "low: {value: 2, type: integer, range: [1, TOP]}"
    for top, status in (("3", "proved"), ("4", "refuted")):
        documents = small(rules, parameters.replace("TOP", top))
        report = hiprun.verify(load(**documents, far=far))
        assert claims(report, "rule-can-fire")["care.few"].status == status


def test_points_that_a_setting_takes_away_do_not_matter(load: Load) -> None:
    """A rule whose points may be set to 0 is idle in that setting."""
    rules = "id: dry, when: {dry: true}, then: {much: one}\nid: windy, when: {windy: true}, then: {much: two}"
    report = hiprun.verify(
        load(**numbers(rules, "one: {value: 1, range: [0, 4]}\n  two: {value: 1, range: [1, 4]}", "sum"))
    )
    claim = claims(report, "rule-can-matter")["care.dry"]
    assert (claim.status, claim.setting) == ("refuted", {"one": 0})
    assert claims(report, "rule-can-matter")["care.windy"].holds


def test_parameters_divide_exactly(load: Load) -> None:
    """A whole number divided by a parameter is a fraction, and so is a parameter divided by one."""
    rules = "id: odd, when: {rings: {is: 1}, warmth: {is: rings / half + 10 / tenth}}, then: {level: bad}"
    parameters = "half: {value: 2, type: integer, range: [2, 3]}\n  tenth: {value: 5, type: integer, range: [4, 5]}"
    promise = "properties: P\nalways:\n  - {id: p, if: {care.level: bad}, then: {warmth: {above: 2, at_most: 3}}}\n"
    report = hiprun.verify(load(**small(rules, parameters), promise=promise))
    assert claims(report, "property")["p"].holds
    report = hiprun.verify(load(**small(rules, parameters), promise=promise.replace("at_most: 3", "below: 3")))
    claim = claims(report, "property")["p"]
    assert (claim.status, claim.setting) == ("refuted", {"tenth": 4})


def test_a_parameter_without_a_range_is_fixed(load: Load) -> None:
    """What cannot be set is what it is, also where a constraint binds another parameter to it."""
    levels = LEVELS.replace(", range: [10, 90]", "")
    report = hiprun.verify(load(facts=WARMTH, parameters=levels, care=CARE, promise=PROMISE))
    assert report.ok, list(report.findings())
    assert list(report.parameters) == ["calm_level"]
    idle = claims(hiprun.verify(load(parameters=levels, care=CARE, constraints=BOUND)), "constraint-possible")
    assert idle["calm-below-stop"].status == "refuted"
    asked = BOUND.replace("{calm_level: {at_least: stop_level}}", "{stop_level: {at_most: calm_level}}")
    wide = levels.replace("[0, 30]", "[0, 50]")
    report = hiprun.verify(load(facts=WARMTH, parameters=wide, care=CARE, promise=PROMISE, constraints=asked))
    assert report.ok, list(report.findings())
    assert list(report.parameters) == ["calm_level"]


def test_a_constraint_that_the_ranges_keep_anyway_is_idle(load: Load) -> None:
    """A constraint over parameters has to rule out a setting."""
    levels = LEVELS.replace("[10, 90]", "[31, 90]")
    claim = claims(hiprun.verify(load(parameters=levels, care=CARE, constraints=BOUND)), "constraint-possible")
    assert claim["calm-below-stop"].status == "refuted"
    assert claim["calm-below-stop"].message == "`calm-below-stop` rules out no setting: the ranges already satisfy it."


# where it cannot be had

PRIME = "properties: P\nalways:\n  - {id: prime, if: {b: {is: p * a}}, then: {b: {is_not: 99991}}}\n"
WIDE = "facts:\n  a: {ask: A?, type: integer, range: [0, 100000]}\n  b: {ask: B?, type: integer, range: [0, 100000]}\n"
ANY = (
    "decision: care\noutputs: {x: {type: boolean}}\nhit: first\n"
    "rules:\n  - {id: r, when: {a: {above: 1000}}, then: {x: true}}\notherwise: {x: false}\n"
)


def test_what_is_proved_setting_by_setting_is_no_proof(load: Load) -> None:
    """A parameter that multiplies a fact may be too much; then it is said for which settings it was proved."""
    parameters = "parameters:\n  p: {value: 3, type: integer, range: [2, 90]}\n"
    pack = load(facts=WIDE, care=ANY, parameters=parameters, promise=PRIME)
    report = verify(pack, budget=100_000)
    claim = claims(report, "property")["prime"]
    assert (claim.status, claim.holds_at, claim.setting) == ("unproved", ({}, {"p": 2}, {"p": 90}), {})
    assert not report.ok
    text = " ".join(report_text(pack.model, report).split())
    assert (
        "proved individually for these settings, but not for those between them: in the rule files; "
        "p 2 (in the files 3); p 90 (in the files 3)" in text
    )
    assert claim.to_dict()["holds_at"] == [{}, {"p": 2}, {"p": 90}]


def test_what_fails_at_an_end_of_a_range_is_refuted(load: Load) -> None:
    """What stays open over all settings is refuted where the ends of ranges show a patient."""
    parameters = "parameters:\n" + "".join(f"  {name}: {{value: 3, type: integer, range: [2, 311]}}\n" for name in "pq")
    facts = WIDE.replace(", range: [0, 100000]", "") + "  c: {ask: C?, type: integer}\n"
    promise = PRIME.replace("then: {b:", "then: {c:").replace("{b: {is: p * a}}", "{b: {is: p * a}, c: {is: q * b}}")
    promise = promise.replace("99991", str(311 * 311 * 313))
    pack = load(facts=facts, care=ANY, parameters=parameters, promise=promise)
    claim = claims(verify(pack, budget=2_000), "property")["prime"]
    assert (claim.status, claim.setting) == ("refuted", {"p": 311, "q": 311})
    assert claim.witnesses[0].facts == {"a": 313, "b": 311 * 313, "c": 311 * 311 * 313}
    assert claim.witnesses[0].setting == {"p": 311, "q": 311}


def test_a_stretch_that_every_multiple_may_miss_is_left_open_within_the_budget(load: Load) -> None:
    """Whether each setting has a patient may take more than the budget, and is then no success."""
    parameters = "parameters:\n  p: {value: 2, type: integer, range: [2, 99]}\n"
    facts = WIDE.replace("b: {ask: B?, type: integer, range: [0, 100000]}", "b: {ask: B?, type: integer}")
    care = ANY.replace("a: {above: 1000}", "b: {is: p * a, above: 1000, below: 1100}")
    pack = load(facts=facts, care=care, parameters=parameters)
    claim = claims(verify(pack, budget=20_000), "rule-can-fire")["care.r"]
    assert (claim.status, claim.holds_at) == ("unproved", ({}, {"p": 99}))
    assert claims(verify(pack), "rule-can-fire")["care.r"].holds
    wider = load(facts=facts, care=care, parameters=parameters.replace("99", "100"))
    claim = claims(verify(wider), "rule-can-fire")["care.r"]
    assert (claim.status, claim.setting) == ("refuted", {"p": 100})


def test_a_setting_that_cannot_be_sought_leaves_a_claim_open(load: Load) -> None:
    """Where parameters multiply each other, whether a setting is left without anyone may stay open."""
    parameters = "parameters:\n" + "".join(
        f"  {name}: {{value: 3, type: integer, range: [2, 50000]}}\n" for name in "pq"
    )
    facts = "facts:\n  a: {ask: A?, type: integer}\n  b: {ask: B?, type: boolean}\n"
    care = ANY.replace("a: {above: 1000}", "a: {is_not: p * q}, b: true")
    only = "constraints:\n  - {id: only, never: {a: {is_not: 1000000007}}}\n"
    pack = load(facts=facts, care=care, parameters=parameters, constraints=only)
    claim = claims(verify(pack, budget=20_000), "rule-can-fire")["care.r"]
    assert claim.status == "unproved"
    assert {"p": 50000, "q": 50000} in claim.holds_at


def test_a_parameter_in_a_function_of_parameters_alone_multiplies_nothing(load: Load) -> None:
    """What stays open because of another one is not proved at its ends as well."""
    number = "{value: 3, type: integer, range: [2, 90]}"
    pack = load(
        pack=small_packs.PACK.replace("language: 1", "language: 2"),
        facts=WIDE,
        care=ANY.replace("above: 1000", "above: 'max(q, 1000)'"),
        parameters=f"parameters:\n  p: {number}\n  q: {number}\n",
        promise=PRIME,
    )
    claim = claims(verify(pack, budget=100_000), "property")["prime"]
    assert (claim.status, claim.holds_at) == ("unproved", ({}, {"p": 2}, {"p": 90}))


def test_many_parameters_that_multiply_are_tried_one_at_a_time(load: Load) -> None:
    """Of more than three parameters that multiply, each is set to its ends alone, as far as constraints allow it."""
    names = "pqrs"
    parameters = "parameters:\n" + "".join(f"  {name}: {{value: 3, type: integer, range: [2, 90]}}\n" for name in names)
    promise = PRIME.replace("p * a", "p * a + q * a + r * a / s")
    bound = "constraints:\n  - {id: bound, never: {p: {above: 80}}}\n"
    pack = load(facts=WIDE, care=ANY, parameters=parameters, promise=promise, constraints=bound)
    claim = claims(verify(pack, budget=2_000), "property")["prime"]
    tried = [dict(setting) for setting in claim.holds_at] + [dict(claim.setting)]
    assert all(len(setting) <= 1 and setting.get("p") != 90 for setting in tried)


# at a terminal


def run(*arguments: object) -> Any:
    """Return what a command prints and exits with."""
    return CliRunner().invoke(application, [str(argument) for argument in arguments])


def test_verify_and_test_take_a_setting(load: Load, tmp_path: Path) -> None:
    """With `--set` proofs are about one setting, and cases run in it."""
    cases = "cases: C\nexamples:\n  - {id: warm, facts: {warmth: 35}, expect: {care: {level: mild}}}\n"
    load(parameters=LEVELS, care=CARE, promise=PROMISE, cases=cases)
    folder = tmp_path / "garden"
    assert run("verify", folder, "--decision", "care").exit_code == 1
    one = run("verify", folder, "--decision", "care", "--set", "calm_level=5")
    assert "claims about every patient: all proved" in one.stdout
    assert (
        run("verify", folder, "--decision", "care", "--set", "calm_level=30", "--set", "stop_level=20").exit_code == 1
    )
    assert run("test", folder).exit_code == 0
    assert "expected mild, found bad" in run("test", folder, "--set", "stop_level=35").stdout
    assert "its range is 10 to 90" in run("test", folder, "--set", "stop_level=95").stderr
