"""How facts change as the days of a plan go by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import takewhile
from typing import Any

import attrs

from hiprun.model import Model
from hiprun.model.stages import Amount, Course, Stages
from hiprun.model.value_conversion import exact, public

WEEK = 7
_FINEST = 1_000_000


@attrs.frozen
class Names:
    """Facts that something follows from, and how those of them change that do."""

    all: frozenset[str]
    changing: tuple[Course, ...]


def names_of(facts: Iterable[str], stages: Stages) -> Names:
    """Return `facts` with how they change in plans for `stages`."""
    found = frozenset(facts)
    return Names(found, tuple(course for course in stages.courses if course.fact in found))


@attrs.define
class State:
    """Where a plan stands on a day: what was told and when, and what was planned so far."""

    model: Model
    stages: Stages
    known: dict[str, Any]
    told: dict[str, int] = attrs.field(factory=dict)
    stage: int = 0
    sessions: list[tuple[int, str]] = attrs.field(factory=list)
    week_start: int = 0
    totals: dict[str, Fraction] = attrs.field(factory=dict)
    before: Mapping[str, Fraction] = attrs.field(factory=dict)
    applied: frozenset[str] = frozenset()
    holds: bool = False
    stopped: bool = False
    stopped_by: tuple[str, ...] = ()
    rested: int = 0

    def copy(self) -> State:
        """Return a state that can go on without changing this one."""
        return attrs.evolve(self, sessions=list(self.sessions), totals=dict(self.totals))

    def tell(self, facts: Mapping[str, Any], day: int) -> None:
        """Note facts as known from `day` on; None makes them unknown."""
        for name, value in facts.items():
            self.known[name] = value
            self.told[name] = day

    def enter(self, stage: int, day: int) -> None:
        """Go to a stage: what it says holds from `day` on."""
        self.stage = stage
        self.begin_stage(day)
        facts = self.stages.stages[stage].facts
        self.tell({name: public(self.model.facts[name].domain, value) for name, value in facts}, day)

    def begin_stage(self, day: int) -> None:
        """Count days and sessions in the stage from `day` on."""
        counted = {course.fact for course in self.stages.courses if course.kind == "in_stage"}
        self.tell(dict.fromkeys(counted, 0), day)

    def begin_week(self, day: int) -> None:
        """Close the week before."""
        self.week_start = day
        self.before, self.totals, self.rested = self.totals, {}, 0

    def hold(self, day: int, activity: str, amounts: Mapping[str, Fraction]) -> None:
        """Note a session."""
        self.sessions.append((day, activity))
        for name, amount in amounts.items():
            self.totals[name] = self.totals.get(name, Fraction(0)) + amount

    def sessions_since(self, day: int) -> int:
        """Return how many sessions there were from `day` on."""
        return len(list(takewhile(lambda session: session[0] >= day, reversed(self.sessions))))

    def last(self, activity: str, since: int, before: int) -> int | None:
        """Return the last day with an activity, from `since` on and before another; None where there is none."""
        recent = takewhile(lambda session: session[0] >= since, reversed(self.sessions))
        return next((day for day, held in recent if held == activity and day < before), None)

    def amount(self, amount: Amount) -> int | Fraction:
        """Return a number that is given as such or as a parameter."""
        return self.model.parameters[amount].value if isinstance(amount, str) else amount

    def units(self, measure: str, amount: int | Fraction) -> int:
        """Return how many whole steps of a measure an amount has."""
        return math.floor(amount / Fraction(self.stages.measures[measure].step))

    def facts(self, names: Names, day: int) -> dict[str, Any]:
        """Return what is known on a day of the facts called `names`."""
        known = self.known
        found = {name: known[name] for name in names.all if known.get(name) is not None}
        for course in names.changing:
            if course.kind == "then" and found.get(course.fact) == course.value:
                continue
            value = self.value(course, day)
            if value is None:
                found.pop(course.fact, None)
            else:
                found[course.fact] = value
        return found

    def value(self, course: Course, day: int) -> Any:
        """Return what a fact that changes is on a day; None where that is not known."""
        told = self.told.get(course.fact, 0)
        known = self.known.get(course.fact)
        match course.kind:
            case "passes":
                gone = day - told
                return self._later(course, Fraction(gone, WEEK) if course.of == ("weeks",) else gone)
            case "days_since":
                last = self.last(course.of[0], told, day)
                return self._later(course, day - told) if last is None else self._capped(course, day - last)
            case "in_stage":
                return self._later(course, day - told if course.of == ("days",) else self.sessions_since(told))
            case "last_week" | "any_last_week":
                if told >= self.week_start:
                    return known
                total = sum(self.before.get(name, 0) for name in course.of)
                if course.kind == "any_last_week":
                    return {"above": 0} if total else 0
                return self._capped(course, total)
            case "then":
                if self.stopped:
                    return known  # what says to stop is not supposed to pass by itself
                over = day >= told + course.days
                if course.of:
                    over = self.last(course.of[0], told, day) is not None
                domain = self.model.facts[course.fact].domain
                return public(domain, course.value) if over else known
            case _:
                return None  # what a session or a week holds is known only when it is planned

    def _later(self, course: Course, gone: int | Fraction) -> Any:
        """Return a number that was told, and what has been added since; of one known in part, how low it lies."""
        known = self.known.get(course.fact)
        if not gone or known is None:
            return known
        if isinstance(known, Mapping):
            lowest = exact(known.get("at_least", math.nan))
            return None if lowest is None else {"at_least": self._capped(course, lowest + gone)}
        number = exact(known)
        return None if number is None else self._capped(course, number + gone)

    def _capped(self, course: Course, number: int | Fraction) -> Any:
        domain = self.model.facts[course.fact].domain
        if domain.highest is not None:
            number = min(number, domain.highest)
        if domain.type == "integer":
            return int(number)
        # Rounded down so far, it lies on the same side of every number that anyone writes.
        return int(number) if number.denominator == 1 else math.floor(number * _FINEST) / _FINEST
