"""The slow, plain meaning of a model on one complete patient, written apart from the engine, to hold it to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from hiprun.model import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Count,
    Decision,
    Domain,
    Formula,
    HasValue,
    Model,
    Not,
    Output,
    ParameterRef,
    Ref,
    Rule,
    Test,
    is_formula,
)

from . import plain_functions

VERDICT = Domain("choice", {"below": "", "within": "", "above": ""})
TEXTS = ("elm", "oak", "a tree that no rule names", "nor this")
SOME_DAY = 739_312
QUARTERS = [Fraction(number, 4) for number in range(-6, 19)]
"""What unknown number facts may be: rules compare them with whole numbers from -1 to 4, patients with halves."""


class Oracle:
    """Evaluates a model on one complete patient by reading it literally."""

    def __init__(self, model: Model, patient: Mapping[str, Any]) -> None:
        self.model, self.patient = model, patient
        self._answers: dict[str, Any] = {}

    def allowed(self) -> bool:
        """Whether such a patient can be."""
        return not any(self.holds(constraint.never) for constraint in self.model.constraints)

    def answer(self, name: str) -> Any:
        """Return outputs by name, `no_match` or `conflict`; what fired under `collect`, bounds for limits."""
        if name not in self._answers:
            self._answers[name] = self._answer(self.model.decisions[name])
        return self._answers[name]

    def applies(self, decision: Decision, rule: Rule) -> bool:
        """Whether a rule matches and every number in it has a value."""
        return self.holds(rule.condition) and None not in self.row(decision, rule.then).values()

    def row(self, decision: Decision, then: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
        """Return outputs with their numbers worked out."""
        return {name: self.number(value) if is_formula(value) else value for name, value in then}

    def value(self, ref: Ref) -> Any:
        """Return the value of a fact, derived fact or output; None for an output that has none."""
        if ref.kind == "fact":
            return self.patient[ref.name]
        if ref.kind == "derived":
            derived = self.model.derived[ref.name]
            return self.number(derived.formula) if derived.condition is None else self.holds(derived.condition)
        answer = self.answer(ref.decision)
        value = answer.get(ref.name) if isinstance(answer, dict) else None
        return value["verdict"] if isinstance(value, dict) else value

    def number(self, formula: Any) -> Any:
        """Return what a formula comes to; None where an output in it has no value."""
        match formula:
            case Constant(value):
                return value
            case ParameterRef(name):
                return self.model.parameters[name].value
            case Ref():
                return self.value(formula)
            case Arithmetic() | Call():
                return plain_functions.value(formula, self.number)

    def domain(self, ref: Ref) -> Domain:
        """Return the values that a name can have."""
        if ref.kind == "fact":
            return self.model.facts[ref.name].domain
        if ref.kind == "derived":
            return self.model.derived[ref.name].domain
        decision = self.model.decisions[ref.decision]
        return VERDICT if decision.hit == "limits" else decision.output(ref.name).domain

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds."""
        match condition:
            case All(parts):
                return all(self.holds(part) for part in parts)
            case AnyOf(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
            case Count(parts, lowest, highest):
                return lowest <= sum(self.holds(part) for part in parts) <= highest
        if isinstance(condition, HasValue):
            return (self.value(condition.subject) is not None) is condition.held
        value, domain = self.value(condition.subject), self.domain(condition.subject)
        operands = list(condition.operands)
        operands = [self.number(operand) if is_formula(operand) else operand for operand in operands]
        return value is not None and None not in operands and meets(domain, condition.operator, operands, value)

    def _answer(self, decision: Decision) -> Any:
        for other in used(self.model, decision):
            if self.answer(other) == "conflict":
                return "conflict"
        fired = [rule for rule in decision.rules if self.applies(decision, rule)]
        rows = [self.row(decision, rule.then) for rule in fired]
        otherwise = "no_match" if decision.otherwise is None else self.row(decision, decision.otherwise)
        match decision.hit:
            case "collect":
                return {rule.id: row for rule, row in zip(fired, rows, strict=True)}
            case "sum":
                return {output.name: sum(row[output.name] for row in rows) for output in decision.outputs}
            case "count":
                return {decision.outputs[0].name: len(rows)}
            case "limits":
                return {name: self._limit(decision, name, fired, rows) for name, _ in decision.quantities}
        if not rows:
            return "no_match" if isinstance(otherwise, dict) and None in otherwise.values() else otherwise
        match decision.hit:
            case "unique":
                return rows[0] if len(rows) == 1 else "conflict"
            case "any":
                compared = [row | _texts_as_written(rule) for rule, row in zip(fired, rows, strict=True)]
                return rows[0] if all(row == compared[0] for row in compared) else "conflict"
            case "first":
                return rows[0]
            case "min" | "max":
                best = min if decision.hit == "min" else max
                return {output.name: best(row[output.name] for row in rows) for output in decision.outputs}
            case "priority":
                return max(rows, key=lambda row: [badness(output, row[output.name]) for output in decision.outputs])
            case "worst":
                answer = {}
                for output in decision.outputs:
                    given = [row[output.name] for row in rows if output.name in row]
                    worst = max(given, key=lambda value, output=output: badness(output, value)) if given else None
                    answer[output.name] = otherwise[output.name] if worst is None else worst
                return answer
            case _:
                raise NotImplementedError(f"what comes out under {decision.hit}")

    def _limit(self, decision: Decision, quantity: str, fired: list[Rule], rows: list[dict[str, Any]]) -> Any:
        value = self.value(dict(decision.quantities)[quantity])
        bounds: dict[str, list[Any]] = {"at_most": [], "at_least": []}
        for rule, row in zip(fired, rows, strict=True):
            if quantity in row:
                bounds[rule.bound].append(row[quantity])
        most, least = min(bounds["at_most"], default=None), max(bounds["at_least"], default=None)
        verdict = None if value is None else "within"
        if verdict and least is not None and value < least:
            verdict = "below"
        if verdict and most is not None and value > most:
            verdict = "above"
        return {"verdict": verdict, "at_most": most, "at_least": least}


def _texts_as_written(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.then if isinstance(value, str)}


def meets(domain: Domain, operator: str, operands: list[Any], value: Any) -> bool:
    """Whether a known value of a domain meets a test with known operands."""
    if domain.type == "choice":
        names = list(domain.choices)
        value, operands = names.index(value), [names.index(operand) for operand in operands]
    match operator:
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
    raise AssertionError(operator)


def badness(output: Output, value: Any) -> Any:
    """Return a number that is larger for a worse value of an output."""
    number = list(output.domain.choices).index(value) if output.domain.type == "choice" else value
    return -number if output.domain.worse in ("lower", "earlier", "false") else number


def used(model: Model, decision: Decision) -> set[str]:
    """Return the decisions whose outputs a decision uses, itself or through derived facts."""
    found: set[str] = set()
    waiting: list[Any] = [*decision.rules, *(ref for _, ref in decision.quantities), *(decision.otherwise or ())]
    while waiting:
        match waiting.pop():
            case Ref("output", _, name):
                found.add(name)
            case Ref("derived", name):
                waiting += [model.derived[name].condition, model.derived[name].formula]
            case Arithmetic(_, left, right):
                waiting += [left, right]
            case Call(_, arguments):
                waiting += arguments
            case Test(subject, _, operands):
                waiting += [subject, *operands]
            case HasValue(subject):
                waiting.append(subject)
            case Not(part):
                waiting.append(part)
            case All(parts) | AnyOf(parts) | Count(parts):
                waiting += parts
            case Rule() as rule:
                waiting += [rule.condition, *rule.then]
            case (_, value):
                waiting.append(value)
    return found


def values(domain: Domain) -> list[Any]:
    """Return every value of a domain, of numbers and texts at least one for each way they can matter."""
    match domain.type:
        case "boolean":
            return [False, True]
        case "integer" | "date":
            low = domain.lowest if domain.lowest is not None else SOME_DAY
            return list(range(low, (low + 4 if domain.highest is None else domain.highest) + 1))
        case "number":
            low = domain.lowest if domain.lowest is not None else -2
            high = domain.highest if domain.highest is not None else 5
            few = [number for number in QUARTERS if low <= number <= high]
            return few or [low, Fraction(low + high, 2), high]
        case "choice":
            return list(domain.choices)
        case "string":
            return list(TEXTS)
        case _:
            names = list(domain.choices)
            sizes = range(len(names) + 1)
            return [frozenset(part) for size in sizes for part in itertools.combinations(names, size)]


def completions(model: Model, said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every complete patient that fits: `said` has a value, a list of tests, or nothing for each fact."""
    columns = []
    for name, fact in model.facts.items():
        if name not in said:
            columns.append(values(fact.domain))
        elif isinstance(said[name], list):
            columns.append(
                [
                    value
                    for value in values(fact.domain)
                    if all(meets(fact.domain, operator, operands, value) for operator, operands in said[name])
                ]
            )
        else:
            columns.append([said[name]])
    for chosen in itertools.product(*columns):
        yield dict(zip(model.facts, chosen, strict=True))


def formulas(decision: Decision) -> bool:
    """Whether an output of a decision is worked out from the patient."""
    found: list[Formula | Any] = [value for rule in decision.rules for _, value in rule.then]
    found += [value for _, value in decision.otherwise or ()]
    return any(isinstance(value, Ref | Arithmetic | Call) for value in found)


def everything(model: Model, patient: dict[str, Any], name: str) -> Any:
    """Return everything that comes out of a decision for a patient, for criteria each of them."""
    oracle = Oracle(model, patient)
    decision = model.decisions[name]
    found = oracle.answer(name)
    if decision.kind != "criteria" or found == "conflict":
        return found
    return found, {rule.id for rule in decision.rules if oracle.applies(decision, rule)}
