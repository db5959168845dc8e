"""Failed cases are grouped by what they have in common, and by what would mend them."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun
from hiprun.verification import cases, failure_mends
from hiprun.verification.failure_causes import FailureCause, failure_causes

from .. import small_packs

FACTS = """\
facts:
  cough: {ask: A cough?, type: boolean, worse: true}
  rested: {ask: Rested?, type: boolean, worse: false}
  strength: {ask: How strong?, type: number, range: [0, 100], worse: lower}
  spots: {ask: How many spots?, type: integer, range: [0, 9], worse: higher}
  mood: {ask: What mood?, type: choice, choices: [bad, fair, good], worse: earlier}
  sites: {ask: Where?, type: set, choices: [arm, leg]}
  name: {ask: What is it called?, type: string}
"""
RULES = """\
decision: care
title: What to do
outputs: {act: {type: choice, choices: [none, wait, doctor], worse: later}}
hit: worst
rules:
  - {id: cough, when: {cough: true}, then: {act: wait}}
  - {id: asked, when: {CONDITION}, then: {act: doctor}}
otherwise: {act: none}
"""
EXPECTED = "patient: calm, expect: {care: {act: none}}"


def pack(
    folder: Path, condition: str, *examples: str, patients: str = "{cough: false}", rules: str = RULES
) -> hiprun.Pack:
    """Return a pack with a rule of this condition, a patient `calm`, and examples."""
    listed = "".join(f"  - {{id: case-{number}, {example}}}\n" for number, example in enumerate(examples, 1))
    text = f"cases: Cases\npatients:\n  calm: {patients}\nexamples:\n{listed}"
    care = rules.replace("CONDITION", condition)
    return small_packs.load(folder, facts=FACTS, care=care, cases=text)


def causes(new: hiprun.Pack, before: hiprun.Pack | None = None) -> tuple[FailureCause, ...]:
    """Return the causes of all failed cases of a pack."""
    results = cases.run_all(new, new.model.examples)
    return failure_causes(new, [result for result in results if not result.passed], before)


@pytest.mark.parametrize(
    ("condition", "added"),
    [
        ("rested: false", "rested: true"),
        ("strength: {below: 50}", "strength: 100"),
        ("spots: {above: 3}", "spots: 0"),
        ("spots: {below: 3}", "spots: 9"),
        ("mood: bad", "mood: good"),
        ("mood: {one_of: [bad, good]}", "mood: fair"),
        ("sites: {includes: arm}", "sites: []"),
        ("rested: false, mood: bad", "rested: true, mood: good"),
        ("any: [{rested: false}, {mood: bad}]", "rested: true, mood: good"),
    ],
)
def test_the_value_that_mends_most_is_found(tmp_path: Path, condition: str, added: str) -> None:
    """Values are tried from the calmest on, and those that mend most of the cases are proposed."""
    (cause,) = causes(pack(tmp_path, condition, EXPECTED, EXPECTED))
    (mend,) = cause.mends
    assert (cause.kind, mend.added, mend.mended, mend.broken) == ("unknown", added, ("case-1", "case-2"), ())
    assert mend.sentence == f"Adding `{added}` to `calm` mends all 2."


def test_nothing_is_proposed_for_a_text_or_where_nothing_helps(tmp_path: Path) -> None:
    """Texts have no usual value; and a fact that mends no case is not proposed."""
    assert [cause.mends for cause in causes(pack(tmp_path / "text", "name: al", EXPECTED))] == [()]
    doctor = "patient: calm, expect: {care: {act: wait}}"
    (cause,) = causes(pack(tmp_path / "wrong", "rested: false", doctor))
    assert (cause.facts, cause.mends) == (("rested",), ())


def test_a_mend_says_what_it_does_not_mend_and_what_it_breaks(tmp_path: Path) -> None:
    """Cases of the same patient that hold now and would fail are counted, and those that expect something else."""
    opened = "patient: calm, expect: {care: {needs: [rested]}}"
    other = "patient: calm, expect: {care: {act: wait}}"
    withheld = "patient: calm, unknown: [rested], expect: {care: {act: none}}"
    (cause,) = causes(pack(tmp_path, "rested: false", EXPECTED, EXPECTED, other, withheld, opened))
    (mend,) = cause.mends
    assert mend.sentence == "Adding `rested: true` to `calm` mends 2 of 4, and breaks 1 other."
    assert mend.to_dict()["broken"] == ["case-5"]


def test_cases_without_a_patient_and_with_one_are_told_apart(tmp_path: Path) -> None:
    """Where a case gives all its facts itself, the fact belongs into the case; several cases get it one by one."""
    own = "facts: {cough: false}, expect: {care: {act: none}}"
    (cause,) = causes(pack(tmp_path, "rested: false", EXPECTED, EXPECTED, own))
    assert cause.sentence.endswith(
        "Adding `rested: true` to `calm` mends all 2. "
        "Adding `rested: true` to the cases that start from no patient mends it."
    )
    assert [(patient.name, count) for patient, count in cause.patients] == [("calm", 2)]


def test_a_patient_that_gives_the_fact_is_not_to_give_it_again(tmp_path: Path) -> None:
    """A case that leaves out a fact of its patient on purpose cannot be mended there."""
    withheld = "patient: calm, unknown: [rested], expect: {care: {act: none}}"
    (cause,) = causes(pack(tmp_path, "rested: false", withheld, patients="{cough: false, rested: true}"))
    assert (cause.facts, cause.mends) == (("rested",), ())


def test_cases_that_the_same_mend_helps_have_the_same_cause(tmp_path: Path) -> None:
    """A case that expects to be open for another reason is mended too, so it has the same cause."""
    needs = "patient: calm, unknown: [cough], expect: {care: {needs: [cough]}}"
    (cause,) = causes(pack(tmp_path, "rested: false", EXPECTED, needs))
    assert [result.example.id for result in cause.results] == ["case-1", "case-2"]


def test_the_search_for_mends_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When so many cases have run again, nothing more is tried."""
    monkeypatch.setattr(failure_mends, "MOST_TRIALS", 1)
    assert [cause.mends for cause in causes(pack(tmp_path, "rested: false", EXPECTED, EXPECTED))] == [()]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rested: false", "rested: true", "because `care.asked` (new/care.yaml:7:5) now fires."),
        ("rested: true", "rested: false", "because `care.asked` (old/care.yaml:7:5) no longer fires."),
    ],
)
def test_the_rule_behind_another_answer_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """With the earlier version at hand, the cause is the rule that fires now, or does so no longer."""
    expected = "doctor" if old == "rested: true" else "none"
    example = f"facts: {{cough: false, rested: true}}, expect: {{care: {{act: {expected}}}}}"
    before = pack(tmp_path / "old", old, example, example)
    (cause,) = causes(pack(tmp_path / "new", new, example, example), before)
    assert cause.sentence == f"2 cases get another answer {words}"
    assert cause.to_dict()["rule"]["decision"] == "care"


