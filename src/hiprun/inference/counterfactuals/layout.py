"""The decision laid out over everything that can change, and the cheapest paths through it."""

from __future__ import annotations

import bisect
import heapq
import math
from collections.abc import Callable, Iterator, Sequence

import attrs

from hiprun.errors import HiprunError, Problem
from hiprun.inference.counterfactuals.target import Wanted
from hiprun.inference.decision_diagram import IMPOSSIBLE, Diagram, OutOfBudget, cells_of
from hiprun.inference.evaluation_state import Patient, as_truth
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import ADVANCE, Ending, Gathered, Result
from hiprun.inference.partial_assignment import Residual, situation
from hiprun.model import Model

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

    def through(self, cost: Cost, *, wanted: bool) -> dict[tuple[int, int], float]:
        """Return for each cell of a variable what the rest of a way to a result costs at least that is wanted, or not.

        What it costs that the variable lies there is left out.
        """
        diagram, least = self.diagram, self.least(cost, wanted=wanted)
        levels = sorted(set(diagram.levels))
        spent = [math.inf] * len(diagram.levels)
        if diagram.root >= 0:
            spent[diagram.root] = 0
        found: dict[tuple[int, int], float] = {}
        beside: dict[int, float] = {}

        def passed(above: int, below: int, total: float) -> None:
            for level in levels[bisect.bisect_right(levels, above) : bisect.bisect_left(levels, below)]:
                beside[level] = min(total, beside.get(level, math.inf))

        passed(-1, diagram.level(diagram.root), self._rest(least, diagram.root, wanted))
        for node in range(len(diagram.levels) - 1, -1, -1):
            level = diagram.levels[node]
            for cells, place in diagram.branches[node] if spent[node] < math.inf else ():
                rest, paid = self._rest(least, place, wanted), spent[node] + cost(level, cells)
                if place >= 0:
                    spent[place] = min(spent[place], paid)
                for cell in cells_of(cells):
                    found[level, cell] = min(spent[node] + rest, found.get((level, cell), math.inf))
                if paid + rest < math.inf:
                    passed(level, diagram.level(place), paid + rest)
        return {(level, cell): min(total, beside.get(level, math.inf)) for (level, cell), total in found.items()}

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
            verdicts = program.verdicts[name].items()
            parts.append(circuit.some([patient.open_node(node) for verdict, node in verdicts if check(verdict)]))
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
