"""What programs see of compiled decisions: the same outcomes, only sooner, whatever the facts are made of."""

from __future__ import annotations

import copy
import datetime
import math
import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest

import hiprun
from hiprun.backends.compiled import Compiled
from hiprun.backends.compiled.code_writer import Writer
from hiprun.backends.compiled.conclusion_cache import MOST_REMEMBERED, Remembered
from hiprun.backends.compiled.floating_point_thresholds import Places
from hiprun.backends.compiled.input_checks import number_code
from hiprun.backends.compiled.row_index import Axis, Row, lookup
from hiprun.errors import FactError, UnknownNameError
from hiprun.inference.operators import OPERATORS
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Constant,
    Constraint,
    Count,
    Decision,
    Domain,
    Fact,
    Model,
    Not,
    Output,
    Ref,
    Rule,
    Test,
)
from hiprun.pack import Pack, grounded

from ...test_operators_everywhere import NEW, VALUES, asked, garden

LEVELS = {"calm": "", "mild": "", "bad": "", "awful": ""}
FACTS = {
    "warmth": Domain("number", lowest=-50, highest=60),
    "wet": Domain("boolean"),
    "week": Domain("integer", lowest=1, highest=53),
    "colour": Domain("choice", {"red": "", "green": "", "blue": ""}),
    "spots": Domain("set", {"leaf": "", "stem": ""}),
    "kind": Domain("string"),
    "sown": Domain("date", lowest=datetime.date(2020, 1, 1).toordinal()),
    "amount": Domain("number"),
    "rest": Domain("number", lowest=0),
}
PATIENT: dict[str, Any] = {
    "warmth": 3.3,
    "wet": False,
    "week": 7,
    "colour": "green",
    "spots": ["leaf"],
    "kind": "oak",
    "sown": datetime.date(2026, 3, 1),
    "amount": 3.0,
    "rest": 0,
}


class Shade(StrEnum):
    """A choice as an enumeration."""

    GREEN = "green"


