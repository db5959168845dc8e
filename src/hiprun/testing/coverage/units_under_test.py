"""The units that cases have to cover: everything with a condition, and the decisions whose cases can check it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from hiprun.inference.change_impact import Uses
from hiprun.model import Condition, Decision, Model, Output, Ref, Rule
from hiprun.model.places import Place


@attrs.frozen
class UnitUnderTest:
    """A rule, derived fact or constraint. A case checks it if it has expectations for one of `decisions`.

    `rule` is the rule itself, or for other units a rule with the same condition and no outputs. `outputs` are those it
    can give, `quantity` is what a limit applies to. A `constraint` is checked by every case, because facts that
    violate it are rejected.
    """

    subject: str
    rule: Rule
    decisions: tuple[str, ...]
    outputs: tuple[Output, ...] = ()
    quantity: Ref | None = None
    constraint: bool = False

    @property
    def condition(self) -> Condition:
        """The condition under which it applies."""
        return self.rule.condition

    @property
    def place(self) -> Place:
        """Its place in the rule files."""
        return self.rule.place

    def restricted_to(self, condition: Condition) -> Rule:
        """Return the rule with `condition` in place of its own."""
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
