"""Decisions are worked out on facts alone, whatever they lean on, however long the chain or the table is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hiprun.errors import RuleError
from hiprun.inference.grounding import OTHERWISE, ground
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Constraint,
    Decision,
    Derived,
    Domain,
    Fact,
    Model,
    Not,
    Output,
    Ref,
    Rule,
    Test,
)
from hiprun.pack import Pack

from .. import small_packs

GRADE = Output("grade", Domain("choice", {"calm": "", "mild": "", "bad": ""}, worse="later", ordered=True))
POINTS = Output("points", Domain("number", worse="higher"))
BAD, CALM = (("grade", "bad"),), (("grade", "calm"),)


def pack(
    facts: dict[str, Domain],
    *decisions: Decision,
    derived: tuple[Derived, ...] = (),
    constraints: tuple[Constraint, ...] = (),
) -> Pack:
    """Return a pack of these parts."""
    return Pack(
        Model(
            "built",
            "1.0.0",
            "Built",
            facts={name: Fact(name, domain, "?") for name, domain in facts.items()},
            decisions={decision.name: decision for decision in decisions},
            derived={entry.name: entry for entry in derived},
            constraints=constraints,
        )
    )


def decision(name: str, hit: Any, outputs: tuple[Output, ...], *rules: Rule, otherwise: Any = None) -> Decision:
    """Return a decision of these rules."""
    return Decision(name, "rules", "", outputs, hit, rules, otherwise=otherwise)


def rule(name: str, condition: Condition, then: Any) -> Rule:
    """Return a rule."""
    return Rule(name, condition, then)


def fact(name: str, value: Any = True) -> Test:
    """Return the test that a fact has a value."""
    return Test(Ref("fact", name), "is", (value,))


def output(name: str, operator: str, *operands: Any, of: str = "grade") -> Test:
    """Return a test of an output."""
    return Test(Ref("output", of, name), operator, operands)


def number(*terms: Any) -> Any:
    """Return the sum of facts and numbers."""
    total: Any = None
    for term in terms:
        part = Ref("fact", term) if isinstance(term, str) else term if not isinstance(term, int) else Constant(term)
        total = part if total is None else Arithmetic("+", total, part)
    return total


BOOLEANS = {f"fact_{index}": Domain("boolean") for index in range(300)}


def test_a_long_chain_of_decisions_is_followed() -> None:
    """Hundreds of decisions that lean on one another are decided and explained, known or unknown."""
    decisions = [decision("d_0", "first", (GRADE,), rule("it", fact("fact_0"), BAD), otherwise=CALM)]
    for index in range(1, 100):
        leaning = All((output(f"d_{index - 1}", "is", "bad"), fact(f"fact_{index}")))
        decisions.append(decision(f"d_{index}", "first", (GRADE,), rule("it", leaning, BAD), otherwise=CALM))
    chain = pack(BOOLEANS, *decisions)
    assert chain.decide("d_99", dict.fromkeys(BOOLEANS, True))["grade"] == "bad"
    assert chain.decide("d_99", {"fact_0": False})["grade"] == "calm"
    unknown = chain.decide("d_99", {})
    assert (len(unknown.needs), unknown.exact) == (100, True)
    explained = chain.decide("d_19", {}).explain()
    assert [told.decision for told in explained.decisions] == [f"d_{index}" for index in range(18, -1, -1)]
    assert all(told.decisions == () for told in explained.decisions)


def test_a_long_chain_of_conditions_is_followed() -> None:
    """Hundreds of derived facts that follow from one another are worked out, also in constraints."""
    derived = [Derived("v_0", "", condition=fact("fact_0"))]
    for index in range(1, 300):
        before = Test(Ref("derived", f"v_{index - 1}"), "is", (False,))
        derived.append(Derived(f"v_{index}", "", condition=AnyOf((Not(before), fact(f"fact_{index}")))))
    last = Test(Ref("derived", "v_299"), "is", (True,))
    asked = decision("d", "first", (GRADE,), rule("it", last, BAD), otherwise=CALM)
    chain = pack(BOOLEANS, asked, derived=tuple(derived))
    assert chain.decide("d", {"fact_0": True})["grade"] == "bad"
    assert chain.decide("d", dict.fromkeys(BOOLEANS, False))["grade"] == "calm"
    assert len(chain.decide("d", {}).needs) == 300
    forbidden = pack(BOOLEANS, asked, derived=tuple(derived), constraints=(Constraint("never", last),))
    assert forbidden.decide("d", {})["grade"] == "calm"


def test_a_long_chain_of_formulas_is_followed() -> None:
    """A hundred numbers that follow from one another are added up exactly."""
    facts = {f"n_{index}": Domain("number") for index in range(100)}
    derived = [Derived("v_0", "", formula=Ref("fact", "n_0"))]
    for index in range(1, 100):
        formula = Arithmetic("+", Ref("derived", f"v_{index - 1}"), Ref("fact", f"n_{index}"))
        derived.append(Derived(f"v_{index}", "", formula=formula))
    high = Test(Ref("derived", "v_99"), "above", (Constant(5),))
    chain = pack(facts, decision("d", "first", (GRADE,), rule("it", high, BAD), otherwise=CALM), derived=tuple(derived))
    tenths = dict.fromkeys(facts, 0.05)
    assert chain.decide("d", tenths)["grade"] == "calm"
    assert chain.decide("d", {**tenths, "n_7": 0.06})["grade"] == "bad"
    assert len(chain.decide("d", {}).needs) == 100
    assert "v_99" in str(chain.decide("d", tenths).explain().to_dict())


def test_conflicts_travel_along_a_chain() -> None:
    """A decision is in conflict when one far behind it is."""
    both = decision("d_0", "unique", (GRADE,), rule("a", fact("fact_0"), BAD), rule("b", fact("fact_1"), CALM))
    decisions = [both]
    for index in range(1, 30):
        leaning = output(f"d_{index - 1}", "is", "bad")
        decisions.append(decision(f"d_{index}", "first", (GRADE,), rule("it", leaning, BAD), otherwise=CALM))
    chain = pack(BOOLEANS, *decisions)
    assert chain.decide("d_29", {"fact_0": True, "fact_1": True}).status == "conflict"
    assert chain.decide("d_29", {"fact_0": True}).may_conflict
    assert chain.decide("d_29", {"fact_0": True, "fact_1": False})["grade"] == "bad"


@pytest.mark.slow
@pytest.mark.parametrize(("hit", "size"), [("unique", 4000), ("first", 1000), ("worst", 1000)])
def test_a_table_of_thousands_is_used_by_others(hit: str, size: int) -> None:
    """A table of thousands answers at once, and so does a decision that leans on it; unknown facts leave it open."""
    rows = [
        rule(f"row-{index}", All((Test(Ref("fact", "x"), "is", (Constant(index),)), fact("y"))), (("grade", grade),))
        for index, grade in zip(range(size), ["calm", "mild", "bad", "mild"] * (size // 4), strict=True)
    ]
    table = decision("table", hit, (GRADE,), *rows, otherwise=CALM)
    use = decision("use", "first", (GRADE,), rule("it", output("table", "is", "bad"), BAD), otherwise=CALM)
    large = pack({"x": Domain("integer", lowest=0, highest=5000), "y": Domain("boolean")}, table, use)
    assert large.decide("table", {"x": size - 2, "y": True})["grade"] == "bad"
    assert large.decide("use", {"x": size - 2, "y": True})["grade"] == "bad"
    assert large.decide("use", {"x": 4000})["grade"] == "calm"
    for name, answers in (("table", 3), ("use", 2)):
        unknown = large.decide(name, {})
        assert unknown.status == "undetermined"
        assert set(unknown.needs) == {"x", "y"}
        possible = [answer["grade"] for answer in unknown.possible]
        assert possible == [{"one_of": ("calm", "mild", "bad")}] or len(possible) == answers
        assert unknown.safest == {"grade": "bad"}


def score(weights: list[Any]) -> Decision:
    """Return a score with a rule for each fact."""
    rules = [rule(f"r-{index}", fact(f"fact_{index}"), (("points", Constant(w)),)) for index, w in enumerate(weights)]
    return decision("score", "sum", (POINTS,), *rules)


def test_a_score_of_forty_rules_is_compared_exactly() -> None:
    """A score with many rules has its exact range, and decisions that use it know what they need."""
    weights = [1 + index % 7 for index in range(40)]
    high = rule("it", output("score", "at_least", Constant(20), of="points"), BAD)
    use = decision("use", "first", (GRADE,), high, otherwise=CALM)
    both = pack(BOOLEANS, score(weights), use)
    assert both.decide("score", {}).range("points") == (0, sum(weights))
    assert both.decide("score", {}).exact
    assert both.decide("use", {}).exact
    assert len(both.decide("use", {}).needs) == 40
    assert both.decide("use", dict.fromkeys([f"fact_{index}" for index in range(5)], True)).status == "undetermined"
    assert both.decide("use", dict.fromkeys([f"fact_{index}" for index in range(6)], True))["grade"] == "bad"


def test_a_score_is_compared_with_other_numbers() -> None:
    """A score may stand in a formula with a fact; both ends of the comparison are exact."""
    facts = {**BOOLEANS, "level": Domain("number")}
    more = rule("it", output("score", "above", number("level", 1), of="points"), BAD)
    use = decision("use", "first", (GRADE,), more, otherwise=CALM)
    both = pack(facts, score([1, 2, Fraction(1, 2)]), use)
    known = {"fact_0": True, "fact_1": False, "fact_2": True}
    assert both.decide("use", {**known, "level": 0.5})["grade"] == "calm"
    assert both.decide("use", {**known, "level": 0.499})["grade"] == "bad"
    assert both.decide("use", {"level": 2.5})["grade"] == "calm"
    assert both.decide("use", {"level": {"below": 2.5}}).status == "undetermined"
    assert both.decide("use", {"level": {"below": -1}})["grade"] == "bad"


@pytest.mark.parametrize("hit", ["first", "worst", "collect", "unique"])
def test_hundreds_of_open_rules_are_no_trouble(hit: str) -> None:
    """Where each of 300 rules has a fact of its own, all that can come out is possible when nothing is known."""
    rules = [rule(f"r-{index}", fact(f"fact_{index}"), BAD if index % 2 else CALM) for index in range(300)]
    many = pack(BOOLEANS, decision("d", hit, (GRADE,), *rules, otherwise=None if hit == "collect" else CALM))
    outcome = many.decide("d", {})
    assert (outcome.status, outcome.exact, outcome.fired) == ("undetermined", True, ())
    if hit == "collect":
        assert {item.certainty for item in outcome.items} == {"possible"}
    else:
        assert {answer["grade"] for answer in outcome.possible} == {"calm", "bad"}
        assert outcome.safest == {"grade": "bad"}
    assert many.decide("d", dict.fromkeys(BOOLEANS, False)).fired == ()


def test_a_score_of_hundreds_of_open_rules_keeps_its_range() -> None:
    """Where a score has too many totals to tell apart, its lowest and highest are what they are."""
    outcome = pack(BOOLEANS, score([7 * index + 1 for index in range(300)])).decide("score", {})
    assert (outcome.exact, len(outcome.needs)) == (False, 300)
    assert outcome.range("points") == (0, sum(7 * index + 1 for index in range(300)))


def test_a_score_with_too_many_totals_is_refused_in_words() -> None:
    """A score whose totals cannot be listed may not stand in a formula, and the message says what to do."""
    more = rule("it", output("score", "above", Ref("fact", "level"), of="points"), BAD)
    use = decision("use", "first", (GRADE,), more, otherwise=CALM)
    both = pack({**BOOLEANS, "level": Domain("number")}, score([2**index for index in range(40)]), use)
    unknown = both.decide("score", {}, budget=1000)
    assert not unknown.exact
    assert unknown.range("points") == (0, 2**40 - 1)
    with pytest.raises(RuleError) as raised:
        both.decide("use", {})
    assert str(raised.value).endswith(
        "`score.points` can have more than 2,000 different totals, too many for a formula with other facts or outputs."
        " Compare it with a number or a parameter alone, or use rounder numbers in its rules. [too-many-totals]"
    )


def test_what_is_given_otherwise_may_be_worked_out() -> None:
    """When no rule matches, a formula may use the output of another decision; without a value there is no answer."""
    base = decision("base", "first", (POINTS,), rule("it", fact("fact_0"), (("points", Constant(3)),)))
    more = (("points", Arithmetic("+", Ref("output", "points", "base"), Constant(1))),)
    use = decision("use", "first", (POINTS,), rule("it", fact("fact_1"), (("points", Constant(0)),)), otherwise=more)
    both = pack(BOOLEANS, base, use)
    assert both.decide("use", {"fact_0": True, "fact_1": False})["points"] == 4
    assert both.decide("use", {"fact_0": True, "fact_1": True})["points"] == 0
    assert both.decide("use", {"fact_0": False, "fact_1": False}).status == "no_match"
    unknown = both.decide("use", {})
    assert [dict(answer) for answer in unknown.possible] == [{"points": 0}, {"points": 4}]
    assert (unknown.may_not_match, set(unknown.needs)) == (True, {"fact_0", "fact_1"})
    assert both.decide("use", {"fact_0": True, "fact_1": False}).fired == ()
    program = ground(both.model, both.decisions["use"])
    assert [branch.rule for branch in program.branches] == [0, OTHERWISE]


def test_formulas_that_agree_are_no_conflict() -> None:
    """Under `any` two formulas agree for those patients for whom they come to the same."""
    facts = {"x": Domain("number", lowest=0), "y": Domain("number", lowest=0), "sure": Domain("boolean")}
    double = Arithmetic("*", Constant(2), Ref("fact", "x"))
    rules = (
        rule("plain", All(()), (("points", Ref("fact", "y")),)),
        rule("double", fact("sure"), (("points", double),)),
        rule("two", Test(Ref("fact", "x"), "is", (Constant(1),)), (("points", Constant(2)),)),
        rule("three", Test(Ref("fact", "x"), "is", (Constant(7),)), (("points", Constant(3)),)),
    )
    agreed = decision("agreed", "any", (POINTS,), *rules)
    use = decision(
        "use", "first", (GRADE,), rule("it", output("agreed", "above", Constant(1), of="points"), BAD), otherwise=CALM
    )
    both = pack(facts, agreed, use)
    assert both.decide("agreed", {"x": 1.5, "y": 3, "sure": True})["points"] == 3
    assert both.decide("use", {"x": 1.5, "y": 3, "sure": True})["grade"] == "bad"
    assert both.decide("agreed", {"x": 1.5, "y": 3, "sure": True}).fired == ("plain", "double")
    for name in ("agreed", "use"):
        assert both.decide(name, {"x": 1.5, "y": 3.1, "sure": True}).status == "conflict"
        assert both.decide(name, {"x": 7, "y": 2}).status == "conflict"
        assert both.decide(name, {"y": 3, "sure": True}).may_conflict
    assert both.decide("agreed", {"x": 1, "y": 2, "sure": True})["points"] == 2


def test_unequal_constants_conflict_beside_formulas() -> None:
    """Under `any` two rules that give different words conflict whatever their formulas come to."""
    outputs = (GRADE, POINTS)
    rules = (
        rule("a", All(()), (("grade", "bad"), ("points", Ref("fact", "x")))),
        rule("b", fact("sure"), (("grade", "calm"), ("points", Ref("fact", "x")))),
    )
    agreed = pack({"x": Domain("number"), "sure": Domain("boolean")}, decision("agreed", "any", outputs, *rules))
    assert agreed.decide("agreed", {"x": 1, "sure": True}).status == "conflict"
    assert agreed.decide("agreed", {"x": 1, "sure": False}).status == "decided"


def test_formulas_that_differ_conflict_beside_equal_words() -> None:
    """Under `any` two rules agree when they give the same words and their formulas come to the same."""
    outputs = (GRADE, POINTS)
    double = Arithmetic("*", Constant(2), Ref("fact", "x"))
    rules = (
        rule("a", All(()), (("grade", "bad"), ("points", Ref("fact", "x")))),
        rule("b", fact("sure"), (("grade", "bad"), ("points", double))),
    )
    agreed = pack({"x": Domain("number"), "sure": Domain("boolean")}, decision("agreed", "any", outputs, *rules))
    assert agreed.decide("agreed", {"x": 1, "sure": True}).status == "conflict"
    assert agreed.decide("agreed", {"x": 0, "sure": True})["points"] == 0


def test_a_conflict_that_is_certain_takes_no_work(tmp_path: Path) -> None:
    """Two rules that hold for everyone are in conflict, however little work is allowed and whatever else is open."""
    clash = """\
