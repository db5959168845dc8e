"""A pack while it is being generated: what may go into it, and what its rules can refer to so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import attrs

from hiprun.inference.hit_policies import HIT_POLICIES, LIMITS
from hiprun.model import Constant, Decision, Derived, Domain, Fact, Number, Parameter, Ref
from hiprun.testing.pack_generation.choices import Choices
from hiprun.testing.pack_generation.domains import TEXTS, TYPES, WORDS, generate_constant, generate_number
from hiprun.testing.pack_generation.units import NO_CONVERSIONS, UNITS, adds, alike

POLICIES = (*(name for name in HIT_POLICIES if name != LIMITS.name), "criteria", LIMITS.name)
"""The policies that decisions can be generated with: the hit policies, and `criteria` and `limits`."""

Subject = tuple[Ref, Domain]


@attrs.frozen
class PackOptions:
    """What generated packs may contain.

    The sizes apply to the pack, `max_rules` to each decision. `diary` and `stages` say whether there is a diary and a
    protocol; None leaves it open.

    With `enumerable`, an oracle can try every patient: facts have few values, and numbers with fractions are compared
    with whole numbers only. Whatever affects no answer is left out: texts, statements, cases, properties, diaries and
    protocols. Constraints may then exclude every patient.
    With `tied` as well, constraints and formulas relate numbers to each other, and a pack has two to six facts.
    """

    min_facts: int = 1
    max_facts: int = 4
    max_derived: int = 2
    min_decisions: int = 1
    max_decisions: int = 3
    min_rules: int = 1
    max_rules: int = 4
    fact_types: Sequence[str] = TYPES
    policies: Sequence[str] = POLICIES
    diary: bool | None = None
    stages: bool | None = None
    enumerable: bool = False
    tied: bool = False
    functions: bool = False
    """Whether formulas have functions and products of facts, where no range has to hold them."""
    bounded: bool = False
    """Whether facts that are numbers or dates have short ranges, of which an oracle can try every value."""
    language: Literal[1, 2] = 1
    """The version of the language; in version 2, numbers have units that are converted, texts show values, and there
    are groups of choices."""


@attrs.frozen
class PackDraft:
    """What the rules of a pack can refer to while it is being generated; without `formulas`, only to constants."""

    choices: Choices
    options: PackOptions
    facts: dict[str, Fact] = attrs.field(factory=dict)
    parameters: dict[str, Parameter] = attrs.field(factory=dict)
    derived: dict[str, Derived] = attrs.field(factory=dict)
    decisions: dict[str, Decision] = attrs.field(factory=dict)
    formulas: bool = True

    @property
    def converts(self) -> bool:
        """Whether units are checked and converted."""
        return self.options.language > 1

    @property
    def units(self) -> Sequence[str]:
        """The units that something declared may have."""
        return UNITS if self.converts else NO_CONVERSIONS

    def goes_with(self, unit: str, other: str) -> bool:
        """Return whether amounts in a unit can be compared with those in another."""
        return not self.converts or unit in alike(other)

    def alike(self, unit: str) -> Sequence[str]:
        """Return the units that amounts may have that are compared with those in `unit`."""
        return alike(unit) if self.converts else self.units

    def adds(self, unit: str) -> bool:
        """Return whether amounts in a unit can be added and multiplied."""
        return not self.converts or adds(unit)

    def text(self, *, about_patient: bool = False) -> str:
        """Return a text for people, which may be empty, and may show parameters or, of a patient, anything."""
        if self.options.enumerable:
            return ""
        text = self.choices.one_of(("", "", *TEXTS))
        return f"{text}{self.shown(about_patient=about_patient)}" if text else text

    def shown(self, *, about_patient: bool = False) -> str:
        """Return how a text goes on that shows a value; nothing in packs whose texts cannot show any."""
        if self.options.enumerable or not self.converts:
            return ""
        names = [*self.parameters, *(self._shown() if about_patient else ())]
        numbers = [*self.parameters, *(str(ref) for ref, _ in self.numbers() if about_patient)]
        values = [*(f" {{{name}}}" for name in names), *(f" {{{name}:number}}" for name in numbers)]
        return self.choices.one_of(["", " {{So}} it is.", *values])

    def _shown(self) -> list[str]:
        """Return everything that depends on the patient and that a text can show."""
        hidden = {("derived", "boolean"), ("output", "string")}
        return [str(ref) for ref, domain in self.subjects() if (ref.kind, domain.type) not in hidden]

    def constant(self, domain: Domain) -> Any:
        """Return a value of a domain as rules write it."""
        if not self.options.enumerable:
            return generate_constant(self.choices, domain)
        return (
            Constant(self.number(domain)) if domain.is_numeric else generate_constant(self.choices, domain, WORDS[:2])
        )

    def number(self, domain: Domain) -> Number:
        """Return a number to compare values of a domain with, or to give."""
        return self.choices.integer(-1, 4) if self.options.enumerable else generate_number(self.choices, domain)

    def subjects(self) -> list[Subject]:
        """Return everything that a condition can test."""
        subjects = [(Ref("fact", name), fact.domain) for name, fact in self.facts.items()]
        for name, derived in self.derived.items():
            domain = Domain("boolean") if derived.formula is None else Domain("number", unit=derived.unit)
            subjects.append((Ref("derived", name), domain))
        for decision in self.decisions.values():
            for output in decision.outputs if HIT_POLICIES[decision.hit].gives != "items" else ():
                subjects.append((Ref("output", output.name, decision.name), decision.condition_domain(output.name)))
        return subjects

    def numbers(self) -> list[Subject]:
        """Return every number that formulas and limits can depend on."""
        if not self.formulas:
            return []
        return [subject for subject in self.subjects() if subject[1].is_numeric and not self.is_coarse(*subject)]

    def is_coarse(self, ref: Ref, domain: Domain) -> bool:
        """Whether an oracle tries only some values of a fact, so that rules compare it with whole numbers only."""
        return self.options.enumerable and not self.options.tied and ref.kind == "fact" and domain.type == "number"
