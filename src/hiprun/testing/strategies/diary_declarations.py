"""Generated diary declarations: kinds of entries, facts by every measure, and the question of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import attrs
from hypothesis import strategies as st

from hiprun.diary.measure_registry import MEASURES, OPTIONS, Measure
from hiprun.inference.hit_policies import HIT_POLICIES
from hiprun.model import (
    Condition,
    Constant,
    Constraint,
    DailyQuestion,
    Diary,
    DiaryMeasure,
    Domain,
    EntryType,
    Fact,
    Formula,
    Literal_,
    ParameterRef,
    Window,
)
from hiprun.testing.strategies.conditions import Declared, condition
from hiprun.testing.strategies.domains import TYPES, WORDING, constants, domains

_KINDS = ("note", "look", "visit")
_SILENCES: Any = ("unknown", "none", "left_out")
_MINUTES = Domain("integer", lowest=0, highest=600, unit="min")
_DURATION = "minutes"
_WINDOWS: Any = ("today", "this_week", "this_week_so_far", "week_before")
_CONDITIONS = ("where", "whether")


@attrs.frozen
class DiaryGenerator:
    """Generates the diary of a pack of which everything else is declared; facts add the fields that they need."""

    draw: st.DrawFn
    declared: Declared
    statements: Sequence[str]
    kinds: dict[str, EntryType] = attrs.field(factory=dict)
    fields: dict[str, dict[str, Domain]] = attrs.field(factory=dict)

    def diary(self) -> Diary:
        """Return a diary that some facts of the pack follow from."""
        draw = self.draw
        for name in _KINDS[: draw(st.integers(1, len(_KINDS)))]:
            self._declare(name)
        measured_facts = [fact for fact in self.declared.facts.values() if draw(st.integers(0, 3))]
        facts = {fact.name: self._diary_measure(fact) for fact in measured_facts}
        return Diary(
            draw(WORDING) or "What is written down",
            {name: self._entry(kind) for name, kind in self.kinds.items()},
            facts,
            draw(st.integers(0, 6)),
            self._today(),
        )

    # kinds of entries, and their fields

    def _declare(self, name: str) -> None:
        draw = self.draw
        when: Any = draw(st.sampled_from(["time", "day"]))
        self.fields[name] = {}
        self.kinds[name] = EntryType(
            name,
            draw(WORDING) or "A note",
            self.fields[name],
            when=when,
            silence=draw(st.sampled_from(_SILENCES)),
            backdated=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 2))):
            self._field(name, draw(domains(TYPES)))

    def _field(self, kind: str, domain: Domain) -> str:
        """Add a field to a kind of entry, and return its name: that of an equal field elsewhere, or a new one."""
        known = {name: values for fields in self.fields.values() for name, values in fields.items()}
        same_domain = [name for name, values in known.items() if values == domain]
        name = self.draw(st.sampled_from([*same_domain, f"{domain.type}_{len(known) + 1}"]))
        self.fields[kind][name] = domain
        return name

    def _entry(self, kind: EntryType) -> EntryType:
        """Return a kind of entry with everything that refers to its fields, now that these are known."""
        draw, fields = self.draw, dict(self.fields[kind.name])
        never = [self._field_condition(fields) for _ in range(draw(st.integers(0, 1)) if fields else 0)]
        if draw(st.booleans()):
            fields[_DURATION] = _MINUTES
        return attrs.evolve(
            kind,
            fields=fields,
            texts={name: text for name in fields if (text := draw(WORDING))},
            lasts=(_DURATION,) if _DURATION in fields else (),
            never=tuple(Constraint("", condition, draw(WORDING) or "It cannot be.") for condition in never),
        )

    def _field_condition(self, fields: Mapping[str, Domain]) -> Condition:
        facts = {name: Fact(name, domain, "") for name, domain in fields.items()}
        return condition(self.draw, Declared(facts, self.declared.parameters), 1)

    # facts that follow

    def _diary_measure(self, fact: Fact) -> DiaryMeasure:
        draw = self.draw
        measure = MEASURES[draw(st.sampled_from(self._fitting_measures(fact.domain)))]
        of_entries = measure.of == "either" and fact.domain.type == "boolean" and draw(st.booleans())
        without_fields = of_entries or measure.of == "entry"
        options = {} if of_entries else self._options(fact, measure)
        fields = self._measured_fields(fact, measure, without_fields=without_fields, converted="times" in options)
        where, whether = self._conditions(measure, fields, of_entries=of_entries)
        cited = draw(st.lists(st.sampled_from(self.statements), max_size=1)) if self.statements else []
        return DiaryMeasure(
            fact.name,
            measure.name,
            fields,
            self._window(measure),
            draw(st.sampled_from([None, *_SILENCES])) if "silence" in measure.takes else None,
            where,
            whether,
            options,
            draw(WORDING),
            tuple(cited),
            draw(WORDING),
        )

    def _measured_fields(
        self, fact: Fact, measure: Measure, *, without_fields: bool, converted: bool
    ) -> tuple[tuple[str, str], ...]:
        """Return what a measure applies to: kinds of entries or, unless `without_fields`, their fields."""
        kinds = self._timed_kinds() if "after" in measure.needs else list(self.kinds)
        most = 1 if measure.of == "entry" else 2
        chosen = self.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most, unique=without_fields))
        if without_fields:
            return tuple((kind, "") for kind in chosen)
        domain = self._field_domain(fact.domain, measure, converted=converted)
        return tuple(dict.fromkeys((kind, self._field(kind, domain)) for kind in chosen))

    def _fitting_measures(self, domain: Domain) -> list[str]:
        return [
            name
            for name, measure in MEASURES.items()
            if measure.fits(domain) and (self._timed_kinds() or not measure.timed)
        ]

    def _timed_kinds(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind.when == "time"]

    def _field_domain(self, domain: Domain, measure: Measure, *, converted: bool) -> Domain:
        """Return a domain for a field that a fact with `domain` can follow from."""
        draw = self.draw
        if measure.gives != "value":
            return draw(domains(("number", "integer")))
        if not measure.keeps_ends:
            return draw(domains(("integer",) if domain.type == "integer" else ("number", "integer")))
        if domain.type in ("choice", "set"):
            some_choices = dict(list(domain.choices.items())[: draw(st.integers(2, len(domain.choices)))])
            return attrs.evolve(domain, choices=some_choices)
        plain = attrs.evolve(domain, worse="")
        return attrs.evolve(plain, unit=draw(st.sampled_from(["", "kg"]))) if converted else plain

    def _conditions(
        self, measure: Measure, fields: Sequence[tuple[str, str]], *, of_entries: bool
    ) -> tuple[Condition | None, Condition | None]:
        """Return which entries count and what is tested of them, as conditions on fields that all kinds have."""
        draw, (first, *others) = self.draw, [kind for kind, _ in fields]
        has_whether = of_entries or "whether" in measure.needs
        if "whether" in measure.takes and measure.of == "fields":
            has_whether = draw(st.booleans())
        name = self._field(first, draw(domains(TYPES))) if has_whether else ""
        for kind in others if has_whether else ():
            self.fields[kind][name] = self.fields[first][name]
        shared = {
            name: domain
            for name, domain in self.fields[first].items()
            if all(name in self.fields[kind] for kind in others)
        }
        where = self._field_condition(shared) if "where" in measure.takes and shared and draw(st.booleans()) else None
        return where, self._field_condition(shared) if has_whether else None

    def _window(self, measure: Measure) -> Window:
        last = st.integers(1, 21).map(lambda number: Window("days", number))
        if "over" in measure.needs:
            return self.draw(last)
        if "over" not in measure.takes:
            return Window()
        named = st.sampled_from(
            [Window(), *map(Window, _WINDOWS), *(Window("since", entry=kind) for kind in self.kinds)]
        )
        return self.draw(named | last)

    def _options(self, fact: Fact, measure: Measure) -> dict[str, Formula | Literal_]:
        """Return the options that a measure needs, and some of those that it may have."""
        handled_elsewhere = {"over", "silence", *_CONDITIONS}
        chosen = [name for name in sorted(measure.takes - handled_elsewhere) if self.draw(st.booleans())]
        if "absent" in chosen and "gone" not in chosen:
            chosen.append("gone")
        ranged = fact.domain.lowest is not None and measure.keeps_ends
        if "times" in chosen and (not fact.domain.is_numeric or ranged):
            chosen.remove("times")
        return {name: self._option(fact, name) for name in sorted(measure.needs - handled_elsewhere) + chosen}

    def _option(self, fact: Fact, name: str) -> Any:
        draw = self.draw
        kind = OPTIONS[name].kind
        match kind:
            case "choice":
                return draw(st.sampled_from(list(fact.domain.choices)))
            case "amount":
                named = [ParameterRef(parameter) for parameter in self.declared.parameters]
                return draw(st.sampled_from([Constant(0), Constant(1), *named]))
            case "unit":
                return draw(st.sampled_from(["days", "weeks"]))
            case "entry":
                return draw(st.sampled_from(self._timed_kinds()))
            case "factor":
                return Constant(draw(st.sampled_from([2, 10])))
            case "value":
                return plain_constant(draw(constants(fact.domain)))
            case "whole":
                return Constant(draw(st.integers(1, 3)))
            case _:
                assert_never(kind)

    # the question of the day

    def _today(self) -> DailyQuestion | None:
        draw, decisions = self.draw, self.declared.decisions
        single = [decision for decision in decisions.values() if HIT_POLICIES[decision.hit].gives == "answer"]
        if not single or not draw(st.booleans()):
            return None
        decision = draw(st.sampled_from(single))
        some_decisions = st.lists(st.sampled_from(list(decisions)), max_size=2, unique=True).map(tuple)
        outputs = decision.outputs[: draw(st.integers(1, len(decision.outputs)))]
        wanted = tuple((output.name, plain_constant(draw(constants(output.domain)))) for output in outputs)
        return DailyQuestion(decision.name, wanted, draw(some_decisions), draw(some_decisions))


def plain_constant(value: Any) -> Any:
    """Return a constant, with a number as a plain number."""
    return value.value if isinstance(value, Constant) else value
