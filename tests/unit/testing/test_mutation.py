"""Mutation testing: which mutants there are, which the cases notice, and what is reported about the others."""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.inference.operators import OPERATORS
from hiprun.interfaces.cli.application import application
from hiprun.testing.mutation import MutationReport, mutants, mutate
from hiprun.testing.mutation import runner as campaign
from hiprun.verification import cases

from ...test_operators_everywhere import NEW, asked, garden
from .. import small_packs


def faults(pack: hiprun.Pack, subject: str) -> list[str]:
    """Return the faults put into one part of a pack, as they are shown."""
    return [mutant.words.replace("`", "") for mutant in mutants(pack.model) if mutant.subject == subject]


def fates(report: MutationReport) -> dict[str, str]:
    """Return the fate of each mutant, by its subject and text."""
    return {f"{mutant.subject} {mutant.words}".replace("`", ""): verdict.fate for mutant, verdict in report.results}


# which faults there are


@pytest.mark.parametrize(
    ("subject", "test", "expected"),
    [
        ("warmth", "{at_least: 4}", ["{at_least: 3}", "{at_least: 5}", "{above: 4}"]),
        ("warmth", "{below: 0.25}", ["{below: 0.24}", "{below: 0.26}", "{at_most: 0.25}"]),
        ("warmth", "{above: rings}", ["{above: rings - 1}", "{above: rings + 1}", "{at_least: rings}"]),
        ("warmth", "{at_most: rings / 2}", ["{at_most: rings / 1}", "{at_most: rings / 3}", "{below: rings / 2}"]),
        ("warmth", "{at_most: rings / 1}", ["{at_most: rings / 2}", "{below: rings / 1}"]),
        (
            "warmth",
            "{between: [2, 4]}",
            [
                *("{between: [1, 4]}", "{between: [3, 4]}", "{between: [2, 3]}", "{between: [2, 5]}"),
                *("{above: 2, at_most: 4}", "{at_least: 2, below: 4}"),
            ],
        ),
        ("rings", "3", ["2", "4"]),
        ("rings", "{one_of: [3, 4]}", ["{one_of: [2, 4]}", "{one_of: [3, 5]}", "{one_of: [4]}", "{one_of: [3]}"]),
        ("fruit", "{at_least: ripe}", ["{at_least: green}", "{at_least: rotten}", "{above: ripe}"]),
        ("tree", "oak", ["elm"]),
        ("guests", "{includes: birds}", ["{includes: wasps}", "{includes: mice}"]),
        (
            "guests",
            "{includes_any: [wasps, mice]}",
            [
                *("{includes_any: [birds, mice]}", "{includes_any: [wasps, birds]}"),
                *("{includes_any: [mice]}", "{includes_any: [wasps]}", "{includes_all: [wasps, mice]}"),
            ],
        ),
        ("guests", "[birds]", ["[birds, wasps]", "[]", "[birds, mice]"]),
        ("dry", "true", ["false"]),
        ("planted", "{at_most: 2025-03-01}", ["{at_most: 2025-02-28}", "{at_most: 2025-03-02}", "{below: 2025-03-01}"]),
        ("owner", "ann", []),
    ],
)
def test_a_test_is_moved_turned_and_left_out(tmp_path: Path, subject: str, test: str, expected: list[str]) -> None:
    """Each kind of test is mutated: its values by one step, its thresholds included or excluded, and left out."""
    pack = small_packs.load(tmp_path, care=small_packs.rule(f"{{{subject}: {test}}}"))
    found = [mutant.after.replace('"', "") for mutant in mutants(pack.model) if subject in mutant.before]
    assert sorted(found) == sorted(["nothing", *(f"{{{subject}: {after}}}" for after in expected)])


