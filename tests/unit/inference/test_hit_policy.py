"""Hit policies as folds: gathering rules in any portions gives what gathering them at once gives."""

from __future__ import annotations

import random
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiprun.inference.circuit import FALSE, TRUE
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.hit_policy import Answering, Ending, Gathered, Policy, policy_of, rank, severity, unrank
from hiprun.model import Domain, Output

GRADES = Domain("choice", {"calm": "", "mild": "", "bad": ""}, worse="later", ordered=True)
POINTS = Domain("integer", worse="higher")
OUTPUTS = (Output("grade", GRADES), Output("points", POINTS))
ROWS: list[dict[str, Any]] = [
    {"grade": "mild", "points": 1},
    {"grade": "bad", "points": 0},
    {"grade": "mild", "points": 3},
]
OPEN = 2


def policy(
    hit: str, rows: list[dict[str, Any]], outputs: tuple[Output, ...] = OUTPUTS, otherwise: Any = None
) -> Policy:
    """Return a policy over rules that give these rows."""
    found = HIT_POLICIES[hit]
    assert isinstance(found, Answering)
    return policy_of(outputs, rows, otherwise, found)


def outcome(chosen: Policy, matching: list[bool]) -> Any:
    """Return what comes out when these rules match, in the order of the file."""
    candidates = [
        (TRUE if matching[index] else FALSE, payload)
        for index, payload in zip(chosen.order, chosen.payloads, strict=True)
    ]
    gathered, left = chosen.advance(None, candidates)
    assert left == ()
    return chosen.finish(gathered)


@pytest.mark.parametrize(
    ("hit", "matching", "expected"),
    [
        ("unique", (1, 0, 0), ("mild", 1)),
        ("unique", (1, 1, 0), Ending.CONFLICT),
        ("unique", (0, 0, 0), Ending.NO_MATCH),
        ("any", (1, 0, 1), Ending.CONFLICT),
        ("any", (0, 0, 1), ("mild", 3)),
        ("first", (0, 1, 1), ("bad", 0)),
        ("first", (1, 1, 1), ("mild", 1)),
        ("priority", (1, 1, 1), ("bad", 0)),
        ("priority", (1, 0, 1), ("mild", 3)),
        ("worst", (1, 1, 0), ("bad", 1)),
        ("worst", (1, 1, 1), ("bad", 3)),
    ],
)
def test_matching_rules_become_one_answer(hit: str, matching: tuple[int, ...], expected: Any) -> None:
    """Each policy makes of the rules that match what its name says."""
    assert outcome(policy(hit, ROWS), [bool(match) for match in matching]) == expected


@pytest.mark.parametrize(
    ("hit", "matching", "expected"),
    [
        ("sum", (1, 1, 1), (4,)),
        ("sum", (0, 0, 0), (0,)),
        ("min", (1, 0, 1), (1,)),
        ("max", (1, 0, 1), (3,)),
        ("max", (0, 0, 0), Ending.NO_MATCH),
    ],
)
def test_numbers_of_matching_rules_are_joined(hit: str, matching: tuple[int, ...], expected: Any) -> None:
    """Scores add up or take the lowest or highest number."""
    rows = [{"points": row["points"]} for row in ROWS]
    assert outcome(policy(hit, rows, OUTPUTS[1:]), [bool(match) for match in matching]) == expected


def test_nothing_comes_first_behind_a_rule_that_certainly_matches() -> None:
    """Under `first`, rules behind one that matches are no candidates any more, also while those before it are open."""
    chosen = policy("first", ROWS)
    mild, bad, worse = chosen.payloads
    assert chosen.advance(None, [(OPEN, mild), (TRUE, bad), (OPEN + 1, worse)]) == (None, ((OPEN, mild), (TRUE, bad)))


def test_matching_rules_are_counted() -> None:
    """A count is a number even when no rule matches."""
    counted = policy("count", [{}, {}, {}], (Output("total", Domain("integer")),))
    assert outcome(counted, [True, False, True]) == (2,)
    assert outcome(counted, [False, False, False]) == (0,)


