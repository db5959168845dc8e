"""Generated protocols over what a generated pack declares, with facts and limits of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from hiprun.inference.hit_policies import FIRST, HIT_POLICIES
from hiprun.inference.hit_policies import LIMITS as LIMITS_POLICY
from hiprun.language.export.conditions import Data, condition_data, value_data
from hiprun.language.export.declarations import constant_data, without_empty
from hiprun.model import ALWAYS, Arithmetic, Constant, Decision, Domain, Fact, Formula, Output, ParameterRef, Ref, Rule
from hiprun.model.stages import stage_decision_name
from hiprun.testing.pack_generation.conditions import generate_condition
from hiprun.testing.pack_generation.draft import PackDraft
from hiprun.testing.pack_generation.formulas import generate_amount

NAME = "protocol"
LIMITS = "ceilings"
_STAGES = ("first", "second", "third")
_ACTIVITIES = ("session", "easy", "rest")
_MEASURES = ("effort", "calm")
_MEASURE_KINDS = ("session", "week", "last_week", "any_last_week")
_UNIT = "kg"
_HALF = Fraction(1, 2)

_PROTOCOL_FACTS: Mapping[str, tuple[str, Data]] = {
    "days_since": ("days_between", {"days_since": _ACTIVITIES[0]}),
    "session": ("amount_a_session", {"session": list(_MEASURES[:1])}),
    "in_stage": ("days_here", {"in_stage": "days"}),
}
"""Facts that a protocol may add, with their projections, except for those of the week and the week before."""


@attrs.frozen
class ProtocolGenerator:
    """Generates a protocol, and adds its own facts and limits to the draft."""

    draft: PackDraft
    sources: tuple[str, ...]
    projections: dict[str, Data] = attrs.field(factory=dict)

    def document(self) -> Data:
        """Return the content of the file of the protocol."""
        choices = self.draft.choices
        names = _STAGES[: choices.integer(2, len(_STAGES))]
        stage_fact = "stands_at"
        self._fact(stage_fact, Domain("choice", dict.fromkeys(names, "")))
        activities = list(_ACTIVITIES[:1] + _ACTIVITIES[choices.integer(1, 2) :])
        measures = list(_MEASURES[: choices.integer(1, len(_MEASURES))])
        grows = choices.yes()
        keeps = self._limits(grows=grows)
        self._project_facts(measures, activities)
        draft = self._with_stage(names)
        stages = {
            name: self._stage(name, number, draft, activities, measures, grows=grows)
            for number, name in enumerate(names)
        }
        for name, stage in stages.items():
            stage["facts"] = {stage_fact: name, **stage["facts"]}
        return without_empty(
            stages=NAME,
            title=self.draft.text(),
            because=self.draft.text(),
            source=list(self.sources),
            interpretation=self.draft.text(),
            measures={name: self._measure() for name in measures},
            activities={name: self.draft.text() or name for name in activities},
            between=choices.one_of(["", *activities]),
            keeps=keeps,
            in_order=stages,
            over_time=self.projections,
            steps=[
                without_empty(id=f"step-{number}", **self._rule_entries(draft), then=self._step(names))
                for number in range(1, choices.integer(0, 3) + 1)
            ],
            days=[
                without_empty(
                    id=f"day-{number}",
                    **self._rule_entries(draft),
                    then=choices.one_of([*activities, {"sessions": 2}, {"sessions": 3, "rest_days": 1}]),
                )
                for number in range(1, choices.integer(0, 2) + 1)
            ],
        )

    def _fact(self, name: str, domain: Domain) -> Ref:
        self.draft.facts[name] = Fact(name, domain, self.draft.text() or "What is it?")
        return Ref("fact", name)

    def _measure(self) -> Data:
        step = self.draft.choices.one_of([1, _HALF, 5])
        return without_empty(title=self.draft.text(), unit=_UNIT, step=step)

    def _with_stage(self, names: Sequence[str]) -> PackDraft:
        """Return what rules can refer to, including the current stage."""
        stage = Output("stage", Domain("choice", dict.fromkeys(names, ""), worse="earlier", ordered=True))
        stage_decision = Decision(stage_decision_name(NAME), "stages", "", (stage,), FIRST.name, ())
        return attrs.evolve(self.draft, decisions={**self.draft.decisions, stage_decision.name: stage_decision})

    def _rule_entries(self, draft: PackDraft) -> Data:
        """Return the entries of a rule other than its id and its result."""
        when = condition_data(generate_condition(draft, 1))
        return {"title": self.draft.text(), "when": when, "because": self.draft.text()}

    # limits and projections

    def _limits(self, *, grows: bool) -> list[str]:
        """Return the limits to respect: some of those declared, and those that the protocol adds."""
        draft, choices = self.draft, self.draft.choices
        kept_names = [
            name
            for name, decision in draft.decisions.items()
            if HIT_POLICIES[decision.hit].gives == "limits" and choices.yes()
        ]
        span = choices.one_of([(None, None), (0, 400)])
        amounts = Domain("number", lowest=span[0], highest=span[1], unit=_UNIT)
        bounds: list[tuple[Ref, str, Formula]] = []
        if grows:
            week, last_week = self._fact("amount_a_week", amounts), self._fact("amount_the_week_before", amounts)
            self.projections.update({week.name: {"week": ["effort"]}, last_week.name: {"last_week": ["effort"]}})
            two = Constant(2, unit=_UNIT if draft.converts else "")
            bounds.append((week, "at_most", choices.one_of(_growth_limits(last_week, two))))
        for kind, (name, projection) in _PROTOCOL_FACTS.items():
            if choices.yes():
                days = Domain("integer", lowest=0, highest=choices.one_of([9, 400]), unit="")
                fact = self._fact(name, amounts if kind == "session" else days)
                self.projections[name] = projection
                if kind != "in_stage":
                    side = "at_least" if kind == "days_since" else "at_most"
                    bounds.append((fact, side, Constant(choices.integer(1, 4))))
        if not bounds:
            return kept_names
        rules = tuple(self._bound(f"bound-{number}", *entry) for number, entry in enumerate(bounds, 1))
        outputs = tuple(Output(ref.name, draft.facts[ref.name].domain) for ref, _, _ in bounds)
        draft.decisions[LIMITS] = Decision(
            LIMITS,
            "limits",
            "",
            outputs,
            LIMITS_POLICY.name,
            rules,
            quantities=tuple((ref.name, ref) for ref, _, _ in bounds),
            sources=self.sources,
        )
        return [LIMITS, *kept_names]

    def _bound(self, id_: str, quantity: Ref, side: Any, limit: Formula) -> Rule:
        when = generate_condition(self.draft, 1) if self.draft.choices.yes() else ALWAYS
        return Rule(id_, when, ((quantity.name, limit),), bound=side, sources=self.sources)

    def _project_facts(self, measures: Sequence[str], activities: Sequence[str]) -> None:
        """Give some facts of the pack a projection."""
        for name, fact in self.draft.facts.items():
            if name not in self.projections and name != "stands_at" and self.draft.choices.yes():
                self.projections[name] = self._projection(fact.domain, measures, activities)

    def _projection(self, domain: Domain, measures: Sequence[str], activities: Sequence[str]) -> Data:
        choices = self.draft.choices
        sums = _MEASURE_KINDS if not self.draft.converts or domain.unit in ("", _UNIT) else ()
        kinds = ["passes", "in_stage", "days_since", *sums] if domain.is_numeric else []
        kind = choices.one_of(["then", *kinds])
        match kind:
            case "then":
                after: list[Data] = [{"after_days": 2}, *({"after": name} for name in activities)]
                return choices.one_of(after) | {"then": self._constant(domain)}
            case "passes":
                return {kind: choices.one_of(["days", "weeks"])}
            case "in_stage":
                return {kind: choices.one_of(["days", "sessions"])}
            case "days_since":
                return {kind: choices.one_of(activities)}
            case _:
                return {kind: choices.some_of(measures, 1)}

    def _constant(self, domain: Domain) -> Any:
        """Return a constant in the notation of rule files."""
        drawn = self.draft.constant(domain)
        return constant_data(domain, drawn.value if isinstance(drawn, Constant) else drawn)

    # stages and steps

    def _stage(
        self,
        name: str,
        number: int,
        draft: PackDraft,
        activities: Sequence[str],
        measures: Sequence[str],
        *,
        grows: bool,
    ) -> Data:
        choices = self.draft.choices
        growing = bool(number) and grows and choices.yes()
        session = {measure: self._amount() for measure in measures if choices.yes()}
        if not number and not session:
            session = {measures[0]: 2}
        return {
            "facts": self._constant_facts(),
            **without_empty(
                title=self.draft.text(),
                enter=condition_data(generate_condition(draft, 1)) if number and choices.yes() else None,
                activity=choices.one_of(activities[:-1]),
                sessions=self._whole_number(7),
                rest_days=self._whole_number(3) if choices.yes() else None,
                session=session,
                grows=[_MEASURES[0]] if growing else None,
                most={_MEASURES[0]: self._number_or_parameter()} if growing and choices.yes() else None,
                fills={measures[-1]: self._number_or_parameter()}
                if measures[1:] and not choices.integer(0, 3)
                else None,
                how=self.draft.text(),
                least=self._least() if choices.yes() else None,
                milestones=[self._milestone(measures) for _ in range(choices.integer(0, 2))],
                because=self.draft.text(),
                interpretation=self.draft.text(),
            ),
        }

    def _constant_facts(self) -> Data:
        """Return values for facts of the pack that have no projection."""
        choices = self.draft.choices
        names = [name for name in self.draft.facts if name not in self.projections and name != "stands_at"]
        chosen = choices.some_of(names, 0, 1)
        return {name: self._constant(self.draft.facts[name].domain) for name in chosen}

    def _least(self) -> Data:
        numbers = [(ref.name, domain) for ref, domain in self.draft.numbers() if ref.kind == "fact"]
        chosen = self.draft.choices.some_of(numbers, 0, 2)
        return {name: value_data(generate_amount(self.draft, domain)) for name, domain in chosen}

    def _milestone(self, measures: Sequence[str]) -> Data:
        choices = self.draft.choices
        reach = {name: self._number_or_parameter() for name in measures if choices.yes()}
        return without_empty(title=self.draft.text() or "A mark on the way", reach=reach, facts=self._constant_facts())

    def _amount(self) -> Any:
        """Return the amount of a measure in a session."""
        amounts = Domain("number", unit=_UNIT)
        return (
            value_data(generate_amount(self.draft, amounts))
            if self.draft.choices.yes()
            else self._number_or_parameter()
        )

    def _number_or_parameter(self) -> Any:
        parameters = self.draft.parameters.values()
        names = [parameter.name for parameter in parameters if self.draft.goes_with(parameter.unit, _UNIT)]
        return self.draft.choices.one_of([2, 5, Fraction(5, 2), *names])

    def _whole_number(self, most: int) -> Any:
        parameters = self.draft.parameters
        named = [
            value_data(ParameterRef(name))
            for name, entry in parameters.items()
            if entry.type == "integer" and self.draft.goes_with(entry.unit, "")
        ]
        return self.draft.choices.one_of([3, *range(most + 1), *named])

    def _step(self, names: Sequence[str]) -> Any:
        back = {"go_back": self.draft.choices.integer(1, 2)}
        jump = {"jump": self.draft.choices.one_of(names[:-1])}
        return self.draft.choices.one_of(["repeat", back, jump, back | jump, "stop", "refer"])


def _growth_limits(last_week: Ref, two: Constant) -> list[Formula]:
    """Return bounds on the amount of a week that depend on the one before."""
    half_more = Arithmetic("*", Constant(Fraction(3, 2)), last_week)
    return [Arithmetic("+", last_week, two), half_more, Constant(9)]
