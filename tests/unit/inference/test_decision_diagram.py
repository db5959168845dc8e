"""The diagram of what can still come out, held against trying every combination."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.backends.compiled.conclusion_cache import Remembered
from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.decision_diagram import IMPOSSIBLE, DeadEnd, Diagram, Leaf, OutOfBudget, Place, explore
from hiprun.inference.hit_policy import Ending, Gathered, Result, take_first
from hiprun.inference.narrowed_diagram import PreparedDiagram, everywhere
from hiprun.inference.needs_by_cells import NeedsByCells
from hiprun.inference.prepared_diagrams import as_truth

CELLS = (2, 3, 2, 2)
PATIENTS = list(product(*(range(cells) for cells in CELLS)))
GROUPS = [(0,), (1,), (2, 3), (0, 1, 2, 3)]


def decisive(diagram: Diagram, groups: Iterable[Collection[int]]) -> list[int | None]:
    """Return how much stays open once each group of variables is known that speak of one fact."""
    return [
        NeedsByCells(
            everywhere(diagram), [("asked",) if index in group else (f"other {index}",) for index in range(12)], 10_000
        )
        .scores()
        .get("asked")
        for group in groups
    ]


def test_a_fact_matters_where_finding_out_would_take_too_long() -> None:
    """Without steps to find out whether a fact matters it is taken to, and that is no longer called exact."""
    left = circuit()
    node = left.every([left.literal(0, 0b01), left.literal(2, 0b10), left.literal(3, 0b10)])
    found = explore(left, take_first, lambda gathered: (gathered is not None,), [(node, (True,))], budget=99)
    needs = NeedsByCells(everywhere(found), [("first",), ("b",), ("set",), ("set",)], 0)
    assert (needs.scores(), needs.exact) == ({"first": 1500, "set": 2000}, False)


SPEAKING = [("first",), ("b",), ("set",), ("set",)]


def either_or(left: Circuit, one: Node, other: Node) -> Node:
    """Return the node that holds when exactly one of two does: neither narrows anything by itself."""
    return left.some([left.every([one, left.negate(other)]), left.every([left.negate(one), other])])


def needs_of(left: Circuit, node: Node, allowed: Node = TRUE) -> NeedsByCells:
    """Return what looks for the facts that matter to a node."""
    found = explore(left, take_first, as_truth, [(node, (True,))], allowed=allowed, budget=999)
    return NeedsByCells(everywhere(found), SPEAKING, 999)


def test_facts_that_narrow_nothing_alone_matter_together() -> None:
    """Also where some combinations cannot occur, and where a fact is said by several variables that go together."""
    left = circuit()
    first, second, one, other = (left.literal(variable, 0b01) for variable in range(4))
    same = left.negate(either_or(left, one, other))
    assert needs_of(left, either_or(left, first, second)).scores() == {"first": 2000, "b": 2000}
    assert needs_of(left, either_or(left, first, one), same).scores() == {"first": 2000, "set": 2000}
    assert needs_of(left, either_or(left, first, second), same).scores() == {"first": 2000, "b": 2000}
    tied = left.every([left.some([first, one]), left.some([first, other])])
    assert needs_of(left, either_or(left, first, second), tied).scores() == {"first": 2000, "b": 2000}


def test_so_many_pairs_of_patients_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more would have to be, a fact is taken to matter, and that is no longer called exact."""
    monkeypatch.setattr("hiprun.inference.needs_by_cells._MOST_PAIRS", 0)
    left = circuit()
    first, second, one, other = (left.literal(variable, 0b01) for variable in range(4))
    needs = needs_of(left, either_or(left, first, second), left.negate(either_or(left, one, other)))
    assert (needs.scores(), needs.exact) == ({"first": 2000, "b": 2000, "set": 2000}, False)


def circuit(cells: tuple[int, ...] = CELLS) -> Circuit:
    """Return an empty circuit over variables with so many cells."""
    full = [(1 << count) - 1 for count in cells]
    return Circuit(
        full, lambda one, other: one & other, lambda one, other: one | other, lambda one, other: one & ~other
    )


