"""The days of a week: which have a session, its amounts, and which are for rest, all within the limits."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.conclusion import Limit
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision
from hiprun.model.stages import FactProjection, Stage, stage_rule_id
from hiprun.model.value_conversion import decimal, exact
from hiprun.plan.projected_limits import PlanLimits
from hiprun.plan.projection import WEEK, PlanState, ProjectedFacts

Amounts = Mapping[str, Fraction]
Decide = Callable[[str, Mapping[str, Any]], Outcome]
LimitsOfDay = Callable[[], Mapping[str, Limit]]


class UndecidedPlanError(Exception):
    """A plan cannot be made: facts are missing or, if `needs` is empty, rules contradict each other."""

    def __init__(self, needs: Sequence[str]) -> None:
        super().__init__(needs)
        self.needs = tuple(needs)


@attrs.define
class DraftDay:
    """A day while its week is being planned. `number` counts the days of the plan from 0."""

    number: int
    activity: str
    rules: tuple[str, ...]
    facts: Mapping[str, Any]
    amounts: Amounts = attrs.field(factory=dict)

    def remove_session(self, activity: str, rules: tuple[str, ...]) -> None:
        """Remove the session."""
        self.activity, self.rules, self.amounts = activity, rules, {}


@attrs.frozen
class WeekPlan:
    """The rest of a week: its days, the limits on its quantities, and the facts that the limits were evaluated on.

    `sessions_possible` is how many the week could have if nothing but the days between two sessions mattered.
    """

    days: tuple[DraftDay, ...]
    limits: Mapping[str, Limit]
    facts: tuple[Mapping[str, Any], ...]
    sessions_possible: int


@attrs.frozen
class WeekPlanner:
    """Plans weeks. `decision_facts` maps each decision to the facts it depends on."""

    decide: Decide
    decisions: Mapping[str, Decision]
    decision_facts: Mapping[str, ProjectedFacts]
    plan_limits: tuple[PlanLimits, ...]
    limit_facts: ProjectedFacts

    def answer(
        self, decision: str, state: PlanState, day: int
    ) -> tuple[Mapping[str, Any], tuple[str, ...], dict[str, Any]]:
        """Return the answer of a decision on a day, its fired rules and its facts; raises if undecided."""
        facts = state.facts(self.decision_facts[decision], day)
        outcome = self.decide(decision, facts)
        if outcome.status != "decided":
            raise UndecidedPlanError(outcome.needs)
        return outcome.possible[0], outcome.fired, facts

    def rest_of_week(self, state: PlanState, day: int) -> WeekPlan:
        """Return the days from `day` to the end of the week; `state` stays as it is."""
        projected = state.copy()
        stage = state.stages.stages[state.stage]
        session_amounts: list[Amounts] = []
        sessions_done = state.sessions_since(state.week_start)
        possible = 0
        drafts: list[DraftDay] = []
        for number in range(day, state.week_start + WEEK):
            answer, fired, facts = self.answer(state.stages.day_decision, projected, number)
            sessions = 0 if state.stopped else min(answer["sessions"], WEEK - answer["rest_days"])
            if number == day:
                days_left = state.week_start + WEEK - day - max(0, answer["rest_days"] - state.rest_days)
                before_sessions = functools.cache(functools.partial(self._limits_before_sessions, state, day))
                possible = self._sessions_possible(state, stage, day, sessions, before_sessions)
                remaining = min(sessions - sessions_done, days_left)
                session_amounts = list(self._session_amounts(state, stage, day, sessions, remaining, before_sessions))
            draft = self._draft_day(state, number, answer["activity"], fired, facts)
            next_session = projected.sessions_since(state.week_start) - sessions_done
            is_due = _is_session_due(projected, number, sessions) and next_session < len(session_amounts)
            if is_due and draft.activity == stage.activity:
                draft.amounts = session_amounts[next_session]
                self._keep_days_between(projected, stage, draft)
            if draft.amounts:
                projected.add_session(number, stage.activity, draft.amounts)
            else:
                self._remove_session(draft, state)
            drafts.append(draft)
        limits, limit_facts = self._enforce_limits(state, stage, drafts)
        self._add_rest_days(state, drafts, answer["rest_days"])
        return WeekPlan(tuple(drafts), limits, limit_facts, possible)

    def week_totals(self, state: PlanState, day: int) -> Amounts:
        """Return how much of each measure the rest of the week would have."""
        totals: dict[str, Fraction] = {}
        for draft in self.rest_of_week(state, day).days:
            for name, amount in draft.amounts.items():
                totals[name] = totals.get(name, Fraction(0)) + amount
        return totals

    def _draft_day(
        self, state: PlanState, number: int, activity: str, fired: tuple[str, ...], facts: dict[str, Any]
    ) -> DraftDay:
        name = state.stages.day_decision
        activity_rules = {rule.id for rule in self.decisions[name].rules if ("activity", activity) in rule.then}
        return DraftDay(number, activity, tuple(f"{name}.{rule}" for rule in fired if rule in activity_rules), facts)

    def _keep_days_between(self, state: PlanState, stage: Stage, draft: DraftDay) -> None:
        """Remove a session that is too soon after the one before; a later day may have it."""
        if any(entry.kind == "days_since" and entry.of == (stage.activity,) for entry in state.stages.projections):
            limits = self._limits(self._facts_for_limits(state, draft.number, draft.amounts))
            rules = _broken_limits(state, stage, limits).get("days_since")
            if rules:
                draft.remove_session(state.stages.between, rules)

    def _remove_session(self, draft: DraftDay, state: PlanState) -> None:
        """Remove the session: the day has its own activity or the one between sessions, the less demanding of both."""
        order = list(state.stages.activities)
        if order.index(state.stages.between) > order.index(draft.activity):
            draft.remove_session(state.stages.between, state.stopped_by if state.stopped else _stage_rule(state))

    def _limits_before_sessions(self, state: PlanState, day: int) -> dict[str, Limit]:
        """Return the limits on a day as they are before the rest of its week has any session."""
        return self._limits(self._facts_for_limits(state, day, {}))

    def _sessions_possible(
        self, state: PlanState, stage: Stage, day: int, sessions: int, before_sessions: LimitsOfDay
    ) -> int:
        """Return how many sessions the rest of the week has room for, with the days that limits keep between two."""
        apart, last = max(1, WEEK // max(1, sessions)), None
        for projection in state.stages.projections:
            if projection.kind == "days_since" and projection.of == (stage.activity,):
                limit = before_sessions().get(projection.fact)
                least = None if limit is None else _exact_or_none(limit.at_least)
                since = _exact_or_none(state.value(projection, day))
                if least is not None:
                    apart = max(apart, math.ceil(least))
                    last = None if since is None else day - math.floor(since)
        first = day if last is None else max(day, last + apart)
        return min(sessions, max(0, math.ceil((state.week_start + WEEK - first) / apart)))

    def _session_amounts(
        self,
        state: PlanState,
        stage: Stage,
        day: int,
        sessions: int,
        remaining: int,
        before_sessions: LimitsOfDay,
    ) -> Iterator[Amounts]:
        """Yield the amounts of each session that remains of the `sessions` of a week, rounded down to whole steps."""
        measures = state.stages.measures
        fixed: dict[str, Fraction] = {}
        outcome = self.decide(
            state.stages.session_decision, state.facts(self.decision_facts[state.stages.session_decision], day)
        )
        if outcome.status in ("undetermined", "conflict"):
            raise UndecidedPlanError(outcome.needs)
        answer: Mapping[str, Any] = outcome.possible[0] if outcome.possible else {}
        for name, value in answer.items():
            fixed[name] = state.whole_steps(name, exact(value) or 0) * Fraction(measures[name].step)
        for name in state.ceilings.keys() & fixed.keys():
            most = state.whole_steps(name, state.ceilings[name]) // max(1, sessions) * Fraction(measures[name].step)
            fixed[name] = min(fixed[name], most)
        growing = {name: self._weekly_steps(state, name, day, before_sessions()) for name in stage.grows}
        units = {name: measure.unit for name, measure in state.stages.measures.items()}
        session_maximum = {
            name: state.whole_steps(name, state.amount(amount, units[name])) for name, amount in stage.most
        }
        done = state.sessions_since(state.week_start)
        for index in range(done, done + max(0, remaining)):
            amounts = dict(fixed)
            for name, steps in growing.items():
                share, remainder = divmod(steps, sessions)
                # a session that was lost is not made up for by longer ones
                each = share + (index < remainder)
                amounts[name] = min(each, session_maximum.get(name, each)) * Fraction(measures[name].step)
            amounts = {name: amount for name, amount in amounts.items() if amount > 0}
            if amounts and (not growing or not amounts.keys().isdisjoint(growing)):
                yield amounts | dict(_filled(state, stage, amounts))

    def weekly_most(self, state: PlanState, measure: str, day: int) -> Fraction | None:
        """Return how much of a growing measure staying would give in a week; None as long as that is not known.

        After a week without any, that is as much as in the last week with some. If none is known, the limits say.
        """
        last_week = _last_week(state, measure)
        if _exact_or_none(state.value(last_week, day)) == 0:
            reported = _exact_or_none(state.known.get(last_week.fact))
            latest = state.latest_totals.get(measure, reported)
            if latest:
                return Fraction(latest)
            state = attrs.evolve(state, is_held_back=False)
        try:
            steps = self._weekly_steps(state, measure, day, self._limits_before_sessions(state, day))
            return steps * Fraction(state.stages.measures[measure].step)
        except UndecidedPlanError:
            return None

    def _weekly_steps(self, state: PlanState, measure: str, day: int, limits: Mapping[str, Limit]) -> int:
        """Return how many steps of a growing measure the limits allow for the week."""
        measure_projections = [projection for projection in state.stages.projections if projection.of == (measure,)]
        last_week = _last_week(state, measure)
        week_limits = [
            limits[projection.fact]
            for projection in measure_projections
            if projection.kind == "week" and projection.fact in limits
        ]
        week_maxima = [
            _exact_or_none(limit.at_most if limit.safest_at_most is None else limit.safest_at_most)
            for limit in week_limits
        ]
        last_week_amount = _exact_or_none(state.value(last_week, day))
        is_unlimited = all(amount is None for amount in week_maxima)
        if last_week_amount is None and (is_unlimited or state.is_held_back):
            raise UndecidedPlanError([last_week.fact])
        allowed = [*week_maxima, last_week_amount if is_unlimited or state.is_held_back else None]
        return max(0, state.whole_steps(measure, min(amount for amount in allowed if amount is not None)))

    def _limits(self, facts: Mapping[str, Any]) -> dict[str, Limit]:
        """Return the limits by fact; ids of the rules that set them are prefixed with their decision."""
        limits: dict[str, Limit] = {}
        for part in self.plan_limits:
            conclusion = part.evaluate(facts)
            if conclusion.status == "conflict":
                raise UndecidedPlanError(())
            for limit in conclusion.limits:
                if limit.quantity in facts and limit.verdict is None:
                    raise UndecidedPlanError(conclusion.needs)
                set_by = tuple(f"{part.name}.{rule}" for rule in limit.set_by)
                limits[limit.quantity] = attrs.evolve(limit, set_by=set_by)
        return limits

    def _facts_for_limits(self, state: PlanState, day: int, amounts: Amounts) -> dict[str, Any]:
        """Return the facts that limits depend on, on a day with a session of these amounts."""
        facts = state.facts(self.limit_facts, day)
        for projection in state.stages.projections:
            if projection.kind in ("session", "week"):
                measure_amounts = amounts if projection.kind == "session" else state.totals
                facts[projection.fact] = decimal(
                    sum((measure_amounts.get(name, Fraction(0)) for name in projection.of), Fraction(0))
                )
        return facts

    def _enforce_limits(
        self, state: PlanState, stage: Stage, drafts: list[DraftDay]
    ) -> tuple[dict[str, Limit], tuple[Mapping[str, Any], ...]]:
        """Remove sessions until every limit is respected."""
        while True:
            sessions = [draft for draft in drafts if draft.amounts]
            projected = state.copy()
            for draft in sessions:
                projected.add_session(draft.number, stage.activity, draft.amounts)
            distinct_facts: dict[str, tuple[DraftDay, dict[str, Any]]] = {}
            for draft in sessions:
                facts = self._facts_for_limits(projected, draft.number, draft.amounts)
                distinct_facts.setdefault(str(facts), (draft, facts))
            limits: dict[str, Limit] = {}
            for draft, facts in distinct_facts.values():
                limits = self._limits(facts)
                broken = _broken_limits(state, stage, limits)
                if broken:
                    # If the week has too much, its last session goes; if a session breaks a limit, that one.
                    removed = sessions[-1] if "week" in broken else draft
                    removed.remove_session(
                        state.stages.between, tuple(rule for rules in broken.values() for rule in rules)
                    )
                    break
            else:
                return limits, tuple(facts for _, facts in distinct_facts.values())

    def _add_rest_days(self, state: PlanState, drafts: list[DraftDay], rest_days: int) -> None:
        """Turn the last free days of the week into rest days, as many as are required."""
        rest = list(state.stages.activities)[-1]
        free = [draft for draft in drafts if not draft.amounts]
        missing = rest_days - state.rest_days - sum(draft.activity == rest for draft in free)
        for draft in reversed(free):
            if missing > 0 and draft.activity != rest:
                draft.remove_session(rest, _stage_rule(state))
                missing -= 1


def _last_week(state: PlanState, measure: str) -> FactProjection:
    """Return how the fact is projected that says how much of a growing measure the week before had."""
    own = (projection for projection in state.stages.projections if projection.of == (measure,))
    return next(projection for projection in own if projection.kind == "last_week")


def _filled(state: PlanState, stage: Stage, amounts: Amounts) -> Iterator[tuple[str, Fraction]]:
    """Yield the measures that make up what is left of a session, of those with the same unit."""
    measures = state.stages.measures
    for name, length in stage.fills:
        unit = measures[name].unit
        used = sum(amount for other, amount in amounts.items() if other != name and measures[other].unit == unit)
        left = state.whole_steps(name, state.amount(length, unit) - used)
        if left > 0:
            yield name, left * Fraction(measures[name].step)


def _broken_limits(state: PlanState, stage: Stage, limits: Mapping[str, Limit]) -> dict[str, tuple[str, ...]]:
    """Return the rules of the limits that are broken, by what they apply to: the session, its week, or the days before.

    A week with too little breaks none, because removing more does not help.
    """
    broken: dict[str, tuple[str, ...]] = {}
    for projection in state.stages.projections:
        limit = limits.get(projection.fact)
        if limit is None or projection.kind not in ("session", "week", "days_since"):
            continue
        if projection.kind == "days_since" and projection.of != (stage.activity,):
            continue
        if limit.verdict == "above" or (limit.verdict == "below" and projection.kind != "week"):
            broken[projection.kind] = (*broken.get(projection.kind, ()), *limit.set_by)
    return broken


def _is_session_due(state: PlanState, day: int, sessions: int) -> bool:
    """Whether a session is due: the week has fewer than it may have, and enough days lie between them."""
    session_days = [number for number, _ in state.sessions if number >= state.week_start]
    return len(session_days) < sessions and (not session_days or day - session_days[-1] >= WEEK // sessions)


def _stage_rule(state: PlanState) -> tuple[str, ...]:
    """Return the rule that sets the number of sessions and rest days of the stage."""
    return (f"{state.stages.day_decision}.{stage_rule_id(state.stages.stages[state.stage].name)}",)


def _exact_or_none(value: Any) -> Fraction | None:
    number = None if value is None or isinstance(value, Mapping) else exact(value)
    return None if number is None else Fraction(number)
