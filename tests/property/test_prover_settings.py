"""Over random models, verify says of every claim what trying every patient in every setting says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from hiprun.errors import ParameterError
from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Condition,
    Constant,
    Constraint,
    Count,
    Decision,
    HasValue,
    Model,
    Not,
    Parameter,
    ParameterRef,
    Ref,
    Rule,
    Test,
)
from hiprun.pack import Pack
from hiprun.verification.claims import Claim
from hiprun.verification.verify import verify

from ..examples import examples
from .random_models import random_model
from .test_prover import Judge, everyone, with_promises

SEEDS = st.integers(0, 2**32 - 1)
NAMES = ("level", "first", "second")


class Loosened:
    """Puts parameters where a model has numbers, and in front of facts."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def formula(self, formula: Any) -> Any:
        """Return a formula in which a parameter stands for some numbers, and multiplies some facts."""
        match formula:
            case Constant() if self.rng.random() < 0.5:
                return ParameterRef(self.rng.choice(NAMES))
            case Ref() if self.rng.random() < 0.15:
                return Arithmetic("*", ParameterRef(self.rng.choice(NAMES)), formula)
            case Arithmetic(operator, left, right) if operator in "+-":
                return attrs.evolve(formula, left=self.formula(left), right=self.formula(right))
            case _:
                return formula

    def condition(self, condition: Condition) -> Condition:
        """Return a condition with looser numbers."""
        match condition:
            case Test():
                return attrs.evolve(condition, operands=tuple(map(self.formula, condition.operands)))
            case HasValue():
                return condition
            case Not(part):
                return Not(self.condition(part))
            case All(parts) | AnyOf(parts) | Count(parts):
                return attrs.evolve(condition, parts=tuple(map(self.condition, parts)))

    def rule(self, decision: Decision, rule: Rule) -> Rule:
        """Return a rule with looser numbers, outputs included."""
        then = tuple((name, self.output(decision, name, value)) for name, value in rule.then)
        return attrs.evolve(rule, condition=self.condition(rule.condition), then=then)

    def output(self, decision: Decision, name: str, value: Any) -> Any:
        """Return what a rule gives; a parameter only where it is a whole number or may be any."""
        free = decision.output(name).domain.is_numeric and isinstance(value, Constant)
        return ParameterRef(self.rng.choice(NAMES)) if free and self.rng.random() < 0.4 else value

    def decision(self, decision: Decision) -> Decision:
        """Return a decision with looser numbers."""
        return attrs.evolve(decision, rules=tuple(self.rule(decision, rule) for rule in decision.rules))

    def model(self, model: Model) -> Model:
        """Return a model with three parameters of a few values each, sometimes bound to each other."""
        parameters = {}
        for name in NAMES:
            low = self.rng.randint(-1, 2)
            high = low + self.rng.randint(0, 2)
            parameters[name] = Parameter(name, self.rng.randint(low, high), "integer", low, high)
        first, second = (parameters[name].value for name in NAMES[1:])
        operator = "above" if first <= second else "below"
        bound = Constraint("bound", Test(Ref("fact", "first"), operator, (ParameterRef("second"),)))
        return attrs.evolve(
            model,
            parameters=parameters,
            parameter_constraints=(bound,) if self.rng.random() < 0.5 else (),
            constraints=tuple(attrs.evolve(entry, never=self.condition(entry.never)) for entry in model.constraints),
            derived={
                name: attrs.evolve(
                    derived,
                    condition=None if derived.condition is None else self.condition(derived.condition),
                    formula=self.formula(derived.formula),
                )
                for name, derived in model.derived.items()
            },
            decisions={name: self.decision(decision) for name, decision in model.decisions.items()},
        )


def settings_of(pack: Pack) -> Iterator[tuple[dict[str, Any], Pack]]:
    """Yield every setting that a pack may have, as what differs from the default, the default first."""
    default = {name: parameter.value for name, parameter in pack.parameters.items()}
    ranges = [range(int(entry.lowest or 0), int(entry.highest or 0) + 1) for entry in pack.parameters.values()]
    found = [dict(zip(pack.parameters, values, strict=True)) for values in itertools.product(*ranges)]
    for setting in sorted(found, key=lambda setting: setting != default):
        try:
            changed = pack.with_parameters(**setting)
        except ParameterError:
            continue
        yield {name: value for name, value in setting.items() if value != default[name]}, changed


def compared(claim: Claim, truths: list[tuple[dict[str, Any], bool | None]]) -> None:
    """Hold a claim against what is true of it in each setting.

    The default setting comes first where it fails there; only of pairs in conflict there may be several, and a promise
    that is broken in another setting may be about nobody in the default one.
    """
    failing = [setting for setting, truth in truths if truth is False]
    assert claim.holds is not bool(failing), (claim, failing)
    if failing:
        assert dict(claim.setting) in failing, (claim, failing)
        if {} in failing and claim.kind not in ("no-conflict", "property"):
            assert dict(claim.setting) == {}, claim


@settings(max_examples=examples(20))
@given(SEEDS)
def test_claims_are_true_in_every_setting_exactly_when_proved(seed: int) -> None:
    """What is proved holds for everyone in every setting; what is refuted names a setting in which it does not."""
    rng = random.Random(seed)
    model = with_promises(Loosened(rng).model(random_model(rng)), rng)
    pack = Pack(model)
    people = [(setting, changed.model, everyone(changed.model)) for setting, changed in settings_of(pack)]
    if not all(found for _, _, found in people):
        return
    report = verify(pack)
    assert report.faults == ()
    judges = [(setting, Judge(changed, found)) for setting, changed, found in people]
    for claim in report.claims:
        if claim.kind not in ("used", "constraint-possible", "part-can-decide", "bands-meet"):
            assert claim.status != "unproved", claim
            compared(claim, [(setting, judge(claim)) for setting, judge in judges])
