"""Generated patients and packs: they are possible, near thresholds, and shrink to something readable."""

from __future__ import annotations

import datetime
import runpy
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

import hiprun
from hiprun.errors import MissingExtraError, RuleError, UnknownNameError
from hiprun.language.writer import files
from hiprun.model import Domain
from hiprun.pack import Pack
from hiprun.testing import strategies
from hiprun.testing.strategies import pack_files, packs, partial_patients, patients
from hiprun.testing.strategies.packs import model_of
from hiprun.testing.strategies.values import as_typed, special_values

from ..drawn import DECISION, HEADER, SEARCH, collected, found

FEW = settings(max_examples=50, deadline=None, derandomize=True)


def small(facts: str, **others: str) -> Pack:
    """Return a pack of a few lines."""
    made = {"pack.yaml": HEADER, "facts.yaml": f"facts: {{{facts}}}", "far.yaml": DECISION}
    return Pack(model_of({**made, **{f"{name}.yaml": text for name, text in others.items()}}))


# patients


def test_complete_patients_leave_nothing_open(greenhouse: hiprun.Pack) -> None:
    """For a complete patient, every fact is known and no decision is undetermined."""
    for patient in collected(patients(greenhouse), 50):
        assert list(patient) == list(greenhouse.facts)
        assert all(outcome.status != "undetermined" for outcome in greenhouse.evaluate(patient).values())


@pytest.mark.slow
@FEW
@given(st.data())
def test_patients_of_the_hip_pack_are_possible(hip: hiprun.Pack, data: st.DataObject) -> None:
    """Drawn facts respect every constraint; those for one decision are the ones it can depend on."""
    name = data.draw(st.sampled_from(list(hip.decisions)))
    patient = data.draw(patients(hip, name))
    assert hip.decide(name, patient).status != "undetermined"
    assert set(hip.decide(name, {}).needs) <= set(patient)
    hip.decide(name, data.draw(partial_patients(hip, name)))


def test_known_facts_can_be_chosen(greenhouse: hiprun.Pack) -> None:
    """A share of the facts is known on average, or those that are named."""
    sizes = [len(patient) for patient in collected(patients(greenhouse, known=0.5))]
    assert 0.3 < sum(sizes) / len(sizes) / len(greenhouse.facts) < 0.7
    assert {*map(tuple, collected(patients(greenhouse, known=["leaves", "season"]), 20))} == {("leaves", "season")}
    assert collected(patients(greenhouse, "stress", known=["leaves"]), 2)[0] == {}
    assert {len(patient) for patient in collected(patients(greenhouse, known=0), 20)} == {0}


def test_names_that_do_not_exist_are_mistakes_at_once(greenhouse: hiprun.Pack) -> None:
    """A misspelt decision or fact is reported before anything is drawn, with a suggestion."""
    with pytest.raises(UnknownNameError, match="`alarm`"):
        patients(greenhouse, "alarms")
    with pytest.raises(UnknownNameError, match="`alarm`"):
        partial_patients(greenhouse, "alarms")
    with pytest.raises(UnknownNameError, match="`leaves`"):
        patients(greenhouse, known=["leafs"])


def test_values_lie_on_and_beside_thresholds(greenhouse: hiprun.Pack) -> None:
    """At a limit of 30 the values 29.9, 30 and 30.1 all turn up, and the ends of the range do."""
    drawn = {patient["temperature"] for patient in collected(patients(greenhouse, "alarm"))}
    assert {30, 29.9, 30.1, -40, 60} <= drawn


def test_sums_of_facts_lie_on_and_beside_their_thresholds(greenhouse: hiprun.Pack) -> None:
    """If a bound is a formula, some patients meet it exactly and some miss it by a step."""
    over = [
        round(patient["water_today"] - 3 * patient["days_since_watering"] - 4, 3)
        for patient in collected(patients(greenhouse, "amounts"))
    ]
    assert {0, 0.1, -0.1} <= set(over)


def test_without_thresholds_values_lie_anywhere(greenhouse: hiprun.Pack) -> None:
    """Then values are spread over their range, in whole numbers and tenths."""
    drawn = [patient["temperature"] for patient in collected(patients(greenhouse, near_thresholds=False))]
    assert len(set(drawn)) > 30
    assert all(-40 <= value <= 60 and round(value, 1) == value for value in drawn)


