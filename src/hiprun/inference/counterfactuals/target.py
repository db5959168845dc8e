"""Which answer is wanted, checked on entry."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from hiprun.errors import HiprunError, Problem, did_you_mean
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.linear_constraints import Linear
from hiprun.inference.operators import OPERATORS, code, holds, meaning
from hiprun.inference.outcome import Outcome
from hiprun.model import Constant, Domain, Ref, Test
from hiprun.model.value_conversion import internal
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class Wanted(ValueObject):
    """The wanted value of each output, as a check on model values; `tests` says the same as a condition."""

    checks: Mapping[str, Callable[[Any], bool]] = attrs.field(hash=False)
    tests: tuple[Test, ...] = ()

    def __call__(self, values: Mapping[str, Any]) -> bool:
        """Return whether these outputs, as the model holds them, are what is wanted."""
        # a formula that is not worked out yet may come to anything
        return all(
            name in values and (isinstance(values[name], Linear) or check(values[name]))
            for name, check in self.checks.items()
        )


def check_wanted(program: Program, wanted: Mapping[str, Any]) -> Wanted:
    """Return what is wanted of a decision, or raise `HiprunError` with every problem in it."""
    decision = program.decision
    if HIT_POLICIES[decision.hit].gives == "items":
        message = f"`{decision.name}` collects a list, so it has no single answer to look for."
        raise HiprunError([Problem("no-single-answer", message)])
    outputs = [output.name for output in decision.outputs]
    problems: list[Problem] = []
    checks: dict[str, Callable[[Any], bool]] = {}
    tests: list[Test] = []
    for name, value in wanted.items():
        if name not in outputs:
            help_ = did_you_mean(name, outputs)
            problems.append(Problem("unknown-output", f"`{name}` is not an output of `{decision.name}`.", help=help_))
            continue
        domain = decision.condition_domain(name)
        check = _check(domain, value)
        if check is None:
            help_ = did_you_mean(str(value), domain.choices) if domain.choices else ""
            problems.append(Problem("bad-answer", f"`{decision.name}.{name}` never has that value.", help=help_))
        else:
            checks[name] = check
            tests += _as_tests(Ref("output", name, decision.name), domain, value)
    if problems or not wanted:
        raise HiprunError(problems or [Problem("bad-answer", "Say which answer you want, such as result: ready.")])
    return Wanted(checks, tuple(tests))


def _as_tests(ref: Ref, domain: Domain, value: Any) -> Iterator[Test]:
    for name, operand in (value if isinstance(value, Mapping) else {"is": value}).items():
        operands = [internal(domain, _day(domain, each)) for each in _operands(name, operand)]
        yield Test(ref, name, tuple(Constant(each) if domain.is_numeric else each for each in operands))


def _operands(name: str, operand: Any) -> Iterable[Any]:
    return operand if OPERATORS[name].operands != "one" else (operand,)


def _check(domain: Domain, value: Any) -> Callable[[Any], bool] | None:
    tests = value if isinstance(value, Mapping) else {"is": value}
    try:
        senses = []
        for name, operand in tests.items():
            values = [code(domain, internal(domain, _day(domain, each))) for each in _operands(name, operand)]
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
        verdicts = {limit.quantity: limit.verdict for limit in outcome.limits if limit.verdict is not None}
        return not outcome.may_conflict and is_wanted(verdicts)
    sure = not outcome.may_conflict and not outcome.may_not_match and bool(outcome.possible)
    domains = {output.name: output.domain for output in program.decision.outputs}
    return sure and all(
        is_wanted(
            {name: internal(domains[name], value) for name, value in answer.items() if not isinstance(value, Mapping)}
        )
        for answer in outcome.possible
    )
