"""The cells of facts: the stretches between cuts, in which all values are alike to a program.

A program's variables have cuts wherever some condition changes, and the cells lie between them. So a patient's facts
count only by the cells that each variable may lie in, written as the bits of a number: one bit where a fact is known,
all where nothing is. Two patients with the same cells are alike to a decision, but for facts that sums and formulas
work with. Backends that know many patients at once may work cells out in their own way, if they come to the same.
"""

from __future__ import annotations

import bisect
from typing import Any

from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import Cut, Region, of_domain
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.operators import code, meaning
from hiprun.inference.partial_values import Partial
from hiprun.inference.text_equivalence_classes import TextCells, cells_met
from hiprun.model import Domain, Model


def cells_left(model: Model, program: Program, facts: Facts) -> tuple[int, ...]:
    """Return for each variable of a program the cells it may lie in, as bits."""
    return tuple(_mask(model, program, variable, facts) for variable in program.variables)


def all_cells(variable: Variable) -> int:
    """Return the cells of a variable of which nothing is known."""
    return (1 << (len(variable.cuts) - 1)) - 1


def cell_of(variable: Variable, number: Any) -> int:
    """Return the cell that the code of a value lies in, as one bit."""
    return 1 << (bisect.bisect_left(variable.cuts, (number, 1)) - 1)


def _mask(model: Model, program: Program, variable: Variable, facts: Facts) -> int:
    everything = all_cells(variable)
    if variable.kind == "sum":
        return variable.mask((bounds(variable.terms, _hulls(model, facts, [name for name, _ in variable.terms])),))
    name = variable.fact
    if name in facts.known:
        value = facts.known[name]
        if variable.kind == "member":
            assert isinstance(value, frozenset)
            return cell_of(variable, int(variable.choice in value))
        domain = model.facts[name].domain
        number = program.texts[name].of(str(value)) if domain.type == "string" else code(domain, value)
        return cell_of(variable, number)
    partial = facts.partial.get(name)
    if partial is None:
        return everything
    if variable.kind == "member":
        return everything  # what is said of a set ties its members together and is kept as a condition
    if partial.region is None:
        return _text_mask(program.texts[name], variable, partial)
    return variable.mask(partial.region)


def _text_mask(cells: TextCells, variable: Variable, partial: Partial) -> int:
    senses = [meaning(operator, operands) for operator, operands in partial.tests]
    found = 0
    for number in cells_met(cells, senses):
        found |= cell_of(variable, number)
    return found


def _hulls(model: Model, facts: Facts, names: list[str]) -> dict[str, tuple[Cut, Cut]]:
    domains = {name: model.facts[name].domain for name in names}
    return {name: hull(region_left(domain, name, facts), domain) for name, domain in domains.items()}


def region_left(domain: Domain, name: str, facts: Facts) -> Region:
    """Return where the number of a fact may lie."""
    if name in facts.known:
        value: Any = facts.known[name]
        return (((value, 0), (value, 1)),)
    partial = facts.partial.get(name)
    return of_domain(domain) if partial is None or partial.region is None else partial.region
