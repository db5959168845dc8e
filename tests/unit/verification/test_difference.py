"""What differs between two versions of a small pack, and who would notice."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.verification.difference_result import AnswerChange, DecisionDifference, Difference
from hiprun.verification.difference_text import difference_text

from .. import small_packs

LEVELS = "outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}"
CARE = f"""\
decision: care
{LEVELS}
hit: worst
rules:
  - {{id: dry, when: {{dry: true}}, then: {{level: mild}}}}
  - {{id: hot, when: {{warmth: {{at_least: 50}}}}, then: {{level: bad}}}}
otherwise: {{level: calm}}
"""


@pytest.fixture
def compare(tmp_path: Path) -> Any:
    """Return a function that compares two versions of a pack, each given by its documents."""

    number = count()

    def compared(old: dict[str, str], new: dict[str, str], **options: Any) -> Difference:
        packs = [small_packs.load(tmp_path / str(next(number)) / "garden", **said) for said in (old, new)]
        difference = hiprun.diff(*packs, **options)
        assert difference.faults == ()
        return difference

    return compared


def of(difference: Difference, decision: str) -> DecisionDifference:
    """Return what became of one decision."""
    return next(each for each in difference.decisions if each.decision == decision)


def said(difference: Difference, decision: str = "care") -> list[tuple[str, str]]:
    """Return the changes of a decision: direction and from → to."""
    return [(change.direction, change.what) for change in of(difference, decision).changes]


def change(difference: Difference, decision: str = "care") -> AnswerChange:
    """Return the only change of a decision."""
    (found,) = of(difference, decision).changes
    return found


def test_another_wording_is_proved_to_be_the_same(compare: Any) -> None:
    """Rules in another order and other words that mean the same are the same for every patient."""
    other = CARE.replace("{dry: true}, then", "{not: {dry: false}}, then").replace("at_least: 50", "between: [50, 100]")
    difference = compare({"care": CARE}, {"care": other})
    assert of(difference, "care").status == "equivalent"
    assert difference.equivalent
    assert not difference.may_be_calmer
    assert difference_text(difference).endswith("Every patient gets the same answers as before.")


def test_a_lowered_limit_is_stricter(compare: Any) -> None:
    """Each from → to comes with its direction, an example, the rules behind it and a case to paste."""
    difference = compare({"care": CARE}, {"care": CARE.replace("at_least: 50", "at_least: 40")})
    assert sorted(said(difference)) == [("stricter", "level: calm → bad"), ("stricter", "level: mild → bad")]
    found = next(each for each in of(difference, "care").changes if each.what == "level: calm → bad")
    assert 40 <= found.facts["warmth"] < 50
    assert (found.before, found.after) == ("level calm", "level bad")
    assert found.matters == ("warmth",)
    assert (found.rules_before, [str(rule) for rule in found.rules_after]) == ((), ["care.hot (garden/care.yaml:6:5)"])
    assert "care: {level: bad}" in found.case
    assert not difference.may_be_calmer
    assert difference_text(difference).endswith("Nobody gets a calmer answer than before.")


def test_a_deleted_rule_is_calmer(compare: Any) -> None:
    """What gets calmer is said to, and counts for whoever asked to be stopped by it."""
    rule = "  - {id: dry, when: {dry: true}, then: {level: mild}}\n"
    difference = compare({"care": CARE}, {"care": CARE.replace(rule, "")})
    assert said(difference) == [("calmer", "level: mild → calm")]
    assert [rule.id for rule in change(difference).rules_before] == ["dry"]
    assert difference.may_be_calmer


def test_several_outputs_change_together(compare: Any) -> None:
    """Changes are grouped by the whole answer, and one that is both stricter and calmer is mixed."""
    outputs = (
        "outputs: {level: {type: choice, choices: [calm, bad], worse: later}, "
        "act: {type: boolean, worse: true}, note: {type: choice, choices: [a, b]}}"
    )
    old = (
        f"decision: care\n{outputs}\nhit: first\nrules:\n"
        f"  - {{id: dry, when: {{dry: true}}, then: {{level: bad, act: false, note: a}}}}\n"
        f"otherwise: {{level: calm, act: false, note: a}}\n"
    )
    mixed = compare(
        {"care": old}, {"care": old.replace("{level: bad, act: false, note: a}", "{level: calm, act: true, note: a}")}
    )
    assert said(mixed) == [("mixed", "level: bad → calm, act: false → true")]
    assert mixed.may_be_calmer
    other = compare(
        {"care": old}, {"care": old.replace("{level: bad, act: false, note: a}", "{level: bad, act: false, note: b}")}
    )
    assert said(other) == [("different", "note: a → b")]


def test_a_parameter_is_behind_a_change(compare: Any) -> None:
    """A parameter that is set otherwise is named, and so are the rules that use it, in either version."""
    care = CARE.replace("at_least: 50", "at_least: heat")
    numbers = "parameters:\n  heat: {value: 50, range: [20, 60]}\n"
    difference = compare(
        {"care": care, "parameters": numbers}, {"care": care, "parameters": numbers.replace("50", "60", 1)}
    )
    assert difference.notes == ("The parameter `heat` was 50 and is now 60.",)
    assert {direction for direction, _ in said(difference)} == {"calmer"}
    assert "parameters.yaml" in of(difference, "care").files


def test_numbers_are_more_or_less_than_before(compare: Any) -> None:
    """Numbers that follow from facts are compared as more and less, fixed ones as they stand."""
    care = (
        "decision: care\noutputs: {litres: {type: number, worse: higher}}\n"
        "hit: first\nrules:\n  - {id: any, then: {litres: 2 * warmth}}\n"
    )
    difference = compare({"care": care}, {"care": care.replace("2 * warmth", "warmth + 30")})
    assert sorted(said(difference)) == [
        ("calmer", "litres: less than before"),
        ("stricter", "litres: more than before"),
    ]
    points = (
        "decision: care\noutputs: {points: {type: integer}}\nhit: sum\n"
        "rules:\n  - {id: dry, when: {dry: true}, then: {points: 3}}\n"
    )
    difference = compare({"care": points}, {"care": points.replace("3}", "2}")})
    assert said(difference) == [("different", "points: less than before")]
    table = (
        "decision: care\noutputs: {litres: {type: number}}\ntable:\n"
        "  - [tree, litres]\n  - [oak, 2.5]\n  - [elm, 1]\notherwise: no_match\n"
    )
    difference = compare({"care": table}, {"care": table.replace("2.5", "3").replace("elm", "ash")})
    assert sorted(said(difference)) == [
        ("different", "an answer → no answer"),
        ("different", "litres: 2.5 → 3"),
        ("different", "no answer → an answer"),
    ]


def test_a_conflict_is_an_ending_of_its_own(compare: Any) -> None:
    """Rules that begin to contradict each other are a change."""
    care = CARE.replace("worst", "unique").replace("dry: true", "dry: true, warmth: {below: 50}")
    difference = compare({"care": care}, {"care": care.replace("below: 50", "at_most: 50")})
    assert said(difference) == [("different", "an answer → a conflict")]


def test_lists_are_compared_item_by_item(compare: Any) -> None:
    """Items that come, go or say something else are told apart."""
    care = """\
