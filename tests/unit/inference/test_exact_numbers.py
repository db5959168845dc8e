"""Numbers that are worked out while facts are unknown: what they can be, what is safest, and what is needed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.facts import check_facts
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.pack import grounded

from .. import small_packs

TREE = """\
facts:
  height: {ask: How high?, type: integer, range: [0, 3], unit: m}
  width: {ask: How wide?, type: number, range: [0, 10], unit: m}
  depth: {ask: How deep?, type: number, range: [0, 20], unit: m}
  hollow: {ask: Is it hollow?, type: boolean}
  felled: {ask: Was it felled?, type: boolean}
"""


def garden(folder: Path, **documents: str) -> hiprun.Pack:
    """Return a pack about one tree of which some numbers may be unknown."""
    return small_packs.load(folder, **{"facts": TREE, **documents})


def decision(rules: str, hit: str = "first", outputs: str = "{wood: {type: number, worse: higher}}") -> str:
    """Return a decision with these rules."""
    return f"decision: it\noutputs: {outputs}\nhit: {hit}\nrules:\n{rules}"


def test_a_constraint_narrows_what_a_formula_gives(tmp_path: Path) -> None:
    """With a hollow tree that cannot be higher than 0 the wood is 0, and whether it is hollow is worth asking."""
    never = "constraints:\n  - {id: low, never: {height: {above: 0}, hollow: true}, because: It would fall.}\n"
    pack = garden(tmp_path, never=never, it=decision("  - {id: all, then: {wood: 2 * height}}\n"))
    outcome = pack.decide("it", {"hollow": True})
    assert (outcome.status, dict(outcome.possible[0]), outcome.needs) == ("decided", {"wood": 0}, ())
    assert pack.interview("it").step({"hollow": True}).done
    nothing_known = pack.decide("it", {})
    assert (nothing_known.safest, set(nothing_known.needs)) == ({"wood": 6}, {"height", "hollow"})
    assert nothing_known.range("wood") == (0, 6)


def test_the_own_condition_narrows_what_a_formula_gives(tmp_path: Path) -> None:
    """A formula is worked out over those to whom its rule applies: of whole numbers between 1 and 3 that is 2."""
    rules = "  - {id: middle, when: {height: {above: 1, below: 3}}, then: {wood: 2 * height}}\notherwise: {wood: 0.5}\n"
    outcome = garden(tmp_path, it=decision(rules)).decide("it", {})
    assert (outcome.safest, outcome.exact, outcome.needs) == ({"wood": 4}, True, ("height",))
    assert [dict(answer) for answer in outcome.possible] == [{"wood": Decimal("0.5")}, {"wood": 4}]


def test_rules_before_narrow_what_a_formula_gives(tmp_path: Path) -> None:
    """Under `first` a formula is worked out over those whom no rule before takes."""
    rules = (
        "  - {id: wide, when: {width: {at_least: 4}}, then: {wood: 1}}\n  - {id: rest, then: {wood: width + height}}\n"
    )
    outcome = garden(tmp_path, it=decision(rules)).decide("it", {"height": 1})
    assert [dict(answer) for answer in outcome.possible] == [{"wood": 1}, {"wood": {"at_least": 1, "at_most": 5}}]


@pytest.mark.parametrize(("worse", "safest"), [("higher", {"wood": 3}), ("lower", {"wood": 0}), ("", {})])
def test_the_safest_of_a_number_is_a_number(tmp_path: Path, worse: str, safest: dict[str, Any]) -> None:
    """It is the worst end of what remains; without a worse side there is none."""
    side = f", worse: {worse}" if worse else ""
    pack = garden(
        tmp_path, it=decision("  - {id: all, then: {wood: height}}\n", outputs=f"{{wood: {{type: number{side}}}}}")
    )
    assert pack.decide("it", {}).safest == safest


def test_a_number_without_an_end_has_no_safest(tmp_path: Path) -> None:
    """Where nothing bounds a number on its worse side nothing is the safest of it."""
    facts = TREE + "  age: {ask: How old?, type: number}\n"
    pack = garden(tmp_path, facts=facts, it=decision("  - {id: all, then: {wood: age}}\n"))
    outcome = pack.decide("it", {})
    assert (outcome.safest, outcome.range("wood")) == ({}, (None, None))


def test_a_bound_is_as_tight_as_somebody_can_have_it(tmp_path: Path) -> None:
    """A bound that applies from 5 on is worked out from 5 on."""
    bounds = "limits: it\nbounds:\n  - {id: ten, when: {width: {at_least: 5}}, quantity: depth, at_most: 1.1 * width}\n"
    limit = garden(tmp_path, it=bounds).decide("it", {})["depth"]
    assert (limit.safest_at_most, limit.at_most, limit.open) == (Decimal("5.5"), None, ("ten",))


def test_the_tighter_of_two_formulas_bounds(tmp_path: Path) -> None:
    """Bounds by formulas that cross are as loose as where they cross: there neither is tighter than 5."""
    bounds = """\