class Angry:
    """An object that does not want to be looked at."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("leave me alone")

    def __hash__(self) -> int:
        raise RuntimeError("leave me alone")


class Actor:
    """An object that plays a text."""

    def __eq__(self, other: object) -> bool:
        return other == "green"

    def __hash__(self) -> int:
        return hash("green")


def fact(name: str, operator: str, *operands: Any) -> Test:
    """Return a test of a fact; numbers are compared as constants."""
    numeric = FACTS[name].is_numeric
    return Test(Ref("fact", name), operator, tuple(Constant(value) if numeric else value for value in operands))


def pack_of(*rules: Rule, hit: str = "worst", constraints: tuple[Constraint, ...] = (), **more: Any) -> Pack:
    """Return a pack of one decision about a plant."""
    output = Output("level", Domain("choice", LEVELS, worse="later", ordered=True))
    decision = Decision("care", "rules", "Care", (output,), hit, rules, otherwise=(("level", "calm"),), **more)
    facts = {name: Fact(name, domain, f"{name}?") for name, domain in FACTS.items()}
    return Pack(Model("plants", "1.0.0", "Plants", facts=facts, constraints=constraints, decisions={"care": decision}))


@pytest.fixture(scope="module")
def plants() -> Pack:
    """A decision that looks at a fact of every type."""
    sown = datetime.date(2026, 4, 1).toordinal()
    amount = Arithmetic("*", Constant(Fraction(11, 10)), Ref("fact", "amount"))
    return pack_of(
        Rule("cold", fact("warmth", "below", Fraction(33, 10)), (("level", "bad"),)),
        Rule("wet", All((fact("wet", "is", True), fact("week", "at_least", 10))), (("level", "awful"),)),
        Rule("green", fact("colour", "is", "green"), (("level", "mild"),)),
        Rule("spots", fact("spots", "includes_none", "stem"), (("level", "mild"),)),
        Rule("oak", fact("kind", "is", "oak"), (("level", "mild"),)),
        Rule("late", fact("sown", "above", sown), (("level", "bad"),)),
        Rule("more", Test(Ref("fact", "warmth"), "above", (amount,)), (("level", "awful"),)),
        Rule("two", Count((fact("wet", "is", True), fact("week", "is", 7)), 2, 2), (("level", "awful"),)),
        Rule("none-left", fact("rest", "is", 0), (("level", "mild"),)),
    )


def is_quick(outcome: hiprun.Outcome) -> bool:
    """Whether an outcome came from a compiled function: then it remembers the facts as they were given."""
    return isinstance(outcome._given, dict | tuple)


SAME = [
    {"warmth": Decimal("3.3")},
    {"warmth": Fraction(33, 10)},
    {"warmth": 3},
    {"warmth": Decimal("3.30")},
    {"warmth": Fraction(4, 2)},
    {"warmth": -0.0},
    {"week": 7.0},
    {"week": numpy.int64(8)},
    {"warmth": numpy.float32(3.5)},
    {"warmth": numpy.float64(3.3)},
    {"amount": 1e14},
    {"amount": -2.5},
    {"colour": Shade.GREEN},
    {"spots": ("leaf", "leaf")},
    {"spots": {"stem"}},
    {"spots": frozenset({"leaf"})},
    {"spots": []},
    {"kind": "a kind that no rule names"},
    {"sown": "2026-05-01"},
    {"sown": datetime.date(2026, 4, 1)},
]


@pytest.mark.parametrize("changes", SAME, ids=str)
def test_facts_of_every_ordinary_kind_are_decided_quickly(plants: Pack, changes: dict[str, Any]) -> None:
    """Values of every kind that people give reach the same outcome, facts as callers see them included."""
    facts = PATIENT | changes
    outcome, expected = plants.evaluate(facts)["care"], plants.interpret(facts)["care"]
    assert outcome == expected == plants.decide("care", facts)
    assert outcome.facts == expected.facts
    assert list(outcome.facts) == list(expected.facts)
    assert outcome.to_dict() == expected.to_dict()
    assert not isinstance(outcome._given, type(expected._given))


ODD = [
    {"warmth": math.nan},
    {"warmth": math.inf},
    {"warmth": 61},
    {"warmth": -50.5},
    {"warmth": True},
    {"warmth": "3.3"},
    {"warmth": 1e-30},
    {"warmth": 1e-50},
    {"warmth": Decimal("NaN")},
    {"warmth": Decimal("1e-39")},
    {"warmth": Fraction(1, 3)},
    {"warmth": 3 + 0j},
    {"warmth": {"at_least": 3}},
    {"amount": 1e16},
    {"amount": 10**45},
    {"amount": -(10**16)},
    {"wet": 1},
    {"wet": "yes"},
    {"week": 7.5},
    {"week": True},
    {"week": 54},
    {"colour": "mauve"},
    {"colour": Actor()},
    {"colour": Angry()},
    {"colour": ["red"]},
    {"spots": "leaf"},
    {"spots": ["leaf", "root"]},
    {"spots": [Actor()]},
    {"spots": [["leaf"]]},
    {"spots": frozenset({"root"})},
    {"spots": {"includes": "leaf"}},
    {"spots": ["leaf"] * 1001},
    {"kind": 3},
    {"kind": "x" * 10_001},
    {"sown": "2026-02-30"},
    {"sown": "yesterday"},
    {"sown": datetime.datetime(2026, 3, 1)},
    {"sown": datetime.date(2019, 12, 31)},
    {"rest": -1},
    {"unheard_of": 1},
    {"unheard_of": None},
    {7: 1},
    {"wet": None},
    dict.fromkeys(FACTS),
]


def answer(call: Callable[[], Any]) -> Any:
    """Return what a call gives, or in which words it refuses."""
    try:
        return call()
    except FactError as error:
        return str(error)


@pytest.mark.parametrize(
    "changes",
    ODD,
    ids=lambda changes: ", ".join(f"{key}={type(value).__name__}" for key, value in changes.items())[:60],
)
def test_whatever_is_odd_takes_the_exact_way(plants: Pack, changes: dict[str, Any]) -> None:
    """Unknown, partial, wrong and strange facts give what the interpreter gives, errors to the letter."""
    facts = PATIENT | changes
    expected = answer(lambda: plants.interpret(facts)["care"])
    assert answer(lambda: plants.decide("care", facts)) == expected
    assert answer(lambda: plants.evaluate(facts)["care"]) == expected


RULES = {
    "warmth": fact("warmth", "above", 0),
    "wet": fact("wet", "is", True),
    "week": fact("week", "above", 4),
    "colour": fact("colour", "is", "red"),
    "spots": fact("spots", "includes", "leaf"),
    "kind": fact("kind", "is", "oak"),
    "sown": fact("sown", "above", datetime.date(2026, 1, 1).toordinal()),
    "amount": fact("amount", "above", 2),
    "rest": fact("rest", "above", 2),
}


@pytest.mark.parametrize("changes", [changes for changes in ODD if len(changes) == 1 and set(changes) <= set(FACTS)])
def test_a_bare_function_refuses_what_is_odd(changes: dict[str, Any]) -> None:
    """A fact that it looks at and that is no plain value in its range leaves it without an answer."""
    (name,) = changes
    care = pack_of(Rule("rule", RULES[name], (("level", "bad"),))).compile("care")
    assert care(PATIENT) is not None
    plays_along = isinstance(changes.get("colour"), Actor)
    assert (care(PATIENT | changes) is None) is not plays_along


def test_an_endless_list_is_not_used_up_before_it_is_refused(plants: Pack) -> None:
    """A list that can be read only once is read only by the exact way."""
    outcome = plants.decide("care", PATIENT | {"spots": iter(["stem"])})
    assert outcome.facts["spots"] == {"stem"}


def test_facts_that_are_no_mapping_are_refused(plants: Pack) -> None:
    """The bare function has nothing to say of them, the others say what is wrong."""
    with pytest.raises(FactError, match="from names to values"):
        plants.evaluate([("wet", True)])  # type: ignore[arg-type]
    assert plants.compile("care")([("wet", True)]) is None  # type: ignore[arg-type]


class Closed(Mapping[str, Any]):
    """Facts that cannot be read."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("closed")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("closed")

    def __len__(self) -> int:
        return 1