decision: care
outputs: {task: {type: choice, choices: [water, prune, wait]}, litres: {type: number, optional: true}}
hit: collect
rules:
  - {id: dry, when: {dry: true}, then: {task: water, litres: 2}}
  - {id: hot, when: {warmth: {above: 50}}, then: {task: water}}
  - {id: old, when: {rings: {above: 5}}, then: {task: prune}}
"""
    new = care.replace("litres: 2", "litres: warmth").replace("above: 50", "above: 60").replace("{id: old", "{id: aged")
    difference = compare({"care": care}, {"care": new})
    assert said(difference) == [
        ("different", "dry: says something else"),
        ("different", "hot: listed → not listed"),
        ("different", "old: listed → not listed"),
        ("different", "aged: not listed → listed"),
    ]
    first, second = of(difference, "care").changes[:2]
    assert first.before == "dry {task: water, litres: 2}"
    assert second.after == "hot is not listed"


def test_limits_get_tighter_and_looser(compare: Any) -> None:
    """Bounds are compared by what they allow, and verdicts with them."""
    care = (
        "limits: care\nbounds:\n  - {id: most, quantity: warmth, at_most: 50}\n"
        "  - {id: least, when: {dry: true}, quantity: warmth, at_least: 5}\n"
    )
    new = care.replace("at_most: 50", "at_most: 40").replace("at_least: 5", "at_least: 3")
    difference = compare({"care": care}, {"care": new})
    assert said(difference) == [
        ("different", "warmth: below → within"),
        ("different", "warmth: within → above"),
        ("stricter", "warmth, at most: tighter"),
        ("calmer", "warmth, at least: looser"),
    ]
    assert difference.may_be_calmer
    gone = care[: care.index("  - {id: least")]
    assert ("calmer", "warmth, at least: looser") in said(compare({"care": care}, {"care": gone}))
    assert ("stricter", "warmth, at least: tighter") in said(compare({"care": gone}, {"care": care}))


def test_what_cannot_be_compared_is_said_to_be_so(compare: Any) -> None:
    """New and deleted decisions and outputs, and facts or answers of another kind, are never called the same."""
    more = {"care": CARE, "more": CARE.replace("care", "more", 1)}
    difference = compare({"care": CARE}, more)
    assert (of(difference, "more").status, difference.may_be_calmer) == ("added", False)
    difference = compare(more, {"care": CARE})
    assert (of(difference, "more").status, difference.may_be_calmer) == ("removed", True)
    facts = small_packs.FACTS.replace("warmth: {ask: How warm?, type: number", "warmth: {ask: How warm?, type: integer")
    difference = compare({"care": CARE}, {"care": CARE, "facts": facts})
    assert of(difference, "care").status == "incomparable"
    assert "other values" in difference.notes[0]
    listed = CARE.replace("hit: worst", "hit: collect").replace("otherwise: {level: calm}\n", "")
    assert of(compare({"care": CARE}, {"care": listed}), "care").status == "incomparable"
    wider = (
        CARE.replace("worse: later}}", "worse: later}, act: {type: boolean, worse: true}}")
        .replace("level: mild}", "level: mild, act: true}")
        .replace("level: bad}", "level: bad, act: true}")
        .replace("level: calm}", "level: calm, act: false}")
    )
    difference = compare({"care": CARE}, {"care": wider})
    assert (of(difference, "care").status, of(difference, "care").notes) == ("changed", ("It now gives `act`.",))
    assert "  It now gives `act`." in difference_text(difference).split("\n")
    assert of(compare({"care": wider}, {"care": CARE}), "care").notes == ("It no longer gives `act`.",)


def test_facts_and_choices_come_and_go(compare: Any) -> None:
    """Patients are compared whom both versions take; what is new or gone is said."""
    old = {
        "care": CARE.replace("{dry: true}", "{fruit: rotten}"),
        "facts": small_packs.FACTS.replace("  windy: {ask: Is it windy?, type: boolean}\n", ""),
    }
    facts = small_packs.FACTS.replace("choices: [green, ripe, rotten]", "choices: [green, ripe, soft, rotten]").replace(
        "  rings: {ask: How many rings?, type: integer, range: [0, 9]}\n", ""
    )
    difference = compare(
        old, {"care": CARE.replace("{dry: true}", "{fruit: {at_least: soft}, windy: true}"), "facts": facts}
    )
    assert {"The fact `rings` is gone.", "The fact `windy` is new."} <= set(difference.notes)
    assert said(difference) == [("calmer", "level: mild → calm")]
    assert change(difference).facts["windy"] is False
    numbers = "parameters:\n  heat: {value: 50, range: [20, 60]}\n"
    care = CARE.replace("at_least: 50", "at_least: heat")
    assert compare({"care": CARE}, {"care": care, "parameters": numbers}).notes == ("The parameter `heat` is new.",)
    assert compare({"care": care, "parameters": numbers}, {"care": CARE}).notes == ("The parameter `heat` is gone.",)


def test_texts_that_only_one_version_names_are_compared(compare: Any) -> None:
    """A text that one version asks about is tried on both."""
    care = CARE.replace("{dry: true}", "{owner: ann}")
    difference = compare({"care": care}, {"care": care.replace("owner: ann", "owner: {one_of: [ann, bob]}")})
    assert said(difference) == [("stricter", "level: calm → mild")]
    assert change(difference).facts["owner"] == "bob"


def test_constraints_decide_which_patients_there_are(compare: Any) -> None:
    """Whom only one version refuses is a change of its own; answers are compared for everyone else."""
    one = "constraints:\n  - {id: one, never: {warmth: {above: 80}, dry: false}, because: No.}\n"
    other = "constraints:\n  - {id: one, never: {warmth: {above: 80}, windy: true}, because: No.}\n"
    difference = compare({"care": CARE, "constraints": one}, {"care": CARE, "constraints": other})
    assert said(difference, "") == [("different", "accepted → refused"), ("different", "refused → accepted")]
    assert of(difference, "care").status == "equivalent"
    assert (
        of(compare({"care": CARE, "constraints": one}, {"care": CARE, "constraints": one}), "").status == "equivalent"
    )
    facts = small_packs.FACTS.replace("warmth: {ask: How warm?, type: number", "warmth: {ask: How warm?, type: integer")
    retyped = compare({"care": CARE, "constraints": one}, {"care": CARE, "constraints": one, "facts": facts})
    assert of(retyped, "").status == "incomparable"


def test_cases_that_notice_are_named(compare: Any) -> None:
    """A case that holds for one version and fails for the other notices the change that its patient shows."""
    told = small_packs.cases(
        "patient: calm, facts: {dry: true}, expect: {care: {level: mild}}",
        "patient: calm, expect: {care: {level: calm}}",
        "facts: {warmth: 95, windy: true}, expect: refused",
        "facts: {dry: true, warmth: 20}, expect: {extra: {level: mild}}",
    )
    extra = CARE.replace("care", "extra", 1)
    rule = "  - {id: dry, when: {dry: true}, then: {level: mild}}\n"
    never = "constraints:\n  - {id: one, never: {warmth: {above: 90}, windy: true}, because: No.}\n"
    difference = compare(
        {"care": CARE, "cases": told, "extra": extra, "constraints": never},
        {"care": CARE.replace(rule, ""), "constraints": never},
    )
    assert [case.partition(" ")[0] for case in change(difference).cases] == ["case-1"]
    assert "noticed by case-1 (garden/cases.yaml" in difference_text(difference)


def test_a_case_whose_facts_one_version_refuses_notices_nothing(compare: Any) -> None:
    """Facts that cannot be any more are no patient to compare."""
    told = small_packs.cases("patient: calm, facts: {dry: true}, expect: {care: {level: bad}}")
    never = "constraints:\n  - {id: one, never: {dry: true}, because: No.}\n"
    difference = compare(
        {"care": CARE, "cases": told}, {"care": CARE.replace("level: mild", "level: bad"), "constraints": never}
    )
    assert of(difference, "care").changes == ()


def test_a_budget_that_does_not_suffice_leaves_it_open(compare: Any) -> None:
    """With next to no budget nothing is called the same."""
    care = CARE.replace("{warmth: {at_least: 50}}", "{load: {at_least: 50}}")
    load = "derived:\n  load: {title: Load, formula: 3 * warmth + 7 * rings}\n"
    other = load.replace("7 * rings", "8 * rings")
    difference = compare({"care": care, "derived": load}, {"care": care, "derived": other}, budget=1)
    assert of(difference, "care").status == "unproved"
    assert difference.may_be_calmer
    assert "not proved to be the same within the budget" in difference_text(difference)


def test_more_changes_than_fit_are_not_passed_over(compare: Any) -> None:
    """Beyond twenty ways from one answer to another it is said that there are more."""
    trees = "".join(
        f"  - {{id: ring-{number}-{place}, when: {{rings: {number}, warmth: "
        f"{{above: {place}}}}}, then: {{points: {number * 100 + place}}}}}\n"
        for number in range(6)
        for place in (80, 60, 40, 20)
    )
    care = (
        f"decision: care\noutputs: {{points: {{type: integer}}}}\n"
        f"hit: first\nrules:\n{trees}otherwise: {{points: 1000}}\n"
    )
    difference = compare(
        {"care": care}, {"care": care.replace("points: ", "points: 2 * ").replace("points: 2 * {", "points: {")}
    )
    assert len(of(difference, "care").changes) == 20
    assert not of(difference, "care").complete
    assert "There are more changes" in difference_text(difference)


def test_a_list_that_leans_on_a_conflict_has_no_items(compare: Any) -> None:
    """A decision that uses one in conflict is in conflict, and so has another ending than before."""
    care = CARE.replace("worst", "unique").replace("dry: true", "dry: true, warmth: {below: 50}")
    tasks = """\
