"""Which answer is wanted, checked on entry."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem, did_you_mean
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.operators import OPERATORS, code, holds, meaning
from hiprun.inference.outcome import Outcome
from hiprun.model import Domain
from hiprun.model.values import internal


@attrs.frozen
class Wanted:
    """The wanted value of each output, as a check on model values."""

    checks: Mapping[str, Callable[[Any], bool]] = attrs.field(hash=False)

    def __call__(self, values: Mapping[str, Any]) -> bool:
        """Return whether these outputs, as the model holds them, are what is wanted."""
        # a formula that is not worked out yet may come to anything; whoever follows it up decides anew
        return all(
            name in values and (isinstance(values[name], Linear) or check(values[name]))
            for name, check in self.checks.items()
        )


def check_wanted(program: Program, wanted: Mapping[str, Any]) -> Wanted:
    """Return what is wanted of a decision, or raise `HiprunError` with every problem in it."""
    decision = program.decision
    if HIT_POLICIES[decision.hit].gives == "items":
        message = f"`{decision.name}` collects a list and has no single answer to find a way to."
        raise HiprunError([Problem("no-single-answer", message)])
    outputs = [output.name for output in decision.outputs]
    problems: list[Problem] = []
    checks: dict[str, Callable[[Any], bool]] = {}
    for name, value in wanted.items():
        if name not in outputs:
            help_ = did_you_mean(name, outputs)
            problems.append(Problem("unknown-output", f"`{name}` is not an output of `{decision.name}`.", help=help_))
            continue
        domain = decision.asked(name)
        check = _check(domain, value)
        if check is None:
            help_ = did_you_mean(str(value), domain.choices) if domain.choices else ""
            problems.append(Problem("bad-answer", f"`{decision.name}.{name}` is never that.", help=help_))
        else:
            checks[name] = check
    if problems or not wanted:
        raise HiprunError(problems or [Problem("bad-answer", "Say which answer is wanted, such as result: ready.")])
    return Wanted(checks)


def _check(domain: Domain, value: Any) -> Callable[[Any], bool] | None:
    tests = value if isinstance(value, Mapping) else {"is": value}
    try:
        senses = []
        for name, operand in tests.items():
            operands = operand if OPERATORS[name].operands != "one" else (operand,)
            values = [code(domain, internal(domain, _day(domain, each))) for each in operands]
            senses.append(meaning(name, values, domain.choices))
            holds(senses[-1], values[0])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None
    return lambda found: all(holds(sense, code(domain, found)) for sense in senses)


def _day(domain: Domain, value: Any) -> Any:
    """Return a value as callers hold it, a day also where it is written out."""
    return datetime.date.fromisoformat(value) if domain.type == "date" and isinstance(value, str) else value


def reached(program: Program, outcome: Outcome, is_wanted: Wanted) -> bool:
    """Return whether an outcome is what is wanted, whatever the facts that are not known turn out to be."""
    if HIT_POLICIES[program.decision.hit].gives == "limits":
        return is_wanted({limit.quantity: limit.verdict for limit in outcome.limits if limit.verdict is not None})
    sure = not outcome.may_conflict and not outcome.may_not_match and bool(outcome.possible)
    domains = {output.name: output.domain for output in program.decision.outputs}
    return sure and all(
        is_wanted(
            {name: internal(domains[name], value) for name, value in answer.items() if not isinstance(value, Mapping)}
        )
        for answer in outcome.possible
    )
