"""One patient's facts laid over a program: which cells each variable may lie in, what holds, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from hiprun.inference.cells import cells_left, region_left
from hiprun.inference.circuit import TRUE, Circuit, Node
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.linked_facts import Ties, ties_of
from hiprun.inference.operators import Has, Leaf, Truth, meaning
from hiprun.inference.partial_values import Partial
from hiprun.inference.settled_nodes import Settled
from hiprun.model import Constraint, Model
from hiprun.model.value_objects import ValueObject


@attrs.frozen
class SettledSituation(ValueObject):
    """A program with a patient's facts in it that settle every node that counts; `truths` says how, by node."""

    program: Program
    facts: Facts
    truths: Sequence[Truth]


@attrs.frozen
class Situation(ValueObject):
    """A program with a patient's facts in it. `masks` has the cells each variable may lie in."""

    program: Program
    facts: Facts
    masks: tuple[int, ...]
    truths: tuple[Truth, ...]


def situation(model: Model, program: Program, facts: Facts) -> Situation:
    """Return what is known of `program` for a patient with these facts, row by row, in three-valued logic."""
    if program.lowered is not None:
        from hiprun.inference.tied_terms import with_terms

        facts, model = with_terms(model, program, facts), program.lowered
    return situation_of(program, facts, cells_left(model, program, facts))


def situation_of(program: Program, facts: Facts, masks: tuple[int, ...], settled: Settled | None = None) -> Situation:
    """Return the same for cells that are known already, those of `cells_left`, and perhaps what they settle."""
    if settled is not None:
        return Situation(program, facts, masks, settled.truths(len(program.circuit.kinds)))
    literals = program.masks

    def holds_for(node: Node, variable: int, _: Any) -> Truth:
        allowed, members = masks[variable], literals[node]
        common = allowed & members
        return False if not common else True if common == allowed else None

    return Situation(program, facts, masks, tuple(program.circuit.truths(holds_for)))


@attrs.frozen
class Residual(ValueObject):
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
    regions = {name: region_left(model.facts[name].domain, name, there.facts) for name in program.numbers}
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
