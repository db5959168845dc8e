"""How urgent an answer is, from 0, the calmest, to 4, for the colour beside it."""

from __future__ import annotations

from collections.abc import Mapping

from hiprun.inference.first_words import FirstWords
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision, Output
from hiprun.plan import Plan

MOST_URGENT = 4
_OF_PLANS: Mapping[str, int] = {"planned": 0, "held": 2}


def level(decision: Decision, outcome: Outcome) -> int | None:
    """Return how urgent the safest answer is; None if the answers have no order."""
    ranked = [output for output in decision.outputs if output.domain.type == "choice" and output.domain.worse]
    if HIT_POLICIES[decision.hit].gives != "answer" or not ranked or outcome.safest is None:
        return None
    value = outcome.safest.get(ranked[0].name)
    return None if value is None else _urgency(ranked[0], value)


def first_level(decisions: Mapping[str, Decision], first: FirstWords) -> int:
    """Return how urgent what has to be read first is, or may be."""
    return _urgency(decisions[first.decision].output(first.output), first.value)


def plan_level(decisions: Mapping[str, Decision], plan: Plan) -> int:
    """Return how urgent it is to read what a plan says first."""
    own = _OF_PLANS.get(plan.status, MOST_URGENT)
    return own if plan.first is None else max(own, first_level(decisions, plan.first))


def _urgency(output: Output, value: object) -> int:
    choices = list(output.domain.choices)
    place = choices.index(str(value)) / max(len(choices) - 1, 1)
    return round(MOST_URGENT * (place if output.domain.worse == "later" else 1 - place))