decision: tasks
outputs: {task: {type: choice, choices: [water, wait]}}
hit: collect
rules:
  - {id: water, when: {care.level: mild}, then: {task: water}}
"""
    difference = compare(
        {"care": care, "tasks": tasks}, {"care": care.replace("below: 50", "at_most: 50"), "tasks": tasks}
    )
    found = change(difference, "tasks")
    assert found.what == "an answer → a conflict"
    assert (found.before, found.after) == ("nothing", "the rules contradict each other")


def test_where_no_patient_can_be_only_that_is_said(compare: Any) -> None:
    """A version that allows nobody is compared by whom it allows."""
    nobody = "constraints:\n  - {id: all, never: {any: [{windy: true}, {windy: false}]}, because: No.}\n"
    difference = compare({"care": CARE}, {"care": CARE, "constraints": nobody})
    assert [each.decision for each in difference.decisions] == [""]
    assert said(difference, "") == [("different", "accepted → refused")]


@pytest.mark.parametrize("refuse", [False, True])
def test_a_disagreement_with_the_interpreter_is_a_fault_of_hiprun(tmp_path: Path, refuse: bool) -> None:
    """A change that the interpreter does not see, or a patient whom it refuses, is no finding about the rules."""
    never = {"constraints": "constraints:\n  - {id: one, never: {warmth: {above: 10}}, because: No.}\n"}
    texts = [CARE, CARE.replace("at_least: 50", "at_least: 40")]
    packs = [small_packs.load(tmp_path / str(number) / "garden", care=text) for number, text in enumerate(texts)]
    other = small_packs.load(tmp_path / "other" / "garden", care=texts[0], **(never if refuse else {}))

    class Mistaken(hiprun.Pack):
        def interpret(self, *arguments: Any, **options: Any) -> Any:
            return other.interpret(*arguments, **options)

    difference = hiprun.diff(packs[0], Mistaken(packs[1].model))
    assert difference.faults
    assert difference.may_be_calmer
    assert of(difference, "care").status == "unproved"
    text = difference_text(difference)
    assert "This is a fault in hiprun itself" in text
    assert text.endswith("Nothing can be concluded.")


def test_a_difference_is_plain_data(compare: Any) -> None:
    """A difference turns into JSON."""
    difference = compare({"care": CARE}, {"care": CARE.replace("at_least: 50", "at_least: 40")})
    data = json.loads(json.dumps(difference.to_dict()))
    assert data["decisions"][0]["status"] == "changed"
    assert data["decisions"][0]["changes"][0]["direction"] == "stricter"
    assert not data["equivalent"]


CHECKS = """\
criteria: checks
all:
  - {id: dry, require: {dry: false}, unmet: Water it.}
  - {id: cool, require: {dry: false, warmth: {below: 50}}, unmet: Shade it.}
