"""The decision laid out over everything that can change, and the cheapest paths through it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.facts import Facts
from hiprun.kernel.diagram import IMPOSSIBLE, Diagram, OutOfBudget
from hiprun.kernel.ground import Program
from hiprun.kernel.patient import Patient, as_truth
from hiprun.kernel.policy import ADVANCE, Ending, Gathered, Result
from hiprun.kernel.situation import Residual, situation
from hiprun.model import Model
from hiprun.ways.wanted import Wanted

_MOST_STEPS = 20_000
"""How many places of the diagram are looked at for one path."""

Path = tuple[tuple[int, int], ...]
"""Variables with the cells they may lie in."""

Cost = Callable[[int, int], float]
"""What it costs that a variable lies in some cells; an infinity where it cannot."""


@attrs.frozen
class Layout:
    """A decision over everything that can change. `wanted` has the results that are wanted, as places."""

    diagram: Diagram
    residual: Residual
    wanted: frozenset[int]

    def least(self, cost: Cost, *, wanted: bool) -> list[float]:
        """Return for each node what it costs at least to get from there to a result that is wanted, or is not."""
        found: list[float] = []
        for level, branches in zip(self.diagram.levels, self.diagram.branches, strict=True):
            found.append(min(cost(level, cells) + self._rest(found, place, wanted) for cells, place in branches))
        return found

    def cheapest(self, cost: Cost, *, wanted: bool) -> float:
        """Return what it costs at least to get to a result that is wanted, or is not."""
        return self._rest(self.least(cost, wanted=wanted), self.diagram.root, wanted)

    def paths(self, cost: Cost, *, wanted: bool) -> Iterator[Path]:
        """Yield the paths to a result that is wanted, or is not, the cheapest first."""
        diagram, least = self.diagram, self.least(cost, wanted=wanted)
        start = self._rest(least, diagram.root, wanted)
        heap: list[tuple[float, int, float, int, Path]] = [(start, 0, 0, diagram.root, ())]
        order = 0
        for _ in range(_MOST_STEPS):
            if not heap or heap[0][0] == math.inf:
                return
            _, _, spent, place, path = heapq.heappop(heap)
            if place < 0:
                yield path
                continue
            level = diagram.levels[place]
            for cells, child in diagram.branches[place]:
                so_far = spent + cost(level, cells)
                order += 1
                entry = (so_far + self._rest(least, child, wanted), order, so_far, child, (*path, (level, cells)))
                heapq.heappush(heap, entry)
        raise OutOfBudget

    def _rest(self, least: Sequence[float], place: int, wanted: bool) -> float:
        if place >= 0:
            return least[place]
        return 0 if place != IMPOSSIBLE and (place in self.wanted) is wanted else math.inf


def layout(model: Model, program: Program, facts: Facts, is_wanted: Wanted, budget: int) -> Layout:
    """Return a decision laid out over everything that can change.

    Raises `HiprunError` when that would take more work than `budget` allows.
    """
    fixed = {name: value for name, value in facts.known.items() if not model.facts[name].changeable}
    partial = {name: value for name, value in facts.partial.items() if not model.facts[name].changeable}
    patient = Patient(model, situation(model, program, Facts(fixed, partial)), budget)
    try:
        diagram = _diagram(patient, is_wanted)
    except OutOfBudget:
        raise too_much(program) from None
    wanted = frozenset(-2 - index for index, result in enumerate(diagram.results) if result == (True,))
    return Layout(diagram, patient.residual, wanted)


def too_much(program: Program) -> HiprunError:
    """Return the error that says that the ways to an answer are too many."""
    message = f"So many facts bear on `{program.decision.name}` that the ways to an answer are too many to search."
    help_ = "Give more facts that cannot change, or a larger budget."
    return HiprunError([Problem("out-of-budget", message, help=help_)])


def _diagram(patient: Patient, is_wanted: Wanted) -> Diagram:
    program, circuit = patient.program, patient.residual.circuit
    if program.decision.hit == "limits":
        parts = []
        for name, check in is_wanted.checks.items():
            nodes = program.verdicts[name].items()
            parts.append(circuit.some([patient.open_node(node) for verdict, node in nodes if check(verdict)]))
        return patient.explore(ADVANCE["first"], as_truth, [(circuit.every(parts), (True,))])
    policy = program.policy
    assert policy is not None
    nodes = [patient.open_node(program.branches[index].node) for index in policy.order]
    names = [output.name for output in program.decision.outputs]
    finish = policy.finish

    def wanted(gathered: Gathered) -> Result:
        # only whether it is wanted matters: answers that are equally good must not look like different places
        result = finish(gathered)
        return (not isinstance(result, Ending) and is_wanted(dict(zip(names, result, strict=True))),)

    return patient.explore(policy.advance, wanted, list(zip(nodes, policy.payloads, strict=True)))
