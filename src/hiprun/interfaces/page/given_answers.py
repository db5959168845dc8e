"""What a person has answered, in words, to be looked over and changed."""

from __future__ import annotations

import attrs

from hiprun.inference.speech import Speech
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.form_state import FormState
from hiprun.interfaces.page.situation import Situation
from hiprun.pack import texts_of


@attrs.frozen
class GivenAnswer:
    """One answer: the fact, its question, and the answer in words."""

    fact: str
    ask: str
    answer: str


def given_answers(context: Context, state: FormState, now: Situation) -> list[GivenAnswer]:
    """Return the answers that count, known or not, in their order."""
    speech = Speech(texts_of(context.pack).of(now.facts))
    found = []
    for name in state.names():
        fact = context.pack.facts[name]
        if name in now.answered:
            found.append(GivenAnswer(name, fact.ask, speech.value(fact.domain, now.answered[name])))
        elif state.is_not_known(name):
            found.append(GivenAnswer(name, fact.ask, context.templates.words.text("page.not_known")))
    return found
