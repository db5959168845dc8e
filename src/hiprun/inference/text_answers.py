"""Answers as people give them in forms, query strings and chats → facts, or what is wrong with each answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, assert_never

import attrs

from hiprun.errors import FactError, Problem
from hiprun.inference.facts import MOST_PROBLEMS, Facts, entries_of, plain_text, shown
from hiprun.inference.operators import OPERATORS
from hiprun.model import Domain, Fact
from hiprun.model.value_conversion import from_notation
from hiprun.model.value_objects import ValueObject

_TRUTHS = {"yes": True, "y": True, "true": True, "on": True, "no": False, "n": False, "false": False, "off": False}
_NOT_KNOWN = frozenset({"", "?", "unknown", "not known", "not sure", "don't know", "do not know", "i don't know"})
_NOTHING = frozenset({"none", "none of these", "none of them", "nothing"})
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_BETWEEN_CHOICES = re.compile(r"[,;\n]")


@attrs.frozen
class Reading(ValueObject):
    """What was read from answers: `facts` to decide on, as values, and the problems of all other answers.

    The `subject` of a problem is the name that its answer was given for; it is empty if the answers can be read but
    cannot occur together. Then `facts` has all of them, and `decide` refuses them with the same problem.
    """

    facts: Mapping[str, Any] = attrs.field(hash=False)
    problems: tuple[Problem, ...] = ()


def read_answers(facts: Mapping[str, Fact], answers: Mapping[str, Any], check: Callable[[Any], Facts]) -> Reading:
    """Return what `answers`, texts or values by the names of `facts`, say; `check` is that of the pack."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    try:
        entries = entries_of(answers)
    except FactError as error:
        return Reading({}, error.problems)
    for name, answer in entries.items():
        if name not in facts:
            values[name] = answer
        elif len(problems) < MOST_PROBLEMS:
            values[name] = _Answer(facts[name], problems).value(answer)
    unread = {problem.subject for problem in problems}
    values = {name: value for name, value in values.items() if name not in unread}
    try:
        return Reading(check(values).given, tuple(problems))
    except FactError as error:
        problems += error.problems
    wrong = {problem.subject for problem in problems}
    right = {name: value for name, value in values.items() if name in facts and name not in wrong}
    try:
        return Reading(check(right).given, tuple(problems))
    except FactError as error:  # they can be read, but cannot occur together
        problems += [problem for problem in error.problems if problem not in problems]
        return Reading(right, tuple(problems))


@attrs.frozen
class _Answer(ValueObject):
    """Reads what was given for one fact. What it cannot read stays as it is, for the check of facts to say so."""

    fact: Fact
    problems: list[Problem]

    def report(self, code: str, message: str, help: str) -> None:
        self.problems.append(Problem(code, f"`{self.fact.name}`: {message}", help=help, subject=self.fact.name))

    def value(self, answer: Any) -> Any:
        if type(answer) is dict:
            tests = {name: self._operand(name, operand) for name, operand in answer.items()}
            return {name: operand for name, operand in tests.items() if operand is not None} or None
        if self.fact.domain.type == "set":
            return self._set(answer)
        if type(answer) not in (list, tuple) or not all(isinstance(part, str) for part in answer):
            return self._one(answer)
        given = [part for part in answer if part.strip()]
        if len(given) > 1:
            self.report("several-answers", f"there are {len(given)} answers.", "Give one.")
        return self._one(given[0]) if given else None

    def _operand(self, name: Any, operand: Any) -> Any:
        operator = OPERATORS.get(name) if isinstance(name, str) else None
        if operator is None:
            return operand
        if self.fact.domain.type == "set" and operator.takes == "value":
            return self._set(operand)
        if operator.operands != "one" and type(operand) in (list, tuple):
            return [self._one(part) for part in operand]
        return self._one(operand)

    def _one(self, answer: Any) -> Any:
        """Return the value of a text, None if it says nothing; of a set, one choice."""
        if not isinstance(answer, str):
            return answer
        given = plain_text(answer).strip()
        domain = self.fact.domain
        match domain.type:
            case "string" | "date":
                return given or None
            case "boolean":
                return None if _says_nothing(given) else self._truth(given)
            case "integer" | "number":
                return None if _says_nothing(given) else self._number(given)
            case "choice" | "set":
                choice = _choice(domain, given)
                return None if choice is None and _says_nothing(given) else choice or given
            case _:
                assert_never(domain.type)

    def _truth(self, given: str) -> bool | None:
        truth = _TRUTHS.get(_folded(given))
        if truth is None:
            help = "Answer yes or no, or nothing if it is not known."
            self.report("wrong-type", f"{shown(given)} is neither yes nor no.", help)
        return truth

    def _number(self, given: str) -> Any:
        written = _without_unit(given, self.fact.domain).replace("\N{MINUS SIGN}", "-")
        if _NUMBER.fullmatch(written):
            number = from_notation(written)
            return given if number is None else number
        if _WITH_COMMA.fullmatch(written):
            point = written.replace(",", ".")
            help = f"Write {point} with a point."
            if _THOUSANDS.fullmatch(written):
                help = f"Write {written.replace(',', '')} without it, or {point} with a point."
            self.report("comma-in-number", f"{shown(written)} has a comma.", help)
        return given

    def _set(self, answer: Any) -> Any:
        if isinstance(answer, str):
            whole = plain_text(answer).strip()
            if _choice(self.fact.domain, whole) is not None:
                return [self._one(whole)]
            answer = _BETWEEN_CHOICES.split(whole)
        if type(answer) not in (list, tuple) or not answer:
            return answer
        parts = [self._one(part) for part in answer]
        given = [part for part in parts if part is not None]
        nothing = [part for part in given if isinstance(part, str) and self._is_nothing(part)]
        if nothing and len(nothing) < len(given):
            self.report(
                "several-answers", f"{shown(nothing[0])} is given with other choices.", "Give one or the other."
            )
        return ([] if nothing else given) if given else None

    def _is_nothing(self, part: str) -> bool:
        return _folded(part) in _NOTHING and part not in self.fact.domain.choices


def _says_nothing(given: str) -> bool:
    return _folded(given) in _NOT_KNOWN


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).removesuffix(".").replace("’", "'").casefold()


def _without_unit(given: str, domain: Domain) -> str:
    for unit in (domain.unit, *domain.unit_words):
        if unit and given.casefold().endswith(unit.casefold()):
            return given[: -len(unit)].rstrip()
    return given


def _choice(domain: Domain, given: str) -> str | None:
    """Return the one choice that has this name, or else this text."""
    if given in domain.choices:
        return given
    folded = _folded(given)
    for words in _ways_to_say(domain.choices):
        found = [name for name, text in zip(domain.choices, words, strict=True) if _folded(text) == folded]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _ways_to_say(choices: Mapping[str, str]) -> Iterator[Sequence[str]]:
    yield list(choices)
    yield list(choices.values())