decision: clash
outputs: {go: {type: boolean}}
rules:
  - {id: warm, when: {any: [{warmth: {above: 40}}, {warmth: {at_most: 40}, dry: true}]}, then: {go: true}}
  - {id: fresh, when: {any: [{warmth: {below: 40}}, {warmth: {at_least: 40}, dry: true}]}, then: {go: false}}
otherwise: no_match
"""
    constraints = "constraints:\n  - {id: hot, never: {warmth: {above: 90}, rings: 3}}\n"
    both = small_packs.load(tmp_path, clash=clash, constraints=constraints)
    for budget in (0, 500_000):
        outcome = both.decide("clash", {"dry": True}, budget=budget)
        assert (outcome.status, outcome.fired) == ("conflict", ("warm", "fresh"))
    assert both.decide("clash", {"dry": False}).status == "undetermined"


def test_what_is_worst_has_no_end_where_nothing_bounds_it() -> None:
    """An output whose formula has no bounds has no safest value; the others have."""
    outputs = (GRADE, POINTS, Output("places", Domain("set", {"left": "", "right": ""})))
    rules = (
        rule("a", fact("sure"), (("grade", "bad"), ("points", Ref("fact", "x")), ("places", frozenset({"left"})))),
        rule("b", fact("sure", value=False), (("grade", "calm"), ("points", Constant(3)), ("places", frozenset()))),
    )
    facts = {"x": Domain("number"), "sure": Domain("boolean")}
    outcome = pack(facts, decision("d", "first", outputs, *rules)).decide("d", {})
    assert dict(outcome.safest or {}) == {"grade": "bad"}
    assert outcome.range("points") == (None, None)
    assert {answer["places"] for answer in outcome.possible} == {frozenset(), frozenset({"left"})}


def test_under_worst_a_rule_may_raise_some_outputs_only(tmp_path: Path) -> None:
    """What a rule does not give it does not raise, for decisions that use it too, and where little work is allowed."""
    care = """\
