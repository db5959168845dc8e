"""What has a condition of its own: rules, derived facts, constraints; and which decisions check it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from hiprun.inference.dependents import Uses
from hiprun.model import Condition, Decision, Model, Output, Ref, Rule
from hiprun.model.places import Place


@attrs.frozen
class UnitUnderTest:
    """Something with a condition. A case checks it that expects something of one of `decisions`.

    `rule` is the rule itself, or for anything else one that has its condition and gives nothing; `outputs` are those
    it can give, `quantity` what a limit is about. A `constraint` is checked by every case: where it
    holds, facts are refused.
    """

    subject: str
    rule: Rule
    decisions: tuple[str, ...]
    outputs: tuple[Output, ...] = ()
    quantity: Ref | None = None
    constraint: bool = False

    @property
    def condition(self) -> Condition:
        """When it applies."""
        return self.rule.condition

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.rule.place

    def restricted_to(self, condition: Condition) -> Rule:
        """Return a rule that applies where this one could give its outputs and `condition` holds."""
        return attrs.evolve(self.rule, condition=condition)


def units_under_test(model: Model) -> Iterator[UnitUnderTest]:
    """Yield everything that has a condition, in the order of the model."""
    uses = Uses(model)
    for derived in model.derived.values():
        if derived.condition is not None:
            condition_rule = Rule(derived.name, derived.condition, place=derived.place)
            decisions = uses.of_derived(derived.name)
            if decisions or uses.constrains_derived(derived.name):
                yield UnitUnderTest(derived.name, condition_rule, decisions, constraint=not decisions)
    for constraint in model.constraints:
        yield UnitUnderTest(
            constraint.id, Rule(constraint.id, constraint.never, place=constraint.place), (), constraint=True
        )
    for decision in model.decisions.values():
        for rule in decision.rules:
            yield _rule_unit(decision, rule)


def _rule_unit(decision: Decision, rule: Rule) -> UnitUnderTest:
    quantity = dict(decision.quantities)[rule.then[0][0]] if rule.bound else None
    return UnitUnderTest(f"{decision.name}.{rule.id}", rule, (decision.name,), decision.outputs, quantity)
