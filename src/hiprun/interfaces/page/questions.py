"""Questions about facts, as the page asks them."""

from __future__ import annotations

import attrs

from hiprun.catalogue import Catalogue
from hiprun.inference.interview import Question
from hiprun.interfaces.page.form_state import TEST, FormState
from hiprun.interfaces.web.questions import QuestionView, question
from hiprun.model import Domain, Fact


def fact_question(
    fact: Fact | Question, domain: Domain, state: FormState, words: Catalogue, *, prefix: str = "", error: str = ""
) -> QuestionView:
    """Return the question for a fact, with its texts from `fact`, and what was typed if that is wrong."""
    name = f"{prefix}{fact.name if isinstance(fact, Fact) else fact.fact}"
    shown = domain if isinstance(fact, Fact) else attrs.evolve(domain, choices=fact.choices or domain.choices)
    typed = state.fields.get(name, ()) if error else ()
    view = question(name, fact.ask, shown, words, typed)
    test = state.text(name + TEST) if error else ""
    return attrs.evolve(view, because=fact.because, test=test if domain.is_comparable else None, error=error)
