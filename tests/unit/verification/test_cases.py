"""A case says what must come out; these tests show what is said when something else does."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

import hiprun
from hiprun.inference.outcome import outcome_of
from hiprun.model import Example
from hiprun.verification import cases

from .. import small_packs


@pytest.fixture
def leaves_unknown(greenhouse: hiprun.Pack) -> Example:
    """A case in which something is unknown."""
    return next(example for example in greenhouse.model.examples if example.id == "leaves-unknown")


@pytest.fixture
def mild_day(greenhouse: hiprun.Pack) -> Example:
    """A case in which everything that matters is known."""
    return next(example for example in greenhouse.model.examples if example.id == "mild-day")


def failures(pack: hiprun.Pack, example: Example, **expect: Any) -> list[str]:
    """Return the messages of a case that expects something else."""
    result = cases.run(pack, attrs.evolve(example, expect=expect))
    assert result.passed == (not result.failures)
    return [failure.message.partition("\n")[0] for failure in result.failures]


def test_every_case_of_the_small_pack_holds(greenhouse: hiprun.Pack) -> None:
    """Every kind of expectation can hold; the small pack's cases use them all."""
    assert [
        str(result) for example in greenhouse.model.examples if not (result := cases.run(greenhouse, example)).passed
    ] == []
    used = {
        what
        for example in greenhouse.model.examples
        if example.expect != "refused"
        for expectations in example.expect.values()
        for what in expectations
    }
    assert set(cases.KEYWORDS) <= used


@pytest.mark.parametrize(
    ("decision", "expected", "message"),
    [
        ("alarm", {"action": "look"}, "alarm.action: expected look, found nothing"),
        ("watering", {"litres": 3}, "watering.litres: expected 3, found 2.5"),
        ("watering", {"status": "no_match"}, "watering.status: expected no_match, found decided"),
        ("watering", {"fired": ["row-2"]}, "watering.fired: expected [row-2], found [row-1]"),
        ("watering", {"fired": []}, "watering.fired: expected [], found [row-1]"),
        ("chores", {"certain": []}, "chores.certain: expected [], found [sweep]"),
        ("chores", {"excluded": []}, "chores.excluded: expected [], found [aphids, slugs]"),
        ("chores", {"certain": ["slugs"]}, "chores.certain: expected [slugs], found [sweep]"),
        ("chores", {"excluded": ["sweep"]}, "chores.excluded: expected [sweep], found [aphids, slugs]"),
        ("chores", {"possible": ["sweep"]}, "chores.possible: expected [sweep], found []"),
        ("chores", {"task": ["sweep", "spray"]}, "chores.task: expected [sweep, spray], found [sweep]"),
        ("planting", {"met": ["window-works"]},
         "planting.met: expected [window-works], found [frost-is-over, window-works, leaves-are-firm]"),
        ("planting", {"unmet": ["window-works"]}, "planting.unmet: expected [window-works], found []"),
        ("planting", {"unknown": ["window-works"]}, "planting.unknown: expected [window-works], found []"),
        ("amounts", {"water_today": {"at_most": 8}}, "amounts.water_today.at_most: expected 8, found 7"),
        ("amounts", {"water_today": {"at_least": 8}}, "amounts.water_today.at_least: expected 8, found nothing"),
        ("amounts", {"water_today": {"verdict": "above"}}, "amounts.water_today.verdict: expected above, found within"),
    ],
)  # fmt: skip
def test_what_is_known_comes_out_otherwise(
    greenhouse: hiprun.Pack, mild_day: Example, decision: str, expected: dict[str, object], message: str
) -> None:
    """Each kind of expectation is compared, and the message says what was expected and what came out."""
    assert failures(greenhouse, mild_day, **{decision: expected}) == [message]


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"status": "undetermined", "action": "look"}, "alarm.action: expected look, found {one_of: [nothing, look]}"),
        ({"possible": [{"action": "look", "window": "as_it_is"}]},
         "alarm.possible: expected [{action: look, window: as_it_is}], "
         "found [{action: nothing, window: as_it_is}, {action: look, window: as_it_is}]"),
        ({"possible": [{"action": "look", "window": "as_it_is"}, {"action": "act", "window": "as_it_is"}]},
         "alarm.possible: expected [{action: look, window: as_it_is}, {action: act, window: as_it_is}], "
         "found [{action: nothing, window: as_it_is}, {action: look, window: as_it_is}]"),
        ({"safest": {"action": "act"}}, "alarm.safest: expected {action: act}, found {action: look}"),
        ({"needs": ["leaves", "pests"]}, "alarm.needs: expected [leaves, pests], found [leaves]"),
    ],
)  # fmt: skip
def test_what_is_unknown_comes_out_otherwise(
    greenhouse: hiprun.Pack, leaves_unknown: Example, expected: dict[str, object], message: str
) -> None:
    """Possible and safest answers and what is still needed are compared exactly, in any order."""
    assert failures(greenhouse, leaves_unknown, alarm=expected) == [message]


