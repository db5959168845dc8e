"""Which of the existing cases notice that something changes."""

from __future__ import annotations

from hiprun.errors import FactError
from hiprun.inference.outcome import Outcome
from hiprun.model import Example
from hiprun.pack import Pack, interpreted
from hiprun.verification import cases

Noticed = dict[str, dict[str, tuple[Outcome, Outcome]]]
"""By decision and case: what comes out for its patient before and after."""


def noticed(old: Pack, new: Pack) -> Noticed:
    """Return the cases of both versions that hold for one of them and fail for the other."""
    found: Noticed = {}
    examples = {example.id: example for pack in (old, new) for example in pack.model.examples}
    for example in examples.values():
        for decision in sorted(_failing(old, example) ^ _failing(new, example)):
            try:
                before, after = (_outcome(pack, example, decision) for pack in (old, new))
            except FactError:
                continue
            found.setdefault(decision, {})[f"{example.id} ({example.place})"] = (before, after)
    return found


def _failing(pack: Pack, example: Example) -> set[str]:
    """Return the decisions of which a case expects something else than comes out."""
    if not _fits(pack, example):
        return set()
    return {failure.decision for failure in cases.run(pack, example).failures if failure.decision}


def _fits(pack: Pack, example: Example) -> bool:
    """Whether a case speaks of decisions and outputs that a version has."""
    if example.expect == "refused":
        return False
    return all(
        name in pack.decisions
        and {output.name for output in pack.decisions[name].outputs} | set(cases.KEYWORDS) >= set(said)
        for name, said in example.expect.items()
    )


def _outcome(pack: Pack, example: Example, decision: str) -> Outcome:
    facts = {name: value for name, value in example.facts.items() if name in pack.facts}
    return interpreted(pack, facts, [decision])[decision]
