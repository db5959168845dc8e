"""Every claim about all patients has a small pack that it fails on, with the patient who shows it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

import hiprun
from hiprun.model import Not, Property
from hiprun.verification import cases
from hiprun.verification import solver as engine
from hiprun.verification.claims import KINDS, Claim
from hiprun.verification.report_text import finding_lines, report_text
from hiprun.verification.run_bounds import SolverBudget
from hiprun.verification.verify import verify

from .. import small_packs

ONE = "outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}"


def decision(rules: str, hit: str = "worst", rest: str = "otherwise: {level: calm}", outputs: str = ONE) -> str:
    """Return a decision called `care`, each of its rules in the braces of one line."""
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules.strip().split("\n"))
    return f"decision: care\n{outputs}\nhit: {hit}\nrules:\n{lines}{rest}\n"


@pytest.fixture
def findings(tmp_path: Path) -> Any:
    """Return a function that verifies a small pack and returns what it finds of one kind."""

    def found(kind: str, **documents: str) -> list[Claim]:
        report = hiprun.verify(small_packs.load(tmp_path / "garden", **documents))
        assert report.faults == ()
        return [claim for claim in report.findings() if claim.kind == kind]

    return found


def one(claims: list[Claim]) -> Claim:
    """Return the only claim."""
    assert len(claims) == 1, claims
    return claims[0]


# rules


def test_a_rule_that_contradicts_itself_never_applies(findings: Any) -> None:
    """A condition that nobody meets is found, with the rule's file and line and the facts to look at."""
    claim = one(
        findings(
            "rule-can-fire",
            care=decision(
                "id: never, when: {warmth: {above: 30, below: 20}}, then: {level: bad}\n"
                "id: dry, when: {dry: true}, then: {level: mild}"
            ),
        )
    )
    assert (claim.subject, claim.status, str(claim.place)) == ("care.never", "refuted", "garden/care.yaml:5:5")
    assert claim.message == "`never` never applies: no patient meets its condition."
    assert "`warmth`" in claim.help


def test_a_rule_that_a_constraint_rules_out_never_applies(findings: Any) -> None:
    """Constraints count: what cannot occur does not make a rule apply."""
    claim = one(
        findings(
            "rule-can-fire",
            care=decision("id: hot, when: {warmth: {above: 90}, dry: false}, then: {level: bad}"),
            constraints="constraints:\n  - {id: heat-dries, never: {warmth: "
            "{above: 80}, dry: false}, because: Heat dries.}\n",
        )
    )
    assert claim.subject == "care.hot"


SHADOWED = [
    (
        "worst",
        "id: low, when: {warmth: {above: 10}}, then: {level: bad}\n"
        "id: high, when: {warmth: {above: 50}}, then: {level: mild}",
        ["high", "low"],
    ),
    (
        "first",
        "id: cold, when: {warmth: {below: 50}}, then: {level: mild}\n"
        "id: hot, when: {warmth: {above: 40}}, then: {level: bad}\n"
        "id: all, when: {warmth: {at_least: 0}}, then: {level: calm}",
        ["all", "cold", "hot"],
    ),
    (
        "priority",
        "id: mild, when: {dry: true}, then: {level: mild}\n"
        "id: bad, when: {any: [{dry: true}, {windy: true}]}, then: {level: bad}",
        ["mild", "bad"],
    ),
    (
        "any",
        "id: twice, when: {dry: true}, then: {level: bad}\nid: again, when: {dry: true}, then: {level: bad}",
        ["twice", "again"],
    ),
]


@pytest.mark.parametrize(("hit", "rules", "names"), SHADOWED, ids=[row[0] for row in SHADOWED])
def test_a_rule_behind_the_others_never_matters(findings: Any, hit: str, rules: str, names: list[str]) -> None:
    """A rule that the others together leave nothing to say is found, and they are named."""
    claim = findings("rule-can-matter", care=decision(rules, hit))[0]
    assert [rule.id for rule in claim.rules] == names
    assert claim.rules[0].id == claim.subject.partition(".")[2]
    assert "never matters" in claim.message


def test_a_later_rule_that_says_the_same_makes_an_earlier_one_idle(findings: Any) -> None:
    """Under `first` a special case that is answered as the general one adds nothing, unless another comes between."""
    rules = (
        "id: special, when: {dry: true, windy: true}, then: {level: bad}\n"
        "{}id: general, when: {dry: true}, then: {level: bad}"
    )
    idle = findings("rule-can-matter", care=decision(rules.replace("{}", ""), "first"))
    assert [claim.subject for claim in idle] == ["care.special"]
    between = rules.replace("{}", "id: between, when: {windy: true}, then: {level: mild}\n")
    assert findings("rule-can-matter", care=decision(between, "first")) == []


def test_points_that_are_nothing_never_matter(findings: Any) -> None:
    """Under `sum` a rule that adds 0 is found."""
    outputs = "outputs: {points: {type: integer}}"
    rules = "id: none, when: {dry: true}, then: {points: 0}\nid: some, when: {windy: true}, then: {points: 1}"
    claim = one(findings("rule-can-matter", care=decision(rules, "sum", "", outputs)))
    assert claim.message == "`none` never matters: it adds nothing."


