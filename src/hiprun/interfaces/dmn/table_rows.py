"""A decision as rows of a table: unary tests of facts alone, for each of them the value of one output.

What a decision uses of others is put in, so that the value of another decision, which is only the safest one while
facts are missing, is never tested. A test that knows nothing lets a row through: while facts are missing the rows that
match are at least those of everyone who fits what is known.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, assert_never

import attrs

from hiprun.inference.circuit import FALSE
from hiprun.inference.decision_diagram import Diagram, Leaf, OutOfBudget, Place, Split, explore
from hiprun.inference.facts import Facts
from hiprun.inference.grounding import Program, Variable, ground
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Candidate, Ending, Gathered, Result, rank, take_first
from hiprun.inference.linear_forms import Linear
from hiprun.inference.partial_assignment import residual, situation
from hiprun.inference.reader_texts import ReaderTexts, show_patients
from hiprun.model import Decision, Domain, Model, Output
from hiprun.model.value_conversion import text

MOST_ROWS = 2_000
"""How many rows one table may have."""

_STEPS = 200_000
_OTHERWISE = -1


class CannotBeSaid(Exception):  # noqa: N818 - turned into a problem
    """A decision that DMN tables cannot say; the text says why."""


@attrs.frozen
class Column:
    """What the entries of a column test: a fact, or whether a set has a choice."""

    fact: str
    choice: str = ""


@attrs.frozen
class Row:
    """One row: its tests by column, the value it gives, and the id of the rule it comes from, if any."""

    tests: Mapping[Column, str] = attrs.field(hash=False)
    value: Any
    rule: str = ""


@attrs.frozen
class Table:
    """The rows for one output of a decision. `ranked`: the worst value of the rows that match is the answer."""

    decision: Decision
    output: Output
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    ranked: bool


def tables(model: Model, decision: Decision) -> list[Table]:
    """Return a table for each output of a decision. Raises `CannotBeSaid`."""
    policy = HIT_POLICIES[decision.hit]
    if policy.gives != "answer" or policy.adds:
        raise CannotBeSaid(f"`{decision.hit}` gives no single value that a table ranks")
    rows = _Rows(model, decision)
    return [_table(rows, decision, output) for output in decision.outputs]


def _table(rows: _Rows, decision: Decision, output: Output) -> Table:
    found = list(rows.of(output))
    if output.domain.type == "string":
        found = _filled(rows.model, found)
    columns = tuple(dict.fromkeys(column for row in found for column in row.tests))
    return Table(decision, output, columns, tuple(found), bool(output.domain.worse))


def _filled(model: Model, rows: Sequence[Row]) -> list[Row]:
    """Return the same rows, whose values are texts, as readers see them."""
    given = {row.value for row in rows}
    if show_patients(model, given):
        raise CannotBeSaid("its texts show values of the patient")
    texts = {text: ReaderTexts(model).fill(text) for text in given}
    if len(set(texts.values())) < len(texts):
        raise CannotBeSaid("two of its texts differ only in how they are written")
    return [attrs.evolve(row, value=texts[row.value]) for row in rows]


class _Rows:
    def __init__(self, model: Model, decision: Decision) -> None:
        self.model, self.decision = model, decision
        self.program: Program = ground(model, decision)
        if self.program.conflict != FALSE and self._can_hold(self.program.conflict):
            raise CannotBeSaid("a decision it uses can be in conflict")
        self._left = residual(model, situation(model, self.program, Facts({})))

    def of(self, output: Output) -> Iterator[Row]:
        """Yield the rows for one output, those of the rules first, in their order."""
        place = self.decision.outputs.index(output)
        policy = self.program.policy
        assert policy is not None
        if HIT_POLICIES[self.decision.hit].takes == "values":
            yield from self._whole(place)
            return
        branches = [branch for branch in self.program.branches if output.name in branch.values]
        calm = None if policy.otherwise is None else policy.otherwise[place]
        for branch in branches:
            yield from self._paths([(branch.node, (branch.rule,))], branch.rule, branch.values[output.name])
        if calm is None:
            return
        values = [branch.values[output.name] for branch in branches]
        if output.domain.worse and all(rank(output.domain, calm) <= rank(output.domain, value) for value in values):
            yield Row({}, calm, "")
        else:
            yield from self._paths([(branch.node, (branch.rule,)) for branch in branches], _OTHERWISE, calm)

    def _whole(self, place: int) -> Iterator[Row]:
        """Yield rows for a policy in which one rule gives the whole answer."""
        policy = self.program.policy
        assert policy is not None
        turns: list[Candidate] = [
            (self.program.branches[index].node, (number,)) for number, index in enumerate(policy.order)
        ]
        for number, index in enumerate(policy.order):
            branch = self.program.branches[index]
            alone = turns if HIT_POLICIES[self.decision.hit].says == "first" else [turns[number]]
            yield from self._paths(alone, number, policy.payloads[number][place], branch.rule)
        if policy.otherwise is not None:
            yield from self._paths(turns, _OTHERWISE, policy.otherwise[place])

    def _paths(
        self, candidates: Sequence[Candidate], wanted: int, value: Any, rule: int | None = None
    ) -> Iterator[Row]:
        """Yield a row for each way on which the first of `candidates` to hold is the one called `wanted`."""
        if isinstance(value, Linear):
            raise CannotBeSaid("it calculates a value")
        number = wanted if rule is None else rule
        name = "" if number == _OTHERWISE else self.decision.rules[number].id
        try:
            diagram = explore(
                self._left.circuit,
                take_first,
                _or_otherwise,
                [(self._left.nodes[node], payload) for node, payload in candidates],
                budget=_STEPS,
            )
        except OutOfBudget:
            raise CannotBeSaid("its rows take too many steps") from None
        for count, cells in enumerate(_ways(diagram, diagram.root, (wanted,), {})):
            if count == MOST_ROWS:
                raise CannotBeSaid(f"one of its outputs takes more than {MOST_ROWS:,} rows")
            tests = dict(self._test(self.program.variables[variable], bits) for variable, bits in cells.items())
            yield Row(tests, value, name)

    def _can_hold(self, node: int) -> bool:
        left = residual(self.model, situation(self.model, self.program, Facts({})))
        nodes: list[Candidate] = [(left.nodes[node], (0,))]
        try:
            found = explore(left.circuit, take_first, _or_otherwise, nodes, allowed=left.allowed, budget=_STEPS)
        except OutOfBudget:
            return True
        return (0,) in found.possible()

    def _test(self, variable: Variable, bits: int) -> tuple[Column, str]:
        """Return the column of a variable and the unary test that its value lies in these cells, or is not known."""
        match variable.kind:
            case "member":
                return Column(variable.fact, variable.choice), f"null, {'true' if bits & 2 else 'false'}"
            case "fact":
                domain = self.model.facts[variable.fact].domain
                cells = [variable.cell(number) for number in range(len(variable.cuts) - 1) if bits >> number & 1]
                return Column(variable.fact), ", ".join(["null", *_unary(domain, _joined(cells))])
            case "sum" | "term":
                raise CannotBeSaid("it compares facts with each other")
            case _:
                assert_never(variable.kind)


def _or_otherwise(gathered: Gathered) -> Result:
    return (_OTHERWISE,) if gathered is None or isinstance(gathered, Ending) else gathered


def _ways(diagram: Diagram, place: Place, wanted: Result, cells: Mapping[int, int]) -> Iterator[Mapping[int, int]]:
    node = diagram.nodes[place]
    if isinstance(node, Leaf) and node.result == wanted:
        yield cells
    elif isinstance(node, Split):
        for bits, below in node.branches:
            yield from _ways(diagram, below, wanted, {**cells, node.variable: bits})


def _joined(cells: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return stretches without neighbours that touch each other."""
    found: list[tuple[Any, Any]] = []
    for start, end in cells:
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _unary(domain: Domain, stretches: Sequence[tuple[Any, Any]]) -> list[str]:
    """Return unary tests, one of which holds for the values of these stretches."""
    match domain.type:
        case "boolean" | "choice":
            values = [True, False] if domain.type == "boolean" else list(domain.choices)
            codes = [1, 0] if domain.type == "boolean" else list(range(len(values)))
            chosen = [
                value
                for value, code in zip(values, codes, strict=True)
                if any(
                    (start <= (code, 0) and (code, 1) <= end) or start <= (code, 0) < end for start, end in stretches
                )
            ]
            return [literal(Domain(domain.type), value) for value in chosen]
        case "integer" | "number" | "date":
            return [_range(domain, start, end) for start, end in stretches]
        case "string" | "set":
            raise CannotBeSaid("it tests a text")
        case _:
            assert_never(domain.type)


