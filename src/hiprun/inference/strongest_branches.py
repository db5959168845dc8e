"""Which rules give outputs their strongest values: ways in which they do, of which one holds, and who adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from math import inf

import attrs

from hiprun.inference.circuit import FALSE, Node
from hiprun.inference.hit_policy import OTHERWISE, Branch, Grounding, Policy
from hiprun.model import Decision

_STEP = 4
"""How many parts of conditions it counts as to compare what two rules give."""


def strongest(grounding: Grounding, outputs: Sequence[str], branches: Sequence[Branch], sign: int) -> list[Branch]:
    """Return a branch for each way in which the outputs get their strongest values from `branches`.

    `sign` is that of the stronger of two numbers less the weaker one. Of outputs that different rules give, a branch
    has the rule of the first.
    """
    found: list[Branch] = []
    for number, name in enumerate(outputs):
        own = _of_output(grounding, name, branches, sign)
        grounding.circuit.count(_STEP * len(own) * max(len(found), 1))
        found = _joined(grounding, found, own) if number else own
    return found


def rivalled(grounding: Grounding, decision: Decision, policy: Policy, rule: int) -> Node:
    """Return the node that holds where each output that a rule gives has something as strong from another rule.

    With `OTHERWISE`, where each output has something from a rule. What rules give must not depend on the patient.
    """
    branches = grounding.branches(decision)
    given = [(branches[position], payload) for position, payload in zip(policy.order, policy.payloads, strict=True)]
    own = [payload for branch, payload in given if branch.rule == rule]
    rivals = [(branch.node, payload) for branch, payload in given if branch.rule not in (rule, OTHERWISE)]
    found: list[Node] = []
    for index in range(len(policy.outputs)):
        strengths = [payload[index] for payload in own if payload[index] is not None]
        if strengths or rule == OTHERWISE:
            least = max(strengths, default=-inf)
            strong = [payload[index] is not None and payload[index] >= least for _, payload in rivals]
            found.append(grounding.circuit.some([node for node, _ in compress(rivals, strong)]))
    return grounding.circuit.every(found) if found else FALSE


def _joined(grounding: Grounding, rows: Sequence[Branch], more: Sequence[Branch]) -> list[Branch]:
    pairs = [(row, branch, grounding.circuit.every((row.node, branch.node))) for row in rows for branch in more]
    return [
        attrs.evolve(row, node=node, values={**row.values, **branch.values})
        for row, branch, node in pairs
        if node != FALSE
    ]


def _of_output(grounding: Grounding, name: str, branches: Sequence[Branch], sign: int) -> list[Branch]:
    """Return what gives an output its value: each branch, where none gives more, nor one before it as much."""
    circuit = grounding.circuit
    found: list[Branch] = []
    for place, branch in enumerate(branches):
        circuit.count(_STEP * len(branches))
        beaten = [
            circuit.every((other.node, grounding.compare(other.values[name], branch.values[name], signs)))
            for other, signs in _rivals(branches, place, sign)
        ]
        node = circuit.every((branch.node, circuit.negate(circuit.some(beaten))))
        if node != FALSE:
            found.append(Branch(branch.rule, node, {name: branch.values[name]}, is_arranged=True))
    return found


def _rivals(branches: Sequence[Branch], place: int, sign: int) -> list[tuple[Branch, frozenset[int]]]:
    """Return all other branches, each with how its number compares where it comes out instead."""
    before = [(other, frozenset({0, sign})) for other in branches[:place]]
    return [*before, *((other, frozenset({sign})) for other in branches[place + 1 :])]
