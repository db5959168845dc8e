"""Rules in plain words: conditions in the words of the pack, thresholds with their values, what follows."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun
from hiprun.catalogue import catalogue
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.operators import OPERATORS, Compare, Has, Never, Some
from hiprun.inference.rule_words import RuleWords
from hiprun.model import All, AnyOf, Ref

from ...test_operators_everywhere import NEW, asked, garden
from ..small_packs import load, rule

PARAMETERS = """\
parameters:
  warm_from: {value: 25, title: Warm from, range: [20, 30]}
  late: {value: 3, unit: days, title: Late after}
"""
DERIVED = """\
derived:
  summer: {title: It is summer, when: {warmth: {at_least: warm_from}}}
  over: {title: Degrees over it, formula: warmth - warm_from}
"""
OTHER = """\
decision: mood
title: How the tree is
outputs: {mood: {type: choice, choices: {fine: It is fine, tired: It is tired, ill: It is ill}, worse: later}}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {mood: tired}}
  - {id: old, when: {rings: {above: 5}}, then: {mood: ill}}
otherwise: {mood: fine}
"""
PAIR = """\
decision: pair
title: Two things
outputs: {one: {type: integer, title: The one}, other: {type: integer, optional: true}}
hit: collect
rules:
  - {id: it, when: {windy: true}, then: {one: 1}}
"""
TOP = """\
limits: reach
title: How high
bounds:
  - {id: low, quantity: rings, at_most: 2 * warmth - 1}
  - {id: warm, when: {windy: true}, quantity: warmth, at_least: 5}
