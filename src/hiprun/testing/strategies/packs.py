"""Generated packs, as rule files or loaded: small, with every construct of the language."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, TypedDict, Unpack

import attrs
from hypothesis import note
from hypothesis import strategies as st

from hiprun.errors import FactError, RuleError
from hiprun.inference.facts import Facts
from hiprun.inference.infer import check_possible
from hiprun.language.export.yaml_layout import yaml
from hiprun.language.resolver import resolve
from hiprun.language.schema_validation import check
from hiprun.language.syntax import parse
from hiprun.language.writer import files
from hiprun.model import (
    ALWAYS,
    Constant,
    Constraint,
    Derived,
    Domain,
    Example,
    Fact,
    Model,
    Number,
    Parameter,
    Property,
    Statement,
)
from hiprun.model.places import SourceText
from hiprun.pack import Pack, grounded
from hiprun.testing.strategies.conditions import Declared, condition, formula
from hiprun.testing.strategies.decisions import POLICIES, DecisionGenerator
from hiprun.testing.strategies.diary_declarations import DiaryGenerator
from hiprun.testing.strategies.domains import TYPES, WORDING, constants, domains
from hiprun.testing.strategies.stages import NAME, ProtocolGenerator

_NAMES = {
    "boolean": "flag",
    "integer": "steps",
    "number": "amount",
    "choice": "colour",
    "set": "places",
    "string": "word",
    "date": "day",
}


class Sizes(TypedDict, total=False):
    """The options of `packs`."""

    min_facts: int
    max_facts: int
    max_derived: int
    min_decisions: int
    max_decisions: int
    min_rules: int
    max_rules: int
    fact_types: Sequence[str]
    policies: Sequence[str]
    diary: bool | None
    stages: bool | None


@st.composite
def pack_files(  # noqa: PLR0913 - each is a part of a pack to vary
    draw: st.DrawFn,
    *,
    min_facts: int = 1,
    max_facts: int = 4,
    max_derived: int = 2,
    min_decisions: int = 1,
    max_decisions: int = 3,
    min_rules: int = 1,
    max_rules: int = 4,
    fact_types: Sequence[str] = TYPES,
    policies: Sequence[str] = POLICIES,
    diary: bool | None = None,
    stages: bool | None = None,
) -> dict[str, str]:
    """Return a strategy for the rule files of small packs: the text of each file by name, without mistakes.

    The sizes apply to the pack, `max_rules` to each decision. `fact_types` and `policies` say which types of facts and
    which hit policies it may use; `criteria` and `limits` count as policies here. Its cases are valid but need not
    pass. `diary` and `stages` say whether it has a diary and a protocol, called `protocol`; by default, some packs do.
    A protocol adds facts and limits of its own, which do not count towards the sizes.
    """
    declared = Declared()
    entries = _EntryGenerator(draw, declared)
    for number in range(1, draw(st.integers(min_facts, max_facts)) + 1):
        entries.fact(number, fact_types)
    for number in range(1, draw(st.integers(0, 2)) + 1):
        entries.parameter(number)
    for number in range(1, draw(st.integers(0, max_derived)) + 1):
        entries.derived(number)
    constraints = entries.constraints()
    names = [f"decision_{number}" for number in range(1, draw(st.integers(min_decisions, max_decisions)) + 1)]
    statements = [f"part-{number}.of-it" for number in range(1, len(names) + 1)] if draw(st.booleans()) else []
    for number, name in enumerate(names):
        generator = DecisionGenerator(draw, declared, name, min_rules, max_rules)
        statement = statements[number] if statements else ""
        declared.decisions[name] = generator.decision(policies, statements, statement)
    protocol: Any = {}
    if draw(st.booleans()) if stages is None else stages:
        protocol = ProtocolGenerator(draw, declared, tuple(statements[:1])).document()
    has_diary = draw(st.booleans()) if diary is None else diary
    model = Model(
        "made-up",
        "1.0.0",
        "A made-up pack",
        draw(WORDING),
        facts=declared.facts,
        parameters=declared.parameters,
        derived=declared.derived,
        constraints=constraints,
        decisions=declared.decisions,
        statements={id_: Statement(id_, draw(WORDING) or "So it is.") for id_ in statements},
        properties=entries.properties(),
        examples=entries.examples(),
        diary=DiaryGenerator(draw, declared, statements).diary() if has_diary else None,
    )
    return files(model) | ({f"decisions/{NAME}.yaml": yaml(protocol)} if protocol else {})


def packs(**sizes: Unpack[Sizes]) -> st.SearchStrategy[Pack]:
    """Return a strategy for small packs with every construct of the language; the options are those of `pack_files`.

    If a test fails, the rule files of the pack are shown.
    """
    return pack_files(**sizes).map(_loaded)


def _loaded(files: Mapping[str, str]) -> Pack:
    note("\n".join(f"# {name}\n{text}" for name, text in files.items()))
    return Pack(model_of(files))


def model_of(rule_files: Mapping[str, str]) -> Model:
    """Return the model of rule files, read as `hiprun.load` reads them; raises `RuleError` with every mistake."""
    documents, problems = [], []
    for name, text in rule_files.items():
        document, found = parse(SourceText(f"made-up/{name}", text))
        problems += found
        if document:
            documents.append(document)
            problems += check(document)
    model = None
    if not problems:
        model, problems = resolve(documents)
    if model is None:
        raise RuleError(problems)
    return model


_WHOLE_LEVELS: list[Number] = [1, 2]
_LEVELS: list[Number] = [1, Fraction(3, 2)]


@attrs.frozen
class _EntryGenerator:
    draw: st.DrawFn
    declared: Declared

    def fact(self, number: int, types: Sequence[str]) -> None:
        draw = self.draw
        domain = draw(domains(types))
        name = f"{_NAMES[domain.type]}_{number}"
        question = draw(WORDING) or "What is it?"
        self.declared.facts[name] = Fact(
            name, domain, question, because=draw(WORDING), interpretation=draw(WORDING), changeable=draw(st.booleans())
        )

    def parameter(self, number: int) -> None:
        draw, name = self.draw, f"level_{number}"
        whole = draw(st.booleans())
        low, high = draw(st.sampled_from([(1, 2), (None, None)]))
        self.declared.parameters[name] = Parameter(
            name,
            draw(st.sampled_from(_WHOLE_LEVELS if whole else _LEVELS)),
            "integer" if whole else "number",
            low,
            high,
            unit=draw(st.sampled_from(["", "kg"])),
            title=draw(WORDING),
        )

    def derived(self, number: int) -> None:
        draw, declared, name = self.draw, self.declared, f"derived_{number}"
        title = draw(WORDING)
        if draw(st.booleans()) and declared.numbers():
            unit = draw(st.sampled_from(["", "kg"]))
            declared.derived[name] = Derived(name, title, formula=formula(draw, declared), unit=unit)
        else:
            declared.derived[name] = Derived(name, title, condition(draw, declared, 2))

    def constraints(self) -> tuple[Constraint, ...]:
        """Return constraints on facts; none if they would make every patient impossible."""
        draw, declared = self.draw, self.declared
        count = draw(st.integers(0, 2))
        constraints = tuple(
            Constraint(f"constraint-{number}", condition(draw, declared, 1), draw(WORDING))
            for number in range(1, count + 1)
        )
        model = Model("", "", "", facts=declared.facts, parameters=declared.parameters, derived=declared.derived)
        pack = Pack(attrs.evolve(model, constraints=constraints))
        try:
            check_possible(pack.model, grounded(pack, ""), Facts({}))
        except FactError:
            return ()
        return constraints

    def properties(self) -> tuple[Property, ...]:
        draw, declared = self.draw, self.declared
        return tuple(
            Property(
                f"property-{number}",
                condition(draw, declared, 1),
                draw(st.just(ALWAYS) | st.just(None)) or condition(draw, declared, 1),
                title=draw(WORDING),
                because=draw(WORDING),
            )
            for number in range(1, draw(st.integers(0, 2)) + 1)
        )

    def examples(self) -> tuple[Example, ...]:
        """Return cases with expectations that need not be met."""
        draw, declared = self.draw, self.declared
        examples = []
        for number in range(1, draw(st.integers(0, 2)) + 1):
            facts = {
                name: _case_value(draw(constants(fact.domain)), fact.domain)
                for name, fact in declared.facts.items()
                if draw(st.booleans())
            }
            expect: Any = {draw(st.sampled_from(list(declared.decisions))): {"status": "decided"}}
            examples.append(Example(f"case-{number}", facts, draw(st.sampled_from([expect, "refused"])), draw(WORDING)))
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
