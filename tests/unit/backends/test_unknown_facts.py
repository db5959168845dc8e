"""Decisions with unknown facts, and with more combinations of rules than are remembered, as a user sees them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from hiprun.backends.compiled.conclusion_cache import Remembered
from hiprun.backends.compiled.floating_point_thresholds import edge
from hiprun.errors import FactError
from hiprun.inference.assessment import Assessment
from hiprun.inference.facts import check_facts
from hiprun.inference.infer import BUDGET, concluded
from hiprun.inference.partial_assignment import situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import STEPS_FOR_NEEDS, PreparedDiagrams
from hiprun.pack import Pack, grounded

from .. import small_packs

SIGNS = [f"sign_{number}" for number in range(12)]
FACTS = "facts:\n" + "".join(f"  {name}: {{ask: 'Is it so?', type: boolean}}\n" for name in SIGNS)
OUTPUTS = {
    "sum": ("points: {type: integer}", "{points: 2}", ""),
    "count": ("points: {type: integer}", "", ""),
    "max": ("points: {type: integer, worse: higher}", "{points: %d}", "otherwise: {points: 0}"),
    "min": ("points: {type: integer, worse: lower}", "{points: %d}", "otherwise: {points: 99}"),
    "worst": ("grade: {type: choice, choices: [a, b, c], worse: later}", "{grade: %s}", "otherwise: {grade: a}"),
    "first": ("points: {type: integer}", "{points: %d}", "otherwise: {points: 0}"),
    "priority": ("grade: {type: choice, choices: [a, b, c], worse: later}", "{grade: %s}", "otherwise: {grade: a}"),
    "any": ("grade: {type: choice, choices: [a, b, c]}", "{grade: %s}", "otherwise: no_match"),
    "unique": ("points: {type: integer}", "{points: %d}", "otherwise: no_match"),
    "collect": ("advice: {type: string}", "{advice: Do %d}", ""),
}


def signs_pack(folder: Path, hit: str, signs: list[str] = SIGNS) -> Pack:
    """Return a pack of one decision with a rule for each sign."""
    outputs, then, otherwise = OUTPUTS[hit]
    rules = []
    for number, name in enumerate(signs):
        given = then % ("bc"[number // 9] if "%s" in then else number) if "%" in then else then
        rules.append(f"  - {{id: r{number}, when: {{{name}: true}}{', then: ' + given if given else ''}}}\n")
    text = f"decision: it\ntitle: It\noutputs: {{{outputs}}}\nhit: {hit}\nrules:\n{''.join(rules)}{otherwise}\n"
    facts = "facts:\n" + "".join(f"  {name}: {{ask: 'Is it so?', type: boolean}}\n" for name in signs)
    return small_packs.load(folder, it=text, facts=facts)


def memory_of(pack: Pack) -> Remembered:
    """Return what a pack remembers."""
    return pack._compiled.memory


@pytest.mark.parametrize("hit", OUTPUTS)
@pytest.mark.parametrize("most", [120_000, 60], ids=["remembered", "forgotten"])
def test_every_combination_of_rules_is_concluded_as_by_the_interpreter(hit: str, most: int, tmp_path: Path) -> None:
    """Put together from what a few rules at a time come to, with room to remember it and without."""
    pack = signs_pack(tmp_path, hit)
    memory_of(pack).most = most
    for number, held in enumerate(product((False, True), repeat=len(SIGNS))):
        if number % 37 and sum(held) > 2:
            continue
        facts = dict(zip(SIGNS, held, strict=True))
        outcome = pack.decide("it", facts)
        assert outcome == pack.interpret(facts)["it"]
        assert pack.evaluate(facts)["it"] == outcome
        assert pack.decide("it", facts) == outcome


@pytest.mark.parametrize("hit", OUTPUTS)
def test_large_tables_too(hit: str, tmp_path: Path) -> None:
    """A decision with so many rules that they are looked up is put together likewise."""
    signs = [f"sign_{number}" for number in range(70)]
    outputs, then, otherwise = OUTPUTS[hit]
    OUTPUTS[hit] = outputs, then.replace("%s", "b"), otherwise
    try:
        pack = signs_pack(tmp_path, hit, signs)
    finally:
        OUTPUTS[hit] = outputs, then, otherwise
    memory_of(pack).most = 700
    for number in range(60):
        facts = {name: index in (number, 2 * number, 3 * number - 40) for index, name in enumerate(signs)}
        assert pack.decide("it", facts) == pack.interpret(facts)["it"]


def test_criteria_are_put_together_too(tmp_path: Path) -> None:
    """Of each criterion whether it is met, for all combinations."""
    pack = small_packs.load(
        tmp_path,
        checks="criteria: checks\nall:\n  - {id: a, require: {dry: false}}\n  - {id: b, require: {windy: false}}\n",
    )
    for dry, windy in product((False, True), repeat=2):
        facts = {"dry": dry, "windy": windy}
        assert pack.decide("checks", facts) == pack.interpret(facts)["checks"]


SORTED = """\
decision: care
title: Care
outputs: {what: {type: choice, choices: [look, water], worse: later}}
hit: collect
order: worst
rules:
  - {id: a, when: {dry: true}, then: {what: look}}
  - {id: b, when: {windy: true}, then: {what: water}}