"""


def words(folder: Path, condition: str, **documents: str) -> str:
    """Return a condition in words."""
    pack = load(
        folder, care=rule(condition), parameters=PARAMETERS, derived=DERIVED, mood=OTHER, reach=TOP, **documents
    )
    return RuleWords(pack.model).condition(pack.model.decisions["care"].rules[0].condition).text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{dry: true}", "“Is it dry?” – yes"),
        ("{dry: {is_not: true}}", "“Is it dry?” – no"),
        ("{not: {dry: true}}", "“Is it dry?” – no"),
        ("{warmth: 4}", "“How warm?” – 4"),
        ("{warmth: {is_not: 4}}", "“How warm?” – not 4"),
        ("{warmth: {at_least: warm_from}}", "“How warm?” – at least 25"),
        ("{warmth: {at_most: 4.5}}", "“How warm?” – at most 4.5"),
        ("{warmth: {between: [3, warm_from]}}", "“How warm?” – 3 to 25"),
        ("{warmth: {above: 3, below: 5}}", "“How warm?” – more than 3 and less than 5"),
        ("{rings: {one_of: [1, 2]}}", "“How many rings?” – 1 or 2"),
        ("{rings: {none_of: [1, 2]}}", "“How many rings?” – not 1 and not 2"),
        ("{warmth: {above: 2 * (rings - 1) / 3}}", "“How warm?” – more than 2 × (rings − 1) ÷ 3"),
        ("{warmth: {above: 'max(rings, -rings)'}}", "“How warm?” – more than max(rings, -rings)"),
        ("{planted: 2024-05-01}", "“When was it planted?” – 2024-05-01"),
        ("{planted: {at_least: 2024-05-01}}", "“When was it planted?” – 2024-05-01 or later"),
        ("{planted: {below: 2024-05-01}}", "“When was it planted?” – before 2024-05-01"),
        ("{owner: al}", "“Whose is it?” – al"),
        ("{owner: {is_not: al}}", "“Whose is it?” – not al"),
        ("{tree: oak}", "“Which tree?” – oak"),
        ("{tree: {is_not: oak}}", "“Which tree?” – elm or ash"),
        ("{tree: {one_of: [oak, elm, ash]}}", "“Which tree?” – in any case"),
        ("{not: {tree: {one_of: [oak, elm, ash]}}}", "“Which tree?” – never"),
        ("{fruit: {at_least: ripe}}", "“How ripe?” – ripe or rotten"),
        ("{guests: {includes: wasps}}", "“Who is in it?” – wasps"),
        ("{guests: {includes_any: [wasps, mice]}}", "“Who is in it?” – wasps or mice"),
        ("{guests: {includes_all: [wasps, mice]}}", "“Who is in it?” – wasps and mice"),
        ("{guests: {includes_none: [wasps, mice]}}", "“Who is in it?” – anything but wasps or mice"),
        ("{guests: {is_not: [wasps]}}", "“Who is in it?” – anything but wasps and nothing else"),
        ("{guests: [wasps, mice]}", "“Who is in it?” – wasps and mice and nothing else"),
        ("{guests: []}", "“Who is in it?” – none"),
        ("{summer: true}", "It is summer"),
        ("{summer: false}", "it is not so that: It is summer"),
        ("{over: {above: 2}}", "Degrees over it: more than 2"),
        ("{warmth: {above: over}}", "“How warm?” – more than Degrees over it"),
        ("{mood.mood: {at_least: tired}}", "How the tree is: “It is tired” or “It is ill”"),
        ("{mood.mood: {is_not: ill}}", "How the tree is: “It is fine” or “It is tired”"),
        ("{not: {mood.mood: ill}}", "it is not so that: How the tree is: “It is ill”"),
        ("{mood.mood: {has_value: true}}", "How the tree is: there is an answer"),
        ("{mood.mood: {has_value: false}}", "How the tree is: there is no answer"),
        ("{reach.rings: above}", "How high (rings): above the highest that is right"),
        ("{dry: true, windy: true}", "“Is it dry?” – yes, and “Is it windy?” – yes"),
        (
            "{any: [{dry: true}, {windy: true, warmth: 3}]}",
            "“Is it dry?” – yes, or (“Is it windy?” – yes, and “How warm?” – 3)",
        ),
        ("{not: {any: [{dry: true}, {windy: true}]}}", "none of these holds: “Is it dry?” – yes; “Is it windy?” – yes"),
        (
            "{windy: true, not: {any: [{dry: true}, {rings: 1}]}}",
            "“Is it windy?” – yes, and (none of these holds: “Is it dry?” – yes; “How many rings?” – 1)",
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 1}], at_least: 2}}",
            "at least 2 of these 3 hold: “Is it dry?” – yes; “Is it windy?” – yes; “How many rings?” – 1",
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 1}], at_most: 1}}",
            "at most 1 of these 3 hold: “Is it dry?” – yes; “Is it windy?” – yes; “How many rings?” – 1",
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 1}], at_least: 2, at_most: 2}}",
            "exactly 2 of these 3 hold: “Is it dry?” – yes; “Is it windy?” – yes; “How many rings?” – 1",
        ),
        (
            "{count: {of: [{dry: true}, {windy: true}, {rings: 1}], at_least: 1, at_most: 2}}",
            "1 to 2 of these 3 hold: “Is it dry?” – yes; “Is it windy?” – yes; “How many rings?” – 1",
        ),
    ],
)
def test_conditions(tmp_path: Path, condition: str, said: str) -> None:
    """A condition is said in the words of questions, titles and choices, with the values of parameters."""
    assert words(tmp_path, condition) == said


MANY = """\
facts:
  step: {ask: Which step?, type: choice, choices: [a, b, c, d, e], worse: later}
  back: {ask: Which step back?, type: choice, choices: [a, b, c, d, e], worse: earlier}
  rank: {ask: Which rank?, type: choice, choices: [a, b, c, d, e], ordered: true}
  kind: {ask: Which kind?, type: choice, choices: [a, b, c, d, e]}
  dry: {ask: Is it dry?, type: boolean}
