"""Generated diary declarations: kinds of entries, facts by every measure, and the question of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import attrs

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
from hiprun.testing.pack_generation.conditions import generate_condition
from hiprun.testing.pack_generation.domains import TYPES, generate_domain
from hiprun.testing.pack_generation.draft import PackDraft
from hiprun.testing.pack_generation.units import decimally_alike

_KINDS = ("note", "look", "visit")
_SILENCES: Any = ("unknown", "none", "left_out")
_MINUTES = Domain("integer", lowest=0, highest=600, unit="min")
_DURATION = "minutes"
_WINDOWS: Any = ("today", "this_week", "this_week_so_far", "week_before")
_CONDITIONS = ("where", "whether")


@attrs.frozen
class DiaryGenerator:
    """Generates the diary of a pack of which everything else is declared; facts add the fields that they need."""

    draft: PackDraft
    statements: Sequence[str]
    kinds: dict[str, EntryType] = attrs.field(factory=dict)
    fields: dict[str, dict[str, Domain]] = attrs.field(factory=dict)

    def diary(self) -> Diary:
        """Return a diary that some facts of the pack follow from."""
        choices = self.draft.choices
        for name in _KINDS[: choices.integer(1, len(_KINDS))]:
            self._declare(name)
        measured_facts = [fact for fact in self.draft.facts.values() if choices.integer(0, 3)]
        facts = {fact.name: self._diary_measure(fact) for fact in measured_facts}
        return Diary(
            self.draft.text() or "What is written down",
            {name: self._entry(kind) for name, kind in self.kinds.items()},
            facts,
            choices.integer(0, 6),
            self._today(),
        )

    # kinds of entries, and their fields

    def _declare(self, name: str) -> None:
        choices = self.draft.choices
        when: Any = choices.one_of(["time", "day"])
        self.fields[name] = {}
        self.kinds[name] = EntryType(
            name,
            self.draft.text() or "A note",
            self.fields[name],
            when=when,
            silence=choices.one_of(_SILENCES),
            backdated=choices.yes(),
        )
        for _ in range(choices.integer(0, 2)):
            self._field(name, generate_domain(choices, TYPES, units=self.draft.units))

    def _field(self, kind: str, domain: Domain) -> str:
        """Add a field to a kind of entry, and return its name: that of an equal field elsewhere, or a new one."""
        known = {name: values for fields in self.fields.values() for name, values in fields.items()}
        same_domain = [name for name, values in known.items() if values == domain]
        name = self.draft.choices.one_of([*same_domain, f"{domain.type}_{len(known) + 1}"])
        self.fields[kind][name] = domain
        return name

    def _entry(self, kind: EntryType) -> EntryType:
        """Return a kind of entry with everything that refers to its fields, now that these are known."""
        choices, fields = self.draft.choices, dict(self.fields[kind.name])
        never = [self._field_condition(fields) for _ in range(choices.integer(0, 1) if fields else 0)]
        if choices.yes():
            fields[_DURATION] = _MINUTES
        return attrs.evolve(
            kind,
            fields=fields,
            texts={name: text for name in fields if (text := self.draft.text())},
            lasts=(_DURATION,) if _DURATION in fields else (),
            never=tuple(Constraint("", condition, self.draft.text() or "It cannot be.") for condition in never),
        )

    def _field_condition(self, fields: Mapping[str, Domain]) -> Condition:
        facts = {name: Fact(name, domain, "") for name, domain in fields.items()}
        return generate_condition(attrs.evolve(self.draft, facts=facts, derived={}, decisions={}), 1)

    # facts that follow

    def _diary_measure(self, fact: Fact) -> DiaryMeasure:
        choices = self.draft.choices
        measure = MEASURES[choices.one_of(self._fitting_measures(fact.domain))]
        of_entries = measure.of == "either" and fact.domain.type == "boolean" and choices.yes()
        without_fields = of_entries or measure.of == "entry"
        options = {} if of_entries else self._options(fact, measure)
        fields = self._measured_fields(fact, measure, without_fields=without_fields, converted="times" in options)
        where, whether = self._conditions(measure, fields, of_entries=of_entries)
        cited = choices.some_of(self.statements, 0, 1)
        return DiaryMeasure(
            fact.name,
            measure.name,
            fields,
            self._window(measure),
            choices.one_of([None, *_SILENCES]) if "silence" in measure.takes else None,
            where,
            whether,
            options,
            self.draft.text(),
            tuple(cited),
            self.draft.text(),
        )

    def _measured_fields(
        self, fact: Fact, measure: Measure, *, without_fields: bool, converted: bool
    ) -> tuple[tuple[str, str], ...]:
        """Return what a measure applies to: kinds of entries or, unless `without_fields`, their fields."""
        kinds = self._timed_kinds() if "after" in measure.needs else list(self.kinds)
        most = 1 if measure.of == "entry" else 2
        choices = self.draft.choices
        if without_fields:
            return tuple((kind, "") for kind in choices.some_of(kinds, 1, most))
        chosen = [choices.one_of(kinds) for _ in range(choices.integer(1, most))]
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
        choices = self.draft.choices
        if measure.gives != "value":
            units = self._field_units(domain) if measure.keeps_unit else self.draft.units
            return generate_domain(choices, ("number", "integer"), units=units)
        if not measure.keeps_ends:
            types = ("integer",) if domain.type == "integer" else ("number", "integer")
            return generate_domain(choices, types, units=self._field_units(domain))
        if domain.type in ("choice", "set"):
            some_choices = dict(list(domain.choices.items())[: choices.integer(2, len(domain.choices))])
            return attrs.evolve(domain, choices=some_choices)
        plain = attrs.evolve(domain, worse="")
        return attrs.evolve(plain, unit=choices.one_of(["", "kg"])) if converted else plain

    def _field_units(self, domain: Domain) -> Sequence[str]:
        """Return the units that a field may have that a fact with `domain` follows from."""
        if not self.draft.converts:
            return self.draft.units
        return (domain.unit,) if domain.type == "integer" else decimally_alike(domain.unit)

    def _conditions(
        self, measure: Measure, fields: Sequence[tuple[str, str]], *, of_entries: bool
    ) -> tuple[Condition | None, Condition | None]:
        """Return which entries count and what is tested of them, as conditions on fields that all kinds have."""
        choices, (first, *others) = self.draft.choices, [kind for kind, _ in fields]
        has_whether = of_entries or "whether" in measure.needs
        if "whether" in measure.takes and measure.of == "fields":
            has_whether = choices.yes()
        name = self._field(first, generate_domain(choices, TYPES, units=self.draft.units)) if has_whether else ""
        for kind in others if has_whether else ():
            self.fields[kind][name] = self.fields[first][name]
        shared = {
            name: domain
            for name, domain in self.fields[first].items()
            if all(name in self.fields[kind] for kind in others)
        }
        where = self._field_condition(shared) if "where" in measure.takes and shared and choices.yes() else None
        return where, self._field_condition(shared) if has_whether else None

    def _window(self, measure: Measure) -> Window:
        choices = self.draft.choices
        if "over" not in measure.takes | measure.needs:
            return Window()
        if "over" in measure.needs or choices.yes():
            return Window("days", choices.integer(1, 21))
        return choices.one_of([Window(), *map(Window, _WINDOWS), *(Window("since", entry=kind) for kind in self.kinds)])

    def _options(self, fact: Fact, measure: Measure) -> dict[str, Formula | Literal_]:
        """Return the options that a measure needs, and some of those that it may have."""
        handled_elsewhere = {"over", "silence", *_CONDITIONS}
        chosen = [name for name in sorted(measure.takes - handled_elsewhere) if self.draft.choices.yes()]
        if "absent" in chosen and "gone" not in chosen:
            chosen.append("gone")
        ranged = fact.domain.lowest is not None and measure.keeps_ends
        if "times" in chosen and (not fact.domain.is_numeric or ranged):
            chosen.remove("times")
        return {name: self._option(fact, name) for name in sorted(measure.needs - handled_elsewhere) + chosen}

    def _option(self, fact: Fact, name: str) -> Any:
        choices = self.draft.choices
        kind = OPTIONS[name].kind
        match kind:
            case "choice":
                return choices.one_of(list(fact.domain.choices))
            case "amount":
                named = [ParameterRef(parameter) for parameter in self.draft.parameters if not self.draft.converts]
                return choices.one_of([Constant(0), Constant(1), *named])
            case "unit":
                return choices.one_of(["days", "weeks"])
            case "entry":
                return choices.one_of(self._timed_kinds())
            case "factor":
                return Constant(choices.one_of([2, 10]))
            case "value":
                return plain_constant(self.draft.constant(fact.domain))
            case "whole":
                return Constant(choices.integer(1, 3))
            case _:
                assert_never(kind)

    # the question of the day

    def _today(self) -> DailyQuestion | None:
        choices, decisions = self.draft.choices, self.draft.decisions
        single = [decision for decision in decisions.values() if HIT_POLICIES[decision.hit].gives == "answer"]
        if not single or not choices.yes():
            return None
        decision = choices.one_of(single)
        outputs = decision.outputs[: choices.integer(1, len(decision.outputs))]
        wanted = tuple((output.name, plain_constant(self.draft.constant(output.domain))) for output in outputs)
        names = list(decisions)
        return DailyQuestion(
            decision.name, wanted, tuple(choices.some_of(names, 0, 2)), tuple(choices.some_of(names, 0, 2))
        )


def plain_constant(value: Any) -> Any:
    """Return a constant, with a number as a plain number."""
    return value.value if isinstance(value, Constant) else value
