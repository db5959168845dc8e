"""The days of a week: which of them hold a session, how much it has, and which are for rest. Every limit is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.conclusion import Limit
from hiprun.inference.outcome import Outcome
from hiprun.model import Decision
from hiprun.model.stages import Stage, standing_rule
from hiprun.model.value_conversion import decimal, exact
from hiprun.plan.plan_limits import Kept
from hiprun.plan.projection import WEEK, Names, State

Amounts = Mapping[str, Fraction]
Decide = Callable[[str, Mapping[str, Any]], Outcome]


class NotKnownError(Exception):
    """Facts are missing without which nobody can plan; with none to ask for, the rules contradict each other."""

    def __init__(self, needs: Sequence[str]) -> None:
        super().__init__(needs)
        self.needs = tuple(needs)


@attrs.define
class Draft:
    """A day while its week is planned. `number` counts the days of the plan from 0."""

    number: int
    activity: str
    rules: tuple[str, ...]
    facts: Mapping[str, Any]
    amounts: Amounts = attrs.field(factory=dict)

    def drop(self, activity: str, rules: tuple[str, ...]) -> None:
        """Take the session out."""
        self.activity, self.rules, self.amounts = activity, rules, {}


@attrs.frozen
class Planned:
    """The rest of a week: its days, the limits on its quantities, and the facts by which they were asked."""

    days: tuple[Draft, ...]
    limits: Mapping[str, Limit]
    facts: tuple[Mapping[str, Any], ...]


@attrs.frozen
class Weekly:
    """Plans weeks. `facts` maps each decision to the facts it follows from."""

    decide: Decide
    decisions: Mapping[str, Decision]
    facts: Mapping[str, Names]
    kept: tuple[Kept, ...]
    limited: Names

    def answer(
        self, decision: str, state: State, day: int
    ) -> tuple[Mapping[str, Any], tuple[str, ...], dict[str, Any]]:
        """Return the one answer of a decision on a day, the rules that fired, and the facts; else raise."""
        facts = state.facts(self.facts[decision], day)
        outcome = self.decide(decision, facts)
        if outcome.status != "decided":
            raise NotKnownError(outcome.needs)
        return outcome.possible[0], outcome.fired, facts

    def rest_of_week(self, state: State, day: int) -> Planned:
        """Return the days from `day` to the end of the week; `state` stays as it is."""
        ahead = state.copy()
        stage = state.stages.stages[state.stage]
        shares: list[Amounts] = []
        done = state.sessions_since(state.week_start)
        drafts: list[Draft] = []
        for number in range(day, state.week_start + WEEK):
            answer, fired, facts = self.answer(state.stages.day, ahead, number)
            sessions = 0 if state.stopped else min(answer["sessions"], WEEK - answer["rest_days"])
            if number == day:
                left = state.week_start + WEEK - day - max(0, answer["rest_days"] - state.rested)
                shares = list(self._shares(state, stage, day, min(sessions - done, left)))
            draft = self._day(state, number, answer["activity"], fired, facts)
            next_one = ahead.sessions_since(state.week_start) - done
            due = _due(ahead, number, sessions) and next_one < len(shares)
            if due and draft.activity == stage.activity:
                draft.amounts = shares[next_one]
                ahead.hold(number, stage.activity, draft.amounts)
            else:
                self._without(draft, state)
            drafts.append(draft)
        limits, asked = self._keep_limits(state, stage, drafts)
        self._rest(state, drafts, answer["rest_days"])
        return Planned(tuple(drafts), limits, asked)

    def _day(self, state: State, number: int, activity: str, fired: tuple[str, ...], facts: dict[str, Any]) -> Draft:
        name = state.stages.day
        asked = {rule.id for rule in self.decisions[name].rules if ("activity", activity) in rule.then}
        return Draft(number, activity, tuple(f"{name}.{rule}" for rule in fired if rule in asked), facts)

    def _without(self, draft: Draft, state: State) -> None:
        """Make a day one without a session: the more careful of what it may hold and what stands between sessions."""
        order = list(state.stages.activities)
        if order.index(state.stages.between) > order.index(draft.activity):
            draft.drop(state.stages.between, state.stopped_by if state.stopped else _standing(state))

    def _shares(self, state: State, stage: Stage, day: int, sessions: int) -> Iterator[Amounts]:
        """Yield what each session still to come in this week is made of, rounded down to what can be kept to."""
        measures = state.stages.measures
        fixed: dict[str, Fraction] = {}
        outcome = self.decide(state.stages.session, state.facts(self.facts[state.stages.session], day))
        if outcome.status in ("undetermined", "conflict"):
            raise NotKnownError(outcome.needs)
        answer: Mapping[str, Any] = outcome.possible[0] if outcome.possible else {}
        for name, value in answer.items():
            fixed[name] = state.units(name, exact(value) or 0) * Fraction(measures[name].step)
        grown = {name: self._units(state, name, day) for name in stage.grows}
        most = {name: state.units(name, state.amount(amount)) for name, amount in stage.most}
        for index in range(max(0, sessions)):
            amounts = dict(fixed)
            for name, units in grown.items():
                share, more = divmod(units, sessions)
                each = share + (index < more)
                amounts[name] = min(each, most.get(name, each)) * Fraction(measures[name].step)
            amounts = {name: amount for name, amount in amounts.items() if amount > 0}
            if amounts:
                yield amounts

    def _units(self, state: State, measure: str, day: int) -> int:
        """Return how many steps of a measure that grows the limits leave for the rest of the week."""
        own = [course for course in state.stages.courses if course.of == (measure,)]
        behind = next(course for course in own if course.kind == "last_week")
        limits = self._limits(self._asked(state, day, {}))
        week = [limits[course.fact] for course in own if course.kind == "week" and course.fact in limits]
        most = [_number(limit.at_most if limit.safest_at_most is None else limit.safest_at_most) for limit in week]
        before = _number(state.value(behind, day))
        unlimited = all(amount is None for amount in most)
        if before is None and (unlimited or state.holds):
            raise NotKnownError([behind.fact])
        allowed = [*most, before if unlimited or state.holds else None]
        left = min(amount for amount in allowed if amount is not None) - state.totals.get(measure, Fraction(0))
        return max(0, state.units(measure, left))

    def _limits(self, facts: Mapping[str, Any]) -> dict[str, Limit]:
        """Return the limits by the fact that they are on; the rules that set them get the name of their decision."""
        found: dict[str, Limit] = {}
        for kept in self.kept:
            concluded = kept.concluded(facts)
            if concluded.status == "conflict":
                raise NotKnownError(())
            for limit in concluded.limits:
                if limit.quantity in facts and limit.verdict is None:
                    raise NotKnownError(concluded.needs)
                set_by = tuple(f"{kept.name}.{rule}" for rule in limit.set_by)
                found[limit.quantity] = attrs.evolve(limit, set_by=set_by)
        return found

    def _asked(self, state: State, day: int, amounts: Amounts) -> dict[str, Any]:
        """Return the facts by which limits are asked on a day, with a session and what its week holds."""
        found = state.facts(self.limited, day)
        for course in state.stages.courses:
            if course.kind in ("session", "week"):
                of = amounts if course.kind == "session" else state.totals
                found[course.fact] = decimal(sum((of.get(name, Fraction(0)) for name in course.of), Fraction(0)))
        return found

    def _keep_limits(
        self, state: State, stage: Stage, drafts: list[Draft]
    ) -> tuple[dict[str, Limit], tuple[Mapping[str, Any], ...]]:
        """Take sessions out until every limit is kept."""
        while True:
            held = [draft for draft in drafts if draft.amounts]
            ahead = state.copy()
            for draft in held:
                ahead.hold(draft.number, stage.activity, draft.amounts)
            asked: dict[str, tuple[Draft, dict[str, Any]]] = {}
            for draft in held:
                facts = self._asked(ahead, draft.number, draft.amounts)
                asked.setdefault(str(facts), (draft, facts))
            limits: dict[str, Limit] = {}
            for draft, facts in asked.values():
                limits = self._limits(facts)
                broken = _broken(state, stage, limits)
                if broken:
                    # What is too much for a week is taken from its end, what is wrong with a session from itself.
                    out = held[-1] if "week" in broken else draft
                    out.drop(state.stages.between, tuple(rule for rules in broken.values() for rule in rules))
                    break
            else:
                return limits, tuple(facts for _, facts in asked.values())

    def _rest(self, state: State, drafts: list[Draft], rest_days: int) -> None:
        """Make the last free days of the week ones with nothing but rest, as many as there have to be."""
        rest = list(state.stages.activities)[-1]
        free = [draft for draft in drafts if not draft.amounts]
        missing = rest_days - state.rested - sum(draft.activity == rest for draft in free)
        for draft in reversed(free):
            if missing > 0 and draft.activity != rest:
                draft.drop(rest, _standing(state))
                missing -= 1


def _broken(state: State, stage: Stage, limits: Mapping[str, Limit]) -> dict[str, tuple[str, ...]]:
    """Return the rules of limits that a session breaks, by what they are on: the session, its week, or the days before.

    A week that holds too little breaks none: taking out more does not mend it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for course in state.stages.courses:
        limit = limits.get(course.fact)
        if limit is None or course.kind not in ("session", "week", "days_since"):
            continue
        if course.kind == "days_since" and course.of != (stage.activity,):
            continue
        if limit.verdict == "above" or (limit.verdict == "below" and course.kind != "week"):
            found[course.kind] = (*found.get(course.kind, ()), *limit.set_by)
    return found


def _due(state: State, day: int, sessions: int) -> bool:
    """Whether a session is due: the week has fewer than it may have, and they are spread over it."""
    held = [number for number, _ in state.sessions if number >= state.week_start]
    return len(held) < sessions and (not held or day - held[-1] >= WEEK // sessions)


def _standing(state: State) -> tuple[str, ...]:
    """Return the rule that says how many sessions and days of rest the stage has."""
    return (f"{state.stages.day}.{standing_rule(state.stages.stages[state.stage].name)}",)


def _number(value: Any) -> Fraction | None:
    number = None if value is None or isinstance(value, Mapping) else exact(value)
    return None if number is None else Fraction(number)