"""


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{step: {at_least: c}}", "“Which step?” – c, or worse"),
        ("{step: {at_most: c}}", "“Which step?” – c, or calmer"),
        ("{back: {at_least: c}}", "“Which step back?” – c, or calmer"),
        ("{back: {at_most: c}}", "“Which step back?” – c, or worse"),
        ("{rank: {at_least: b}}", "“Which rank?” – b, or one after it"),
        ("{rank: {at_most: d}}", "“Which rank?” – d, or one before it"),
        ("{kind: {none_of: [a, c]}}", "“Which kind?” – anything but a or c"),
        ("{kind: {one_of: [a, c, e]}}", "“Which kind?” – anything but b or d"),
    ],
)
def test_many_choices(tmp_path: Path, condition: str, said: str) -> None:
    """Several choices are said in as few words as they can be."""
    pack = load(tmp_path, facts=MANY, care=rule(condition))
    assert RuleWords(pack.model).condition(pack.model.decisions["care"].rules[0].condition).text == said


SAYING = """\
facts:
  warmth:
    ask: How warm?
    say: {value: "it is {value} warm", none: it freezes}
    type: number
    range: [0, 100]
    unit: °C
  wet: {ask: How wet?, say: "{value:number} of 9 mm, {limit:number} at most", type: number, range: [0, 90], unit: mm}
  fruit:
    ask: How ripe?
    say: {green: it is green, ripe: it is ripe, rotten: it is rotten, gone: it is gone}
    type: choice
    choices: [green, ripe, rotten, gone]
    worse: later
  tree: {ask: Which tree?, say: "it is {value}", type: choice, choices: {oak: an oak, elm: an elm}}
  guests:
    ask: Who is in it?
    say: {wasps: wasps fly, mice: mice run, none: nobody is there}
    type: set
    choices: [wasps, mice]
  dry: {ask: Is it dry?, say: {true: it is dry, false: it is wet}, type: boolean}
"""
SAYING_PARAMETERS = """\
parameters:
  limit: {value: 4, unit: mm, title: The limit}
  warm: {value: 20, unit: °C, title: Warm from}
  inch: {value: 2, unit: cm, title: Two fingers}
"""


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{dry: true}", "it is dry"),
        ("{not: {dry: true}}", "it is wet"),
        ("{warmth: {at_least: warm}}", "it is at least 20 °C warm"),
        ("{warmth: 0}", "it freezes"),
        ("{wet: {between: [2, limit]}}", "2 to 4 of 9 mm, 4 at most"),
        ("{wet: {above: inch}}", "more than 2 cm of 9 mm, 4 at most"),
        ("{fruit: {at_least: rotten}}", "it is rotten, or it is gone"),
        ("{tree: {is_not: oak}}", "it is an elm"),
        ("{guests: {includes_any: [wasps, mice]}}", "wasps fly, or mice run"),
        ("{guests: {includes: mice}}", "mice run"),
        ("{guests: []}", "nobody is there"),
        ("{guests: {includes_all: [wasps, mice]}}", "“Who is in it?” – wasps and mice"),
    ],
)
def test_words_of_the_pack(tmp_path: Path, condition: str, said: str) -> None:
    """What the pack says of its facts comes before their questions."""
    pack = load(
        tmp_path,
        pack="pack: garden\nlanguage: 2\nversion: 1.0.0\ntitle: A garden\n",
        facts=SAYING,
        parameters=SAYING_PARAMETERS,
        units="units: {cm: 10 mm}\n",
        care=rule(condition),
    )
    assert RuleWords(pack.model).condition(pack.model.decisions["care"].rules[0].condition).text == said


def test_rules(tmp_path: Path) -> None:
    """A rule says what must be so and what follows, a bound says its limit, and a criterion what it requires."""
    criteria = "criteria: fit\ntitle: Fit\nall:\n  - {id: dry, require: {dry: true}}\n"
    always = rule("").replace("care", "rest").partition("otherwise")[0]
    pack = load(tmp_path, mood=OTHER, pair=PAIR, reach=TOP, fit=criteria, rest=always)
    said = {
        f"{decision.name}.{each.id}": RuleWords(pack.model).rule(decision, each)
        for decision in pack.model.decisions.values()
        for each in decision.rules
    }
    assert said == {
        "mood.dry": "If “Is it dry?” – yes → It is tired",
        "mood.old": "If “How many rings?” – more than 5 → It is ill",
        "pair.it": "If “Is it windy?” – yes → The one: 1",
        "reach.low": "In any case → Rings: at most 2 × warmth − 1",
        "reach.warm": "If “Is it windy?” – yes → Warmth: at least 5",
        "fit.dry": "Required: “Is it dry?” – yes",
        "rest.it": "In any case → Needed: yes",
    }


def test_an_explanation_says_the_rules(tmp_path: Path) -> None:
    """The explanation of an outcome has the rules that fired in the same words as the book."""
    pack = load(tmp_path, mood=OTHER)
    steps = {
        step.id: step.to_dict()["words"] for step in pack.decide("mood", {"dry": True, "rings": 1}).explain().rules
    }
    assert steps == {"dry": "If “Is it dry?” – yes → It is tired", "old": ""}


def test_the_hip_pack_in_words(hip: hiprun.Pack) -> None:
    """The words that people know best read as they should."""
    triage = hip.model.decisions["triage"]
    rules = {each.id: RuleWords(hip.model).rule(triage, each) for each in triage.rules}
    assert rules["swelling-or-numbness"] == (
        "If there is swelling around the hip, or there is numbness in the leg or hip"
        " → Get an urgent medical evaluation; Stop running"
    )
    assert rules["pain-at-stop-level"].startswith("If your hip pain while running is at least 4 out of 10, or ")


def test_conditions_without_parts(hip: hiprun.Pack) -> None:
    """A condition without parts is said to hold in any case, or never."""
    words = RuleWords(hip.model)
    assert [words.condition(All(())).text, words.condition(AnyOf(())).text] == ["in any case", "never"]


def test_every_hit_policy_has_words() -> None:
    """A book says of every hit policy how the rules become one answer."""
    assert all(catalogue().text(f"book.policy.{name}") for name in HIT_POLICIES)


VALUES = """\
decision: gifts
outputs:
  day: {type: date}
  what: {type: set, choices: {pen: a pen, ink: ink}}
  note: {type: string}
  kind: {type: choice, choices: [big, small]}
  far: {type: number, unit: km}
  wrapped: {type: boolean}