limits: it
bounds:
  - {id: up, quantity: depth, at_least: width}
  - {id: down, quantity: depth, at_least: 10 - width}
"""
    pack = garden(tmp_path, it=bounds)
    outcome = pack.decide("it", {})
    assert (outcome["depth"].safest_at_least, outcome["depth"].open, outcome.needs) == (10, ("up", "down"), ("width",))
    assert pack.decide("it", {"width": 5})["depth"].set_by == ("up", "down")


def test_a_fact_that_decides_through_a_constraint_between_numbers_is_needed(tmp_path: Path) -> None:
    """If the width is never above the depth, the depth can decide what rests on the width, and is asked for."""
    never = "constraints:\n  - {id: order, never: {width: {above: depth}}}\n"
    rules = "  - {id: wide, when: {width: {at_least: 8}}, then: {wide: true}}\notherwise: {wide: false}\n"
    pack = garden(tmp_path, never=never, it=decision(rules, outputs="{wide: {type: boolean}}"))
    assert set(pack.decide("it", {}).needs) == {"width", "depth"}
    assert pack.decide("it", {"depth": 7})["wide"] is False
    step = pack.interview("it").step({}, not_known=["width"])
    assert step.question is not None
    assert step.question.fact == "depth"


def test_the_question_that_gates_an_amount_comes_first(tmp_path: Path) -> None:
    """Whether a tree was felled is asked before how wide it is, which matters only then."""
    rules = "  - {id: felled, when: {felled: true}, then: {wood: 3 * width}}\notherwise: {wood: 0}\n"
    step = garden(tmp_path, it=decision(rules)).interview("it").step({})
    assert step.question is not None
    assert step.question.fact == "felled"


def test_items_hold_the_numbers_that_remain_and_are_in_their_order(tmp_path: Path) -> None:
    """An item's number is worked out over those to whom its rule applies; the worst it can be gives its place."""
    rules = """\
  - {id: flat, when: {height: {at_most: 1}}, then: {wood: height}}
  - {id: high, when: {height: {above: 1}, felled: true}, then: {wood: 10 * height}}
  - {id: same, when: {height: {at_least: 0}}, then: {wood: 20}}
order: worst
"""
    outcome = garden(tmp_path, it=decision(rules, "collect")).decide("it", {})
    assert [(item.rule, item.certainty, dict(item.outputs)) for item in outcome.items] == [
        ("high", "possible", {"wood": {"at_least": 20, "at_most": 30}}),
        ("same", "certain", {"wood": 20}),
        ("flat", "possible", {"wood": {"at_least": 0, "at_most": 1}}),
    ]


CONFLICT = """\
decision: both
outputs: {kind: {type: integer}}
rules:
  - {id: hollow, when: {hollow: true}, then: {kind: 1}}
  - {id: felled, when: {felled: true}, then: {kind: 2}}
otherwise: {kind: 0}
"""


def test_nothing_is_known_of_what_rests_on_a_conflict(tmp_path: Path) -> None:
    """No criterion is met or unmet, no item certain or excluded, and no bound certain."""
    criteria = "criteria: ready\nall:\n  - {id: some, require: {both.kind: {at_least: 1}}, unmet: Wait.}\n"
    list_ = """\
decision: tools
outputs: {tool: {type: string}}
hit: collect
rules:
  - {id: none, when: {both.kind: 0}, then: {tool: none}}
  - {id: saw, when: {hollow: true}, then: {tool: saw}}
"""
    bounds = (
        "limits: room\nbounds:\n  - {id: some, when: {both.kind: {at_least: 0}}, quantity: depth, at_most: 2 * width}\n"
    )
    pack = garden(tmp_path, both=CONFLICT, ready=criteria, tools=list_, room=bounds)
    facts = {"hollow": True, "felled": True}
    for decide in (pack.decide, lambda name, facts: pack.interpret(facts, [name])[name]):
        for given in (facts, facts | {"height": 1, "width": 3, "depth": 2}):
            assert {criterion.status for criterion in decide("ready", given).criteria} == {"unknown"}
            assert {item.certainty for item in decide("tools", given).items} == {"possible"}
            for _ in range(2):  # the second time from memory
                room = decide("room", given)
            assert (room.status, room["depth"].at_most, room["depth"].set_by) == ("conflict", None, ())


