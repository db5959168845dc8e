"""What can still come out, shown by examples where a diagram of it would be too large.

Rows that overlap at random leave more combinations than can be laid out, though almost everything can come out
whatever one fact turns out to be. So completions are looked for that show every result beside every cell of every fact.
Where these are found, they say as much as the diagram: what is possible, and that no fact alone narrows it. Where one
is not found, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hiprun.inference.circuit import AND, LITERAL, NOT, OR, TOTAL, TRUE, Circuit, Node, set_bits
from hiprun.inference.hit_policy import Advance, Candidate, Gathered, Result

Cells = list[int]
"""A completion: the cell in which each variable lies."""


def variables_if_all_shown(
    circuit: Circuit,
    advance: Advance,
    finish: Callable[[Gathered], Result],
    candidates: Sequence[Candidate],
    results: Sequence[Result],
    budget: int,
) -> list[int]:
    """Return the variables that make a difference, where each of them leaves every one of `results` possible.

    `results` has all that can come out, or more; every combination of cells is allowed. Nothing is returned where
    that is not so, or is not found in `budget` steps, each of which looks at one part of a condition or one rule.
    """
    return _Search(circuit, advance, finish, candidates, results, budget).variables()


class _Search:
    def __init__(
        self,
        circuit: Circuit,
        advance: Advance,
        finish: Callable[[Gathered], Result],
        candidates: Sequence[Candidate],
        results: Sequence[Result],
        budget: int,
    ) -> None:
        self._circuit, self._roots = circuit.cone(node for node, _ in candidates)
        self._payloads = [payload for _, payload in candidates]
        self._advance, self._finish, self._budget = advance, finish, budget
        full, supports = self._circuit.full, self._circuit.support
        support = 0
        for node in self._roots:
            support |= supports[node]
        self._variables = set_bits(support)
        self._nodes = range(TRUE + 1, len(self._circuit.kinds))
        self._behind = {
            index: [node for node in self._nodes if supports[node] >> index & 1] for index in self._variables
        }
        self._missing = {result: {index: full[index] for index in self._variables} for result in results}
        self._alike = set(self._variables)
        """The variables of which it is not seen yet that they make a difference."""

    def variables(self) -> list[int]:
        """Return the variables, all of which make a difference; none where something is not shown."""
        if TOTAL in self._circuit.kinds:
            return []
        for cells in self._starts():
            self._vary(cells)
            if not self._alike and not any(cells for missing in self._missing.values() for cells in missing.values()):
                return self._variables
            if self._budget < 0:
                break
        return []

    def _starts(self) -> Iterator[Cells]:
        """Yield completions to begin with: the highest and the lowest cells, then for each rule those that meet it."""
        full = self._circuit.full
        ends = [[1 << (cells.bit_length() - 1) for cells in full], [cells & -cells for cells in full]]
        yield from ends
        for end in ends:
            for node in self._roots:
                yield self._meeting(node, end)

    def _meeting(self, root: Node, cells: Cells) -> Cells:
        """Return a completion changed to meet a node, as far as that is seen without trying."""
        found, waiting = list(cells), [(root, True)]
        while waiting:
            node, wanted = waiting.pop()
            kind, parts = self._circuit.kinds[node], self._circuit.parts[node]
            if kind == LITERAL:
                variable, members = parts
                left = members if wanted else self._circuit.full[variable] & ~members
                if not found[variable] & left:
                    found[variable] = left & -left
            elif kind == NOT:
                waiting.append((parts, not wanted))
            elif kind in (AND, OR):
                waiting += [(part, wanted) for part in (parts if (kind == AND) is wanted else parts[:1])]
        return found

    def _vary(self, cells: Cells) -> None:
        """Change one fact after the other in a completion, as far as that may show something new."""
        self._budget -= len(self._nodes)
        truths = self._circuit.truths(lambda _, variable, members: bool(members & cells[variable]))
        met = [-1 if truths[node] else 0 for node in self._roots]
        missing = self._missing[self._result(met, -1)]
        for index in self._variables:
            if not missing[index] and index not in self._alike:
                continue
            self._budget -= len(self._behind[index])
            values = [-1 if truth else 0 for truth in truths]
            self._settle(values, index)
            met = [values[node] for node in self._roots]
            results = {self._noted(met, alike, cells, index) for alike in self._classes(met, index)}
            if len(results) > 1:
                self._alike.discard(index)

    def _settle(self, values: list[int], variable: int) -> None:
        """Put the cells of a variable in which each node holds into `values`, all else being as it is; -1 for all."""
        circuit = self._circuit
        for node in self._behind[variable]:
            kind, parts = circuit.kinds[node], circuit.parts[node]
            if kind == LITERAL:
                found = parts[1]
            elif kind == NOT:
                found = ~values[parts]
            else:
                found = -1 if kind == AND else 0
                for part in parts:
                    found = found & values[part] if kind == AND else found | values[part]
            values[node] = found

    def _classes(self, met: Sequence[int], variable: int) -> list[int]:
        """Return sets of cells of a variable within which the same rules are met."""
        found = [self._circuit.full[variable]]
        for cells in {cells for cells in met if cells not in (0, -1)}:
            found = [part for group in found for part in (group & cells, group & ~cells) if part]
        return found

    def _result(self, met: Sequence[int], cells: int) -> Result:
        """Return what comes out where a variable lies in some cells, in all of which the same rules are met."""
        holding = [(TRUE, payload) for payload, where in zip(self._payloads, met, strict=True) if where & cells]
        self._budget -= 1 + len(holding)
        return self._finish(self._advance(None, holding)[0])

    def _noted(self, met: Sequence[int], group: int, cells: Cells, variable: int) -> Result:
        """Note beside which cells a result comes out, and return it."""
        result = self._result(met, group)
        missing = self._missing[result]
        for index in self._variables:
            missing[index] &= ~(group if index == variable else cells[index])
        return result