def test_an_edge_that_no_other_test_can_say_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where texts begin can be asked, but not whether one comes before another, so no end is turned."""
    monkeypatch.setitem(OPERATORS, "starts_with", NEW["starts_with"])  # type: ignore[index]
    pack = garden(tmp_path, asked(NEW["starts_with"], "owner"))
    kinds = {mutant.kind for mutant in mutants(pack.model) if mutant.subject == "care.it"}
    assert kinds == {"rule", "condition", "output"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "{dry: true, windy: true}",
            ["{windy: true}", "{dry: true}", "{any: [{dry: true}, {windy: true}]}"],
        ),
        (
            "{any: [{dry: true}, {windy: true}]}",
            ["{windy: true}", "{dry: true}", "{dry: true, windy: true}"],
        ),
        ("{not: {dry: true, windy: true}}", ["{not: {any: [{dry: true}, {windy: true}]}}"]),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], at_least: 2}}",
            [
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], at_least: 1}}",
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], at_least: 3}}",
                "{count: {of: [{windy: true}, {rings: 3}], at_least: 2}}",
            ],
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], between: [1, 2]}}",
            [
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], at_most: 2}}",
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], is: 2}}",
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], is: 1}}",
                "{count: {of: [{dry: true}, {windy: true}, {rings: 3}], at_least: 1}}",
            ],
        ),
    ],
)
def test_groups_lose_a_part_or_become_another_group(tmp_path: Path, condition: str, expected: list[str]) -> None:
    """Of a group each part is left out, `all` becomes `any`, and a count counts one more or less."""
    pack = small_packs.load(tmp_path, care=small_packs.rule(condition))
    found = [mutant.model.decisions["care"] for mutant in mutants(pack.model)]
    for text in expected:
        written = small_packs.load(tmp_path / "other", care=small_packs.rule(text)).decisions["care"]
        assert written in found, text


WATER = (
    "decision: water\noutputs: {litres: {type: number}}\n"
    "rules:\n  - {id: dry, when: {dry: true}, then: {litres: 2}}\notherwise: no_match\n"
)


def test_a_question_for_a_value_is_turned_around(tmp_path: Path) -> None:
    """Where a rule asks whether an output has a value, a fault asks whether it has none."""
    care = small_packs.rule("{water.litres: {has_value: false}}")
    pack = small_packs.load(tmp_path, water=WATER, care=care)
    assert "{water.litres: {has_value: true}}" in [mutant.after for mutant in mutants(pack.model)]


def test_the_same_fault_is_put_in_once(tmp_path: Path) -> None:
    """Leaving out either of two equal parts gives one mutant."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{any: [{dry: true}, {dry: true}]}"))
    assert faults(pack, "care.it").count("{dry: true} → left out") == 1


def test_outputs_become_their_neighbours(tmp_path: Path) -> None:
    """A choice becomes the one before and after, a number moves inside its range, a text is that of another rule."""
    care = """\
decision: care
outputs:
  action: {type: choice, choices: [none, look, act], worse: later}
  litres: {type: number, range: [0, 10]}
  note: {type: string}
  since: {type: date}
  tools: {type: set, choices: [can, hose]}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {action: look, litres: 10, note: Water it., since: 2025-03-01, tools: [can]}}
  - id: warm
    when: {warmth: {above: 30}}
    then: {action: act, litres: 2.5 * rings, note: Shade it., since: 2025-03-01, tools: []}
otherwise: {action: none, litres: 0, note: All is well., since: 2025-03-01, tools: []}
"""
    pack = small_packs.load(tmp_path, care=care)
    given = [words for words in faults(pack, "care.dry") if "when" not in words and "dry" not in words]
    assert given == [
        "action: look → action: none",
        "action: look → action: act",
        "litres: 10 → litres: 9",
        "note: Water it. → note: Shade it.",
        "since: 2025-03-01 → since: 2025-02-28",
        "since: 2025-03-01 → since: 2025-03-02",
        "tools: [can] → tools: []",
        "tools: [can] → tools: [can, hose]",
    ]
    assert "litres: 2.5 * rings → litres: 2.4 * rings" in faults(pack, "care.warm")
    assert faults(pack, "care.otherwise")[:3] == [
        "action: none → action: look",
        "litres: 0 → litres: 1",
        "note: All is well. → note: Water it.",
    ]


