"""The decision laid out over everything that can change, and the cheapest paths through it."""

from __future__ import annotations

import bisect
import heapq
import math
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import assert_never

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.inference.counterfactuals.merged_strengths import merged
from hiprun.inference.counterfactuals.target import Wanted
from hiprun.inference.decision_diagram import (
    IMPOSSIBLE,
    DeadEnd,
    Diagram,
    Leaf,
    OutOfBudget,
    Place,
    Split,
    cells_of,
)
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policies import HIT_POLICIES, Extreme
from hiprun.inference.hit_policy import Ending, Gathered, Result, joined, take_first
from hiprun.inference.partial_assignment import Residual, situation
from hiprun.inference.partial_evaluation import Patient
from hiprun.inference.prepared_diagrams import as_truth
from hiprun.model import Model
from hiprun.model.value_objects import ValueObject

_MOST_STEPS = 20_000
"""How many places of the diagram are looked at for one path."""

_MOST_PARTIAL_PATHS = 500

Path = tuple[tuple[int, int], ...]
"""Variables with the cells they may lie in."""

WANTED: Result = (True,)
"""What a path that leads to a wanted answer ends in."""

Cost = Callable[[int, int], float]
"""What it costs that a variable lies in some cells; an infinity where it cannot."""


@attrs.frozen(slots=False)
class Layout(ValueObject):
    """A decision over everything that can change; the results of its diagram say whether an answer is wanted."""

    diagram: Diagram
    residual: Residual

    @cached_property
    def variables(self) -> list[int]:
        """The variables that the diagram asks for, in their order."""
        return sorted({split.variable for split in self.diagram.splits})

    @cached_property
    def size(self) -> int:
        """How many branches the diagram has."""
        return 1 + sum(len(split.branches) for split in self.diagram.splits)

    def least(self, cost: Cost, *, wanted: bool) -> list[float]:
        """Return for each node what it costs at least to get from there to a result that is wanted, or is not."""
        found: list[float] = []
        for node in self.diagram.nodes:
            match node:
                case DeadEnd():
                    found.append(math.inf)
                case Leaf(_, result):
                    found.append(0 if (result == WANTED) is wanted else math.inf)
                case Split(variable, branches):
                    found.append(min(cost(variable, cells) + found[place] for cells, place in branches))
                case _:
                    assert_never(node)
        return found

    def through(self, cost: Cost, *, wanted: bool) -> dict[tuple[int, int], float]:
        """Return for each cell of a variable what the rest of a way to a result costs at least that is wanted, or not.

        What it costs that the variable lies there is left out.
        """
        diagram, least = self.diagram, self.least(cost, wanted=wanted)
        spent = [math.inf] * len(diagram.nodes)
        spent[diagram.root] = 0
        found: dict[tuple[int, int], float] = {}
        beside: dict[int, float] = {}

        def passed(above: int, below: int, total: float) -> None:
            start, end = bisect.bisect_right(self.variables, above), bisect.bisect_left(self.variables, below)
            for variable in self.variables[start:end]:
                beside[variable] = min(total, beside.get(variable, math.inf))

        passed(-1, diagram.variable(diagram.root), least[diagram.root])
        for place in range(diagram.root, IMPOSSIBLE, -1):
            node, here = diagram.nodes[place], spent[place]
            for cells, below in node.branches if isinstance(node, Split) and here < math.inf else ():
                assert isinstance(node, Split)
                paid = here + cost(node.variable, cells)
                spent[below] = min(spent[below], paid)
                for cell in cells_of(cells):
                    total = min(here + least[below], found.get((node.variable, cell), math.inf))
                    found[node.variable, cell] = total
                if paid + least[below] < math.inf:
                    passed(node.variable, diagram.variable(below), paid + least[below])
        return {
            (variable, cell): min(total, beside.get(variable, math.inf)) for (variable, cell), total in found.items()
        }

    def partial_paths(self, cost: Cost, kept: Collection[int], *, wanted: bool) -> set[Path] | None:
        """Return what paths to a result that is wanted, or is not, say of variables in `kept`; None for too many."""
        found: list[set[Path]] = []
        for node in self.diagram.nodes[: self.diagram.root + 1]:
            match node:
                case DeadEnd():
                    found.append(set())
                case Leaf(_, result):
                    found.append({()} if (result == WANTED) is wanted else set())
                case Split(variable, branches):
                    here = [(cells, place) for cells, place in branches if cost(variable, cells) < math.inf]
                    steps = {cells: ((variable, cells),) if variable in kept else () for cells, _ in here}
                    found.append({(*steps[cells], *path) for cells, place in here for path in found[place]})
                case _:
                    assert_never(node)
            if len(found[-1]) > _MOST_PARTIAL_PATHS:
                return None
        return found[self.diagram.root]

    def paths(self, cost: Cost, *, wanted: bool) -> Iterator[Path]:
        """Yield the paths to a result that is wanted, or is not, the cheapest first."""
        diagram, least = self.diagram, self.least(cost, wanted=wanted)
        heap: list[tuple[float, int, float, Place, Path]] = [(least[diagram.root], 0, 0, diagram.root, ())]
        order = 0
        for _ in range(_MOST_STEPS):
            if not heap or heap[0][0] == math.inf:
                return
            _, _, spent, place, path = heapq.heappop(heap)
            node = diagram.nodes[place]
            if not isinstance(node, Split):
                yield path
                continue
            for cells, child in node.branches:
                so_far = spent + cost(node.variable, cells)
                order += 1
                step = (*path, (node.variable, cells))
                heapq.heappush(heap, (so_far + least[child], order, so_far, child, step))
        raise OutOfBudget