def test_rules_that_each_have_a_say_are_proved(findings: Any) -> None:
    """Under every policy rules that can each make a difference raise no finding."""
    number = "outputs: {points: {type: integer, worse: higher}}"
    rules = "id: dry, when: {dry: true}, then: {points: 1}\nid: windy, when: {windy: true}, then: {points: 2}"
    for hit, rest in (
        ("min", "otherwise: {points: 0}"),
        ("max", "otherwise: {points: 0}"),
        ("sum", ""),
        ("collect", ""),
    ):
        assert findings("rule-can-matter", care=decision(rules, hit, rest, number)) == []
    counted = "id: dry, when: {dry: true}\nid: windy, when: {windy: true}"
    assert findings("rule-can-matter", care=decision(counted, "count", "", number)) == []


# answers


def test_a_patient_without_an_answer_is_shown(findings: Any) -> None:
    """Where the number of a rule that always matches has no value there is no answer, though none is declared."""
    documents = {
        "basis": "decision: basis\noutputs: {litres: {type: number}}\nrules:\n"
        "  - {id: dry, when: {dry: true}, then: {litres: 2}}\notherwise: no_match\n",
        "care": "decision: care\noutputs: {litres: {type: number}}\n"
        "rules:\n  - {id: double, then: {litres: 2 * basis.litres}}\n",
    }
    claim = one(findings("always-an-answer", **documents))
    witness = claim.witnesses[0]
    assert (witness.facts["dry"], witness.answers) == (False, {"care": "no rule matches"})
    assert yaml.safe_load(witness.case)[0]["expect"] == {"care": {"status": "decided"}}


CONFLICTS = [
    (
        "unique",
        "id: dry, when: {dry: true}, then: {level: bad}\nid: windy, when: {windy: true}, then: {level: bad}",
        ("dry", "windy"),
    ),
    (
        "any",
        "id: dry, when: {dry: true}, then: {level: bad}\n"
        "id: hot, when: {warmth: {above: "
        "90}}, then: {level: bad}\n"
        "id: windy, when: {windy: "
        "true}, then: {level: mild}",
        ("dry", "windy"),
    ),
]


@pytest.mark.parametrize(("hit", "rules", "names"), CONFLICTS, ids=["unique", "any"])
def test_rules_that_contradict_each_other_are_named(
    findings: Any, hit: str, rules: str, names: tuple[str, str]
) -> None:
    """Two rules that apply to one patient and may not are found, with that patient, who is otherwise calm."""
    claim = findings("no-conflict", care=decision(rules, hit))[-1]
    assert tuple(rule.id for rule in claim.rules)[-1] == names[1]
    assert claim.witnesses[0].facts["windy"] is True
    assert claim.witnesses[0].answers == {"care": "the rules contradict each other"}


def test_conflicts_of_numbers_are_those_that_differ(findings: Any) -> None:
    """Under `any`, rules with formulas contradict each other only where these come to different numbers."""
    outputs = "outputs: {litres: {type: number}}"
    rules = (
        "id: one, when: {dry: true}, then: {litres: 2 * warmth}\n"
        "id: two, when: {windy: true}, then: {litres: warmth + 10}"
    )
    claim = one(findings("no-conflict", care=decision(rules, "any", "otherwise: {litres: 0}", outputs)))
    assert claim.witnesses[0].facts["warmth"] != 10
    same = (
        "id: one, when: {dry: true}, then: {litres: 2 * warmth}\n"
        "id: two, when: {windy: true}, then: {litres: warmth + warmth}"
    )
    assert findings("no-conflict", care=decision(same, "any", "otherwise: {litres: 0}", outputs)) == []


def test_many_conflicts_are_not_all_shown(findings: Any) -> None:
    """Each pair shown stands for patients that no other pair explains; ten are enough."""
    rules = "\n".join(
        f"id: rule-{number}, when: {{warmth: {{between: [{number}, {number + 1}]}}}}, then: {{level: bad}}"
        for number in range(13)
    )
    assert len(findings("no-conflict", care=decision(rules, "unique"))) == 10


def test_what_never_comes_out_is_found(findings: Any) -> None:
    """A choice, a truth, a member of a set and an optional output that no rule can give are named."""
    outputs = (
        "outputs: {level: {type: choice, choices: [calm, mild, bad]}, "
        "wet: {type: boolean}, tools: {type: set, choices: [can, hose]}}"
    )
    rules = "id: dry, when: {dry: true}, then: {level: bad, wet: true, tools: [can]}"
    rest = "otherwise: {level: calm, wet: true, tools: []}"
    found = findings("value-reachable", care=decision(rules, "first", rest, outputs))
    assert [claim.subject for claim in found] == ["care.level: mild", "care.wet: false", "care.tools: hose"]
    outputs = (
        "outputs: {level: {type: choice, choices: [calm, bad]}, litres: {type: "
        "number, optional: true}, tools: {type: set, choices: [can], optional: true}}"
    )
    found = findings(
        "value-reachable", care=decision("id: dry, when: {dry: true}, then: {level: bad}", "collect", "", outputs)
    )
    assert [claim.subject for claim in found] == ["care.level: calm", "care.litres: given", "care.tools: can"]


# limits


def limits(*bounds: str) -> str:
    """Return limits on `warmth`, each in the braces of one line."""
    return "limits: care\nbounds:\n" + "".join(f"  - {{{bound}}}\n" for bound in bounds)