"""


def kinds(difference: Difference, decision: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the changes of a decision: from → to, and what of the answer differs."""
    return [(change.what, change.kinds) for change in of(difference, decision).changes]


def test_criteria_are_compared_one_by_one(compare: Any) -> None:
    """A criterion that is met where it was not is a change, also where the result of all of them is the same."""
    difference = compare({"checks": CHECKS}, {"checks": CHECKS.replace("{dry: false, warmth", "{warmth")})
    assert kinds(difference, "checks") == [("cool: unmet → met", ("criterion",))]
    found = change(difference, "checks")
    assert (found.before, found.after) == ("result unmet, cool unmet", "result unmet, cool met")
    assert found.direction == "calmer"
    assert not difference.equivalent
    stricter = compare({"checks": CHECKS.replace("below: 50", "below: 60")}, {"checks": CHECKS})
    assert said(stricter, "checks") == [
        ("stricter", "result: met → unmet"),
        ("stricter", "cool: met → unmet"),
    ]


def test_criteria_come_and_go(compare: Any) -> None:
    """A criterion that only one version has is a change for those who do not meet it, and says so for everyone."""
    fewer = CHECKS[: CHECKS.index("  - {id: cool")]
    gone = compare({"checks": CHECKS.replace("dry: false, warmth", "warmth")}, {"checks": fewer})
    assert [direction for direction, _ in said(gone, "checks")] == ["calmer", "calmer"]
    assert kinds(gone, "checks")[1] == ("cool: unmet → no criterion", ("criterion",))
    new = compare({"checks": fewer}, {"checks": CHECKS})
    assert kinds(new, "checks")[1] == ("cool: no criterion → unmet", ("criterion",))
    assert of(new, "checks").changes[1].before.endswith(", cool is no criterion")
    assert [(text.subject, text.part, text.after) for text in of(new, "checks").texts] == [
        ("checks.cool", "criterion", "cool")
    ]


