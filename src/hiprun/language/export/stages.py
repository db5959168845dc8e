"""Protocols of a model → their documents, gathered from a protocol and its decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from hiprun.language.export.conditions import Data, condition_data, value_data
from hiprun.language.export.decisions import rule_remarks
from hiprun.language.export.declarations import constant_data, source_data, without_empty
from hiprun.model import All, Constant, Decision, Model, Not, Rule, Test
from hiprun.model.stages import PROJECTS_FROM, FactProjection, Stage, Stages, hyphenated, stage_rule_id

_NOTHING = Constant(0)


def protocol_data(model: Model, protocol: Stages) -> Data:
    """Return the document of a protocol."""
    steps, days = model.decisions[protocol.name], model.decisions[protocol.day_decision]
    return without_empty(
        stages=protocol.name,
        title=protocol.title,
        because=protocol.because,
        source=source_data(protocol.sources),
        interpretation=protocol.interpretation,
        measures={
            name: without_empty(title=entry.title, unit=entry.unit, step=entry.step)
            for name, entry in protocol.measures.items()
        },
        activities=dict(protocol.activities),
        between="" if protocol.between == list(protocol.activities)[-1] else protocol.between,
        keeps=list(protocol.keeps),
        in_order={entry.name: _stage_data(model, protocol, entry) for entry in protocol.stages},
        over_time={entry.fact: _projection_data(model, entry) for entry in protocol.projections},
        steps=[_rule_data(steps, rule, _step_data(dict(rule.then))) for rule in _explicit_rules(protocol, steps)],
        days=[_rule_data(days, rule, _day_data(dict(rule.then))) for rule in _explicit_rules(protocol, days)],
    )


def _stage_data(model: Model, protocol: Stages, stage: Stage) -> Data:
    stage_rule, suffix = stage_rule_id(stage.name), hyphenated(stage.name)
    rules, days, sessions = (
        {rule.id: rule for rule in model.decisions[name].rules}
        for name in (protocol.name, protocol.day_decision, protocol.session_decision)
    )
    week = dict(days[stage_rule].then)
    session = (
        {name: amount for name, amount in sessions[stage_rule].then if amount != _NOTHING}
        if stage_rule in sessions
        else None
    )
    return without_empty(
        title=stage.title,
        facts=_facts_data(model, stage.facts),
        enter=_requirement_data(rules.get(f"enter-{suffix}"), condition_data),
        activity=stage.activity,
        sessions=value_data(week["sessions"]),
        rest_days=value_data(week["rest_days"]) if week["rest_days"] != _NOTHING else None,
        session=None if session is None else _amounts_data(session or dict(sessions[stage_rule].then)),
        grows=list(stage.grows),
        most=dict(stage.most),
        fills=dict(stage.fills),
        how=stage.how,
        least=_requirement_data(rules.get(f"least-{suffix}"), _least_data),
        milestones=[
            without_empty(title=entry.title, reach=dict(entry.reach), facts=_facts_data(model, entry.facts))
            for entry in stage.milestones
        ],
        **rule_remarks(model.decisions[protocol.day_decision], days[stage_rule]),
    )


def _facts_data(model: Model, pairs: Iterable[tuple[str, Any]]) -> Data:
    return {name: constant_data(model.facts[name].domain, content) for name, content in pairs}


def _amounts_data(pairs: Mapping[str, Any]) -> Data:
    return {name: value_data(amount) for name, amount in pairs.items()}


def _requirement_data(rule: Rule | None, export: Any) -> Any:
    """Return what a rule that keeps people at a stage requires; it fires if this does not hold."""
    if rule is None:
        return None
    assert isinstance(rule.condition, All)
    _, not_met = rule.condition.parts
    assert isinstance(not_met, Not)
    return export(not_met.part)


def _least_data(condition: All) -> Data:
    return {test.subject.name: value_data(test.operands[0]) for test in condition.parts if isinstance(test, Test)}


def _projection_data(model: Model, projection: FactProjection) -> Data:
    match PROJECTS_FROM[projection.kind]:
        case "end":
            after: Data = {"after": projection.of[0]} if projection.of else {"after_days": projection.days}
            up_to = {} if projection.up_to is None else {"up_to": projection.up_to}
            return {"then": constant_data(model.facts[projection.fact].domain, projection.value), **after, **up_to}
        case "unit" | "activity":
            return {projection.kind: projection.of[0]}
        case "measures":
            return {projection.kind: list(projection.of)}
        case named:
            assert_never(named)


def _explicit_rules(protocol: Stages, decision: Decision) -> list[Rule]:
    """Return the rules of a decision that do not follow from a stage."""
    derived_ids = {f"{kind}-{hyphenated(stage.name)}" for stage in protocol.stages for kind in ("at", "enter", "least")}
    return [rule for rule in decision.rules if rule.id not in derived_ids]


def _rule_data(decision: Decision, rule: Rule, then: Any) -> Data:
    return without_empty(
        id=rule.id, title=rule.title, when=condition_data(rule.condition), then=then, **rule_remarks(decision, rule)
    )


def _day_data(then: Mapping[str, Any]) -> Any:
    return then.get("activity") or _amounts_data(then)


def _step_data(then: Mapping[str, Any]) -> Any:
    step_names = {"back": "go_back", "latest": "jump"}
    backward = {step_names[name]: value_data(content) for name, content in then.items() if name in step_names}
    return backward or then["step"]
