"""Which facts can make something rise or fall as they get worse, read off rules without the prover.

What is found is too much rather than too little: a fact that is not named for a direction never has that effect. So
where a fact cannot make an output calmer, the claim about the two is proved; everything else is for the prover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, assert_never

import attrs

from hiprun.inference import hit_policies
from hiprun.inference.functions import FUNCTIONS, Slope, sign
from hiprun.inference.hit_policies import HIT_POLICIES, HitPolicy
from hiprun.inference.hit_policy import rank
from hiprun.inference.operators import Compare, Leaf, Meaning, code, expressed, holds, meaning
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
    Literal_,
    Not,
    Output,
    ParameterRef,
    Ref,
    Test,
    as_formula,
    is_formula,
)
from hiprun.verification.condition_encoding import Subject
from hiprun.verification.tendencies import NONE, Tendency, Truth, chosen, every, joined, opposite, plain, some


@attrs.frozen
class _Amount:
    """A number by its tendency, and whether there is one at all."""

    number: Tendency
    valued: Truth = True


class SyntacticMonotonicity:
    """The tendencies of everything in a model, each worked out when first asked for."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._model = subject, subject.model
        self._derived: dict[str, Truth] = {}
        self._rules: dict[tuple[str, int], Truth] = {}
        self._amounts: dict[tuple[str, str], _Amount] = {}

    def calming(self, decision: Decision, outputs: tuple[Output, ...]) -> frozenset[str]:
        """Return the facts that may, as they get worse, make outputs calmer that are compared as one."""
        if HIT_POLICIES[decision.hit].adds:
            (output,) = outputs
            return _calming(output, self._output_number(decision, output.name))
        rows = self._rows(decision, outputs)
        if rows is None:
            return frozenset[str]().union(
                *(_calming(output, self._of_formulas(decision, output)) for output in outputs)
            )
        badness = {row: tuple(map(rank, (output.domain for output in outputs), row)) for row in rows if None not in row}
        return self._ascending(decision, outputs, badness).falls

    # conditions

    def _condition(self, condition: Condition) -> Truth:
        match condition:
            case All(parts):
                return every(map(self._condition, parts))
            case AnyOf(parts):
                return some(map(self._condition, parts))
            case Not(part):
                return opposite(self._condition(part))
            case Count(parts, lowest, highest):
                any_part = joined(map(self._condition, parts))
                enough = any_part if lowest > 0 else NONE
                return enough | any_part.reversed if highest < len(parts) else enough
            case HasValue(ref, held):
                valued = self._valued(ref)
                return valued if held else opposite(valued)
            case Test():
                return self._test(condition)
            case _:
                assert_never(condition)

    def _valued(self, ref: Ref) -> Truth:
        decision = self._model.decisions[ref.decision]
        return self._among(decision, (decision.output(ref.name),), lambda row: True)

    def _test(self, test: Test) -> Truth:
        subject = test.subject
        match subject.kind:
            case "fact":
                domain = self._model.facts[subject.name].domain
                compared = domain.is_numeric or domain.type == "date"
            case "derived":
                domain = self._model.derived[subject.name].domain
                compared = domain.type != "boolean"
            case _:
                decision = self._model.decisions[subject.decision]
                domain = decision.condition_domain(subject.name)
                compared = not decision.has_limits and (
                    decision.is_number(subject.name) or any(map(is_formula, test.operands))
                )
        if compared:
            return self._compared(test)
        coded = [
            code(domain, operand) if domain.type in ("choice", "boolean") else operand for operand in test.operands
        ]
        sense = meaning(test.operator, coded, domain.choices)
        match subject.kind:
            case "fact":
                return _of_steps(subject.name, domain, sense)
            case "derived":
                return _of_truth(sense, self._of_derived(subject.name))
            case _:
                outputs = (decision.output(subject.name),)
                return self._among(decision, outputs, lambda row: holds(sense, code(domain, row[0])))

    def _compared(self, test: Test) -> Truth:
        subject, *operands = (self._number(as_formula(part)) for part in (test.subject, *test.operands))

        def leaf(part: Leaf) -> Truth:
            assert isinstance(part, Compare)  # only sets have members
            above: Tendency = subject.number | part.operand.number.reversed
            match sorted(part.signs):
                case [1] | [0, 1]:
                    return above
                case [-1] | [-1, 0]:
                    return above.reversed
                case _:
                    return above | above.reversed

        holds_ = expressed(meaning(test.operator, operands), leaf, every, some, opposite)
        return every([holds_, subject.valued, *(operand.valued for operand in operands)])

    def _of_derived(self, name: str) -> Truth:
        found = self._derived.get(name)
        if found is None:
            condition = self._model.derived[name].condition
            assert condition is not None
            found = self._derived[name] = self._condition(condition)
        return found

    # numbers

    def _number(self, formula: Formula) -> _Amount:
        match formula:
            case Constant() | ParameterRef():
                return _Amount(NONE)
            case Ref("fact", name):
                return _Amount(_of_fact(name, self._model.facts[name].domain))
            case Ref("derived", name):
                definition = self._model.derived[name].formula
                assert definition is not None
                return self._number(definition)
            case Ref(_, name, decision):
                return self._output_number(self._model.decisions[decision], name)
            case Call(function, arguments):
                slopes = FUNCTIONS[function].slopes(list(map(self._ends, arguments)))
                return _together(map(self._number, arguments), slopes)
            case Arithmetic(operator, left, right):
                return _together(map(self._number, (left, right)), self._slopes(operator, left, right))
            case _:
                assert_never(formula)

    def _slopes(self, operator: str, left: Formula, right: Formula) -> Sequence[Slope]:
        match operator:
            case "+":
                return 1, 1
            case "-":
                return 1, -1
            case "*":
                return sign(self._ends(right)), sign(self._ends(left))
            case _:
                return sign(self._ends(right)), None

    def _ends(self, formula: Formula) -> tuple[Any, Any]:
        domains = self._subject.domains
        return domains.ends(domains.form(formula))

    def _output_number(self, decision: Decision, name: str) -> _Amount:
        found = self._amounts.get((decision.name, name))
        if found is None:
            found = self._amounts[decision.name, name] = self._worked_out(decision, decision.output(name))
        return found

    def _worked_out(self, decision: Decision, output: Output) -> _Amount:
        policy = HIT_POLICIES[decision.hit]
        if policy.adds:
            counted = policy.takes == "nothing"
            rules = enumerate(decision.rules)
            weights = ((index, 1 if counted else dict(rule.then)[output.name]) for index, rule in rules)
            return _Amount(joined(self._weighing(decision, index, as_formula(weight)) for index, weight in weights))
        rows = self._rows(decision, (output,))
        if rows is None:
            return self._of_formulas(decision, output)
        values = {row: row[0] for row in rows if row[0] is not None}
        valued = self._among(decision, (output,), lambda row: True)
        return _Amount(self._ascending(decision, (output,), values), valued)

    def _of_formulas(self, decision: Decision, output: Output) -> _Amount:
        """Return the tendency of what rules work out: that of their formulas as long as the same rules apply."""
        rows = [*(rule.then for rule in decision.rules), decision.otherwise or ()]
        formulas = [value for row in rows for name, value in row if name == output.name and is_formula(value)]
        amounts = [self._number(formula) for formula in formulas]  # type: ignore[arg-type]
        applying = [self._rule(decision, index) for index in range(len(decision.rules))]
        choice = joined([*applying, *(amount.valued for amount in amounts)])
        either = choice | choice.reversed
        return _Amount(either | joined(amount.number for amount in amounts), either)

    def _weighing(self, decision: Decision, index: int, weight: Formula) -> Tendency:
        """Return the tendency of what one rule adds to a sum."""
        slope = sign(self._ends(weight))
        return plain(self._rule(decision, index)).times(slope) | self._number(weight).number

    # decisions

    def _rule(self, decision: Decision, index: int) -> Truth:
        """Return whether a rule applies: its condition holds, and what it works out has a value."""
        found = self._rules.get((decision.name, index))
        if found is None:
            rule = decision.rules[index]
            valued = [self._number(value).valued for _, value in rule.then if is_formula(value)]  # type: ignore[arg-type]
            found = self._rules[decision.name, index] = every([self._condition(rule.condition), *valued])
        return found

    def _rows(self, decision: Decision, outputs: tuple[Output, ...]) -> list[tuple[Any, ...]] | None:
        """Return what each rule gives for outputs, then what comes out without any; None where formulas vary.

        Where a rule gives no value for an output there is None.
        """
        found: list[tuple[Any, ...]] = []
        for then in (*(rule.then for rule in decision.rules), decision.otherwise or ()):
            given = dict(then)
            row = [self._constant(given.get(output.name)) for output in outputs]
            if any(value is _VARIES for value in row):
                return None
            found.append(tuple(row))
        return found

    def _constant(self, value: Formula | Literal_ | None) -> Any:
        if not is_formula(value):
            return value
        low, high = self._ends(value)  # type: ignore[arg-type]
        return low if low == high else _VARIES

    def _ascending(
        self, decision: Decision, outputs: tuple[Output, ...], order: Mapping[tuple[Any, ...], Any]
    ) -> Tendency:
        """Return the tendency of an answer among rows that have an order: that of reaching each place in it."""
        steps = sorted(set(order.values()))[1:]
        return joined(
            self._among(decision, outputs, lambda row, step=step: order[row] >= step)  # type: ignore[misc]
            for step in steps
        )

    def _among(
        self, decision: Decision, outputs: tuple[Output, ...], meets: Callable[[tuple[Any, ...]], bool]
    ) -> Truth:
        """Return whether the answer of a decision is one of certain rows; without an answer it is none."""
        policy = HIT_POLICIES[decision.hit]
        match policy:
            case hit_policies.Unique() | hit_policies.Agreed() | hit_policies.InTurn() | hit_policies.Extreme():
                rows, order = self._rows(decision, outputs), self._order(policy, decision, outputs)
            case hit_policies.Total() | hit_policies.Collect() | hit_policies.Limits():
                return self._anything(decision)
            case _:
                assert_never(policy)
        if rows is None or order is None:
            return self._anything(decision)
        *rows, rest = rows
        met = [None not in row and meets(row) for row in rows]
        found: Truth = None not in rest and meets(rest)
        if policy.may_conflict:  # nobody is asked about for whom two rules say different things
            suiting = some(self._rule(decision, index) for index in order if met[index])
            others = some(self._rule(decision, index) for index in order if not met[index])
            return some([suiting, opposite(others)]) if found else suiting
        for index in reversed(order):
            found = chosen(self._rule(decision, index), met[index], found)
        return found

    def _order(
        self,
        policy: hit_policies.Unique | hit_policies.Agreed | hit_policies.InTurn | hit_policies.Extreme,
        decision: Decision,
        outputs: tuple[Output, ...],
    ) -> list[int] | None:
        """Return the rules that have a say in outputs, the first that applies winning; None where that varies."""
        indices = range(len(decision.rules))
        if not policy.ranks and policy.takes == "values":
            return list(indices)
        ranked = outputs if policy.takes != "values" else decision.outputs
        rows = self._rows(decision, ranked)
        if rows is None:
            return None
        giving = [index for index in indices if None not in rows[index]]
        return sorted(giving, key=lambda index: tuple(map(_strength(policy), ranked, rows[index])), reverse=True)

    def _anything(self, decision: Decision) -> Tendency:
        facts = self._subject.cones.of_decision(decision.name).facts
        return Tendency(facts, facts)