def test_bounds_that_cannot_both_be_kept_are_found(findings: Any) -> None:
    """A lower limit above an upper one is shown with a patient to whom both apply."""
    low = "id: not-cold, when: {dry: true}, quantity: warmth, at_least: 50"
    high = "id: not-hot, when: {windy: true}, quantity: warmth, at_most: 40"
    claim = one(findings("bounds-agree", care=limits(low, high)))
    assert [rule.id for rule in claim.rules] == ["not-cold", "not-hot"]
    assert (claim.witnesses[0].facts["dry"], claim.witnesses[0].facts["windy"]) == (True, True)
    assert claim.witnesses[0].answers["care"].startswith("warmth at least 50 and at most 40: ")


def test_a_bound_that_is_never_the_tightest_is_found(findings: Any) -> None:
    """A bound that others always beat never matters, and those are named."""
    claim = one(
        findings(
            "rule-can-matter",
            care=limits(
                "id: loose, when: {dry: true}, quantity: warmth, at_most: 60",
                "id: tight, quantity: warmth, at_most: 50",
                "id: other-side, quantity: warmth, at_least: 5",
            ),
        )
    )
    assert [rule.id for rule in claim.rules] == ["loose", "tight"]


# worse facts


def test_a_worse_fact_that_calms_is_shown_as_a_pair(findings: Any) -> None:
    """Of two patients who differ in one fact alone, the worse one is told the calmer thing: both are shown."""
    rules = (
        "id: warm, when: {warmth: {between: [40, 60]}}, then: {level: bad}\n"
        "id: hot, when: {warmth: {above: 60}}, then: {level: mild}"
    )
    claim = one(findings("worse-never-calmer", care=decision(rules)))
    first, second = claim.witnesses
    assert claim.subject == "care.level along warmth"
    assert 40 <= first.facts["warmth"] <= 60 < second.facts["warmth"]
    assert {**first.facts, "warmth": 0} == {**second.facts, "warmth": 0}
    assert (first.answers["care"], second.answers["care"]) == ("level bad", "level mild")
    assert first.matters[0] == "warmth"
    assert "gets calmer as `warmth` gets worse" in claim.message


WORSE = [
    ("fruit: {at_least: ripe}", "fruit: rotten", "fruit"),
    ("dry: false", "windy: true", "dry"),
    ("rings: {below: 5}", "windy: true", "rings"),
]


@pytest.mark.parametrize(("bad", "mild", "fact"), WORSE, ids=[row[2] for row in WORSE])
def test_every_kind_of_fact_has_its_worse_direction(findings: Any, bad: str, mild: str, fact: str) -> None:
    """Choices, truths and numbers that get worse are tried, in the direction the facts declare."""
    facts = small_packs.FACTS.replace("range: [0, 9]}", "range: [0, 9], worse: higher}")
    if fact == "fruit":
        rules = (
            "id: rotten, when: {fruit: rotten}, then: {level: mild}\nid: ripe, when: {fruit: ripe}, then: {level: bad}"
        )
    else:
        rules = f"id: bad, when: {{{bad}}}, then: {{level: bad}}\nid: mild, when: {{{mild}}}, then: {{level: mild}}"
    claim = one(findings("worse-never-calmer", facts=facts, care=decision(rules, "first")))
    assert claim.subject == f"care.level along {fact}"


RISING = [
    decision("id: hot, when: {warmth: {at_least: 60}}, then: {level: bad}"),
    decision("id: hot, when: {warmth: {at_least: 60}}, then: {level: bad}", "first", "otherwise: no_match"),
    decision("id: hot, when: {warmth: {at_least: 60}}, then: {level: bad}", "unique"),
    decision(
        "id: hot, when: {warmth: {above: 9}}, then: {points: 2}\n"
        "id: cold, when: {warmth: {below: 9}}, then: {points: -1}",
        "sum",
        "",
        "outputs: {points: {type: integer, worse: higher}}",
    ),
    decision(
        "id: some, when: {any: [{warmth: {above: 9}}, {not: {fruit: green}}]}, then: {days: 3}",
        "min",
        "otherwise: {days: 9}",
        "outputs: {days: {type: integer, worse: lower}}",
    ),
]


@pytest.mark.parametrize("care", RISING)
def test_rules_that_only_rise_are_proved_without_the_prover(tmp_path: Path, care: str) -> None:
    """Where the shape of rules shows that nothing gets calmer, that is proved however little the prover may do."""
    report = verify(small_packs.load(tmp_path / "garden", care=care), budget=1, run_budget=1)
    found = [claim.status for claim in report.claims if claim.kind == "worse-never-calmer"]
    assert found
    assert set(found) == {"proved"}


def test_a_decision_rises_with_those_that_it_uses(tmp_path: Path) -> None:
    """What is known of the shape of one decision is used for those that lean on it; bands are left to the prover."""
    below = (
        "decision: heat\n" + decision("id: hot, when: {warmth: {at_least: 60}}, then: {level: bad}").partition("\n")[2]
    )
    rising = decision("id: ill, when: {heat.level: bad}, then: {level: bad}")
    falling = decision("id: ill, when: {heat.level: {at_most: mild}}, then: {level: bad}")
    for care, status in ((rising, "proved"), (falling, "unproved")):
        report = verify(small_packs.load(tmp_path / status, heat=below, care=care), ["care"], budget=1, run_budget=1)
        (found,) = (claim for claim in report.claims if claim.kind == "worse-never-calmer")
        assert found.status == status


