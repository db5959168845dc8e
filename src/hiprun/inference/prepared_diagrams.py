"""Decision diagrams that are made once for a program and narrowed down to each patient, instead of searched anew.

What remains of a diagram where some cells are ruled out is the diagram that a search for that patient would find. So
this holds as long as facts depend on one another by conditions alone: not while sums of them are open, and not where a
set is known in part.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from hiprun.inference.circuit import AND, FALSE, LITERAL, NOT, OR, TRUE, Circuit, Node
from hiprun.inference.decision_diagram import OutOfBudget
from hiprun.inference.diagram_composition import Composition
from hiprun.inference.grounding import Program
from hiprun.inference.hit_policy import Advance, Candidate, Ending, Gathered, Result, take_first
from hiprun.inference.narrowed_diagram import Memory, NarrowedDiagram, PreparedDiagram
from hiprun.inference.partial_assignment import Situation

MOST_STEPS = 5_000
"""How many steps making a diagram may take: far fewer than one patient may, so that patients never get less for it."""

_MOST_FOR_ONE = 2_000
"""The same for the diagram of one condition."""

STEPS_FOR_NEEDS = 100_000
"""How many steps may go into finding out which facts matter to one condition."""

_MOST_NODES = 5_000
"""How many nodes may gather on the way until that is begun anew."""

_MOST_VARIABLES = 400
"""Diagrams are walked by recursion, one variable deeper each time."""


Kept = TypeVar("Kept")


class Prospects(NamedTuple):
    """What a condition can still come to, and how much stays open once each of the facts that matter to it is known."""

    results: Sequence[Result]
    scores: Mapping[str, int] | None


class PreparedDiagrams:
    """The diagrams of one program, each made when it is first asked for, and what they say of single conditions.

    `steps_for_needs` is how many steps may go into finding out which facts matter to one of these.
    Threads may share them.
    """

    def __init__(self, program: Program, memory: Memory, steps_for_needs: int = STEPS_FOR_NEEDS) -> None:
        self.program, self._memory, self._steps_for_needs = program, memory, steps_for_needs
        self._prospects: dict[Hashable, Prospects] = {}
        self._asked: dict[Hashable, Sequence[int]] = {}
        self._kept: dict[Hashable, Any] = {}
        self._made: dict[Hashable, PreparedDiagram | None] = {}
        self._lock = threading.Lock()
        self._composition: Composition | None = None
        self._most_for_one = min(_MOST_FOR_ONE, MOST_STEPS // max(len(program.rules), 1))
        self._sums = [index for index, variable in enumerate(program.variables) if variable.kind == "sum"]
        self._sets = {variable.fact for variable in program.variables if variable.kind == "member"}
        self._read_once = _read_once(program.circuit)
        self._open_nodes: dict[bool, Sequence[bool]] = {}

    def fit(self, there: Situation) -> bool:
        """Return whether facts of this patient depend on one another by conditions alone."""
        if len(there.masks) > _MOST_VARIABLES or any(there.masks[index].bit_count() > 1 for index in self._sums):
            return False
        return self._sets.isdisjoint(there.facts.partial)

    def prospects(self, node: Node, masks: Sequence[int], *, conflict: bool, scored: bool) -> Prospects | None:
        """Return what a node can still come to; None where its diagram grows too large.

        With `scored`, the scores are among it where it is open, and None is returned also where these take too long.
        """
        full = self._of_node(node, conflict)
        if full is None:
            return None
        key = (node, conflict, *[masks[variable] for variable in self._asked[node, conflict]])
        found = self._prospects.get(key)
        if found is None or (scored and found.scores is None and len(found.results) > 1):
            found = self._prospect(full, masks, scored=scored)
            if found is not None:
                size = 1 + (len(key) + len(found.scores or ())) // 4
                self._memory.keep(self._prospects, key, found, size)
        return found

    def _prospect(self, full: PreparedDiagram, masks: Sequence[int], *, scored: bool) -> Prospects | None:
        if not scored:
            return Prospects(full.possible(masks), None)
        diagram = full.narrowed(masks)
        results = diagram.possible()
        if len(results) == 1:
            return Prospects(results, None)
        from hiprun.inference.needs_by_cells import NeedsByCells  # many conditions are settled without

        needs = NeedsByCells(diagram, self.program.speaking, self._steps_for_needs)
        scores = needs.scores()
        return Prospects(results, scores) if needs.exact else None

    def _of_node(self, node: Node, conflict: bool) -> PreparedDiagram | None:
        """Return the diagram of one condition."""
        key = node, conflict
        if key not in self._asked:
            found = self._full(
                key, lambda: self._composed(take_first, as_truth, [(node, (True,))], conflict, self._most_for_one)
            )
            self._asked[key] = [] if found is None else found.variables
        return self._made[key]

    def kept(self, key: Hashable, made: Callable[[], Kept], size: int = 2) -> Kept:
        """Return a part of conclusions, of `size` items, that follows from `key`, `made` once."""
        found: Kept | None = self._kept.get(key)
        if found is None:
            found = made()
            self._memory.keep(self._kept, key, found, size)
        return found

    def is_open(self, node: Node, *, conflict: bool) -> bool:
        """Return whether a node that no fact settles is sure to hold for some and not for others.

        That is so where its parts have nothing in common, with one another and with what is not allowed.
        """
        return self.open_nodes(conflict=conflict)[node]

    def open_nodes(self, *, conflict: bool) -> Sequence[bool]:
        """Return for each node whether it is open if no fact settles it; see `is_open`."""
        found = self._open_nodes.get(conflict)
        if found is None:
            support = self.program.circuit.support
            beside = support[self.program.allowed] | (support[self.program.conflict] if conflict else 0)
            found = [is_once and not own & beside for is_once, own in zip(self._read_once, support, strict=True)]
            self._open_nodes[conflict] = found
        return found

    def narrowed(
        self,
        key: Hashable,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        masks: Sequence[int],
        *,
        conflict: bool,
    ) -> NarrowedDiagram | None:
        """Return the diagram of `candidates`, nodes of the program, for a patient; None where it grows too large.

        `key` names the diagram.
        """
        diagram = self._full((key, conflict), lambda: self._composed(advance, finish, candidates, conflict, MOST_STEPS))
        return None if diagram is None else diagram.narrowed(masks)

    def _full(self, key: Hashable, compose: Callable[[], PreparedDiagram | None]) -> PreparedDiagram | None:
        if key not in self._made:
            with self._lock:
                self._made[key] = compose()
        return self._made[key]

    def _composed(
        self,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        conflict: bool,
        most_steps: int,
    ) -> PreparedDiagram | None:
        if self._composition is None or len(self._composition) > _MOST_NODES:
            self._composition = Composition(self.program)
        against = self.program.conflict if conflict else FALSE
        allowed = related(self.program.circuit, self.program.allowed, [against, *(node for node, _ in candidates)])
        policy = self.program.policy
        in_turn = advance is take_first or (policy is not None and policy.hit.says == "first")
        try:
            found = self._composition.diagram(
                advance, finish, candidates, in_turn=in_turn, conflict=against, allowed=allowed, most=most_steps
            )
        except OutOfBudget:
            return None
        return PreparedDiagram(found, self._memory) if self._memory.reserve(len(found.nodes)) else None


def as_truth(gathered: Gathered) -> Result:
    """Finish a search that only asks whether something holds."""
    return gathered if isinstance(gathered, Ending) else (gathered is not None,)


def related(circuit: Circuit, allowed: Node, nodes: Sequence[Node]) -> list[Node]:
    """Return the parts of `allowed` about the variables that `nodes` depend on, and about those tied to them by that.

    The rest can be kept whatever comes out, since facts that cannot occur together are refused before.
    """
    parts = list(circuit.parts[allowed]) if circuit.kinds[allowed] == AND else [allowed]
    support = 0
    for node in nodes:
        support |= circuit.support[node]
    kept: list[Node] = []
    while joining := [part for part in parts if circuit.support[part] & support]:
        for part in joining:
            parts.remove(part)
            support |= circuit.support[part]
        kept += joining
    return kept


def _read_once(circuit: Circuit) -> list[bool]:
    """Return for each node whether it is made of literals that all speak of different variables."""
    found = [True, True]
    for node in range(TRUE + 1, len(circuit.kinds)):
        kind, parts = circuit.kinds[node], circuit.parts[node]
        if kind == NOT:
            found.append(found[parts])
        elif kind in (AND, OR):
            mentioned = sum(circuit.support[part].bit_count() for part in parts)
            alone = mentioned == circuit.support[node].bit_count()
            found.append(alone and all(found[part] for part in parts))
        else:
            found.append(kind == LITERAL)
    return found