def test_parameters_derived_facts_constraints_and_limits_get_their_faults(tmp_path: Path) -> None:
    """A parameter moves within its range; whatever else has a number or a condition gets its faults too."""
    pack = small_packs.load(
        tmp_path,
        parameters="parameters: {limit: {value: 30, range: [29.5, 40]}, half: {value: 0.5}}",
        derived="derived: {over: {formula: warmth - limit}, hot: {when: {over: {above: 0}}}, own: {when: {dry: true}}}",
        constraints="constraints: [{id: no-dry-frost, never: {dry: true, warmth: {below: half}}}]",
        water="limits: water\nbounds: [{id: enough, when: {hot: true}, quantity: rings, at_least: 2}]",
    )
    assert faults(pack, "limit") == ["30 → 31"]
    assert faults(pack, "half") == ["0.5 → 0.4", "0.5 → 0.6"]
    assert faults(pack, "over") == ["warmth - limit → warmth - limit - 1", "warmth - limit → warmth - limit + 1"]
    assert "{over: {above: 0}} → {over: {at_least: 0}}" in faults(pack, "hot")
    assert faults(pack, "no-dry-frost")[0] == "no-dry-frost → left out"
    assert "rings: 2 → rings: 3" in faults(pack, "water.enough")
    touched = {mutant.subject: (mutant.decisions, mutant.constrains) for mutant in mutants(pack.model)}
    assert touched["limit"] == (("water",), False)
    assert touched["half"] == ((), True)
    assert touched["own"] == ((), False)


def test_numbers_in_functions_get_faults_that_leave_every_formula_defined(tmp_path: Path) -> None:
    """Steps and divisors move, but never to 0, not even for what leans on them; exponents and converters stay."""
    pack = small_packs.load(
        tmp_path,
        derived="""\
derived:
  square: {title: A square, formula: "round(warmth ^ 2 * 3, 1)"}
  share: {title: A share, formula: warmth / (3 - 2)}
""",
        care=small_packs.rule("{warmth: {above: share + 2}, square: {above: 4}}"),
    )
    assert [fault.split(" → ")[1] for fault in faults(pack, "square")] == [
        '"round(warmth ^ 2 * 2, 1)"',
        '"round(warmth ^ 2 * 4, 1)"',
        '"round(warmth ^ 2 * 3, 2)"',
    ]
    assert faults(pack, "share") == ["warmth / (3 - 2) → warmth / (4 - 2)", "warmth / (3 - 2) → warmth / (3 - 1)"]


# what becomes of them


def test_a_case_on_each_side_of_a_threshold_notices_every_fault(tmp_path: Path) -> None:
    """A case at the threshold and one a step below kill every mutant of a rule with one test."""
    pack = small_packs.load(
        tmp_path,
        care=small_packs.rule("{warmth: {at_least: 30}}"),
        cases=small_packs.cases(
            "patient: calm, facts: {warmth: 30}, expect: {care: {needed: true}}",
            "patient: calm, facts: {warmth: 29}, expect: {care: {needed: false}}",
        ),
    )
    report = mutate(pack)
    assert report.ok
    assert set(fates(report).values()) == {"killed"}
    assert all(verdict.by in ("case-1", "case-2") for _, verdict in report.results)


