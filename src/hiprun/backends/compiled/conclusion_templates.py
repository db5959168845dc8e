"""Conclusions with numbers that are worked out for each patient: the numbers alone are made anew."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from hiprun.backends.compiled.floating_point_thresholds import stands_for
from hiprun.inference.circuit import FALSE, TRUE
from hiprun.inference.conclusion import Answer, Conclusion, Item, Limit
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Ending
from hiprun.inference.linear_forms import Linear, Term, facts_of
from hiprun.inference.operators import Truth
from hiprun.model import Domain, Fact, Number
from hiprun.model.value_conversion import Value, decimal, public, tidy

Fill: TypeAlias = Callable[[Mapping[str, Any]], Conclusion]
"""Returns the conclusion for a patient whose facts meet the same rules."""

_MOST_LIKE_IT = 10**15


class Numbers:
    """How numbers of rules are worked out from facts: quickly where that is sure to be exact."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = facts
        self._exact: dict[Linear, Callable[[Mapping[str, Any]], Number]] = {}
        self._shown: dict[Linear, Callable[[Mapping[str, Any]], Value]] = {}

    def exact(self, value: Any) -> Callable[[Mapping[str, Any]], Number]:
        """Return the function from facts to a number of a rule."""
        if not isinstance(value, Linear) or not any(isinstance(ref, Term) for ref, _ in value.terms):
            return number(value)
        if value not in self._exact:
            from hiprun.backends.compiled.floating_point_filter import filtered_number  # few packs have terms

            self._exact[value] = filtered_number(self._facts, value, number(value))
        return self._exact[value]

    def shown(self, domain: Domain, value: Any) -> Callable[[Mapping[str, Any]], Value]:
        """Return the function from facts to a value of a rule as callers see it."""
        exactly = number(value)
        if not isinstance(value, Linear):
            seen = public(domain, value)
            return lambda facts: seen
        if domain.type == "date":
            return lambda facts: public(domain, exactly(facts))
        if value not in self._shown:
            from hiprun.backends.compiled.floating_point_filter import shown_number  # as few as have formulas

            self._shown[value] = shown_number(self._facts, value, lambda facts: decimal(exactly(facts)))
        return self._shown[value]


def filling(program: Program, truths: Sequence[Truth], template: Conclusion, numbers: Numbers) -> Fill | None:
    """Return how the conclusion for one patient is filled with the numbers of another who meets the same rules.

    None for decisions whose numbers also say in which order the answer stands, for rules that give one of several, and
    for lists and limits in a conflict.
    """
    match HIT_POLICIES[program.decision.hit].gives:
        case "items":
            return _items(program, template, numbers)
        case "limits":
            return None if template.status == "conflict" else _limits(program, truths, template, numbers)
        case "answer":
            return _answer(program, truths, template, numbers)
        case gives:
            assert_never(gives)


def number(value: Any) -> Callable[[Mapping[str, Any]], Number]:
    """Return the function that works out a number of a rule exactly.

    >>> from hiprun.model import Ref
    >>> number(Linear(1, ((Ref("fact", "points"), 2),)))({"points": 0.1})
    Fraction(6, 5)
    """
    if not isinstance(value, Linear):
        return lambda facts: value
    terms = [(ref.name, factor) for ref, factor in value.terms]
    constant = value.constant
    if any(isinstance(ref, Term) for ref, _ in value.terms):
        names = list(dict.fromkeys(name for ref, _ in value.terms for name in facts_of(ref)))
        return lambda facts: value.at({name: _exact(facts[name]) for name in names})

    def total(facts: Mapping[str, Any]) -> Number:
        found = constant
        for name, factor in terms:
            found += factor * _exact(facts[name])
        return tidy(found)

    return total


def exact_numbers(program: Program, names: Sequence[str], facts: Mapping[str, Any]) -> dict[str, Number]:
    """Return the exact numbers of some facts, and of the terms in a program's formulas, for which these are enough."""
    known = {name: _exact(facts[name]) for name in names}
    terms = [ref for form in program.formulas for ref, _ in form.terms if isinstance(ref, Term)]
    return known | {term.name: term.at(known) for term in terms}


def _exact(value: Any) -> Number:
    if isinstance(value, datetime.date):
        return value.toordinal()
    return int(value) if value == math.floor(value) else stands_for(value)


