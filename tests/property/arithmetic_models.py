"""Small random packs whose formulas multiply, divide, round and calculate with dates, beside all that is linear."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from typing import Any

from hiprun.inference.formula_domains import is_defined
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Constraint,
    Decision,
    Derived,
    Domain,
    Fact,
    Formula,
    Model,
    Not,
    Output,
    Parameter,
    ParameterRef,
    Ref,
    Rule,
    Test,
)

from .oracle import completions

MOST_COMPLETIONS = 400
GRADES = {"low": "", "middle": "", "high": ""}
FIRST = datetime.date(2024, 1, 29).toordinal()
POLICIES = ("unique", "any", "first", "collect", "worst", "priority", "sum", "max", "min", "limits")
THIRD = Arithmetic("/", Constant(1), Constant(3))
COMPARE = ("above", "below", "at_least", "at_most", "is", "is_not")


def arithmetic_model(rng: random.Random, *, reals: bool = False) -> Model:
    """Return a model whose formulas are defined for everyone; with `reals` some facts have fractions."""
    while True:
        model = _Maker(rng, reals).model()
        if sum(1 for _ in completions(model, {})) <= MOST_COMPLETIONS and is_defined(model):
            return model


class _Maker:
    def __init__(self, rng: random.Random, reals: bool) -> None:
        self.rng, self.reals = rng, reals
        self.facts: dict[str, Fact] = {}
        self.derived: dict[str, Derived] = {}
        self.decisions: dict[str, Decision] = {}

    def model(self) -> Model:
        rng = self.rng
        low = rng.choice((-2, 0, 1, 1))
        domains = [
            Domain("integer", lowest=low, highest=low + rng.randint(1, 5)),
            rng.choice((Domain("integer", lowest=1, highest=rng.randint(2, 4)), Domain("boolean"))),
        ]
        if self.reals:
            domains.append(Domain("number", lowest=Fraction(1, 2), highest=2))
        elif rng.random() < 0.5:
            first = FIRST + rng.randint(0, 60)
            domains += [Domain("date", lowest=first, highest=first + rng.randint(1, 4))]
            first = rng.choice((first, FIRST + rng.randint(300, 420)))
            domains += [Domain("date", lowest=first, highest=first + rng.randint(0, 3))]
        else:
            domains.append(rng.choice((Domain("integer", lowest=1, highest=3), Domain("choice", GRADES, ordered=True))))
        for index, domain in enumerate(domains):
            self.facts[f"fact_{index}"] = Fact(f"fact_{index}", domain, "?", changeable=rng.random() < 0.9)
        for index in range(rng.randint(0, 2)):
            name = f"derived_{index}"
            if self.dates() and rng.random() < 0.3:
                self.derived[name] = Derived(name, "", formula=self.date(2), type="date")
            else:
                self.derived[name] = Derived(name, "", formula=self.number(2))
        constraints = tuple(
            Constraint(f"constraint-{index}", All((self.test(), self.test()))) for index in range(rng.choice((0, 0, 1)))
        )
        for index in range(rng.randint(1, 2)):
            decision = self.decision(f"decision_{index}")
            self.decisions[decision.name] = decision
        return Model(
            "arithmetic",
            "1.0.0",
            "Arithmetic",
            facts=self.facts,
            parameters={"level": Parameter("level", 2)},
            derived=self.derived,
            constraints=constraints,
            decisions=self.decisions,
        )

    def numbers(self) -> list[Ref]:
        """Return everything that is a number."""
        found = [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.is_numeric]
        found += [Ref("derived", name) for name, derived in self.derived.items() if derived.type != "date"]
        for decision in self.decisions.values():
            if decision.hit != "collect" and decision.hit != "limits":
                found += [
                    Ref("output", output.name, decision.name) for output in decision.outputs if output.domain.is_numeric
                ]
        return found

    def dates(self) -> list[Ref]:
        """Return everything that is a date."""
        found = [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.type == "date"]
        return found + [Ref("derived", name) for name, derived in self.derived.items() if derived.type == "date"]

    def number(self, depth: int) -> Formula:
        """Return a formula that is a number."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.25:
            return rng.choice([*self.numbers(), *self.numbers(), ParameterRef("level"), Constant(rng.randint(-1, 3))])
        kinds = ["+", "-", "*", "*", "/", "power", "min", "max", "abs", "round", "real"]
        if self.dates():
            kinds += ["dates"] * 4
        kind = rng.choice(kinds)
        match kind:
            case "+" | "-" | "*":
                return Arithmetic(kind, self.number(depth - 1), self.number(depth - 1))  # type: ignore[arg-type]
            case "/":
                return Arithmetic("/", self.number(depth - 1), self.number(0))
            case "power":
                exponent = rng.choice((Constant(2), Constant(3), Constant(-1), ParameterRef("level")))
                return Call("power", (self.number(depth - 1), exponent))
            case "min" | "max":
                return Call(kind, tuple(self.number(depth - 1) for _ in range(rng.randint(2, 3))))
            case "abs":
                return Call(kind, (self.number(depth - 1),))
            case "round":
                step = rng.choice((Constant(2), Constant(Fraction(1, 2)), ParameterRef("level")))
                return Call(rng.choice(("round", "round_down", "round_up")), (self.number(depth - 1), step))
            case "real":
                inner = self.number(depth - 1)
                name = rng.choice(("sqrt", "ln", "exp", "log10", "power"))
                exponent = rng.choice((Constant(Fraction(-3, 4)), THIRD))
                found = Call(name, (inner, exponent) if name == "power" else (inner,))
                if rng.random() < 0.3:
                    found = Arithmetic("*", found, self.number(0))  # type: ignore[assignment]
                return Call("round", (found, Constant(Fraction(1, rng.choice((1, 10, 100))))))
            case _:
                name = rng.choice(("days", "weeks", "months", "years"))
                option = rng.choice(("last_day", "next_day")) if name in ("months", "years") else ""
                return Call(name, (self.date(depth - 1), self.date(depth - 1)), option)

    def date(self, depth: int) -> Formula:
        """Return a formula that is a date."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.5:
            return rng.choice(self.dates())
        name = rng.choice(("add_days", "add_weeks", "add_months", "add_years", "max"))
        if name == "max":
            return Call("max", (self.date(depth - 1), self.date(depth - 1)))
        whole = [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.type == "integer"]
        amount = rng.choice([*whole, Constant(rng.randint(-2, 13))])
        option = rng.choice(("last_day", "next_day")) if name in ("add_months", "add_years") else ""
        return Call(name, (self.date(depth - 1), amount), option)

    def test(self) -> Condition:
        """Return a test."""
        rng = self.rng
        if self.dates() and rng.random() < 0.3:
            subject = rng.choice(self.dates())
            operand: Any = self.date(1) if rng.random() < 0.7 else FIRST + rng.randint(0, 60)
            return Test(subject, rng.choice(COMPARE), (operand,))
        if rng.random() < 0.2:
            name = rng.choice(list(self.facts))
            domain = self.facts[name].domain
            if domain.type == "boolean":
                return Test(Ref("fact", name), "is", (rng.random() < 0.5,))
            if domain.type == "choice":
                return Test(Ref("fact", name), rng.choice(("at_least", "is")), (rng.choice(list(GRADES)),))
        subject = rng.choice(self.numbers())
        return Test(subject, rng.choice(COMPARE), (self.number(rng.choice((0, 0, 1, 2))),))

    def condition(self) -> Condition:
        """Return a test, or several."""
        rng = self.rng
        if rng.random() < 0.6:
            return self.test()
        parts = (self.test(), self.test())
        return rng.choice((All(parts), AnyOf(parts), Not(parts[0])))

    def decision(self, name: str) -> Decision:
        """Return a decision of any policy."""
        rng = self.rng
        hit = rng.choice(
            ("unique", "any", "first", "first", "collect", "worst", "priority", "sum", "max", "min", "limits")
        )
        conditions = [self.condition() if rng.random() < 0.9 else ALWAYS for _ in range(rng.randint(1, 3))]
        if hit == "limits":
            return self.limits(name, conditions)
        points = Output("points", Domain("number", worse="higher"))
        grade = Output("grade", Domain("choice", GRADES, worse="later", ordered=True))
        day = Output("day", Domain("date", worse="higher"))
        outputs = [points]
        if hit in ("min", "max"):
            outputs = rng.choice(([points], [points, Output("detail", Domain("number"))]))
        elif hit != "sum":
            outputs = rng.choice(([grade], [points], [points, grade]))
            if self.dates() and rng.random() < 0.4:
                outputs = [*outputs, day]
        formulas = hit in ("unique", "any", "first", "collect", "min", "max")
        rules = tuple(
            Rule(f"rule-{index}", condition, tuple((output.name, self.given(output, formulas)) for output in outputs))
            for index, condition in enumerate(conditions)
        )
        otherwise = None
        if hit not in ("collect", "sum") and (hit == "worst" or rng.random() < 0.5):
            otherwise = tuple((output.name, self.given(output, formulas)) for output in outputs)
        return Decision(name, "rules", "", tuple(outputs), hit, rules, otherwise=otherwise)

    def given(self, output: Output, formulas: bool) -> Any:
        """Return a value for an output."""
        rng = self.rng
        if output.domain.type == "choice":
            return rng.choice(list(GRADES))
        if output.domain.type == "date":
            return self.date(2) if formulas and rng.random() < 0.7 else FIRST + rng.randint(0, 9)
        return self.number(2) if formulas and rng.random() < 0.7 else Constant(rng.randint(-2, 3))

    def limits(self, name: str, conditions: list[Condition]) -> Decision:
        """Return limits on a number."""
        rng = self.rng
        quantity = rng.choice(self.numbers())
        output = Output(quantity.name, Domain("number"))
        rules = tuple(
            Rule(
                f"rule-{index}",
                condition,
                ((quantity.name, self.number(1)),),
                bound=rng.choice(("at_most", "at_least")),
            )
            for index, condition in enumerate(conditions)
        )
        return Decision(name, "limits", "", (output,), "limits", rules, quantities=((quantity.name, quantity),))