def test_naming_an_output_expects_a_decision(greenhouse: hiprun.Pack, leaves_unknown: Example) -> None:
    """An output that happens to be certain is not enough: without `status` the outcome has to be decided."""
    found = failures(greenhouse, leaves_unknown, alarm={"window": "as_it_is"})
    assert found == ["alarm.status: expected decided, found undetermined"]
    assert failures(greenhouse, leaves_unknown, alarm={"window": "as_it_is", "status": "undetermined"}) == []


def test_an_outcome_without_an_answer_has_no_outputs(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """Where no rule matches, the status stands in place of the missing value."""
    assert failures(greenhouse, mild_day, clash={"window": "open"}) == [
        "clash.status: expected decided, found no_match",
        "clash.window: expected open, found no_match",
    ]


def test_nothing_is_safest_where_there_is_no_answer(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """An expected safest answer fails where there is none."""
    assert failures(greenhouse, mild_day, clash={"safest": {"window": "open"}}) == [
        "clash.safest: expected {window: open}, found {}"
    ]


def test_numbers_are_compared_exactly(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """A number that is close is another number."""
    assert failures(greenhouse, mild_day, watering={"litres": 2.5}) == []
    assert failures(greenhouse, mild_day, watering={"litres": Fraction("2.5000000000000000000001")}) != []


def test_facts_that_are_refused(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """Facts that cannot be taken fail a case that wants an answer, and say why."""
    winter = attrs.evolve(mild_day, facts={"season": "winter", "temperature": 50, "leaves": "firm"})
    result = cases.run(greenhouse, winter)
    assert [(failure.what, failure.expected) for failure in result.failures] == [("facts", "accepted")]
    assert "these facts were refused:" in str(result)
    assert "It is never that warm in winter." in str(result)
    assert cases.run(greenhouse, attrs.evolve(winter, expect="refused")).passed


def test_facts_that_should_be_refused(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """A case that expects a refusal fails where the facts are fine."""
    result = cases.run(greenhouse, attrs.evolve(mild_day, expect="refused"))
    assert [failure.message for failure in result.failures] == ["these facts should be refused and were accepted."]


def test_a_failure_says_where_to_look(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """The text of a failed case has its file and line, and the rules that fired with theirs."""
    text = str(cases.run(greenhouse, attrs.evolve(mild_day, expect={"watering": {"litres": 3}})))
    assert text.split("\n") == [
        f"{mild_day.place}: mild-day (Nothing to do)",
        "  watering.litres: expected 3, found 2.5",
        f"    fired: row-1 ({greenhouse.decisions['watering'].rules[0].place})",
    ]
    untitled = attrs.evolve(mild_day, title="", expect={"alarm": {"action": "act"}})
    assert str(cases.run(greenhouse, untitled)).split("\n") == [
        f"{mild_day.place}: mild-day",
        "  alarm.action: expected act, found nothing",
        "    fired: no rule",
        "    closest: hot (greenhouse/alarm.yaml:8)",
        "      Does not hold: “How warm is it inside?” – at least 30 °C (temperature: 20, heat_limit).",
        "    closest: very-hot (greenhouse/alarm.yaml:13)",
        "      Does not hold: Degrees over the limit: at least 20 °C (degrees_over: -10).",
    ]


def test_a_result_turns_into_json(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """Programs get every failure as data."""
    result = cases.run(greenhouse, attrs.evolve(mild_day, expect={"watering": {"litres": 3}}))
    data = json.loads(json.dumps(result.to_dict()))
    assert (data["id"], data["title"], data["passed"]) == ("mild-day", "Nothing to do", False)
    (failure,) = data["failures"]
    assert (failure["decision"], failure["what"], failure["expected"], failure["found"]) == (
        "watering",
        "litres",
        3,
        2.5,
    )


def test_dates_and_sets_are_compared_by_value(tmp_path: Path) -> None:
    """An output that is a date or a set is compared by what it says, not by how it is written."""
    (tmp_path / "pack.yaml").write_text("pack: p\nlanguage: 1\nversion: 1.0.0\ntitle: Dates and sets\n")
    (tmp_path / "d.yaml").write_text(
        "decision: d\ntitle: D\noutputs:\n  day: {type: date}\n  colours: {type: set, choices: [red, blue]}\n"
        "rules:\n  - {id: always, then: {day: 2026-03-01, colours: [red, blue]}}\n"
    )
    (tmp_path / "cases.yaml").write_text(
        "cases: C\nexamples:\n"
        "  - {id: right, expect: {d: {day: 2026-03-01, colours: [blue, red]}}}\n"
        "  - {id: wrong, expect: {d: {day: 2026-03-02, colours: [blue]}}}\n"
    )
    right, wrong = (cases.run(pack, example) for pack in [hiprun.load(tmp_path)] for example in pack.model.examples)
    assert right.passed
    assert [failure.message.partition("\n")[0] for failure in wrong.failures] == [
        "d.day: expected 2026-03-02, found 2026-03-01",
        "d.colours: expected [blue], found [blue, red]",
    ]


def test_a_range_is_no_single_value(tmp_path: Path) -> None:
    """Where a number may lie anywhere in a range, a case that expects one number fails."""
    (tmp_path / "pack.yaml").write_text("pack: p\nlanguage: 1\nversion: 1.0.0\ntitle: A formula\n")
    (tmp_path / "facts.yaml").write_text("facts:\n  warm: {ask: How warm?, type: number, range: [0, 10]}\n")
    (tmp_path / "d.yaml").write_text(
        "decision: d\ntitle: D\noutputs: {litres: {type: number}}\nrules:\n  - {id: r, then: {litres: 2 * warm}}\n"
    )
    (tmp_path / "cases.yaml").write_text(
        "cases: C\nexamples:\n  - {id: one, expect: {d: {status: undetermined, possible: [{litres: 3}]}}}\n"
    )
    pack = hiprun.load(tmp_path)
    (failure,) = cases.run(pack, pack.model.examples[0]).failures
    assert failure.message.startswith(
        "d.possible: expected [{litres: 3}], found [{litres: {at_least: 0, at_most: 20}}]"
    )


def test_another_backend_is_judged_the_same_way(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """A case can be run on anything that answers as the pack does."""
    hot = {**mild_day.facts, "temperature": 31}
    result = cases.run(greenhouse, mild_day, lambda _, decisions: greenhouse.evaluate(hot, decisions))
    assert ("alarm", "action") in [(failure.decision, failure.what) for failure in result.failures]


def test_what_is_not_known_is_said_once_for_a_decision(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """A case that is open says which facts it needs; what was expected of what is open is no word on that."""
    nothing = attrs.evolve(mild_day, facts={"temperature": 20}, expect={"alarm": {"action": "act", "needs": ["a"]}})
    result = cases.run(greenhouse, nothing)
    assert [failure.needs for failure in result.failures] == [("days_since_watering", "leaves")] * 2 + [()]
    assert str(result).split("\n")[1:] == [
        "  alarm.status: expected decided, found undetermined",
        "  alarm.action: expected act, found {one_of: [nothing, look]}",
        "  alarm.needs: expected [a], found [days_since_watering, leaves]",
        "    fired: no rule",
        "    not known, and needed: days_since_watering, leaves",
    ]
    assert result.to_dict()["failures"][0]["needs"] == ["days_since_watering", "leaves"]


def test_long_lists_say_where_they_differ(greenhouse: hiprun.Pack, mild_day: Example) -> None:
    """Of lists too long for the eye the text names what is missing and what is there besides."""
    expect = {"planting": {"met": ["window-works", "one", "two", "three"]}}
    (failure,) = cases.run(greenhouse, attrs.evolve(mild_day, expect=expect)).failures
    assert failure.message.split("\n")[1:] == [
        "  lacks one, two, three; also has frost-is-over, leaves-are-firm",
        "  fired: no rule",
    ]


def test_the_closest_rules_are_those_that_lack_the_fewest_tests(tmp_path: Path) -> None:
    """Where no rule fires, those that would give what is expected come first, those that lack least before others."""
    decision = """\
decision: d
title: D
outputs: {do: {type: choice, choices: [none, this, that]}}
rules:
  - {id: far, when: {all: [{a: true}, {b: true}]}, then: {do: this}}
  - {id: near, when: {all: [{a: true}, {c: true}]}, then: {do: this}}
  - {id: either, when: {any: [{all: [{a: true}, {b: true}]}, {b: true}]}, then: {do: this}}
  - {id: other, when: {not: {c: true}}, then: {do: that}}
otherwise: {do: none}
"""
    facts = "facts:\n" + "".join(f"  {name}: {{ask: Is it?, type: boolean}}\n" for name in "abc")
    pack = small_packs.load(tmp_path / "rules", facts=facts, d=decision)
    outcome = pack.decide("d", {"a": False, "b": False, "c": True})
    assert [step.id for step in cases.closest(outcome, "do", "this")] == ["near", "either"]
    assert [step.id for step in cases.closest(outcome, "do", "that")] == ["other"]
    assert [step.id for step in cases.closest(outcome, "status", "decided")] == ["near", "either"]
    by_hand = outcome_of(outcome.conclusion)
    assert cases.closest(by_hand, "do", "this") == []


def test_texts_for_a_patient_are_expected_as_they_are_read_or_as_they_are_written(tmp_path: Path) -> None:
    """With the number in the text or the fact that it is of, in an answer as in all that are possible."""
    note = """\
decision: note
outputs: {text: {type: string}}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {text: "It has {rings} rings."}}
otherwise: {text: "All {rings} are fine."}
"""
    expected = [
        ("dry: true", 'text: "It has {rings} rings."', True),
        ("dry: true", 'text: "It has 4 rings."', False),
        ("", 'possible: [{text: "All 3 are fine."}, {text: "It has {rings} rings."}]', True),
        ("", 'possible: [{text: "All {rings} are fine."}, {text: "It has 4 rings."}]', False),
    ]
    examples = [f"facts: {{rings: 3, {more}}}, expect: {{note: {{{text}}}}}" for more, text, _ in expected]
    pack = small_packs.load(
        tmp_path,
        pack=small_packs.PACK.replace("language: 1", "language: 2"),
        note=note,
        cases=small_packs.cases(*examples),
    )
    assert [not result.failures for result in cases.run_all(pack, pack.model.examples)] == [
        holds for *_, holds in expected
    ]