"""


def test_items_stand_in_the_order_of_the_decision(tmp_path: Path) -> None:
    """The worst item is first, whichever of them are certain."""
    pack = small_packs.load(tmp_path, care=SORTED)
    for dry, windy in product((False, True), repeat=2):
        facts = {"dry": dry, "windy": windy}
        outcome = pack.decide("care", facts)
        assert outcome == pack.interpret(facts)["care"]
        assert [item.rule for item in outcome.items] == ["b", "a"]


MIXED = """\
decision: care
title: Care
outputs: {grade: {type: choice, choices: [calm, watch, act], worse: later}}
hit: worst
rules:
  - {id: hot, when: {warmth: {above: 33.3}}, then: {grade: watch}}
  - {id: cold, when: {warmth: {at_most: 4}, dry: true}, then: {grade: act}}
  - {id: rotten, when: {fruit: rotten}, then: {grade: watch}}
  - {id: wasps, when: {guests: {includes_any: [wasps, mice]}, windy: false}, then: {grade: act}}
  - {id: old, when: {planted: {below: 2024-02-01}, rings: {at_least: 3}}, then: {grade: watch}}
  - {id: mine, when: {owner: {one_of: [al, bo]}, tree: oak}, then: {grade: act}}
otherwise: {grade: calm}
"""
LIMITED = "constraints:\n  - {id: no-oak, never: {tree: oak, rings: 0}, because: Oaks have rings.}\n"
TREE: dict[str, Any] = {
    "warmth": 33.3,
    "rings": 3,
    "fruit": "ripe",
    "tree": "oak",
    "guests": ["birds"],
    "dry": True,
    "windy": False,
    "planted": "2024-05-01",
    "owner": "al",
}
OTHERS: dict[str, list[Any]] = {
    "warmth": [4, 4.5, Decimal("33.4"), {"at_least": 30}],
    "rings": [2, 3.0],
    "fruit": ["rotten", {"one_of": ["green", "rotten"]}],
    "tree": ["elm"],
    "guests": [("wasps", "birds"), frozenset(), {"includes_all": ["mice"]}],
    "dry": [False, None],
    "windy": [True],
    "planted": ["2024-01-31"],
    "owner": ["cy"],
}


def test_every_kind_of_fact_may_be_unknown(tmp_path: Path) -> None:
    """Facts of every type, known, unknown, known in part, and in every form that is taken in."""
    pack = small_packs.load(tmp_path, care=MIXED, constraints=LIMITED)
    for left_out, (name, values) in product([*TREE, None], OTHERS.items()):
        for value in values:
            facts = {key: entry for key, entry in {**TREE, name: value}.items() if key != left_out}
            assert pack.decide("care", facts).to_dict() == pack.interpret(facts)["care"].to_dict()


def test_facts_that_cannot_occur_together_are_refused_also_when_others_are_unknown(tmp_path: Path) -> None:
    """Constraints are kept where only some of their facts are known, the second time as the first."""
    constraints = (
        "constraints:\n  - {id: a, never: {tree: oak, rings: {at_most: 2}, dry: true}}\n"
        "  - {id: b, never: {tree: oak, rings: {at_most: 2}, dry: false}}\n"
    )
    pack = small_packs.load(tmp_path, care=MIXED, constraints=constraints)
    for _ in range(2):
        with pytest.raises(FactError, match="cannot occur together"):
            pack.decide("care", {"tree": "oak", "rings": 1})
        assert pack.decide("care", {"tree": "elm", "rings": 1}).status == "undetermined"
        assert pack.decide("care", {"rings": 1, "dry": True, "windy": True}).status == "undetermined"


ODD: dict[str, Any] = {"rings": "three", "guests": 7, "tree": "palm", "dry": 1, "owner": 3, "planted": "soon"}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("whole", [True, False], ids=["all given", "few given"])
def test_odd_facts_are_refused_in_the_same_words(name: str, whole: bool, tmp_path: Path) -> None:
    """Whether a decision needs a fact or not, and however many are known, it is checked."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 1}}"))
    facts = {**(TREE if whole else {"warmth": 3}), name: ODD[name]}
    with pytest.raises(FactError) as plain:
        pack.interpret(facts)
    with pytest.raises(FactError) as quick:
        pack.decide("care", facts)
    assert str(quick.value) == str(plain.value)


