"""Small random models, and the slow, plain meaning of a decision on one complete patient, written apart from the engine."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

from hiprun.model import (
    ALWAYS,
    All,
    AnyOf,
    Arithmetic,
    Constant,
    Constraint,
    Count,
    Decision,
    Derived,
    Domain,
    Fact,
    Model,
    Not,
    Output,
    Parameter,
    ParameterRef,
    Ref,
    Rule,
    Test,
)

GRADES = {"calm": "", "mild": "", "bad": ""}
POLICIES = ("unique", "any", "first", "priority", "worst", "collect", "sum", "min", "max", "count", "limits", "criteria")


def random_model(rng: random.Random) -> Model:
    """Return a model of a few facts, derived facts and chained decisions."""
    return _Maker(rng).model()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.facts: dict[str, Fact] = {}
        self.derived: dict[str, Derived] = {}
        self.decisions: dict[str, Decision] = {}

    def model(self) -> Model:
        rng = self.rng
        domains = [
            Domain("boolean"),
            Domain("boolean"),
            Domain("integer", lowest=0, highest=rng.randint(1, 4)),
            Domain("integer", lowest=-1, highest=2),
            Domain("choice", GRADES, worse="later", ordered=True),
            Domain("choice", {"red": "", "green": ""}),
            Domain("set", {"left": "", "right": ""}),
        ]
        for index in range(rng.randint(2, 5)):
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
        refs = [Ref("fact", name) for name, fact in self.facts.items() if fact.domain.is_numeric]
        refs += [Ref("derived", name) for name, derived in self.derived.items() if derived.formula is not None]
        return refs + [
            Ref("output", output.name, decision.name)
            for decision in self.decisions.values()
            for output in decision.outputs
            if output.domain.is_numeric and decision.hit not in ("collect", "limits")
        ]

    def formula(self):
        rng = self.rng
        left = rng.choice([*self.number_refs(), ParameterRef("level"), Constant(rng.randint(-1, 3))])
        if rng.random() < 0.4:
            left = Arithmetic("*", Constant(rng.choice((-1, 2, Fraction(1, 2)))), left)
        if rng.random() < 0.6:
            right = rng.choice([*self.number_refs(), Constant(rng.randint(0, 2))])
            return Arithmetic(rng.choice(("+", "-")), left, right)
        return left

    def subjects(self, facts_only: bool) -> list[tuple[Ref, Domain]]:
        found = [(Ref("fact", name), fact.domain) for name, fact in self.facts.items()]
        if facts_only:
            return found
        for name, derived in self.derived.items():
            found.append((Ref("derived", name), Domain("number" if derived.formula is not None else "boolean")))
        for decision in self.decisions.values():
            for output in decision.outputs:
                if decision.hit == "limits":
                    found.append((Ref("output", output.name, decision.name), Domain("choice", {"below": "", "within": "", "above": ""})))
                elif decision.hit != "collect":
                    found.append((Ref("output", output.name, decision.name), output.domain))
        return found

    def condition(self, depth: int, *, facts_only: bool = False):
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

    def test(self, facts_only: bool) -> Test:
        rng = self.rng
        ref, domain = rng.choice(self.subjects(facts_only))
        if domain.is_numeric:
            simple = facts_only or rng.random() < 0.6
            operands = [Constant(rng.randint(-1, 4)) if simple else self.formula() for _ in range(2)]
            operator = rng.choice(("is", "is_not", "at_least", "at_most", "above", "below", "between", "one_of", "none_of"))
            return Test(ref, operator, tuple(operands if operator in ("between", "one_of", "none_of") else operands[:1]))
        if domain.type == "boolean":
            return Test(ref, rng.choice(("is", "is_not")), (rng.random() < 0.5,))
        names = list(domain.choices)
        if domain.type == "set":
            operator = rng.choice(("is", "is_not", "includes", "includes_any", "includes_all", "includes_none"))
            picked = frozenset(name for name in names if rng.random() < 0.5)
            if operator in ("is", "is_not"):
                return Test(ref, operator, (picked,))
            return Test(ref, operator, (rng.choice(names),) if operator == "includes" else tuple(sorted(picked)) or (names[0],))
        operators = ["is", "is_not", "one_of", "none_of"]
        if domain.is_comparable:
            operators += ["at_least", "at_most", "above", "below", "between"]
        operator = rng.choice(operators)
        count = 2 if operator in ("between", "one_of", "none_of") else 1
        return Test(ref, operator, tuple(rng.choice(names) for _ in range(count)))

    def decision(self, name: str) -> Decision:
        rng = self.rng
        hit = rng.choice(POLICIES)
        conditions = [self.condition(2) if rng.random() < 0.95 else ALWAYS for _ in range(rng.randint(1, 4))]
        if hit == "criteria":
            output = Output("result", Domain("choice", {"met": "", "unmet": ""}, worse="later", ordered=True))
            rules = tuple(
                Rule(f"rule-{index}", Not(condition), (("result", "unmet"),), require=condition)
                for index, condition in enumerate(conditions)
            )
            return Decision(name, "criteria", "", (output,), "worst", rules, otherwise=(("result", "met"),))
        if hit == "limits":
            refs = [ref for ref in self.number_refs() if ref.kind == "fact"]
            if not refs:
                hit = "collect"
            else:
                quantity = rng.choice(refs)
                rules = tuple(
                    Rule(f"rule-{index}", condition, ((quantity.name, self.formula()),), bound=rng.choice(("at_least", "at_most")))
                    for index, condition in enumerate(conditions)
                )
                output = Output(quantity.name, self.facts[quantity.name].domain)
                return Decision(name, "limits", "", (output,), "limits", rules, quantities=((quantity.name, quantity),))
        if hit == "count":
            outputs = (Output("total", Domain("integer")),)
            rules = tuple(Rule(f"rule-{index}", condition) for index, condition in enumerate(conditions))
            return Decision(name, "rules", "", outputs, "count", rules)
        grade = Output("grade", Domain("choice", GRADES, worse=rng.choice(("later", "earlier")), ordered=True))
        points = Output("points", Domain("number", worse=rng.choice(("higher", "lower"))))
        if hit in ("sum", "min", "max"):
            outputs = (points, Output("more", Domain("integer", worse="higher")))[: rng.randint(1, 2)]
        else:
            outputs = rng.choice(((grade,), (points,), (grade, points)))
        def row(*, formula: bool):
            found = []
            for output in outputs:
                if output.domain.is_numeric:
                    found.append((output.name, self.formula() if formula and rng.random() < 0.2 else Constant(rng.randint(-1, 3))))
                elif hit != "worst" or not found or rng.random() < 0.7:
                    found.append((output.name, rng.choice(list(GRADES))))
            return tuple(found)
        formulas = hit in ("unique", "first", "collect")
        rules = tuple(Rule(f"rule-{index}", condition, row(formula=formulas)) for index, condition in enumerate(conditions))
        otherwise = None
        if hit not in ("collect", "sum", "count") and rng.random() < 0.6:
            otherwise = tuple((output.name, rng.choice(list(GRADES)) if not output.domain.is_numeric else Constant(0)) for output in outputs)
        return Decision(name, "rules", "", outputs, hit, rules, otherwise=otherwise)


# the plain meaning


class Conflicted(Exception):
    """A decision that is leaned on is in conflict."""


class Oracle:
    """Evaluates a model on one complete patient by reading it literally."""

    def __init__(self, model: Model, patient: dict) -> None:
        self.model, self.patient = model, patient
        self.answers: dict[str, object] = {}

    def allowed(self) -> bool:
        return not any(self.holds(constraint.never) for constraint in self.model.constraints)

    def value(self, ref: Ref):
        if ref.kind == "fact":
            return self.patient[ref.name]
        if ref.kind == "derived":
            derived = self.model.derived[ref.name]
            return self.holds(derived.condition) if derived.formula is None else self.number(derived.formula)
        answer = self.answer(ref.decision)
        return answer.get(ref.name) if isinstance(answer, dict) else None

    def number(self, formula):
        match formula:
            case Constant(value):
                return value
            case ParameterRef(name):
                return self.model.parameters[name].value
            case Ref():
                return self.value(formula)
            case Arithmetic(operator, left, right):
                first, second = self.number(left), self.number(right)
                if first is None or second is None:
                    return None
                return {"+": first + second, "-": first - second, "*": first * second}[operator]

    def domain(self, ref: Ref) -> Domain:
        if ref.kind == "fact":
            return self.model.facts[ref.name].domain
        if ref.kind == "derived":
            return Domain("number" if self.model.derived[ref.name].formula is not None else "boolean")
        decision = self.model.decisions[ref.decision]
        return Domain("choice", {"below": "", "within": "", "above": ""}) if decision.hit == "limits" else decision.output(ref.name).domain

    def holds(self, condition) -> bool:
        match condition:
            case All(parts):
                return all([self.holds(part) for part in parts])
            case AnyOf(parts):
                return any([self.holds(part) for part in parts])
            case Not(part):
                return not self.holds(part)
            case Count(parts, lowest, highest):
                return lowest <= sum([self.holds(part) for part in parts]) <= highest
        value, domain = self.value(condition.subject), self.domain(condition.subject)
        operands = list(condition.operands)
        if domain.is_numeric:
            operands = [self.number(operand) for operand in operands]
        if value is None or None in operands:
            return False
        if domain.type == "choice":
            names = list(domain.choices)
            value, operands = names.index(value), [names.index(operand) for operand in operands]
        match condition.operator:
            case "is":
                return value == operands[0]
            case "is_not":
                return value != operands[0]
            case "at_least":
                return value >= operands[0]
            case "at_most":
                return value <= operands[0]
            case "above":
                return value > operands[0]
            case "below":
                return value < operands[0]
            case "between":
                return operands[0] <= value <= operands[1]
            case "one_of":
                return value in operands
            case "none_of":
                return value not in operands
            case "includes":
                return operands[0] in value
            case "includes_any":
                return any(operand in value for operand in operands)
            case "includes_all":
                return all(operand in value for operand in operands)
            case "includes_none":
                return not any(operand in value for operand in operands)

    def used(self, decision: Decision) -> set[str]:
        found = set()
        def visit(thing):
            if isinstance(thing, Ref):
                if thing.kind == "output":
                    found.add(thing.decision)
                if thing.kind == "derived":
                    derived = self.model.derived[thing.name]
                    visit(derived.formula if derived.condition is None else derived.condition)
            elif isinstance(thing, Arithmetic):
                visit(thing.left), visit(thing.right)
            elif isinstance(thing, Test):
                visit(thing.subject)
                for operand in thing.operands:
                    visit(operand)
            elif isinstance(thing, Not):
                visit(thing.part)
            elif isinstance(thing, All | AnyOf | Count):
                for part in thing.parts:
                    visit(part)
        for rule in decision.rules:
            visit(rule.condition)
            for _, value in rule.then:
                visit(value)
        for _, ref in decision.quantities:
            visit(ref)
        return found

    def answer(self, name: str):
        if name not in self.answers:
            self.answers[name] = self._answer(self.model.decisions[name])
        return self.answers[name]

    def _answer(self, decision: Decision):
        for other in self.used(decision):
            if self.answer(other) == "conflict":
                return "conflict"
        fired = [rule for rule in decision.rules if self.holds(rule.condition)]
        rows = [
            {name: self.number(value) if decision.output(name).domain.is_numeric else value for name, value in rule.then}
            for rule in fired
        ]
        # a rule whose formula uses an output without a value does not apply
        whole = [index for index, row in enumerate(rows) if None not in row.values()]
        fired, rows = [fired[index] for index in whole], [rows[index] for index in whole]
        otherwise = "no_match"
        if decision.otherwise is not None:
            otherwise = {
                name: self.number(value) if decision.output(name).domain.is_numeric else value
                for name, value in decision.otherwise
            }
        match decision.hit:
            case "collect":
                return {rule.id: row for rule, row in zip(fired, rows, strict=True)}
            case "sum":
                return {output.name: sum(row[output.name] for row in rows) for output in decision.outputs}
            case "count":
                return {decision.outputs[0].name: len(rows)}
            case "limits":
                return self.limits(decision, fired, rows)
        if not rows:
            return otherwise
        match decision.hit:
            case "unique":
                return rows[0] if len(rows) == 1 else "conflict"
            case "any":
                return rows[0] if all(row == rows[0] for row in rows) else "conflict"
            case "first":
                return rows[0]
            case "min" | "max":
                best = min if decision.hit == "min" else max
                return {output.name: best(row[output.name] for row in rows) for output in decision.outputs}
            case "priority":
                return max(rows, key=lambda row: [self.badness(output, row[output.name]) for output in decision.outputs])
            case "worst":
                answer = {}
                for output in decision.outputs:
                    given = [row[output.name] for row in rows if output.name in row]
                    answer[output.name] = max(given, key=lambda value, output=output: self.badness(output, value)) if given else otherwise[output.name]
                return answer

    def badness(self, output: Output, value):
        number = list(output.domain.choices).index(value) if output.domain.type == "choice" else value
        return -number if output.domain.worse in ("lower", "earlier") else number

    def limits(self, decision: Decision, fired, rows):
        quantity, ref = decision.quantities[0]
        value = self.value(ref)
        most = [row[quantity] for rule, row in zip(fired, rows, strict=True) if rule.bound == "at_most"]
        least = [row[quantity] for rule, row in zip(fired, rows, strict=True) if rule.bound == "at_least"]
        verdict = "within"
        if any(bound is not None and value < bound for bound in least):
            verdict = "below"
        if any(bound is not None and value > bound for bound in most):
            verdict = "above"
        return {quantity: verdict, "at_most": most, "at_least": least}


def completions(model: Model, patient: dict):
    """Yield every complete patient that fits `patient`, in which a fact has one value, a list of them, or is missing."""
    names = list(model.facts)
    columns = []
    for name in names:
        domain = model.facts[name].domain
        if name in patient:
            value = patient[name]
            columns.append(value if isinstance(value, list) else [value])
        elif domain.type == "boolean":
            columns.append([False, True])
        elif domain.type == "integer":
            columns.append(list(range(domain.lowest, domain.highest + 1)))
        elif domain.type == "choice":
            columns.append(list(domain.choices))
        else:
            members = list(domain.choices)
            columns.append([frozenset(part) for size in range(len(members) + 1) for part in itertools.combinations(members, size)])
    for values in itertools.product(*columns):
        yield dict(zip(names, values, strict=True))