def test_an_output_that_no_item_has_is_empty(tmp_path: Path) -> None:
    """A declared output is no mistake to ask for, whether a rule gives it or not; another name is one."""
    outputs = "{tool: {type: string}, price: {type: number, optional: true}}"
    rules = "  - {id: saw, when: {hollow: true}, then: {tool: saw}}\n"
    pack = garden(tmp_path, it=decision(rules, "collect", outputs))
    sawn = pack.decide("it", {"hollow": True})
    assert (sawn["tool"], sawn["price"], sawn.get("price")) == (("saw",), (), ())
    assert pack.decide("it", {}).get("price") is None
    with pytest.raises(hiprun.UnknownNameError):
        sawn.get("weight")


def test_a_search_cut_short_is_too_wide_and_says_so(tmp_path: Path) -> None:
    """Without work to spend, formulas span whatever their facts may be, of answers, items and bounds alike."""
    never = "constraints:\n  - {id: low, never: {height: {above: 1}, hollow: true}}\n"
    rules = "  - {id: all, then: {wood: 2 * height}}\n"
    bounds = "limits: room\nbounds:\n  - {id: some, when: {hollow: true}, quantity: depth, at_most: 2 + height}\n"
    list_ = decision("  - {id: some, when: {hollow: true}, then: {wood: height}}\n", "collect").replace("it", "list", 1)
    pack = garden(tmp_path, never=never, it=decision(rules), room=bounds, tools=list_)
    for name in ("it", "room", "list"):
        outcome = pack.decide(name, {}, budget=0)
        assert (outcome.exact, set(outcome.needs)) == (False, {"height", "hollow"})
    assert pack.decide("it", {}, budget=0).range("wood") == (0, 6)
    assert pack.decide("room", {}, budget=0)["depth"].safest_at_most == 2


def test_what_others_give_too_is_not_lost(tmp_path: Path) -> None:
    """A fact that only says by which rule a number comes about is not needed, over short and long ranges alike."""
    for highest in (3, 3000):
        facts = TREE.replace("range: [0, 3]", f"range: [0, {highest}]")
        rules = """\
  - {id: low, when: {height: 0, felled: true}, then: {wood: 1}}
  - {id: one, when: {height: 0}, then: {wood: 1}}
  - {id: rest, then: {wood: 1 + height}}
"""
        outcome = garden(tmp_path / str(highest), facts=facts, it=decision(rules)).decide("it", {})
        assert (outcome.needs, outcome.range("wood"), outcome.exact) == (("height",), (1, 1 + highest), True)


def test_steps_that_others_do_not_give_are_lost(tmp_path: Path) -> None:
    """Of whole numbers with a gap it is worth asking what closes the gap."""
    facts = "facts:\n  height: {ask: H?, type: integer, range: [0, 3000]}\n  hollow: {ask: F?, type: boolean}\n"
    never = "constraints:\n  - {id: odd, never: {height: 7, hollow: true}}\n"
    outcome = garden(
        tmp_path, facts=facts, never=never, it=decision("  - {id: all, then: {wood: 2 * height}}\n")
    ).decide("it", {})
    assert (set(outcome.needs), outcome.range("wood")) == ({"height", "hollow"}, (0, 6000))


def many_formulas(folder: Path, count: int, hit: str) -> hiprun.Pack:
    """Return a pack in which each of many rules gives a number of its own."""
    facts = "facts:\n" + "".join(
        f"  {name}{index}: {{ask: How is it?, {domain}}}\n"
        for name, domain in (("n", "type: number, range: [0, 100]"), ("is", "type: boolean"))
        for index in range(count)
    )
    rules = "".join(
        f"  - {{id: r{index}, when: {{is{index}: true}}, then: {{wood: n{index}}}}}\n" for index in range(count)
    )
    return garden(folder, facts=facts, it=decision(f"{rules}otherwise: {{wood: 0}}\n", hit))