def test_numbers_that_are_worked_out_rise_with_their_formulas(tmp_path: Path) -> None:
    """A class of a number that one of several formulas gives never gets calmer, where none of them ever falls.

    Where the fact that gets worse also has a say in which of them that is, the prover is asked.
    """
    derived = 'derived:\n  steep: {title: Steep, formula: "exp(max(warmth / 50, 1) ^ 1.2)", decimals: 1}\n'
    level = decision("id: ill, when: {heat.left: {below: 30}}, then: {level: bad}")
    for condition, open_ in (("windy: true", set()), ("dry: true", {"heat.left along dry", "care.level along dry"})):
        rules = f"id: one, when: {{{condition}}}, then: {{left: 30 - steep}}\nid: other, then: {{left: 40 - 2 * steep}}"
        outputs = "outputs: {left: {type: number, worse: lower}}"
        heat = "decision: heat\n" + decision(rules, "first", "", outputs).partition("\n")[2]
        pack = small_packs.load(tmp_path / condition[:3], derived=derived, heat=heat, care=level)
        report = verify(pack, budget=1, run_budget=1)
        found = {claim.subject: claim.status for claim in report.claims if claim.kind == "worse-never-calmer"}
        assert found["heat.left along warmth"] == found["care.level along warmth"] == "proved"
        assert {subject for subject, status in found.items() if status == "unproved"} == open_


@pytest.mark.parametrize("hit", ["max", "unique", "any"])
def test_a_rule_begins_to_apply_where_its_number_gets_a_value(findings: Any, hit: str) -> None:
    """A worse fact calms where it gives a number to a rule that answers better than `otherwise`."""
    outputs = "outputs: {left: {type: number, worse: higher}}"
    heat = decision("id: hot, when: {warmth: {above: 50}}, then: {left: 3}", "first", "otherwise: no_match", outputs)
    care = decision("id: left, when: {windy: true}, then: {left: heat.left}", hit, "otherwise: {left: 7}", outputs)
    found = findings("worse-never-calmer", heat=heat.replace("decision: care", "decision: heat"), care=care)
    assert one(found).subject == "care.left along warmth"


def test_a_rule_may_leave_an_output_to_the_others(tmp_path: Path) -> None:
    """Under `worst`, each output gets worse with the rules that give it a value, whatever the other rules do."""
    care = decision(
        "id: dusty, when: {dry: true}, then: {act: true}\nid: hot, when: {warmth: {above: 50}}, then: {level: bad}",
        rest="otherwise: {level: calm, act: false}",
        outputs=ONE.replace("}}", "}, act: {type: boolean, worse: true}}"),
    )
    report = verify(small_packs.load(tmp_path / "garden", care=care), budget=1, run_budget=1)
    found = {claim.subject: claim.status for claim in report.claims if claim.kind == "worse-never-calmer"}
    assert found == {
        f"care.{output} along {fact}": "proved" for output in ("level", "act") for fact in ("dry", "warmth")
    }


def test_a_fact_may_get_worse_as_it_falls(findings: Any) -> None:
    """A rule for high numbers calms where low ones are worse, and one for low numbers does not."""
    facts = small_packs.FACTS.replace("range: [0, 9]}", "range: [0, 9], worse: lower}")
    high, low = (f"id: it, when: {{rings: {{{test}: 5}}}}, then: {{level: bad}}" for test in ("at_least", "below"))
    assert one(findings("worse-never-calmer", facts=facts, care=decision(high))).subject == "care.level along rings"
    assert findings("worse-never-calmer", facts=facts, care=decision(low)) == []


def test_numbers_and_rows_of_outputs_are_compared_too(findings: Any) -> None:
    """Points, dates and, under `priority`, whole rows of outputs must not get calmer either."""
    points = decision(
        "id: cold, when: {warmth: {below: 50}}, then: {points: 3}",
        "sum",
        "",
        "outputs: {points: {type: integer, worse: higher}}",
    )
    assert one(findings("worse-never-calmer", care=points)).subject == "care.points along warmth"
    formula = decision(
        "id: any, then: {left: 100 - warmth}", "first", "", "outputs: {left: {type: number, worse: higher}}"
    )
    assert one(findings("worse-never-calmer", care=formula)).subject == "care.left along warmth"
    calm = decision("id: any, then: {left: 100 - warmth}", "first", "", "outputs: {left: {type: number, worse: lower}}")
    assert findings("worse-never-calmer", care=calm) == []
    days = decision(
        "id: cold, when: {warmth: {below: 50}}, then: {day: 2026-03-01}",
        "first",
        "otherwise: {day: 2026-04-01}",
        "outputs: {day: {type: date, worse: lower}}",
    )
    assert one(findings("worse-never-calmer", care=days)).subject == "care.day along warmth"
    rows = "outputs: {level: {type: choice, choices: [calm, bad], worse: later}, act: {type: boolean, worse: true}}"
    low = (
        "id: warm, when: {warmth: {above: 50}}, then: {level: bad, act: false}\n"
        "id: cold, when: {warmth: {at_most: 50}}, then: {level: calm, act: true}"
    )
    assert findings("worse-never-calmer", care=decision(low, "priority", "otherwise: no_match", rows)) == []
    assert (
        one(findings("worse-never-calmer", care=decision(low, "first", "otherwise: no_match", rows))).subject
        == "care.act along warmth"
    )