def test_texts_are_told_apart_from_meaning(compare: Any) -> None:
    """What only reads otherwise leaves a decision equivalent, and is shown as text."""
    new = (
        CHECKS.replace("criteria: checks\n", "criteria: checks\ntitle: Checks\n")
        .replace("unmet: Water it.", "unmet: Water it at once.")
        .replace("{id: cool", "{id: cool, title: Cool enough")
    )
    difference = compare({"checks": CHECKS}, {"checks": new})
    assert difference.equivalent
    assert [(text.subject, text.part, text.before, text.after) for text in of(difference, "checks").texts] == [
        ("checks", "title", "", "Checks"),
        ("checks.dry", "unmet", "Water it.", "Water it at once."),
        ("checks.cool", "title", "", "Cool enough"),
    ]
    text = difference_text(difference)
    assert "checks: the same for every patient, proved; in other words" in text
    assert "  text only: unmet of checks.dry\n    before: Water it.\n    now:    Water it at once." in text
    assert "    before: nothing\n    now:    Checks" in text
    assert text.endswith("Every patient gets the same answers as before, in part in other words.")
    assert difference.to_dict()["decisions"][0]["texts"][0]["part"] == "title"


def test_texts_of_choices_and_sources_are_compared(compare: Any) -> None:
    """The words of a choice and the statements behind a rule are texts of an answer."""
    care = CARE.replace("choices: [calm, mild, bad]", "choices: {calm: Rest, mild: Look, bad: Stop}")
    care = care.replace("hit: worst", "hit: worst\nsource: [dryness]")
    cited = {"guidance": "guidance: Notes\nstatements: {heat: Heat harms., dryness: Drought harms.}\n"}
    hot = care.replace("{id: hot", "{id: hot, source: [heat]")
    new = hot.replace("Stop", "Stop now").replace("[heat]", "[heat, dryness]")
    difference = compare({"care": hot, **cited}, {"care": new, **cited})
    assert difference.equivalent
    assert [(text.subject, text.part, text.before, text.after) for text in of(difference, "care").texts] == [
        ("care.level", "bad", "Stop", "Stop now"),
        ("care.hot", "sources", "heat", "heat, dryness"),
    ]


