"""A model → the models that differ from it in one small fault, each with its place and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs

from hiprun.inference.dependents import Uses
from hiprun.inference.settings import broken_constraints
from hiprun.language.export.conditions import value as written
from hiprun.language.export.yaml_layout import in_line
from hiprun.model import Condition, Constant, Constraint, Decision, Derived, Domain, Model, Parameter, Rule
from hiprun.model.places import Place
from hiprun.testing.mutation.condition_mutations import ConditionFault, FaultKind, changes
from hiprun.testing.neighbouring_values import beside, neighbours, shifted

Key = TypeVar("Key")
Value = TypeVar("Value")


@attrs.frozen
class Mutant:
    """A model with one small fault.

    `subject` names what has it: a rule as `decision.id`, a derived fact, a parameter, a constraint. `decisions` are
    those that use it themselves, `constrains` says whether it has a say in who can exist at all.
    """

    kind: FaultKind
    subject: str
    before: str
    after: str
    place: Place
    model: Model = attrs.field(eq=False, repr=False)
    decisions: tuple[str, ...] = ()
    rule: str = ""
    constrains: bool = False

    @property
    def words(self) -> str:
        """What was changed, in the words of the rule files."""
        return f"`{self.before}` → {'`' + self.after + '`' if self.after != 'nothing' else 'left out'}"


def mutants(model: Model) -> Iterator[Mutant]:
    """Yield every mutant of `model`, in the order of the model."""
    uses = Uses(model)
    for parameter in model.parameters.values():
        yield from _of_parameter(model, uses, parameter)
    for derived in model.derived.values():
        yield from _of_derived(model, uses, derived)
    for index, constraint in enumerate(model.constraints):
        yield from _of_constraint(model, index, constraint)
    for decision in model.decisions.values():
        yield from _of_decision(model, decision)


def _of_parameter(model: Model, uses: Uses, parameter: Parameter) -> Iterator[Mutant]:
    for value in beside(parameter.value):
        low, high = parameter.lowest, parameter.highest
        changed = attrs.evolve(parameter, value=value)
        values = _with(model.parameters, parameter.name, changed)
        within = (low is None or value >= low) and (high is None or value <= high)
        if within and not broken_constraints(values, model.parameter_constraints):
            yield Mutant(
                "threshold",
                parameter.name,
                in_line(parameter.value),
                in_line(value),
                parameter.place,
                attrs.evolve(model, parameters=values),
                uses.of_parameter(parameter.name),
                constrains=uses.constrains_parameter(parameter.name),
            )


def _of_derived(model: Model, uses: Uses, derived: Derived) -> Iterator[Mutant]:
    used = uses.of_derived(derived.name)
    constrains = uses.constrains_derived(derived.name)

    def mutant(kind: FaultKind, place: Place, before: str, after: str, changed: Derived) -> Mutant:
        new = attrs.evolve(model, derived=_with(model.derived, derived.name, changed))
        return Mutant(kind, derived.name, before, after, place or derived.place, new, used, constrains=constrains)

    if derived.condition is not None:
        for change in changes(model, derived.condition):
            changed = attrs.evolve(derived, condition=change.condition)
            yield mutant(change.kind, _place(change, derived.place), change.before, change.after, changed)
    if derived.formula is not None:
        for formula in shifted(model, derived.formula):
            before, after = in_line(written(derived.formula)), in_line(written(formula))
            yield mutant("threshold", derived.place, before, after, attrs.evolve(derived, formula=formula))


def _of_constraint(model: Model, index: int, constraint: Constraint) -> Iterator[Mutant]:
    def mutant(kind: FaultKind, place: Place, before: str, after: str, *changed: Constraint) -> Mutant:
        entries = (*model.constraints[:index], *changed, *model.constraints[index + 1 :])
        new = attrs.evolve(model, constraints=entries)
        return Mutant(kind, constraint.id, before, after, place, new, constrains=True)

    yield mutant("rule", constraint.place, constraint.id, "nothing")
    for change in changes(model, constraint.never):
        place = _place(change, constraint.place)
        yield mutant(change.kind, place, change.before, change.after, attrs.evolve(constraint, never=change.condition))


def _of_decision(model: Model, decision: Decision) -> Iterator[Mutant]:
    for index, rule in enumerate(decision.rules):
        for kind, place, before, after, changed in _of_rule(model, decision, rule):
            rules = (*decision.rules[:index], *changed, *decision.rules[index + 1 :])
            new = _replaced(model, attrs.evolve(decision, rules=rules))
            yield Mutant(kind, f"{decision.name}.{rule.id}", before, after, place, new, (decision.name,), rule=rule.id)
    for before, after, otherwise in _given(model, decision, decision.otherwise or ()):
        new = _replaced(model, attrs.evolve(decision, otherwise=otherwise))
        subject = f"{decision.name}.otherwise"
        yield Mutant("output", subject, before, after, decision.place, new, (decision.name,))


_Faulty = tuple[FaultKind, Place, str, str, tuple[Rule, ...]]


def _of_rule(model: Model, decision: Decision, rule: Rule) -> Iterator[_Faulty]:
    yield "rule", rule.place, rule.id, "nothing", ()
    condition: Condition = rule.condition
    for change in changes(model, condition):
        changed = attrs.evolve(rule, condition=change.condition)
        yield change.kind, _place(change, rule.place), change.before, change.after, (changed,)
    kind: FaultKind = "threshold" if rule.bound else "output"
    for before, after, then in _given(model, decision, rule.then):
        yield kind, rule.place, before, after, (attrs.evolve(rule, then=then),)


def _given(
    model: Model, decision: Decision, then: tuple[tuple[str, Any], ...]
) -> Iterator[tuple[str, str, tuple[tuple[str, Any], ...]]]:
    """Yield outputs with one of them swapped for its neighbour, and the words for that."""
    for index, (name, value) in enumerate(then):
        domain = decision.output(name).domain
        others: Iterator[Any]
        if domain.is_numeric:
            others = (other for other in shifted(model, value) if _fits(domain, other))
        else:
            others = neighbours(domain, value, _texts(decision, name, value))
        for other in others:
            before, after = (f"{name}: {in_line(written(each))}" for each in (value, other))
            yield before, after, (*then[:index], (name, other), *then[index + 1 :])


def _fits(domain: Domain, formula: Any) -> bool:
    if not isinstance(formula, Constant):
        return True
    low, high = domain.lowest, domain.highest
    return (low is None or formula.value >= low) and (high is None or formula.value <= high)


def _texts(decision: Decision, name: str, value: Any) -> list[str]:
    """Return the texts that rules of a decision give for an output, those behind `value` first."""
    given = [str(dict(rule.then)[name]) for rule in decision.rules if name in dict(rule.then)]
    place = given.index(value) + 1 if value in given else 0
    return [*given[place:], *given[:place]]


def _place(change: ConditionFault, place: Place) -> Place:
    return change.place if change.place.file else place


def _with(entries: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    return {**entries, key: value}


def _replaced(model: Model, decision: Decision) -> Model:
    return attrs.evolve(model, decisions=_with(model.decisions, decision.name, decision))