def test_a_decisions_own_facts_are_checked_where_others_of_them_are_unknown(tmp_path: Path) -> None:
    """An odd fact is refused in the same words, whatever else is unknown."""
    pack = small_packs.load(tmp_path, care=MIXED)
    with pytest.raises(FactError, match="`tree`"):
        pack.decide("care", {"tree": "palm", "dry": True})


CLASH = """\
decision: size
title: Size
outputs: {points: {type: integer}}
hit: unique
rules:
  - {id: a, when: {dry: true}, then: {points: 1}}
  - {id: b, when: {windy: true}, then: {points: 2}}
otherwise: {points: 0}
"""
LISTED = """\
decision: list
title: List
outputs: {amount: {type: number}}
hit: collect
rules:
  - {id: some, when: {fruit: ripe}, then: {amount: 2 * size.points}}
"""


def test_items_may_rest_on_a_conflict(tmp_path: Path) -> None:
    """Where a decision behind a list is in conflict, an item spans what either side of the conflict gives."""
    pack = small_packs.load(tmp_path, size=CLASH, list=LISTED)
    for facts in ({"dry": True, "windy": True, "fruit": "ripe"}, {"dry": True, "windy": True, "fruit": "green"}):
        outcome = pack.decide("list", facts)
        assert outcome.status == "conflict"
        assert outcome == pack.interpret(facts)["list"] == pack.evaluate(facts)["list"]


def test_a_fact_that_does_not_exist_is_refused_where_all_others_are_given(tmp_path: Path) -> None:
    """Of as many facts as there are one may have a wrong name."""
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 1}}"))
    facts = {**{name: value for name, value in TREE.items() if name != "owner"}, "ovner": "al"}
    with pytest.raises(FactError, match="ovner"):
        pack.decide("care", facts)
    unknown = {**{name: value for name, value in TREE.items() if name != "warmth"}, "ovner": "al"}
    with pytest.raises(FactError, match="ovner"):
        pack.decide("care", unknown)
    assert pack.decide("care", {**TREE, "owner": None})["needed"] is True
    assert pack.decide("care", TREE).facts["guests"] == frozenset({"birds"})


def test_the_same_facts_given_again_and_again_are_checked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts beyond those of a decision, in selections that come often or not, are taken in and refused alike."""
    monkeypatch.setattr("hiprun.backends.compiled.input_checks._MOST_SELECTIONS", 3)
    monkeypatch.setattr("hiprun.backends.compiled.input_checks._MOST_COUNTED", 2)
    pack = small_packs.load(tmp_path, care=small_packs.rule("{warmth: {above: 1}}"), constraints=LIMITED)
    often = ("warmth", "rings", "fruit", "tree", "guests", "planted", "owner")
    many = [("warmth", *often[index + 1 :]) for index in range(5)] + [("warmth", "ovner")]
    odd: dict[str, list[Any]] = {
        "rings": [3.0, -1, 2.5, "3", True, None, 0],
        "fruit": ["blue", None, 1],
        "guests": [["birds"], ["cats"], "birds"],
        "planted": ["yesterday", None],
        "owner": ["b\u200bo", None, 5],
    }
    for names in [often] * 80 + many * 200:
        facts = {name: TREE.get(name, 1) for name in names}
        assert refusal_or_outcome(pack.decide, "care", facts) == refusal_or_outcome(pack.interpret, facts)
    for name, values in odd.items():
        for value in values:
            facts = {each: value if each == name else TREE[each] for each in often}
            assert refusal_or_outcome(pack.decide, "care", facts) == refusal_or_outcome(pack.interpret, facts)


def refusal_or_outcome(ask: Callable[..., Any], *given: Any) -> Any:
    """Return the outcome of the one decision, or in which words the facts are refused."""
    try:
        found = ask(*given)
    except FactError as error:
        return str(error)
    return found["care"] if isinstance(found, Assessment) else found


SUMS = """\
decision: care
title: Care
outputs: {water: {type: number}}
hit: first
rules:
  - {id: much, when: {wet_rings: {above: 50}}, then: {water: 2 * rings + 1}}
  - {id: dry, when: {dry: true}, then: {water: warmth}}
