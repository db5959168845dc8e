"""Small random models and patients, odd and legal, to try the engine on."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
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
    Model,
    Not,
    Output,
    Parameter,
    ParameterRef,
    Ref,
    Rule,
    Test,
)
from hiprun.model.value_conversion import decimal

from .oracle import VERDICT, values

GRADES = {"calm": "", "mild": "", "bad": ""}
SIDES = {"left": "", "right": ""}
FIRST_DAY = datetime.date(2026, 3, 1).toordinal()
POLICIES = (*HIT_POLICIES, "criteria")
SEVERAL = ("between", "one_of", "none_of", "includes_any", "includes_all", "includes_none")


def random_model(rng: random.Random, *, reals: bool = False) -> Model:
    """Return a model of a few facts, derived facts and chained decisions.

    With `reals` some facts are numbers with fractions, which rules compare with whole numbers only.
    """
    return Maker(rng, reals).model()


def random_patient(rng: random.Random, model: Model, *, partly: bool = True) -> dict[str, Any]:
    """Return what is said of each fact: a value, a list of tests that some value meets, or nothing at all."""
    said: dict[str, Any] = {}
    for name, fact in model.facts.items():
        kind = rng.random()
        value = rng.choice(values(fact.domain)[:3] if fact.domain.type == "string" else values(fact.domain))
        if kind < 0.4:
            said[name] = value
        elif kind < 0.6 and partly and fact.domain.type != "boolean":
            said[name] = _random_tests(rng, fact.domain, value)
    return said


def as_given(model: Model, said: dict[str, Any]) -> dict[str, Any]:
    """Return a patient in the notation of callers."""
    given: dict[str, Any] = {}
    for name, value in said.items():
        domain = model.facts[name].domain
        if isinstance(value, list):
            given[name] = {
                operator: _given(domain, operands[0])
                if operator not in SEVERAL
                else [_given(domain, operand) for operand in operands]
                for operator, operands in value
            }
        else:
            given[name] = _given(domain, value)
    return given


def _given(domain: Domain, value: Any) -> Any:
    match domain.type:
        case "date":
            return datetime.date.fromordinal(value)
        case "number":
            return decimal(value)
        case "set":
            return sorted(value) if isinstance(value, frozenset) else value
        case _:
            return value


def _random_tests(rng: random.Random, domain: Domain, value: Any) -> list[tuple[str, list[Any]]]:
    """Return one or two tests that `value` meets."""
    everything = [other for other in values(domain) if domain.type != "number" or other == value or other * 2 % 1 == 0]
    everything = everything[:-1] if domain.type == "string" else everything  # some text always goes unmentioned
    if domain.type == "set":
        absent = [name for name in domain.choices if name not in value] or [""]
        present = sorted(value) or [""]
        choices: list[tuple[str, list[Any]]] = [
            ("is_not", [rng.choice([other for other in everything if other != value])]),
            ("includes", [rng.choice(present)]),
            ("includes_any", [rng.choice(present), rng.choice(list(domain.choices))]),
            ("includes_all", present),
            ("includes_none", [rng.choice(absent)]),
        ]
        choices = [choice for choice in choices if "" not in choice[1]]
    else:
        others = [other for other in everything if other != value] or ["none"]
        choices = [("one_of", [value, rng.choice(others)]), ("is_not", [rng.choice(others)])]
        if "none" in others:
            choices = [("is", [value])]
        elif domain.is_comparable:
            index = everything.index(value)
            low, high = everything[rng.randint(0, index)], everything[rng.randint(index, len(everything) - 1)]
            choices += [("at_least", [low]), ("at_most", [high]), ("between", [low, high])]
            choices += [("above", [low])] if low != value else []
            choices += [("below", [high])] if high != value else []
        else:
            choices += [("none_of", rng.sample(others, rng.randint(1, len(others))))]
    found = rng.sample(choices, rng.randint(1, min(2, len(choices))))
    return list(dict(found).items())


class Maker:
    """Puts a random model together."""

    def __init__(self, rng: random.Random, reals: bool) -> None:
        self.rng, self.reals = rng, reals
        self.facts: dict[str, Fact] = {}
        self.derived: dict[str, Derived] = {}
        self.decisions: dict[str, Decision] = {}

    def model(self) -> Model:
        """Return the whole model."""
        rng = self.rng
        domains = [
            Domain("boolean"),
            Domain("boolean"),
            Domain("integer", lowest=0, highest=rng.randint(1, 4)),
            Domain("integer", lowest=-1, highest=2),
            Domain("choice", GRADES, worse="later", ordered=True),
            Domain("choice", {"red": "", "green": ""}),
            Domain("set", SIDES if rng.random() < 0.7 else {**SIDES, "behind": ""}),
            Domain("date", lowest=FIRST_DAY, highest=FIRST_DAY + 3),
            Domain("string"),
        ]
        if self.reals:
            domains += [
                Domain("number", lowest=0, highest=3),
                Domain("number"),
                Domain("number", lowest=Fraction(1, 2)),
            ]
        for index in range(rng.randint(2, 4 if self.reals else 5)):
            name = f"fact_{index}"
            self.facts[name] = Fact(name, rng.choice(domains), "?")
        for index in range(rng.randint(0, 2)):
            name = f"derived_{index}"
            if self.number_refs() and rng.random() < 0.5:
                self.derived[name] = Derived(name, "", formula=self.formula())
            else:
                self.derived[name] = Derived(name, "", condition=self.condition(2))
        constraints = tuple(
            Constraint(f"constraint-{index}", self.condition(1, facts_only=True))
            for index in range(rng.choice((0, 0, 0, 1, 2)))
        )
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

    def number_refs(self) -> list[Ref]:
        """Return every number that formulas may use."""
        refs = [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.type == "integer"]
        refs += [Ref("derived", name) for name, derived in self.derived.items() if derived.formula is not None]
        return refs + [
            Ref("output", output.name, decision.name)
            for decision in self.decisions.values()
            for output in decision.outputs
            if output.domain.is_numeric and decision.hit not in ("collect", "limits")
        ]

    def formula(self) -> Formula:
        """Return a formula of at most two names."""
        rng = self.rng
        left: Formula = rng.choice([*self.number_refs(), ParameterRef("level"), Constant(rng.randint(-1, 3))])
        if rng.random() < 0.4:
            left = Arithmetic("*", Constant(rng.choice((-1, 2, Fraction(1, 2)))), left)
        elif rng.random() < 0.1:
            left = Arithmetic("/", left, Constant(2))
        if rng.random() < 0.6:
            right = rng.choice([*self.number_refs(), Constant(rng.randint(0, 2))])
            return Arithmetic(rng.choice(("+", "-")), left, right)
        return left

    def subjects(self, facts_only: bool) -> list[tuple[Ref, Domain]]:
        """Return everything that can be tested."""
        found = [(Ref("fact", name), fact.domain) for name, fact in self.facts.items()]
        if facts_only:
            return found
        for name, derived in self.derived.items():
            found.append((Ref("derived", name), Domain("number" if derived.formula is not None else "boolean")))
        for decision in self.decisions.values():
            for output in decision.outputs:
                domain = VERDICT if decision.hit == "limits" else output.domain
                if decision.hit != "collect":
                    found.append((Ref("output", output.name, decision.name), domain))
        return found

    def condition(self, depth: int, *, facts_only: bool = False) -> Condition:
        """Return a test or a group of them."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.4:
            return self.test(facts_only)
        parts = tuple(self.condition(depth - 1, facts_only=facts_only) for _ in range(rng.randint(1, 3)))
        kind = rng.choice(("all", "any", "not", "count"))
        if kind == "not":
            return Not(parts[0])
        if kind == "count":
            low = rng.randint(0, len(parts))
            return Count(parts, low, rng.randint(low, len(parts)))
        return All(parts) if kind == "all" else AnyOf(parts)

    def test(self, facts_only: bool) -> Test | HasValue:
        """Return one test."""
        rng = self.rng
        ref, domain = rng.choice(self.subjects(facts_only))
        if ref.kind == "output" and rng.random() < 0.2:
            return HasValue(ref, rng.random() < 0.5)
        operators = ["is", "is_not"]
        if domain.is_numeric:
            real = ref.kind == "fact" and domain.type == "number"
            simple = facts_only or real or rng.random() < 0.6
            operands = [Constant(rng.randint(-1, 4)) if simple else self.formula() for _ in range(2)]
            operators += ["at_least", "at_most", "above", "below", "between", "one_of", "none_of"]
            operator = rng.choice(operators)
            return Test(ref, operator, tuple(operands if operator in SEVERAL else operands[:1]))
        if domain.type == "boolean":
            return Test(ref, rng.choice(operators), (rng.random() < 0.5,))
        if domain.type == "set":
            names = list(domain.choices)
            operator = rng.choice([*operators, "includes", "includes_any", "includes_all", "includes_none"])
            picked = frozenset(name for name in names if rng.random() < 0.5)
            if operator in ("is", "is_not"):
                return Test(ref, operator, (picked,))
            several = tuple(sorted(picked)) or (names[0],)
            return Test(ref, operator, (rng.choice(names),) if operator == "includes" else several)
        operators += ["one_of", "none_of"]
        if domain.is_comparable:
            operators += ["at_least", "at_most", "above", "below", "between"]
        operator = rng.choice(operators)
        count = 2 if operator in SEVERAL else 1
        named = [value for value in values(domain) if value in ("elm", "oak") or domain.type != "string"]
        return Test(ref, operator, tuple(rng.choice(named) for _ in range(count)))

    def decision(self, name: str) -> Decision:
        """Return a decision over what there is so far."""
        rng = self.rng
        hit = rng.choice(POLICIES)
        conditions = [self.rule_condition() for _ in range(rng.randint(1, 4))]
        if hit == "criteria":
            return self.criteria(name, conditions)
        if hit == "limits" and self.number_refs():
            return self.limits(name, conditions)
        if hit == "count":
            rules = tuple(Rule(f"rule-{index}", condition) for index, condition in enumerate(conditions))
            return Decision(name, "rules", "", (Output("total", Domain("integer")),), "count", rules)
        hit = "collect" if hit == "limits" else hit
        outputs = self.outputs(hit)
        otherwise = None
        if not HIT_POLICIES[hit].always_answers and rng.random() < 0.6:
            otherwise = tuple((output.name, self.given(hit, output)) for output in outputs)
        partly = hit == "collect" or (hit == "worst" and otherwise is not None)
        rules = tuple(
            Rule(f"rule-{index}", condition, self.row(hit, outputs, partly))
            for index, condition in enumerate(conditions)
        )
        ranked = hit == "collect" and all(output.domain.worse for output in outputs)
        order = "worst" if ranked and rng.random() < 0.4 else "file"
        complete = otherwise is None and not HIT_POLICIES[hit].always_answers and rng.random() < 0.4
        return Decision(name, "rules", "", outputs, hit, rules, otherwise=otherwise, order=order, complete=complete)

    def rule_condition(self) -> Condition:
        """Return the condition of a rule."""
        return self.condition(2) if self.rng.random() < 0.95 else ALWAYS

    def criteria(self, name: str, conditions: list[Condition]) -> Decision:
        """Return criteria."""
        output = Output("result", Domain("choice", {"met": "", "unmet": ""}, worse="later", ordered=True))
        rules = tuple(
            Rule(f"rule-{index}", Not(condition), (("result", "unmet"),), require=condition)
            for index, condition in enumerate(conditions)
        )
        return Decision(name, "criteria", "", (output,), "worst", rules, otherwise=(("result", "met"),))

    def limits(self, name: str, conditions: list[Condition]) -> Decision:
        """Return limits on one or two numbers."""
        rng = self.rng
        refs = rng.sample(self.number_refs(), min(len(self.number_refs()), rng.randint(1, 2)))
        quantities = {ref.name: ref for ref in refs}
        named = [rng.choice(list(quantities)) for _ in conditions]
        quantities = {quantity: ref for quantity, ref in quantities.items() if quantity in named}
        rules = tuple(
            Rule(f"rule-{index}", condition, ((quantity, self.formula()),), bound=rng.choice(("at_least", "at_most")))
            for index, (condition, quantity) in enumerate(zip(conditions, named, strict=True))
        )
        outputs = tuple(Output(quantity, Domain("number")) for quantity in quantities)
        return Decision(name, "limits", "", outputs, "limits", rules, quantities=tuple(quantities.items()))

    def outputs(self, hit: str) -> tuple[Output, ...]:
        """Return the outputs of a decision."""
        rng = self.rng
        grade = Output("grade", Domain("choice", GRADES, worse=rng.choice(("later", "earlier")), ordered=True))
        points = Output("points", Domain("number", worse=rng.choice(("higher", "lower"))))
        if HIT_POLICIES[hit].takes == "numbers":
            return (points, Output("more", Domain("integer", worse="higher")))[: rng.randint(1, 2)]
        flag = Output("flag", Domain("boolean", worse=rng.choice(("true", "false"))))
        ordered = ((grade,), (points,), (grade, points), (flag,))
        if HIT_POLICIES[hit].ranks or rng.random() < 0.6:
            return rng.choice(ordered)
        day = Output("day", Domain("date", lowest=FIRST_DAY, highest=FIRST_DAY + 3))
        places = Output("places", Domain("set", SIDES))
        return rng.choice(((day,), (places,), (Output("word", Domain("string")),), (places, flag)))

    def row(self, hit: str, outputs: tuple[Output, ...], partly: bool) -> tuple[tuple[str, Any], ...]:
        """Return what a rule gives."""
        found: list[tuple[str, Any]] = []
        for output in outputs:
            if not partly or not found or self.rng.random() < 0.7:
                found.append((output.name, self.given(hit, output)))
        return tuple(found)

    def given(self, hit: str, output: Output) -> Any:
        """Return a value of an output."""
        rng = self.rng
        if not output.domain.is_numeric:
            return rng.choice(values(output.domain))
        if HIT_POLICIES[hit].takes_formulas and output.domain.type == "number" and rng.random() < 0.2:
            return self.formula()
        return Constant(rng.randint(-1, 3))
