"""Decisions whose rules cover everyone although they say `otherwise`: told by the search for what is possible."""

from __future__ import annotations

from collections.abc import Iterator

from hiprun.errors import Problem
from hiprun.inference.facts import check_facts
from hiprun.inference.grounding import ground
from hiprun.inference.hit_policies import COLLECT, HIT_POLICIES
from hiprun.inference.infer import infer
from hiprun.model import ALWAYS, AnyOf, Decision, Rule, formula_refs
from hiprun.pack import Pack

_BUDGET = 20_000
"""How many steps the search for one decision may take; beyond them nothing is said of it."""


def notes(pack: Pack) -> Iterator[Problem]:
    """Yield a note for each decision whose `otherwise` never applies."""
    for decision in pack.decisions.values():
        always = any(rule.condition == ALWAYS for rule in decision.rules)
        says_otherwise = not (decision.complete or always or HIT_POLICIES[decision.hit].always_answers)
        if decision.kind in ("rules", "table") and says_otherwise and _covers_everyone(pack, decision):
            yield Problem(
                "otherwise-never-applies",
                f"The rules of `{decision.name}` cover everyone, so its `otherwise` never applies.",
                decision.place,
                "Leave it out; `hiprun verify` then proves after every change that they still do.",
            )


def _covers_everyone(pack: Pack, decision: Decision) -> bool:
    """Return whether for each patient some rule applies, whatever the facts are."""
    if any(ref.kind != "fact" for rule in decision.rules for _, value in rule.then for ref in formula_refs(value)):
        return False  # a rule does not apply where its own formula has no value
    covered = Rule("covered", AnyOf(tuple(rule.condition for rule in decision.rules)))
    together = Decision("", "rules", "", (), COLLECT.name, (covered,))
    found = infer(pack.model, ground(pack.model, together), check_facts(pack.model, {}), budget=_BUDGET)
    return bool(found.fired)
