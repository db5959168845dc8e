"""Why a plan is as it is: from the rules that had a say to those of the decisions that they lean on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import Decision, Model, reach
from hiprun.plan.plan_data import Reason
from hiprun.plan.week_schedule import Decide


def reasons(model: Model, decide: Decide, rules: tuple[str, ...], facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return `rules`, each `decision.rule`, and the rules behind them that fired for `facts`."""
    standing = {stages.standing for stages in model.stages.values()}  # where someone stands is no reason
    found: dict[str, Reason] = {}
    waiting = list(rules)
    for name in waiting:
        if name not in found:
            found[name], uses = _reason(model, name)
            for decision in uses:
                if HIT_POLICIES[decision.hit].gives != "limits" and decision.name not in standing:
                    waiting += [f"{decision.name}.{rule}" for rule in decide(decision.name, facts).fired]
    return tuple(found.values())


def _reason(model: Model, name: str) -> tuple[Reason, list[Decision]]:
    decision, _, rule = name.partition(".")
    made = model.decisions[decision]
    entry = next(entry for entry in made.rules if entry.id == rule)
    used = dict.fromkeys(ref.decision for ref in reach(model, entry.refs()) if ref.kind == "output")
    because = entry.because or entry.unmet or entry.title
    return Reason(name, because, entry.sources, f"{entry.place.file}:{entry.place.line}"), [
        model.decisions[other] for other in used
    ]


def distinct(found: Iterator[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    """Return each set of rules once, with how often it stood there, in the order of their first times."""
    counts: dict[tuple[str, ...], int] = {}
    for rules in found:
        counts[rules] = counts.get(rules, 0) + 1
    return list(counts.items())