# the whole pack


def test_what_nothing_uses_is_found(findings: Any) -> None:
    """Facts, derived facts, parameters and members of sets that no rule speaks of are named with their place."""
    found = findings(
        "used",
        care=decision("id: wasps, when: {guests: {includes: wasps}, warmth: {above: heat}}, then: {level: bad}"),
        parameters="parameters:\n  heat: {value: 30, range: [20, 50]}\n  cold: {value: 3, range: [0, 9]}\n",
        derived="derived:\n  ripe: {title: Ripe, when: {fruit: ripe}}\n",
    )
    subjects = {claim.subject for claim in found}
    assert {"guests: birds", "guests: mice", "cold", "ripe", "owner", "rings"} <= subjects
    assert {"guests", "guests: wasps", "heat", "warmth"}.isdisjoint(subjects)
    assert next(str(claim.place) for claim in found if claim.subject == "cold") == "garden/parameters.yaml:3:3"


def test_members_named_by_an_exact_set_are_used(findings: Any) -> None:
    """A test on the whole set speaks of every member."""
    found = findings("used", care=decision("id: it, when: {guests: {is: [wasps]}}, then: {level: bad}"))
    assert not [claim for claim in found if claim.subject.startswith("guests")]


def test_constraints_that_leave_nobody_or_rule_out_nobody_are_found(findings: Any) -> None:
    """A constraint that everyone breaks, and one that nobody can, are told apart."""
    rules = decision("id: dry, when: {dry: true}, then: {level: bad}")
    odd = "constraints:\n  - {id: all, never: {any: [{windy: true}, {windy: false}]}, because: No.}\n"
    assert "rules out every patient" in one(findings("constraint-possible", care=rules, constraints=odd)).message
    odd = (
        "constraints:\n  - {id: one, never: {windy: true}, because: No.}\n"
        "  - {id: two, never: {windy: false}, because: No.}\n"
    )
    assert (
        "`one` together with `two` rules out" in findings("constraint-possible", care=rules, constraints=odd)[0].message
    )
    idle = (
        "constraints:\n  - {id: hot, never: {warmth: {above: 50}}, because: No.}\n"
        "  - {id: hotter, never: {warmth: {above: 60}}, because: No.}\n"
    )
    claim = one(findings("constraint-possible", care=rules, constraints=idle))
    assert (claim.subject, claim.message) == (
        "hotter",
        "`hotter` rules out nobody: no patient meets its condition anyway.",
    )


# promises


PROMISES = "properties: Promises\nalways:\n"


def test_a_broken_promise_is_shown_with_the_rules_behind_it(findings: Any) -> None:
    """The patient for whom it fails comes with what every decision in it says and the rules that say it."""
    claim = one(
        findings(
            "property",
            care=decision("id: dry, when: {dry: true}, then: {level: mild}"),
            promises=f"{PROMISES}  - {{id: dry-is-bad, if: {{dry: true}}, then: {{care.level: bad}}}}\n",
        )
    )
    assert (claim.subject, claim.status) == ("dry-is-bad", "refuted")
    assert claim.witnesses[0].facts["dry"] is True
    assert claim.witnesses[0].answers == {"care": "level mild"}
    assert [str(rule) for rule in claim.rules] == ["care.dry (garden/care.yaml:5:5)"]


def test_a_promise_about_nobody_is_an_error_of_its_own(findings: Any) -> None:
    """An `if` that nobody meets would hold for nothing."""
    claim = one(
        findings(
            "property",
            care=decision("id: dry, when: {dry: true}, then: {level: mild}"),
            promises=f"{PROMISES}  - {{id: odd, if: {{care.level: bad}}, then: {{windy: true}}}}\n",
        )
    )
    assert (claim.status, claim.holds) == ("vacuous", False)
    assert "says nothing about anyone" in claim.message


# what is asked, and how it is answered


RULES = decision(
    "id: dry, when: {dry: true}, then: {level: bad}\nid: rings, when: {rings: {above: 3}}, then: {level: mild}"
)


def test_a_budget_that_does_not_suffice_is_no_success(tmp_path: Path) -> None:
    """With next to no budget claims stay open, and nothing calls them proved."""
    documents = {
        "care": decision("id: it, when: {care_level: {above: 10}}, then: {level: bad}").replace("care_level", "load"),
        "derived": "derived:\n  load: {title: Load, formula: 3 * warmth + 7 * rings}\n",
    }
    pack = small_packs.load(tmp_path / "garden", **documents)
    report = hiprun.verify(pack, budget=1)
    opened = [claim for claim in report.claims if claim.status == "unproved"]
    assert opened
    assert not report.ok
    assert not any(claim.holds for claim in opened)
    assert "it does not count as proved" in report_text(pack.model, report)
    assert hiprun.verify(pack, budget=1) == report


def test_only_some_decisions_can_be_looked_at(tmp_path: Path) -> None:
    """What concerns a decision that is named is looked at, with its promises, and nothing else."""
    promises = (
        f"{PROMISES}  - {{id: about-care, then: {{care.level: {{at_least: calm}}}}}}\n"
        f"  - {{id: about-none, then: {{warmth: {{at_least: 0}}}}}}\n"
    )
    pack = small_packs.load(tmp_path / "garden", care=RULES, other=RULES.replace("care", "other"), promises=promises)
    report = hiprun.verify(pack, ["care"])
    assert {claim.decision for claim in report.claims} == {"care", ""}
    assert [claim.subject for claim in report.claims if not claim.decision] == ["about-care"]
    with pytest.raises(hiprun.UnknownNameError, match="Did you mean `care`"):
        hiprun.verify(pack, ["cares"])