otherwise: {water: 0}
"""
DERIVED = "derived:\n  wet_rings: {title: Wet rings, formula: warmth + 10 * rings}\n"


def test_sums_and_formulas_may_be_known_in_part(tmp_path: Path) -> None:
    """Numbers that are put together, with none, one and all of their facts known."""
    pack = small_packs.load(tmp_path, care=SUMS, derived=DERIVED)
    for warmth, rings, dry in product((None, 0, 0.1, 20.5, 33, 100), (None, 0, 2, 3, 9), (None, True, False)):
        given = {"warmth": warmth, "rings": rings, "dry": dry}
        facts = {name: value for name, value in given.items() if value is not None}
        for _ in range(2):
            assert pack.decide("care", facts) == pack.interpret(facts)["care"]


TRUTH = """\
decision: care
title: Care
outputs: {needed: {type: boolean, worse: true}}
hit: worst
rules:
  - {id: a, when: {dry: true}, then: {needed: true}}
  - {id: b, when: {count: {of: [{windy: true}, {fruit: ripe}, {tree: oak}], at_least: 2}}, then: {needed: false}}
otherwise: {needed: false}
"""


def test_truths_stay_truths(tmp_path: Path) -> None:
    """What comes out of a score or a rank is of the type of its output, with facts unknown too."""
    pack = small_packs.load(tmp_path, care=TRUTH)
    for facts in ({}, {"windy": True}, {"dry": True}, {"dry": False}, {"dry": False, "fruit": "green"}):
        outcome = pack.decide("care", facts)
        assert {type(answer["needed"]) for answer in outcome.possible} == {bool}
        assert [answer["needed"] for answer in outcome.possible] == [
            answer["needed"] for answer in pack.interpret(facts)["care"].possible
        ]


def test_opposites_and_counts_may_be_settled_while_others_are_open(tmp_path: Path) -> None:
    """What is said of several conditions together is settled as soon as enough of them are."""
    opposite = "{not: {all: [{dry: true}, {windy: true}]}}"
    counted = "{count: {of: [{tree: oak}, {rings: {above: 3}}, {warmth: {above: 9}}], at_least: 2}}"
    pack = small_packs.load(tmp_path, care=small_packs.rule(f"{{any: [{opposite}, {counted}, {{fruit: rotten}}]}}"))
    for dry, windy, tree, rings in product((None, False, True), (None, True), (None, "elm", "oak"), (None, 1, 5)):
        facts = {"dry": dry, "windy": windy, "tree": tree, "rings": rings}
        assert pack.decide("care", facts) == pack.interpret(facts)["care"]


def test_large_decisions_conclude_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many conditions patients are told apart by all that is known, with the same conclusions."""
    small = small_packs.load(tmp_path, care=MIXED, constraints=LIMITED)
    patients = [
        {name: value for index, (name, value) in enumerate(TREE.items()) if number >> index & 1}
        for number in range(0, 512, 3)
    ]
    expected = [small.decide("care", facts) for facts in patients]
    monkeypatch.setattr("hiprun.inference.situation_keys.MOST_NODES", 0)
    large = Pack(small.model)
    assert [large.decide("care", facts) for facts in patients * 2] == expected * 2


def test_memory_is_bounded_and_what_was_forgotten_is_made_again(tmp_path: Path) -> None:
    """Keys that lead to a conclusion go with it, and diagrams take no more than half."""
    pack = signs_pack(tmp_path, "worst")
    memory = memory_of(pack)
    memory.most = 300
    for number in range(200):
        facts = {name: bool(number >> index & 1) for index, name in enumerate(SIGNS[:8])}
        assert pack.decide("it", facts) == pack.interpret(facts)["it"]
        assert memory.items <= memory.most
        assert memory.reserved <= memory.most // 2


