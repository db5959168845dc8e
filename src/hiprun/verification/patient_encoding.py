"""A patient as terms of the prover: one set of unknowns for each fact, and the way back to values."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hiprun.inference.operators import Has, Leaf, Meaning, code, expressed, holds
from hiprun.inference.text_equivalence_classes import TextCells
from hiprun.model import Domain, Literal_, Number
from hiprun.verification.condition_logics import both, either, opposite
from hiprun.verification.solver import Engine, Term, number_in, true_in, z3

_FIRST_DAY, _LAST_DAY = datetime.date.min.toordinal(), datetime.date.max.toordinal()


def is_number(domain: Domain) -> bool:
    """Whether values of `domain` are numbers to the prover; dates are, by their day."""
    return domain.is_numeric or domain.type == "date"


def _examples(texts: TextCells) -> list[str]:
    """Return a text of each cell. What has none of the unknowns of the others lies in the cell of the first."""
    return [texts.example(cell) for cell in texts.cells]


def lifted(number: Number, like: Term) -> Term:
    """Return an exact number as a term in the world of `like`."""
    return number if isinstance(number, int) else z3.RealVal(str(number), like.ctx)


class Person:
    """The unknowns of one patient. `mark` tells patients apart; a fact in `shared` is that of another patient."""

    def __init__(self, engine: Engine, mark: str = "", shared: Mapping[str, Person] | None = None) -> None:
        self.engine = engine
        self.mark = mark
        self._shared = shared or {}
        self._terms: dict[tuple[str, str], Term] = {}

    def of(self, fact: str) -> Person:
        """Return the patient whose fact this is: this one, or the one it is shared with."""
        return self._shared.get(fact, self)

    def _term(self, fact: str, part: str, make: Any) -> Term:
        own = self.of(fact)
        found = own._terms.get((fact, part))
        if found is None:
            found = own._terms[fact, part] = make(f"{own.mark}{fact}{part}")
        return found

    def boolean(self, fact: str) -> Term:
        """Return whether a boolean fact is true."""
        return self._term(fact, "", self.engine.boolean)

    def number(self, fact: str, domain: Domain) -> Term:
        """Return the value of a number or date."""
        return self._term(fact, "", self.engine.number if domain.type == "number" else self.engine.integer)

    def has(self, fact: str, value: str) -> Term:
        """Return whether a choice or text is `value`, or a set has it."""
        return self._term(fact, f"={value}", self.engine.boolean)

    def known(self, fact: str) -> Term:
        """Return whether a fact is known."""
        return self._term(fact, "?", self.engine.boolean)

    def test(self, fact: str, domain: Domain, sense: Meaning, texts: TextCells) -> Term:
        """Return whether a fact that is no number meets `sense`; `texts` are those that rules tell apart."""
        match domain.type:
            case "boolean":
                own = self.boolean(fact)
                return either(side for value, side in ((1, own), (0, opposite(own))) if holds(sense, value))
            case "choice":
                names = list(domain.choices)
                meeting = [name for name in names if holds(sense, code(domain, name))]
                if 2 * len(meeting) <= len(names):
                    return either(self.has(fact, name) for name in meeting)
                return opposite(either(self.has(fact, name) for name in names if name not in meeting))
            case "string":
                rest, *others = _examples(texts)
                if holds(sense, rest):
                    return opposite(either(self.has(fact, text) for text in others if not holds(sense, text)))
                return either(self.has(fact, text) for text in others if holds(sense, text))
            case _:
                assert domain.type == "set"  # numbers and dates are compared as quantities
                return expressed(sense, lambda part: self._member(fact, part), both, either, opposite)

    def _member(self, fact: str, part: Leaf) -> Term:
        assert isinstance(part, Has)  # sets are not compared, but by their members
        return self.has(fact, part.choice)

    def within(self, fact: str, domain: Domain, texts: TextCells) -> Iterator[Term]:
        """Yield what makes the unknowns of a fact one value of its domain."""
        if is_number(domain):
            number = self.number(fact, domain)
            low, high = domain.lowest, domain.highest
            if domain.type == "date":
                low, high = low or _FIRST_DAY, high or _LAST_DAY
            if low is not None:
                yield number >= lifted(low, number)
            if high is not None:
                yield number <= lifted(high, number)
        elif domain.type in ("choice", "string"):
            values = [
                self.has(fact, value) for value in (domain.choices if domain.type == "choice" else _examples(texts)[1:])
            ]
            if domain.type == "choice":
                yield either(values)
            for index, value in enumerate(values):
                for other in values[:index]:
                    yield either((opposite(value), opposite(other)))

    def value(self, fact: str, domain: Domain, texts: TextCells, values: Any) -> Literal_:
        """Return the value of a fact in what the prover found."""

        def holds_in(term: Term) -> bool:
            return true_in(values, term)

        match domain.type:
            case "boolean":
                return holds_in(self.boolean(fact))
            case "set":
                return frozenset(name for name in domain.choices if holds_in(self.has(fact, name)))
            case "choice" | "string":
                rest, *others = domain.choices if domain.type == "choice" else _examples(texts)
                return next((name for name in others if holds_in(self.has(fact, name))), rest)
            case "number":
                return number_in(values, self.number(fact, domain))
            case _:
                return int(values.eval(self.number(fact, domain), model_completion=True).as_long())

    def has_value(self, fact: str, domain: Domain, texts: TextCells, value: Literal_) -> Term:
        """Return whether a fact has this value."""
        match value:
            case bool():
                return self.boolean(fact) if value else opposite(self.boolean(fact))
            case frozenset():
                return both(
                    self.has(fact, name) if name in value else opposite(self.has(fact, name)) for name in domain.choices
                )
            case str():
                if domain.type == "choice":
                    return self.has(fact, value)
                cell = texts.of(value)
                if cell == texts.cells[0]:
                    return both(opposite(self.has(fact, text)) for text in _examples(texts)[1:])
                return self.has(fact, texts.example(cell))
            case _:
                number = self.number(fact, domain)
                return number == lifted(value, number)

    def is_worse(self, fact: str, domain: Domain, other: Person) -> Term:
        """Return whether this patient's value of a fact is worse than that of `other`."""
        match domain.worse:
            case "true" | "false":
                worse, calm = (self, other) if domain.worse == "true" else (other, self)
                return both((worse.boolean(fact), opposite(calm.boolean(fact))))
            case "higher" | "lower":
                own, others = self.number(fact, domain), other.number(fact, domain)
                return own > others if domain.worse == "higher" else own < others
            case _:
                names = list(domain.choices) if domain.worse == "later" else list(domain.choices)[::-1]
                return either(
                    both((other.has(fact, calm), self.has(fact, name)))
                    for index, name in enumerate(names)
                    for calm in names[:index]
                )


class KnownPerson(Person):
    """A patient of whom facts are what `values` says; the facts in `shared` are those of another, and unknowns."""

    def __init__(self, engine: Engine, values: Mapping[str, Literal_], shared: Mapping[str, Person]) -> None:
        super().__init__(engine, shared=shared)
        self._values = values

    def values_of(self, facts: Sequence[str]) -> Mapping[str, Number] | None:
        """Return the numbers of facts; None where one of them is an unknown."""
        if any(fact not in self._values for fact in facts):
            return None
        return {fact: self._values[fact] for fact in facts}  # type: ignore[misc]

    def boolean(self, fact: str) -> Term:
        """Return whether a boolean fact is true."""
        return self._values[fact] if fact in self._values else super().boolean(fact)

    def number(self, fact: str, domain: Domain) -> Term:
        """Return the value of a number or date."""
        return self._values[fact] if fact in self._values else super().number(fact, domain)

    def has(self, fact: str, value: str) -> Term:
        """Return whether a choice or text is `value`, or a set has it."""
        held = self._values.get(fact)
        match held:
            case None:
                return super().has(fact, value)
            case frozenset():
                return value in held
            case _:
                return value == held
