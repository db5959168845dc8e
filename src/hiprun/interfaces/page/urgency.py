"""How urgent an answer is, from 0, the calmest, to 4, for the colour beside it."""

from __future__ import annotations

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision

MOST_URGENT = 4


def level(decision: Decision, outcome: Outcome) -> int | None:
    """Return how urgent the safest answer is; None if the answers have no order."""
    ranked = [output for output in decision.outputs if output.domain.type == "choice" and output.domain.worse]
    if HIT_POLICIES[decision.hit].gives != "answer" or not ranked or outcome.safest is None:
        return None
    output = ranked[0]
    choices, value = list(output.domain.choices), outcome.safest.get(output.name)
    if value not in choices or len(choices) < 2:
        return None
    place = choices.index(str(value)) / (len(choices) - 1)
    return round(MOST_URGENT * (place if output.domain.worse == "later" else 1 - place))
