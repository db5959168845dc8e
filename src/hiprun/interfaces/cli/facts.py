"""`hiprun facts`: what can be asked, what can be set, and what cannot be set together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from hiprun.inference.outcome_text import prose, wrapped
from hiprun.inference.reader_texts import for_nobody
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import json_option, pack_at, pack_options
from hiprun.language.export.conditions import condition_data
from hiprun.language.export.yaml_layout import inline_text
from hiprun.model import Constraint, Domain, Fact, Parameter
from hiprun.model.amounts import amount_text
from hiprun.model.value_conversion import plain, public
from hiprun.model.value_notation import notation

_KINDS = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "choice": "one of",
    "set": "any of",
    "string": "text",
    "date": "date",
}


@click.command()
@pack_options
@json_option
def facts(rules: str | None, settings: tuple[str, ...], as_json: bool) -> None:
    """List the facts of a pack, and the parameters you can set.

    The constraints that parameters must keep are listed too.
    """
    pack = pack_at(rules, settings)
    constraints = for_nobody(pack.model).parameter_constraints
    if as_json:
        console.print_json(
            {
                "facts": [_fact_data(fact) for fact in pack.facts.values()],
                "parameters": [_parameter_data(parameter) for parameter in pack.parameters.values()],
                "constraints": [_constraint_data(constraint) for constraint in constraints],
            }
        )
        return
    for fact in pack.facts.values():
        console.print_block(_fact_lines(fact))
    if pack.parameters:
        click.echo("\nParameters, to set with --set name=value:")
    for parameter in pack.parameters.values():
        console.print_block(_parameter_lines(parameter))
    if constraints:
        click.echo("\nParameters must not be set so that:")
    for constraint in constraints:
        console.print_block(_constraint_lines(constraint))


def _bounds(domain: Domain) -> list[Any] | None:
    if domain.lowest is None or domain.highest is None:
        return None
    return [public(domain, domain.lowest), public(domain, domain.highest)]


def _fact_lines(fact: Fact) -> Iterator[str]:
    domain = fact.domain
    bounds = _bounds(domain)
    span = f" from {notation(bounds[0])} to {notation(bounds[1])}" if bounds else ""
    unit = f", {domain.unit}" if domain.unit else ""
    choices = f" {', '.join(domain.choices)}" if domain.choices else ""
    yield from wrapped(f"{fact.name}: {_KINDS[domain.type]}{span}{unit}{choices}")
    yield from prose(fact.ask, "    ")


def _fact_data(fact: Fact) -> dict[str, Any]:
    domain = fact.domain
    return {
        "name": fact.name,
        "ask": fact.ask,
        "type": domain.type,
        "choices": dict(domain.choices),
        "range": plain(_bounds(domain)),
        "unit": domain.unit,
        "worse": domain.worse,
        "because": fact.because,
    }


def _parameter_lines(parameter: Parameter) -> Iterator[str]:
    bounds = _bounds(parameter.domain)
    span = f" (from {notation(bounds[0])} to {notation(bounds[1])})" if bounds else ""
    yield from wrapped(f"{parameter.name}: {amount_text(parameter.value, parameter.domain, exactly=True)}{span}")
    yield from prose(parameter.title, "    ")


def _parameter_data(parameter: Parameter) -> dict[str, Any]:
    domain = parameter.domain
    return {
        "name": parameter.name,
        "title": parameter.title,
        "type": parameter.type,
        "value": plain(public(domain, parameter.value)),
        "range": plain(_bounds(domain)),
        "unit": parameter.unit,
    }


def _constraint_lines(constraint: Constraint) -> Iterator[str]:
    yield from wrapped(f"{constraint.id}: {inline_text(condition_data(constraint.never))}")
    yield from prose(constraint.because, "    ")


def _constraint_data(constraint: Constraint) -> dict[str, Any]:
    return {"id": constraint.id, "never": condition_data(constraint.never), "because": constraint.because}