def test_rules_that_agree_are_no_conflict() -> None:
    """Under `any` rules may overlap when they give the same."""
    assert outcome(policy("any", [ROWS[0], dict(ROWS[0])]), [True, True]) == ("mild", 1)


def test_what_no_rule_gives_is_given_otherwise() -> None:
    """Under `worst` an output that no matching rule gives takes the value for when no rule matches."""
    rows: list[dict[str, Any]] = [{"grade": "bad"}, {"points": 7}]
    chosen = policy("worst", rows, otherwise={"grade": "calm", "points": 5})
    assert [outcome(chosen, list(matching)) for matching in product((False, True), repeat=2)] == [
        ("calm", 5),
        ("calm", 7),
        ("bad", 5),
        ("bad", 7),
    ]


@pytest.mark.parametrize(
    ("domain", "worst_last"),
    [
        (GRADES, ["calm", "mild", "bad"]),
        (Domain("choice", {"bad": "", "calm": ""}, worse="earlier", ordered=True), ["calm", "bad"]),
        (Domain("number", worse="higher"), [-1, 0, 5]),
        (Domain("number", worse="lower"), [5, 0, -1]),
        (Domain("boolean", worse="true"), [False, True]),
        (Domain("boolean", worse="false"), [True, False]),
        (Domain("date", worse="lower"), [9, 8]),
    ],
    ids=lambda value: value.type if isinstance(value, Domain) else "",
)
def test_worse_values_rank_higher(domain: Domain, worst_last: list[Any]) -> None:
    """A worse value has a higher rank, in whichever direction things get worse, and a rank leads back to its value."""
    ranks = [rank(domain, value) for value in worst_last]
    assert all(one < other for one, other in pairwise(ranks))
    found = [unrank(domain, number) for number in ranks]
    assert found == worst_last
    assert [type(value) for value in found] == [type(value) for value in worst_last]


def test_an_output_without_a_value_is_the_calmest() -> None:
    """Where rows are ranked, one that lacks an output stands before one that has it."""
    assert severity((None, 5)) < severity((0, 0)) < severity((0, 1)) < severity((1, None))


def test_the_worst_rules_are_looked_at_first() -> None:
    """Where outputs rank, the worst rules come first; elsewhere the order of the file is kept."""
    for hit, expected in (("worst", [1, 2, 0]), ("priority", [1, 2, 0]), ("first", [0, 1, 2])):
        assert list(HIT_POLICIES[hit].order(OUTPUTS, ROWS)) == expected


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(sorted(name for name, hit in HIT_POLICIES.items() if hit.gives == "answer")),
)
def test_rules_may_be_settled_one_by_one(seed: int, hit: str) -> None:
    """What is dropped or gathered early never changes the answer, in whatever order rules become known."""
    rng = random.Random(seed)
    numbers = HIT_POLICIES[hit].takes in ("numbers", "nothing")
    outputs = OUTPUTS[1:] if numbers else OUTPUTS
    rows = [
        {
            output.name: rng.choice(["calm", "mild", "bad"]) if output.name == "grade" else rng.randint(-2, 2)
            for output in outputs
        }
        for _ in range(5)
    ]
    chosen = policy(hit, rows, outputs)
    matching = [rng.random() < 0.4 for _ in rows]
    expected = outcome(chosen, matching)
    open_rules = [(OPEN + index, payload) for index, payload in zip(chosen.order, chosen.payloads, strict=True)]
    gathered: Gathered = None
    waiting = list(range(5))
    rng.shuffle(waiting)
    for index in waiting:
        settled = TRUE if matching[index] else FALSE
        candidates = [(settled if node == OPEN + index else node, payload) for node, payload in open_rules]
        gathered, left = chosen.advance(gathered, candidates)
        open_rules = list(left)
    assert chosen.finish(gathered) == expected
    assert open_rules == []
