"""Why an outcome is not the one that was wanted: the rules in the way, or those that would give it and do not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from hiprun.inference.counterfactuals.target import Wanted, check_wanted, reached
from hiprun.inference.explanation import RuleStep
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import rank
from hiprun.inference.outcome import Outcome


def obstacles(program: Program, outcome: Outcome, wanted: Mapping[str, Any]) -> tuple[RuleStep, ...]:
    """Return the rules that keep `outcome` from being as `wanted`, with their facts; none where it is so already.

    Where no rule that holds, or may still hold, is in the way, these are the rules that would give the answer but do
    not hold. Raises `HiprunError` for an answer that the decision does not have.
    """
    is_wanted = check_wanted(program, wanted)
    if reached(program, outcome, is_wanted):
        return ()
    steps = dict(enumerate(outcome.explain().rules))
    values: dict[int, list[Mapping[str, Any]]] = {}
    for branch in program.branches:
        values.setdefault(branch.rule, []).append(branch.values)
    present = [index for index, step in steps.items() if step.status in ("fired", "unknown")]
    # a rule has no branch where what it gives never comes out
    against = [
        index
        for index in present
        if any(_against(program, outcome, index, row, is_wanted) for row in values.get(index, [{}]))
    ]
    if against:
        return tuple(steps[index] for index in against)
    absent = [index for index, step in steps.items() if step.status != "fired" and index in values]
    giving = [index for index in absent if any(_gives(program, index, row, is_wanted) for row in values[index])]
    return tuple(steps[index] for index in giving)


_SIDES = {"at_most": "above", "at_least": "below"}
"""On which side of a bound a quantity lies that breaks it."""


def _gives(program: Program, index: int, row: Mapping[str, Any], is_wanted: Wanted) -> bool:
    decision = program.decision
    if HIT_POLICIES[decision.hit].gives == "limits":
        side = _SIDES[decision.rules[index].bound]
        return any(name in row and check(side) for name, check in is_wanted.checks.items())
    return is_wanted(row)


def _against(program: Program, outcome: Outcome, index: int, row: Mapping[str, Any], is_wanted: Wanted) -> bool:
    decision = program.decision
    if HIT_POLICIES[decision.hit].gives == "limits":
        side = _SIDES[decision.rules[index].bound]
        return any(
            name in row and side in outcome[name].possible_verdicts and not check(side)
            for name, check in is_wanted.checks.items()
        )
    given = {name: value for name, value in row.items() if name in is_wanted.checks}
    match HIT_POLICIES[decision.hit].takes:
        case "numbers" | "nothing":
            return True
        case "values":
            return not is_wanted(given)
        case "ranks":
            return any(_too_bad(program, name, value, is_wanted) for name, value in given.items())
        case takes:
            assert_never(takes)


def _too_bad(program: Program, name: str, value: Any, is_wanted: Wanted) -> bool:
    """Return whether a value is worse than every wanted one, so that nothing can make up for it."""
    domain = program.decision.output(name).domain
    check = is_wanted.checks[name]
    worse = [choice for choice in domain.choices if rank(domain, choice) >= rank(domain, value)]
    return not check(value) and not any(map(check, worse))
