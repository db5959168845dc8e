"""A model → the models that differ from it by one small fault, each with the place and the text of the fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from hiprun.inference.change_impact import Uses
from hiprun.inference.formula_domains import has_terms, is_defined
from hiprun.inference.parameter_constraints import broken_constraints
from hiprun.language.export.conditions import value_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Condition,
    Constant,
    Constraint,
    Decision,
    Derived,
    Domain,
    Model,
    Not,
    Parameter,
    Ref,
    Rule,
    is_formula,
    reach,
    refs,
)
from hiprun.model.places import Place
from hiprun.model.substitution import NEVER
from hiprun.testing.mutation.condition_mutations import ConditionMutation, MutationKind, condition_mutations
from hiprun.testing.neighbouring_values import neighbouring_numbers, neighbouring_values, shifted_formulas

Key = TypeVar("Key")
Value = TypeVar("Value")


@attrs.frozen
class Mutant:
    """A model with one small fault.

    `subject` names what has the fault: a rule as `decision.id`, a derived fact, a parameter or a constraint.
    `decisions` are those that use it directly; `rule` is the id of the rule that has it, and `revised` the decision
    where that is the only one that is another than before. `constrains` says whether it affects which patients are
    possible.
    For patients who do not meet `concerns` the fault makes no difference.
    """

    kind: MutationKind
    subject: str
    before: str
    after: str
    place: Place
    model: Model = attrs.field(eq=False, repr=False)
    decisions: tuple[str, ...] = ()
    rule: str = ""
    constrains: bool = False
    revised: str = ""
    concerns: Condition = attrs.field(default=ALWAYS, eq=False, repr=False)

    @property
    def words(self) -> str:
        """What was changed, in the notation of rule files."""
        return f"`{self.before}` → {'`' + self.after + '`' if self.after != 'nothing' else 'left out'}"


def mutants(model: Model) -> Iterator[Mutant]:
    """Yield every mutant of `model` whose formulas are defined for everyone, in the order of the model."""
    found = _mutants(model)
    return filter(lambda mutant: is_defined(mutant.model), found) if has_terms(model) else found


def _mutants(model: Model) -> Iterator[Mutant]:
    uses = Uses(model)
    for parameter in model.parameters.values():
        yield from _parameter_mutants(model, uses, parameter)
    for derived in model.derived.values():
        yield from _derived_fact_mutants(model, uses, derived)
    for index, constraint in enumerate(model.constraints):
        yield from _constraint_mutants(model, index, constraint)
    for decision in model.decisions.values():
        yield from _decision_mutants(model, decision)


def _parameter_mutants(model: Model, uses: Uses, parameter: Parameter) -> Iterator[Mutant]:
    for value in neighbouring_numbers(parameter.value):
        low, high = parameter.lowest, parameter.highest
        changed = attrs.evolve(parameter, value=value)
        values = _with_entry(model.parameters, parameter.name, changed)
        within = (low is None or value >= low) and (high is None or value <= high)
        if within and not broken_constraints(values, model.parameter_constraints):
            yield Mutant(
                "threshold",
                parameter.name,
                inline_text(parameter.value),
                inline_text(value),
                parameter.place,
                attrs.evolve(model, parameters=values),
                uses.of_parameter(parameter.name),
                constrains=uses.constrains_parameter(parameter.name),
            )


def _derived_fact_mutants(model: Model, uses: Uses, derived: Derived) -> Iterator[Mutant]:
    decisions = uses.of_derived(derived.name)
    constrains = uses.constrains_derived(derived.name)

    def mutant(
        kind: MutationKind, place: Place, before: str, after: str, changed: Derived, concerns: Condition = ALWAYS
    ) -> Mutant:
        new = attrs.evolve(model, derived=_with_entry(model.derived, derived.name, changed))
        place = place or derived.place
        return Mutant(kind, derived.name, before, after, place, new, decisions, "", constrains, concerns=concerns)

    if derived.condition is not None:
        for change in condition_mutations(model, derived.condition):
            changed = attrs.evolve(derived, condition=change.condition)
            concerns = _unlike(model, derived.condition, change.condition)
            yield mutant(change.kind, _place(change, derived.place), change.before, change.after, changed, concerns)
    if derived.formula is not None:
        for formula in shifted_formulas(model, derived.formula):
            before, after = inline_text(value_data(derived.formula)), inline_text(value_data(formula))
            yield mutant("threshold", derived.place, before, after, attrs.evolve(derived, formula=formula))


def _constraint_mutants(model: Model, index: int, constraint: Constraint) -> Iterator[Mutant]:
    def mutant(kind: MutationKind, place: Place, before: str, after: str, *changed: Constraint) -> Mutant:
        entries = (*model.constraints[:index], *changed, *model.constraints[index + 1 :])
        new = attrs.evolve(model, constraints=entries)
        after_all = changed[0].never if changed else NEVER
        concerns = _unlike(model, constraint.never, after_all)
        return Mutant(kind, constraint.id, before, after, place, new, constrains=True, concerns=concerns)

    yield mutant("rule", constraint.place, constraint.id, "nothing")
    for change in condition_mutations(model, constraint.never):
        place = _place(change, constraint.place)
        yield mutant(change.kind, place, change.before, change.after, attrs.evolve(constraint, never=change.condition))


def _decision_mutants(model: Model, decision: Decision) -> Iterator[Mutant]:
    for index, rule in enumerate(decision.rules):
        for kind, place, before, after, changed in _rule_mutations(model, decision, rule):
            rules = (*decision.rules[:index], *changed, *decision.rules[index + 1 :])
            new = _with_decision(model, attrs.evolve(decision, rules=rules))
            subject = f"{decision.name}.{rule.id}"
            concerns = rule.condition
            if changed and changed[0].condition != rule.condition:
                concerns = _unlike(model, rule.condition, changed[0].condition)
            elif not changed and _used_decisions(model, rule.refs()):
                concerns = ALWAYS
            yield Mutant(
                kind,
                subject,
                before,
                after,
                place,
                new,
                (decision.name,),
                rule.id,
                revised=decision.name,
                concerns=concerns,
            )
    for before, after, otherwise in _output_mutations(model, decision, decision.otherwise or ()):
        new = _with_decision(model, attrs.evolve(decision, otherwise=otherwise))
        subject = f"{decision.name}.otherwise"
        yield Mutant("output", subject, before, after, decision.place, new, (decision.name,), revised=decision.name)


def _unlike(model: Model, one: Condition, other: Condition) -> Condition:
    """Return the condition under which it matters which of two conditions is asked: one holds, the other does not.

    A decision that only one of them uses may be in conflict, and that matters to everyone.
    """
    if _used_decisions(model, refs(one)) != _used_decisions(model, refs(other)):
        return ALWAYS
    return AnyOf((All((one, Not(other))), All((other, Not(one)))))


def _used_decisions(model: Model, names: Iterable[Ref]) -> set[str]:
    return {ref.decision for ref in reach(model, names) if ref.kind == "output"}


_RuleMutation = tuple[MutationKind, Place, str, str, tuple[Rule, ...]]


def _rule_mutations(model: Model, decision: Decision, rule: Rule) -> Iterator[_RuleMutation]:
    yield "rule", rule.place, rule.id, "nothing", ()
    condition: Condition = rule.condition
    for change in condition_mutations(model, condition):
        changed = attrs.evolve(rule, condition=change.condition)
        yield change.kind, _place(change, rule.place), change.before, change.after, (changed,)
    kind: MutationKind = "threshold" if rule.bound else "output"
    for before, after, then in _output_mutations(model, decision, rule.then):
        yield kind, rule.place, before, after, (attrs.evolve(rule, then=then),)


def _output_mutations(
    model: Model, decision: Decision, then: tuple[tuple[str, Any], ...]
) -> Iterator[tuple[str, str, tuple[tuple[str, Any], ...]]]:
    """Yield the text of one output before and after, and the outputs with it replaced by a neighbouring value."""
    for index, (name, value) in enumerate(then):
        domain = decision.output(name).domain
        neighbours: Iterator[Any]
        if is_formula(value):
            neighbours = (neighbour for neighbour in shifted_formulas(model, value) if _fits(domain, neighbour))
        else:
            neighbours = neighbouring_values(domain, value, _texts(decision, name, value))
        for neighbour in neighbours:
            before, after = (f"{name}: {inline_text(value_data(each))}" for each in (value, neighbour))
            yield before, after, (*then[:index], (name, neighbour), *then[index + 1 :])


def _fits(domain: Domain, formula: Any) -> bool:
    if not isinstance(formula, Constant):
        return True
    low, high = domain.lowest, domain.highest
    return (low is None or formula.value >= low) and (high is None or formula.value <= high)


def _texts(decision: Decision, name: str, value: Any) -> list[str]:
    """Return the texts that rules of a decision give for an output, those after `value` first."""
    texts = [str(dict(rule.then)[name]) for rule in decision.rules if name in dict(rule.then)]
    position = texts.index(value) + 1 if value in texts else 0
    return [*texts[position:], *texts[:position]]


def _place(change: ConditionMutation, place: Place) -> Place:
    return change.place if change.place.file else place


def _with_entry(entries: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    return {**entries, key: value}


def _with_decision(model: Model, decision: Decision) -> Model:
    return attrs.evolve(model, decisions=_with_entry(model.decisions, decision.name, decision))