def test_a_fault_nobody_notices_is_shown_with_the_case_that_would(tmp_path: Path) -> None:
    """A survivor has a draft with the nearest patient, and what the rules currently answer."""
    pack = small_packs.load(
        tmp_path,
        care=small_packs.rule("{warmth: {at_least: 30}}"),
        cases=small_packs.cases("patient: calm, facts: {warmth: 40}, expect: {care: {needed: true}}"),
    )
    report = mutate(pack)
    assert not report.ok
    drafts = [verdict.draft.text() for _, verdict in report.survivors if verdict.draft]
    assert drafts == [
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-condition\n"
        '    title: "{warmth: {at_least: 30}} → left out"\n'
        "    patient: calm\n"
        "    expect: {care: {needed: false}}",
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-threshold\n"
        '    title: "{warmth: {at_least: 30}} → {warmth: {at_least: 29}}"\n'
        "    patient: calm\n"
        "    facts: {warmth: 29}\n"
        "    expect: {care: {needed: false}}",
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-threshold-2\n"
        '    title: "{warmth: {at_least: 30}} → {warmth: {at_least: 31}}"\n'
        "    patient: calm\n"
        "    facts: {warmth: 30}\n"
        "    expect: {care: {needed: true}}",
    ]
    again = {mutant.words: verdict.by for mutant, verdict in report.survivors if not verdict.draft}
    assert again["`{warmth: {at_least: 30}}` → `{warmth: {above: 30}}`"] == "care-it-threshold-2"


def test_without_named_patients_only_the_facts_that_matter_are_given(tmp_path: Path) -> None:
    """A draft without a named patient has only the facts that it needs."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {at_least: 30}, dry: true}"))
    texts = [verdict.draft.text() for _, verdict in mutate(pack).survivors if verdict.draft]
    assert any("facts: {warmth: 30, dry: true}, expect: {care: {needed: true}}}" in text for text in texts)
    assert all("rings" not in text and "patient" not in text for text in texts)


@pytest.mark.parametrize(
    ("care", "harmless"),
    [
        (small_packs.rule("{warmth: {above: 5, at_least: 6}}"), "{warmth: {above: 5}} → left out"),
        (small_packs.rule("{rings: {at_least: 4, above: 3}}"), "{rings: {above: 3}} → {rings: {at_least: 3}}"),
        (small_packs.rule("{any: [{warmth: {above: 5}}, {warmth: {above: 6}}]}"), "{warmth: {above: 6}} → left out"),
    ],
)
def test_a_fault_that_changes_no_answer_is_proved_to_be_harmless(tmp_path: Path, care: str, harmless: str) -> None:
    """A mutant that changes no answer is equivalent, and needs no case."""
    assert fates(mutate(small_packs.load(tmp_path, care=care)))[f"care.it {harmless}"] == "equivalent"


def test_what_the_budget_does_not_settle_is_never_called_harmless(tmp_path: Path) -> None:
    """If the search is cut short, the mutant is unproved and the report is not ok."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 5}, dry: true}"))
    report = mutate(pack, budget=0)
    assert not report.ok
    assert {verdict.fate for _, verdict in report.survivors} == {"unproved"}


def test_constraints_are_noticed_by_what_is_refused(tmp_path: Path) -> None:
    """A rejected case and one that is just not rejected kill the mutants of a constraint."""
    constraints = "constraints: [{id: no-dry-rain, never: {dry: true, fruit: rotten}}]"
    pack = small_packs.load(tmp_path, care=small_packs.rule("{dry: true}"), constraints=constraints)
    texts = {mutant.words: verdict.draft.text() for mutant, verdict in mutate(pack).survivors if verdict.draft}
    assert "facts: {fruit: rotten, dry: true}, expect: refused}" in texts["`no-dry-rain` → left out"]
    cases = small_packs.cases(
        "patient: calm, facts: {dry: true, fruit: rotten}, expect: refused",
        "patient: calm, facts: {dry: true, fruit: ripe}, expect: {care: {needed: true}}",
        "patient: calm, facts: {fruit: rotten}, expect: {care: {needed: false}}",
    )
    assert mutate(small_packs.load(tmp_path, cases=cases)).ok


def test_cases_of_dependent_decisions_can_notice_a_fault(tmp_path: Path) -> None:
    """A case about a decision that uses the mutated one also kills the mutant."""
    pack = small_packs.load(
        tmp_path,
        care=small_packs.rule("{dry: true}"),
        alarm="decision: alarm\noutputs: {rings: {type: boolean}}\n"
        "rules: [{id: needed, when: {care.needed: true}, then: {rings: true}}]\notherwise: {rings: false}\n",
        cases=small_packs.cases(
            "patient: calm, facts: {dry: true}, expect: {alarm: {rings: true}}",
            "patient: calm, expect: {alarm: {rings: false}}",
        ),
    )
    assert set(fates(mutate(pack)).values()) == {"killed"}


