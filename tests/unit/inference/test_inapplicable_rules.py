"""The calm answer is explained: why no rule applies, by the facts that rule them out, and where `otherwise` stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import hiprun

from .. import small_packs

FACTS = """\
facts:
  pain: {ask: How bad?, type: integer, range: [0, 10], worse: higher}
  night: {ask: At night?, type: boolean, worse: true}
  fever: {ask: Fever?, type: boolean, worse: true}
  fit: {ask: Fit?, type: boolean}
"""
DERIVED = "derived:\n  sleepless: {title: Sleepless, when: {any: [{night: true}, {fever: true}]}}\n"
RULES = """\
decision: triage
title: What to do
outputs: {act: {type: choice, choices: [none, wait, doctor], worse: later}, run: {type: boolean, worse: false}}
hit: worst
rules:
  - {id: strong, when: {pain: {above: 5}}, then: {act: doctor, run: false}}
  - {id: some, when: {pain: {above: 2}, night: true}, then: {act: wait}}
  - {id: sleepless, when: {sleepless: true}, then: {act: doctor}}
  - {id: two, when: {count: {of: [{night: true}, {fever: true}], at_least: 2}}, then: {act: doctor}}
  - {id: unfit, when: {not: {fit: true}}, then: {run: false}}
otherwise: {act: none, run: true}
"""
CALM = {"pain": 0, "night": False, "fever": False, "fit": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for a pack."""
    return tmp_path / "rules"


def lines(outcome: hiprun.Outcome) -> list[str]:
    """Return the text of an explanation, line by line."""
    return str(outcome.explain()).split("\n")


def test_the_calm_answer_says_why(folder: Path) -> None:
    """Rules stand together under the fact that rules them out, and `otherwise` has its file and line."""
    outcome = small_packs.load(folder, facts=FACTS, derived=DERIVED, triage=RULES).decide("triage", CALM)
    assert lines(outcome)[:6] == [
        "triage: act = none, run = true",
        "  - night (false), fever (false) rules out: sleepless, two",
        "  - pain (0) rules out: strong",
        "  - night (false) rules out: some",
        "  - fit (true) rules out: unfit",
        "  * otherwise: act = none, run = true (rules/triage.yaml:11)",
    ]
    data = outcome.explain().to_dict()
    assert data["ruled_out"][1] == {"facts": {"pain": "0"}, "rules": ["strong"]}
    assert data["otherwise"] == {"outputs": {"act": "none", "run": "true"}, "place": "rules/triage.yaml:11"}


def test_otherwise_is_named_for_what_no_rule_gives(folder: Path) -> None:
    """Where a rule gives one output and `otherwise` the other, both are named; where rules give all, only they are."""
    pack = small_packs.load(folder, facts=FACTS, derived=DERIVED, triage=RULES)
    partly = lines(pack.decide("triage", CALM | {"fever": True}))
    assert "  * otherwise: run = true (rules/triage.yaml:11)" in partly
    assert "  * sleepless (rules/triage.yaml:8)" in partly
    assert not any("rules out" in line for line in partly)
    assert "otherwise" not in str(pack.decide("triage", CALM | {"pain": 9}).explain())
    assert "otherwise" not in str(pack.decide("triage", {}).explain())


def test_no_match_says_why(folder: Path) -> None:
    """So does an answer that there is none; without the word `otherwise` there is no place to name."""
    rules = RULES.replace("hit: worst", "hit: first").replace("{act: none, run: true}", "no_match")
    rules = rules.replace("then: {act: wait}", "then: {act: wait, run: true}").replace(
        "then: {act: doctor}", "then: {act: doctor, run: true}"
    )
    rules = rules.replace("then: {run: false}", "then: {act: wait, run: false}")
    outcome = small_packs.load(folder, facts=FACTS, derived=DERIVED, triage=rules).decide("triage", CALM)
    assert outcome.status == "no_match"
    assert lines(outcome)[-1] == "  * otherwise: no match (rules/triage.yaml:11)"
    assert "  - pain (0) rules out: strong" in lines(outcome)


def test_a_score_of_nothing_says_why(folder: Path) -> None:
    """Decisions without `otherwise` say what rules their rules out, many of them shortened, fewer behind others."""
    points = "".join(f"  - {{id: p-{n}, when: {{pain: {{above: {n}}}}}, then: {{points: 1}}}}\n" for n in range(10))
    score = f"decision: score\ntitle: Score\noutputs: {{points: {{type: integer}}}}\nhit: sum\nrules:\n{points}"
    names = [f"f{n}" for n in range(10)]
    facts = FACTS + "".join(f"  {name}: {{ask: Is it?, type: boolean}}\n" for name in names)
    many = [f"  - {{id: {name}, when: {{{name}: true}}, then: {{it: true}}}}\n" for name in names]
    head = "title: Many\noutputs: {it: {type: boolean}}\nhit: first\nrules:\n"
    behind = f"decision: behind\n{head}{''.join(many)}otherwise: {{it: false}}\n"
    many[0] = many[0].replace("f0: true", "behind.it: true")
    front = f"decision: front\n{head}{''.join(many)}otherwise: {{it: false}}\n"
    pack = small_packs.load(folder, facts=facts, score=score, behind=behind, front=front)
    assert lines(pack.decide("score", CALM))[1] == "  - pain (0) rules out: p-0, p-1, p-2, p-3, p-4, p-5 and 4 more"
    text = lines(pack.decide("front", dict.fromkeys(names, False)))
    assert "  - behind.it (false) rules out: f0" in text
    assert "  - and so on for 2 more rules" in text
    assert "  - and so on for 7 more rules" in text
    assert text.index("behind: it = false") > text.index("  - and so on for 2 more rules")


def test_a_rule_that_never_applies_needs_no_fact(folder: Path) -> None:
    """A count that nothing can reach is ruled out by what it counts; one of the facts is enough where one is."""
    rules = RULES.replace(
        "{pain: {above: 2}, night: true}", "{any: [{all: [{pain: {above: 2}}, {night: true}]}, {fever: true}]}"
    )
    outcome = small_packs.load(folder, facts=FACTS, derived=DERIVED, triage=rules).decide("triage", CALM)
    assert "  - night (false), fever (false) rules out: some, sleepless, two" in lines(outcome)