def test_where_looking_for_needs_takes_too_long_every_fact_is_listed(tmp_path: Path) -> None:
    """What may matter is not missed when the steps run out, and the outcome says that it is not exact."""
    pack = many_formulas(tmp_path, 50, "first")
    outcome = pack.decide("it", {}, budget=6000)
    assert (outcome.exact, set(outcome.needs), outcome.fired) == (False, set(pack.facts), ())
    assert outcome.range("wood") == (0, 100)


@pytest.mark.parametrize(("hit", "count"), [("any", 60), ("first", 100)])
def test_many_formulas_take_little_more_than_the_budget(tmp_path: Path, hit: str, count: int) -> None:
    """What is looked at besides, for rules that fired and facts that matter, is no more than half as much again."""
    pack = many_formulas(tmp_path, count, hit)
    patient = Patient(pack.model, situation(pack.model, grounded(pack, "it"), check_facts(pack.model, {})), BUDGET)
    concluded(patient)
    assert patient.residual.ties is not None
    assert patient.residual.circuit.work + patient.residual.ties.work < 1.5 * BUDGET


ENDLESS = """\
facts:
  steps: {ask: How many steps?, type: integer}
  paces: {ask: How many paces?, type: integer}
  far: {ask: Is it far?, type: boolean}
"""
ODD = "constraints:\n  - {id: odd, never: {eleven: {is_not: 13 * paces + 1}}}\n"
ELEVEN = "derived:\n  eleven: {formula: 11 * steps}\n"


def test_what_takes_too_long_to_find_is_too_wide_and_says_so(tmp_path: Path) -> None:
    """Endless whole numbers that hardly ever fit leave the ends of a formula open, and the outcome is not exact."""
    bounds = """\
limits: room
bounds:
  - {id: one, when: {far: true}, quantity: paces, at_most: steps}
  - {id: two, quantity: paces, at_most: 2 - steps}
"""
    pack = garden(
        tmp_path,
        facts=ENDLESS,
        never=ODD,
        derived=ELEVEN,
        it=decision("  - {id: all, then: {wood: steps}}\n"),
        room=bounds,
    )
    for name in ("it", "room"):
        outcome = pack.decide(name, {})
        assert (outcome.exact, outcome.status) == (False, "undetermined")
    assert pack.decide("it", {}).range("wood") == (None, None)


@pytest.mark.slow
def test_many_cells_of_tied_facts_count_as_needed(tmp_path: Path) -> None:
    """Where too many combinations lead to an answer each fact is taken to matter, and the outcome is not exact."""
    facts = "facts:\n" + "".join(
        f"  {name}: {{ask: How many?, type: integer, range: [0, 99]}}\n" for name in ("low", "high")
    )
    never = "constraints:\n  - {id: order, never: {low: {above: high}}}\n"
    names = [("low", "one"), ("high", "two")]
    scores = {
        output: f"decision: {output}\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n"
        + "".join(
            f"  - {{id: r{n}, when: {{{fact}: {{at_least: {2 * n}}}}}, then: {{points: {1 << n}}}}}\n"
            for n in range(1, 40)
        )
        for fact, output in names
    }
    rules = "  - {id: more, when: {one.points: {above: 3}, two.points: {below: 9}}, then: {wood: 1}}\n"
    rules += "otherwise: {wood: low}\n"
    outcome = garden(tmp_path, facts=facts, never=never, it=decision(rules), **scores).decide("it", {})
    assert (set(outcome.needs), outcome.status) == ({"low", "high"}, "undetermined")


def test_a_bound_beside_a_conflict_and_a_constraint(tmp_path: Path) -> None:
    """Where a conflict is settled before the constraints are, the bounds are those of everyone else."""
    bounds = """\
limits: room
bounds:
  - {id: some, when: {both.kind: {at_least: 1}}, quantity: depth, at_most: 2 + height}
  - {id: more, when: {felled: true}, quantity: depth, at_most: 1 + width}
"""
    never = "constraints:\n  - {id: low, never: {height: {above: 1}, hollow: true, felled: true}}\n"
    outcome = garden(tmp_path, both=CONFLICT, never=never, room=bounds).decide("room", {})
    assert (outcome.may_conflict, outcome.exact, outcome["depth"].safest_at_most) == (True, True, 1)