def condition(rng: random.Random, made: Circuit, depth: int) -> Node:
    """Return a random condition."""
    if depth == 0:
        variable = rng.randrange(len(CELLS))
        return made.literal(variable, rng.randrange(1 << CELLS[variable]))
    parts = [condition(rng, made, depth - 1) for _ in range(rng.randint(1, 3))]
    return rng.choice((made.every(parts), made.some(parts), made.negate(made.every(parts))))


def value(made: Circuit, node: Node, patient: tuple[int, ...]) -> bool:
    """Return whether a node holds for these cells."""
    truths = made.truths(lambda _node, variable, members: bool(members >> patient[variable] & 1))
    return bool(truths[node])


def finish(gathered: Gathered) -> Result:
    """Return what was gathered as a result."""
    return Ending.NO_MATCH if gathered is None else gathered


@given(st.integers(0, 2**32 - 1))
def test_a_diagram_shows_exactly_what_can_come_out(seed: int) -> None:
    """Results, and the groups of variables that matter, are those that trying every combination finds."""
    rng = random.Random(seed)
    made = circuit()
    rules = [(condition(rng, made, 2), (rng.choice("abc"),)) for _ in range(rng.randint(1, 4))]
    conflict = condition(rng, made, 2) if rng.random() < 0.3 else FALSE
    allowed = condition(rng, made, 1) if rng.random() < 0.5 else TRUE
    table: dict[tuple[int, ...], Result] = {}
    for patient in PATIENTS:
        if value(made, allowed, patient):
            match = next((payload for node, payload in rules if value(made, node, patient)), None)
            table[patient] = Ending.CONFLICT if value(made, conflict, patient) else finish(match)
    diagram = explore(made, take_first, finish, rules, conflict=conflict, allowed=allowed, ties=None, budget=100_000)
    assert set(diagram.possible()) == set(table.values())
    if len(set(table.values())) > 1:
        for group, score in zip(GROUPS, decisive(diagram, GROUPS), strict=True):
            check_group(group, score, table)


def check_group(group: tuple[int, ...], score: int | None, table: dict[tuple[int, ...], Result]) -> None:
    """Check that a group is decisive exactly when it is, and that its score is how much stays open."""
    by_known: dict[Any, set[Result]] = {}
    by_rest: dict[Any, set[Result]] = {}
    for patient, result in table.items():
        by_known.setdefault(tuple(patient[index] for index in group), set()).add(result)
        by_rest.setdefault(tuple(patient[index] for index in range(4) if index not in group), set()).add(result)
    everything = set(table.values())
    matters = any(left != everything for left in by_known.values()) or any(len(left) > 1 for left in by_rest.values())
    assert (score is not None) is matters
    if score is not None and len(group) == 1:
        assert score <= 1000 * len(everything)


def test_a_fact_that_decides_more_scores_lower() -> None:
    """The score of a variable is the mean number of results, in thousandths, that stay open once it is known."""
    made = circuit((2, 2))
    both = made.every((made.literal(0, 1), made.literal(1, 1)))
    rules = [(both, ("both",)), (made.literal(0, 1), ("first",))]
    diagram = explore(made, take_first, finish, rules, budget=100)
    assert decisive(diagram, [(0,), (1,), (0, 1), (7,)]) == [1500, 2000, 1000, None]


def test_what_is_settled_takes_no_walk() -> None:
    """Rules that are settled give their result at once, and combinations that cannot be give none."""
    made = circuit()
    settled = explore(made, take_first, finish, [(TRUE, ("a",))], budget=0)
    assert (settled.possible(), settled.steps, settled.splits) == ([("a",)], 0, [])
    assert decisive(settled, [(0,)]) == [None]
    impossible = explore(made, take_first, finish, [(TRUE, ("a",))], allowed=FALSE, budget=0)
    assert (impossible.possible(), impossible.root) == ([], IMPOSSIBLE)
    disputed = explore(made, take_first, finish, [(TRUE, ("a",))], conflict=TRUE, budget=0)
    assert disputed.possible() == [Ending.CONFLICT]


def test_the_budget_ends_the_walk() -> None:
    """A walk that takes more steps than it may is given up; with enough it counts those it took."""
    made = circuit((2,) * 16)
    rules = [(made.every((made.literal(index, 1), made.literal(15 - index, 2))), (index,)) for index in range(8)]
    with pytest.raises(OutOfBudget):
        explore(made, take_first, finish, rules, budget=200)
    diagram = explore(made, take_first, finish, rules, budget=100_000)
    assert diagram.steps > 200