def test_facts_that_cannot_be_read_are_refused(plants: Pack) -> None:
    """What a caller's own mapping raises does not reach the caller."""
    for way in (plants.evaluate, plants.interpret, lambda facts: plants.decide("care", facts)):
        with pytest.raises(FactError, match="from names to values"):
            way(Closed())
    assert plants.compile("care")(Closed()) is None


def test_a_limit_that_no_plain_number_reaches_is_kept() -> None:
    """A limit of many digits parts the numbers beyond those that floats stand for exactly."""
    far = 10**16 + Fraction(1, 2)
    pack = pack_of(
        Rule("high", fact("amount", "above", far), (("level", "bad"),)),
        Rule("low", fact("amount", "below", -far), (("level", "awful"),)),
    )
    for amount, level, quick in (
        (5, "calm", True),
        (1e15, "calm", True),
        (-1e15, "calm", True),
        (10**16, "calm", False),
        (10**16 + 1, "bad", False),
        (-(10**16) - 1, "awful", False),
    ):
        outcome = pack.decide("care", {"amount": amount})
        assert (outcome["level"], is_quick(outcome)) == (level, quick), amount


@pytest.mark.parametrize("operator", ["one_of", "none_of"])
def test_many_single_numbers_are_told_from_those_between(operator: str) -> None:
    """A long list of numbers means each of them and nothing between, whatever kind of number a fact is."""
    listed = [Fraction(1, 10), Fraction(1, 3), 1, 3, Fraction(9, 2), 7, 10**20]
    pack = pack_of(Rule("listed", fact("amount", operator, *listed), (("level", "bad"),)))
    for amount in (-1, 0, 0.1, 0.10000000000000002, 1 / 3, 0.5, 1, 1.0, 2, 3.0, 4.5, 5, 7, 7.000000000000001, 8):
        outcome = pack.decide("care", {"amount": amount})
        is_listed = Fraction(repr(amount)) in listed
        assert outcome["level"] == ("bad" if is_listed is (operator == "one_of") else "calm"), amount
        assert is_quick(outcome)


def test_a_limit_at_exactly_ten_percent_is_kept() -> None:
    """Whatever binary fractions do, limits mean what their decimals say."""
    amount = Arithmetic("*", Constant(Fraction(11, 10)), Ref("fact", "amount"))
    pack = pack_of(Rule("more", Test(Ref("fact", "rest"), "above", (amount,)), (("level", "bad"),)))
    for before, after, level in (
        (3.0, 3.3, "calm"),
        (3.0, 3.31, "bad"),
        (0.3, 0.33, "calm"),
        (100, 110.0, "calm"),
        (100, 110, "calm"),
        (100, 110.00000000000001, "bad"),
        (1e-19, 1.1e-19, "calm"),
    ):
        outcome = pack.decide("care", {"amount": before, "rest": after})
        assert outcome["level"] == level, (before, after)
        assert is_quick(outcome)


