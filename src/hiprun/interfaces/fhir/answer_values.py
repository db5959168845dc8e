"""Values of facts as answers of a QuestionnaireResponse, and back. Answers come from outside and are not trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import attrs

from hiprun.errors import Problem, did_you_mean
from hiprun.inference.facts import shown
from hiprun.interfaces.fhir.publication import Publication, Resource
from hiprun.interfaces.fhir.questionnaire import NONE_OF_THESE, coding, item_type
from hiprun.interfaces.fhir.ucum import SYSTEM, ucum_code
from hiprun.model import Domain, Fact
from hiprun.model.value_conversion import plain


def answers(publication: Publication, fact: Fact, value: Any) -> list[Resource]:
    """Return the answers that say the value of a fact; none if it is known only in part, which no answer can say."""
    if isinstance(value, Mapping):
        return []
    if fact.domain.type == "set":
        chosen = [choice for choice in fact.domain.choices if choice in value] or [NONE_OF_THESE]
        return [{"valueCoding": coding(publication, fact, choice)} for choice in chosen]
    if fact.domain.type == "choice":
        return [{"valueCoding": coding(publication, fact, value)}]
    return [{f"value{item_type(publication, fact.domain).capitalize()}": plain(value)}]


class AnswerError(Exception):
    """An answer cannot be read; `problem` says why."""

    def __init__(self, fact: Fact, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, f"`{fact.name}`: {message}", help=help, subject=fact.name)


@attrs.frozen
class AnswerReader:
    """Reads the answers to the question for one fact. Whether a value is in range is checked with all facts."""

    publication: Publication
    fact: Fact

    def value(self, given: Sequence[Any]) -> Any:
        """Return the value that answers say, None if they say none; raises `AnswerError`."""
        values = [value for value in map(self._one, given) if value is not None]
        if self.fact.domain.type == "set":
            return self._set(values)
        if len(values) > 1:
            raise AnswerError(self.fact, "several-answers", f"there are {len(values)} answers.", "Give one.")
        return values[0] if values else None

    def _set(self, values: list[Any]) -> list[Any] | None:
        if NONE_OF_THESE in values and len(set(values)) > 1:
            message = "“none of these” is given with other choices."
            raise AnswerError(self.fact, "several-answers", message, "Give one or the other.")
        return [value for value in values if value != NONE_OF_THESE] if values else None

    def _one(self, answer: Any) -> Any:
        if not isinstance(answer, Mapping):
            raise self._wrong("an answer is not an object.")
        names = [name for name in answer if isinstance(name, str) and name.startswith("value")]
        if not names:
            return None
        if len(names) > 1:
            raise self._wrong("an answer has several values.")
        return self._typed(names[0], answer[names[0]])

    def _typed(self, name: str, value: Any) -> Any:
        domain = self.fact.domain
        match domain.type, name:
            case (("choice" | "set"), "valueCoding"):
                return self._choice(value)
            case (("integer" | "number"), "valueQuantity"):
                return self._quantity(value)
            case _:
                if name not in _value_names(domain):
                    expected = " or ".join(f"`{name}`" for name in _value_names(domain))
                    raise self._wrong(f"{shown(name)} does not fit this question.", f"Give {expected}.")
                return value

    def _choice(self, value: Any) -> str:
        code, system = (value.get("code"), value.get("system")) if isinstance(value, Mapping) else (None, None)
        choices = [*self.fact.domain.choices, *([NONE_OF_THESE] if self.fact.domain.type == "set" else [])]
        expected = self.publication.address("CodeSystem", self.fact.name)
        if system is not None and system != expected:
            raise self._wrong(f"{shown(system)} is not the system of its choices.", f"It is `{expected}`.")
        if not isinstance(code, str) or code not in choices:
            help = did_you_mean(code if isinstance(code, str) else "", choices)
            raise AnswerError(self.fact, "not-a-choice", f"{shown(code)} is not one of the choices.", help)
        return code

    def _quantity(self, value: Any) -> Any:
        expected = ucum_code(self.fact.domain.unit) if self.fact.domain.unit else "1"
        given = value if isinstance(value, Mapping) else {}
        if given.get("system") != SYSTEM or given.get("code") != expected or "comparator" in given:
            raise self._wrong("this amount is not in the unit of the question.", f"Give it in `{expected}` (UCUM).")
        return given.get("value")

    def _wrong(self, message: str, help: str = "") -> AnswerError:
        return AnswerError(self.fact, "wrong-answer", message, help)


def _value_names(domain: Domain) -> tuple[str, ...]:
    match domain.type:
        case "boolean":
            return ("valueBoolean",)
        case "integer" | "number":
            return ("valueDecimal", "valueInteger")
        case "choice" | "set":
            return ("valueCoding",)
        case "string":
            return ("valueString",)
        case "date":
            return ("valueDate",)
        case _:
            assert_never(domain.type)
