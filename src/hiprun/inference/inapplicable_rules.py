"""Rules that do not apply, put together by the facts that rule them out: why a calm answer is calm, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hiprun.inference.explanation import ConditionStep, RuledOut, RuleStep
from hiprun.inference.operators import Truth

Found = tuple[str, str]
"""A fact and what was found of it."""


def ruled_out(rules: Iterable[RuleStep]) -> tuple[RuledOut, ...]:
    """Return the rules that do not apply by what rules them out, most rules first.

    Where one of several facts is enough, it is the one that rules out most of the others too.
    """
    steps = [(rule, rule.condition) for rule in rules if rule.status == "not_fired"]
    everywhere = Counter(found for _, step in steps for found in _all_found(step))
    groups: dict[tuple[Found, ...], list[str]] = {}
    for rule, step in steps:
        facts = tuple(dict.fromkeys(_enough(step, step.truth, everywhere)))
        groups.setdefault(facts, []).append(rule.id)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(RuledOut(facts, tuple(ids)) for facts, ids in ordered)


def _all_found(step: ConditionStep) -> set[Found]:
    """Return everything that a condition found, with facts in place of what follows from them."""
    if not step.parts:
        return {(step.subject, step.found)} if step.subject else set()
    return {found for part in step.parts for found in _all_found(part)}


def _enough(step: ConditionStep, truth: Truth, everywhere: Mapping[Found, int]) -> list[Found]:
    """Return what is enough for a condition to be as it is."""
    if not step.parts:
        return [(step.subject, step.found)] if step.subject else []
    if step.text == "not" or step.subject:
        return [found for part in step.parts for found in _enough(part, part.truth, everywhere)]
    alike = [_enough(part, truth, everywhere) for part in step.parts if part.truth is truth] or [[]]
    one_is_enough = step.text == ("all of" if truth is False else "any of")
    if one_is_enough:
        return min(alike, key=lambda found: (len(found), -sum(everywhere[each] for each in found)))
    return [found for part in alike for found in part]