def test_an_outcome_is_a_value(plants: Pack) -> None:
    """It does not change with the caller's facts, cannot be changed, and survives pickling and copying."""
    facts = copy.deepcopy(PATIENT)
    outcome = plants.decide("care", facts)
    facts["warmth"] = 50
    facts["spots"].append("stem")
    expected = plants.interpret(PATIENT)["care"]
    assert outcome == expected
    assert outcome.facts["spots"] == {"leaf"}
    assert str(outcome.explain()) == str(expected.explain())
    assert hash(outcome) == hash(expected)
    outcome.facts["warmth"] = 0  # type: ignore[index]
    assert outcome.facts["warmth"] == Decimal("3.3")
    for other in (pickle.loads(pickle.dumps(outcome)), copy.deepcopy(outcome), copy.copy(outcome)):
        assert other == outcome
        assert other.to_dict() == outcome.to_dict()
    assert outcome != plants.decide("care", facts)
    assert outcome != "an outcome"
    with pytest.raises(AttributeError):
        outcome.status = "conflict"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del outcome.status  # type: ignore[misc]
    assert repr(outcome).startswith("<Outcome care: decided, ")


def test_an_assessment_checks_its_facts_once(plants: Pack) -> None:
    """All outcomes of one patient know the same facts, and pickle with them."""
    assessment = plants.evaluate(PATIENT)
    assert assessment["care"].facts == assessment["care"].facts == plants.decide("care", PATIENT).facts
    assert pickle.loads(pickle.dumps(assessment)) == assessment


def test_a_smaller_budget_takes_the_exact_way(plants: Pack) -> None:
    """A budget is for the search among unknown facts; with a budget of one's own nothing else changes."""
    assert plants.decide("care", PATIENT, budget=10) == plants.decide("care", PATIENT)
    assert plants.evaluate(PATIENT, budget=10) == plants.evaluate(PATIENT)


def test_constraints_hold_for_facts_that_a_decision_does_not_use() -> None:
    """Facts that cannot occur together are refused by every way but the bare function, which does not look at them."""
    dry = Constraint("dry-desert", All((fact("wet", "is", True), fact("warmth", "above", 50))), "Deserts are dry.")
    week = Constraint("no-week", All((fact("week", "is", 1), fact("warmth", "below", -40))))
    grey = Constraint("grey", All((fact("colour", "is", "red"), fact("kind", "is", "oak"))))
    pack = pack_of(Rule("spots", fact("spots", "includes", "stem"), (("level", "bad"),)), constraints=(dry, week, grey))
    fine = {"spots": ["stem"], "wet": True, "warmth": 20, "week": 3}
    assert is_quick(pack.decide("care", fine))
    assert pack.decide("care", fine)["level"] == "bad"
    for impossible in ({"warmth": 55}, {"warmth": -45, "week": 1}):
        with pytest.raises(FactError, match="cannot occur together"):
            pack.decide("care", fine | impossible)
        with pytest.raises(FactError, match="cannot occur together"):
            pack.evaluate(fine | impossible)
        assert pack.compile("care")(fine | impossible) == {"level": "bad"}
    for half in (
        {"spots": ["stem"], "wet": True},
        fine | {"colour": "red"},
        fine | {"rest": None},
        fine | {"rest": -1},
    ):
        assert answer(lambda half=half: pack.decide("care", half)) == answer(
            lambda half=half: pack.interpret(half)["care"]
        )
        assert answer(lambda half=half: pack.evaluate(half)["care"]) == answer(
            lambda half=half: pack.interpret(half)["care"]
        )


def test_rules_for_nobody_refuse_everybody() -> None:
    """Where constraints leave no patient at all, no facts are taken, not even those that no constraint speaks of."""
    never = Constraint("never", AnyOf((fact("wet", "is", True), fact("wet", "is", False))))
    pack = pack_of(Rule("spots", fact("spots", "includes", "stem"), (("level", "bad"),)), constraints=(never,))
    for facts in ({"spots": ["stem"]}, {"spots": [], "wet": True}, {}):
        for way in (pack.interpret, pack.evaluate, lambda facts: pack.decide("care", facts)):
            with pytest.raises(FactError, match="cannot occur together"):
                way(facts)


def test_a_bare_function_gives_the_answer_and_nothing_else(plants: Pack) -> None:
    """It looks at what it needs and leaves it as it is; where there is not exactly one answer it has none."""
    care = plants.compile("care")
    facts = copy.deepcopy(PATIENT)
    assert care(facts) == {"level": "mild"}
    assert facts == PATIENT
    assert care({"wet": True}) is None
    with pytest.raises(UnknownNameError):
        plants.compile("cure")


