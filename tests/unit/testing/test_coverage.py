"""What cases show about rules: what counts, what is missing, what is impossible, and the cases to add."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

import hiprun
from hiprun.interfaces.cli.application import application
from hiprun.testing.coverage import CoverageReport, survey
from hiprun.verification import cases

from .. import small_packs

YES = "expect: {care: {needed: true}}"
NO = "expect: {care: {needed: false}}"


def covered(folder: Path, condition: str, *examples: str) -> CoverageReport:
    """Return what cases of calm patients with some other facts show about one rule."""
    said = [f"patient: calm, facts: {example}" for example in examples]
    cases = {"cases": small_packs.cases(*said)} if said else {}
    return survey(small_packs.load(folder, care=small_packs.rule(condition), **cases))


def missing(report: CoverageReport) -> list[str]:
    """Return what is not shown, in words."""
    return [f"{part.words}: {side.words}" for part in report.gaps() for side in part.sides if side.state == "missing"]


HOLDS, FAILS = "it holds, and that alone decides", "it does not hold, and that alone decides"


def test_without_cases_everything_is_missing(tmp_path: Path) -> None:
    """A rule has to apply, its test to decide both ways, and its threshold to be met exactly and missed by a step."""
    report = covered(tmp_path, "{warmth: {at_least: 30}}")
    assert missing(report) == [
        "applies: it applies",
        f"{{warmth: {{at_least: 30}}}}: {HOLDS}",
        f"{{warmth: {{at_least: 30}}}}: {FAILS}",
        "warmth at 30: exactly there",
        "warmth at 30: less, by one step at most",
    ]
    assert (report.ok, report.count("rule"), report.count("test"), report.count("threshold")) == (
        False,
        (0, 1),
        (0, 1),
        (0, 1),
    )


def test_a_case_on_each_side_shows_it_all(tmp_path: Path) -> None:
    """A case at the threshold and one just below it are enough for a rule with one test."""
    report = covered(tmp_path, "{warmth: {at_least: 30}}", f"{{warmth: 30}}, {YES}", f"{{warmth: 29.5}}, {NO}")
    assert report.ok
    assert [side.by for part in report.parts for side in part.sides] == [
        ("case-1",),
        ("case-1",),
        ("case-2",),
        ("case-1",),
        ("case-2",),
    ]


@pytest.mark.parametrize(
    ("condition", "examples", "expected"),
    [
        (
            "{dry: true, windy: true}",
            ["{dry: true, windy: true}, " + YES, "{dry: false, windy: false}, " + NO],
            [f"{{dry: true}}: {FAILS}", f"{{windy: true}}: {FAILS}"],
        ),
        (
            "{dry: true, windy: true}",
            ["{dry: true, windy: true}, " + YES, "{dry: true}, " + NO, "{windy: true}, " + NO],
            [],
        ),
        (
            "{any: [{dry: true}, {windy: true}]}",
            ["{dry: true, windy: true}, " + YES, "{dry: false}, " + NO],
            [f"{{dry: true}}: {HOLDS}", f"{{windy: true}}: {HOLDS}"],
        ),
        (
            "{not: {dry: true}}",
            ["{dry: true}, " + NO, "{dry: false}, " + YES],
            [],
        ),
    ],
)
def test_each_test_has_to_decide_alone(
    tmp_path: Path, condition: str, examples: list[str], expected: list[str]
) -> None:
    """A test is covered by two cases that differ in its result alone."""
    assert missing(covered(tmp_path, condition, *examples)) == expected


def test_a_question_for_a_value_has_to_decide(tmp_path: Path) -> None:
    """A rule that asks whether an output has a value is shown by one patient with a value and one without."""
    water = (
        "decision: water\noutputs: {litres: {type: number}}\n"
        "rules:\n  - {id: dry, when: {dry: true}, then: {litres: 2}}\notherwise: no_match\n"
    )
    pack = small_packs.load(tmp_path, water=water, care=small_packs.rule("{water.litres: {has_value: false}}"))
    words = [part.words for part in survey(pack).parts if part.kind == "test"]
    assert "{water.litres: {has_value: false}}" in words


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{warmth: {above: 30}}", ["warmth at 30: exactly there", "warmth at 30: more, by one step at most"]),
        ("{warmth: {below: 0.5}}", ["warmth at 0.5: exactly there", "warmth at 0.5: less, by one step at most"]),
        (
            "{warmth: {between: [30, 40]}}",
            [
                *("warmth at 30: exactly there", "warmth at 30: less, by one step at most"),
                *("warmth at 40: exactly there", "warmth at 40: more, by one step at most"),
            ],
        ),
        (
            "{rings: 4}",
            [
                *("rings at 4: exactly there", "rings at 4: less, by one step at most"),
                "rings at 4: more, by one step at most",
            ],
        ),
        ("{rings: 0}", ["rings at 0: exactly there", "rings at 0: more, by one step at most"]),
        ("{rings: {above: warmth}}", ["rings at warmth: exactly there", "rings at warmth: more, by one step at most"]),
        ("{fruit: {at_least: rotten}}", ["fruit at rotten: exactly there", "fruit at rotten: one before"]),
        ("{fruit: {at_most: ripe}}", ["fruit at ripe: exactly there", "fruit at ripe: one behind"]),
        ("{fruit: {at_least: green}}", ["fruit at green: exactly there"]),
        (
            "{planted: {above: 2025-03-01}}",
            ["planted at 2025-03-01: exactly there", "planted at 2025-03-01: one behind"],
        ),
        (
            "{planted: {at_least: 2025-03-01}}",
            ["planted at 2025-03-01: exactly there", "planted at 2025-03-01: one before"],
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {tree: elm}], at_least: 2}}",
            ["2 of 3: 2 of them hold", "2 of 3: 1 of them hold"],
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {tree: elm}], at_most: 1}}",
            ["1 of 3: 1 of them hold", "1 of 3: 2 of them hold"],
        ),
        ("{fruit: ripe}", []),
        ("{tree: elm}", []),
        ("{guests: {includes: birds}}", []),
        ("{owner: ann}", []),
        ("{dry: true}", []),
    ],
)
def test_thresholds_are_pinned_from_both_sides(tmp_path: Path, condition: str, expected: list[str]) -> None:
    """Each kind of threshold needs its value and one step beyond, except beyond the range."""
    report = covered(tmp_path, condition)
    parts = [part for part in report.parts if part.kind == "threshold"]
    assert [
        f"{part.words}: {side.words}" for part in parts for side in part.sides if side.state == "missing"
    ] == expected


def test_a_value_that_nobody_can_have_is_replaced_by_the_nearest(tmp_path: Path) -> None:
    """A whole number is never 2.5, so the next one on that side counts."""
    report = covered(tmp_path, "{rings: {at_least: 2.5}}", f"{{rings: 3}}, {YES}", f"{{rings: 2}}, {NO}")
    (threshold,) = [part for part in report.parts if part.kind == "threshold"]
    assert [(side.words, side.state, side.by) for side in threshold.sides] == [
        ("exactly there, or as near as can be", "shown", ("case-1",)),
        ("less, by one step at most", "shown", ("case-2",)),
    ]


def test_what_is_impossible_is_not_required(tmp_path: Path) -> None:
    """A test that can never decide alone is proved so, and does not count as missing."""
    report = covered(
        tmp_path,
        "{any: [{warmth: {above: 30}}, {warmth: {above: 40}}]}",
        f"{{warmth: 31}}, {YES}",
        f"{{warmth: 30}}, {NO}",
        f"{{warmth: 40}}, {YES}",
        f"{{warmth: 41}}, {YES}",
    )
    states = {(part.words, side.words): side.state for part in report.parts for side in part.sides}
    assert states["{warmth: {above: 40}}", HOLDS] == "impossible"
    assert report.ok


def test_a_count_may_be_decided_by_a_test_that_fails(tmp_path: Path) -> None:
    """In a count with an upper bound, a test decides by not holding."""
    condition = "{count: {of: [{dry: true}, {windy: true}], at_most: 1}}"
    report = covered(
        tmp_path,
        condition,
        "{dry: true, windy: true}, " + NO,
        "{dry: true}, " + YES,
        "{windy: true}, " + YES,
    )
    assert missing(report) == []
    assert report.ok


def test_an_unknown_fact_shows_nothing(tmp_path: Path) -> None:
    """An unknown fact neither meets a test nor fails it."""
    report = covered(
        tmp_path, "{dry: true}", f"{{dry: false}}, {NO}", "{dry: {is: true}}, expect: {care: {needed: true}}"
    )
    assert report.ok
    cases = "cases: Cases\nexamples: [{id: nothing-known, expect: {care: {status: undetermined}}}]\n"
    assert not survey(small_packs.load(tmp_path, cases=cases)).ok


def test_only_cases_about_the_decision_count(tmp_path: Path) -> None:
    """A patient who meets a condition shows it only where the case expects something of that decision."""
    pack = small_packs.load(
        tmp_path,
        care=small_packs.rule("{dry: true}"),
        level=small_packs.DECISIONS["level"],
        cases=small_packs.cases("patient: calm, facts: {dry: true}, expect: {level: {points: 2}}"),
    )
    assert "applies: it applies" in missing(survey(pack))


def test_derived_facts_and_constraints_are_covered_too(tmp_path: Path) -> None:
    """A derived fact is covered by cases of decisions that use it, a constraint by rejected and other cases."""
    documents = {
        "derived": "derived: {hot: {when: {warmth: {above: 30}}}, cold: {when: {warmth: {below: 2}}}}",
        "more": "derived: {idle: {when: {dry: true}}, twice: {formula: 2 * warmth}}",
        "constraints": "constraints: [{id: no-dry-frost, never: {cold: true, dry: true}}]",
        "care": small_packs.rule("{hot: true}"),
    }
    report = survey(small_packs.load(tmp_path, **documents))
    assert {part.subject for part in report.parts} == {"hot", "cold", "no-dry-frost", "care.it"}
    drafts = {side.draft for part in report.parts for side in part.sides if part.subject == "no-dry-frost"}
    assert any("expect: refused" in draft for draft in drafts)
    assert any("expect: {care: {needed: false}}" in draft for draft in drafts)


def test_a_limit_is_pinned_where_it_applies(tmp_path: Path) -> None:
    """A bound needs a quantity that just respects it and one that just exceeds it."""
    pack = small_packs.load(tmp_path, amounts=small_packs.DECISIONS["amounts"])
    words = {f"{part.subject} {part.words}: {side.words}" for part in survey(pack).gaps() for side in part.sides}
    assert {
        "amounts.most rings at_most 5: exactly there",
        "amounts.most rings at_most 5: more, by one step at most",
        "amounts.dry rings at_least 2: less, by one step at most",
    } <= words


def test_a_draft_starts_from_the_nearest_named_patient(tmp_path: Path) -> None:
    """What is missing comes with a case, in the words of a case file, that says how it differs from someone known."""
    report = covered(tmp_path, "{warmth: {at_least: 30}, tree: elm}", f"{{tree: elm}}, {NO}")
    assert [side.draft for part in report.gaps() for side in part.sides if side.draft] == [
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-rule\n"
        "    title: care.it applies\n"
        "    patient: calm\n"
        "    facts: {warmth: 30, tree: elm}\n"
        "    expect: {care: {needed: true}}",
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-test\n"
        '    title: "care.it: {tree: elm}, it does not hold, and that alone decides"\n'
        "    patient: calm\n"
        "    facts: {warmth: 30}\n"
        "    expect: {care: {needed: false}}",
        "  # The expected answers are what the rules say now; a clinician must confirm them.\n"
        "  - id: care-it-threshold\n"
        '    title: "care.it: warmth at 30, less, by one step at most"\n'
        "    patient: calm\n"
        "    facts: {warmth: 29}\n"
        "    expect: {care: {needed: false}}",
    ]


@pytest.mark.parametrize("name", small_packs.DECISIONS)
def test_the_cases_it_drafts_leave_nothing_missing(tmp_path: Path, name: str) -> None:
    """Added to a case file, the drafts pass and give full coverage, for every kind of decision."""
    pack = small_packs.load(tmp_path, **{name: small_packs.DECISIONS[name]})
    drafts = [side.draft for part in survey(pack).gaps() for side in part.sides if side.draft]
    pack = small_packs.load(tmp_path, cases="cases: Drafts\nexamples:\n" + "\n".join(drafts) + "\n")
    assert [str(result) for example in pack.model.examples if not (result := cases.run(pack, example)).passed] == []
    assert missing(survey(pack)) == []


def test_what_the_budget_does_not_settle_stays_open(tmp_path: Path) -> None:
    """A search that is cut short does not prove that no such patient exists."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 5}, dry: true}"))
    report = survey(pack, budget=0)
    assert not report.ok
    assert {side.state for part in report.gaps() for side in part.sides} == {"open"}


