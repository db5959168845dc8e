"""The decision laid out over everything that can change, and the cheapest paths through it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, assert_never

from hiprun.errors import HiprunError, Problem
from hiprun.inference.counterfactuals.target import Wanted
from hiprun.inference.decision_diagram import DeadEnd, Diagram, Leaf, OutOfBudget, Place, Split
from hiprun.inference.evaluation_state import Patient, as_truth
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Ending, Gathered, Result, take_first
from hiprun.inference.intervals import Region
from hiprun.inference.operators import code
from hiprun.inference.partial_assignment import situation
from hiprun.model import Domain, Model, Number
from hiprun.model.values import tidy

_MOST_STEPS = 20_000
"""How many places of the diagram are looked at for paths."""

Path = tuple[tuple[int, int], ...]
"""Variables with the cells they may lie in."""


WANTED: Result = (True,)
"""What a path that leads to a wanted answer ends in."""


def layout(model: Model, program: Program, facts: Facts, is_wanted: Wanted, budget: int) -> Diagram:
    """Return the diagram over everything that can change; its results say whether an answer is wanted.

    Raises `HiprunError` when the diagram would take more work than `budget` allows.
    """
    try:
        return _layout(model, program, facts, is_wanted, budget)
    except OutOfBudget:
        message = f"So many facts bear on `{program.decision.name}` that the ways to an answer are too many to search."
        help_ = "Give more facts that cannot change, or a larger budget."
        raise HiprunError([Problem("out-of-budget", message, help=help_)]) from None


def _layout(model: Model, program: Program, facts: Facts, is_wanted: Wanted, budget: int) -> Diagram:
    fixed = {name: value for name, value in facts.known.items() if not model.facts[name].changeable}
    partial = {name: value for name, value in facts.partial.items() if not model.facts[name].changeable}
    patient = Patient(model, situation(model, program, Facts(fixed, partial)), budget)
    if HIT_POLICIES[program.decision.hit].gives == "limits":
        return _limits_layout(patient, is_wanted)
    policy = program.policy
    assert policy is not None
    payloads = tuple(tuple(map(patient.resolved, payload)) for payload in policy.payloads)
    nodes = [patient.open_node(program.branches[index].node) for index in policy.order]
    names = [output.name for output in program.decision.outputs]
    finish = policy.finish

    def wanted(gathered: Gathered) -> Result:
        # only whether it is wanted matters: answers that are equally good must not look like different places
        result = finish(gathered)
        return (not isinstance(result, Ending) and is_wanted(dict(zip(names, result, strict=True))),)

    return patient.explore(policy.advance, wanted, list(zip(nodes, payloads, strict=True)))


def _limits_layout(patient: Patient, is_wanted: Wanted) -> Diagram:
    circuit = patient.residual.circuit
    parts = []
    for name, check in is_wanted.checks.items():
        nodes = patient.program.verdicts[name].items()
        parts.append(circuit.some([patient.open_node(node) for verdict, node in nodes if check(verdict)]))
    return patient.explore(take_first, as_truth, [(circuit.every(parts), (True,))])


def cheapest_paths(model: Model, program: Program, diagram: Diagram, facts: Facts) -> Iterator[Path]:
    """Yield the paths to a wanted result, those with the fewest changes first."""
    current = [_current_cell(model, variable, program, facts) for variable in program.variables]

    def moved(variable: int, cells: int) -> int:
        if variable >= len(current):
            return 0
        now = current[variable]
        return int(now is None or bool(now & ~cells))

    least = _fewest(diagram, moved)
    order = 0
    heap: list[tuple[float, int, int, Place, Path]] = [(least[diagram.root], order, 0, diagram.root, ())]
    for _ in range(_MOST_STEPS):
        if not heap or heap[0][0] == math.inf:
            return
        _, _, spent, place, path = heapq.heappop(heap)
        node = diagram.nodes[place]
        if not isinstance(node, Split):
            yield path
            continue
        for cells, child in node.branches:
            cost = spent + moved(node.variable, cells)
            order += 1
            heapq.heappush(heap, (cost + least[child], order, cost, child, (*path, (node.variable, cells))))


def _fewest(diagram: Diagram, moved: Callable[[int, int], int]) -> list[float]:
    """Return for each node how few changes lead from it to a wanted result; infinity where none do."""
    least: list[float] = []
    for node in diagram.nodes:
        match node:
            case DeadEnd():
                least.append(math.inf)
            case Leaf(_, result):
                least.append(0 if result == WANTED else math.inf)
            case Split(variable, branches):
                least.append(min(moved(variable, cells) + least[place] for cells, place in branches))
            case _:
                assert_never(node)
    return least


def _current_cell(model: Model, variable: Variable, program: Program, facts: Facts) -> int | None:
    """Return the cells that a variable may lie in now, as bits; None while nothing is known."""
    partial = facts.partial.get(variable.fact) if variable.kind == "fact" else None
    if partial is not None and partial.region is not None:
        return variable.mask(partial.region)
    if any(name not in facts.known for name in variable.facts):
        return None
    return variable.mask(point(_current_number(model, variable, program, facts)))


def point(number: Number) -> Region:
    """Return the region of one number."""
    return (((number, 0), (number, 1)),)


def _current_number(model: Model, variable: Variable, program: Program, facts: Facts) -> Number:
    if variable.kind == "sum":
        known: Mapping[str, Any] = facts.known
        return tidy(sum((factor * known[name] for name, factor in variable.terms), Fraction(0)))
    value: Any = facts.known[variable.fact]
    if variable.kind == "member":
        return int(variable.choice in value)
    return code_of(program, model.facts[variable.fact].domain, variable.fact, value)


def code_of(program: Program, domain: Domain, name: str, value: Any) -> Number:
    """Return what comparisons of a fact's value are made on."""
    if domain.type == "string":
        return program.texts[name].of(str(value))
    number: Number = code(domain, value)
    return number