def test_a_bare_function_ends_as_soon_as_the_answer_is_sure() -> None:
    """Facts of rules that cannot change the answer any more are not looked at."""
    pack = pack_of(
        Rule("wet", fact("wet", "is", True), (("level", "awful"),)),
        Rule("cold", fact("warmth", "below", 0), (("level", "bad"),)),
    )
    assert pack.compile("care")({"wet": True}) == {"level": "awful"}
    assert pack.compile("care")({"wet": False}) is None
    assert pack.compile("care")({"wet": False, "warmth": 1}) == {"level": "calm"}


def test_a_bare_function_of_a_list_gives_what_is_certain(greenhouse: hiprun.Pack) -> None:
    """For `collect` the outputs of the items that are certain; for limits the bounds."""
    facts = {"pests": ["slugs"], "temperature": 30, "window_open": False, "leaves": "limp", "season": "summer"}
    for name in greenhouse.decisions:
        outcome = greenhouse.interpret(facts, [name])[name]
        found = greenhouse.compile(name)(facts)
        if outcome.status == "decided" and found is not None:
            assert found == (
                outcome.possible[0]
                if outcome.possible
                else tuple(i.outputs for i in outcome.items if i.certainty == "certain")
            )


def numbers(hit: str, *rules: tuple[str, Any, Any]) -> Pack:
    """Return a pack of one decision whose output is a number, worked out from the facts."""
    output = Output("dose", Domain("number", worse="higher"))
    made = tuple(Rule(id_, condition, (("dose", value),)) for id_, condition, value in rules)
    decision = Decision("dose", "rules", "", (output,), hit, made)
    facts = {name: Fact(name, domain, "?") for name, domain in FACTS.items()}
    return Pack(Model("doses", "1.0.0", "", facts=facts, decisions={"dose": decision}))


@pytest.mark.parametrize("hit", ["unique", "first", "any", "collect"])
def test_numbers_are_worked_out_for_each_patient(hit: str) -> None:
    """Answers with formulas are exact, whatever kind of number a fact is."""
    half = Arithmetic("*", Constant(Fraction(1, 10)), Ref("fact", "amount"))
    pack = numbers(hit, ("wet", fact("wet", "is", True), half), ("dry", fact("wet", "is", False), Constant(2)))
    for facts in (
        {"wet": True, "amount": 3},
        {"wet": True, "amount": 0.3},
        {"wet": False, "amount": 7},
        {"wet": True, "amount": 70.0},
    ):
        for _ in range(2):
            outcome = pack.decide("dose", facts)
            assert outcome == pack.interpret(facts)["dose"]
            found = pack.compile("dose")(facts)
            assert found == (
                outcome.possible[0]
                if hit != "collect"
                else tuple(i.outputs for i in outcome.items if i.certainty == "certain")
            )
    assert pack.decide("dose", {"wet": True}) == pack.interpret({"wet": True})["dose"]


@pytest.mark.parametrize("hit", ["first", "unique", "any", "priority", "worst"])
def test_large_tables_are_looked_up(hit: str) -> None:
    """A decision with hundreds of rules of all shapes gives the same as when they are walked."""
    rules = []
    for number in range(200):
        low = Fraction(number, 4)
        parts: list[Any] = [
            fact("warmth", "between", low, low + 1 + number % 3),
            fact("colour", "is", ("red", "green", "blue")[number % 3]),
        ]
        parts += [fact("spots", "includes", "leaf")] if number % 2 else []
        parts += [AnyOf((fact("wet", "is", True), Not(fact("week", "above", number % 50))))] if number % 5 == 0 else []
        parts += (
            [Count((fact("wet", "is", True), fact("rest", "above", 3), fact("kind", "is", "oak")), 2, 3)]
            if number % 7 == 0
            else []
        )
        parts += (
            [
                Test(
                    Ref("fact", "warmth"),
                    "above",
                    (Arithmetic("*", Constant(Fraction(11, 10)), Ref("fact", "amount")),),
                )
            ]
            if number % 11 == 0
            else []
        )
        rules.append(Rule(f"rule-{number}", All(tuple(parts)), (("level", list(LEVELS)[number % 4]),)))
    pack = pack_of(*rules, hit=hit)
    statuses = set()
    for number in range(120):
        facts = PATIENT | {
            "warmth": number / 2.5 - 1,
            "colour": ("red", "green", "blue")[number % 3],
            "wet": number % 2 == 0,
            "week": number % 53 + 1,
            "spots": ["leaf"] if number % 4 else ["stem"],
            "amount": number / 3,
            "rest": number % 7,
        }
        outcome = pack.decide("care", facts)
        assert outcome == pack.interpret(facts)["care"]
        assert pack.decide("care", facts) == outcome
        assert is_quick(outcome)
        assert pack.compile("care")(facts) == (outcome.possible[0] if outcome.status == "decided" else None)
        statuses.add(outcome.status)
    assert "decided" in statuses
    assert ("conflict" in statuses) == (hit in ("unique", "any"))


