"""From a pack to its book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import attrs

from hiprun.catalogue import Catalogue, catalogue
from hiprun.inference.facts import check_facts
from hiprun.inference.rule_words import RuleWords
from hiprun.inference.speech import Speech
from hiprun.interfaces.book.contents import (
    Book,
    CaseEntry,
    CaseGroup,
    ConstraintEntry,
    DecisionEntry,
    DerivedEntry,
    DiaryEntry,
    FactEntry,
    InterpretationEntry,
    ParameterEntry,
    PatientEntry,
    PropertyEntry,
    Remarks,
    RuleEntry,
    StatementEntry,
)
from hiprun.interfaces.book.index import Index, make_index, titled
from hiprun.interfaces.book.tables import table_of
from hiprun.model import (
    ALWAYS,
    Constraint,
    Decision,
    Domain,
    EntryType,
    Example,
    Fact,
    Model,
    Parameter,
    Property,
    Rule,
)
from hiprun.model.amounts import amount_text
from hiprun.pack import Pack


def book_of(pack: Pack) -> Book:
    """Return the book of a pack, in the language of its texts."""
    return _Builder(pack, catalogue(pack.model.text_language)).book()


class _Builder:
    def __init__(self, pack: Pack, words: Catalogue) -> None:
        self.pack = pack
        self.model: Model = pack.model
        self.words = words
        self.rules = RuleWords(pack.model, words)
        self.texts = self.rules.texts
        self.speech = Speech(self.texts)
        self.index: Index = make_index(self.rules)

    def book(self) -> Book:
        model = self.model
        recorded = model.diary.facts if model.diary else {}
        order = dict.fromkeys((*model.offered, *model.decisions))
        return Book(
            name=model.name,
            title=self.texts.fill(model.title),
            version=model.version,
            digest=self.pack.digest,
            notice=self.texts.fill(model.notice),
            facts=tuple(self.fact(fact, fact.name in recorded) for fact in model.facts.values()),
            diary=tuple(map(self.diary_entry, model.diary.entries.values() if model.diary else ())),
            derived=tuple(map(self.derived, model.derived)),
            constraints=tuple(map(self.constraint, model.constraints)),
            setting_constraints=tuple(map(self.constraint, model.parameter_constraints)),
            decisions=tuple(self.decision(model.decisions[name]) for name in order),
            parameters=tuple(map(self.parameter, model.parameters.values())),
            statements=tuple(self.statements()),
            interpretations=tuple(self.interpretations()),
            patients=tuple(PatientEntry(name, tuple(self.known(facts, {}))) for name, facts in model.patients.items()),
            cases=tuple(self.cases()),
            properties=tuple(map(self.promise, model.properties)),
            language=self.words.language,
        )

    def remarks(self, entry: Any) -> Remarks:
        """Return what is said about a part of the model; constraints and promises have no interpretation."""
        return Remarks(self.texts.fill(entry.because), getattr(entry, "interpretation", ""), self.cited(entry.sources))

    def cited(self, sources: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((id_, self.model.statements[id_].text) for id_ in sources)

    # what can be known

    def fact(self, fact: Fact, from_diary: bool) -> FactEntry:
        return FactEntry(
            fact.name,
            self.texts.fill(fact.ask),
            self.values(fact.domain),
            self.choices(fact.domain),
            self.remarks(fact),
            self.index.users_of("fact", fact.name),
            from_diary,
        )

    def diary_entry(self, entry: EntryType) -> DiaryEntry:
        fields = (
            (
                self.texts.fill(entry.texts.get(name, "")) or titled(name),
                "; ".join(self.choices(domain)) or self.values(domain),
            )
            for name, domain in entry.fields.items()
        )
        return DiaryEntry(self.texts.fill(entry.title), tuple(fields))

    def values(self, domain: Domain) -> str:
        """Return in words which values there are."""
        kind = self.words.text(f"book.type.{domain.type}")
        return self.words.text("book.range", kind=kind, range=self.range(domain)) if self.range(domain) else kind

    def range(self, domain: Domain) -> str:
        """Return a range in words; empty if there is none."""
        if domain.lowest is None or domain.highest is None:
            return ""
        lowest = self.value(attrs.evolve(domain, unit="", unit_words=()), domain.lowest)
        return self.words.text("book.range.between", lowest=lowest, highest=self.value(domain, domain.highest))

    def value(self, domain: Domain, value: Any) -> str:
        return "".join(piece.text for piece in self.rules.value(domain, value))

    def choices(self, domain: Domain) -> tuple[str, ...]:
        return tuple(self.speech.choice(domain, name) for name in domain.choices)

    def derived(self, name: str) -> DerivedEntry:
        derived = self.model.derived[name]
        return DerivedEntry(
            name,
            self.rules.derived_title(name),
            None if derived.condition is None else self.rules.condition(derived.condition),
            () if derived.formula is None else self.rules.formula(derived.formula),
            self.remarks(derived),
            self.index.users_of("derived", name),
        )

    def constraint(self, constraint: Constraint) -> ConstraintEntry:
        return ConstraintEntry(constraint.id, self.rules.condition(constraint.never), self.remarks(constraint))

    def parameter(self, parameter: Parameter) -> ParameterEntry:
        domain = parameter.domain
        return ParameterEntry(
            parameter.name,
            self.rules.parameter_title(parameter.name),
            amount_text(parameter.value, domain, exactly=True),
            self.range(domain),
            self.remarks(parameter),
            self.index.users_of("parameter", parameter.name),
        )

    # decisions

    def decision(self, decision: Decision) -> DecisionEntry:
        return DecisionEntry(
            name=decision.name,
            title=self.rules.decision_title(decision),
            aspect="",
            kind=decision.kind,
            audience=decision.audience,
            policy=self.policy(decision),
            answers=tuple(
                (
                    self.rules.output_label(decision, output),
                    self.choices(output.domain) or (self.values(output.domain),),
                )
                for output in decision.outputs
            ),
            rules=tuple(
                self.rule(decision, list(same)) for _, same in groupby(decision.rules, key=lambda rule: rule.id)
            ),
            table=table_of(self.rules, decision) if decision.kind == "table" else None,
            otherwise=tuple(self.rules.results(decision, decision.otherwise or ())),
            remarks=self.remarks(decision),
            uses=self.index.used_by("decision", decision.name),
            used_by=self.index.users_of("decision", decision.name),
        )

    def policy(self, decision: Decision) -> str:
        """Return in words how the rules that apply become one answer."""
        return self.words.text(f"book.policy.{'criteria' if decision.has_criteria else decision.hit}")

    def rule(self, decision: Decision, same: Sequence[Rule]) -> RuleEntry:
        """Return the entry of a rule; a limit with two ends is two rules of the same id."""
        rule = same[0]
        asked = rule.require if rule.require is not None else rule.condition
        return RuleEntry(
            rule.id,
            self.texts.fill(rule.title),
            self.rules.condition(asked),
            asked == ALWAYS,
            ()
            if rule.require is not None
            else tuple(result for each in same for result in self.rules.results(decision, each.then, each)),
            self.texts.fill(rule.unmet),
            self.remarks(rule),
        )

    # statements

    def statements(self) -> Iterator[StatementEntry]:
        cited = list(self.index.cited())
        for id_, statement in self.model.statements.items():
            links = dict.fromkeys(link for link, citation in cited if id_ in citation.sources)
            yield StatementEntry(id_, statement.text, tuple(links))

    def interpretations(self) -> Iterator[InterpretationEntry]:
        for link, citation in self.index.cited():
            if citation.interpretation:
                yield InterpretationEntry(link, citation.interpretation, self.cited(citation.sources))

    # example patients

    def cases(self) -> Iterator[CaseGroup]:
        for file, examples in groupby(self.model.examples, key=lambda example: example.place.file):
            yield CaseGroup(titled(PurePosixPath(file).stem), tuple(map(self.case, examples)))

    def case(self, example: Example) -> CaseEntry:
        like = example.patient.name if example.patient else ""
        usual = self.model.patients.get(like, {})
        expect = {} if example.expect == "refused" else example.expect
        return CaseEntry(
            example.id,
            self.texts.fill(example.title) or titled(example.id),
            like,
            tuple(self.known(example.facts, usual)),
            tuple(
                (self.index.link("decision", name), tuple(self.expected(self.model.decisions[name], wanted)))
                for name, wanted in expect.items()
            ),
            example.expect == "refused",
            self.cited(example.sources),
        )

    def known(self, facts: Mapping[str, Any], usual: Mapping[str, Any]) -> Iterator[str]:
        """Yield in words what is known of a patient that is not as usual, and what is not known that usually is."""
        for name, fact in self.model.facts.items():
            value, before = facts.get(name), usual.get(name)
            if value == before:
                continue
            if value is None:
                yield self.words.text("book.case.unknown", ask=self.texts.fill(fact.ask))
            else:
                yield self.fact_words(fact, value)

    def fact_words(self, fact: Fact, value: Any) -> str:
        given = check_facts(self.model, {fact.name: value}).given
        return self.speech.fact(fact.name, given[fact.name])

    def expected(self, decision: Decision, wanted: Mapping[str, Any]) -> Iterator[str]:
        """Yield in words what is expected of a decision."""
        outputs = {output.name: output for output in decision.outputs}
        for name, value in wanted.items():
            if name in outputs:
                said = self.expected_value(outputs[name].domain, value)
                label = self.rules.output_label(decision, outputs[name])
                yield said if len(outputs) == 1 else f"{label}: {said}"
            elif name == "needs":
                asks = "; ".join(self.texts.fill(self.model.facts[fact].ask) for fact in value)
                yield self.words.text("book.expect.needs", value=asks or self.words.text("text.none"))
            elif name == "status":
                yield self.words.text(f"book.status.{value}")
            else:
                listed = value if isinstance(value, list | tuple) else [value]
                said = "; ".join(self.expected_entry(decision, entry) for entry in listed)
                yield self.words.text(f"book.expect.{name}", value=said or self.words.text("text.none"))

    def expected_entry(self, decision: Decision, entry: Mapping[str, Any] | str) -> str:
        """Return an answer, or the id of a rule, in words."""
        if isinstance(entry, str):
            return entry.replace("-", " ")
        domains = {output.name: output.domain for output in decision.outputs}
        return ", ".join(self.expected_value(domains[name], value) for name, value in entry.items())

    def expected_value(self, domain: Domain, value: Any) -> str:
        match value:
            case str() if value in domain.choices:
                return self.speech.choice(domain, value)
            case list() | tuple():
                return "; ".join(self.expected_value(domain, each) for each in value) or self.words.text("text.none")
            case Mapping():
                return "; ".join(self.expected_part(domain, part, each) for part, each in value.items())
            case bool():
                return self.words.text("text.yes" if value else "text.no")
            case str():
                return self.texts.fill_again(value)
            case _:
                return amount_text(value, domain, exactly=True)

    def expected_part(self, domain: Domain, part: str, value: Any) -> str:
        """Return one part of a limit, or of what is known of a value."""
        if part == "verdict":
            return self.words.text(f"verdict.{value}")
        end = self.words.text("text.none") if value is None else amount_text(value, domain, exactly=True)
        return self.words.text(f"test.{part}").replace("{amount}", end)

    def promise(self, promise: Property) -> PropertyEntry:
        return PropertyEntry(
            promise.id,
            self.texts.fill(promise.title) or titled(promise.id),
            self.rules.condition(promise.condition),
            promise.condition == ALWAYS,
            self.rules.condition(promise.then),
            self.remarks(promise),
        )