def test_a_run_ends_by_its_bound_where_functions_take_long(tmp_path: Path) -> None:
    """What it takes to see that numbers fit a function counts for the run, which then drafts no case."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 'abs(rings - 3) * warmth'}}"))
    report = survey(pack, run_budget=1_000)
    assert (report.ok, report.stopped) == (False, "bound")
    assert not [side for part in report.parts for side in part.sides if side.draft]


def test_the_cases_of_the_hip_pack_show_every_rule(hip: hiprun.Pack) -> None:
    """Every rule fires, every test decides alone, every threshold is pinned from both sides."""
    assert [f"{part.place} {part.subject} {part.words}" for part in survey(hip).gaps()] == []


@pytest.mark.parametrize(
    ("condition", "budgets"),
    [
        ("{warmth: {above: 5}, dry: true, fruit: ripe}", range(0, 60, 3)),
        ("{warmth: {above: 2 * rings}, dry: true}", [0, 30, 57, 100_000]),
    ],
)
def test_no_budget_is_too_small_to_answer(tmp_path: Path, condition: str, budgets: Iterable[int]) -> None:
    """Whatever the budget, every gap is open, or missing with or without a case; a larger one settles no less."""
    pack = small_packs.load(tmp_path, care=small_packs.rule(condition))
    drafts = [
        sum(bool(side.draft) for part in survey(pack, budget=budget).parts for side in part.sides) for budget in budgets
    ]
    assert drafts == sorted(drafts)
    assert drafts[0] < drafts[-1]


def test_where_too_much_would_stay_open_a_case_knows_every_fact(tmp_path: Path) -> None:
    """The cases drafted for a score of many facts say all of them, since a few would leave too many scores open."""
    names = [f"sign-{letter}" for letter in "abcdefghijklm"]
    facts = "".join(f"  {name.replace('-', '_')}: {{ask: Is there one?, type: boolean}}\n" for name in names)
    rules = "".join(
        f"  - {{id: {name}, when: {{{name.replace('-', '_')}: true}}, then: {{points: {3**place}}}}}\n"
        for place, name in enumerate(names)
    )
    score = f"decision: score\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{rules}"
    report = survey(small_packs.load(tmp_path, facts=f"facts:\n{facts}", score=score))
    drafts = [side.draft for part in report.parts for side in part.sides if side.draft]
    assert len(drafts) == len(names) + 1
    assert all(f"{name.replace('-', '_')}: " in draft for draft in drafts for name in names)


def test_a_patient_who_is_hard_to_find_leaves_a_gap_without_a_case(tmp_path: Path) -> None:
    """Where sums of fractions have to fit at once no case is drafted, but the gap is shown all the same."""
    height = "  height: {ask: How high?, type: number, range: [0, 100]}\n"
    condition = "{all: [{warmth: 3.1 * height + 5}, {warmth: 70 - 2.3 * height}]}"
    pack = small_packs.load(tmp_path, facts=small_packs.FACTS + height, care=small_packs.rule(condition))
    (rule,) = [part for part in survey(pack).parts if part.kind == "rule"]
    assert [(side.state, side.draft, side.by) for side in rule.sides] == [("missing", "", ())]


def test_a_patient_whom_two_sums_describe_is_found(tmp_path: Path) -> None:
    """Where two sums of whole numbers have to fit at once the patient for the gap is found."""
    report = covered(tmp_path, "{all: [{warmth: 3 * rings + 50}, {warmth: 70 - 2 * rings}]}")
    (rule,) = [part for part in report.parts if part.kind == "rule"]
    assert "{warmth: 62, rings: 4}" in rule.sides[0].draft


def test_a_rule_that_always_conflicts_is_covered_by_a_conflict(tmp_path: Path) -> None:
    """A rule that only applies together with a contradicting one is covered by a case that expects the conflict."""
    care = """\