def test_an_output_that_is_free_text_says_so(compare: Any) -> None:
    """A change of an output of words alone is a change of text, in an answer as in an item."""
    tips = small_packs.DECISIONS["tips"]
    difference = compare({"tips": tips}, {"tips": tips.replace("Look.", "Look up.").replace("2 * rings", "3 * rings")})
    assert kinds(difference, "tips") == [
        ("water: says something else", ("item",)),
        ("look: says it in other words", ("text",)),
    ]
    care = CARE.replace("{type: choice, choices: [calm, mild, bad], worse: later}", "{type: string}").replace(
        "worst", "first"
    )
    difference = compare({"care": care}, {"care": care.replace("level: calm", "level: fine")})
    assert kinds(difference, "care") == [("level: calm → fine", ("text",))]


def test_a_quantity_without_a_value_has_no_verdict(compare: Any) -> None:
    """A quantity that has no value for some is a verdict of its own."""
    either = small_packs.DECISIONS["reach"].replace("otherwise: {far: warmth}", "otherwise: no_match")
    derived = "derived:\n  way: {title: Way, formula: reach.far}\n"
    limits = "limits: care\nbounds:\n  - {id: most, quantity: way, at_most: 50}\n"
    old = {"reach": either, "derived": derived, "care": limits}
    difference = compare(old, {**old, "reach": either.replace("dry: true", "dry: true, windy: true")})
    assert kinds(difference, "care") == [("way: within → no value", ("verdict",))]


