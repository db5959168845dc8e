"""The table of tests: what each fits, when it holds, and how unknown truths combine."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from hiprun.inference.operators import OPERATORS, Truth, code, every, holds, meaning, negate, some
from hiprun.model import Domain

MOODS = Domain("choice", {"calm": "", "tense": "", "wild": ""}, ordered=True)
COLOURS = Domain("choice", {"red": "", "green": ""})
SETS = [frozenset(), frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"})]
TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(
    ("operator", "operands", "held"),
    [
        ("is", [3], [3]),
        ("is_not", [3], [1, 2, 4, 5]),
        ("at_least", [3], [3, 4, 5]),
        ("at_most", [3], [1, 2, 3]),
        ("above", [3], [4, 5]),
        ("below", [3], [1, 2]),
        ("between", [2, 4], [2, 3, 4]),
        ("between", [4, 2], []),
        ("one_of", [5, 1], [1, 5]),
        ("one_of", [], []),
        ("none_of", [5, 1], [2, 3, 4]),
        ("none_of", [], [1, 2, 3, 4, 5]),
    ],
)
def test_a_test_of_a_number_holds_for_these(operator: str, operands: list[int], held: list[int]) -> None:
    """Each test holds for the numbers that its name says, ends included where it says so."""
    assert [value for value in range(1, 6) if holds(meaning(operator, operands), value)] == held


@pytest.mark.parametrize(
    ("operator", "operands", "held"),
    [
        ("is", [frozenset({"a"})], [1]),
        ("is_not", [frozenset({"a"})], [0, 2, 3]),
        ("is", [frozenset()], [0]),
        ("includes", ["a"], [1, 3]),
        ("includes_any", ["a", "b"], [1, 2, 3]),
        ("includes_any", [], []),
        ("includes_all", ["a", "b"], [3]),
        ("includes_none", ["a"], [0, 2]),
        ("includes_none", ["a", "b"], [0]),
    ],
)
def test_a_test_of_a_set_holds_for_these(operator: str, operands: list[Any], held: list[int]) -> None:
    """Each test of a set looks at all of its members, and `is` at those it lacks as well."""
    sense = meaning(operator, operands, ("a", "b"))
    assert [index for index, value in enumerate(SETS) if holds(sense, value)] == held


@pytest.mark.parametrize(
    ("domain", "fitting"),
    [
        (Domain("boolean"), "is is_not"),
        (Domain("string"), "is is_not one_of none_of"),
        (Domain("number"), "is is_not at_least at_most above below between one_of none_of"),
        (Domain("date"), "is is_not at_least at_most above below between one_of none_of"),
        (MOODS, "is is_not at_least at_most above below between one_of none_of"),
        (COLOURS, "is is_not one_of none_of"),
        (Domain("set", {"a": ""}), "is is_not includes includes_any includes_all includes_none"),
    ],
    ids=lambda value: value.type if isinstance(value, Domain) else "",
)
def test_tests_fit_values(domain: Domain, fitting: str) -> None:
    """Only comparable values can be compared by size, and only sets have members."""
    assert [operator.name for operator in OPERATORS.values() if operator.fits(domain)] == fitting.split()


def test_unknown_truths_combine_as_kleene_says() -> None:
    """A combination is known exactly when the known parts settle it, whatever the unknown ones turn out to be."""
    for truths in product(TRUTHS, repeat=3):
        completed = list(product(*((True, False) if truth is None else (truth,) for truth in truths)))
        for combined, outcomes in ((every(truths), set(map(all, completed))), (some(truths), set(map(any, completed)))):
            assert combined is (outcomes.pop() if len(outcomes) == 1 else None)
    assert (every(()), some(())) == (True, False)
    assert [negate(truth) for truth in TRUTHS] == [False, True, None]


def test_values_are_compared_by_their_codes() -> None:
    """Choices are compared by their place, booleans as 0 and 1, anything else by itself."""
    assert [code(MOODS, choice) for choice in MOODS.choices] == [0, 1, 2]
    assert (code(Domain("boolean"), True), code(Domain("boolean"), False)) == (1, 0)
    assert code(Domain("number"), 2.5) == 2.5
