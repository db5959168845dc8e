"""Stages of a model → their document, gathered from the protocol and from the decisions that it amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hiprun.language.export.conditions import Data, condition, value
from hiprun.language.export.decisions import carried
from hiprun.language.export.declarations import filled, literal, sources
from hiprun.model import All, Constant, Decision, Model, Not, Rule, Test
from hiprun.model.stages import FactProjection, Stage, Stages, hyphenated, stage_rule_id

_NOTHING = Constant(0)


def stages(model: Model, given: Stages) -> Data:
    """Return the document of stages."""
    steps, days = model.decisions[given.name], model.decisions[given.day_decision]
    return filled(
        stages=given.name,
        title=given.title,
        because=given.because,
        source=sources(given.sources),
        interpretation=given.interpretation,
        measures={
            name: filled(title=entry.title, unit=entry.unit, step=entry.step) for name, entry in given.measures.items()
        },
        activities=dict(given.activities),
        between="" if given.between == list(given.activities)[-1] else given.between,
        keeps=list(given.keeps),
        in_order={entry.name: _stage(model, given, entry) for entry in given.stages},
        over_time={entry.fact: _course(model, entry) for entry in given.projections},
        steps=[_rule(steps, rule, _step(dict(rule.then))) for rule in _written(given, steps)],
        days=[_rule(days, rule, dict(rule.then)["activity"]) for rule in _written(given, days)],
    )


def _stage(model: Model, given: Stages, stage: Stage) -> Data:
    own, suffix = stage_rule_id(stage.name), hyphenated(stage.name)
    rules, days, sessions = (
        {rule.id: rule for rule in model.decisions[name].rules}
        for name in (given.name, given.day_decision, given.session_decision)
    )
    week = dict(days[own].then)
    session = {name: amount for name, amount in sessions[own].then if amount != _NOTHING} if own in sessions else None
    return filled(
        title=stage.title,
        facts=_facts(model, stage.facts),
        enter=_asked(rules.get(f"enter-{suffix}"), condition),
        activity=stage.activity,
        sessions=value(week["sessions"]),
        rest_days=value(week["rest_days"]) if week["rest_days"] != _NOTHING else None,
        session=None if session is None else _amounts(session or dict(sessions[own].then)),
        grows=list(stage.grows),
        most=dict(stage.most),
        least=_asked(rules.get(f"least-{suffix}"), _least),
        milestones=[
            filled(title=entry.title, reach=dict(entry.reach), facts=_facts(model, entry.facts))
            for entry in stage.milestones
        ],
        **carried(model.decisions[given.day_decision], days[own]),
    )


def _facts(model: Model, pairs: Iterable[tuple[str, Any]]) -> Data:
    return {name: literal(model.facts[name].domain, content) for name, content in pairs}


def _amounts(pairs: Mapping[str, Any]) -> Data:
    return {name: value(amount) for name, amount in pairs.items()}


def _asked(rule: Rule | None, written: Any) -> Any:
    """Return what a rule that keeps people at a stage asks for; it fires where this does not hold."""
    if rule is None:
        return None
    assert isinstance(rule.condition, All)
    _, waiting = rule.condition.parts
    assert isinstance(waiting, Not)
    return written(waiting.part)


def _least(given: All) -> Data:
    return {test.subject.name: value(test.operands[0]) for test in given.parts if isinstance(test, Test)}


def _course(model: Model, given: FactProjection) -> Data:
    match given.kind:
        case "then":
            after = {"after": given.of[0]} if given.of else {"after_days": given.days}
            return {"then": literal(model.facts[given.fact].domain, given.value), **after}
        case "passes" | "days_since" | "in_stage":
            return {given.kind: given.of[0]}
        case _:
            return {given.kind: list(given.of)}


def _written(given: Stages, decision: Decision) -> list[Rule]:
    """Return the rules of a decision that do not follow from a stage."""
    own = {f"{kind}-{hyphenated(stage.name)}" for stage in given.stages for kind in ("at", "enter", "least")}
    return [rule for rule in decision.rules if rule.id not in own]


def _rule(decision: Decision, rule: Rule, then: Any) -> Data:
    return filled(id=rule.id, title=rule.title, when=condition(rule.condition), then=then, **carried(decision, rule))


def _step(then: Mapping[str, Any]) -> Any:
    words = {"back": "go_back", "latest": "jump"}
    back = {words[name]: value(content) for name, content in then.items() if name in words}
    return back or then["step"]
