"""Why an outcome is what it is: rules, conditions and facts laid open after the inference, only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import Any, assert_never

import attrs

from hiprun.inference.explanation import (
    ConditionStep,
    ConstraintStep,
    Explanation,
    NamedValue,
    OtherwiseStep,
    RuleStatus,
    RuleStep,
)
from hiprun.inference.explanation_parts import ExplanationParts
from hiprun.inference.facts import Facts, worded
from hiprun.inference.grounding import Program
from hiprun.inference.inapplicable_rules import ruled_out
from hiprun.inference.infer import settling
from hiprun.inference.linear_forms import Linear, bases_of, linear
from hiprun.inference.operators import OPERATORS, Truth
from hiprun.inference.outcome import Outcome
from hiprun.inference.outcome_summary import plain_words, summary
from hiprun.inference.partial_assignment import Situation, situation
from hiprun.inference.phrases import FormulaLeaf, Piece, Pieces, formula_pieces
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.model import (
    All,
    AnyOf,
    Condition,
    Constant,
    Count,
    Decision,
    Derived,
    Domain,
    Formula,
    HasValue,
    Model,
    Not,
    Number,
    ParameterRef,
    Ref,
    Rule,
    Test,
    is_formula,
)
from hiprun.model.amounts import rounded_text
from hiprun.model.places import NOWHERE
from hiprun.model.value_conversion import exact, internal, text
from hiprun.model.value_objects import ValueObject

_LITERALS = (bool, int, Fraction, str, frozenset)
ProgramOf = Callable[[str], Program]
OutcomeOf = Callable[[str], Outcome]


def explain(
    parts: ExplanationParts, program_of: ProgramOf, outcome_of: OutcomeOf, name: str, facts: Facts, budget: int
) -> Explanation:
    """Return how decision `name` came to its outcome, with the decisions it leans on."""
    model = parts.model
    texts = ReaderTexts(model, facts, outcome_of)
    tracer = _Tracer(model, parts, program_of, outcome_of, facts, budget, texts)
    first, *others = map(tracer.explanation, parts.behind(name))
    return attrs.evolve(first, decisions=tuple(others), notice=tracer.fill(model.notice))


@attrs.frozen
class _Tracer(ValueObject):
    model: Model
    parts: ExplanationParts
    program_of: ProgramOf
    outcome_of: OutcomeOf
    facts: Facts
    budget: int
    texts: ReaderTexts

    def explanation(self, name: str) -> Explanation:
        decision, outcome, parts = self.model.decisions[name], self.outcome_of(name), self.parts.decision(name)
        there = situation(self.model, self.program_of(name), self.facts)
        settled = _settled(outcome)
        rules = tuple(
            [self.rule(there, rule, index, outcome, settled.get(rule.id)) for index, rule in enumerate(decision.rules)]
        )
        settled_calmly = outcome.status in ("decided", "no_match") and not outcome.fired
        return Explanation(
            decision=name,
            title=self.fill(decision.title),
            status=outcome.status,
            summary=summary(outcome, decision, self.texts),
            rules=rules,
            otherwise=self.otherwise(there, decision, outcome),
            ruled_out=ruled_out(rules) if settled_calmly else (),
            constraints=self.constraints(there, outcome),
            facts=tuple(map(self.named_fact, parts.uses_facts)),
            derived=tuple(
                NamedValue(entry.name, self.derived_words(there, entry), self.fill(entry.title))
                for entry in parts.uses_derived
            ),
            needs=outcome.needs,
            because=self.fill(decision.because),
            interpretation=decision.interpretation,
            language=self.texts.words.language,
        )

    def named_fact(self, name: str) -> NamedValue:
        ask = self.model.facts[name].ask

        def made() -> NamedValue:
            return NamedValue(name, self.fact_words(name), self.fill(ask))

        known = self.facts.known.get(name)
        if known is None or self.parts.filled(ask) is None:
            return made()
        return self.parts.alike(("fact", name, known), made)

    def fill(self, text: str) -> str:
        """Return a text as the reader sees it."""
        found = self.parts.filled(text)
        return self.texts.fill(text) if found is None else found

    def otherwise(self, there: Situation, decision: Decision, outcome: Outcome) -> OtherwiseStep | None:
        """Return what `otherwise` gives where it has the say: the outputs that no rule gives, or no match."""
        if decision.otherwise_place == NOWHERE or outcome.status not in ("decided", "no_match"):
            return None
        by_rules = {name for rule in decision.rules if rule.id in outcome.fired for name, _ in rule.then}
        given = {name: value for name, value in decision.otherwise or () if name not in by_rules}
        if not given and outcome.status == "decided":
            return None
        place = decision.otherwise_place
        words = {name: self.value_words(there, name, value) for name, value in given.items()}
        return OtherwiseStep(words, f"{place.file}:{place.line}")

    # constraints

    def constraints(self, there: Situation, outcome: Outcome) -> tuple[ConstraintStep, ...]:
        return tuple(
            ConstraintStep(
                entry.id,
                _said(self.condition(there, entry.never, set())),
                self.fill(entry.because),
                tuple((id_, self.parts.statement(id_)) for id_ in entry.sources),
                f"{entry.place.file}:{entry.place.line}",
            )
            for entry in settling(self.model, there, outcome.conclusion, self.budget)
        )

    # rules

    def rule(self, there: Situation, rule: Rule, index: int, outcome: Outcome, settled: RuleStatus | None) -> RuleStep:
        decision = there.program.decision.name
        parts = self.parts.decision(decision).rules[index]
        truth = there.truths[there.program.rules[index]]
        status: RuleStatus = settled or "overruled"
        if truth is False:
            status = "not_fired"
        elif truth is None and settled is None and self.can_matter(there, index, outcome):
            status = "unknown"

        def laid_open() -> tuple[ConditionStep, str]:
            condition = self.condition(there, rule.condition if rule.require is None else rule.require, set())
            fired_for = not truth if rule.require is not None and truth is not None else truth
            return condition, _reason(condition, fired_for, status, criterion=rule.require is not None)

        def outputs() -> dict[str, Any]:
            return {name: self.output_words(there, rule, name, value) for name, value in rule.then}

        key = self.known_about(parts.about)
        alike = self.parts.alike
        condition, reason = (
            laid_open() if key is None else alike(("rule", decision, index, status, truth, *key), laid_open)
        )
        return RuleStep(
            id=rule.id,
            status=status,
            reason=reason,
            condition=condition,
            outputs=alike(("outputs", decision, index), outputs).copy() if parts.outputs_are_alike else outputs(),
            because=self.fill(rule.because),
            advice=self.fill(rule.unmet) if status != "not_fired" else "",
            interpretation=rule.interpretation,
            sources=parts.sources,
            place=parts.place,
            words=self.parts.words(decision, index) if status in ("fired", "unknown") else "",
        )

    def known_about(self, about: Iterable[Ref]) -> tuple[Any, ...] | None:
        """Return the values of all that a condition is about; None where one of them is not known."""
        known = self.facts.known
        values: list[Any] = []
        for ref in about:
            value = known.get(ref.name) if ref.kind == "fact" else self.output_value(ref)
            if value is None:
                return None
            values.append(value)
        return tuple(values)

    def output_value(self, ref: Ref) -> Any:
        outcome = self.outcome_of(ref.decision)
        return outcome[ref.name].verdict if outcome.limits else outcome.get(ref.name)

    def can_matter(self, there: Situation, index: int, outcome: Outcome) -> bool:
        """Return whether an open rule speaks of a fact that can still change the outcome."""
        support = there.program.circuit.support[there.program.rules[index]]
        return any(
            name in outcome.needs
            for number, variable in enumerate(there.program.variables)
            if support >> number & 1
            for name in variable.base_facts
        )

    def output_words(self, there: Situation, rule: Rule, name: str, value: Any) -> Any:
        words = self.value_words(there, name, value)
        return f"{rule.bound.replace('_', ' ')} {words}" if rule.bound else words

    def value_words(self, there: Situation, name: str, value: Any) -> Any:
        domain = there.program.decision.output(name).domain
        if domain.is_numeric or is_formula(value):
            number = self.number(value)
            if number is None:
                return self.formula_words(value)
            return worded(domain, number) if domain.type == "date" else rounded_text(number, domain.decimals)
        return self.fill(value) if domain.type == "string" else worded(domain, value)

    # conditions

    def condition(
        self, there: Situation, condition: Condition, shown: set[str], *, denied: bool = False
    ) -> ConditionStep:
        """Return a condition laid open; derived facts that were `shown` already are not laid open again.

        `denied`: a group around it asks that it does not hold.
        """
        truth = there.truths[there.program.conditions[condition]]
        match condition:
            case Test():
                behind = self.behind(there, condition.subject, shown, denied=denied)
                found = self.found(there, condition.subject, self.limits(condition))
                return self.test(condition, truth, found, behind, denied=denied)
            case HasValue(subject):
                return self.test(condition, truth, self.found(there, subject), denied=denied)
            case Not(part):
                return ConditionStep("not", truth, parts=(self.condition(there, part, shown, denied=not denied),))
            case All():
                label = "all of"
            case AnyOf():
                label = "any of"
            case Count(parts, lowest, highest):
                label = _count_words(len(parts), lowest, highest)
            case _:
                assert_never(condition)
        steps = tuple(self.condition(there, part, shown, denied=denied) for part in condition.parts)
        if not steps:
            return ConditionStep("always" if truth else "never", truth)
        if len(steps) == 1 and not isinstance(condition, Count):
            return steps[0]
        return ConditionStep(label, truth, parts=steps)

    def test(
        self,
        test: Test | HasValue,
        truth: Truth,
        found: str,
        behind: tuple[ConditionStep, ...] = (),
        *,
        denied: bool,
    ) -> ConditionStep:
        said = self.parts.test(Not(test)) if denied else ""
        return ConditionStep(self.parts.test(test), truth, found, behind, str(test.subject), said)

    def behind(self, there: Situation, subject: Ref, shown: set[str], *, denied: bool) -> tuple[ConditionStep, ...]:
        """Return the condition of a derived fact, so that a reason goes back to what was given."""
        derived = self.model.derived.get(subject.name) if subject.kind == "derived" else None
        if derived is None or derived.condition is None or derived.name in shown:
            return ()
        shown.add(derived.name)
        return (self.condition(there, derived.condition, shown, denied=denied),)

    def domain(self, ref: Ref) -> Domain:
        match ref.kind:
            case "fact":
                return self.model.facts[ref.name].domain
            case "derived":
                return self.model.derived[ref.name].domain
            case _:
                return self.model.decisions[ref.decision].condition_domain(ref.name)

    def formula_words(self, formula: Formula) -> str:
        return "".join(piece.text for piece in formula_pieces(formula, self.formula_leaf))

    def formula_leaf(self, leaf: FormulaLeaf) -> Pieces:
        match leaf:
            case Constant(value):
                return (Piece(f"{text(value)} {leaf.unit}" if leaf.unit else text(value)),)
            case ParameterRef(name):
                return (Piece(f"{text(self.model.parameters[name].value)} ({name})"),)
            case Ref():
                return (Piece(str(leaf)),)
            case _:
                assert_never(leaf)

    # what was found

    def limits(self, test: Test) -> list[Number]:
        """Return the numbers that a test compares its subject with, as far as they are known."""
        if not self.domain(test.subject).is_numeric:
            return []
        numbers = [self.number(operand) for operand in test.operands if not isinstance(operand, _LITERALS)]
        return [number for number in numbers if number is not None]

    def found(self, there: Situation, ref: Ref, limits: Collection[Number] = ()) -> str:
        match ref.kind:
            case "fact":
                return self.fact_words(ref.name) or "not known"
            case "derived":
                return self.derived_words(there, self.model.derived[ref.name], limits) or "not known"
            case _:
                outcome = self.outcome_of(ref.decision)
                if outcome.limits:
                    return outcome[ref.name].verdict or "not known"
                value = outcome.get(ref.name)
                if value is None:
                    return "not known"
                if self.domain(ref).type == "string":
                    return self.fill(value)
                number = exact(value) if self.domain(ref).is_numeric else None
                return (
                    plain_words(value)
                    if number is None
                    else rounded_text(number, self.domain(ref).decimals, apart_from=limits)
                )

    def fact_words(self, name: str) -> str | None:
        domain = self.model.facts[name].domain
        if name in self.facts.known:
            return worded(domain, self.facts.known[name])
        if name not in self.facts.partial:
            return None
        said = []
        for operator, operands in self.facts.partial[name].tests:
            listed = [operand if isinstance(operand, str) else worded(domain, operand) for operand in operands]
            said.append(OPERATORS[operator].phrase.removeprefix("is ").format(" and ".join(listed)))
        return ", ".join(said)

    def derived_words(self, there: Situation, derived: Derived, limits: Collection[Number] = ()) -> str | None:
        if derived.formula is not None:
            number = self.number(derived.formula)
            if number is None or derived.type == "date":
                return None if number is None else worded(derived.domain, number)
            return rounded_text(number, derived.decimals, apart_from=limits)
        assert derived.condition is not None
        truth = there.truths[there.program.conditions[derived.condition]]
        return None if truth is None else ("true" if truth else "false")

    def number(self, formula: Formula) -> Any:
        """Return what a formula comes to, or None while something in it is not known."""
        total = linear(formula, self.parts.parameters, self.parts.derived)
        for ref in dict.fromkeys(base for part, _ in total.terms for base in bases_of(part)):
            value: Any = self.facts.known.get(ref.name) if ref.kind == "fact" else self.output_number(ref)
            if value is not None:
                total = total.put(ref, Linear(value))
        return None if total.terms else total.constant

    def output_number(self, ref: Ref) -> Any:
        value = self.outcome_of(ref.decision).get(ref.name)
        return None if value is None else internal(self.domain(ref), value)


def _settled(outcome: Outcome) -> dict[str, RuleStatus]:
    """Return the rules of which the outcome itself says whether they fired."""
    found: dict[str, RuleStatus] = {item.rule: "not_fired" for item in outcome.items if item.certainty == "excluded"}
    found |= {criterion.id: "not_fired" for criterion in outcome.criteria if criterion.status == "met"}
    return found | dict.fromkeys(outcome.fired, "fired")


def _count_words(parts: int, lowest: int, highest: int) -> str:
    if highest >= parts:
        return f"at least {lowest} of"
    if lowest <= 0:
        return f"at most {highest} of"
    return f"exactly {lowest} of" if lowest == highest else f"{lowest} to {highest} of"


def _with_found(step: ConditionStep) -> str:
    """Return a test with what was found, behind the name of what it is about."""
    if not step.found:
        return step.text
    before, _, behind = step.text.rpartition(f"({step.subject}")
    return f"{before}({step.subject}: {step.found}{behind}"


def _said(step: ConditionStep) -> str:
    """Return a condition in a sentence, with what was found."""
    if not step.parts or step.found:
        return _with_found(step)
    between = {"all of": " and ", "any of": " or "}.get(step.text)
    said = [_said(part) if len(part.parts) < 2 else f"({_said(part)})" for part in step.parts]
    return between.join(said) if between else f"{step.text}: {', '.join(said)}"


def _reason(step: ConditionStep, truth: Truth, status: RuleStatus, *, criterion: bool) -> str:
    # a criterion fires when it is not met, and is read by what it requires
    held, failed = ("Not met", "Met") if criterion else ("Holds", "Does not hold")
    if truth is None:
        held, failed = (f"{word}, whatever is still open" for word in (held, failed))
    lead = {"fired": held, "not_fired": failed, "unknown": "Open"}.get(status)
    if lead is None:
        lead = "Open, but can no longer change the answer" if truth is None else "Holds, but another rule decides"
    leaves = list(_leaves(step, truth))
    said = "; ".join(dict.fromkeys(map(_with_found, leaves)))
    return f"{lead}: {said}." if said else f"{lead}."


def _leaves(step: ConditionStep, truth: Truth) -> Iterable[ConditionStep]:
    """Yield the tests that make a condition what it is: for a failed one those that failed, and so on.

    Of a test that must not hold, the words say so.
    """
    if not step.parts:
        yield attrs.evolve(step, text=step.denied) if step.denied else step
        return
    alike = [part for part in step.parts if step.text == "not" or part.truth is truth]
    for part in alike or step.parts:
        yield from _leaves(part, part.truth)