def layout_of(
    model: Model, program: Program, facts: Facts, is_wanted: Wanted, budget: int, count: Callable[[int], None]
) -> Layout:
    """Return a decision laid out over everything that can change; `count` is told how many steps that took.

    Raises `HiprunError` when that would take more work than `budget` allows.
    """
    fixed = {name: value for name, value in facts.known.items() if not model.facts[name].changeable}
    partial = {name: value for name, value in facts.partial.items() if not model.facts[name].changeable}
    patient = Patient(model, situation(model, program, Facts(fixed, partial)), budget)
    try:
        diagram = _diagram(patient, is_wanted)
    except OutOfBudget:
        raise too_much(program) from None
    finally:
        count(budget - patient.budget)
    return Layout(diagram, patient.residual)


def too_much(program: Program) -> HiprunError:
    """Return the error that says that the ways to an answer are too many."""
    message = f"Too many facts affect `{program.decision.name}` to search all the ways to an answer."
    help_ = "Pass more facts that cannot change, or a larger budget."
    return HiprunError([Problem("out-of-budget", message, help=help_)])


def _diagram(patient: Patient, is_wanted: Wanted) -> Diagram:
    program, circuit = patient.program, patient.residual.circuit
    if HIT_POLICIES[program.decision.hit].gives == "limits":
        parts = []
        for name, check in is_wanted.checks.items():
            verdicts = program.verdicts[name].items()
            parts.append(circuit.some([patient.open_node(node) for verdict, node in verdicts if check(verdict)]))
        return patient.explore(take_first, as_truth, [(circuit.every(parts), (True,))])
    policy = program.policy
    assert policy is not None
    nodes = [patient.open_node(program.branches[index].node) for index in policy.order]
    if isinstance(policy.hit, Extreme):
        candidates, finish_merged = merged(policy, policy.hit, nodes, is_wanted)
        return patient.explore(policy.advance, finish_merged, joined(circuit, policy.hit, candidates))
    names = [output.name for output in program.decision.outputs]
    finish = policy.finish

    def wanted(gathered: Gathered) -> Result:
        # only whether it is wanted matters: answers that are equally good must not look like different places
        result = finish(gathered)
        return (not isinstance(result, Ending) and is_wanted(dict(zip(names, result, strict=True))),)

    return patient.explore(policy.advance, wanted, list(zip(nodes, policy.payloads, strict=True)))
