"""Settings: values of all parameters together, and the constraints of a pack that they must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from hiprun.errors import ParameterError, Problem, did_you_mean
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import ground_constraints
from hiprun.inference.partial_assignment import situation
from hiprun.inference.reader_texts import for_nobody
from hiprun.model import Constraint, Fact, Model, Parameter, parameters, refs
from hiprun.model.amounts import amount_text
from hiprun.model.value_conversion import exact, text


def with_settings(model: Model, values: Mapping[str, Any]) -> Model:
    """Return a model with other values for some parameters; raises `ParameterError` with every problem."""
    problems: list[Problem] = []
    changed = dict(model.parameters)
    for name, value in values.items():
        parameter = changed.get(name)
        if parameter is None:
            help_ = did_you_mean(name, model.parameters)
            problems.append(Problem("unknown-parameter", f"`{name}` is not a parameter of this pack.", help=help_))
            continue
        problem, number = parameter_value(parameter, value)
        if problem is not None:
            problems.append(problem)
        else:
            changed[name] = attrs.evolve(parameter, value=number)
    if problems:
        raise ParameterError(problems)
    model = attrs.evolve(model, parameters=changed)
    if broken_constraints(changed, model.parameter_constraints):
        broken = broken_constraints(changed, for_nobody(model).parameter_constraints)
        raise ParameterError([impossible_setting(changed, entry) for entry in broken])
    return model


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


def parameter_value(parameter: Parameter, value: Any) -> tuple[Problem | None, Any]:
    """Return what is wrong with a value for a parameter, or the exact number that it is."""
    try:
        number = None if isinstance(value, bool | str) else exact(value)
    except (TypeError, ValueError, AttributeError):
        number = None
    if number is None:
        return Problem("wrong-type", f"`{parameter.name}` needs a number."), None
    if parameter.type == "integer" and number.denominator != 1:
        return Problem("not-whole", f"`{parameter.name}` needs a whole number, not {text(number)}."), None
    if parameter.is_fixed and number != parameter.value:
        message = (
            f"`{parameter.name}` is {amount_text(parameter.value, parameter.domain, exactly=True)} and cannot be set."
        )
        help_ = "Give it a `range` in the rules; proofs then cover every value in it."
        return Problem("fixed-parameter", message, help=help_), None
    low, high = parameter.lowest, parameter.highest
    if (low is not None and number < low) or (high is not None and number > high):
        ends = " to ".join(text(end) if end is not None else "any" for end in (low, high))
        message = f"`{parameter.name}` cannot be {text(number)}: its range is {ends} {parameter.unit}".rstrip() + "."
        return Problem("out-of-range", message, help="Choose a value within that range."), None
    return None, number
