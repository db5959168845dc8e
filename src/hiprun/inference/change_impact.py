"""What a change would touch: the decisions that use a derived fact or a parameter, and those that lean on these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hiprun.model import (
    Condition,
    Decision,
    Domain,
    Formula,
    Literal_,
    Model,
    Ref,
    formula_parameters,
    parameters,
    reach,
    refs,
)


class Uses:
    """The uses of one model's names."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._derived_parameters = {
            name: frozenset(_parameters_of(derived.condition, [derived.formula] if derived.formula else []))
            for name, derived in model.derived.items()
        }
        self._reached = {name: tuple(reach(model, decision.refs())) for name, decision in model.decisions.items()}
        self._constrained = tuple(
            ref for constraint in model.constraints for ref in reach(model, refs(constraint.never))
        )

    def of_derived(self, name: str) -> tuple[str, ...]:
        """Return the decisions that use a derived fact, not by way of other decisions."""
        wanted = Ref("derived", name)
        return tuple(decision for decision, reached in self._reached.items() if wanted in reached)

    def of_parameter(self, name: str) -> tuple[str, ...]:
        """Return the decisions that use a parameter, not by way of other decisions."""
        return tuple(
            decision.name
            for decision in self.model.decisions.values()
            if name in _decision_parameters(decision) or self._behind(name, self._reached[decision.name])
        )

    def constrains_derived(self, name: str) -> bool:
        """Return whether constraints lean on a derived fact."""
        return Ref("derived", name) in self._constrained

    def constrains_parameter(self, name: str) -> bool:
        """Return whether constraints lean on a parameter."""
        own = (parameter for constraint in self.model.constraints for parameter in _parameters_of(constraint.never, []))
        return name in own or self._behind(name, self._constrained)

    def _behind(self, parameter: str, reached: Iterable[Ref]) -> bool:
        return any(ref.kind == "derived" and parameter in self._derived_parameters[ref.name] for ref in reached)

    def leaning_on(self, decisions: Iterable[str]) -> tuple[str, ...]:
        """Return `decisions` and all that use an outcome of them, however indirectly, in the order of the model."""
        found = set(decisions)
        # a decision stands behind those it uses
        for name, reached in self._reached.items():
            if any(ref.decision in found for ref in reached):
                found.add(name)
        return tuple(name for name in self.model.decisions if name in found)


def _decision_parameters(decision: Decision) -> Iterator[str]:
    for rule in decision.rules:
        yield from _parameters_of(rule.condition, [value for _, value in rule.then])
    yield from _parameters_of(None, [value for _, value in decision.otherwise or ()])


def _parameters_of(condition: Condition | None, formulas: Iterable[Formula | Literal_]) -> Iterator[str]:
    for formula in formulas:
        yield from formula_parameters(formula)
    if condition is not None:
        yield from parameters(condition)


def domain_of(model: Model, subject: Ref) -> Domain:
    """Return the values that a fact, derived fact or output can have."""
    match subject.kind:
        case "fact":
            return model.facts[subject.name].domain
        case "derived":
            return Domain("boolean" if model.derived[subject.name].formula is None else "number")
        case _:
            return model.decisions[subject.decision].condition_domain(subject.name)