def test_what_is_shown_can_be_pasted_into_a_case_file(tmp_path: Path) -> None:
    """Witnesses are offered as cases that a pack takes and that show what they should."""
    rules = decision(
        "id: warm, when: {warmth: {between: [40, 60]}, owner: on}, then: {level: bad}".replace(
            "owner: on", 'owner: {is: "on"}'
        )
    )
    pack = small_packs.load(tmp_path / "first", care=rules)
    claim = next(claim for claim in hiprun.verify(pack).findings() if claim.kind == "worse-never-calmer")
    text = "cases: Shown\nexamples:\n" + "\n".join(witness.case for witness in claim.witnesses) + "\n"
    again = small_packs.load(tmp_path / "second", care=rules, cases=text)
    assert [cases.run(again, example).passed for example in again.model.examples] == [True, False]


def test_a_report_is_plain_data(greenhouse: hiprun.Pack) -> None:
    """A report turns into JSON, with everything that text shows."""
    report = hiprun.verify(greenhouse)
    data = json.loads(json.dumps(report.to_dict()))
    assert not data["ok"]
    assert {claim["kind"] for claim in data["claims"]} <= KINDS.keys()
    clash = next(claim for claim in data["claims"] if claim["kind"] == "no-conflict")
    assert clash["witnesses"][0]["matters"] == ["temperature", "pests"]
    assert [rule["rule"] for rule in clash["rules"]] == ["heat", "pests"]


def test_a_report_fits_a_terminal(greenhouse: hiprun.Pack) -> None:
    """No line of prose is wider than 80 columns, and every finding has its place."""
    text = report_text(greenhouse.model, hiprun.verify(greenhouse))
    prose = [line for line in text.split("\n") if not line.startswith("      ")]
    assert max(map(len, prose)) <= 80
    assert "greenhouse/clash.yaml:7:5: `heat` and `pests` both apply to this patient." in text
    assert text.endswith("claims about every patient and every setting were not proved.")


# conditions and facts of every kind


def test_every_kind_of_condition_is_understood(findings: Any) -> None:
    """Counts, ranges, formulas, exact sets, dates and texts are proved about as they are decided."""
    rules = """\
id: two-of, when: {count: {of: [{dry: true}, {windy: true}, {warmth: {between: [40, 60]}}], is: 2}}, then: {level: mild}
id: sums, when: {warmth: {above: 3 * rings + 2}, guests: {is: [wasps]}, mark: {above: 10}}, then: {level: bad}
id: young, when: {planted: {one_of: [2024-05-01, 2024-06-01]}, owner: {none_of: [ann, bob]}}, then: {level: bad}
id: guests, when: {guests: {includes_none: [birds]}, tree: {is_not: oak}, care_of: true}, then: {level: bad}"""
    derived = (
        "derived:\n  care_of: {title: Cared for, when: {warmth: {one_of: [5, 6]}}}\n"
        "  mark: {title: A mark, formula: heat + 1}\n"
    )
    parameters = "parameters:\n  heat: {value: 30, range: [20, 50]}\n"
    promise = (
        f"{PROMISES}  - {{id: mild, if: {{dry: true, windy: true, warmth: 20, guests: "
        f"{{is_not: [wasps]}}, owner: ann, tree: oak}}, then: {{care.level: mild}}}}\n"
    )
    assert findings("property", care=decision(rules), derived=derived, parameters=parameters, promises=promise) == []
    assert (
        findings("rule-can-fire", care=decision(rules), derived=derived, parameters=parameters, promises=promise) == []
    )


def test_points_are_a_fact_for_the_next_decision(findings: Any) -> None:
    """What sums up in one decision is proved about in another, with answers missing too."""
    documents = {
        "points": decision(
            "id: dry, when: {dry: true}, then: {points: 2}\n"
            "id: windy, when: {warmth: {at_least: 0}}, then: {points: 1}",
            "sum",
            "",
            "outputs: {points: {type: integer}}",
        ).replace("care", "load"),
        "care": decision("id: much, when: {load.points: {at_least: 3}}, then: {level: bad}"),
        "promises": f"{PROMISES}  - {{id: dry-is-bad, if: {{dry: true}}, then: {{care.level: bad}}}}\n",
    }
    for kind in KINDS.keys() - {"used", "value-reachable"}:
        assert findings(kind, **documents) == []


def test_a_patient_of_one_fact_is_shown_whole(tmp_path: Path) -> None:
    """Where every fact matters nothing else is said to be as usual."""
    facts = "facts:\n  dry: {ask: Is it dry?, type: boolean, worse: true}\n"
    promises = f"{PROMISES}  - {{id: calm, then: {{care.level: calm}}}}\n"
    care = decision("id: dry, when: {dry: true}, then: {level: bad}")
    pack = small_packs.load(tmp_path / "garden", facts=facts, care=care, promises=promises)
    text = report_text(pack.model, hiprun.verify(pack))
    assert "    dry  true\n" in text
    assert "as usual" not in text