def test_a_large_table_is_parted_by_a_choice() -> None:
    """Where a choice tells the rules apart best, those of each choice are looked at; conditions may share parts."""
    shared = AnyOf((fact("wet", "is", True), fact("week", "above", 20)))
    either = AnyOf((All((shared, fact("rest", "above", 3))), All((Not(shared), fact("rest", "at_most", 3)))))
    rules = [
        Rule(
            f"rule-{number}",
            All((fact("colour", "is", ("red", "green", "blue")[number % 3]), fact("amount", "above", number), either)),
            (("level", list(LEVELS)[number % 4]),),
        )
        for number in range(90)
    ]
    pack = pack_of(*rules)
    levels = set()
    for number in range(120):
        facts = PATIENT | {
            "colour": ("red", "green", "blue")[number % 3],
            "amount": number % 7,
            "wet": number % 2 == 0,
            "week": number % 53 + 1,
            "rest": number % 5 + 1,
        }
        outcome = pack.decide("care", facts)
        assert outcome == pack.interpret(facts)["care"]
        assert is_quick(outcome)
        levels.add(outcome["level"])
    assert levels == set(LEVELS)


def test_a_large_table_works_numbers_out_for_each_patient() -> None:
    """Formulas of a large table are worked out from the facts at hand, also where the same rule was met before."""
    rules = tuple(
        (f"rule-{number}", fact("week", "is", number), Arithmetic("*", Constant(number), Ref("fact", "amount")))
        for number in range(1, 54)
    )
    more = tuple((f"more-{number}", fact("rest", "above", 100 * number), Constant(number)) for number in range(1, 20))
    pack = numbers("first", *rules, *more)
    for amount in (3, 0.3, 7.5):
        for week in (1, 2, 2, 53):
            facts = {"week": week, "amount": amount, "rest": 0}
            outcome = pack.decide("dose", facts)
            assert outcome["dose"] == week * Fraction(repr(amount))
            assert outcome == pack.interpret(facts)["dose"]
            assert is_quick(outcome)


@pytest.mark.parametrize("first", [False, True])
def test_a_table_too_large_for_exact_sets_finds_the_same_rows(first: bool) -> None:
    """Where the sets of rows are kept for some places only, rows are told apart when they are found."""
    axis = Axis(Places([(edge, 0) for edge in range(20)]))
    single = [((start, start + length),) for length in (2, 15, 38) for start in range(0, 40 - length, 3)]
    double = [((start, start + 1), (start + 2, start + 4)) for start in range(30)]
    rows = [Row(number, {0: stretches}) for number, stretches in enumerate([*single, *double])]
    find = lookup(rows, [axis], first=first, few=1, most_bits=200)
    for value in (-1, 0, 0.5, 7, 7.5, 8, 11.5, 19, 25):
        place = axis.place(value)
        matching = [row.number for row in rows if any(start <= place < end for start, end in row.stretches[0])]
        assert find((value,)) == tuple(matching[:1] if first else matching), value


def test_what_a_table_leans_on_can_be_in_conflict() -> None:
    """A large table that uses a decision in conflict is in conflict itself."""
    output = Output("level", Domain("choice", LEVELS, worse="later", ordered=True))
    used = Decision(
        "used",
        "rules",
        "",
        (output,),
        "unique",
        (
            Rule("a", fact("wet", "is", True), (("level", "bad"),)),
            Rule("b", fact("warmth", "above", 10), (("level", "mild"),)),
        ),
        otherwise=(("level", "calm"),),
    )
    level = Ref("output", "level", "used")
    rules = tuple(
        Rule(
            f"rule-{n}",
            All((Test(level, "is", (list(LEVELS)[n % 3],)), fact("week", "is", n % 53 + 1))),
            (("level", "mild"),),
        )
        for n in range(80)
    )
    table = Decision("table", "rules", "", (output,), "first", rules, otherwise=(("level", "calm"),))
    facts = {name: Fact(name, domain, "?") for name, domain in FACTS.items()}
    pack = Pack(Model("plants", "1.0.0", "", facts=facts, decisions={"used": used, "table": table}))
    for wet in (True, False):
        for warmth in (5, 15):
            for week in (1, 2, 3):
                found = {"wet": wet, "warmth": warmth, "week": week}
                assert pack.evaluate(found) == pack.interpret(found)
                assert is_quick(pack.decide("table", found))


