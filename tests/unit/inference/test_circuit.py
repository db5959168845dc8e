"""Conditions as a circuit: whatever is simplified, the same holds for the same values."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.inference.circuit import FALSE, TRUE, Circuit, Node
from hiprun.inference.interval_sets import EVERYTHING, Region, complement, from_signs
from hiprun.inference.operators import Truth
from hiprun.model import Number

CELLS = (2, 3, 2)
FULL = [(1 << cells) - 1 for cells in CELLS]
PATIENTS = list(product(*(range(cells) for cells in CELLS)))


def circuit() -> Circuit:
    """Return an empty circuit over three variables with a few cells each."""
    return Circuit(
        list(FULL), lambda one, other: one & other, lambda one, other: one | other, lambda one, other: one & ~other
    )


class Spoken:
    """A condition in words that a test understands, and the node that a circuit makes of it."""

    def __init__(self, rng: random.Random, made: Circuit, depth: int) -> None:
        self.kind = rng.choice(("literal", "constant") if depth == 0 else ("every", "some", "not", "total"))
        self.variable = rng.randrange(3)
        self.cells = rng.randrange(1 << CELLS[self.variable])
        self.parts = [Spoken(rng, made, depth - 1) for _ in range(rng.randint(0, 3))] if depth else []
        self.weights = [rng.choice((-1, 1, 2, 2, Fraction(1, 2))) for _ in self.parts]
        self.wanted = from_signs(rng.sample((-1, 0, 1), rng.randint(0, 3)), rng.randint(-1, 3))
        self.node = self.made(made)

    def made(self, made: Circuit) -> Node:
        """Return the node of this condition."""
        nodes = [part.node for part in self.parts]
        match self.kind:
            case "literal":
                return made.literal(self.variable, self.cells)
            case "constant":
                return self.cells & 1
            case "every":
                return made.every(nodes)
            case "some":
                return made.some(nodes)
            case "not":
                return made.negate(made.every(nodes))
        return made.total(1, list(zip(self.weights, nodes, strict=True)), self.wanted)

    def holds(self, patient: tuple[int, ...]) -> bool:
        """Whether the condition holds for these cells."""
        held = [part.holds(patient) for part in self.parts]
        match self.kind:
            case "literal":
                return bool(self.cells >> patient[self.variable] & 1)
            case "constant":
                return bool(self.cells & 1)
            case "every":
                return all(held)
            case "some":
                return any(held)
            case "not":
                return not all(held)
        total = 1 + sum(weight for weight, part in zip(self.weights, held, strict=True) if part)
        return any(start <= (total, 0) < end for start, end in self.wanted)


def truth_for(made: Circuit, node: Node, allowed: dict[int, int]) -> Truth:
    """Return the truth of a node when variables are known to lie in some of their cells."""

    def holds(_: Node, variable: int, members: Any) -> Truth:
        cells = allowed.get(variable, FULL[variable])
        return False if not cells & members else True if not cells & ~members else None

    return made.truths(holds)[node]


@given(st.integers(0, 2**32 - 1))
def test_a_circuit_holds_as_its_condition_does(seed: int) -> None:
    """Truths worked out at once, and values put in one after the other, agree with the condition."""
    made = circuit()
    spoken = Spoken(random.Random(seed), made, 3)
    for patient in PATIENTS:
        assert truth_for(made, spoken.node, {v: 1 << cell for v, cell in enumerate(patient)}) is spoken.holds(patient)
        node = spoken.node
        for variable, cell in enumerate(patient):
            node = made.assign(node, variable, 1 << cell)
        assert node == (TRUE if spoken.holds(patient) else FALSE)


@given(st.integers(0, 2**32 - 1))
def test_a_truth_that_is_known_holds_for_all_that_remains(seed: int) -> None:
    """What is true or false although something is unknown stays so, and what is left open can be rebuilt."""
    rng = random.Random(seed)
    made = circuit()
    spoken = Spoken(rng, made, 3)
    variable = rng.randrange(3)
    cells = rng.randrange(1, 1 << CELLS[variable])
    remaining = [patient for patient in PATIENTS if cells >> patient[variable] & 1]
    truth = truth_for(made, spoken.node, {variable: cells})
    assert truth is None or {spoken.holds(patient) for patient in remaining} == {truth}

    def holds(_: Node, index: int, members: Any) -> Truth:
        allowed = cells if index == variable else FULL[index]
        return False if not allowed & members else True if not allowed & ~members else None

    rest = circuit()
    rest.full[variable] = cells
    rebuilt = made.residual(made.truths(holds), rest, lambda _node, _variable, members: members)[spoken.node]
    for patient in remaining:
        node = rebuilt
        for index, cell in enumerate(patient):
            node = rest.assign(node, index, 1 << cell)
        assert node == (TRUE if spoken.holds(patient) else FALSE)


def test_equal_conditions_are_one_node() -> None:
    """The same condition said twice, or in another order, is the same node; so are its shorter forms."""
    made = circuit()
    first, second, third = made.literal(0, 1), made.literal(1, 0b011), made.literal(2, 1)
    assert made.every((first, second)) == made.every((second, TRUE, first, first))
    assert made.every((first, made.every((second, third)))) == made.every((first, second, third))
    assert made.some((first, made.negate(made.every((second, third))), made.every((second, third)))) == TRUE
    assert made.negate(made.negate(made.every((first, second)))) == made.every((first, second))
    assert made.every((made.literal(1, 0b011), made.literal(1, 0b110))) == made.literal(1, 0b010)
    assert made.some((made.literal(1, 0b011), made.literal(1, 0b100))) == TRUE
    assert made.every((made.literal(0, 0b01), made.literal(0, 0b10))) == FALSE
    assert made.every(()) == TRUE
    assert made.some(()) == FALSE


@pytest.mark.parametrize(
    ("weights", "wanted", "expected"),
    [
        ((1, 1), from_signs((0, 1), 3), FALSE),
        ((1, 1), from_signs((-1, 0), 2), TRUE),
        ((1, -1), from_signs((-1,), -1), FALSE),
        ((1, 1), EVERYTHING, TRUE),
        ((0, 0), from_signs((0,), 0), TRUE),
        ((1, 1), (), FALSE),
    ],
)
def test_totals_out_of_reach_are_settled(weights: tuple[Number, ...], wanted: Region, expected: Node) -> None:
    """A weighted count that can only lie on one side is known whatever its parts are."""
    made = circuit()
    assert made.total(0, [(weight, made.literal(index, 1)) for index, weight in enumerate(weights)], wanted) == expected


def test_totals_of_the_same_parts_fall_together() -> None:
    """Two demands on one weighted count are one demand, and its opposite is a count as well."""
    made = circuit()
    terms = [(1, made.literal(0, 1)), (1, made.literal(2, 1))]
    some, both = (made.total(0, terms, from_signs((0, 1), least)) for least in (1, 2))
    assert made.every((some, both)) == both
    assert made.some((some, both)) == some
    assert made.some((made.total(0, terms, from_signs((-1,), 1)), some)) == TRUE
    assert made.negate(both) == made.total(0, terms, complement(from_signs((0, 1), 2)))


def test_depth_does_not_matter() -> None:
    """A condition nested thousands deep is worked out like a flat one."""
    made = Circuit([3] * 4000, lambda one, other: one & other, lambda one, other: one | other, lambda a, b: a & ~b)
    node = made.literal(0, 1)
    for variable in range(1, 4000):
        own = made.literal(variable, 1)
        joined = made.every((node, own)) if variable % 3 else made.total(0, [(1, node), (1, own)], from_signs((0,), 2))
        node = (
            made.negate(made.some((made.negate(joined), made.literal(variable, 2))))
            if variable % 2
            else made.some((joined, made.literal(variable, 2)))
        )
    assert made.depth[node] > 2000
    assert made.assign(node, 3999, 2) == FALSE

    def holds(_: Node, variable: int, members: Any) -> Truth:
        return bool(members & (2 if variable == 0 else 1))

    truths = made.truths(holds)
    changed = made.assign(node, 0, 2)
    assert changed != node
    assert made.truths(holds)[changed] is truths[node]