def completed(folder: Path, drafts: Callable[[hiprun.Pack], list[str]], **documents: str) -> hiprun.Pack:
    """Return a pack with every case that is drafted for it put into its case file."""
    pack = small_packs.load(folder, cases=small_packs.CALM.partition("examples:")[0], **documents)
    return small_packs.load(folder, cases=small_packs.CALM + "\n".join(drafts(pack)) + "\n")


@pytest.mark.parametrize("name", small_packs.DECISIONS)
def test_the_cases_it_drafts_leave_nothing_unnoticed(tmp_path: Path, name: str) -> None:
    """Put into a case file, the drafts hold and notice every fault that can be noticed, in every kind of decision."""

    def drafts(pack: hiprun.Pack) -> list[str]:
        return [verdict.draft.text() for _, verdict in mutate(pack).survivors if verdict.draft]

    pack = completed(tmp_path, drafts, **{name: small_packs.DECISIONS[name]})
    assert [str(result) for example in pack.model.examples if not (result := cases.run(pack, example)).passed] == []
    assert mutate(pack).survivors == ()


def test_a_conflict_differs_from_an_answer(tmp_path: Path) -> None:
    """A fault that creates or removes a conflict is noticed."""
    care = """\
decision: care
outputs: {number: {type: integer}}
rules:
  - {id: dry, when: {dry: true}, then: {number: 1}}
  - {id: windy, when: {dry: true, windy: true}, then: {number: 2}}
otherwise: {number: 0}
"""
    tips = """\
decision: tips
outputs: {number: {type: integer}}
hit: collect
rules:
  - {id: one, when: {care.number: 1}, then: {number: 1}}
"""
    pack = small_packs.load(
        tmp_path, care=care, tips=tips, cases=small_packs.cases("patient: calm, expect: {care: {number: 0}}")
    )
    expected = [verdict.draft.expect for _, verdict in mutate(pack).survivors if verdict.draft]
    assert {"care": {"status": "conflict"}} in expected
    assert {"care": {"number": 1}} in expected


def test_drafts_start_from_patients_with_enough_known_facts(tmp_path: Path) -> None:
    """A draft starts from a named patient with enough known facts for an answer."""
    care = """\
decision: care
outputs:
  action: {type: choice, choices: [none, act], worse: later}
  window: {type: choice, choices: [open, shut], worse: later}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {action: act}}
  - {id: windy, when: {windy: true}, then: {window: shut}}
otherwise: {action: none, window: open}
"""
    cases = "cases: Cases\npatients:\n  vague: {dry: false}\n  clear: {dry: false, windy: false, warmth: 7}\n"
    pack = small_packs.load(tmp_path, care=care, cases=cases)
    drafts = {mutant.words: verdict.draft for mutant, verdict in mutate(pack).survivors if verdict.draft}
    assert drafts["`dry` → left out"].patient.base == "clear"


def test_constraints_and_answers_that_share_a_number(tmp_path: Path) -> None:
    """A parameter of constraints and rules changes in both, and patients whom only the mutant rejects get a case."""
    pack = small_packs.load(
        tmp_path,
        parameters="parameters: {frost: {value: 2, range: [0, 5]}}",
        constraints="constraints: [{id: no-dry-frost, never: {warmth: {below: frost}, dry: true}}]",
        care=small_packs.rule("{warmth: {at_most: frost}}"),
        cases=small_packs.CALM.partition("examples:")[0],
    )
    moved = {mutant.words: (mutant, verdict) for mutant, verdict in mutate(pack).survivors if mutant.subject == "frost"}
    up, down = moved["`2` → `3`"][1], moved["`2` → `1`"][1]
    assert up.draft
    assert up.draft.expect != "refused"
    assert down.draft
    assert down.draft.expect == "refused"


