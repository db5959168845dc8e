"""What a person has answered, in words, to be looked over and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from hiprun.catalogue import Catalogue
from hiprun.interfaces.page.context import Context
from hiprun.interfaces.page.form_state import FormState
from hiprun.interfaces.page.situation import Situation
from hiprun.model import Domain
from hiprun.model.amounts import amount_text


@attrs.frozen
class GivenAnswer:
    """One answer: the fact, its question, and the answer in words."""

    fact: str
    ask: str
    answer: str


def given_answers(context: Context, state: FormState, now: Situation) -> list[GivenAnswer]:
    """Return the answers that count, known or not, in their order."""
    words = context.templates.words
    found = []
    for name in state.names():
        fact = context.pack.facts[name]
        if name in now.answered:
            found.append(GivenAnswer(name, fact.ask, value_words(now.answered[name], fact.domain, words)))
        elif state.is_not_known(name):
            found.append(GivenAnswer(name, fact.ask, words.text("page.not_known")))
    return found


def value_words(value: Any, domain: Domain, words: Catalogue) -> str:
    """Return a value in words."""
    if isinstance(value, bool):
        return words.text("page.yes" if value else "page.no")
    if domain.choices and not isinstance(value, Mapping):
        chosen = {value} if isinstance(value, str) else set(value)
        texts = [text or name.replace("_", " ") for name, text in domain.choices.items() if name in chosen]
        return ", ".join(texts) or words.text("page.none_of_these")
    return amount_text(value, domain)