def _answer(program: Program, truths: Sequence[Truth], template: Conclusion, numbers: Numbers) -> Fill:
    policy = program.policy
    assert policy is not None
    nodes = [TRUE if truths[program.branches[index].node] else FALSE for index in policy.order]
    row = policy.finish(policy.advance(None, list(zip(nodes, policy.payloads, strict=True)))[0])
    if isinstance(row, Ending) or template.status == "conflict" or not any(isinstance(value, Linear) for value in row):
        return lambda facts: template
    parts = [
        (output.name, numbers.shown(output.domain, value)) for output, value in zip(policy.outputs, row, strict=True)
    ]

    def fill(facts: Mapping[str, Any]) -> Conclusion:
        return template.with_answer(Answer({name: made(facts) for name, made in parts}))

    return fill


def _items(program: Program, template: Conclusion, numbers: Numbers) -> Fill | None:
    if template.status != "decided" or program.decision.order == "worst":
        return None
    made: list[tuple[int, list[tuple[str, Callable[[Mapping[str, Any]], Value]]]]] = []
    for index in range(len(template.items)):
        own = [branch.values for branch in program.branches if branch.rule == index]
        if any(isinstance(value, Linear) for values in own for value in values.values()):
            if len(own) > 1:
                return None
            domains = {output.name: output.domain for output in program.decision.outputs}
            parts = [(name, value) for name, value in own[0].items() if isinstance(value, Linear)]
            made.append((index, [(name, numbers.shown(domains[name], value)) for name, value in parts]))
    fixed = template.items

    def fill(facts: Mapping[str, Any]) -> Conclusion:
        items = list(fixed)
        for index, parts in made:
            like = fixed[index]
            worked_out = {name: make(facts) for name, make in parts}
            items[index] = Item(
                like.rule, like.certainty, Answer({**like.outputs, **worked_out}), like.because, like.sources
            )
        return template.with_items(tuple(items))

    return fill


def _with(template: Conclusion, answer: Answer, limits: tuple[Limit, ...]) -> Conclusion:
    return Conclusion(
        template.decision,
        template.status,
        (answer,) if template.possible else (),
        answer,
        fired=template.fired,
        criteria=template.criteria,
        limits=limits,
    )


def _limits(program: Program, truths: Sequence[Truth], template: Conclusion, numbers: Numbers) -> Fill:
    made = [
        (index, make)
        for index, limit in enumerate(template.limits)
        if (make := _limit(program, truths, limit, numbers))
    ]
    if not made:
        return lambda facts: template
    fixed = list(template.limits)
    sides = {limit.quantity: _sides(limit) for limit in fixed}

    def fill(facts: Mapping[str, Any]) -> Conclusion:
        limits, answers = fixed.copy(), sides.copy()
        for index, make in made:
            limits[index] = limit = make(facts)
            answers[limit.quantity] = _sides(limit)
        return _with(template, Answer({name: answer for name, answer in answers.items() if answer}), tuple(limits))

    return fill


def _sides(limit: Limit) -> Answer:
    sides = {"at_least": limit.at_least, "at_most": limit.at_most}
    return Answer({side: value for side, value in sides.items() if value is not None})


def _limit(
    program: Program, truths: Sequence[Truth], limit: Limit, numbers: Numbers
) -> Callable[[Mapping[str, Any]], Limit] | None:
    """Return how the limit on one quantity is made for a patient; None where it is the same for all."""
    rules, domain = program.decision.rules, program.decision.output(limit.quantity).domain
    bounds: dict[str, list[tuple[str, Any]]] = {"at_least": [], "at_most": []}
    for branch in program.branches:
        rule = rules[branch.rule]
        if limit.quantity in branch.values and truths[branch.node]:
            bounds[rule.bound].append((rule.id, branch.values[limit.quantity]))
    if not any(isinstance(value, Linear) for side in bounds.values() for _, value in side):
        return None
    sides = {side: [(id_, numbers.exact(value)) for id_, value in found] for side, found in bounds.items()}

    def fill(facts: Mapping[str, Any]) -> Limit:
        least, least_ids = _tightest(max, sides["at_least"], facts)
        most, most_ids = _tightest(min, sides["at_most"], facts)
        low = None if least is None else public(domain, least)
        high = None if most is None else public(domain, most)
        ids = tuple(dict.fromkeys(least_ids + most_ids))
        verdict, possible = limit.verdict, limit.possible_verdicts
        return Limit(limit.quantity, low, high, ids, (), low, high, verdict, possible, limit.unit, limit.title)

    return fill


def _tightest(
    pick: Callable[[list[Number]], Number],
    bounds: Sequence[tuple[str, Callable[[Mapping[str, Any]], Number]]],
    facts: Mapping[str, Any],
) -> tuple[Number | None, list[str]]:
    if not bounds:
        return None, []
    found = [made(facts) for _, made in bounds]
    best = pick(found)
    return best, [id_ for (id_, _), value in zip(bounds, found, strict=True) if value == best]
