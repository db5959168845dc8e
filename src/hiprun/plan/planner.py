"""From facts to a plan: week by week, the step is decided and sessions are placed within the limits."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from hiprun.errors import FactError
from hiprun.inference.conclusion import Limit
from hiprun.inference.first_words import FirstWords, first_words
from hiprun.inference.reader_texts import shown_decision
from hiprun.model import Decision, Model
from hiprun.model.stages import Milestone as StageMilestone
from hiprun.model.stages import Stages
from hiprun.model.value_conversion import Value, decimal, exact, public
from hiprun.plan.plan_data import Day, Milestone, PlanStatus, Quantity, Schedule, StageStep, Supposed, Week
from hiprun.plan.projected_limits import input_facts, plan_limits
from hiprun.plan.projection import WEEK, PlanState, projected_facts
from hiprun.plan.week_schedule import Decide, DraftDay, UndecidedPlanError, WeekPlan, WeekPlanner

_BACKWARD_STEPS = frozenset({"go_back", "jump"})
_ENDING_STEPS: Mapping[str, PlanStatus] = {"stop": "stop", "refer": "refer"}


@attrs.frozen
class ReportedFacts:
    """Facts that were reported on a day; days are counted from the start of the plan."""

    day: int
    facts: Mapping[str, Any]


@attrs.frozen
class Planner:
    """Makes plans by one protocol. Keeps no facts of patients."""

    model: Model
    stages: Stages
    week_planner: WeekPlanner
    first: Decision | None
    check: Callable[[Mapping[str, Any]], object]

    def schedule(
        self, reports: Sequence[ReportedFacts], start: datetime.date, weeks: int, stage: int | None
    ) -> Schedule:
        """Return the plan that follows from `reports`, each applied as if nothing after it were known."""
        # An empty report does not make a week be planned again from its middle.
        effective_reports = tuple(report for report in reports if report.facts or not report.day)
        return _PlanBuilder(self, effective_reports, start, weeks, stage).schedule()

    def consistent(self, news: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
        """Return `news` and, of what was known earlier, everything that can be true together with them."""
        merged = {**earlier, **news}
        if self._are_possible(merged):
            return merged
        kept = dict(news)
        for name, value in earlier.items():
            if name not in news and self._are_possible(kept | {name: value}):
                kept[name] = value
        return kept

    def _are_possible(self, facts: Mapping[str, Any]) -> bool:
        try:
            self.check({name: value for name, value in facts.items() if value is not None})
        except FactError:
            return False
        return True


def make_planner(model: Model, stages: Stages, decide: Decide, check: Callable[[Mapping[str, Any]], object]) -> Planner:
    """Return a planner for the protocol `stages`; `check` raises `FactError` for facts that are not possible."""
    names = (stages.name, stages.stage_decision, stages.day_decision, stages.session_decision, model.first)
    decisions: dict[str, Decision] = {name: model.decisions[name] for name in names if name}
    decision_facts = {
        name: projected_facts(input_facts(model, decision), stages) for name, decision in decisions.items()
    }
    limits = tuple(plan_limits(model, stages))
    limit_facts = projected_facts(frozenset().union(*(part.facts for part in limits)), stages)
    week_planner = WeekPlanner(decide, decisions, decision_facts, limits, limit_facts)
    first = shown_decision(model, model.first) if model.first else None
    return Planner(model, stages, week_planner, first, check)


class _PlanBuilder:
    """A plan while it is being made."""

    def __init__(
        self, planner: Planner, reports: tuple[ReportedFacts, ...], start: datetime.date, weeks: int, stage: int | None
    ) -> None:
        self.planner = planner
        self.stages = planner.stages
        self.model = planner.model
        self.week_planner = planner.week_planner
        self.all_facts = projected_facts(planner.model.facts, planner.stages)
        self.reports = {report.day: report.facts for report in reports}
        self.start = start
        self.length = weeks * WEEK
        self.state = PlanState(planner.model, planner.stages, {})
        self.start_stage = stage
        self.days: list[Day] = []
        self.weeks: list[Week] = []
        self.steps: list[StageStep] = []
        self.assumptions: dict[tuple[str, int], Supposed] = {}
        self.reached_on: dict[tuple[int, int], int] = {}
        self.sessions_needed: dict[tuple[int, int], int] = {}
        self.latest_amounts: dict[int, Mapping[str, Quantity]] = {}
        self.session_counts: dict[int, int] = {}
        self.sessions_possible = 0
        self.first: FirstWords | None = None

    def schedule(self) -> Schedule:
        try:
            for day in range(0, self.length, WEEK):
                self._plan_week(day)
        except UndecidedPlanError as error:
            status: PlanStatus = "undetermined" if error.needs else "conflict"
            return Schedule(self.stages, status, self.start, needs=error.needs, first=self.first)
        return Schedule(
            self.stages,
            self._status(),
            self.start,
            tuple(self._days_with_milestones()),
            tuple(self.weeks),
            tuple(self.steps),
            tuple(self._milestones()),
            tuple(sorted(self.assumptions.values(), key=lambda entry: (entry.date, entry.fact))),
            reported=self._date(max(self.reports)),
            first=self.first,
        )

    def _date(self, day: int) -> datetime.date:
        return self.start + datetime.timedelta(days=day)

    def _plan_week(self, start: int) -> None:
        state = self.state
        if start:
            self._assume_milestone_facts(start)
            state.begin_week(start, self.sessions_possible)
        end = start + WEEK
        part_starts = [start, *(day for day in sorted(self.reports) if start < day < end)]
        week_plan = WeekPlan((), {}, (), 0)
        for day, part_end in zip(part_starts, [*part_starts[1:], end], strict=True):
            if day in self.reports:
                self._apply_report(day)
            self._take_step(day, may_advance=day == start)
            week_plan = self.week_planner.rest_of_week(state, day)
            if day == start:
                self.sessions_possible = week_plan.sessions_possible
            for draft in week_plan.days[: part_end - day]:
                self._add_day(draft, start)
        self._close_week(start, week_plan)

    def _apply_report(self, day: int) -> None:
        """Apply the facts reported on a day, and the stage that they imply."""
        state = self.state
        facts = self.reports[day]
        state.set_facts(facts, day)
        if day:
            self._retract_contradicted(facts, day)
        self.first = self._first_words(day)
        if day == 0 and self.start_stage is not None:
            self._set_stage(self.start_stage, day)
            return
        stage_facts = {name for stage in self.stages.stages for name, _ in stage.facts}
        if day == 0 or not stage_facts.isdisjoint(facts):
            answer, _, _ = self.week_planner.answer(self.stages.stage_decision, state, day)
            self._set_stage(self.stages.index(answer["stage"]), day)

    def _first_words(self, day: int) -> FirstWords | None:
        first = self.planner.first
        if first is None:
            return None
        facts = self.state.facts(self.week_planner.decision_facts[first.name], day)
        return first_words(self.model, self.week_planner.decide(first.name, facts))

    def _retract_contradicted(self, facts: Mapping[str, Any], day: int) -> None:
        """Make unknown what was reported before and contradicts what is reported now."""
        known = self.state.facts(self.all_facts, day)
        kept = self.planner.consistent(facts, known)
        self.state.set_facts({name: None for name in known if name not in kept}, day)

    def _set_stage(self, stage: int, day: int) -> None:
        """Set the stage; if the known facts are not those of the stage, it begins today."""
        state = self.state
        stage_facts = {
            name: public(self.model.facts[name].domain, value) for name, value in self.stages.stages[stage].facts
        }
        if any(state.known.get(name) != value for name, value in stage_facts.items()):
            state.enter_stage(stage, day)
            return
        if day and stage != state.stage:
            state.reset_stage_counters(day)
            state.set_facts(self.reports[day], day)
        state.stage = stage

    def _take_step(self, day: int, *, may_advance: bool) -> None:
        state = self.state
        answer, fired, facts = self.week_planner.answer(self.stages.name, state, day)
        step = answer["step"]
        before = state.stage
        backward_rules = frozenset(rule for rule in fired if self._rule_gives_step(rule, _BACKWARD_STEPS))
        if step in _BACKWARD_STEPS and not backward_rules:
            backward_rules = frozenset({str(answer)})  # the step is certain, but not which rule leads to it
        state.is_held_back = step != "advance" or state.after_broken_week
        state.applied_rules &= backward_rules
        if step == "advance" and may_advance and self._can_advance(before + 1, day):
            self._complete_stage(before)
            state.enter_stage(before + 1, day)
        elif step in _BACKWARD_STEPS and backward_rules - state.applied_rules:
            # A rule that keeps applying asks for one step back, not for one each week.
            latest = self.stages.index(answer.get("latest", self.stages.stages[before].name))
            target = max(0, min(before - answer.get("back", 0), latest))
            if target != before:
                # A step back never brings more in a week than staying would.
                most = {
                    name: self.week_planner.weekly_most(state, name, day) for name in self.stages.stages[before].grows
                }
                state.enter_stage(target, day)
                state.ceilings.update({name: amount for name, amount in most.items() if amount is not None})
            state.applied_rules = backward_rules
        rules = tuple(f"{self.stages.name}.{rule}" for rule in fired if self._rule_gives_step(rule, {step}))
        state.stopped, state.stopped_by = step in _ENDING_STEPS, rules
        stages = self.stages.stages
        self.steps.append(StageStep(self._date(day), stages[before].name, step, stages[state.stage].name, rules, facts))

    def _can_advance(self, stage: int, day: int) -> bool:
        """Whether there is a next stage and, where a measure grows in it, it brings no less of it than staying.

        Otherwise, after a week with less than the stage asks for, a sign that holds a plan back would bring more.
        """
        if stage >= len(self.stages.stages):
            return False
        grows = self.stages.stages[stage].grows
        if not grows:
            return True
        entered = self.state.copy()
        entered.enter_stage(stage, day)
        staying, going = (self.week_planner.week_totals(state, day) for state in (self.state, entered))
        return all(going.get(name, 0) >= staying.get(name, 0) for name in grows)

    def _rule_gives_step(self, rule: str, steps: frozenset[str] | set[str]) -> bool:
        rules = self.week_planner.decisions[self.stages.name].rules
        return any(entry.id == rule and dict(entry.then).get("step") in steps for entry in rules)

    def _add_day(self, draft: DraftDay, start: int) -> None:
        state = self.state
        stage = state.stages.stages[state.stage]
        if draft.amounts:
            state.add_session(draft.number, stage.activity, draft.amounts)
            self._record_session(draft)
        elif draft.activity == list(self.stages.activities)[-1]:
            state.rest_days += 1
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
        self._record_assumptions(draft.number)

    def _close_week(self, start: int, week_plan: WeekPlan) -> None:
        state = self.state
        totals = {name: decimal(state.totals.get(name, 0)) for name in self.stages.measures}
        bounds: dict[str, Limit] = {
            "+".join(projection.of): week_plan.limits[projection.fact]
            for projection in self.stages.projections
            if projection.kind == "week" and projection.fact in week_plan.limits
        }
        name = self.stages.stages[state.stage].name
        self.weeks.append(Week(start // WEEK + 1, self._date(start), name, totals, bounds, week_plan.facts))

    # milestones, and what a plan assumes because of them

    def _stage_milestones(self, stage: int) -> Iterator[tuple[tuple[int, int], StageMilestone]]:
        for index, milestone in enumerate(self.stages.stages[stage].milestones):
            yield (stage, index), milestone

    def _record_session(self, draft: DraftDay) -> None:
        stage = self.state.stage
        self.session_counts[stage] = self.session_counts.get(stage, 0) + 1
        self.latest_amounts[stage] = {name: decimal(amount) for name, amount in draft.amounts.items()}
        for key, milestone in self._stage_milestones(stage):
            required = self._required_amounts(milestone)
            if required and all(
                draft.amounts.get(name, 0) >= (exact(amount) or 0) for name, amount in required.items()
            ):
                self.reached_on.setdefault(key, draft.number)

    def _required_amounts(self, milestone: StageMilestone) -> dict[str, Any]:
        measures = self.stages.measures
        return {name: decimal(self.state.amount(amount, measures[name].unit)) for name, amount in milestone.reach}

    def _complete_stage(self, stage: int) -> None:
        """Record the milestones of a stage that ends because the next one begins."""
        last = self._last_session()
        for key, milestone in self._stage_milestones(stage):
            if (
                last is not None
                and not milestone.reach
                and self.session_counts.get(stage)
                and key not in self.reached_on
            ):
                self.reached_on[key], self.sessions_needed[key] = last, self.session_counts[stage]

    def _last_session(self) -> int | None:
        return self.state.sessions[-1][0] if self.state.sessions else None

    def _assume_milestone_facts(self, day: int) -> None:
        """Assume the facts that the milestones of the stage lead to, after a week with sessions."""
        state = self.state
        if not state.totals:
            return
        for key, milestone in self._stage_milestones(state.stage):
            if not milestone.reach or key in self.reached_on:
                for name, value in milestone.facts:
                    self._assume(name, public(self.model.facts[name].domain, value), day)

    def _assume(self, fact: str, value: Value, day: int) -> None:
        if self.state.facts(projected_facts([fact], self.stages), day).get(fact) != value:
            self.state.set_facts({fact: value}, day)
            self.assumptions[fact, day] = Supposed(self._date(day), fact, value)

    def _record_assumptions(self, day: int) -> None:
        for projection in self.stages.projections:
            known = self.state.known.get(projection.fact)
            if projection.kind == "then" and known is not None and known != projection.value:
                known_since, value = (
                    self.state.known_since.get(projection.fact, 0),
                    self.state.value(projection, day + 1),
                )
                if known != value:
                    self.assumptions.setdefault(
                        (projection.fact, known_since), Supposed(self._date(day + 1), projection.fact, value)
                    )

    def _milestones(self) -> Iterator[Milestone]:
        visited = {day.stage for day in self.days}
        first_visited = next(
            index for index, stage_index in enumerate(self.stages.stages) if stage_index.name in visited
        )
        for stage_index, stage in enumerate(self.stages.stages):
            for key, milestone in self._stage_milestones(stage_index) if stage_index >= first_visited else ():
                day = self.reached_on.get(key)
                amounts = self._required_amounts(milestone) or self.latest_amounts.get(stage_index, {})
                date = None if day is None else self._date(day)
                sessions = (
                    0 if milestone.reach else self.sessions_needed.get(key, self.session_counts.get(stage_index, 0))
                )
                yield Milestone(stage.name, milestone.title, date, amounts, sessions)

    def _days_with_milestones(self) -> Iterator[Day]:
        milestones = list(self._milestones())
        for day in self.days:
            stage = self.stages.index(day.stage)
            upcoming = (
                milestone
                for milestone in milestones
                if self.stages.index(milestone.stage) >= stage
                and (milestone.date is None or milestone.date >= day.date)
            )
            milestone = next(upcoming, None)
            yield attrs.evolve(day, milestone=milestone.title if milestone else "")

    def _status(self) -> PlanStatus:
        last_report = self._date(max(self.reports))
        first = next(step for step in self.steps if step.date >= last_report)
        if first.step in _ENDING_STEPS:
            return _ENDING_STEPS[first.step]
        return "planned" if any(day.is_session and day.date >= last_report for day in self.days) else "held"