_VARIES = object()


def _strength(policy: HitPolicy) -> Callable[[Output, Any], Any]:
    """Return how strong a policy takes a value of an output to be."""
    if isinstance(policy, hit_policies.Extreme):
        return policy.strength
    return lambda output, value: rank(output.domain, value)


def _of_truth(sense: Meaning, truth: Truth) -> Truth:
    sides = ((1, truth), (0, opposite(truth)))
    return some(side for value, side in sides if holds(sense, value))


# facts and numbers


def _of_fact(fact: str, domain: Domain) -> Tendency:
    alone = frozenset({fact}) if domain.worse else frozenset()
    return Tendency(rises=alone) if domain.is_worse_upwards else Tendency(falls=alone)


def _of_steps(fact: str, domain: Domain, sense: Meaning) -> Truth:
    """Return whether a fact with few values, or without an order, meets a test."""
    if not domain.worse:
        return NONE
    values = range(2) if domain.type == "boolean" else range(len(domain.choices))
    met = [holds(sense, value) for value in values]
    changes = {after - before for before, after in pairwise(met)} - {0}
    return joined(_of_fact(fact, domain).times(1 if change > 0 else -1) for change in changes)


def _calming(output: Output, amount: _Amount) -> frozenset[str]:
    return amount.number.falls if output.domain.is_worse_upwards else amount.number.rises


def _together(amounts: Iterable[_Amount], slopes: Iterable[Slope]) -> _Amount:
    parts = list(amounts)
    number = joined(part.number.times(slope) for part, slope in zip(parts, slopes, strict=True))
    return _Amount(number, every(part.valued for part in parts))
