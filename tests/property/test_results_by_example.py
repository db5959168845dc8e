"""Tables of overlapping rows: whatever way an exact outcome was found, it is the one that trying everyone gives."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hiprun.inference.facts import Facts
from hiprun.inference.grounding import ground
from hiprun.inference.infer import infer
from hiprun.model import (
    All,
    AnyOf,
    Condition,
    Constant,
    Count,
    Decision,
    Domain,
    Fact,
    Model,
    Not,
    Output,
    Ref,
    Rule,
    Test,
)

LEVELS = Domain("choice", dict.fromkeys("abc", ""), worse="later", ordered=True)
POLICIES = ("worst", "first", "priority", "max", "min")
ENOUGH = 2_000_000
BUDGETS = (5_000, 10_000, 20_000)


def overlapping(rng: random.Random, hit: str) -> Model:
    """Return a table of rows that overlap at random over a few small numbers and a set."""
    facts = {f"n{index}": Fact(f"n{index}", Domain("integer", lowest=0, highest=9), "?") for index in range(5)}
    if rng.random() < 0.1:
        facts["s"] = Fact("s", Domain("set", dict.fromkeys(("left", "right"), "")), "?")
    numeric = hit in ("max", "min")
    output = Output("level", Domain("integer") if numeric else LEVELS)
    rules = tuple(
        Rule(f"r{index}", condition(rng, facts), (("level", Constant(rng.randint(1, 3)) if numeric else choice(rng)),))
        for index in range(rng.randint(10, 24))
    )
    rest = None if rng.random() < 0.3 else (("level", Constant(0) if numeric else "a"),)
    decision = Decision("table", "table", "", (output,), hit, rules, otherwise=rest)
    return Model("made-up", "1.0.0", "Made up", facts=facts, decisions={"table": decision})


def choice(rng: random.Random) -> str:
    """Return one of the levels."""
    return rng.choice("abc")


def condition(rng: random.Random, facts: dict[str, Fact]) -> Condition:
    """Return two tests, joined one way or the other."""
    tests = tuple(one_test(rng, name, facts[name]) for name in rng.sample(sorted(facts), 2))
    return (
        All(tests)
        if rng.random() < 0.97
        else rng.choice((AnyOf(tests), Count(tests, 1, 1), All((tests[0], Not(tests[1])))))
    )


def one_test(rng: random.Random, name: str, fact: Fact) -> Test:
    """Return a test that some values of a fact meet."""
    if fact.domain.type == "set":
        return Test(Ref("fact", name), "includes", (rng.choice(("left", "right")),))
    low = rng.randint(0, 7)
    return Test(Ref("fact", name), "between", (Constant(low), Constant(low + rng.randint(0, 2))))


@given(st.integers(0, 2**32 - 1), st.sampled_from(POLICIES))
def test_outcomes_that_are_exact_do_not_hang_on_the_budget(seed: int, hit: str) -> None:
    """With a small budget examples are looked for sooner; what is exact then is what the whole diagram shows."""
    rng = random.Random(seed)
    model = overlapping(rng, hit)
    program = ground(model, model.decisions["table"])
    nobody = Facts({})
    whole = infer(model, program, nobody, budget=ENOUGH)
    assert whole.exact
    for budget in BUDGETS:
        found = infer(model, program, nobody, budget=budget)
        assert found == whole or not found.exact