decision: care
outputs:
  grade: {type: choice, choices: [calm, mild, bad], worse: later}
  hurry: {type: boolean, worse: true}
hit: worst
rules:
  - {id: hot, when: {warmth: {above: 40}}, then: {grade: bad}}
  - {id: dry, when: {dry: true}, then: {grade: mild}}
  - {id: windy, when: {windy: true, dry: true}, then: {grade: bad, hurry: true}}
otherwise: {grade: calm, hurry: false}
"""
    use = """\
decision: use
outputs: {run: {type: boolean}}
hit: first
rules:
  - {id: quick, when: {care.hurry: true}, then: {run: true}}
otherwise: {run: false}
"""
    both = small_packs.load(tmp_path, care=care, use=use)
    assert both.decide("use", {"warmth": 50, "dry": False})["run"] is False
    assert both.decide("use", {"windy": True}).needs == ("dry",)
    hurried = both.decide("care", {"windy": False}, budget=0)
    assert (hurried.exact, [dict(answer) for answer in hurried.possible]) == (
        False,
        [{"grade": {"one_of": ("calm", "mild", "bad")}, "hurry": False}],
    )


def test_too_many_combinations_of_stretches_are_not_tried() -> None:
    """What is known of numbers in many stretches each is not tried in every combination, and the outcome says so."""
    more = rule("it", Test(Ref("fact", "x"), "above", (number("y", 30),)), BAD)
    both = pack(
        {name: Domain("number", lowest=0, highest=100) for name in ("x", "y")},
        decision("d", "first", (GRADE,), more, otherwise=CALM),
    )
    few, many = ({"none_of": list(range(1, most))} for most in (4, 12))
    assert both.decide("d", {"x": few, "y": few}).exact
    wide = both.decide("d", {"x": many, "y": many})
    assert (wide.exact, wide.status, len(wide.possible)) == (False, "undetermined", 2)


def test_every_kind_of_output_can_be_asked_about() -> None:
    """Outputs that are sets, dates, texts or booleans are tested as facts are."""
    outputs = (
        Output("places", Domain("set", {"left": "", "right": ""})),
        Output("day", Domain("date")),
        Output("word", Domain("string")),
        Output("flag", Domain("boolean")),
    )
    then = (("places", frozenset({"left"})), ("day", 738000), ("word", "oak"), ("flag", True))
    base = decision("base", "first", outputs, rule("it", fact("fact_0"), then))
    tests = {
        "places": ("includes", "left"),
        "day": ("at_least", 738000),
        "word": ("one_of", "oak", "elm"),
        "flag": ("is", True),
    }
    uses = [
        decision(f"use_{name}", "first", (GRADE,), rule("it", output("base", *test, of=name), BAD), otherwise=CALM)
        for name, test in tests.items()
    ]
    asked = pack(BOOLEANS, base, *uses)
    for use in uses:
        assert asked.decide(use.name, {"fact_0": True})["grade"] == "bad"
        assert asked.decide(use.name, {"fact_0": False})["grade"] == "calm"


def test_outputs_in_one_function_are_of_one_answer(tmp_path: Path) -> None:
    """Two outputs of a decision that a function takes come from the same rule, never from two."""
    sizes = """\
decision: sizes
outputs: {wide: {type: number}, long: {type: number}}
hit: first
rules:
  - {id: dry, when: {dry: true}, then: {wide: 2, long: warmth}}
otherwise: {wide: 5, long: 1}
"""
    largest = "  - {id: all, then: {size: 'max(sizes.wide, sizes.long)'}}\n"
    most = f"decision: most\noutputs: {{size: {{type: number}}}}\nrules:\n{largest}"
    loaded = small_packs.load(tmp_path, sizes=sizes, most=most)
    assert [answer["size"] for answer in loaded.decide("most", {"warmth": 3}).possible] == [3, 5]
    assert loaded.decide("most", {"warmth": 3, "dry": True})["size"] == 3
    assert loaded.decide("most", {"warmth": 9, "dry": False})["size"] == 5