def test_a_limit_that_can_never_be_seen_is_a_survivor_without_a_case(tmp_path: Path) -> None:
    """A bound that only one model has and that no value exceeds changes an answer, but no case can express that."""
    pack = small_packs.load(
        tmp_path,
        water="limits: water\nbounds:\n  - {id: most, when: {dry: true}, quantity: rings, at_most: 9}\n"
        "  - {id: warm, quantity: warmth, at_most: 90}\n",
        cases=small_packs.cases(
            "patient: calm, facts: {dry: true}, expect: {water: {rings: {at_most: 9}}}",
        ),
    )
    report = mutate(pack)
    (survivor,) = [entry for entry in report.survivors if entry[0].kind == "condition"]
    assert (survivor[1].fate, survivor[1].draft) == ("survived", None)


# all of them at once


@pytest.mark.slow
def test_processes_change_nothing(greenhouse: hiprun.Pack) -> None:
    """Two processes give the same results as one, in the same order, and report progress."""
    alone = mutate(greenhouse, jobs=1)
    told: list[tuple[int, int]] = []
    together = mutate(greenhouse, jobs=2, progress=lambda done, whole: told.append((done, whole)))
    assert alone.to_dict() == together.to_dict()
    assert told == [(number, len(alone.results)) for number in range(1, len(alone.results) + 1)]


def test_a_process_tries_the_same_mutants_in_the_same_order(greenhouse: hiprun.Pack) -> None:
    """What a process of the pool makes of a number is what the mutants of the subject with this number come to."""
    campaign._initialize_process(greenhouse.model, 200_000)
    results = mutate(greenhouse, jobs=1).results
    subjects = list(dict.fromkeys(mutant.subject for mutant, _ in results))
    for number in (0, 9):
        fates = [result.fate for mutant, result in results if mutant.subject == subjects[number]]
        assert [result.fate for result in campaign._run_group(number)] == fates