def test_a_patient_of_many_facts_is_written_on_several_lines(hip: hiprun.Pack) -> None:
    """A case is no wider than people write them, and can be read back."""
    model = hip.model
    promise = Property("nobody-is-well", Not(model.properties[0].then))
    report = hiprun.verify(hiprun.Pack(attrs.evolve(model, properties=(promise,))))
    case = next(claim for claim in report.claims if claim.kind == "property").witnesses[0].case
    assert max(map(len, case.split("\n"))) <= 110
    (read,) = yaml.safe_load(case)
    assert len(read["facts"]) > 10


def test_facts_without_a_range_or_with_odd_texts_are_no_obstacle(findings: Any) -> None:
    """Numbers without ends are found in the middle of what fits, and texts that nobody named stay apart."""
    facts = "facts:\n  load: {ask: How much?, type: number}\n  owner: {ask: Whose?, type: string}\n"
    rules = (
        "id: much, when: {load: {above: 3.1}}, then: {level: mild}\n"
        'id: more, when: {load: {above: 2.9, below: 3.1}, owner: {is_not: "something else"}}, then: {level: bad}\n'
        "id: debt, when: {load: {below: -1000}}, then: {level: bad}"
    )
    promise = f"{PROMISES}  - {{id: calm, then: {{care.level: calm}}}}\n"
    claim = one(findings("property", facts=facts, care=decision(rules), promises=promise))
    assert claim.witnesses[0].facts["load"] in (4, -1001)
    promise = f"{PROMISES}  - {{id: calm, if: {{load: {{between: [2.9, 3.1]}}}}, then: {{care.level: calm}}}}\n"
    claim = one(findings("property", facts=facts, care=decision(rules), promises=promise))
    assert claim.witnesses[0].facts["load"] == 3
    assert claim.witnesses[0].facts["owner"] == "something else!"


def test_numbers_that_are_tied_together_are_rounded(findings: Any) -> None:
    """Where no usual number fits one with few digits is shown, and thirds exactly enough to replay."""
    facts = (
        "facts:\n  load: {ask: How much?, type: number, range: [0, 10]}\n"
        "  other: {ask: How much else?, type: number, range: [0, 10]}\n"
    )
    care = decision("id: it, when: {load: {above: 7 * other + 1, below: 7 * other + 1.2}}, then: {level: bad}")
    promise = f"{PROMISES}  - {{id: calm, if: {{other: {{between: [0.5, 0.6]}}}}, then: {{care.level: calm}}}}\n"
    facts_shown = one(findings("property", facts=facts, care=care, promises=promise)).witnesses[0].facts
    assert 1 < facts_shown["load"] - 7 * facts_shown["other"] < 1.2
    care = decision("id: it, when: {load: {is: other / 3}}, then: {level: bad}")
    promise = f"{PROMISES}  - {{id: calm, if: {{other: 1}}, then: {{care.level: calm}}}}\n"
    assert "load: 0.3333333" in one(findings("property", facts=facts, care=care, promises=promise)).witnesses[0].case


# what does not go as it should


class Mistaken(hiprun.Pack):
    """A pack whose interpreter follows other rules than the prover."""

    def __init__(self, pack: hiprun.Pack, other: hiprun.Pack) -> None:
        super().__init__(pack.model)
        self.other = other

    def interpret(self, *arguments: Any, **options: Any) -> Any:
        """Answer by the other rules."""
        return self.other.interpret(*arguments, **options)

    def _program(self, decision: str) -> Any:
        return self.other._program(decision)


def faults(tmp_path: Path, said: dict[str, str], interpreted: dict[str, str]) -> tuple[str, ...]:
    """Return the faults that verification finds where prover and interpreter follow different rules."""
    packs = [
        small_packs.load(tmp_path / str(number) / "garden", **documents)
        for number, documents in enumerate((said, interpreted))
    ]
    mistaken = Mistaken(*packs)
    report = hiprun.verify(mistaken)
    assert not report.ok
    if report.faults:
        text = report_text(mistaken.model, report)
        assert "This is a fault in hiprun itself" in text
        assert text.endswith("Nothing can be concluded.")
    return report.faults


def test_a_disagreement_with_the_interpreter_is_a_fault_of_hiprun(tmp_path: Path) -> None:
    """What the interpreter does not find in a patient is shown to nobody as a finding about the rules."""
    clash = decision(
        "id: dry, when: {dry: true}, then: {level: bad}\nid: windy, when: {windy: true}, then: {level: mild}", "unique"
    )
    calm = clash.replace("hit: unique", "hit: first")
    found = faults(tmp_path, {"care": clash}, {"care": calm})
    assert any("The interpreter does not find what the prover found." in fault for fault in found)


def test_rules_that_apply_to_others_are_a_fault_of_hiprun(tmp_path: Path) -> None:
    """Which rules apply is compared for every patient that the prover finds."""
    care = decision("id: dry, when: {dry: true}, then: {level: bad}")
    found = faults(tmp_path, {"care": care}, {"care": care.replace("dry: true", "dry: false")})
    assert any("They disagree whether `care.dry` applies." in fault for fault in found)