def test_a_combination_that_comes_again_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put together quickly takes room only if it is met again before many others are, and its answer stays."""
    monkeypatch.setattr("hiprun.backends.compiled.decision_function._MOST_MET", 4)
    pack, memory = signs_pack(tmp_path, "sum"), Remembered()
    pack._compiled.memory = memory
    patients = [{name: index == number for index, name in enumerate(SIGNS)} for number in range(6)]
    expected = [pack.interpret(facts)["it"] for facts in patients]

    def grows_by(*numbers: int) -> int:
        before = memory.items
        assert [pack.decide("it", patients[number]) for number in numbers] == [expected[number] for number in numbers]
        return memory.items - before

    grows_by(*range(6))
    assert grows_by(0, 1) == 0
    assert grows_by(0, 1) > 0
    assert grows_by(0, 1, 0, 1) == 0


def test_groups_are_forgotten_together() -> None:
    """What joined a group goes with it, and nothing joins one that is gone."""
    memory = Remembered(10)
    groups: dict[Any, Any] = {}
    keys: dict[Any, Any] = {}
    group = memory.keep_group(groups, "a", "first", 4)
    assert memory.keep_group(groups, "a", "other", 4) is group
    memory.join(group, keys, 1, 2)
    memory.join(group, keys, 1, 2)
    assert (memory.items, keys) == (6, {1: "first"})
    memory.keep_group(groups, "b", "second", 5)
    assert (list(groups), keys, memory.items) == (["b"], {}, 5)
    memory.join(group, keys, 2, 1)
    assert keys == {}
    assert memory.keep_group(groups, "large", "third", 11).value == "third"
    assert list(groups) == ["b"]
    assert (memory.reserve(5), memory.reserve(1)) == (True, False)


def test_threads_share_what_is_remembered(tmp_path: Path) -> None:
    """Many threads that ask at once get what one alone gets."""
    pack, plain = (small_packs.load(tmp_path, care=MIXED, constraints=LIMITED) for _ in range(2))
    patients = [
        {name: value for index, (name, value) in enumerate(TREE.items()) if number >> index & 1}
        for number in range(512)
    ]
    expected = [plain.interpret(facts)["care"] for facts in patients]
    memory_of(pack).most = 400
    decide: Callable[[dict[str, Any]], Any] = lambda facts: pack.decide("care", facts)  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            assert list(pool.map(decide, patients)) == expected


@pytest.mark.parametrize(("cut", "number"), [((4, 0), 4), ((4, 1), 4), ((0, 1), 0), ((-3, 0), -3)])
def test_numbers_lie_on_their_side_of_an_edge(cut: Any, number: float) -> None:
    """A limit that includes its number has it behind the edge, one that does not has it before."""
    assert (number >= edge(cut)) is (cut[1] == 0)
    assert number + 1 >= edge(cut) > number - 1


def test_questions_are_the_same_each_time(tmp_path: Path) -> None:
    """An interview asks in the same words whoever is asked."""
    interview = small_packs.load(tmp_path, care=MIXED).interview("care")
    first = interview.step({}).question
    assert first is not None
    assert interview.step({}).question == first
    assert first.rules


@pytest.mark.parametrize("steps", [0, STEPS_FOR_NEEDS])
def test_what_takes_too_long_to_prepare_is_searched_for(tmp_path: Path, steps: int) -> None:
    """Which facts matter to a condition comes out the same, whether it was found in few steps beforehand or is not."""
    advice = """\
decision: advice
outputs: {text: {type: string}}
hit: collect
rules:
  - id: windy
    when: {any: [{all: [{dry: false}, {windy: true}]}, {all: [{dry: true}, {windy: true}]}]}
    then: {text: Look.}
"""
    constraints = "constraints:\n  - {id: sound, never: {dry: true, fruit: rotten}}\n"
    pack = small_packs.load(tmp_path, advice=advice, constraints=constraints)
    program = grounded(pack, "advice")
    prepared = PreparedDiagrams(program, Remembered(), steps_for_needs=steps)
    there = situation(pack.model, program, check_facts(pack.model, {}))
    found = concluded(Patient(pack.model, there, BUDGET, diagrams=prepared))
    assert found == pack.interpret({}, ["advice"])["advice"]._conclusion
    assert (found.needs, found.exact) == (("windy",), True)