def test_many_gaps_in_tied_facts_are_bridged_and_said_so(tmp_path: Path) -> None:
    """Of too many ways to choose between gaps in what is known one is looked at that spans them all."""
    facts = "facts:\n" + "".join(
        f"  {name}: {{ask: How many?, type: integer, range: [0, 9]}}\n" for name in ("a", "b", "c")
    )
    never = "constraints:\n  - {id: sum, never: {a: {above: b + c}}}\n"
    pack = garden(tmp_path, facts=facts, never=never, it=decision("  - {id: all, then: {wood: a + b}}\n"))
    gaps = {"none_of": [1, 3, 5, 7]}
    assert pack.decide("it", {}).exact
    outcome = pack.decide("it", dict.fromkeys("abc", gaps))
    assert (outcome.exact, outcome.range("wood")) == (False, (0, 18))


def test_sums_of_many_values_are_needed_by_their_facts(tmp_path: Path) -> None:
    """Of a sum with more values than are worth listing both facts are needed."""
    facts = "facts:\n" + "".join(
        f"  {name}: {{ask: How many?, type: integer, range: [0, 30]}}\n" for name in ("a", "b")
    )
    outcome = garden(tmp_path, facts=facts, it=decision("  - {id: all, then: {wood: a + 2 * b}}\n")).decide("it", {})
    assert (set(outcome.needs), outcome.range("wood"), outcome.exact) == ({"a", "b"}, (0, 90), True)


@pytest.mark.parametrize("limit", ["_MOST_CONTEXTS", "_MOST_PAIRS"])
def test_what_takes_too_long_to_rule_out_counts_as_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """A fact of which it is not found out whether it matters is needed, and the outcome says it is not exact."""
    never = "constraints:\n  - {id: order, never: {width: {above: depth}}}\n"
    rules = "  - {id: wide, when: {width: {at_least: 8}, hollow: true}, then: {wood: 1}}\notherwise: {wood: 0}\n"
    pack = garden(tmp_path, never=never, it=decision(rules))
    assert pack.decide("it", {}).exact
    monkeypatch.setattr(f"hiprun.inference.needs.{limit}", 0)
    outcome = pack.decide("it", {"hollow": True})
    assert set(outcome.needs) == {"width", "depth"}
    assert outcome.exact is (limit == "_MOST_PAIRS")
    felled = "  - {id: any, when: {any: [{width: {at_least: 8}}, {felled: true}]}, then: {wood: height}}\n"
    felled += "otherwise: {wood: 1}\n"
    assert not garden(tmp_path / "more", never=never, it=decision(felled)).decide("it", {}).exact


def test_numbers_of_very_different_size_are_worked_out_closely(tmp_path: Path) -> None:
    """What is left of two numbers of many digits is right also where the first digits say nothing of it."""
    many = 10**35
    facts = f"""\
facts:
  hill: {{ask: How high is the hill?, type: number, range: [{many + 1}, {2 * many}]}}
  dale: {{ask: How deep is the dale?, type: number, range: [0, {many}]}}
"""
    rule = "  - {id: all, then: {wood: 'round(ln(hill - dale), 0.1)'}}\n"
    pack = small_packs.load(tmp_path, facts=facts, it=decision(rule))
    for hill, dale, wood in ((many + 1, many, 0), (many + 10, many, Decimal("2.3")), (many + 1, 0, Decimal("80.6"))):
        assert pack.decide("it", {"hill": hill, "dale": dale})["wood"] == wood


def test_a_fact_is_not_needed_for_patients_who_differ_in_others_too(tmp_path: Path) -> None:
    """Two patients who differ in it alone have the same of all else, also of what sums tie together elsewhere."""
    facts = """\
facts:
  walks: {ask: How many walks?, type: integer, range: [0, 5]}
  runs: {ask: How many runs?, type: integer, range: [0, 1]}
  rests: {ask: How many rests?, type: integer, range: [0, 1]}
"""
    signs = """\
decision: signs
outputs: {number: {type: integer}}
hit: count
rules:
  - {id: alike, when: {runs: rests, walks: {one_of: [3, 0]}}}
  - {id: few, when: {walks: {at_most: runs}}}
  - {id: always}
"""
    it = """\
decision: it
outputs: {wood: {type: integer}}
hit: collect
rules:
  - {id: enough, when: {runs: {at_least: signs.number}}, then: {wood: 4}}
"""
    pack = small_packs.load(tmp_path, facts=facts, signs=signs, it=it)
    outcome = pack.decide("it", {"runs": 1, "walks": {"one_of": [0, 4]}})
    assert (outcome.needs, outcome.exact) == (("walks",), True)
    assert set(pack.decide("it", {"runs": 1}).needs) == {"walks", "rests"}  # three walks, or not