def _range(domain: Domain, start: tuple[Any, int], end: tuple[Any, int]) -> str:
    low, high = start[0], end[0]
    if domain.lowest is not None and (domain.lowest, 0) >= start:
        low = float("-inf")
    if domain.highest is not None and (domain.highest, 1) <= (
        end if end[1] or domain.type == "number" else (high - 1, 1)
    ):
        high = float("inf")
    if isinstance(high, float):
        return f"{'>' if start[1] else '>='} {literal(domain, low)}"
    if isinstance(low, float):
        return f"{'<=' if end[1] else '<'} {literal(domain, high)}"
    if low == high:
        return literal(domain, low)
    return f"{'(' if start[1] else '['}{literal(domain, low)}..{literal(domain, high)}{']' if end[1] else ')'}"


def literal(domain: Domain, value: Any) -> str:
    """Return a value as FEEL writes it."""
    match domain.type:
        case "boolean":
            return "true" if value else "false"
        case "integer" | "number":
            if Fraction(text(value)) != value:
                raise CannotBeSaid("a number in it has no decimal notation")
            return text(value)
        case "date":
            return f'date("{datetime.date.fromordinal(value).isoformat()}")'
        case "choice" | "string":
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        case "set":
            return "[" + ", ".join(literal(Domain("string"), name) for name in sorted(value)) + "]"
        case _:
            assert_never(domain.type)