def test_a_rule_that_says_something_else_is_named(tmp_path: Path) -> None:
    """The same rule fires and gives another output."""
    example = "facts: {cough: false, rested: false}, expect: {care: {act: doctor}}"
    before = pack(tmp_path / "old", "rested: false", example)
    after = pack(tmp_path / "new", "rested: false", example, rules=RULES.replace("act: doctor}", "act: wait}"))
    (cause,) = causes(after, before)
    assert (
        cause.sentence == "1 case gets another answer because `care.asked` (new/care.yaml:7:5) now says something else."
    )


def test_a_case_that_changed_itself_fails_for_what_it_expects(tmp_path: Path) -> None:
    """Where every rule does as before, the answer is the cause; likewise if the facts were refused before."""
    example = "facts: {cough: false, rested: true}, expect: {care: {act: wait}}"
    same = pack(tmp_path / "old", "rested: false", example)
    (cause,) = causes(pack(tmp_path / "new", "rested: false", example), same)
    assert (cause.kind, cause.sentence) == ("answer", "")
    facts, rules = FACTS.replace("[0, 9]", "[0, 5]"), RULES.replace("CONDITION", "spots: 5")
    narrow = small_packs.load(tmp_path / "older", facts=facts, care=rules)
    spots = "facts: {cough: false, spots: 9}, expect: {care: {act: none}}"
    (cause,) = causes(pack(tmp_path / "newer", "spots: 9", spots), narrow)
    assert cause.kind == "answer"


def test_causes_as_data_and_with_many_patients(tmp_path: Path) -> None:
    """The first three patients are named; as data there are all of them, and the cases by their ids."""
    names = "abcde"
    patients = "patients:\n" + "".join(f"  {name}: {{cough: false}}\n" for name in names)
    examples = "".join(f"  - {{id: {name}, patient: {name}, expect: {{care: {{act: none}}}}}}\n" for name in names)
    text = f"cases: Cases\n{patients}examples:\n{examples}"
    care = RULES.replace("CONDITION", "rested: false")
    (cause,) = causes(small_packs.load(tmp_path, facts=FACTS, care=care, cases=text))
    assert ", `c` (" in cause.reason
    assert cause.reason.endswith("and 2 more do not give it.")
    data = cause.to_dict()
    assert (data["cases"], data["patients"]) == (list(names), dict.fromkeys(names, 1))
    assert data["mends"][0] == {
        "patient": "a",
        "facts": {"rested": True},
        "mended": ["a"],
        "failed": 1,
        "broken": [],
    }


def test_rules_that_fire_as_before_are_no_cause(tmp_path: Path) -> None:
    """A rule that fires in both versions and says the same is not behind another expectation."""
    example = "facts: {cough: true, rested: true}, expect: {care: {act: none}}"
    before = pack(tmp_path / "old", "rested: false", example)
    (cause,) = causes(pack(tmp_path / "new", "rested: false", example), before)
    assert cause.kind == "answer"


def test_the_rule_is_looked_for_in_the_decisions_behind(tmp_path: Path) -> None:
    """If a decision follows another one, the rule of that one is the cause."""
    follows = """\
decision: follow
outputs: {go: {type: boolean}}
rules:
  - {id: ill, when: {care.act: doctor}, then: {go: false}}
otherwise: {go: true}
"""
    text = "cases: Cases\nexamples:\n  - {id: one, facts: {cough: false, rested: true}, expect: {follow: {go: true}}}\n"
    before, after = (
        small_packs.load(
            tmp_path / name,
            facts=FACTS,
            care=RULES.replace("CONDITION", f"rested: {value}"),
            follow=follows,
            cases=text,
        )
        for name, value in (("old", "false"), ("new", "true"))
    )
    (cause,) = causes(after, before)
    assert cause.rule is not None
    assert (cause.rule.rule.decision, cause.rule.rule.id) == ("care", "asked")
