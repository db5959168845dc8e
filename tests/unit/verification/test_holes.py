"""Nobody is left out in silence: each claim about holes has a small pack that it fails on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.errors import UnknownNameError
from hiprun.model import All, AnyOf, Arithmetic, Constant, Count, Domain, HasValue, ParameterRef, Ref, Test
from hiprun.verification.bands import Band, band, groups, stretches, ways
from hiprun.verification.claims import Claim
from hiprun.verification.needless_otherwise import notes
from hiprun.verification.uncovered import uncovered
from hiprun.verification.uncovered_text import uncovered_text

from .. import small_packs

LEVEL = "outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}\n"
POINTS = "outputs: {points: {type: integer, worse: higher}}\n"


def decision(name: str, rules: str, rest: str = "", *, hit: str = "unique", outputs: str = LEVEL) -> str:
    """Return a decision, each of its rules in the braces of one line."""
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules.strip().split("\n"))
    return f"decision: {name}\n{outputs}hit: {hit}\nrules:\n{lines}{rest}"


@pytest.fixture
def findings(tmp_path: Path) -> Any:
    """Return a function that verifies a small pack and returns what it finds of one kind."""

    def found(kind: str, *, proved: int | None = None, **documents: str) -> list[Claim]:
        report = hiprun.verify(small_packs.load(tmp_path / "garden", **documents))
        assert report.faults == ()
        here = [claim for claim in report.claims if claim.kind == kind]
        if proved is not None:
            assert sum(claim.holds for claim in here) == proved
        return [claim for claim in here if not claim.holds]

    return found


def one(claims: list[Claim]) -> Claim:
    """Return the only claim."""
    assert len(claims) == 1, claims
    return claims[0]


# rules that are said to cover everyone


def test_without_otherwise_rules_are_proved_to_cover_everyone(findings: Any) -> None:
    """A decision without `otherwise` is refuted with a patient whom no rule covers."""
    few = decision("care", "id: some, when: {rings: {at_most: 3}}, then: {level: mild}")
    claim = one(findings("always-an-answer", care=few))
    assert claim.witnesses[0].facts["rings"] > 3
    more = few + "  - {id: others, when: {rings: {above: 3}}, then: {level: bad}}\n"
    assert findings("always-an-answer", proved=1, care=more) == []


def test_a_hole_ends_in_no_match(tmp_path: Path) -> None:
    """Whoever falls through rules that claim to cover everyone gets no answer."""
    pack = small_packs.load(tmp_path, care=decision("care", "id: some, when: {dry: true}, then: {level: mild}"))
    assert pack.decide("care", {"dry": False}).status == "no_match"
    assert pack.decide("care", {}).status == "undetermined"
    declared = small_packs.load(
        tmp_path, care=decision("care", "id: some, when: {dry: true}, then: {level: mild}", "otherwise: no_match\n")
    )
    assert declared.digest == pack.digest


def test_check_notes_where_otherwise_never_applies(tmp_path: Path) -> None:
    """Only rules that cover everyone for certain are told, and not those that claim so already."""
    rules = "id: dry, when: {dry: true}, then: {level: mild}\nid: wet, when: {dry: false}, then: {level: calm}"
    pack = small_packs.load(
        tmp_path,
        care=decision("care", rules, "otherwise: no_match\n"),
        less=decision("less", rules.split("\n")[0], "otherwise: no_match\n"),
        claims=decision("claims", rules),
        always=decision("always", "id: all, then: {level: mild}"),
        points=decision("points", "id: a, when: {dry: true}, then: {points: 1}", hit="sum", outputs=POINTS),
        adds=decision(
            "adds",
            "id: dry, when: {dry: true}, then: {far: points.points + 1}\nid: wet, when: {dry: false}, then: {far: 1}",
            "otherwise: no_match\n",
            outputs="outputs: {far: {type: number}}\n",
        ),
    )
    assert [(note.code, str(note.place)) for note in notes(pack)] == [
        ("otherwise-never-applies", f"{tmp_path.name}/care.yaml:1:11")
    ]


# an output without a value

SCORE = decision(
    "score",
    "id: few, when: {rings: {at_most: 3}}, then: {points: 0}\n"
    "id: many, when: {rings: {at_least: 5}}, then: {points: 2}",
    "otherwise: no_match\n",
    outputs=POINTS,
)


def test_an_answer_that_a_value_could_have_made_worse_is_refuted(findings: Any) -> None:
    """Four rings have no points, so nothing says that all is calm."""
    care = decision(
        "care", "id: some, when: {score.points: {above: 1}}, then: {level: bad}", "otherwise: {level: calm}\n"
    )
    claim = one(findings("no-match-never-calmer", score=SCORE, care=care))
    assert (claim.subject, claim.witnesses[0].facts["rings"]) == ("care: score", 4)
    assert "`score.points` has no value" in claim.message
    assert [str(rule) for rule in claim.rules] == ["care.some (garden/care.yaml:5:5)"]
    assert claim.witnesses[0].answers == {"score": "no rule matches", "care": "level calm"}


def test_a_missing_date_that_rules_state_is_a_hole_too(findings: Any) -> None:
    """Dates that no rule calculates are compared like those that are."""
    stated = (
        "id: dry, when: {dry: true}, then: {day: 2026-03-01}\nid: windy, when: {windy: true}, then: {day: 2026-05-01}"
    )
    due = decision("due", stated, "otherwise: no_match\n", hit="first", outputs="outputs: {day: {type: date}}\n")
    late = decision(
        "late", "id: past, when: {planted: {above: due.day}}, then: {level: bad}", "otherwise: {level: calm}\n"
    )
    claim = one(findings("no-match-never-calmer", due=due, late=late))
    assert claim.subject == "late: due"
    assert claim.witnesses[0].answers == {"due": "no rule matches", "late": "level calm"}


@pytest.mark.parametrize(
    "rules",
    [
        "id: some, when: {score.points: {above: 1}}, then: {level: bad}\n"
        "id: none, when: {score.points: {has_value: false}}, then: {level: calm}",
        "id: some, when: {score.points: {above: 1}}, then: {level: bad}\n"
        "id: none, when: {unscored: true}, then: {level: mild}",
    ],
    ids=["said-in-the-rule", "said-in-a-derived-fact"],
)
def test_what_a_rule_says_of_a_missing_value_is_meant(findings: Any, rules: str) -> None:
    """A rule with `has_value` that applies answers for those without a value, be it calm."""
    derived = "derived:\n  unscored: {title: Not scored, when: {score.points: {has_value: false}}}\n"
    care = decision("care", rules, "otherwise: {level: calm}\n", hit="worst")
    assert findings("no-match-never-calmer", proved=1, score=SCORE, care=care, derived=derived) == []


def test_a_rule_that_asks_for_a_value_does_not_speak_for_those_without(findings: Any) -> None:
    """`has_value: true` beside a limit says nothing of what comes out where there is none."""
    rules = "id: some, when: {score.points: {has_value: true, above: 1}}, then: {level: bad}"
    care = decision("care", rules, "otherwise: {level: calm}\n")
    pack = {"score": SCORE, "care": care}
    assert findings("no-match-never-calmer", **pack) == []  # the rule asks, and says itself that it does not apply
    loose = rules + "\nid: mild, when: {score.points: {above: 0}}, then: {level: mild}"
    care = decision("care", loose, "otherwise: {level: calm}\n", hit="worst")
    assert one(findings("no-match-never-calmer", score=SCORE, care=care)).status == "refuted"


def test_a_choice_that_no_rule_gives_is_missing_as_well(findings: Any) -> None:
    """Rules may ask whether a decision that gives a choice has given one, and are then proved with that."""
    wet = decision("wet", "id: few, when: {rings: {above: 4}}, then: {level: bad}", "otherwise: no_match\n")
    rule = "id: none, when: {wet.level: {has_value: false}, rings: {above: LIMIT}}, then: {level: bad}"
    care = decision("care", rule, "otherwise: {level: calm}\n")
    assert findings("rule-can-fire", wet=wet, care=care.replace("LIMIT", "3")) == []
    assert one(findings("rule-can-fire", wet=wet, care=care.replace("LIMIT", "4"))).subject == "care.none"


def test_items_and_bounds_that_a_value_could_have_added_are_refuted(findings: Any) -> None:
    """A list or a limit that is shorter where a value is missing is calmer."""
    advice = decision("advice", "id: water, when: {score.points: {above: 1}}, then: {level: bad}", hit="collect")
    limits = "limits: care\nbounds:\n  - {id: most, when: {score.points: {above: 1}}, quantity: warmth, at_most: 30}\n"
    found = findings("no-match-never-calmer", score=SCORE, advice=advice, care=limits)
    assert sorted(claim.subject for claim in found) == ["advice: score", "care: score"]


def test_a_verdict_without_a_value_is_a_hole_too(findings: Any) -> None:
    """Where a limited quantity has no value, its verdict has none, and what rests on that is refuted."""
    limits = "limits: pace\nbounds:\n  - {id: most, quantity: score.points, at_most: 1}\n"
    care = decision("care", "id: far, when: {pace.points: above}, then: {level: bad}", "otherwise: {level: calm}\n")
    found = findings("no-match-never-calmer", score=SCORE, pace=limits, care=care)
    assert [claim.subject for claim in found] == ["care: pace"]


def test_numbers_without_an_order_must_be_the_same(findings: Any) -> None:
    """A number that silently takes the place of one worked out from a missing value is refuted."""
    outputs = "outputs: {litres: {type: number}}\n"
    rules = "id: scored, when: {score.points: {at_least: 0}}, then: {litres: 2 * score.points}"
    care = decision("care", rules, "otherwise: {litres: 0}\n", outputs=outputs)
    assert one(findings("no-match-never-calmer", score=SCORE, care=care)).status == "refuted"
    same = decision("care", rules.replace("2 *", "1 + 0 *"), "otherwise: {litres: 1}\n", outputs=outputs)
    assert findings("no-match-never-calmer", proved=1, score=SCORE, care=same) == []


def test_decisions_between_and_numbers_of_both_are_as_they_are(findings: Any) -> None:
    """What another decision makes of a missing value is its own affair; a number of a decision that answers counts."""
    between = decision(
        "between", "id: a, when: {score.points: {above: 1}}, then: {points: 1}", hit="sum", outputs=POINTS
    )
    rules = "id: a, when: {score.points: {at_least: 1}, between.points: {at_least: 0}}, then: {level: bad}"
    care = decision("care", rules, "otherwise: {level: bad}\n")
    found = findings("no-match-never-calmer", score=SCORE, between=between, care=care)
    assert [claim.subject for claim in found] == ["between: score"]


def test_a_rule_that_cannot_give_its_answer_gives_no_part_of_it(findings: Any) -> None:
    """Where one number of a rule has no value, nothing rests on what else the rule gives."""
    outputs = "outputs: {twice: {type: number}, level: {type: choice, choices: [calm, bad], worse: later}}\n"
    rule = "id: a, then: {{twice: '{}', level: bad}}"
    care = decision(
        "care", "id: a, when: {between.level: bad}, then: {level: bad}", "otherwise: {level: calm}\n", hit="worst"
    )
    for formula in ("2 * score.points", "round(score.points / 3)"):  # a function comes after what it works with
        between = decision("between", rule.format(formula), outputs=outputs)
        found = findings("no-match-never-calmer", proved=2, score=SCORE, between=between, care=care)
        assert found == []
    some = decision("between", rule.format(1), "otherwise: no_match\n", outputs=outputs)
    some = some.replace("id: a,", "id: a, when: {score.points: 2},")
    assert one(findings("no-match-never-calmer", score=SCORE, between=some, care=care)).subject == "care: between"


def test_answers_without_an_order_must_be_the_same(findings: Any) -> None:
    """A choice that silently takes the place of another one is refuted, be it calmer or not."""
    outputs = "outputs: {tree: {type: choice, choices: [oak, elm]}}\n"
    care = decision(
        "care", "id: a, when: {score.points: 2}, then: {tree: elm}", "otherwise: {tree: oak}\n", outputs=outputs
    )
    assert one(findings("no-match-never-calmer", score=SCORE, care=care)).status == "refuted"


def test_answers_that_never_miss_need_no_claim(findings: Any) -> None:
    """Where the other decision always answers there is nothing to prove."""
    score = SCORE.replace("otherwise: no_match", "otherwise: {points: 1}")
    care = decision(
        "care", "id: some, when: {score.points: {above: 1}}, then: {level: bad}", "otherwise: {level: calm}\n"
    )
    assert findings("no-match-never-calmer", proved=0, score=score, care=care) == []


# bands


def bands(*conditions: str, rest: str = "", hit: str = "sum") -> str:
    """Return a score with one rule for each condition."""
    rules = "\n".join(f"id: r{number}, when: {when}, then: {{points: 1}}" for number, when in enumerate(conditions))
    return decision("care", rules, rest, hit=hit, outputs=POINTS)


def test_a_second_gap_is_a_fault(findings: Any) -> None:
    """The widest gap may be what is normal; another one is shown with a patient, and the rules beside it."""
    care = bands("{rings: 0}", "{rings: {between: [4, 6]}}", "{rings: {at_least: 8}}")
    claim = one(findings("bands-meet", care=care))
    assert claim.message == (
        "The bands of `care` leave out `{rings: 7}`, besides `{rings: {at_least: 1, at_most: 3}}`; "
        "only one gap can be the normal band."
    )
    assert [rule.id for rule in claim.rules] == ["r1", "r2"]
    assert claim.witnesses[0].facts["rings"] == 7
    assert findings("bands-meet", proved=1, care=care.replace("at_least: 8", "at_least: 7")) == []


def test_a_gap_beside_something_else_is_told_with_it(findings: Any) -> None:
    """Bands for some patients are looked at together with those for all."""
    care = bands("{rings: 0}", "{rings: {between: [3, 4]}}", "{dry: true, rings: {at_least: 6}}")
    claim = one(findings("bands-meet", care=care))
    assert "`{rings: 5}` where [{dry: true}]" in claim.message
    wet = bands("{rings: 0}", "{rings: {between: [3, 4]}}", "{not: {dry: true}, rings: {at_least: 6}}")
    assert "where [{not: {dry: true}}]" in one(findings("bands-meet", care=wet)).message


def test_the_same_gap_is_told_once(findings: Any) -> None:
    """Who asks for more beside the number is in the gap of all others already."""
    care = bands("{rings: 0}", "{rings: {between: [3, 4]}}", "{rings: {at_least: 6}}", "{dry: true, rings: {above: 7}}")
    assert one(findings("bands-meet", care=care)).subject == "care: {rings: 5}"


def test_a_gap_that_another_rule_fills_is_none(findings: Any) -> None:
    """A rule that asks about the number in another way covers as well."""
    filled = "{any: [{rings: 5, dry: true}, {rings: 5, dry: false}]}"
    care = bands("{rings: 0}", "{rings: {between: [3, 4]}}", "{rings: {at_least: 6}}", filled)
    assert findings("bands-meet", proved=1, care=care) == []


def test_a_gap_narrower_than_a_step_of_its_limits_is_a_fault(findings: Any) -> None:
    """Between below 83 and at least 84 there is no band, though 83.5 is there."""
    care = bands("{warmth: {below: 28}}", "{warmth: {at_least: 28, below: 83}}", "{warmth: {at_least: 84}}")
    claim = one(findings("bands-meet", care=care))
    assert "a stretch no wider than one step of its limits" in claim.message
    assert findings("bands-meet", proved=1, care=care.replace("below: 83", "below: 82.9").replace("28", "20.5")) == []


def test_outputs_of_other_decisions_are_cut_into_bands_too(findings: Any) -> None:
    """A total that no band has is shown with a patient who comes to it, and one that nobody comes to is none."""
    points = bands("{dry: true}", "{windy: true}", "{fruit: rotten}", "{rings: {above: 4}}").replace("care", "total")
    care = decision(
        "care",
        "id: a, when: {total.points: {at_most: 0}}, then: {level: calm}\n"
        "id: b, when: {total.points: 2}, then: {level: mild}\n"
        "id: c, when: {total.points: {at_least: 4}}, then: {level: bad}",
        "otherwise: {level: mild}\n",
    )
    claim = one(findings("bands-meet", total=points, care=care))
    assert claim.subject == "care: {total.points: 3}"
    assert findings("bands-meet", total=points, care=care.replace("at_least: 4", "at_least: 7")) != []


def test_where_outputs_may_be_left_out_bands_are_those_of_one_output(findings: Any) -> None:
    """Rules that raise different outputs do not leave gaps for each other."""
    outputs = "outputs:\n  level: {type: boolean, worse: true}\n  more: {type: boolean, worse: true}\n"
    rules = (
        "id: a, when: {rings: 0}, then: {level: true}\nid: b, when: {rings: {between: [3, 4]}}, then: {more: true}\n"
        "id: c, when: {rings: {at_least: 6}}, then: {level: true}"
    )
    rest = "otherwise: {level: false, more: false}\n"
    care = decision("care", rules, rest, hit="worst", outputs=outputs)
    assert findings("bands-meet", proved=1, care=care) == []
    both = care.replace("{more: true}}", "{more: true, level: true}}")
    assert one(findings("bands-meet", care=both)).subject == "care: {rings: 5}"


def test_days_are_cut_into_bands_too(findings: Any) -> None:
    """A second stretch of days that no rule covers is shown with one of these days."""
    care = bands(
        "{planted: {below: 2022-01-01}}",
        "{planted: {at_least: 2023-01-01, below: 2024-01-01}}",
        "{planted: {at_least: 2024-02-01}}",
    )
    claim = one(findings("bands-meet", care=care))
    assert "leave out `{planted: {at_least: 2024-01-01, at_most: 2024-01-31}}`, besides" in claim.message
    assert str(claim.witnesses[0].facts["planted"]).startswith("2024-01")
    assert findings("bands-meet", proved=1, care=care.replace("2024-02-01", "2024-01-01")) == []


def test_bands_under_limits_meet_on_each_side_of_a_quantity(findings: Any) -> None:
    """Where bounds on one side leave out a second stretch, nothing bounds the quantity there."""
    bounds = "limits: care\nbounds:\n" + "".join(
        f"  - {{id: r{number}, when: {{rings: {when}}}, quantity: warmth, {side}: {limit}}}\n"
        for number, (when, side, limit) in enumerate(
            [
                ("0", "at_most", 20),
                ("{between: [3, 4]}", "at_most", 30),
                ("{at_least: 6}", "at_most", 40),
                ("{between: [1, 2]}", "at_least", 5),
                ("5", "at_least", 10),
            ]
        )
    )
    claim = one(findings("bands-meet", care=bounds))
    assert claim.message.startswith("The bands of `care` leave out `{rings: 5}`, besides")
    assert claim.help == "Move a limit, or add a bound."
    assert findings("bands-meet", care=bounds.replace("between: [3, 4]", "between: [3, 5]")) == []


def test_bands_whose_limits_are_facts_meet_for_everyone(findings: Any) -> None:
    """A patient whose own limits leave out two stretches is shown, in the second of them."""
    care = bands(
        "{warmth: {below: 2 * rings}}",
        "{warmth: {between: [3 * rings, 5 * rings]}}",
        "{warmth: {above: 6 * rings}}",
    )
    claim = one(findings("bands-meet", care=care))
    facts = claim.witnesses[0].facts
    assert 5 * facts["rings"] < facts["warmth"] <= 6 * facts["rings"]
    assert "only one gap can be the normal band" in claim.message
    assert findings("bands-meet", proved=1, care=care.replace("above: 6", "above: 5")) == []
    filled = "{any: [{dry: true, warmth: {above: 5 * rings}}, {dry: false, warmth: {above: 5 * rings}}]}"
    assert findings("bands-meet", care=care.replace("{warmth: {above: 6 * rings}}", filled)) == []


def test_whole_numbers_whose_limits_are_facts_are_named_as_they_are(findings: Any) -> None:
    """Where the limits of a whole number are facts, the gap that is shown is the number of that patient."""
    care = bands(
        "{rings: {below: warmth}}", "{rings: {between: [2 * warmth, 3 * warmth]}}", "{rings: {above: 4 * warmth}}"
    )
    claim = one(findings("bands-meet", care=care))
    facts = claim.witnesses[0].facts
    assert 3 * facts["warmth"] < facts["rings"] <= 4 * facts["warmth"]
    assert claim.message.startswith(f"The bands of `care` leave out `{{rings: {facts['rings']}}}`, besides `{{rings: ")


def test_the_first_patient_whose_own_limits_leave_two_gaps_is_enough(findings: Any) -> None:
    """Where the same limits leave gaps beside several other facts, one of these is shown."""
    limits = ("{below: 2 * rings}", "{between: [3 * rings, 5 * rings]}", "{above: 6 * rings}")
    care = bands(*(f"{{dry: {dry}, warmth: {limit}}}" for dry in ("true", "false") for limit in limits))
    claim = one(findings("bands-meet", care=care))
    assert claim.witnesses[0].facts["dry"] is True
    assert "where [{dry: true}], besides" in claim.message


def test_limits_may_be_functions_of_parameters(findings: Any) -> None:
    """A limit that a function works out from parameters is the number it comes to; one of an output is no band."""
    care = bands("{rings: 0}", "{rings: {between: [3, 4]}}", "{rings: {at_least: 'max(top, LAST)'}}")
    claim = one(findings("bands-meet", care=care.replace("LAST", "6"), parameters=SETTING))
    assert claim.subject == "care: {rings: 5}"
    assert findings("bands-meet", proved=1, care=care.replace("LAST", "5"), parameters=SETTING) == []
    total = bands("{dry: true}").replace("care", "total")
    other = care.replace("max(top, LAST)", "max(total.points, 6)")
    assert findings("bands-meet", proved=1, care=other, total=total) == []


def test_bands_whose_limits_are_facts_stay_open_within_a_small_budget(tmp_path: Path) -> None:
    """What the prover cannot settle about limits that are facts is not called proved."""
    care = bands("{warmth: {below: 2 * rings}}", "{warmth: {between: [30, 50]}}", "{warmth: {above: 60 + rings}}")
    pack = small_packs.load(tmp_path, care=care)
    (claim,) = (claim for claim in hiprun.verify(pack, budget=1).claims if claim.kind == "bands-meet")
    assert claim.status == "unproved"


GAP = "gaps:\n  - {when: {rings: WHEN}, because: It cannot be read off.}\n"


def test_a_gap_that_is_meant_is_named_and_proved(findings: Any) -> None:
    """What the file names is no fault, and refuted where it is not that very gap."""
    care = bands("{rings: 0}", "{rings: {between: [4, 6]}}", "{rings: {at_least: 8}}")
    meant = care + GAP.replace("WHEN", "7")
    assert findings("bands-meet", proved=1, care=meant) == []
    assert findings("gap-as-meant", proved=1, care=meant) == []
    claim = one(findings("gap-as-meant", care=care + GAP.replace("WHEN", "{between: [6, 7]}")))
    assert claim.message == "`{rings: {between: [6, 7]}}` is not a gap between the bands of `care`."
    assert str(claim.place) == "garden/care.yaml:9:5"
    other = care + "gaps:\n  - {when: {dry: true}, because: Rain.}\n"
    assert one(findings("gap-as-meant", care=other)).status == "refuted"


SETTING = "parameters:\n  top: {value: 3, type: integer, range: [1, 3]}\n"


def test_bands_meet_in_every_setting(findings: Any) -> None:
    """A gap that opens only in another setting is refuted with that setting, unless it is meant."""
    care = bands("{rings: {between: [0, top]}}", "{rings: {between: [4, 5]}}", "{rings: {at_least: 8}}")
    claim = one(findings("bands-meet", care=care, parameters=SETTING))
    assert dict(claim.setting) != {}
    assert claim.witnesses[0].facts["rings"] in (2, 3, 6, 7)
    meant = care + "gaps:\n  - {when: {rings: {above: top, below: 4}}, because: A clinic may wait.}\n"
    assert findings("bands-meet", proved=1, care=meant, parameters=SETTING.replace("3, type", "2, type")) == []
    near = care.replace("at_least: 8", "at_least: 6")
    assert findings("bands-meet", proved=1, care=near, parameters=SETTING) == []


def test_bands_that_other_rules_fill_in_one_setting_stay_open(tmp_path: Path) -> None:
    """Where a second gap is filled in the setting that was tried, nothing is said of the others."""
    filled = "{any: [{rings: {between: [1, 3]}, dry: true}, {rings: {between: [1, 3]}, dry: false}]}"
    care = bands("{rings: {between: [0, top]}}", "{rings: {between: [4, 5]}}", "{rings: {at_least: 8}}", filled)
    pack = small_packs.load(tmp_path, care=care, parameters=SETTING)
    (claim,) = (claim for claim in hiprun.verify(pack).claims if claim.kind == "bands-meet")
    assert claim.status == "unproved"


def test_a_small_budget_leaves_claims_open(tmp_path: Path) -> None:
    """What the budget does not suffice for is neither proved nor refuted."""
    care = bands("{warmth: {below: rings + top}}", "{warmth: {between: [20, 30]}}", "{warmth: {above: 40 + top}}")
    both = decision("more", "id: a, when: {warmth: {above: 2 * rings}, dry: true}, then: {points: 1}", hit="sum")
    pack = small_packs.load(tmp_path, care=care, more=both.replace(LEVEL, POINTS), parameters=SETTING)
    report = hiprun.verify(pack, budget=1)
    for kind in ("part-can-decide", "bands-meet"):
        assert {claim.status for claim in report.claims if claim.kind == kind} == {"unproved"}
    (found, _) = uncovered(pack, budget=1)
    assert "the budget was too small" in " ".join(uncovered_text(pack.model, found))


X = Ref("fact", "x")
NUMBER = Domain("integer", lowest=0, highest=9)


def at(operator: str, *numbers: int) -> Test:
    """Return a test of a number."""
    return Test(X, operator, tuple(map(Constant, numbers)))


def test_ways_to_meet_a_condition() -> None:
    """Groups are multiplied out, with what must not hold turned around; too many ways are none."""
    low, high, other = at("below", 2), at("above", 5), Test(Ref("fact", "y"), "is", (True,))
    condition = All((AnyOf((low, high)), other))
    assert ways(condition) == [((low, True), (other, True)), ((high, True), (other, True))]
    assert ways(condition, holds=False) == [((low, False), (high, False)), ((other, False),)]
    many = All(tuple(AnyOf((low, high)) for _ in range(7)))
    assert ways(many) is None
    assert ways(AnyOf((many, low))) is None
    count = Count((low, other), 1, 1)
    assert ways(count) == [((count, True),)]


def test_a_band_is_what_is_asked_of_the_number_alone() -> None:
    """What depends on the patient, or asks nothing of the number by itself, is no band."""
    other = HasValue(Ref("output", "a", "b"))
    found = band(((at("at_most", 4), False), (other, True)), X, NUMBER, {})
    assert isinstance(found, Band)
    assert (found.region, found.rest) == ((((5, 0), (10, 0)),), frozenset({(other, True)}))
    assert band(((other, True),), X, NUMBER, {}) is None
    half = Arithmetic("/", Arithmetic("+", ParameterRef("top"), Constant(3)), Constant(2))
    found = band(((Test(X, "above", (half,)), True),), X, NUMBER, {"top": 2})
    assert found is not None
    assert found.region == (((3, 0), (10, 0)),)
    beside = Arithmetic("*", Ref("fact", "y"), Constant(2))
    assert band(((Test(X, "above", (beside,)), True),), X, NUMBER, {}) is None
    assert band(((Test(X, "above", (Ref("derived", "z"),)), True),), X, NUMBER, {}) is None
    assert band(((Count((at("is", 4),), 1, 1), True), (at("is", 4), True)), X, NUMBER, {}) is None
    assert band(((Test(X, "at_least", (Ref("fact", "y"),)), True),), X, NUMBER, {}) is None
    points = [Band((((n, 0), (n + 1, 0)),), frozenset(), compares=False) for n in (1, 5)]
    assert list(groups(points)) == []
    (gap,) = stretches((((1, 0), (2, 0)), ((5, 0), (6, 0))), NUMBER)
    assert (gap.start, gap.end, gap.width, gap.narrow) == ((2, 0), (5, 0), 3, False)


# whom no rule covers


def test_boxes_are_in_the_words_of_the_facts(tmp_path: Path) -> None:
    """A box is said as a condition and in the words of questions, with a patient and a case."""
    care = decision(
        "care",
        "id: a, when: {warmth: {above: 30}}, then: {level: bad}\nid: b, when: {dry: true}, then: {level: mild}\n"
        "id: c, when: {fruit: rotten}, then: {level: mild}\n"
        "id: d, when: {guests: {includes: wasps}}, then: {level: mild}\n"
        "id: e, when: {not: {tree: oak}}, then: {level: mild}\nid: f, when: {owner: al}, then: {level: mild}\n"
        "id: g, when: {planted: {below: 2024-01-01}}, then: {level: mild}\n"
        "id: h, when: {not: {guests: {includes: mice}}}, then: {level: mild}\n"
        "id: i, when: {not: {rings: 3}}, then: {level: bad}",
        "otherwise: {level: calm}\n",
        hit="worst",
    )
    pack = small_packs.load(tmp_path, care=care)
    (found,) = uncovered(pack, ["care"])
    (box,) = found.boxes
    assert found.whole
    assert box.when == {
        "warmth": {"at_most": 30},
        "rings": 3,
        "fruit": {"one_of": ["green", "ripe"]},
        "tree": "oak",
        "guests": {"includes_none": ["wasps"], "includes_all": ["mice"]},
        "dry": False,
        "planted": box.when["planted"],
        "owner": {"none_of": ["al"]},
    }
    text = "\n".join(uncovered_text(pack.model, found))
    for words in (
        "How warm? at most 30.",
        "How many rings? 3.",
        "How ripe? green or ripe.",
        "Which tree? oak.",
        "Who is in it? without wasps and with mice.",
        "Is it dry? No.",
        "When was it planted? at least 2024-01-01.",
        "Whose is it? anything but al.",
        "- id: care-covered-by-no-rule-1",
    ):
        assert words in text


def test_limits_that_depend_on_other_facts_leave_single_values(tmp_path: Path) -> None:
    """Where no box fits beside a formula, those found are values, and more are left."""
    care = decision(
        "care", "id: a, when: {warmth: {above: 3 * rings}}, then: {level: bad}", "otherwise: {level: calm}\n"
    )
    pack = small_packs.load(tmp_path, care=care)
    (found,) = uncovered(pack, most=2)
    assert (len(found.boxes), found.whole) == (2, False)
    assert "There are more." in list(uncovered_text(pack.model, found))


def test_limits_that_run_across_leave_a_box_beside_them(tmp_path: Path) -> None:
    """A text that rules name is named, and boxes are plain data too."""
    care = decision("care", "id: a, when: {not: {owner: al}}, then: {level: bad}", "otherwise: {level: calm}\n")
    (found,) = uncovered(small_packs.load(tmp_path, care=care))
    data = found.to_dict()
    assert (data["decision"], data["whole"]) == ("care", True)
    assert [(box["when"], box["share"]) for box in data["boxes"]] == [({"owner": "al"}, 0.5)]


def test_a_number_without_a_range_takes_half(tmp_path: Path) -> None:
    """How large a side is that has no end cannot be told."""
    facts = "facts:\n  depth: {ask: How deep?, type: number}\n"
    care = decision("care", "id: a, when: {depth: {above: 3}}, then: {level: bad}", "otherwise: {level: calm}\n")
    (found,) = uncovered(small_packs.load(tmp_path, facts=facts, care=care))
    assert [(box.when, float(box.share)) for box in found.boxes] == [({"depth": {"at_most": 3}}, 0.5)]


def test_decisions_that_cover_everyone_say_so(tmp_path: Path) -> None:
    """No box is no gap, unless the budget was too small."""
    care = decision(
        "care", "id: a, when: {dry: true}, then: {level: bad}\nid: b, when: {dry: false}, then: {level: mild}"
    )
    pack = small_packs.load(tmp_path, care=care)
    (found,) = uncovered(pack)
    assert list(uncovered_text(pack.model, found)) == ["care: its rules cover everyone."]
    with pytest.raises(UnknownNameError):
        uncovered(pack, ["car"])


def test_everyone_is_a_box(tmp_path: Path) -> None:
    """Rules that never apply leave everyone."""
    care = decision("care", "id: a, when: {rings: {above: 9}}, then: {level: bad}", "otherwise: {level: calm}\n")
    pack = small_packs.load(tmp_path, care=care)
    (found,) = uncovered(pack)
    assert [box.when for box in found.boxes] == [{}]
    assert "  1. everyone" in list(uncovered_text(pack.model, found))


# parts of conditions


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "{any: [{warmth: {at_least: 60}}, {warmth: {at_least: 40}}]}",
            "`{warmth: {at_least: 60}}` never decides: beside [{warmth: {at_least: 40}}] it adds nobody.",
        ),
        (
            "{rings: {at_least: 5}, not: {rings: {below: 3}}}",
            "`{not: {rings: {below: 3}}}` never decides: beside [{rings: {at_least: 5}}] it always holds.",
        ),
        (
            "{count: {of: [dry: true, dry: true, windy: true], at_least: 3}}",
            None,
        ),
        (
            "{count: {of: [{rings: {above: 9}}, {dry: true}], at_least: 1}}",
            "`{rings: {above: 9}}` never decides: beside [{dry: true}] it never changes whether the number is reached.",
        ),
        (
            "{any: [{warmth: {at_least: 40}}, {dry: true, any: [{warmth: {at_least: 60}}, {windy: true}]}]}",
            "`{warmth: {at_least: 60}}` never decides: beside [{windy: true}] it adds nobody.",
        ),
    ],
)
def test_a_part_that_never_decides_is_refuted(findings: Any, condition: str, message: str | None) -> None:
    """A part that adds nobody, or takes nobody away, is named with its place."""
    care = decision("care", f"id: a, when: {condition}, then: {{level: bad}}", "otherwise: {level: calm}\n")
    found = findings("part-can-decide", care=care)
    if message is None:
        assert found
        return
    claim = one(found)
    assert claim.message == message
    assert str(claim.place).startswith("garden/care.yaml:5:")


def test_parts_of_derived_facts_are_looked_at_too(findings: Any) -> None:
    """A derived fact is named without a decision."""
    derived = "derived:\n  hot: {title: Hot, when: {any: [{warmth: {above: 60}}, {warmth: {above: 40}}]}}\n"
    care = decision("care", "id: a, when: {hot: true}, then: {level: bad}", "otherwise: {level: calm}\n")
    claim = one(findings("part-can-decide", derived=derived, care=care))
    assert (claim.subject, claim.decision) == ("hot: {warmth: {above: 60}}", "")


def test_many_parts_beside_are_not_quoted(findings: Any) -> None:
    """A long list beside a part is not repeated."""
    parts = ", ".join(f"{{warmth: {{at_least: {number}}}}}" for number in (60, 40, 61, 62))
    care = decision("care", f"id: a, when: {{any: [{parts}]}}, then: {{level: bad}}", "otherwise: {level: calm}\n")
    messages = [claim.message for claim in findings("part-can-decide", care=care)]
    assert "`{warmth: {at_least: 60}}` never decides: beside the other parts it adds nobody." in messages
