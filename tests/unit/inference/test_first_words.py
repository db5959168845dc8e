"""What is read before everything else: the words of the decision that a pack names as first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hiprun

from .. import small_packs

CARE = """\
decision: care
outputs:
  amount: {type: integer}
  call: {type: choice, choices: {leave: Leave it, look: Look at it, fell: Fell it}, worse: later}
  mood: {type: choice, choices: [glad, sad], worse: later}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {call: look}, because: It is dry.}
  - {id: rotten, when: {fruit: rotten}, then: {call: fell, mood: sad}, because: It rots.}
  - {id: windy, when: {windy: true}, then: {mood: sad}, because: It is windy.}
otherwise: {call: leave, mood: glad}
""".replace("  amount: {type: integer}\n", "")
CALM = {"dry": False, "fruit": "ripe", "windy": False}


@pytest.fixture
def garden(tmp_path: Path) -> hiprun.Pack:
    """A pack whose first decision is about care."""
    return small_packs.load(tmp_path / "garden", pack=f"{small_packs.PACK}first: care\n", care=CARE)


@pytest.mark.parametrize(
    ("facts", "words", "because"),
    [
        ({"dry": True}, "Look at it", ("It is dry.",)),
        ({"dry": True, "windy": True}, "Look at it", ("It is dry.",)),
        ({"dry": True, "fruit": "rotten"}, "Fell it", ("It rots.",)),
    ],
)
def test_what_is_not_calm_comes_first_with_its_reasons(
    garden: hiprun.Pack, facts: dict[str, Any], words: str, because: tuple[str, ...]
) -> None:
    """The words are those of the first choice that has a calmest one, and the reasons those of the rules behind it."""
    first = garden.first_words(CALM | facts)
    assert first is not None
    assert (first.words, first.because, first.certain) == (words, because, True)
    assert (first.decision, first.output) == ("care", "call")


def test_what_is_certain_in_part_says_so(garden: hiprun.Pack) -> None:
    """If something above the calmest is certain and more is possible, both are said."""
    first = garden.first_words({"dry": True})
    assert first is not None
    assert first.words == "At least: Look at it. It may be: Fell it"
    assert first.to_dict() == {
        "decision": "care",
        "output": "call",
        "value": "fell",
        "text": "Fell it",
        "certain": False,
        "least": "look",
        "words": first.words,
        "because": ["It is dry."],
    }


@pytest.mark.parametrize("facts", [{}, CALM, CALM | {"windy": True}, {"fruit": "ripe", "windy": True}])
def test_nothing_comes_first_while_all_may_be_calm(garden: hiprun.Pack, facts: dict[str, Any]) -> None:
    """The calmest answer, one that is still possible, and other outputs put nothing first."""
    assert garden.first_words(facts) is None


def test_nothing_comes_first_if_there_may_be_no_answer(tmp_path: Path) -> None:
    """A decision that may have no answer at all has no words to put first."""
    care = CARE.replace("hit: worst", "hit: unique").replace(
        "otherwise: {call: leave, mood: glad}", "otherwise: no_match"
    )
    care = care.replace("then: {call: look}", "then: {call: look, mood: sad}")
    care = care.replace("  - {id: windy, when: {windy: true}, then: {mood: sad}, because: It is windy.}\n", "")
    pack = small_packs.load(tmp_path / "garden", pack=f"{small_packs.PACK}first: care\n", care=care)
    assert pack.first_words({"dry": False, "fruit": "ripe"}) is None
    assert pack.first_words({"dry": False}) is None
    assert pack.first_words({"dry": True, "fruit": "rotten"}) is None
    first = pack.first_words({"dry": True, "fruit": "ripe"})
    assert first is not None


def test_choices_that_get_worse_earlier_and_have_no_text_are_read_too(tmp_path: Path) -> None:
    """The calmest choice is the last one of those that get worse earlier; a choice without text is read by its name."""
    care = """\
decision: care
outputs: {call: {type: choice, choices: [fell_it, look, leave], worse: earlier}}
hit: worst
rules:
  - {id: dry, when: {dry: true}, then: {call: look}}
  - {id: rotten, when: {fruit: rotten}, then: {call: fell_it}}
otherwise: {call: leave}
"""
    pack = small_packs.load(tmp_path / "garden", pack=f"{small_packs.PACK}first: care\n", care=care)
    assert pack.first_words(CALM) is None
    first = pack.first_words({"dry": True})
    assert first is not None
    assert (first.words, first.because) == ("At least: look. It may be: fell it", ())


def test_a_pack_need_not_name_a_first_decision(tmp_path: Path) -> None:
    """Without `first`, nothing comes first."""
    assert small_packs.load(tmp_path / "garden", care=CARE).first_words(CALM | {"dry": True}) is None


def test_people_are_offered_where_they_start_and_nothing_that_only_serves_others(tmp_path: Path) -> None:
    """Decisions are offered in the order of `starts`, then in that of the files, without internal ones."""
    documents = small_packs.DECISIONS | {
        "tips": small_packs.DECISIONS["tips"].replace("decision: tips\n", "decision: tips\naudience: internal\n"),
        "checks": small_packs.DECISIONS["checks"].replace("checks\n", "checks\naudience: professional\n", 1),
    }
    pack = small_packs.load(
        tmp_path / "garden", pack=small_packs.PACK + "starts: {level: How is it?}\n", care=CARE, **documents
    )
    others = [name for name in pack.decisions if name not in ("level", "tips")]
    assert pack.model.offered == ("level", *others)
    assert pack.decisions["checks"].audience == "professional"


def test_the_parts_of_a_protocol_are_not_offered(hip: hiprun.Pack) -> None:
    """What a protocol makes of its stages, days and sessions only serves the plan."""
    assert hip.model.offered[:3] == ("today", "triage", "readiness")
    left_out = hip.decisions.keys() - {*hip.model.offered}
    kinds = {f"{name}_{part}" for name in ("run_walk", "milestones") for part in ("stage", "day", "session")}
    assert left_out == {"exercise_load", *kinds}
