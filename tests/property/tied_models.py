"""Small random packs in which formulas, constraints between numbers and chains of decisions meet."""

from __future__ import annotations

import random
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import (
    ALWAYS,
    All,
    Arithmetic,
    Constant,
    Constraint,
    Derived,
    Domain,
    Fact,
    Formula,
    Model,
    Output,
    Parameter,
    Ref,
    Test,
)

from .oracle import completions
from .random_models import GRADES, SIDES, Maker

MOST_COMPLETIONS = 600


def tied_model(rng: random.Random, *, reals: bool = False) -> Model:
    """Return a model whose facts depend on each other; with `reals` some are numbers with fractions."""
    while True:
        model = _Tied(rng, reals).model()
        if sum(1 for _ in completions(model, {})) <= MOST_COMPLETIONS:
            return model


def takes_formulas(hit: str) -> bool:
    """Whether what rules give may depend on the patient."""
    return hit in HIT_POLICIES and HIT_POLICIES[hit].takes_formulas  # type: ignore[index]


class _Tied(Maker):
    def model(self) -> Model:
        rng = self.rng
        numbers = [
            Domain("integer", lowest=0, highest=rng.randint(1, 5)),
            Domain("integer", lowest=-1, highest=rng.randint(1, 2)),
            *([Domain("number", lowest=0, highest=2), Domain("number", lowest=-1, highest=1)] if self.reals else []),
        ]
        others = [
            Domain("boolean"),
            Domain("boolean"),
            Domain("choice", GRADES, worse="later", ordered=True),
            Domain("choice", {"red": "", "green": ""}),
            Domain("set", SIDES),
        ]
        domains = [rng.choice(numbers) for _ in range(rng.randint(1, 3))]
        domains += [rng.choice(others) for _ in range(rng.randint(1, 3))]
        rng.shuffle(domains)
        for index, domain in enumerate(domains):
            name = f"fact_{index}"
            self.facts[name] = Fact(name, domain, "?", changeable=rng.random() < 0.9)
        for index in range(rng.choice((0, 0, 1))):
            name = f"derived_{index}"
            if rng.random() < 0.6:
                self.derived[name] = Derived(name, "", formula=self.formula())
            else:
                self.derived[name] = Derived(name, "", condition=self.condition(1))
        constraints = tuple(self.constraint(f"constraint-{index}") for index in range(rng.choice((0, 1, 1, 2))))
        for index in range(rng.randint(1, 3)):
            decision = self.decision(f"decision_{index}")
            self.decisions[decision.name] = decision
        return Model(
            "random-pack",
            "1.0.0",
            "Random",
            facts=self.facts,
            parameters={"level": Parameter("level", 1)},
            derived=self.derived,
            constraints=constraints,
            decisions=self.decisions,
        )

    def constraint(self, name: str) -> Constraint:
        """Return a constraint, mostly one between a number and another."""
        rng = self.rng
        if rng.random() < 0.3:
            return Constraint(name, All(tuple(self.condition(0, facts_only=True) for _ in range(2))))
        never = self.relation()
        if rng.random() < 0.4:
            return Constraint(name, All((never, self.condition(0, facts_only=True))))
        return Constraint(name, never)

    def relation(self) -> Test:
        """Return a test of a number against a formula of others."""
        rng = self.rng
        names = [name for name, fact in self.facts.items() if fact.domain.is_numeric]
        other: Formula = Ref("fact", rng.choice(names))
        if rng.random() < 0.3:
            other = Arithmetic(rng.choice("+-"), other, rng.choice([Constant(1), Ref("fact", rng.choice(names))]))
        if rng.random() < 0.3:
            other = Arithmetic("*", Constant(rng.choice((2, -1))), other)
        operator = rng.choice(("above", "below", "is", "is_not", "at_least", "at_most"))
        return Test(Ref("fact", rng.choice(names)), operator, (other,))

    def given(self, hit: str, output: Output) -> Any:
        if takes_formulas(hit) and output.domain.type == "number" and self.rng.random() < 0.6:
            return self.formula()
        return super().given(hit, output)

    def number_refs(self) -> list[Ref]:
        found = super().number_refs()
        return found + [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.type == "number"]

    def outputs(self, hit: str) -> tuple[Output, ...]:
        points = Output("points", Domain("number", worse=self.rng.choice(("higher", "lower", ""))))
        if takes_formulas(hit) and self.rng.random() < 0.6:
            grade = Output("grade", Domain("choice", GRADES, worse="later", ordered=True))
            return (points,) if self.rng.random() < 0.6 else (points, grade)
        return super().outputs(hit)

    def rule_condition(self) -> Any:
        return self.condition(self.rng.choice((0, 1, 1, 2))) if self.rng.random() < 0.9 else ALWAYS
