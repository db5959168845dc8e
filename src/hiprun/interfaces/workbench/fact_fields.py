"""The facts of a patient as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from hiprun.catalogue import Catalogue
from hiprun.errors import FactError
from hiprun.interfaces.web import Fields
from hiprun.interfaces.web.questions import QuestionView, nothing_of, question
from hiprun.interfaces.workbench.problem_words import plain_words
from hiprun.interfaces.workbench.rule_form import value_text
from hiprun.language.reader.fact_files import read_value
from hiprun.model import Domain, Fact, Model, reach
from hiprun.model.amounts import amount_text
from hiprun.pack import Pack

PREFIX = "fact."


def concerned(model: Model, decision: str) -> tuple[str, ...]:
    """Return the facts that a decision uses, directly or through others, in the order of the pack."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [decision]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for ref in reach(model, model.decisions[name].refs()):
            if ref.kind == "fact":
                found.add(ref.name)
            elif ref.kind == "output":
                waiting.append(ref.decision)
    return tuple(name for name in model.facts if name in found)


def fact_fields(
    pack: Pack, names: Iterable[str], typed: Mapping[str, Sequence[str]], errors: Mapping[str, str], words: Catalogue
) -> list[QuestionView]:
    """Return the fields of facts; `typed` has what they hold."""
    return [_field(pack.facts[name], typed.get(name, ()), errors.get(name, ""), words) for name in names]


def _field(fact: Fact, typed: Sequence[str], error: str, words: Catalogue) -> QuestionView:
    in_part = any(value.startswith("{") for value in typed)
    view = question(PREFIX + fact.name, fact.ask, fact.domain, words, typed, as_text=in_part)
    return attrs.evolve(view, error=error)


def typed_facts(pack: Pack, facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what fields hold for facts that are known, as in a case."""
    return {name: _typed(pack.facts[name].domain, value) for name, value in facts.items() if name in pack.facts}


def _typed(domain: Domain, value: Any) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return [*map(str, value)] or [nothing_of(domain)]
    return [value_text(value)]


def typed_in(fields: Fields, names: Iterable[str]) -> dict[str, list[str]]:
    """Return what was typed or chosen for facts; those that were left empty are not known."""
    found = {name: [value for value in fields.get(PREFIX + name, ()) if value.strip()] for name in names}
    return {name: values for name, values in found.items() if values}


def read_fields(
    pack: Pack, typed: Mapping[str, Sequence[str]], words: Catalogue
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the facts that fields give, and for each that cannot be read what is wrong, by name."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, values in typed.items():
        try:
            answers[name] = _answer(pack.facts[name].domain, values)
        except FactError as error:
            errors[name] = " ".join(plain_words(problem, words) for problem in error.problems)
    reading = pack.read(answers)
    for problem in reading.problems:
        errors.setdefault(problem.subject, plain_words(problem, words))
    return {name: value for name, value in reading.facts.items() if name not in errors}, errors


def _answer(domain: Domain, values: Sequence[str]) -> Any:
    if values[0].startswith("{"):
        return read_value(values[0], domain)
    if domain.type == "set":
        return [value for value in values if value != nothing_of(domain)]
    return values[0]


def fact_words(pack: Pack, name: str, value: Any, words: Catalogue) -> tuple[str, str]:
    """Return a fact as its question and the answer in words; names of facts that are gone stay as they are."""
    fact = pack.facts.get(name)
    if fact is None or isinstance(value, Mapping):
        return (fact.ask if fact else name), value_text(value)
    match fact.domain.type:
        case "boolean":
            answer = words.text("text.yes" if value else "text.no") if isinstance(value, bool) else str(value)
        case "choice":
            answer = fact.domain.choices.get(value) or str(value).replace("_", " ")
        case "set":
            chosen = [fact.domain.choices.get(part) or part for part in sorted(value)]
            answer = ", ".join(chosen) or words.text("form.none_of_these")
        case "string":
            answer = str(value)
        case _:
            answer = amount_text(value, fact.domain, exactly=True)
    return fact.ask, answer