def test_decisions_that_would_become_too_long_are_not_compiled(plants: Pack) -> None:
    """There is a bound on how much is compiled."""
    small = Compiled(plants.model, lambda name: grounded(plants, name), {}, most_nodes=3)
    taken = small.taken(PATIENT)
    assert taken is not None
    assert small.decide_function("care", plants._origin) is None
    assert small.answer("care") is None
    assert small.conclude("care", taken) == plants.interpret(PATIENT)["care"]._conclusion
    assert small.conclude_all(taken) == {}
    known, partly_known = small.deciders("care", plants._origin)
    assert known(PATIENT) is None
    assert partly_known(PATIENT) == plants.interpret(PATIENT)["care"]


def test_as_many_decisions_as_fit_are_one_function() -> None:
    """What is left over is concluded by itself, with the same answers."""
    output = Output("level", Domain("choice", choices=("calm", "bad"), worse="later"))
    decisions = {
        name: Decision(
            name,
            "rules",
            "",
            (output,),
            "first",
            tuple(Rule(f"r{week}", fact("week", "is", week), (("level", "bad"),)) for week in weeks),
            otherwise=(("level", "calm"),),
        )
        for name, weeks in {"odd": (1, 3, 5), "even": (2, 4, 6), "early": (1, 2, 3)}.items()
    }
    facts = {name: Fact(name, domain, "?") for name, domain in FACTS.items()}
    pack = Pack(Model("plants", "1.0.0", "", facts=facts, decisions=decisions))
    for most_nodes, number in ((3, 1), (8, 2), (9, 3)):
        small = Compiled(pack.model, lambda name: grounded(pack, name), {}, most_nodes=most_nodes)
        for week in range(1, 8):
            taken = small.taken({"week": week})
            assert taken is not None
            together, expected = small.conclude_all(taken), pack.interpret({"week": week})
            assert len(together) == number
            for name, outcome in expected.items():
                assert together.get(name, outcome._conclusion) == small.conclude(name, taken) == outcome._conclusion


@pytest.mark.parametrize("more", [40, 60], ids=["walked", "looked up"])
def test_only_so_much_is_remembered(more: int) -> None:
    """Conclusions are kept for the combinations of rules that were met; beyond a bound the oldest are made again."""
    rules = [Rule(f"rule-{number}", fact("week", "is", number), (("level", "bad"),)) for number in range(1, 14)]
    rules += [Rule(f"more-{number}", fact("amount", "above", number), (("level", "mild"),)) for number in range(more)]
    pack = pack_of(*rules)
    memory = pack._compiled.memory
    memory.most = 50
    patients = [{"week": week, "amount": amount} for week in range(1, 15) for amount in range(41)]
    for facts in (*patients, *patients[-5:]):
        assert pack.decide("care", facts) == pack.interpret(facts)["care"]
        assert 0 < memory.items <= 50
    assert MOST_REMEMBERED == 120_000


def test_decisions_of_a_pack_share_what_is_remembered() -> None:
    """One bound holds for all tables together: the oldest makes way wherever it is; what is too large is not kept."""
    memory = Remembered(10)
    first: dict[int, str] = {}
    second: dict[int, str] = {}
    for number in range(4):
        memory.keep(first, number, "first", 2)
    memory.keep(first, 3, "again", 2)
    memory.keep(second, 0, "second", 5)
    memory.keep(second, 1, "too large", 11)
    assert (first, second, memory.items) == ({2: "first", 3: "first"}, {0: "second"}, 9)