def test_a_patient_whom_the_interpreter_refuses_is_a_fault_of_hiprun(tmp_path: Path) -> None:
    """A patient of the prover is one that can be."""
    care = decision("id: warm, when: {warmth: {above: 50}}, then: {level: bad}", "worst")
    promises = f"{PROMISES}  - {{id: calm, then: {{care.level: calm}}}}\n"
    never = "constraints:\n  - {id: one, never: {warmth: {above: 40}}, because: No.}\n"
    found = faults(
        tmp_path, {"care": care, "promises": promises}, {"care": care, "promises": promises, "constraints": never}
    )
    assert any("The interpreter refuses them" in fault for fault in found)


def test_an_answer_that_gets_calmer_for_want_of_facts_is_a_fault_of_hiprun(tmp_path: Path) -> None:
    """The interpreter's answers to partly known patients are held against those to the same patients known whole."""
    care = decision(
        "id: dry, when: {dry: true}, then: {level: bad}\nid: windy, when: {windy: true}, then: {level: mild}"
    )

    class Forgetful(hiprun.Pack):
        def interpret(self, facts: Any, *arguments: Any, **options: Any) -> Any:
            return super().interpret({**facts, "dry": facts.get("dry", False)}, *arguments, **options)

    report = hiprun.verify(Forgetful(small_packs.load(tmp_path / "garden", care=care).model))
    assert any("With answers missing, `care` is calmer." in fault for fault in report.faults)


def test_a_worse_patient_without_an_answer_is_a_fault_where_the_prover_sees_one(tmp_path: Path) -> None:
    """A pair of patients is shown only when the interpreter decides for both."""
    rules = (
        "id: warm, when: {warmth: {between: [40, 60]}}, then: {level: bad}\n"
        "id: hot, when: {warmth: {above: 60}}, then: {level: mild}"
    )
    care = decision(rules)
    silent = decision(
        rules.replace("\nid: hot", "\nid: hotter").replace("above: 60", "above: 99"), rest="otherwise: no_match"
    )
    assert faults(tmp_path, {"care": care}, {"care": silent})


def test_the_budget_is_for_making_patients_ordinary_too(tmp_path: Path) -> None:
    """Whatever the budget, a finding is never called proved, with an example or without."""
    care = decision("id: it, when: {load: {above: 500}, warmth: {below: 90}}, then: {level: bad}")
    load = "derived:\n  load: {title: Load, formula: 3 * warmth + 70 * rings + 2 * height}\n"
    facts = small_packs.FACTS + "  height: {ask: How high?, type: number, range: [0, 10]}\n"
    promises = f"{PROMISES}  - {{id: calm, then: {{care.level: calm}}}}\n"
    never = "constraints:\n  - {id: one, never: {warmth: {above: 3 * height + 50}}, because: No.}\n"
    pack = small_packs.load(
        tmp_path / "garden", care=care, derived=load, facts=facts, promises=promises, constraints=never
    )
    for budget in (1, 50, 100, 200, 400, 800, 1600, 3200, 6400):
        report = hiprun.verify(pack, budget=budget)
        assert report.faults == ()
        assert {claim.status for claim in report.claims if claim.subject == "calm"} <= {"unproved", "refuted"}


def test_the_prover_is_asked_for_by_name_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything can be imported without z3-solver; what needs it says so."""
    monkeypatch.setitem(sys.modules, "z3", None)
    spec = importlib.util.spec_from_file_location("engine_alone", engine.__file__)
    assert spec is not None
    assert spec.loader is not None
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    with pytest.raises(hiprun.MissingExtraError, match="z3-solver"):
        alone.Engine(SolverBudget(1, 1))


def test_rules_that_weigh_parameters_in_several_outputs_matter(findings: Any) -> None:
    """What stands against a rule for one output is not mixed up with what does for another."""
    outputs = "outputs: {a: {type: number, worse: higher}, b: {type: number, worse: higher}}"
    rules = "id: dry, when: {dry: true}, then: {a: top, b: 1}\nid: windy, when: {windy: true}, then: {a: 2, b: top}"
    care = decision(rules, "max", "otherwise: {a: 0, b: 0}", outputs)
    parameters = "parameters:\n  top: {value: 3, range: [3, 4]}\n"
    for kind in ("rule-can-fire", "rule-can-matter"):
        assert findings(kind, care=care, parameters=parameters) == []


def test_whoever_has_numbers_that_are_no_fractions_is_not_found(tmp_path: Path) -> None:
    """Someone close to them is, where such a patient does as well; where none does, the claims stay open."""
    derived = "derived:\n  area: {title: Area, formula: warmth * warmth}\n  cube: {title: Cube, formula: warmth ^ 3}\n"
    for condition, status in (("{area: 2}", "unproved"), ("{area: {above: 2}, cube: {below: 3}}", "proved")):
        care = decision(f"id: odd, when: {condition}, then: {{level: bad}}")
        pack = small_packs.load(tmp_path / status, derived=derived, care=care)
        report = verify(pack)
        (claim,) = (claim for claim in report.claims if claim.subject == "care.odd" and claim.kind == "rule-can-fire")
        assert (claim.status, report.faults) == (status, ())
        text = " ".join(" ".join(finding_lines(pack.model, claim)).split())
        assert ("For `odd`, only patients were found with numbers that are no fractions" in text) is (not claim.holds)
        assert ("A larger budget does not help" in text, "Try a larger budget" in text) == (not claim.holds, False)
    assert "no fractions" not in report_text(pack.model, verify(pack, budget=1))
