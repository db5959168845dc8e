"""Small random models in which everything has an order, and decisions lean on one another's numbers or lack of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hiprun.inference.formula_domains import is_defined
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Decision,
    Derived,
    Domain,
    Fact,
    Formula,
    HasValue,
    Model,
    Not,
    Output,
    Ref,
    Rule,
    Test,
)

LEVELS = dict.fromkeys(("calm", "mild", "bad"), "")
SPANS = ((0, 2), (-1, 1), (1, 3))
COMPARE = ("above", "below", "at_least", "at_most", "is", "is_not")
POLICIES = ("unique", "any", "first", *("priority", "worst", "limits") * 3, "sum", "min", "max")


def ordered_model(rng: random.Random) -> Model:
    """Return a model of one or two facts and a chain of decisions, with formulas that are defined for everyone."""
    while True:
        model = _Maker(rng).model()
        if is_defined(model):
            return model


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.facts: dict[str, Fact] = {}
        self.derived: dict[str, Derived] = {}
        self.decisions: dict[str, Decision] = {}

    def model(self) -> Model:
        rng = self.rng
        for number in range(rng.choice((1, 2))):
            domain = self.domain(rng.choice(("integer", "integer", "boolean", "choice")), *rng.choice(SPANS))
            self.facts[f"fact_{number}"] = Fact(f"fact_{number}", domain, "?")
        if rng.random() < 0.4:
            self.derived["sign"] = Derived("sign", "", self.test())
        elif rng.random() < 0.4 and self.numbers():
            self.derived["amount"] = Derived("amount", "", formula=self.formula())
        for number in range(rng.choice((2, 2, 3))):
            name = f"decision_{number}"
            self.decisions[name] = self.decision(name)
        return Model("ordered", "1.0.0", "Ordered", facts=self.facts, derived=self.derived, decisions=self.decisions)

    def domain(self, kind: Any, low: int | None = None, high: int | None = None) -> Domain:
        """Return a domain in which one end is worse."""
        match kind:
            case "boolean":
                return Domain(kind, worse=self.rng.choice(("true", "false")))
            case "choice":
                return Domain(kind, LEVELS, worse=self.rng.choice(("later", "earlier")), ordered=True)
            case _:
                return Domain(kind, lowest=low, highest=high, worse=self.rng.choice(("higher", "lower")))

    # names

    def subjects(self) -> list[tuple[Ref, Domain]]:
        """Return what conditions can test, the outputs of the decision before more often than all else."""
        found = [(Ref("fact", name), fact.domain) for name, fact in self.facts.items()]
        found += [(Ref("derived", name), derived.domain) for name, derived in self.derived.items()]
        for decision in list(self.decisions.values())[-1:]:
            for output in decision.outputs:
                found += 3 * [(Ref("output", output.name, decision.name), decision.condition_domain(output.name))]
        return found

    def numbers(self) -> list[Ref]:
        """Return what formulas can use, as often."""
        return [ref for ref, domain in self.subjects() if domain.is_numeric]

    # formulas and conditions

    def formula(self) -> Formula:
        """Return a formula over one number or two."""
        rng = self.rng
        first: Formula = rng.choice(self.numbers())
        other: Formula = rng.choice([*self.numbers(), Constant(1), Constant(2), Constant(-1)])
        match rng.choice(("name", "name", "+", "-", "-", "*", "*", "/", "min", "max", "abs")):
            case "name":
                return first
            case "min" | "max" as function:
                return Call(function, (first, other))
            case "abs":
                return Call("abs", (first,))
            case operator:
                sides = (other, first) if rng.random() < 0.5 else (first, other)
                return Arithmetic(operator, *sides)  # type: ignore[arg-type]

    def test(self) -> Condition:
        """Return a test of one subject."""
        rng = self.rng
        subject, domain = rng.choice(self.subjects())
        if subject.kind == "output" and rng.random() < 0.4:
            return HasValue(subject, rng.random() < 0.5)
        match domain.type:
            case "boolean":
                return Test(subject, "is", (rng.random() < 0.5,))
            case "choice":
                operator = rng.choice(COMPARE if domain.ordered else ("is", "is_not"))
                return Test(subject, operator, (rng.choice(list(domain.choices)),))
            case _:
                varies = self.numbers() and rng.random() < 0.4
                return Test(subject, rng.choice(COMPARE), (self.formula() if varies else Constant(rng.randint(-1, 2)),))

    def condition(self) -> Condition:
        """Return a test, or a group of two."""
        rng = self.rng
        parts = (self.test(), self.test())
        groups = (All(parts), AnyOf(parts), Not(parts[0]), Count(parts, 1, 1), Count(parts, 0, 1))
        return rng.choice((ALWAYS, *(4 * (parts[0],)), rng.choice(groups), rng.choice(groups)))

    # decisions

    def decision(self, name: str) -> Decision:
        """Return a decision of any policy, often without an answer where no rule matches."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.25 and self.numbers():
            output = Output("answer", self.domain("number"))
            return Decision(name, "rules", "", (output,), "first", (Rule("it", ALWAYS, (("answer", self.formula()),)),))
        if kind < 0.6:
            output = Output("answer", self.domain(rng.choice(("number", "number", "choice", "boolean"))))
            formulas = rng.random() < 0.5
            row, rest = (self.row((output,), formulas) for _ in range(2))
            rules = (Rule("it", self.test(), row),)
            return Decision(name, "rules", "", (output,), "first", rules, rng.choice((None, None, rest)))
        hit = rng.choice(POLICIES)
        conditions = [self.condition() for _ in range(rng.choice((1, 1, 2)))]
        if hit == "limits":
            return self.limits(name, conditions) if self.numbers() else self.decision(name)
        policy = HIT_POLICIES[hit]
        kinds = ("number",) if policy.takes == "numbers" else ("number", "number", "choice", "boolean")
        names = ("answer", "detail")[: rng.choice((1, 1, 1, 1, 2))]
        outputs = tuple(Output(each, self.domain(rng.choice(kinds))) for each in names)
        rest = rng.random() < 0.4 and not policy.adds
        made = []
        for number, condition in enumerate(conditions):
            given = rng.sample(outputs, rng.randint(1, len(outputs))) if policy.takes == "ranks" and rest else outputs
            made.append(Rule(f"rule-{number}", condition, self.row(given, policy.takes_formulas)))
        otherwise = self.row(outputs, policy.takes_formulas) if rest else None
        return Decision(name, "rules", "", outputs, hit, tuple(made), otherwise)

    def row(self, outputs: Sequence[Output], formulas: bool) -> tuple[tuple[str, Any], ...]:
        """Return what a rule gives."""
        return tuple((output.name, self.given(output.domain, formulas)) for output in outputs)

    def given(self, domain: Domain, formulas: bool) -> Any:
        """Return a value of a domain, where they may be and it is a number mostly a formula."""
        rng = self.rng
        match domain.type:
            case "boolean":
                return rng.random() < 0.5
            case "choice":
                return rng.choice(list(domain.choices))
            case _:
                varies = formulas and self.numbers() and rng.random() < 0.5
                return self.formula() if varies else Constant(rng.randint(-1, 2))

    def limits(self, name: str, conditions: Sequence[Condition]) -> Decision:
        """Return limits on one number."""
        rng = self.rng
        output, quantity = Output("answer", Domain("number")), rng.choice(self.numbers())
        rules = tuple(
            Rule(
                f"rule-{number}",
                condition,
                ((output.name, Constant(rng.randint(-1, 2))),),
                bound=rng.choice(("at_most", "at_least")),
            )
            for number, condition in enumerate(conditions)
        )
        return Decision(name, "limits", "", (output,), "limits", rules, quantities=((output.name, quantity),))