def test_where_there_are_no_processes_one_does_it_all(greenhouse: hiprun.Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system without processes, the report is the same."""

    def refuse(_: str) -> Any:
        raise OSError

    expected = mutate(greenhouse, jobs=1).to_dict()
    monkeypatch.setattr(multiprocessing, "get_context", refuse)
    assert mutate(greenhouse, jobs=2).to_dict() == expected


@pytest.mark.slow
def test_the_cases_of_the_hip_pack_notice_every_fault(hip: hiprun.Pack) -> None:
    """No small fault in the rules that hiprun comes with goes unnoticed unless it is proved to change no answer."""
    report = mutate(hip)
    assert [f"{mutant.place} {mutant.subject} {mutant.words}" for mutant, _ in report.survivors] == []
    assert report.count("killed") > 1000


# at a terminal


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command and return its exit code and what it printed."""
    result = CliRunner().invoke(application, ["mutate", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_shows_survivors_and_counts(tmp_path: Path) -> None:
    """A survivor is shown with its place, its words and the case to add; the last line counts; the exit code is 1."""
    small_packs.load(
        tmp_path,
        care=small_packs.rule("{warmth: {at_least: 30}}"),
        cases=small_packs.cases("patient: calm, facts: {warmth: 30}, expect: {care: {needed: true}}"),
    )
    code, text, errors = run(str(tmp_path), "--jobs", "1")
    assert (code, errors) == (1, "")
    assert f"{tmp_path.name}/care.yaml:4:30: care.it\n" in text
    assert (
        "  `{warmth: {at_least: 30}}` → left out\n  No case notices. This one would:\n\n  # The expected answers"
        in text
    )
    assert "  No case notices. `care-it-condition`, drafted above, would." in text
    assert text.endswith("7 mutants: 4 killed, 0 equivalent, 3 survived, 0 unproved\n")


def test_the_command_says_when_there_is_no_case_to_show(tmp_path: Path) -> None:
    """Of a survivor that no case could notice it is said that some patient gets another answer."""
    small_packs.load(
        tmp_path, water="limits: water\nbounds: [{id: most, when: {dry: true}, quantity: rings, at_most: 9}]\n"
    )
    assert "  Some patient gets another answer, and no case notices." in run(str(tmp_path))[1]


def test_the_command_prints_json(tmp_path: Path) -> None:
    """Programs get the counts, the survivors with their cases, and what was proved harmless."""
    small_packs.load(
        tmp_path,
        care=small_packs.rule("{warmth: {above: 5, at_least: 6}}"),
        cases=small_packs.cases("patient: calm, expect: {care: {needed: true}}"),
    )
    code, text, _ = run(str(tmp_path), "--json")
    data = json.loads(text)
    assert code == 1
    assert data["mutants"] == data["killed"] + data["equivalent"] + data["survived"] + data["unproved"]
    assert {entry["fate"] for entry in data["equivalents"]} == {"equivalent"}
    assert all("case" in entry or "noticed_by" in entry for entry in data["survivors"])


def test_progress_is_for_people_only(
    greenhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal it is shown how far the work is, elsewhere nothing."""
    command = ["mutate", str(greenhouse_folder), "--jobs", "1"]
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        with pytest.raises(SystemExit):
            application.main(command)
        shown = capsys.readouterr().err
        assert ("\r1 of " in shown) is terminal
        assert shown.endswith(" mutants\n") is terminal


def conflicting(first: str) -> dict[str, str]:
    """Return a decision that dry and windy gardens bring in conflict, and one whose first rule alone uses it."""
    level = "outputs: {level: {type: choice, choices: [calm, bad], worse: later}}\n"
    before = (
        f"decision: before\n{level}hit: unique\nrules:\n"
        "  - {id: dry, when: {dry: true}, then: {level: calm}}\n"
        "  - {id: windy, when: {windy: true}, then: {level: bad}}\n"
        "otherwise: {level: calm}\n"
    )
    care = (
        f"decision: care\n{level}hit: worst\nrules:\n"
        f"  - {{id: first, when: {first}, then: {{level: bad}}}}\n"
        "  - {id: many, when: {rings: {at_least: 5}}, then: {level: bad}}\n"
        "otherwise: {level: calm}\n"
    )
    return {"before": before, "care": care}


def test_a_conflict_that_goes_with_a_rule_is_noticed(tmp_path: Path) -> None:
    """A rule that never applies still matters if it is the only one that uses a decision in conflict."""
    documents = conflicting("{all: [{before.level: calm}, {before.level: bad}]}")
    report = mutate(small_packs.load(tmp_path, **documents), jobs=1)
    assert fates(report)["care.first first → left out"] == "survived"


def test_a_case_in_conflict_notices_that_a_rule_is_left_out(tmp_path: Path) -> None:
    """A patient to whom the rule does not apply is in conflict through it, and no longer so without it."""
    example = "patient: calm, facts: {dry: true, windy: true}, expect: {care: {status: conflict}}"
    documents = conflicting("{before.level: bad, warmth: {above: 50}}")
    report = mutate(small_packs.load(tmp_path, cases=small_packs.cases(example), **documents), jobs=1)
    assert fates(report)["care.first first → left out"] == "killed"


def test_faults_of_one_rule_share_a_draft(tmp_path: Path) -> None:
    """A draft that also notices the faults that follow is shown once, under one id; the others refer to it."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {at_least: 30}, dry: true}"))
    report = mutate(pack, jobs=1)
    drafts = {result.draft.id: result for _, result in report.results if result.draft}
    others = [result.by for _, result in report.results if result.fate == "survived" and not result.draft]
    assert others
    assert set(others) <= drafts.keys()
    for mutant, result in report.results:
        id_ = result.draft.id if result.draft else result.by
        noticed = cases.run(hiprun.pack.Pack(mutant.model), drafts[id_].draft.example) if id_ else None
        assert noticed is None or not noticed.passed, mutant
