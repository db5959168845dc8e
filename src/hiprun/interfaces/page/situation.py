"""Answers, and a diary if there is one, as facts; what is wrong is told at the question that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.errors import FactError, Problem
from hiprun.interfaces.page.form_state import FormState
from hiprun.pack import Pack

Combine = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From answers that can be read to all facts; raises `FactError`."""


@attrs.frozen
class Situation:
    """The facts to decide on; `answered` are those that the person gave, `errors` what is wrong with the others."""

    facts: Mapping[str, Any]
    answered: Mapping[str, Any] = attrs.field(factory=dict)
    errors: Mapping[str, str] = attrs.field(factory=dict)


def situation(pack: Pack, state: FormState, combine: Combine, prefix: str = "") -> Situation:
    """Return the facts that the answers give. Of answers that cannot be together, the last is left out.

    Raises `FactError` if even without any answer there are no facts.
    """
    reading = pack.read(state.answers(prefix))
    errors = {problem.subject: problem_text(problem) for problem in reading.problems if problem.subject}
    given = {name: reading.facts[name] for name in state.names(prefix) if name in reading.facts}
    while True:
        try:
            return Situation(combine(given), given, errors)
        except FactError as error:
            if not given:
                raise
            wrong = {found.subject: problem_text(found) for found in error.problems if found.subject in given}
            wrong = wrong or {list(given)[-1]: problem_text(error.problems[0])}
        errors |= wrong
        given = {name: value for name, value in given.items() if name not in wrong}


def answers_alone(pack: Pack) -> Combine:
    """Return what makes facts of answers where there is no diary."""

    def combine(given: Mapping[str, Any]) -> Mapping[str, Any]:
        pack.evaluate(given, [])
        return given

    return combine


def problem_text(problem: Problem) -> str:
    """Return a problem as a sentence or two for the person, without the name of the fact in front."""
    said = problem.message.removeprefix(f"`{problem.subject}`: ")
    return f"{said[:1].upper()}{said[1:]} {problem.help}".strip()