SIGNS = """\
decision: signs
outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}
hit: worst
rules:
  - {id: hot, when: {warmth: {at_least: 50}}, then: {level: bad}}
  - {id: warm, when: {warmth: {at_least: 30}}, then: {level: mild}}
otherwise: {level: calm}
"""
ADVICE = """\
decision: advice
outputs: {water: {type: integer, worse: higher}}
hit: sum
rules:
  - {id: bad, when: {signs.level: bad}, then: {water: 2}}
  - {id: mild, when: {signs.level: mild}, then: {water: 1}}
"""


def test_what_only_follows_is_told_in_a_line(compare: Any) -> None:
    """A decision that says the same as before names the changed ones it uses; its changes are shown only on request."""
    new = SIGNS.replace("50", "40")
    difference = compare({"signs": SIGNS, "advice": ADVICE}, {"signs": new, "advice": ADVICE})
    assert (of(difference, "signs").follows, of(difference, "advice").follows) == ((), ("signs",))
    assert [each["follows"] for each in difference.to_dict()["decisions"]] == [[], ["signs"]]
    text = difference_text(difference)
    assert "\nsigns: changed (1 stricter)\nadvice: changed (1 stricter), following signs\n" in text
    assert "\n\nadvice\n" not in text
    assert "\n\nadvice\n  stricter: water: more than before" in difference_text(difference, everything=True)
    own = compare({"signs": SIGNS, "advice": ADVICE}, {"signs": new, "advice": ADVICE.replace("water: 2", "water: 3")})
    assert of(own, "advice").follows == ()


def test_the_text_is_bounded_unless_everything_is_asked_for(compare: Any) -> None:
    """Of many changes, and of many changed lines, some are shown with how many more there are."""
    listed = SIGNS.replace("worst", "collect").replace("otherwise: {level: calm}\n", "")
    more = "".join(f"  - {{id: more-{n}, when: {{rings: {n}}}, then: {{level: mild}}}}\n" for n in range(5))
    difference = compare({"signs": listed}, {"signs": listed + more})
    lines = {"signs.yaml": [f"+ {n}" for n in range(30)]}
    text = difference_text(difference, lines)
    assert text.count("different: ") == 3
    assert "\n  … and 2 more; --all shows them.\n" in text
    assert "  + 19\n  … and 10 more lines; --all shows them." in text
    whole = difference_text(difference, lines, everything=True)
    assert whole.count("different: ") == 5
    assert "  + 29" in whole
    assert "--all" not in whole


def test_a_parameter_is_a_change_of_the_decisions_that_use_it(compare: Any) -> None:
    """Where a parameter is set otherwise, the decisions that compare with it do not merely follow others."""
    signs = SIGNS.replace("at_least: 50", "at_least: top")
    advice = ADVICE + "  - {id: hot, when: {warmth: {above: top}}, then: {water: 3}}\n"
    old, new = (f"parameters:\n  top: {{value: {value}}}\n" for value in (50, 40))
    difference = compare(
        {"signs": signs, "advice": advice, "parameters": old}, {"signs": signs, "advice": advice, "parameters": new}
    )
    assert [each.follows for each in difference.decisions] == [(), ()]
    assert {each.status for each in difference.decisions} == {"changed"}
