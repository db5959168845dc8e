"""Every backend gives the same answers: all cases of all packs, run on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

import hiprun
from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome
from hiprun.verification import cases

ROOT = Path(__file__).parent.parent
FOLDERS = {
    "hip": ROOT / "rules",
    "greenhouse": ROOT / "tests/packs/greenhouse",
    "news2": ROOT / "examples/news2",
    "kitchen": ROOT / "tests/packs/kitchen",
}

Evaluate = Callable[[hiprun.Pack, Mapping[str, Any], Iterable[str]], Mapping[str, Outcome]]


def one_by_one(pack: hiprun.Pack, facts: Mapping[str, Any], decisions: Iterable[str]) -> dict[str, Outcome]:
    """Ask for one decision at a time, which has a quicker way of its own."""
    names = list(decisions) or list(pack.decisions)[:1]
    return {name: pack.decide(name, facts) for name in names}


BACKENDS: dict[str, Evaluate] = {
    "interpreter": lambda pack, facts, decisions: pack.interpret(facts, decisions),
    "compiled": lambda pack, facts, decisions: pack.evaluate(facts, decisions),
    "compiled, one by one": one_by_one,
}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Evaluate:
    """Each way of getting from facts to outcomes."""
    return BACKENDS[request.param]


@pytest.fixture(params=FOLDERS, scope="module")
def pack(request: pytest.FixtureRequest) -> hiprun.Pack:
    """Each pack with cases."""
    return hiprun.load(FOLDERS[request.param])


def refusal(call: Callable[..., Any], *given: Any) -> str:
    """Return in which words facts are refused; empty when they are not."""
    try:
        call(*given)
    except FactError as error:
        return str(error)
    return ""


def test_every_case_holds(backend: Evaluate, pack: hiprun.Pack) -> None:
    """What the cases of a pack expect comes out, whoever evaluates it."""
    results = [
        cases.run(pack, example, lambda facts, decisions: backend(pack, facts, decisions))
        for example in pack.model.examples
    ]
    assert results
    assert [str(result) for result in results if not result.passed] == []


def test_outcomes_are_equal_to_the_last_detail(pack: hiprun.Pack) -> None:
    """Each way gives the same outcome for the patient of every case, with the same data and words."""
    quick = 0
    for number, example in enumerate(pack.model.examples):
        # of some patients every decision, of the others those that the case is about
        names = list(pack.decisions if number % 20 == 0 or example.expect == "refused" else example.expect)
        refused = refusal(pack.interpret, example.facts, names)
        if refused:
            assert refusal(pack.evaluate, example.facts, names) == refused
            assert refusal(pack.decide, names[0], example.facts) == refused
            continue
        expected, together = pack.interpret(example.facts, names), pack.evaluate(example.facts, names)
        assert together == expected
        for name, outcome in expected.items():
            single = pack.decide(name, example.facts)
            assert single == outcome
            assert single.to_dict() == together[name].to_dict() == outcome.to_dict()
            quick += pack.compile(name)(dict(example.facts)) is not None
        assert str(together[names[0]].explain()) == str(expected[names[0]].explain())
    assert quick > len(pack.model.examples) / 3
