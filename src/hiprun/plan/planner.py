"""From the facts of today to a plan: week by week, a step is decided, sessions are placed, limits kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.conclusion import Limit
from hiprun.model import Decision, Model
from hiprun.model.stages import Milestone as Goal
from hiprun.model.stages import Stages
from hiprun.model.value_conversion import Value, decimal, exact, public
from hiprun.plan.plan_data import Day, Milestone, PlanStatus, Quantity, Schedule, StageStep, Supposed, Week
from hiprun.plan.plan_limits import facts_of, kept
from hiprun.plan.projection import WEEK, State, names_of
from hiprun.plan.week_schedule import Decide, Draft, NotKnownError, Planned, Weekly

_GOES_BACK = frozenset({"go_back", "jump"})
_ENDS: Mapping[str, PlanStatus] = {"stop": "stop", "refer": "refer"}


@attrs.frozen
class ReportedFacts:
    """Facts that were told on a day, counted from the first of the plan."""

    day: int
    facts: Mapping[str, Any]


@attrs.frozen
class Planner:
    """Makes plans for one protocol. Holds nothing about anybody."""

    model: Model
    stages: Stages
    weekly: Weekly
    check: Callable[[Mapping[str, Any]], object]

    def schedule(
        self, reports: Sequence[ReportedFacts], start: datetime.date, weeks: int, stage: int | None
    ) -> Schedule:
        """Return the plan that follows from what was told, each report as if nothing after it were known."""
        # Where nothing was told, a week is not planned anew in its middle.
        told = tuple(report for report in reports if report.facts or not report.day)
        return _Making(self, told, start, weeks, stage).schedule()


def planner(model: Model, stages: Stages, decide: Decide, check: Callable[[Mapping[str, Any]], object]) -> Planner:
    """Return what makes plans for `stages`; `check` raises an error for facts that cannot be."""
    names = (stages.name, stages.standing, stages.day, stages.session)
    decisions: dict[str, Decision] = {name: model.decisions[name] for name in names}
    facts = {name: names_of(facts_of(model, decision), stages) for name, decision in decisions.items()}
    limits = tuple(kept(model, stages))
    limited = names_of(frozenset().union(*(part.facts for part in limits)), stages)
    return Planner(model, stages, Weekly(decide, decisions, facts, limits, limited), check)


class _Making:
    """One plan while it is made."""

    def __init__(
        self, planner: Planner, reports: tuple[ReportedFacts, ...], start: datetime.date, weeks: int, stage: int | None
    ) -> None:
        self.stages = planner.stages
        self.model = planner.model
        self.weekly = planner.weekly
        self.check = planner.check
        self.everything = names_of(planner.model.facts, planner.stages)
        self.reports = {report.day: report.facts for report in reports}
        self.start = start
        self.length = weeks * WEEK
        self.state = State(planner.model, planner.stages, {})
        self.given = stage
        self.days: list[Day] = []
        self.weeks: list[Week] = []
        self.steps: list[StageStep] = []
        self.supposed: dict[tuple[str, int], Supposed] = {}
        self.reached: dict[tuple[int, int], int] = {}
        self.needed: dict[tuple[int, int], int] = {}
        self.amounts: dict[int, Mapping[str, Quantity]] = {}
        self.counts: dict[int, int] = {}

    def schedule(self) -> Schedule:
        try:
            for day in range(0, self.length, WEEK):
                self._week(day)
        except NotKnownError as error:
            status: PlanStatus = "undetermined" if error.needs else "conflict"
            return Schedule(self.stages, status, self.start, needs=error.needs)
        return Schedule(
            self.stages,
            self._status(),
            self.start,
            tuple(self._with_milestones()),
            tuple(self.weeks),
            tuple(self.steps),
            tuple(self._milestones()),
            tuple(sorted(self.supposed.values(), key=lambda entry: (entry.date, entry.fact))),
        )

    def _date(self, day: int) -> datetime.date:
        return self.start + datetime.timedelta(days=day)

    def _week(self, start: int) -> None:
        state = self.state
        if start:
            self._suppose_reached(start)
            state.begin_week(start)
        end = start + WEEK
        cuts = [start, *(day for day in sorted(self.reports) if start < day < end)]
        planned = Planned((), {}, ())
        for day, until in zip(cuts, [*cuts[1:], end], strict=True):
            if day in self.reports:
                self._told(day)
            self._step(day, may_advance=day == start)
            planned = self.weekly.rest_of_week(state, day)
            for draft in planned.days[: until - day]:
                self._commit(draft, start)
        self._close(start, planned)

    def _told(self, day: int) -> None:
        """Take in what was told, and where it says to stand."""
        state = self.state
        facts = self.reports[day]
        state.tell(facts, day)
        if day:
            self._take_back(facts, day)
        if day == 0 and self.given is not None:
            self._stand(self.given, day)
            return
        of_stages = {name for stage in self.stages.stages for name, _ in stage.facts}
        if day == 0 or not of_stages.isdisjoint(facts):
            answer, _, _ = self.weekly.answer(self.stages.standing, state, day)
            self._stand(self.stages.index(answer["stage"]), day)

    def _take_back(self, facts: Mapping[str, Any], day: int) -> None:
        """Make unknown what was told before and cannot be so together with what is told now."""
        known = self.state.facts(self.everything, day)
        if self._can_be(known):
            return
        sure = {name: value for name, value in facts.items() if value is not None}
        for name, value in known.items():
            if name not in facts:
                if self._can_be(sure | {name: value}):
                    sure[name] = value
                else:
                    self.state.tell({name: None}, day)

    def _can_be(self, facts: Mapping[str, Any]) -> bool:
        try:
            self.check(facts)
        except FactError:
            return False
        return True

    def _stand(self, stage: int, day: int) -> None:
        """Stand at a stage; where the facts told are others, it begins today."""
        state = self.state
        own = {name: public(self.model.facts[name].domain, value) for name, value in self.stages.stages[stage].facts}
        if any(state.known.get(name) != value for name, value in own.items()):
            state.enter(stage, day)
            return
        if day and stage != state.stage:
            state.begin_stage(day)
            state.tell(self.reports[day], day)
        state.stage = stage

    def _step(self, day: int, *, may_advance: bool) -> None:
        state = self.state
        answer, fired, facts = self.weekly.answer(self.stages.name, state, day)
        step = answer["step"]
        before = state.stage
        back = frozenset(rule for rule in fired if self._gives(rule, _GOES_BACK))
        if step in _GOES_BACK and not back:
            back = frozenset({str(answer)})  # that it is so is certain, by which rule is not
        state.holds = step != "advance"
        state.applied &= back
        if step == "advance" and may_advance and before + 1 < len(self.stages.stages):
            self._left(before)
            state.enter(before + 1, day)
        elif step in _GOES_BACK and back - state.applied:
            # What was said once asks for one step back, not for one each week.
            latest = self.stages.index(answer.get("latest", self.stages.stages[before].name))
            target = max(0, min(before - answer.get("back", 0), latest))
            if target != before:
                state.enter(target, day)
            state.applied = back
        rules = tuple(f"{self.stages.name}.{rule}" for rule in fired if self._gives(rule, {step}))
        state.stopped, state.stopped_by = step in _ENDS, rules
        here = self.stages.stages
        self.steps.append(StageStep(self._date(day), here[before].name, step, here[state.stage].name, rules, facts))

    def _gives(self, rule: str, steps: frozenset[str] | set[str]) -> bool:
        rules = self.weekly.decisions[self.stages.name].rules
        return any(entry.id == rule and dict(entry.then).get("step") in steps for entry in rules)

    def _commit(self, draft: Draft, start: int) -> None:
        state = self.state
        stage = state.stages.stages[state.stage]
        if draft.amounts:
            state.hold(draft.number, stage.activity, draft.amounts)
            self._note_session(draft)
        elif draft.activity == list(self.stages.activities)[-1]:
            state.rested += 1
        amounts = {name: decimal(amount) for name, amount in draft.amounts.items()}
        self.days.append(
            Day(
                self._date(draft.number),
                start // WEEK + 1,
                stage.name,
                draft.activity,
                amounts,
                rules=draft.rules,
                facts=draft.facts,
            )
        )
        self._note_supposed(draft.number)

    def _close(self, start: int, planned: Planned) -> None:
        state = self.state
        totals = {name: decimal(state.totals.get(name, 0)) for name in self.stages.measures}
        bounds: dict[str, Limit] = {
            "+".join(course.of): planned.limits[course.fact]
            for course in self.stages.courses
            if course.kind == "week" and course.fact in planned.limits
        }
        name = self.stages.stages[state.stage].name
        self.weeks.append(Week(start // WEEK + 1, self._date(start), name, totals, bounds, planned.facts))

    # milestones, and what they let a plan suppose

    def _goals(self, stage: int) -> Iterator[tuple[tuple[int, int], Goal]]:
        for index, goal in enumerate(self.stages.stages[stage].milestones):
            yield (stage, index), goal

    def _note_session(self, draft: Draft) -> None:
        stage = self.state.stage
        self.counts[stage] = self.counts.get(stage, 0) + 1
        self.amounts[stage] = {name: decimal(amount) for name, amount in draft.amounts.items()}
        for key, goal in self._goals(stage):
            reach = self._reach(goal)
            if reach and all(draft.amounts.get(name, 0) >= (exact(amount) or 0) for name, amount in reach.items()):
                self.reached.setdefault(key, draft.number)

    def _reach(self, goal: Goal) -> dict[str, Any]:
        return {name: decimal(self.state.amount(amount)) for name, amount in goal.reach}

    def _left(self, stage: int) -> None:
        """Note the milestones of a stage that ends because the next one begins."""
        last = self._last_session()
        for key, goal in self._goals(stage):
            if last is not None and not goal.reach and self.counts.get(stage) and key not in self.reached:
                self.reached[key], self.needed[key] = last, self.counts[stage]

    def _last_session(self) -> int | None:
        return self.state.sessions[-1][0] if self.state.sessions else None

    def _suppose_reached(self, day: int) -> None:
        """Suppose what the milestones of the stage lead to, once a week of its sessions is over."""
        state = self.state
        if not state.totals:
            return
        for key, goal in self._goals(state.stage):
            if not goal.reach or key in self.reached:
                for name, value in goal.facts:
                    self._suppose(name, public(self.model.facts[name].domain, value), day)

    def _suppose(self, fact: str, value: Value, day: int) -> None:
        if self.state.facts(names_of([fact], self.stages), day).get(fact) != value:
            self.state.tell({fact: value}, day)
            self.supposed[fact, day] = Supposed(self._date(day), fact, value)

    def _note_supposed(self, day: int) -> None:
        for course in self.stages.courses:
            known = self.state.known.get(course.fact)
            if course.kind == "then" and known is not None and known != course.value:
                told, value = self.state.told.get(course.fact, 0), self.state.value(course, day + 1)
                if known != value:
                    self.supposed.setdefault((course.fact, told), Supposed(self._date(day + 1), course.fact, value))

    def _milestones(self) -> Iterator[Milestone]:
        visited = {day.stage for day in self.days}
        first = next(index for index, stage in enumerate(self.stages.stages) if stage.name in visited)
        for stage, entry in enumerate(self.stages.stages):
            for key, goal in self._goals(stage) if stage >= first else ():
                day = self.reached.get(key)
                amounts = self._reach(goal) or self.amounts.get(stage, {})
                date = None if day is None else self._date(day)
                sessions = 0 if goal.reach else self.needed.get(key, self.counts.get(stage, 0))
                yield Milestone(entry.name, goal.title, date, amounts, sessions)

    def _with_milestones(self) -> Iterator[Day]:
        milestones = list(self._milestones())
        for day in self.days:
            here = self.stages.index(day.stage)
            ahead = (
                goal
                for goal in milestones
                if self.stages.index(goal.stage) >= here and (goal.date is None or goal.date >= day.date)
            )
            goal = next(ahead, None)
            yield attrs.evolve(day, milestone=goal.title if goal else "")

    def _status(self) -> PlanStatus:
        told = self._date(max(self.reports))
        first = next(step for step in self.steps if step.date >= told)
        if first.step in _ENDS:
            return _ENDS[first.step]
        return "planned" if any(day.is_session and day.date >= told for day in self.days) else "held"
