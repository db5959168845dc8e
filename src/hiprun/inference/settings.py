"""Settings: values of all parameters together, and the constraints of a pack that they must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hiprun.errors import Problem
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import ground_constraints
from hiprun.inference.partial_assignment import situation
from hiprun.model import Constraint, Fact, Model, Parameter, parameters, refs
from hiprun.model.amounts import amount_text


def broken_constraints(parameters: Mapping[str, Parameter], constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return those of `constraints`, which are over parameters, that the values of these parameters break."""
    if not constraints:
        return []
    as_facts = {name: Fact(name, parameter.domain, "") for name, parameter in parameters.items()}
    model = Model("", "", "", facts=as_facts, parameters=parameters, constraints=tuple(constraints))
    program = ground_constraints(model)
    there = situation(model, program, Facts({name: parameter.value for name, parameter in parameters.items()}))
    return [entry for entry in constraints if there.truths[program.conditions[entry.never]]]


def impossible_setting(values: Mapping[str, Parameter], constraint: Constraint) -> Problem:
    """Return what to say of values that break a constraint over parameters."""
    names = list(dict.fromkeys([*(ref.name for ref in refs(constraint.never)), *parameters(constraint.never)]))
    shown = ", ".join(
        f"`{name}` {amount_text(values[name].value, values[name].domain, exactly=True)}" for name in names
    )
    reason = f" {constraint.because}" if constraint.because else ""
    return Problem(
        "impossible-setting",
        f"These values cannot be set together: {shown}.{reason}",
        help=f"Choose values that meet the constraint `{constraint.id}`.",
    )
