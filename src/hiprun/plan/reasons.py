"""Why a plan is as it is: the rules responsible, and those of the decisions that they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hiprun.inference.facts import check_facts
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.inference.reader_texts import ReaderTexts
from hiprun.model import Decision, Model, reach
from hiprun.plan.plan_data import Reason
from hiprun.plan.week_schedule import Decide


def reasons(model: Model, decide: Decide, rules: tuple[str, ...], facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return `rules`, each `decision.rule`, and the fired rules of decisions that they depend on, given `facts`."""
    stage_decisions = {stages.stage_decision for stages in model.stages.values()}  # the current stage is not a reason
    collected: dict[str, Reason] = {}
    texts = ReaderTexts(model, check_facts(model, facts), lambda name: decide(name, facts))
    pending = list(rules)
    for name in pending:
        if name not in collected:
            collected[name], used_decisions = _reason(model, name, texts)
            for decision in used_decisions:
                if HIT_POLICIES[decision.hit].gives != "limits" and decision.name not in stage_decisions:
                    pending += [f"{decision.name}.{rule}" for rule in decide(decision.name, facts).fired]
    return tuple(collected.values())


def _reason(model: Model, name: str, texts: ReaderTexts) -> tuple[Reason, list[Decision]]:
    decision_name, _, rule_id = name.partition(".")
    decision = model.decisions[decision_name]
    rule = next(rule for rule in decision.rules if rule.id == rule_id)
    used_names = dict.fromkeys(ref.decision for ref in reach(model, rule.refs()) if ref.kind == "output")
    because = texts.fill(rule.because or rule.unmet or rule.title)
    return Reason(name, because, rule.sources, f"{rule.place.file}:{rule.place.line}"), [
        model.decisions[other] for other in used_names
    ]


def rule_set_counts(rule_sets: Iterator[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    """Return each set of rules once with its number of occurrences, in the order of first occurrence."""
    counts: dict[tuple[str, ...], int] = {}
    for rules in rule_sets:
        counts[rules] = counts.get(rules, 0) + 1
    return list(counts.items())