def test_neighbours_that_no_condition_tells_apart_are_looked_at_together() -> None:
    """However many cells a variable has, only those matter at which a rule, a conflict or what is allowed changes."""
    made = circuit((1000, 2))
    high, middle, low = ((1 << 1000) - (1 << 900), (1 << 510) - (1 << 500), (1 << 100) - 1)
    rule = made.every([made.literal(0, high), made.literal(1, 1)])
    diagram = explore(
        made,
        take_first,
        finish,
        [(rule, ("high",))],
        conflict=made.literal(0, middle),
        allowed=made.negate(made.literal(0, low)),
        budget=60,
    )
    rest = ((1 << 1000) - 1) ^ high ^ middle ^ low
    assert {low, high, middle, rest} == {cells for cells, _ in diagram.splits[-1].branches}


def test_many_variables_of_one_group_count_as_decisive() -> None:
    """Of a group with too many combinations to try it is not claimed that it cannot matter."""
    made = circuit((2,) * 12)
    parity = made.literal(0, 1)
    for index in range(1, 12):
        own = made.literal(index, 1)
        both, neither = made.every((parity, made.negate(own))), made.every((made.negate(parity), own))
        parity = made.some((both, neither))
    diagram = explore(made, take_first, finish, [(parity, ("odd",))], budget=100_000)
    assert decisive(diagram, [tuple(range(12))]) != [None]


class Twins:
    """Two variables that are always alike, as facts tied by a sum may be."""

    tied = 0b11
    work = 0

    def extended(self, context: Any, variable: int, cell: int) -> Any:
        """Refuse a choice that differs from the one made before."""
        self.work += 1
        longer = (*context, (variable, cell.bit_length() - 1))
        return longer if len({chosen for _, chosen in longer}) == 1 else None

    def relevant(self, context: Any, support: int) -> Any:
        """Forget choices that nothing speaks of any more."""
        return context if support & self.tied else ()

    def spoken_of(self, _values: Any) -> int:
        """Return that no formula speaks of them."""
        return 0

    def settled(self, values: Any, _context: Any) -> Any:
        """Return values as they are."""
        return values


def test_tied_variables_are_walked_together() -> None:
    """Combinations that no numbers fit lead nowhere, and what finding that out takes is counted."""
    made = circuit((2, 2, 2))
    differ = made.some(
        (made.every((made.literal(0, 1), made.literal(1, 2))), made.every((made.literal(0, 2), made.literal(1, 1))))
    )
    rules = [(differ, ("differ",)), (made.literal(2, 1), ("third",))]
    free = explore(made, take_first, finish, rules, budget=1000)
    tied = explore(made, take_first, finish, rules, ties=Twins(), budget=1000)
    assert set(free.possible()) == {("differ",), ("third",), Ending.NO_MATCH}
    assert set(tied.possible()) == {("third",), Ending.NO_MATCH}
    assert decisive(tied, [(0,), (1,), (2,)])[2] is not None


def test_a_choice_that_makes_no_difference_any_more_vanishes() -> None:
    """Where a patient lies in a cell in which all branches of a node come to the same, the node is not asked for."""
    made = circuit((3, 4))
    rules = [(made.every((made.literal(0, 1 << cell), made.literal(1, 1 << cell))), (cell,)) for cell in range(3)]
    prepared = PreparedDiagram(explore(made, take_first, finish, rules, budget=100), Remembered())
    elsewhere = prepared.narrowed([0b111, 0b1000])
    assert (elsewhere.possible(), elsewhere.levels) == ([Ending.NO_MATCH], [])
    here = prepared.narrowed([0b111, 0b1001])
    assert set(here.possible()) == {(0,), Ending.NO_MATCH}
    assert NeedsByCells(here, [("first",), ("second",)], 0).scores() == {"first": 1333, "second": 1500}


def test_a_diagram_without_choices_has_one_result() -> None:
    """A diagram can be a single result."""
    assert Diagram([DeadEnd(), Leaf(0, ("only",))], Place(1)).possible() == [("only",)]