def test_a_constraint_on_a_sum_is_met_by_construction() -> None:
    """Where two parts must add up to ten, every patient's do, without drawing in vain."""
    pack = small(
        "one: {ask: One?, type: number, range: [0, 10]}, other: {ask: Other?, type: number, range: [0, 10]}",
        constraints="constraints: [{id: ten, never: {total: {is_not: 10}}}]",
        derived="derived: {total: {formula: one + other}}",
    )

    @settings(max_examples=50, deadline=None, derandomize=True)
    @given(patients(pack), partial_patients(pack))
    def check(patient: Mapping[str, Any], partial: Mapping[str, Any]) -> None:
        assert Fraction(str(patient["one"])) + Fraction(str(patient["other"])) == 10
        pack.decide("far", partial)

    check()


def test_contradicting_constraints_give_no_patients() -> None:
    """If constraints exclude everyone, nothing can be drawn."""
    pack = small(
        "warm: {ask: Warm?, type: boolean}, dry: {ask: Dry?, type: boolean}",
        constraints="constraints: [{id: a, never: {warm: true}}, {id: b, never: {warm: false}}]",
    )
    for strategy in (patients(pack), patients(pack, known=["dry"]), partial_patients(pack)):
        with pytest.raises(Unsatisfiable):
            find(strategy, lambda _: True, settings=settings(SEARCH, max_examples=20))


@pytest.mark.slow
def test_a_fact_that_fits_none_of_the_others_ends_the_draw() -> None:
    """If no ordinary value of a fact fits, the patient is rejected or the fact left unknown."""
    pack = small(
        "one: {ask: One?, type: number, range: [1, 2]}, other: {ask: Other?, type: number, range: [0, 1]}",
        constraints="constraints: [{id: third, never: {share: {is_not: 1}}}]",
        derived="derived: {share: {formula: one / 3 + other}}",
    )
    for patient in collected(patients(pack), 30):
        assert Fraction(str(patient["one"])) / 3 + Fraction(str(patient["other"])) == 1
    assert any(len(patient) == 1 for patient in collected(partial_patients(pack), 50))


def test_texts_that_rules_name_turn_up() -> None:
    """Texts named in rules are drawn sometimes, and so are nearly equal ones."""
    pack = small(
        "tree: {ask: Which tree?, type: string}",
        oak="{decision: oak, outputs: {is: {type: boolean}}, rules: [{id: oak, when: {tree: oak}, then: {is: true}}], "
        "otherwise: no_match}",
    )
    assert {"", "oak", "OAK"} < {patient["tree"] for patient in collected(patients(pack), 60)}


def test_values_are_what_a_caller_types(greenhouse: hiprun.Pack) -> None:
    """Numbers, lists, dates and texts come as plain Python values."""
    assert found(patients(greenhouse), lambda _: True) == {
        "temperature": -40,
        "days_since_watering": 0,
        "leaves": "firm",
        "pests": [],
        "window_open": True,
        "season": "spring",
        "last_frost": datetime.date(2020, 1, 1),
        "gardener": "",
        "water_today": 0,
    }
    assert as_typed(Domain("number"), Fraction(1, 8)) == 0.125
    assert as_typed(Domain("number"), Fraction(12345678901234567, 10)) == Decimal("1234567890123456.7")
    assert as_typed(Domain("set", {"left": "", "right": ""}), frozenset({"right", "left"})) == ["left", "right"]


def test_failing_patients_shrink_to_what_matters(greenhouse: hiprun.Pack) -> None:
    """What is left of a failure are few facts, calm ones, and the threshold itself."""

    def acts(patient: Mapping[str, Any]) -> bool:
        return greenhouse.decide("alarm", patient).get("action") == "act"

    assert found(partial_patients(greenhouse, "alarm"), acts) == {"temperature": 30}
    assert found(patients(greenhouse, "alarm"), acts) == {"temperature": 30, "days_since_watering": 0, "leaves": "firm"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("temperature", "at_least"),
        ("temperature", "between"),
        ("days_since_watering", "below"),
        ("leaves", "at_most"),
        ("season", "none_of"),
        ("pests", "includes"),
        ("pests", "includes_any"),
        ("pests", "includes_all"),
        ("pests", "includes_none"),
        ("last_frost", "above"),
        ("gardener", "one_of"),
        ("window_open", "is_not"),
    ],
)
def test_every_test_is_used_for_partial_values(greenhouse: hiprun.Pack, name: str, test: str) -> None:
    """Every test occurs in partial values, and all of these are possible."""

    def wanted(patient: Mapping[str, Any]) -> bool:
        return isinstance(patient.get(name), dict) and test in patient[name]

    said = found(partial_patients(greenhouse), wanted)
    assert list(said) == [name]
    assert greenhouse.evaluate(said)


