"""Whole generated packs: small, with every construct of the language unless the options leave some out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from hiprun.errors import FactError
from hiprun.inference.facts import Facts
from hiprun.inference.infer import check_possible
from hiprun.language.export.conditions import Data
from hiprun.language.export.yaml_layout import yaml
from hiprun.language.writer import documents
from hiprun.model import (
    ALWAYS,
    All,
    Arithmetic,
    Condition,
    Constant,
    Constraint,
    Derived,
    Domain,
    Example,
    Fact,
    Formula,
    Model,
    Number,
    Parameter,
    Property,
    Ref,
    Statement,
    Test,
)
from hiprun.pack import Pack, grounded
from hiprun.testing.pack_generation.choices import Choices
from hiprun.testing.pack_generation.conditions import generate_condition
from hiprun.testing.pack_generation.decisions import DecisionGenerator
from hiprun.testing.pack_generation.diary_declarations import DiaryGenerator
from hiprun.testing.pack_generation.domains import BOUNDED_SPANS, SHORT_SPANS, SPANS, TIED_SPANS, generate_domain
from hiprun.testing.pack_generation.draft import PackDraft, PackOptions
from hiprun.testing.pack_generation.formulas import generate_formula
from hiprun.testing.pack_generation.groups import generate_groups, with_groups
from hiprun.testing.pack_generation.stages import NAME, ProtocolGenerator
from hiprun.testing.pack_generation.units import DEFINITIONS

_NAMES = {
    "boolean": "flag",
    "integer": "steps",
    "number": "amount",
    "choice": "colour",
    "set": "places",
    "string": "word",
    "date": "day",
}
_NUMBERS = ("integer", "number")
_WHOLE_LEVELS: list[Number] = [1, 2]
_LEVELS: list[Number] = [1, Fraction(3, 2)]
_SIGNS: tuple[Literal["+", "-"], ...] = ("+", "-")
_RELATIONS = ("above", "below", "is", "is_not", "at_least", "at_most")


@attrs.frozen
class GeneratedPack:
    """A pack as its model without the protocol, and the content of the protocol's file, which may be empty.

    In version 2 of the language, the formulas of the model are as they are written: nothing in them is converted.
    """

    model: Model
    protocol: Data

    def files(self) -> dict[str, str]:
        """Return the text of each rule file by name."""
        contents = documents(self.model) | ({f"decisions/{NAME}.yaml": self.protocol} if self.protocol else {})
        return {name: yaml(with_groups(content, self.model.groups)) for name, content in contents.items()}


def generate(choices: Choices, options: PackOptions) -> GeneratedPack:
    """Return a small pack without mistakes; its cases are valid but need not pass."""
    draft = PackDraft(choices, options)
    parts = _PartGenerator(draft)
    parts.facts()
    parts.parameters()
    for number in range(1, choices.integer(0, options.max_derived) + 1):
        parts.derived(number)
    constraints = parts.constraints()
    names = [
        f"decision_{number}" for number in range(1, choices.integer(options.min_decisions, options.max_decisions) + 1)
    ]
    cites = not options.enumerable and choices.yes()
    statements = [f"part-{number}.of-it" for number in range(1, len(names) + 1)] if cites else []
    for number, name in enumerate(names):
        generator = DecisionGenerator(draft, name, options.min_rules, options.max_rules)
        draft.decisions[name] = generator.decision(
            options.policies, statements, statements[number] if statements else ""
        )
    protocol = ProtocolGenerator(draft, tuple(statements[:1])).document() if parts.has(options.stages) else {}
    has_diary = parts.has(options.diary)
    model = Model(
        "made-up",
        "1.0.0",
        "A made-up pack",
        draft.text(),
        facts=draft.facts,
        parameters=draft.parameters,
        derived=draft.derived,
        constraints=constraints,
        decisions=draft.decisions,
        statements={id_: Statement(id_, draft.text() or "So it is.") for id_ in statements},
        properties=parts.properties(),
        examples=parts.examples(),
        diary=DiaryGenerator(draft, statements).diary() if has_diary else None,
        language=options.language,
        units=DEFINITIONS if draft.converts else {},
    )
    groups = generate_groups(choices, model) if draft.converts else {}
    return GeneratedPack(attrs.evolve(model, groups=groups), protocol)


@attrs.frozen
class _PartGenerator:
    """Generates everything but decisions, diary and protocol."""

    draft: PackDraft

    def has(self, chosen: bool | None) -> bool:
        """Whether the pack has a part that an option may have chosen; an enumerable pack has none by itself."""
        return (not self.draft.options.enumerable and self.draft.choices.yes()) if chosen is None else chosen

    def facts(self) -> None:
        """Declare facts; with `tied`, at least one of two to six is a number."""
        choices, options = self.draft.choices, self.draft.options
        if not options.tied:
            for number in range(1, choices.integer(options.min_facts, options.max_facts) + 1):
                self._fact(number, options.fact_types)
            return
        numbers = [name for name in options.fact_types if name in _NUMBERS]
        others = [name for name in options.fact_types if name not in _NUMBERS]
        kinds = [choices.one_of((others, numbers)) for _ in range(choices.integer(2, 6))]
        kinds[choices.integer(0, len(kinds) - 1)] = numbers
        for number, kind in enumerate(kinds, 1):
            self._fact(number, kind)

    def _fact(self, number: int, types: Sequence[str]) -> None:
        draft, options = self.draft, self.draft.options
        short = SHORT_SPANS if options.enumerable else BOUNDED_SPANS if options.bounded else SPANS
        spans = TIED_SPANS if options.tied else short
        domain = generate_domain(draft.choices, types, spans=spans, units=draft.units)
        name = f"{_NAMES[domain.type]}_{number}"
        question = draft.text(about_patient=True) or "What is it?"
        changeable = draft.choices.yes(0.9) if options.tied else options.enumerable or draft.choices.yes()
        draft.facts[name] = Fact(
            name,
            domain,
            question,
            because=draft.text(about_patient=True),
            interpretation=draft.text(),
            changeable=changeable,
            say=self._say(domain),
        )

    def _say(self, domain: Domain) -> dict[str, str]:
        """Return what is said of values of a fact; nothing in packs whose texts show no values."""
        draft = self.draft
        if draft.options.enumerable or not draft.converts or not draft.choices.yes():
            return {}
        if domain.type == "boolean":
            return {"true": "it is so", "false": f"it is not so{draft.shown(about_patient=True)}"}
        nothing = {"none": "there is nothing"} if domain.is_numeric or domain.type == "set" else {}
        return {"value": f"it is {{value}}{draft.shown(about_patient=True)}", **nothing}

    def parameters(self) -> None:
        """Declare parameters; an enumerable pack has one, whose value is 1."""
        if self.draft.options.enumerable:
            self.draft.parameters["level"] = Parameter("level", 1)
            return
        for number in range(1, self.draft.choices.integer(0, 2) + 1):
            self._parameter(f"level_{number}")

    def _parameter(self, name: str) -> None:
        choices = self.draft.choices
        whole = choices.yes()
        low, high = choices.one_of([(1, 2), (None, None)])
        self.draft.parameters[name] = Parameter(
            name,
            choices.one_of(_WHOLE_LEVELS if whole else _LEVELS),
            "integer" if whole else "number",
            low,
            high,
            unit=choices.one_of(self.draft.units),
            title=self.draft.text(),
        )

    def derived(self, number: int) -> None:
        """Declare a derived fact."""
        draft, name = self.draft, f"derived_{number}"
        title = draft.text()
        if draft.choices.yes() and draft.numbers():
            numbers = [domain for _, domain in draft.numbers()] if draft.converts else [Domain("number")]
            unit = draft.choices.one_of(draft.alike(draft.choices.one_of(numbers).unit))
            draft.derived[name] = Derived(name, title, formula=generate_formula(draft, unit), unit=unit)
        else:
            draft.derived[name] = Derived(name, title, generate_condition(draft, 2))

    def constraints(self) -> tuple[Constraint, ...]:
        """Return constraints on facts; none if they would make every patient impossible and an oracle does not look."""
        draft = self.draft
        constraints = tuple(
            Constraint(f"constraint-{number}", self._never(), draft.text())
            for number in range(1, draft.choices.integer(0, 2) + 1)
        )
        if draft.options.enumerable:
            return constraints
        model = Model("", "", "", facts=draft.facts, parameters=draft.parameters, derived=draft.derived)
        pack = Pack(attrs.evolve(model, constraints=constraints))
        try:
            check_possible(pack.model, grounded(pack, ""), Facts({}))
        except FactError:
            return ()
        return constraints

    def _never(self) -> Condition:
        draft, choices = self.draft, self.draft.choices
        if not draft.options.enumerable:
            return generate_condition(draft, 1)
        plain = attrs.evolve(draft, parameters={}, derived={}, formulas=False)
        if not draft.options.tied:
            return generate_condition(plain, 1)
        tests = [self._relation(), *([generate_condition(plain, 0)] if choices.yes(0.4) else [])]
        return tests[0] if len(tests) == 1 else All(tuple(tests))

    def _relation(self) -> Test:
        """Return a test of a number against a formula of others."""
        choices = self.draft.choices
        units = {
            Ref("fact", name): fact.domain.unit for name, fact in self.draft.facts.items() if fact.domain.is_numeric
        }
        first = choices.one_of(list(units))
        numbers = [ref for ref, unit in units.items() if self.draft.goes_with(unit, units[first])]
        other: Formula = first
        one = Constant(1, unit=units[first]) if self.draft.converts else Constant(1)
        terms: list[Formula] = [one, *numbers]
        if self.draft.adds(units[first]) and choices.yes(0.3):
            other = Arithmetic(choices.one_of(_SIGNS), other, choices.one_of(terms))
        if self.draft.adds(units[first]) and choices.yes(0.3):
            other = Arithmetic("*", Constant(choices.one_of((2, -1))), other)
        return Test(choices.one_of(numbers), choices.one_of(_RELATIONS), (other,))

    def properties(self) -> tuple[Property, ...]:
        """Return promises, which need not be kept."""
        draft = self.draft
        if draft.options.enumerable:
            return ()
        return tuple(
            Property(
                f"property-{number}",
                generate_condition(draft, 1),
                generate_condition(draft, 1) if draft.choices.yes() else ALWAYS,
                title=draft.text(),
                because=draft.text(),
            )
            for number in range(1, draft.choices.integer(0, 2) + 1)
        )

    def examples(self) -> tuple[Example, ...]:
        """Return cases with expectations that need not be met."""
        draft, choices = self.draft, self.draft.choices
        if draft.options.enumerable:
            return ()
        examples = []
        for number in range(1, choices.integer(0, 2) + 1):
            facts = {
                name: _case_value(draft.constant(fact.domain), fact.domain)
                for name, fact in draft.facts.items()
                if choices.yes()
            }
            expect: Any = {choices.one_of(list(draft.decisions)): {"status": "decided"}}
            examples.append(Example(f"case-{number}", facts, choices.one_of([expect, "refused"]), draft.text()))
        return tuple(examples)


def _case_value(value: Any, domain: Domain) -> Any:
    """Return a constant in the notation of a case file."""
    match value:
        case Constant(number):
            return number
        case frozenset():
            return sorted(value)
        case _:
            return datetime.date.fromordinal(value).isoformat() if domain.type == "date" else value