def test_threads_share_what_is_remembered() -> None:
    """While several threads remember and forget, the account stays right and no answer is lost."""
    rules = [Rule(f"rule-{number}", fact("amount", "above", number), (("level", "mild"),)) for number in range(60)]
    pack = pack_of(*rules)
    memory = pack._compiled.memory
    memory.most = 40
    patients = [{"week": 1, "amount": amount % 61} for amount in range(400)]
    wanted = [pack.interpret(facts)["care"] for facts in patients]

    def ask(start: int) -> bool:
        return all(pack.decide("care", patients[i]) == wanted[i] for i in [*range(start, 400), *range(start)])

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(ask, range(0, 400, 50)))
    assert 0 < memory.items <= 40


def test_too_many_ways_to_a_score_go_by_the_conclusion() -> None:
    """Where every combination of rules gives another answer, the bare function does not spell them out."""
    rules = tuple((f"rule-{number}", fact("amount", "above", 3 * number), Constant(2**number)) for number in range(14))
    pack = numbers("sum", *rules)
    for amount in (0, 10.5, 20, 50):
        facts = {"amount": amount}
        assert pack.compile("dose")(facts) == pack.interpret(facts)["dose"].possible[0]
    assert pack.compile("dose")(3) is None  # type: ignore[arg-type]


def test_code_can_be_read_and_names_what_it_means(plants: Pack) -> None:
    """The function of a decision can be shown; names of the rules stand in remarks, never in the code."""
    lines = plants.code("care").splitlines()
    code = [line for line in lines if not line.startswith("#")]
    assert code[0] == "def decide(given):"
    for word in ("warmth", "colour", "green", "oak", "cold", "level"):
        assert not any(word in line for line in code), word
    remarks = "\n".join(line for line in lines if line.startswith("#"))
    assert "# k0 is what reads 'wet', 'week', 'warmth', " in remarks
    assert "is rule 'cold'" in remarks
    assert "'red': 0, 'green': 1, 'blue': 2" in remarks
    with pytest.raises(UnknownNameError):
        plants.code("cure")


def test_a_name_in_a_rule_file_cannot_become_code() -> None:
    """Names and texts that look like code are bound as constants."""
    evil = 'x"]); raise SystemExit #'
    facts = {evil: Fact(evil, Domain("string"), "?")}
    output = Output(evil, Domain("string"))
    rule = Rule(f"{evil}\n", Test(Ref("fact", evil), "is", (evil,)), ((evil, evil),))
    decision = Decision(evil, "rules", "", (output,), "first", (rule,))
    pack = Pack(Model(evil, "1", "", facts=facts, decisions={evil: decision}))
    assert pack.decide(evil, {evil: evil})[evil] == evil
    assert pack.compile(evil)({evil: evil}) == {evil: evil}
    assert not any(evil in line for line in pack.code(evil).splitlines() if not line.startswith("#"))


def test_a_traceback_shows_the_line_that_was_made() -> None:
    """Source that was made is kept for tracebacks."""
    writer = Writer()
    writer.write("return 1 / divisor")
    call = writer.function("divided", "divisor", "hiprun-compiled-test").call
    with pytest.raises(ZeroDivisionError) as error:
        call(0)
    assert "return 1 / divisor" in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside"),
    [
        (None, None, [0, 0.0, 1e15, -1e15, 1e-20], [1e16, -1e16, 1e-21, math.inf, math.nan, 10**15 + 1]),
        (0, None, [0, 5.5, -0.0], [-1, -0.5]),
        (2, 3, [2, 2.5, 3.0], [0, 1.99, 3.01]),
        (-3, -2, [-2, -3.0], [0, 2]),
        (Fraction(1, 3), Fraction(2, 3), [0.5, 0.34], [0.3333333333333333, 0.6666666666666667, 0, 1]),
        (10**20, 10**30, [], [1, 1e14]),
    ],
)
def test_ranges_are_exact(low: Any, high: Any, inside: list[Any], outside: list[Any]) -> None:
    """Numbers are taken up to the very ends of their range, and odd ones are left to the exact way."""
    writer = Writer()
    writer.write(f"return {number_code('x', Domain('number', lowest=low, highest=high))}")
    fits = writer.function("fits", "x", "test").call
    assert [value for value in inside if not fits(value)] == []
    assert [value for value in outside if fits(value)] == []


def test_a_test_for_how_texts_begin_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that no test names lie in several stretches then, and each is found by the order of its characters."""
    operator = NEW["starts_with"]
    monkeypatch.setitem(OPERATORS, operator.name, operator)  # type: ignore[arg-type]
    decide = garden(tmp_path, asked(operator, "owner")).compile("care")
    for owner in VALUES["owner"]:
        assert decide({"owner": owner}) == {"needed": owner.startswith("al")}, owner
