"""Ways to another answer, as a caller sees them."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.inference.form_ranges import Ranges, Reach
from hiprun.inference.linear_forms import Linear
from hiprun.language.reader.fact_files import read_facts

from .. import small_packs


@pytest.fixture(scope="module")
def runner(root: Any) -> dict[str, Any]:
    """The runner of the examples, who is all but ready."""
    return dict(read_facts(root / "examples" / "runner.yaml"))


def test_each_change_says_what_is_and_what_would_do(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A change has the value now, the nearest that would do, and everything that would do."""
    facts = {**runner, "single_leg_stand_seconds": 20, "pain_in_daily_life": 3}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    said = [(change.fact, change.now, change.to, dict(change.within)) for change in way.changes]
    assert said == [
        ("pain_in_daily_life", 3, 1, {"at_most": 1}),
        ("single_leg_stand_seconds", 20, 30, {"at_least": 30}),
    ]
    assert way.outcome["result"] == "ready"
    assert json.loads(json.dumps(way.to_dict()))["changes"][0]["to"] == 1


def test_nothing_has_to_change_where_the_answer_is_as_wanted(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """The only way is then one without changes."""
    (way,) = hip.ways_to("readiness", {"result": "ready"}, runner)
    assert way.changes == ()


def test_what_only_time_changes_is_left_alone(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Before the week in which running begins there is no way to run today."""
    assert hip.ways_to("today", {"activity": "run"}, {**runner, "weeks_since_injury": 8}) == ()


def test_smaller_changes_come_before_larger_ones(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """Of several single changes the one that moves least is named first."""
    ways = hip.ways_to("progression", {"next_week_distance": "within"}, runner)
    assert [[(change.fact, change.to) for change in way.changes] for way in ways] == [
        [("this_week_distance", Decimal("20.46"))],
        [("next_week_distance", 22)],
        [("running_stage", "run_walk")],
    ]


def test_several_answers_can_be_wanted_at_once(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """A test stands for every answer that meets it."""
    facts = {**runner, "numbness": True}
    (way, *_) = hip.ways_to("triage", {"action": {"at_most": "rest_and_check_in"}}, facts)
    assert [change.fact for change in way.changes] == ["numbness"]


def test_a_fact_that_is_not_known_counts_as_a_change(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """What is missing has to turn out right, so it is named with the value it would have to have."""
    facts = {name: value for name, value in runner.items() if name != "cleared_by_professional"}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    assert [(change.fact, change.now, change.to) for change in way.changes] == [("cleared_by_professional", None, True)]


def test_sets_keep_the_choices_that_do_not_matter(greenhouse: hiprun.Pack) -> None:
    """A set changes by the choices that matter only; a conflict is a state one can leave."""
    (way, *_) = greenhouse.ways_to("clash", {"window": "open"}, {"temperature": 30, "pests": ["aphids", "slugs"]})
    assert [(change.fact, change.to) for change in way.changes] == [("pests", frozenset({"aphids"}))]


@pytest.mark.parametrize(
    ("decision", "wanted", "message"),
    [
        ("readiness", {"result": "redy"}, "never has that value. Did you mean `ready`"),
        ("readiness", {"resul": "ready"}, "is not an output of `readiness`. Did you mean `result`"),
        ("readiness", {}, "Say which answer you want"),
        ("triage", {"action": {"at_most": ["none"]}}, "never has that value"),
        ("exercises", {"exercise": "bridges"}, "has no single answer"),
        ("run_walk_plan", {"jog_minutes": "many"}, "never has that value"),
        ("run_walk_plan", {"jog_minutes": float("nan")}, "never has that value"),
    ],
)
def test_what_cannot_be_wanted_is_refused_in_words(
    hip: hiprun.Pack, decision: str, wanted: dict[str, Any], message: str
) -> None:
    """Outputs and answers that do not exist are named with what was probably meant."""
    with pytest.raises(hiprun.HiprunError, match=message):
        hip.ways_to(decision, wanted, {})


def test_a_fact_known_in_part_changes_only_where_it_may_be_otherwise(hip: hiprun.Pack, runner: dict[str, Any]) -> None:
    """What is known of a fact is enough, as long as everything that it may be would do."""
    facts = {**runner, "single_leg_stand_seconds": {"at_least": 40}, "pain_in_daily_life": {"at_least": 0.5}}
    (way,) = hip.ways_to("readiness", {"result": "ready"}, facts)
    assert [(change.fact, dict(change.within)) for change in way.changes] == [("pain_in_daily_life", {"at_most": 1})]


def test_an_end_that_would_not_do_is_said_even_at_the_edge_of_the_range(
    hip: hiprun.Pack, runner: dict[str, Any]
) -> None:
    """Where the lowest or the highest value of a fact is the only one that would not do, that is said too."""
    facts = {**runner, "days_since_last_run": 2, "hours_of_pain_after_run": 0, "stiffness": False}
    facts |= {"pain_while_running": 0, "pain_in_daily_life": 0}
    changes = [way.changes[0] for way in hip.ways_to("today", {"activity": "rest_or_cross_train"}, facts, most=20)]
    within = {change.fact: dict(change.within) for change in changes}
    assert within["pain_while_running"] == {"above": 0, "below": 4}


def garden(tmp_path: Path, facts: str, decision: str, **documents: str) -> hiprun.Pack:
    """Return the pack of a garden with more facts and one decision."""
    return small_packs.load(tmp_path, more=f"facts:\n{facts}", decision=decision, **documents)


def changes(pack: hiprun.Pack, decision: str, wanted: dict[str, Any], facts: dict[str, Any]) -> list[list[Any]]:
    """Return for each way which fact becomes what."""
    return [[(change.fact, change.to) for change in way.changes] for way in pack.ways_to(decision, wanted, facts)]


YES = "decision: d\noutputs: {go: {type: boolean}}\nhit: first\nrules:\n"
NO = "otherwise: {go: false}\n"


def test_days_are_ordinary(tmp_path: Path) -> None:
    """A date that is not known, and has no range, becomes a day that a calendar has, of this century where it may."""
    facts = "  sown: {ask: When was it sown?, type: date}\n  cut: {ask: When was it cut?, type: date}\n"
    rules = """\
  - {id: old, when: {sown: {below: 1999-05-01}, cut: {is_not: 2020-01-01}}, then: {go: true}}
"""
    pack = garden(tmp_path, facts, YES + rules + NO)
    ((sown, cut),) = (way.changes for way in pack.ways_to("d", {"go": True}, {}))
    assert datetime.date(1, 1, 1) <= sown.to <= datetime.date(1999, 4, 30)
    assert dict(sown.within) == {"at_most": datetime.date(1999, 4, 30)}
    assert datetime.date(2000, 1, 1) <= cut.to < datetime.date(2100, 1, 1)
    first = garden(tmp_path / "first", facts, YES + rules.replace("below: 1999-05-01", "below: 0001-01-01") + NO)
    assert first.ways_to("d", {"go": True}, {}) == ()
    assert first.decide("d", {})["go"] is False


def test_texts_that_no_rule_names_are_named_apart(tmp_path: Path) -> None:
    """Where any text would do that no rule names, one is given that no rule names."""
    pack = garden(tmp_path, "  kind: {ask: Which?, type: string}\n", YES + """\
  - {id: odd, when: {kind: {none_of: [moss, another text]}}, then: {go: true}}
""" + NO)  # fmt: skip
    assert changes(pack, "d", {"go": True}, {}) == [[("kind", "another text still")]]
    assert changes(pack, "d", {"go": False}, {"kind": "fern"})[0][0][1] in ("moss", "another text")


SUMS = """\
  wet: {ask: How wet?, type: number, range: [0, 100]}
  rain: {ask: How much rain?, type: number, range: [0, 100], changeable: false}
  deep: {ask: How deep?, type: number}
"""


def test_a_sum_is_moved_by_one_fact_that_can_change(tmp_path: Path) -> None:
    """Of a sum of facts one is moved as little as it takes, none that cannot change, and unknown ones are filled in."""
    pack = garden(tmp_path, SUMS, YES + "  - {id: more, when: {rain: {below: wet}}, then: {go: true}}\n" + NO)
    assert changes(pack, "d", {"go": True}, {"rain": 30, "wet": 20}) == [[("wet", 31)]]
    assert changes(pack, "d", {"go": True}, {"rain": 100, "wet": 20}) == []
    assert changes(pack, "d", {"go": False}, {"rain": 30}) == [[("wet", 15)]]
    deep = garden(tmp_path / "deep", SUMS, YES + """\
  - {id: more, when: {deep: {above: 2 * warmth}, warmth: {above: 3}}, then: {go: true}}
""" + NO)  # fmt: skip
    assert [("deep", 21)] in changes(deep, "d", {"go": True}, {"deep": 1, "warmth": 10})


def test_a_sum_that_no_single_fact_can_move_is_no_way(tmp_path: Path) -> None:
    """Where a sum would take more than one fact to move, no way is made up."""
    fixed = SUMS.replace("[0, 100]}", "[0, 100], changeable: false}")
    pack = garden(tmp_path, fixed, YES + "  - {id: more, when: {rain: {below: wet}}, then: {go: true}}\n" + NO)
    assert changes(pack, "d", {"go": True}, {"rain": 30, "wet": 20}) == []


def test_what_is_known_of_a_set_is_kept(tmp_path: Path) -> None:
    """A set that cannot change and is known in part leaves room for what is not said of it."""
    facts = "  signs: {ask: Which?, type: set, choices: [moss, rot, holes], changeable: false}\n"
    pack = garden(tmp_path, facts, YES + """\
  - {id: odd, when: {signs: {includes: moss}, dry: true}, then: {go: true}}
""" + NO)  # fmt: skip
    said = {"signs": {"includes_any": ["rot", "holes"]}, "dry": False}
    assert changes(pack, "d", {"go": True}, said) == [[("dry", True), ("signs", {"moss", "rot"})]]
    assert changes(pack, "d", {"go": False}, said | {"dry": True}) == [[("signs", {"rot"})], [("dry", False)]]


def test_what_does_not_matter_then_is_left_out(tmp_path: Path) -> None:
    """A fact that is not known is left so where the other changes are enough, whatever it is."""
    pack = garden(tmp_path, "  late: {ask: Late?, type: boolean}\n", YES + """\
  - {id: both, when: {dry: true, windy: true}, then: {go: true}}
  - {id: late, when: {late: true}, then: {go: true}}
""" + NO)  # fmt: skip
    ways = changes(pack, "d", {"go": True}, {"windy": False, "late": False})
    assert ways == [[("late", True)], [("dry", True), ("windy", True)]]


def test_too_much_to_search_is_said(tmp_path: Path) -> None:
    """Where the ways are too many to search, that is an error in words and no empty answer."""
    pack = garden(
        tmp_path, SUMS, YES + "  - {id: more, when: {rain: {below: wet}, dry: true}, then: {go: true}}\n" + NO
    )
    with pytest.raises(hiprun.HiprunError, match="to search all the ways to an answer") as raised:
        pack.ways_to("d", {"go": True}, {}, budget=1)
    assert raised.value.problems[0].help == "Pass more facts that cannot change, or a larger budget."


@pytest.mark.slow
def test_ways_are_looked_for_as_long_as_that_is_quick(tmp_path: Path) -> None:
    """Where thousands of combinations lead there, those found in a bounded number of steps are named."""
    facts = "".join(f"  n_{name}: {{ask: How many?, type: integer, range: [0, 14]}}\n" for name in "abcde")
    rules = "".join(
        f"  - {{id: {name}-{least}, when: {{n_{name}: {{at_least: {least}}}}}, then: {{points: 1}}}}\n"
        for name in "abcde"
        for least in range(1, 15)
    )
    score = f"decision: d\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{rules}"
    pack = garden(tmp_path, facts, score)
    now = {f"n_{name}": 0 for name in "abcde"}
    ways = pack.ways_to("d", {"points": {"at_least": 35}}, now, most=1000)
    assert [len(way.changes) for way in ways] == [3] * 10
    assert len(pack.ways_to("d", {"points": {"at_least": 35}}, now, most=1)) == 1


def test_two_facts_are_moved_where_a_sum_takes_it(tmp_path: Path) -> None:
    """Where no fact alone can be moved without moving another sum out of place, both are, as little as can be."""
    pack = garden(tmp_path, SUMS, YES + """\
  - {id: both, when: {deep: {above: 2 * warmth, below: 30 - warmth}}, then: {go: true}}
""" + NO)  # fmt: skip
    assert changes(pack, "d", {"go": True}, {"deep": 0, "warmth": 10}) == [[("warmth", 0), ("deep", 1)]]
    assert changes(pack, "d", {"go": True}, {"deep": 0, "warmth": 5}) == [[("deep", 11)]]


def test_a_number_between_two_limits_is_a_plain_one(tmp_path: Path) -> None:
    """Between limits that are close to each other a number of few digits is named."""
    rule = "  - {id: close, when: {warmth: {above: 3, below: 3.5}}, then: {go: true}}\n"
    pack = small_packs.load(tmp_path, decision=YES + rule + NO)
    assert changes(pack, "d", {"go": True}, {"warmth": 0}) == [[("warmth", Decimal("3.1"))]]


GRADES = """\
decision: d
outputs: {grade: {type: choice, choices: [calm, mild, bad], worse: later}}
hit: worst
rules:
  - {id: hot, when: {warmth: {above: 40}}, then: {grade: bad}}
  - {id: dry, when: {dry: true}, then: {grade: mild}}
  - {id: windy, when: {windy: true}, then: {grade: mild}}
otherwise: {grade: calm}
"""


def why_not(pack: hiprun.Pack, facts: dict[str, Any], **wanted: Any) -> list[str]:
    """Return the rules in the way."""
    return [step.id for step in pack.decide("d", facts).why_not(**wanted)]


def test_rules_that_hold_are_in_the_way_of_a_calmer_answer(tmp_path: Path) -> None:
    """Under `worst` those rules are in the way that give something worse than is wanted."""
    pack = small_packs.load(tmp_path, d=GRADES)
    facts = {"warmth": 50, "dry": True, "windy": False}
    assert why_not(pack, facts, grade="calm") == ["hot", "dry"]
    assert why_not(pack, facts, grade="mild") == ["hot"]
    assert why_not(pack, facts, grade="bad") == []
    assert why_not(pack, {"dry": True, "warmth": 20}, grade="calm") == ["dry"]


def test_rules_that_do_not_hold_are_missing_for_a_worse_answer(tmp_path: Path) -> None:
    """Where nothing is in the way, the rules are named that would give the answer and do not hold."""
    pack = small_packs.load(tmp_path, d=GRADES)
    assert why_not(pack, {"warmth": 20, "dry": False, "windy": False}, grade="mild") == ["dry", "windy"]
    assert why_not(pack, {"warmth": 20, "dry": True, "windy": False}, grade="bad") == ["hot"]


def test_limits_are_in_the_way_on_their_side(tmp_path: Path) -> None:
    """Of limits those bounds are named that are, or may be, broken on a side that is not wanted."""
    limits = small_packs.DECISIONS["amounts"].replace("amounts", "d")
    pack = small_packs.load(tmp_path, d=limits)
    assert why_not(pack, {"dry": True, "rings": 9}, rings="within") == ["most", "dry"]
    assert why_not(pack, {"dry": True, "rings": 1}, rings="within") == ["dry"]
    assert why_not(pack, {"dry": False, "rings": 3}, rings="within") == []
    assert why_not(pack, {"dry": False, "rings": 3}, rings="below") == ["dry"]
    assert why_not(pack, {"dry": False}, rings="within") == ["most"]


@pytest.mark.parametrize(("hit", "expected"), [("first", ["hot"]), ("priority", ["hot"]), ("sum", ["hot", "dry"])])
def test_other_rules_are_in_the_way_where_they_say_otherwise(tmp_path: Path, hit: str, expected: list[str]) -> None:
    """Where one rule has the say it is in the way; in a sum all that count are."""
    rules = """\
rules:
  - {id: hot, when: {warmth: {above: 40}}, then: {points: 3}}
  - {id: dry, when: {dry: true}, then: {points: 1}}
  - {id: windy, when: {windy: true}, then: {points: 2}}
"""
    rest = "" if hit == "sum" else "otherwise: {points: 0}\n"
    text = f"decision: d\noutputs: {{points: {{type: integer, worse: higher}}}}\nhit: {hit}\n{rules}{rest}"
    pack = small_packs.load(tmp_path, d=text)
    assert why_not(pack, {"warmth": 50, "dry": True, "windy": False}, points=1) == expected


def test_a_set_that_is_known_in_part_may_be_changed(tmp_path: Path) -> None:
    """A set of which something was said can be made otherwise, and what was said of it counts until then."""
    facts = "  signs: {ask: Which?, type: set, choices: [moss, rot, holes]}\n"
    pack = garden(
        tmp_path, facts, YES + "  - {id: clean, when: {signs: {includes_none: [moss, rot]}}, then: {go: true}}\n" + NO
    )
    assert changes(pack, "d", {"go": True}, {"signs": {"includes": "moss"}}) == [[("signs", set())]]
    assert changes(pack, "d", {"go": False}, {"signs": {"includes_any": ["moss", "rot"]}}) == [[]]


def test_whole_numbers_of_long_and_endless_ranges_are_moved(tmp_path: Path) -> None:
    """Where a number cannot be tried value by value, those at which something changes are."""
    facts = """\
  rows: {ask: How many rows?, type: integer, range: [0, 1000]}
  beds: {ask: How many beds?, type: integer}
  sticks: {ask: How many sticks?, type: integer, range: [0, 1000], changeable: false}
"""
    rules = "  - {id: enough, when: {sticks: {at_least: 3 * rows + beds}}, then: {go: true}}\n"
    pack = garden(tmp_path, facts, YES + rules + NO)
    now = {"rows": 20, "beds": 10, "sticks": 50}
    assert changes(pack, "d", {"go": True}, now) == [[("rows", 13)], [("beds", -10)]]
    assert changes(pack, "d", {"go": True}, {**now, "sticks": {"between": [40, 69]}}) == [
        [("rows", 10)],
        [("beds", -20)],
    ]
    assert [("sticks", 70)] not in changes(pack, "d", {"go": True}, {**now, "sticks": {"between": [40, 69]}})


def test_a_search_that_grows_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without steps to look for ways none is guessed, and those found before are kept."""
    pack = garden(tmp_path, SUMS, YES + "  - {id: hot, when: {warmth: {above: 3}}, then: {go: true}}\n" + NO)
    assert changes(pack, "d", {"go": True}, {}) != []
    for limit in ("counterfactuals.MOST_WORK", "counterfactuals.layout._MOST_STEPS"):
        with monkeypatch.context() as patched:
            patched.setattr(f"hiprun.inference.{limit}", 0)
            with pytest.raises(hiprun.HiprunError, match="to search all the ways to an answer"):
                pack.ways_to("d", {"go": True}, {})


def test_what_functions_come_to_counts_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a function passes a limit is worked out within the steps of the search."""
    rule = "{any: [{rye: {at_most: oats - rye + abs(bran)}}, {rye: {below: 1}}]}"
    pack = garden(tmp_path, WEIGHED, YES + f"  - {{id: it, when: {rule}, then: {{go: true}}}}\n" + NO)
    worked_out = 0
    reach = Ranges.reach

    def counted(ranges: Ranges, form: Linear) -> Reach:
        nonlocal worked_out
        worked_out += 1
        return reach(ranges, form)

    monkeypatch.setattr(Ranges, "reach", counted)
    monkeypatch.setattr("hiprun.inference.counterfactuals.MOST_WORK", 10_000)
    with pytest.raises(hiprun.HiprunError, match="to search all the ways to an answer"):
        pack.ways_to("d", {"go": True}, {"oats": {"at_least": 1}, "rye": {"at_least": 7}})
    assert worked_out < 1_000


@pytest.mark.slow
def test_nothing_is_called_exact_however_early_a_search_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the steps run out, also while it is looked for what was left out, the ways are those found by then."""
    pack = garden(tmp_path, WEIGHED, YES + "  - {id: third, when: {rye: 3 * oats}, then: {go: true}}\n" + NO)
    found = set()
    for steps in (180, 300, 420):
        monkeypatch.setattr("hiprun.inference.counterfactuals.MOST_WORK", steps)
        try:
            ways = pack.ways_to("d", {"go": True}, {"oats": 1, "rye": 1})
        except hiprun.HiprunError:
            found.add("none")
            continue
        assert [[(change.fact, change.to) for change in way.changes] for way in ways] == [[("rye", 3)]]
        found.add("exact" if ways.exact else "open")
    assert found == {"none", "open"}


def test_a_fact_may_be_compared_with_a_product_of_it(tmp_path: Path) -> None:
    """A fact that is on both sides, once in a product, is moved like any other."""
    facts = """\
  wide: {ask: How wide?, type: number, range: [0, 100]}
  long: {ask: How long?, type: integer, range: [0, 1000]}
"""
    pack = garden(tmp_path, facts, YES + "  - {id: far, when: {long: {above: wide * long}}, then: {go: true}}\n" + NO)
    assert [("wide", 0)] in changes(pack, "d", {"go": True}, {"wide": 2, "long": 5})
    assert [("wide", 1)] in changes(pack, "d", {"go": False}, {"wide": Decimal("0.5"), "long": 5})


def test_ways_found_before_it_became_unclear_are_named(tmp_path: Path) -> None:
    """Where functions leave open whether there are others, the smallest found by then are the answer."""
    facts = """\
  wide: {ask: How wide?, type: number, range: [0, 100]}
  long: {ask: How long?, type: number, range: [0, 100]}
"""
    rule = "  - {id: far, when: {wide: {above: abs(wide - long)}}, then: {go: true}}\n"
    pack = garden(tmp_path, facts, YES + rule + NO)
    assert changes(pack, "d", {"go": True}, {"wide": 2, "long": 0}) == [[("long", 1)]]


WEIGHED = """\
  oats: {ask: How many oats?, type: number, range: [0, 9]}
  rye: {ask: How much rye?, type: number, range: [0, 9]}
  bran: {ask: How much bran?, type: number, range: [0, 9]}
"""


def test_two_facts_hold_whatever_a_third_turns_out_to_be(tmp_path: Path) -> None:
    """Where a sum has a fact that stays unknown, the others are moved so far that it does not matter."""
    rule = "  - {id: even, when: {oats: {between: [bran + rye - 9.5, bran + rye + 0.5]}}, then: {go: true}}\n"
    pack = garden(tmp_path, WEIGHED, YES + rule + NO)
    ways = pack.ways_to("d", {"go": True}, {"oats": 0, "rye": 9})
    assert [[(change.fact, change.to) for change in way.changes] for way in ways] == [
        [("oats", Decimal("8.5"))],
        [("rye", Decimal("0.5"))],
        [("bran", 0)],
    ]
    assert ways.exact
    narrow = garden(tmp_path / "narrow", WEIGHED, YES + rule.replace("- 9.5", "- 4") + NO)
    ways = narrow.ways_to("d", {"go": True}, {"oats": 0, "rye": 9})
    assert [[change.fact for change in way.changes] for way in ways] == [["oats", "bran"], ["rye", "bran"]]
    assert ways.exact


def test_a_number_that_cannot_be_written_leaves_open_whether_there_is_a_way(tmp_path: Path) -> None:
    """A third has no decimals, so that no way is named, and that there may be one is said."""
    pack = garden(tmp_path, WEIGHED, YES + "  - {id: third, when: {rye: 3 * oats}, then: {go: true}}\n" + NO)
    ways = pack.ways_to("d", {"go": True}, {"oats": 1, "rye": 1})
    assert [[(change.fact, change.to) for change in way.changes] for way in ways] == [[("rye", 3)]]
    assert not ways.exact


@pytest.mark.parametrize(
    "limit", ["convex_regions._MOST_WORK", "convex_regions._MOST_PIECES", "layout._MOST_PARTIAL_PATHS"]
)
def test_regions_that_take_too_long_to_work_out_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Where what the limits leave of numbers is too much to work out, ways through them are left out, which is said."""
    rule = "  - {id: heavy, when: {any: [{rye: {above: oats}}, {dry: true}]}, then: {go: true}}\n"
    pack = garden(tmp_path, WEIGHED, YES + rule + NO)
    now = {"oats": 5, "rye": 1, "dry": False}
    assert changes(pack, "d", {"go": True}, now) == [[("rye", 6)], [("oats", 0)], [("dry", True)]]
    monkeypatch.setattr(f"hiprun.inference.counterfactuals.{limit}", 0)
    ways = pack.ways_to("d", {"go": True}, now)
    assert ([[change.fact for change in way.changes] for way in ways], ways.exact) == ([["dry"]], False)


def test_a_number_known_in_part_is_rather_one_that_it_may_be(tmp_path: Path) -> None:
    """Of what would do, a number is named that what is known allows, where there is one."""
    pack = garden(tmp_path, WEIGHED, YES + "  - {id: less, when: {rye: {below: oats}}, then: {go: true}}\n" + NO)
    ways = changes(pack, "d", {"go": True}, {"oats": 2, "rye": {"at_least": 1}})
    assert [("rye", Decimal("1.5"))] in ways


def test_a_nearer_number_that_may_lead_elsewhere_is_passed_over(tmp_path: Path) -> None:
    """Where one of two bands is enough only if a sign is there that is not known, the other is reached."""
    rule = """\
  - {id: near, when: {oats: {between: [rye + 1, rye + 2]}, dry: true}, then: {go: true}}
  - {id: far, when: {oats: {between: [rye + 5, rye + 6]}}, then: {go: true}}
"""
    ways = garden(tmp_path, WEIGHED, YES + rule + NO).ways_to("d", {"go": True}, {"oats": 0, "rye": 0})
    assert ([[(change.fact, change.to) for change in way.changes] for way in ways], ways.exact) == (
        [[("oats", 5)]],
        True,
    )


def test_sums_that_have_nothing_to_do_with_each_other_are_all_met(tmp_path: Path) -> None:
    """Where another sum cannot be met either, facts of both are changed."""
    facts = WEIGHED + "  corn: {ask: How much corn?, type: number, range: [0, 9]}\n"
    rule = "  - {id: both, when: {rye: {above: oats}, bran: {above: corn}}, then: {go: true}}\n"
    ways = garden(tmp_path, facts, YES + rule + NO).ways_to("d", {"go": True}, {"oats": 5, "rye": 1, "corn": 9})
    names = [{change.fact for change in way.changes} for way in ways]
    assert (names, ways.exact) == ([{"rye", "bran", "corn"}, {"oats", "bran", "corn"}], True)


def test_two_narrow_sums_are_met_beside_a_count_that_stays_unknown(tmp_path: Path) -> None:
    """Numbers that no limit and no short decimal gives are found also where not all of the sums can be worked out."""
    facts = WEIGHED.replace("oats?, type: number, range: [0, 9]", "oats?, type: number, range: [0, 30]")
    pack = garden(tmp_path, facts + "  sacks: {ask: How many sacks?, type: integer, range: [0, 99]}\n", YES + """\
  - id: narrow
    when:
      all:
        - {oats: {above: 20.333 - 2 * rye, below: 20.335 - 2 * rye}}
        - {oats: {above: 2.142 + rye, below: 2.143 + rye}}
        - {oats: {below: 120 - sacks}}
    then: {go: true}
""" + NO)  # fmt: skip
    ways = pack.ways_to("d", {"go": True}, {"oats": 1, "rye": 1})
    assert [[change.fact for change in way.changes] for way in ways] == [["oats", "rye"]]
    assert ways[0].outcome["go"] is True
    assert ways.exact


def ways_of(pack: hiprun.Pack, facts: dict[str, Any], wanted: Any = True) -> tuple[list[list[Any]], bool]:
    """Return for each way which fact becomes what, and whether there are surely no others."""
    ways = pack.ways_to("d", {"go": wanted}, facts)
    return [[(change.fact, change.to) for change in way.changes] for way in ways], ways.exact


def test_numbers_that_do_only_if_a_sign_is_one_way_or_the_other_are_none(tmp_path: Path) -> None:
    """Where every number leads there for some, and none for all, what is not known has to turn out right."""
    rules = """\
  - {id: dry, when: {rye: {above: oats}, dry: true}, then: {go: true}}
  - {id: wet, when: {rye: {at_most: oats}, dry: false}, then: {go: true}}
"""
    for facts in (WEIGHED, WEIGHED.replace(", range: [0, 9]", "")):
        pack = garden(tmp_path, facts, YES + rules + NO)
        assert ways_of(pack, {"rye": 1, "oats": 2}) == ([[("dry", False)]], True)


def test_many_gaps_in_a_number_leave_open_whether_there_are_other_ways(tmp_path: Path) -> None:
    """Where a number may be any but very many, what others could be beside it is not worked out."""
    pack = garden(tmp_path, WEIGHED, YES + "  - {id: more, when: {rye: {above: oats}}, then: {go: true}}\n" + NO)
    gaps = {"none_of": [Decimal(tenths) / 10 for tenths in range(1, 80)]}
    assert ways_of(pack, {"rye": 1, "oats": gaps}) == ([[("oats", 0)]], False)


def test_whole_numbers_and_others_are_changed_together(tmp_path: Path) -> None:
    """Whole numbers are set one by one; with those that another sum cannot have, others are not looked for."""
    facts = WEIGHED + "  beds: {ask: How many?, type: integer, range: [0, 30]}\n"
    facts += "  rows: {ask: How many?, type: integer, range: [0, 20]}\n"
    rules = """\
  - {id: beds, when: {rye: {above: oats}, beds: {above: 10 - rows, at_least: rows + 3}}, then: {go: true}}
  - {id: rye, when: {rye: {above: oats + 3}}, then: {go: true}}
"""
    pack = garden(tmp_path, facts, YES + rules + NO)
    found, exact = ways_of(pack, {"rye": 1, "oats": 2, "beds": 2})
    assert (found, exact) == ([[("rye", 6)], [("oats", 0), ("beds", 23)]], True)


def test_a_set_that_is_changed_stands_beside_numbers_that_are(tmp_path: Path) -> None:
    """What is known of a set counts for numbers beside it, as long as the set is not changed."""
    facts = WEIGHED + "  signs: {ask: Which?, type: set, choices: [moss, rot, holes]}\n"
    rules = """\
  - {id: none, when: {rye: {above: oats}, signs: {includes_none: [moss, rot]}}, then: {go: true}}
  - {id: moss, when: {rye: {above: oats + 2}, signs: {includes: moss}}, then: {go: true}}
  - {id: rot, when: {rye: {below: oats - 1}, signs: {includes: rot}}, then: {go: true}}
"""
    pack = garden(tmp_path, facts, YES + rules + NO)
    found, exact = ways_of(pack, {"rye": 1, "oats": 2, "signs": {"includes_any": ["moss", "rot"]}})
    assert (found, exact) == ([[("rye", 0), ("signs", {"rot"})], [("oats", 3), ("signs", {"rot"})]], True)


def test_what_functions_leave_open_is_not_called_exact(tmp_path: Path) -> None:
    """Where it is not known what functions of unknown facts come to, ways are named, and that there may be others."""
    facts = """\
  fixed: {ask: How many?, type: number, range: [0, 9], changeable: false}
  beds: {ask: How many?, type: integer, range: [1, 9]}
  rows: {ask: How many?, type: integer, range: [1, 9]}
  least: {ask: How many?, type: integer, range: [0, 9], changeable: false}
"""
    rules = """\
  - {id: same, when: {fixed: {is: abs(fixed)}}, then: {go: false}}
  - {id: enough, when: {least: {at_most: beds}}, then: {go: true}}
"""
    pack = garden(tmp_path / "same", facts, YES + rules + NO)
    found, exact = ways_of(pack, {"beds": 7, "least": 3}, wanted=False)
    assert [("beds", 2)] in found
    assert not exact
    product = "decision: d\noutputs: {go: {type: number}}\nhit: max\nrules:\n"
    product += "  - {id: more, when: {beds: {below: rows}}, then: {go: round(rows / 5) * least}}\notherwise: {go: 0}\n"
    pack = garden(tmp_path / "product", facts.replace("9], changeable: false", "9]"), product)
    ways = pack.ways_to("d", {"go": {"below": 8}}, {"least": 8, "rows": {"at_least": 1}})
    changes = [[(change.fact, change.to) for change in way.changes] for way in ways]
    assert (changes, ways.exact) == ([[("rows", 2)], [("beds", 9)]], False)
    assert all(way.outcome.range("go")[1] < 8 for way in ways)


@pytest.mark.slow
def test_a_fact_beside_a_function_that_others_are_in_as_well(tmp_path: Path) -> None:
    """Where a fact that is not known is in a function and beside it, numbers of another are tried, not all of them."""
    facts = WEIGHED.replace(
        "bran?, type: number, range: [0, 9]", "bran?, type: number, range: [0, 9], changeable: false"
    )
    rule = "{any: [{rye: {at_most: oats - rye + abs(bran)}}, {rye: {below: 1}}]}"
    pack = garden(tmp_path, facts, YES + f"  - {{id: it, when: {rule}, then: {{go: true}}}}\n" + NO)
    found, exact = ways_of(pack, {"bran": 5, "oats": {"at_least": 1}, "rye": {"at_least": 7}})
    assert (found, exact) == ([[("rye", 3)]], False)


def test_a_change_that_makes_rules_contradict_each_other_is_no_way(tmp_path: Path) -> None:
    """Where a decision that is used would have two answers, there is none; the other fact leads to the wanted one."""
    facts = "  hail: {ask: Is there hail?, type: boolean}\n  rain: {ask: Is there rain?, type: boolean}\n"
    sky = """\
decision: sky
outputs: {clear: {type: boolean}}
hit: unique
rules:
  - {id: dry, when: {dry: true}, then: {clear: true}}
  - {id: hail, when: {hail: true}, then: {clear: false}}
otherwise: {clear: true}
"""
    decision = """\
decision: d
outputs: {level: {type: choice, choices: [calm, mild, bad], worse: later}}
hit: worst
rules:
  - {id: cloudy, when: {sky.clear: false}, then: {level: bad}}
  - {id: rain, when: {rain: true}, then: {level: bad}}
otherwise: {level: calm}
"""
    pack = garden(tmp_path, facts, decision, sky=sky)
    now = {"dry": True, "hail": False, "rain": False}
    assert pack.decide("d", now | {"hail": True}).status == "conflict"
    assert changes(pack, "d", {"level": "bad"}, now) == [[("rain", True)], [("dry", False), ("hail", True)]]
    assert changes(pack, "d", {"level": "calm"}, now | {"hail": True}) == [[("hail", False)]]
