"""The facts of a plan from day to day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import takewhile
from typing import Any, assert_never

import attrs

from hiprun.model import Model
from hiprun.model.stages import Amount, FactProjection, Stages
from hiprun.model.units import Units
from hiprun.model.value_conversion import exact, public

WEEK = 7
_FLOAT_STEPS = 1_000_000


@attrs.frozen
class ProjectedFacts:
    """Names of facts, and the projections of those that change."""

    names: frozenset[str]
    projections: tuple[FactProjection, ...]


def projected_facts(facts: Iterable[str], stages: Stages) -> ProjectedFacts:
    """Return `facts` with their projections in plans by the protocol `stages`."""
    names = frozenset(facts)
    return ProjectedFacts(names, tuple(projection for projection in stages.projections if projection.fact in names))


@attrs.define
class PlanState:
    """The state of a plan on a day: which facts are known, since when, and what has been planned so far.

    `whole_week_totals` are those of the last week in which no session was lost, from which measures grow on; what was
    reported since `base_since` counts before them. `latest_totals` has the last amount of each measure in such a week
    that had any. `ceilings` has the most of a measure in a week after a step back from a stage in which it grew.
    """

    model: Model
    stages: Stages
    known: dict[str, Any]
    known_since: dict[str, int] = attrs.field(factory=dict)
    stage: int = 0
    sessions: list[tuple[int, str]] = attrs.field(factory=list)
    week_start: int = 0
    totals: dict[str, Fraction] = attrs.field(factory=dict)
    whole_week_totals: Mapping[str, Fraction] = attrs.field(factory=dict)
    base_since: int = 0
    latest_totals: Mapping[str, Fraction] = attrs.field(factory=dict)
    after_broken_week: bool = False
    ceilings: dict[str, Fraction] = attrs.field(factory=dict)
    applied_rules: frozenset[str] = frozenset()
    is_held_back: bool = False
    stopped: bool = False
    stopped_by: tuple[str, ...] = ()
    rest_days: int = 0

    def copy(self) -> PlanState:
        """Return a state that can be changed without changing this one."""
        return attrs.evolve(
            self,
            known=dict(self.known),
            known_since=dict(self.known_since),
            sessions=list(self.sessions),
            totals=dict(self.totals),
            ceilings=dict(self.ceilings),
        )

    def set_facts(self, facts: Mapping[str, Any], day: int) -> None:
        """Set facts as known from `day` on; None makes them unknown."""
        for name, value in facts.items():
            self.known[name] = value
            self.known_since[name] = day

    def enter_stage(self, stage: int, day: int) -> None:
        """Go to a stage: its facts hold from `day` on."""
        self.stage = stage
        for measure in self.stages.stages[stage].grows:
            self.ceilings.pop(measure, None)
        self.reset_stage_counters(day)
        facts = self.stages.stages[stage].facts
        self.set_facts({name: public(self.model.facts[name].domain, value) for name, value in facts}, day)

    def reset_stage_counters(self, day: int) -> None:
        """Start counting days and sessions in the stage from `day` on."""
        counters = {projection.fact for projection in self.stages.projections if projection.kind == "in_stage"}
        self.set_facts(dict.fromkeys(counters, 0), day)

    def begin_week(self, day: int, sessions_possible: int) -> None:
        """Begin a week after one that could have had `sessions_possible`; after a broken one nothing is raised."""
        done = self.sessions_since(self.week_start)
        self.after_broken_week = 0 < done < sessions_possible
        if not self.after_broken_week:
            self.whole_week_totals, self.base_since = self.totals, day
            self.latest_totals = {**self.latest_totals, **{name: total for name, total in self.totals.items() if total}}
        self.week_start, self.totals, self.rest_days = day, {}, 0

    def add_session(self, day: int, activity: str, amounts: Mapping[str, Fraction]) -> None:
        """Add a session."""
        self.sessions.append((day, activity))
        for name, amount in amounts.items():
            self.totals[name] = self.totals.get(name, Fraction(0)) + amount

    def sessions_since(self, day: int) -> int:
        """Return the number of sessions from `day` on."""
        return len(list(takewhile(lambda session: session[0] >= day, reversed(self.sessions))))

    def last_day_with(self, activity: str, since: int, before: int) -> int | None:
        """Return the last day with an activity, from `since` on and before `before`; None if there is none."""
        recent = takewhile(lambda session: session[0] >= since, reversed(self.sessions))
        return next((day for day, session_activity in recent if session_activity == activity and day < before), None)

    def amount(self, amount: Amount, unit: str) -> int | Fraction:
        """Return the number of `unit` that is given directly or as the name of a parameter."""
        if not isinstance(amount, str):
            return amount
        parameter = self.model.parameters[amount]
        return Units(self.model.units).converted(parameter.value, parameter.unit, unit)

    def whole_steps(self, measure: str, amount: int | Fraction) -> int:
        """Return the number of whole steps of a measure in an amount."""
        return math.floor(amount / Fraction(self.stages.measures[measure].step))

    def facts(self, projected: ProjectedFacts, day: int) -> dict[str, Any]:
        """Return the known values of some facts on a day."""
        known = self.known
        values = {name: known[name] for name in projected.names if known.get(name) is not None}
        for projection in projected.projections:
            if projection.kind == "then" and values.get(projection.fact) == projection.value:
                continue
            value = self.value(projection, day)
            if value is None:
                values.pop(projection.fact, None)
            else:
                values[projection.fact] = value
        return values

    def value(self, projection: FactProjection, day: int) -> Any:
        """Return the value of a projected fact on a day; None if it is not known."""
        known_since = self.known_since.get(projection.fact, 0)
        known = self.known.get(projection.fact)
        match projection.kind:
            case "passes":
                elapsed = day - known_since
                return self._advanced(projection, Fraction(elapsed, WEEK) if projection.of == ("weeks",) else elapsed)
            case "days_since":
                last = self.last_day_with(projection.of[0], known_since, day)
                return (
                    self._advanced(projection, day - known_since)
                    if last is None
                    else self._capped(projection, day - last)
                )
            case "in_stage":
                return self._advanced(
                    projection, day - known_since if projection.of == ("days",) else self.sessions_since(known_since)
                )
            case "last_week" | "any_last_week":
                if known_since >= self.base_since:
                    return known
                total = sum(self.whole_week_totals.get(name, 0) for name in projection.of)
                if projection.kind == "any_last_week":
                    return {"above": 0} if total else 0
                return self._capped(projection, total)
            case "then":
                domain = self.model.facts[projection.fact].domain
                return public(domain, projection.value) if self._is_due(projection, known_since, day) else known
            case "session" | "week":
                return None  # amounts of a session or a week are known only once it is planned
            case kind:
                assert_never(kind)

    def _is_due(self, projection: FactProjection, known_since: int, day: int) -> bool:
        """Return whether a fact has changed for good by a day."""
        if self.stopped or not self._may_pass(projection):
            return False  # a reason to stop is not assumed to pass by itself
        if projection.of:
            return self.last_day_with(projection.of[0], known_since, day) is not None
        return day >= known_since + projection.days

    def _may_pass(self, projection: FactProjection) -> bool:
        """Return whether a known number is at most the one up to which it is assumed to pass."""
        if projection.up_to is None:
            return True
        known = self.known.get(projection.fact)
        highest = known.get("at_most", known.get("below")) if isinstance(known, Mapping) else known
        number = None if highest is None else exact(highest)
        return number is not None and number <= self.amount(
            projection.up_to, self.model.facts[projection.fact].domain.unit
        )

    def _advanced(self, projection: FactProjection, increase: int | Fraction) -> Any:
        """Return a known number plus its increase since; of a partial value only the lowest that it can be."""
        known = self.known.get(projection.fact)
        if not increase or known is None:
            return known
        if isinstance(known, Mapping):
            lowest = exact(known.get("at_least", math.nan))
            return None if lowest is None else {"at_least": self._capped(projection, lowest + increase)}
        number = exact(known)
        return None if number is None else self._capped(projection, number + increase)

    def _capped(self, projection: FactProjection, number: int | Fraction) -> Any:
        domain = self.model.facts[projection.fact].domain
        if domain.highest is not None:
            number = min(number, domain.highest)
        if domain.type == "integer":
            return int(number)
        # Rounded down this finely, it is on the same side of every threshold that a rule file has.
        return int(number) if number.denominator == 1 else math.floor(number * _FLOAT_STEPS) / _FLOAT_STEPS
