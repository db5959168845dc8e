"""Interviews: what is asked, in which words, and when it is over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import hiprun
from hiprun.language.writer import files, write


def test_the_first_question_is_in_the_words_of_the_pack(greenhouse: hiprun.Pack) -> None:
    """A question carries the text, the choices or range, the unit, and the rules that wait for it."""
    step = greenhouse.interview("alarm").step({})
    assert not step.done
    question = step.question
    assert question is not None
    assert question.fact == step.outcome.needs[0]
    assert question.ask == greenhouse.facts[question.fact].ask
    assert question.rules
    assert step.most_left == len(step.outcome.needs)


def test_a_step_turns_into_json(greenhouse: hiprun.Pack) -> None:
    """A web app can hand a step on as it is."""
    interview = greenhouse.interview("alarm")
    data = json.loads(json.dumps(interview.step({}).to_dict()))
    assert data["done"] is False
    assert data["question"]["ask"]
    assert data["outcome"]["decision"] == "alarm"


def test_what_is_not_known_is_not_asked_again(hip: hiprun.Pack) -> None:
    """A fact said not to be known stays open, and the interview goes on with the next."""
    interview = hip.interview("triage")
    first = interview.step({}).question
    assert first is not None
    second = interview.step({}, not_known=[first.fact])
    assert second.question is not None
    assert second.question.fact != first.fact
    assert first.fact in second.open


def test_an_interview_is_over_when_only_what_is_not_known_is_left(hip: hiprun.Pack) -> None:
    """Whoever knows nothing comes to an end at once, with the safest answer and what stays open."""
    step = hip.interview("triage").step({}, not_known=list(hip.facts))
    assert step.done
    assert step.to_dict()["question"] is None
    assert step.open == step.outcome.needs
    assert step.outcome.safest == {"action": "urgent_evaluation", "running": "stop"}


def test_an_urgent_sign_ends_the_interview(hip: hiprun.Pack) -> None:
    """Nothing is asked any more once no answer could change the decision."""
    step = hip.interview("triage").step({"numbness": True})
    assert step.done
    assert step.outcome["action"] == "urgent_evaluation"


def test_what_can_stop_the_run_is_asked_first(hip: hiprun.Pack) -> None:
    """The question that is expected to settle most stands before those that settle little."""
    question = hip.interview("today").step({}).question
    assert question is not None
    assert question.type == "boolean"
    assert any(rule.startswith("triage.") for rule in question.rules)


def test_what_does_not_open_an_interview_is_asked_later(
    changed_greenhouse: Callable[..., Path], tmp_path: Path
) -> None:
    """The first question passes over what a pack marks so; once something was said, the mark no longer counts."""
    folder = changed_greenhouse("facts.yaml", "    because: Heat", "    opens: false\n    because: Heat")
    write(files(hiprun.load(folder).model), tmp_path / "written")
    for pack in (hiprun.load(folder), hiprun.load(tmp_path / "written")):
        interview = pack.interview("alarm")
        first, second, third = interview.step({}).outcome.needs
        assert first == "temperature"
        asked = [
            interview.step({}).question,
            interview.step({}, not_known=[second]).question,
            interview.step({third: "firm"}).question,
        ]
        assert [found and found.fact for found in asked] == [second, first, first]


def test_an_interview_opens_with_what_there_is(changed_greenhouse: Callable[..., Path]) -> None:
    """Where no other question matters, the mark leaves nobody without one."""
    changed_greenhouse("facts.yaml", "{ask: How many days", "{opens: false, ask: How many days")
    changed_greenhouse("facts.yaml", "{ask: What do the leaves", "{opens: false, ask: What do the leaves")
    pack = hiprun.load(changed_greenhouse("facts.yaml", "    because: Heat", "    opens: false\n    because: Heat"))
    question = pack.interview("alarm").step({}).question
    assert question is not None
    assert question.fact == "temperature"


def test_nobody_is_asked_first_what_only_some_can_answer(hip: hiprun.Pack) -> None:
    """What a symptom calls for is asked of those, too, who do not run yet."""
    question = hip.interview("triage").step({}).question
    assert question is not None
    assert question.fact == "swelling"


def test_numbers_are_asked_with_their_range_and_unit(hip: hiprun.Pack) -> None:
    """The ends of the range are allowed values, in the unit of the fact."""
    interview = hip.interview("phase")
    question = interview.step({}).question
    assert question is not None
    assert (question.fact, question.unit, question.lowest, question.highest) == ("weeks_since_injury", "weeks", 0, 520)


def test_an_unknown_decision_is_named_with_the_nearest(hip: hiprun.Pack) -> None:
    """A misspelt decision is answered with the one that was meant."""
    with pytest.raises(hiprun.UnknownNameError, match="Did you mean `triage`"):
        hip.interview("triag")