def test_unbounded_facts_have_values_too() -> None:
    """Where no range is given, values lie around the thresholds, or around 0 and today."""
    pack = small(
        "size: {ask: Size?, type: number, worse: lower}, steps: {ask: Steps?, type: integer, worse: higher}, "
        "day: {ask: Day?, type: date}, share: {ask: Share?, type: number, range: [0.25, 0.5], worse: lower}"
    )
    drawn = collected(patients(pack) | patients(pack, near_thresholds=False))
    assert {type(patient["day"]) for patient in drawn} == {datetime.date}
    assert all(0.25 <= patient["share"] <= 0.5 for patient in drawn)
    assert len({patient["size"] for patient in drawn}) > 10
    assert all(isinstance(patient["steps"], int) for patient in drawn)


def test_special_values_begin_with_the_calmest() -> None:
    """Values shrink in the order of `worse`; without it, numbers shrink towards 0."""
    assert special_values(Domain("boolean", worse="false")) == [True, False]
    assert special_values(Domain("choice", {"calm": "", "bad": ""}, worse="earlier", ordered=True)) == ["bad", "calm"]
    assert special_values(Domain("integer", lowest=-2, highest=2)) == [0, 1, -1, 2, -2]
    assert special_values(Domain("integer", lowest=0, highest=9), [Fraction(11, 2)]) == [0, 1, 3, 5, 6, 7, 8, 9]
    assert special_values(Domain("string"), texts=["oak"]) == ["", "oak", "OAK"]
    assert special_values(Domain("date", lowest=1)) == [1, 2]
    assert special_values(Domain("number"), [Fraction(1, 3)])[:3] == [Fraction(333333, 10**6), Fraction(333334, 10**6)]


# packs


def test_sizes_types_and_policies_can_be_chosen() -> None:
    """The options of `packs` are kept."""
    chosen = packs(
        min_facts=2, max_facts=2, max_derived=0, min_decisions=2, max_decisions=2, min_rules=3, max_rules=3,
        fact_types=["boolean", "date"], policies=["first", "limits"], diary=True, stages=False,
    )  # fmt: skip
    for pack in collected(chosen, 30):
        assert len(pack.facts) == len(pack.decisions) == 2
        assert not pack.model.derived
        assert pack.model.diary
        assert not pack.model.stages
        assert {fact.domain.type for fact in pack.facts.values()} <= {"boolean", "date"}
        # Without a number there is nothing to limit, so a list stands in.
        assert all(decision.hit in ("first", "collect", "limits") for decision in pack.decisions.values())
        assert all(len({rule.id for rule in decision.rules}) == 3 for decision in pack.decisions.values())


def test_the_simplest_pack_is_short() -> None:
    """Packs shrink to one question and one rule."""
    pack = found(packs(), lambda _: True)
    assert files(pack.model) == {
        "pack.yaml": "pack: made-up\nlanguage: 1\nversion: 1.0.0\ntitle: A made-up pack\n",
        "facts.yaml": "facts:\n  flag_1: {ask: What is it?, type: boolean, changeable: false}\n",
        "decisions/decision_1.yaml": "decision: decision_1\noutputs:\n  answer: {type: boolean}\n"
        "rules:\n  - {id: rule-1, when: {flag_1: false}, then: {answer: false}}\notherwise: no_match\n",
    }
    assert found(pack_files(), lambda _: True) == files(pack.model)


def test_a_failure_shows_the_files_of_its_pack() -> None:
    """If a test fails on a generated pack, its rules are shown."""

    @settings(SEARCH, max_examples=10, phases=[Phase.generate])
    @given(packs())
    def fails(pack: Pack) -> None:
        raise AssertionError

    with pytest.raises(AssertionError) as raised:
        fails()
    assert any("# facts.yaml\nfacts:\n" in shown for shown in raised.value.__notes__)


def test_files_with_mistakes_are_refused_as_they_are_on_disk() -> None:
    """Files in memory are checked like files on disk, and every mistake is reported."""
    with pytest.raises(RuleError, match="facts"):
        model_of({"pack.yaml": HEADER, "facts.yaml": "facts: {warm: {type: boolean}}"})
    with pytest.raises(RuleError, match="yes"):
        model_of({"pack.yaml": HEADER, "facts.yaml": "facts: yes"})
    with pytest.raises(RuleError, match="begins with a list"):
        model_of({"pack.yaml": HEADER, "facts.yaml": "- warm"})
    with pytest.raises(RuleError, match="pack"):
        model_of({"facts.yaml": "facts: {warm: {ask: Warm?, type: boolean}}"})


def test_without_hypothesis_its_absence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the error names it and says how to install it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(MissingExtraError, match=r"hiprun\[test\]"):
        runpy.run_path(str(strategies.__file__))