hit: first
rules:
  - id: it
    when: {dry: true}
    then: {day: 2026-05-01, what: [ink, pen], note: Enjoy, kind: big, far: rings ^ 2 + 1, wrapped: false}
  - {id: other, then: {day: 2026-05-02, what: [], note: Well, kind: small, far: (rings + 1) ^ 2, wrapped: true}}
"""


def test_values(tmp_path: Path) -> None:
    """Values of every type are said as people write them."""
    pack = load(tmp_path, gifts=VALUES)
    decision = pack.model.decisions["gifts"]
    said = [RuleWords(pack.model).rule(decision, each).partition("→ ")[2] for each in decision.rules]
    assert said == [
        "Day: 2026-05-01; What: a pen, ink; Enjoy; Kind: big; Far: rings ^ 2 + 1; Wrapped: no",
        "Day: 2026-05-02; What: none; Well; Kind: small; Far: (rings + 1) ^ 2; Wrapped: yes",
    ]


def test_a_test_that_denies(tmp_path: Path) -> None:
    """What is denied of a number is said to be denied, whichever test would mean that."""
    pack = load(tmp_path, care=rule("{dry: true}"))
    words = RuleWords(pack.model)
    sense = Never(Compare(frozenset({1}), 3))
    assert words.asked(Ref("fact", "warmth"), sense).text == "“How warm?” – not more than 3"
    some = Some((Has("wasps"), Never(Has("mice"))))
    assert words.asked(Ref("fact", "guests"), some).text == "“Who is in it?” – wasps or anything but mice"


def test_heads(tmp_path: Path) -> None:
    """Columns of a table are headed by a question, a title, or what another decision is about."""
    pack = load(tmp_path, derived="derived: {wet: {title: It is wet, when: {dry: false}}}\n", mood=OTHER)
    refs = [Ref("fact", "dry"), Ref("derived", "wet"), Ref("output", "mood", "mood")]
    assert list(map(RuleWords(pack.model).head, refs)) == ["Is it dry?", "It is wet", "How the tree is"]


@pytest.mark.parametrize(
    ("operator", "said"),
    [("something", "“Whose is it?” – in any case"), ("starts_with", "“Whose is it?” – at least al and less than am")],
)
def test_a_new_test_is_said_by_its_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operator: str, said: str
) -> None:
    """A test that is not in the registry yet has words as soon as it is, whatever comparisons it comes to."""
    monkeypatch.setitem(OPERATORS, operator, NEW[operator])  # type: ignore[index]
    pack = garden(tmp_path, asked(NEW[operator], "owner"))
    assert RuleWords(pack.model).condition(pack.model.decisions["care"].rules[0].condition).text == said
