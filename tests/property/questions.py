"""Questions about random patients, with everything that an oracle says about them beside what the engine says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest

from hiprun.errors import FactError
from hiprun.inference.infer import BUDGET
from hiprun.model import Decision, Model
from hiprun.pack import Pack

from .oracle import Oracle, completions, used
from .random_models import as_given, random_model, random_patient

_AS_SHOWN = Context(prec=40)


class Question:
    """A decision asked of a patient, its outcome, and an oracle for each completion that can be."""

    def __init__(
        self, pack: Pack, decision: Decision, said: dict[str, Any], oracles: list[Oracle], budget: int
    ) -> None:
        self.pack, self.decision, self.said, self.oracles = pack, decision, said, oracles
        self.facts = as_given(pack.model, said)
        self.outcome = pack.decide(decision.name, self.facts, budget=budget)
        assert self.outcome == pack.interpret(self.facts, [decision.name], budget=budget)[decision.name]
        self.answers = [oracle.answer(decision.name) for oracle in oracles]

    @property
    def in_conflict(self) -> set[bool]:
        """Whether completions lead to a conflict: always, never or sometimes."""
        return {answer == "conflict" for answer in self.answers}

    def without_conflict(self) -> list[tuple[Oracle, Any]]:
        """Return what is left to look at when conflicts are set aside."""
        found = zip(self.oracles, self.answers, strict=True)
        return [(oracle, answer) for oracle, answer in found if answer != "conflict"]

    def undisputed(self) -> list[Oracle]:
        """Return the oracles for which no decision that this one uses is in conflict."""
        names = used(self.pack.model, self.decision)
        return [oracle for oracle in self.oracles if all(oracle.answer(name) != "conflict" for name in names)]


def questions(seed: int, *, reals: bool = False, budget: int = BUDGET, patients: int = 2) -> list[Question]:
    """Return every decision of a random model, asked of random patients; patients that cannot be are refused."""
    rng = random.Random(seed)
    model = random_model(rng, reals=reals)
    pack = Pack(model)
    found = []
    for _ in range(patients):
        said = random_patient(rng, model)
        oracles = [Oracle(model, patient) for patient in completions(model, said)]
        oracles = [oracle for oracle in oracles if oracle.allowed()]
        if oracles:
            found += [Question(pack, decision, said, oracles, budget) for decision in model.decisions.values()]
        else:
            with pytest.raises(FactError):
                pack.evaluate(as_given(model, said))
    return found


def plain(value: Any) -> Any:
    """Return a value of an outcome or the oracle in one notation."""
    if isinstance(value, bool | str | frozenset):
        return value
    if not isinstance(value, int | Decimal | Fraction):
        return Fraction(value.toordinal())
    number = Fraction(value)
    if number.denominator == 1:
        return number
    return Fraction(_AS_SHOWN.divide(Decimal(number.numerator), Decimal(number.denominator)))


def row(answer: Mapping[str, Any] | str) -> Any:
    """Return an answer as something that can be compared and put into a set."""
    if isinstance(answer, str):
        return answer
    return tuple(sorted((name, type(plain(value)).__name__, plain(value)) for name, value in answer.items()))


def covers(said: Any, value: Any) -> bool:
    """Whether a value of an answer, perhaps a span or a choice of values, leaves room for `value`."""
    if not isinstance(said, Mapping):
        return bool(plain(said) == plain(value))
    if "one_of" in said:
        return any(plain(one) == plain(value) for one in said["one_of"])
    low, high = said.get("at_least"), said.get("at_most")
    return (low is None or plain(low) <= plain(value)) and (high is None or plain(value) <= plain(high))


def about(rng: random.Random, model: Model) -> Iterator[Question]:
    """Yield what is asked about two random patients of a pack: every decision, where the patient can be at all."""
    pack = Pack(model)
    for _ in range(2):
        said = random_patient(rng, model)
        oracles = [oracle for oracle in (Oracle(model, one) for one in completions(model, said)) if oracle.allowed()]
        for decision in model.decisions.values() if oracles else ():
            yield Question(pack, decision, said, oracles, BUDGET)