decision: care
outputs: {number: {type: integer}}
rules:
  - {id: dry, when: {dry: true}, then: {number: 1}}
  - {id: windy, when: {dry: true, windy: true}, then: {number: 2}}
otherwise: {number: 0}
"""
    texts = [side.draft for part in survey(small_packs.load(tmp_path, care=care)).parts for side in part.sides]
    assert any("expect: {care: {status: conflict}}" in text for text in texts)


def test_impossible_named_patients_are_not_used_for_drafts(tmp_path: Path) -> None:
    """Drafts start only from named patients that constraints allow."""
    cases = """\
cases: Cases
patients:
  odd: {warmth: 0, dry: true}
  calm: {warmth: 20, dry: false}
"""
    constraints = "constraints: [{id: no-dry-frost, never: {warmth: {below: 2}, dry: true}}]"
    pack = small_packs.load(
        tmp_path,
        care=small_packs.rule("{dry: true}"),
        constraints=constraints,
        cases=cases,
        tips=small_packs.DECISIONS["tips"],
    )
    texts = [side.draft for part in survey(pack).parts for side in part.sides if side.draft]
    assert any("patient: calm" in text for text in texts)
    assert not any("patient: odd" in text for text in texts)


def test_a_constraint_is_checked_by_whatever_is_expected(tmp_path: Path) -> None:
    """Any case that is not rejected covers a constraint, whatever it expects."""
    constraints = "constraints: [{id: no-dry-frost, never: {warmth: {below: 2}, dry: true}}]"
    pack = small_packs.load(tmp_path, tips=small_packs.DECISIONS["tips"], constraints=constraints)
    texts = [side.draft for part in survey(pack).parts if part.subject == "no-dry-frost" for side in part.sides]
    assert any("expect: {tips: {certain: [" in text for text in texts)


# at a terminal


def run(*arguments: str) -> tuple[int, str]:
    """Run a command and return its exit code and what it printed."""
    result = CliRunner().invoke(application, ["test", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def test_the_command_shows_gaps_and_counts(tmp_path: Path) -> None:
    """What is missing is shown with its place and the case to add; a draft that shows more is named again."""
    covered(tmp_path, "{warmth: {at_least: 30}}", f"{{warmth: 40}}, {YES}")
    code, text = run(str(tmp_path), "--coverage")
    assert code == 1
    assert text.startswith(
        f"1 case: ok\n\n{tmp_path.name}/care.yaml:4:30: care.it\n  {{warmth: {{at_least: 30}}}}\n"
        f"  No case shows: {FAILS}. This one would:\n\n  # The expected answers"
    )
    assert "  No case shows: less, by one step at most. This one would:" in text
    assert text.endswith("\n\n1 of 1 rule fired, 0 of 1 test decisive, 0 of 1 threshold pinned\n")
    assert run(str(tmp_path))[0] == 0


def test_the_command_succeeds_with_full_coverage(tmp_path: Path) -> None:
    """With full coverage, the command prints two lines and exits with 0."""
    covered(tmp_path, "{warmth: {at_least: 30}}", f"{{warmth: 30}}, {YES}", f"{{warmth: 29}}, {NO}")
    assert run(str(tmp_path), "--coverage") == (
        0,
        "2 cases: ok\n1 of 1 rule fired, 1 of 1 test decisive, 1 of 1 threshold pinned\n",
    )


def test_coverage_of_some_cases_only(tmp_path: Path) -> None:
    """With `-k`, coverage is that of the selected cases alone."""
    covered(tmp_path, "{dry: true}", f"{{dry: true}}, {YES}", f"{{dry: false}}, {NO}")
    assert run(str(tmp_path), "--coverage")[0] == 0
    assert run(str(tmp_path), "--coverage", "-k", "case-1")[0] == 1


def test_the_command_prints_json(tmp_path: Path) -> None:
    """Programs get the cases, the counts, and every part with the cases that show it or the one that would."""
    covered(tmp_path, "{dry: true}", f"{{dry: true}}, {YES}")
    code, text = run(str(tmp_path), "--coverage", "--json")
    data = json.loads(text)
    assert code == 1
    assert [case["passed"] for case in data["cases"]] == [True]
    assert data["coverage"]["tests"] == {"covered": 0, "of": 1}
    sides = [side for part in data["coverage"]["parts"] for side in part["sides"]]
    assert sides[0] == {"shows": "it applies", "state": "shown", "by": ["case-1"]}
    assert "expect: {care: {needed: false}}" in sides[-1]["case"]
