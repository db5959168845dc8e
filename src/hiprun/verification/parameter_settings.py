"""Parameters as part of the question: what can be set becomes a fact that every patient of one setting shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, assert_never

import attrs

from hiprun.inference.parameter_constraints import broken_constraints
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Constraint,
    Count,
    Decision,
    Derived,
    Domain,
    Fact,
    Formula,
    HasValue,
    Literal_,
    Model,
    Not,
    Number,
    Parameter,
    ParameterRef,
    Property,
    Ref,
    Rule,
    Test,
    formula_parameters,
    formula_refs,
    refs,
    tests,
)

Setting = Mapping[str, Number]
"""Values of parameters by name; of those left out, the values in the rule files."""

_MOST_CORNERS = 3


def settable(model: Model) -> frozenset[str]:
    """Return the parameters that have a range, and those without one that a constraint over parameters asks about."""
    asked = {ref.name for constraint in model.parameter_constraints for ref in refs(constraint.never)}
    return frozenset(name for name, parameter in model.parameters.items() if not parameter.is_fixed or name in asked)


def _domain(parameter: Parameter) -> Domain:
    fixed = Domain(parameter.type, lowest=parameter.value, highest=parameter.value)
    return fixed if parameter.is_fixed else parameter.domain


def opened(model: Model) -> Model:
    """Return the model with every parameter that can be set as a fact, and constraints over parameters as constraints.

    Facts and parameters share their names, so a name keeps its meaning.
    """
    free = settable(model)
    if not free:
        return model
    opening = _Opening(free)
    return attrs.evolve(
        model,
        facts={**model.facts, **{name: Fact(name, _domain(model.parameters[name]), "") for name in sorted(free)}},
        derived={name: opening.derived(derived) for name, derived in model.derived.items()},
        constraints=tuple(map(opening.constraint, (*model.constraints, *model.parameter_constraints))),
        decisions={name: opening.decision(decision) for name, decision in model.decisions.items()},
        properties=tuple(map(opening.property, model.properties)),
    )


@attrs.frozen
class _Opening:
    """Puts facts in the place of the parameters `free`."""

    free: frozenset[str]

    def formula(self, formula: Formula) -> Formula:
        match formula:
            case ParameterRef(name):
                return Ref("fact", name) if name in self.free else formula
            case Arithmetic(_, left, right):
                return attrs.evolve(formula, left=self.formula(left), right=self.formula(right))
            case Call("power", (base, exponent)):
                return attrs.evolve(formula, arguments=(self.formula(base), exponent))
            case Call(_, arguments):
                return attrs.evolve(formula, arguments=tuple(map(self.formula, arguments)))
            case Constant() | Ref():
                return formula
            case _:
                assert_never(formula)

    def value(self, value: Any) -> Any:
        return self.formula(value) if isinstance(value, ParameterRef | Arithmetic | Call) else value

    def condition(self, condition: Condition) -> Condition:
        match condition:
            case Test():
                return attrs.evolve(condition, operands=tuple(map(self.value, condition.operands)))
            case HasValue():
                return condition
            case Not(part):
                return attrs.evolve(condition, part=self.condition(part))
            case All(parts) | AnyOf(parts) | Count(parts):
                return attrs.evolve(condition, parts=tuple(map(self.condition, parts)))
            case _:
                assert_never(condition)

    def derived(self, derived: Derived) -> Derived:
        condition, formula = derived.condition, derived.formula
        return attrs.evolve(
            derived,
            condition=None if condition is None else self.condition(condition),
            formula=None if formula is None else self.formula(formula),
        )

    def constraint(self, constraint: Constraint) -> Constraint:
        return attrs.evolve(constraint, never=self.condition(constraint.never))

    def property(self, promise: Property) -> Property:
        return attrs.evolve(promise, condition=self.condition(promise.condition), then=self.condition(promise.then))

    def rule(self, rule: Rule) -> Rule:
        return attrs.evolve(rule, condition=self.condition(rule.condition), then=self.values(rule.then))

    def values(self, values: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
        return tuple((name, self.value(value)) for name, value in values)

    def decision(self, decision: Decision) -> Decision:
        otherwise = None if decision.otherwise is None else self.values(decision.otherwise)
        gaps = tuple(attrs.evolve(gap, condition=self.condition(gap.condition)) for gap in decision.gaps)
        return attrs.evolve(decision, rules=tuple(map(self.rule, decision.rules)), otherwise=otherwise, gaps=gaps)


def multiplying(model: Model) -> frozenset[str]:
    """Return the parameters that multiply or divide what is no constant, so that formulas are not linear in both."""
    found: set[str] = set()
    for formula in _formulas(model):
        _note_factors(formula, found)
    return frozenset(found) & settable(model)


def _formulas(model: Model) -> Iterator[Formula | Literal_]:
    for condition in (*model.conditions(), *(constraint.never for constraint in model.parameter_constraints)):
        for test in tests(condition):
            yield from test.operands
    for derived in model.derived.values():
        if derived.formula is not None:
            yield derived.formula
    for decision in model.decisions.values():
        for rule in decision.rules:
            yield from (value for _, value in rule.then)
        yield from (value for _, value in decision.otherwise or ())


def _note_factors(formula: Formula | Literal_, found: set[str]) -> None:
    if isinstance(formula, Call):
        if any(formula_refs(formula)):
            found |= set(formula_parameters(formula))
        for argument in formula.arguments:
            _note_factors(argument, found)
    if isinstance(formula, Arithmetic):
        left, right = (set(formula_parameters(side)) for side in (formula.left, formula.right))
        if formula.operator == "/":
            found |= right
        elif formula.operator == "*":
            found |= left if right or any(formula_refs(formula.right)) else set()
            found |= right if left or any(formula_refs(formula.left)) else set()
        _note_factors(formula.left, found)
        _note_factors(formula.right, found)


def corners(model: Model, names: frozenset[str]) -> list[Setting]:
    """Return settings at the ends of the ranges of some parameters, as far as constraints allow them.

    Of up to three parameters every combination of ends, of more each end with all others as they are.
    """
    ends = {name: _ends(model, name) for name in sorted(names)}
    if len(ends) <= _MOST_CORNERS:
        found = [dict(zip(ends, values, strict=True)) for values in product(*ends.values())]
    else:
        found = [{name: end} for name, values in ends.items() for end in values]
    return [setting for setting in found if setting and is_allowed(model, setting)]


def _ends(model: Model, name: str) -> list[Number]:
    parameter = model.parameters[name]
    return [end for end in (parameter.lowest, parameter.highest) if end is not None]


def is_allowed(model: Model, setting: Setting) -> bool:
    """Return whether a setting keeps the constraints over parameters."""
    values = {
        name: attrs.evolve(parameter, value=setting.get(name, parameter.value))
        for name, parameter in model.parameters.items()
    }
    return not broken_constraints(values, model.parameter_constraints)


def differences(model: Model, setting: Setting) -> dict[str, Number]:
    """Return what in a setting is not as in the rule files."""
    return {name: value for name, value in setting.items() if value != model.parameters[name].value}
