"""One patient's facts laid over a program: which cells each variable may lie in, what holds, what is open."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from hiprun.inference.circuit import TRUE, Circuit, Node
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.interval_sets import Cut
from hiprun.inference.linear_constraints import bounds, hull
from hiprun.inference.linked_facts import Ties, ties_of
from hiprun.inference.operators import Has, Leaf, Truth, code, meaning
from hiprun.inference.partial_values import Partial
from hiprun.inference.text_equivalence_classes import TextCells, cells_met
from hiprun.inference.tied_terms import region_of_fact, with_terms
from hiprun.model import Constraint, Model


@attrs.frozen
class SettledSituation:
    """A program with a patient's facts in it that settle every node that counts; `truths` says how, by node."""

    program: Program
    facts: Facts
    truths: Sequence[Truth]


@attrs.frozen
class Situation:
    """A program with a patient's facts in it. `masks` has the cells each variable may lie in."""

    program: Program
    facts: Facts
    masks: tuple[int, ...]
    truths: tuple[Truth, ...]


def situation(model: Model, program: Program, facts: Facts) -> Situation:
    """Return what is known of `program` for a patient with these facts, row by row, in three-valued logic."""
    if program.lowered is not None:
        facts, model = with_terms(model, program, facts), program.lowered
    masks = tuple(_mask(model, program, variable, facts) for variable in program.variables)
    literals = program.masks

    def holds_for(node: Node, variable: int, _: Any) -> Truth:
        allowed, members = masks[variable], literals[node]
        common = allowed & members
        return False if not common else True if common == allowed else None

    return Situation(program, facts, masks, tuple(program.circuit.truths(holds_for)))


def _mask(model: Model, program: Program, variable: Variable, facts: Facts) -> int:
    everything = (1 << (len(variable.cuts) - 1)) - 1
    if variable.kind == "sum":
        return variable.mask((bounds(variable.terms, _hulls(model, facts, [name for name, _ in variable.terms])),))
    name = variable.fact
    if name in facts.known:
        value = facts.known[name]
        if variable.kind == "member":
            assert isinstance(value, frozenset)
            return 1 << _cell(variable, int(variable.choice in value))
        domain = model.facts[name].domain
        number = program.texts[name].of(str(value)) if domain.type == "string" else code(domain, value)
        return 1 << _cell(variable, number)
    partial = facts.partial.get(name)
    if partial is None:
        return everything
    if variable.kind == "member":
        return everything  # what is said of a set ties its members together and is kept as a condition
    if partial.region is None:
        return _text_mask(program.texts[name], variable, partial)
    return variable.mask(partial.region)


def _cell(variable: Variable, number: Any) -> int:
    return bisect.bisect_left(variable.cuts, (number, 1)) - 1


def _text_mask(cells: TextCells, variable: Variable, partial: Partial) -> int:
    senses = [meaning(operator, operands) for operator, operands in partial.tests]
    found = 0
    for number in cells_met(cells, senses):
        found |= 1 << _cell(variable, number)
    return found


def _hulls(model: Model, facts: Facts, names: list[str]) -> dict[str, tuple[Cut, Cut]]:
    domains = {name: model.facts[name].domain for name in names}
    return {name: hull(region_of_fact(model, name, facts), domain) for name, domain in domains.items()}


@attrs.frozen
class Residual:
    """What is left of a program: a circuit over the cells that are still open, and what each old node became.

    `facts` has the facts each of its variables speaks of, of which more than in the program may be needed.
    """

    circuit: Circuit
    nodes: list[Node]
    allowed: Node
    ties: Ties | None
    facts: list[tuple[str, ...]]


def residual(model: Model, there: Situation, constraints: Iterable[Constraint] | None = None) -> Residual:
    """Return the part of a situation that the known facts leave open; with `constraints` as if these were all."""
    program = there.program
    model = program.lowered or model
    circuit = Circuit(there.masks, _meet, _join, _without)
    literals = program.masks
    nodes = program.circuit.residual(there.truths, circuit, lambda node, _variable, _members: literals[node])
    names = [variable.facts_beside(there.facts.known) for variable in program.variables]
    said: list[Node] = []
    for name, partial in there.facts.partial.items():
        said.append(_said(model, program, circuit, name, partial))
        names += [(name,)] * (len(circuit.full) - len(names))
    permitted = [nodes[program.allowed]]
    if constraints is not None:
        permitted = [circuit.negate(nodes[program.conditions[entry.never]]) for entry in constraints]
    allowed = circuit.every([*permitted, *said])
    regions = {name: region_of_fact(model, name, there.facts) for name in program.numbers}
    ties = ties_of(model, program, there.masks, regions, there.facts.known)
    return Residual(circuit, nodes, allowed, ties, names)


def _meet(first: int, second: int) -> int:
    return first & second


def _join(first: int, second: int) -> int:
    return first | second


def _without(first: int, second: int) -> int:
    return first & ~second


def _said(model: Model, program: Program, circuit: Circuit, name: str, partial: Partial) -> Node:
    """Return what was said of a set that is not known whole, as a condition on its members."""
    domain = model.facts[name].domain
    present = {
        variable.choice: index
        for index, variable in enumerate(program.variables)
        if variable.kind == "member" and variable.fact == name
    }
    if not present:
        return TRUE
    for choice in domain.choices:
        if choice not in present:
            present[choice] = circuit.variable(0b11)

    def has(part: Leaf) -> Node:
        assert isinstance(part, Has)  # sets are compared by their members
        return circuit.literal(present[part.choice], 0b10)

    return circuit.every(
        [circuit.meant(meaning(operator, operands, domain.choices), has) for operator, operands in partial.tests]
    )
